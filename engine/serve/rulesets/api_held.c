/* GET /v1/rulesets/held, POST /v1/rulesets/release: stage changes that other rules brought about, and letting them through. */
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"
#include "serve/rulesets/api_kept.h"

enum { HELD_DEFAULT = 100, HELD_MAX = 1000 };

static void put_held(struct json_writer *w, const struct leadbook *book, const struct ruleset *rules,
                     const struct lead_entry *entry) {
  json_open(w, '{');
  json_key(w, "lead");
  json_put_str(w, entry->id);
  json_key(w, "stages");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[i];
    if (!entry->would[i]) continue;
    json_open(w, '{');
    json_member_text(w, "lifecycle", lifecycle->name);
    json_member_text(w, "from",
                     entry->recorded[i] ? leadbook_name(book, entry->recorded[i])
                                        : lifecycle->stages[lifecycle->start]);
    json_member_text(w, "to", leadbook_name(book, entry->would[i]));
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}

void api_list_held(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"limit", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct leadbook *book = pipeline_book(pipeline);
  const struct lead_entry *entry;
  struct api_answer answer;
  int64_t limit;
  size_t cursor = 0;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (api_number(exchange, STR("limit"), HELD_DEFAULT, 1, HELD_MAX, &limit) != 0) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "total");
  json_put_int(&answer.w, (int64_t)leadbook_held(book));
  json_key(&answer.w, "held");
  json_open(&answer.w, '[');
  for (; limit > 0 && (entry = leadbook_next_held(book, &cursor)); limit--)
    put_held(&answer.w, book, pipeline_generation(pipeline)->rules, entry);
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- letting them through ---------------------------------------------------------------------------------------------- */

static void on_released(void *arg, const struct service_result *result) {
  struct http_exchange *exchange = arg;
  struct api_answer answer;
  if (result->answer != SERVICE_COMMITTED) {
    ingest_refuse(exchange, result->answer);
    return;
  }
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* -1: they are not as they should be. */
static int read_ids(struct json_ref list, struct str ids[SERVICE_RELEASE_MAX], size_t *count) {
  struct json_iter it;
  *count = 0;
  if (json_is_missing(list) || json_kind(list) != JSON_ARRAY) return -1;
  for (json_iter_init(&it, list); json_next(&it);)
    if (*count == SERVICE_RELEASE_MAX || !json_string(it.value, &ids[(*count)++])) return -1;
  return *count ? 0 : -1;
}

/* The body: {"leads": ["ana", ..]} or {"all": true}. */
void api_release_held(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct str ids[SERVICE_RELEASE_MAX];
  struct json_ref root;
  struct err err;
  size_t count = 0;
  bool all = false;
  enum service_answer answer = SERVICE_COMMITTED;
  if (!guard_role(daemon->guard, exchange, ROLE_MARKETING)) return;
  struct json_reader *reader = json_reader_new();
  if (json_parse(reader, request->body.p, request->body.len, &root, &err) != 0)
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
  else if (json_bool(json_get(root, STR("all")), &all) && all)
    answer = service_release_stages(daemon->service, NULL, 0, on_released, exchange);
  else if (read_ids(json_get(root, STR("leads")), ids, &count) == 0)
    answer = service_release_stages(daemon->service, ids, count, on_released, exchange);
  else
    http_exchange_fail(exchange, 400, "invalid_request",
                       "expected {\"leads\": [\"..\"]} of 1 to %d ids, or {\"all\": true}",
                       SERVICE_RELEASE_MAX);
  if (answer != SERVICE_COMMITTED) ingest_refuse(exchange, answer);
  json_reader_free(reader);
}
