/* Listening sockets. Not uv_listen: that drops clients when file descriptors run out; a polled socket can be left alone
 * until there are some again, and its clients wait. */
#include "io/http/http_private.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

enum { BACKLOG = 1024, ACCEPTS_A_TURN = 64, HOST_TEXT_MAX = 256, PORT_TEXT_MAX = 6 };

/* --- accepting --- */

static void on_acceptable(uv_poll_t *poll, int status, int events);

static void watch(struct http_listener *listener) {
  ASSERT(uv_poll_start(&listener->poll, UV_READABLE, on_acceptable) == 0);
}

static int take_spare(void) {
  return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void pause_accepting(struct http_server *server) {
  if (server->accept_paused) return;
  server->accept_paused = true;
  server->stats.accept_pauses++;
  if (server->spare_fd >= 0) close(server->spare_fd);
  server->spare_fd = -1;
  for (int i = 0; i < server->listener_count; i++) uv_poll_stop(&server->listeners[i]->poll);
  http_server_notice(server, "out of file descriptors: no connections are accepted for now");
}

/* Room for the spare alone is not enough: the next client needs one too. */
void http_listen_resume(struct http_server *server) {
  if (!server->accept_paused || server->draining) return;
  int spare = take_spare(), probe = spare < 0 ? -1 : take_spare();
  if (probe < 0) {
    if (spare >= 0) close(spare);
    return;
  }
  close(probe);
  server->spare_fd = spare;
  server->accept_paused = false;
  for (int i = 0; i < server->listener_count; i++) watch(server->listeners[i]);
  http_server_notice(server, "connections are accepted again");
}

/* False: enough for this turn. */
static bool accept_one(struct http_listener *listener) {
  struct sockaddr_storage addr = {0};
  socklen_t len = sizeof addr;
  int fd = accept4(listener->fd, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    listener->server->stats.accepted++;
    http_conn_open(listener->server, fd, (struct sockaddr *)&addr);
    return true;
  }
  if (errno == EINTR || errno == ECONNABORTED) return true;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
    pause_accepting(listener->server);
  return false;
}

static void on_acceptable(uv_poll_t *poll, int status, int events) {
  struct http_listener *listener = poll->data;
  (void)status, (void)events;
  for (int i = 0; i < ACCEPTS_A_TURN; i++)
    if (!accept_one(listener)) return;
}

/* --- opening --- */

static int bind_and_listen(const struct addrinfo *at) {
  int fd = socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol), on = 1;
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) return fd;
  int saved = errno;
  close(fd);
  errno = saved;
  return -1;
}

static int port_of(int fd) {
  union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
  } addr = {.v6 = {0}};
  socklen_t len = sizeof addr;
  if (getsockname(fd, &addr.any, &len) != 0) return 0;
  return ntohs(addr.any.sa_family == AF_INET6 ? addr.v6.sin6_port : addr.v4.sin_port);
}

static void add_listener(struct http_server *server, int fd) {
  struct http_listener *listener = xcalloc(1, sizeof *listener);
  listener->server = server;
  listener->fd = fd;
  ASSERT(uv_poll_init(loop_uv(server->loop), &listener->poll, fd) == 0);
  listener->poll.data = listener;
  server->handles++;
  if (!server->port) server->port = port_of(fd);
  server->listeners[server->listener_count++] = listener;
  watch(listener);
}

/* "host:port" or "[host]:port" in two; an empty host is all addresses. */
static int split(const char *address, char host[HOST_TEXT_MAX], char port[PORT_TEXT_MAX], struct err *err) {
  const char *colon = strrchr(address, ':');
  bool bracketed = address[0] == '[';
  const char *start = address + bracketed, *end = colon ? colon - bracketed : NULL;
  bool sound =
      colon && end >= start && end - start < HOST_TEXT_MAX && strlen(colon + 1) < PORT_TEXT_MAX && colon[1];
  if (sound && bracketed) sound = *end == ']';
  if (sound && !bracketed) sound = !memchr(start, ':', (size_t)(end - start));
  if (sound)
    sound = strspn(colon + 1, "0123456789") == strlen(colon + 1) && strtol(colon + 1, NULL, 10) <= UINT16_MAX;
  if (!sound)
    return err_set(err, ERR_USAGE,
                   "cannot listen on \"%s\": expected HOST:PORT, as in 127.0.0.1:8080 or [::1]:8080",
                   address);
  memcpy(host, start, (size_t)(end - start));
  host[end - start] = '\0';
  memcpy(port, colon + 1, strlen(colon + 1) + 1);
  return 0;
}

int http_server_listen(struct http_server *server, const char *address, struct err *err) {
  char host[HOST_TEXT_MAX] = "", port[PORT_TEXT_MAX];
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found;
  if (split(address, host, port, err) != 0) return -1;
  int code = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
  if (code != 0) return err_set(err, ERR_SYSTEM, "cannot listen on %s: %s", address, gai_strerror(code));
  int opened = 0, saved = 0;
  for (const struct addrinfo *at = found; at && server->listener_count < HTTP_LISTENERS_MAX;
       at = at->ai_next) {
    int fd = bind_and_listen(at);
    if (fd >= 0) add_listener(server, fd);
    if (fd >= 0)
      opened++;
    else
      saved = errno;
  }
  freeaddrinfo(found);
  errno = saved;
  if (!opened) return err_system(err, "cannot listen on %s", address);
  if (server->spare_fd < 0) server->spare_fd = take_spare();
  return 0;
}

/* --- closing --- */

static void on_listener_closed(uv_handle_t *handle) {
  struct http_listener *listener = handle->data;
  struct http_server *server = listener->server;
  close(listener->fd);
  free(listener);
  http_server_handle_closed(server);
}

void http_listen_close(struct http_server *server) {
  for (int i = 0; i < server->listener_count; i++) {
    uv_poll_stop(&server->listeners[i]->poll);
    uv_close((uv_handle_t *)&server->listeners[i]->poll, on_listener_closed);
  }
  server->listener_count = 0;
}
