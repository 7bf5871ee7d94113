#include "model/ruleset/ruleset.h"

#include "model/match/atoms.h"
#include "model/ruleset/list.h"
#include "unit.h"

static void a_new_ruleset_is_empty(void **state) {
  (void)state;
  struct ruleset *rules = ruleset_new();
  assert_int_equal(rules->grade_rows, NONE);
  assert_int_equal(rules->grade_columns, NONE);
  assert_int_equal(ruleset_rule(rules, STR("pricing_page")), NONE);
  assert_int_equal(ruleset_dimension(rules, STR("fit")), NONE);
  ruleset_free(rules);
  ruleset_free(NULL);
}

static void names_are_found(void **state) {
  (void)state;
  struct ruleset *rules = ruleset_new();
  struct dimension dimensions[] = {{.name = "fit"}, {.name = "engagement"}};
  struct rule list[] = {{.id = "a"}, {.id = "ab"}};
  struct enricher enrichers[] = {{.id = "mx"}, {.id = "size"}};
  const struct lifecycle lifecycle = {.stages = {"lead", "mql", "sal"}, .stage_count = 3};
  rules->dimensions = dimensions;
  rules->dimension_count = 2;
  rules->rules = list;
  rules->rule_count = 2;
  rules->enrichers = enrichers;
  rules->enricher_count = 2;
  assert_int_equal(ruleset_dimension(rules, STR("engagement")), 1);
  assert_int_equal(ruleset_dimension(rules, STR("engage")), NONE);
  assert_int_equal(ruleset_rule(rules, STR("ab")), 1);
  assert_int_equal(ruleset_rule(rules, STR("")), NONE);
  assert_int_equal(ruleset_enricher(rules, STR("size")), 1);
  assert_int_equal(ruleset_enricher(rules, STR("siz")), NONE);
  assert_int_equal(lifecycle_stage(&lifecycle, STR("sal")), 2);
  assert_int_equal(lifecycle_stage(&lifecycle, STR("MQL")), NONE);
  ruleset_free(rules);
}

/* Leaks and double frees are the sanitizer build's to see. */
static void what_it_owns_is_freed_with_it(void **state) {
  (void)state;
  struct ruleset *rules = ruleset_new();
  struct err err;
  rules->lists = arena_alloc(&rules->arena, sizeof *rules->lists);
  rules->lists[rules->list_count++] = list_new(STR("own"), STR("lists/own.txt"), STR("acme.example\n"), &err);
  rules->regexes = arena_alloc(&rules->arena, sizeof *rules->regexes);
  rules->regexes[rules->regex_count++] = regex_new(STR("^a"), &err);
  rules->signals = arena_zalloc(&rules->arena, sizeof *rules->signals);
  rules->signal_count = 1;
  atoms_build(rules);
  assert_non_null(rules->lists[0]);
  assert_non_null(rules->regexes[0]);
  assert_non_null(rules->atom_index);
  ruleset_free(rules);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_new_ruleset_is_empty),
      cmocka_unit_test(names_are_found),
      cmocka_unit_test(what_it_owns_is_freed_with_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
