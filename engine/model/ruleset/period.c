#include "model/ruleset/period.h"

#include "base/timefmt.h"
#include "base/zone.h"

const char *period_word(enum promise_period per) {
  static const char *const words[] = {"day", "week", "month", "quarter"};
  return words[per];
}

static int64_t local_day(const struct zone *zone, int64_t at_ms) {
  int64_t day, unused;
  if (!zone) return time_day(at_ms);
  zone_local(zone, at_ms, &day, &unused);
  return day;
}

static int64_t midnight(const struct zone *zone, int64_t day) {
  return zone ? zone_instant(zone, day, 0) : day * TIME_MS_PER_DAY;
}

/* The first day of a month; months count on beyond December. */
static int64_t first_day(int year, int month) {
  char text[TIME_TEXT_MAX];
  int64_t ms = 0;
  snprintf(text, sizeof text, "%04d-%02d-01", (year + (month - 1) / 12) % 10000, (month - 1) % 12 + 1);
  time_parse(str_of(text), &ms);
  return time_day(ms);
}

void period_of(const struct zone *zone, enum promise_period per, int64_t at_ms, int64_t *from_ms,
               int64_t *to_ms) {
  int64_t day = local_day(zone, at_ms), first = day, next = day + 1;
  char date[TIME_TEXT_MAX];
  if (per == PER_WEEK) {
    first = day - ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    next = first + 7;
  } else if (per != PER_DAY) {
    time_date(day * TIME_MS_PER_DAY, date);
    int year = (int)strtol(date, NULL, 10), month = (int)strtol(date + 5, NULL, 10);
    int length = per == PER_MONTH ? 1 : 3;
    month -= (month - 1) % length;
    first = first_day(year, month);
    next = first_day(year, month + length);
  }
  *from_ms = midnight(zone, first);
  *to_ms = midnight(zone, next);
}
