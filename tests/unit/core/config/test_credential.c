#include "unit.h"

#include "core/config/credential.h"

static void only_plain_texts_of_some_length(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int code;
  } cases[] = {{"12345678", 0},        {"1234567", -1},     {"", -1},
               {"with blank", -1},     {"colon:12", -1},    {"ta\tb12345", -1},
               {"\xc3\xb1 12345", -1}, {"~!\"#$%&/()=?", 0}};
  char hex[DIGEST_HEX_MAX];
  struct err err;
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (credential_hash(str_of(cases[i].text), CREDENTIAL_WRITE_KEY_MIN, hex, &err) != cases[i].code)
      fail_msg("'%s'", cases[i].text);
  char big[CREDENTIAL_MAX + 1];
  memset(big, 'a', sizeof big);
  assert_int_equal(credential_hash((struct str){big, CREDENTIAL_MAX}, 8, hex, &err), 0);
  assert_int_equal(credential_hash((struct str){big, CREDENTIAL_MAX + 1}, 8, hex, &err), -1);
}

static void is_the_digest_of_the_text(void **state) {
  (void)state;
  char hex[DIGEST_HEX_MAX];
  struct err err;
  assert_int_equal(credential_hash(STR("abc"), 3, hex, &err), 0);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void what_is_made_can_be_used(void **state) {
  (void)state;
  char a[CREDENTIAL_MADE_MAX], b[CREDENTIAL_MADE_MAX], hex[DIGEST_HEX_MAX];
  struct err err;
  credential_make("tk_", a);
  credential_make("tk_", b);
  assert_string_not_equal(a, b);
  assert_int_equal(strlen(a), 35);
  assert_int_equal(credential_hash(str_of(a), CREDENTIAL_TOKEN_MIN, hex, &err), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_plain_texts_of_some_length),
      cmocka_unit_test(is_the_digest_of_the_text),
      cmocka_unit_test(what_is_made_can_be_used),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
