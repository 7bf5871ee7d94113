#include "io/http/http_rules.h"

#include <ctype.h>

static int malformed(struct http_failure *failure, const char *what) {
  return http_failure_set(failure, 400, HTTP_INVALID, "malformed HTTP/1.1 request: %s", what);
}

/* METHOD, one blank, target, one blank, version: llhttp also takes more blanks and other protocols. */
static int check_line(const struct http_request *request, struct str line, struct http_failure *failure) {
  if (request->version != 10 && request->version != 11)
    return http_failure_set(failure, 505, HTTP_INVALID, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  struct str protocol = request->version == 11 ? STR(" HTTP/1.1") : STR(" HTTP/1.0");
  size_t len = request->method.len + 1 + request->target.len + protocol.len;
  if (line.len != len || !str_ends(line, protocol)) return malformed(failure, "its first line");
  if (str_eq(request->method, STR("CONNECT")))
    return http_failure_set(failure, 501, HTTP_UNSUPPORTED, "this is no proxy: CONNECT is not implemented");
  return 0;
}

/* A name or address, perhaps with a port: nothing that could be read as another request's part. */
static int check_host(const struct http_request *request, struct http_failure *failure) {
  struct str host;
  int count = http_request_header_count(request, STR("Host"));
  if (count == 0 && request->version == 10) return 0;
  if (count != 1) return malformed(failure, count ? "two Host headers" : "no Host header");
  http_request_header(request, STR("Host"), &host);
  for (size_t i = 0; i < host.len; i++) {
    char c = host.p[i];
    if (!isalnum((unsigned char)c) && !memchr("-._~:[]%!$&'()*+;=", c, 18))
      return malformed(failure, "an impossible Host");
  }
  return 0;
}

static int check_length(const struct http_request *request, struct http_failure *failure) {
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
  if (codings && (codings > 1 || !http_word_equal(coding, STR("chunked")) || !request->chunked))
    return http_failure_set(failure, 501, HTTP_UNSUPPORTED,
                            "of transfer codings, only \"chunked\" alone is accepted");
  return 0;
}

static int check_expect(struct http_request *request, struct http_failure *failure) {
  struct str expect;
  if (!http_request_header(request, STR("Expect"), &expect)) return 0;
  if (!http_word_equal(expect, STR("100-continue")))
    return http_failure_set(failure, 417, HTTP_UNSUPPORTED, "of expectations, only 100-continue can be met");
  request->expects_continue = request->version == 11 && request->has_body;
  return 0;
}

int http_rules_check(struct http_request *request, size_t line_len, struct http_failure *failure) {
  for (int i = 0; i < request->header_count; i++)
    request->headers[i].value = str_trim(request->headers[i].value);
  if (check_line(request, (struct str){request->head.data, line_len}, failure) != 0) return -1;
  if (check_host(request, failure) != 0 || check_length(request, failure) != 0) return -1;
  if (check_expect(request, failure) != 0) return -1;
  if (str_eq(request->target, STR("*")) && !str_eq(request->method, STR("OPTIONS")))
    return malformed(failure, "a target of * without OPTIONS");
  return http_uri_parse(request->target, &request->uri, &request->room, failure);
}
