/* reach.h - how far points can go, by what the rules say: every rule at its fullest, decay and limits included.
 *
 * Bounds, in points, possibly infinite: a score beyond them is impossible, one inside may be. 0 is always inside. Pure.
 */
#ifndef EMBUDO_NOTATION_REACH_H
#define EMBUDO_NOTATION_REACH_H

#include "notation/possible.h"

/* Whether `cond` (may be NULL) calls a function somewhere, so that nothing is known of when it holds. */
bool reach_is_opaque(const struct cond *cond);

/* What a rule holds in one slot, before its cap; a function may give anything. */
struct range reach_slot(const struct ruleset *rules, int slot);

/* What the rules of a group, of a dimension hold together, before its bounds; `functions`: with those whose points are a
 * function, which may give to any dimension. */
struct range reach_group(const struct ruleset *rules, int group, bool functions);
struct range reach_dimension(const struct ruleset *rules, int dimension, bool functions);

#endif
