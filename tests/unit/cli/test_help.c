#include "unit.h"

#include "core/rules/generation.h"
#include "vm/source/reference.h"

/* Loads one file; true when a problem has that code. */
static bool has_problem(const char *text, const char *code) {
  struct ruledir bundle;
  struct problems problems;
  struct err err;
  bool found = false;
  ruledir_init(&bundle);
  problems_init(&problems);
  const struct generation_options options = {.with_tests = true};
  bool test = strncmp(text, "property ", 9) == 0;
  assert_int_equal(ruledir_add(&bundle, test ? "all_test.lua" : "all.lua", str_of(text), &err), 0);
  ruledir_end(&bundle);
  generation_free(generation_build(&bundle, &options, &problems));
  for (size_t i = 0; i < problems.count; i++) found |= strcmp(problems.items[i].code, code) == 0;
  problems_release(&problems);
  ruledir_release(&bundle);
  return found;
}

/* Marketing's side of an agreement says other things than sales'. */
static bool is_of_marketing(const char *field) {
  static const char *const names[] = {"of", "per", "volume", "quality"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (strcmp(names[i], field) == 0) return true;
  return false;
}

/* A file in which the word `entry` has the field, whatever its value. */
static void add_file(const struct reference_entry *entry, const char *field, struct buf *out) {
  static const struct {
    const char *word, *file;
  } files[] = {
      {"acts", "acts { x = { %s = true } }"},
      {"verdict", "lifecycle \"l\" { start = \"a\" } rule \"x\" { when = verdict { %s = true } }"},
      {"profile", "profile { %s = true }"},
      {"identity", "identity { %s = true }"},
      {"accounts", "accounts { %s = true }"},
      {"gate", "lifecycle \"x\" { start = \"a\", gate \"g\" { %s = true } }"},
      {"move", "lifecycle \"x\" { start = \"a\", move { \"a\", \"b\", %s = true } }"},
      {"criterion", "framework \"x\" { criterion \"c\" { %s = true } }"},
      {"visit", "rule \"x\" { on = visit { %s = true } }"},
      {"entered", "lifecycle \"l\" { start = \"a\" } rule \"x\" { on = entered { \"a\", %s = true } }"},
      {"sequence", "rule \"x\" { on = sequence { page {}, track \"A\", %s = true } }"},
      {"seen", "rule \"x\" { when = seen(page {}, { %s = true }) }"},
      {"stage", "lifecycle \"l\" { start = \"a\" } rule \"x\" { when = stage { \"a\", %s = true } }"},
  };
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    if (strcmp(files[i].word, entry->name) != 0) continue;
    const char *hole = strstr(files[i].file, "%s");
    buf_printf(out, "%.*s%s%s", (int)(hole - files[i].file), files[i].file, field, hole + 2);
    return;
  }
  assert_string_equal(entry->kind, "noun");
  if (strcmp(entry->name, "sla") == 0 && is_of_marketing(field)) {
    buf_printf(out, "sla \"x\" { of = \"marketing\", %s = true }", field);
    return;
  }
  buf_printf(out, "%s \"x\" { %s = true }", entry->name, field);
}

static bool is_unknown(const struct reference_entry *entry, const char *field) {
  struct buf file;
  buf_init(&file);
  add_file(entry, field, &file);
  bool unknown = has_problem(file.data, "unknown_field");
  buf_release(&file);
  return unknown;
}

/* What the reference tells of, rule files know: and a name it does not tell of would be found out. */
static void every_field_is_known(void **state) {
  struct reference reference;
  struct err err;
  uint32_t count = 0;
  (void)state;
  if (reference_load(&reference, &err)) fail_msg("%s", err.text);
  for (uint32_t i = 0; i < reference.entry_count; i++) {
    const struct reference_entry *entry = &reference.entries[i];
    if (strcmp(entry->kind, "library") == 0 || strcmp(entry->kind, "command") == 0) continue;
    for (uint32_t j = 0; j < entry->field_count; j++, count++)
      if (is_unknown(entry, entry->fields[j].name))
        fail_msg("the rules know no '%s' in '%s'", entry->fields[j].name, entry->name);
    if (entry->field_count && !is_unknown(entry, "nonsense"))
      fail_msg("nobody asks what fields '%s' has", entry->name);
  }
  assert_true(count > 40);
  reference_release(&reference);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_field_is_known)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
