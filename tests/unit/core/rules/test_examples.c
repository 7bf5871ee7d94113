/* Every example of the reference stands in a rule file of its own and loads. */
#include "unit.h"

#include "core/rules/generation.h"
#include "vm/source/reference.h"

static const char *const around =
    "dimension 'fit' { bands = { A = 40, B = 0 } }\n"
    "dimension 'engagement' { bands = { ['1'] = 30, ['2'] = 0 } }\n"
    "dimension 'intent' {}\n"
    "grade { 'fit', 'engagement' }\n"
    "group 'web' { dimension = 'engagement' }\n"
    "rule 'hot_sequence' { on = page {}, points = { intent = 1 }, topics = { 'cnc' } }\n"
    "framework 'bant' { criterion 'budget' { ask = 'a' }, criterion 'need' { ask = 'b' } }\n"
    "segment 'smb' { when = trait { size = below(50) } }\n"
    "destination 'desk' { url = 'https://desk.example' }\n"
    "rule 'asked_demo' { on = track 'Demo', points = { intent = 1 } }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', by = 'sales' }, "
    "move { 'mql', 'sal', by = 'sales' }, move { 'sal', 'sql', by = 'sales' } }\n";

/* How an example's text becomes a file, by the kind of its word and how it begins. */
static void write_example(const struct reference_entry *entry, struct buf *rules, struct buf *test) {
  struct str text = str_of(entry->example);
  const char *kind = entry->kind;
  bool field = memchr(text.p, '=', text.len) && strcspn(text.p, "=") < strcspn(text.p, "({");
  if (strcmp(kind, "command") == 0) {
    buf_printf(test, "test 'x' (function(t) %s end)", text.p);
  } else if (strcmp(entry->name, "test") == 0 || strcmp(entry->name, "property") == 0) {
    buf_add_str(test, text);
  } else if (strcmp(kind, "noun") == 0) {
    buf_add_str(rules, text);
  } else if (strcmp(entry->name, "criterion") == 0) {
    buf_printf(rules, "framework 'other' { %s }", text.p);
  } else if (strcmp(kind, "part") == 0) {
    buf_printf(rules,
               "lifecycle 'other' { start = 'lead', move { 'lead', 'mql', by = 'sales' }, "
               "move { 'mql', 'sal', by = 'sales' }, %s }",
               text.p);
  } else if (strcmp(kind, "lead") == 0 || strcmp(kind, "event") == 0) {
    buf_printf(rules,
               "local demo = track 'D' rule 'x' { on = page {}, points = function(lead, event) "
               "local x = %s return { fit = x and 1 } end }",
               text.p);
  } else if (strcmp(kind, "step") == 0 && !str_starts(text, STR("sequence"))) {
    buf_printf(rules, "rule 'x' { on = sequence { %s, page {} }, points = { fit = 1 } }", text.p);
  } else if (str_starts(text, STR("sequence"))) {
    buf_printf(rules, "rule 'x' { on = %s, points = { fit = 1 } }", text.p);
  } else if (str_starts(text, STR("headers"))) {
    buf_printf(rules, "destination 'x' { %s }", text.p);
  } else if (str_starts(text, STR("first"))) {
    buf_printf(rules, "rule 'x' { dimension = 'fit', field = 'seats', %s }", text.p);
  } else if (str_starts(text, STR("need"))) {
    buf_printf(rules,
               "lifecycle 'o' { start = 'a', move { 'a', 'b', by = 'x' }, gate 'g' { into = { 'b' }, %s } }",
               text.p);
  } else if (str_starts(text, STR("on = warned")) || str_starts(text, STR("on = breached"))) {
    buf_printf(rules,
               "sla 'first_touch' { stage = 'mql', due = '1h' } sla 'accept_or_reject' { stage = 'mql', due "
               "= '1h' } "
               "effect 'x' { %s, to = 'desk' }",
               text.p);
  } else if (str_starts(text, STR("on ")) || str_starts(text, STR("when "))) {
    buf_printf(rules, "rule 'x' { %s, points = { intent = 1 } }", text.p);
  } else if (str_starts(text, STR("decay ")) || str_starts(text, STR("limit "))) {
    buf_printf(rules, "rule 'x' { on = page {}, points = { fit = 1 }, %s }", text.p);
  } else if (str_starts(text, STR("points "))) {
    buf_printf(rules, "rule 'x' { on = page {}, %s }", text.p);
  } else if (strcmp(kind, "matcher") == 0 && field) {
    buf_printf(rules, "rule 'x' { when = trait { %s }, points = { fit = 1 } }", text.p);
  } else if (strcmp(kind, "form") == 0 && field) {
    buf_printf(rules, "rule 'x' { on = page { %s }, points = { fit = 1 } }", text.p);
  }
}

static void check_example(const struct reference_entry *entry, uint32_t *checked) {
  struct ruledir bundle;
  struct problems problems;
  struct err err;
  struct buf rules, test;
  struct generation_options options = {.with_tests = true};
  buf_init(&rules);
  buf_init(&test);
  write_example(entry, &rules, &test);
  if (rules.len || test.len) {
    bool own = strcmp(entry->name, "dimension") == 0 || strcmp(entry->name, "grade") == 0 ||
               strcmp(entry->name, "lifecycle") == 0 || strcmp(entry->name, "framework") == 0;
    problems_init(&problems);
    ruledir_init(&bundle);
    ruledir_add(&bundle, "around.lua",
                own ? STR("dimension 'engagement' { bands = { ['1'] = 0 } }") : str_of(around), &err);
    if (strcmp(entry->name, "grade") == 0)
      ruledir_add(&bundle, "more.lua", STR("dimension 'fit' { bands = { A = 0 } }"), &err);
    if (strcmp(entry->name, "lifecycle") == 0)
      ruledir_add(&bundle, "more.lua", STR("dimension 'fit' {} dimension 'intent' {}"), &err);
    if (strcmp(entry->name, "completeness") == 0)
      ruledir_add(&bundle, "more.lua", STR("profile { required = { 'email' } }"), &err);
    ruledir_add(&bundle, "a.lua", buf_str(&rules), &err);
    ruledir_add(&bundle, "a_test.lua", buf_str(&test), &err);
    static const char *const lists[] = {"freemail", "own_domains", "shared_mailboxes", "target_countries"};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
      char path[64];
      snprintf(path, sizeof path, "lists/%s.txt", lists[i]);
      ruledir_add(&bundle, path, STR("x\n"), &err);
    }
    ruledir_end(&bundle);
    struct generation *generation = generation_build(&bundle, &options, &problems);
    if (!generation)
      fail_msg("%s: %s: %s:%d: %s", entry->name, rules.len ? rules.data : test.data,
               problems.items[0].place.file, problems.items[0].place.line, problems.items[0].text);
    generation_free(generation);
    ruledir_release(&bundle);
    problems_release(&problems);
    (*checked)++;
  }
  buf_release(&rules);
  buf_release(&test);
}

static void all_examples_load(void **state) {
  (void)state;
  struct reference reference;
  struct err err;
  uint32_t checked = 0;
  assert_int_equal(reference_load(&reference, &err), 0);
  for (uint32_t i = 0; i < reference.entry_count; i++) check_example(&reference.entries[i], &checked);
  assert_true(checked > 80);
  print_message("%u of %u examples\n", checked, reference.entry_count);
  reference_release(&reference);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_examples_load)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
