/* pieces.h - event files as pieces of JSON, one a line or row: NDJSON or CSV, told apart by their names, compressed or not.
 *
 * What cannot be read as a piece is told with its line; only a file that cannot be read on (missing, damaged, not UTF-8,
 * a CSV map that does not fit) is an error, and what came before it has been given out. One thread.
 */
#ifndef EMBUDO_IO_PIECES_H
#define EMBUDO_IO_PIECES_H

#include "core/intake/normalise.h"

enum pieces_format { PIECES_AUTO, PIECES_NDJSON, PIECES_CSV };

enum { PIECES_PROGRESS = 4096 }; /* pieces between two calls */

struct piece {
  const char *file;
  uint64_t line;
  struct str json; /* of a line: as it stands; not if `code` says why it is none */
  enum reject_code code;
  const char *reason;
};

struct pieces_options { /* zeros are the defaults */
  enum pieces_format
      format;          /* AUTO: CSV for names in .csv and .tsv (before .gz, .zst) or when there is a map */
  const char *csv_map; /* see csv_map.h; NULL: headers are recognised */
  int64_t csv_time_ms; /* of rows when no column gives it */
  size_t line_bytes_max;
  void *context;
  bool (*take)(void *context, const struct piece *piece); /* false: no more are wanted */
  /* Every PIECES_PROGRESS pieces and at the end; total 0: unknown. May be NULL. */
  void (*progress)(void *context, const char *file, uint64_t done_bytes, uint64_t total_bytes);
};

/* 0 at the end, also when no more were wanted; -1 and *err. "-": standard input. */
int pieces_read(const char *path, const struct pieces_options *options, struct err *err);

#endif
