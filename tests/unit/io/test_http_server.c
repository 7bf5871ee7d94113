/* Limits, time-outs, draining, running out of file descriptors. */
#include "http_fixture.h"

#include <sys/resource.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct http_stats *stats(void) {
  return http_server_stats(fixture.server);
}

static void expect_statuses(struct client *c, const char *statuses) {
  RUN_UNTIL(strcmp(client_statuses(c), statuses) == 0);
}

/* --- connections --- */

static void listens_where_it_is_told(void **state) {
  (void)state;
  struct err err;
  assert_int_equal(http_server_listen(fixture.server, "localhost:0", &err), 0);
  static const char *const wrong[] = {"",          "8080",    "localhost",       "localhost:",     "::1:8080",
                                      "[::1]8080", "[::1:80", "localhost:99999", "localhost:http", "a:b:c"};
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    assert_int_equal(http_server_listen(fixture.server, wrong[i], &err), -1);
    assert_int_equal(err.code, ERR_USAGE);
  }
  char taken[32];
  snprintf(taken, sizeof taken, "127.0.0.1:%d", http_server_port(fixture.server));
  assert_int_equal(http_server_listen(fixture.server, taken, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  struct client *c = client_connect();
  client_say(c, GET("/hello"));
  expect_statuses(c, "200");
}

static void keeps_connections(void **state) {
  (void)state;
  struct client *c = client_open();
  for (int i = 1; i <= 100; i++) {
    client_say(c, GET("/hello"));
    RUN_UNTIL(client_answers(c) == i);
  }
  assert_int_equal(stats()->connections, 1);
}

static void closes_the_idlest_for_a_newcomer(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.limits = {.connections = 3}});
  struct client *c[4];
  for (int i = 0; i < 3; i++) {
    c[i] = client_open();
    client_say(c[i], GET("/hello"));
    expect_statuses(c[i], "200");
    fixture.clock_ms += 10;
  }
  client_say(c[0], GET("/hello"));
  expect_statuses(c[0], "200 200");
  c[3] = client_open();
  client_say(c[3], GET("/hello"));
  expect_statuses(c[3], "200");
  expect_statuses(c[1], "200.");
  expect_statuses(c[2], "200");
  assert_int_equal(stats()->evicted, 1);
  assert_int_equal(stats()->connections, 3);
  fixture_stop(NULL);
}

static void refuses_when_all_are_busy(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.limits = {.connections = 2}});
  struct client *busy[2];
  for (int i = 0; i < 2; i++) {
    busy[i] = client_open();
    client_say(busy[i], GET("/later"));
  }
  RUN_UNTIL(fixture.kept_count == 2);
  struct client *c = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  expect_statuses(c, "503.");
  assert_true(client_has(c, "Retry-After: 2\r\n"));
  assert_true(client_has(c, "{\"success\":false,\"code\":\"overloaded\""));
  assert_int_equal(stats()->refused_full, 1);
  fixture_answer(0, "x");
  fixture_answer(1, "x");
  expect_statuses(busy[0], "200");
  expect_statuses(busy[1], "200");
  fixture_stop(NULL);
}

/* Refusing costs something too: beyond a bound connections are closed without a word. */
static void refuses_a_bounded_number(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.limits = {.connections = 1}});
  struct client *busy = client_open();
  client_say(busy, GET("/later"));
  RUN_UNTIL(fixture.kept_count == 1);
  struct sockaddr_in from = {.sin_family = AF_INET};
  for (int i = 0; i < HTTP_REFUSED_MAX; i++)
    http_conn_open(fixture.server, dup(busy->fd), (struct sockaddr *)&from);
  assert_int_equal(fixture.server->refused_count, HTTP_REFUSED_MAX);
  struct client *c = client_open();
  RUN_UNTIL(client_over(c));
  assert_int_equal(c->got.len, 0);
  fixture_answer(0, "x");
  fixture_stop(NULL);
}

static void limits_connections_of_an_address(void **state) {
  (void)state;
  struct network proxy;
  assert_true(network_parse(STR("10.0.0.0/8"), &proxy));
  fixture_start_with(
      (struct http_options){.limits = {.connections_per_ip = 2}, .proxies = &proxy, .proxy_count = 1});
  static const struct {
    const char *from;
    int many;
    const char *last;
  } cases[] = {
      {"203.0.113.7", 3, "503."}, {"203.0.113.8", 2, "200"}, {"127.0.0.1", 5, "200"}, {"10.1.2.3", 5, "200"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct client *c = NULL;
    for (int n = 0; n < cases[i].many; n++) c = client_from(cases[i].from);
    client_say(c, GET("/hello"));
    expect_statuses(c, cases[i].last);
  }
  assert_int_equal(stats()->refused_ip, 1);
  fixture_stop(NULL);
}

/* --- admission --- */

static int admit_none(void *app, const struct http_request *request, const struct http_route *route,
                      struct http_failure *failure) {
  (void)app, (void)request, (void)route;
  http_failure_set(failure, 429, "rate_limited", "too many requests");
  failure->retry_after_s = 7;
  return -1;
}

static void asks_before_it_reads_bodies(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.admit = admit_none});
  struct client *c = client_open(), *d = client_open(), *e = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\nOrigin: b\r\n\r\n");
  expect_statuses(c, "429.");
  assert_true(client_has(c, "Retry-After: 7\r\n"));
  assert_true(client_has(c, "Access-Control-Allow-Origin: *\r\n"));
  client_say(d, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" GET("/health") GET("/hello"));
  expect_statuses(d, "429 200 429");
  client_say(e, "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  expect_statuses(e, "429."); /* no 100 Continue before it */
  fixture_stop(NULL);
}

/* --- who asks --- */

static char remote_seen[HTTP_ADDR_TEXT_MAX], id_seen[HTTP_REQUEST_ID_MAX];

static void handle_who(struct http_exchange *x, void *app) {
  (void)app;
  snprintf(remote_seen, sizeof remote_seen, "%s", http_exchange_request(x)->remote_text);
  snprintf(id_seen, sizeof id_seen, "%s", http_exchange_request(x)->id);
  http_exchange_answer(x, 200, "text/plain", STR(""));
}

static void believes_only_trusted_proxies(void **state) {
  (void)state;
  static const struct http_route routes[] = {{.method = "GET", .path = "/", .handle = handle_who}};
  struct network proxies[2];
  network_parse(STR("10.0.0.0/8"), &proxies[0]);
  network_parse(STR("2001:db8::/32"), &proxies[1]);
  fixture_start_with(
      (struct http_options){.routes = routes, .route_count = 1, .proxies = proxies, .proxy_count = 2});
  static const struct {
    const char *peer, *header, *remote;
  } cases[] = {
      {"203.0.113.7", "X-Forwarded-For: 198.51.100.1\r\n", "203.0.113.7"},
      {"10.1.1.1", "X-Forwarded-For: 198.51.100.1\r\n", "198.51.100.1"},
      {"10.1.1.1", "", "10.1.1.1"},
      {"10.1.1.1", "X-Forwarded-For: 1.1.1.1, 198.51.100.1, 10.9.9.9\r\n", "198.51.100.1"},
      {"10.1.1.1", "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 10.9.9.9\r\n", "198.51.100.1"},
      {"10.1.1.1", "x-forwarded-for: 198.51.100.1:4711\r\n", "198.51.100.1"},
      {"10.1.1.1", "X-Forwarded-For: [2001:db9::1]:4711\r\n", "2001:db9::1"},
      {"10.1.1.1", "X-Forwarded-For: 2001:db9::1, 2001:db8::5\r\n", "2001:db9::1"},
      {"10.1.1.1", "X-Forwarded-For: 198.51.100.1, unknown\r\n", "10.1.1.1"},
      {"10.1.1.1", "X-Forwarded-For: 10.2.2.2\r\n", "10.1.1.1"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct client *c = client_from(cases[i].peer);
    client_say(c, "GET / HTTP/1.1\r\nHost: a\r\n");
    client_say(c, cases[i].header);
    client_say(c, "\r\n");
    expect_statuses(c, "200");
    assert_string_equal(remote_seen, cases[i].remote);
    client_close(c);
  }
  fixture_stop(NULL);
}

static void gives_every_request_an_id(void **state) {
  (void)state;
  static const struct http_route routes[] = {{.method = "GET", .path = "/", .handle = handle_who}};
  fixture_start_with((struct http_options){.routes = routes, .route_count = 1});
  char first[HTTP_REQUEST_ID_MAX];
  struct client *c = client_open();
  client_say(c, GET("/"));
  expect_statuses(c, "200");
  assert_int_equal(strlen(id_seen), 16);
  memcpy(first, id_seen, sizeof first);
  client_say(c, "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: bad id\r\n\r\n");
  expect_statuses(c, "200 200");
  assert_int_equal(strlen(id_seen), 16);
  assert_string_not_equal(id_seen, first);
  client_say(c, "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: good_id-1.2:3\r\n\r\n");
  expect_statuses(c, "200 200 200");
  assert_string_equal(id_seen, "good_id-1.2:3");
  fixture_stop(NULL);
}

/* --- time --- */

static void ends_idle_connections(void **state) {
  (void)state;
  struct client *fresh = client_open(), *used = client_open();
  client_say(used, GET("/hello"));
  expect_statuses(used, "200");
  fixture_advance(29999);
  fixture_quiet();
  assert_string_equal(client_statuses(fresh), "");
  fixture_advance(1);
  expect_statuses(fresh, ".");
  expect_statuses(used, "200.");
}

static void ends_slow_heads(void **state) {
  (void)state;
  struct client *c = client_open();
  for (int i = 0; i < 10; i++) { /* a byte a second does not help */
    client_say(c, "G");
    RUN_UNTIL(c->to_send.len == 0);
    fixture_quiet();
    fixture_advance(i == 9 ? 999 : 1000);
  }
  assert_string_equal(client_statuses(c), "");
  fixture_advance(1);
  expect_statuses(c, "408.");
  assert_int_equal(stats()->timeouts, 1);
}

static void ends_slow_bodies(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx");
  fixture_quiet();
  fixture_advance(15000);
  client_say(c, "x");
  fixture_quiet();
  fixture_advance(14999);
  fixture_quiet();
  assert_string_equal(client_statuses(c), "");
  fixture_advance(1);
  expect_statuses(c, "408.");
}

static void ends_streams_below_the_least_rate(void **state) {
  (void)state;
  enum { LEAST = 256 * 30 };
  struct client *c = client_open();
  client_say(c, "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  fixture_quiet();
  for (int span = 0; span < 5; span++) {
    buf_add_repeat(&c->to_send, 'x', LEAST);
    RUN_UNTIL(fixture.log.len == (size_t)LEAST * ((size_t)span + 1));
    fixture_advance(30000);
    fixture_quiet();
    assert_string_equal(client_statuses(c), "");
  }
  buf_add_repeat(&c->to_send, 'x', LEAST - 1);
  RUN_UNTIL(fixture.log.len == (size_t)LEAST * 6 - 1);
  fixture_advance(30000);
  expect_statuses(c, "408.");
}

static void gives_paused_streams_time(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /stream/later HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  RUN_UNTIL(fixture.kept_count == 1);
  for (int i = 0; i < 100; i++) fixture_advance(10000);
  http_exchange_read(fixture.kept[0], &stream_reader);
  fixture.kept[0] = NULL;
  client_say(c, "abc");
  expect_statuses(c, "200");
}

static void waits_for_its_own_handlers(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later"));
  RUN_UNTIL(fixture.kept_count == 1);
  for (int i = 0; i < 100; i++) fixture_advance(10000);
  fixture_answer(0, "x");
  expect_statuses(c, "200");
}

static void ends_clients_that_never_read(void **state) {
  (void)state;
  enum { SIZE = 4 * 1024 * 1024 };
  struct client *c = client_open();
  c->silent = true;
  client_say(c, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4194304\r\n\r\n");
  buf_add_repeat(&c->to_send, 'x', SIZE);
  RUN_UNTIL(stats()->requests == 1 && c->to_send.len == 0 && stats()->bodies_bytes == 0);
  fixture_advance(29999);
  fixture_quiet();
  assert_int_equal(stats()->connections, 1);
  fixture_advance(1);
  assert_int_equal(stats()->connections, 0);
  assert_int_equal(stats()->timeouts, 1);
}

static void ends_clients_that_never_close(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  expect_statuses(c, "200.");
  fixture_quiet();
  assert_int_equal(stats()->connections, 1); /* waits for the client's end */
  fixture_advance(5000);
  assert_int_equal(stats()->connections, 0);
}

static void ends_skipped_bodies_that_never_come(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx");
  expect_statuses(c, "404");
  fixture_advance(29999);
  fixture_quiet();
  assert_string_equal(client_statuses(c), "404");
  fixture_advance(1);
  expect_statuses(c, "404.");
}

/* Stopped for a minute and continued: what clients did meanwhile is looked at before anybody is called late. */
static void does_not_blame_clients_for_its_own_sleep(void **state) {
  (void)state;
  enum { MINUTE_MS = 60000 };
  struct client *c = client_open();
  int64_t *idle_since_ms = &fixture.server->conns->idle_since_ms;
  fixture.server->options.now_ms = NULL;
  int64_t now_ms = *idle_since_ms = loop_now_ms(fixture.loop);
  http_server_tick(fixture.server, now_ms - MINUTE_MS);
  *idle_since_ms = now_ms - MINUTE_MS;
  http_server_tick(fixture.server, now_ms);
  client_say(c, GET("/hello"));
  expect_statuses(c, "200");
  fixture.server->options.now_ms = fixture_now;
}

/* --- the end --- */

static void drain(int64_t deadline_ms) {
  http_server_drain(fixture.server, deadline_ms, fixture_drained, NULL);
}

static bool can_connect(void) {
  struct sockaddr_in in = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)http_server_port(fixture.server))};
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool connected = connect(fd, (struct sockaddr *)&in, sizeof in) == 0;
  close(fd);
  return connected;
}

static void drains(void **state) {
  (void)state;
  assert_true(can_connect());
  struct client *idle = client_open(), *waiting = client_open(), *sending = client_open(),
                *late = client_open();
  client_say(idle, GET("/hello"));
  client_say(waiting, GET("/later"));
  client_say(sending, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh");
  client_say(late, GET("/hello"));
  RUN_UNTIL(client_answers(idle) == 1 && client_answers(late) == 1 && stats()->requests == 4);
  assert_int_equal(fixture.kept_count, 1);
  drain(10000);
  expect_statuses(idle, "200.");
  fixture_quiet();
  assert_false(can_connect());
  assert_false(fixture.drained);
  client_say(sending, "i");
  expect_statuses(sending, "200.");
  assert_true(client_has(sending, "Connection: close\r\n"));
  fixture_answer(0, "x");
  expect_statuses(waiting, "200.");
  client_close(idle);
  client_close(waiting);
  client_close(sending);
  client_close(late);
  RUN_UNTIL(fixture.drained);
}

static void drains_until_the_deadline(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later"));
  RUN_UNTIL(fixture.kept_count == 1);
  drain(1000);
  fixture_advance(999);
  fixture_quiet();
  assert_false(fixture.drained);
  fixture_advance(1);
  RUN_UNTIL(fixture.drained);
  assert_int_equal(fixture.gone_count, 1);
  RUN_UNTIL(client_over(c));
}

static void does_not_drain_for_clients_that_keep_connections(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/hello"));
  expect_statuses(c, "200");
  drain(10000);
  expect_statuses(c, "200."); /* told, by the end of the stream; it does not close */
  fixture_advance(HTTP_DRAIN_LINGER_MS - 1);
  fixture_quiet();
  assert_false(fixture.drained);
  fixture_advance(1);
  RUN_UNTIL(fixture.drained);
}

static void drains_at_once(void **state) {
  (void)state;
  struct client *c = client_open();
  client_say(c, GET("/later"));
  RUN_UNTIL(fixture.kept_count == 1);
  drain(10000);
  drain(0); /* the second SIGTERM */
  RUN_UNTIL(fixture.drained);
  assert_int_equal(fixture.gone_count, 1);
}

static void drains_an_unused_server(void **state) {
  (void)state;
  drain(10000);
  RUN_UNTIL(fixture.drained);
}

/* --- file descriptors --- */

/* Lets the process have no more than `spare` further descriptors. */
static void leave_descriptors(int spare, struct rlimit *before) {
  getrlimit(RLIMIT_NOFILE, before);
  int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
  struct rlimit limit = {(rlim_t)(next + spare), before->rlim_max};
  close(next);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void survives_running_out_of_descriptors(void **state) {
  (void)state;
  struct rlimit before;
  struct client *first = client_connect();
  client_say(first, GET("/hello"));
  expect_statuses(first, "200");
  leave_descriptors(3, &before);
  struct client *a = client_connect(), *b = client_connect(); /* one descriptor is left, for one of them */
  client_say(a, GET("/hello"));
  client_say(b, GET("/hello"));
  expect_statuses(a, "200");
  RUN_UNTIL(stats()->accept_pauses == 1);
  fixture_quiet();
  assert_string_equal(client_statuses(b), ""); /* it waits, it is not dropped */
  int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
  assert_true(other >= 0); /* the spare went to who needed it */
  close(other);
  client_say(first, GET("/hello")); /* connections at hand are served */
  expect_statuses(first, "200 200");
  client_close(first);
  expect_statuses(b, "200");
  setrlimit(RLIMIT_NOFILE, &before);
}

static void serves_fewer_than_there_are_descriptors(void **state) {
  (void)state;
  struct rlimit before, limit;
  getrlimit(RLIMIT_NOFILE, &before);
  limit = (struct rlimit){200, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &limit);
  fixture_start_with((struct http_options){0});
  assert_int_equal(fixture.server->options.limits.connections, 136);
  setrlimit(RLIMIT_NOFILE, &before);
  fixture_stop(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_start, fixture_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(listens_where_it_is_told),
      TEST(keeps_connections),
      cmocka_unit_test(closes_the_idlest_for_a_newcomer),
      cmocka_unit_test(refuses_when_all_are_busy),
      cmocka_unit_test(refuses_a_bounded_number),
      cmocka_unit_test(limits_connections_of_an_address),
      cmocka_unit_test(asks_before_it_reads_bodies),
      cmocka_unit_test(believes_only_trusted_proxies),
      cmocka_unit_test(gives_every_request_an_id),
      TEST(ends_idle_connections),
      TEST(ends_slow_heads),
      TEST(ends_slow_bodies),
      TEST(ends_streams_below_the_least_rate),
      TEST(gives_paused_streams_time),
      TEST(waits_for_its_own_handlers),
      TEST(ends_clients_that_never_read),
      TEST(ends_clients_that_never_close),
      TEST(ends_skipped_bodies_that_never_come),
      TEST(does_not_blame_clients_for_its_own_sleep),
      TEST(drains),
      TEST(drains_until_the_deadline),
      TEST(does_not_drain_for_clients_that_keep_connections),
      TEST(drains_at_once),
      TEST(drains_an_unused_server),
      TEST(survives_running_out_of_descriptors),
      cmocka_unit_test(serves_fewer_than_there_are_descriptors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
