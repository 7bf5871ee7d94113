#include "unit.h"

#include "base/hex.h"

static void there_and_back(void **state) {
  (void)state;
  static const struct {
    uint64_t number;
    const char *text;
  } cases[] = {{0, "0000000000000000"},
               {0x9fa, "00000000000009fa"},
               {0x0123456789abcdef, "0123456789abcdef"},
               {UINT64_MAX, "ffffffffffffffff"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char text[HEX64_TEXT];
    uint64_t number = 7;
    assert_string_equal(hex64_text(cases[i].number, text), cases[i].text);
    assert_true(hex64_parse(str_of(cases[i].text), &number));
    assert_true(number == cases[i].number);
  }
}

static void nothing_else_is_one(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      "0",
                                      "000000000000000",
                                      "00000000000000000",
                                      "00000000000009FA",
                                      "000000000000009g",
                                      "0x00000000000009",
                                      " 00000000000009f",
                                      "-000000000000009"};
  uint64_t number;
  for (size_t i = 0; i < COUNT_OF(texts); i++) assert_false(hex64_parse(str_of(texts[i]), &number));
}

static void digits_in_either_case(void **state) {
  (void)state;
  static const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF", none[] = "/:@G`g \xff";
  for (int i = 0; i < 16; i++) assert_true(hex_digit(digits[i]) == i && hex_digit(upper[i]) == i);
  for (size_t i = 0; i < sizeof none; i++) assert_int_equal(hex_digit(none[i]), -1); /* its NUL too */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(there_and_back), cmocka_unit_test(nothing_else_is_one),
                                     cmocka_unit_test(digits_in_either_case)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
