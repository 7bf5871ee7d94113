#include "core/intake/gather.h"

#include <stdio.h>

#define RECORD_OPEN  "{\"batch\":["
#define RECORD_CLOSE "]}"

void gather_init(struct gather *gather, struct str source) {
  *gather = (struct gather){.feed = {.source = source}};
  buf_init(&gather->record);
}

void gather_release(struct gather *gather) {
  buf_release(&gather->record);
}

void gather_begin(struct gather *gather, int64_t received_ms) {
  gather->feed.received_ms = received_ms;
  gather->events = 0;
  gather->is_closed = false;
  buf_clear(&gather->record);
}

void gather_refuse(struct received *received, enum reject_code code, const char *format, ...) {
  struct feed_problem *problem = &received->problems[0];
  va_list args;
  received_clear(received);
  received->rejected = received->rejects[code] = received->problem_count = 1;
  *problem = (struct feed_problem){.code = code};
  va_start(args, format);
  vsnprintf(problem->reason, sizeof problem->reason, format, args);
  va_end(args);
}

/* The list inside a receiver's record. */
static struct str items_of(struct str record) {
  size_t open = sizeof RECORD_OPEN - 1, close = sizeof RECORD_CLOSE - 1;
  ASSERT(str_starts(record, STR(RECORD_OPEN)) && str_ends(record, STR(RECORD_CLOSE)));
  return (struct str){record.p + open, record.len - open - close};
}

static void reopen(struct gather *gather) {
  if (gather->is_closed) gather->record.len -= sizeof RECORD_CLOSE - 1;
  gather->is_closed = false;
}

static void add(struct gather *gather, const struct received *received) {
  if (received->events == 0) return;
  reopen(gather);
  buf_add_text(&gather->record, gather->events ? "," : RECORD_OPEN);
  buf_add_str(&gather->record, items_of(received->record));
  gather->events += received->events;
}

void gather_take(struct gather *gather, struct receiver *receiver, struct str json,
                 struct received *received) {
  struct err err;
  if (receive_parse(receiver, json, received, &err) != 0 ||
      receive_check(receiver, &gather->feed, received, &err) != 0)
    gather_refuse(received, received->fault, "%s", err.text);
  else
    add(gather, received);
  received->record = STR("");
}

size_t gather_bytes(const struct gather *gather) {
  return gather->record.len;
}

struct str gather_record(struct gather *gather) {
  ASSERT(gather->events > 0);
  if (!gather->is_closed) buf_add_text(&gather->record, RECORD_CLOSE);
  gather->is_closed = true;
  return buf_str(&gather->record);
}
