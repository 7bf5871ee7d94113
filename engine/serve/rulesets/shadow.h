/* shadow.h - a candidate ruleset beside a copy of the live one, over the same journal, on a thread of its own: nothing is decided,
 * nobody is told anything, and the event path neither pays nor waits.
 *
 * Each round reads the journal up to a record, folds the leads that were touched, or that time has changed, under both, and compares
 * (core/shadow/shadow_compare.h). What is known of all of them is then summed up and told as JSON (core/shadow/shadow_tally.h). Between rounds
 * there is no thread.
 *
 * Memory: all leads twice more, and what differs of those that do. */
#ifndef EMBUDO_SERVE_SHADOW_H
#define EMBUDO_SERVE_SHADOW_H

#include "core/journal/pipeline.h"
#include "io/loop.h"

struct shadow;

struct shadow_options {
  const char *dir;                     /* of the store */
  struct generation *live, *candidate; /* taken */
  struct pipeline_options pipeline;    /* what it points to is copied */
  struct loop *loop;
  void *context;
  void (*paused)(void *context, const struct err *err); /* on the loop: the round is over, or failed */
};

/* Does nothing until it is asked. */
struct shadow *shadow_new(const struct shadow_options *options);

/* Waits for the thread and frees everything. Not while `paused` may still be on its way, unless the loop ends. NULL is fine. */
void shadow_free(struct shadow *shadow);

/* A round, while there is none: up to and including that record, as of now_ms. `paused` comes once. -1 and *err: no thread can be had. */
int shadow_go_on(struct shadow *shadow, uint64_t seq, int64_t now_ms, struct err *err);

/* It gives up, and frees what is large on the thread: `paused` comes once more, then it is to be freed. At any time. False: no thread
 * can be had; `paused` does not come, free it at once. */
bool shadow_stop(struct shadow *shadow);

/* --- while there is no round --------------------------------------------------------------------------------------------- */

struct shadow_report {
  uint64_t seq;   /* the record it is about, and all before */
  int64_t now_ms; /* as of */
  int64_t due_ms; /* when time alone may change something; TIME_NEVER: nothing waits */
  size_t leads, differing;
  struct str json; /* see core/shadow/shadow_tally.h; until the next round */
};
struct shadow_report shadow_report(const struct shadow *shadow);

/* --- at any time --------------------------------------------------------------------------------------------------------- */

uint64_t shadow_seq(const struct shadow *shadow); /* records read */

#endif
