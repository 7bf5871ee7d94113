/* notify.h - tells a service manager what the daemon is about: systemd's sd_notify protocol, a datagram to a socket.
 *
 * Without a manager (no NOTIFY_SOCKET) every call does nothing. Nothing here fails loudly: a daemon serves whether or not
 * somebody listens. The messages that change the service's state may wait up to NOTIFY_WAIT_MS for a manager that is
 * busy; the watchdog's and status' never wait. One thread.
 */
#ifndef EMBUDO_IO_NOTIFY_H
#define EMBUDO_IO_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { NOTIFY_WAIT_MS = 1000, NOTIFY_STATUS_MAX = 200 /* bytes of a status; what is beyond is cut off */ };

struct notify;

/* `address` is NOTIFY_SOCKET's value: a path, or "@name" for an abstract socket; NULL, "" and what is neither: nobody
 * listens. Never NULL. */
struct notify *notify_new(const char *address);
void notify_free(struct notify *notify);

/* True when the manager has got it. */
bool notify_ready(struct notify *notify);                    /* started */
bool notify_stopping(struct notify *notify);                 /* draining */
bool notify_alive(struct notify *notify);                    /* the watchdog's heartbeat */
bool notify_status(struct notify *notify, const char *text); /* one line for `systemctl status` */

/* How often notify_alive is to be called, from WATCHDOG_USEC's and WATCHDOG_PID's values (NULL: not set): half of what the
 * manager allows. 0: it does not watch this process. */
int64_t notify_alive_every_ms(const char *watchdog_usec, const char *watchdog_pid, pid_t self);

#endif
