#include "written_rules.h"

#include "core/spec/draw.h"
#include "core/spec/sample.h"
#include "core/spec/spec.h"
#include "core/spec/vocabulary.h"

static const char *const rules =
    "dimension 'fit' {}\n"
    "dimension 'engagement' { min = 0, max = 100 }\n"
    "rule 'page' { on = page {}, points = { engagement = 3 }, decay = half_life '10d' }\n"
    "rule 'jobs' { on = page { path = starts '/jobs' }, points = { engagement = -8 } }\n"
    "rule 'pair' { on = sequence { page { path = '/a' }, track 'B', within = '2d' }, points = { engagement = "
    "5 } }\n"
    "rule 'cto' { when = trait { title = word { 'cto' } }, points = { fit = 10 } }\n";

/* The rules, with these tests of them. */
static struct generation *with_tests(const char *tests) {
  const struct generation_options options = {.with_tests = true};
  const char *const files[] = {"a.lua", rules, "a_test.lua", tests, NULL};
  return written_files(files, &options);
}

static void claims_hold_or_are_refuted(void **state) {
  (void)state;
  static const struct {
    const char *body, *message; /* "" when it holds; else what the message begins with */
  } cases[] = {
      {"more = page { path = glob '/product/*' }, never_lowers = 'engagement'", ""},
      {"more = page { path = glob '/product/*' }, never_raises = 'fit'", ""},
      {"more = page {}, never_raises = { 'fit', 'engagement' }", "one event more raises engagement from "},
      {"more = page { path = '/jobs' }, never_lowers = { 'engagement' }",
       "one event more lowers engagement from "},
      {"order_free = 'fit'", ""},
      {"order_free = true", "another order changes engagement from "},
      {"expect = { scores = { engagement = between(0, 100) } }", ""},
      {"expect = { scores = { fit = 0 } }, with = { page {} | track 'B' }", ""},
      {"expect = { scores = { fit = 10 } }, with = { page {} }, given = { title = 'CTO' }", ""},
      {"expect = { not_holds = { 'cto' } }",
       "not_holds: expected cto to hold nothing, it holds 10\nhistory "},
      {"more = page {}, never_lowers = 'engagment'",
       "never_lowers: there is no dimension 'engagment'; did you mean"},
      {"more = page {}, never_lowers = 3", "never_lowers: expected a dimension, not a number"},
      {"more = at_least(3), never_lowers = 'fit'", "more: "},
      {"never_lowers = 'fit'", "`more` goes with never_lowers or never_raises"},
      {"runs = 5", "it claims nothing"},
      {"runs = 0, order_free = true", "runs: expected a whole number from 1 to 10000"},
      {"with = 3, order_free = true", "with: expected a list of selectors, not a number"},
      {"order_free = true, more = page {}, never_lowers = 'fit'",
       "order_free makes all events of one instant"},
      {"expect = 3", "expect: expected what t:expect takes, not a number"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct spec_report report;
    struct buf text;
    buf_init(&text);
    buf_printf(&text, "property 'one' { %s }", cases[i].body);
    struct generation *generation = with_tests(text.data);
    spec_run(generation, NULL, &report);
    assert_int_equal(report.count, 1);
    const char *message = report.results[0].message, *expected = cases[i].message;
    if (strncmp(message, expected, strlen(expected)) != 0 || (*expected == '\0') != (*message == '\0'))
      fail_msg("%s\n  gave:     %s\n  expected: %s", cases[i].body, message, expected);
    assert_int_equal(report.results[0].ok, *expected == '\0');
    spec_report_release(&report);
    generation_free(generation);
    buf_release(&text);
  }
}

/* What refutes a claim is short, the same every time, and can be pasted into a test. */
static void a_failure_is_made_short(void **state) {
  (void)state;
  struct spec_report first, second;
  struct buf test;
  struct generation *generation = with_tests("property 'order' { order_free = true, events = 50 }");
  spec_run(generation, NULL, &first);
  spec_run(generation, NULL, &second);
  assert_string_equal(first.results[0].message, second.results[0].message);
  const char *events = strstr(first.results[0].message, "made short:");
  assert_non_null(events);
  size_t count = 0;
  for (const char *at = events; (at = strstr(at, "t:event")); at++) count++;
  assert_int_equal(count, 2);
  generation_free(generation);
  buf_init(&test);
  buf_printf(&test, "test 'pasted' (function(t) %s t:expect { scores = { engagement = 8 } } end)",
             events + strlen("made short:"));
  generation = with_tests(test.data);
  spec_report_release(&second);
  spec_run(generation, NULL, &second);
  assert_string_equal(second.results[0].message, "");
  spec_report_release(&first);
  spec_report_release(&second);
  generation_free(generation);
  buf_release(&test);
}

/* Every sample matches, for every word there is. */
static void samples_match(void **state) {
  (void)state;
  static const char *const words[] = {
      "any",
      "present",
      "'x'",
      "5",
      "one_of { 'a', 'b' }",
      "none_of { 'a' }",
      "at_least(3)",
      "at_most(-1)",
      "above(0)",
      "below(0)",
      "between(2, 4)",
      "starts '/a'",
      "ends '.es'",
      "contains 'vs-'",
      "glob '/p*/?'",
      "word { 'cto' }",
      "cidr { '203.0.113.0/24' }",
      "past '30d'",
      "ahead '2w'",
      "some('a')",
      "every(at_least(2))",
      "missing",
      "at_least(3) & below(9)",
      "starts 'a' | ends 'b'",
      "~contains 'x'",
      "matches '@'",
  };
  uint64_t chance = 3;
  struct arena arena;
  arena_init(&arena, 0);
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    struct buf text;
    buf_init(&text);
    buf_printf(&text, "property 'one' { expect = { traits = { x = %s } } }", words[i]);
    struct generation *generation = with_tests(text.data);
    const struct node *expect = &node_pair(generation->tests[0].property, "expect")->value;
    const struct node *node = &node_pair(&expect->table.pairs[0].value, "x")->value;
    struct ruleset *owner;
    struct problems problems;
    problems_init(&problems);
    const struct matcher *matcher = notation_matcher(node, "x", &owner, &problems);
    for (int n = 0; n < 20; n++) {
      struct value v;
      if (!sample_value(matcher, 1704099600000, &chance, &arena, &v)) fail_msg("%s: no sample", words[i]);
      assert_int_equal(matcher_eval(matcher, v, 1704099600000), TRUTH_YES);
    }
    ruleset_free(owner);
    problems_release(&problems);
    generation_free(generation);
    buf_release(&text);
  }
  arena_release(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(claims_hold_or_are_refuted),
      cmocka_unit_test(a_failure_is_made_short),
      cmocka_unit_test(samples_match),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
