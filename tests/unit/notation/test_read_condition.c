#include "notation/notation_text.h"

#include "model/ruleset/cond_describe.h"

#define PRELUDE                                                                                              \
  "dimension \"fit\" { bands = { A = 50, B = 0 } } dimension \"engagement\" { bands = { [\"1\"] = 0 } }\n"   \
  "dimension \"intent\" {} grade { \"fit\", \"engagement\" }\n"                                              \
  "profile { required = { \"name\", \"when\" }, valid = { when = ahead \"30d\" } }\n"                        \
  "rule \"t\" { on = page {}, points = { fit = 1 }, topics = { \"cnc\" } }\n"                                \
  "lifecycle \"main\" { start = \"a\", move { \"a\", \"b\", by = \"x\" } }\n"                                \
  "lifecycle \"other\" { start = \"c\", move { \"c\", \"d\", by = \"x\" } }\n"

/* What a condition reads, and how it describes itself (NULL: as written). */
static const struct {
  const char *written, *described;
  unsigned reads;
} cases[] = {
    {"trait { title = \"CTO\" }", NULL, READS_TRAITS},
    {"trait { [\"company.size\"] = at_least(5), title = present }", NULL, READS_TRAITS},
    {"account { customer = true }", NULL, READS_ACCOUNT},
    {"account { renewal = ahead \"30d\" }", NULL, READS_ACCOUNT | READS_TIME},
    {"trait { companySize = 5 }", "trait { company_size = 5 }", READS_TRAITS},
    {"trait { seen = past \"30d\" }", NULL, READS_TRAITS | READS_TIME},
    {"trait { seen = missing | ~past \"30d\" }", NULL, READS_TRAITS | READS_TIME},
    {"score { fit = at_least(30) }", NULL, READS_SCORES},
    {"score { engagement = below(2), fit = at_least(30) }", NULL, READS_SCORES},
    {"grade_is { \"A1\", \"B1\" }", NULL, READS_SCORES},
    {"grade_is \"A1\"", "grade_is { \"A1\" }", READS_SCORES},
    {"stage \"b\"", NULL, READS_STAGE},
    {"stage { \"a\", \"b\" }", NULL, READS_STAGE},
    {"stage { \"d\", lifecycle = \"other\" }", NULL, READS_STAGE},
    {"seen(page {})", NULL, READS_COUNTERS},
    {"seen(page {}, { times = 2, within = \"7d\" })", NULL, READS_COUNTERS | READS_TIME},
    {"seen(page {}, { since = \"cycle\" })", NULL, READS_COUNTERS | READS_STAGE},
    {"known { \"name\", \"other\" }", NULL, READS_TRAITS},
    {"known { \"when\" }", NULL, READS_TRAITS | READS_TIME},
    {"completeness(at_least(80))", NULL, READS_TRAITS | READS_TIME},
    {"velocity(\"fit\", \"7d\", at_least(20))", NULL, READS_SCORES | READS_TIME},
    {"idle \"30d\"", NULL, READS_ACTIVITY | READS_TIME},
    {"in_stage_for \"14d\"", NULL, READS_STAGE | READS_TIME},
    {"interest { cnc = at_least(10) }", NULL, READS_SCORES},
    {"score { fit = at_least(30) } & (stage \"b\" | idle \"30d\")", NULL,
     READS_SCORES | READS_STAGE | READS_ACTIVITY | READS_TIME},
    {"stage \"a\" & (stage \"b\" & stage \"a\")", "stage \"a\" & stage \"b\" & stage \"a\"", READS_STAGE},
    {"~(stage \"a\" | stage \"b\")", NULL, READS_STAGE},
    {"~~stage \"a\"", NULL, READS_STAGE},
    {"function() end", "function (rules.lua:1)",
     READS_TRAITS | READS_COUNTERS | READS_SCORES | READS_STAGE | READS_ACTIVITY | READS_TIME |
         READS_ACCOUNT},
};

static void says_what_it_reads_and_is(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct compiled compiled;
    struct buf text, described;
    buf_init(&text);
    buf_init(&described);
    buf_printf(&text, "rule \"x\" { when = %s, points = { intent = 1 } }\n" PRELUDE, cases[i].written);
    compiled_init(&compiled, text.data, NULL, 0);
    assert_string_equal(compiled_said(&compiled, SEVERITY_WARNING), "");
    const struct cond *when = compiled.rules->rules[ruleset_rule(compiled.rules, STR("x"))].when;
    cond_describe(compiled.rules, when, &described);
    assert_string_equal(described.data, cases[i].described ? cases[i].described : cases[i].written);
    if (when->reads != cases[i].reads) fail_msg("%s reads %u", cases[i].written, when->reads);
    assert_int_equal(when->place.line, 1);
    compiled_release(&compiled);
    buf_release(&described);
    buf_release(&text);
  }
}

static void velocity_marks_its_dimension(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(&compiled,
                PRELUDE "rule \"x\" { when = velocity(\"fit\", \"7d\", above(2)), points = { intent = 1 } }",
                NULL, 0);
  assert_true(compiled.rules->dimensions[0].velocity);
  assert_false(compiled.rules->dimensions[1].velocity);
  compiled_release(&compiled);
  compiled_init(&compiled,
                PRELUDE "rule \"x\" { when = function(lead) return 1 end, points = { intent = 1 } }", NULL,
                0);
  assert_false(compiled.rules->dimensions[0].velocity); /* the word does not stand in the function's file */
  compiled_release(&compiled);
}

static void counters_hold_what_seen_says(void **state) {
  (void)state;
  struct compiled compiled;
  compiled_init(
      &compiled,
      PRELUDE
      "rule \"x\" { when = seen(page {} | visit {}, { times = 5, within = \"7d\", since = \"cycle\" }),\n"
      "points = { intent = 1 } }",
      NULL, 0);
  assert_string_equal(compiled_said(&compiled, SEVERITY_WARNING), "");
  const struct counter *counter = &compiled.rules->counters[0];
  assert_int_equal(counter->times, 5);
  assert_int_equal(counter->within_ms, 7 * 86400000);
  assert_int_equal(counter->on.count, 2);
  assert_true(counter->since_cycle);
  assert_false(counter->distinct);
  compiled_release(&compiled);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(says_what_it_reads_and_is),
      cmocka_unit_test(velocity_marks_its_dimension),
      cmocka_unit_test(counters_hold_what_seen_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
