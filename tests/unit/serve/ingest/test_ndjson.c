#include "serve_fixture.h"

#include "serve/ingest/ndjson.h"
#include <signal.h>
#include <sys/resource.h>

#define KEY    "X-Write-Key: " SERVE_WRITE_KEY "\r\n"
#define NDJSON KEY "Content-Type: application/x-ndjson\r\n"

#define EVENT(id)                                                                                            \
  "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"" id                            \
  "\",\"timestamp\":\"2026-11-20T10:00:00Z\"}"

static int post(const char *headers, const char *text) {
  return serve_request("POST", "/v1/events", headers, str_of(text));
}

/* `count` lines, each an event of its own with so many bytes of ballast. */
static void add_events(struct buf *out, int first, int count, int ballast) {
  for (int i = first; i < first + count; i++) {
    buf_printf(out,
               "{\"type\":\"page\",\"userId\":\"u%d\",\"messageId\":\"m%d\",\"timestamp\":"
               "\"2026-11-20T10:00:00Z\",\"properties\":{\"x\":\"",
               i % 50, i);
    buf_add_repeat(out, 'x', (size_t)ballast);
    buf_add_text(out, "\"}}\n");
  }
}

static struct service_stats stats(void) {
  struct service_stats now;
  service_stats(serve.daemon.service, &now);
  return now;
}

/* --- lines --- */

static void each_line_is_an_event(void **state) {
  (void)state;
  assert_int_equal(post(NDJSON, EVENT("1") "\n\n" EVENT("2") "\r\n{\"batch\":[" EVENT("3") "]}\n" EVENT("1")),
                   200);
  assert_at("success", "true");
  assert_at("accepted", "3");
  assert_at("duplicates", "1");
  assert_at("rejected", "");
  assert_int_equal(serve_get("/v1/leads/ana"), 200);
  assert_at("events", "3");
}

static void a_bad_line_is_refused_alone(void **state) {
  (void)state;
  assert_int_equal(post(NDJSON, EVENT("1") "\n{oops\n\n[1]\n{\"type\":\"track\",\"userId\":\"u\"}\n" EVENT(
                                    "2") "\n{\"batch\":[" EVENT("3") ",7]}\n"),
                   200);
  assert_at("accepted", "3");
  assert_at("rejected", "4");
  assert_at("errors.0.line", "2");
  assert_at("errors.0.code", "\"bad_json\"");
  assert_at("errors.1.line", "4");
  assert_at("errors.1.code", "\"not_object\"");
  assert_at("errors.2.line", "5");
  assert_at("errors.2.code", "\"missing_event\"");
  assert_at("errors.3.line", "7");
  assert_at("errors.3.code", "\"not_object\"");
}

static void nothing_is_fine_too(void **state) {
  (void)state;
  assert_int_equal(post(NDJSON, ""), 200);
  assert_at("accepted", "0");
  assert_int_equal(post(NDJSON, "\n\n  \n"), 200);
  assert_int_equal(post(NDJSON, "oops"), 200);
  assert_at("rejected", "1");
}

static void an_endless_line_costs_no_memory(void **state) {
  (void)state;
  struct buf body;
  buf_init(&body);
  buf_add_text(&body, EVENT("1") "\n");
  buf_add_repeat(&body, 'x', 3 * NDJSON_LINE_BYTES);
  buf_add_text(&body, "\n" EVENT("2") "\n");
  assert_int_equal(post(NDJSON, body.data), 200);
  buf_release(&body);
  assert_at("accepted", "2");
  assert_at("rejected", "1");
  assert_at("errors.0.line", "2");
  assert_at("errors.0.code", "\"line_too_long\"");
}

/* --- which format? --- */

static void the_first_line_tells_what_it_is(void **state) {
  (void)state;
  static const struct {
    const char *type, *body;
    int status;
    const char *accepted;
  } cases[] = {
      {"", EVENT("1") "\n" EVENT("2") "\n", 200, "2"},
      {"Content-Type: text/plain\r\n", "\n \n" EVENT("3") "\r\n\n" EVENT("4"), 200, "2"},
      {"Content-Type: application/json\r\n", EVENT("5") "\n" EVENT("6"), 200, "2"},
      {"Content-Type: application/x-www-form-urlencoded\r\n", "\xef\xbb\xbf" EVENT("7") "\n" EVENT("8"), 200,
       "2"},
      {"", EVENT("9"), 200, "1"},
      {"", EVENT("10") "\n\n", 200, "1"},
      {"", "{\n  \"batch\": [\n" EVENT("11") ",\n" EVENT("12") "\n]}\n", 200, "2"},
      {"Content-Type: application/NDJSON; charset=utf-8\r\n", EVENT("13"), 200, "1"},
      {"", "{\"type\":\"track\",\"userId\":\"u\"}\n", 400, ""},
      {"", "not\njson\n", 400, ""},
      {"", "", 400, ""},
      {"", "[" EVENT("14") "]", 400, ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char headers[256];
    snprintf(headers, sizeof headers, KEY "%s", cases[i].type);
    if (post(headers, cases[i].body) != cases[i].status)
      fail_msg("%s: %d %.*s", cases[i].body, serve.status, STR_ARG(serve.body));
    assert_at("accepted", cases[i].accepted);
  }
}

static void a_document_has_a_bound_and_lines_have_none(void **state) {
  (void)state;
  struct buf body;
  buf_init(&body);
  serve_configure("limits.body_bytes", "512 KiB");
  serve_restart();
  add_events(&body, 0, 3000, 300);
  assert_true(body.len > 1024 * 1024);
  assert_int_equal(post(KEY, body.data), 200);
  assert_at("accepted", "3000");
  memset(body.data, ' ', 600 * 1024);
  assert_int_equal(post(KEY, body.data), 413);
  assert_at("code", "\"too_large\"");
  buf_release(&body);
}

/* --- a stream --- */

struct sender {
  int fd;
  struct buf text;
  struct str to_send;
};

/* A request of `length` bytes, of which those in `text` are sent. */
static void sender_open(struct sender *sender, size_t length, struct str text) {
  sender->fd = serve_connect();
  buf_init(&sender->text);
  buf_printf(&sender->text,
             "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" NDJSON
             "Content-Length: %zu\r\n\r\n",
             length);
  buf_add_str(&sender->text, text);
  sender->to_send = buf_str(&sender->text);
  buf_clear(&serve.answer);
}

static void sender_close(struct sender *sender) {
  close(sender->fd);
  buf_release(&sender->text);
}

static void memory_is_flat_and_nothing_is_lost(void **state) {
  (void)state;
  struct sender sender;
  struct buf body;
  size_t most = 0;
  uint32_t most_queued = 0;
  buf_init(&body);
  add_events(&body, 0, 40000, 100);
  sender_open(&sender, body.len, buf_str(&body));
  int64_t deadline = serve_deadline();
  while (!serve_move(sender.fd, &sender.to_send)) {
    loop_turn(serve.daemon.loop, false);
    struct service_stats now = stats();
    if (serve.daemon.held_bytes > most) most = serve.daemon.held_bytes;
    if (now.store.queued_requests > most_queued) most_queued = now.store.queued_requests;
    if (serve_deadline() - SERVE_GIVE_UP_S > deadline + 60) fail_msg("it takes too long");
  }
  serve_parse_answer();
  assert_int_equal(serve.status, 200);
  assert_at("accepted", "40000");
  assert_at("rejected", "");
  assert_true(most > 0 && most < 2 * NDJSON_RECORD_BYTES);
  enum {
    OTHERS = 4
  }; /* decisions, and what a start keeps of its rules: on a busy machine that is still on its way */
  assert_in_range(most_queued, 1, NDJSON_IN_FLIGHT + OTHERS);
  assert_int_equal(serve.daemon.held_bytes, 0);
  assert_int_equal(stats().events, 40000);
  sender_close(&sender);
  buf_release(&body);
}

/* What has come is in the journal although the body goes on. */
static void a_slow_sender_waits_for_nobody(void **state) {
  (void)state;
  struct sender sender;
  sender_open(&sender, 100000, STR(EVENT("1") "\n" EVENT("2") "\n" EVENT("3")));
  SERVE_UNTIL((serve_move(sender.fd, &sender.to_send), stats().events == 2));
  sender_close(&sender);
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->exchanges == 0);
  assert_int_equal(stats().events, 2);
  assert_int_equal(serve.daemon.held_bytes, 0);
}

static void a_full_queue_makes_it_wait(void **state) {
  (void)state;
  struct sender one, two;
  struct buf first, second;
  serve_configure("limits.queue_bytes", "1 MiB");
  serve_restart();
  buf_init(&first);
  buf_init(&second);
  add_events(&first, 0, 6000, 400);
  add_events(&second, 6000, 6000, 400);
  sender_open(&one, first.len, buf_str(&first));
  sender_open(&two, second.len, STR(""));
  SERVE_UNTIL((serve_move(two.fd, &two.to_send), http_server_stats(serve.daemon.http)->exchanges == 1));
  two.to_send = buf_str(&second);
  bool one_over = false, two_over = false;
  SERVE_UNTIL((one_over = one_over || serve_move(one.fd, &one.to_send),
               two_over = two_over || serve_move(two.fd, &two.to_send), one_over && two_over));
  assert_int_equal(stats().events, 12000);
  sender_close(&one);
  sender_close(&two);
  buf_release(&first);
  buf_release(&second);
}

static void a_stopping_server_says_how_far_it_came(void **state) {
  (void)state;
  struct sender sender;
  sender_open(&sender, 100000, STR(EVENT("1") "\n{oops\n" EVENT("2") "\n"));
  SERVE_UNTIL((serve_move(sender.fd, &sender.to_send), stats().events == 2));
  raise(SIGTERM);
  SERVE_UNTIL(serve.daemon.state == DAEMON_DRAINING);
  SERVE_UNTIL(serve_move(sender.fd, &sender.to_send));
  sender_close(&sender);
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->connections == 0);
  serve_parse_answer();
  assert_int_equal(serve.status, 503);
  assert_at("code", "\"stopping\"");
  assert_at("success", "false");
  assert_at("lines", "3");
  assert_at("accepted", "2");
  assert_at("errors.0.line", "2");
  assert_non_null(strstr(serve.answer.data, "Retry-After: 1\r\n"));
}

/* Files may not be written any more. */
static void a_failing_disk_says_how_far_it_came(void **state) {
  (void)state;
  struct rlimit unlimited, tight;
  struct sender sender;
  struct buf rest;
  signal(SIGXFSZ, SIG_IGN);
  sender_open(&sender, 10000000, STR(EVENT("1") "\n" EVENT("2") "\n"));
  SERVE_UNTIL((serve_move(sender.fd, &sender.to_send), stats().events == 2));
  getrlimit(RLIMIT_FSIZE, &unlimited);
  tight = (struct rlimit){1, unlimited.rlim_max};
  setrlimit(RLIMIT_FSIZE, &tight);
  buf_init(&rest);
  add_events(&rest, 0, 3000, 100);
  sender.to_send = buf_str(&rest);
  SERVE_UNTIL(serve_move(sender.fd, &sender.to_send));
  setrlimit(RLIMIT_FSIZE, &unlimited);
  sender_close(&sender);
  buf_release(&rest);
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->connections == 0);
  serve_parse_answer();
  assert_int_equal(serve.status, 503);
  assert_at("code", "\"storage_full\"");
  assert_at("lines", "2");
  assert_at("accepted", "2");
}

static void a_broken_body_says_how_far_it_came(void **state) {
  (void)state;
  static const char text[] = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" NDJSON
                             "Transfer-Encoding: chunked\r\n\r\n";
  struct str to_send = str_of(text);
  char chunk[256];
  int fd = serve_connect();
  buf_clear(&serve.answer);
  SERVE_UNTIL((serve_move(fd, &to_send), http_server_stats(serve.daemon.http)->exchanges == 1));
  snprintf(chunk, sizeof chunk, "%zx\r\n" EVENT("1") "\n\r\n", sizeof EVENT("1"));
  to_send = str_of(chunk);
  SERVE_UNTIL((serve_move(fd, &to_send), stats().events == 1));
  to_send = STR("no length\r\n");
  SERVE_UNTIL(serve_move(fd, &to_send));
  close(fd);
  serve_parse_answer();
  assert_int_equal(serve.status, 400);
  assert_at("lines", "1");
  assert_at("accepted", "1");
}

static void a_gone_client_is_no_trouble(void **state) {
  (void)state;
  struct sender sender;
  struct buf body;
  buf_init(&body);
  add_events(&body, 0, 5000, 100);
  for (size_t part = 1; part <= 8; part++) { /* leaves at several places, also with all sent */
    sender_open(&sender, body.len, (struct str){body.data, body.len * part / 8});
    SERVE_UNTIL((serve_move(sender.fd, &sender.to_send), sender.to_send.len == 0));
    sender_close(&sender);
  }
  SERVE_UNTIL(http_server_stats(serve.daemon.http)->exchanges == 0);
  assert_int_equal(serve.daemon.held_bytes, 0);
  assert_true(stats().events <= 5000);
  buf_release(&body);
}

/* The second signal: nobody waits for anything. */
static void it_may_end_in_the_middle(void **state) {
  (void)state;
  struct sender sender;
  struct buf body;
  buf_init(&body);
  add_events(&body, 0, 5000, 100);
  sender_open(&sender, 2 * body.len, buf_str(&body));
  SERVE_UNTIL((serve_move(sender.fd, &sender.to_send), stats().events > 0));
  buf_release(&body);
  sender_close(&sender);
}

static void strangers_are_refused_before_their_body(void **state) {
  (void)state;
  static const char text[] = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: nobody\r\n"
                             "Expect: 100-continue\r\nContent-Length: 1000000000\r\n\r\n";
  struct str to_send = str_of(text);
  int fd = serve_connect();
  buf_clear(&serve.answer);
  SERVE_UNTIL(serve_move(fd, &to_send));
  close(fd);
  serve_parse_answer();
  assert_int_equal(serve.status, 401);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serve_start, serve_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(each_line_is_an_event),
      TEST(a_bad_line_is_refused_alone),
      TEST(nothing_is_fine_too),
      TEST(an_endless_line_costs_no_memory),
      TEST(the_first_line_tells_what_it_is),
      TEST(a_document_has_a_bound_and_lines_have_none),
      TEST(memory_is_flat_and_nothing_is_lost),
      TEST(a_slow_sender_waits_for_nobody),
      TEST(a_full_queue_makes_it_wait),
      TEST(a_stopping_server_says_how_far_it_came),
      TEST(a_failing_disk_says_how_far_it_came),
      TEST(a_broken_body_says_how_far_it_came),
      TEST(a_gone_client_is_no_trouble),
      TEST(it_may_end_in_the_middle),
      TEST(strangers_are_refused_before_their_body),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
