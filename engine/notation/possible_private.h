/* possible_private.h - matchers that are to hold, or not to hold, for one and the same value. */
#ifndef EMBUDO_NOTATION_POSSIBLE_PRIVATE_H
#define EMBUDO_NOTATION_POSSIBLE_PRIVATE_H

#include "notation/possible.h"

enum { POSSIBLE_LITERALS_MAX = 64 }; /* more about one value are taken as possible */

struct literal {
  const struct matcher *matcher;
  bool negated;
};

struct literals { /* a conjunction */
  struct literal items[POSSIBLE_LITERALS_MAX];
  uint32_t count;
  bool overflow;
};

void literals_add(struct literals *literals, const struct matcher *matcher, bool negated);

/* `range` set: the value is a number that is always there and lies in it (a score); NULL: any value of a field. */
bool literals_possible(const struct literals *literals, const struct range *range, int *steps);

#endif
