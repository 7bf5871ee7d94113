/* /v1/history: events of the past, one a line, from who may do everything: they say themselves who sent them and when they were
 * received, and nobody is told what follows from them. */
#include "core/config/roles.h"
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"
#include "serve/ingest/ndjson.h"

void ingest_history(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct ndjson_options options = {.source = STR("history"), .quiet = true};
  if (!guard_role(daemon->guard, exchange, ROLE_ADMIN)) return;
  http_request_query(http_exchange_request(exchange), STR("source"), &options.teller);
  if (options.teller.len > NORMALISE_SOURCE_MAX)
    http_exchange_fail(exchange, 400, "invalid_parameter", "source: expected at most %d bytes",
                       NORMALISE_SOURCE_MAX);
  else
    ndjson_read(exchange, daemon, &options);
}
