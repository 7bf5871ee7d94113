#include "io/loop.h"

#include "base/timefmt.h"
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <uv.h>

struct loop_signal {
  uv_signal_t handle;
  void (*caught)(void *arg, int signum);
  void *arg;
};

struct loop {
  uv_loop_t uv;
  uv_async_t posted;                 /* wakes the loop for `tasks` */
  _Atomic(struct loop_task *) tasks; /* newest first; pushed by any thread, taken whole by the loop's */
  uv_timer_t wake;
  uv_prepare_t to_wait;          /* the end of each turn, and of its work */
  uint64_t turned_ns, waited_ns; /* at the end of the turn before; waited since the beginning */
  void (*on_turn)(void *arg, int64_t took_ns);
  void *turn_arg;
  int64_t wake_at_ms;
  void (*on_wake)(void *arg);
  void *wake_arg;
  int64_t (*wall_ms)(void);
  struct loop_signal signals[LOOP_SIGNALS_MAX];
  int signal_count;
};

/* --- tasks --- */

/* The queue's tasks, oldest first. */
static struct loop_task *take_tasks(struct loop *loop) {
  struct loop_task *task = atomic_exchange_explicit(&loop->tasks, NULL, memory_order_acquire), *first = NULL;
  while (task) {
    struct loop_task *older = task->next;
    task->next = first;
    first = task;
    task = older;
  }
  return first;
}

/* Tasks posted while these run wait for the next turn: a task that posts itself does not stop the loop. */
static void run_tasks(uv_async_t *handle) {
  struct loop_task *task = take_tasks(handle->data);
  while (task) {
    struct loop_task *next = task->next;
    task->run(task);
    task = next;
  }
}

void loop_post(struct loop *loop, struct loop_task *task) {
  struct loop_task *head = atomic_load_explicit(&loop->tasks, memory_order_relaxed);
  do task->next = head;
  while (!atomic_compare_exchange_weak_explicit(&loop->tasks, &head, task, memory_order_release,
                                                memory_order_relaxed));
  uv_async_send(&loop->posted);
}

/* --- turns --- */

static void on_to_wait(uv_prepare_t *handle) {
  struct loop *loop = handle->data;
  uint64_t now_ns = uv_hrtime(), waited_ns = uv_metrics_idle_time(&loop->uv);
  int64_t took_ns = (int64_t)(now_ns - loop->turned_ns) - (int64_t)(waited_ns - loop->waited_ns);
  bool first = loop->turned_ns == 0;
  loop->turned_ns = now_ns;
  loop->waited_ns = waited_ns;
  if (!first && loop->on_turn) loop->on_turn(loop->turn_arg, took_ns > 0 ? took_ns : 0);
}

void loop_on_turn(struct loop *loop, void (*turned)(void *arg, int64_t took_ns), void *arg) {
  loop->on_turn = turned;
  loop->turn_arg = arg;
  ASSERT(uv_prepare_start(&loop->to_wait, on_to_wait) == 0);
}

/* --- the deadline --- */

static void arm_wake(struct loop *loop);

static void check_wake(uv_timer_t *timer) {
  struct loop *loop = timer->data;
  if (loop->wall_ms() < loop->wake_at_ms) {
    arm_wake(loop);
    return;
  }
  loop->wake_at_ms = TIME_NEVER;
  if (loop->on_wake) loop->on_wake(loop->wake_arg);
}

/* libuv's timers count from the turn's start, which may be long ago when a turn was long. */
static void arm_wake(struct loop *loop) {
  int64_t left_ms = loop->wake_at_ms - loop->wall_ms();
  if (left_ms < 0) left_ms = 0;
  if (left_ms > LOOP_WAKE_CHECK_MS) left_ms = LOOP_WAKE_CHECK_MS;
  uv_update_time(&loop->uv);
  ASSERT(uv_timer_start(&loop->wake, check_wake, (uint64_t)left_ms, 0) == 0);
}

void loop_on_wake(struct loop *loop, void (*wake)(void *arg), void *arg) {
  loop->on_wake = wake;
  loop->wake_arg = arg;
}

void loop_wake_at(struct loop *loop, int64_t at_ms) {
  loop->wake_at_ms = at_ms;
  if (at_ms == TIME_NEVER)
    uv_timer_stop(&loop->wake);
  else
    arm_wake(loop);
}

int64_t loop_clock_ms(const struct loop *loop) {
  return loop->wall_ms();
}

void loop_set_wall_clock(struct loop *loop, int64_t (*wall_ms)(void)) {
  loop->wall_ms = wall_ms;
}

int64_t loop_clock_us(void) {
  return (int64_t)(uv_hrtime() / 1000);
}

int64_t loop_wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * TIME_MS_PER_SECOND + now.tv_nsec / 1000000;
}

int64_t loop_now_ms(const struct loop *loop) {
  return (int64_t)uv_now(&loop->uv);
}

/* --- timers --- */

struct loop_timer {
  uv_timer_t handle;
  void (*run)(void *arg);
  void *arg;
};

struct loop_timer *loop_timer_new(struct loop *loop, void (*run)(void *arg), void *arg) {
  struct loop_timer *timer = xcalloc(1, sizeof *timer);
  ASSERT(uv_timer_init(&loop->uv, &timer->handle) == 0);
  timer->handle.data = timer;
  timer->run = run;
  timer->arg = arg;
  return timer;
}

static void free_timer(uv_handle_t *handle) {
  free(handle->data);
}

void loop_timer_free(struct loop_timer *timer) {
  if (timer) uv_close((uv_handle_t *)&timer->handle, free_timer);
}

static void run_timer(uv_timer_t *handle) {
  const struct loop_timer *timer = handle->data;
  timer->run(timer->arg);
}

static void set_timer(struct loop_timer *timer, int64_t after_ms, int64_t every_ms) {
  uv_update_time(timer->handle.loop);
  ASSERT(uv_timer_start(&timer->handle, run_timer, (uint64_t)after_ms, (uint64_t)every_ms) == 0);
}

void loop_timer_after(struct loop_timer *timer, int64_t after_ms) {
  set_timer(timer, after_ms, 0);
}

void loop_timer_every(struct loop_timer *timer, int64_t every_ms) {
  ASSERT(every_ms > 0);
  set_timer(timer, every_ms, every_ms);
}

void loop_timer_stop(struct loop_timer *timer) {
  uv_timer_stop(&timer->handle);
}

/* --- signals --- */

static void signal_caught(uv_signal_t *handle, int signum) {
  struct loop_signal *listener = handle->data;
  listener->caught(listener->arg, signum);
}

int loop_on_signal(struct loop *loop, int signum, void (*caught)(void *arg, int signum), void *arg,
                   struct err *err) {
  ASSERT(loop->signal_count < LOOP_SIGNALS_MAX);
  struct loop_signal *listener = &loop->signals[loop->signal_count];
  ASSERT(uv_signal_init(&loop->uv, &listener->handle) == 0);
  loop->signal_count++;
  listener->caught = caught;
  listener->arg = arg;
  listener->handle.data = listener;
  int code = uv_signal_start(&listener->handle, signal_caught, signum);
  if (code == 0) return 0;
  return err_set(err, ERR_SYSTEM, "cannot listen to signal %d: %s", signum, uv_strerror(code));
}

/* --- life --- */

struct loop *loop_new(struct err *err) {
  struct loop *loop = xcalloc(1, sizeof *loop);
  int code = uv_loop_init(&loop->uv);
  if (code == 0 && (code = uv_async_init(&loop->uv, &loop->posted, run_tasks)) != 0) uv_loop_close(&loop->uv);
  if (code != 0) {
    err_set(err, ERR_SYSTEM, "cannot make an event loop: %s", uv_strerror(code));
    free(loop);
    return NULL;
  }
  signal(SIGPIPE, SIG_IGN);
  ASSERT(uv_timer_init(&loop->uv, &loop->wake) == 0);
  ASSERT(uv_prepare_init(&loop->uv, &loop->to_wait) == 0);
  ASSERT(uv_loop_configure(&loop->uv, UV_METRICS_IDLE_TIME) == 0);
  uv_unref((uv_handle_t *)&loop->to_wait);
  loop->posted.data = loop->wake.data = loop->to_wait.data = loop;
  loop->wake_at_ms = TIME_NEVER;
  loop->wall_ms = loop_wall_ms;
  return loop;
}

static bool own_handle(const struct loop *loop, const uv_handle_t *handle) {
  const char *at = (const char *)handle, *start = (const char *)loop;
  return at >= start && at < start + sizeof *loop;
}

static void close_handle(uv_handle_t *handle, void *arg) {
  struct loop *loop = arg;
  if (uv_is_closing(handle)) return;
  if (!own_handle(loop, handle))
    fprintf(stderr, "forgotten on the loop: a %s\n", uv_handle_type_name(handle->type));
  ASSERT(own_handle(loop, handle));
  uv_close(handle, NULL);
}

void loop_free(struct loop *loop) {
  if (!loop) return;
  uv_walk(&loop->uv, close_handle, loop);
  uv_run(&loop->uv, UV_RUN_DEFAULT);
  ASSERT(uv_loop_close(&loop->uv) == 0);
  free(loop);
}

void loop_run(struct loop *loop) {
  uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop) {
  uv_stop(&loop->uv);
}

void loop_turn(struct loop *loop, bool wait) {
  uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

struct uv_loop_s *loop_uv(struct loop *loop) {
  return &loop->uv;
}
