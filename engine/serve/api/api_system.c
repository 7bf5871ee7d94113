/* Is it alive, is it ready, what is new. */
#include "serve/api/api.h"

void api_health(struct http_exchange *exchange, void *app) {
  (void)app;
  http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true,\"status\":\"ok\"}"));
}

void api_ready(struct http_exchange *exchange, void *app) {
  const struct daemon *daemon = app;
  struct service_stats stats;
  if (daemon->state != DAEMON_READY) {
    http_exchange_fail(exchange, 503, "stopping", "the server is stopping");
    return;
  }
  service_stats(daemon->service, &stats);
  if (stats.store.state == STORE_OK)
    http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true,\"status\":\"ready\"}"));
  else if (stats.store.state == STORE_FULL)
    http_exchange_fail(exchange, 503, "storage_full",
                       "there is no room on the disk: events are refused, reading works");
  else
    http_exchange_fail(exchange, 503, "storage_failed", "the journal cannot be written");
}

void api_stream(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  hub_subscribe(daemon->hub, exchange, NULL);
}
