#include "notation/notation_text.h"

#define DIMENSIONS                                                                                           \
  "dimension \"fit\" {} dimension \"engagement\" {} dimension \"intent\" {} dimension \"total\" {}\n"

static void compile(struct compiled *compiled, const char *text) {
  compiled_init(compiled, text, NULL, 0);
  assert_string_equal(compiled_said(compiled, SEVERITY_WARNING), "");
}

static void assert_order(const struct compiled *compiled, const char *expected) {
  struct buf order;
  buf_init(&order);
  for (uint32_t i = 0; i < compiled->rules->rule_count; i++)
    buf_printf(&order, "%s%s", i ? " " : "", compiled->rules->rules[i].id);
  assert_string_equal(order.data, expected);
  buf_release(&order);
}

static void behaviour_comes_first_then_as_written(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled, DIMENSIONS
          "rule \"p1\" { when = idle \"1d\", points = { fit = 1 } }\n"
          "rule \"b1\" { on = page {}, points = { fit = 1 } }\n"
          "rule \"p2\" { when = idle \"1d\", points = { fit = 1 } }\n"
          "rule \"b2\" { on = page {}, when = score { intent = at_least(1) }, points = { fit = 1 } }\n"
          "rule \"b3\" { on = page {}, points = { intent = 1 } }\n");
  assert_order(&compiled, "b1 b2 b3 p1 p2");
  assert_int_equal(compiled.rules->behaviour_count, 3);
  compiled_release(&compiled);
}

static void what_feeds_comes_before_what_tests(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled,
          DIMENSIONS "rule \"t\" { when = ~(idle \"1d\" | velocity(\"intent\", \"7d\", at_least(1))), points "
                     "= { total = 1 } }\n"
                     "rule \"i\" { when = score { engagement = at_least(1) }, points = { intent = 1 } }\n"
                     "rule \"e\" { when = score { fit = at_least(1) }, points = { engagement = 1 } }\n"
                     "rule \"f\" { when = idle \"1d\", points = { fit = 1 } }\n"
                     "rule \"i2\" { when = idle \"2d\", points = { intent = 1 } }\n");
  assert_order(&compiled, "f i2 e i t");
  compiled_release(&compiled);
}

static void topics_and_grades_are_fed_too(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled,
          "dimension \"fit\" { bands = { A = 0 } } dimension \"engagement\" { bands = { [\"1\"] = 0 } }\n"
          "dimension \"intent\" {} grade { \"fit\", \"engagement\" }\n"
          "rule \"g\" { when = grade_is \"A1\", points = { intent = 1 } }\n"
          "rule \"n\" { when = interest { cnc = at_least(1) }, points = { engagement = 1 } }\n"
          "rule \"c\" { when = idle \"1d\", points = { fit = 1 }, topics = { \"cnc\" } }\n");
  assert_order(&compiled, "c n g");
  compiled_release(&compiled);
}

/* What a function feeds is not known: it neither makes a circle nor stands in any order. */
static void functions_feed_nothing_that_is_known(void **state) {
  (void)state;
  struct compiled compiled;
  compile(
      &compiled, DIMENSIONS
      "rule \"a\" { on = page {}, when = score { fit = at_least(1) }, points = function() end, cap = 5 }\n"
      "rule \"b\" { when = function() end, points = { fit = 1 } }\n");
  assert_order(&compiled, "a b");
  compiled_release(&compiled);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(behaviour_comes_first_then_as_written),
      cmocka_unit_test(what_feeds_comes_before_what_tests),
      cmocka_unit_test(topics_and_grades_are_fed_too),
      cmocka_unit_test(functions_feed_nothing_that_is_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
