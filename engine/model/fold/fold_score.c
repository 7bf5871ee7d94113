#include "base/err.h"
#include "model/fold/fold_private.h"

void fold_slot_live(struct fold *fold, uint32_t slot) {
  if (fold->slot_live[slot]) return;
  fold->slot_live[slot] = true;
  int d = fold->rules->slots[slot].dimension;
  fold->live_slots[(uint32_t)d * fold->rules->slot_count + fold->live_count[d]++] = slot;
}

enum extreme { EXTREME_NONE /* what it is, unknown rules left out */, EXTREME_LOW, EXTREME_HIGH };

static struct bounds with_zero(struct bounds b) {
  return (struct bounds){b.low < 0 ? b.low : 0, b.high > 0 ? b.high : 0};
}

/* What the slot's rule holds, before `counts_while`. */
static struct bounds slot_ledger(const struct fold *fold, uint32_t slot, int64_t from, int64_t to) {
  const struct rule *rule = &fold->rules->rules[fold->rules->slots[slot].rule];
  if (rule->kind == RULE_BEHAVIOUR)
    return account_bounds(&fold->accounts[slot], &fold->terms[slot], from, to);
  int64_t held = account_cap(&fold->terms[slot], fold->held[slot]);
  return (struct bounds){held, held};
}

struct bounds fold_slot_bounds(const struct fold *fold, uint32_t slot, int64_t from, int64_t to) {
  const struct rule *rule = &fold->rules->rules[fold->rules->slots[slot].rule];
  struct bounds b = slot_ledger(fold, slot, from, to);
  if (rule->points_fn != FN_NONE && fold->calls.stopped(fold->calls.context, rule->points_fn))
    return (struct bounds){0, 0};
  if (!rule->counts_while) return b;
  unsigned possible = fold_possible(fold, rule->counts_while, from, to);
  if (possible == 1u << TRUTH_YES) return b;
  return possible & 1u << TRUTH_YES ? with_zero(b) : (struct bounds){0, 0};
}

static int64_t clamp(int64_t n, int64_t min, int64_t max) {
  return n < min ? min : n > max ? max : n;
}

struct bounds fold_group_bounds(const struct fold *fold, int group, struct bounds sum) {
  const struct group *g = &fold->rules->groups[group];
  return (struct bounds){clamp(sum.low, g->min, g->max), clamp(sum.high, g->min, g->max)};
}

static bool group_caps(const struct fold *fold, const struct rule *rule, int dimension) {
  if (rule->group == NONE) return false;
  const struct group *group = &fold->rules->groups[rule->group];
  return group->dimension == dimension && (group->min != INT64_MIN || group->max != INT64_MAX);
}

/* The least or the most of it that pending answers can make. */
static struct bounds slot_extreme(const struct fold *fold, uint32_t slot, int64_t from, int64_t to,
                                  enum extreme extreme) {
  struct bounds b = fold_slot_bounds(fold, slot, from, to), maybe = fold->maybe[slot];
  const struct rule *rule = &fold->rules->rules[fold->rules->slots[slot].rule];
  if (extreme == EXTREME_NONE) return b;
  unsigned possible = rule->counts_while ? fold_possible(fold, rule->counts_while, from, to) : 0;
  if (possible & 1u << TRUTH_UNKNOWN) {
    struct bounds held = with_zero(slot_ledger(fold, slot, from, to));
    bool always = possible == 1u << TRUTH_UNKNOWN;
    if (extreme == EXTREME_LOW) b = (struct bounds){held.low, always ? held.low : held.high};
    if (extreme == EXTREME_HIGH) b = (struct bounds){always ? held.high : held.low, held.high};
  }
  int64_t more = extreme == EXTREME_LOW ? maybe.low : maybe.high;
  return (struct bounds){b.low + more, b.high + more};
}

static struct bounds sum_slots(const struct fold *fold, int dimension, int64_t from, int64_t to,
                               enum extreme extreme) {
  const struct ruleset *rules = fold->rules;
  const uint32_t *slots = &fold->live_slots[(uint32_t)dimension * rules->slot_count];
  struct bounds total = {0, 0};
  /* of its own for each dimension: `counts_while` may ask for another dimension's score meanwhile */
  struct bounds *sums = &fold->group_sums[(uint32_t)dimension * rules->group_count];
  memset(sums, 0, rules->group_count * sizeof *sums);
  for (uint32_t i = 0; i < fold->live_count[dimension]; i++) {
    const struct rule *rule = &rules->rules[rules->slots[slots[i]].rule];
    struct bounds b = slot_extreme(fold, slots[i], from, to, extreme);
    struct bounds *sum = group_caps(fold, rule, dimension) ? &sums[rule->group] : &total;
    sum->low += b.low;
    sum->high += b.high;
  }
  for (uint32_t g = 0; g < rules->group_count; g++) {
    struct bounds sum = sums[g];
    if (sum.low == 0 && sum.high == 0 && rules->groups[g].min <= 0 && rules->groups[g].max >= 0) continue;
    if (rules->groups[g].dimension != dimension) continue;
    struct bounds held = fold_group_bounds(fold, (int)g, sum);
    total.low += held.low;
    total.high += held.high;
  }
  return total;
}

/* A score at one instant is asked for many times while nothing changes. */
int64_t fold_unclamped_at(const struct fold *fold, int dimension, int64_t t) {
  struct score_memo *memo = &fold->memos[dimension];
  if (memo->at_ms != t || memo->version != fold->version)
    *memo = (struct score_memo){t, fold->version, sum_slots(fold, dimension, t, t, EXTREME_NONE).low};
  return memo->unclamped;
}

struct bounds fold_score_bounds(const struct fold *fold, int dimension, int64_t from, int64_t to,
                                bool clamped) {
  struct bounds b;
  if (from == to)
    b.low = b.high = fold_unclamped_at(fold, dimension, from);
  else
    b = sum_slots(fold, dimension, from, to, EXTREME_NONE);
  if (!clamped) return b;
  const struct dimension *d = &fold->rules->dimensions[dimension];
  return (struct bounds){clamp(b.low, d->min, d->max), clamp(b.high, d->min, d->max)};
}

int64_t fold_clamped(const struct fold *fold, int dimension, int64_t score) {
  const struct dimension *d = &fold->rules->dimensions[dimension];
  return clamp(score, d->min, d->max);
}

/* Of the least and of the most that pending answers can make of the score, each over the span. */
void fold_score_extremes(const struct fold *fold, int dimension, int64_t from, int64_t to,
                         struct bounds *least, struct bounds *most) {
  const struct dimension *d = &fold->rules->dimensions[dimension];
  if (fold->pending) {
    struct bounds low = sum_slots(fold, dimension, from, to, EXTREME_LOW);
    struct bounds high = sum_slots(fold, dimension, from, to, EXTREME_HIGH);
    *least = (struct bounds){clamp(low.low, d->min, d->max), clamp(low.high, d->min, d->max)};
    *most = (struct bounds){clamp(high.low, d->min, d->max), clamp(high.high, d->min, d->max)};
  } else
    *least = *most = fold_score_bounds(fold, dimension, from, to, true);
}

void fold_score_range(const struct fold *fold, int dimension, int64_t *low, int64_t *high) {
  struct bounds least, most;
  fold_score_extremes(fold, dimension, fold->now, fold->now, &least, &most);
  *low = least.low;
  *high = most.high;
}

static bool has_topic(const struct rule *rule, int topic) {
  for (uint32_t i = 0; i < rule->topic_count; i++)
    if (rule->topics[i] == topic) return true;
  return false;
}

struct bounds fold_interest_bounds(const struct fold *fold, int topic, int64_t from, int64_t to) {
  const struct ruleset *rules = fold->rules;
  struct bounds total = {0, 0};
  for (uint32_t d = 0; d < rules->dimension_count; d++)
    for (uint32_t i = 0; i < fold->live_count[d]; i++) {
      uint32_t slot = fold->live_slots[d * rules->slot_count + i];
      if (!has_topic(&rules->rules[rules->slots[slot].rule], topic)) continue;
      struct bounds b = fold_slot_bounds(fold, slot, from, to);
      total.low += b.low;
      total.high += b.high;
    }
  return total;
}

int fold_band_of(const struct dimension *dimension, int64_t score) {
  if (dimension->band_count == 0) return NONE;
  for (uint32_t i = 0; i < dimension->band_count; i++)
    if (score >= dimension->bands[i].from) return (int)i;
  return (int)dimension->band_count - 1;
}
