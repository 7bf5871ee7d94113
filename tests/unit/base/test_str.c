#include "unit.h"

#include "base/str.h"

static void compares_bytewise(void **state) {
  (void)state;
  assert_true(str_cmp(STR("a"), STR("b")) < 0);
  assert_true(str_cmp(STR("ab"), STR("a")) > 0);
  assert_true(str_cmp(STR("a"), STR("ab")) < 0);
  assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
  assert_int_equal(str_cmp(STR("abc"), STR("abc")), 0);
  assert_int_equal(str_cmp((struct str){0}, STR("")), 0);
  assert_true(str_eq((struct str){0}, STR("")));
  assert_false(str_eq(STR("a"), STR("b")));
}

static void starts_and_ends(void **state) {
  (void)state;
  assert_true(str_starts(STR("/pricing"), STR("/pri")));
  assert_true(str_starts(STR("x"), STR("")));
  assert_true(str_starts((struct str){0}, (struct str){0}));
  assert_false(str_starts(STR("/p"), STR("/pricing")));
  assert_true(str_ends(STR("a@b.com"), STR(".com")));
  assert_true(str_ends((struct str){0}, STR("")));
  assert_false(str_ends(STR("com"), STR(".com")));
}

static void trims_both_ends(void **state) {
  (void)state;
  assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
  assert_str(str_trim(STR("   ")), "");
  assert_str(str_trim((struct str){0}), "");
}

/* Stored hashes (rulesets, state) would turn wrong if the function changed. */
static void hash_is_the_documented_one(void **state) {
  (void)state;
  assert_true(str_hash((struct str){0}) == UINT64_C(0x2d06800538d394c2));
  assert_true(str_hash(STR("embudo")) != str_hash(STR("embudp")));
  assert_true(str_hash(STR("")) == str_hash((struct str){0}));
}

static void wide_hash_depends_on_text_and_seed(void **state) {
  (void)state;
  struct hash128 a = str_hash128(STR("embudo"), 1), b = str_hash128(STR("embudo"), 2),
                 c = str_hash128(STR("embudp"), 1);
  assert_true(a.low != b.low && a.high != b.high);
  assert_true(a.low != c.low && a.high != c.high);
  struct hash128 empty = str_hash128(STR(""), 1), none = str_hash128((struct str){0}, 1);
  assert_true(empty.low == none.low && empty.high == none.high);
}

static void guesses_the_nearest_word(void **state) {
  (void)state;
  static const char *const words[] = {"points", "decay", "limit", "when", "on", "doc", "page", NULL};
  static const struct {
    const char *typed, *expected;
  } cases[] = {
      {"point", "points"},  {"piont", "points"}, {"piotns", "points"}, {"decya", "decay"},
      {"dekai", "decay"},   {"wehn", "when"},    {"whne", "when"},     {"wxyn", NULL},
      {"no", "on"},         {"x", NULL},         {"paeg", "page"},     {"points", "points"},
      {"completely", NULL}, {"", NULL},          {"limtis", "limit"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    const char *found = str_nearest(str_of(cases[i].typed), words);
    if (cases[i].expected == NULL ? found != NULL : !found || strcmp(found, cases[i].expected) != 0)
      fail_msg("%s: got %s", cases[i].typed, found ? found : "nothing");
  }
}

static void does_not_guess_for_long_input(void **state) {
  (void)state;
  char typed[200];
  memset(typed, 'a', sizeof typed);
  typed[64] = '\0';
  const char *const words[] = {typed, NULL};
  assert_ptr_equal(str_nearest((struct str){typed, 63}, words), typed);
  assert_null(str_nearest((struct str){typed, 65}, words));
}

static void names_are_what_scripts_write_without_quotes(void **state) {
  (void)state;
  static const char *const names[] = {"a", "_", "email_domain", "Z9"}, *const others[] = {"",         "9a",
                                                                                          "a-b",      "a b",
                                                                                          "\xc3\xa4", "a."};
  for (size_t i = 0; i < COUNT_OF(names); i++) assert_true(str_is_name(str_of(names[i])));
  for (size_t i = 0; i < COUNT_OF(others); i++) assert_false(str_is_name(str_of(others[i])));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(compares_bytewise),
      cmocka_unit_test(starts_and_ends),
      cmocka_unit_test(trims_both_ends),
      cmocka_unit_test(hash_is_the_documented_one),
      cmocka_unit_test(wide_hash_depends_on_text_and_seed),
      cmocka_unit_test(names_are_what_scripts_write_without_quotes),
      cmocka_unit_test(guesses_the_nearest_word),
      cmocka_unit_test(does_not_guess_for_long_input),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
