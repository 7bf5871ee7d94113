#include "unit.h"

#include "base/regex.h"

static struct regex *compile(const char *pattern) {
  struct err err;
  struct regex *regex = regex_new(str_of(pattern), &err);
  if (!regex) fail_msg("%s", err.text);
  return regex;
}

static enum regex_result match(const char *pattern, struct str subject) {
  struct regex *regex = compile(pattern);
  enum regex_result result = regex_match(regex, subject);
  regex_free(regex);
  return result;
}

static void matches(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *subject;
    enum regex_result expected;
  } cases[] = {
      {"^\\+[1-9]\\d{6,14}$", "+34600123456", REGEX_YES},
      {"^\\+[1-9]\\d{6,14}$", "34600123456", REGEX_NO},
      {"(?i)^dr\\b", "Dr. No", REGEX_YES},
      {"(?i)^dr\\b", "drößler", REGEX_NO},
      {"(?i)DIRECCIÓN", "dirección general", REGEX_YES},
      {"^.$", "😀", REGEX_YES},
      {"b", "abc", REGEX_YES},
      {"", "", REGEX_YES},
      {"(?<=a)b", "ab", REGEX_YES},
      {"a\\b", "aé", REGEX_NO},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (match(cases[i].pattern, str_of(cases[i].subject)) != cases[i].expected)
      fail_msg("%s on %s", cases[i].pattern, cases[i].subject);
  assert_int_equal(match("^$", (struct str){0}), REGEX_YES);
}

static void says_what_is_wrong_with_a_pattern(void **state) {
  (void)state;
  struct err err;
  assert_null(regex_new(STR("a(b"), &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_string_equal(err.text, "pattern \"a(b\": missing closing parenthesis at offset 3");
  assert_null(regex_new(STR("\\C"), &err));
  assert_null(regex_new(STR("\xff"), &err));
  char longer[REGEX_PATTERN_MAX + 1];
  memset(longer, 'a', sizeof longer);
  assert_null(regex_new((struct str){longer, sizeof longer}, &err));
  assert_int_equal(err.code, ERR_LIMIT);
}

static void invalid_utf8_does_not_match(void **state) {
  (void)state;
  assert_int_equal(match("a", STR("a\xff")), REGEX_NO);
  assert_int_equal(match("a", STR("\xed\xa0\x80")), REGEX_NO);
}

static void gives_up_on_runaways(void **state) {
  (void)state;
  char subject[REGEX_SUBJECT_MAX + 1];
  memset(subject, 'a', sizeof subject);
  subject[sizeof subject - 1] = '!';
  assert_int_equal(match("(a+)+$", (struct str){subject + sizeof subject - 40, 40}), REGEX_GAVE_UP);
  assert_int_equal(match("(a|a)*b?$", (struct str){subject + 1, REGEX_SUBJECT_MAX}), REGEX_GAVE_UP);
  assert_int_equal(match("a", (struct str){subject, sizeof subject}), REGEX_GAVE_UP);
}

/* More steps than every start is granted, but few enough in all. */
static void honest_patterns_get_their_steps(void **state) {
  (void)state;
  char subject[REGEX_SUBJECT_MAX];
  memset(subject, 'x', sizeof subject);
  memcpy(subject, "ñsales", 7);
  memcpy(subject + 2000, "director", 8);
  struct str s = {subject, sizeof subject};
  assert_int_equal(match("^\\w*director\\w{3000}", s), REGEX_YES);
  assert_int_equal(match("s.*director.*x$", s), REGEX_YES);
  assert_int_equal(match("(?:x|y)*director", s), REGEX_YES);
  assert_int_equal(match("s.*direktor", s), REGEX_NO);
}

static void answers_the_same_again(void **state) {
  (void)state;
  struct regex *regex = compile("(a+)+$");
  for (int i = 0; i < 3; i++) {
    assert_int_equal(regex_match(regex, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!")), REGEX_GAVE_UP);
    assert_int_equal(regex_match(regex, STR("baaa")), REGEX_YES);
  }
  regex_free(regex);
  regex_free(NULL);
}

static void keeps_its_pattern(void **state) {
  (void)state;
  char written[] = "^\\d+$";
  struct regex *regex = compile(written);
  memset(written, 'x', sizeof written - 1);
  assert_str(regex_pattern(regex), "^\\d+$");
  regex_free(regex);
  regex = compile("");
  assert_int_equal(regex_pattern(regex).len, 0);
  regex_free(regex);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(matches),
      cmocka_unit_test(says_what_is_wrong_with_a_pattern),
      cmocka_unit_test(invalid_utf8_does_not_match),
      cmocka_unit_test(gives_up_on_runaways),
      cmocka_unit_test(honest_patterns_get_their_steps),
      cmocka_unit_test(answers_the_same_again),
      cmocka_unit_test(keeps_its_pattern),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
