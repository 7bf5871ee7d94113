/* signal.h - what of an event rules wait for: patterns, the signals they raise, sequences of signals, counters. Part
 * of a ruleset (ruleset.h). */
#ifndef EMBUDO_MODEL_SIGNAL_H
#define EMBUDO_MODEL_SIGNAL_H

#include "base/arena.h"
#include "model/event.h"
#include "model/match/matcher.h"
#include "model/ruleset/handoff.h"

enum {
  RULESET_MAX_SIGNALS = 32000,
  /* counted times kept by a limit, window, linear or step decay; older ones do not count */
  KEEP_NEWEST = 256,
  FN_NONE = -1,
  NONE = -1 /* an absent index */
};

#define MILLI INT64_C(1000)

/* Points lie within +- this, those that a function gives too, and so do bounds, bands and caps: a lead's sums stay far below
 * 2^63 thousandths, and weighted ones below 2^127. */
enum { POINTS_MAX = 1000000 };

enum field_root { FIELD_PROPERTIES, FIELD_CONTEXT, FIELD_TRAITS, FIELD_ITSELF };

struct field { /* one field of an event */
  enum field_root root;
  bool or_page;       /* page events: also context.page.<path> when the properties lack it */
  struct str path;    /* dots walk objects */
  struct str written; /* as in the rule file, for explanations */
};

struct field_test {
  struct field field;
  const struct matcher *matcher;
};

/* One event pattern: a type, a name, tests on fields. All must hold. */
struct atom {
  uint8_t types;                      /* bits 1 << enum event_type */
  struct str name;                    /* exact name; .p NULL: see name_matcher */
  const struct matcher *name_matcher; /* NULL (with .name.p NULL): any name */
  const struct field_test *tests;
  uint32_t test_count;
  uint32_t signal; /* which signal it raises */
  struct place place;
};

/* A signal is what rules wait for. EVENT and VISIT are raised by events, ENTERED and SEQUENCE by the fold. WARNED and BREACHED are
 * of clocks, which follow from decisions: only effects wait for them. */
enum signal_kind {
  SIGNAL_EVENT,
  SIGNAL_VISIT,
  SIGNAL_ENTERED,
  SIGNAL_SEQUENCE,
  SIGNAL_WARNED,
  SIGNAL_BREACHED
};

struct signal {
  enum signal_kind kind;
  bool captures;        /* EVENT: takes a field's value along as a 64-bit hash (`distinct`, `same`) */
  struct field capture; /* valid when captures */
  int64_t gap_ms;       /* VISIT: a page or screen after that much silence of pages and screens */
  uint64_t stages;      /* ENTERED: mask over lifecycle's stages */
  int lifecycle;        /* ENTERED */
  int sequence;         /* SEQUENCE */
  uint64_t slas;        /* WARNED, BREACHED: mask over the clocks' slas */
  bool keep_raw;      /* EVENT, VISIT: some function that runs in the fold may ask for this event's fields */
  struct str written; /* `page { path = glob "/pricing*" }`, for explanations */
};

/* What raises it is recorded by itself, as a decision or of a clock; the others follow from events alone. */
static inline bool signal_is_recorded(const struct signal *signal) {
  return signal->kind == SIGNAL_ENTERED || signal->kind == SIGNAL_WARNED || signal->kind == SIGNAL_BREACHED;
}

/* Several signals of which any will do: what `a | b` compiles to when one signal cannot hold it. */
struct signal_set {
  const uint16_t *ids; /* rising */
  uint32_t count;
};

struct sequence_step {
  struct signal_set on;
  /* `no(...)` between this step and the next (after the last: until the deadline) */
  struct signal_set unless;
};

/* Steps in order of event time; see semantics 10. With `unless` on the last step it fires at start + within. */
struct sequence {
  const struct sequence_step *steps; /* times(n, s) is written out n times */
  uint32_t step_count;
  int64_t within_ms; /* 0: no bound (then the last step has no `unless`) */
  bool same;         /* partitioned by the signals' captured field */
  int signal;        /* what it raises */
};

/* How often a signal was seen: the state behind `seen` and lead.count. */
struct counter {
  struct signal_set on;
  uint32_t times;    /* seen: how many are needed; lead.count: KEEP_NEWEST */
  int64_t within_ms; /* 0: ever */
  bool distinct;     /* counts different captured values */
  bool since_cycle;  /* only events of the lead's present cycle */
  bool since_stage;  /* only events since it entered its present stage of `lifecycle` */
  int lifecycle;
  struct str written; /* for explanations */
};

#endif
