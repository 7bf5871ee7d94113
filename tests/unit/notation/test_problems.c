#include "unit.h"

#include "notation/problems.h"

static const struct place here = {.file = "a.lua", .line = 3};

static void set_up(struct problems *problems) {
  problems_init(problems);
}

static void hints_name_the_nearest_word(void **state) {
  (void)state;
  static const char *const words[] = {"within", "times", "same", NULL};
  static const char *const one[] = {"gap", NULL};
  static const char *const none[] = {NULL};
  static const char *const many[] = {"a1", "b1", "c1", "d1", "e1", "f1", "g1", "h1",
                                     "i1", "j1", "k1", "l1", "m1", "n1", NULL};
  struct problems problems;
  set_up(&problems);
  assert_string_equal(problem_hint(&problems, STR("withn"), words), "did you mean 'within'?");
  assert_string_equal(problem_hint(&problems, STR("colour"), words), "expected one of: within, times, same");
  assert_string_equal(problem_hint(&problems, STR("colour"), one), "expected: gap");
  assert_string_equal(problem_hint(&problems, STR("colour"), none), "");
  assert_string_equal(problem_hint(&problems, STR("colour"), many),
                      "expected one of: a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1 and 2 more");
  problems_release(&problems);
}

static void prints_as_compilers_do(void **state) {
  (void)state;
  struct problems problems;
  struct buf out;
  set_up(&problems);
  buf_init(&out);
  problem_add(&problems, SEVERITY_NOTE, "n", here, NULL, "a note");
  problem_add(&problems, SEVERITY_ERROR, "e", here, "mend it", "unknown field '%s'", "limt");
  problem_add(&problems, SEVERITY_WARNING, "w", (struct place){.file = "a.lua"}, NULL, "of the whole file");
  problem_add(&problems, SEVERITY_ERROR, "e", (struct place){0}, NULL, "of no file");
  problem_add(&problems, SEVERITY_ERROR, "e", (struct place){.file = "a.lua", .line = 20}, NULL,
              "two\nlines\x1b[0m");
  problems_sort(&problems);
  problems_print(&problems, "rules/", &out);
  assert_string_equal(out.data, "error: of no file\n"
                                "rules/a.lua: warning: of the whole file\n"
                                "rules/a.lua:3: error: unknown field 'limt'; mend it\n"
                                "rules/a.lua:3: note: a note\n"
                                "rules/a.lua:20: error: two lines [0m\n");
  assert_int_equal(problems.errors, 3);
  assert_int_equal(problems.warnings, 1);
  buf_release(&out);
  problems_release(&problems);
}

static void says_json(void **state) {
  (void)state;
  struct problems problems;
  struct buf out;
  struct json_writer writer;
  set_up(&problems);
  buf_init(&out);
  problem_add(&problems, SEVERITY_WARNING, "flood", here, "h", "\"t\"");
  problem_add(&problems, SEVERITY_ERROR, "bad", (struct place){0}, NULL, "t");
  json_writer_init(&writer, &out);
  problems_json(&problems, &writer);
  assert_string_equal(
      out.data,
      "[{\"severity\":\"warning\",\"code\":\"flood\",\"file\":\"a.lua\",\"line\":3,"
      "\"text\":\"\\\"t\\\"\",\"hint\":\"h\"},"
      "{\"severity\":\"error\",\"code\":\"bad\",\"file\":null,\"line\":0,\"text\":\"t\",\"hint\":\"\"}]");
  buf_release(&out);
  problems_release(&problems);
}

static void errors_take_the_room_of_lesser_problems(void **state) {
  (void)state;
  struct problems problems;
  struct buf out;
  set_up(&problems);
  buf_init(&out);
  for (int i = 0; i < PROBLEMS_MAX + 10; i++)
    problem_add(&problems, SEVERITY_WARNING, "w", here, NULL, "w%d", i);
  assert_int_equal(problems.count, PROBLEMS_MAX);
  assert_int_equal(problems.warnings, PROBLEMS_MAX + 10);
  problem_add(&problems, SEVERITY_ERROR, "e", here, NULL, "the error");
  assert_int_equal(problems.count, PROBLEMS_MAX);
  assert_string_equal(problems.items[PROBLEMS_MAX - 1].text, "the error");
  problems_print(&problems, "", &out);
  assert_non_null(strstr(out.data, "... and 11 more errors and warnings\n"));
  for (int i = 0; i < PROBLEMS_MAX; i++) problem_add(&problems, SEVERITY_ERROR, "e", here, NULL, "e%d", i);
  assert_int_equal(problems.count, PROBLEMS_MAX);
  assert_int_equal(problems.errors, PROBLEMS_MAX + 1);
  buf_release(&out);
  problems_release(&problems);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hints_name_the_nearest_word),
      cmocka_unit_test(prints_as_compilers_do),
      cmocka_unit_test(says_json),
      cmocka_unit_test(errors_take_the_room_of_lesser_problems),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
