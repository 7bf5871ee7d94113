#include "unit.h"

#include "core/handoff/returned.h"

static struct returned_value value_of(uint64_t sent, uint64_t item) {
  return (struct returned_value){{sent, 1}, {item, 2}};
}

static struct returned returned;

static void comes_back_once_and_with_the_same_item_again(void **state) {
  (void)state;
  memset(&returned, 0, sizeof returned);
  assert_int_equal(returned_before(&returned, value_of(1, 1)), RETURNED_NEVER);
  returned_note(&returned, value_of(1, 1));
  returned_note(&returned, value_of(1, 2)); /* told twice: the first stays */
  assert_int_equal(returned_before(&returned, value_of(1, 1)), RETURNED_SO);
  assert_int_equal(returned_before(&returned, value_of(1, 2)), RETURNED_OTHERWISE);
  assert_int_equal(returned_before(&returned, value_of(2, 1)), RETURNED_NEVER);
  returned_forget(&returned, value_of(1, 2)); /* not this one */
  assert_int_equal(returned_before(&returned, value_of(1, 1)), RETURNED_SO);
  returned_forget(&returned, value_of(1, 1));
  assert_int_equal(returned_before(&returned, value_of(1, 1)), RETURNED_NEVER);
}

static void the_newest_are_kept(void **state) {
  (void)state;
  memset(&returned, 0, sizeof returned);
  for (uint64_t i = 1; i <= RETURNED_MAX + 10; i++) returned_note(&returned, value_of(i, i));
  assert_int_equal(returned_before(&returned, value_of(10, 10)), RETURNED_NEVER);
  assert_int_equal(returned_before(&returned, value_of(11, 11)), RETURNED_SO);
  assert_int_equal(returned_before(&returned, value_of(RETURNED_MAX + 10, RETURNED_MAX + 10)), RETURNED_SO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(comes_back_once_and_with_the_same_item_again),
      cmocka_unit_test(the_newest_are_kept),
  };
  return cmocka_run_group_tests_name("returned", tests, NULL, NULL);
}
