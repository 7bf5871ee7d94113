/* GET /v1/quarantine, POST /v1/quarantine/release: functions that failed too often, and letting them be called again. */
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"
#include "serve/rulesets/reload.h"
#include "serve/stuck.h"

static void put_entry(struct json_writer *w, const struct quarantined *entry, const char *ruleset) {
  json_open(w, '{');
  quarantine_put_one(entry, w);
  json_key(w, "in_force"); /* under other rules it counts for nothing */
  json_put_bool(w, str_eq(entry->ruleset, str_of(ruleset)));
  json_close(w, '}');
}

void api_list_quarantine(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct quarantine *quarantine = service_quarantine(daemon->service);
  const char *ruleset = pipeline_generation(service_pipeline(daemon->service))->rules->hash;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "quarantine");
  json_open(&answer.w, '[');
  for (size_t i = 0; i < quarantine_count(quarantine); i++)
    put_entry(&answer.w, quarantine_at(quarantine, i), ruleset);
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- letting go ------------------------------------------------------------------------------------------------------- */

struct pending {
  struct daemon *daemon;
  struct http_exchange *exchange;
  size_t released;
};

static void answer_released(struct http_exchange *exchange, size_t released) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  json_key(&answer.w, "released");
  json_put_int(&answer.w, (int64_t)released);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static void on_released(void *arg, const struct service_result *result) {
  const struct pending pending = *(struct pending *)arg;
  free(arg);
  if (result->answer != SERVICE_COMMITTED) {
    ingest_refuse(pending.exchange, result->answer);
    return;
  }
  reload_leads(pending.daemon);
  answer_released(pending.exchange, pending.released);
}

static void release(struct daemon *daemon, struct http_exchange *exchange, struct str owner) {
  struct pending *pending = xmalloc(sizeof *pending);
  enum service_answer answer;
  *pending = (struct pending){daemon, exchange, 0};
  stuck_forget(daemon->config->data, owner);
  pending->released = service_release(daemon->service, owner, &answer, on_released, pending);
  if (pending->released && answer == SERVICE_COMMITTED) return;
  if (pending->released)
    ingest_refuse(exchange, answer);
  else
    http_exchange_fail(exchange, 404, "not_found",
                       "no such function is in quarantine: GET /v1/quarantine lists them");
  free(pending);
}

/* The body: {"function": "rule trial_seats"} or {"all": true}. */
void api_release_quarantined(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct json_ref root;
  struct err err;
  struct str owner = STR("");
  bool all = false;
  if (!guard_role(daemon->guard, exchange, ROLE_MARKETING)) return;
  struct json_reader *reader = json_reader_new();
  if (json_parse(reader, request->body.p, request->body.len, &root, &err) != 0)
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
  else if (json_string(json_get(root, STR("function")), &owner)
               ? owner.len > 0
               : json_bool(json_get(root, STR("all")), &all) && all)
    release(daemon, exchange, owner);
  else
    http_exchange_fail(
        exchange, 400, "invalid_request",
        "expected {\"function\": \"rule ..\"} as GET /v1/quarantine names it, or {\"all\": true}");
  json_reader_free(reader);
}
