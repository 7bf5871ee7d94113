#include "io/http/http_cors.h"

#include <ctype.h>

/* Header names with commas and blanks: what may be echoed into a header. */
static bool is_name_list(struct str s) {
  for (size_t i = 0; i < s.len; i++)
    if (!isalnum((unsigned char)s.p[i]) && !memchr("-_, \t.!#$%&'*+^`|~", s.p[i], 18)) return false;
  return s.len > 0;
}

static bool is_listed(const struct http_cors *policy, struct str origin) {
  for (size_t i = 0; i < policy->origin_count; i++)
    if (http_word_equal(policy->origins[i], origin)) return true;
  return false;
}

void http_cors_add(const struct http_cors *policy, const struct http_request *request, struct buf *headers) {
  struct str origin;
  if (!policy) return;
  bool asked = http_request_header(request, STR("Origin"), &origin);
  if (policy->origins) {
    buf_add_text(headers, "Vary: Origin\r\n");
    if (!asked || !is_listed(policy, origin)) return;
    buf_add_text(headers, "Access-Control-Allow-Origin: ");
    buf_add_str(headers, origin);
    buf_add_text(headers, "\r\n");
  } else if (asked) {
    buf_add_text(headers, "Access-Control-Allow-Origin: *\r\n");
  }
  if (asked)
    buf_add_text(headers, "Access-Control-Expose-Headers: Retry-After, X-Request-Id, X-RateLimit-Reset\r\n");
}

bool http_cors_is_preflight(const struct http_request *request) {
  struct str ignored;
  return str_eq(request->method, STR("OPTIONS")) && http_request_header(request, STR("Origin"), &ignored) &&
         http_request_header(request, STR("Access-Control-Request-Method"), &ignored);
}

void http_cors_add_preflight(const struct http_cors *policy, const struct http_request *request,
                             struct str methods, struct buf *headers) {
  struct str wished;
  if (!policy) return;
  buf_printf(headers, "Access-Control-Allow-Methods: %.*s\r\nAccess-Control-Max-Age: %d\r\n",
             STR_ARG(methods), HTTP_CORS_MAX_AGE_S);
  if (!http_request_header(request, STR("Access-Control-Request-Headers"), &wished) || !is_name_list(wished))
    return;
  buf_printf(headers, "Access-Control-Allow-Headers: %.*s\r\n", STR_ARG(wished));
}
