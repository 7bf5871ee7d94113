/* Crowds: slow clients that take all places, connections that come and go by the thousand, no file descriptors left. */
#include "http_fixture.h"

#include <sys/resource.h>
#include <sys/wait.h>

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

enum { PLACES = 40, CHURN = 5000, PROBES = 10 };

static const struct http_stats *stats(void) {
  return http_server_stats(fixture.server);
}

/* --- slow clients --- */

static void expect_served(const char *statuses) {
  struct client *c = client_open();
  client_say(c, GET("/hello"));
  RUN_UNTIL(strcmp(client_statuses(c), statuses) == 0);
  client_close(c);
  fixture_quiet();
}

/* All places are taken by clients of one kind. */
static void take_places(const char *request, size_t body, bool silent) {
  for (int i = 0; i < PLACES; i++) {
    struct client *c = client_open();
    client_say(c, request);
    if (body) buf_add_repeat(&c->to_send, 'x', body);
    c->silent = silent;
    RUN_UNTIL(c->to_send.len == 0);
  }
  fixture_quiet();
  assert_int_equal(stats()->connections, PLACES);
}

/* Each sends a little, which must not help it. */
static void trickle(const char *bytes) {
  for (int i = 0; i < PLACES; i++)
    if (fixture.clients[i].fd >= 0 && !client_over(&fixture.clients[i]))
      client_say(&fixture.clients[i], bytes);
  fixture_quiet();
}

static void makes_room_among_slow_clients(void **state) {
  (void)state;
  static const struct {
    const char *request;
    size_t body;
    bool silent;
    const char *trickle;
  } kinds[] = {
      {"GET /hello HTTP/1.1\r\n", 0, false, "A: b\r\n"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", 0, false, "x"},
      {"POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 0, false, "1\r\nx\r\n"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n", 4000000, true, ""},
      {"GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 0, false, "x"}, /* never closes */
  };
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    fixture_start_with((struct http_options){.limits = {.connections = PLACES}});
    take_places(kinds[i].request, kinds[i].body, kinds[i].silent);
    expect_served("503."); /* they have had no time yet */
    fixture.clock_ms += HTTP_PATIENCE_MS - 1;
    trickle(kinds[i].trickle);
    expect_served("503.");
    fixture.clock_ms += 1;
    for (int probe = 1; probe <= PROBES; probe++) {
      expect_served("200");
      assert_int_equal(stats()->evicted, 1); /* the probe's own place serves the next one */
    }
    fixture_stop(NULL);
  }
}

/* The slowest, and nobody who is served or sends fast enough. */
static void lets_the_slowest_go_first(void **state) {
  (void)state;
  fixture_start_with((struct http_options){.limits = {.connections = 3}});
  struct client *slower = client_open(), *slow = client_open(), *quick = client_open();
  client_say(slower, "GET");
  fixture_quiet();
  fixture.clock_ms += 10;
  client_say(slow, "GET");
  client_say(quick, "POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  fixture_quiet();
  fixture.clock_ms += HTTP_PATIENCE_MS;
  buf_add_repeat(&quick->to_send, 'x', 1000);
  RUN_UNTIL(fixture.log.len == 1000);
  for (int i = 0; i < 2; i++) {
    client_say(client_open(), GET("/later"));
    RUN_UNTIL(fixture.kept_count == i + 1);
    RUN_UNTIL(client_over(i ? slow : slower));
    assert_int_equal(client_over(slow), i);
  }
  fixture.clock_ms += HTTP_PATIENCE_MS;
  expect_served("503.");
  assert_false(client_over(quick));
  assert_int_equal(stats()->evicted, 2);
  fixture_stop(NULL);
}

/* --- coming and going --- */

static void come_and_go(int kind) {
  static const char *const says[] = {
      "",
      GET("/hello"),
      "garbage\r\n\r\n",
      "GET /hel",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx",
      "POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      GET("/later")};
  struct client *c = client_connect();
  struct linger hard = {1, 0};
  size_t said = (size_t)kind % COUNT_OF(says);
  client_say(c, says[said]);
  if (said == 1 || said == 2)
    RUN_UNTIL(client_answers(c) == 1);
  else
    fixture_turn();
  if (kind % 2) setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard); /* RST */
  client_close(c);
}

/* Answers what is with the test, so that nothing but the connections is left to leak. */
static void answer_kept(void) {
  for (int i = 0; i < fixture.kept_count; i++)
    if (fixture.kept[i]) fixture_answer(i, "late");
  fixture.kept_count = 0;
}

static int lowest_free_fd(void) {
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  close(fd);
  return fd;
}

static void leaks_nothing(void **state) {
  (void)state;
  int lowest = lowest_free_fd();
  for (int round = 1; round <= CHURN; round++) {
    come_and_go(round);
    if (round % 50) continue;
    RUN_UNTIL(stats()->accepted == (uint64_t)round);
    RUN_UNTIL((answer_kept(), stats()->connections == 0));
    fixture_quiet();
    assert_int_equal(lowest_free_fd(), lowest);
    assert_int_equal(fixture.server->live_exchanges, 0);
    assert_int_equal(stats()->bodies_bytes, 0);
  }
}

/* --- 64 file descriptors --- */

enum { FDS = 64, MANY = 200 };

static int connect_blocking(int port) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&in, sizeof in) == 0) return fd;
  _exit(2);
}

/* In a process of its own: more clients at once than the server can have; each asks, waits for its answer, and leaves. */
static void be_many(int port) {
  static int fds[MANY];
  char answer[512];
  alarm(GIVE_UP_MS / 1000);
  for (int i = 0; i < MANY; i++) {
    fds[i] = connect_blocking(port);
    if (send(fds[i], GET("/hello"), strlen(GET("/hello")), MSG_NOSIGNAL) < 0) _exit(3);
  }
  for (int i = 0; i < MANY; i++) {
    if (recv(fds[i], answer, sizeof answer, 0) < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0) _exit(4);
    close(fds[i]);
  }
  _exit(0);
}

static void serves_many_with_few_descriptors(void **state) {
  (void)state;
  struct rlimit before, few;
  getrlimit(RLIMIT_NOFILE, &before);
  few = (struct rlimit){FDS, before.rlim_max};
  int status = -1;
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) be_many(http_server_port(fixture.server));
  setrlimit(RLIMIT_NOFILE, &few);
  RUN_UNTIL(waitpid(child, &status, WNOHANG) == child);
  setrlimit(RLIMIT_NOFILE, &before);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  assert_true(stats()->accept_pauses > 0);
  assert_int_equal(stats()->accepted, MANY);
  assert_int_equal(stats()->evicted, 0);
  RUN_UNTIL(stats()->connections == 0);
  assert_false(fixture.server->accept_paused);
  assert_true(fixture.server->spare_fd >= 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(makes_room_among_slow_clients),
      cmocka_unit_test(lets_the_slowest_go_first),
      cmocka_unit_test_setup_teardown(leaks_nothing, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(serves_many_with_few_descriptors, fixture_start, fixture_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
