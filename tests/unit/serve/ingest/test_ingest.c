/* CloudEvents at /v1/events, and what some SDKs ask for besides. */
#include "serve_fixture.h"

#define KEY   "X-Write-Key: " SERVE_WRITE_KEY "\r\n"
#define BATCH KEY "Content-Type: application/cloudevents-batch+json; charset=utf-8\r\n"
#define CE(id, type)                                                                                         \
  "{\"specversion\":\"1.0\",\"id\":\"" id "\",\"source\":\"/shop\",\"type\":\"" type                         \
  "\",\"subject\":\"ana\",\"data\":{\"seats\":3}}"

static int post(const char *headers, const char *text) {
  return serve_request("POST", "/v1/events", headers, str_of(text));
}

/* --- CloudEvents --- */

static void a_cloudevent_in_headers(void **state) {
  (void)state;
  static const char headers[] = KEY "Content-Type: application/json\r\nce-specversion: 1.0\r\nCE-Id: 1\r\n"
                                    "ce-source: /shop\r\nce-type: Demo\r\nce-subject: ana%20b\r\n";
  assert_int_equal(post(headers, "{\"seats\":3}"), 200);
  assert_at("accepted", "1");
  assert_int_equal(post(headers, "{\"seats\":3}"), 200);
  assert_at("duplicates", "1");
  assert_int_equal(serve_get("/v1/leads/ana%20b"), 200);
  assert_at("scores.engagement", "40");
}

static void a_cloudevent_as_json(void **state) {
  (void)state;
  static const char headers[] = KEY "Content-Type: application/cloudevents+json\r\n";
  assert_int_equal(serve_request("PUT", "/v1/events", headers, STR(CE("1", "Demo"))), 200);
  assert_at("accepted", "1");
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("scores.engagement", "40");
}

static void what_is_no_cloudevent(void **state) {
  (void)state;
  static const struct {
    const char *headers, *body;
    int status;
    const char *code;
  } cases[] = {
      {"Content-Type: application/cloudevents+avro\r\n", "x", 415, "\"unsupported\""},
      {"Content-Type: application/cloudevents+json\r\n", "{\"specversion\":\"1.0\",\"id\":\"1\"}", 400,
       "\"bad_cloudevent\""},
      {"Content-Type: application/cloudevents+json\r\n", "{oops", 400, "\"bad_cloudevent\""},
      {"ce-id: 1\r\nce-source: /s\r\nce-type: T\r\nce-specversion: 0.3\r\n", "", 400, "\"bad_cloudevent\""},
      {"ce-id: %C0%A0\r\nce-source: /s\r\nce-type: T\r\nce-specversion: 1.0\r\n", "", 400,
       "\"bad_cloudevent\""},
      {"ce-id: 1\r\nce-source: /s\r\nce-type: T\r\nce-specversion: 1.0\r\n", "", 400, "\"no_user_anon_id\""},
      {"Content-Type: application/cloudevents-batch+json\r\n", "{}", 400, "\"invalid_request\""},
      {"Content-Type: application/cloudevents-batch+json\r\n", "[{}]", 400, "\"bad_cloudevent\""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char headers[512];
    snprintf(headers, sizeof headers, KEY "%s", cases[i].headers);
    if (post(headers, cases[i].body) != cases[i].status)
      fail_msg("%s %s: %d", cases[i].headers, cases[i].body, serve.status);
    assert_at("code", cases[i].code);
    assert_at("success", "false");
  }
  assert_int_equal(post("ce-id: 1\r\nce-source: /s\r\nce-type: T\r\nce-specversion: 1.0\r\n" KEY, ""), 400);
  assert_at(
      "message",
      "\"the CloudEvent names nobody: `subject`, or the extension `userid` or `anonymousid`, must be a text "
      "(not empty, 0, \\\"null\\\" ...)\"");
}

static void a_list_of_cloudevents(void **state) {
  (void)state;
  assert_int_equal(post(BATCH, "[]"), 200);
  assert_at("accepted", "0");
  assert_int_equal(post(BATCH, "[" CE("1", "Demo") "," CE("2", "page") "]"), 200);
  assert_at("accepted", "2");
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("scores.engagement", "45");
}

static void a_bad_one_does_not_fail_its_neighbours(void **state) {
  (void)state;
  assert_int_equal(post(BATCH, "[" CE("1", "Demo") ",{},7," CE("1", "Demo") "," CE("2", "Demo") "]"), 200);
  assert_at("accepted", "2");
  assert_at("duplicates", "1");
  assert_at("rejected", "2");
  assert_at("errors.0.item", "1");
  assert_at("errors.1.item", "2");
  assert_at("errors.1.code", "\"bad_cloudevent\"");
}

static void a_list_has_a_bound(void **state) {
  (void)state;
  serve_configure("limits.batch_events", "2");
  assert_int_equal(post(BATCH, "[" CE("1", "Demo") "," CE("2", "Demo") "," CE("3", "Demo") "]"), 400);
  assert_at("code", "\"invalid_request\"");
}

static void a_large_event_is_refused(void **state) {
  (void)state;
  struct buf body;
  buf_init(&body);
  buf_add_text(&body,
               "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"T\",\"subject\":\"a\","
               "\"data\":\"");
  buf_add_repeat(&body, 'x', 40000);
  buf_add_text(&body, "\"}");
  assert_int_equal(post(KEY "Content-Type: application/cloudevents+json\r\n", body.data), 400);
  assert_at("code", "\"too_large\"");
  buf_release(&body);
}

/* --- what SDKs ask for besides --- */

static void jitsu_names_the_type_in_its_path(void **state) {
  (void)state;
  static const char headers[] = "X-Write-Key: any:" SERVE_WRITE_KEY "\r\n";
  struct str body = STR("{\"event\":\"Demo\",\"userId\":\"ana\",\"writeKey\":\"any:***\"}");
  assert_int_equal(serve_request("POST", "/api/s/track", headers, body), 200);
  assert_int_equal(serve_request("POST", "/api/s/s2s/track", headers, body), 200);
  assert_int_equal(serve_request("POST", "/api/s/nothing", headers, body), 404);
  assert_int_equal(serve_request("POST", "/api/s/track", "X-Write-Key: nobody\r\n", body), 401);
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("events", "2");
}

static void a_pixel_is_an_event(void **state) {
  (void)state;
  const char *target = "/pixel/v1/track?writeKey=" SERVE_WRITE_KEY
                       "&anonymousId=b&event=Demo&plan=pro&properties=%7B%22seats%22%3A3%7D";
  assert_int_equal(serve_request("GET", target, "", STR("")), 200);
  assert_non_null(strstr(serve.answer.data, "Content-Type: image/gif\r\n"));
  assert_int_equal(serve.body.len, 43);
  assert_memory_equal(serve.body.p, "GIF89a", 6);
  assert_int_equal(serve_get("/v1/leads/b"), 200);
  assert_at("scores.engagement", "40");
  assert_int_equal(
      serve_request("GET", "/pixel/v1/track?writeKey=nobody&anonymousId=b&event=Demo", "", STR("")), 401);
  assert_int_equal(
      serve_request("GET", "/pixel/v1/track?writeKey=" SERVE_WRITE_KEY "&event=Demo", "", STR("")), 400);
  assert_int_equal(serve_request("GET",
                                 "/pixel/v1/page?writeKey=" SERVE_WRITE_KEY "&userId=c&properties=oops", "",
                                 STR("")),
                   200);
}

static void browsers_get_their_settings(void **state) {
  (void)state;
  assert_int_equal(serve_request("GET", "/sourceConfig/?p=cdn&v=3&writeKey=" SERVE_WRITE_KEY,
                                 "Origin: https://www.example.com\r\n", STR("")),
                   200);
  assert_at("source.enabled", "true");
  assert_at("source.writeKey", "\"" SERVE_WRITE_KEY "\"");
  assert_at("source.config.statsCollection.errors.enabled", "false");
  assert_at("source.destinations", "[]");
  assert_non_null(strstr(serve.answer.data, "Access-Control-Allow-Origin"));
  assert_int_equal(serve_request("GET", "/v1/projects/" SERVE_WRITE_KEY "/settings", "", STR("")), 200);
  assert_non_null(strstr(serve.body.p, "\"apiHost\":\"localhost/v1\""));
  assert_int_equal(serve_request("GET", "/v1/projects/nobody/settings", "", STR("")), 401);
  assert_int_equal(serve_request("GET", "/sourceConfig?writeKey=nobody", "", STR("")), 401);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serve_start, serve_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_cloudevent_in_headers),
      TEST(a_cloudevent_as_json),
      TEST(what_is_no_cloudevent),
      TEST(a_list_of_cloudevents),
      TEST(a_bad_one_does_not_fail_its_neighbours),
      TEST(a_list_has_a_bound),
      TEST(a_large_event_is_refused),
      TEST(jitsu_names_the_type_in_its_path),
      TEST(a_pixel_is_an_event),
      TEST(browsers_get_their_settings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
