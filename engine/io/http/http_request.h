/* http_request.h - a request as handlers see it: read-only, checked, within bounds. Its texts live as long as it does.
 *
 * Made by http_parser.h; init and release are the owner's. One thread. */
#ifndef EMBUDO_IO_HTTP_REQUEST_H
#define EMBUDO_IO_HTTP_REQUEST_H

#include "base/netaddr.h"
#include "io/http/http_uri.h"
#include "io/http/http_word.h"

enum {
  HTTP_HEADERS_MAX = 100,
  HTTP_HEAD_MAX = 16 * 1024,    /* bytes of request line and headers together */
  HTTP_TARGET_MAX = 8 * 1024,   /* bytes of the URL */
  HTTP_PARAMS_MAX = 4,          /* variable segments of a route */
  HTTP_REQUEST_ID_MAX = 64 + 1, /* with the NUL */
  HTTP_ADDR_TEXT_MAX = 46       /* INET6_ADDRSTRLEN */
};

struct http_request {
  struct str method; /* upper case, one llhttp knows */
  struct str target; /* as it was sent */
  struct http_uri uri;
  struct str
      host; /* whom the client means to ask, with its port: by an absolute target, else by Host; or empty */
  struct http_pair headers[HTTP_HEADERS_MAX]; /* in order, names as sent, values trimmed */
  int header_count;
  struct http_pair params[HTTP_PARAMS_MAX]; /* what the route's {names} stand for here */
  int param_count;

  int version; /* 10 or 11 */
  bool keep_alive;
  bool has_body, chunked;
  uint64_t content_length; /* 0 when chunked */
  bool expects_continue;

  struct netaddr remote; /* the client; behind a trusted proxy, whom the proxy names */
  char remote_text[HTTP_ADDR_TEXT_MAX];
  char id[HTTP_REQUEST_ID_MAX]; /* X-Request-Id of the client when it is a plain word, else our own */
  struct str body;              /* inflated; empty for routes that read their body as a stream */

  struct buf head; /* the bytes that method, target and headers point into */
  struct buf room; /* the decoded URL */
};

void http_request_init(struct http_request *request);
void http_request_release(struct http_request *request);

/* The first header of that name, in any case; false and an empty value when there is none. */
bool http_request_header(const struct http_request *request, struct str name, struct str *value);
int http_request_header_count(const struct http_request *request, struct str name);

bool http_request_query(const struct http_request *request, struct str name, struct str *value);
struct str http_request_param(const struct http_request *request,
                              struct str name); /* asserts that it exists */

#endif
