#include "core/engine/tally.h"

#include "base/err.h"
#include "base/map.h"

struct tally {
  uint32_t *first; /* per signal: where its rules begin in `waiting`; one more at the end */
  uint32_t *waiting;
  uint64_t *counts;  /* per behaviour rule */
  uint64_t *counted; /* per behaviour rule: the touch that counted last */
  uint64_t touches;
};

static void count_waiting(struct tally *tally, const struct ruleset *rules) {
  for (uint32_t r = 0; r < rules->behaviour_count; r++)
    for (uint32_t i = 0; i < rules->rules[r].on.count; i++) tally->first[rules->rules[r].on.ids[i] + 1]++;
  for (uint32_t s = 0; s < rules->signal_count; s++) tally->first[s + 1] += tally->first[s];
}

struct tally *tally_new(const struct ruleset *rules) {
  struct tally *tally = xcalloc(1, sizeof *tally);
  tally->first = xcalloc(rules->signal_count + 1, sizeof *tally->first);
  tally->counts = xcalloc(rules->behaviour_count + 1, sizeof *tally->counts);
  tally->counted = xcalloc(rules->behaviour_count + 1, sizeof *tally->counted);
  count_waiting(tally, rules);
  tally->waiting = xcalloc(tally->first[rules->signal_count] + 1, sizeof *tally->waiting);
  uint32_t *next = xcalloc(rules->signal_count + 1, sizeof *next);
  memcpy(next, tally->first, rules->signal_count * sizeof *next);
  for (uint32_t r = 0; r < rules->behaviour_count; r++)
    for (uint32_t i = 0; i < rules->rules[r].on.count; i++)
      tally->waiting[next[rules->rules[r].on.ids[i]]++] = r;
  free(next);
  return tally;
}

void tally_free(struct tally *tally) {
  if (!tally) return;
  free(tally->first);
  free(tally->waiting);
  free(tally->counts);
  free(tally->counted);
  free(tally);
}

void tally_add(struct tally *tally, const struct touch *touch) {
  const uint16_t *hits = touch_hits(touch);
  tally->touches++;
  for (uint32_t i = 0; i < touch->hit_count; i++) {
    for (uint32_t k = tally->first[hits[i]]; k < tally->first[hits[i] + 1]; k++) {
      uint32_t rule = tally->waiting[k];
      if (tally->counted[rule] == tally->touches) continue;
      tally->counted[rule] = tally->touches;
      tally->counts[rule]++;
    }
  }
}

void tally_inherit(struct tally *tally, const struct ruleset *rules, const struct tally *older,
                   const struct ruleset *older_rules) {
  struct map numbers;
  map_init(&numbers);
  for (uint32_t i = 0; i < older_rules->behaviour_count; i++)
    map_intern(&numbers, str_of(older_rules->rules[i].id));
  for (uint32_t i = 0; i < rules->behaviour_count; i++) {
    uint32_t number = map_get(&numbers, str_of(rules->rules[i].id));
    if (number == MAP_NONE) continue;
    const struct signal_set *on = &rules->rules[i].on, *was = &older_rules->rules[number].on;
    if (on->count == was->count && memcmp(on->ids, was->ids, on->count * sizeof *on->ids) == 0)
      tally->counts[i] = older->counts[number];
  }
  map_release(&numbers);
}

uint64_t tally_of(const struct tally *tally, uint32_t rule) {
  return tally->counts[rule];
}

bool tally_counts(const struct ruleset *rules, uint32_t rule) {
  const struct signal_set *on = &rules->rules[rule].on;
  for (uint32_t i = 0; i < on->count; i++) {
    enum signal_kind kind = rules->signals[on->ids[i]].kind;
    if (kind == SIGNAL_EVENT || kind == SIGNAL_VISIT) return true;
  }
  return false;
}
