/* fake_provider.h - an HTTP service on this machine that answers well, or misbehaves on purpose: for tests of outbound calls.
 *
 * The path says what happens:
 *   /ok            200 {"ok":true}                  /echo          200 and the request as it came
 *   /status/404    that status, no body             /later/429/7   that status with Retry-After: 7
 *   /hang          never answers                    /half          less of a body than promised, then the end
 *   /reset         breaks the connection            /big           10 MB, without a length
 *   /huge          says 10 MB, sends them           /badjson       200 {"ok":
 *   /garbage       no HTTP                          /redirect      302 to /ok
 *   /deep          200 and JSON nested 100 000 deep
 *   /manyheaders   200 with 10 000 headers         /longheader    200 with one of 1 MB
 * Anything else is given to `answer` if there is one, else 404.
 *
 * A thread for each connection, on a free port of 127.0.0.1; a connection takes requests until the client ends it.
 * fake_provider_stop breaks what is open and waits for all of them. Other paths' `answer` runs on those threads, one at a time.
 */
#ifndef EMBUDO_FAKE_PROVIDER_H
#define EMBUDO_FAKE_PROVIDER_H

#include "unit.h"

#include "base/buf.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FAKE_CONNECTIONS_MAX = 1024, FAKE_REQUEST_MAX = 65536, FAKE_BIG = 10 * 1000 * 1000 };

struct fake_provider;

struct fake_connection {
  struct fake_provider *provider;
  pthread_t thread;
  int fd;
  char request[FAKE_REQUEST_MAX];
};

struct fake_provider {
  int listener, port;
  pthread_t thread;
  pthread_mutex_t lock; /* of connections, and of `answer` */
  struct fake_connection *connections[FAKE_CONNECTIONS_MAX];
  int connection_count;
  atomic_int requests;
  atomic_bool stopping;
  /* Appends a whole answer, status line and all, to `out`. */
  void (*answer)(void *arg, const char *path, const char *request, struct buf *out);
  void *arg;
};

static inline bool fake_send(int fd, const char *bytes, size_t len) {
  while (len) {
    ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    len -= (size_t)sent;
  }
  return true;
}

static inline void fake_answer(struct buf *out, int status, const char *headers, const char *body) {
  buf_printf(out, "HTTP/1.1 %d Fake\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers, strlen(body), body);
}

static inline bool fake_big(int fd, const char *head) {
  static const char piece[10000] = {[0 ... 9999] = 'x'};
  bool alive = fake_send(fd, head, strlen(head));
  for (int sent = 0; alive && sent < FAKE_BIG; sent += (int)sizeof piece)
    alive = fake_send(fd, piece, sizeof piece);
  return false;
}

static inline void fake_wait_for_end(int fd) {
  char room[256];
  while (recv(fd, room, sizeof room, 0) > 0) continue;
}

/* So many headers, of so many bytes each. */
static inline void fake_headers(struct buf *out, int count, size_t size) {
  buf_add_text(out, "HTTP/1.1 200 Fake\r\n");
  for (int i = 0; i < count; i++) {
    buf_printf(out, "X-%d: ", i);
    buf_add_repeat(out, 'y', size);
    buf_add_text(out, "\r\n");
  }
  buf_add_text(out, "Content-Length: 2\r\n\r\n{}");
}

static inline void fake_deep(struct buf *out) {
  struct buf body;
  buf_init(&body);
  buf_add_repeat(&body, '[', 100000);
  fake_answer(out, 200, "", body.data);
  buf_release(&body);
}

/* False: the connection ends. */
static inline bool fake_behave(struct fake_connection *c, const char *path, struct buf *out) {
  struct linger at_once = {1, 0};
  int status = 0, wait_s = 0;
  char headers[64] = "";
  if (strcmp(path, "/hang") == 0) return fake_wait_for_end(c->fd), false;
  if (strcmp(path, "/big") == 0) return fake_big(c->fd, "HTTP/1.1 200 Fake\r\nConnection: close\r\n\r\n");
  if (strcmp(path, "/huge") == 0)
    return fake_big(c->fd, "HTTP/1.1 200 Fake\r\nContent-Length: 10000000\r\n\r\n");
  if (strcmp(path, "/reset") == 0)
    return setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), false;
  if (strcmp(path, "/half") == 0)
    return fake_send(c->fd, "HTTP/1.1 200 Fake\r\nContent-Length: 10\r\n\r\n{", 42), false;
  if (strcmp(path, "/garbage") == 0) return fake_send(c->fd, "220 mail.example ESMTP\r\n", 24), false;
  if (strcmp(path, "/ok") == 0)
    fake_answer(out, 200, "Content-Type: application/json\r\n", "{\"ok\":true}");
  else if (strcmp(path, "/echo") == 0)
    fake_answer(out, 200, "X-Echo:  yes \r\n", c->request);
  else if (strcmp(path, "/badjson") == 0)
    fake_answer(out, 200, "", "{\"ok\":");
  else if (strcmp(path, "/deep") == 0)
    fake_deep(out);
  else if (strcmp(path, "/manyheaders") == 0)
    fake_headers(out, 10000, 90);
  else if (strcmp(path, "/longheader") == 0)
    fake_headers(out, 1, 1024 * 1024);
  else if (strcmp(path, "/redirect") == 0)
    fake_answer(out, 302, "Location: /ok\r\n", "");
  else if (sscanf(path, "/status/%d", &status) == 1)
    fake_answer(out, status, "", "");
  else if (sscanf(path, "/later/%d/%d", &status, &wait_s) == 2)
    snprintf(headers, sizeof headers, "Retry-After: %d\r\n", wait_s), fake_answer(out, status, headers, "");
  else if (c->provider->answer) {
    pthread_mutex_lock(&c->provider->lock);
    c->provider->answer(c->provider->arg, path, c->request, out);
    pthread_mutex_unlock(&c->provider->lock);
  } else
    fake_answer(out, 404, "", "");
  return fake_send(c->fd, out->data, out->len);
}

/* A whole request is in c->request; false: the client ended. */
static inline bool fake_read(struct fake_connection *c) {
  size_t got = 0;
  for (;;) {
    ssize_t n = recv(c->fd, c->request + got, sizeof c->request - 1 - got, 0);
    if (n <= 0) return false;
    got += (size_t)n;
    c->request[got] = '\0';
    const char *end = strstr(c->request, "\r\n\r\n"),
               *length = strcasestr(c->request, "\r\nContent-Length: ");
    size_t body = length ? (size_t)strtoul(length + 18, NULL, 10) : 0;
    if (end && got >= (size_t)(end + 4 - c->request) + body) return true;
  }
}

static inline void *fake_serve(void *arg) {
  struct fake_connection *c = arg;
  char path[512];
  struct buf out;
  buf_init(&out);
  for (bool alive = true; alive && fake_read(c);) {
    atomic_fetch_add(&c->provider->requests, 1);
    buf_clear(&out);
    alive = sscanf(c->request, "%*s %511s", path) == 1 && fake_behave(c, path, &out);
  }
  buf_release(&out);
  pthread_mutex_lock(&c->provider->lock);
  close(c->fd);
  c->fd = -1;
  pthread_mutex_unlock(&c->provider->lock);
  return NULL;
}

static inline void *fake_accept(void *arg) {
  struct fake_provider *provider = arg;
  for (int fd; (fd = accept(provider->listener, NULL, NULL)) >= 0;) {
    struct fake_connection *c = calloc(1, sizeof *c);
    pthread_mutex_lock(&provider->lock);
    bool room = provider->connection_count < FAKE_CONNECTIONS_MAX && !atomic_load(&provider->stopping);
    if (room) {
      *c = (struct fake_connection){.provider = provider, .fd = fd};
      provider->connections[provider->connection_count++] = c;
      pthread_create(&c->thread, NULL, fake_serve, c);
    } else
      close(fd), free(c);
    pthread_mutex_unlock(&provider->lock);
  }
  return NULL;
}

static inline void fake_provider_start(struct fake_provider *provider) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t len = sizeof address;
  *provider = (struct fake_provider){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  pthread_mutex_init(&provider->lock, NULL);
  assert_int_equal(bind(provider->listener, (struct sockaddr *)&address, len), 0);
  assert_int_equal(listen(provider->listener, 128), 0);
  assert_int_equal(getsockname(provider->listener, (struct sockaddr *)&address, &len), 0);
  provider->port = ntohs(address.sin_port);
  assert_int_equal(pthread_create(&provider->thread, NULL, fake_accept, provider), 0);
}

static inline void fake_provider_stop(struct fake_provider *provider) {
  atomic_store(&provider->stopping, true);
  shutdown(provider->listener, SHUT_RDWR);
  pthread_join(provider->thread, NULL);
  close(provider->listener);
  pthread_mutex_lock(&provider->lock);
  for (int i = 0; i < provider->connection_count; i++)
    if (provider->connections[i]->fd >= 0) shutdown(provider->connections[i]->fd, SHUT_RDWR);
  pthread_mutex_unlock(&provider->lock);
  for (int i = 0; i < provider->connection_count; i++) {
    pthread_join(provider->connections[i]->thread, NULL);
    free(provider->connections[i]);
  }
  pthread_mutex_destroy(&provider->lock);
}

#endif
