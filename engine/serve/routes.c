#include "serve/routes.h"

#include "serve/api.h"
#include "serve/ingest.h"

#define INGEST(path, handler)                                                                                \
  { "POST", path, handler, 0, 0, NULL }
#define READ(path, handler)                                                                                  \
  { "GET", path, handler, HTTP_ROUTE_ALWAYS, 0, NULL }

/* Those that take events come first. */
static struct http_route routes[] = {
    INGEST("/v1/batch", ingest_batch),
    INGEST("/v1/b", ingest_batch),
    INGEST("/v1/import", ingest_batch),
    INGEST("/beacon/v1/batch", ingest_batch),
    INGEST("/v1/track", ingest_call),
    INGEST("/v1/identify", ingest_call),
    INGEST("/v1/page", ingest_call),
    INGEST("/v1/screen", ingest_call),
    INGEST("/v1/group", ingest_call),
    INGEST("/v1/alias", ingest_call),
    INGEST("/v1/t", ingest_call),
    INGEST("/v1/i", ingest_call),
    INGEST("/v1/p", ingest_call),
    INGEST("/v1/s", ingest_call),
    INGEST("/v1/g", ingest_call),
    INGEST("/v1/a", ingest_call),
    INGEST("/v1/m", ingest_nothing),
    READ("/v1/leads", api_list_leads),
    READ("/v1/leads/{id}", api_show_lead),
    READ("/v1/leads/{id}/explain", api_explain_lead),
    READ("/v1/leads/{id}/timeline", api_lead_timeline),
    READ("/v1/stream", api_stream),
    READ("/healthz", api_health),
    READ("/readyz", api_ready),
};

static bool takes_events(const struct http_route *route) {
  return route->method[0] == 'P';
}

const struct http_route *routes_make(const struct http_cors *ingest, size_t *count) {
  *count = sizeof routes / sizeof *routes;
  for (size_t i = 0; i < *count; i++)
    if (takes_events(&routes[i])) routes[i].cors = ingest;
  return routes;
}
