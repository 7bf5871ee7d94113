/* possible.h - can these conditions hold at the same time?
 *
 * The answer "no" is certain: it comes from numbers that leave no room, values that are different, stages that exclude
 * each other. Everything not understood (functions, patterns, what events will come) counts as possible, and so does
 * a condition with more alternatives than POSSIBLE_STEPS. Pure.
 */
#ifndef EMBUDO_NOTATION_POSSIBLE_H
#define EMBUDO_NOTATION_POSSIBLE_H

#include "base/buf.h"
#include "model/ruleset/ruleset.h"

enum { POSSIBLE_STEPS = 2000 };

struct range { /* of a score, in points; the ends may be infinite */
  double low, high;
};

struct possible_world { /* what is known beforehand */
  const struct ruleset *rules;
  const struct range *scores; /* per dimension */
  const uint64_t *stages;     /* per lifecycle: mask of those a lead can be in */
  bool
      flapping; /* a lead that has just moved: stages do not count, and who waits in a stage is not there yet */
  bool opaque; /* result: the possible case rests on a function */
};

/* Whether all of `conds` can hold together. When not, `why` (may be NULL) gets the last contradiction found, such as
 * `fit = at_least(50) & below(30)`. */
bool possible(struct possible_world *world, const struct cond *const *conds, uint32_t count, struct buf *why);

/* Whether some value of a field matches `matcher` and none of `others` (possible_value.c). */
bool possible_value(const struct matcher *matcher, const struct matcher *const *others, uint32_t count);

#endif
