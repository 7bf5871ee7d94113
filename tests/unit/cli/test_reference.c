#include "unit.h"

#include "cli/rules/reference.h"
#include "cli/rules/reference_types.h"
#include "vm/script/script.h"

static const struct style plain = {"", "", "", "", "", ""};

static const struct reference_field fields[] = {{"times", "n", "How many."},
                                                {"math.min", "math.min(x, ..)", "The least."}};
static const struct reference_entry seen = {
    .name = "seen",
    .kind = "condition",
    .form = "seen(selector, { .. })",
    .doc = "So many | a_b of `x_y` { .. }. More of it.",
    .example = "when = seen(page {})",
    .fields = fields,
    .field_count = 1,
};

static void lines_are_broken_between_words(void **state) {
  static const struct {
    const char *text;
    size_t indent;
    const char *expected;
  } cases[] = {
      {"", 2, ""},
      {"  one\n two ", 2, "  one two\n"},
      {"123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 end", 1,
       " 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789\n end\n"},
      {"123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 end", 2,
       "  123456789 123456789 123456789 123456789 123456789 123456789 123456789\n  123456789 end\n"},
  };
  (void)state;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf out;
    buf_init(&out);
    reference_wrap(cases[i].text, cases[i].indent, &out);
    assert_str(buf_str(&out), cases[i].expected);
    buf_release(&out);
  }
}

static void an_entry_is_told_whole(void **state) {
  struct buf out;
  (void)state;
  buf_init(&out);
  reference_entry_text(&seen, &plain, &out);
  assert_str(buf_str(&out), "seen(selector, { .. })  (condition)\n\n"
                            "  So many | a_b of `x_y` { .. }. More of it.\n\n"
                            "  times = n\n      How many.\n\n"
                            "Example:\n\n  when = seen(page {})\n");
  buf_clear(&out);
  reference_field_text(&seen, &fields[1], &plain, &out);
  assert_str(buf_str(&out), "math.min(x, ..)  (in seen(selector, { .. }))\n\n  The least.\n");
  buf_release(&out);
}

static void a_chapter_tells_the_first_sentence(void **state) {
  struct buf out;
  const struct reference_group group = {"conditions", "Conditions", "Questions.", &seen, 1};
  (void)state;
  buf_init(&out);
  reference_group_text(&group, &plain, &out);
  assert_str(buf_str(&out), "Conditions\n\n  Questions.\n\n"
                            "  seen(selector, { .. })\n      So many | a_b of `x_y` { .. }.\n\n"
                            "'embudo help WORD' tells all about one of them.\n");
  buf_release(&out);
}

/* A bar ends a table's cell, underscores and the like are emphasis: unless they are escaped. */
static void markdown_is_escaped(void **state) {
  struct buf out;
  struct reference_entry entry = seen;
  entry.field_count = 0;
  const struct reference_group groups[] = {{"conditions", "All of *it*", "", &entry, 1}};
  const struct reference reference = {
      .groups = (struct reference_group *)groups, .group_count = 1, .entries = &entry, .entry_count = 1};
  (void)state;
  buf_init(&out);
  reference_markdown(&reference, &out);
  assert_non_null(strstr(out.data, "- [All of *it*](#all-of-it): `seen`\n"));
  assert_non_null(
      strstr(out.data, "| `seen(selector, { .. })` | So many \\| a_b of `x_y` { .. }. More of it. |"));
  buf_release(&out);
}

/* Every word but the library's has its line. */
static void expect_annotated(const struct reference_entry *entry, const char *text) {
  char line[128];
  const char *dot = strchr(entry->name, '.');
  if (strcmp(entry->kind, "form") == 0 || strcmp(entry->kind, "library") == 0) return;
  if (dot)
    snprintf(line, sizeof line, "\n---@field %s ", dot + 1);
  else
    snprintf(line, sizeof line, "\nfunction %s(", entry->name);
  if (strstr(text, line)) return;
  snprintf(line, sizeof line, "\n%s = nil\n", entry->name);
  if (!strstr(text, line)) fail_msg("'%s' is not annotated", entry->name);
}

/* The file is Lua, and has every word but the library's. */
static void annotations_compile(void **state) {
  struct reference reference;
  struct declarations declarations;
  struct problems problems;
  struct buf out;
  struct err err;
  (void)state;
  if (reference_load(&reference, &err)) fail_msg("%s", err.text);
  buf_init(&out);
  reference_annotations(&reference, &out);
  struct script *script = script_new(NULL, &err);
  declarations_init(&declarations);
  problems_init(&problems);
  script_declare(script, SCRIPT_TESTS, "words.lua", buf_str(&out), &declarations, &problems);
  for (size_t i = 0; i < problems.count; i++)
    if (strcmp(problems.items[i].code, "syntax") == 0) fail_msg("%s", problems.items[i].text);
  assert_non_null(strstr(out.data, "\nfunction rule(name) end\n"));
  assert_non_null(strstr(out.data, "\nfunction profile(body) end\n"));
  assert_non_null(strstr(out.data, "\nfunction t:expect(what) end\n"));
  assert_non_null(strstr(out.data, "\npresent = nil\n"));
  assert_non_null(strstr(out.data, "\n---@field velocity fun(...): number "));
  for (uint32_t i = 0; i < reference.entry_count; i++) expect_annotated(&reference.entries[i], out.data);
  script_free(script);
  declarations_release(&declarations);
  problems_release(&problems);
  buf_release(&out);
  reference_release(&reference);
}

/* Forms say what they take; the table of words is the only place where it is written. */
static void forms_are_types(void **state) {
  static const struct {
    const char *form, *type;
  } cases[] = {
      {"\"30d\"", "string"},
      {"n", "number"},
      {"0.5", "number"},
      {"true | false", "boolean"},
      {"selector", "embudo.selector"},
      {"condition | function(lead)", "embudo.condition|(fun(lead: embudo.lead): any)"},
      {"{ dimension = number, .. } | function(lead, event)",
       "table<string, number>|(fun(lead: embudo.lead, event: embudo.event): any)"},
      {"\"role\" | { \"role\", .. }", "string|string[]"},
      {"{ rule = number | matcher, .. }", "table<string, number|embudo.matcher>"},
      {"{ number | matcher, .. }", "(number|embudo.matcher)[]"},
      {"half_life \"30d\" | linear \"60d\" | step { .. }", "embudo.decay"},
      {"{ times = n, per = \"7d\" }", "table"},
      {"{ .. }", "table"},
      {"whatever", "any"},
      {"", ""},
  };
  struct reference reference;
  struct err err;
  (void)state;
  if (reference_load(&reference, &err)) fail_msg("%s", err.text);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf out;
    buf_init(&out);
    reference_type(&reference, cases[i].form, &out);
    assert_string_equal(out.data ? out.data : "", cases[i].type);
    buf_release(&out);
  }
  reference_release(&reference);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_are_broken_between_words),
      cmocka_unit_test(an_entry_is_told_whole),
      cmocka_unit_test(a_chapter_tells_the_first_sentence),
      cmocka_unit_test(markdown_is_escaped),
      cmocka_unit_test(annotations_compile),
      cmocka_unit_test(forms_are_types),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
