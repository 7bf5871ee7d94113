#include "unit.h"

#include "base/timefmt.h"
#include "base/zone.h"

static struct zone *load(const char *name) {
  struct err err;
  struct zone *zone = zone_load(str_of(name), &err);
  if (!zone) fail_msg("%s", err.text);
  return zone;
}

static int64_t ms_of(const char *text) {
  int64_t ms = 0;
  if (!time_parse(str_of(text), &ms)) fail_msg("'%s' is no instant", text);
  return ms;
}

static int64_t offset(const struct zone *zone, int64_t ms) {
  int64_t day, of_day;
  zone_local(zone, ms, &day, &of_day);
  return day * TIME_MS_PER_DAY + of_day - ms;
}

/* Every change of clocks of a year, from the IANA data base, with the offsets from UTC in seconds before and after. */
static const struct change {
  const char *zone, *at;
  int before, after;
} changes[] = {
    {"Europe/Madrid", "2026-03-29T01:00:00Z", 3600, 7200},
    {"Europe/Madrid", "2026-10-25T01:00:00Z", 7200, 3600},
    {"Europe/Madrid", "2099-03-29T01:00:00Z", 3600, 7200}, /* past the tables: the rule at their end */
    {"Europe/Madrid", "2099-10-25T01:00:00Z", 7200, 3600},
    {"America/New_York", "2026-03-08T07:00:00Z", -18000, -14400},
    {"America/New_York", "2026-11-01T06:00:00Z", -14400, -18000},
    {"Australia/Lord_Howe", "2026-04-04T15:00:00Z", 39600, 37800}, /* half an hour */
    {"Australia/Lord_Howe", "2026-10-03T15:30:00Z", 37800, 39600},
    {"America/Sao_Paulo", "2018-11-04T03:00:00Z", -10800, -7200}, /* at midnight; the last summer */
    {"America/Sao_Paulo", "2019-02-17T02:00:00Z", -7200, -10800},
    {"Africa/Casablanca", "2026-02-15T02:00:00Z", 3600, 0}, /* Ramadan */
    {"Africa/Casablanca", "2026-03-22T02:00:00Z", 0, 3600},
    {"Pacific/Apia", "2011-12-30T10:00:00Z", -36000, 50400}, /* a whole day is left out */
    {"Asia/Kathmandu", "1985-12-31T18:30:00Z", 19800, 20700},
    {"America/St_Johns", "2006-04-02T03:31:00Z", -12600, -9000},
    {"Antarctica/Troll", "2026-03-29T01:00:00Z", 0, 7200},
};

static void knows_when_clocks_change(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(changes); i++) {
    struct zone *zone = load(changes[i].zone);
    int64_t at = ms_of(changes[i].at);
    assert_int_equal(offset(zone, at - 1), changes[i].before * TIME_MS_PER_SECOND);
    assert_int_equal(offset(zone, at), changes[i].after * TIME_MS_PER_SECOND);
    zone_free(zone);
  }
}

static void some_never_change(void **state) {
  (void)state;
  struct zone *kolkata = load("Asia/Kolkata"), *utc = load("UTC"), *brazil = load("America/Sao_Paulo");
  for (int64_t ms = ms_of("2026-01-01"); ms < ms_of("2027-01-01"); ms += TIME_MS_PER_HOUR) {
    assert_int_equal(offset(kolkata, ms), 19800 * TIME_MS_PER_SECOND);
    assert_int_equal(offset(utc, ms), 0);
    assert_int_equal(offset(brazil, ms), -10800 * TIME_MS_PER_SECOND);
  }
  zone_free(kolkata);
  zone_free(utc);
  zone_free(brazil);
}

static void local_times_have_one_instant(void **state) {
  (void)state;
  static const struct {
    const char *zone, *day;
    int hour, minute;
    const char *at;
  } cases[] = {
      {"Europe/Madrid", "2026-01-15", 9, 0, "2026-01-15T08:00:00Z"},
      {"Europe/Madrid", "2026-07-15", 9, 0, "2026-07-15T07:00:00Z"},
      {"Europe/Madrid", "2026-03-29", 2, 30, "2026-03-29T01:00:00Z"}, /* left out */
      {"Europe/Madrid", "2026-03-29", 3, 0, "2026-03-29T01:00:00Z"},
      {"Europe/Madrid", "2026-10-25", 2, 30, "2026-10-25T00:30:00Z"}, /* comes twice: the first */
      {"Europe/Madrid", "2026-10-25", 3, 0, "2026-10-25T02:00:00Z"},
      {"Europe/Madrid", "2026-10-25", 24, 0, "2026-10-25T23:00:00Z"},
      {"Australia/Lord_Howe", "2026-10-04", 2, 15, "2026-10-03T15:30:00Z"},
      {"America/Sao_Paulo", "2018-11-04", 0, 0, "2018-11-04T03:00:00Z"}, /* a day without midnight */
      {"Pacific/Apia", "2011-12-30", 12, 0, "2011-12-30T10:00:00Z"},     /* a day that never was */
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct zone *zone = load(cases[i].zone);
    int64_t of_day = cases[i].hour * TIME_MS_PER_HOUR + cases[i].minute * TIME_MS_PER_MINUTE;
    int64_t got = zone_instant(zone, time_day(ms_of(cases[i].day)), of_day);
    if (got != ms_of(cases[i].at)) {
      char text[TIME_TEXT_MAX];
      fail_msg("%s %s: got %s, expected %s", cases[i].zone, cases[i].day, time_text(got, text), cases[i].at);
    }
    zone_free(zone);
  }
}

/* There and back, milliseconds included, also before 1970. */
static void the_way_back_is_the_way_there(void **state) {
  (void)state;
  static const char *const names[] = {"Europe/Madrid", "Australia/Lord_Howe", "America/St_Johns",
                                      "Asia/Kolkata"};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    struct zone *zone = load(names[i]);
    for (int64_t ms = ms_of("1960-01-01") + 7; ms < ms_of("2050-01-01");
         ms += 17 * TIME_MS_PER_HOUR + 1234567) {
      int64_t day, of_day;
      zone_local(zone, ms, &day, &of_day);
      assert_in_range(of_day, 0, TIME_MS_PER_DAY - 1);
      int64_t back = zone_instant(zone, day, of_day);
      /* The second of two equal times gives the first. */
      if (back != ms) assert_true(back < ms && offset(zone, back) > offset(zone, ms));
    }
    zone_free(zone);
  }
}

static void refuses_what_is_no_zone(void **state) {
  (void)state;
  static const char *const names[] = {
      "",         "Europe/Madird",  "/etc/localtime", "../../etc/localtime", "localtime",
      "file:UTC", "libc:localtime", "+02:00",         "Europe/Madrid\nx"};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    struct err err;
    struct zone *zone = zone_load(str_of(names[i]), &err);
    if (zone) fail_msg("'%s' is taken for a zone", names[i]);
    assert_int_equal(err.code, ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "Europe/Madrid"));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(knows_when_clocks_change),     cmocka_unit_test(some_never_change),
      cmocka_unit_test(local_times_have_one_instant), cmocka_unit_test(the_way_back_is_the_way_there),
      cmocka_unit_test(refuses_what_is_no_zone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
