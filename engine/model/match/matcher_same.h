/* matcher_same.h - whether two matchers, also of two rulesets, are the same test: written alike, with lists of the same bytes.
 *
 * False may also mean "cannot tell": two ways to write one test count as two. NULL is the same as NULL only. Pure. */
#ifndef EMBUDO_MODEL_MATCHER_SAME_H
#define EMBUDO_MODEL_MATCHER_SAME_H

#include "model/match/matcher.h"

bool matcher_same(const struct matcher *a, const struct matcher *b);

#endif
