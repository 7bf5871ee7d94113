#include "serve_fixture.h"

/* Two records: one of two events, one without a messageId, whose id is made by hash. */
static void tell_story(void) {
  assert_int_equal(
      serve_post(
          "/v1/batch",
          "{\"batch\":["
          "{\"type\":\"identify\",\"userId\":\"ana\",\"messageId\":\"i1\",\"traits\":{\"employees\":200,"
          "\"name\":\"Ana\"}},"
          "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"t1\","
          "\"properties\":{\"plan\":\"pro\",\"seats\":12}}]}"),
      200);
  serve_settle();
  serve_advance(TIME_MS_PER_DAY);
  assert_int_equal(
      serve_post("/v1/page",
                 "{\"userId\":\"ana\",\"name\":\"Pricing\",\"properties\":{\"path\":\"/pricing\"}}"),
      200);
  serve_settle();
}

static void events_tell_what_they_said_and_changed(void **state) {
  (void)state;
  tell_story();
  assert_int_equal(serve_get("/v1/leads/ana/timeline"), 200);
  assert_int_equal(serve_count_at("entries"), 3);
  assert_at("lead", "\"ana\"");
  assert_at("next", "null");
  assert_at("entries.0.type", "\"page\"");
  assert_at("entries.0.name", "\"Pricing\"");
  assert_at("entries.0.properties", "{\"path\":\"/pricing\"}");
  assert_at("entries.0.source", "\"default\"");
  assert_at("entries.0.rules",
            "[{\"rule\":\"visit\",\"doc\":\"\",\"did\":\"fired\",\"points\":{\"engagement\":5}}]");
  assert_at("entries.1.event", "\"Demo\"");
  assert_at("entries.1.message_id", "\"t1\"");
  assert_at("entries.1.properties", "{\"plan\":\"pro\",\"seats\":12}");
  assert_at("entries.1.scores.engagement", "{\"before\":0,\"after\":40}");
  assert_at("entries.1.transitions",
            "[{\"lifecycle\":\"sales\",\"from\":\"lead\",\"to\":\"mql\",\"move\":\"busy\",\"cycle\":1}]");
  assert_at("entries.2.traits", "{\"employees\":200,\"name\":\"Ana\"}");
  assert_at("entries.2.rules.0.did", "\"began\"");
}

static void what_time_did_stands_among_them(void **state) {
  (void)state;
  tell_story();
  serve_advance(30 * TIME_MS_PER_DAY);
  serve_get("/v1/leads/ana/timeline?limit=1");
  assert_at("entries.0.kind", "\"time\"");
  assert_at("entries.0.transitions.0.move", "\"faded\"");
  assert_at("entries.0.type", "");
}

static void pages_follow_on_one_another(void **state) {
  (void)state;
  char target[128], ids[3][64];
  tell_story();
  snprintf(target, sizeof target, "/v1/leads/ana/timeline?limit=1");
  for (int i = 0; i < 3; i++) {
    assert_int_equal(serve_get(target), 200);
    assert_int_equal(serve_count_at("entries"), 1);
    snprintf(ids[i], sizeof ids[i], "%s", serve_text_at("entries.0.message_id"));
    struct str next = {NULL, 0};
    assert_true(json_string(serve_at("next"), &next) == (i < 2));
    snprintf(target, sizeof target, "/v1/leads/ana/timeline?limit=1&before=%.*s", STR_ARG(next));
  }
  assert_string_equal(ids[1], "\"t1\"");
  assert_string_equal(ids[2], "\"i1\"");
}

static void an_instant_limits_it(void **state) {
  (void)state;
  tell_story();
  serve_get("/v1/leads/ana/timeline?before=2026-11-25T12:00:00Z");
  assert_int_equal(serve_count_at("entries"), 2);
  serve_get("/v1/leads/ana/timeline?at=2026-11-24T12:00:00Z");
  assert_int_equal(serve_count_at("entries"), 2);
}

static void nonsense_is_refused(void **state) {
  (void)state;
  tell_story();
  static const char *const targets[] = {"/v1/leads/ana/timeline?before=yesterday",
                                        "/v1/leads/ana/timeline?before=12",
                                        "/v1/leads/ana/timeline?before=1_2x",
                                        "/v1/leads/ana/timeline?limit=0",
                                        "/v1/leads/ana/timeline?limit=201",
                                        "/v1/leads/ana/timeline?befor=1_1",
                                        "/v1/leads/ana/timeline?at=now"};
  for (size_t i = 0; i < COUNT_OF(targets); i++) {
    assert_int_equal(serve_get(targets[i]), 400);
    assert_at("code", "\"invalid_parameter\"");
  }
  assert_int_equal(serve_get("/v1/leads/bob/timeline"), 404);
  assert_int_equal(serve_get("/v1/leads/ana/timeline?at=2020-01-01"), 404);
  assert_int_equal(serve_request("GET", "/v1/leads/ana/timeline", "", STR("")), 401);
}

/* A long list of properties is shown as far as there is room. */
static void properties_are_bounded(void **state) {
  (void)state;
  struct buf body;
  buf_init(&body);
  buf_add_text(&body, "{\"userId\":\"ana\",\"event\":\"Demo\",\"properties\":{\"first\":1,\"long\":\"");
  buf_add_repeat(&body, 'x', 9000);
  buf_add_text(&body, "\",\"last\":2}}");
  assert_int_equal(serve_post("/v1/track", body.data), 200);
  buf_release(&body);
  serve_get("/v1/leads/ana/timeline");
  assert_at("entries.0.properties", "{\"first\":1,\"last\":2}");
  assert_at("entries.0.cut", "true");
}

static void a_restart_tells_the_same(void **state) {
  (void)state;
  char before[4096];
  tell_story();
  serve_get("/v1/leads/ana/timeline");
  snprintf(before, sizeof before, "%.*s", STR_ARG(serve.body));
  serve_restart();
  serve_get("/v1/leads/ana/timeline");
  assert_str(serve.body, before);
}

/* The daemon closes while an answer waits for the journal: it is answered, or its job skipped, and nothing is left. */
static void closing_leaves_no_question_open(void **state) {
  (void)state;
  char room[16];
  tell_story();
  const char *text =
      "GET /v1/leads/ana/timeline HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " SERVE_ADMIN_TOKEN "\r\n\r\n";
  int fd = serve_connect();
  assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->exchanges > 0 || recv(fd, room, 1, MSG_PEEK) > 0);
  serve_restart();
  close(fd);
  assert_int_equal(serve_get("/v1/leads/ana/timeline"), 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(events_tell_what_they_said_and_changed, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(what_time_did_stands_among_them, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(pages_follow_on_one_another, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(an_instant_limits_it, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(nonsense_is_refused, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(properties_are_bounded, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(a_restart_tells_the_same, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(closing_leaves_no_question_open, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
