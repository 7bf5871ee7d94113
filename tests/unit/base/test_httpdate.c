#include "unit.h"

#include "base/httpdate.h"
#include "base/timefmt.h"

static const int64_t sunday = 784111777000; /* 1994-11-06T08:49:37Z */

static void reads_the_three_forms(void **state) {
  (void)state;
  static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                      "Sun Nov  6 08:49:37 1994"};
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    int64_t ms = 0;
    if (!httpdate_parse(str_of(forms[i]), &ms) || ms != sunday) fail_msg("%s: %lld", forms[i], (long long)ms);
  }
}

static void refuses_the_rest(void **state) {
  (void)state;
  static const char *const cases[] = {"",
                                      "120",
                                      "Sun, 06 Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 08:49:37 CET",
                                      "Sun, 06 Foo 1994 08:49:37 GMT",
                                      "Sun, 31 Feb 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 25:49:37 GMT",
                                      "Sun, 06 Nov 1994 8:49:37 GMT",
                                      "Sun, x6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 GMT GMT",
                                      "2024-01-15T09:00:00Z"};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms;
    if (httpdate_parse(str_of(cases[i]), &ms)) fail_msg("taken: %s", cases[i]);
  }
}

static void says_how_long_to_wait(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t wait_ms; /* -1: it does not say */
  } cases[] = {
      {"0", 0},
      {"120", 120000},
      {" 7 ", 7000},
      {"3601", 3600000},
      {"99999999999999999999999999", 3600000},
      {"Sun, 06 Nov 1994 08:50:37 GMT", 60000},
      {"Sun, 06 Nov 1994 08:48:37 GMT", 0},
      {"Sun, 06 Nov 2094 08:48:37 GMT", 3600000},
      {"", -1},
      {"-5", -1},
      {"1.5", -1},
      {"soon", -1},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t wait = 0;
    bool said = httpdate_retry_after(str_of(cases[i].text), sunday, TIME_MS_PER_HOUR, &wait);
    if (said != (cases[i].wait_ms >= 0) || (said && wait != cases[i].wait_ms))
      fail_msg("%s: %lld", cases[i].text, (long long)wait);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_the_three_forms),
      cmocka_unit_test(refuses_the_rest),
      cmocka_unit_test(says_how_long_to_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
