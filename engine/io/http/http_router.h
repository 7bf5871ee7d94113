/* http_router.h - which handler answers a method and path. Pure; immutable once made.
 *
 * A pattern is a path whose segments are words or names in braces: "/v1/leads/{id}/explain". A word beats a name where both
 * fit, whatever the methods: of "/v1/leads/search" nobody may ask what only "/v1/leads/{id}" does. GET routes answer HEAD too. A name stands for one whole segment, decoded, not empty. */
#ifndef EMBUDO_IO_HTTP_ROUTER_H
#define EMBUDO_IO_HTTP_ROUTER_H

#include "base/buf.h"
#include "io/http/http_cors.h"
#include "io/http/http_request.h"

struct http_exchange;

enum http_route_flags {
  HTTP_ROUTE_STREAM =
      1, /* the handler is called before the body, and reads it as it comes (http_exchange_read) */
  HTTP_ROUTE_ALWAYS = 2 /* asks no admission: health checks */
};

struct http_route {
  const char *method; /* GET, POST, PUT, PATCH, DELETE */
  const char *path;
  void (*handle)(struct http_exchange *exchange, void *app);
  unsigned flags;
  size_t body_max;              /* bytes, inflated; 0: the server's limit. Streams have none */
  const struct http_cors *cors; /* NULL: no other site's pages. Routes of one path should agree */
};

struct http_router;

/* Borrows the routes. Patterns with mistakes are the programmer's: asserted. */
struct http_router *http_router_new(const struct http_route *routes, size_t count);
void http_router_free(struct http_router *router);

/* Where a request goes. `route` NULL: nowhere; then `methods` is empty for an unknown path (404), or names what its path
 * does take (405, OPTIONS); for "*", what any path does. */
struct http_match {
  const struct http_route *route;
  const struct http_cors *cors; /* of the path, whatever the method */
  struct buf methods;           /* "GET, HEAD, OPTIONS"; the caller releases it */
};

/* Fills the request's params and *match. */
void http_router_match(const struct http_router *router, struct http_request *request,
                       struct http_match *match);

#endif
