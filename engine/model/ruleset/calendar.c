#include "model/ruleset/calendar.h"

#include "base/timefmt.h"

enum { MONDAY = 4 /* 1970-01-05 was a Monday */ };

static int weekday(int64_t day) {
  int64_t since = (day - MONDAY) % 7;
  return (int)(since < 0 ? since + 7 : since);
}

static bool has_day(const struct calendar *calendar, int64_t day) {
  uint32_t low = 0, high = calendar->holiday_count;
  while (low < high) {
    uint32_t mid = low + (high - low) / 2;
    if (calendar->holidays[mid] < day)
      low = mid + 1;
    else
      high = mid;
  }
  return low < calendar->holiday_count && calendar->holidays[low] == day;
}

bool calendar_is_holiday(const struct calendar *calendar, int64_t day) {
  char date[TIME_TEXT_MAX];
  if (has_day(calendar, day)) return true;
  if (calendar->yearly_count == 0) return false;
  time_date(day * TIME_MS_PER_DAY, date);
  const char *month = date + strlen(date) - 5; /* "07-31" */
  int key = ((month[0] - '0') * 10 + month[1] - '0') * 32 + (month[3] - '0') * 10 + month[4] - '0';
  for (uint32_t i = 0; i < calendar->yearly_count; i++)
    if (calendar->yearly[i] == key) return true;
  return false;
}

/* --- going through what is open ------------------------------------------------------------------------------------ */

struct walk {
  const struct calendar *calendar;
  int64_t day, last_day;
  uint32_t next;    /* span of that day */
  int64_t at_ms;    /* nothing before it is of interest, or it was had already */
  int64_t from, to; /* what was found */
};

static void begin(struct walk *walk, const struct calendar *calendar, int64_t from_ms) {
  int64_t day, unused;
  zone_local(calendar->zone, from_ms, &day, &unused);
  /* The evening before may go on. A change of clocks may take the local day back as well: hence two. */
  *walk = (struct walk){
      .calendar = calendar, .day = day - 2, .last_day = day + CALENDAR_LOOK_DAYS, .at_ms = from_ms};
}

static int64_t instant_of(const struct walk *walk, int minute) {
  return zone_instant(walk->calendar->zone, walk->day, minute * TIME_MS_PER_MINUTE);
}

/* The next stretch of open time; false: there is none in sight. */
static bool next(struct walk *walk) {
  for (; walk->day <= walk->last_day; walk->day++, walk->next = 0) {
    const struct calendar_day *day = &walk->calendar->week[weekday(walk->day)];
    if (walk->next == 0 && day->count && calendar_is_holiday(walk->calendar, walk->day)) continue;
    while (walk->next < day->count) {
      const struct calendar_span *span = &day->spans[walk->next++];
      walk->to = instant_of(walk, span->end_min);
      if (walk->to <= walk->at_ms) continue;
      walk->from = instant_of(walk, span->start_min);
      if (walk->from < walk->at_ms) walk->from = walk->at_ms;
      if (walk->from >= walk->to) continue; /* clocks were set forward over all of it */
      walk->at_ms = walk->to;
      return true;
    }
  }
  return false;
}

int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, int64_t span_ms) {
  struct walk walk;
  if (!calendar) return from_ms + span_ms;
  begin(&walk, calendar, from_ms);
  while (next(&walk)) {
    int64_t open_ms = walk.to - walk.from;
    if (span_ms <= open_ms) return walk.from + span_ms;
    span_ms -= open_ms;
  }
  return TIME_NEVER;
}

int64_t calendar_between(const struct calendar *calendar, int64_t from_ms, int64_t to_ms) {
  struct walk walk;
  int64_t sum = 0;
  if (to_ms <= from_ms) return 0;
  if (!calendar) return to_ms - from_ms;
  begin(&walk, calendar, from_ms);
  while (next(&walk) && walk.from < to_ms) sum += (walk.to < to_ms ? walk.to : to_ms) - walk.from;
  return sum;
}

bool calendar_is_open(const struct calendar *calendar, int64_t at_ms) {
  struct walk walk;
  if (!calendar) return true;
  begin(&walk, calendar, at_ms);
  return next(&walk) && walk.from <= at_ms;
}
