/* coverage_private.h - between the coverage*.c files. */
#ifndef EMBUDO_CORE_SPEC_COVERAGE_PRIVATE_H
#define EMBUDO_CORE_SPEC_COVERAGE_PRIVATE_H

#include "core/spec/coverage.h"

enum own_sight { /* read from a fold at a t:expect, or from an event; numbers go on after enum sight */
                 SAW_CAPPED = SAW_REFUSED + 1,
                 SAW_SUSPENDED,
                 SAW_TAKEN, /* by an ignore */
                 SAW_AT_MAX,
                 SAW_AT_MIN
};

struct sign { /* how an outcome is recognised */
  int sight;
  uint32_t detail;
};

enum { COVERED_KINDS = COVERED_GATE + 1 };

struct coverage {
  const struct ruleset *rules;
  struct arena arena;
  struct witness witness;
  struct outcome *outcomes; /* by kind, then declaration */
  struct sign *signs;       /* parallel */
  bool *now;                /* parallel: the present test saw it */
  uint32_t count;
  /* Per kind and declaration the number of its first outcome, and one more at the end. Moves and gates are numbered through
   * all lifecycles. */
  uint32_t *starts[COVERED_KINDS];
};

/* The number of a declaration within its kind. */
uint32_t coverage_flat(const struct ruleset *rules, enum covered_kind kind, uint32_t lifecycle,
                       uint32_t index);

void coverage_list(struct coverage *coverage); /* coverage_list.c: which outcomes there are */

#endif
