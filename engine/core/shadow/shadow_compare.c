#include "core/shadow/shadow_compare.h"

#include <stdlib.h>

/* --- one numbering for both ------------------------------------------------------------------------------------------- */

static void intern_all(struct shadow_pair *pair, const struct ruleset *rules) {
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    map_intern(&pair->dimensions, str_of(rules->dimensions[i].name));
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    map_intern(&pair->lifecycles, str_of(rules->lifecycles[i].name));
  for (uint32_t i = 0; i < rules->rule_count; i++) map_intern(&pair->rules, str_of(rules->rules[i].id));
}

static int *new_numbers(struct shadow_pair *pair, size_t count) {
  int *numbers = arena_zalloc(&pair->arena, (count + 1) * sizeof *numbers);
  for (size_t i = 0; i < count; i++) numbers[i] = NONE;
  return numbers;
}

static void fill_side(struct shadow_pair *pair, struct shadow_side *side, const struct ruleset *rules) {
  side->rules = rules;
  side->dimensions = new_numbers(pair, pair->dimensions.count);
  side->lifecycles = new_numbers(pair, pair->lifecycles.count);
  side->rule_numbers = arena_zalloc(&pair->arena, (rules->rule_count + 1) * sizeof *side->rule_numbers);
  for (uint32_t i = 0; i < rules->dimension_count; i++)
    side->dimensions[map_get(&pair->dimensions, str_of(rules->dimensions[i].name))] = (int)i;
  for (uint32_t i = 0; i < rules->lifecycle_count; i++)
    side->lifecycles[map_get(&pair->lifecycles, str_of(rules->lifecycles[i].name))] = (int)i;
  for (uint32_t i = 0; i < rules->rule_count; i++)
    side->rule_numbers[i] = map_get(&pair->rules, str_of(rules->rules[i].id));
}

struct shadow_pair *shadow_pair_new(const struct ruleset *live, const struct ruleset *candidate) {
  struct shadow_pair *pair = xcalloc(1, sizeof *pair);
  arena_init(&pair->arena, 0);
  map_init(&pair->dimensions);
  map_init(&pair->lifecycles);
  map_init(&pair->rules);
  intern_all(pair, live);
  intern_all(pair, candidate);
  fill_side(pair, &pair->live, live);
  fill_side(pair, &pair->candidate, candidate);
  pair->live_held = arena_zalloc(&pair->arena, (pair->rules.count + 1) * sizeof *pair->live_held);
  pair->candidate_held = arena_zalloc(&pair->arena, (pair->rules.count + 1) * sizeof *pair->candidate_held);
  return pair;
}

void shadow_pair_free(struct shadow_pair *pair) {
  if (!pair) return;
  map_release(&pair->dimensions);
  map_release(&pair->lifecycles);
  map_release(&pair->rules);
  arena_release(&pair->arena);
  free(pair);
}

/* --- one lead ---------------------------------------------------------------------------------------------------------- */

static int64_t score_of(const struct fold *fold, int dimension) {
  return fold && dimension != NONE ? fold_score(fold, dimension) : 0;
}

static int stage_of(const struct fold *fold, int lifecycle) {
  return fold && lifecycle != NONE ? fold_stage(fold, lifecycle) : NONE;
}

static const char *stage_name(const struct shadow_side *side, int lifecycle, int stage) {
  return stage == NONE ? "" : side->rules->lifecycles[lifecycle].stages[stage];
}

static struct shadow_difference *add(struct shadow_difference *difference, struct shadow_item item) {
  uint32_t count = difference ? difference->count : 0;
  difference = xrealloc(difference, sizeof *difference + (count + 1) * sizeof item);
  difference->items[count] = item;
  difference->count = count + 1;
  return difference;
}

/* What each rule holds of the dimension, by the pair's numbers. */
static void read_held(struct shadow_pair *pair, const struct shadow_side *side, const struct fold *fold,
                      int dimension, int64_t *held) {
  struct fold_parts parts;
  struct arena arena;
  memset(held, 0, pair->rules.count * sizeof *held);
  if (!fold || dimension == NONE) return;
  arena_init(&arena, 4096);
  fold_explain(fold, dimension, &arena, &parts);
  for (uint32_t i = 0; i < parts.count; i++)
    held[side->rule_numbers[parts.parts[i].rule]] += parts.parts[i].held;
  arena_release(&arena);
}

static struct shadow_difference *compare_scores(struct shadow_pair *pair, uint32_t of,
                                                const struct fold *live, const struct fold *candidate,
                                                struct shadow_difference *difference) {
  int left = pair->live.dimensions[of], right = pair->candidate.dimensions[of];
  struct shadow_item item = {SHADOW_SCORE, of, 0, score_of(live, left), score_of(candidate, right)};
  if (item.live == item.candidate) return difference;
  difference = add(difference, item);
  read_held(pair, &pair->live, live, left, pair->live_held);
  read_held(pair, &pair->candidate, candidate, right, pair->candidate_held);
  for (uint32_t i = 0; i < pair->rules.count; i++)
    if (pair->live_held[i] != pair->candidate_held[i])
      difference = add(difference,
                       (struct shadow_item){SHADOW_RULE, of, i, pair->live_held[i], pair->candidate_held[i]});
  return difference;
}

static struct shadow_difference *compare_stages(const struct shadow_pair *pair, uint32_t of,
                                                const struct fold *live, const struct fold *candidate,
                                                struct shadow_difference *difference) {
  int left = pair->live.lifecycles[of], right = pair->candidate.lifecycles[of];
  int from = stage_of(live, left), to = stage_of(candidate, right);
  if (strcmp(stage_name(&pair->live, left, from), stage_name(&pair->candidate, right, to)) == 0)
    return difference;
  return add(difference, (struct shadow_item){SHADOW_STAGE, of, 0, from, to});
}

struct shadow_difference *shadow_compare(struct shadow_pair *pair, const struct fold *live,
                                         const struct fold *candidate) {
  struct shadow_difference *difference = NULL;
  for (uint32_t i = 0; i < pair->dimensions.count; i++)
    difference = compare_scores(pair, i, live, candidate, difference);
  for (uint32_t i = 0; i < pair->lifecycles.count; i++)
    difference = compare_stages(pair, i, live, candidate, difference);
  return difference;
}
