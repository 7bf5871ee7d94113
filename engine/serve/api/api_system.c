/* Is it alive, is it ready, what is new. */
#include "base/version.h"
#include "serve/api/api.h"

void api_health(struct http_exchange *exchange, void *app) {
  (void)app;
  http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true,\"status\":\"ok\"}"));
}

/* --- ready, and if not, why ------------------------------------------------------------------------------------------- */

struct readiness {
  const char *state, *why; /* why is NULL when it is ready */
  int64_t since_ms;
};

static struct readiness readiness(const struct daemon *daemon, enum store_state store) {
  if (daemon->state != DAEMON_READY)
    return (struct readiness){"stopping", "the server is stopping", daemon->state_ms};
  if (store == STORE_FULL)
    return (struct readiness){
        "storage_full",
        "there is no room on the disk: events are refused, reading works. They are taken "
        "again as soon as there is room",
        daemon->store_ms};
  if (store == STORE_BROKEN)
    return (struct readiness){"storage_failed", "the journal cannot be written", daemon->store_ms};
  return (struct readiness){"ready", NULL, daemon->state_ms};
}

void api_ready(struct http_exchange *exchange, void *app) {
  const struct daemon *daemon = app;
  struct service_stats stats;
  service_stats(daemon->service, &stats);
  const struct readiness ready = readiness(daemon, stats.store.state);
  if (ready.why)
    http_exchange_fail(exchange, 503, ready.state, "%s", ready.why);
  else
    http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true,\"status\":\"ready\"}"));
}

/* --- how it is -------------------------------------------------------------------------------------------------------- */

static void put_time(struct json_writer *w, const char *key, int64_t ms) {
  json_key(w, key);
  if (ms == TIME_MIN)
    json_put_null(w);
  else
    json_put_time(w, ms);
}

static void put_store(struct json_writer *w, const struct daemon *daemon, const struct service_stats *stats) {
  static const char *const states[] = {[STORE_OK] = "ok", [STORE_FULL] = "full", [STORE_BROKEN] = "broken"};
  const struct store_disk disk = store_disk(daemon->config->data);
  struct err err;
  json_key(w, "store");
  json_open(w, '{');
  json_member_text(w, "state", states[stats->store.state]);
  put_time(w, "since", daemon->store_ms);
  if (service_store_why(daemon->service, &err) != STORE_OK) json_member_text(w, "error", err.text);
  put_time(w, "last_commit", stats->commit_ms);
  json_member_int(w, "commits", stats->store.commits);
  json_member_int(w, "failed_commits", stats->store.failed_commits);
  json_member_int(w, "waiting", stats->store.queued_requests);
  json_member_int(w, "journal_bytes", disk.journal_bytes);
  json_member_int(w, "ahead_bytes", disk.ahead_bytes);
  json_member_int(w, "free_bytes", disk.free_bytes);
  json_close(w, '}');
}

/* Files that enrichers look up and that cannot be used. */
static void put_files(struct json_writer *w, const struct daemon *daemon) {
  struct mmdb_fault faults[MMDB_FILES_MAX];
  size_t count = service_file_faults(daemon->service, faults);
  json_key(w, "bad_files");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    struct buf file;
    buf_init(&file);
    buf_printf(&file, "lists/%s.mmdb", faults[i].name);
    json_open(w, '{');
    json_member_text(w, "file", file.data);
    json_member_text(w, "why", faults[i].why);
    json_key(w, "replaced");
    json_put_bool(w, faults[i].replaced);
    json_close(w, '}');
    buf_release(&file);
  }
  json_close(w, ']');
}

void api_status(struct http_exchange *exchange, void *app) {
  const struct daemon *daemon = app;
  struct service_stats stats;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  service_stats(daemon->service, &stats);
  const struct readiness ready = readiness(daemon, stats.store.state);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "ready");
  json_put_bool(&answer.w, !ready.why);
  json_member_text(&answer.w, "state", ready.state);
  put_time(&answer.w, "since", ready.since_ms);
  if (ready.why) json_member_text(&answer.w, "why", ready.why);
  json_member_text(&answer.w, "version", version_text);
  put_store(&answer.w, daemon, &stats);
  put_files(&answer.w, daemon);
  json_member_int(&answer.w, "leads", stats.leads);
  json_member_int(&answer.w, "leads_waiting", stats.touched);
  json_key(&answer.w, "settled");
  json_put_bool(&answer.w, service_is_settled(daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

void api_stream(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  hub_subscribe(daemon->hub, exchange, NULL);
}
