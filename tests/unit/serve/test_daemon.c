#include "serve_fixture.h"

#define EVENT(type, name, user, id)                                                                          \
  "{\"type\":\"" type "\",\"event\":\"" name "\",\"userId\":\"" user "\",\"messageId\":\"" id "\"}"

static void an_event_is_scored_and_found(void **state) {
  (void)state;
  assert_int_equal(serve_post("/v1/track", EVENT("track", "Demo", "ana", "1")), 200);
  assert_at("accepted", "1");
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("scores.engagement", "40");
  assert_at("stage", "\"mql\"");
  assert_at("stage_history.0.to", "\"mql\"");
  assert_at("as_of", "\"2026-11-24T12:00:00Z\"");
}

static void a_restart_knows_it_still(void **state) {
  (void)state;
  serve_post("/v1/track", EVENT("track", "Demo", "ana", "1"));
  serve_restart();
  assert_int_equal(serve_post("/v1/track", EVENT("track", "Demo", "ana", "1")), 200);
  assert_at("duplicates", "1");
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("events", "1");
  assert_at("stage", "\"mql\"");
}

/* Half of 40 is left after ten days, and less than 20 a moment later. */
static void time_alone_moves_a_lead(void **state) {
  (void)state;
  serve_post("/v1/track", EVENT("track", "Demo", "ana", "1"));
  serve_settle();
  serve_advance(10 * TIME_MS_PER_DAY - 1);
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"mql\"");
  serve_advance(TIME_MS_PER_DAY);
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"lead\"");
  assert_at("stage_history.0.cause", "\"rule\"");
  assert_at("stage_history.0.to", "\"lead\"");
}

static void strangers_are_refused(void **state) {
  (void)state;
  assert_int_equal(serve_request("GET", "/v1/leads", "", STR("")), 401);
  assert_at("code", "\"unauthorized\"");
  assert_int_equal(
      serve_request("GET", "/v1/leads", "Authorization: Bearer " SERVE_WRITE_KEY "\r\n", STR("")), 401);
  assert_int_equal(serve_get("/v1/nothing"), 404);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_event_is_scored_and_found, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(a_restart_knows_it_still, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(time_alone_moves_a_lead, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(strangers_are_refused, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
