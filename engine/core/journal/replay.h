/* replay.h - the journal, read once from the first record to the last, into a pipeline: how everything that is known is known
 * again. The daemon's start, the commands that look at a data directory and the check of one all stand on this.
 *
 * Whether or not a daemon has the store open; what it appends meanwhile may or may not be read. A record that cannot be
 * taken is told, counted and passed over. Nothing is folded and nothing decided.
 */
#ifndef EMBUDO_CORE_REPLAY_H
#define EMBUDO_CORE_REPLAY_H

#include "core/journal/pipeline.h"

struct replay_calls { /* all may be NULL */
  void *context;
  bool (*filter)(void *context,
                 struct store_record *record); /* may change its bytes; false: it is not taken */
  void (*bad)(void *context, const struct store_record *record, const struct err *err);
  void (*step)(void *context, uint64_t events); /* now and then: how many were accepted so far */
};

enum { REPLAY_STEP_RECORDS = 256 };

struct replay_totals {
  uint64_t records, bad_records, decisions;
  uint64_t events, duplicates, conflicts;
  uint64_t last_seq; /* 0: there are no records */
  uint64_t blocks;   /* of the store that were read */
  int64_t last_ms;   /* when the last record was received, or made; 0: there are none */
};

/* -1 and *err when the store cannot be read to its end; what came before has been taken. ERR_NOT_FOUND: there is no store in
 * `dir`. `calls` may be NULL. */
int replay_run(struct pipeline *pipeline, const char *dir, const struct replay_calls *calls,
               struct replay_totals *totals, struct err *err);

#endif
