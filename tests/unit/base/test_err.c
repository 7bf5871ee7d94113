#include "unit.h"

#include "base/err.h"
#include <errno.h>

static void fills_code_and_text(void **state) {
  (void)state;
  struct err err;
  assert_int_equal(err_set(&err, ERR_INVALID, "%s: %d is too many", "a.lua", 7), -1);
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.text, "a.lua: 7 is too many");
}

static void wraps_its_own_text(void **state) {
  (void)state;
  struct err err;
  err_set(&err, ERR_SYNTAX, "unexpected ]");
  err_set(&err, err.code, "rules.yaml: %s", err.text);
  assert_int_equal(err.code, ERR_SYNTAX);
  assert_string_equal(err.text, "rules.yaml: unexpected ]");
}

static void never_holds_a_newline(void **state) {
  (void)state;
  struct err err;
  err_set(&err, ERR_SCRIPT, "one\ntwo\r\nthree");
  assert_string_equal(err.text, "one two  three");
}

static void cuts_long_text_between_characters(void **state) {
  (void)state;
  struct err err;
  char text[2048];
  /* The bound (1023 bytes) falls into the 512th two-byte character. */
  for (size_t i = 0; i + 1 < sizeof text; i += 2) memcpy(text + i, "ñ", 2);
  text[sizeof text - 2] = '\0';
  err_set(&err, ERR_LIMIT, "%s", text);
  assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 2);
  assert_memory_equal(err.text + strlen(err.text) - 2, "ñ", 2);
}

static void keeps_a_text_that_just_fits(void **state) {
  (void)state;
  struct err err;
  char text[ERR_TEXT_MAX];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  memcpy(text + sizeof text - 3, "ñ", 2);
  err_set(&err, ERR_LIMIT, "%s", text);
  assert_string_equal(err.text, text);
}

static void says_what_the_system_said(void **state) {
  (void)state;
  struct err err;
  errno = ENOENT;
  assert_int_equal(err_system(&err, "%s/", "rules"), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  assert_string_equal(err.text, "rules/: No such file or directory");
}

static void cuts_the_systems_reason_too(void **state) {
  (void)state;
  struct err err;
  for (int fill = 1000; fill < 1030; fill++) {
    errno = ENOENT;
    err_system(&err, "%*s", fill, "x");
    assert_true(strlen(err.text) <= ERR_TEXT_MAX - 1);
    assert_true(strlen(err.text) >= (size_t)(fill < ERR_TEXT_MAX ? fill : ERR_TEXT_MAX - 1));
  }
}

static void codes_have_stable_words(void **state) {
  (void)state;
  assert_string_equal(err_word(ERR_NONE), "none");
  assert_string_equal(err_word(ERR_NOT_FOUND), "not_found");
  assert_string_equal(err_word((enum err_code)999), "unknown");
}

static void memory_of_no_size_is_memory(void **state) {
  (void)state;
  char *a = xmalloc(0), *b = xcalloc(0, 8), *c = xstrdup("");
  assert_non_null(a);
  assert_non_null(b);
  assert_string_equal(c, "");
  a = xrealloc(a, 100);
  memset(a, 1, 100);
  free(a);
  free(b);
  free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fills_code_and_text),         cmocka_unit_test(wraps_its_own_text),
      cmocka_unit_test(never_holds_a_newline),       cmocka_unit_test(cuts_long_text_between_characters),
      cmocka_unit_test(keeps_a_text_that_just_fits), cmocka_unit_test(says_what_the_system_said),
      cmocka_unit_test(codes_have_stable_words),     cmocka_unit_test(cuts_the_systems_reason_too),
      cmocka_unit_test(memory_of_no_size_is_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
