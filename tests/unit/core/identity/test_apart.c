#include "unit.h"

#include "core/identity/apart.h"

static struct identity_member user(const char *id) {
  return (struct identity_member){ID_USER, str_of(id)};
}

static struct identity_member anonymous(const char *id) {
  return (struct identity_member){ID_ANONYMOUS, str_of(id)};
}

static void add(struct apart *apart, struct identity_member a, struct identity_member b) {
  const struct apart_pair pair = {a, b, STR("ops"), 1000};
  apart_add(apart, &pair);
}

static void pairs_have_no_direction(void **state) {
  (void)state;
  struct apart *apart = apart_new();
  assert_false(apart_has(apart, user("a"), user("b")));
  add(apart, user("a"), anonymous("b"));
  add(apart, anonymous("b"), user("a"));
  assert_int_equal(apart_count(apart), 1);
  assert_true(apart_has(apart, anonymous("b"), user("a")));
  assert_true(apart_has(apart, user("a"), anonymous("b")));
  assert_false(apart_has(apart, anonymous("a"), user("b")));
  assert_false(apart_has(apart, user("a"), user("b")));
  apart_free(apart);
}

static void pairs_are_removed(void **state) {
  (void)state;
  struct apart *apart = apart_new();
  add(apart, user("a"), user("b"));
  add(apart, user("a"), user("c"));
  assert_true(apart_remove(apart, user("b"), user("a")));
  assert_false(apart_remove(apart, user("b"), user("a")));
  assert_false(apart_has(apart, user("a"), user("b")));
  assert_true(apart_has(apart, user("a"), user("c")));
  struct apart *copy = apart_dup(apart);
  apart_free(apart);
  assert_true(apart_has(copy, user("a"), user("c")));
  apart_free(copy);
}

static void json_holds_all_of_it(void **state) {
  (void)state;
  struct apart *apart = apart_new(), *read = apart_new();
  struct json_writer w;
  struct buf text;
  struct err err;
  buf_init(&text);
  json_writer_init(&w, &text);
  add(apart, user("a \"b\""), anonymous("c"));
  apart_put(apart, &w);
  assert_int_equal(apart_parse(read, buf_str(&text), &err), 0);
  assert_int_equal(apart_count(read), 1);
  assert_str(apart_at(read, 0).a.id, "a \"b\"");
  assert_str(apart_at(read, 0).by, "ops");
  assert_int_equal(apart_at(read, 0).at_ms, 1000);
  assert_int_equal(apart_parse(read, STR("[{\"a\":{\"user_id\":\"x\"}}]"), &err), -1);
  assert_int_equal(apart_parse(read, STR("["), &err), -1);
  apart_free(apart);
  apart_free(read);
  buf_release(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pairs_have_no_direction),
      cmocka_unit_test(pairs_are_removed),
      cmocka_unit_test(json_holds_all_of_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
