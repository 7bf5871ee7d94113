/* check_opaque.c - how much rests on functions, which no check sees through and no timer foresees. */
#include "notation/check/check_private.h"
#include "notation/reach.h"

#include <math.h>

enum { NAMED_RULES = 8 }; /* the share's note names so many */

bool reach_is_opaque(const struct cond *cond) {
  if (!cond) return false;
  if (cond->op == COND_FUNCTION) return true;
  for (uint32_t i = 0; cond_has_kids(cond) && i < cond->len; i++) {
    if (reach_is_opaque(cond->kids[i])) return true;
  }
  return false;
}

static bool is_opaque(const struct rule *rule) {
  return rule->points_fn != FN_NONE || reach_is_opaque(rule->when) || reach_is_opaque(rule->counts_while);
}

/* The most a rule can hold, all dimensions together; once its points where nothing bounds how often it fires. A function
 * answers for one dimension or another, so its cap counts once; without a cap nothing is known. */
static double most_of(const struct ruleset *rules, const struct rule *rule) {
  if (rule->points_fn != FN_NONE) return rule->cap ? (double)rule->cap / (double)MILLI : INFINITY;
  double most = 0;
  for (int i = rule->first_slot; i < rule->first_slot + rule->slot_count; i++) {
    double high = check_slot_range(rules, rule, i).high;
    most += isinf(high) ? (double)rules->slots[i].points / (double)MILLI : high;
  }
  return most;
}

static void put_name(struct buf *names, const char *id, uint32_t count) {
  if (count == NAMED_RULES) buf_add_text(names, " ...");
  if (count < NAMED_RULES) buf_printf(names, "%s%s", count ? ", " : "", id);
}

static void tell_share(struct check *c) {
  struct buf names;
  buf_init(&names);
  double all = 0, opaque = 0;
  uint32_t count = 0;
  struct place place = {0};
  for (uint32_t i = 0; i < c->rules->rule_count; i++) {
    const struct rule *rule = &c->rules->rules[i];
    double most = most_of(c->rules, rule);
    all += most;
    if (!is_opaque(rule)) continue;
    if (count == 0) place = rule->place;
    opaque += most;
    put_name(&names, rule->id, count++);
  }
  if (count && isinf(opaque))
    CHECK_NOTE(c, "opaque_share", place, NULL, "functions decide points without bound: %s", names.data);
  else if (count)
    CHECK_NOTE(c, "opaque_share", place, NULL, "functions decide up to %g of %g points (%.0f %%): %s",
               round(opaque), round(all), all > 0 ? 100 * opaque / all : 0, names.data);
  buf_release(&names);
}

static void tell_tick(struct check *c, const struct cond *cond, const char *kind, const char *name) {
  if (!reach_is_opaque(cond)) return;
  CHECK_NOTE(c, "opaque_when", cond->place, "a written condition changes at the exact instant",
             "%s '%s' rests on a function: it is asked at the lead's events and once a day", kind, name);
}

static void tell_silent(struct check *c, int fn, const char *instead) {
  const struct fn_info *info = fn == FN_NONE ? NULL : &c->rules->functions[fn];
  if (!info || !info->gives_nothing) return;
  CHECK_WARN(c, "gives_nothing", info->place, instead, "the function of %s never returns anything",
             info->owner);
}

static void tell_silent_conditions(struct check *c, const struct cond *cond) {
  if (!cond) return;
  if (cond->op == COND_FUNCTION)
    tell_silent(c, cond->fn, "write return CONDITION: without it, it never holds");
  for (uint32_t i = 0; cond_has_kids(cond) && i < cond->len; i++) tell_silent_conditions(c, cond->kids[i]);
}

void check_opaque(struct check *c) {
  const struct ruleset *rules = c->rules;
  tell_share(c);
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    tell_silent(c, rules->rules[i].points_fn,
                "write return { dimension = points }: without it, it gives none");
    tell_silent_conditions(c, rules->rules[i].when);
    tell_silent_conditions(c, rules->rules[i].counts_while);
  }
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    const struct rule *rule = &rules->rules[i];
    if (rule->kind == RULE_PROFILE) tell_tick(c, rule->when, "rule", rule->id);
    tell_tick(c, rule->counts_while, "rule", rule->id);
  }
  for (uint32_t i = 0; i < rules->reset_count; i++)
    tell_tick(c, rules->resets[i].when, "reset", rules->resets[i].id);
  for (uint32_t i = 0; i < rules->ignore_count; i++)
    tell_tick(c, rules->ignores[i].when, "ignore", rules->ignores[i].id);
  for (uint32_t i = 0; i < rules->segment_count; i++)
    tell_tick(c, rules->segments[i].when, "segment", rules->segments[i].id);
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) {
    const struct lifecycle *l = &rules->lifecycles[i];
    for (uint32_t j = 0; j < l->move_count; j++)
      tell_tick(c, l->moves[j].when, "a move of lifecycle", l->name);
    for (uint32_t j = 0; j < l->gate_count; j++) tell_tick(c, l->gates[j].need, "gate", l->gates[j].id);
  }
}
