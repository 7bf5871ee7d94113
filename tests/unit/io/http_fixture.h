/* http_fixture.h - an HTTP server on a loop of its own with clients beside it, all on the test's thread.
 *
 * A client is one end of a socket pair (or a TCP connection) without blocking; the server has the other. RUN_UNTIL turns the
 * loop and moves the clients' bytes until something holds. Time-outs run on a clock that only the test moves. Nothing sleeps;
 * a timer of the loop bounds what goes wrong. */
#ifndef EMBUDO_HTTP_FIXTURE_H
#define EMBUDO_HTTP_FIXTURE_H

#include "unit.h"

#include "io/http/http_private.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { CLIENTS_MAX = 64, KEPT_MAX = 32, GIVE_UP_MS = 20000 };

struct client {
  int fd; /* -1: not open */
  struct buf to_send, got;
  bool half_close; /* when all is sent */
  bool silent;     /* does not read */
  bool eof, reset; /* seen from the server */
};

struct fixture {
  struct loop *loop;
  struct http_server *server;
  int64_t clock_ms;
  struct client clients[CLIENTS_MAX];
  struct http_exchange *kept[KEPT_MAX]; /* what /later did not answer yet; NULL: finished */
  int kept_count;
  int gone_count, done_count;
  struct buf log; /* what stream handlers saw */
  bool drained, expired;
  uv_timer_t bound;
};

static struct fixture fixture;

/* --- the clock and the loop --- */

static inline int64_t fixture_now(void *clock) {
  return *(int64_t *)clock;
}

static inline int64_t fixture_wall(void) {
  return INT64_C(784111777000); /* Sun, 06 Nov 1994 08:49:37 GMT */
}

static inline void fixture_advance(int64_t ms) {
  fixture.clock_ms += ms;
  http_server_sweep(fixture.server);
}

static inline void fixture_expire(uv_timer_t *timer) {
  (void)timer;
  fixture.expired = true;
}

/* --- clients --- */

static inline void client_send_pending(struct client *c) {
  while (c->to_send.len) {
    ssize_t sent = send(c->fd, c->to_send.data, c->to_send.len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) buf_clear(&c->to_send);
    if (sent <= 0) return;
    c->to_send.len -= (size_t)sent;
    memmove(c->to_send.data, c->to_send.data + sent, c->to_send.len);
  }
  if (c->half_close) shutdown(c->fd, SHUT_WR);
  c->half_close = false;
}

static inline void client_receive(struct client *c) {
  char room[65536];
  while (!c->silent && !c->eof && !c->reset) {
    ssize_t got = recv(c->fd, room, sizeof room, 0);
    if (got > 0) {
      buf_add(&c->got, room, (size_t)got);
    } else {
      c->eof = got == 0;
      c->reset = got < 0 && errno != EAGAIN;
      return;
    }
  }
}

static inline void fixture_turn(void) {
  for (int i = 0; i < CLIENTS_MAX; i++)
    if (fixture.clients[i].fd >= 0) client_send_pending(&fixture.clients[i]);
  loop_turn(fixture.loop, false);
  for (int i = 0; i < CLIENTS_MAX; i++)
    if (fixture.clients[i].fd >= 0) client_receive(&fixture.clients[i]);
}

#define RUN_UNTIL(condition)                                                                                 \
  do {                                                                                                       \
    fixture.expired = false;                                                                                 \
    uv_timer_start(&fixture.bound, fixture_expire, GIVE_UP_MS, 0);                                           \
    while (!(condition)) {                                                                                   \
      fixture_turn();                                                                                        \
      if (fixture.expired) fail_msg("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);         \
    }                                                                                                        \
    uv_timer_stop(&fixture.bound);                                                                           \
  } while (0)

/* Enough turns for anything that is under way to have happened. */
static inline void fixture_quiet(void) {
  for (int i = 0; i < 20; i++) fixture_turn();
}

static inline struct client *client_new(int fd) {
  for (int i = 0; i < CLIENTS_MAX; i++) {
    struct client *c = &fixture.clients[i];
    if (c->fd >= 0) continue;
    *c = (struct client){.fd = fd};
    buf_init(&c->to_send);
    buf_init(&c->got);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return c;
  }
  fail_msg("more clients than the fixture has room for");
  return NULL;
}

/* A client that the server takes to come from `addr`. */
static inline struct client *client_from(const char *addr) {
  int pair[2];
  struct sockaddr_in in = {.sin_family = AF_INET};
  assert_int_equal(inet_pton(AF_INET, addr, &in.sin_addr), 1);
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
  http_conn_open(fixture.server, pair[1], (struct sockaddr *)&in);
  return client_new(pair[0]);
}

static inline struct client *client_open(void) {
  return client_from("127.0.0.1");
}

static inline struct client *client_connect(void) {
  struct sockaddr_in in = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)http_server_port(fixture.server))};
  in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof in), 0);
  return client_new(fd);
}

static inline void client_close(struct client *c) {
  if (c->fd >= 0) close(c->fd);
  buf_release(&c->to_send);
  buf_release(&c->got);
  c->fd = -1;
}

static inline void client_add(struct client *c, struct str bytes) {
  buf_add_str(&c->to_send, bytes);
}

static inline void client_say(struct client *c, const char *text) {
  client_add(c, str_of(text));
}

static inline bool client_over(const struct client *c) {
  return c->eof || c->reset;
}

static inline bool client_has(const struct client *c, const char *text) {
  return c->got.len && memmem(c->got.data, c->got.len, text, strlen(text));
}

/* --- answers --- */

/* The size of the answer at the front of `bytes`, 0 when it is not complete; *status, and *body's place. */
static inline size_t answer_size(struct str bytes, int *status, struct str *body) {
  const char *end = bytes.len ? memmem(bytes.p, bytes.len, "\r\n\r\n", 4) : NULL;
  if (!end) return 0;
  struct str head = {bytes.p, (size_t)(end - bytes.p) + 4};
  assert_true(str_starts(head, STR("HTTP/1.1 ")));
  *status = (int)strtol(bytes.p + strlen("HTTP/1.1 "), NULL, 10);
  const char *length = memmem(head.p, head.len, "Content-Length: ", 16);
  const char *chunked = memmem(head.p, head.len, "Transfer-Encoding: chunked", 26);
  size_t size = length ? (size_t)strtol(length + 16, NULL, 10) : 0;
  if (chunked) {
    const char *last = memmem(end, bytes.len - head.len + 4, "\r\n0\r\n\r\n", 7);
    if (!last) return 0;
    size = (size_t)(last + 7 - (end + 4));
  }
  *body = (struct str){end + 4, size};
  return head.len + size <= bytes.len ? head.len + size : 0;
}

/* The statuses of all answers a client has got, "200 404"; "+" for a started one, "." when the connection has ended. */
static inline const char *client_statuses(const struct client *c) {
  static char text[1024];
  struct str rest = buf_str(&c->got), body;
  size_t size, at = 0;
  int status;
  text[0] = '\0';
  while ((size = answer_size(rest, &status, &body)) > 0) {
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%d", at ? " " : "", status);
    rest.p += size;
    rest.len -= size;
  }
  snprintf(text + at, sizeof text - at, "%s%s", rest.len ? "+" : "", c->reset ? "!" : c->eof ? "." : "");
  return text;
}

static inline int client_answers(const struct client *c) {
  struct str rest = buf_str(&c->got), body;
  int count = 0, status;
  for (size_t size; (size = answer_size(rest, &status, &body)) > 0; count++) {
    rest.p += size;
    rest.len -= size;
  }
  return count;
}

/* The n-th answer's body, from 0. */
static inline struct str client_body(const struct client *c, int n) {
  struct str rest = buf_str(&c->got), body = {0};
  int status;
  for (size_t size; (size = answer_size(rest, &status, &body)) > 0 && n > 0; n--) {
    rest.p += size;
    rest.len -= size;
  }
  return body;
}

/* --- handlers --- */

static inline void handle_hello(struct http_exchange *x, void *app) {
  (void)app;
  http_exchange_answer(x, 200, "text/plain", STR("hello"));
}

static inline void handle_echo(struct http_exchange *x, void *app) {
  (void)app;
  http_exchange_answer(x, 200, "application/octet-stream", http_exchange_request(x)->body);
}

static inline void handle_item(struct http_exchange *x, void *app) {
  (void)app;
  http_exchange_answer(x, 200, "text/plain", http_request_param(http_exchange_request(x), STR("id")));
}

static inline void kept_gone(struct http_exchange *x) {
  assert_true(http_exchange_is_gone(x));
  fixture.gone_count++;
}

/* Answered when the test says so. */
static inline void handle_later(struct http_exchange *x, void *app) {
  (void)app;
  assert_true(fixture.kept_count < KEPT_MAX);
  http_exchange_on_gone(x, kept_gone);
  fixture.kept[fixture.kept_count++] = x;
}

static inline void fixture_answer(int kept, const char *text) {
  struct http_exchange *x = fixture.kept[kept];
  assert_non_null(x);
  fixture.kept[kept] = NULL;
  http_exchange_answer(x, 200, "text/plain", str_of(text));
}

static inline void stream_chunk(struct http_exchange *x, struct str bytes) {
  (void)x;
  assert_true(bytes.len > 0);
  buf_add_str(&fixture.log, bytes);
}

static inline void stream_ended(struct http_exchange *x, const struct http_failure *failure) {
  char text[64];
  if (failure) {
    http_exchange_refuse(x, failure);
    return;
  }
  snprintf(text, sizeof text, "%zu bytes", fixture.log.len);
  http_exchange_answer(x, 200, "text/plain", str_of(text));
}

static const struct http_reader stream_reader = {stream_chunk, stream_ended};

static inline void handle_stream(struct http_exchange *x, void *app) {
  (void)app;
  buf_clear(&fixture.log);
  http_exchange_read(x, &stream_reader);
}

/* The handler reads when the test says so. */
static inline void handle_stream_later(struct http_exchange *x, void *app) {
  buf_clear(&fixture.log);
  handle_later(x, app);
}

/* Answers before the body. */
static inline void handle_stream_refuse(struct http_exchange *x, void *app) {
  (void)app;
  http_exchange_fail(x, 401, "unauthorized", "no key");
}

static const struct http_cors any_origin = {0};
static const struct str listed_origins[] = {{"https://a.example", 17}};
static const struct http_cors listed_origin = {listed_origins, 1};

static const struct http_route fixture_routes[] = {
    {.method = "GET", .path = "/", .handle = handle_hello},
    {.method = "GET", .path = "/hello", .handle = handle_hello},
    {.method = "POST", .path = "/echo", .handle = handle_echo, .cors = &any_origin},
    {.method = "PUT", .path = "/echo", .handle = handle_echo, .cors = &any_origin},
    {.method = "POST", .path = "/small", .handle = handle_echo, .body_max = 100, .cors = &listed_origin},
    {.method = "GET", .path = "/items/{id}", .handle = handle_item},
    {.method = "GET", .path = "/items/special", .handle = handle_hello},
    {.method = "GET", .path = "/later", .handle = handle_later},
    {.method = "POST", .path = "/later", .handle = handle_later},
    {.method = "GET", .path = "/health", .handle = handle_hello, .flags = HTTP_ROUTE_ALWAYS},
    {.method = "POST", .path = "/stream", .handle = handle_stream, .flags = HTTP_ROUTE_STREAM},
    {.method = "POST", .path = "/stream/later", .handle = handle_stream_later, .flags = HTTP_ROUTE_STREAM},
    {.method = "POST", .path = "/stream/refuse", .handle = handle_stream_refuse, .flags = HTTP_ROUTE_STREAM},
};

static inline void fixture_done(void *app, const struct http_done *done) {
  (void)app, (void)done;
  fixture.done_count++;
}

/* --- life --- */

static inline void fixture_start_with(struct http_options options) {
  struct err err;
  memset(&fixture, 0, sizeof fixture);
  for (int i = 0; i < CLIENTS_MAX; i++) fixture.clients[i].fd = -1;
  buf_init(&fixture.log);
  fixture.clock_ms = 1000;
  fixture.loop = loop_new(&err);
  assert_non_null(fixture.loop);
  uv_timer_init(loop_uv(fixture.loop), &fixture.bound);
  if (!options.routes) {
    options.routes = fixture_routes;
    options.route_count = COUNT_OF(fixture_routes);
  }
  if (!options.done) options.done = fixture_done;
  options.now_ms = fixture_now;
  options.clock = &fixture.clock_ms;
  options.wall_ms = fixture_wall;
  fixture.server = http_server_new(fixture.loop, &options);
  if (http_server_listen(fixture.server, "127.0.0.1:0", &err) != 0) fail_msg("%s", err.text);
}

static inline int fixture_start(void **state) {
  (void)state;
  fixture_start_with((struct http_options){0});
  return 0;
}

static inline void fixture_drained(void *arg) {
  (void)arg;
  fixture.drained = true;
}

/* All exchanges finished, all handles closed: the server and the loop assert it. */
static inline int fixture_stop(void **state) {
  (void)state;
  http_server_drain(fixture.server, 0, fixture_drained, NULL);
  RUN_UNTIL(fixture.drained || fixture.server->drain_told);
  for (int i = 0; i < fixture.kept_count; i++)
    if (fixture.kept[i]) fixture_answer(i, "late");
  for (int i = 0; i < CLIENTS_MAX; i++)
    if (fixture.clients[i].fd >= 0) client_close(&fixture.clients[i]);
  assert_int_equal(fixture.server->stats.bodies_bytes, 0);
  assert_int_equal(fixture.server->stats.exchanges, 0);
  assert_int_equal(fixture.server->stats.connections, 0);
  http_server_free(fixture.server);
  uv_close((uv_handle_t *)&fixture.bound, NULL);
  loop_free(fixture.loop);
  buf_release(&fixture.log);
  return 0;
}

/* Sends the text and half-closes; waits for the end of the connection. */
static inline const char *client_exchange(struct client *c, struct str text) {
  client_add(c, text);
  c->half_close = true;
  RUN_UNTIL(client_over(c));
  return client_statuses(c);
}

#endif
