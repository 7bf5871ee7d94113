#include "unit.h"

#include "serve/present.h"

#define T0 (INT64_C(1795521600000))

static void time_goes_on_and_stands_still(void **state) {
  (void)state;
  struct present present;
  present_init(&present, T0);
  assert_int_equal(present_look(&present, T0 + 5, 1000), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0 + 5);
  assert_int_equal(present_look(&present, T0 - PRESENT_HOLD_MS + 5, 2000), PRESENT_GOES_ON);
  assert_int_equal(present_look(&present, T0, 10 * TIME_MS_PER_DAY), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0 + 5);
  assert_int_equal(present_look(&present, T0 + 6, 10 * TIME_MS_PER_DAY), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0 + 6);
}

static void a_first_look_takes_the_clock_as_it_is(void **state) {
  (void)state;
  struct present present;
  present_init(&present, TIME_MIN);
  assert_int_equal(present_look(&present, T0, 1000), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0);
  assert_true(present_is_sure(&present));
}

static void a_clock_that_stays_far_behind_is_believed(void **state) {
  (void)state;
  struct present present;
  present_init(&present, T0);
  int64_t wall = T0 - PRESENT_HOLD_MS - 1;
  assert_int_equal(present_look(&present, wall, 1000), PRESENT_IN_DOUBT);
  assert_int_equal(present_look(&present, wall, 1000 + PRESENT_DOUBT_MS - 1), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0);
  assert_false(present_is_sure(&present));
  assert_int_equal(present_look(&present, wall, 1000 + PRESENT_DOUBT_MS), PRESENT_WENT_BACK);
  assert_int_equal(present.now_ms, wall);
  assert_int_equal(present_look(&present, wall + 1, 1001 + PRESENT_DOUBT_MS), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, wall + 1);
}

/* As after a start before the network has told the time. */
static void a_clock_that_is_mended_in_time_changes_nothing(void **state) {
  (void)state;
  struct present present;
  present_init(&present, T0);
  assert_int_equal(present_look(&present, 0, 1000), PRESENT_IN_DOUBT);
  assert_int_equal(present_look(&present, T0 + 30000, 31000), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, T0 + 30000);
  assert_int_equal(present_look(&present, 0, 32000), PRESENT_IN_DOUBT); /* and the doubt begins anew */
  assert_int_equal(present_look(&present, 0, 31000 + PRESENT_DOUBT_MS), PRESENT_GOES_ON);
}

static void a_leap_ahead_is_taken_but_not_sure(void **state) {
  (void)state;
  struct present present;
  present_init(&present, TIME_MIN);
  present_look(&present, T0, 1000);
  present_look(&present, T0 + 20 * TIME_MS_PER_DAY, 1000 + 20 * TIME_MS_PER_DAY);
  assert_true(present_is_sure(&present)); /* both clocks say so */
  int64_t monotonic = 2000 + 20 * TIME_MS_PER_DAY, wall = T0 + 60 * TIME_MS_PER_DAY;
  assert_int_equal(present_look(&present, wall, monotonic), PRESENT_GOES_ON);
  assert_int_equal(present.now_ms, wall);
  assert_false(present_is_sure(&present));
  present_look(&present, wall + PRESENT_SURE_MS - 1, monotonic + PRESENT_SURE_MS - 1);
  assert_false(present_is_sure(&present));
  present_look(&present, wall + PRESENT_SURE_MS, monotonic + PRESENT_SURE_MS);
  assert_true(present_is_sure(&present));
}

static void a_long_silence_before_a_start_is_not_sure_either(void **state) {
  (void)state;
  struct present present;
  present_init(&present, T0);
  present_look(&present, T0 + 10 * TIME_MS_PER_DAY, 1000);
  assert_false(present_is_sure(&present));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(time_goes_on_and_stands_still),
      cmocka_unit_test(a_first_look_takes_the_clock_as_it_is),
      cmocka_unit_test(a_clock_that_stays_far_behind_is_believed),
      cmocka_unit_test(a_clock_that_is_mended_in_time_changes_nothing),
      cmocka_unit_test(a_leap_ahead_is_taken_but_not_sure),
      cmocka_unit_test(a_long_silence_before_a_start_is_not_sure_either),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
