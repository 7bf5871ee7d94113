#include "serve/manager.h"

#include "io/notify.h"
#include <inttypes.h>
#include <unistd.h>

struct manager {
  struct daemon *daemon;
  struct notify *notify;
  struct loop_timer *alive, *status; /* NULL: nobody wants it */
};

static void tell_alive(void *arg) {
  const struct manager *manager = arg;
  notify_alive(manager->notify);
}

static const char *mood(const struct daemon *daemon, const struct service_stats *stats) {
  if (daemon->state == DAEMON_DRAINING) return "stopping";
  switch (stats->store.state) {
  case STORE_OK: break;
  case STORE_FULL: return "the disk is full, events are refused";
  case STORE_BROKEN: return "the journal failed";
  }
  return service_is_settled(daemon->service) ? "ready" : "ready, scoring after the start";
}

static void tell_status(void *arg) {
  const struct manager *manager = arg;
  struct service_stats stats;
  char text[NOTIFY_STATUS_MAX];
  service_stats(manager->daemon->service, &stats);
  snprintf(text, sizeof text, "%s: %zu leads, %" PRIu64 " events since the start",
           mood(manager->daemon, &stats), stats.leads, stats.events);
  notify_status(manager->notify, text);
}

struct manager *manager_new(struct daemon *daemon, config_env *env) {
  struct manager *manager = xcalloc(1, sizeof *manager);
  int64_t alive_ms = notify_alive_every_ms(env("WATCHDOG_USEC"), env("WATCHDOG_PID"), getpid());
  manager->daemon = daemon;
  manager->notify = notify_new(env("NOTIFY_SOCKET"));
  if (!notify_ready(manager->notify)) return manager;
  tell_status(manager);
  manager->status = loop_timer_new(daemon->loop, tell_status, manager);
  loop_timer_every(manager->status, MANAGER_STATUS_MS);
  if (alive_ms == 0) return manager;
  manager->alive = loop_timer_new(daemon->loop, tell_alive, manager);
  loop_timer_every(manager->alive, alive_ms);
  return manager;
}

void manager_stopping(struct manager *manager) {
  if (!manager) return;
  notify_stopping(manager->notify);
  tell_status(manager);
}

void manager_free(struct manager *manager) {
  if (!manager) return;
  loop_timer_free(manager->alive);
  loop_timer_free(manager->status);
  notify_free(manager->notify);
  free(manager);
}
