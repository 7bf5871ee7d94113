/* declared_diff.h - how two declarations of one name differ, member by member. Pure. */
#ifndef EMBUDO_CORE_DECLARED_DIFF_H
#define EMBUDO_CORE_DECLARED_DIFF_H

#include "core/rules/generation.h"

/* Either side may be empty: not there. What stands in them lives until the next call. */
struct declared_change {
  struct str what; /* where: `points.interest` */
  struct str from, to;
};

/* Calls `found` for each difference between two bodies; never for equal ones. */
void declared_diff(const struct generation *from, const struct node *a, const struct generation *to,
                   const struct node *b, void (*found)(void *context, const struct declared_change *change),
                   void *context);

#endif
