#include "model/fold/sequence.h"
#include "base/err.h"

static bool raised_any(const struct raised *raised, struct signal_set set, uint64_t *capture) {
  for (uint32_t i = 0; i < set.count; i++) {
    uint16_t id = set.ids[i];
    if (!(raised->bits[id / 64] >> (id % 64) & 1)) continue;
    if (capture) *capture = raised->captures[id];
    return true;
  }
  return false;
}

static void reset_match(struct match *match, const struct sequence *sequence) {
  match->deadline_ms = TIME_NEVER;
  for (uint32_t k = 0; k < sequence->step_count; k++) match->starts[k] = TIME_MIN;
}

/* The slot at the end of the list, recycled or new, for `value`. */
static struct match *add_match(struct sequence_state *state, const struct sequence *sequence,
                               uint64_t value) {
  if (state->count == KEEP_NEWEST) {
    struct match oldest = state->matches[0];
    memmove(&state->matches[0], &state->matches[1], (KEEP_NEWEST - 1) * sizeof oldest);
    state->matches[KEEP_NEWEST - 1] = oldest;
  } else {
    if (state->count == state->cap) {
      uint32_t cap = state->cap ? state->cap * 2 : 1;
      state->matches = xrealloc(state->matches, cap * sizeof *state->matches);
      for (uint32_t i = state->cap; i < cap; i++)
        state->matches[i].starts = xmalloc(sequence->step_count * sizeof(int64_t));
      state->cap = cap;
    }
    state->count++;
  }
  struct match *match = &state->matches[state->count - 1];
  match->value = value;
  reset_match(match, sequence);
  return match;
}

static struct match *find_match(struct sequence_state *state, uint64_t value) {
  for (uint32_t i = state->count; i-- > 0;) {
    if (state->matches[i].value != value) continue;
    struct match found = state->matches[i]; /* most recently touched goes last */
    memmove(&state->matches[i], &state->matches[i + 1], (state->count - 1 - i) * sizeof found);
    state->matches[state->count - 1] = found;
    return &state->matches[state->count - 1];
  }
  return NULL;
}

static bool in_time(const struct sequence *sequence, int64_t start, int64_t t) {
  return start != TIME_MIN && (sequence->within_ms == 0 || t - start < sequence->within_ms);
}

/* Takes the match one event further; true when it is complete. Later steps first, so that one event is one step; a
 * `no` kills what stood before the event, never what the event itself begins. */
static bool advance(struct match *match, const struct sequence *sequence, const struct raised *raised,
                    int64_t t) {
  uint32_t last = sequence->step_count - 1;
  for (uint32_t k = sequence->step_count; k-- > 0;) {
    const struct sequence_step *step = &sequence->steps[k];
    if (raised_any(raised, step->unless, NULL)) {
      if (k == last)
        match->deadline_ms = TIME_NEVER;
      else
        match->starts[k] = TIME_MIN;
    }
    if (!raised_any(raised, step->on, NULL)) continue;
    int64_t start = k == 0 ? t : match->starts[k - 1];
    if (!in_time(sequence, start, t)) continue;
    if (k < last) {
      if (start > match->starts[k]) match->starts[k] = start;
    } else if (step->unless.count == 0) {
      return true;
    } else if (match->deadline_ms == TIME_NEVER) {
      match->deadline_ms = start + sequence->within_ms;
    }
  }
  return false;
}

/* Whether any step or `no` of the sequence was raised, and under which value of `same`. */
static bool concerns(const struct sequence *sequence, const struct raised *raised, uint64_t *value) {
  for (uint32_t k = 0; k < sequence->step_count; k++)
    if (raised_any(raised, sequence->steps[k].on, value) ||
        raised_any(raised, sequence->steps[k].unless, value))
      return true;
  return false;
}

bool sequence_step(struct sequence_state *state, const struct sequence *sequence, const struct raised *raised,
                   int64_t t) {
  uint64_t value = 0;
  if (!concerns(sequence, raised, &value)) return false;
  if (!sequence->same)
    value = 0;
  else if (value == 0)
    return false; /* the event lacks the field */
  struct match *match = find_match(state, value);
  if (!match) {
    if (!raised_any(raised, sequence->steps[0].on, NULL)) return false;
    match = add_match(state, sequence, value);
  }
  bool complete = advance(match, sequence, raised, t);
  if (complete) reset_match(match, sequence);
  return complete;
}

int64_t sequence_deadline(const struct sequence_state *state) {
  int64_t earliest = TIME_NEVER;
  for (uint32_t i = 0; i < state->count; i++)
    if (state->matches[i].deadline_ms < earliest) earliest = state->matches[i].deadline_ms;
  return earliest;
}

bool sequence_take_due(struct sequence_state *state, const struct sequence *sequence, int64_t t) {
  for (uint32_t i = 0; i < state->count; i++)
    if (state->matches[i].deadline_ms <= t) {
      reset_match(&state->matches[i], sequence);
      return true;
    }
  return false;
}

void sequence_clear(struct sequence_state *state) {
  state->count = 0;
}

void sequence_release(struct sequence_state *state) {
  for (uint32_t i = 0; i < state->cap; i++) free(state->matches[i].starts);
  free(state->matches);
  memset(state, 0, sizeof *state);
}
