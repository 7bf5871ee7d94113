/* Answers now and later, in order, to clients that stay or leave; streams in both directions. */
#include "http_fixture.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

/* --- answers --- */

static void answers_with_head_and_body(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "GET /hello HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-1\r\n\r\n");
  RUN_UNTIL(client_answers(c) == 1);
  assert_str(buf_str(&c->got),
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"
             "Content-Length: 5\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: abc-1\r\n\r\n"
             "hello");
  assert_int_equal(fixture.done_count, 1);
}

static void answers_head_without_body(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n" GET("/items/x"));
  RUN_UNTIL(client_has(c, "\r\n\r\nx"));
  assert_true(client_has(c, "Content-Length: 5\r\n"));
  assert_false(client_has(c, "hello"));
}

static void names_what_the_path_takes(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "GET /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\n\r\n");
  RUN_UNTIL(client_answers(c) == 1);
  assert_string_equal(client_statuses(c), "405");
  assert_true(client_has(c, "Allow: POST, PUT, OPTIONS\r\n"));
  assert_true(client_has(c, "Access-Control-Allow-Origin: *\r\n"));
  assert_true(client_has(c, "{\"success\":false,\"code\":\"method_not_allowed\",\"message\":"));
}

static void answers_preflights(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(
      c, "OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Method: POST\r\n"
         "Access-Control-Request-Headers: authorization,content-type,x-retry-count\r\n\r\n");
  RUN_UNTIL(client_answers(c) == 1);
  assert_string_equal(client_statuses(c), "204");
  assert_true(client_has(c, "Access-Control-Allow-Origin: *\r\n"));
  assert_true(client_has(c, "Access-Control-Allow-Methods: POST, PUT, OPTIONS\r\n"));
  assert_true(client_has(c, "Access-Control-Allow-Headers: authorization,content-type,x-retry-count\r\n"));
  assert_true(client_has(c, "Access-Control-Max-Age: 7200\r\n"));
  assert_false(client_has(c, "Content-Length"));
}

static void lets_errors_be_read_by_pages(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nContent-Length: 9999999\r\n\r\n");
  RUN_UNTIL(client_over(c));
  assert_string_equal(client_statuses(c), "413.");
  assert_true(client_has(c, "Access-Control-Allow-Origin: *\r\n"));
  assert_true(client_has(c, "Access-Control-Expose-Headers: Retry-After"));
}

/* --- later --- */

static void answers_later(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later"));
  RUN_UNTIL(fixture.kept_count == 1);
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 1);
  fixture_quiet();
  assert_int_equal(c->got.len, 0);
  fixture_answer(0, "done");
  RUN_UNTIL(client_answers(c) == 1);
  assert_str(client_body(c, 0), "done");
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 0);
}

static void answers_in_order(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(
      c, GET("/later")
             GET("/hello") "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" GET("/items/4"));
  RUN_UNTIL(fixture.kept_count == 2);
  fixture_answer(1, "third");
  fixture_quiet();
  assert_int_equal(c->got.len, 0);
  fixture_answer(0, "first");
  RUN_UNTIL(client_answers(c) == 4);
  assert_str(client_body(c, 0), "first");
  assert_str(client_body(c, 1), "hello");
  assert_str(client_body(c, 2), "third");
  assert_str(client_body(c, 3), "4");
}

static void begins_no_more_than_its_bound(void **state) {
  (void)state;
  struct client *c = client_open();
  enum { ALL = 2 * HTTP_PIPELINE_MAX + 1 };
  for (int i = 0; i < ALL; i++) client_say(c, GET("/later"));
  RUN_UNTIL(fixture.kept_count == HTTP_PIPELINE_MAX);
  fixture_quiet();
  assert_int_equal(fixture.kept_count, HTTP_PIPELINE_MAX);
  for (int i = 0; i < ALL; i++) {
    RUN_UNTIL(fixture.kept_count > i);
    fixture_answer(i, "x");
  }
  RUN_UNTIL(client_answers(c) == ALL);
}

static void survives_a_client_that_left(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later") GET("/later"));
  RUN_UNTIL(fixture.kept_count == 2);
  fixture_answer(1, "in vain");
  c->silent = true;
  shutdown(c->fd, SHUT_RD); /* the write fails, and only then is it known */
  fixture_answer(0, "in vain");
  RUN_UNTIL(http_server_stats(fixture.server)->connections == 0);
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 0);
}

static void says_that_the_client_is_gone(void **state) {
  (void)state;
  struct client *c = client_connect();
  client_say(c, GET("/later") GET("/later"));
  RUN_UNTIL(fixture.kept_count == 2);
  struct linger hard = {1, 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard); /* RST */
  client_close(c);
  RUN_UNTIL(fixture.gone_count == 2);
  fixture_answer(0, "in vain");
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 1);
  fixture_answer(1, "in vain");
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 0);
}

static void answers_a_half_closed_client(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later"));
  c->half_close = true;
  RUN_UNTIL(fixture.kept_count == 1);
  fixture_quiet();
  fixture_answer(0, "still here");
  RUN_UNTIL(client_over(c));
  assert_string_equal(client_statuses(c), "200.");
}

/* --- bodies --- */

static void continues_on_request(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n");
  RUN_UNTIL(c->got.len > 0);
  assert_str(buf_str(&c->got), "HTTP/1.1 100 Continue\r\n\r\n");
  client_say(c, "hi");
  RUN_UNTIL(client_answers(c) == 2);
  assert_str(client_body(c, 1), "hi");
}

static void continues_in_order(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(
      c, GET("/later") "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  RUN_UNTIL(fixture.kept_count == 1);
  fixture_quiet();
  assert_int_equal(c->got.len, 0);
  fixture_answer(0, "first");
  RUN_UNTIL(client_answers(c) == 2);
  assert_string_equal(client_statuses(c), "200 100");
  client_say(c, "hi");
  RUN_UNTIL(client_answers(c) == 3);
}

static void takes_large_bodies(void **state) {
  (void)state;
  enum { SIZE = 4 * 1024 * 1024 };
  struct client *c = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n");
  buf_add_repeat(&c->to_send, 'x', SIZE);
  RUN_UNTIL(client_answers(c) == 1);
  assert_int_equal(client_body(c, 0).len, SIZE);
}

/* An upload that is refused is read to its end, so that its client sees the refusal and not a broken connection. */
static void lets_refused_uploads_see_the_answer(void **state) {
  (void)state;
  enum { SIZE = 20 * 1024 * 1024 };
  struct client *c = client_connect();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 20971520\r\n\r\n");
  buf_add_repeat(&c->to_send, 'x', SIZE);
  c->silent = true;
  RUN_UNTIL(c->to_send.len == 0);
  c->silent = false;
  RUN_UNTIL(client_over(c));
  assert_string_equal(client_statuses(c), "413.");
  assert_true(client_has(c, "Connection: close\r\n"));
}

static void refuses_bodies_beyond_the_common_store(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.limits = {.bodies_bytes = 1000}});
  struct client *a = client_open(), *b = client_open();
  client_say(a, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 901\r\n\r\n");
  buf_add_repeat(&a->to_send, 'x', 900);
  RUN_UNTIL(http_server_stats(fixture.server)->bodies_bytes == 900);
  client_say(b, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n");
  buf_add_repeat(&b->to_send, 'x', 200);
  RUN_UNTIL(client_over(b));
  assert_string_equal(client_statuses(b), "503.");
  assert_true(client_has(b, "Retry-After: 1\r\n"));
  client_say(a, "x");
  RUN_UNTIL(client_answers(a) == 1);
  assert_int_equal(http_server_stats(fixture.server)->bodies_bytes, 0);
  fixture_stop(NULL);
}

/* --- streamed bodies --- */

static void reads_a_stream(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
  RUN_UNTIL(fixture.log.len == 3);
  client_say(c, "3\r\ntwo\r\n0\r\n\r\n" GET("/hello"));
  RUN_UNTIL(client_answers(c) == 2);
  assert_str(buf_str(&fixture.log), "onetwo");
  assert_str(client_body(c, 0), "6 bytes");
}

static void reads_nothing_before_it_is_asked(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c,
             "POST /stream/later HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  RUN_UNTIL(fixture.kept_count == 1);
  fixture_quiet();
  assert_int_equal(c->got.len, 0);
  http_exchange_read(fixture.kept[0], &stream_reader);
  fixture.kept[0] = NULL;
  RUN_UNTIL(client_answers(c) == 1);
  assert_string_equal(client_statuses(c), "100");
  client_say(c, "abc");
  RUN_UNTIL(client_answers(c) == 2);
  assert_str(client_body(c, 1), "3 bytes");
}

static void holds_back_a_paused_stream(void **state) {
  (void)state;
  enum { SIZE = 8 * 1024 * 1024 };
  struct client *c = client_open();
  client_say(c, "POST /stream/later HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n");
  buf_add_repeat(&c->to_send, 'x', SIZE);
  RUN_UNTIL(fixture.kept_count == 1);
  for (int i = 0; i < 50; i++) fixture_turn();
  assert_true(c->to_send.len > SIZE / 2); /* the client has to wait */
  struct http_exchange *x = fixture.kept[0];
  fixture.kept[0] = NULL;
  http_exchange_read(x, &stream_reader);
  RUN_UNTIL(fixture.log.len > SIZE / 8);
  http_exchange_pause(x);
  size_t seen = fixture.log.len;
  for (int i = 0; i < 50; i++) fixture_turn();
  assert_int_equal(fixture.log.len, seen);
  http_exchange_resume(x);
  RUN_UNTIL(client_answers(c) == 1);
  assert_str(client_body(c, 0), "8388608 bytes");
}

static void tells_the_reader_what_went_wrong(void **state) {
  (void)state;
  static const struct {
    const char *sent, *answers, *seen;
  } cases[] = {
      {"POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nX\r\n", "400.",
       "abc"},
      {"POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc", "400.", "abc"},
      {"POST /stream HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "400.",
       ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct client *c = client_open();
    assert_string_equal(client_exchange(c, str_of(cases[i].sent)), cases[i].answers);
    assert_str(buf_str(&fixture.log), cases[i].seen);
    client_close(c);
  }
}

static void tells_a_late_reader_what_went_wrong(void **state) {
  (void)state;
  struct client *c = client_connect();
  client_say(c, "POST /stream/later HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  RUN_UNTIL(fixture.kept_count == 1);
  struct linger hard = {1, 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  client_close(c);
  RUN_UNTIL(fixture.gone_count == 1);
  http_exchange_read(fixture.kept[0], &stream_reader); /* refuses, which frees it */
  fixture.kept[0] = NULL;
  assert_int_equal(http_server_stats(fixture.server)->exchanges, 0);
}

/* --- streamed answers --- */

static struct http_exchange *begin_stream(struct client *c, const char *request) {
  int kept = fixture.kept_count;
  client_say(c, request);
  RUN_UNTIL(fixture.kept_count == kept + 1);
  struct http_exchange *x = fixture.kept[kept];
  fixture.kept[kept] = NULL;
  http_exchange_begin(x, 200, "text/event-stream");
  return x;
}

static void streams_an_answer(void **state) {
  (void)state;
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  RUN_UNTIL(client_has(c, "\r\n\r\n"));
  assert_true(client_has(c, "Transfer-Encoding: chunked\r\n"));
  assert_true(http_exchange_write(x, STR("one")));
  RUN_UNTIL(client_has(c, "3\r\none\r\n"));
  client_say(c, GET("/hello")); /* waits for the stream's end */
  fixture_quiet();
  assert_int_equal(client_answers(c), 0);
  http_exchange_write(x, STR("two"));
  http_exchange_end(x);
  RUN_UNTIL(client_answers(c) == 2);
  assert_str(client_body(c, 0), "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
}

static void streams_to_http_1_0(void **state) {
  (void)state;
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, "GET /later HTTP/1.0\r\n\r\n");
  http_exchange_write(x, STR("one"));
  http_exchange_end(x);
  RUN_UNTIL(client_over(c));
  assert_true(client_has(c, "Connection: close\r\n\r\none"));
  assert_false(client_has(c, "chunked"));
}

static int ready_count;

static void count_ready(struct http_exchange *x) {
  (void)x;
  ready_count++;
}

static void holds_back_a_streaming_handler(void **state) {
  (void)state;
  static char block[16384];
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  http_exchange_on_ready(x, count_ready);
  ready_count = 0;
  c->silent = true;
  memset(block, 'x', sizeof block);
  int blocks = 1;
  while (http_exchange_write(x, (struct str){block, sizeof block})) blocks++;
  assert_in_range((size_t)blocks * sizeof block, HTTP_OUT_HIGH, 8 * HTTP_OUT_HIGH);
  fixture_quiet();
  assert_int_equal(ready_count, 0);
  c->silent = false;
  RUN_UNTIL(ready_count == 1);
  http_exchange_end(x);
  RUN_UNTIL(client_answers(c) == 1);
}

/* Whatever the sizes of what was written until there was no room. */
static void wakes_a_held_stream_in_any_state(void **state) {
  (void)state;
  static char block[300 * 1024];
  memset(block, 'x', sizeof block);
  for (size_t size = 10 * 1024; size <= sizeof block; size += 10 * 1024) {
    struct client *c = client_open();
    struct http_exchange *x = begin_stream(c, GET("/later"));
    http_exchange_on_ready(x, count_ready);
    c->silent = true;
    while (http_exchange_write(x, (struct str){block, size})) fixture_turn();
    ready_count = 0;
    c->silent = false;
    RUN_UNTIL(ready_count == 1);
    http_exchange_end(x);
    RUN_UNTIL(client_answers(c) == 1);
    client_close(c);
  }
}

static void wakes_a_stream_that_waited_for_its_turn(void **state) {
  (void)state;
  static char block[16384];
  struct client *c = client_open();
  client_say(c, GET("/later") GET("/later"));
  RUN_UNTIL(fixture.kept_count == 2);
  struct http_exchange *first = fixture.kept[0], *second = fixture.kept[1];
  fixture.kept[0] = fixture.kept[1] = NULL;
  http_exchange_begin(first, 200, "text/plain");
  http_exchange_begin(second, 200, "text/plain");
  http_exchange_on_ready(second, count_ready);
  memset(block, 'x', sizeof block);
  while (http_exchange_write(second, (struct str){block, sizeof block})) continue;
  ready_count = 0;
  http_exchange_write(first, (struct str){block, sizeof block});
  RUN_UNTIL(c->got.len > sizeof block);
  fixture_quiet();
  assert_int_equal(ready_count, 0);
  http_exchange_end(first);
  RUN_UNTIL(ready_count == 1);
  http_exchange_end(second);
  RUN_UNTIL(client_answers(c) == 2);
}

static void cuts_a_stream_nobody_takes(void **state) {
  (void)state;
  static char block[65536];
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  http_exchange_on_gone(x, kept_gone);
  c->silent = true;
  for (int i = 0; i < 2 * HTTP_OUT_MAX / (int)sizeof block && !http_exchange_is_gone(x); i++)
    http_exchange_write(x, (struct str){block, sizeof block});
  assert_true(http_exchange_is_gone(x));
  assert_int_equal(fixture.gone_count, 0); /* not inside the write */
  RUN_UNTIL(fixture.gone_count == 1);
  http_exchange_end(x);
}

static void ends_a_stream_whose_client_left(void **state) {
  (void)state;
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  client_close(c); /* an end of file is enough */
  RUN_UNTIL(fixture.gone_count == 1);
  assert_false(http_exchange_write(x, STR("in vain")));
  http_exchange_end(x);
}

static void beats(void **state) {
  (void)state;
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  http_exchange_heartbeat(x, STR(":\n\n"), 15000);
  fixture_advance(14000);
  fixture_quiet();
  assert_false(client_has(c, ":\n\n"));
  fixture_advance(1000);
  RUN_UNTIL(client_has(c, ":\n\n"));
  http_exchange_end(x);
  RUN_UNTIL(client_answers(c) == 1);
}

static void cut_is_no_proper_end(void **state) {
  (void)state;
  struct client *c = client_open();
  struct http_exchange *x = begin_stream(c, GET("/later"));
  http_exchange_write(x, STR("one"));
  http_exchange_cut(x);
  RUN_UNTIL(client_over(c));
  assert_int_equal(client_answers(c), 0);
  assert_false(client_has(c, "\r\n0\r\n\r\n")); /* a request id may end with a 0 */
}

/* --- what a handler says cannot break the answer --- */

static void handle_injected(struct http_exchange *x, void *app) {
  (void)app;
  http_exchange_header(x, "X-Name", STR("a\r\nSet-Cookie: b"));
  http_exchange_answer(x, 200, "text/plain", STR(""));
}

static void header_values_stay_on_their_line(void **state) {
  (void)state;
  static const struct http_route routes[] = {{.method = "GET", .path = "/", .handle = handle_injected}};
  fixture_start_with((struct http_options){.routes = routes, .route_count = 1});
  struct client *c = client_open();
  client_say(c, GET("/"));
  RUN_UNTIL(client_answers(c) == 1);
  assert_true(client_has(c, "X-Name: a  Set-Cookie: b\r\n"));
  fixture_stop(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_start, fixture_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(answers_with_head_and_body),
      TEST(answers_head_without_body),
      TEST(names_what_the_path_takes),
      TEST(answers_preflights),
      TEST(lets_errors_be_read_by_pages),
      TEST(answers_later),
      TEST(answers_in_order),
      TEST(begins_no_more_than_its_bound),
      TEST(survives_a_client_that_left),
      TEST(says_that_the_client_is_gone),
      TEST(answers_a_half_closed_client),
      TEST(continues_on_request),
      TEST(continues_in_order),
      TEST(takes_large_bodies),
      TEST(lets_refused_uploads_see_the_answer),
      cmocka_unit_test(refuses_bodies_beyond_the_common_store),
      TEST(reads_a_stream),
      TEST(reads_nothing_before_it_is_asked),
      TEST(holds_back_a_paused_stream),
      TEST(tells_the_reader_what_went_wrong),
      TEST(tells_a_late_reader_what_went_wrong),
      TEST(streams_an_answer),
      TEST(streams_to_http_1_0),
      TEST(holds_back_a_streaming_handler),
      TEST(wakes_a_held_stream_in_any_state),
      TEST(wakes_a_stream_that_waited_for_its_turn),
      TEST(cuts_a_stream_nobody_takes),
      TEST(ends_a_stream_whose_client_left),
      TEST(beats),
      TEST(cut_is_no_proper_end),
      cmocka_unit_test(header_values_stay_on_their_line),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
