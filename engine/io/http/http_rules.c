#include "io/http/http_rules.h"

#include <ctype.h>

static int malformed(struct http_failure *failure, const char *what) {
  return http_failure_set(failure, 400, HTTP_INVALID, "malformed HTTP/1.1 request: %s", what);
}

/* Up to `end`; empty where there is none. */
static struct str before(struct str text, const char *end) {
  return (struct str){text.p, end ? (size_t)(end - text.p) : 0};
}

static bool is_version(struct str text) {
  return text.len == strlen("HTTP/1.1") && str_starts(text, STR("HTTP/")) && text.p[6] == '.' &&
         isdigit((unsigned char)text.p[5]) && isdigit((unsigned char)text.p[7]);
}

/* What is known but not possible on a path is a matter of routes. */
static int check_method(struct str method, struct http_failure *failure) {
  static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"};
  if (str_eq(method, STR("CONNECT")))
    return http_failure_set(failure, 501, HTTP_UNSUPPORTED, "this is no proxy: CONNECT is not implemented");
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (str_eq(method, str_of(known[i]))) return 0;
  return http_failure_set(failure, 501, HTTP_UNSUPPORTED,
                          "no such method is implemented: GET, HEAD, POST, PUT, DELETE and OPTIONS are, "
                          "written in capitals");
}

int http_rules_check_line(char *text, size_t len, struct http_failure *failure) {
  struct str line = {text, len}, method = before(line, memchr(text, ' ', len));
  const char *last = memrchr(text, ' ', len), *target = text + method.len + 1;
  if (!http_is_token(method) || last <= target || memchr(target, ' ', (size_t)(last - target)) ||
      memchr(target, '\t', (size_t)(last - target)) ||
      !is_version((struct str){last + 1, len - (size_t)(last + 1 - text)}))
    return malformed(failure,
                     "its first line is not METHOD /path HTTP/1.1 (a blank in the path is written %20)");
  char major = last[6], *minor = text + len - 1;
  if (major != '1')
    return http_failure_set(failure, 505, HTTP_UNSUPPORTED, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  if (*minor > '1') *minor = '1'; /* such a client understands an answer in 1.1 (RFC 9110, 2.5) */
  return check_method(method, failure);
}

/* A name or an address in brackets, perhaps with a port: nothing that could be read as another request's part. */
static bool is_host(struct str text) {
  bool literal = text.len && text.p[0] == '[';
  size_t at = literal;
  const char *marks = literal ? "-._~:%!$&'()*+;=" : "-._~%!$&'()*+;=";
  while (at < text.len && text.p[at] && (isalnum((unsigned char)text.p[at]) || strchr(marks, text.p[at])))
    at++;
  if (literal && (at == text.len || text.p[at++] != ']')) return false;
  if (at < text.len && text.p[at++] != ':') return false;
  while (at < text.len && isdigit((unsigned char)text.p[at])) at++;
  return at == text.len;
}

/* The absolute form outranks Host, which has to be there all the same. */
static int check_host(struct http_request *request, struct http_failure *failure) {
  int count = http_request_header_count(request, STR("Host"));
  struct str authority = request->uri.authority;
  bool absolute = request->target.p[0] != '/' && request->target.p[0] != '*';
  if (count != 1 && (count || request->version != 10))
    return malformed(failure, count ? "two Host headers" : "no Host header");
  http_request_header(request, STR("Host"), &request->host);
  if (!is_host(request->host)) return malformed(failure, "an impossible Host");
  if (absolute && (authority.len == 0 || authority.p[0] == ':' || !is_host(authority)))
    return malformed(failure, "an impossible host in its URL");
  if (absolute) request->host = authority;
  return 0;
}

static int check_length(struct http_request *request, struct http_failure *failure) {
  struct str length, coding;
  int lengths = http_request_header_count(request, STR("Content-Length"));
  int codings = http_request_header_count(request, STR("Transfer-Encoding"));
  http_request_header(request, STR("Content-Length"), &length);
  http_request_header(request, STR("Transfer-Encoding"), &coding);
  if (lengths > 1) return malformed(failure, "two Content-Length headers");
  if (lengths && codings) return malformed(failure, "both Content-Length and Transfer-Encoding");
  for (size_t i = 0; i < length.len; i++)
    if (!isdigit((unsigned char)length.p[i])) return malformed(failure, "a Content-Length that is no number");
  if (lengths && length.len == 0) return malformed(failure, "an empty Content-Length");
  if (codings && request->version == 10) return malformed(failure, "Transfer-Encoding in HTTP/1.0");
  if (codings && (codings > 1 || !http_word_equal(coding, STR("chunked"))))
    return http_failure_set(failure, 501, HTTP_UNSUPPORTED,
                            "of transfer codings, only \"chunked\" alone is accepted");
  request->chunked = codings > 0;
  if (!lengths) request->content_length = 0;
  request->has_body = request->chunked || request->content_length > 0;
  return 0;
}

/* llhttp does not know that a tab is a blank too: "close" with one behind it would not be seen. */
static void check_connection(struct http_request *request) {
  request->keep_alive = request->version == 11;
  for (int i = 0; i < request->header_count; i++) {
    struct str list = request->headers[i].value, one;
    if (!http_word_equal(request->headers[i].name, STR("Connection"))) continue;
    while (http_list_next(&list, &one))
      if (http_word_equal(one, STR("close"))) request->keep_alive = false;
  }
}

/* A list, on any number of lines. */
static int check_expect(struct http_request *request, struct http_failure *failure) {
  bool expected = false;
  for (int i = 0; i < request->header_count; i++) {
    struct str list = request->headers[i].value, one;
    if (!http_word_equal(request->headers[i].name, STR("Expect"))) continue;
    while (http_list_next(&list, &one)) {
      if (!http_word_equal(one, STR("100-continue")))
        return http_failure_set(failure, 417, HTTP_UNSUPPORTED,
                                "of expectations, only 100-continue can be met");
      expected = true;
    }
  }
  request->expects_continue = expected && request->version == 11 && request->has_body;
  return 0;
}

/* "*", and the absolute form without a path that stands for it. */
static int check_asterisk(struct http_request *request, struct http_failure *failure) {
  struct http_uri *uri = &request->uri;
  bool options = str_eq(request->method, STR("OPTIONS"));
  if (str_eq(uri->path, STR("*")) && !options) return malformed(failure, "a target of * without OPTIONS");
  bool bare =
      uri->authority.len && uri->authority.p + uri->authority.len == request->target.p + request->target.len;
  if (options && bare) uri->path = STR("*");
  return 0;
}

int http_rules_check(struct http_request *request, struct http_failure *failure) {
  for (int i = 0; i < request->header_count; i++)
    request->headers[i].value = str_trim(request->headers[i].value);
  if (http_uri_parse(request->target, &request->uri, &request->room, failure) != 0) return -1;
  if (check_host(request, failure) != 0 || check_length(request, failure) != 0) return -1;
  if (check_expect(request, failure) != 0) return -1;
  check_connection(request);
  return check_asterisk(request, failure);
}
