/* recall.h - the events of touches, read again from the journal: their names and what they said.
 *
 * A touch keeps the number of its record but not its event's bytes. An event is found in its record by what a touch's place in
 * the total order is made of: its instant, its source and its messageId, which events without one get by hash as they did
 * when they arrived. Records that are gone (retention, erasure) are no error: their events are not found.
 *
 * Reads and unpacks blocks of the journal: for a thread that may wait. Each call has a reader of its own, so it may run on any
 * thread, beside the writer.
 */
#ifndef EMBUDO_CORE_RECALL_H
#define EMBUDO_CORE_RECALL_H

#include "base/arena.h"
#include "base/err.h"
#include "model/event.h"

enum {
  RECALL_DATA_MAX = 8 * 1024 /* bytes of an event's properties or traits; members beyond it are left out */
};

struct recalled {
  /* what is looked for */
  uint64_t record;
  int64_t time_ms;
  struct str key; /* source, NUL, messageId */

  /* what was found, in the arena */
  bool found;
  enum event_type type;
  struct str name;     /* of a track call's event, a page, a screen; empty: none */
  struct str group_id; /* group: the account; elsewhere context.groupId */
  struct str previous_id;
  struct str data; /* a JSON object: traits of identify and group, properties of all others; empty: none */
  bool cut;        /* it had more members */
};

/* `stopped` (may be NULL) is asked now and then; what was not looked at by then counts as not found. -1 and *err when the
 * journal cannot be read. */
int recall(const char *dir, struct recalled *items, size_t count, struct arena *arena,
           bool (*stopped)(void *arg), void *arg, struct err *err);

#endif
