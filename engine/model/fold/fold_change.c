#include "model/fold/fold_change.h"

#include "base/err.h"
#include "model/fold/fold_private.h"

struct seen_rule { /* of a touched rule, in the order of fold.touched_rules */
  uint32_t counted, limited, failed;
  bool holds;
  int row;
};

struct fold_watch {
  struct fold *fold;
  struct seen_rule *seen;
  uint32_t seen_count;
  int64_t *held;        /* per slot that was live */
  uint32_t *live_count; /* per dimension */
  uint64_t transitions;
  int64_t *before, *after, *cut;
  struct fold_change_rule *rules;
  struct fold_change_point *points;
};

const char *fold_did_word(enum fold_did did) {
  static const char *const words[] = {"changed", "ended", "began", "limited", "fired", "failed"};
  return words[did];
}

struct fold_watch *fold_watch_new(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  struct fold_watch *watch = xcalloc(1, sizeof *watch);
  size_t dimensions = rules->dimension_count + 1;
  watch->fold = fold;
  watch->seen = xcalloc(rules->rule_count + 1, sizeof *watch->seen);
  watch->rules = xcalloc(rules->rule_count + 1, sizeof *watch->rules);
  watch->held = xcalloc(rules->slot_count + 1, sizeof *watch->held);
  watch->points = xcalloc(rules->slot_count + 1, sizeof *watch->points);
  watch->live_count = xcalloc(dimensions, sizeof *watch->live_count);
  watch->before = xcalloc(dimensions, sizeof *watch->before);
  watch->after = xcalloc(dimensions, sizeof *watch->after);
  watch->cut = xcalloc(dimensions, sizeof *watch->cut);
  return watch;
}

void fold_watch_free(struct fold_watch *watch) {
  if (!watch) return;
  free(watch->seen);
  free(watch->rules);
  free(watch->held);
  free(watch->points);
  free(watch->live_count);
  free(watch->before);
  free(watch->after);
  free(watch->cut);
  free(watch);
}

/* --- before ------------------------------------------------------------------------------------------------------- */

static struct seen_rule see_rule(const struct fold *fold, uint32_t touched) {
  const struct rule_state *state = &fold->rule_states[fold->touched_rules[touched]];
  return (struct seen_rule){state->counted, state->limited, state->failed, state->holds, state->row};
}

static int64_t held_now(const struct fold *fold, uint32_t slot) {
  return fold_slot_bounds(fold, slot, fold->now, fold->now).low;
}

static void see(struct fold_watch *watch) {
  const struct fold *fold = watch->fold;
  watch->seen_count = fold->touched_count;
  for (uint32_t i = 0; i < fold->touched_count; i++) watch->seen[i] = see_rule(fold, i);
  for (uint32_t d = 0; d < fold->rules->dimension_count; d++) {
    const uint32_t *slots = &fold->live_slots[d * fold->rules->slot_count];
    watch->live_count[d] = fold->live_count[d];
    watch->before[d] = fold_score(fold, (int)d);
    for (uint32_t i = 0; i < fold->live_count[d]; i++) watch->held[slots[i]] = held_now(fold, slots[i]);
  }
  watch->transitions = fold->transition_total;
}

/* --- after -------------------------------------------------------------------------------------------------------- */

static int by_rule_and_dimension(const void *a, const void *b) {
  const struct fold_change_point *left = a, *right = b;
  if (left->rule != right->rule) return left->rule < right->rule ? -1 : 1;
  return (left->dimension > right->dimension) - (left->dimension < right->dimension);
}

/* The points that are others, and what of the score's change they leave over. */
static uint32_t compare_points(struct fold_watch *watch) {
  const struct fold *fold = watch->fold;
  const struct ruleset *rules = fold->rules;
  uint32_t count = 0;
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    const uint32_t *slots = &fold->live_slots[d * rules->slot_count];
    watch->after[d] = fold_score(fold, (int)d);
    watch->cut[d] = watch->after[d] - watch->before[d];
    for (uint32_t i = 0; i < fold->live_count[d]; i++) {
      int64_t held = held_now(fold, slots[i]);
      int64_t points = i < watch->live_count[d] ? held - watch->held[slots[i]] : held;
      if (points == 0) continue;
      watch->points[count++] = (struct fold_change_point){rules->slots[slots[i]].rule, (int)d, points};
      watch->cut[d] -= points;
    }
  }
  qsort(watch->points, count, sizeof *watch->points, by_rule_and_dimension);
  return count;
}

/* False: nothing but, perhaps, its points. */
static bool compare_rule(const struct fold_watch *watch, uint32_t touched, enum fold_did *did) {
  static const struct seen_rule untouched = {.row = NONE};
  const struct fold *fold = watch->fold;
  const struct seen_rule *before = touched < watch->seen_count ? &watch->seen[touched] : &untouched;
  const struct seen_rule now = see_rule(fold, touched);
  bool profile = fold->rules->rules[fold->touched_rules[touched]].kind == RULE_PROFILE;
  *did = FOLD_DID_CHANGE;
  if (before->holds && !now.holds) *did = FOLD_DID_END;
  if (!before->holds && now.holds) *did = FOLD_DID_BEGIN;
  if (now.limited > before->limited) *did = FOLD_DID_EXCEED;
  if (!profile && now.counted > before->counted) *did = FOLD_DID_FIRE;
  if (now.failed > before->failed) *did = FOLD_DID_FAIL;
  return *did != FOLD_DID_CHANGE || now.row != before->row;
}

static int by_rule(const void *a, const void *b) {
  const struct fold_change_rule *left = a, *right = b;
  return (left->rule > right->rule) - (left->rule < right->rule);
}

static void claim_points(const struct fold_watch *watch, struct fold_change_rule *rule, uint32_t count) {
  uint32_t low = 0, high = count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (watch->points[middle].rule < rule->rule)
      low = middle + 1;
    else
      high = middle;
  }
  rule->first_point = low;
  while (low < count && watch->points[low].rule == rule->rule) low++;
  rule->point_count = low - rule->first_point;
}

static uint32_t compare_rules(struct fold_watch *watch, uint32_t points, bool *any) {
  const struct fold *fold = watch->fold;
  uint32_t count = 0;
  for (uint32_t i = 0; i < fold->touched_count; i++) {
    struct fold_change_rule rule = {.rule = (int)fold->touched_rules[i]};
    bool did = compare_rule(watch, i, &rule.did);
    claim_points(watch, &rule, points);
    if (did || rule.point_count) watch->rules[count++] = rule;
    *any = *any || did;
  }
  qsort(watch->rules, count, sizeof *watch->rules, by_rule);
  return count;
}

static void compare(struct fold_watch *watch, struct fold_change *change) {
  const struct fold *fold = watch->fold;
  uint64_t moves = fold->transition_total - watch->transitions;
  uint32_t kept = moves < fold->transition_count ? (uint32_t)moves : fold->transition_count;
  *change = (struct fold_change){.time_ms = fold->now,
                                 .did = moves > 0,
                                 .before = watch->before,
                                 .after = watch->after,
                                 .cut = watch->cut,
                                 .rules = watch->rules,
                                 .points = watch->points,
                                 .transition_count = kept};
  if (kept) change->transitions = &fold->transitions[fold->transition_count - kept];
  change->point_count = compare_points(watch);
  change->rule_count = compare_rules(watch, change->point_count, &change->did);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

bool fold_change_advance(struct fold_watch *watch, int64_t until, struct fold_change *change) {
  struct fold *fold = watch->fold;
  if (!fold->begun) return false;
  int64_t due = fold_next_due(fold, until);
  if (due == TIME_NEVER) {
    fold_advance(fold, until);
    return false;
  }
  fold_reach_due(fold, due);
  see(watch);
  fold_do_due(fold);
  compare(watch, change);
  return true;
}

void fold_change_touch(struct fold_watch *watch, const struct touch *touch, struct fold_change *change) {
  see(watch);
  fold_touch(watch->fold, touch);
  compare(watch, change);
  if (!(touch->flags & TOUCH_OUTSIDE)) change->did = true;
}
