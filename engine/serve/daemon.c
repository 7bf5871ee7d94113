#include "serve/daemon.h"

#include "serve/access/guard.h"
#include "serve/acting.h"
#include "serve/inbound/inbound.h"
#include "serve/ingest/ingest.h"
#include "serve/ingest/upload.h"
#include "serve/manager.h"
#include "serve/metrics/metrics.h"
#include "serve/routes.h"
#include "serve/rulesets/reload.h"
#include "serve/rulesets/rulesets.h"
#include "serve/stuck.h"
#include "serve/watchdog.h"
#include <signal.h>

static void notice(void *app, const char *text) {
  struct daemon *daemon = app;
  log_say(daemon->log, LOG_LEVEL_WARN, text);
}

/* --- ending ----------------------------------------------------------------------------------------------------------- */

static void on_drained(void *arg) {
  struct daemon *daemon = arg;
  if (daemon->draining && --daemon->draining == 0) loop_stop(daemon->loop);
}

/* Stop accepting, answer what was read, commit, leave. A second time: at once. */
static void stop(struct daemon *daemon, const char *why) {
  bool again = daemon->state == DAEMON_DRAINING;
  LOG(daemon->log, LOG_LEVEL_INFO, again ? "stopping now" : "stopping", log_text("why", why));
  if (!again) daemon->state_ms = service_now_ms(daemon->service);
  daemon->state = DAEMON_DRAINING;
  if (!again) manager_stopping(daemon->manager);
  if (!again) hub_close(daemon->hub);
  uploads_stop(daemon);
  if (!again) daemon->draining = daemon->deliverer ? 2 : 1;
  if (!again && daemon->deliverer)
    deliverer_drain(daemon->deliverer, daemon->config->shutdown_ms, on_drained, daemon);
  if (again && daemon->deliverer) deliverer_hurry(daemon->deliverer);
  http_server_drain(daemon->http, again ? 0 : daemon->config->shutdown_ms, on_drained, daemon);
}

static void on_signal(void *arg, int signum) {
  if (signum == SIGHUP)
    reload_all(arg, "SIGHUP");
  else
    stop(arg, signum == SIGINT ? "SIGINT" : "SIGTERM");
}

static void on_store(void *context, enum store_state state, const struct err *err) {
  struct daemon *daemon = context;
  daemon->store_ms = service_now_ms(daemon->service);
  switch (state) {
  case STORE_OK: log_say(daemon->log, LOG_LEVEL_INFO, "the disk has room again: events are taken"); return;
  case STORE_FULL:
    LOG(daemon->log, LOG_LEVEL_ERROR, "the disk is full: events are refused until there is room",
        log_text("error", err->text));
    return;
  case STORE_BROKEN: break;
  }
  LOG(daemon->log, LOG_LEVEL_ERROR, "the journal failed: leaving, so that a new start can recover",
      log_text("error", err->text));
  daemon->exit_code = DAEMON_EXIT_BROKEN;
  stop(daemon, "the journal failed");
}

/* --- running ---------------------------------------------------------------------------------------------------------- */

static bool is_heard(void *context) {
  const struct daemon *daemon = context;
  if (hub_is_heard(daemon->hub)) return true;
  hub_skip(daemon->hub);
  return false;
}

static void on_news(void *context, struct str name, struct str json) {
  struct daemon *daemon = context;
  hub_publish(daemon->hub, name, json);
}

static void on_decided(void *context, const struct leadbook *book, const struct decision *decision) {
  const struct daemon *daemon = context;
  metrics_decided(daemon->metrics, leadbook_name(book, decision->lifecycle),
                  leadbook_name(book, decision->from), leadbook_name(book, decision->to),
                  (enum cause)decision->cause);
}

static void on_outbox(void *context) {
  const struct daemon *daemon = context;
  if (daemon->deliverer) deliverer_look(daemon->deliverer);
}

static void on_enriched(void *context, const char *enricher, const char *result, int64_t took_ms) {
  struct daemon *daemon = context;
  metrics_enriched(daemon->metrics, enricher, result, took_ms);
}

static void on_clocked(void *context, const struct leadbook *book, const struct clock_fact *fact) {
  const struct daemon *daemon = context;
  const struct clock *clock = clockbook_at(leadbook_clocks(book), fact->number);
  metrics_clocked(daemon->metrics, leadbook_name(book, clock->sla), clock, fact->what);
}

/* Nothing about people: the route's pattern stands for the path, which may hold ids. */
static void log_request(const struct daemon *daemon, const struct http_done *done) {
  LOG(daemon->log, LOG_LEVEL_INFO, "request", log_str("method", done->request->method),
      log_text("route", done->route ? done->route->path : "none"), log_int("status", done->status),
      log_int("ms", done->took_ms), log_int("bytes", (int64_t)done->body_bytes), log_bool("gone", done->gone),
      log_text("request_id", done->request->id));
}

static void on_request(void *app, const struct http_done *done) {
  const struct daemon *daemon = app;
  metrics_request(daemon->metrics, done);
  if (daemon->config->log.requests) log_request(daemon, done);
}

static int admit(void *app, const struct http_request *request, const struct http_route *route,
                 struct http_failure *failure) {
  (void)request, (void)route;
  return ingest_admit(app, failure);
}

static struct fetcher *open_fetcher(struct loop *loop, const struct config *config) {
  const struct fetcher_options options = {.egress = {.hosts = config->outbound.hosts,
                                                     .host_count = config->outbound.host_count,
                                                     .allow = config->outbound.allow,
                                                     .allow_count = config->outbound.allow_count},
                                          .ca_file =
                                              *config->outbound.ca_file ? config->outbound.ca_file : NULL};
  return fetcher_new(loop, &options);
}

static int64_t monotonic_ms(void *clock) {
  return loop_now_ms(clock);
}

static int open_http(struct daemon *daemon, struct err *err) {
  const struct config *config = daemon->config;
  struct http_options options = {.limits = {.body_bytes = (size_t)config->limits.body_bytes,
                                            .connections = (int)config->limits.connections,
                                            .connections_per_ip = (int)config->limits.connections_per_ip,
                                            .head_ms = config->limits.head_ms,
                                            .body_ms = config->limits.body_ms,
                                            .idle_ms = config->limits.idle_ms},
                                 .app = daemon,
                                 .proxies = config->proxies,
                                 .proxy_count = config->proxy_count,
                                 .admit = admit,
                                 .done = on_request,
                                 .notice = notice};
  options.routes = routes_make(&daemon->cors, &options.route_count);
  daemon->http = http_server_new(daemon->loop, &options);
  return http_server_listen(daemon->http, config->listen, err);
}

static int listen_to_signals(struct daemon *daemon, struct err *err) {
  static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    if (loop_on_signal(daemon->loop, signals[i], on_signal, daemon, err) != 0) return -1;
  return 0;
}

static void announce(const struct daemon *daemon, const struct daemon_options *options) {
  struct service_stats stats;
  service_stats(daemon->service, &stats);
  LOG(daemon->log, LOG_LEVEL_INFO, "the journal is read", log_int("records", (int64_t)stats.replayed_records),
      log_int("events", (int64_t)stats.replayed_events), log_int("ms", (int64_t)stats.replay_ms));
  options->announce(options->context, http_server_port(daemon->http), daemon->config->listen);
}

static void on_stuck(void *arg, const char *what) {
  const struct daemon *daemon = arg;
  stuck_note(daemon->options.config->data, what);
}

static int watch(struct daemon *daemon, struct err *err) {
  const struct watchdog_options options = {.loop = daemon->loop,
                                           .log = daemon->log,
                                           .stuck_ms = daemon->config->limits.stuck_ms,
                                           .note = on_stuck,
                                           .arg = daemon};
  if (!daemon->options.is_watched || options.stuck_ms == TIME_NEVER) return 0;
  daemon->watchdog = watchdog_new(&options, err);
  return daemon->watchdog ? 0 : -1;
}

void daemon_tell_stuck(void *daemon, const char *owner) {
  LOG(((struct daemon *)daemon)->log, LOG_LEVEL_ERROR,
      "a function did not end, twice: it is not called until the rules change", log_text("function", owner));
}

int daemon_open(struct daemon *daemon, const struct daemon_options *options, struct err *err) {
  const struct config *config = options->config;
  struct service_calls calls = {.context = daemon,
                                .heard = is_heard,
                                .news = on_news,
                                .decided = on_decided,
                                .clocked = on_clocked,
                                .enriched = on_enriched,
                                .outbox = on_outbox,
                                .state = on_store,
                                .notice = notice};
  const struct hub_options hub_options = {0};
  *daemon = (struct daemon){.options = *options,
                            .config = config,
                            .keys = options->keys,
                            .log = options->log,
                            .cors = {config->cors.origins, config->cors.origin_count}};
  daemon->loop = loop_new(err);
  if (!daemon->loop) {
    generation_free(options->generation);
    return -1;
  }
  if (options->wall_ms) loop_set_wall_clock(daemon->loop, options->wall_ms);
  daemon->metrics = metrics_new();
  daemon->work = work_new(daemon->loop);
  daemon->fetcher = open_fetcher(daemon->loop, config);
  daemon->turns = turns_new(daemon->loop);
  daemon->hub = hub_new(daemon->loop, &hub_options);
  daemon->guard = guard_new(config, options->keys, monotonic_ms, daemon->loop);
  daemon->resolver =
      resolver_new(daemon->loop, *config->outbound.name_servers ? config->outbound.name_servers : NULL, err);
  if (!daemon->resolver || work_start_pool(daemon->loop, err) != 0 || watch(daemon, err) != 0) {
    generation_free(options->generation);
    return -1;
  }
  stuck_begin(config->data, options->generation->rules->hash, options->generation->script, daemon_tell_stuck,
              daemon);
  calls.fetcher = daemon->fetcher;
  calls.resolver = daemon->resolver;
  daemon->service = service_open(daemon->loop, config, options->generation, &calls, err);
  if (!daemon->service || listen_to_signals(daemon, err) != 0) return -1;
  if (open_http(daemon, err) != 0) return -1;
  daemon->deliverer = deliverer_new(daemon->loop, daemon->service, config, daemon->log);
  daemon->rulesets = rulesets_new(daemon, err);
  if (!daemon->rulesets) return -1;
  reload_start(daemon);
  loop_on_turn(daemon->loop, metrics_turned, daemon->metrics);
  daemon->state = DAEMON_READY;
  rulesets_wait_again(daemon->rulesets);
  daemon->state_ms = daemon->store_ms = service_now_ms(daemon->service);
  announce(daemon, options);
  return 0;
}

void daemon_close(struct daemon *daemon) {
  if (!daemon->loop) return;
  watchdog_free(daemon->watchdog);                        /* what follows may wait for the disk */
  if (daemon->http && daemon->state != DAEMON_DRAINING) { /* it never ran */
    daemon->draining = 1;
    http_server_drain(daemon->http, 0, on_drained, daemon);
    loop_run(daemon->loop);
  }
  manager_free(daemon->manager);
  daemon->manager = NULL;
  reload_stop(daemon);
  rulesets_free(daemon->rulesets);
  work_free(daemon->work); /* its jobs answer requests */
  deliverer_free(daemon->deliverer);
  daemon->deliverer = NULL;
  if (daemon->state != DAEMON_DRAINING) hub_close(daemon->hub);
  loop_turn(daemon->loop, false); /* the last one: tasks of the service may still be on the loop */
  service_close(daemon->service);
  acting_free(daemon);
  inbound_free(daemon);
  fetcher_free(daemon->fetcher);
  resolver_free(daemon->resolver);
  http_server_free(daemon->http);
  turns_free(daemon->turns);
  hub_free(daemon->hub);
  guard_free(daemon->guard);
  loop_on_turn(daemon->loop, NULL, NULL);
  metrics_free(daemon->metrics);
  loop_free(daemon->loop);
}

int daemon_run(const struct daemon_options *options, struct err *err) {
  struct daemon daemon;
  int code = daemon_open(&daemon, options, err);
  if (code == 0) {
    watchdog_turning(daemon.watchdog);
    if (options->env) daemon.manager = manager_new(&daemon, options->env);
    loop_run(daemon.loop);
    code = daemon.exit_code;
  }
  daemon_close(&daemon);
  return code;
}
