/* sequence.h - matching sequences of signals for one lead.
 *
 * For each number of steps done, the latest possible start of a match is kept; a match fires when its last step comes
 * within the span, and everything begun is then dropped, so matches do not overlap. A sequence that ends with
 * `no(...)` fires at its deadline; the earliest open window decides. With `same`, matches run side by side per value,
 * for the KEEP_NEWEST most recently touched values.
 */
#ifndef EMBUDO_MODEL_SEQUENCE_H
#define EMBUDO_MODEL_SEQUENCE_H

#include "model/ruleset/ruleset.h"

/* The signals raised by the event under way. */
struct raised {
  uint64_t *bits;     /* over signals */
  uint64_t *captures; /* by signal; valid where the bit is set */
  uint16_t *ids;      /* those set, in order of raising */
  uint32_t count;
};

struct match { /* what is begun for one value of `same` */
  uint64_t value;
  int64_t deadline_ms; /* TIME_NEVER: none armed */
  int64_t *starts;     /* [k]: latest start with k + 1 steps done; TIME_MIN: none */
};

struct sequence_state {
  struct match *matches; /* least recently touched first */
  uint32_t count, cap;
};

/* The event at `t` raised these signals: true when a match is completed by it. */
bool sequence_step(struct sequence_state *state, const struct sequence *sequence, const struct raised *raised,
                   int64_t t);

int64_t sequence_deadline(const struct sequence_state *state); /* the earliest armed; TIME_NEVER: none */
bool sequence_take_due(struct sequence_state *state, const struct sequence *sequence,
                       int64_t t); /* one at t, fired */

void sequence_clear(struct sequence_state *state);
void sequence_release(struct sequence_state *state);

#endif
