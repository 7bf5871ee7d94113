#include "unit.h"

#include "base/timefmt.h"
#include "model/ruleset/calendar.h"

static int64_t ms_of(const char *text) {
  int64_t ms = 0;
  if (!time_parse(str_of(text), &ms)) fail_msg("'%s' is no instant", text);
  return ms;
}

static struct zone *load(const char *name) {
  struct err err;
  struct zone *zone = zone_load(str_of(name), &err);
  if (!zone) fail_msg("%s", err.text);
  return zone;
}

static void add_span(struct calendar *calendar, int from_day, int to_day, int start_min, int end_min) {
  for (int d = from_day; d <= to_day; d++) {
    struct calendar_day *day = &calendar->week[d];
    day->spans[day->count++] = (struct calendar_span){start_min, end_min};
  }
}

#define HOUR 60

/* Monday to Thursday 9 to 18, Friday 9 to 15, as in docs/rules.md; 2026-10-12 is a holiday, and each 25 December. */
static void office(struct calendar *calendar, const struct zone *zone) {
  static int64_t holidays[1];
  static const uint16_t yearly[] = {12 * 32 + 25};
  holidays[0] = time_day(ms_of("2026-10-12"));
  *calendar = (struct calendar){
      .zone = zone, .holidays = holidays, .holiday_count = 1, .yearly = yearly, .yearly_count = 1};
  add_span(calendar, 0, 3, 9 * HOUR, 18 * HOUR);
  add_span(calendar, 4, 4, 9 * HOUR, 15 * HOUR);
}

static void adds_business_time(void **state) {
  (void)state;
  static const struct {
    const char *from;
    int minutes;
    const char *to;
  } cases[] = {
      {"2026-11-23T09:00:00Z", 60, "2026-11-23T10:00:00Z"},        /* Monday, 10:00 in Madrid */
      {"2026-11-23T16:30:00Z", 60, "2026-11-24T08:30:00Z"},        /* half an hour today, half tomorrow */
      {"2026-11-23T16:00:00Z", 60, "2026-11-23T17:00:00Z"},        /* to the minute of closing */
      {"2026-11-23T17:00:00Z", 60, "2026-11-24T09:00:00Z"},        /* it closes at 18:00 */
      {"2026-11-27T13:30:00Z", 60, "2026-11-30T08:30:00Z"},        /* Friday closes at 15:00 */
      {"2026-11-28T12:00:00Z", 60, "2026-11-30T09:00:00Z"},        /* Saturday */
      {"2026-10-09T12:30:00Z", 60, "2026-10-13T07:30:00Z"},        /* the Monday after is a holiday */
      {"2026-12-24T16:30:00Z", 60, "2026-12-28T08:30:00Z"},        /* 25 December is a Friday */
      {"2026-10-23T12:30:00Z", 60, "2026-10-26T08:30:00Z"},        /* over the end of summer time */
      {"2026-03-27T13:30:00Z", 60, "2026-03-30T07:30:00Z"},        /* and over its beginning */
      {"2026-11-23T02:00:00Z", 0, "2026-11-23T08:00:00Z"},         /* none: when it opens */
      {"2026-11-23T09:00:00Z", 42 * HOUR, "2026-11-30T09:00:00Z"}, /* a whole week */
  };
  struct zone *zone = load("Europe/Madrid");
  struct calendar calendar;
  office(&calendar, zone);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t from = ms_of(cases[i].from), span = cases[i].minutes * TIME_MS_PER_MINUTE;
    int64_t got = calendar_add(&calendar, from, span);
    char text[TIME_TEXT_MAX];
    if (got != ms_of(cases[i].to))
      fail_msg("%s + %d min: got %s, expected %s", cases[i].from, cases[i].minutes, time_text(got, text),
               cases[i].to);
    assert_int_equal(calendar_between(&calendar, from, got), span);
  }
  zone_free(zone);
}

static void without_a_calendar_all_time_counts(void **state) {
  (void)state;
  assert_int_equal(calendar_add(NULL, 5000, 100), 5100);
  assert_int_equal(calendar_between(NULL, 5000, 5100), 100);
  assert_int_equal(calendar_between(NULL, 5100, 5000), 0);
  assert_true(calendar_is_open(NULL, 0));
}

static void what_never_opens_never_ends(void **state) {
  (void)state;
  struct zone *zone = load("UTC");
  struct calendar calendar = {.zone = zone};
  assert_true(calendar_add(&calendar, 0, 1) == TIME_NEVER);
  assert_int_equal(calendar_between(&calendar, 0, 1000 * TIME_MS_PER_DAY), 0);
  assert_false(calendar_is_open(&calendar, 0));
  zone_free(zone);
}

/* A night shift lasts 7 hours in the spring and 9 in the autumn. */
static void nights_are_as_long_as_they_are(void **state) {
  (void)state;
  struct zone *zone = load("Europe/Madrid");
  struct calendar calendar = {.zone = zone};
  add_span(&calendar, 0, 6, 22 * HOUR, 30 * HOUR);
  int64_t hour = TIME_MS_PER_HOUR;
  assert_int_equal(calendar_between(&calendar, ms_of("2026-03-28T12:00:00Z"), ms_of("2026-03-29T12:00:00Z")),
                   7 * hour);
  assert_int_equal(calendar_between(&calendar, ms_of("2026-10-24T12:00:00Z"), ms_of("2026-10-25T12:00:00Z")),
                   9 * hour);
  assert_int_equal(calendar_between(&calendar, ms_of("2026-06-24T12:00:00Z"), ms_of("2026-06-25T12:00:00Z")),
                   8 * hour);
  assert_int_equal(calendar_add(&calendar, ms_of("2026-10-24T20:00:00Z"), 9 * hour),
                   ms_of("2026-10-25T05:00:00Z"));
  zone_free(zone);
}

/* What was opened on the evening before a holiday goes on; the holiday opens nothing. */
static void a_holiday_opens_nothing(void **state) {
  (void)state;
  struct zone *zone = load("Europe/Madrid");
  int64_t holiday = time_day(ms_of("2026-06-24"));
  struct calendar calendar = {.zone = zone, .holidays = &holiday, .holiday_count = 1};
  add_span(&calendar, 0, 6, 22 * HOUR, 30 * HOUR);
  assert_true(calendar_is_open(&calendar, ms_of("2026-06-24T03:00:00Z")));
  assert_false(calendar_is_open(&calendar, ms_of("2026-06-24T21:00:00Z")));
  assert_false(calendar_is_open(&calendar, ms_of("2026-06-25T03:00:00Z")));
  zone_free(zone);
}

/* --- against counting minutes on the wall ---------------------------------------------------------------------------- */

static uint64_t seed;

static int pick(int below) {
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (int)((seed >> 33) % (uint64_t)below);
}

/* Spans start and end on quarters, apart from one another. By day: none in the small hours, in which clocks are changed. */
static void make_week(struct calendar *calendar, const struct zone *zone, bool by_day) {
  *calendar = (struct calendar){.zone = zone};
  for (int d = 0; d < 7; d++) {
    int minute = by_day ? 4 * HOUR + pick(8) * HOUR : pick(10) * HOUR;
    for (int n = pick(4); n > 0 && minute < 22 * HOUR; n--) {
      int end = minute + 15 * (1 + pick(30));
      if (end > 24 * HOUR) end = 24 * HOUR;
      add_span(calendar, d, d, minute, end);
      minute = end + 15 * (1 + pick(8));
    }
    if (!by_day && pick(3) == 0 && minute < 23 * HOUR)
      add_span(calendar, d, d, 23 * HOUR, 24 * HOUR + 15 * pick(8) + 15);
  }
}

/* Whether the clock on the wall says that it is open: asked of each minute, which knows nothing of how instants are found. */
static bool wall_is_open(const struct calendar *calendar, int64_t ms) {
  int64_t day, of_day;
  zone_local(calendar->zone, ms, &day, &of_day);
  for (int back = 0; back < 2; back++) {
    const struct calendar_day *spans = &calendar->week[(((day - back - 4) % 7) + 7) % 7];
    int64_t minute = of_day / TIME_MS_PER_MINUTE + back * 24 * HOUR;
    if (calendar_is_holiday(calendar, day - back)) continue;
    for (uint32_t i = 0; i < spans->count; i++)
      if (minute >= spans->spans[i].start_min && minute < spans->spans[i].end_min) return true;
  }
  return false;
}

static void agrees_with_the_clock_on_the_wall(void **state) {
  (void)state;
  static const struct {
    const char *zone, *from;
  } places[] = {
      {"Europe/Madrid", "2026-03-26T00:00:00Z"},       {"Europe/Madrid", "2026-10-22T00:00:00Z"},
      {"America/New_York", "2026-03-05T00:00:00Z"},    {"America/New_York", "2026-10-29T00:00:00Z"},
      {"Australia/Lord_Howe", "2026-10-01T00:00:00Z"}, {"Australia/Lord_Howe", "2026-04-02T00:00:00Z"},
      {"Asia/Kolkata", "2026-05-01T00:00:00Z"},        {"America/Sao_Paulo", "2018-11-01T00:00:00Z"},
      {"Africa/Casablanca", "2026-02-12T00:00:00Z"},   {"Africa/Casablanca", "2026-03-19T00:00:00Z"}};
  for (int round = 0; round < 50; round++) {
    struct calendar calendar;
    seed = (uint64_t)round * 977 + 1;
    size_t place = (size_t)round % COUNT_OF(places);
    struct zone *zone = load(places[place].zone);
    int64_t from = ms_of(places[place].from), to = from + 7 * TIME_MS_PER_DAY, minutes = 0;
    int64_t holiday = time_day(from) + pick(7);
    make_week(&calendar, zone, true);
    calendar.holidays = &holiday;
    calendar.holiday_count = 1;
    for (int64_t ms = from; ms < to; ms += TIME_MS_PER_MINUTE) {
      bool open = wall_is_open(&calendar, ms);
      if (calendar_is_open(&calendar, ms) != open) fail_msg("round %d: minute %lld", round, (long long)ms);
      minutes += open;
    }
    assert_int_equal(calendar_between(&calendar, from, to), minutes * TIME_MS_PER_MINUTE);
    zone_free(zone);
  }
}

/* Adding is the inverse of measuring, and time adds up wherever it is cut. */
static void adding_and_measuring_agree(void **state) {
  (void)state;
  static const char *const zones[] = {"Europe/Madrid", "America/New_York",  "Australia/Lord_Howe",
                                      "Asia/Kolkata",  "America/Sao_Paulo", "Africa/Casablanca"};
  for (int round = 0; round < 2000; round++) {
    struct calendar calendar;
    seed = (uint64_t)round * 7919 + 3;
    struct zone *zone = load(zones[pick(COUNT_OF(zones))]);
    make_week(&calendar, zone, false);
    int64_t from = ms_of("2018-10-20T00:00:00Z") + (int64_t)pick(4000) * TIME_MS_PER_DAY + pick(86400000);
    int64_t span = 1 + (int64_t)pick(200) * TIME_MS_PER_MINUTE + pick(60000);
    int64_t due = calendar_add(&calendar, from, span), cut = from + pick(1000) * TIME_MS_PER_HOUR;
    if (due == TIME_NEVER) { /* a week without a span */
      assert_int_equal(calendar_between(&calendar, from, cut), 0);
    } else {
      assert_int_equal(calendar_between(&calendar, from, due), span);
      assert_int_equal(calendar_between(&calendar, from, due - 1), span - 1);
      int64_t far = from + 3000 * TIME_MS_PER_HOUR;
      assert_int_equal(calendar_between(&calendar, from, cut) + calendar_between(&calendar, cut, far),
                       calendar_between(&calendar, from, far));
    }
    zone_free(zone);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(adds_business_time),          cmocka_unit_test(without_a_calendar_all_time_counts),
      cmocka_unit_test(what_never_opens_never_ends), cmocka_unit_test(nights_are_as_long_as_they_are),
      cmocka_unit_test(a_holiday_opens_nothing),     cmocka_unit_test(agrees_with_the_clock_on_the_wall),
      cmocka_unit_test(adding_and_measuring_agree),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
