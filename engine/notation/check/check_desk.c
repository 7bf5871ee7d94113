/* check_desk.c - the sales desk: clocks that never start, lists that nobody is in or leaves, conditions that say nothing, effects of
 * what never happens, and ways to sales without marketing's word. */
#include "notation/check/check_private.h"

#include "model/ruleset/desk.h"

/* Stages that a move leads into: where a lead begins it was never put. */
static uint64_t entered(const struct check *c, int lifecycle) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  uint64_t into = 0;
  for (uint32_t m = 0; m < l->move_count; m++)
    if (l->moves[m].from & c->stages[lifecycle]) into |= UINT64_C(1) << l->moves[m].to;
  return into & c->stages[lifecycle];
}

/* Whether the condition cannot be false. */
static bool always(struct check *c, const struct cond *cond) {
  const struct cond not = {.op = COND_NOT, .place = cond->place, .len = 1, .kids = &cond};
  const struct cond *whole = &not ;
  return !check_has_bar(c, cond) && !possible(&c->world, &whole, 1, NULL);
}

/* A condition beside others that choose whom something is for. */
static void check_choice(struct check *c, const struct cond *cond, const char *owner, const char *never) {
  if (!cond) return;
  check_tell_bars(c, cond, owner);
  check_condition(c, cond, owner, never);
  if (always(c, cond))
    CHECK_WARN(c, "always_true", cond->place, "leave the condition out, or mend it",
               "%s: its condition always holds", owner);
}

static void check_stage(struct check *c, int lifecycle, uint64_t stages, struct place place,
                        const char *owner, const char *never) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  if (entered(c, lifecycle) & stages) return;
  CHECK_WARN(
      c, "never_entered", place,
      "leads begin in the start of a lifecycle, and are not put there; name a stage that a move leads into",
      "%s %s: nobody is ever put into that stage of '%s'", owner, never, l->name);
}

/* --- clocks ------------------------------------------------------------------------------------------------------------- */

static void check_clock(struct check *c, const struct sla *sla) {
  const char *owner = arena_printf(&c->scratch, "sla '%s'", sla->id);
  check_stage(c, sla->lifecycle, sla->stages, sla->place, owner, "never starts");
  check_choice(c, sla->tier, owner, "never starts");
  if (sla->counter == NONE) return;
  const struct counter *stops = &c->rules->counters[sla->counter];
  for (uint32_t i = 0; i < stops->on.count; i++)
    if (check_signal_possible(c, stops->on.ids[i])) return;
  CHECK_WARN(c, "dead_condition", sla->place, "its matchers contradict each other, or nobody may do that",
             "%s is never kept in time: nothing is ever %.*s", owner, STR_ARG(stops->written));
}

bool check_starts(const struct check *c, uint32_t sla) {
  return (entered(c, c->rules->slas[sla].lifecycle) & c->rules->slas[sla].stages) != 0;
}

/* --- who gets a lead, and lists ------------------------------------------------------------------------------------------ */

static void check_assignment(struct check *c, const struct assignment *assignment) {
  const char *owner = arena_printf(&c->scratch, "assign '%s'", assignment->id);
  check_stage(c, assignment->lifecycle, assignment->stages, assignment->place, owner,
              "never gives a lead to anybody");
  check_choice(c, assignment->when, owner, "never gives a lead to anybody");
}

/* Whether some move leads out of all of its stages. */
static bool can_be_left(const struct check *c, const struct worklist *list) {
  const struct lifecycle *l = &c->rules->lifecycles[list->lifecycle];
  for (uint32_t m = 0; m < l->move_count; m++)
    if (l->moves[m].from & list->stages && !(list->stages >> l->moves[m].to & 1)) return true;
  return false;
}

static void check_list(struct check *c, const struct worklist *list) {
  const char *owner = arena_printf(&c->scratch, "worklist '%s'", list->id);
  if (list->stages && !(c->stages[list->lifecycle] & list->stages))
    CHECK_WARN(c, "never_entered", list->place, "name a stage that a lead can be in",
               "%s is always empty: no lead is ever in that stage", owner);
  check_choice(c, list->who, owner, "is always empty");
  if (list->stages && !list->who && !can_be_left(c, list))
    CHECK_WARN(c, "never_left", list->place,
               "add `who` for those who wait for something, or a move out of the stage",
               "%s only grows: no move leads out of its stages", owner);
}

/* --- effects ------------------------------------------------------------------------------------------------------------- */

static void check_effect(struct check *c, const struct effect *effect) {
  const char *owner = arena_printf(&c->scratch, "effect '%s'", effect->name);
  const struct signal_set on = {effect->signals, effect->signal_count};
  check_trigger(c, &on, effect->place, owner);
  if (effect->when) check_tell_bars(c, effect->when, owner);
  check_condition(c, effect->when, owner, "is never told");
}

/* --- the way to sales ------------------------------------------------------------------------------------------------------ */

static void check_way(struct check *c, const struct lifecycle *l, const struct move *move) {
  uint64_t unendorsed = move->from & ~l->endorsed & ~l->sales;
  if (!move->when || !(l->sales >> move->to & 1) || !unendorsed) return;
  int from = __builtin_ctzll(unendorsed);
  CHECK_WARN(c, "unendorsed", move->place,
             "go by way of an endorsed stage, or let people do it: by = \"sales\", claim = true",
             "the move from '%s' to '%s' gives leads to sales by itself without marketing's word",
             l->stages[from], l->stages[move->to]);
}

/* What people's moves ask for beside the gates. */
static void check_policy(struct check *c, const struct lifecycle *l, const struct move *move) {
  const char *owner = arena_printf(&c->scratch, "`need` of the move to '%s'", l->stages[move->to]);
  if (move->need) check_choice(c, move->need, owner, "never lets it happen");
}

void check_desk(struct check *c) {
  const struct ruleset *rules = c->rules;
  for (uint32_t i = 0; i < rules->sla_count; i++) check_clock(c, &rules->slas[i]);
  for (uint32_t i = 0; i < rules->assignment_count; i++) check_assignment(c, &rules->assignments[i]);
  for (uint32_t i = 0; i < rules->worklist_count; i++) check_list(c, &rules->worklists[i]);
  for (uint32_t i = 0; i < rules->effect_count; i++) check_effect(c, &rules->effects[i]);
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    for (uint32_t m = 0; m < rules->lifecycles[i].move_count; m++) {
      check_way(c, &rules->lifecycles[i], &rules->lifecycles[i].moves[m]);
      check_policy(c, &rules->lifecycles[i], &rules->lifecycles[i].moves[m]);
    }
}
