#include "core/intake/receive.h"

#include "base/text.h"
#include "core/intake/envelope.h"
#include "core/intake/salvage.h"
#include <stdio.h>

struct receiver {
  struct engine *engine;
  struct receive_limits limits;
  struct json_reader *reader;
  struct json_ref root;
  struct buf part, record;
  struct normalised event;
  struct salvage salvage; /* of the body at hand */
};

struct receiver *receiver_new(struct engine *engine, const struct receive_limits *limits) {
  struct receiver *receiver = xcalloc(1, sizeof *receiver);
  receiver->engine = engine;
  if (limits) receiver->limits = *limits;
  if (!receiver->limits.event_bytes) receiver->limits.event_bytes = ENGINE_EVENT_MAX;
  if (!receiver->limits.batch_events) receiver->limits.batch_events = RECEIVE_BATCH_EVENTS;
  receiver->reader = json_reader_new();
  buf_init(&receiver->part);
  buf_init(&receiver->record);
  salvage_init(&receiver->salvage);
  return receiver;
}

void receiver_free(struct receiver *receiver) {
  if (!receiver) return;
  json_reader_free(receiver->reader);
  buf_release(&receiver->part);
  buf_release(&receiver->record);
  salvage_release(&receiver->salvage);
  free(receiver);
}

void receiver_use(struct receiver *receiver, struct engine *engine) {
  receiver->engine = engine;
}

void received_clear(struct received *received) {
  memset(received, 0,
         offsetof(struct received, problems)); /* the count guards those: most bodies have none */
  received->oldest_ms = TIME_NEVER;
}

static enum reject_code fault_of(struct str body, const struct err *err) {
  if (err->code == ERR_LIMIT) return REJECT_TOO_DEEP;
  return text_is_utf8(body) ? REJECT_BAD_JSON : REJECT_BAD_UTF8;
}

/* Where some events of a batch are the reason why it cannot be read, the others are. */
static int parse(struct receiver *receiver, struct str body, struct err *err) {
  struct salvage *salvage = &receiver->salvage;
  struct err ignored;
  salvage_clear(salvage);
  if (json_parse(receiver->reader, body.p, body.len, &receiver->root, err) == 0) return 0;
  bool events_may_be_why = err->code == ERR_LIMIT || err->code == ERR_INVALID;
  if (!events_may_be_why || !salvage_batch(salvage, receiver->reader, body)) return -1;
  struct str rest = buf_str(&salvage->body);
  return json_parse(receiver->reader, rest.p, rest.len, &receiver->root, &ignored);
}

int receive_parse(struct receiver *receiver, struct str body, struct received *received, struct err *err) {
  received_clear(received);
  if (parse(receiver, body, err) != 0) {
    received->fault = fault_of(body, err);
    return -1;
  }
  if (json_kind(receiver->root) != JSON_OBJECT) {
    received->fault = REJECT_NOT_OBJECT;
    return err_set(err, ERR_INVALID, "the body is %s, expected an event or {\"batch\": [...]}",
                   json_kind_word(json_kind(receiver->root)));
  }
  json_string(json_get(receiver->root, STR("writeKey")), &received->write_key);
  return 0;
}

/* --- one item ----------------------------------------------------------------------------------------------------- */

struct checking {
  struct receiver *receiver;
  struct received *received;
  struct normalise_context context;
  struct envelope envelope;
  uint32_t item;
};

static void refuse(struct checking *checking, enum reject_code code, const char *reason) {
  struct received *received = checking->received;
  received->rejected++;
  received->rejects[code]++;
  if (received->problem_count == RECEIVE_PROBLEMS_TOLD) return;
  struct feed_problem *problem = &received->problems[received->problem_count++];
  problem->item = checking->item;
  problem->code = code;
  snprintf(problem->reason, sizeof problem->reason, "%s", reason);
}

static bool is_known(struct checking *checking) {
  const struct normalised *normal = &checking->receiver->event;
  if (!normal->has_message_id) return false;
  switch (engine_knows(checking->receiver->engine, &normal->event)) {
  case DEDUPE_NEW: return false;
  case DEDUPE_DUPLICATE: checking->received->duplicates++; break;
  case DEDUPE_CONFLICT: checking->received->conflicts++; break;
  }
  return true;
}

/* The item at the record's end; taken away again when it is too large. */
static bool add_to_record(struct checking *checking, struct json_ref item) {
  struct buf *record = &checking->receiver->record;
  char reason[NORMALISE_REASON_MAX];
  if (checking->received->events) buf_add_char(record, ',');
  size_t start = record->len;
  envelope_open(&checking->envelope, item, &checking->receiver->part, record);
  size_t size = record->len - start, most = checking->receiver->limits.event_bytes;
  if (size <= most) return true;
  record->len = checking->received->events ? start - 1 : start;
  record->data[record->len] = '\0';
  snprintf(reason, sizeof reason, "the event has %zu bytes; at most %zu are allowed", size, most);
  refuse(checking, REJECT_TOO_LARGE, reason);
  return false;
}

static void check_item(struct checking *checking, struct json_ref item) {
  struct received *received = checking->received;
  struct normalised *normal = &checking->receiver->event;
  enum reject_code code;
  const char *reason = salvage_reason(&checking->receiver->salvage, checking->item, &code);
  if (reason) {
    refuse(checking, code, reason);
    return;
  }
  code = normalise_event(item, &checking->context, normal);
  received->bad_times += normal->bad_times;
  if (code != REJECT_NONE) {
    refuse(checking, code, normal->reason);
    return;
  }
  if (engine_blocks(checking->receiver->engine, &normal->event)) {
    refuse(checking, REJECT_ERASED, REJECT_ERASED_REASON);
    return;
  }
  if (is_known(checking) || !add_to_record(checking, item)) return;
  received->clamped += normal->clamped;
  received->events++;
  if (normal->event.time_ms < received->oldest_ms) received->oldest_ms = normal->event.time_ms;
}

/* --- the body ------------------------------------------------------------------------------------------------------ */

static int check_batch(struct checking *checking, struct json_ref batch, struct err *err) {
  const struct receiver *receiver = checking->receiver;
  struct json_ref context = json_get(receiver->root, STR("context"));
  struct json_iter it;
  checking->received->fault = REJECT_BAD_BATCH;
  if (json_kind(batch) != JSON_ARRAY)
    return err_set(err, ERR_INVALID, "`batch` is %s, expected a list of events",
                   json_kind_word(json_kind(batch)));
  if (json_count(batch) > receiver->limits.batch_events)
    return err_set(err, ERR_LIMIT, "the batch has %zu events; at most %u are allowed in one request",
                   json_count(batch), receiver->limits.batch_events);
  if (json_kind(context) == JSON_OBJECT) checking->envelope.context = context;
  checking->envelope.sent_at = json_get(receiver->root, STR("sentAt"));
  normalise_time(checking->envelope.sent_at, &checking->context.batch_sent_ms);
  checking->received->fault = REJECT_NONE;
  checking->received->is_batch = true;
  for (json_iter_init(&it, batch); json_next(&it); checking->item++) check_item(checking, it.value);
  return 0;
}

int receive_check(struct receiver *receiver, const struct feed *feed, struct received *received,
                  struct err *err) {
  struct checking checking = {.receiver = receiver,
                              .received = received,
                              .context = {.source = feed->source,
                                          .received_ms = feed->received_ms,
                                          .is_history = feed->is_history,
                                          .batch_sent_ms = TIME_NEVER,
                                          .has_type = feed->has_type,
                                          .type = feed->type}};
  struct json_ref batch = json_get(receiver->root, STR("batch"));
  if (feed->has_type) checking.envelope.type = str_of(event_type_word(feed->type));
  buf_clear(&receiver->record);
  buf_add_text(&receiver->record, "{\"batch\":[");
  if (!json_is_missing(batch) && json_is_missing(json_get(receiver->root, STR("type")))) {
    if (check_batch(&checking, batch, err) != 0) return -1;
  } else
    check_item(&checking, receiver->root);
  buf_add_text(&receiver->record, "]}");
  received->record = buf_str(&receiver->record);
  return 0;
}
