/* present.h - which instant counts as now: the wall clock, which people and machines set.
 *
 *   A little back (up to PRESENT_HOLD_MS): time stands still until the clock is there again. Nothing is due twice.
 *   Far back: the same at first, as a machine that starts without a clock of its own finds the time a moment later. When it has
 *   stayed so for PRESENT_DOUBT_MS, the clock was wrong before and is right now: time goes back once, and who asked has
 *   everybody folded again, for all deadlines were worked out from the wrong instant.
 *   Ahead: at once; nobody can tell a clock set wrongly from a machine that slept. What cannot be undone should wait, after a
 *   leap of PRESENT_LEAP_MS or more, until the clock has stayed there for PRESENT_SURE_MS.
 *
 * Pure: both clocks are arguments, the monotonic one for how long something lasts. */
#ifndef EMBUDO_SERVE_PRESENT_H
#define EMBUDO_SERVE_PRESENT_H

#include "base/timefmt.h"
#include <stdbool.h>

#define PRESENT_HOLD_MS  TIME_MS_PER_HOUR
#define PRESENT_DOUBT_MS TIME_MS_PER_MINUTE
#define PRESENT_LEAP_MS  TIME_MS_PER_DAY
#define PRESENT_SURE_MS  TIME_MS_PER_DAY

struct present {
  int64_t now_ms;          /* the answer; TIME_MIN: nobody has looked yet */
  int64_t looked_ms;       /* monotonic: when it was asked last */
  int64_t behind_since_ms; /* monotonic: since when the clock is far behind; TIME_NEVER: it is not */
  int64_t sure_ms;         /* monotonic: from when on the clock is believed */
};

enum present_turn {
  PRESENT_GOES_ON,
  PRESENT_IN_DOUBT, /* the clock is far behind since now; ask again after PRESENT_DOUBT_MS */
  PRESENT_WENT_BACK /* by how much is the difference of now_ms before and after */
};

/* `last_ms`: the newest instant that was recorded; TIME_MIN: none. */
void present_init(struct present *present, int64_t last_ms);

enum present_turn present_look(struct present *present, int64_t wall_ms, int64_t monotonic_ms);

/* As of the last look: whether things may be done that a wrong clock would make a disaster of. */
bool present_is_sure(const struct present *present);

#endif
