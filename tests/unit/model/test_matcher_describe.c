#include "forms.h"
#include "model/ruleset/list.h"
#include "unit.h"

static void described(const struct matcher *matcher, const char *expected) {
  struct buf out;
  buf_init(&out);
  matcher_describe(matcher, &out);
  assert_str(buf_str(&out), expected);
  buf_release(&out);
}

static void plain_forms_read_as_written(void **state) {
  (void)state;
  described(M(ANY), "any");
  described(M(PRESENT), "present");
  described(M(MISSING), "missing");
  described(M(EQUALS(T("CTO"))), "\"CTO\"");
  described(M(EQUALS(T("a\"b\\c\n"))), "\"a\\\"b\\\\c\\x0a\"");
  described(M(EQUALS(N(5))), "5");
  described(M(EQUALS(B(true))), "true");
  described(M(AT_LEAST(20)), "at_least(20)");
  described(M(AT_MOST(2.5)), "at_most(2.5)");
  described(M(ABOVE(-1)), "above(-1)");
  described(M(BELOW(1000000)), "below(1000000)");
  described(M(BETWEEN(50, 999)), "between(50, 999)");
  described(M(PAST(30 * TIME_MS_PER_DAY)), "past \"30d\"");
  described(M(AHEAD(36 * TIME_MS_PER_HOUR)), "ahead \"1d12h\"");
}

static void text_forms_show_their_text(void **state) {
  (void)state;
  described(M(TEXTS(MATCH_STARTS, S("/pricing"))), "starts \"/pricing\"");
  described(M(TEXTS(MATCH_ENDS, S(".edu"))), "ends \".edu\"");
  described(M(TEXTS(MATCH_CONTAINS, S("a b"))), "contains \"a b\"");
  described(M(TEXTS(MATCH_GLOB, S("/pricing*"))), "glob \"/pricing*\"");
  described(M(TEXTS(MATCH_WORD, S("ceo"), S("cto"))), "word { \"ceo\", \"cto\" }");
}

static void named_and_compiled_things_show_what_was_written(void **state) {
  (void)state;
  struct err err;
  struct regex *regex = regex_new(STR("(?i)^dr\\b"), &err);
  struct list *list = list_new(STR("freemail"), STR("lists/freemail.txt"), STR("gmail.com"), &err);
  struct network networks[2];
  assert_true(network_parse(STR("203.0.113.0/24"), &networks[0]));
  assert_true(network_parse(STR("2001:db8::1"), &networks[1]));
  described(M({.op = MATCH_REGEX, .regex = regex}), "matches \"(?i)^dr\\\\b\"");
  described(M({.op = MATCH_LISTED, .list = list}), "listed \"freemail\"");
  described(M({.op = MATCH_CIDR, .len = 2, .networks = networks}),
            "cidr { \"203.0.113.0/24\", \"2001:db8::1\" }");
  regex_free(regex);
  list_free(list);
}

static void long_sets_are_cut(void **state) {
  (void)state;
  described(M(SET(MATCH_ONE_OF, T("a"), N(2), B(false))), "one_of { \"a\", 2, false }");
  described(M(SET(MATCH_NONE_OF, N(1), N(2), N(3), N(4), N(5))), "none_of { 1, 2, 3, 4, 5 }");
  described(M(SET(MATCH_ONE_OF, N(1), N(2), N(3), N(4), N(5), N(6), N(7))),
            "one_of { 1, 2, 3, 4, 5, ... 2 more }");
}

static void combinations_keep_luas_precedence(void **state) {
  (void)state;
  const struct matcher a = AT_LEAST(1), b = AT_MOST(2), c = MISSING;
  const struct matcher both = KIDS(MATCH_AND, false, &a, &b), either = KIDS(MATCH_OR, false, &a, &b);
  described(M(KIDS(MATCH_OR, false, &both, &c)), "at_least(1) & at_most(2) | missing");
  described(M(KIDS(MATCH_AND, false, &either, &c)), "(at_least(1) | at_most(2)) & missing");
  described(M(KIDS(MATCH_NOT, false, &either)), "~(at_least(1) | at_most(2))");
  described(M(KIDS(MATCH_NOT, false, &both)), "~(at_least(1) & at_most(2))");
  described(M(KIDS(MATCH_NOT, false, &c)), "~missing");
  described(M(KIDS(MATCH_NOT, false, M(KIDS(MATCH_NOT, false, &c)))), "~~missing");
  described(M(KIDS(MATCH_AND, false, &both, &c)), "at_least(1) & at_most(2) & missing");
  described(M(KIDS(MATCH_SOME, false, &either)), "some(at_least(1) | at_most(2))");
  described(M(KIDS(MATCH_EVERY, false, &c)), "every(missing)");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_forms_read_as_written),
      cmocka_unit_test(text_forms_show_their_text),
      cmocka_unit_test(named_and_compiled_things_show_what_was_written),
      cmocka_unit_test(long_sets_are_cut),
      cmocka_unit_test(combinations_keep_luas_precedence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
