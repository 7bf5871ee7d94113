/* world.h - a made-up company for property tests: rules, people and what they do, from one number.
 *
 * A world is plain data, with two readings: rule files and events for the engine (rendered here), and the data itself for
 * the naive scorer (naive.h). The same seed gives the same world on every machine.
 */
#ifndef EMBUDO_PROPERTY_WORLD_H
#define EMBUDO_PROPERTY_WORLD_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* --- chance ------------------------------------------------------------------------------------------------------- */

struct chance {
  uint64_t state;
};
uint64_t chance_next(struct chance *chance);
int chance_below(struct chance *chance, int n);          /* 0 .. n - 1 */
int chance_between(struct chance *chance, int a, int b); /* ends included */
bool chance_of(struct chance *chance, int percent);

/* --- a world ------------------------------------------------------------------------------------------------------ */

enum {
  WORLD_DIMENSIONS = 3,
  WORLD_GROUPS = 3,
  WORLD_RULES = 14,
  WORLD_RESETS = 2,
  WORLD_EVENTS = 400,
  WORLD_NAMES = 5,     /* of track events: "E0" ... */
  WORLD_PATHS = 4,     /* of pages: "/p0" ... */
  WORLD_COUNTRIES = 3, /* "C0" ...; the trait `country` */
  WORLD_EMAILS = 4,
  WORLD_ACCOUNTS = 3, /* "a0" ... */
  WORLD_TIERS = 3,    /* an account's trait `tier`: 0 ... */
  WORLD_CRITERIA = 2, /* "own.c" of each lead, "team.c" of accounts */
  WORLD_ENOUGH = 8,   /* what meets them */
  WORLD_STEPS = 3,
  WORLD_ROWS = 3,
  WORLD_STAGES = 3, /* "s0" ... of the lifecycle "people", whose moves are all made by people */
  WORLD_NONE = -1
};
#define WORLD_EPOCH    INT64_C(1700000000000)
#define WORLD_NO_LIMIT INT64_C(1000000000)

struct pattern {        /* an event selector */
  bool is_page, is_act; /* neither: a track event */
  int name;             /* of a track event, an act or a path; WORLD_NONE: any path */
  int at_least;         /* of the property `n`; WORLD_NONE: untested */
};

enum decay_form { FORM_NONE, FORM_HALF_LIFE, FORM_LINEAR, FORM_STEP };
enum rule_form {
  FORM_BEHAVIOUR,
  FORM_SEQUENCE,
  FORM_TRAIT,
  FORM_SEEN,
  FORM_TABLE,
  FORM_ACCOUNT,
  FORM_CRITERION
};

struct world_rule {
  enum rule_form form;
  int group; /* WORLD_NONE: none */
  int points[WORLD_DIMENSIONS];
  struct pattern on[WORLD_STEPS]; /* behaviour: either of them; sequence: steps; seen: [0] */
  int on_count;
  int64_t within_ms; /* sequence, seen */
  int times;         /* seen */
  int tier;          /* account */
  int criterion;     /* criterion */
  int when_country;  /* behaviour, trait: WORLD_NONE: always */
  int counts_while_country;
  int limit_times; /* 0: no limit */
  int64_t limit_per_ms;
  enum decay_form decay;
  int64_t
      decay_span_ms; /* half-life, linear; step: the age of the first step, the second is at three times that */
  int step_percent[2];
  int cap;             /* 0: none */
  int table_dimension; /* table: of `seats` */
  int row_at_least[WORLD_ROWS], row_value[WORLD_ROWS];
  int row_count;
};

struct world_reset {
  struct pattern on[2]; /* either of them */
  int on_count;
  int keep_percent;
  unsigned dimensions; /* mask */
};

enum world_type {
  WORLD_TRACK,
  WORLD_PAGE,
  WORLD_IDENTIFY,
  WORLD_ALIAS,
  WORLD_ACT,
  WORLD_GROUP,
  WORLD_ANSWER,
  WORLD_TYPES
};

struct world_event {
  int64_t time_ms;
  int number; /* its messageId is m and this; its source s and number modulo 2 */
  enum world_type type;
  int user;      /* WORLD_NONE: anonymous; a group call may name nobody at all */
  int anonymous; /* WORLD_NONE: none */
  int previous;  /* alias: a user, or WORLD_NONE: the anonymous id of `previous_anonymous` */
  int previous_anonymous;
  int stage;    /* act: where it moves the lead; WORLD_NONE: nowhere */
  bool of_main; /* act: the move is one of the lifecycle "main", which not all rules have */
  int name, n;  /* track, act: name; page: path; n: the property, WORLD_NONE: absent */
  int country;  /* identify: WORLD_NONE: not given */
  int seats;
  int criterion; /* answer: to which, with `n`; WORLD_NONE there: taken back */
  int account;   /* group: whose; track, page: the context's; WORLD_NONE: none */
  int tier;      /* group: WORLD_NONE: not given */
  int email; /* which address; WORLD_NONE: not given. The naive scorer knows rules that do not merge by it */
};

struct world {
  int64_t dimension_min[WORLD_DIMENSIONS], dimension_max[WORLD_DIMENSIONS]; /* +-WORLD_NO_LIMIT: none */
  int group_dimension[WORLD_GROUPS];
  int64_t group_min[WORLD_GROUPS], group_max[WORLD_GROUPS];
  struct world_rule rules[WORLD_RULES];
  int rule_count;
  struct world_reset resets[WORLD_RESETS];
  int reset_count;
  struct world_event events[WORLD_EVENTS];
  int event_count;
  int users, anonymous; /* how many ids there are */
};

void world_make(struct world *world, uint64_t seed);

bool pattern_matches(const struct pattern *pattern, const struct world_event *event);

void world_rules(const struct world *world, struct buf *out);            /* a rule file */
void world_event_json(const struct world_event *event, struct buf *out); /* one event */
void world_key(const struct world_event *event, char out[32]); /* its place among events of an instant */
int64_t world_expiry_ms(int criterion);                        /* how long an answer stands */
void world_user(int user, char out[16]);
void world_anonymous(int anonymous, char out[16]);

#endif
