#include "model/match/matcher.h"

#include "forms.h"
#include "model/ruleset/list.h"
#include "unit.h"

#define NO  TRUTH_NO
#define YES TRUTH_YES

struct trial {
  struct matcher matcher;
  struct value value;
  enum truth expected;
};

static void run(const struct trial *trials, size_t count) {
  for (size_t i = 0; i < count; i++) {
    enum truth got = matcher_eval(&trials[i].matcher, trials[i].value, 0);
    if (got != trials[i].expected)
      fail_msg("trial %zu (%.*s): expected %d, got %d", i,
               trials[i].value.kind == VALUE_STRING ? (int)trials[i].value.len : 0, trials[i].value.text,
               trials[i].expected, got);
  }
}

#define RUN(...)                                                                                             \
  run((const struct trial[]){__VA_ARGS__}, sizeof((const struct trial[]){__VA_ARGS__}) / sizeof(struct trial))

#define LIST_OF(...)                                                                                         \
  {                                                                                                          \
    .kind = VALUE_LIST, .len = COUNT(struct value, __VA_ARGS__), .items = (const struct value[]) {           \
      __VA_ARGS__                                                                                            \
    }                                                                                                        \
  }
#define EMPTY_LIST                                                                                           \
  { .kind = VALUE_LIST }
#define NULLV                                                                                                \
  { .kind = VALUE_NULL }
#define ABSENT                                                                                               \
  { .kind = VALUE_MISSING }

static void presence_is_having_content(void **state) {
  (void)state;
  const struct pair pairs[] = {{S("a"), N(1)}};
  const struct value map = {.kind = VALUE_MAP, .len = 1, .pairs = pairs}, empty_map = {.kind = VALUE_MAP};
  const struct {
    struct value value;
    bool present;
  } cases[] = {{ABSENT, false},     {NULLV, false},         {T(""), false}, {T(" \t"), false},
               {EMPTY_LIST, false}, {empty_map, false},     {T("x"), true}, {N(0), true},
               {B(false), true},    {LIST_OF(NULLV), true}, {map, true}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_int_equal(matcher_eval(M(PRESENT), cases[i].value, 0), cases[i].present);
    assert_int_equal(matcher_eval(M(MISSING), cases[i].value, 0), !cases[i].present);
    assert_int_equal(matcher_eval(M(ANY), cases[i].value, 0), YES);
  }
}

static void equality_is_exact_within_a_kind(void **state) {
  (void)state;
  RUN({EQUALS(T("CTO")), T("CTO"), YES}, {EQUALS(T("CTO")), T("cto"), NO}, {EQUALS(T("CTO")), T("CTO "), NO},
      {EQUALS(T("")), T(""), YES}, {EQUALS(T("")), ABSENT, NO}, {EQUALS(N(5)), N(5), YES},
      {EQUALS(N(5)), N(5.5), NO}, {EQUALS(N(0)), N(-0.0), YES}, {EQUALS(B(true)), B(true), YES},
      {EQUALS(B(true)), B(false), NO}, {EQUALS(B(true)), T("true"), NO}, {EQUALS(B(false)), ABSENT, NO},
      {EQUALS(B(true)), N(1), NO}, {EQUALS(T("a")), LIST_OF(T("a")), NO}, {EQUALS(T("a")), NULLV, NO});
}

static void a_number_equals_the_text_that_spells_it(void **state) {
  (void)state;
  RUN({EQUALS(N(5)), T("5"), YES}, {EQUALS(T("5")), N(5), YES}, {EQUALS(N(-2.5)), T("-2.5"), YES},
      {EQUALS(N(8001)), T("08001"), NO}, {EQUALS(T("08001")), N(8001), NO}, {EQUALS(N(5)), T("5.0"), NO},
      {EQUALS(N(5)), T(" 5"), NO}, {EQUALS(N(5)), T(""), NO}, {EQUALS(T("five")), N(5), NO},
      {EQUALS(N(1e6)), T("1000000"), YES}, {SET(MATCH_ONE_OF, N(7), N(8)), T("8"), YES},
      {SET(MATCH_ONE_OF, T("7"), T("8")), N(8), YES}, {SET(MATCH_NONE_OF, T("7"), T("8")), N(8), NO});
}

static void sets_are_any_of_their_entries(void **state) {
  (void)state;
  RUN({SET(MATCH_ONE_OF, T("cpc"), T("paid")), T("paid"), YES},
      {SET(MATCH_ONE_OF, T("cpc"), T("paid")), T("Paid"), NO},
      {SET(MATCH_ONE_OF, T("cpc"), T("paid")), T("pai"), NO},
      {SET(MATCH_ONE_OF, T("cpc"), T("paid")), ABSENT, NO},
      {SET(MATCH_ONE_OF, T("a"), N(1), B(true)), B(true), YES},
      {SET(MATCH_ONE_OF, T("a")), LIST_OF(T("a")), NO},
      {SET(MATCH_NONE_OF, T("cpc"), T("paid")), T("paid"), NO},
      {SET(MATCH_NONE_OF, T("cpc")), T("organic"), YES}, {SET(MATCH_NONE_OF, T("cpc")), ABSENT, YES},
      {SET(MATCH_NONE_OF, T("cpc")), NULLV, YES}, {SET(MATCH_NONE_OF, T("cpc")), LIST_OF(T("cpc")), YES});
}

static void numeric_forms_include_their_ends(void **state) {
  (void)state;
  RUN({AT_LEAST(20), N(20), YES}, {AT_LEAST(20), N(19.999), NO}, {AT_MOST(20), N(20), YES},
      {AT_MOST(20), N(20.001), NO}, {ABOVE(20), N(20), NO}, {ABOVE(20), N(20.5), YES}, {BELOW(20), N(20), NO},
      {BELOW(20), N(-1), YES}, {BETWEEN(50, 999), N(50), YES}, {BETWEEN(50, 999), N(999), YES},
      {BETWEEN(50, 999), N(49.9), NO}, {BETWEEN(50, 999), N(999.5), NO}, {AT_LEAST(20), T("300"), YES},
      {AT_LEAST(20), T(" 20 "), YES}, {BELOW(20), T("-3.5"), YES}, {AT_LEAST(20), T("300 people"), NO},
      {AT_LEAST(20), T("1e3"), NO}, {BELOW(20), T(""), NO}, {AT_LEAST(0), ABSENT, NO},
      {AT_LEAST(0), NULLV, NO}, {AT_LEAST(0), B(true), NO}, {AT_LEAST(0), LIST_OF(N(1)), NO});
}

static void text_forms_ignore_case_and_accents(void **state) {
  (void)state;
  RUN({TEXTS(MATCH_STARTS, S("/pricing")), T("/Pricing/eu"), YES},
      {TEXTS(MATCH_STARTS, S("/pricing")), T("/pricing"), YES},
      {TEXTS(MATCH_STARTS, S("/pricing")), T("/pricin"), NO},
      {TEXTS(MATCH_STARTS, S("/pricing")), T("x/pricing"), NO},
      {TEXTS(MATCH_STARTS, S("direccion")), T("DIRECCIÓN general"), YES},
      {TEXTS(MATCH_ENDS, S(".edu")), T("MIT.EDU"), YES}, {TEXTS(MATCH_ENDS, S(".edu")), T("mit.edu.es"), NO},
      {TEXTS(MATCH_ENDS, S("gestion")), T("Control de Gestión"), YES},
      {TEXTS(MATCH_CONTAINS, S("compras")), T("Jefa de COMPRAS, sur"), YES},
      {TEXTS(MATCH_CONTAINS, S("munchen")), T("Büro München"), YES},
      {TEXTS(MATCH_CONTAINS, S("compras")), T("compra"), NO}, {TEXTS(MATCH_CONTAINS, S("a")), T(""), NO},
      {TEXTS(MATCH_CONTAINS, S("a")), ABSENT, NO}, {TEXTS(MATCH_STARTS, S("")), T("x"), YES},
      {TEXTS(MATCH_STARTS, S("")), ABSENT, NO}, {TEXTS(MATCH_CONTAINS, S("a")), LIST_OF(T("a")), NO},
      {TEXTS(MATCH_CONTAINS, S("rue")), B(true), NO});
}

static void globs_have_stars_and_question_marks(void **state) {
  (void)state;
  RUN({TEXTS(MATCH_GLOB, S("/pricing*")), T("/pricing"), YES},
      {TEXTS(MATCH_GLOB, S("/pricing*")), T("/PRICING/a/b"), YES},
      {TEXTS(MATCH_GLOB, S("/pricing*")), T("/blog/pricing"), NO},
      {TEXTS(MATCH_GLOB, S("*+test@*")), T("Ana+Test@x.es"), YES},
      {TEXTS(MATCH_GLOB, S("video ?")), T("Video ñ"), YES},
      {TEXTS(MATCH_GLOB, S("video ?")), T("Video 10"), NO},
      {TEXTS(MATCH_GLOB, S("a*b*c")), T("aXbXbXc"), YES}, {TEXTS(MATCH_GLOB, S("a*b*c")), T("aXcXb"), NO},
      {TEXTS(MATCH_GLOB, S("*")), T(""), YES}, {TEXTS(MATCH_GLOB, S("*")), ABSENT, NO},
      {TEXTS(MATCH_GLOB, S("20*")), N(2026), YES}, {TEXTS(MATCH_GLOB, S("20*")), N(1999), NO});
}

static void words_are_whole(void **state) {
  (void)state;
  RUN({TEXTS(MATCH_WORD, S("ceo"), S("cto")), T("CTO"), YES},
      {TEXTS(MATCH_WORD, S("ceo"), S("cto")), T("Founder & CEO, Acme"), YES},
      {TEXTS(MATCH_WORD, S("cto")), T("Director"), NO}, {TEXTS(MATCH_WORD, S("cto")), T("Actor"), NO},
      {TEXTS(MATCH_WORD, S("direccion")), T("Ayudante de Dirección"), YES},
      {TEXTS(MATCH_WORD, S("cto")), T("ctoñ"), NO},
      {TEXTS(MATCH_WORD, S("head of sales")), T("Head of Sales (EMEA)"), YES},
      {TEXTS(MATCH_WORD, S("head of sales")), T("Head of Salesforce"), NO},
      {TEXTS(MATCH_WORD, S("cto")), T("c.t.o."), NO}, {TEXTS(MATCH_WORD, S("cto")), ABSENT, NO},
      {TEXTS(MATCH_WORD, S("42")), N(42), YES}, {TEXTS(MATCH_WORD, S("4")), N(42), NO});
}

static void long_and_foreign_subjects_fold_too(void **state) {
  (void)state;
  char subject[1000];
  memset(subject, 'A', sizeof subject);
  memcpy(subject + 990, "Pricing", 7);
  const struct value v = {.kind = VALUE_STRING, .len = sizeof subject, .text = subject};
  RUN({TEXTS(MATCH_CONTAINS, S("apricinga")), v, YES}, {TEXTS(MATCH_STARTS, S("aaa")), v, YES},
      {TEXTS(MATCH_CONTAINS, S("b")), v, NO});
}

static void regexes_see_the_text_as_it_is(void **state) {
  (void)state;
  struct err err;
  struct regex *dr = regex_new(STR("(?i)^dr\\b"), &err), *four = regex_new(STR("^\\d{4}$"), &err);
  assert_non_null(dr);
  assert_non_null(four);
  RUN({{.op = MATCH_REGEX, .regex = dr}, T("Dr. Ana"), YES},
      {{.op = MATCH_REGEX, .regex = dr}, T("Drew"), NO}, {{.op = MATCH_REGEX, .regex = four}, N(2026), YES},
      {{.op = MATCH_REGEX, .regex = four}, T("20266"), NO}, {{.op = MATCH_REGEX, .regex = four}, ABSENT, NO},
      {{.op = MATCH_REGEX, .regex = four}, LIST_OF(N(2026)), NO});
  regex_free(dr);
  regex_free(four);
}

/* Neither an exhausted pattern nor its negation holds, and the three values combine as Kleene's. */
static void an_exhausted_regex_is_unknown(void **state) {
  (void)state;
  struct err err;
  struct regex *regex = regex_new(STR("^(?:a+)+$"), &err);
  assert_non_null(regex);
  char subject[4001];
  memset(subject, 'a', sizeof subject);
  subject[4000] = 'b';
  const struct value v = {.kind = VALUE_STRING, .len = sizeof subject, .text = subject};
  const struct matcher unknown = {.op = MATCH_REGEX, .regex = regex}, yes = ANY, no = MISSING;
  const enum truth maybe = TRUTH_UNKNOWN;
  RUN({unknown, v, maybe}, {KIDS(MATCH_NOT, false, &unknown), v, maybe},
      {KIDS(MATCH_AND, false, &unknown, &yes), v, maybe}, {KIDS(MATCH_AND, false, &unknown, &no), v, NO},
      {KIDS(MATCH_AND, false, &no, &unknown), v, NO}, {KIDS(MATCH_OR, false, &unknown, &yes), v, YES},
      {KIDS(MATCH_OR, false, &unknown, &no), v, maybe}, {KIDS(MATCH_OR, false, &no, &unknown), v, maybe},
      {KIDS(MATCH_SOME, false, &unknown), LIST_OF(v, T("aa")), YES},
      {KIDS(MATCH_SOME, false, &unknown), LIST_OF(v, T("b")), maybe},
      {KIDS(MATCH_EVERY, false, &unknown), LIST_OF(v, T("aa")), maybe},
      {KIDS(MATCH_EVERY, false, &unknown), LIST_OF(v, T("b")), NO});
  regex_free(regex);
}

static void lists_are_looked_up_folded(void **state) {
  (void)state;
  struct err err;
  struct list *list = list_new(STR("own"), STR("lists/own.txt"), STR("acme.example\n*.edu\n42\n"), &err);
  assert_non_null(list);
  const struct matcher listed = {.op = MATCH_LISTED, .list = list};
  RUN({listed, T("ACME.example"), YES}, {listed, T("mit.edu"), YES}, {listed, T("acme.exampl"), NO},
      {listed, N(42), YES}, {listed, ABSENT, NO}, {listed, B(true), NO});
  list_free(list);
}

static void addresses_are_in_networks(void **state) {
  (void)state;
  struct network networks[2];
  assert_true(network_parse(STR("203.0.113.0/24"), &networks[0]));
  assert_true(network_parse(STR("2001:db8::/32"), &networks[1]));
  const struct matcher cidr = {.op = MATCH_CIDR, .len = 2, .networks = networks};
  RUN({cidr, T("203.0.113.255"), YES}, {cidr, T("203.0.114.0"), NO}, {cidr, T("2001:db8:1::7"), YES},
      {cidr, T("::ffff:203.0.113.9"), YES}, {cidr, T("2001:db9::"), NO}, {cidr, T("203.0.113"), NO},
      {cidr, ABSENT, NO}, {cidr, N(203), NO});
}

static void some_and_every_look_into_lists(void **state) {
  (void)state;
  const struct matcher big = AT_LEAST(10);
  RUN({KIDS(MATCH_SOME, false, &big), LIST_OF(N(1), N(10)), YES},
      {KIDS(MATCH_SOME, false, &big), LIST_OF(N(1), N(2)), NO},
      {KIDS(MATCH_EVERY, false, &big), LIST_OF(N(11), N(10)), YES},
      {KIDS(MATCH_EVERY, false, &big), LIST_OF(N(1), N(10)), NO},
      {KIDS(MATCH_EVERY, false, &big), EMPTY_LIST, NO}, {KIDS(MATCH_SOME, false, &big), EMPTY_LIST, NO},
      {KIDS(MATCH_SOME, false, &big), N(10), NO}, {KIDS(MATCH_EVERY, false, &big), ABSENT, NO},
      {KIDS(MATCH_SOME, false, M(KIDS(MATCH_EVERY, false, &big))),
       LIST_OF(LIST_OF(N(1)), LIST_OF(N(10), N(12))), YES});
}

static void forms_combine(void **state) {
  (void)state;
  const struct matcher starts = TEXTS(MATCH_STARTS, S("a")), ends = TEXTS(MATCH_ENDS, S("z")),
                       nothing = {.op = MATCH_AND};
  RUN({KIDS(MATCH_AND, false, &starts, &ends), T("abcz"), YES},
      {KIDS(MATCH_AND, false, &starts, &ends), T("abc"), NO},
      {KIDS(MATCH_OR, false, &starts, &ends), T("abc"), YES},
      {KIDS(MATCH_OR, false, &starts, &ends), T("bc"), NO}, {KIDS(MATCH_NOT, false, &starts), T("bc"), YES},
      {KIDS(MATCH_NOT, false, &starts), T("abc"), NO}, {KIDS(MATCH_NOT, false, &starts), ABSENT, YES},
      {nothing, ABSENT, YES}, {{.op = MATCH_OR}, ABSENT, NO});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(presence_is_having_content),
      cmocka_unit_test(equality_is_exact_within_a_kind),
      cmocka_unit_test(a_number_equals_the_text_that_spells_it),
      cmocka_unit_test(sets_are_any_of_their_entries),
      cmocka_unit_test(numeric_forms_include_their_ends),
      cmocka_unit_test(text_forms_ignore_case_and_accents),
      cmocka_unit_test(globs_have_stars_and_question_marks),
      cmocka_unit_test(words_are_whole),
      cmocka_unit_test(long_and_foreign_subjects_fold_too),
      cmocka_unit_test(regexes_see_the_text_as_it_is),
      cmocka_unit_test(an_exhausted_regex_is_unknown),
      cmocka_unit_test(lists_are_looked_up_folded),
      cmocka_unit_test(addresses_are_in_networks),
      cmocka_unit_test(some_and_every_look_into_lists),
      cmocka_unit_test(forms_combine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
