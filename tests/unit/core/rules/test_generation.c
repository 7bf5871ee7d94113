#include "unit.h"

#include "core/rules/generation.h"

static struct generation *load(const char *directory, struct problems *problems) {
  struct generation_options options = {.with_tests = true};
  problems_init(problems);
  return generation_load(directory, &options, problems);
}

static void print_problems(const struct problems *problems) {
  struct buf text;
  buf_init(&text);
  problems_print(problems, "", &text);
  print_message("%s", text.data);
  buf_release(&text);
}

static void the_default_pack_loads(void **state) {
  (void)state;
  struct problems problems;
  struct generation *generation = load(TEST_ROOT "/rules", &problems);
  if (!generation) print_problems(&problems);
  assert_non_null(generation);
  assert_int_equal(problems.errors, 0);
  assert_true(generation->rules->rule_count > 10);
  assert_true(generation->test_count > 0);
  generation_free(generation);
  problems_release(&problems);
}

static struct generation *build(const char *const *files, bool with_tests, struct problems *problems) {
  struct ruledir bundle;
  struct err err;
  struct generation_options options = {.with_tests = with_tests};
  problems_init(problems);
  ruledir_init(&bundle);
  for (; *files; files += 2) assert_int_equal(ruledir_add(&bundle, files[0], str_of(files[1]), &err), 0);
  ruledir_end(&bundle);
  struct generation *generation = generation_build(&bundle, &options, problems);
  ruledir_release(&bundle);
  return generation;
}

static void lua_and_yaml_make_one_ruleset(void **state) {
  (void)state;
  static const char *const files[] = {
      "a.lua",
      "dimension 'fit' {}\nrule 'x' { when = trait { m = listed 'free' }, points = { fit = 1 } }",
      "b.yaml",
      "rules:\n  y: { when: { trait: { t: { word: [cto] } } }, points: { fit: 2 } }\n",
      "lists/free.txt",
      "gmail.com\n",
      NULL};
  struct problems problems;
  struct generation *generation = build(files, false, &problems);
  if (!generation) print_problems(&problems);
  assert_non_null(generation);
  assert_int_not_equal(ruleset_rule(generation->rules, STR("x")), NONE);
  assert_int_not_equal(ruleset_rule(generation->rules, STR("y")), NONE);
  assert_int_equal(generation->test_count, 0);
  generation_free(generation);
  problems_release(&problems);
}

static void yaml_says_everything(void **state) {
  (void)state;
  static const char *const card =
      "dimensions:\n  fit: { min: 0, max: 100, bands: { A: 50, B: 0 } }\n  intent: { bands: { 1: 10, 2: 0 } "
      "}\n"
      "groups:\n  web: { dimension: intent, max: 40 }\n"
      "grade: [fit, intent]\n"
      "activity: [ { page: {} }, { track: { none_of: [Mail] } } ]\n"
      "profile: { required: [email], optional: { phone: 2 } }\n"
      "identity: { email: merge }\n"
      "rules:\n"
      "  a: { group: web, on: { track: [Demo, { seats: { between: [1, 9] } }] }, points: { intent: 3 },\n"
      "       limit: { times: 2, per: 7d }, decay: { step: { 7d: 0.5 } } }\n"
      "  b: { when: { all_of: [ { trait: { title: cto } }, { not: { stage: mql } } ] }, points: { fit: 2 } "
      "}\n"
      "  c: { on: { sequence: { steps: [ { track: A }, { no: { track: B } } ], within: 2d } }, points: { "
      "intent: 1 } }\n"
      "resets:\n  r: { when: { idle: 30d }, dimensions: [intent], keep: 0.5 }\n"
      "ignores:\n  i: { when: { trait: { email: { ends: '@us.example' } } } }\n"
      "lifecycles:\n  main:\n    start: lead\n    gates: { g: { into: [mql], need: { known: [email] } } }\n"
      "    moves:\n      - { from: lead, to: mql, when: { score: { fit: { at_least: 2 } } } }\n"
      "      - { from: any, to: out, by: sales, reasons: { gone: never } }\n";
  const char *const files[] = {"card.yaml", card, NULL};
  struct problems problems;
  struct generation *generation = build(files, false, &problems);
  if (!generation) print_problems(&problems);
  assert_non_null(generation);
  assert_int_equal(generation->rules->rule_count, 3);
  assert_int_equal(generation->rules->lifecycles[0].move_count, 2);
  assert_int_equal(generation->rules->lifecycles[0].gate_count, 1);
  assert_int_equal(generation->rules->reset_count + generation->rules->ignore_count, 2);
  generation_free(generation);
  problems_release(&problems);
}

static void all_problems_are_found_in_one_pass(void **state) {
  (void)state;
  static const char *const files[] = {
      "a.lua",      "dimension 'fit' {}\nrule 'x' { points = { fitt = 1 }, on = pgae {} }",
      "b.lua",      "rule 'x' {",
      "c.yaml",     "rulez: {}\n",
      "d_test.lua", "rule 'z' {}",
      NULL};
  struct problems problems;
  assert_null(build(files, true, &problems));
  for (const char *const *file = files; *file; file += 2) {
    bool found = false;
    for (size_t i = 0; i < problems.count; i++)
      found = found || strcmp(problems.items[i].place.file, *file) == 0;
    if (!found) fail_msg("no problem in %s", *file);
  }
  problems_release(&problems);
}

static void tests_are_listed(void **state) {
  (void)state;
  static const char *const files[] = {"a_test.lua",
                                      "test 'one' (function(t) end)\ntest 'two' (function(t) end)", NULL};
  struct problems problems;
  struct generation *generation = build(files, true, &problems);
  assert_non_null(generation);
  assert_int_equal(generation->test_count, 2);
  assert_string_equal(generation->tests[1].name, "two");
  assert_int_equal(generation->tests[1].place.line, 2);
  generation_free(generation);
  problems_release(&problems);
}

static void a_missing_directory_is_a_problem(void **state) {
  (void)state;
  struct problems problems;
  assert_null(load("/nowhere/at/all", &problems));
  assert_int_equal(problems.errors, 1);
  problems_release(&problems);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_default_pack_loads), cmocka_unit_test(lua_and_yaml_make_one_ruleset),
      cmocka_unit_test(yaml_says_everything),   cmocka_unit_test(all_problems_are_found_in_one_pass),
      cmocka_unit_test(tests_are_listed),       cmocka_unit_test(a_missing_directory_is_a_problem),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
