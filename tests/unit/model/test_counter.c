#include "model/fold/counter.h"
#include "unit.h"

#define DAY TIME_MS_PER_DAY

static void holds_from_the_nth_to_the_window_of_the_nth_newest(void **state) {
  (void)state;
  struct counter counter = {.times = 2, .within_ms = 7 * DAY};
  struct counter_state s = {0};
  assert_int_equal(counter_holds_until(&s, &counter), TIME_MIN);
  counter_see(&s, &counter, 1 * DAY, 0);
  assert_int_equal(counter_holds_until(&s, &counter), TIME_MIN);
  counter_see(&s, &counter, 3 * DAY, 0);
  assert_int_equal(counter_holds_until(&s, &counter), 8 * DAY);
  counter_see(&s, &counter, 4 * DAY, 0);
  assert_int_equal(counter_holds_until(&s, &counter), 10 * DAY);
  counter.within_ms = 0;
  assert_int_equal(counter_holds_until(&s, &counter), TIME_NEVER);
  counter_release(&s);
}

static void distinct_counts_values_by_their_last_sighting(void **state) {
  (void)state;
  struct counter counter = {.times = 2, .within_ms = 7 * DAY, .distinct = true};
  struct counter_state s = {0};
  counter_see(&s, &counter, 1 * DAY, 11);
  counter_see(&s, &counter, 2 * DAY, 11);
  counter_see(&s, &counter, 2 * DAY, 0); /* the field is missing */
  assert_int_equal(counter_holds_until(&s, &counter), TIME_MIN);
  counter_see(&s, &counter, 3 * DAY, 22);
  assert_int_equal(counter_holds_until(&s, &counter), 9 * DAY);
  counter_see(&s, &counter, 5 * DAY, 11);
  assert_int_equal(counter_holds_until(&s, &counter), 10 * DAY);
  counter_release(&s);
}

static void counts_in_a_span(void **state) {
  (void)state;
  struct counter counter = {.times = KEEP_NEWEST};
  struct counter_state s = {0};
  for (int i = 1; i <= 300; i++) counter_see(&s, &counter, i * DAY, 0);
  assert_int_equal(counter_within(&s, 300 * DAY, 0), 300);
  assert_int_equal(counter_within(&s, 300 * DAY, 7 * DAY), 7);
  assert_int_equal(counter_within(&s, 300 * DAY, 400 * DAY), KEEP_NEWEST);
  assert_int_equal(counter_within(&s, 306 * DAY, 7 * DAY), 1);
  counter_clear(&s);
  assert_int_equal(counter_within(&s, 300 * DAY, 0), 0);
  counter_release(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(holds_from_the_nth_to_the_window_of_the_nth_newest),
      cmocka_unit_test(distinct_counts_values_by_their_last_sighting),
      cmocka_unit_test(counts_in_a_span),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
