#include "unit.h"

#include "base/number.h"

static void says_how_to_write_what_thousands_make_doubtful(void **state) {
  (void)state;
  static const char *const advised[] = {"1.234,56",   "1,234.56",   "1 234",         "1'234.50",
                                        "12,50",      "1.234.567",  "1,234",         "EUR 1.234,56",
                                        "1_000",      "-1,5",       "\u20ac1.234,5", "1\u00a0234,00",
                                        "1\u202f234", "1\u2019234", "12,34,567.89"};
  static const char *const fine[] = {
      "",         "5000",     "1234.56", "0.125",
      "1234.567", "1.234",    "12.5",    "-3",
      "a dozen",  "5000 EUR", ", 5",     "5.",
      ".5",       "1e3",      "0x10",    "1,2 and much more text than any number has in it, really"};
  for (size_t i = 0; i < COUNT_OF(advised); i++)
    if (!*number_advice(str_of(advised[i]))) fail_msg("%s: nothing is said", advised[i]);
  for (size_t i = 0; i < COUNT_OF(fine); i++)
    if (*number_advice(str_of(fine[i]))) fail_msg("%s: %s", fine[i], number_advice(str_of(fine[i])));
}

static void knows_what_is_doubtful(void **state) {
  (void)state;
  static const char *const doubtful[] = {"1.234", " 12.345 ", "-999.000", "$1.234", "1.234 EUR"};
  static const char *const clear[] = {"",       "1.23",      "1234.567", "0.125",
                                      "1.2345", "1.234.567", "1,234",    "1234"};
  for (size_t i = 0; i < COUNT_OF(doubtful); i++)
    if (!number_is_doubtful(str_of(doubtful[i]))) fail_msg("%s", doubtful[i]);
  for (size_t i = 0; i < COUNT_OF(clear); i++)
    if (number_is_doubtful(str_of(clear[i]))) fail_msg("%s", clear[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(says_how_to_write_what_thousands_make_doubtful),
                                     cmocka_unit_test(knows_what_is_doubtful)};
  return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
