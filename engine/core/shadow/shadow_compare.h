/* shadow_compare.h - one lead under two rulesets: where its scores or stages differ, and which rules account for it.
 *
 * What is compared goes by name: dimensions, lifecycles, stages and rules that only one of the two has count as 0 points, or
 * as no stage, in the other. Points are milli-points. A difference of scores is what rules hold more or less, plus what caps of groups
 * and the dimension's clamp take away more or less: the items of one dimension's rules and `SHADOW_SCORE`'s rest add up. A stage that
 * differs where no score does is the doing of moves, gates or conditions. Pure; one thread. */
#ifndef EMBUDO_CORE_SHADOW_COMPARE_H
#define EMBUDO_CORE_SHADOW_COMPARE_H

#include "base/map.h"
#include "model/fold/fold.h"

struct shadow_side { /* what the pair's numbers are in one ruleset; NONE: it has none of that name */
  const struct ruleset *rules;
  int *dimensions, *lifecycles;
  uint32_t *rule_numbers; /* the pair's, by the ruleset's number */
};

struct shadow_pair { /* two rulesets, with one numbering for both */
  struct arena arena;
  struct map dimensions, lifecycles, rules; /* by name */
  struct shadow_side live, candidate;
  int64_t *live_held, *candidate_held; /* per rule: scratch */
};

/* Borrows the rulesets. */
struct shadow_pair *shadow_pair_new(const struct ruleset *live, const struct ruleset *candidate);
void shadow_pair_free(struct shadow_pair *pair); /* NULL is fine */

enum shadow_what { SHADOW_SCORE, SHADOW_RULE, SHADOW_STAGE };

struct shadow_item {
  enum shadow_what what;
  uint32_t of;   /* the pair's dimension, or its lifecycle */
  uint32_t rule; /* SHADOW_RULE: the pair's */
  int64_t live,
      candidate; /* milli-points; or numbers of stages in each one's own lifecycle, NONE: it has none */
};

struct shadow_difference {
  uint32_t count;
  struct shadow_item items[]; /* of a dimension: its score, then its rules */
};

/* Both folded at the same instant; `candidate` may be NULL: there the lead does not exist. NULL: no score and no stage differs.
 * Free it with free. */
struct shadow_difference *shadow_compare(struct shadow_pair *pair, const struct fold *live,
                                         const struct fold *candidate);

#endif
