/* http_cors.h - which web pages may call a route (Cross-Origin Resource Sharing). Pure.
 *
 * Without a policy no header is sent and browsers keep other sites' pages out. Credentials (cookies) are never allowed:
 * keys travel in headers. The headers go on every answer of the route, errors too, or a page's script sees only "network
 * error" and would retry what it should drop. */
#ifndef EMBUDO_IO_HTTP_CORS_H
#define EMBUDO_IO_HTTP_CORS_H

#include "base/buf.h"
#include "io/http/http_request.h"

enum { HTTP_CORS_MAX_AGE_S = 7200 /* the most Chromium keeps */ };

struct http_cors {
  const struct str *origins; /* "https://www.example.com"; NULL: any */
  size_t origin_count;
};

/* Appends the header lines of an answer. `policy` may be NULL. */
void http_cors_add(const struct http_cors *policy, const struct http_request *request, struct buf *headers);

/* Whether a request is a browser's question before the real request. */
bool http_cors_is_preflight(const struct http_request *request);

/* Appends the header lines of the answer to it, beside http_cors_add's; `methods` as "GET, POST". Wished-for header names
 * are granted as they are. */
void http_cors_add_preflight(const struct http_cors *policy, const struct http_request *request,
                             struct str methods, struct buf *headers);

#endif
