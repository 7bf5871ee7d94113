#include "unit.h"

#include "vm/sandbox/prelude.h"
#include "vm/sandbox/sandbox.h"
#include "vm/script/script.h"
#include "vm/source/reference.h"

#include <lauxlib.h>
#include <lua.h>

static struct reference *load(void) {
  static struct reference reference;
  struct err err;
  if (reference_load(&reference, &err)) fail_msg("%s", err.text);
  return &reference;
}

static struct script *new_script(void) {
  struct script_limits limits;
  struct err err;
  script_limits_default(&limits);
  for (int i = 0; i < VM_BUDGETS; i++) limits.vm.allowance[i].cpu_ms = 3600000; /* the machine may be busy */
  struct script *script = script_new(&limits, &err);
  if (!script) fail_msg("%s", err.text);
  return script;
}

static void entries_are_complete(void **state) {
  struct reference *reference = load();
  (void)state;
  assert_true(reference->entry_count > 100);
  for (uint32_t i = 0; i < reference->entry_count; i++) {
    const struct reference_entry *entry = &reference->entries[i];
    if (!*entry->kind || !*entry->form || !*entry->doc || !*entry->example)
      fail_msg("'%s' lacks its kind, form, doc or example", entry->name);
    for (uint32_t j = 0; j < entry->field_count; j++)
      if (!*entry->fields[j].name || !*entry->fields[j].form || !*entry->fields[j].doc)
        fail_msg("a field of '%s' lacks its name, form or doc", entry->name);
    for (uint32_t j = 0; j < i; j++)
      if (strcmp(reference->entries[j].name, entry->name) == 0) fail_msg("'%s' is told twice", entry->name);
  }
  reference_release(reference);
}

static void groups_hold_every_entry_once(void **state) {
  struct reference *reference = load();
  uint32_t sum = 0;
  (void)state;
  for (uint32_t i = 0; i < reference->group_count; i++) {
    assert_ptr_equal(reference->groups[i].entries, reference->entries + sum);
    assert_int_not_equal(reference->groups[i].entry_count, 0);
    sum += reference->groups[i].entry_count;
  }
  assert_int_equal(sum, reference->entry_count);
  assert_string_equal(reference_group(reference, STR("tests"))->entries[0].name, "test");
  assert_string_equal(reference_group(reference, STR("stages"))->entries[0].name, "lifecycle");
  assert_null(reference_group(reference, STR("nonsense")));
  reference_release(reference);
}

static void words_and_fields_are_found(void **state) {
  struct reference *reference = load();
  const struct reference_field *field;
  (void)state;
  assert_string_equal(reference_find(reference, STR("glob"))->kind, "matcher");
  assert_string_equal(reference_find(reference, STR("lead.velocity"))->kind, "lead");
  assert_null(reference_find(reference, STR("glo")));
  assert_string_equal(reference_with_field(reference, STR("cooldown"), 0, &field)->name, "rule");
  assert_string_equal(field->form, "\"1d\"");
  assert_null(reference_with_field(reference, STR("cooldown"), 1, &field));
  assert_string_equal(reference_with_field(reference, STR("math.min"), 0, &field)->name, "math");
  reference_release(reference);
}

/* --- the table and the sandbox agree ---------------------------------------------------------------------------------- */

/* Whether the name is told, as a word or, in a library's table, as "library.name". */
static bool is_told(const struct reference *reference, const char *prefix, const char *name) {
  const struct reference_field *field;
  char full[128];
  snprintf(full, sizeof full, "%s%s", prefix, name);
  return reference_find(reference, str_of(full)) || reference_with_field(reference, str_of(full), 0, &field);
}

/* Every name of the table on top of the stack is told. */
static int expect_told(const struct reference *reference, lua_State *L, const char *prefix) {
  int count = 0;
  for (lua_pushnil(L); lua_next(L, -2); count++) {
    lua_pop(L, 1);
    const char *name = lua_tostring(L, -1);
    if (!is_told(reference, prefix, name)) fail_msg("embudo help does not know '%s%s'", prefix, name);
  }
  return count;
}

/* Pushes the names that a rule file's environment answers: its own (`own`: those of tests), or the shared ones. */
static void push_names(struct script *script, bool own) {
  lua_State *L = vm_lua(script_vm(script));
  sandbox_environment(L);
  if (own) prelude_define_tests(L, -1);
  assert_int_equal(luaL_getmetafield(L, -1, "__index"), LUA_TTABLE);
}

static void every_name_of_the_sandbox_is_told(void **state) {
  static const char *const libraries[] = {"string", "table", "math", "utf8"};
  struct reference *reference = load();
  struct script *script = new_script();
  (void)state;
  push_names(script, false);
  assert_true(expect_told(reference, vm_lua(script_vm(script)), "") > 60);
  for (size_t i = 0; i < COUNT_OF(libraries); i++) {
    lua_State *L = vm_lua(script_vm(script));
    char prefix[16];
    snprintf(prefix, sizeof prefix, "%s.", libraries[i]);
    lua_getfield(L, -1, libraries[i]);
    sandbox_raw(L, -1);
    assert_true(expect_told(reference, L, prefix) > 4);
    lua_pop(L, 2);
  }
  push_names(script, true);
  assert_int_equal(expect_told(reference, vm_lua(script_vm(script)), ""), 2); /* test, property */
  script_free(script);
  reference_release(reference);
}

/* Runs `text` as a file; fails with what was wrong with it. */
static void expect_loads(enum script_file kind, const char *what, const char *text) {
  struct script *script = new_script();
  struct declarations declarations;
  struct problems problems;
  declarations_init(&declarations);
  problems_init(&problems);
  script_declare(script, kind, "example.lua", str_of(text), &declarations, &problems);
  if (problems.count) fail_msg("the example of '%s': %s\n%s", what, problems.items[0].text, text);
  script_free(script);
  declarations_release(&declarations);
  problems_release(&problems);
}

/* The entry's example as a whole file: declarations are one, phrases stand in a table, the rest in a function. */
static void add_example_file(const struct reference_entry *entry, struct buf *out) {
  static const char *const phrases[] = {"part", "selector", "step", "matcher", "condition", "decay"};
  bool statement = strncmp(entry->example, "local ", 6) == 0 || strncmp(entry->example, "for ", 4) == 0 ||
                   strncmp(entry->example, "if ", 3) == 0 || strncmp(entry->example, "return ", 7) == 0;
  if (strcmp(entry->kind, "noun") == 0) {
    buf_add_text(out, entry->example);
    return;
  }
  for (size_t i = 0; i < COUNT_OF(phrases); i++)
    if (strcmp(entry->kind, phrases[i]) == 0) {
      buf_printf(out, "local _ = { %s }", entry->example);
      return;
    }
  buf_add_text(out, "local function f(t, lead, http, dns, lookup, domain, event, demo, read, list, names, "
                    "defaults, a, b, n, ...)\n");
  buf_printf(out, statement ? "%s\nend" : "local _ = { %s\n}\nend", entry->example);
}

static void examples_load(void **state) {
  struct reference *reference = load();
  struct buf file;
  (void)state;
  buf_init(&file);
  for (uint32_t i = 0; i < reference->entry_count; i++) {
    const struct reference_entry *entry = &reference->entries[i];
    buf_clear(&file);
    add_example_file(entry, &file);
    bool of_tests = strcmp(entry->name, "test") == 0 || strcmp(entry->name, "property") == 0;
    expect_loads(of_tests ? SCRIPT_TESTS : SCRIPT_RULES, entry->name, file.data);
  }
  buf_release(&file);
  reference_release(reference);
}

/* A word of the notation that the table tells of but rule files do not know would be a broken promise. */
static void every_word_is_known_to_the_sandbox(void **state) {
  static const char *const no_names[] = {"form", "lead", "event", "command", "call"};
  struct reference *reference = load();
  struct buf file;
  (void)state;
  buf_init(&file);
  for (uint32_t i = 0; i < reference->entry_count; i++) {
    const struct reference_entry *entry = &reference->entries[i];
    bool name = true;
    for (size_t j = 0; j < COUNT_OF(no_names); j++) name = name && strcmp(entry->kind, no_names[j]) != 0;
    buf_clear(&file);
    if (name) buf_printf(&file, "local _ = %s\n", entry->name);
    for (uint32_t j = 0; j < entry->field_count; j++)
      if (strcmp(entry->kind, "library") == 0) buf_printf(&file, "_ = %s\n", entry->fields[j].name);
    expect_loads(SCRIPT_TESTS, entry->name, file.data);
  }
  buf_release(&file);
  reference_release(reference);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entries_are_complete),
      cmocka_unit_test(groups_hold_every_entry_once),
      cmocka_unit_test(words_and_fields_are_found),
      cmocka_unit_test(every_name_of_the_sandbox_is_told),
      cmocka_unit_test(examples_load),
      cmocka_unit_test(every_word_is_known_to_the_sandbox),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
