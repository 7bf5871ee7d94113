#include "unit.h"

#include "core/handoff/webhook.h"

static const char secret_text[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const struct str id = {"msg_p5jXN8AQM9LWM0D4loKWxJek", 28};
static const struct str body = {"{\"test\": 2432232314}", 20};
static const char known[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
static const int64_t seconds = 1614265330;

static struct webhook_secret secret_of(const char *text) {
  struct webhook_secret secret;
  struct err err;
  if (webhook_secret_parse(str_of(text), &secret, &err)) fail_msg("%s", err.text);
  return secret;
}

/* The answer that the reference libraries of Standard Webhooks give. */
static void signs_as_the_standard_says(void **state) {
  (void)state;
  struct webhook_secret secret = secret_of(secret_text);
  struct buf out;
  buf_init(&out);
  webhook_sign(&secret, 1, id, seconds, body, &out);
  assert_string_equal(out.data, known);
  buf_release(&out);
}

static void signs_with_every_active_secret(void **state) {
  (void)state;
  const struct webhook_secret secrets[] = {secret_of("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                                           secret_of(secret_text)};
  struct buf out;
  buf_init(&out);
  webhook_sign(secrets, 2, id, seconds, body, &out);
  assert_int_equal(out.len, 2 * (sizeof known - 1) + 1);
  assert_string_equal(out.data + sizeof known, known);
  assert_memory_not_equal(out.data, known, sizeof known - 1);
  buf_release(&out);
}

static void refuses_what_is_no_secret(void **state) {
  (void)state;
  static const char *const cases[] = {
      "",
      "whsec_",
      "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "whsec_c2hvcnQ=",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*",
      "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct webhook_secret secret;
    struct err err;
    if (webhook_secret_parse(str_of(cases[i]), &secret, &err) == 0) fail_msg("taken: %s", cases[i]);
    assert_null(strstr(err.text, "MfKQ9r8"));
  }
}

static int verify(const char *timestamp, const char *signature, struct str bytes, int64_t now_s) {
  const struct webhook_secret secrets[] = {secret_of("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                                           secret_of(secret_text)};
  const struct webhook_headers headers = {id, str_of(timestamp), str_of(signature)};
  struct err err;
  return webhook_verify(secrets, 2, &headers, bytes, now_s * 1000, &err);
}

static void knows_what_is_genuine(void **state) {
  (void)state;
  char two[200];
  snprintf(two, sizeof two, "v1a,other  v1,AAAA %s", known);
  assert_int_equal(verify("1614265330", known, body, seconds), 0);
  assert_int_equal(verify("1614265330", two, body, seconds + 300), 0);
  assert_int_equal(verify("1614265330", known, body, seconds - 300), 0);
  assert_int_equal(verify("1614265330", known, body, seconds + 301), -1);
  assert_int_equal(verify("1614265330", known, body, seconds - 301), -1);
  assert_int_equal(verify("1614265331", known, body, seconds), -1);
  assert_int_equal(verify("1614265330", known, STR("{\"test\": 2432232315}"), seconds), -1);
  assert_int_equal(verify("1614265330", "v1,", body, seconds), -1);
  assert_int_equal(verify("1614265330", "", body, seconds), -1);
  assert_int_equal(verify("", known, body, seconds), -1);
  assert_int_equal(verify("16142653e0", known, body, seconds), -1);
  assert_int_equal(verify("1614265330000", known, body, seconds), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(signs_as_the_standard_says),
      cmocka_unit_test(signs_with_every_active_secret),
      cmocka_unit_test(refuses_what_is_no_secret),
      cmocka_unit_test(knows_what_is_genuine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
