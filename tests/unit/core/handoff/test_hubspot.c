#include "unit.h"

#include "core/handoff/hubspot.h"

static const struct str secrets[] = {{"other-secret", 12}, {"app-secret", 10}};
static const int64_t sent_ms = 1700000000000;

static struct hubspot_request genuine(void) {
  return (struct hubspot_request){
      .method = STR("POST"),
      .uri = STR("https://embudo.example.com/v1/inbound/crm?a=x%3A%2fy%20z"),
      .body = STR("[{\"n\":1}]"),
      .timestamp = STR("1700000000000"),
      .signature = STR("DMKSgikJZWU+EtxUWVcxTXqnbb9+es5lT4Re75LeW5E="), /* made with Python's hmac */
  };
}

static int verify(const struct hubspot_request *request, int64_t now_ms, const char *says) {
  struct err err;
  int code = hubspot_verify(secrets, COUNT_OF(secrets), request, now_ms, &err);
  if (code && !strstr(err.text, says)) fail_msg("it said: %s", err.text);
  if (code) assert_null(strstr(err.text, "app-secret"));
  return code;
}

static void believes_what_is_signed_with_any_secret(void **state) {
  (void)state;
  struct hubspot_request request = genuine();
  assert_int_equal(verify(&request, sent_ms, ""), 0);
  assert_int_equal(verify(&request, sent_ms + HUBSPOT_TOLERANCE_MS, ""), 0);
  assert_int_equal(verify(&request, sent_ms - HUBSPOT_TOLERANCE_MS, ""), 0);
}

static void refuses_what_is_old_or_of_the_future(void **state) {
  (void)state;
  struct hubspot_request request = genuine();
  assert_int_equal(verify(&request, sent_ms + HUBSPOT_TOLERANCE_MS + 1, "five minutes"), -1);
  assert_int_equal(verify(&request, sent_ms - HUBSPOT_TOLERANCE_MS - 1, "five minutes"), -1);
}

static void refuses_what_was_changed(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++) {
    struct hubspot_request request = genuine();
    if (i == 0) request.method = STR("PUT");
    if (i == 1) request.uri = STR("https://other.example.com/v1/inbound/crm?a=x%3A%2fy%20z");
    if (i == 2) request.body = STR("[{\"n\":2}]");
    if (i == 3) request.timestamp = STR("1700000000001");
    if (i == 4) request.signature = STR("DMKSgikJZWU+EtxUWVcxTXqnbb9+es5lT4Re75LeW5F=");
    assert_int_equal(verify(&request, sent_ms, "X-HubSpot-Signature-v3 is not right"), -1);
  }
}

static void refuses_what_is_not_signed(void **state) {
  (void)state;
  struct hubspot_request request = genuine();
  request.signature = STR("");
  assert_int_equal(verify(&request, sent_ms, "are needed"), -1);
  static const char *const stamps[] = {"", "-1", "17e9", "99999999999999999999"};
  for (size_t i = 0; i < COUNT_OF(stamps); i++) {
    request = genuine();
    request.timestamp = str_of(stamps[i]);
    assert_int_equal(verify(&request, sent_ms, "X-HubSpot-Request-Timestamp"), -1);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(believes_what_is_signed_with_any_secret),
      cmocka_unit_test(refuses_what_is_old_or_of_the_future),
      cmocka_unit_test(refuses_what_was_changed),
      cmocka_unit_test(refuses_what_is_not_signed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
