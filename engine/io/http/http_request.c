#include "io/http/http_request.h"

#include "base/err.h"

/* The arrays stay as they are: their counts say what is in them. */
void http_request_init(struct http_request *request) {
  request->method = request->target = request->host = request->body = STR("");
  request->uri.path = request->uri.authority = STR("");
  request->uri.segment_count = request->uri.query_count = 0;
  request->header_count = request->param_count = 0;
  request->version = 11;
  request->keep_alive = request->has_body = request->chunked = request->expects_continue = false;
  request->content_length = 0;
  request->remote = (struct netaddr){{0}};
  request->remote_text[0] = request->id[0] = '\0';
  buf_init(&request->head);
  buf_init(&request->room);
}

void http_request_release(struct http_request *request) {
  buf_release(&request->head);
  buf_release(&request->room);
}

bool http_request_header(const struct http_request *request, struct str name, struct str *value) {
  for (int i = 0; i < request->header_count; i++)
    if (http_word_equal(request->headers[i].name, name)) return *value = request->headers[i].value, true;
  *value = STR("");
  return false;
}

int http_request_header_count(const struct http_request *request, struct str name) {
  int count = 0;
  for (int i = 0; i < request->header_count; i++) count += http_word_equal(request->headers[i].name, name);
  return count;
}

bool http_request_query(const struct http_request *request, struct str name, struct str *value) {
  for (int i = 0; i < request->uri.query_count; i++)
    if (str_eq(request->uri.query[i].name, name)) return *value = request->uri.query[i].value, true;
  *value = STR("");
  return false;
}

struct str http_request_param(const struct http_request *request, struct str name) {
  for (int i = 0; i < request->param_count; i++)
    if (str_eq(request->params[i].name, name)) return request->params[i].value;
  ASSERT(!"a name of the route's pattern");
  return STR("");
}
