#include "core/journal/replay.h"

#include "core/journal/journal.h"

static void take(struct pipeline *pipeline, struct store_record *record, const struct replay_calls *calls,
                 struct replay_totals *totals) {
  struct feed_result result = {0};
  struct err err;
  totals->records++;
  totals->last_seq = record->seq;
  if (record->received_ms) totals->last_ms = record->received_ms;
  if (calls && calls->filter && !calls->filter(calls->context, record)) return;
  if (pipeline_take(pipeline, record, &result, &err) != 0) {
    totals->bad_records++;
    if (calls && calls->bad) calls->bad(calls->context, record, &err);
    return;
  }
  totals->decisions += record->kind == JOURNAL_DECISION;
  totals->events += result.accepted;
  totals->duplicates += result.duplicates;
  totals->conflicts += result.conflicts;
}

int replay_run(struct pipeline *pipeline, const char *dir, const struct replay_calls *calls,
               struct replay_totals *totals, struct err *err) {
  struct store_record record;
  int more;
  *totals = (struct replay_totals){0};
  struct store_reader *reader = store_reader_ahead(dir, err);
  if (!reader) return -1;
  while ((more = store_reader_next(reader, &record, err)) > 0) {
    take(pipeline, &record, calls, totals);
    if (calls && calls->step && totals->records % REPLAY_STEP_RECORDS == 0)
      calls->step(calls->context, totals->events);
  }
  totals->blocks = store_reader_blocks(reader);
  store_reader_free(reader);
  return more;
}
