/* turns.h - answers that take long, made on the loop's thread a little at a time, so that others are served in between.
 *
 * What is asked about the whole book of leads needs the book, which is the loop's alone. A job looks at a piece of it in each
 * step; between steps everything may change, the rules included. One job after the other, so that what jobs gather is in
 * memory once; the queue needs no bound of its own, for each job answers a request and connections are bounded.
 */
#ifndef EMBUDO_SERVE_TURNS_H
#define EMBUDO_SERVE_TURNS_H

#include "io/loop.h"

enum { TURNS_SLICE_US = 2000 }; /* for jobs, between two turns of the loop */

struct turns;

struct turn { /* a job: the first member of the caller's own memory */
  /* Does a piece that takes far less than a slice. False: it is done, and has freed itself. */
  bool (*step)(struct turn *turn);
  struct turn *next; /* the queue's */
};

struct turns *turns_new(struct loop *loop);

/* When no job is left: the server has answered or lost every request. NULL is allowed. */
void turns_free(struct turns *turns);

/* The first step comes on a later turn of the loop, never during the call. */
void turns_add(struct turns *turns, struct turn *turn);

#endif
