/* One stream to many clients: who gets what, from where on, and who is let go. */
#include "hub_rig.h"

#define OPENING(id)           "retry: 2000\nid: e-" id "\n\n"
#define FRAME(id, name, json) "id: e-" id "\nevent: " name "\ndata: " json "\n\n"

static void streams_what_is_published(void **state) {
  (void)state;
  struct client *a = subscribe("/stream", ""), *b = subscribe("/stream", "");
  assert_true(client_has(a, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  assert_true(client_has(a, "Cache-Control: no-store\r\n"));
  assert_true(client_has(a, "X-Accel-Buffering: no\r\n"));
  publish("stage", "{\"lead\":\"a\"}");
  publish("score", "2");
  RUN_UNTIL(stream_has(a, "data: 2\n\n") && stream_has(b, "data: 2\n\n"));
  publish("score", "3");
  RUN_UNTIL(stream_has(a, "data: 3\n\n") && stream_has(b, "data: 3\n\n"));
  const char *all =
      OPENING("0") FRAME("1", "stage", "{\"lead\":\"a\"}") FRAME("2", "score", "2") FRAME("3", "score", "3");
  assert_string_equal(stream_text(a), all);
  assert_string_equal(stream_text(b), all);
  assert_int_equal(hub_stats(rig.hub)->published, 3);
  assert_int_equal(hub_stats(rig.hub)->sent, 6);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 2);
}

static void begins_with_the_next_event(void **state) {
  (void)state;
  publish("score", "1");
  struct client *c = subscribe("/stream", "");
  publish("score", "2");
  RUN_UNTIL(stream_has(c, "data: 2"));
  assert_string_equal(stream_text(c), OPENING("1") FRAME("2", "score", "2"));
}

static void resumes_after_the_last_id(void **state) {
  (void)state;
  static const struct {
    const char *target, *header;
  } cases[] = {
      {"/stream", "Last-Event-ID: e-1\r\n"},
      {"/stream?last_event_id=e-1", ""},
      {"/stream?last_event_id=e-0",
       "Last-Event-ID: e-1\r\n"}, /* a browser's second connection to the same URL */
      {"/stream?last_event_id=e-1", "Last-Event-ID:\r\n"},
  };
  publish("score", "1");
  publish("stage", "2");
  publish("score", "3");
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct client *c = subscribe(cases[i].target, cases[i].header);
    RUN_UNTIL(stream_has(c, "data: 3"));
    assert_string_equal(stream_text(c), OPENING("1") FRAME("2", "stage", "2") FRAME("3", "score", "3"));
  }
  assert_int_equal(hub_stats(rig.hub)->resumed, COUNT_OF(cases));
  assert_int_equal(hub_stats(rig.hub)->resets, 0);
}

static void resets_who_cannot_be_resumed(void **state) {
  (void)state;
  static const struct {
    const char *header, *reason;
  } cases[] = {
      {"Last-Event-ID: e-6\r\n", "dropped"},     {"Last-Event-ID: e-0\r\n", "dropped"},
      {"Last-Event-ID: d-10\r\n", "unknown_id"}, {"Last-Event-ID: e-11\r\n", "unknown_id"},
      {"Last-Event-ID: 10\r\n", "unknown_id"},   {"Last-Event-ID: \xc3\xa9-1\r\n", "unknown_id"},
  };
  char expected[256];
  rig_start_with((struct hub_options){.ring_events = 3});
  for (int i = 0; i < 10; i++) publish("score", "0");
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct client *c = subscribe("/stream?events=nothing,reset", cases[i].header);
    RUN_UNTIL(stream_has(c, "\n\n"));
    snprintf(expected, sizeof expected, "retry: 2000\nid: e-10\nevent: reset\ndata: {\"reason\":\"%s\"}\n\n",
             cases[i].reason);
    assert_string_equal(stream_text(c), expected);
  }
  assert_int_equal(hub_stats(rig.hub)->resets, COUNT_OF(cases));
  assert_int_equal(hub_stats(rig.hub)->resumed, 0);
  rig_stop(NULL);
}

/* --- filters --- */

static void sends_the_names_that_are_asked_for(void **state) {
  (void)state;
  struct client *two = subscribe("/stream?events=stage,%20grade", ""),
                *all = subscribe("/stream?events=", "");
  publish("score", "1");
  publish("grade", "2");
  publish("stage", "3");
  publish("stag", "4");
  publish("stages", "5");
  publish("stage", "6");
  RUN_UNTIL(stream_has(two, "data: 6") && stream_has(all, "data: 6"));
  assert_string_equal(stream_text(two), OPENING("0") FRAME("2", "grade", "2") FRAME("3", "stage", "3")
                                            FRAME("6", "stage", "6"));
  assert_true(stream_has(all, FRAME("5", "stages", "5")));
}

static bool wants_even(void *arg, struct str name, struct str json) {
  assert_ptr_equal(arg, &rig);
  return str_eq(name, STR("n")) && (json.p[json.len - 1] - '0') % 2 == 0;
}

static void asks_the_filter(void **state) {
  (void)state;
  rig.filter = (struct hub_filter){.wants = wants_even, .arg = &rig};
  struct client *c = subscribe("/stream", "");
  publish("n", "1");
  publish("n", "12");
  publish("m", "2");
  publish("n", "8");
  RUN_UNTIL(stream_has(c, "data: 8"));
  assert_string_equal(stream_text(c), OPENING("0") FRAME("2", "n", "12") FRAME("4", "n", "8"));
  assert_int_equal(rig.released, 0);
  client_close(c);
  RUN_UNTIL(rig.released == 1);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 0);
}

/* A client that wants none of what is published can still come back to where it was. */
static void tells_idle_clients_where_they_are(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.ring_events = 8});
  struct client *c = subscribe("/stream?events=rare", "");
  for (int i = 0; i < 40; i++) {
    publish("often", "0");
    fixture_turn();
  }
  fixture_quiet();
  const char *text = stream_text(c), *last = NULL;
  for (const char *at = text; (at = strstr(at, "id: ")) != NULL; at += 4) last = at;
  assert_non_null(last);
  assert_null(strstr(text, "event:"));
  char header[64];
  snprintf(header, sizeof header, "Last-Event-%.*s\r\n", (int)strcspn(last, "\n"), last);
  header[11] = 'I';
  header[12] = 'D';
  publish("rare", "1");
  struct client *again = subscribe("/stream?events=rare", header);
  RUN_UNTIL(stream_has(again, "data: 1"));
  assert_int_equal(hub_stats(rig.hub)->resumed, 1);
  rig_stop(NULL);
}

/* --- slow clients --- */

enum { LARGE = 32 * 1024 };

static void publish_large(const char *name) {
  static char json[LARGE];
  memset(json, '1', sizeof json);
  hub_publish(rig.hub, str_of(name), (struct str){json, sizeof json});
}

static void cuts_who_falls_out_of_the_ring(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.ring_events = 8});
  struct client *slow = subscribe("/stream", ""), *fast = subscribe("/stream", "");
  slow->silent = true;
  int published = 0;
  for (; hub_stats(rig.hub)->cut == 0 && published < 1000; published++) {
    publish_large("n");
    RUN_UNTIL(hub_stats(rig.hub)->sent > (uint64_t)published || hub_stats(rig.hub)->cut);
    fixture_quiet();
  }
  assert_int_equal(hub_stats(rig.hub)->cut, 1);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 1);
  assert_in_range((size_t)published * LARGE, HTTP_OUT_HIGH, 8 * HTTP_OUT_HIGH);
  slow->silent = false;
  RUN_UNTIL(client_over(slow));
  assert_false(stream_ended_well(slow));
  publish("last", "0");
  RUN_UNTIL(stream_has(fast, "event: last"));
  assert_false(client_over(fast));
  rig_stop(NULL);
}

/* Enough that the client's socket and the server's output are full. */
static void fill(void) {
  for (int i = 0; i < 8 * HTTP_OUT_HIGH / LARGE; i++) publish_large("n");
  fixture_quiet();
}

static void goes_on_when_a_slow_client_reads_again(void **state) {
  (void)state;
  struct client *c = subscribe("/stream", "");
  c->silent = true;
  fill();
  assert_true(hub_stats(rig.hub)->sent < hub_stats(rig.hub)->published);
  publish("last", "0");
  fixture_quiet();
  c->silent = false;
  RUN_UNTIL(stream_has(c, "event: last"));
  assert_int_equal(hub_stats(rig.hub)->sent, hub_stats(rig.hub)->published);
  assert_int_equal(hub_stats(rig.hub)->cut, 0);
  char id[64];
  const char *at = stream_text(c);
  for (uint64_t seq = 1; seq <= hub_stats(rig.hub)->published; seq++) {
    snprintf(id, sizeof id, "id: e-%d\nevent:", (int)seq);
    at = strstr(at, id);
    assert_non_null(at);
  }
}

static void keeps_slow_clients_that_want_nothing_of_it(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.ring_events = 100});
  struct client *c = subscribe("/stream?events=n,last", "");
  c->silent = true;
  while (http_conn_unsent(fixture.server->conns) < HTTP_OUT_HIGH) {
    publish_large("n");
    fixture_quiet();
  }
  assert_int_equal(hub_stats(rig.hub)->sent, hub_stats(rig.hub)->published);
  for (int i = 0; i < 500; i++) {
    publish("other", "0");
    fixture_turn();
  }
  publish("last", "0");
  c->silent = false;
  RUN_UNTIL(stream_has(c, "event: last"));
  assert_int_equal(hub_stats(rig.hub)->cut, 0);
  rig_stop(NULL);
}

/* More than the ring holds, within one turn. */
static void a_burst_cuts_only_those_who_want_it(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.ring_events = 100});
  struct client *idle = subscribe("/stream?events=rare", ""), *keen = subscribe("/stream?events=n", "");
  publish("rare", "1");
  fixture_quiet();
  for (int i = 0; i < 1000; i++) publish("n", "0");
  publish("rare", "2");
  RUN_UNTIL(client_over(keen) && stream_has(idle, "data: 2"));
  assert_true(stream_has(idle, "data: 1"));
  assert_int_equal(hub_stats(rig.hub)->cut, 1);
  rig_stop(NULL);
}

/* --- bounds, ends --- */

static void refuses_too_many(void **state) {
  (void)state;
  rig_start_with((struct hub_options){.subscribers = 2});
  struct client *a = subscribe("/stream", "");
  subscribe("/stream", "");
  struct client *c = subscribe("/stream", "");
  assert_string_equal(client_statuses(c), "503");
  assert_true(client_has(c, "Retry-After: 5\r\n"));
  assert_true(client_has(c, "\"code\":\"overloaded\""));
  assert_int_equal(rig.released, 1);
  assert_int_equal(hub_stats(rig.hub)->refused, 1);
  client_close(a);
  RUN_UNTIL(hub_stats(rig.hub)->subscribers == 1);
  assert_string_equal(client_statuses(subscribe("/stream", "")), "+");
  rig_stop(NULL);
}

static void answers_head_without_a_stream(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  RUN_UNTIL(client_has(c, "404 Not Found"));
  assert_true(client_has(c, "Content-Type: text/event-stream\r\n"));
  assert_int_equal(rig.released, 1);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 0);
}

static void lets_go_of_who_has_left_already(void **state) {
  (void)state;
  struct client *c = client_connect();
  client_say(c, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
  RUN_UNTIL(fixture.kept_count == 1);
  struct linger hard = {1, 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard); /* RST */
  client_close(c);
  RUN_UNTIL(fixture.gone_count == 1);
  struct http_exchange *x = fixture.kept[0];
  fixture.kept[0] = NULL;
  handle_subscribe(x, NULL);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 0);
  assert_int_equal(rig.released, 1);
}

static void beats_in_silence(void **state) {
  (void)state;
  struct client *c = subscribe("/stream", "");
  RUN_UNTIL(stream_has(c, OPENING("0")));
  fixture_advance(14000);
  fixture_quiet();
  assert_string_equal(stream_text(c), OPENING("0"));
  fixture_advance(1000);
  RUN_UNTIL(stream_has(c, "\n\n:\n\n"));
  publish("n", "1");
  RUN_UNTIL(stream_has(c, FRAME("1", "n", "1")));
  assert_string_equal(stream_text(c), OPENING("0") ":\n\n" FRAME("1", "n", "1"));
}

static void ends_all_streams(void **state) {
  (void)state;
  struct client *a = subscribe("/stream", ""), *b = subscribe("/stream?events=other", "");
  publish("n", "1");
  hub_close(rig.hub); /* before the event went out */
  RUN_UNTIL(stream_ended_well(a) && stream_ended_well(b));
  assert_true(client_has(a, FRAME("1", "n", "1")));
  assert_int_equal(rig.released, 2);
  publish("n", "2");
  struct client *late = subscribe("/stream", "");
  assert_string_equal(client_statuses(late), "503");
  assert_int_equal(rig.released, 3);
}

/* A drain of the server waits for endless streams; the hub ends them. */
static void lets_the_server_drain(void **state) {
  (void)state;
  struct client *c = subscribe("/stream", "");
  http_server_drain(fixture.server, 60000, fixture_drained, NULL);
  fixture_quiet();
  assert_false(fixture.drained);
  hub_close(rig.hub);
  RUN_UNTIL(client_over(c));
  assert_true(stream_ended_well(c));
  client_close(c);
  RUN_UNTIL(fixture.drained);
}

static void forgets_who_leaves(void **state) {
  (void)state;
  for (int i = 1; i <= 500; i++) {
    struct client *c = subscribe("/stream", "");
    publish("n", "0");
    client_close(c);
    if (i % 10 == 0) RUN_UNTIL(rig.released == i);
  }
  assert_int_equal(hub_stats(rig.hub)->subscribers, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_start, rig_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(streams_what_is_published),
      TEST(begins_with_the_next_event),
      TEST(resumes_after_the_last_id),
      cmocka_unit_test(resets_who_cannot_be_resumed),
      TEST(sends_the_names_that_are_asked_for),
      TEST(asks_the_filter),
      cmocka_unit_test(tells_idle_clients_where_they_are),
      cmocka_unit_test(cuts_who_falls_out_of_the_ring),
      TEST(goes_on_when_a_slow_client_reads_again),
      cmocka_unit_test(keeps_slow_clients_that_want_nothing_of_it),
      cmocka_unit_test(a_burst_cuts_only_those_who_want_it),
      cmocka_unit_test(refuses_too_many),
      TEST(answers_head_without_a_stream),
      TEST(lets_go_of_who_has_left_already),
      TEST(beats_in_silence),
      TEST(ends_all_streams),
      TEST(lets_the_server_drain),
      TEST(forgets_who_leaves),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
