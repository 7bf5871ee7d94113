/* desk.h - what a sales desk has declared: how soon a lead is dealt with (clocks), what marketing owes in return (promises), who gets
 * it (assignments), and in which lists it stands (worklists). Plain data, part of a ruleset.
 */
#ifndef EMBUDO_MODEL_DESK_H
#define EMBUDO_MODEL_DESK_H

#include "model/ruleset/ruleset.h"

enum {
  DESK_SLAS_MAX = 64,
  DESK_LISTS_MAX = 64, /* a lead's lists are a bit mask */
  DESK_ASSIGNMENTS_MAX = 64,
  DESK_POOL_MAX = 1000, /* people of one assignment */
  DESK_ORDER_MAX = 8,   /* keys of a list's order */
  DESK_CALENDARS_MAX = 64
};

/* A clock that runs while a lead is in a stage. */
struct sla {
  const char *id, *doc;
  struct place place;
  int lifecycle;
  uint64_t stages;         /* mask: it starts when one of them is entered */
  const struct cond *tier; /* NULL: every lead; judged when the stage is entered */
  int counter;             /* sightings of what stops it; NONE: only leaving the stage does */
  uint32_t attempts;       /* how many of them it takes */
  int64_t warn_ms, due_ms; /* business time; warn 0: no warning */
  int calendar;            /* NONE: all hours count */
  const char *escalate;    /* whom a breach is told; NULL: nobody in particular */
  bool reassign;           /* a breach gives the lead to the next one */
};

enum promise_period { PER_DAY, PER_WEEK, PER_MONTH, PER_QUARTER };

/* What marketing owes sales in each period: so many leads that enter a stage, and that so many of them are found good. */
struct promise {
  const char *id, *doc;
  struct place place;
  int lifecycle;
  uint64_t stages; /* mask: entering one of them counts */
  enum promise_period per;
  int calendar;          /* whose days it goes by; NONE: UTC */
  uint32_t volume;       /* at least so many; 0: any number */
  uint64_t good;         /* mask: of those, who then enter one of these ... */
  uint32_t good_percent; /* ... are at least that share; 0: no such promise */
};

/* Who gets a lead that enters a stage. The first one in the rules' order that applies decides. */
struct assignment {
  const char *id, *doc;
  struct place place;
  int lifecycle;
  uint64_t stages;
  const struct cond *when; /* NULL: every lead */
  bool account_owner;      /* whoever has a lead of the same account gets this one too */
  const char *const *pool; /* taken in turn */
  const int *hours; /* per person: a calendar, outside of which others come first; NONE: always there */
  uint32_t pool_count;
  const struct list *absent; /* who is skipped; NULL: nobody */
};

enum list_key_kind { KEY_CLOCK, KEY_SCORE, KEY_WAITING, KEY_RECENT };

struct list_key {
  enum list_key_kind kind;
  int dimension; /* KEY_SCORE */
};

struct worklist {
  const char *id, *doc;
  struct place place;
  int lifecycle;
  uint64_t stages;        /* mask of recorded stages; 0: any */
  const struct cond *who; /* NULL: everybody in those stages */
  struct list_key order[DESK_ORDER_MAX];
  uint32_t order_count;
};

int desk_sla(const struct ruleset *rules, struct str id); /* NONE: there is none */
int desk_worklist(const struct ruleset *rules, struct str id);

/* Mask of the lifecycle's stages in which somebody has been handed the lead: it is marketing's word, or sales has it, or an assignment
 * gives it to somebody. Entering one of them from elsewhere is a hand-off. */
uint64_t desk_handed_stages(const struct ruleset *rules, int lifecycle);

#endif
