#include "model/match/number.h"

#include "unit.h"

static const struct {
  const char *text;
  double number;
} plain[] = {
    {"0", 0},
    {"300", 300},
    {"-7", -7},
    {" 42\t", 42},
    {"007", 7},
    {"3.5", 3.5},
    {"-0.25", -0.25},
    {"0.1", 0.1},
    {"1.005", 1.005},
    {"9007199254740993", 9007199254740992.0}, /* beyond 2^53: the nearest double */
    {"123456789012345678901234567890", 123456789012345678901234567890.0},
    {"0.3333333333333333333333", 0.3333333333333333333333},
    {"2.2250738585072011", 2.2250738585072011},
};

static const char *const not_plain[] = {"",      " ",   "-",   "+5",  ".5",  "5.",    "1e3", "0x10", "1,000",
                                        "1.2.3", "5 5", "--5", "nan", "inf", "1_000", "5€",  "٣",    "-.5"};

static void plain_decimals_read_as_the_nearest_number(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(plain); i++) {
    double n = -1;
    if (!number_parse(str_of(plain[i].text), &n)) fail_msg("\"%s\" was not read", plain[i].text);
    if (n != plain[i].number) fail_msg("\"%s\" was read as %.17g", plain[i].text, n);
  }
}

static void anything_else_is_no_number(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(not_plain); i++) {
    double n = -1;
    if (number_parse(str_of(not_plain[i]), &n)) fail_msg("\"%s\" was read as %g", not_plain[i], n);
  }
  char digits[66];
  double n;
  memset(digits, '1', sizeof digits);
  assert_true(number_parse((struct str){digits, 64}, &n));
  assert_false(number_parse((struct str){digits, 65}, &n));
}

static void values_give_their_number(void **state) {
  (void)state;
  double n = 0;
  assert_true(number_of(value_number(2.5), &n));
  assert_true(n == 2.5);
  assert_true(number_of(value_str(STR("12")), &n));
  assert_true(n == 12);
  assert_false(number_of(value_bool(true), &n));
  assert_false(number_of(VALUE_NONE, &n));
  assert_false(number_of((struct value){.kind = VALUE_LIST}, &n));
}

static void spellings_read_back(void **state) {
  (void)state;
  static const struct {
    double number;
    const char *text;
  } cases[] = {{5, "5"},
               {-5, "-5"},
               {0, "0"},
               {2.5, "2.5"},
               {1e6, "1000000"},
               {0.1, "0.1"},
               {1716000000000, "1716000000000"}};
  struct buf scratch;
  buf_init(&scratch);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    double n = -1;
    struct str text = number_spelling(cases[i].number, &scratch);
    assert_str(text, cases[i].text);
    assert_true(number_parse(text, &n) && n == cases[i].number);
  }
  buf_release(&scratch);
}

static void strings_and_numbers_have_text(void **state) {
  (void)state;
  struct buf scratch;
  struct str text;
  buf_init(&scratch);
  assert_true(number_or_text(value_str(STR("a")), &scratch, &text));
  assert_str(text, "a");
  assert_true(number_or_text(value_number(7), &scratch, &text));
  assert_str(text, "7");
  assert_false(number_or_text(value_bool(true), &scratch, &text));
  assert_false(number_or_text(VALUE_NONE, &scratch, &text));
  buf_release(&scratch);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_decimals_read_as_the_nearest_number),
      cmocka_unit_test(anything_else_is_no_number),
      cmocka_unit_test(values_give_their_number),
      cmocka_unit_test(spellings_read_back),
      cmocka_unit_test(strings_and_numbers_have_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
