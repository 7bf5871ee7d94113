#include "serve_fixture.h"

static void demo(const char *user) {
  char body[128];
  snprintf(body, sizeof body, "{\"userId\":\"%s\",\"event\":\"Demo\"}", user);
  assert_int_equal(serve_post("/v1/track", body), 200);
  serve_settle();
}

static int64_t number_at(const char *path) {
  double number = 0;
  if (!json_number(serve_at(path), &number)) fail_msg("no number at %s in %.*s", path, STR_ARG(serve.body));
  return (int64_t)number;
}

/* ana, bob and cid become mql, a minute apart, and time takes them back. */
static int set_up(void **state) {
  static const char *const people[] = {"ana", "bob", "cid"};
  serve_start(state);
  for (int i = 0; i < 3; i++) {
    demo(people[i]);
    serve_advance(TIME_MS_PER_MINUTE);
  }
  serve_advance(30 * TIME_MS_PER_DAY);
  return 0;
}

static void the_newest_come_first(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/decisions?limit=4"), 200);
  assert_int_equal(serve_count_at("decisions"), 4);
  assert_at("decisions.0.lead", "\"cid\"");
  assert_at("decisions.0.to", "\"lead\"");
  assert_at("decisions.0.move", "\"faded\"");
  assert_at("decisions.3.lead", "\"cid\"");
  assert_at("decisions.3.to", "\"mql\"");
  assert_at("decisions.3.at", "\"2026-11-24T12:02:00Z\"");
  char target[64];
  snprintf(target, sizeof target, "/v1/decisions?before=%lld", (long long)number_at("next"));
  serve_get(target);
  assert_int_equal(serve_count_at("decisions"), 2);
  assert_at("decisions.0.lead", "\"bob\"");
  assert_at("decisions.1.lead", "\"ana\"");
  assert_at("next", "null");
}

/* Whoever asks again with the number of the last answer misses nothing and sees nothing twice. */
static void they_can_be_followed(void **state) {
  (void)state;
  char target[64], seen[128] = "";
  int64_t since = 0;
  for (int i = 0; i < 4; i++) {
    snprintf(target, sizeof target, "/v1/decisions?limit=2&since=%lld", (long long)since);
    assert_int_equal(serve_get(target), 200);
    for (size_t k = 0; k < serve_count_at("decisions"); k++) {
      char path[48];
      snprintf(path, sizeof path, "decisions.%zu.number", k);
      assert_true(number_at(path) > since);
      snprintf(path, sizeof path, "decisions.%zu.lead", k);
      snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s ", serve_text_at(path));
    }
    assert_true(number_at("next") >= since);
    since = number_at("next");
  }
  assert_string_equal(seen, "\"ana\" \"bob\" \"cid\" \"ana\" \"bob\" \"cid\" ");
  demo("dee");
  serve_get(target);
  assert_int_equal(serve_count_at("decisions"), 1);
  assert_at("decisions.0.lead", "\"dee\"");
}

static void a_stage_can_be_asked_for(void **state) {
  (void)state;
  serve_get("/v1/decisions?to=mql");
  assert_int_equal(serve_count_at("decisions"), 3);
  serve_get("/v1/decisions?to=customer");
  assert_int_equal(serve_count_at("decisions"), 0);
}

static void a_restart_tells_the_same(void **state) {
  (void)state;
  char before[4096];
  serve_get("/v1/decisions");
  snprintf(before, sizeof before, "%.*s", STR_ARG(serve.body));
  serve_restart();
  serve_get("/v1/decisions");
  assert_str(serve.body, before);
}

/* A lead that turned out to be part of another is called by the other's name. */
static void a_merged_lead_has_its_present_name(void **state) {
  (void)state;
  assert_int_equal(serve_post("/v1/track", "{\"anonymousId\":\"a-1\",\"event\":\"Demo\"}"), 200);
  serve_get("/v1/decisions?limit=1");
  assert_at("decisions.0.lead", "\"a-1\"");
  assert_int_equal(serve_post("/v1/identify", "{\"anonymousId\":\"a-1\",\"userId\":\"eve\"}"), 200);
  serve_get("/v1/decisions?limit=1");
  assert_at("decisions.0.lead", "\"eve\"");
}

/* However many there are, the loop goes on after a slice of them: requests of others are answered before. */
static void others_are_served_meanwhile(void **state) {
  (void)state;
  enum { MANY = 1 << 20 };
  struct leadbook *book = pipeline_book(service_pipeline(serve.daemon.service));
  struct decision decision = *leadbook_decision(book, 1);
  size_t cursor = 0;
  struct lead_entry *entry = leadbook_find(book, leadbook_next(book, &cursor)->node);
  decision.record = 0;
  decision.act = NULL;
  for (int i = 0; i < MANY; i++) leadbook_decide(book, entry, 0, &decision);
  const char *text =
      "GET /v1/decisions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " SERVE_ADMIN_TOKEN "\r\n\r\n";
  char room[16];
  int fd = serve_connect();
  assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->exchanges > 0 || recv(fd, room, 1, MSG_PEEK) > 0);
  assert_true(recv(fd, room, 1, MSG_PEEK) < 0); /* read, and not answered within that turn of the loop */
  assert_int_equal(serve_request("GET", "/healthz", "", STR("")), 200);
  SERVE_UNTIL(recv(fd, room, 1, MSG_PEEK) > 0);
  close(fd);
  assert_int_equal(serve_get("/v1/decisions?limit=2"), 200);
  assert_int_equal(serve_count_at("decisions"), 2);
}

static void nonsense_is_refused(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/decisions?since=x"), 400);
  assert_int_equal(serve_get("/v1/decisions?since=-1"), 400);
  assert_int_equal(serve_get("/v1/decisions?before="), 400);
  assert_int_equal(serve_get("/v1/decisions?after=1"), 400);
  assert_int_equal(serve_request("GET", "/v1/decisions", "", STR("")), 401);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_newest_come_first, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(they_can_be_followed, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(a_stage_can_be_asked_for, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(a_restart_tells_the_same, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(a_merged_lead_has_its_present_name, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(others_are_served_meanwhile, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(nonsense_is_refused, set_up, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
