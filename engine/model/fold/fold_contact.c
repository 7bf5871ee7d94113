#include "model/fold/fold_private.h"

const struct contact_block *fold_contact_block(const struct fold *fold) {
  for (uint32_t i = 0; i < fold->rules->contact_count; i++)
    if (fold_test(fold, fold->rules->contact[i].when) != TRUTH_NO) return &fold->rules->contact[i];
  return NULL;
}

bool fold_contactable(const struct fold *fold) {
  return fold_contact_block(fold) == NULL;
}

const struct touch_act *fold_verdict(const struct fold *fold, int lifecycle) {
  return fold->stages[lifecycle].verdict;
}

bool fold_verdict_stands(const struct fold *fold) {
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++) {
    const struct touch_act *verdict = fold->stages[l].verdict;
    if (verdict && verdict->until_ms > fold->now) return true;
  }
  return false;
}
