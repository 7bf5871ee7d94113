#include "unit.h"

#include "core/config/secret_text.h"

static struct config_secret secrets[] = {{"KEY", "top-secret"},
                                         {"HOOK", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}};
static struct config config = {.secrets = secrets, .secret_count = 2};

static void expect_hmac(const char *name, const char *form, const char *expected) {
  struct buf out;
  struct err err;
  buf_init(&out);
  if (secret_hmac(&config, str_of(name), STR("a text"), str_of(form), &out, &err)) fail_msg("%s", err.text);
  assert_string_equal(out.data, expected);
  buf_release(&out);
}

/* Made with Python's hmac. */
static void makes_hmacs_with_secrets(void **state) {
  (void)state;
  expect_hmac("KEY", "hex", "9651ce2ee925e34c435d7e0b75bd0022b488056ca30f4297bca545b97b22a952");
  expect_hmac("KEY", "", "9651ce2ee925e34c435d7e0b75bd0022b488056ca30f4297bca545b97b22a952");
  expect_hmac("KEY", "base64", "llHOLukl40xDXX4Ldb0AIrSIBWyjD0KXvKVFuXsiqVI=");
  expect_hmac("HOOK", "base64", "4jMmjbVEdTKDQDwXKN30svYE6/EsiBV8PwykrzoXoJU=");
}

static void says_what_is_wrong_and_no_secret(void **state) {
  (void)state;
  struct buf out;
  struct err err;
  buf_init(&out);
  assert_int_equal(secret_hmac(&config, STR("KEY"), STR("x"), STR("rot13"), &out, &err), -1);
  assert_string_equal(err.text, "hmac writes \"hex\" or \"base64\", not \"rot13\"");
  assert_int_equal(secret_hmac(&config, STR("NONE"), STR("x"), STR("hex"), &out, &err), -1);
  assert_int_equal(secret_text(&config, STR("NONE"), &out, &err), -1);
  assert_string_equal(err.text, "the settings have no secret 'NONE': add it under secrets:");
  assert_int_equal(secret_text(NULL, STR("KEY"), &out, &err), -1);
  assert_int_equal(out.len, 0);
  assert_int_equal(secret_text(&config, STR("KEY"), &out, &err), 0);
  assert_string_equal(out.data, "top-secret");
  buf_release(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(makes_hmacs_with_secrets),
      cmocka_unit_test(says_what_is_wrong_and_no_secret),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
