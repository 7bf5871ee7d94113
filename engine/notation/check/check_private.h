/* check_private.h - what the checks share: how far scores can go, which stages can be reached.
 *
 * A check warns only of what is certain. Rules are looked at one by one and together, never run.
 */
#ifndef EMBUDO_NOTATION_CHECK_PRIVATE_H
#define EMBUDO_NOTATION_CHECK_PRIVATE_H

#include "notation/compile.h"
#include "notation/possible.h"

struct check {
  const struct ruleset *rules;
  struct problems *problems;
  struct range scores[RULESET_MAX_DIMENSIONS]; /* how far each score can go */
  uint64_t stages[RULESET_MAX_LIFECYCLES];     /* masks: stages a lead can be in */
  bool *raised;                                /* per EVENT signal: some event can raise it */
  struct arena scratch;
  struct possible_world world; /* of the two */
};

#define CHECK_WARN(c, code, place, hint, ...)                                                                \
  problem_add((c)->problems, SEVERITY_WARNING, code, place, hint, __VA_ARGS__)
#define CHECK_NOTE(c, code, place, hint, ...)                                                                \
  problem_add((c)->problems, SEVERITY_NOTE, code, place, hint, __VA_ARGS__)

/* --- check_bounds.c: points, as far as anything bounds them ----------------------------------------------------------- */

struct range check_slot_range(const struct ruleset *rules, const struct rule *rule, int slot); /* in points */
void check_bounds(struct check *c); /* fills scores */

/* --- the others: each adds its problems --------------------------------------------------------------------------------- */

void check_stages(struct check *c); /* fills stages; tells unreachable ones and moves that never happen */
void check_bars(struct check *c);   /* scores that are asked for and cannot be reached, bands likewise */
void check_dead(struct check *c);   /* rules, resets, ignores and gates that never hold */
void check_flap(struct check *c);   /* opposite moves that hold together */
void check_floods(struct check *c); /* rules that a flood of events keeps full, or that nothing bounds */
void check_groups(
    struct check *c); /* groups without negative rules, dimensions that nothing feeds, missing docs */
void check_opaque(struct check *c); /* what rests on functions */

/* check_dead.c: fills raised; whether anything can raise a signal */
void check_events(struct check *c);
bool check_signal_possible(struct check *c, int signal);
void check_trigger(struct check *c, const struct signal_set *on, struct place place, const char *owner);
void check_condition(struct check *c, const struct cond *cond, const char *owner,
                     const char *outcome); /* "never gives points" */

void check_desk(struct check *c);                       /* clocks, assignments, worklists, effects */
bool check_starts(const struct check *c, uint32_t sla); /* whether some lead can enter the clock's stage */

/* check_reach.c: whether `cond` (may be NULL) asks for a score that check_bars says cannot be reached */
bool check_has_bar(struct check *c, const struct cond *cond);
void check_tell_bars(struct check *c, const struct cond *cond, const char *owner); /* warns of each */

#endif
