#include "serve_fixture.h"

static const char rules[] = "dimension \"engagement\" {}\n"
                            "rule \"visit\" { on = page {}, points = { engagement = 5 } }\n"
                            "rule \"seats\" { on = track \"Seats\", points = function(lead, event)\n"
                            "  return { engagement = event.properties.seats + 0 } end }\n";

static const char mended[] = "dimension \"engagement\" {}\n"
                             "rule \"visit\" { on = page {}, points = { engagement = 5 } }\n"
                             "rule \"seats\" { on = track \"Seats\", points = function(lead, event)\n"
                             "  return { engagement = event.properties.seats or 0 } end }\n";

enum { FAILURES = 5 }; /* limits.failures_before_quarantine */

static int start(void **state) {
  serve_rules = rules;
  return serve_start(state);
}

static void send_seats(const char *user, const char *properties) {
  static int sent;
  char event[200];
  snprintf(event, sizeof event,
           "{\"event\":\"Seats\",\"userId\":\"%s\",\"properties\":%s,\"messageId\":\"m-%d\"}", user,
           properties, ++sent);
  assert_int_equal(serve_post("/v1/track", event), 200);
}

static void fail_often(void) {
  send_seats("ana", "{\"seats\":7}");
  for (int i = 0; i < FAILURES; i++) send_seats("bob", "{}");
  serve_settle();
}

static int release(const char *body) {
  serve_settle();
  return serve_request("POST", "/v1/quarantine/release", "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n",
                       str_of(body));
}

static void until_worked_out_anew(void) {
  SERVE_UNTIL(!serve.daemon.must_rebuild && !service_is_activating(serve.daemon.service));
  serve_settle();
}

static bool is_logged(const char *text) {
  char log[16384];
  ssize_t len = pread(serve.log_fd, log, sizeof log - 1, 0);
  log[len > 0 ? len : 0] = '\0';
  return strstr(log, text) != NULL;
}

static void what_fails_often_is_shown(void **state) {
  (void)state;
  serve_get("/v1/quarantine");
  assert_int_equal(serve_count_at("quarantine"), 0);
  fail_often();
  serve_get("/v1/quarantine");
  assert_int_equal(serve_count_at("quarantine"), 1);
  assert_at("quarantine.0.function", "\"rule seats\"");
  assert_at("quarantine.0.reason", "\"error\"");
  assert_at("quarantine.0.file", "\"rules.lua\"");
  assert_at("quarantine.0.line", "4");
  assert_at("quarantine.0.failures", "5");
  assert_at("quarantine.0.in_force", "true");
  serve_get("/v1/rules/seats");
  assert_at("stopped", "true");
  serve_get("/v1/leads/ana"); /* unknown for everybody, not 0 for some */
  assert_at("incomplete", "true");
  assert_true(
      is_logged("rule seats is in quarantine: its function failed 5 times, last at rules.lua:4 (error)"));
}

static void it_outlives_a_restart(void **state) {
  (void)state;
  fail_often();
  serve_restart();
  serve_get("/v1/quarantine");
  assert_at("quarantine.0.function", "\"rule seats\"");
  serve_get("/v1/rules/seats");
  assert_at("stopped", "true");
  assert_at("failures", "0"); /* it was not called again */
}

static void what_is_released_is_called_again(void **state) {
  (void)state;
  fail_often();
  assert_int_equal(release("{\"function\":\"rule visit\"}"), 404);
  assert_int_equal(release("{\"function\":7}"), 400);
  assert_int_equal(release("{\"function\":\"rule seats\"}"), 200);
  assert_at("released", "1");
  until_worked_out_anew();
  serve_get("/v1/quarantine"); /* nothing has changed but that: it failed again, on all of history */
  assert_int_equal(serve_count_at("quarantine"), 1);
  assert_int_equal(release("{\"all\":true}"), 200);
  until_worked_out_anew();
}

static void what_comes_after_a_release_counts(void **state) {
  (void)state;
  for (int i = 0; i < FAILURES - 1; i++) send_seats("bob", "{}");
  send_seats("ana", "{\"seats\":7}");
  serve_get("/v1/quarantine");
  assert_int_equal(serve_count_at("quarantine"), 0);
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "7");
}

static void other_rules_begin_with_none(void **state) {
  (void)state;
  fail_often();
  serve_rules = mended;
  serve_restart();
  serve_get("/v1/rules/seats");
  assert_at("stopped", "false");
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "7");
  serve_get("/v1/quarantine");
  assert_at("quarantine.0.in_force", "false");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_fails_often_is_shown, start, serve_stop),
      cmocka_unit_test_setup_teardown(it_outlives_a_restart, start, serve_stop),
      cmocka_unit_test_setup_teardown(what_is_released_is_called_again, start, serve_stop),
      cmocka_unit_test_setup_teardown(what_comes_after_a_release_counts, start, serve_stop),
      cmocka_unit_test_setup_teardown(other_rules_begin_with_none, start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
