#include "serve_fixture.h"

#define LINE(type, name, user, id, time)                                                                     \
  "{\"type\":\"" type "\",\"event\":\"" name "\",\"userId\":\"" user "\",\"messageId\":\"" id                \
  "\",\"timestamp\":\"" time "\"}\n"

static int tell(const char *query, const char *lines) {
  char target[300];
  snprintf(target, sizeof target, "/v1/history%s", query);
  return serve_request("POST", target, "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n", str_of(lines));
}

static void history_is_scored_and_recorded_silently(void **state) {
  (void)state;
  assert_int_equal(tell("", LINE("track", "Demo", "ana", "1", "2026-11-23T12:00:00Z")), 200);
  assert_at("accepted", "1");
  serve_settle();
  assert_int_equal(hub_stats(serve.daemon.hub)->published, 0);
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"mql\"");
  assert_at("stage_history.0.cause", "\"import\"");
  assert_at("stage_history.0.at", "\"2026-11-23T12:00:00Z\"");
}

static void what_was_told_twice_counts_once(void **state) {
  (void)state;
  tell("", LINE("track", "Demo", "ana", "1", "2026-11-23T12:00:00Z"));
  serve_restart();
  tell("", LINE("track", "Demo", "ana", "1", "2026-11-23T12:00:00Z"));
  assert_at("duplicates", "1");
  /* Ids of messages are unique within a source. */
  tell("?source=crm", LINE("track", "Demo", "ana", "1", "2026-11-23T12:00:00Z"));
  assert_at("accepted", "1");
  serve_get("/v1/leads/ana");
  assert_at("events", "2");
}

/* What was exported is told as it was: an hour of skew has been taken off already where receivedAt says when it came. */
static void history_says_who_and_when(void **state) {
  (void)state;
  tell("", "{\"type\":\"identify\",\"userId\":\"ana\",\"messageId\":\"1\",\"source\":\"web\",\"traits\":{"
           "\"title\":\"CTO\"},"
           "\"timestamp\":\"2026-11-23T12:00:00Z\",\"sentAt\":\"2026-11-23T12:30:00Z\",\"receivedAt\":"
           "\"2026-11-23T13:30:00Z\"}");
  serve_get("/v1/leads/ana");
  assert_at("traits.title.source", "\"web\"");
  assert_at("traits.title.at", "\"2026-11-23T13:00:00Z\"");
  serve_restart();
  serve_get("/v1/leads/ana");
  assert_at("traits.title.source", "\"web\"");
  assert_at("traits.title.at", "\"2026-11-23T13:00:00Z\"");
}

static void the_future_is_no_history(void **state) {
  (void)state;
  assert_int_equal(tell("", LINE("track", "Demo", "ana", "1", "2026-11-24T12:00:01Z")
                                LINE("page", "", "bo", "2", "2026-11-24T12:00:00Z")),
                   200);
  assert_at("accepted", "1");
  assert_at("errors.0.line", "1");
  assert_at("errors.0.code", "\"in_future\"");
  assert_int_equal(serve_get("/v1/leads/ana"), 404);
}

/* A live event on a lead with history is told of as ever. */
static void live_events_stay_loud(void **state) {
  (void)state;
  tell("", LINE("page", "", "ana", "1", "2026-11-23T12:00:00Z"));
  serve_post("/v1/track", "{\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"2\"}");
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"rule\"");
}

static void only_an_admin_tells_history(void **state) {
  (void)state;
  assert_int_equal(serve_post("/v1/history", LINE("page", "", "ana", "1", "2026-11-23T12:00:00Z")), 401);
  assert_int_equal(serve_get("/v1/leads/ana"), 404);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(history_is_scored_and_recorded_silently, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(what_was_told_twice_counts_once, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(history_says_who_and_when, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(the_future_is_no_history, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(live_events_stay_loud, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(only_an_admin_tells_history, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
