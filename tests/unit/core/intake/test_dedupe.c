#include "unit.h"

#include "core/intake/dedupe.h"

#include <stdio.h>

static enum dedupe_result add(struct dedupe *dedupe, int id, uint32_t body) {
  char key[32];
  int len = snprintf(key, sizeof key, "src%c%d", 0, id);
  return dedupe_add(dedupe, dedupe_hash(dedupe, (struct str){key, (size_t)len}), body);
}

static void the_first_wins(void **state) {
  (void)state;
  struct dedupe *dedupe = dedupe_new(0, 7);
  assert_int_equal(add(dedupe, 1, 10), DEDUPE_NEW);
  assert_int_equal(add(dedupe, 1, 10), DEDUPE_DUPLICATE);
  assert_int_equal(add(dedupe, 1, 11), DEDUPE_CONFLICT);
  assert_int_equal(add(dedupe, 1, 10), DEDUPE_DUPLICATE);
  assert_int_equal(add(dedupe, 2, 10), DEDUPE_NEW);
  assert_int_equal(dedupe_count(dedupe), 2);
  dedupe_free(dedupe);
}

static void sources_do_not_share_ids(void **state) {
  (void)state;
  struct dedupe *dedupe = dedupe_new(0, 0);
  struct hash128 a = dedupe_hash(dedupe, (struct str){"a\0id", 4}),
                 b = dedupe_hash(dedupe, (struct str){"b\0id", 4});
  assert_int_equal(dedupe_add(dedupe, a, 1), DEDUPE_NEW);
  assert_int_equal(dedupe_add(dedupe, b, 1), DEDUPE_NEW);
  assert_int_equal(dedupe_add(dedupe, a, 1), DEDUPE_DUPLICATE);
  dedupe_free(dedupe);
}

static void remembers_many(void **state) {
  (void)state;
  enum { IDS = 200000 };
  struct dedupe *dedupe = dedupe_new(0, 1);
  for (int i = 0; i < IDS; i++) assert_int_equal(add(dedupe, i, (uint32_t)i), DEDUPE_NEW);
  for (int i = 0; i < IDS; i++) assert_int_equal(add(dedupe, i, (uint32_t)i), DEDUPE_DUPLICATE);
  assert_int_equal(dedupe_count(dedupe), IDS);
  assert_int_equal(dedupe_forgotten(dedupe), 0);
  dedupe_free(dedupe);
}

static enum dedupe_result find(const struct dedupe *dedupe, int id, uint32_t body) {
  char key[32];
  int len = snprintf(key, sizeof key, "src%c%d", 0, id);
  return dedupe_find(dedupe, dedupe_hash(dedupe, (struct str){key, (size_t)len}), body);
}

/* Also while entries move to a larger table: it doubles at 769, 1,537, 3,073 and 6,145. */
static void knows_all_at_any_time(void **state) {
  (void)state;
  enum { IDS = 7000 };
  struct dedupe *dedupe = dedupe_new(0, 3);
  for (int i = 0; i < IDS; i++) {
    assert_int_equal(add(dedupe, i, (uint32_t)i), DEDUPE_NEW);
    for (int known = i; known >= 0; known -= 97) {
      assert_int_equal(find(dedupe, known, (uint32_t)known), DEDUPE_DUPLICATE);
      assert_int_equal(add(dedupe, known, (uint32_t)known + 1), DEDUPE_CONFLICT);
    }
    assert_int_equal(find(dedupe, i + 1, 0), DEDUPE_NEW);
  }
  assert_int_equal(dedupe_count(dedupe), IDS);
  dedupe_free(dedupe);
}

/* At any time at least the newest half of the limit is remembered, and never more than the limit. */
static void forgets_the_oldest(void **state) {
  (void)state;
  enum { LIMIT = 1000, IDS = 5321 };
  struct dedupe *dedupe = dedupe_new(LIMIT, 1);
  for (int i = 0; i < IDS; i++) {
    assert_int_equal(add(dedupe, i, 0), DEDUPE_NEW);
    assert_true(dedupe_count(dedupe) <= LIMIT);
    if (i >= LIMIT / 2) assert_int_equal(add(dedupe, i - LIMIT / 2 + 1, 0), DEDUPE_DUPLICATE);
  }
  assert_int_equal(dedupe_count(dedupe) + dedupe_forgotten(dedupe), IDS);
  assert_int_equal(add(dedupe, 0, 0), DEDUPE_NEW);
  dedupe_free(dedupe);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_wins),     cmocka_unit_test(sources_do_not_share_ids),
      cmocka_unit_test(remembers_many),     cmocka_unit_test(knows_all_at_any_time),
      cmocka_unit_test(forgets_the_oldest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
