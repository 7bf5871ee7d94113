/* check_bounds.c - how far a score can go: every rule at its fullest, groups and dimensions clamped. */
#include "notation/check/check_private.h"
#include "notation/reach.h"

#include <math.h>

/* Firings of a limited rule that lie in a window of `span_ms`. */
static double firings_within(const struct limit *limit, int64_t span_ms) {
  if (!limit->times) return KEEP_NEWEST;
  if (!limit->per_ms) return limit->times;
  double windows = ceil((double)span_ms / (double)limit->per_ms);
  return fmin(windows * limit->times, KEEP_NEWEST);
}

/* `times` firings every `per`, each half-life halving what is there: a geometric series. */
static double half_life_firings(const struct limit *limit, int64_t half_life_ms) {
  if (!limit->times) return INFINITY;
  if (!limit->per_ms) return limit->times;
  return limit->times / (1 - exp2(-(double)limit->per_ms / (double)half_life_ms));
}

static double step_firings(const struct rule *rule) {
  const struct decay *decay = &rule->decay;
  const struct decay_step *last = &decay->steps[decay->step_count - 1];
  if (last->per_million == 0) return firings_within(&rule->limit, last->age_ms);
  return rule->limit.times && !rule->limit.per_ms ? rule->limit.times : KEEP_NEWEST;
}

/* How many firings can count at once, decay included; may be infinite. */
static double firings_at_once(const struct rule *rule) {
  if (rule->kind == RULE_PROFILE) return 1;
  switch (rule->decay.kind) {
  case DECAY_HALF_LIFE: return half_life_firings(&rule->limit, rule->decay.span_ms);
  case DECAY_LINEAR: return firings_within(&rule->limit, rule->decay.span_ms);
  case DECAY_STEP: return step_firings(rule);
  case DECAY_NONE: break;
  }
  return rule->limit.times && !rule->limit.per_ms ? rule->limit.times : INFINITY;
}

static double in_points(int64_t milli) {
  if (milli == INT64_MIN) return -INFINITY;
  if (milli == INT64_MAX) return INFINITY;
  return (double)milli / (double)MILLI;
}

static struct range rows_range(const struct rule *rule) {
  struct range range = {0, 0};
  for (uint32_t i = 0; i < rule->row_count; i++) {
    range.low = fmin(range.low, in_points(rule->rows[i].points));
    range.high = fmax(range.high, in_points(rule->rows[i].points));
  }
  return range;
}

struct range reach_slot(const struct ruleset *rules, int slot) {
  const struct rule *rule = &rules->rules[rules->slots[slot].rule];
  if (rule->points_fn != FN_NONE) return (struct range){-INFINITY, INFINITY};
  if (rule->row_count) return rows_range(rule);
  double points = in_points(rules->slots[slot].points);
  if (points == 0) return (struct range){0, 0};
  double all = points * firings_at_once(rule);
  return (struct range){fmin(all, 0), fmax(all, 0)};
}

struct range check_slot_range(const struct ruleset *rules, const struct rule *rule, int slot) {
  double cap = rule->cap ? in_points(rule->cap) : INFINITY;
  struct range range = reach_slot(rules, slot);
  return (struct range){fmax(range.low, -cap), fmin(range.high, cap)};
}

static struct range clamped(struct range range, int64_t min, int64_t max) {
  double low = in_points(min), high = in_points(max);
  return (struct range){fmin(fmax(range.low, low), high), fmin(fmax(range.high, low), high)};
}

/* The sum over the rules of `group` (NONE: of no group there) in `dimension`. */
static struct range group_sum(const struct ruleset *rules, int dimension, int group, bool functions) {
  struct range sum = {0, 0};
  for (uint32_t i = 0; i < rules->slot_count; i++) {
    const struct slot *slot = &rules->slots[i];
    const struct rule *rule = &rules->rules[slot->rule];
    bool inside = rule->group != NONE && rules->groups[rule->group].dimension == dimension;
    if (slot->dimension != dimension || (inside ? rule->group : NONE) != group) continue;
    if (!functions && rule->points_fn != FN_NONE) continue;
    struct range range = check_slot_range(rules, rule, (int)i);
    sum.low += range.low;
    sum.high += range.high;
  }
  return sum;
}

struct range reach_group(const struct ruleset *rules, int group, bool functions) {
  return group_sum(rules, rules->groups[group].dimension, group, functions);
}

struct range reach_dimension(const struct ruleset *rules, int dimension, bool functions) {
  struct range sum = group_sum(rules, dimension, NONE, functions);
  for (uint32_t g = 0; g < rules->group_count; g++) {
    const struct group *group = &rules->groups[g];
    if (group->dimension != dimension) continue;
    struct range part = clamped(reach_group(rules, (int)g, functions), group->min, group->max);
    sum.low += part.low;
    sum.high += part.high;
  }
  return sum;
}

void check_bounds(struct check *c) {
  for (uint32_t d = 0; d < c->rules->dimension_count; d++) {
    const struct dimension *dimension = &c->rules->dimensions[d];
    c->scores[d] = clamped(reach_dimension(c->rules, (int)d, true), dimension->min, dimension->max);
  }
}
