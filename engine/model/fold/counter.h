/* counter.h - how often something was seen by one lead: the state behind `seen` and lead.count.
 *
 * Sightings come in order of time. Kept are the newest `times` of them (at most KEEP_NEWEST), for distinct counters the newest
 * KEEP_NEWEST values with the time each was last seen, and the total.
 */
#ifndef EMBUDO_MODEL_COUNTER_H
#define EMBUDO_MODEL_COUNTER_H

#include "model/ruleset/ruleset.h"

struct sighting {
  uint64_t value; /* distinct counters: hash of the captured field */
  int64_t last_ms;
};

struct counter_state {
  uint64_t total;
  struct sighting *newest; /* oldest first; memory stays for the next lead */
  uint32_t count, cap;
};

/* `value` 0: the event lacks the field; a distinct counter does not count it. */
void counter_see(struct counter_state *state, const struct counter *counter, int64_t t, uint64_t value);
void counter_clear(struct counter_state *state);
void counter_release(struct counter_state *state);

/* `seen` holds at t exactly when t < this: TIME_MIN when too few were seen, TIME_NEVER when it holds for good. */
int64_t counter_holds_until(const struct counter_state *state, const struct counter *counter);

/* Sightings in (t - span, t]; span 0: all. Beyond KEEP_NEWEST in a span, KEEP_NEWEST. */
uint32_t counter_within(const struct counter_state *state, int64_t t, int64_t span_ms);

/* When the oldest of them leaves the span; TIME_NEVER: there is none, or span 0. */
int64_t counter_within_until(const struct counter_state *state, int64_t t, int64_t span_ms);

#endif
