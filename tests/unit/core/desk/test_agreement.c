#include "written_rules.h"

#include "core/desk/agreement.h"

#define RULES(points, due)                                                                                   \
  "dimension 'fit' {} rule 'demo' { on = track 'Demo', points = { fit = " points " } } "                     \
  "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', by = 'sales' } } "                               \
  "sla 'touch' { stage = 'mql', due = '" due "' }"

static void take(struct approvals *approvals, const struct generation *generation, const char *role) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf record;
  struct err err;
  buf_init(&record);
  agreement_record(generation->rules, str_of(role), STR("maria"), INT64_C(1700000000000), &record);
  assert_int_equal(json_parse(reader, record.data, record.len, &root, &err), 0);
  assert_int_equal(agreement_take(approvals, root, &err), 0);
  buf_release(&record);
  json_reader_free(reader);
}

static void an_approval_is_stale_once_a_part_says_something_else(void **state) {
  (void)state;
  struct approvals approvals = {.count = 0};
  struct generation *agreed = written_rules(RULES("10", "1h")), *slower = written_rules(RULES("10", "2h")),
                    *commented = written_rules("-- nothing new\n" RULES("10", "1h")),
                    *both = written_rules(RULES("11", "2h"));
  take(&approvals, agreed, "marketing");
  const struct approval *approval = &approvals.items[0];
  assert_int_equal(agreement_changed(agreed->rules, approval), 0);
  assert_int_equal(agreement_changed(commented->rules, approval), 0); /* another ruleset that says the same */
  assert_int_equal(agreement_changed(slower->rules, approval), 1u << AGREEMENT_CLOCKS);
  assert_int_equal(agreement_changed(both->rules, approval), 1u << AGREEMENT_CLOCKS | 1u << AGREEMENT_POINTS);
  struct buf document;
  buf_init(&document);
  agreement_document(slower->rules, &approvals, &document);
  assert_non_null(strstr(document.data, "STALE, changed since: clocks\n"));
  buf_clear(&document);
  agreement_document(agreed->rules, &approvals, &document);
  assert_null(strstr(document.data, "STALE"));
  assert_non_null(strstr(document.data, "- **marketing**: maria on 2023-11-14, rules "));
  buf_release(&document);
  generation_free(agreed);
  generation_free(slower);
  generation_free(commented);
  generation_free(both);
}

/* What a rule waits for, what its function says, and the twentieth word of a list are part of what was agreed. */
static void everything_that_decides_is_agreed(void **state) {
  (void)state;
  static const struct {
    const char *agreed, *edited;
    enum agreement_section section;
  } edits[] = {
      {"rule 'a' { on = track 'A', points = { fit = 1 } }",
       "rule 'a' { on = track 'B', points = { fit = 1 } }", AGREEMENT_POINTS},
      {"rule 'a' { on = track 'A', points = function(l, e) return { fit = 1 } end }",
       "rule 'a' { on = track 'A', points = function(l, e) return { fit = 2 } end }", AGREEMENT_POINTS},
      {"rule 'a' { when = trait { title = word { 'a', 'b', 'c', 'd', 'e', 'f', 'g' } }, points = { fit = 1 } "
       "}",
       "rule 'a' { when = trait { title = word { 'a', 'b', 'c', 'd', 'e', 'f', 'h' } }, points = { fit = 1 } "
       "}",
       AGREEMENT_POINTS},
      {"ignore 'us' { when = trait { email = ends '@us.example' } }",
       "ignore 'us' { when = trait { email = ends '@we.example' } }", AGREEMENT_POINTS},
      {"contact { no = trait { consent = false } }", "contact { no = trait { consent = 'no' } }",
       AGREEMENT_STAGES},
      {"framework 'f' { criterion 'c' { ask = 'Why?' } }", "framework 'f' { criterion 'c' { ask = 'How?' } }",
       AGREEMENT_QUESTIONS},
      {"lifecycle 'l' { start = 'a', move { 'a', 'b', by = 'sales', reasons = { x = '5d' } } }",
       "lifecycle 'l' { start = 'a', move { 'a', 'b', by = 'sales', reasons = { x = '6d' } } }",
       AGREEMENT_STAGES},
      {"lifecycle 'l' { start = 'a', move { 'a', 'b', by = 'sales', need = trait { x = 1 } } }",
       "lifecycle 'l' { start = 'a', move { 'a', 'b', by = 'sales', need = trait { x = 2 } } }",
       AGREEMENT_STAGES},
  };
  for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
    struct approvals approvals = {.count = 0};
    char texts[2][512];
    snprintf(texts[0], sizeof texts[0], "dimension 'fit' {} %s", edits[i].agreed);
    snprintf(texts[1], sizeof texts[1], "dimension 'fit' {} %s", edits[i].edited);
    struct generation *agreed = written_rules(texts[0]), *edited = written_rules(texts[1]);
    take(&approvals, agreed, "sales");
    if (agreement_changed(edited->rules, &approvals.items[0]) != 1u << edits[i].section)
      fail_msg("%s: not noticed", edits[i].edited);
    generation_free(agreed);
    generation_free(edited);
  }
}

static void the_latest_of_a_role_counts(void **state) {
  (void)state;
  struct approvals approvals = {.count = 0};
  struct generation *old = written_rules(RULES("10", "1h")), *new = written_rules(RULES("10", "2h"));
  take(&approvals, old, "sales");
  take(&approvals, old, "marketing");
  take(&approvals, new, "sales");
  assert_int_equal(approvals.count, 2);
  assert_int_equal(agreement_changed(new->rules, &approvals.items[0]), 0);
  assert_true(agreement_changed(new->rules, &approvals.items[1]) != 0);
  generation_free(old);
  generation_free(new);
}

static void refuses_what_is_no_approval(void **state) {
  (void)state;
  static const char *const cases[] = {"{}",
                                      "{\"role\":\"sales\",\"by\":\"x\",\"ruleset\":\"y\",\"at\":\"never\"}",
                                      "{\"role\":\"\",\"by\":\"x\",\"ruleset\":\"y\",\"at\":\"2026-01-01\"}"};
  struct json_reader *reader = json_reader_new();
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct approvals approvals = {.count = 0};
    struct json_ref root;
    struct err err;
    assert_int_equal(json_parse(reader, cases[i], strlen(cases[i]), &root, &err), 0);
    assert_int_equal(agreement_take(&approvals, root, &err), -1);
    assert_int_equal(approvals.count, 0);
  }
  json_reader_free(reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_approval_is_stale_once_a_part_says_something_else),
      cmocka_unit_test(everything_that_decides_is_agreed),
      cmocka_unit_test(the_latest_of_a_role_counts),
      cmocka_unit_test(refuses_what_is_no_approval),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
