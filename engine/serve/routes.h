/* routes.h - every path the daemon answers. */
#ifndef EMBUDO_SERVE_ROUTES_H
#define EMBUDO_SERVE_ROUTES_H

#include "io/http/http_router.h"

/* The routes; those that take events answer pages of `origins`. Good until the next call. */
const struct http_route *routes_make(const struct http_cors *ingest, size_t *count);

#endif
