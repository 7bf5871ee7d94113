#include "unit.h"

#include "core/engine/timeline.h"

static struct arena arena;

static const struct touch *at(int64_t time_ms, const char *key) {
  struct touch *touch = touch_new(&arena, 0, 0, NULL);
  touch->time_ms = time_ms;
  touch->key = key;
  touch->key_len = (uint32_t)strlen(key);
  return touch;
}

static void keeps_the_order_of_arrival(void **state) {
  (void)state;
  enum { MANY = 5000 };
  struct timeline timeline = {0};
  struct touch_list list = {0};
  for (int i = 0; i < MANY; i++) timeline_add(&timeline, &arena, at(i, "k"));
  touch_list_add(&list, at(-1, "k"));
  touch_list_add_all(&list, &timeline);
  assert_int_equal(timeline.count, MANY);
  assert_int_equal(list.count, MANY + 1);
  for (int i = 0; i <= MANY; i++) assert_int_equal(list.items[i]->time_ms, i - 1);
  touch_list_release(&list);
}

static void an_empty_one_adds_nothing(void **state) {
  (void)state;
  struct timeline timeline = {0};
  struct touch_list list = {0};
  touch_list_add_all(&list, &timeline);
  touch_list_sort(&list);
  assert_int_equal(list.count, 0);
  touch_list_release(&list);
}

static void sorts_by_time_then_key(void **state) {
  (void)state;
  struct touch_list list = {0};
  touch_list_add(&list, at(2, "b"));
  touch_list_add(&list, at(1, "z"));
  touch_list_add(&list, at(2, "a"));
  touch_list_add(&list, at(-5, "m"));
  touch_list_sort(&list);
  static const char *const keys[] = {"m", "z", "a", "b"};
  for (size_t i = 0; i < COUNT_OF(keys); i++) assert_string_equal(list.items[i]->key, keys[i]);
  touch_list_release(&list);
}

static int set_up(void **state) {
  (void)state;
  arena_init(&arena, 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_release(&arena);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keeps_the_order_of_arrival),
      cmocka_unit_test(an_empty_one_adds_nothing),
      cmocka_unit_test(sorts_by_time_then_key),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
