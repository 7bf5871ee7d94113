#include "io/notify.h"

#include "base/err.h"
#include "base/str.h"
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

struct notify {
  int fd; /* -1: nobody listens */
  struct sockaddr_un to;
  socklen_t to_len;
};

/* False for what is no address of a socket. */
static bool read_address(struct notify *notify, const char *address) {
  size_t len = address ? strlen(address) : 0;
  if (len < 2 || len >= sizeof notify->to.sun_path || (*address != '/' && *address != '@')) return false;
  notify->to.sun_family = AF_UNIX;
  memcpy(notify->to.sun_path, address, len);
  bool abstract = *address == '@';
  if (abstract) notify->to.sun_path[0] = '\0';
  notify->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + !abstract);
  return true;
}

struct notify *notify_new(const char *address) {
  struct notify *notify = xcalloc(1, sizeof *notify);
  struct timeval wait = {NOTIFY_WAIT_MS / 1000, NOTIFY_WAIT_MS % 1000 * 1000};
  notify->fd = read_address(notify, address) ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
  if (notify->fd >= 0) setsockopt(notify->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  return notify;
}

void notify_free(struct notify *notify) {
  if (!notify) return;
  if (notify->fd >= 0) close(notify->fd);
  free(notify);
}

static bool tell(struct notify *notify, const char *text, int flags) {
  size_t len = strlen(text);
  ssize_t sent;
  if (notify->fd < 0) return false;
  do
    sent = sendto(notify->fd, text, len, flags | MSG_NOSIGNAL, (const struct sockaddr *)&notify->to,
                  notify->to_len);
  while (sent < 0 && errno == EINTR);
  return sent == (ssize_t)len;
}

bool notify_ready(struct notify *notify) {
  return tell(notify, "READY=1", 0);
}

bool notify_stopping(struct notify *notify) {
  return tell(notify, "STOPPING=1", 0);
}

bool notify_alive(struct notify *notify) {
  return tell(notify, "WATCHDOG=1", MSG_DONTWAIT);
}

/* A line end would begin another message. */
bool notify_status(struct notify *notify, const char *text) {
  char line[NOTIFY_STATUS_MAX + 16];
  snprintf(line, sizeof line, "STATUS=%.*s", NOTIFY_STATUS_MAX, text);
  for (char *c = line; *c; c++)
    if ((unsigned char)*c < ' ') *c = ' ';
  return tell(notify, line, MSG_DONTWAIT);
}

static int64_t number_of(const char *text) {
  int64_t number = 0;
  size_t len = text ? strlen(text) : 0;
  if (len == 0 || len > 18) return 0;
  for (size_t i = 0; i < len; i++) {
    if (text[i] < '0' || text[i] > '9') return 0;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

int64_t notify_alive_every_ms(const char *watchdog_usec, const char *watchdog_pid, pid_t self) {
  if (watchdog_pid && *watchdog_pid && number_of(watchdog_pid) != self) return 0;
  int64_t allowed_us = number_of(watchdog_usec);
  return allowed_us == 0 ? 0 : allowed_us < 2000 ? 1 : allowed_us / 2000;
}
