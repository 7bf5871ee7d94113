/* signals.c - the signals of a ruleset: equal selectors share one. */
#include "notation/compile_private.h"

#include <stdlib.h>

int signals_find(const struct compile *c, struct str key) {
  uint32_t id = map_get(&c->signal_keys, key);
  return id == MAP_NONE ? NONE : (int)id;
}

int signals_add(struct compile *c, struct str key, struct signal signal, struct place place) {
  struct ruleset *out = c->out;
  if (out->signal_count >= RULESET_MAX_SIGNALS) {
    FAULT(c, "too_many", place, NULL, "more than %d different event selectors", (int)RULESET_MAX_SIGNALS);
    return NONE;
  }
  uint32_t id = out->signal_count;
  out->signals = read_grow(c->arena, out->signals, id, sizeof *out->signals);
  out->signals[id] = signal;
  out->signal_count++;
  map_set(&c->signal_keys, key, id);
  return (int)id;
}

static int compare(const void *a, const void *b) {
  return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

struct signal_set signals_set(struct compile *c, uint16_t *ids, uint32_t count) {
  if (count == 0) return (struct signal_set){0};
  qsort(ids, count, sizeof *ids, compare);
  uint16_t *kept = arena_alloc(c->arena, count * sizeof *kept);
  uint32_t kept_count = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (i == 0 || ids[i] != ids[i - 1]) kept[kept_count++] = ids[i];
  }
  return (struct signal_set){.ids = kept, .count = kept_count};
}

/* An event's bytes are kept where a function that runs in the fold may ask for them: on what triggers the rule, or
 * completes the sequence that does. */
static void keep_set(struct compile *c, const struct signal_set *set) {
  for (uint32_t i = 0; i < set->count; i++) {
    struct signal *signal = &c->out->signals[set->ids[i]];
    if (signal->kind == SIGNAL_EVENT || signal->kind == SIGNAL_VISIT) signal->keep_raw = true;
    if (signal->kind != SIGNAL_SEQUENCE) continue;
    const struct sequence *sequence = &c->out->sequences[signal->sequence];
    const struct sequence_step *last = &sequence->steps[sequence->step_count - 1];
    if (last->unless.count == 0) keep_set(c, &last->on);
  }
}

static bool calls_function(const struct cond *cond) {
  if (!cond) return false;
  if (cond->op == COND_FUNCTION) return true;
  for (uint32_t i = 0; cond_has_kids(cond) && i < cond->len; i++) {
    if (calls_function(cond->kids[i])) return true;
  }
  return false;
}

void signals_keep_raw(struct compile *c) {
  for (uint32_t i = 0; i < c->out->behaviour_count; i++) {
    const struct rule *rule = &c->out->rules[i];
    bool in_fold = rule->points_fn != FN_NONE && rule->points_need_lead;
    if (in_fold || calls_function(rule->when)) keep_set(c, &rule->on);
  }
  for (uint32_t i = 0; i < c->out->effect_count; i++) {
    const struct effect *effect = &c->out->effects[i];
    const struct signal_set on = {effect->signals, effect->signal_count};
    if (effect->data_fn != FN_NONE || calls_function(effect->when)) keep_set(c, &on);
  }
}
