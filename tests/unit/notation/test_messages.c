/* Every message of the compiler and the checks: cases/NAME.txt holds declarations and what is said about them. A file
 * begins with declarations that stand behind each case; cases are separated by `---`, each with `===` before what is
 * said. UPDATE=1 rewrites the files instead. */
#include "notation/notation_text.h"

#include <stdio.h>
#include <stdlib.h>

static const struct list_source lists[] = {
    {STR("freemail"), STR("lists/freemail.txt"), STR("gmail.com\n")},
    {STR("broken"), STR("lists/broken.txt"), STR("a*b\n")},
};

static void read_file(const char *path, struct buf *out) {
  FILE *file = fopen(path, "rb");
  char bytes[4096];
  size_t len;
  assert_non_null(file);
  while ((len = fread(bytes, 1, sizeof bytes, file)) > 0) buf_add(out, bytes, len);
  fclose(file);
}

static void write_file(const char *path, const struct buf *text) {
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(text->data, 1, text->len, file), text->len);
  fclose(file);
}

/* Everything up to the line that is `mark`; what is behind it stays in *rest. */
static struct str up_to(const char **rest, const char *mark) {
  const char *begin = *rest, *found = strstr(begin, mark);
  size_t len = found ? (size_t)(found - begin) + 1 : strlen(begin); /* with its own end of line */
  *rest = found ? found + strlen(mark) : begin + len;
  return (struct str){begin, len};
}

/* Lists that no rule uses are told of in every case: test_compile looks at that. */
static void drop_unused_lists(struct problems *problems) {
  size_t kept = 0;
  for (size_t i = 0; i < problems->count; i++)
    if (strcmp(problems->items[i].code, "unused_list") != 0) problems->items[kept++] = problems->items[i];
  problems->count = kept;
}

static void say(struct str text, struct str prelude, bool check, struct buf *out) {
  struct compiled compiled;
  struct buf whole;
  buf_init(&whole);
  buf_add_str(&whole, text);
  buf_add_str(&whole, prelude);
  compiled_init(&compiled, whole.data, lists, COUNT_OF(lists));
  if (compiled.rules && check) notation_check(compiled.rules, &compiled.problems);
  drop_unused_lists(&compiled.problems);
  const char *said = compiled_said(&compiled, SEVERITY_NOTE);
  buf_add_text(out, *said ? said : "(nothing)\n");
  compiled_release(&compiled);
  buf_release(&whole);
}

static int run_cases(const char *name, const struct buf *file, struct buf *updated) {
  const char *rest = file->data;
  struct str prelude = up_to(&rest, "\n---\n");
  int wrong = 0;
  buf_add_str(updated, prelude);
  while (*rest) {
    struct str text = up_to(&rest, "\n===\n"), expected = up_to(&rest, "\n---\n");
    struct buf said;
    buf_init(&said);
    say(text, prelude, strncmp(name, "check_", 6) == 0, &said);
    buf_printf(updated, "---\n%.*s===\n%s", STR_ARG(text), said.data);
    if (!str_eq(buf_str(&said), expected)) {
      print_error("%s:\n%.*s  expected:\n%.*s  said:\n%s", name, STR_ARG(text), STR_ARG(expected), said.data);
      wrong++;
    }
    buf_release(&said);
  }
  return wrong;
}

static void says_what_is_written(void **state) {
  const char *name = *state;
  char path[512];
  struct buf file, updated;
  buf_init(&file);
  buf_init(&updated);
  snprintf(path, sizeof path, "%s/tests/unit/notation/cases/%s.txt", TEST_ROOT, name);
  read_file(path, &file);
  int wrong = run_cases(name, &file, &updated);
  if (wrong && getenv("UPDATE"))
    write_file(path, &updated);
  else
    assert_int_equal(wrong, 0);
  buf_release(&updated);
  buf_release(&file);
}

#define CASES(name)                                                                                          \
  { name, says_what_is_written, NULL, NULL, name }

int main(void) {
  const struct CMUnitTest tests[] = {
      CASES("compile"),        CASES("order"),          CASES("read_matcher"),   CASES("read_selector"),
      CASES("read_sequence"),  CASES("read_condition"), CASES("read_rule"),      CASES("read_points"),
      CASES("read_dimension"), CASES("read_settings"),  CASES("read_lifecycle"), CASES("check_dead"),
      CASES("check_desk"),     CASES("check_reach"),    CASES("check_bounds"),   CASES("check_flap"),
      CASES("check_shape"),    CASES("read_segment"),   CASES("read_framework"), CASES("read_handoff"),
      CASES("read_calendar"),  CASES("read_desk"),      CASES("read_accounts"),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
