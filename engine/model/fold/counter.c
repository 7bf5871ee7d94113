#include "model/fold/counter.h"
#include "base/err.h"

static uint32_t room_for(const struct counter *counter) {
  if (counter->distinct || counter->times > KEEP_NEWEST) return KEEP_NEWEST;
  return counter->times;
}

static void drop(struct counter_state *state, uint32_t index) {
  state->count--;
  memmove(&state->newest[index], &state->newest[index + 1], (state->count - index) * sizeof *state->newest);
}

static void append(struct counter_state *state, uint32_t room, struct sighting sighting) {
  if (state->count == room) drop(state, 0);
  if (state->count == state->cap) {
    state->cap = state->cap ? state->cap * 2 : 4;
    state->newest = xrealloc(state->newest, state->cap * sizeof *state->newest);
  }
  state->newest[state->count++] = sighting;
}

void counter_see(struct counter_state *state, const struct counter *counter, int64_t t, uint64_t value) {
  if (counter->distinct) {
    if (value == 0) return;
    for (uint32_t i = state->count; i-- > 0;)
      if (state->newest[i].value == value) {
        drop(state, i);
        break;
      }
  }
  state->total++;
  append(state, room_for(counter), (struct sighting){value, t});
}

void counter_clear(struct counter_state *state) {
  state->total = 0;
  state->count = 0;
}

void counter_release(struct counter_state *state) {
  free(state->newest);
  memset(state, 0, sizeof *state);
}

int64_t counter_holds_until(const struct counter_state *state, const struct counter *counter) {
  if (counter->times == 0) return TIME_NEVER;
  if (state->count < counter->times) return TIME_MIN;
  if (counter->within_ms == 0) return TIME_NEVER;
  return state->newest[state->count - counter->times].last_ms + counter->within_ms;
}

uint32_t counter_within(const struct counter_state *state, int64_t t, int64_t span_ms) {
  if (span_ms == 0) return (uint32_t)(state->total < UINT32_MAX ? state->total : UINT32_MAX);
  uint32_t n = 0;
  while (n < state->count && state->newest[state->count - 1 - n].last_ms > t - span_ms) n++;
  return n;
}

int64_t counter_within_until(const struct counter_state *state, int64_t t, int64_t span_ms) {
  uint32_t n = span_ms ? counter_within(state, t, span_ms) : 0;
  return n ? state->newest[state->count - n].last_ms + span_ms : TIME_NEVER;
}
