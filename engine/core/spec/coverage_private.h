/* coverage_private.h - between the coverage*.c files. */
#ifndef EMBUDO_CORE_SPEC_COVERAGE_PRIVATE_H
#define EMBUDO_CORE_SPEC_COVERAGE_PRIVATE_H

#include "core/spec/coverage.h"

enum own_sight { /* read from a fold at a t:expect, or from an event; numbers go on after enum sight */
                 SAW_CAPPED = SAW_REFUSED + 1,
                 SAW_SUSPENDED,
                 SAW_TAKEN, /* by an ignore */
                 SAW_AT_MAX,
                 SAW_AT_MIN,
                 SAW_DENIED, /* a move, to somebody */
                 SAW_INSIDE, /* a segment, a worklist */
                 SAW_OUTSIDE,
                 SAW_MET, /* a criterion, a framework */
                 SAW_NOT_MET,
                 SAW_INFERRED,
                 SAW_EXPIRED,
                 SAW_CLOCK_OPEN,
                 SAW_CLOCK_WARNED,
                 SAW_CLOCK_BREACHED,
                 SAW_CLOCK_STOPPED
};

struct sign { /* how an outcome is recognised */
  int sight;
  uint32_t detail;
};

enum { COVERED_KINDS = COVERED_WORKLIST + 1 };

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

void coverage_note(struct coverage *coverage, enum covered_kind kind, uint32_t flat, int sight,
                   uint32_t detail);

void coverage_list(struct coverage *coverage); /* coverage_list.c: which outcomes there are */

/* coverage_desk.c: those of segments, frameworks, clocks and worklists. */
struct listing { /* of outcomes, declaration by declaration */
  struct coverage *coverage;
  struct outcome next; /* kind, id, place of the declaration at hand */
  uint32_t cap;
};
void coverage_add(struct listing *l, int sight, uint32_t detail, bool required, const char *what,
                  const char *advice);
void coverage_open(struct listing *l, enum covered_kind kind, uint32_t count);
void coverage_declare(struct listing *l, enum covered_kind kind, uint32_t index, const char *id,
                      struct place place);
void coverage_close(struct listing *l, enum covered_kind kind, uint32_t count);
void coverage_list_desk(struct listing *l);
void coverage_read_desk(struct coverage *coverage, const struct fold *fold);

#endif
