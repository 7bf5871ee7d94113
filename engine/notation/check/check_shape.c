/* check_shape.c - what a set of rules looks like: floods, one-sided groups, dimensions without rules, missing words. */
#include "notation/check/check_private.h"

#include "base/timefmt.h"

/* --- floods ------------------------------------------------------------------------------------------------------------------ */

static bool forgets(const struct rule *rule) {
  return rule->decay.kind != DECAY_NONE;
}

/* Linear and step decay need each firing's time; only the newest are kept. */
static bool keeps_times(const struct rule *rule) {
  return rule->decay.kind == DECAY_LINEAR || rule->decay.kind == DECAY_STEP;
}

static int64_t remembered_ms(const struct rule *rule) {
  if (rule->decay.kind == DECAY_LINEAR) return rule->decay.span_ms;
  const struct decay_step *last = &rule->decay.steps[rule->decay.step_count - 1];
  return last->per_million ? TIME_NEVER : last->age_ms;
}

/* More firings can count at once than times are kept. */
static bool overflows(const struct rule *rule) {
  if (!keeps_times(rule)) return false;
  if (!rule->limit.times) return true;
  if (!rule->limit.per_ms) return rule->limit.times > KEEP_NEWEST;
  int64_t span_ms = remembered_ms(rule);
  if (span_ms == TIME_NEVER) return true;
  return (double)span_ms / (double)rule->limit.per_ms * rule->limit.times > KEEP_NEWEST;
}

void check_floods(struct check *c) {
  for (uint32_t i = 0; i < c->rules->behaviour_count; i++) {
    const struct rule *rule = &c->rules->rules[i];
    if (rule->cap && forgets(rule) && !rule->limit.times)
      CHECK_WARN(c, "flood", rule->place, "add limit = { times = .., per = \"..\" }",
                 "rule '%s' has a cap and a decay but no limit: a flood of events keeps it full", rule->id);
    if (rule->points_fn != FN_NONE && !rule->cap)
      CHECK_WARN(c, "unbounded", rule->place, "add cap = 50, or what it may give at most",
                 "rule '%s': its function may give any number of points", rule->id);
    if (overflows(rule))
      CHECK_WARN(c, "keeps_newest", rule->place, "add a limit that is reached earlier",
                 "rule '%s' counts only the newest %d firings: its decay needs the time of each, and no "
                 "limit bounds them",
                 rule->id, (int)KEEP_NEWEST);
  }
}

/* --- groups and dimensions ----------------------------------------------------------------------------------------------------- */

struct sides {
  bool positive, negative;
};

static void add_sides(const struct check *c, const struct rule *rule, struct sides *sides) {
  for (int i = rule->first_slot; i < rule->first_slot + rule->slot_count; i++) {
    struct range range = check_slot_range(c->rules, rule, i);
    sides->positive |= range.high > 0;
    sides->negative |= range.low < 0;
  }
}

/* R17: what is undesirable is looked for in every category. */
static void tell_group(struct check *c, int group) {
  struct sides sides = {false, false};
  for (uint32_t i = 0; i < c->rules->rule_count; i++) {
    if (c->rules->rules[i].group == group) add_sides(c, &c->rules->rules[i], &sides);
  }
  const struct group *g = &c->rules->groups[group];
  if (!sides.positive && !sides.negative)
    CHECK_NOTE(c, "unused_group", g->place, NULL, "no rule is in group '%s'", g->name);
  else if (!sides.negative)
    CHECK_NOTE(c, "one_sided_group", g->place, "what would speak against a lead here?",
               "group '%s' has rules that add points and none that takes any away", g->name);
}

static void tell_dimension(struct check *c, int dimension) {
  for (uint32_t i = 0; i < c->rules->slot_count; i++) {
    const struct slot *slot = &c->rules->slots[i];
    if (slot->dimension == dimension) return;
  }
  const struct dimension *d = &c->rules->dimensions[dimension];
  CHECK_NOTE(c, "unfed_dimension", d->place, NULL, "no rule gives points to dimension '%s'", d->name);
}

/* --- words --------------------------------------------------------------------------------------------------------------------- */

static void tell_missing_doc(struct check *c, const char *kind, const char *id, const char *doc,
                             struct place place) {
  if (*doc) return;
  CHECK_NOTE(c, "no_doc", place, "add doc = \"..\": it is shown in every explanation",
             "%s '%s' says nothing for people", kind, id);
}

void check_groups(struct check *c) {
  const struct ruleset *rules = c->rules;
  for (uint32_t i = 0; i < rules->group_count; i++) tell_group(c, (int)i);
  for (uint32_t i = 0; i < rules->dimension_count; i++) tell_dimension(c, (int)i);
  for (uint32_t i = 0; i < rules->rule_count; i++)
    tell_missing_doc(c, "rule", rules->rules[i].id, rules->rules[i].doc, rules->rules[i].place);
  for (uint32_t i = 0; i < rules->reset_count; i++)
    tell_missing_doc(c, "reset", rules->resets[i].id, rules->resets[i].doc, rules->resets[i].place);
  for (uint32_t i = 0; i < rules->ignore_count; i++)
    tell_missing_doc(c, "ignore", rules->ignores[i].id, rules->ignores[i].doc, rules->ignores[i].place);
}
