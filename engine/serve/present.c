#include "serve/present.h"

void present_init(struct present *present, int64_t last_ms) {
  *present = (struct present){.now_ms = last_ms, .behind_since_ms = TIME_NEVER};
}

static void go_ahead(struct present *present, int64_t wall_ms, int64_t monotonic_ms) {
  int64_t passed_ms = present->looked_ms ? monotonic_ms - present->looked_ms : 0;
  bool known = present->now_ms != TIME_MIN;
  if (known && wall_ms - present->now_ms - passed_ms >= PRESENT_LEAP_MS)
    present->sure_ms = monotonic_ms + PRESENT_SURE_MS;
  present->now_ms = wall_ms;
  present->behind_since_ms = TIME_NEVER;
}

static enum present_turn stand_still(struct present *present, int64_t wall_ms, int64_t monotonic_ms) {
  if (present->now_ms - wall_ms <= PRESENT_HOLD_MS) {
    present->behind_since_ms = TIME_NEVER;
    return PRESENT_GOES_ON;
  }
  if (present->behind_since_ms == TIME_NEVER) {
    present->behind_since_ms = monotonic_ms;
    return PRESENT_IN_DOUBT;
  }
  if (monotonic_ms - present->behind_since_ms < PRESENT_DOUBT_MS) return PRESENT_GOES_ON;
  present->now_ms = wall_ms;
  present->behind_since_ms = TIME_NEVER;
  return PRESENT_WENT_BACK;
}

enum present_turn present_look(struct present *present, int64_t wall_ms, int64_t monotonic_ms) {
  enum present_turn turn = PRESENT_GOES_ON;
  if (wall_ms >= present->now_ms)
    go_ahead(present, wall_ms, monotonic_ms);
  else
    turn = stand_still(present, wall_ms, monotonic_ms);
  present->looked_ms = monotonic_ms;
  return turn;
}

bool present_is_sure(const struct present *present) {
  return present->behind_since_ms == TIME_NEVER && present->looked_ms >= present->sure_ms;
}
