/* calendar.h - working hours: on which days of the week, from when to when, in which time zone, holidays left out.
 *
 * Business time is what passes while the calendar is open. A span opens when the zone's clock first shows its start (or would
 * have, had clocks not been set forward over it) and closes likewise, so the night of a change of clocks is as long as it
 * is. A span that ends after midnight belongs to the day on which it starts. A holiday has no spans of its own; what was
 * opened the evening before goes on.
 *
 * Pure. Instants and spans are milliseconds.
 */
#ifndef EMBUDO_MODEL_CALENDAR_H
#define EMBUDO_MODEL_CALENDAR_H

#include "base/zone.h"
#include "model/ruleset/ruleset.h"

enum {
  CALENDAR_SPANS_MAX = 12, /* of one weekday */
  CALENDAR_HOLIDAYS_MAX = 10000,
  CALENDAR_LOOK_DAYS = 366 * 20 /* how far ahead an end is looked for */
};

struct calendar_span { /* minutes since midnight; end > start, at most a day later */
  int start_min, end_min;
};

struct calendar_day {
  struct calendar_span spans[CALENDAR_SPANS_MAX]; /* by start, apart from one another */
  uint32_t count;
};

struct calendar {
  const char *name, *doc;
  struct place place;
  const char *zone_name;
  const struct zone *zone;     /* the ruleset's */
  struct calendar_day week[7]; /* from Monday */
  const int64_t *holidays;     /* days since 1970-01-01, rising */
  uint32_t holiday_count;
  const uint16_t *yearly; /* month * 32 + day, rising */
  uint32_t yearly_count;
};

/* The instant at which `span_ms` of business time have passed since `from_ms`; span 0: the first instant, not before from_ms, at
 * which it is open. TIME_NEVER when that is more than CALENDAR_LOOK_DAYS away. NULL calendar: always open. */
int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, int64_t span_ms);

/* The business time in [from_ms, to_ms); 0 unless to_ms is later. At most CALENDAR_LOOK_DAYS are looked at. */
int64_t calendar_between(const struct calendar *calendar, int64_t from_ms, int64_t to_ms);

bool calendar_is_open(const struct calendar *calendar, int64_t at_ms);
bool calendar_is_holiday(const struct calendar *calendar, int64_t day);

#endif
