#include "base/timefmt.h"

#include <inttypes.h>

/* --- the calendar --- */

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. Years are counted from March, so that
 * the leap day is a year's last; an era is 400 years, after which the calendar repeats. */
static int64_t days_from_date(int64_t year, unsigned month, unsigned day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  unsigned year_of_era = (unsigned)(year - era * 400);
  unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct date {
  int64_t year;
  unsigned month, day;
};

static struct date date_from_days(int64_t days) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  unsigned day_of_era = (unsigned)(days - era * 146097);
  unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  unsigned month = (5 * day_of_year + 2) / 153; /* 0 is March */
  struct date date = {.day = day_of_year - (153 * month + 2) / 5 + 1,
                      .month = month < 10 ? month + 3 : month - 9};
  date.year = year_of_era + era * 400 + (date.month <= 2);
  return date;
}

static unsigned days_in_month(unsigned year, unsigned month) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

int64_t time_day(int64_t ms) {
  return ms / TIME_MS_PER_DAY - (ms % TIME_MS_PER_DAY < 0);
}

/* --- reading instants --- */

/* What is left to read. */
struct cursor {
  const char *p, *end;
};

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool take_char(struct cursor *in, char c) {
  if (in->p == in->end || *in->p != c) return false;
  in->p++;
  return true;
}

/* Two digits, at most `max`. */
static bool take_pair(struct cursor *in, unsigned max, unsigned *out) {
  if (in->end - in->p < 2 || !is_digit(in->p[0]) || !is_digit(in->p[1])) return false;
  *out = (unsigned)(in->p[0] - '0') * 10 + (unsigned)(in->p[1] - '0');
  in->p += 2;
  return *out <= max;
}

static bool take_date(struct cursor *in, int64_t *days) {
  unsigned century, rest, month, day;
  if (!take_pair(in, 99, &century) || !take_pair(in, 99, &rest) || !take_char(in, '-')) return false;
  unsigned year = century * 100 + rest;
  if (!take_pair(in, 12, &month) || !take_char(in, '-') || !take_pair(in, 31, &day)) return false;
  if (year == 0 || month == 0 || day == 0 || day > days_in_month(year, month)) return false;
  *days = days_from_date(year, month, day);
  return true;
}

/* ".123456" to milliseconds, cut; absent is 0. */
static bool take_fraction(struct cursor *in, unsigned *ms) {
  *ms = 0;
  if (!take_char(in, '.')) return true;
  const char *first = in->p;
  unsigned weight = 100;
  for (; in->p < in->end && is_digit(*in->p); in->p++, weight /= 10) *ms += (unsigned)(*in->p - '0') * weight;
  return in->p > first;
}

static bool take_clock(struct cursor *in, int64_t *ms) {
  unsigned hour, minute, second = 0, fraction = 0;
  if (!take_pair(in, 23, &hour) || !take_char(in, ':') || !take_pair(in, 59, &minute)) return false;
  if (take_char(in, ':') && !(take_pair(in, 60, &second) && take_fraction(in, &fraction))) return false;
  *ms = (int64_t)(hour * 3600 + minute * 60 + second) * 1000 + fraction;
  return true;
}

static bool take_zone(struct cursor *in, int64_t *offset_ms) {
  unsigned hour, minute;
  *offset_ms = 0;
  if (in->p == in->end || take_char(in, 'Z') || take_char(in, 'z')) return true;
  bool west = take_char(in, '-');
  if (!west && !take_char(in, '+')) return false;
  if (!take_pair(in, 23, &hour)) return false;
  take_char(in, ':');
  if (!take_pair(in, 59, &minute)) return false;
  int64_t offset = hour * TIME_MS_PER_HOUR + minute * TIME_MS_PER_MINUTE;
  *offset_ms = west ? -offset : offset;
  return true;
}

bool time_parse(struct str text, int64_t *ms) {
  struct cursor in = {text.p, text.len ? text.p + text.len : text.p};
  int64_t days, clock = 0, offset = 0;
  if (!take_date(&in, &days)) return false;
  if (in.p < in.end) {
    if (!take_char(&in, 'T') && !take_char(&in, 't') && !take_char(&in, ' ')) return false;
    if (!take_clock(&in, &clock) || !take_zone(&in, &offset) || in.p != in.end) return false;
  }
  int64_t instant = days * TIME_MS_PER_DAY + clock - offset;
  if (instant < TIME_MIN || instant > TIME_MAX) return false;
  *ms = instant;
  return true;
}

/* --- writing instants --- */

static char *put_pair(char *out, unsigned n) {
  out[0] = (char)('0' + n / 10 % 10);
  out[1] = (char)('0' + n % 10);
  return out + 2;
}

/* Years beyond four digits only come of arithmetic gone far out; they are printed in ISO's expanded form. */
static char *put_date(char *out, int64_t days) {
  struct date date = date_from_days(days);
  if (date.year < 0 || date.year > 9999) {
    out += snprintf(out, 16, "%+" PRId64, date.year);
  } else {
    out = put_pair(out, (unsigned)date.year / 100);
    out = put_pair(out, (unsigned)date.year % 100);
  }
  *out++ = '-';
  out = put_pair(out, date.month);
  *out++ = '-';
  return put_pair(out, date.day);
}

const char *time_text(int64_t ms, char out[TIME_TEXT_MAX]) {
  int64_t days = time_day(ms);
  /* not ms - days * TIME_MS_PER_DAY: the product does not fit for the first day there is */
  int64_t in_day = ms % TIME_MS_PER_DAY;
  unsigned rest = (unsigned)(in_day < 0 ? in_day + TIME_MS_PER_DAY : in_day);
  unsigned seconds = rest / 1000, fraction = rest % 1000;
  char *p = put_date(out, days);
  *p++ = 'T';
  p = put_pair(p, seconds / 3600);
  *p++ = ':';
  p = put_pair(p, seconds / 60 % 60);
  *p++ = ':';
  p = put_pair(p, seconds % 60);
  if (fraction) {
    *p++ = '.';
    *p++ = (char)('0' + fraction / 100);
    p = put_pair(p, fraction % 100);
  }
  *p++ = 'Z';
  *p = '\0';
  return out;
}

const char *time_date(int64_t ms, char out[TIME_TEXT_MAX]) {
  *put_date(out, time_day(ms)) = '\0';
  return out;
}

/* --- durations --- */

#define DURATION_MAX_MS (36525 * TIME_MS_PER_DAY) /* 100 years */

struct unit {
  const char *name;
  int64_t ms;
};

static const struct unit units[] = {{"w", 7 * TIME_MS_PER_DAY}, {"d", TIME_MS_PER_DAY},
                                    {"h", TIME_MS_PER_HOUR},    {"m", TIME_MS_PER_MINUTE},
                                    {"s", TIME_MS_PER_SECOND},  {"ms", 1}};
enum { UNITS = sizeof units / sizeof units[0], UNIT_DAY = 1 };

/* The unit spelled by the letters at the cursor, from `first` on; UNITS when there is none. */
static size_t take_unit(struct cursor *in, size_t first) {
  const char *start = in->p;
  while (in->p < in->end && !is_digit(*in->p)) in->p++;
  struct str name = {start, (size_t)(in->p - start)};
  for (size_t i = first; i < UNITS; i++)
    if (str_eq(str_of(units[i].name), name)) return i;
  return UNITS;
}

bool duration_parse(struct str text, int64_t *ms) {
  struct cursor in = {text.p, text.len ? text.p + text.len : text.p};
  int64_t total = 0;
  for (size_t next = 0; in.p < in.end;) {
    int64_t count = 0;
    if (!is_digit(*in.p)) return false;
    for (; in.p < in.end && is_digit(*in.p); in.p++) {
      count = count * 10 + (*in.p - '0');
      if (count > DURATION_MAX_MS) return false;
    }
    size_t unit = take_unit(&in, next);
    if (unit == UNITS || count > DURATION_MAX_MS / units[unit].ms) return false;
    total += count * units[unit].ms;
    next = unit + 1;
  }
  if (total == 0 || total > DURATION_MAX_MS) return false;
  *ms = total;
  return true;
}

/* The size of a duration of either sign; INT64_MIN has one too. */
static uint64_t magnitude(int64_t ms) {
  return ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
}

const char *duration_text(int64_t ms, char out[TIME_TEXT_MAX]) {
  uint64_t rest = magnitude(ms);
  char *p = out, *end = out + TIME_TEXT_MAX;
  if (ms < 0) *p++ = '-';
  for (size_t i = UNIT_DAY; i < UNITS; i++) {
    uint64_t count = rest / (uint64_t)units[i].ms;
    rest %= (uint64_t)units[i].ms;
    if (count) p += snprintf(p, (size_t)(end - p), "%" PRIu64 "%s", count, units[i].name);
  }
  if (ms == 0) snprintf(out, TIME_TEXT_MAX, "0s");
  return out;
}

static uint64_t rounded(uint64_t ms, int64_t unit_ms) {
  uint64_t unit = (uint64_t)unit_ms;
  return ms / unit + (ms % unit >= unit / 2);
}

/* "3d 4h": `count` of the small unit, `ratio` of which make one of the large unit. */
static void two_units(char *out, unsigned count, unsigned ratio, char large, char small) {
  int len = snprintf(out, TIME_TEXT_MAX, "%u%c", count / ratio, large);
  if (count % ratio) snprintf(out + len, TIME_TEXT_MAX - (size_t)len, " %u%c", count % ratio, small);
}

const char *duration_about(int64_t ms, char out[TIME_TEXT_MAX]) {
  uint64_t size = magnitude(ms);
  uint64_t seconds = rounded(size, TIME_MS_PER_SECOND), minutes = rounded(size, TIME_MS_PER_MINUTE);
  uint64_t hours = rounded(size, TIME_MS_PER_HOUR), days = rounded(size, TIME_MS_PER_DAY);
  if (seconds == 0) return memcpy(out, "now", sizeof("now"));
  if (seconds < 60)
    snprintf(out, TIME_TEXT_MAX, "%us", (unsigned)seconds);
  else if (minutes < 60)
    snprintf(out, TIME_TEXT_MAX, "%um", (unsigned)minutes);
  else if (minutes < 24 * 60)
    two_units(out, (unsigned)minutes, 60, 'h', 'm');
  else if (hours < 30 * 24)
    two_units(out, (unsigned)hours, 24, 'd', 'h');
  else
    snprintf(out, TIME_TEXT_MAX, "%" PRIu64 "d", days);
  return out;
}
