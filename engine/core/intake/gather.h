/* gather.h - many small bodies in one record: the lines of a stream, the events of a list.
 *
 * Each piece is JSON as receive.h takes a body: one event, or {"batch": [...]}. Unlike a body, a piece is never refused
 * as a whole to its sender: what is wrong with it counts as a refused item, so that one bad line does not fail a million
 * good ones. What was accepted gathers in a record until it is taken. All events of a record have the same source and
 * instant of reception. One thread.
 */
#ifndef EMBUDO_CORE_GATHER_H
#define EMBUDO_CORE_GATHER_H

#include "core/intake/receive.h"

struct gather {
  struct feed feed;
  struct buf record;
  bool is_closed;  /* the record has its end */
  uint32_t events; /* in it */
};

void gather_init(struct gather *gather, struct str source);
void gather_release(struct gather *gather);

/* Forgets the record and begins another one. */
void gather_begin(struct gather *gather, int64_t received_ms);

/* Checks a piece and adds what it accepted. *received tells what became of it; there is no `record` in it. */
void gather_take(struct gather *gather, struct receiver *receiver, struct str json,
                 struct received *received);

/* The same for a piece that cannot be taken for a reason found elsewhere. */
void gather_refuse(struct received *received, enum reject_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

size_t gather_bytes(const struct gather *gather); /* of the record; 0 when it has no events */

/* The complete record, valid until the next call; more may be added after it. At least one event is in it. */
struct str gather_record(struct gather *gather);

#endif
