/* progress.h - a progress line on standard error: share, rate, time left. Silent when that is no terminal. */
#ifndef EMBUDO_CLI_PROGRESS_H
#define EMBUDO_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
  bool shown;
  int64_t started_ms, drawn_ms; /* monotonic */
  const char *noun;             /* "events" */
};

void progress_start(struct progress *progress, const char *noun, bool quiet);

/* Draws at most ten times a second. total 0: unknown (a pipe). */
void progress_step(struct progress *progress, uint64_t count, uint64_t done_bytes, uint64_t total_bytes);
void progress_clear(
    const struct progress *progress); /* removes the line, so that something else can be said */
void progress_end(struct progress *progress);

double progress_seconds(const struct progress *progress); /* since the start */

#endif
