/* rebuild.h - the whole journal under a new generation of rules, made aside on a thread of its own.
 *
 * A second pipeline reads the journal, folds everybody, and so knows what would be decided before anything is: that is the
 * preview of an activation. Meanwhile the live one goes on. When the second has caught up but for a few records, the service
 * swaps the two between two events (service_activate). The thread ends with what it was asked; catching up is asked anew.
 *
 * Memory: twice the leads for as long as it takes.
 */
#ifndef EMBUDO_SERVE_REBUILD_H
#define EMBUDO_SERVE_REBUILD_H

#include "core/journal/pipeline.h"
#include "io/loop.h"
#include "serve/service/service.h"

struct rebuild;

struct rebuild_options {
  const char *dir;                  /* of the store */
  struct generation *generation;    /* taken */
  struct pipeline_options pipeline; /* what it points to is copied */
  struct loop *loop;
  void *context;
  void (*paused)(void *context,
                 const struct err *err); /* on the loop: it has done what was asked, or failed */
};

/* Does nothing until it is asked. */
struct rebuild *rebuild_new(const struct rebuild_options *options);

/* Asks the thread to stop, waits for it, frees everything that was not taken. Not while `paused` may still be on its way: its
 * owner waits for it, or lets the loop end. NULL is fine. */
void rebuild_free(struct rebuild *rebuild);

/* --- while it is paused ------------------------------------------------------------------------------------------------- */

/* On a thread: reads up to and including that record and folds what was touched, as of now_ms; `paused` comes when it is done.
 * -1 and *err: no thread can be had. */
int rebuild_go_on(struct rebuild *rebuild, uint64_t seq, int64_t now_ms, struct err *err);

uint64_t rebuild_seq(const struct rebuild *rebuild); /* of the last record it has taken */

/* --- at any time --------------------------------------------------------------------------------------------------------- */

struct rebuild_progress {
  uint64_t seq, until_seq; /* records read, records to read */
  uint64_t folds;          /* leads folded */
};
struct rebuild_progress rebuild_progress(const struct rebuild *rebuild);

/* It does nothing more until it is asked again; `paused` comes soon. */
void rebuild_interrupt(struct rebuild *rebuild);

/* --- while it is paused -------------------------------------------------------------------------------------------------- */

/* The same on the caller's thread, for the last few records. */
int rebuild_catch_up(struct rebuild *rebuild, uint64_t seq, int64_t now_ms, struct err *err);

/* Leads that would be in another stage, by lifecycle and pair of stages; the names are the rebuild's. */
const struct stage_move *rebuild_moves(const struct rebuild *rebuild, size_t *count);
size_t rebuild_differing(const struct rebuild *rebuild); /* leads; one may move in several lifecycles */

/* The pipeline is the caller's from now on, and its generation too. */
struct pipeline *rebuild_take(struct rebuild *rebuild);

/* Frees all that it has read, on the thread, and stays as it was before it was first asked; `paused` comes when it is done. -1 and
 * *err: no thread can be had; it was freed all the same. Then the generation can be taken out, to begin anew with another. */
int rebuild_forget(struct rebuild *rebuild, struct err *err);
struct generation *rebuild_take_generation(struct rebuild *rebuild);

/* Gives it what is no longer needed, a pipeline (NULL: none) and a generation: freeing millions of leads takes a while. On the
 * thread; `paused` comes when it is done. -1 and *err: no thread can be had; it was freed all the same. */
int rebuild_dispose(struct rebuild *rebuild, struct pipeline *pipeline, struct generation *generation,
                    struct err *err);

#endif
