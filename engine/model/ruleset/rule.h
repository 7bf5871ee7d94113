/* rule.h - what gives points, and what they add up to: rules, resets, ignores, dimensions, groups, the profile. Part of a
 * ruleset (ruleset.h). */
#ifndef EMBUDO_MODEL_RULE_H
#define EMBUDO_MODEL_RULE_H

#include "model/ruleset/cond.h"
#include "model/ruleset/signal.h"

enum { RULESET_MAX_DIMENSIONS = 32, RULESET_MAX_BANDS = 16, RULESET_MAX_RULES = 10000 };

enum decay_kind { DECAY_NONE, DECAY_HALF_LIFE, DECAY_LINEAR, DECAY_STEP };

struct decay_step {
  int64_t age_ms;      /* from exactly this age on ... */
  int64_t per_million; /* ... an addition counts this many millionths; falling */
};

struct decay {
  enum decay_kind kind;
  int64_t span_ms;                /* half-life; linear: from full to nothing */
  const struct decay_step *steps; /* by rising age */
  uint32_t step_count;
};

struct limit { /* which firings count; times 0: all */
  uint32_t times;
  int64_t per_ms; /* a firing counts if fewer than `times` counted ones lie in (t - per, t]; 0: for ever */
};

/* A slot is one rule's account in one dimension. A rule whose points are a function has a slot in every dimension. */
struct slot {
  int rule;
  int dimension;
  int64_t points; /* constant milli-points; unused when the rule has points_fn */
};

struct table_row { /* of a `first` table */
  const struct matcher *matcher;
  int64_t points;
};

enum rule_kind { RULE_BEHAVIOUR, RULE_PROFILE };

struct rule {
  const char *id;
  const char *doc; /* "" when not given */
  struct place place;
  enum rule_kind kind;
  int group; /* NONE: no group */
  int first_slot, slot_count;
  struct signal_set on;            /* behaviour */
  const struct cond *when;         /* NULL: always */
  const struct cond *counts_while; /* NULL: always */
  int points_fn;                   /* FN_NONE: constant */
  bool points_need_lead;           /* has `when` beside `on`: the function runs in the fold, not at ingest */
  struct str field;                /* `first` tables: trait path; .p NULL otherwise */
  const struct table_row *rows;    /* its rows; the slot's points are then the row's */
  uint32_t row_count;
  struct limit limit;
  struct decay decay;
  int64_t cap; /* bound on the absolute decayed sum, per slot; 0: none */
  const uint16_t *topics;
  uint32_t topic_count;
};

struct reset {
  const char *id, *doc;
  struct place place;
  struct signal_set on;    /* either this ... */
  const struct cond *when; /* ... or this: at the instant it becomes true */
  uint32_t dimensions;     /* mask */
  int64_t keep_per_million;
};

struct ignore {
  const char *id, *doc;
  struct place place;
  struct signal_set on;    /* such events are journaled and otherwise nothing */
  const struct cond *when; /* such leads have no score, stage, list */
};

struct band {
  const char *name; /* "A" */
  int64_t from;     /* milli-points, falling along the array */
};

struct dimension {
  const char *name;
  struct place place;
  int64_t min, max; /* clamp; INT64_MIN / INT64_MAX: none */
  struct band bands[RULESET_MAX_BANDS];
  uint32_t band_count;
  bool velocity; /* some condition or function asks for its velocity */
};

struct group {
  const char *name;
  struct place place;
  int dimension;
  int64_t min, max; /* what its rules may hold together in its dimension; INT64_MIN / INT64_MAX: none */
};

struct profile_field {
  struct str path;
  const struct matcher *valid; /* NULL: present is enough */
  uint32_t weight;             /* required fields weigh PROFILE_REQUIRED_WEIGHT */
  bool required;
};
enum { PROFILE_REQUIRED_WEIGHT = 5 };

/* A named condition: who is in it is asked again and again, and shown. */
struct segment {
  const char *id, *doc;
  struct place place;
  const struct cond *when;
};

#endif
