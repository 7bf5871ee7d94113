#include "serve/metrics/metrics.h"

#include "base/version.h"
#include "core/config/roles.h"
#include "io/http/http_accept.h"
#include "serve/access/guard.h"
#include "serve/metrics/metrics_private.h"

static struct metric_series *labelled(struct metrics *metrics, enum metrics_code code, const char *value) {
  return metric_labelled(metrics->all[code], str_of(value));
}

/* What may come is there from the start, as 0: a first increase can be seen. */
static void prepare(struct metrics *metrics) {
  static const char *const refused[] = {"busy", "full", "broken"};
  for (int code = REJECT_NONE + 1; code < REJECT_COUNT; code++)
    labelled(metrics, METRICS_REJECTED, reject_word((enum reject_code)code));
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    labelled(metrics, METRICS_REFUSED_RECORDS, refused[i]);
}

struct metrics *metrics_new(void) {
  struct metrics *metrics = xcalloc(1, sizeof *metrics);
  metrics->set = metric_set_new();
  for (int i = 0; i < METRICS_COUNT; i++) metrics->all[i] = metric_new(metrics->set, &metrics_specs[i]);
  metric_set(labelled(metrics, METRICS_BUILD_INFO, version_text), 1);
  metric_set(metrics_only(metrics, METRICS_STARTED), (double)loop_wall_ms() / 1000);
  prepare(metrics);
  return metrics;
}

void metrics_free(struct metrics *metrics) {
  if (!metrics) return;
  metric_set_free(metrics->set);
  free(metrics);
}

/* --- counting ---------------------------------------------------------------------------------------------------------- */

void metrics_request(struct metrics *metrics, const struct http_done *done) {
  char status[] = "0xx";
  const char *path = done->route ? done->route->path : "none";
  status[0] = (char)('0' + done->status / 100);
  metric_add(
      metric_series(metrics->all[METRICS_REQUESTS], (struct str[]){str_of(path), done->request->method,
                                                                   str_of(done->status ? status : "cut")}),
      1);
  metric_observe(labelled(metrics, METRICS_REQUEST_SECONDS, path), (double)done->took_ms / 1000);
  if (done->gone) metric_add(metrics_only(metrics, METRICS_GONE), 1);
}

static void add_events(struct metrics *metrics, struct str source, const char *result, uint32_t count) {
  if (count)
    metric_add(metric_series(metrics->all[METRICS_EVENTS], (struct str[]){source, str_of(result)}), count);
}

void metrics_checked(struct metrics *metrics, struct str source, const struct received *received) {
  add_events(metrics, source, "duplicate", received->duplicates);
  add_events(metrics, source, "conflict", received->conflicts);
  add_events(metrics, source, "rejected", received->rejected);
  for (int code = 0; received->rejected && code < REJECT_COUNT; code++)
    if (received->rejects[code])
      metric_add(labelled(metrics, METRICS_REJECTED, reject_word((enum reject_code)code)),
                 received->rejects[code]);
  if (received->bad_times) metric_add(metrics_only(metrics, METRICS_BAD_TIMES), received->bad_times);
  if (received->clamped) metric_add(metrics_only(metrics, METRICS_CLAMPED), received->clamped);
}

void metrics_stored(struct metrics *metrics, struct str source, const struct service_result *result,
                    int64_t took_us) {
  static const char *const words[] = {
      [SERVICE_BUSY] = "busy", [SERVICE_FULL] = "full", [SERVICE_BROKEN] = "broken"};
  if (result->answer != SERVICE_COMMITTED) {
    metric_add(labelled(metrics, METRICS_REFUSED_RECORDS, words[result->answer]), 1);
    return;
  }
  add_events(metrics, source, "accepted", result->accepted);
  add_events(metrics, source, "duplicate", result->duplicates);
  add_events(metrics, source, "conflict", result->conflicts);
  metric_observe(metrics_only(metrics, METRICS_ACK), (double)took_us / 1e6);
}

void metrics_turned(void *metrics, int64_t took_ns) {
  metric_observe(metrics_only(metrics, METRICS_LOOP_TURN), (double)took_ns / 1e9);
}

void metrics_decided(struct metrics *metrics, const char *lifecycle, const char *from, const char *to,
                     enum cause cause) {
  const struct str values[] = {str_of(lifecycle), str_of(from), str_of(to), str_of(cause_word(cause))};
  metric_add(metric_series(metrics->all[METRICS_DECISIONS], values), 1);
}

void metrics_clocked(struct metrics *metrics, const char *sla, const struct clock *clock,
                     enum clock_what what) {
  const struct str values[] = {str_of(sla), str_of(clock_what_word(what))};
  metric_add(metric_series(metrics->all[METRICS_CLOCKS], values), 1);
  if (what == CLOCK_STARTED)
    metric_observe(labelled(metrics, METRICS_SYSTEM_DELAY, sla),
                   (double)(clock->started_ms - clock->entered_ms) / 1000);
  if (what == CLOCK_STOPPED && clock->end == CLOCK_DONE)
    metric_observe(labelled(metrics, METRICS_PEOPLE_DELAY, sla),
                   (double)(clock->stopped_ms - clock->started_ms) / 1000);
}

void metrics_enriched(struct metrics *metrics, const char *enricher, const char *result, int64_t took_ms) {
  const struct str values[] = {str_of(enricher), str_of(result)};
  metric_add(metric_series(metrics->all[METRICS_ENRICHER_RUNS], values), 1);
  metric_observe(labelled(metrics, METRICS_ENRICHER_SECONDS, enricher), (double)took_ms / 1000);
}

/* --- showing ----------------------------------------------------------------------------------------------------------- */

/* "127.0.0.1:8080", "[::1]", "localhost": this machine. */
static bool is_loopback(struct str host) {
  struct netaddr addr;
  const char *colon = host.len ? memrchr(host.p, ':', host.len) : NULL;
  if (colon && host.p[host.len - 1] != ']') host.len = (size_t)(colon - host.p);
  if (host.len > 2 && host.p[0] == '[') host = (struct str){host.p + 1, host.len - 2};
  return http_word_equal(host, STR("localhost")) ||
         (netaddr_parse(host, &addr) && netaddr_is_loopback(&addr));
}

/* A proxy on this machine speaks for others, and does not hide it. */
static bool is_for_somebody_else(const struct http_request *request) {
  static const struct str names[] = {{"forwarded", 9}, {"x-forwarded-for", 15}, {"x-real-ip", 9}, {"via", 3}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (http_request_header_count(request, names[i])) return true;
  return false;
}

/* The Host tells a page in this machine's browser that got here by a name of its own. */
static bool is_open(const struct daemon *daemon, const struct http_request *request) {
  const struct config *config = daemon->config;
  if (config->metrics.is_public) return true;
  return config->proxy_count == 0 && is_loopback(str_of(config->listen)) && is_loopback(request->host) &&
         netaddr_is_loopback(&request->remote) && !is_for_somebody_else(request);
}

void metrics_show(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  static const char *const offers[] = {METRIC_PROMETHEUS_TYPE, METRIC_OPENMETRICS_TYPE};
  static const enum metric_format formats[] = {METRIC_PROMETHEUS, METRIC_OPENMETRICS};
  struct buf body;
  if (!is_open(daemon, request) && !guard_role(daemon->guard, exchange, ROLE_MARKETING | ROLE_SALES)) return;
  size_t chosen = http_accept_best(request, offers, sizeof offers / sizeof *offers);
  metrics_gather(daemon->metrics, daemon);
  buf_init(&body);
  metric_write(daemon->metrics->set, formats[chosen], &body);
  http_exchange_header(exchange, "Cache-Control", STR("no-store"));
  http_exchange_header(exchange, "Vary", STR("Accept"));
  http_exchange_answer(exchange, 200, offers[chosen], buf_str(&body));
  buf_release(&body);
}
