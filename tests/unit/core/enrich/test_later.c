#include "unit.h"

#include "core/enrich/later.h"
#include <stdio.h>

static struct later later;

static int start(void **state) {
  (void)state;
  later_init(&later);
  return 0;
}

static int stop(void **state) {
  (void)state;
  later_release(&later);
  return 0;
}

static bool add(size_t number) {
  char id[32];
  snprintf(id, sizeof id, "lead-%zu", number);
  return later_add(&later, str_of(id));
}

static void assert_taken(size_t number) {
  char id[32];
  struct str taken;
  snprintf(id, sizeof id, "lead-%zu", number);
  assert_true(later_take(&later, &taken));
  assert_str(taken, id);
}

static void each_waits_once_and_in_its_order(void **state) {
  (void)state;
  struct str taken;
  assert_true(add(1) && add(2) && add(1) && add(3));
  assert_int_equal(later_count(&later), 3);
  assert_taken(1);
  assert_true(add(1)); /* again, behind the others */
  assert_taken(2);
  assert_taken(3);
  assert_taken(1);
  assert_false(later_take(&later, &taken));
  assert_int_equal(later_count(&later), 0);
  assert_true(add(2));
  assert_taken(2);
}

static void there_is_a_bound(void **state) {
  (void)state;
  for (size_t i = 0; i < LATER_MAX; i++) assert_true(add(i));
  assert_false(add(LATER_MAX));
  assert_true(add(7)); /* waits already */
  assert_taken(0);
  assert_true(add(LATER_MAX));
}

/* Who comes and goes for ever takes no more room than who waits. */
static void those_of_long_ago_are_forgotten(void **state) {
  (void)state;
  for (size_t i = 0; i < 100; i++) assert_true(add(i));
  for (size_t i = 100; i < 5 * LATER_MAX; i++) {
    assert_true(add(i));
    assert_taken(i - 100);
  }
  assert_int_equal(later_count(&later), 100);
  assert_in_range(later.ids.count, 100, 2 * LATER_MAX);
  assert_in_range(later.queue_cap, 100, 1000);
}

static bool is_odd(void *arg, struct str id) {
  (void)arg;
  return (id.p[id.len - 1] - '0') % 2 == 1;
}

static void the_erased_are_forgotten(void **state) {
  (void)state;
  assert_true(add(1) && add(2) && add(3) && add(4));
  assert_taken(1);
  later_keep(&later, is_odd, NULL);
  assert_int_equal(later.ids.count, 1); /* nothing of the others is left */
  assert_taken(3);
  assert_true(add(2));
  assert_taken(2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_waits_once_and_in_its_order, start, stop),
      cmocka_unit_test_setup_teardown(there_is_a_bound, start, stop),
      cmocka_unit_test_setup_teardown(those_of_long_ago_are_forgotten, start, stop),
      cmocka_unit_test_setup_teardown(the_erased_are_forgotten, start, stop),
  };
  return cmocka_run_group_tests_name("later", tests, NULL, NULL);
}
