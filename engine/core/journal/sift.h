/* sift.h - the events in records of the journal, one by one, as the engine would take them, but without an engine.
 *
 * For whoever looks for events in the journal: exports, and what belongs to one person. An event is read with the source and
 * the instant of reception that its record gives it, so its instant and its ids are those that the engine gave it. What
 * came twice is found by the same rule as the engine's (dedupe.h), if all records are sifted in order from the first.
 * Needs no rules: events that an `ignore` takes are events. One thread.
 */
#ifndef EMBUDO_CORE_SIFT_H
#define EMBUDO_CORE_SIFT_H

#include "core/intake/dedupe.h"
#include "core/intake/normalise.h"
#include "store/store.h"

struct sift;

struct sift_event { /* borrows from the sift until its next call */
  struct json_ref item;
  const struct normalised *normal;
  uint32_t index; /* in its record, from 0 */
};

struct sift *sift_new(size_t dedupe_ids_max); /* 0: DEDUPE_LIMIT */
void sift_free(struct sift *sift);

/* Begins with a record of events (see sift_has_events). -1 and *err when it is damaged: it holds no events then. The record's
 * bytes may go away after the call, its source may not. */
int sift_open(struct sift *sift, const struct store_record *record, struct err *err);

/* The next event of the record; false at the end. What is no event is passed over. */
bool sift_next(struct sift *sift, struct sift_event *event);

/* Whether the event just given is the first under its source and messageId; to be asked at most once, for each event that
 * matters, in order. */
bool sift_is_first(struct sift *sift);

bool sift_has_events(const struct store_record *record); /* by its kind */

/* Appends the event so that a file of such lines is scored as the journal is: with the `source` it came from, and with the
 * `receivedAt` of its reception if that is known. What is private of an act (its member `private`) stays out unless all is
 * wanted: it changes no score. */
void sift_write(const struct sift_event *event, bool all, struct buf *part, struct buf *out);

#endif
