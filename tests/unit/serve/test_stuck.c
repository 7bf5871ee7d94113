#include "serve_fixture.h"

#include "serve/stuck.h"

static const char rules[] = "dimension \"engagement\" {}\n"
                            "rule \"seats\" { on = track \"Seats\", points = function(lead, event)\n"
                            "  return { engagement = event.properties.seats } end }\n"
                            "rule \"clicks\" { on = track \"Click\", points = function(lead, event) return { "
                            "engagement = 1 } end }\n";

static const char other_rules[] =
    "dimension \"engagement\" {}\n"
    "rule \"seats\" { doc = \"mended\", on = track \"Seats\", points = function(lead, event)\n"
    "  return { engagement = event.properties.seats } end }\n";

static int start(void **state) {
  serve_rules = rules;
  return serve_start(state);
}

static void send_seats(void) {
  assert_int_equal(serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"Seats\",\"userId\":\"ana\","
                                           "\"properties\":{\"seats\":7}}"),
                   200);
}

static bool is_stopped(int fn) {
  return script_stopped(pipeline_generation(service_pipeline(serve.daemon.service))->script, fn);
}

static void once_may_have_been_an_accident(void **state) {
  (void)state;
  send_seats();
  stuck_note(serve.dir, "rule seats");
  stuck_note(serve.dir, "rule clicks");
  serve_restart();
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "7");
}

static void twice_is_the_last_time(void **state) {
  (void)state;
  send_seats();
  stuck_note(serve.dir, "rule seats");
  serve_restart();
  stuck_note(serve.dir, "rule seats");
  serve_restart();
  assert_true(is_stopped(0));
  assert_false(is_stopped(1));
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "0");
  assert_int_equal(serve_get("/metrics"), 200);
  assert_non_null(strstr(serve.body.p, "\nembudo_rules_quarantined 1\n"));
  serve_restart();
  assert_true(is_stopped(0));
}

static void other_rules_begin_anew(void **state) {
  (void)state;
  send_seats();
  stuck_note(serve.dir, "rule seats");
  stuck_note(serve.dir, "rule seats");
  serve_rules = other_rules;
  serve_restart();
  assert_false(is_stopped(0));
  stuck_note(serve.dir, "rule seats");
  serve_restart();
  assert_false(is_stopped(0));
}

static void a_directory_that_is_not_there_is_no_trouble(void **state) {
  (void)state;
  stuck_note("/nonexistent/embudo", "rule seats");
  stuck_begin("/nonexistent/embudo", "hash", NULL, NULL, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(once_may_have_been_an_accident, start, serve_stop),
      cmocka_unit_test_setup_teardown(twice_is_the_last_time, start, serve_stop),
      cmocka_unit_test_setup_teardown(other_rules_begin_anew, start, serve_stop),
      cmocka_unit_test(a_directory_that_is_not_there_is_no_trouble),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
