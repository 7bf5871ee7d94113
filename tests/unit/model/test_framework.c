#include "unit.h"

#include "model/ruleset/framework.h"

static const char *const words[] = {"decides", "influences", "none"};
static const char *const grades[] = {"none", "weak", "good", "strong"};

static struct value text(const char *s) {
  return value_str(str_of(s));
}

static struct criterion criterion(enum answer_kind kind) {
  bool grade = kind == ANSWER_GRADE;
  return (struct criterion){.id = "c",
                            .kind = kind,
                            .currency = "",
                            .choices = grade ? grades : words,
                            .choice_count = grade ? 4 : 3};
}

static void taken(const struct criterion *c, struct value raw, struct value expected) {
  struct value out;
  struct err err;
  if (answer_read(c, raw, &out, &err) != 0) fail_msg("%s", err.text);
  assert_true(value_eq(out, expected));
}

static void refused(const struct criterion *c, struct value raw, const char *because) {
  struct value out;
  struct err err;
  assert_int_equal(answer_read(c, raw, &out, &err), -1);
  assert_string_equal(err.text, because);
}

static void texts_and_numbers(void **state) {
  (void)state;
  const struct criterion t = criterion(ANSWER_TEXT), n = criterion(ANSWER_NUMBER);
  taken(&t, text("  We lose orders "), text("We lose orders"));
  refused(&t, value_number(3), "'c' is answered with a text of at most 4000 bytes; got 3");
  taken(&n, value_number(-2.5), value_number(-2.5));
  taken(&n, text(" 12 "), value_number(12));
  refused(&n, text("a dozen"), "'c' is answered with a number; got \"a dozen\"");
  refused(&n, text("0x10"), "'c' is answered with a number; got \"0x10\"");
  refused(&n, value_bool(true), "'c' is answered with a number; got a boolean");
}

static void nothing_takes_an_answer_back(void **state) {
  (void)state;
  for (int kind = 0; kind < ANSWER_KINDS; kind++) {
    const struct criterion c = criterion((enum answer_kind)kind);
    taken(&c, VALUE_NONE, VALUE_NONE);
    taken(&c, (struct value){.kind = VALUE_NULL}, VALUE_NONE);
    taken(&c, text("  "), VALUE_NONE);
  }
}

static void money_is_an_amount_in_the_currency(void **state) {
  (void)state;
  struct criterion m = criterion(ANSWER_MONEY);
  const struct pair euros[] = {{STR("amount"), value_number(7)}, {STR("currency"), text("EUR")}};
  const struct value map = {.kind = VALUE_MAP, .len = 2, .pairs = euros};
  taken(&m, value_number(5000), value_number(5000));
  refused(&m, text("5000 EUR"),
          "'c' is answered with an amount, such as 5000, not below 0; got \"5000 EUR\"");
  refused(&m, value_number(-1), "'c' is answered with an amount, such as 5000, not below 0; got -1");
  refused(&m, map, "'c' is answered with an amount, such as 5000, not below 0; got a map");
  m.currency = "EUR";
  taken(&m, text("5000 EUR"), value_number(5000));
  taken(&m, text("EUR 5000.5"), value_number(5000.5));
  taken(&m, text("5000"), value_number(5000));
  taken(&m, map, value_number(7));
  refused(&m, text("5000 USD"),
          "'c' is answered with an amount in EUR, such as 5000, not below 0; got \"5000 USD\"");
}

static void an_amount_with_thousands_apart_is_told_how_to_write(void **state) {
  (void)state;
  struct criterion m = criterion(ANSWER_MONEY), n = criterion(ANSWER_NUMBER);
  const struct pair euros[] = {{STR("amount"), text("1.234,56")}, {STR("currency"), text("EUR")}};
  const struct value map = {.kind = VALUE_MAP, .len = 2, .pairs = euros};
  m.currency = "EUR";
  refused(
      &m, text("1.234,56"),
      "'c' is answered with an amount in EUR, such as 5000, not below 0; got \"1.234,56\"; write 1234.56: "
      "nothing between thousands, a point before decimals");
  refused(&m, text("1.234"), /* 1234, or one and a bit? */
          "'c' is answered with an amount in EUR, such as 5000, not below 0; got \"1.234\"; write 1234.56: "
          "nothing between thousands, a point before decimals");
  refused(
      &m, text("EUR 1 234"),
      "'c' is answered with an amount in EUR, such as 5000, not below 0; got \"EUR 1 234\"; write 1234.56: "
      "nothing between thousands, a point before decimals");
  refused(
      &n, text("1,234.56"),
      "'c' is answered with a number; got \"1,234.56\"; write 1234.56: nothing between thousands, a point "
      "before decimals");
  refused(&m, map, "'c' is answered with an amount in EUR, such as 5000, not below 0; got a map");
  taken(&m, value_number(1.234), value_number(1.234));
  taken(&m, text("EUR 1234.56"), value_number(1234.56));
  taken(&n, text("1.234"), value_number(1.234));
}

static void choices_and_grades_are_of_a_list(void **state) {
  (void)state;
  const struct criterion c = criterion(ANSWER_CHOICE), g = criterion(ANSWER_GRADE);
  taken(&c, text("DECIDES "), text("decides"));
  refused(&c, text("maybe"), "'c' is answered with one of: decides, influences, none; got \"maybe\"");
  taken(&g, value_number(3), value_number(3));
  taken(&g, text("2"), value_number(2));
  taken(&g, text("Weak"), value_number(1));
  refused(&g, value_number(4),
          "'c' is answered with a whole grade from 0 to 3 or its name: none, weak, good, strong; got 4");
  refused(&g, value_number(1.5),
          "'c' is answered with a whole grade from 0 to 3 or its name: none, weak, good, strong; got 1.5");
}

static void dates_and_yes_or_no(void **state) {
  (void)state;
  const struct criterion d = criterion(ANSWER_DATE), y = criterion(ANSWER_YES_NO);
  taken(&d, text("2026-03-01"), text("2026-03-01"));
  taken(&d, text("2026-03-01T10:00:00Z"), text("2026-03-01T10:00:00Z"));
  refused(&d, text("soon"), "'c' is answered with a date such as 2026-03-01; got \"soon\"");
  refused(&d, text("2026-02-30"), "'c' is answered with a date such as 2026-03-01; got \"2026-02-30\"");
  taken(&y, value_bool(false), value_bool(false));
  taken(&y, text("Yes"), value_bool(true));
  taken(&y, text("SI"), value_bool(true));
  taken(&y, text("no"), value_bool(false));
  refused(&y, text("perhaps"), "'c' is answered with yes or no; got \"perhaps\"");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_and_numbers),
      cmocka_unit_test(nothing_takes_an_answer_back),
      cmocka_unit_test(money_is_an_amount_in_the_currency),
      cmocka_unit_test(an_amount_with_thousands_apart_is_told_how_to_write),
      cmocka_unit_test(choices_and_grades_are_of_a_list),
      cmocka_unit_test(dates_and_yes_or_no),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
