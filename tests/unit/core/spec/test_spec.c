#include "written_rules.h"

#include "core/spec/spec.h"

static const char *const rules =
    "dimension 'fit' { min = 0, max = 100, bands = { A = 10, B = 0 } }\n"
    "dimension 'engagement' { bands = { ['1'] = 5, ['2'] = 0 } }\n"
    "grade { 'fit', 'engagement' }\n"
    "rule 'cto' { when = trait { title = word { 'cto' } }, points = { fit = 20 } }\n"
    "rule 'visit' { on = page { path = starts '/p' }, points = { engagement = 5 }, "
    "decay = linear '10d', topics = { 'prices' } }\n"
    "rule 'seats' { on = track 'Trial', points = function(lead, event) "
    "return { engagement = event.properties.seats + lead.scores.fit } end }\n"
    "ignore 'own' { when = trait { email_domain = 'us.example' } }\n"
    "profile { required = { 'email', 'title' } }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { engagement = at_least(5) } }, "
    "move { 'lead', 'mql', by = 'sales', act = 'claim' } }\n"
    "acts { log_call = { by = 'sales' } }\n";

/* Runs one test whose body is given; its message must be as expected ("" when it passes). */
static void check(const char *body, const char *expected) {
  struct buf text;
  struct generation_options options = {.with_tests = true};
  struct spec_report report;
  buf_init(&text);
  buf_printf(&text, "test 'one' (function(t)\n%s\nend)", body);
  const char *const files[] = {"a.lua", rules, "a_test.lua", text.data, NULL};
  struct generation *generation = written_files(files, &options);
  spec_run(generation, NULL, &report);
  assert_int_equal(report.count, 1);
  if (strcmp(report.results[0].message, expected) != 0)
    fail_msg("%s\n  gave:     %s\n  expected: %s", body, report.results[0].message, expected);
  assert_int_equal(report.results[0].ok, expected[0] == '\0');
  assert_int_equal(report.failed, expected[0] != '\0');
  spec_report_release(&report);
  generation_free(generation);
  buf_release(&text);
}

static void expectations_that_hold(void **state) {
  (void)state;
  static const char *const bodies[] = {
      "",
      "t:expect { stage = 'lead', scores = { fit = 0, engagement = 0 }, grade = 'B2', ignored = false, "
      "completeness = 0 }",
      "t:identify { title = 'CTO' } t:expect { scores = { fit = 20 }, holds = { 'cto' }, grade = 'A2', "
      "completeness = 50 }",
      "t:page '/pricing' t:expect { scores = { engagement = 5 }, stage = 'mql', interest = { prices = 5 } }",
      "t:page '/other' t:expect { not_holds = { 'visit', 'cto' }, scores = { engagement = below(1) } }",
      "t:page('/pricing', { a = 1 }) t:advance '5d' t:expect { scores = { engagement = 2.5 }, points = { "
      "visit = 2.5 } }\n"
      "t:advance '5d' t:expect { not_holds = { 'visit' }, stage = 'mql', stages = { main = 'mql' } }",
      "t:page { path = '/pricing' } t:at '2024-01-06T09:00:00Z' t:expect { scores = { engagement = 2.5 } }",
      "t:identify { title = 'CTO', email = 'a@us.example' } t:expect { ignored = 'own' } t:expect { ignored "
      "= true }",
      "t:identify { title = 'CTO', company = { name = 'Acme', tags = { 'x', 'y' } } }\n"
      "t:expect { traits = { title = 'CTO', ['company.name'] = glob 'ac*', nope = missing, "
      "['company.tags'] = { 'x', 'y' } } }",
      "t:identify { title = 'CTO' } t:identify { title = missing } t:expect { scores = { fit = 0 } }",
      "t:page '/pricing' t:identify { title = 'CTO' } t:expect { scores = { fit = 20, engagement = 5 } }",
      "t:event { type = 'page', anonymousId = 'z', properties = { path = '/p' } }\n"
      "t:event { type = 'identify', anonymousId = 'z' } t:expect { holds = { 'visit' } }",
      "t:event { type = 'page', anonymousId = 'z', properties = { path = '/p' } } t:expect { not_holds = { "
      "'visit' } }",
      "t:group('acme', { employees = 3 }) t:expect { traits = { ['company.employees'] = 3 } }",
      "t:page '/pricing' t:alias 'visitor' t:expect { scores = { engagement = 5 } }",
      "t:identify { title = 'CTO' } t:track('Trial', { seats = 2 }) t:expect { points = { seats = 22 } }",
      "t:page '/other' t:act('claim', { by = 'sales' }) t:expect { stage = 'mql' }\n"
      "t:refused('claim', { by = 'sales' }, 'already_there')",
      "t:act('log_call', { by = 'sales', outcome = 'connect' }) t:expect { stage = 'lead' }",
      "t:screen 'Plans' t:screen('Plans', { a = 1 }) t:track 'X'",
      "t:identify { title = 'CTO' } t:page '/pricing' t:expect { why = { 'cto', 'visit', 'engagement 5', '1 "
      "time, 2024-01-01' } }",
      "t:expect { why_not = { 'to mql', 'score { engagement = at_least(5) }', 'engagement is 0: 5 more' } }",
      "t:identify { title = 'CTO' } t:track('Trial', { seats = 'x' }) t:expect { fails = { 'seats' } } "
      "t:expect { scores = { fit = 20 } }",
      "for i = 1, 3 do t:page '/pricing' end t:expect { scores = { engagement = at_least(14) & at_most(15) } "
      "}",
  };
  for (size_t i = 0; i < COUNT_OF(bodies); i++) check(bodies[i], "");
}

static void expectations_that_fail(void **state) {
  (void)state;
  static const struct {
    const char *body, *message;
  } cases[] = {
      {"t:expect { scores = { fit = 40 } }", "scores.fit: expected 40, got 0"},
      {"t:identify { title = 'CTO' } t:expect { scores = { fit = above(20) }, stage = 'mql' }",
       "scores.fit: expected above(20), got 20\nstage: expected \"mql\", got \"lead\""},
      {"t:expect { holds = { 'cto', 'ctoo' } }",
       "holds: cto holds nothing\nholds: there is no rule 'ctoo'; did you mean 'cto'?"},
      {"t:page '/p' t:expect { not_holds = { 'visit' } }",
       "not_holds: expected visit to hold nothing, it holds 5"},
      {"t:expect { scoers = {} }", "t:expect has no 'scoers'; did you mean 'scores'?"},
      {"t:expect { scores = 3 }", "scores: expected a table of names, not a number"},
      {"t:expect { holds = 'cto' }", "holds: expected a list of rule ids, not a text"},
      {"t:expect { traits = { title = 'CTO' } }", "traits.title: expected \"CTO\", got nothing"},
      {"t:expect { ignored = 'own' }", "ignored: expected \"own\", got nothing"},
      {"t:expect { why = { 'cto', 'held since', 3 } }",
       "why: cto is no part of a score\nwhy: the explanation does not say \"held since\"\n"
       "why: a list of texts, not a number"},
      {"t:expect { why = 'cto' }", "why: expected a list of texts, not a text"},
      {"t:page '/p' t:expect { stage = 'lead', why_not = { 'to mql' } }",
       "stage: expected \"lead\", got \"mql\"\nwhy_not: no way out of the stage is barred by \"to mql\""},
      {"t:expect { why_not = { 'grade' } }", "why_not: no way out of the stage is barred by \"grade\""},
      {"t:expect { fails = { 'seats' } }", "fails: no function of 'seats' has failed"},
      {"pcall(function() t:expect { stage = 'x' } end)", "stage: expected \"x\", got \"lead\""},
      {"error('no')", "no"},
      {"t:advance '3 days'", "\"3 days\" is no duration: write \"15m\", \"4h\", \"7d\" or \"2w\""},
      {"t:at '2023-01-01'", "the clock shows 2024-01-01T09:00:00Z already: it only goes on"},
      {"t:at 'soon'", "\"soon\" is no instant: write \"2024-02-01T00:00:00Z\""},
      {"t:pages '/x'", "unknown command t:pages: did you mean t:page?"},
      {"t.page '/x'", "write t:page with a colon"},
      {"t:page(3)", "t:page takes a string: write t:page(\"/pricing\", { .. })"},
      {"t:act('log_call', {})", "refused (missing_actor): an act needs who does it, and in which role"},
      {"t:act('acept', { by = 'sales' })", "refused (unknown_act): the rules declare no act 'acept'"},
      {"t:refused('claim', { by = 'sales' }, 'gate_closed')",
       "expected to be refused (gate_closed), but it is accepted"},
      {"t:refused('claim', { by = 'marketing' }, 'gate_closed')",
       "expected to be refused (gate_closed), but it is refused (role_not_allowed): 'claim' is for sales to "
       "do, "
       "not for marketing"},
      {"t:event { type = 'act', event = 'accept' }",
       "the event is refused: only embudo writes events of type "
       "\"act\": ask for acts at /v1/leads/{id}/acts"},
      {"t:event { typ = 'page' }", "an event has no field 'typ': did you mean 'type'?"},
      {"t:track('X', { a = at_least(3) })",
       "at_least is a matcher: events carry plain values (missing stands for null)"},
      {"t:track('X', { a = { 1, b = 2 } })", "a table is a list or has names, not both"},
      {"t:track('X', { a = tostring })", "a library function stands here"},
      {"t:track('Trial', { seats = 'x' })\nt:expect {}",
       "the function of rule seats failed at a.lua:6: attempt to add a 'string' with a 'number'"},
      {"rule 'x' {}", "rule declares, so it stands at the top of a file, outside functions"},
      {"local s = page {}", "declare the selector outside the function: local seen_it = page { .. }"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check(cases[i].body, cases[i].message);
}

/* Whether the pack's tests pass is for `embudo test` to say. */
static void tests_are_chosen_by_name(void **state) {
  (void)state;
  struct problems problems;
  struct spec_report report;
  struct generation_options options = {.with_tests = true};
  problems_init(&problems);
  struct generation *generation = generation_load(TEST_ROOT "/rules", &options, &problems);
  assert_non_null(generation);
  spec_run(generation, NULL, &report);
  assert_int_equal(report.count, generation->test_count);
  spec_report_release(&report);
  struct spec_options only = {.only = STR("demonstration")};
  spec_run(generation, &only, &report);
  assert_in_range(report.count, 1, generation->test_count - 1);
  spec_report_release(&report);
  generation_free(generation);
  problems_release(&problems);
}

static bool spent_after(void *context) {
  int *left = context;
  return (*left)-- <= 0;
}

/* Tests for which no time is left fail, whatever they would have shown; properties stop in between. */
static void tests_may_run_out_of_time(void **state) {
  static const char *const text = "test 'one' (function(t) t:expect {} end)\n"
                                  "test 'two' (function(t) t:expect {} end)\n"
                                  "property 'three' { order_free = 'fit' }\n";
  (void)state;
  for (int left = 0; left < 5; left++) {
    struct spec_report report;
    int asked = left;
    const struct generation_options with_tests = {.with_tests = true};
    const struct spec_options options = {.spent = spent_after, .spent_context = &asked};
    const char *const files[] = {"a.lua", rules, "a_test.lua", text, NULL};
    struct generation *generation = written_files(files, &with_tests);
    spec_run(generation, &options, &report);
    assert_int_equal(report.count, 3);
    for (size_t i = 0; i < 3; i++)
      assert_int_equal(report.results[i].ok,
                       (int)i < left && i < 2); /* of the property, a few histories at most */
    assert_string_equal(report.results[2].message, "not run to its end: the time for all tests is used up");
    spec_report_release(&report);
    generation_free(generation);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(expectations_that_hold),
      cmocka_unit_test(expectations_that_fail),
      cmocka_unit_test(tests_are_chosen_by_name),
      cmocka_unit_test(tests_may_run_out_of_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
