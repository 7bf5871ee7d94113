/* feeder.h - event files into the engine: NDJSON or CSV, told apart by their names, compressed or not.
 *
 * What cannot be used is counted by the engine and told, with file and line, to the caller; only a file that cannot be
 * read on (missing, damaged, not UTF-8, a CSV map that does not fit) is an error, and what came before it has been fed.
 */
#ifndef EMBUDO_IO_FEEDER_H
#define EMBUDO_IO_FEEDER_H

#include "core/engine.h"

enum feeder_format { FEEDER_AUTO, FEEDER_NDJSON, FEEDER_CSV };

struct feeder_problem {
  const char *file;
  uint64_t line;
  bool in_batch;
  uint32_t item; /* in_batch: which one, from 0 */
  enum reject_code code;
  const char *reason;
};

struct feeder_options { /* zeros are the defaults */
  enum feeder_format
      format;          /* AUTO: CSV for names in .csv and .tsv (before .gz, .zst) or when there is a map */
  struct str source;   /* who sent the events; "file" */
  const char *csv_map; /* see csv_map.h; NULL: headers are recognised */
  int64_t csv_time_ms; /* of rows when no column gives it */
  size_t line_bytes_max;
  void *context; /* of the two below, which may be NULL */
  void (*problem)(void *context, const struct feeder_problem *problem);
  /* Called every FEEDER_PROGRESS_LINES lines and at the end; total 0: unknown. */
  void (*progress)(void *context, const char *file, uint64_t done_bytes, uint64_t total_bytes);
};

enum { FEEDER_PROGRESS_LINES = 4096 };

int feeder_file(struct engine *engine, const char *path, const struct feeder_options *options,
                struct err *err);

#endif
