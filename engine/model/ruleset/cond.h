/* cond.h - conditions about a lead, at an instant. Part of a ruleset (ruleset.h). */
#ifndef EMBUDO_MODEL_COND_H
#define EMBUDO_MODEL_COND_H

#include "model/match/matcher.h"
#include "model/ruleset/handoff.h"

enum cond_op {
  COND_TRAIT,        /* .traits: all must match */
  COND_ACCOUNT,      /* .traits: of the lead's account */
  COND_SCORE,        /* .numbers: dimension's clamped score in points */
  COND_GRADE,        /* .cells: names such as "A1" */
  COND_STAGE,        /* .stage */
  COND_SEEN,         /* .counter */
  COND_KNOWN,        /* .traits: paths that must be present and valid */
  COND_COMPLETENESS, /* .number.matcher: percent */
  COND_VELOCITY,     /* .number: unclamped score(t) - score(t - days) */
  COND_IDLE,         /* .span_ms without activity */
  COND_IN_STAGE_FOR, /* .stage.span_ms in the present stage */
  COND_INTEREST,     /* .numbers: index = topic */
  COND_FUNCTION,     /* .fn */
  COND_QUALIFIED,    /* .framework */
  COND_MET,          /* .criterion: it is met ... */
  COND_UNMET,        /* ... it is answered, and not met */
  COND_ANSWERED,     /* .framework, .share: percent of the weight that is not unknown */
  COND_TOTAL,        /* .framework, .share: weight of what is met */
  COND_CYCLE,        /* .number.matcher: which cycle it is in, from 1 */
  COND_VERDICT,      /* .verdict_of, .codes: its reason, none: any; .lapsed */
  COND_SEGMENT,      /* .segment, .kids: its condition; from here on conditions have kids */
  COND_AND,          /* .kids */
  COND_OR,
  COND_NOT
};

/* What a condition reads, so that it is evaluated again only when one of these changed. */
enum {
  READS_EVENT = 1, /* the current event (a behaviour rule's function) */
  READS_TRAITS = 2,
  READS_COUNTERS = 4,
  READS_SCORES = 8, /* also velocity, grade and interest: these change with time as well */
  READS_STAGE = 16,
  READS_ACTIVITY = 32,
  READS_TIME = 64,     /* changes with time alone */
  READS_ACCOUNT = 128, /* what is known of the lead's account, whoever said it */
  READS_EVIDENCE = 256 /* answers to criteria */
};

struct trait_test {
  struct str path; /* snake_case, dots walk objects */
  const struct matcher *matcher;
};

struct number_test {
  int index; /* of the dimension or topic */
  int days;  /* velocity's span */
  const struct matcher *matcher;
};

struct cond {
  enum cond_op op;
  unsigned reads;
  struct place place;
  uint32_t len; /* of traits, numbers, cells, kids */
  union {
    const struct trait_test *traits;
    const struct number_test *numbers;
    struct number_test number;
    const struct str *cells;
    struct {
      int lifecycle;
      uint64_t stages;
      int64_t stage_span_ms;
    };
    struct {
      const struct str *codes; /* `len` of them */
      int verdict_of;          /* lifecycle */
      bool lapsed;
    };
    int counter;
    int64_t span_ms;
    int fn;
    struct {
      int framework, criterion;
      const struct matcher *share;
    };
    struct {
      const struct cond *const *kids;
      int segment;
    };
  };
};

static inline bool cond_has_kids(const struct cond *cond) {
  return cond->op >= COND_SEGMENT;
}

#endif
