#include "written_rules.h"

#include "cli/rules/repl.h"

static struct reference reference;

static int open_reference(void **state) {
  struct err err;
  (void)state;
  return reference_load(&reference, &err);
}

static int close_reference(void **state) {
  (void)state;
  reference_release(&reference);
  return 0;
}

static bool is_offered(const struct ruleset *rules, const char *begin, const char *wanted) {
  char text[REPL_WORD_MAX];
  const char *word;
  bool offered = false;
  for (size_t i = 0; (word = repl_word(&reference, rules, begin, i, text)); i++) {
    assert_true(i < 1000);
    if (strncmp(word, begin, strlen(begin)) != 0) fail_msg("%s does not begin with %s", word, begin);
    offered = offered || strcmp(word, wanted) == 0;
  }
  return offered;
}

/* Each from its first character on, and when it is there whole. */
static void every_word_is_completed(void **state) {
  (void)state;
  assert_true(reference.entry_count > 100);
  for (uint32_t i = 0; i < reference.entry_count; i++) {
    const char *name = reference.entries[i].name;
    char begin[2] = {name[0], '\0'};
    if (!is_offered(NULL, begin, name) || !is_offered(NULL, name, name)) fail_msg("%s is not offered", name);
  }
  assert_true(is_offered(NULL, "", "quit"));
  assert_true(is_offered(NULL, "lead.sc", "lead.scores"));
  assert_false(is_offered(NULL, "half_lives", "half_life"));
}

/* And each says what it is. */
static void every_word_has_its_documentation(void **state) {
  (void)state;
  static const struct style plain = {0};
  for (uint32_t i = 0; i < reference.entry_count; i++) {
    const struct reference_entry *entry = reference_find(&reference, str_of(reference.entries[i].name));
    struct buf out;
    buf_init(&out);
    assert_non_null(entry);
    reference_entry_text(entry, &plain, &out);
    if (!*entry->doc || !strstr(out.data, entry->form)) fail_msg("%s is not explained", entry->name);
    buf_release(&out);
  }
}

static void names_of_the_rules_are_completed(void **state) {
  (void)state;
  static const char text[] =
      "dimension 'interest' {}\n"
      "rule 'asked_demo' { on = track 'Demo', points = { interest = 5 } }\n"
      "segment 'dach' { when = trait { country = 'DE' } }\n"
      "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { interest = "
      "at_least(5) } } }\n";
  struct generation *generation = written_rules(text);
  assert_true(is_offered(generation->rules, "int", "interest"));
  assert_true(is_offered(generation->rules, "lead.scores.", "lead.scores.interest"));
  assert_true(is_offered(generation->rules, "asked", "asked_demo"));
  assert_true(is_offered(generation->rules, "da", "dach"));
  assert_true(is_offered(generation->rules, "mq", "mql"));
  assert_false(is_offered(NULL, "asked", "asked_demo"));
  generation_free(generation);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_word_is_completed),
      cmocka_unit_test(every_word_has_its_documentation),
      cmocka_unit_test(names_of_the_rules_are_completed),
  };
  return cmocka_run_group_tests(tests, open_reference, close_reference);
}
