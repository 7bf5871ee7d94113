/* fold_change.h - what one step of a fold changed: which rules fired or began to hold, what became of their points, which
 * stages were left.
 *
 * A step is one event (fold_change_touch) or one instant at which time alone does something (fold_change_advance). Before
 * and after are taken at the same instant, so what faded until then is in both, and
 *     after - before = the sum of the listed points + cut
 * in every dimension, exactly; `cut` is what caps of groups and the dimension's bounds make of it. The fold is the same
 * as if fold_touch and fold_advance had been called. Costs time in the rules the lead has touched, not in all there are.
 */
#ifndef EMBUDO_MODEL_FOLD_CHANGE_H
#define EMBUDO_MODEL_FOLD_CHANGE_H

#include "model/fold/fold.h"

enum fold_did { /* of several, the last one here is told */
                FOLD_DID_CHANGE, /* nothing by itself, but its points are others: a reset, `counts_while`, another row of a table */
                FOLD_DID_END,    /* a profile rule holds no more */
                FOLD_DID_BEGIN,  /* a profile rule holds now */
                FOLD_DID_EXCEED, /* a behaviour rule fired, and its limit left that out */
                FOLD_DID_FIRE,   /* a behaviour rule */
                FOLD_DID_FAIL    /* its function raised an error */
};
const char *fold_did_word(enum fold_did did); /* "changed", "ended", "began", "limited", "fired", "failed" */

struct fold_change_rule {
  int rule;
  enum fold_did did;
  uint32_t first_point, point_count; /* in fold_change.points; none when its points stayed as they were */
};

struct fold_change_point {
  int rule, dimension;
  int64_t points; /* milli-points, signed: after - before */
};

struct fold_change {
  int64_t time_ms;
  bool did;                             /* something happened, beside points that are others */
  const int64_t *before, *after;        /* scores, per dimension */
  const int64_t *cut;                   /* per dimension */
  const struct fold_change_rule *rules; /* rising by rule */
  uint32_t rule_count;
  const struct fold_change_point *points; /* by rule, then dimension */
  uint32_t point_count;
  const struct fold_transition *transitions; /* in order */
  uint32_t transition_count;
};

struct fold_watch; /* a workspace for one fold; what it tells of a step lives until the next */

struct fold_watch *fold_watch_new(struct fold *fold); /* borrows it */
void fold_watch_free(struct fold_watch *watch);

/* Goes to the first instant up to `until` at which something is due, and does it. False: there is none, and the fold is at
 * `until`, as fold_advance would have it. */
bool fold_change_advance(struct fold_watch *watch, int64_t until, struct fold_change *change);

/* Takes an event, or what is said about the account; nothing may be due before it (fold_change_advance was called until it said false). */
void fold_change_touch(struct fold_watch *watch, const struct touch *touch, struct fold_change *change);

#endif
