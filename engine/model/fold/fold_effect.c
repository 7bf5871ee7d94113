#include "base/err.h"
#include "model/fold/fold_private.h"

void fold_await_effects(struct fold *fold, uint64_t after_record) {
  fold->await_after = after_record;
}

const struct fold_met *fold_effects_met(const struct fold *fold, uint32_t *count) {
  *count = fold->met_count;
  return fold->met;
}

static bool is_awaited(const struct fold *fold) {
  const struct touch *touch = fold->touch;
  if (!touch || fold->rules->effect_count == 0 || fold->await_after == FOLD_AWAIT_NONE) return false;
  if (touch->flags & (TOUCH_HISTORY | TOUCH_OUTSIDE)) return false;
  return fold->await_after == FOLD_AWAIT_ALL || touch->record > fold->await_after;
}

static bool waits_for_raised(const struct fold *fold, const struct effect *effect) {
  for (uint32_t i = 0; i < effect->signal_count; i++)
    if (fold->raised.bits[effect->signals[i] / 64] >> (effect->signals[i] % 64) & 1) return true;
  return false;
}

void fold_raise_effects(struct fold *fold) {
  if (!is_awaited(fold)) return;
  for (uint32_t i = 0; i < fold->rules->effect_count; i++) {
    if (!waits_for_raised(fold, &fold->rules->effects[i])) continue;
    fold->effects_raised[i] = fold->any_effect_raised = true;
  }
}

static void remember(struct fold *fold, uint32_t effect) {
  if (fold->met_count == fold->met_cap) {
    fold->met_cap = fold->met_cap ? fold->met_cap * 2 : 8;
    fold->met = xrealloc(fold->met, fold->met_cap * sizeof *fold->met);
  }
  fold->met[fold->met_count++] = (struct fold_met){effect, fold->touch};
}

void fold_judge_effects(struct fold *fold) {
  if (!fold->any_effect_raised) return;
  for (uint32_t i = 0; i < fold->rules->effect_count; i++) {
    const struct cond *when = fold->rules->effects[i].when;
    if (!fold->effects_raised[i]) continue;
    fold->effects_raised[i] = false;
    fold->judging = true; /* functions are asked anew, and see the event */
    if (!when || fold_test(fold, when) == TRUTH_YES) remember(fold, i);
    fold->judging = false;
  }
  fold->any_effect_raised = false;
}
