#include "serve_fixture.h"

#include "serve/rulesets/reload.h"

#define EVENT(type, name, ids, id)                                                                           \
  "{\"type\":\"" type "\",\"event\":\"" name "\"," ids ",\"messageId\":\"" id "\"}"

/* A tablet at a fair: Ana asks for a demo on it without a name, then Bob signs in. */
static void a_shared_device(void) {
  serve_post("/v1/track", EVENT("track", "Demo", "\"anonymousId\":\"tablet\"", "1"));
  serve_post("/v1/identify", EVENT("identify", "", "\"userId\":\"bob\",\"anonymousId\":\"tablet\"", "2"));
}

static int act(const char *target, const char *json) {
  serve_settle();
  return serve_request("POST", target, "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n", str_of(json));
}

static void until_folded_anew(void) {
  SERVE_UNTIL(!serve.daemon.must_rebuild && !service_is_activating(serve.daemon.service));
  serve_settle();
}

static void a_merge_is_taken_back(void **state) {
  (void)state;
  a_shared_device();
  serve_get("/v1/leads/bob");
  assert_at("scores.engagement", "40");
  assert_int_equal(act("/v1/leads/bob/split", "{\"anonymous_id\":\"tablet\"}"), 202);
  until_folded_anew();
  serve_get("/v1/leads/bob");
  assert_at("scores.engagement", "0");
  assert_at("stage", "\"lead\"");
  serve_get("/v1/leads/tablet");
  assert_at("lead", "\"tablet\"");
  assert_at("scores.engagement", "40");
  assert_at("stage", "\"mql\"");
  serve_get("/v1/apart");
  assert_at("apart.0.by", "\"admin\"");
  assert_at("apart.0.a.anonymous_id", "\"tablet\"");
  assert_at("apart.0.b.user_id", "\"bob\"");
}

static void it_holds_for_what_comes_and_after_a_restart(void **state) {
  (void)state;
  a_shared_device();
  act("/v1/leads/bob/split", "{\"anonymous_id\":\"tablet\"}");
  until_folded_anew();
  serve_post("/v1/page", EVENT("page", "", "\"userId\":\"bob\",\"anonymousId\":\"tablet\"", "3"));
  serve_restart();
  serve_get("/v1/leads/bob");
  assert_at("scores.engagement", "5");
  serve_get("/v1/leads/tablet");
  assert_at("scores.engagement", "40");
}

static void it_can_be_undone(void **state) {
  (void)state;
  a_shared_device();
  act("/v1/leads/bob/split", "{\"anonymous_id\":\"tablet\"}");
  until_folded_anew();
  assert_int_equal(act("/v1/leads/bob/unsplit", "{\"anonymous_id\":\"tablet\"}"), 202);
  until_folded_anew();
  serve_get("/v1/leads/bob");
  assert_at("scores.engagement", "40");
  serve_get("/v1/leads/tablet");
  assert_at("lead", "\"bob\"");
  serve_get("/v1/apart");
  assert_int_equal(serve_count_at("apart"), 0);
}

static void what_makes_no_sense_is_refused(void **state) {
  (void)state;
  a_shared_device();
  assert_int_equal(act("/v1/leads/bob/split", "{\"anonymous_id\":\"other\"}"), 409);
  assert_int_equal(act("/v1/leads/bob/split", "{\"anonymous_id\":\"tablet\",\"user_id\":\"bob\"}"), 400);
  assert_int_equal(act("/v1/leads/bob/split", "[]"), 400);
  assert_int_equal(act("/v1/leads/nobody/split", "{\"user_id\":\"bob\"}"), 404);
  assert_int_equal(act("/v1/leads/bob/unsplit", "{\"anonymous_id\":\"tablet\"}"), 409);
  serve_post("/v1/page", EVENT("page", "", "\"userId\":\"eve\"", "9"));
  assert_int_equal(act("/v1/leads/eve/split", "{\"user_id\":\"eve\"}"), 409);
  assert_int_equal(serve_request("POST", "/v1/leads/bob/split", "", STR("{}")), 401);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_merge_is_taken_back, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(it_holds_for_what_comes_and_after_a_restart, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(it_can_be_undone, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
