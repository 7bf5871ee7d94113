/* Whether values that come back are embudo's own: the messages that were sent for the lead lately, read back from the journal. What
 * has come back is journaled, as something that happened to the message, before anybody is told. */
#include "core/handoff/echo.h"
#include "core/journal/journal.h"
#include "serve/inbound/inbound_private.h"

enum { OUR_ECHO_SEED = 0, THEIR_ITEM_SEED = 1 };

struct looking {
  struct work_job job;
  struct inbound_message *message;
  const char *data; /* the directory */
  uint64_t records[INBOUND_ECHO_ROWS_MAX];
  struct hash128 ids[INBOUND_ECHO_ROWS_MAX];
  uint32_t count;
  struct buf same;
  bool found[INBOUND_ECHO_ROWS_MAX];
  struct returned_value value; /* of the one that came back */
  void (*done)(struct inbound_message *message, bool own);
};

/* --- which messages -------------------------------------------------------------------------------------------------- */

/* It may have arrived. */
static bool has_left(const struct outbox_row *row) {
  return row->state == OUTBOX_DELIVERED || row->attempts > 0 || row->in_flight;
}

/* The newest, in the order of the journal. */
static void choose(struct looking *looking, const struct inbound_message *message, uint32_t node) {
  struct pipeline *pipeline = service_pipeline(message->daemon->service);
  const struct outbox *outbox = pipeline_outbox(pipeline);
  uint16_t place = outbox_find_name(outbox, message->of);
  int64_t since_ms = service_now_ms(message->daemon->service) - INBOUND_ECHO_MS;
  if (place == 0) return;
  for (uint32_t number = outbox_next_of_lead(outbox, node, OUTBOX_NONE); number != OUTBOX_NONE;
       number = outbox_next_of_lead(outbox, node, number)) {
    const struct outbox_row *row = outbox_row(outbox, number);
    if (row->destination != place || row->made_ms < since_ms || !has_left(row)) continue;
    if (looking->count == INBOUND_ECHO_ROWS_MAX) {
      memmove(looking->records, looking->records + 1, sizeof looking->records - sizeof *looking->records);
      memmove(looking->ids, looking->ids + 1, sizeof looking->ids - sizeof *looking->ids);
      looking->count--;
    }
    looking->records[looking->count] = row->record;
    looking->ids[looking->count++] = row->id;
  }
}

/* --- what they said, on a thread ---------------------------------------------------------------------------------------- */

static bool said_so(struct json_reader *reader, struct json_reader *inner, struct str record,
                    struct json_ref same) {
  struct json_ref root, body;
  struct str text;
  struct err err;
  if (json_parse(reader, record.p, record.len, &root, &err) != 0) return false;
  body = json_get(json_get(root, STR("request")), STR("body"));
  if (json_string(body, &text) && json_parse(inner, text.p, text.len, &body, &err) != 0) return false;
  return echo_holds(body, same);
}

static void look(struct work_job *job) {
  struct looking *looking = (struct looking *)job;
  struct json_reader *readers[3] = {json_reader_new(), json_reader_new(), json_reader_new()};
  struct store_record record;
  struct json_ref same;
  struct err err;
  struct store_reader *store = store_reader_new(looking->data, &err);
  bool fine = store && json_parse(readers[2], looking->same.data, looking->same.len, &same, &err) == 0;
  for (uint32_t i = 0; fine && i < looking->count && !work_is_stopped(job); i++) {
    store_reader_seek(store, looking->records[i]);
    if (store_reader_next(store, &record, &err) > 0 && record.seq == looking->records[i])
      looking->found[i] = said_so(readers[0], readers[1], record.bytes, same);
  }
  store_reader_free(store);
  for (int i = 0; i < 3; i++) json_reader_free(readers[i]);
}

/* --- each comes back once ------------------------------------------------------------------------------------------------ */

static struct hash128 mix(struct hash128 id, struct str same) {
  struct hash128 hash = str_hash128(same, OUR_ECHO_SEED);
  return (struct hash128){hash.low ^ id.low, hash.high ^ id.high};
}

static struct outbox *outbox_of(const struct looking *looking) {
  return pipeline_outbox(service_pipeline(looking->message->daemon->service));
}

static void end(struct looking *looking, bool own) {
  looking->done(looking->message, own);
  buf_release(&looking->same);
  free(looking);
}

static void fail(struct looking *looking, enum service_answer answer) {
  returned_forget(outbox_returned(outbox_of(looking)), looking->value);
  looking->message->failed = answer;
  end(looking, true); /* it is; but its sender has to come again */
}

static void on_noted(void *arg, const struct service_result *result) {
  if (result->answer == SERVICE_COMMITTED)
    end(arg, true);
  else
    fail(arg, result->answer);
}

/* That it came back, as something that happened to the message. */
static void note(struct looking *looking, struct hash128 id) {
  struct service *service = looking->message->daemon->service;
  const struct outbox *outbox = outbox_of(looking);
  uint32_t number = outbox_find(outbox, id);
  if (number == OUTBOX_NONE || outbox_row(outbox, number)->state == OUTBOX_ERASED) {
    end(looking, true);
    return;
  }
  const struct outbox_row *row = outbox_row(outbox, number);
  const struct outbox_delivery delivery = {.what = HAPPENED_RETURNED,
                                           .id = id,
                                           .lead = pipeline_row_lead(service_pipeline(service), row),
                                           .at_ms = service_now_ms(service),
                                           .made_ms = row->made_ms,
                                           .by = looking->message->source,
                                           .value = looking->value,
                                           .previous = row->last};
  struct buf text;
  buf_init(&text);
  outbox_delivery_write(&delivery, &text);
  const struct store_record record = {
      .received_ms = delivery.at_ms, .kind = JOURNAL_DELIVERY, .bytes = buf_str(&text)};
  returned_note(outbox_returned(outbox_of(looking)), looking->value);
  enum service_answer said = service_journal(service, &record, 1, on_noted, looking);
  buf_release(&text);
  if (said != SERVICE_COMMITTED) fail(looking, said);
}

static void on_looked(struct work_job *job, enum work_end how) {
  struct looking *looking = (struct looking *)job;
  const struct inbound_message *message = looking->message;
  struct hash128 item = str_hash128(message->acts[message->at].key, THEIR_ITEM_SEED);
  for (uint32_t i = looking->count; how == WORK_RAN && i-- > 0;) {
    if (!looking->found[i]) continue;
    looking->value = (struct returned_value){mix(looking->ids[i], buf_str(&looking->same)), item};
    switch (returned_before(outbox_returned(outbox_of(looking)), looking->value)) {
    case RETURNED_NEVER: note(looking, looking->ids[i]); return;
    case RETURNED_SO: end(looking, true); return;
    case RETURNED_OTHERWISE: break;
    }
  }
  end(looking, false);
}

bool inbound_echo_ask(struct inbound_message *message,
                      void (*done)(struct inbound_message *message, bool own)) {
  const struct inbound_act *act = &message->acts[message->at];
  struct engine *engine = pipeline_engine(service_pipeline(message->daemon->service));
  if (!act->same.len || !message->of.len) return false;
  uint32_t lead = engine_find_lead(engine, act->lead);
  if (lead == IDENTITY_NONE) return false;
  struct looking *looking = xcalloc(1, sizeof *looking);
  looking->job.run = look;
  looking->job.done = on_looked;
  looking->message = message;
  looking->data = message->daemon->options.config->data;
  looking->done = done;
  choose(looking, message, engine_lead_node(engine, lead));
  buf_init(&looking->same);
  buf_add_str(&looking->same, act->same);
  if (looking->count && work_start(message->daemon->work, &looking->job)) return true;
  buf_release(&looking->same);
  free(looking);
  return false;
}
