#include "metrics_rig.h"

#include "serve/metrics/metrics_private.h"

#define EVENT(id, name)                                                                                      \
  "{\"type\":\"track\",\"event\":\"" name "\",\"userId\":\"ana\",\"messageId\":\"" id "\"}"

static void scrape(void) {
  assert_int_equal(serve_get("/metrics"), 200);
  assert_non_null(strstr(serve.answer.data, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
}

static void events_are_counted_once(void **state) {
  (void)state;
  assert_int_equal(
      serve_post("/v1/batch", "{\"batch\":[" EVENT("1", "Demo") "," EVENT("2", "Other") ",5,{}]}"), 200);
  assert_int_equal(serve_post("/v1/batch", "{\"batch\":[" EVENT("1", "Demo") "," EVENT("3", "Demo") "," EVENT(
                                               "3", "Demo") "]}"),
                   200);
  assert_int_equal(serve_post("/v1/track", EVENT("1", "Changed")), 200);
  scrape();
  assert_metric("embudo_events_total{source=\"default\",result=\"accepted\"}", 3);
  assert_metric("embudo_events_total{source=\"default\",result=\"duplicate\"}", 2);
  assert_metric("embudo_events_total{source=\"default\",result=\"conflict\"}", 1);
  assert_metric("embudo_events_total{source=\"default\",result=\"rejected\"}", 2);
  assert_metric("embudo_events_rejected_total{reason=\"not_object\"}", 1);
  assert_metric("embudo_events_rejected_total{reason=\"bad_type\"}", 1);
  assert_metric("embudo_events_rejected_total{reason=\"line_too_long\"}", 0);
  assert_metric("embudo_ack_duration_seconds_count", 2);
  assert_metric("embudo_dedupe_ids", 3);
  assert_metric("embudo_leads", 1);
  assert_metric("embudo_deadlines", 1);
  assert_metric("embudo_decisions_total{lifecycle=\"sales\",from=\"lead\",to=\"mql\",cause=\"rule\"}", 1);
  assert_metric("embudo_journal_state{state=\"ok\"}", 1);
  assert_metric("embudo_journal_state{state=\"broken\"}", 0);
  assert_metric("embudo_ready", 1);
  assert_true(value_of("embudo_journal_stored_bytes_total") > 0);
  assert_true(value_of("process_resident_memory_bytes") > 1e6);
  assert_true(value_of("process_open_fds") > 3);
}

static void requests_are_counted_by_route(void **state) {
  (void)state;
  serve_post("/v1/track", EVENT("1", "Demo"));
  serve_get("/v1/leads/ana");
  serve_get("/v1/leads/stranger");
  serve_get("/v1/leads/stranger/either/way");
  scrape();
  assert_metric("embudo_http_requests_total{route=\"/v1/track\",method=\"POST\",status=\"2xx\"}", 1);
  assert_metric("embudo_http_requests_total{route=\"/v1/leads/{id}\",method=\"GET\",status=\"2xx\"}", 1);
  assert_metric("embudo_http_requests_total{route=\"/v1/leads/{id}\",method=\"GET\",status=\"4xx\"}", 1);
  assert_metric("embudo_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"}", 1);
  assert_metric("embudo_http_request_duration_seconds_count{route=\"/v1/leads/{id}\"}", 2);
  assert_metric("embudo_http_request_duration_seconds_bucket{route=\"/v1/leads/{id}\",le=\"+Inf\"}", 2);
  assert_null(memmem(serve.body.p, serve.body.len, "ana", 3));
  assert_null(memmem(serve.body.p, serve.body.len, "stranger", 8));
}

static void times_are_counted(void **state) {
  (void)state;
  serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"timestamp\":\"tomorrow\"}");
  serve_post("/v1/track",
             "{\"type\":\"track\",\"event\":\"A\",\"userId\":\"u\",\"timestamp\":\"2026-11-24T12:10:00Z\"}");
  scrape();
  assert_metric("embudo_event_times_unreadable_total", 1);
  assert_metric("embudo_event_times_clamped_total", 1);
}

static void the_reader_chooses_the_format(void **state) {
  (void)state;
  assert_int_equal(
      serve_request("GET", "/metrics", "Accept: application/openmetrics-text;version=1.0.0\r\n", STR("")),
      200);
  assert_non_null(strstr(serve.answer.data,
                         "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"));
  assert_true(str_ends(serve.body, STR("\n# EOF\n")));
}

static int scrape_by_name(const char *host) {
  char text[200];
  int fd = serve_connect();
  snprintf(text, sizeof text, "GET /metrics HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host);
  struct str to_send = str_of(text);
  buf_clear(&serve.answer);
  SERVE_UNTIL(serve_move(fd, &to_send));
  close(fd);
  serve_parse_answer();
  return serve.status;
}

static void others_need_a_token(void **state) {
  (void)state;
  static const char by_proxy[] = "X-Forwarded-For: 203.0.113.9\r\n";
  assert_int_equal(serve_request("GET", "/metrics", "", STR("")), 200);
  assert_int_equal(serve_request("GET", "/metrics", by_proxy, STR("")), 401);
  assert_int_equal(serve_request("GET", "/metrics", "Forwarded: for=203.0.113.9\r\n", STR("")), 401);
  assert_int_equal(serve_request("GET", "/metrics",
                                 "X-Forwarded-For: 203.0.113.9\r\nAuthorization: Bearer " SERVE_ADMIN_TOKEN
                                 "\r\n",
                                 STR("")),
                   200);
  assert_int_equal(scrape_by_name("metrics.example"), 401);
  assert_int_equal(scrape_by_name("[::1]:8080"), 200);
  serve_configure("proxies", "127.0.0.1");
  assert_int_equal(serve_request("GET", "/metrics", "", STR("")), 401);
  serve_configure("metrics.public", "true");
  assert_int_equal(serve_request("GET", "/metrics", by_proxy, STR("")), 200);
}

static void all_addresses_are_not_this_machine(void **state) {
  (void)state;
  serve_configure("listen", ":0");
  serve_restart();
  assert_int_equal(serve_request("GET", "/metrics", "", STR("")), 401);
  serve_configure("listen", "localhost:0");
  serve_restart();
  assert_int_equal(serve_request("GET", "/metrics", "", STR("")), 200);
}

static char *read_file(const char *path) {
  char *text = NULL;
  size_t size = 0;
  FILE *file = fopen(path, "re");
  assert_non_null(file);
  assert_true(getdelim(&text, &size, '\0', file) > 0);
  fclose(file);
  return text;
}

static void every_metric_is_documented(void **state) {
  (void)state;
  char *page = read_file(TEST_ROOT "/docs/metrics.md"), name[100];
  for (int i = 0; i < METRICS_COUNT; i++) {
    const char *suffix = metrics_specs[i].kind == METRIC_COUNTER ? "_total" : "";
    snprintf(name, sizeof name, "| `%s%s` ", metrics_specs[i].name, suffix);
    if (!strstr(page, name)) fail_msg("docs/metrics.md lacks %s", name);
  }
  free(page);
}

/* --- the log of requests --- */

static void requests_are_logged_without_people(void **state) {
  (void)state;
  char line[4096];
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  const struct log_options options = {.fd = ends[1], .level = LOG_LEVEL_INFO, .now_ms = serve_wall};
  log_free(serve.log);
  serve.log = log_new(&options);
  serve.daemon.log = serve.log;
  serve_request("GET", "/v1/leads/ana%20b?x=secret", "X-Request-Id: r1\r\nAuthorization: Bearer tok\r\n",
                STR(""));
  serve_configure("log.requests", "true");
  serve_request("GET", "/v1/leads/ana%20b?x=secret", "X-Request-Id: r2\r\nAuthorization: Bearer tok\r\n",
                STR(""));
  ssize_t got = read(ends[0], line, sizeof line - 1);
  assert_true(got > 0);
  line[got] = '\0';
  assert_null(strstr(line, "r1"));
  assert_non_null(strstr(line, "msg=request method=GET route=/v1/leads/{id} status=401 ms="));
  assert_non_null(strstr(line, "request_id=r2"));
  assert_null(strstr(line, "ana"));
  assert_null(strstr(line, "secret"));
  assert_null(strstr(line, "tok"));
  serve.daemon.log = NULL;
  log_free(serve.log);
  serve.log = NULL;
  close(ends[0]);
  close(ends[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serve_start, serve_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(events_are_counted_once),    TEST(requests_are_counted_by_route),
      TEST(times_are_counted),          TEST(the_reader_chooses_the_format),
      TEST(others_need_a_token),        TEST(all_addresses_are_not_this_machine),
      TEST(every_metric_is_documented), TEST(requests_are_logged_without_people),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
