#include "unit.h"

#include "base/timefmt.h"
#include <time.h>

static void reads_instants(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t ms;
  } cases[] = {
      {"1970-01-01", 0},
      {"1970-01-01T00:00:00Z", 0},
      {"2024-01-15T09:00:00.123Z", 1705309200123},
      {"2024-01-15t09:00:00.123z", 1705309200123},
      {"2024-01-15 09:00:00.1239999999999", 1705309200123},
      {"2024-01-15T09:00:00.1Z", 1705309200100},
      {"2024-01-15T09:00Z", 1705309200000},
      {"2024-01-15T09:00", 1705309200000},
      {"2024-01-15T10:30:00+01:30", 1705309200000},
      {"2024-01-15T10:30:00+0130", 1705309200000},
      {"2024-01-15T04:00:00-05:00", 1705309200000},
      {"2024-01-15T09:00:00-00:00", 1705309200000},
      {"2016-12-31T23:59:60Z", 1483228800000},
      {"2000-02-29", 951782400000},
      {"1969-12-31T23:59:59.999Z", -1},
      {"0001-01-01T00:00:00Z", TIME_MIN},
      {"9999-12-31T23:59:59.999Z", TIME_MAX},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms = 42;
    if (!time_parse(str_of(cases[i].text), &ms) || ms != cases[i].ms)
      fail_msg("%s: got %lld", cases[i].text, (long long)ms);
  }
}

static void refuses_what_is_no_instant(void **state) {
  (void)state;
  static const char *const cases[] = {
      "",
      "2024",
      "2024-1-15",
      "2024-01-15T",
      "2024-01-15T9:00",
      "2024-01-15T09",
      "2024-01-15T09:00:",
      "2024-02-30",
      "2023-02-29",
      "1900-02-29",
      "2024-00-10",
      "2024-13-10",
      "2024-01-00",
      "2024-01-32",
      "0000-01-01",
      "12024-01-01",
      "-2024-01-01",
      "2024-01-15T24:00:00Z",
      "2024-01-15T09:60Z",
      "2024-01-15T09:00:61Z",
      "2024-01-15T09:00:00.Z",
      "2024-01-15T09:00:00ZZ",
      "2024-01-15T09:00:00 Z",
      "2024-01-15T09:00:00+1",
      "2024-01-15T09:00:00+24:00",
      "2024-01-15T09:00:00+01:60",
      "2024-01-15T09:00:00+01",
      "2024-01-15Z",
      " 2024-01-15",
      "2024-01-15 ",
      "2024/01/15",
      "0001-01-01T00:00:00+00:01",
      "9999-12-31T23:59:60Z",
      "9999-12-31T23:59:59-00:01",
      "2024-01-15X09:00:00Z",
      "now",
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms = 42;
    if (time_parse(str_of(cases[i]), &ms)) fail_msg("%s was read as %lld", cases[i], (long long)ms);
    assert_true(ms == 42);
  }
  int64_t ms;
  assert_false(time_parse((struct str){0}, &ms));
  assert_false(time_parse((struct str){"2024-01-15T09:00\0:00", 19}, &ms));
}

static void writes_instants(void **state) {
  (void)state;
  char out[TIME_TEXT_MAX];
  assert_string_equal(time_text(0, out), "1970-01-01T00:00:00Z");
  assert_string_equal(time_text(-1, out), "1969-12-31T23:59:59.999Z");
  assert_string_equal(time_text(1705309200120, out), "2024-01-15T09:00:00.120Z");
  assert_string_equal(time_text(TIME_MIN, out), "0001-01-01T00:00:00Z");
  assert_string_equal(time_text(TIME_MAX, out), "9999-12-31T23:59:59.999Z");
  assert_string_equal(time_text(TIME_NEVER, out), "+292278994-08-17T07:12:55.807Z");
  assert_string_equal(time_text(INT64_MIN, out), "-292275055-05-16T16:47:04.192Z");
  assert_string_equal(time_date(1705309200120, out), "2024-01-15");
  assert_string_equal(time_date(-1, out), "1969-12-31");
}

/* Every day of the supported range, against an independent walk through the calendar. */
static void every_day_round_trips(void **state) {
  (void)state;
  char out[TIME_TEXT_MAX], expected[TIME_TEXT_MAX];
  int64_t ms = TIME_MIN;
  for (int year = 1; year <= 9999; year++) {
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (int month = 1; month <= 12; month++) {
      int last = month == 2 ? 28 + leap : 30 + (month + month / 8) % 2;
      for (int day = 1; day <= last; day++, ms += TIME_MS_PER_DAY) {
        int64_t back;
        const char digits[] = {(char)('0' + year / 1000),
                               (char)('0' + year / 100 % 10),
                               (char)('0' + year / 10 % 10),
                               (char)('0' + year % 10),
                               '-',
                               (char)('0' + month / 10),
                               (char)('0' + month % 10),
                               '-',
                               (char)('0' + day / 10),
                               (char)('0' + day % 10),
                               0};
        memcpy(expected, digits, sizeof digits);
        if (strcmp(time_date(ms, out), expected) != 0) fail_msg("%s instead of %s", out, expected);
        if (!time_parse(str_of(expected), &back) || back != ms) fail_msg("%s is not read back", expected);
      }
    }
  }
  assert_true(ms == TIME_MAX + 1);
}

static void agrees_with_the_system_calendar(void **state) {
  (void)state;
  char out[TIME_TEXT_MAX], expected[TIME_TEXT_MAX];
  for (time_t second = -60000000000; second < 250000000000; second += 86399 * 4001 + 17) {
    struct tm tm;
    int64_t back;
    gmtime_r(&second, &tm);
    int64_t ms = (int64_t)second * 1000;
    snprintf(expected, sizeof expected, "%04hd-%02hhd-%02hhdT%02hhd:%02hhd:%02hhdZ",
             (short)(tm.tm_year + 1900), (signed char)(tm.tm_mon + 1), (signed char)tm.tm_mday,
             (signed char)tm.tm_hour, (signed char)tm.tm_min, (signed char)tm.tm_sec);
    assert_string_equal(time_text(ms, out), expected);
    assert_true(time_parse(str_of(out), &back) && back == ms);
  }
}

static void days_floor(void **state) {
  (void)state;
  assert_true(time_day(0) == 0);
  assert_true(time_day(TIME_MS_PER_DAY - 1) == 0);
  assert_true(time_day(TIME_MS_PER_DAY) == 1);
  assert_true(time_day(-1) == -1);
  assert_true(time_day(-TIME_MS_PER_DAY) == -1);
  assert_true(time_day(-TIME_MS_PER_DAY - 1) == -2);
}

static void reads_durations(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t ms;
  } cases[] = {{"90s", 90000},
               {"15m", 900000},
               {"4h", 14400000},
               {"7d", 7 * TIME_MS_PER_DAY},
               {"2w", 14 * TIME_MS_PER_DAY},
               {"250ms", 250},
               {"1d12h", 36 * TIME_MS_PER_HOUR},
               {"1w2d3h4m5s6ms", 788645006},
               {"36525d", 36525 * TIME_MS_PER_DAY}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms = 0;
    if (!duration_parse(str_of(cases[i].text), &ms) || ms != cases[i].ms)
      fail_msg("%s: got %lld", cases[i].text, (long long)ms);
  }
}

static void refuses_what_is_no_duration(void **state) {
  (void)state;
  static const char *const cases[] = {"",
                                      "0s",
                                      "0",
                                      "5",
                                      "-1d",
                                      "+1d",
                                      "1.5h",
                                      "1y",
                                      "d",
                                      "1 d",
                                      "1d ",
                                      "1h1d",
                                      "1h1h",
                                      "1D",
                                      "36526d",
                                      "36525d1ms",
                                      "1mss",
                                      "1dh",
                                      "9999999999999999999999s",
                                      "5219w"};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms = 42;
    if (duration_parse(str_of(cases[i]), &ms)) fail_msg("%s was read as %lld", cases[i], (long long)ms);
    assert_true(ms == 42);
  }
}

static void writes_durations(void **state) {
  (void)state;
  char out[TIME_TEXT_MAX];
  assert_string_equal(duration_text(36 * TIME_MS_PER_HOUR, out), "1d12h");
  assert_string_equal(duration_text(7 * TIME_MS_PER_DAY, out), "7d");
  assert_string_equal(duration_text(0, out), "0s");
  assert_string_equal(duration_text(90061001, out), "1d1h1m1s1ms");
  assert_string_equal(duration_text(-1500, out), "-1s500ms");
  assert_string_equal(duration_text(INT64_MIN, out), "-106751991167d7h12m55s808ms");
  for (int64_t ms = 1; ms < 36525 * TIME_MS_PER_DAY; ms += ms / 3 + 7) {
    int64_t back;
    assert_true(duration_parse(str_of(duration_text(ms, out)), &back) && back == ms);
  }
}

static void rounds_for_people(void **state) {
  (void)state;
  static const struct {
    int64_t ms;
    const char *text;
  } cases[] = {{0, "now"},
               {499, "now"},
               {500, "1s"},
               {59499, "59s"},
               {59500, "1m"},
               {720000, "12m"},
               {3569999, "59m"},
               {3570000, "1h"},
               {18600000, "5h 10m"},
               {86399999, "1d"},
               {3 * TIME_MS_PER_DAY + 4 * TIME_MS_PER_HOUR, "3d 4h"},
               {-3 * TIME_MS_PER_DAY, "3d"},
               {400 * TIME_MS_PER_DAY + 1, "400d"},
               {INT64_MIN, "106751991167d"}};
  char out[TIME_TEXT_MAX];
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    assert_string_equal(duration_about(cases[i].ms, out), cases[i].text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_instants),
      cmocka_unit_test(refuses_what_is_no_instant),
      cmocka_unit_test(writes_instants),
      cmocka_unit_test(every_day_round_trips),
      cmocka_unit_test(agrees_with_the_system_calendar),
      cmocka_unit_test(days_floor),
      cmocka_unit_test(reads_durations),
      cmocka_unit_test(refuses_what_is_no_duration),
      cmocka_unit_test(writes_durations),
      cmocka_unit_test(rounds_for_people),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
