/* fold.h - one lead's history, folded: the only place where scores and stages come into being.
 *
 * A fold takes the lead's touches in the total order and, between them, every instant at which time alone changes
 * something (a window slides, a decayed score crosses a bar, a silence gets long). At an instant the order is:
 * due timers, traits, behaviour rules, profile rules, lifecycle. The same touches in the same order
 * give the same fold, whoever calls: a batch, a re-fold after a late event, the daemon.
 *
 * A fold is a workspace sized for its ruleset and used for one lead after another (fold_begin). It borrows the
 * touches. Not thread-safe.
 */
#ifndef EMBUDO_MODEL_FOLD_H
#define EMBUDO_MODEL_FOLD_H

#include "model/ruleset/ruleset.h"
#include "model/touch.h"

struct fold;

/* Functions written in rule files, run by whoever owns the Lua VM. The fold is where `lead` reads from. */
struct fold_calls {
  void *context;
  /* The points a rule's function gives for this touch: fills `amounts` (room for one per dimension), returns how many,
   * or -1 when it failed (the host has recorded why). */
  int (*points)(void *context, int fn, const struct fold *fold, const struct touch *touch,
                struct fn_amount *amounts);
  /* A condition's function; touch is NULL outside an event. *reads gets the READS_ bits the call made use of,
   * *steady_until the first instant at which a count in a span that it asked for can change by itself (TIME_NEVER: none). */
  enum truth (*test)(void *context, int fn, const struct fold *fold, const struct touch *touch,
                     unsigned *reads, int64_t *steady_until);
  /* Whether a function is quarantined: answers it gave before count no more, its rule is unknown for every lead. */
  bool (*stopped)(void *context, int fn);
};

struct fold *fold_new(const struct ruleset *rules, const struct fold_calls *calls);
void fold_free(struct fold *fold);

void fold_begin(struct fold *fold, struct str lead_id); /* forgets the last lead */
void fold_touch(struct fold *fold,
                const struct touch *touch);          /* touches must come in order; time >= fold's now */
void fold_advance(struct fold *fold, int64_t until); /* fires everything due up to and including `until` */

/* --- reading, at the fold's present instant ------------------------------------------------------------------------ */

const struct ruleset *fold_rules(const struct fold *fold);
int64_t fold_now(const struct fold *fold);
struct str fold_lead_id(const struct fold *fold);
struct value fold_trait(const struct fold *fold,
                        struct str path);           /* derived ones too: completeness, email_domain ... */
uint32_t fold_trait_count(const struct fold *fold); /* top-level traits, in order of first appearance */
struct str fold_trait_at(const struct fold *fold, uint32_t index, struct value *value);
struct str fold_account(const struct fold *fold); /* that the lead's events name, or that claims its domain */
bool fold_account_by_domain(const struct fold *fold); /* it was found by its domain */
bool fold_new_business(
    const struct fold *fold); /* false: a customer's, a partner's .. (ruleset.h, account_existing) */
/* What is known at this instant of the account the lead belongs to, by whoever's group calls; VALUE_NONE: nothing. Only traits that
 * the ruleset asks for (account_keys) are sure to be up to date. */
struct value fold_account_trait(const struct fold *fold, struct str path);
struct str fold_owner(const struct fold *fold); /* who works on it, by its latest assignment; empty: nobody */
int64_t fold_first_seen(const struct fold *fold);
int64_t fold_last_seen(const struct fold *fold);
int64_t fold_last_activity(const struct fold *fold);
uint32_t fold_events(const struct fold *fold); /* enrichers' answers are none */
/* What the lead looked at, newest first: touches that have a touch_content. How many there are, at most FOLD_CONTENT_MAX. */
enum { FOLD_CONTENT_MAX = 10 };
uint32_t fold_content(const struct fold *fold, const struct touch *out[FOLD_CONTENT_MAX]);
uint32_t fold_cycle(const struct fold *fold);
int fold_stage(const struct fold *fold, int lifecycle);
int64_t fold_stage_since(const struct fold *fold, int lifecycle);
bool fold_in_lifecycle(const struct fold *fold, int lifecycle); /* its `who` does not say otherwise */
const struct ignore *fold_ignored(const struct fold *fold);     /* NULL: the lead counts */
bool fold_incomplete(const struct fold *fold); /* some rule is unknown for this lead: its function failed */

int64_t fold_score(const struct fold *fold, int dimension);     /* clamped, milli-points */
int64_t fold_unclamped(const struct fold *fold, int dimension); /* before the dimension's clamp */
const char *fold_band(const struct fold *fold, int dimension);  /* "" without bands */
void fold_grade(const struct fold *fold, struct buf *out);      /* "A1"; empty without a grade */
int64_t fold_velocity(const struct fold *fold, int dimension, int days);
int64_t fold_interest(const struct fold *fold, int topic);
/* The first instant at which that count changes if no event comes; TIME_NEVER: never. */
int64_t fold_count_until(const struct fold *fold, int counter, int64_t span_ms);
uint32_t fold_count(const struct fold *fold, int counter, int64_t span_ms); /* lead.count; span 0: ever */
/* Of a counter that keeps KEEP_NEWEST: how many sightings are later than `after_ms`, and when the n-th of them was (from 1;
 * TIME_NEVER: there are fewer). */
uint32_t fold_seen_after(const struct fold *fold, int counter, int64_t after_ms);
int64_t fold_seen_nth(const struct fold *fold, int counter, int64_t after_ms, uint32_t n);
int fold_completeness(const struct fold *fold); /* percent, 0 .. 100 */

enum truth fold_test(const struct fold *fold, const struct cond *cond); /* a condition now */

/* The segments the lead is in: bits 1 << number. */
uint64_t fold_segments(const struct fold *fold);

/* --- whether to bother somebody ------------------------------------------------------------------------------------- */

/* A lead that is not contactable is handed to nobody. Which of the rules' reasons holds, the first in order of name, or may
 * hold for all that is known; NULL: none. */
bool fold_contactable(const struct fold *fold);
const struct contact_block *fold_contact_block(const struct fold *fold);

/* The act that put the lead into its present stage with a verdict; NULL: none did. It stands until act->until_ms. */
const struct touch_act *fold_verdict(const struct fold *fold, int lifecycle);

/* Whether a verdict stands in some lifecycle: what the lead does, or what could be asked about it, changes nothing. */
bool fold_verdict_stands(const struct fold *fold);

/* --- explaining ------------------------------------------------------------------------------------------------------ */

/* One rule's part in one dimension. `held` is what the cap leaves of `raw`, and over a dimension all parts add up:
 * sum(held) + sum of group cuts + clamp cut = score. */
struct fold_part {
  int rule, dimension;
  uint32_t count;            /* firings that count (behaviour) */
  uint32_t limited;          /* firings the limit left out */
  int64_t first_ms, last_ms; /* of the counting firings; profile rules: since when it holds */
  int64_t undecayed;         /* what the firings were worth when they happened, milli-points */
  int64_t raw;               /* after decay and resets */
  int64_t held;              /* after the rule's cap; 0 while counts_while does not hold */
  bool suspended;            /* counts_while does not hold */
  bool unknown;              /* its function failed for this lead, or ... */
  bool pending;              /* ... it waits for an enricher's answer */
  int row;                   /* of a `first` table; NONE otherwise */
};
struct fold_group_part {
  int group;
  int64_t sum, held; /* before and after the group's cap */
};
struct fold_parts {
  struct fold_part *parts; /* in rule order; all rules that hold or held something, or are unknown */
  uint32_t count;
  struct fold_group_part *groups; /* of this dimension, those with something in them */
  uint32_t group_count;
  int64_t unclamped, score;
};
void fold_explain(const struct fold *fold, int dimension, struct arena *arena, struct fold_parts *out);

struct fold_transition {
  int lifecycle, from, to;
  int move;                    /* NONE: an act's, which the present rules do not declare */
  const struct touch_act *act; /* whose act it was; NULL: the move's condition came true */
  int64_t time_ms;
  uint32_t cycle;
};
const struct fold_transition *fold_transitions(const struct fold *fold, uint32_t *count); /* oldest first */

/* The first instant in (now, until] at which time alone may change a rule or a stage; TIME_NEVER: none. It is never too
 * late; sometimes nothing changes after all (where an exact search would take too long, and at functions' daily ticks). */
int64_t fold_next_due(const struct fold *fold, int64_t until);

/* The first instant in (now, until] at which `cond` changes its answer if nothing else happens; TIME_NEVER: none. */
int64_t fold_next_change(const struct fold *fold, const struct cond *cond, int64_t until);

/* The first instant in (now, until] at which the lead joins or leaves a segment if nothing else happens; TIME_NEVER: none. */
int64_t fold_next_segment(const struct fold *fold, int64_t until);

/* The first instant in (now, until] at which an automatic move out of the present stage fires if nothing else happens,
 * gates and waits considered; TIME_NEVER: none. */
int64_t fold_next_move(const struct fold *fold, int lifecycle, int move, int64_t until);

/* --- effects of events -------------------------------------------------------------------------------------------- */

/* Effects (handoff.h) whose event happened, and whose `when` held then, the event counted. Only events that came in journal
 * records after `after_record`, and not as history, are looked at; FOLD_AWAIT_NONE, as a new workspace does: none;
 * FOLD_AWAIT_ALL: all of them. What enters a stage is not told here: stages are decided (core/journal/decide.h). */
#define FOLD_AWAIT_NONE UINT64_MAX
#define FOLD_AWAIT_ALL  (UINT64_MAX - 1)
void fold_await_effects(struct fold *fold, uint64_t after_record);

struct fold_met {
  uint32_t effect;           /* its number in the ruleset */
  const struct touch *touch; /* the event's */
};
const struct fold_met *fold_effects_met(const struct fold *fold, uint32_t *count); /* in order of time */

/* Per rule, what happened over this fold: for coverage and dead-rule reports. */
struct fold_outcome {
  uint32_t fired, limited, failed;
};
struct fold_outcome fold_outcome(const struct fold *fold, uint32_t rule);

#endif
