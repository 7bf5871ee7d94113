/* manager.h - the daemon and its service manager: says when it is ready, how it fares, that it is alive, that it ends.
 *
 * Without a manager (no NOTIFY_SOCKET in the environment) nothing happens. The sign of life comes from the loop, at half the
 * time the manager allows (WATCHDOG_USEC): a loop that does not turn is ended by it. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_MANAGER_H
#define EMBUDO_SERVE_MANAGER_H

#include "serve/daemon.h"

enum { MANAGER_STATUS_MS = 10 * 1000 /* how often the line of `systemctl status` is renewed */ };

struct manager;

/* Says that the daemon is ready. Never NULL. */
struct manager *manager_new(struct daemon *daemon, config_env *env);
void manager_stopping(struct manager *manager); /* NULL is fine, here and below */
void manager_free(struct manager *manager);

#endif
