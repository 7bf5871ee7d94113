/* POST /v1/outbox/{id}/retry and /drop, /v1/outbox/replay, /v1/destinations/{name}/enable and /disable: what people decide. */
#include "core/handoff/handoff.h"
#include "serve/api/api_outbox.h"
#include "serve/ingest/ingest.h"

enum { REPLAY_MAX = 10000 /* messages in one request */, REASON_MAX = 500 };

struct deciding { /* records on their way to the journal */
  struct http_exchange *exchange;
  size_t count;
  bool more; /* there were others that match */
};

static void on_decided(void *arg, const struct service_result *result) {
  const struct deciding deciding = *(struct deciding *)arg;
  struct api_answer answer;
  free(arg);
  if (result->answer != SERVICE_COMMITTED) {
    ingest_refuse(deciding.exchange, result->answer);
    return;
  }
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  json_key(&answer.w, "count");
  json_put_int(&answer.w, (int64_t)deciding.count);
  json_key(&answer.w, "more");
  json_put_bool(&answer.w, deciding.more);
  json_close(&answer.w, '}');
  api_send(&answer, deciding.exchange);
}

static void journal(struct daemon *daemon, struct http_exchange *exchange, const struct store_record *records,
                    size_t count, bool more) {
  struct deciding *deciding = xmalloc(sizeof *deciding);
  struct service_result result;
  *deciding = (struct deciding){exchange, count, more};
  result.answer = SERVICE_COMMITTED;
  if (count) result.answer = service_journal(daemon->service, records, count, on_decided, deciding);
  if (!count || result.answer != SERVICE_COMMITTED) on_decided(deciding, &result);
}

static struct store_record record_of(struct daemon *daemon, const struct outbox_delivery *delivery,
                                     struct arena *arena) {
  struct buf text;
  buf_init(&text);
  outbox_delivery_write(delivery, &text);
  struct store_record record = {.received_ms = service_now_ms(daemon->service),
                                .kind = JOURNAL_DELIVERY,
                                .bytes = arena_str(arena, buf_str(&text))};
  buf_release(&text);
  return record;
}

static struct outbox_delivery decision_on(struct daemon *daemon, const struct outbox_row *row,
                                          enum outbox_happening what, struct str by) {
  return (struct outbox_delivery){.what = what,
                                  .id = row->id,
                                  .lead = pipeline_row_lead(service_pipeline(daemon->service), row),
                                  .at_ms = service_now_ms(daemon->service),
                                  .made_ms = row->made_ms,
                                  .by = by,
                                  .previous = row->last};
}

static void journal_one(struct daemon *daemon, struct http_exchange *exchange,
                        const struct outbox_delivery *delivery) {
  struct arena arena;
  arena_init(&arena, 4096);
  struct store_record record = record_of(daemon, delivery, &arena);
  journal(daemon, exchange, &record, 1, false);
  arena_release(&arena);
}

/* --- one message ---------------------------------------------------------------------------------------------------------- */

/* It could not be rendered when it was made: the present rules may. */
static void render(struct outbox_reading *reading) {
  struct daemon *daemon = reading->daemon;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct outbox *outbox = pipeline_outbox(pipeline);
  uint32_t number = outbox_find(outbox, reading->id);
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf request;
  struct err err;
  buf_init(&request);
  if (number == OUTBOX_NONE || reading->message.len == 0) {
    http_exchange_fail(reading->exchange, 404, "not_found", "the outbox has no such message");
  } else if (json_parse(reader, reading->message.data, reading->message.len, &root, &err) != 0 ||
             handoff_render(pipeline_generation(pipeline), root, &request, &err) != 0) {
    http_exchange_fail(reading->exchange, 409, "not_rendered", "%s", err.text);
  } else {
    struct outbox_delivery delivery =
        decision_on(daemon, outbox_row(outbox, number), HAPPENED_RENDERED, reading->by);
    delivery.request = buf_str(&request);
    journal_one(daemon, reading->exchange, &delivery);
  }
  buf_release(&request);
  json_reader_free(reader);
}

static const char *refusal(const struct outbox_row *row, enum outbox_happening what) {
  if (row->state == OUTBOX_ERASED) return "its lead was erased";
  if (what == HAPPENED_DROPPED && row->state == OUTBOX_DELIVERED) return "it was delivered already";
  if (what == HAPPENED_DROPPED && row->state == OUTBOX_DROPPED) return "it was dropped already";
  return row->in_flight ? "an attempt is under way: try again" : NULL;
}

static void decide(struct http_exchange *exchange, struct daemon *daemon, enum outbox_happening what) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct str by;
  if (!guard_person(daemon->guard, exchange, ROLE_MARKETING, &by)) return;
  uint32_t number = outbox_of_path(exchange, pipeline);
  if (number == OUTBOX_NONE) return;
  const struct outbox_row *row = outbox_row(pipeline_outbox(pipeline), number);
  const char *why = refusal(row, what);
  if (why) {
    http_exchange_fail(exchange, 409, "conflict", "%s", why);
    return;
  }
  if (what == HAPPENED_RETRIED && row->unrendered) {
    outbox_read(daemon, exchange, row, by, render);
    return;
  }
  const struct outbox_delivery delivery = decision_on(daemon, row, what, by);
  journal_one(daemon, exchange, &delivery);
}

void api_retry_outbox(struct http_exchange *exchange, void *app) {
  decide(exchange, app, HAPPENED_RETRIED);
}

void api_drop_outbox(struct http_exchange *exchange, void *app) {
  decide(exchange, app, HAPPENED_DROPPED);
}

/* --- many messages --------------------------------------------------------------------------------------------------------- */

/* Which of them: parked ones, unless the request says another state. */
void api_replay_outbox(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"state", "destination", "type", "lead", "from", "to", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct outbox *outbox = pipeline_outbox(pipeline);
  struct outbox_filter filter;
  struct arena arena;
  struct str by;
  size_t count = 0;
  bool more = false;
  if (!guard_person(daemon->guard, exchange, ROLE_MARKETING, &by) || api_known(exchange, names) != 0) return;
  if (outbox_filter_read(&filter, exchange, pipeline) != 0) return;
  if (!filter.states) filter.states = 1u << OUTBOX_PARKED;
  if (filter.states & (1u << OUTBOX_WAITING | 1u << OUTBOX_ERASED)) {
    api_refuse(exchange, "state", "parked, delivered, dropped or cancelled");
    return;
  }
  struct store_record *records = xcalloc(REPLAY_MAX, sizeof *records);
  arena_init(&arena, 65536);
  for (uint32_t i = 0; i < outbox_count(outbox) && !more; i++) {
    const struct outbox_row *row = outbox_row(outbox, i);
    if (row->unrendered || !outbox_filter_takes(&filter, row)) continue;
    more = count == REPLAY_MAX;
    if (more) break;
    const struct outbox_delivery delivery = decision_on(daemon, row, HAPPENED_RETRIED, by);
    records[count++] = record_of(daemon, &delivery, &arena);
  }
  journal(daemon, exchange, records, count, more);
  arena_release(&arena);
  free(records);
}

/* --- destinations ------------------------------------------------------------------------------------------------------------ */

static bool is_known(struct pipeline *pipeline, struct str name) {
  return ruleset_destination(pipeline_generation(pipeline)->rules, name) != NONE ||
         outbox_find_place(pipeline_outbox(pipeline), name) != OUTBOX_NONE;
}

static void change(struct http_exchange *exchange, struct daemon *daemon, enum outbox_happening what) {
  static const char *const names[] = {"reason", NULL};
  struct str name = http_request_param(http_exchange_request(exchange), STR("name")), by, reason = STR("");
  if (!guard_person(daemon->guard, exchange, ROLE_ADMIN, &by) || api_known(exchange, names) != 0) return;
  if (!is_known(service_pipeline(daemon->service), name)) {
    http_exchange_fail(exchange, 404, "not_found", "the rules declare no destination '%.*s'", STR_ARG(name));
    return;
  }
  http_request_query(http_exchange_request(exchange), STR("reason"), &reason);
  if (reason.len > REASON_MAX) {
    api_refuse(exchange, "reason", "at most 500 bytes");
    return;
  }
  const struct outbox_delivery delivery = {
      .what = what, .destination = name, .at_ms = service_now_ms(daemon->service), .error = reason, .by = by};
  journal_one(daemon, exchange, &delivery);
}

void api_enable_destination(struct http_exchange *exchange, void *app) {
  change(exchange, app, HAPPENED_ENABLED);
}

void api_disable_destination(struct http_exchange *exchange, void *app) {
  change(exchange, app, HAPPENED_DISABLED);
}
