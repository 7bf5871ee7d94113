/* GET /v1/outbox: what others are told, newest first. GET /v1/destinations: where it goes. */
#include "serve/api/api_outbox.h"

#include "serve/ranking.h"

enum { LIMIT_MAX = 1000, LIMIT = 50 };

/* --- filters ---------------------------------------------------------------------------------------------------------- */

static void read_name(struct http_exchange *exchange, const struct outbox *outbox, const char *name,
                      uint16_t *number, bool *given) {
  struct str text;
  *given = http_request_query(http_exchange_request(exchange), str_of(name), &text);
  *number = *given ? outbox_find_name(outbox, text) : 0;
}

static int read_time(struct http_exchange *exchange, const char *name, int64_t initial, int64_t *ms) {
  struct str text;
  *ms = initial;
  if (!http_request_query(http_exchange_request(exchange), str_of(name), &text) || time_parse(text, ms))
    return 0;
  return api_refuse(exchange, name, "an instant such as 2026-01-02T03:04:05Z");
}

int outbox_filter_read(struct outbox_filter *filter, struct http_exchange *exchange,
                       struct pipeline *pipeline) {
  const struct http_request *request = http_exchange_request(exchange);
  const struct outbox *outbox = pipeline_outbox(pipeline);
  enum outbox_state state;
  struct str text;
  *filter = (struct outbox_filter){.lead = OUTBOX_NONE};
  read_name(exchange, outbox, "destination", &filter->destination, &filter->has_destination);
  read_name(exchange, outbox, "type", &filter->type, &filter->has_type);
  if (http_request_query(request, STR("state"), &text)) {
    if (!outbox_state_parse(text, &state))
      return api_refuse(exchange, "state", "waiting, delivered, parked, dropped, cancelled or erased");
    filter->states = 1u << state;
  }
  if (http_request_query(request, STR("lead"), &text)) {
    filter->has_lead = true;
    filter->lead = engine_find_lead(pipeline_engine(pipeline), text);
  }
  if (read_time(exchange, "from", TIME_MIN, &filter->from_ms) != 0) return -1;
  return read_time(exchange, "to", TIME_NEVER, &filter->to_ms);
}

bool outbox_filter_takes(const struct outbox_filter *filter, const struct outbox_row *row) {
  if (row->state == OUTBOX_ERASED) return false; /* counted until the next start, and nobody's */
  if (filter->states && !(filter->states >> row->state & 1)) return false;
  if (filter->has_destination && row->destination != filter->destination) return false;
  if (filter->has_type && row->type != filter->type) return false;
  if (filter->has_lead && (row->lead != filter->lead || row->lead == OUTBOX_NONE)) return false;
  return row->made_ms >= filter->from_ms && row->made_ms < filter->to_ms;
}

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

void outbox_put_row(struct json_writer *w, struct pipeline *pipeline, const struct outbox_row *row) {
  const struct outbox *outbox = pipeline_outbox(pipeline);
  char id[OUTBOX_ID_TEXT];
  json_member_text(w, "id", outbox_id_text(row->id, id));
  json_member_text(w, "destination", outbox_name(outbox, row->destination));
  json_member_text(w, "type", outbox_name(outbox, row->type));
  json_member_text(w, "effect", outbox_name(outbox, row->effect));
  json_key(w, "lead");
  if (row->lead == OUTBOX_NONE)
    json_put_null(w);
  else
    json_put_str(w, engine_lead_id(pipeline_engine(pipeline), row->lead));
  json_member_text(w, "state", outbox_state_word((enum outbox_state)row->state));
  json_key(w, "sequence");
  json_put_int(w, row->sequence);
  json_key(w, "attempts");
  json_put_int(w, row->attempts);
  json_key(w, "made_at");
  json_put_time(w, row->made_ms);
  json_key(w, "next_at");
  json_put_time(w, row->state == OUTBOX_WAITING ? row->due_ms : TIME_NEVER);
  json_key(w, "in_flight");
  json_put_bool(w, row->in_flight);
}

void api_list_outbox(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"state", "destination", "type",   "lead", "from",
                                      "to",    "limit",       "cursor", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct outbox *outbox = pipeline_outbox(pipeline);
  struct outbox_filter filter;
  struct ranking ranking;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (outbox_filter_read(&filter, exchange, pipeline) != 0) return;
  if (ranking_init(&ranking, exchange, LIMIT, LIMIT_MAX) != 0) return;
  for (uint32_t i = 0; i < outbox_count(outbox); i++)
    if (outbox_filter_takes(&filter, outbox_row(outbox, i))) ranking_offer(&ranking, (struct rank){i, 0, i});
  size_t count = ranking_end(&ranking);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "outbox");
  json_open(&answer.w, '[');
  for (size_t i = 0; i < count; i++) {
    json_open(&answer.w, '{');
    outbox_put_row(&answer.w, pipeline, outbox_row(outbox, ranking.items[i].number));
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  ranking_put(&ranking, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
  ranking_release(&ranking);
}

/* --- destinations --------------------------------------------------------------------------------------------------------- */

static void put_counts(struct json_writer *w, const struct outbox_place *place) {
  for (int i = 0; i < OUTBOX_STATE_COUNT; i++) {
    json_key(w, outbox_state_word((enum outbox_state)i));
    json_put_int(w, place ? place->counts[i] : 0);
  }
}

/* What is paused, and since when it fails; never where it is: an address may hold a secret. */
static void put_health(struct json_writer *w, struct outbox *outbox, uint32_t number, int64_t now_ms) {
  const struct outbox_place *place = number == OUTBOX_NONE ? NULL : outbox_place(outbox, number);
  bool paused = place && place->endpoint.paused_until > now_ms;
  json_key(w, "disabled");
  json_put_bool(w, place && place->disabled);
  if (place && place->disabled) {
    json_member_text(w, "reason", place->reason);
    json_key(w, "disabled_at");
    json_put_time(w, place->changed_ms);
  }
  json_key(w, "paused_until");
  json_put_time(w, paused ? place->endpoint.paused_until : TIME_NEVER);
  json_key(w, "failing_since");
  json_put_time(w, place && place->endpoint.failing_since ? place->endpoint.failing_since : TIME_NEVER);
  json_key(w, "oldest_waiting");
  json_put_time(w, place ? outbox_oldest_ms(outbox, number) : TIME_NEVER);
  json_key(w, "in_flight");
  json_put_int(w, place ? place->in_flight : 0);
  put_counts(w, place);
}

static void put_destination(struct json_writer *w, struct outbox *outbox, const char *name,
                            const struct destination *of, int64_t now_ms) {
  json_open(w, '{');
  json_member_text(w, "name", name);
  json_member_text(w, "doc", of ? of->doc : "");
  json_key(w, "declared"); /* else only rows of earlier rules go there */
  json_put_bool(w, of != NULL);
  put_health(w, outbox, outbox_find_place(outbox, str_of(name)), now_ms);
  json_close(w, '}');
}

void api_list_destinations(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  struct outbox *outbox = pipeline_outbox(pipeline);
  int64_t now_ms = service_now_ms(daemon->service);
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "destinations");
  json_open(&answer.w, '[');
  for (uint32_t i = 0; i < rules->destination_count; i++)
    put_destination(&answer.w, outbox, rules->destinations[i].name, &rules->destinations[i], now_ms);
  for (uint32_t i = 0; i < outbox_place_count(outbox); i++) {
    const char *name = outbox_name(outbox, outbox_place(outbox, i)->name);
    if (ruleset_destination(rules, str_of(name)) == NONE)
      put_destination(&answer.w, outbox, name, NULL, now_ms);
  }
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
