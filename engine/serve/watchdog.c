#include "serve/watchdog.h"

#include "base/crumb.h"
#include "base/thread.h"
#include "base/timefmt.h"
#include <stdatomic.h>
#include <time.h>

struct watchdog {
  struct watchdog_options options;
  struct crumb crumb;
  struct loop_timer *timer;
  _Atomic uint64_t turns; /* seen by the loop's timer */
  atomic_bool turning;
  pthread_t thread;
  pthread_mutex_t lock; /* of the rest */
  pthread_cond_t wake;
  bool stop;
};

static int64_t look_ms(const struct watchdog *watchdog) {
  return watchdog->options.stuck_ms / WATCHDOG_LOOKS;
}

static void on_turn(void *arg) {
  struct watchdog *watchdog = arg;
  atomic_fetch_add_explicit(&watchdog->turns, 1, memory_order_relaxed);
}

/* --- the thread --------------------------------------------------------------------------------------------------------- */

/* False: it is over. */
static bool wait_for_look(struct watchdog *watchdog) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  int64_t ns = until.tv_nsec + look_ms(watchdog) * 1000000;
  until.tv_sec += (time_t)(ns / 1000000000);
  until.tv_nsec = (long)(ns % 1000000000);
  pthread_mutex_lock(&watchdog->lock);
  while (!watchdog->stop && pthread_cond_timedwait(&watchdog->wake, &watchdog->lock, &until) == 0) continue;
  bool goes_on = !watchdog->stop;
  pthread_mutex_unlock(&watchdog->lock);
  return goes_on;
}

static const char *busy_with(const struct watchdog *watchdog) {
  return atomic_load_explicit(&watchdog->crumb.what, memory_order_relaxed);
}

/* Anything that gets on changes it. */
static uint64_t progress(const struct watchdog *watchdog) {
  return atomic_load_explicit(&watchdog->turns, memory_order_relaxed) +
         atomic_load_explicit(&watchdog->crumb.steps, memory_order_relaxed);
}

static bool is_minded(const struct watchdog *watchdog) {
  return atomic_load_explicit(&watchdog->turning, memory_order_relaxed) || busy_with(watchdog);
}

static void bite(struct watchdog *watchdog) {
  const struct watchdog_options *options = &watchdog->options;
  const char *what = busy_with(watchdog);
  int64_t lead = (int64_t)atomic_load_explicit(&watchdog->crumb.lead, memory_order_relaxed) - 1;
  LOG(options->log, LOG_LEVEL_ERROR, "the event loop is stuck: ending, so that a new start can go on",
      log_int("ms", options->stuck_ms), log_text("busy_with", what ? what : "unknown"),
      log_int("lead", lead));
  if (options->note && what) options->note(options->arg, what);
  if (!options->bite) abort();
  options->bite(options->arg);
}

static void *watch(void *arg) {
  struct watchdog *watchdog = arg;
  uint64_t seen = 0;
  int looks = 0;
  while (wait_for_look(watchdog)) {
    uint64_t now = progress(watchdog);
    looks = now == seen && is_minded(watchdog) ? looks + 1 : 0;
    seen = now;
    if (looks < WATCHDOG_LOOKS) continue;
    bite(watchdog);
    break;
  }
  return NULL;
}

/* --- life --------------------------------------------------------------------------------------------------------------- */

static void init_wake(pthread_cond_t *wake) {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(wake, &monotonic);
  pthread_condattr_destroy(&monotonic);
}

static void release(struct watchdog *watchdog) {
  crumb_watch(NULL);
  loop_timer_free(watchdog->timer);
  pthread_cond_destroy(&watchdog->wake);
  pthread_mutex_destroy(&watchdog->lock);
  free(watchdog);
}

struct watchdog *watchdog_new(const struct watchdog_options *options, struct err *err) {
  struct watchdog *watchdog = xcalloc(1, sizeof *watchdog);
  ASSERT(options->stuck_ms >= WATCHDOG_LOOKS);
  watchdog->options = *options;
  pthread_mutex_init(&watchdog->lock, NULL);
  init_wake(&watchdog->wake);
  watchdog->timer = loop_timer_new(options->loop, on_turn, watchdog);
  loop_timer_every(watchdog->timer, look_ms(watchdog));
  crumb_watch(&watchdog->crumb);
  if (thread_start(&watchdog->thread, "watchdog", watch, watchdog, err) == 0) return watchdog;
  release(watchdog);
  return NULL;
}

void watchdog_turning(struct watchdog *watchdog) {
  if (watchdog) atomic_store_explicit(&watchdog->turning, true, memory_order_relaxed);
}

void watchdog_free(struct watchdog *watchdog) {
  if (!watchdog) return;
  pthread_mutex_lock(&watchdog->lock);
  watchdog->stop = true;
  pthread_cond_signal(&watchdog->wake);
  pthread_mutex_unlock(&watchdog->lock);
  pthread_join(watchdog->thread, NULL);
  release(watchdog);
}
