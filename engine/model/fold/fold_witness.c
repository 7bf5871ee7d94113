/* fold_witness.c - what the fold tells a witness that it would not find out for itself. */
#include "model/fold/fold_private.h"

#include <stdlib.h>

static uint8_t types_of(const struct fold *fold, const uint8_t *by_signal, const struct signal_set *set) {
  uint8_t types = 0;
  for (uint32_t i = 0; i < set->count; i++) {
    const struct signal *signal = &fold->rules->signals[set->ids[i]];
    types |= by_signal[set->ids[i]];
    if (signal->kind != SIGNAL_SEQUENCE) continue;
    const struct sequence *sequence = &fold->rules->sequences[signal->sequence];
    for (uint32_t s = 0; s < sequence->step_count; s++)
      types |= types_of(fold, by_signal, &sequence->steps[s].on);
  }
  return types;
}

void fold_watch(struct fold *fold, const struct witness *witness) {
  const struct ruleset *rules = fold->rules;
  fold->witness = witness;
  if (!witness || fold->heard_types) return;
  uint8_t *by_signal = xcalloc(rules->signal_count + 1, sizeof *by_signal);
  for (uint32_t i = 0; i < rules->atom_count; i++) by_signal[rules->atoms[i].signal] |= rules->atoms[i].types;
  fold->heard_types = xcalloc(rules->behaviour_count + 1, sizeof *fold->heard_types);
  for (uint32_t r = 0; r < rules->behaviour_count; r++)
    fold->heard_types[r] = types_of(fold, by_signal, &rules->rules[r].on);
  free(by_signal);
}

static bool is_raised(const struct fold *fold, const struct signal_set *set) {
  for (uint32_t i = 0; i < set->count; i++)
    if (fold->raised.bits[set->ids[i] / 64] >> (set->ids[i] % 64) & 1) return true;
  return false;
}

void fold_tell_missed(const struct fold *fold) {
  if (!fold->witness) return;
  for (uint32_t r = 0; r < fold->rules->behaviour_count; r++)
    if (fold->heard_types[r] >> fold->touch->type & 1 && !is_raised(fold, &fold->rules->rules[r].on))
      fold_tell(fold, SAW_MISSED, r, 0);
}

static bool is_yes(unsigned possible) {
  return possible == 1u << TRUTH_YES;
}

/* A move that everything else would let happen waits, or is refused by these gates. */
void fold_tell_held_back(const struct fold *fold, int lifecycle, uint32_t m) {
  const struct lifecycle *l = &fold->rules->lifecycles[lifecycle];
  const struct move *move = &l->moves[m];
  int64_t fired = fold->stages[lifecycle].fired_ms[m];
  if (!fold->witness || fold_ignored(fold)) return;
  if (!is_yes(fold_possible(fold, move->when, fold->now, fold->now))) return;
  if (l->who && !is_yes(fold_possible(fold, l->who, fold->now, fold->now))) return;
  bool refused = false;
  for (uint32_t g = 0; g < l->gate_count; g++) {
    if (!(l->gates[g].into >> move->to & 1)) continue;
    if (is_yes(fold_possible(fold, l->gates[g].need, fold->now, fold->now))) continue;
    fold_tell(fold, SAW_REFUSED, (uint32_t)lifecycle, g);
    refused = true;
  }
  if (!refused && move->again_ms && fired != TIME_MIN) fold_tell(fold, SAW_WAITED, (uint32_t)lifecycle, m);
}

void fold_tell_moved(const struct fold *fold, int lifecycle, uint32_t m) {
  const struct lifecycle *l = &fold->rules->lifecycles[lifecycle];
  if (!fold->witness) return;
  fold_tell(fold, SAW_MOVED, (uint32_t)lifecycle, m);
  for (uint32_t g = 0; g < l->gate_count; g++)
    if (l->gates[g].into >> l->moves[m].to & 1) fold_tell(fold, SAW_PASSED, (uint32_t)lifecycle, g);
}
