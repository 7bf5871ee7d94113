/* read_calendar.c - calendars: a zone, the hours of each weekday, holidays. */
#include "notation/compile_private.h"

#include "base/timefmt.h"
#include "model/ruleset/calendar.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/list.h"
#include <stdlib.h>

enum { DAY_MIN = 24 * 60 };

#define HOURS_HINT "write days = { \"mon-thu 09:00-18:00\", \"fri 09:00-14:00 16:00-19:00\" }"

struct cursor {
  const char *p, *end;
};

static bool take(struct cursor *in, char c) {
  if (in->p == in->end || *in->p != c) return false;
  in->p++;
  return true;
}

static void skip_blanks(struct cursor *in) {
  while (take(in, ' ')) continue;
}

/* --- "mon-thu,sat 09:00-14:00 16:00-19:00" -------------------------------------------------------------------------------- */

static int take_weekday(struct cursor *in) {
  static const char words[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (int day = 0; day < 7; day++) {
    if (in->end - in->p < 3 || strncasecmp(in->p, words[day], 3) != 0) continue;
    in->p += 3;
    return day;
  }
  return NONE;
}

static bool take_weekdays(struct cursor *in, unsigned *mask) {
  do {
    int first = take_weekday(in), last = first;
    if (first == NONE || (take(in, '-') && (last = take_weekday(in)) == NONE)) return false;
    for (int day = first;; day = (day + 1) % 7) { /* fri-mon goes over the weekend */
      *mask |= 1u << day;
      if (day == last) break;
    }
  } while (take(in, ','));
  return true;
}

static bool take_digits(struct cursor *in, int max, int *out) {
  if (in->end - in->p < 2 || in->p[0] < '0' || in->p[0] > '9' || in->p[1] < '0' || in->p[1] > '9')
    return false;
  *out = (in->p[0] - '0') * 10 + in->p[1] - '0';
  in->p += 2;
  return *out <= max;
}

static bool take_minute(struct cursor *in, int *minute) {
  int hour, rest;
  if (!take_digits(in, 24, &hour) || !take(in, ':') || !take_digits(in, 59, &rest)) return false;
  *minute = hour * 60 + rest;
  return *minute <= DAY_MIN;
}

/* 22:00-06:00 ends on the next day. */
static bool take_span(struct cursor *in, struct calendar_span *span) {
  if (!take_minute(in, &span->start_min) || span->start_min == DAY_MIN || !take(in, '-') ||
      !take_minute(in, &span->end_min) || span->end_min == span->start_min)
    return false;
  if (span->end_min < span->start_min) span->end_min += DAY_MIN;
  return true;
}

static bool add_span(struct calendar *calendar, unsigned mask, struct calendar_span span) {
  for (int d = 0; d < 7; d++) {
    struct calendar_day *day = &calendar->week[d];
    if (!(mask & 1u << d)) continue;
    if (day->count == CALENDAR_SPANS_MAX) return false;
    uint32_t at = day->count++;
    for (; at > 0 && day->spans[at - 1].start_min > span.start_min; at--) day->spans[at] = day->spans[at - 1];
    day->spans[at] = span;
  }
  return true;
}

static bool read_hours(struct compile *c, const struct node *node, const char *what,
                       struct calendar *calendar) {
  struct cursor in = {node->text.p, node->text.p + node->text.len};
  unsigned mask = 0;
  bool fine = take_weekdays(&in, &mask);
  uint32_t spans = 0;
  for (skip_blanks(&in); fine && in.p < in.end; skip_blanks(&in), spans++) {
    struct calendar_span span;
    fine = take_span(&in, &span) && (in.p == in.end || *in.p == ' ');
    if (fine && !add_span(calendar, mask, span)) {
      FAULT(c, "too_many", node->place, NULL, "%s: more than %d spans on one day", what,
            (int)CALENDAR_SPANS_MAX);
      return false;
    }
  }
  if (fine && spans) return true;
  FAULT(c, "bad_hours", node->place, HOURS_HINT, "%s: '%.*s' does not say weekdays and hours", what,
        STR_ARG(node->text));
  return false;
}

/* Two spans of one day, or a night and the morning it ends in, must not overlap. */
static bool check_overlap(struct compile *c, const struct calendar *calendar, struct place place,
                          const char *what) {
  static const char *const words[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
  for (int d = 0; d < 7; d++) {
    const struct calendar_day *day = &calendar->week[d], *tomorrow = &calendar->week[(d + 1) % 7];
    for (uint32_t i = 0; i < day->count; i++) {
      bool last = i + 1 == day->count;
      int end = day->spans[i].end_min;
      int next = !last             ? day->spans[i + 1].start_min
                 : tomorrow->count ? tomorrow->spans[0].start_min + DAY_MIN
                                   : 2 * DAY_MIN;
      if (end <= next) continue;
      FAULT(c, "bad_hours", place, "join them", "%s: two spans overlap on %s", what, words[d]);
      return false;
    }
  }
  return true;
}

static bool read_days(struct compile *c, const struct node *node, const char *what,
                      struct calendar *calendar) {
  const struct node *texts;
  uint32_t count;
  if (!read_texts(c, node, what, &texts, &count)) return false;
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) fine &= read_hours(c, &texts[i], what, calendar);
  return fine && check_overlap(c, calendar, node->place, what);
}

/* --- holidays ------------------------------------------------------------------------------------------------------- */

struct holidays {
  int64_t *days;
  uint32_t day_count;
  uint16_t *yearly;
  uint32_t yearly_count;
};

/* "2026-12-25", or "12-25" for every year. */
static bool add_holiday(struct compile *c, struct holidays *holidays, struct str text) {
  struct cursor in = {text.p, text.p + text.len};
  int month, day;
  int64_t ms;
  char date[TIME_TEXT_MAX];
  if (holidays->day_count + holidays->yearly_count >= CALENDAR_HOLIDAYS_MAX) return false;
  if (text.len == 5) { /* 2000 had a 29 February */
    snprintf(date, sizeof date, "2000-%.*s", STR_ARG(text));
    if (!time_parse(str_of(date), &ms) || !take_digits(&in, 12, &month) || !take(&in, '-') ||
        !take_digits(&in, 31, &day))
      return false;
    holidays->yearly =
        read_grow(c->arena, holidays->yearly, holidays->yearly_count, sizeof *holidays->yearly);
    holidays->yearly[holidays->yearly_count++] = (uint16_t)(month * 32 + day);
    return true;
  }
  if (text.len != 10 || !time_parse(text, &ms)) return false;
  holidays->days = read_grow(c->arena, holidays->days, holidays->day_count, sizeof *holidays->days);
  holidays->days[holidays->day_count++] = time_day(ms);
  return true;
}

static void miss_holiday(struct compile *c, struct place place, const char *what, struct str text) {
  FAULT(c, "bad_date", place, "write 2026-12-25, or 12-25 for every year",
        "%s: '%.*s' is no date (at most %d are taken)", what, STR_ARG(text), (int)CALENDAR_HOLIDAYS_MAX);
}

static bool add_listed(struct compile *c, const struct node *call, const char *what,
                       struct holidays *holidays) {
  struct str name;
  if (call->call.arg_count != 1 || !read_text(c, &call->call.args[0], what, &name)) return false;
  const struct list *list = read_list(c, name, call->place);
  if (!list) return false;
  bool fine = true;
  for (size_t i = 0; i < list->entries.count; i++) {
    const struct map_entry *entry = &list->entries.entries[i];
    if (add_holiday(c, holidays, entry->key)) continue;
    miss_holiday(c, (struct place){arena_str(&c->scratch, list->file).p, (int)entry->value}, what,
                 entry->key);
    fine = false;
  }
  return fine;
}

static bool add_holidays(struct compile *c, const struct node *node, const char *what,
                         struct holidays *holidays) {
  static const char *const words[] = {"listed", NULL};
  struct node call;
  bool fine = true;
  if (node->kind == NODE_STRING) {
    fine = add_holiday(c, holidays, node->text);
    if (!fine) miss_holiday(c, node->place, what, node->text);
  } else if (node_as_call(node, words, &call) && str_eq(call.call.name, STR("listed"))) {
    fine = add_listed(c, &call, what, holidays);
  } else if (node->kind == NODE_TABLE && node->table.pair_count == 0) {
    for (uint32_t i = 0; i < node->table.item_count; i++)
      fine &= add_holidays(c, &node->table.items[i], what, holidays);
  } else {
    read_unknown_word(c, node, what, "a date, a list of dates or listed \"NAME\"", words);
    fine = false;
  }
  return fine;
}

static int by_day(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static bool read_holidays(struct compile *c, const struct node *node, const char *what,
                          struct calendar *calendar) {
  struct holidays holidays = {0};
  if (!node) return true;
  if (!add_holidays(c, node, what, &holidays)) return false;
  if (holidays.day_count) qsort(holidays.days, holidays.day_count, sizeof *holidays.days, by_day);
  calendar->holidays = holidays.days;
  calendar->holiday_count = holidays.day_count;
  calendar->yearly = holidays.yearly;
  calendar->yearly_count = holidays.yearly_count;
  return true;
}

/* --- the whole -------------------------------------------------------------------------------------------------------- */

static bool read_zone(struct compile *c, const struct node *node, const char *what,
                      struct calendar *calendar) {
  struct str name;
  struct err err;
  if (!read_text(c, node, what, &name)) return false;
  struct zone *zone = zone_load(name, &err);
  if (!zone) {
    FAULT(c, "unknown_zone", node->place, NULL, "%s: %s", what, err.text);
    return false;
  }
  struct ruleset *out = c->out;
  out->zones = read_grow(c->arena, out->zones, out->zone_count, sizeof(struct zone *));
  out->zones[out->zone_count++] = zone;
  calendar->zone = zone;
  calendar->zone_name = read_keep(c, name);
  return true;
}

static bool read_calendar(struct compile *c, const struct declaration *d, struct calendar *calendar) {
  static const char *const fields[] = {"doc", "zone", "days", "holidays", NULL};
  const char *what = arena_printf(&c->scratch, "calendar '%.*s'", STR_ARG(d->name));
  if (!read_table(c, &d->body, fields, false, what)) return false;
  const struct node *zone = read_field(&d->body, "zone"), *days = read_field(&d->body, "days");
  if (!zone || !days) {
    if (read_misspelled(&d->body, zone ? "days" : "zone")) return false;
    FAULT(c, "missing_field", d->place, zone ? HOURS_HINT : "write zone = \"Europe/Madrid\"",
          "%s says no `%s`", what, zone ? "days" : "zone");
    return false;
  }
  calendar->name = read_keep(c, d->name);
  calendar->place = read_place(c, d->place);
  bool fine = read_desk_text(c, &d->body, "doc", what, &calendar->doc);
  fine &= read_zone(c, zone, read_what(c, "zone", what), calendar);
  fine &= read_days(c, days, read_what(c, "days", what), calendar);
  return read_holidays(c, read_field(&d->body, "holidays"), read_what(c, "holidays", what), calendar) && fine;
}

void read_calendars(struct compile *c) {
  const struct declaration *d;
  struct ruleset *out = c->out;
  for (size_t at = 0; (d = read_next(c, "calendar", &at));) {
    struct calendar calendar = {0};
    if (c->calendars.count == DESK_CALENDARS_MAX) {
      FAULT(c, "too_many", d->place, NULL, "more than %d calendars", (int)DESK_CALENDARS_MAX);
      return;
    }
    if (names_declare(c, &c->calendars, d->name, d->place) == NONE) continue;
    if (!read_calendar(c, d, &calendar)) calendar.name = read_keep(c, d->name); /* its number stays */
    out->calendars = read_grow(c->arena, out->calendars, out->calendar_count, sizeof *out->calendars);
    out->calendars[out->calendar_count++] = calendar;
  }
}
