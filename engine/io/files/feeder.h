/* feeder.h - event files (pieces.h) into the engine.
 *
 * What cannot be used is counted by the engine and told, with file and line, to the caller; only a file that cannot be
 * read on is an error, and what came before it has been fed.
 */
#ifndef EMBUDO_IO_FEEDER_H
#define EMBUDO_IO_FEEDER_H

#include "core/engine/engine.h"
#include "io/files/pieces.h"

struct feeder_problem {
  const char *file;
  uint64_t line;
  bool in_batch;
  uint32_t item; /* in_batch: which one, from 0 */
  enum reject_code code;
  const char *reason;
};

struct feeder_options {         /* zeros are the defaults */
  struct pieces_options pieces; /* the last three are the feeder's own */
  struct str source;            /* who sent the events; "file" */
  void *context;                /* of the two below, which may be NULL */
  void (*problem)(void *context, const struct feeder_problem *problem);
  void (*progress)(void *context, const char *file, uint64_t done_bytes, uint64_t total_bytes);
};

int feeder_file(struct engine *engine, const char *path, const struct feeder_options *options,
                struct err *err);

#endif
