/* GET /v1/outbox/{id}: what is sent, and what happened to it. */
#include "core/journal/journal.h"
#include "io/work.h"
#include "serve/api/api_outbox.h"

enum { HISTORY_MAX = 200 }; /* the newest that are told */

uint32_t outbox_of_path(struct http_exchange *exchange, struct pipeline *pipeline) {
  struct str text = http_request_param(http_exchange_request(exchange), STR("id"));
  struct outbox *outbox = pipeline_outbox(pipeline);
  struct hash128 id;
  uint32_t number = outbox_id_parse(text, &id) ? outbox_find(outbox, id) : OUTBOX_NONE;
  if (number == OUTBOX_NONE) http_exchange_fail(exchange, 404, "not_found", "the outbox has no such message");
  return number;
}

/* --- reading back ------------------------------------------------------------------------------------------------------ */

/* 1: *record; 0: it is gone; -1: *err. */
static int read_record(struct store_reader *reader, uint64_t number, struct store_record *record,
                       struct err *err) {
  store_reader_seek(reader, number);
  int more = store_reader_next(reader, record, err);
  return more > 0 ? record->seq == number : more;
}

/* The delivery of that record; 0: it is gone, or erased; -1: *err. */
static int read_delivery(struct outbox_reading *reading, struct store_reader *reader,
                         struct json_reader *json, uint64_t number, struct store_record *record,
                         struct outbox_delivery *delivery) {
  struct json_ref root;
  int found = read_record(reader, number, record, &reading->err);
  if (found <= 0 || record->kind != JOURNAL_DELIVERY) return found < 0 ? -1 : 0;
  if (json_parse(json, record->bytes.p, record->bytes.len, &root, &reading->err) != 0 ||
      outbox_delivery_read(root, delivery, &reading->err) != 0)
    return -1;
  return 1;
}

/* Each record names the one before it. The number of items, newest first; -1. */
static int read_history(struct outbox_reading *reading, struct store_reader *reader,
                        struct str items[HISTORY_MAX], struct arena *arena) {
  struct json_reader *json = json_reader_new();
  struct store_record record;
  struct outbox_delivery delivery;
  int count = 0, found = 1;
  for (uint64_t last = reading->last; last && count < HISTORY_MAX;) {
    found = read_delivery(reading, reader, json, last, &record, &delivery);
    if (found <= 0) break;
    items[count++] = arena_str(arena, record.bytes);
    last = delivery.previous < last ? delivery.previous : 0;
  }
  json_reader_free(json);
  return found < 0 ? -1 : count;
}

static int read_with(struct outbox_reading *reading, struct store_reader *reader, struct arena *arena) {
  struct str items[HISTORY_MAX];
  struct store_record record;
  struct json_writer w;
  int found = read_record(reader, reading->record, &record, &reading->err);
  if (found < 0) return -1;
  if (found) buf_add_str(&reading->message, record.bytes);
  int count = read_history(reading, reader, items, arena);
  if (count < 0) return -1;
  json_writer_init(&w, &reading->history);
  json_open(&w, '[');
  while (count) json_put_raw(&w, items[--count]);
  json_close(&w, ']');
  return 0;
}

static void read_all(struct work_job *job) {
  struct outbox_reading *reading = (struct outbox_reading *)job;
  struct arena arena;
  struct store_reader *reader = store_reader_new(reading->daemon->options.config->data, &reading->err);
  arena_init(&arena, 16384);
  reading->failed = !reader || read_with(reading, reader, &arena) != 0;
  arena_release(&arena);
  store_reader_free(reader);
}

static void on_read(struct work_job *job, enum work_end end) {
  struct outbox_reading *reading = (struct outbox_reading *)job;
  if (end == WORK_SKIPPED)
    http_exchange_fail(reading->exchange, 503, HTTP_OVERLOADED, "embudo is stopping");
  else if (reading->failed)
    http_exchange_fail(reading->exchange, 503, "storage_failed", "%s", reading->err.text);
  else
    reading->done(reading);
  buf_release(&reading->message);
  buf_release(&reading->history);
  free(reading);
}

bool outbox_read(struct daemon *daemon, struct http_exchange *exchange, const struct outbox_row *row,
                 struct str by, void (*done)(struct outbox_reading *reading)) {
  struct outbox_reading *reading = xcalloc(1, sizeof *reading);
  *reading = (struct outbox_reading){.job = {.run = read_all, .done = on_read},
                                     .daemon = daemon,
                                     .exchange = exchange,
                                     .id = row->id,
                                     .record = row->record,
                                     .last = row->last,
                                     .by = by,
                                     .done = done};
  buf_init(&reading->message);
  buf_init(&reading->history);
  if (work_start(daemon->work, &reading->job)) return true;
  free(reading);
  http_exchange_fail(exchange, 503, HTTP_OVERLOADED, "too much is being read: try again");
  return false;
}

/* --- answering ------------------------------------------------------------------------------------------------------------ */

static void copy_member(struct json_writer *w, struct json_ref root, const char *key) {
  struct json_ref ref = json_get(root, str_of(key));
  struct buf text;
  if (json_is_missing(ref)) return;
  buf_init(&text);
  json_minify(ref, &text);
  json_key(w, key);
  json_put_raw(w, buf_str(&text));
  buf_release(&text);
}

/* Requests are frozen without their secrets: nothing here has to be left out. */
static void put_message(struct json_writer *w, struct str record) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  if (record.len && json_parse(reader, record.p, record.len, &root, &err) == 0) {
    copy_member(w, root, "request");
    copy_member(w, root, "event");
    copy_member(w, root, "failed");
  }
  json_reader_free(reader);
}

/* An item of the history for people: without what only finds records, and whose it is. */
static void put_happening(struct json_writer *w, struct json_ref item) {
  static const char *const shown[] = {"what", "attempt", "status", "ms",     "at",
                                      "next", "pause",   "error",  "answer", "by"};
  json_open(w, '{');
  for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) copy_member(w, item, shown[i]);
  json_close(w, '}');
}

static void put_history(struct json_writer *w, struct str history) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  struct err err;
  json_key(w, "history");
  json_open(w, '[');
  if (history.len && json_parse(reader, history.p, history.len, &root, &err) == 0)
    for (json_iter_init(&it, root); json_next(&it);) put_happening(w, it.value);
  json_close(w, ']');
  json_reader_free(reader);
}

static void answer_row(struct outbox_reading *reading) {
  struct pipeline *pipeline = service_pipeline(reading->daemon->service);
  const struct outbox *outbox = pipeline_outbox(pipeline);
  uint32_t number = outbox_find(outbox, reading->id);
  struct api_answer answer;
  if (number == OUTBOX_NONE) {
    http_exchange_fail(reading->exchange, 404, "not_found", "the outbox has no such message");
    return;
  }
  api_open(&answer);
  json_open(&answer.w, '{');
  outbox_put_row(&answer.w, pipeline, outbox_row(outbox, number));
  put_message(&answer.w, buf_str(&reading->message));
  put_history(&answer.w, buf_str(&reading->history));
  json_close(&answer.w, '}');
  api_send(&answer, reading->exchange);
}

void api_show_outbox(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  uint32_t number = outbox_of_path(exchange, pipeline);
  if (number == OUTBOX_NONE) return;
  outbox_read(daemon, exchange, outbox_row(pipeline_outbox(pipeline), number), STR(""), answer_row);
}
