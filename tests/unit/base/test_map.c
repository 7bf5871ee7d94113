#include "unit.h"

#include "base/map.h"
#include <stdio.h>

static struct str key_of(char text[32], int i) {
  int len = snprintf(text, 32, "user-%d", i * 7919);
  return (struct str){text, (size_t)len};
}

static void empty_map_knows_nothing(void **state) {
  (void)state;
  struct map map;
  map_init(&map);
  assert_int_equal(map_get(&map, STR("a")), MAP_NONE);
  assert_int_equal(map_get(&map, (struct str){0}), MAP_NONE);
  map_release(&map);
}

static void puts_once_and_sets_again(void **state) {
  (void)state;
  struct map map;
  bool added;
  map_init(&map);
  assert_int_equal(map_put(&map, STR("a"), 5, &added), 5);
  assert_true(added);
  assert_int_equal(map_put(&map, STR("a"), 6, &added), 5);
  assert_false(added);
  map_set(&map, STR("a"), 7);
  map_set(&map, STR("b"), 0);
  assert_int_equal(map_get(&map, STR("a")), 7);
  assert_int_equal(map_get(&map, STR("b")), 0);
  assert_int_equal(map.count, 2);
  map_release(&map);
}

static void holds_many_keys_in_order(void **state) {
  (void)state;
  enum { KEYS = 50000 };
  struct map map;
  char text[32];
  map_init(&map);
  for (int i = 0; i < KEYS; i++) assert_int_equal(map_put(&map, key_of(text, i), (uint32_t)i, NULL), i);
  for (int i = 0; i < KEYS; i++) {
    struct str key = key_of(text, i);
    assert_int_equal(map_get(&map, key), i);
    assert_int_equal(map_get_hashed(&map, key, str_hash(key)), i);
    assert_true(str_eq(map.entries[i].key, key));
  }
  assert_int_equal(map_get(&map, STR("user-1")), MAP_NONE);
  assert_true(map.count * 4 <= map.slot_count * 3);
  map_release(&map);
}

static void keys_are_copied_and_binary_safe(void **state) {
  (void)state;
  struct map map;
  char key[] = "a\0b";
  map_init(&map);
  map_set(&map, (struct str){key, 3}, 1);
  key[2] = 'c';
  assert_int_equal(map_get(&map, (struct str){"a\0b", 3}), 1);
  assert_int_equal(map_get(&map, (struct str){"a\0c", 3}), MAP_NONE);
  map_set(&map, (struct str){0}, 2);
  assert_int_equal(map_get(&map, STR("")), 2);
  map_release(&map);
}

/* Two keys that claim one hash: the bytes decide. */
static void equal_hashes_do_not_make_equal_keys(void **state) {
  (void)state;
  struct map map;
  map_init(&map);
  map_set(&map, STR("a"), 1);
  assert_int_equal(map_get_hashed(&map, STR("b"), str_hash(STR("a"))), MAP_NONE);
  map_release(&map);
}

static void interns_names(void **state) {
  (void)state;
  struct map map;
  map_init(&map);
  assert_int_equal(map_intern(&map, STR("fit")), 0);
  assert_int_equal(map_intern(&map, STR("intent")), 1);
  assert_int_equal(map_intern(&map, STR("fit")), 0);
  map_release(&map);
  assert_int_equal(map.count, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(empty_map_knows_nothing),
      cmocka_unit_test(puts_once_and_sets_again),
      cmocka_unit_test(holds_many_keys_in_order),
      cmocka_unit_test(keys_are_copied_and_binary_safe),
      cmocka_unit_test(equal_hashes_do_not_make_equal_keys),
      cmocka_unit_test(interns_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
