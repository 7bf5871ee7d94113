#include "unit.h"

#include "base/timefmt.h"
#include "io/loop.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static struct loop *loop;

static int start(void **state) {
  struct err err;
  (void)state;
  loop = loop_new(&err);
  return loop ? 0 : -1;
}

static int stop(void **state) {
  (void)state;
  loop_free(loop);
  return 0;
}

/* --- tasks --- */

enum { THREADS = 4, TASKS = 10000 };

struct numbered {
  struct loop_task task;
  int thread, number;
};

static int next_number[THREADS], seen_in_all;

static void take_number(struct loop_task *task) {
  struct numbered *numbered = (struct numbered *)task;
  assert_int_equal(numbered->number, next_number[numbered->thread]);
  next_number[numbered->thread]++;
  seen_in_all++;
}

static void *post_numbers(void *arg) {
  struct numbered *tasks = arg;
  for (int i = 0; i < TASKS; i++) loop_post(loop, &tasks[i].task);
  return NULL;
}

static void runs_what_threads_post(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  struct numbered *tasks = calloc((size_t)THREADS * TASKS, sizeof *tasks);
  memset(next_number, 0, sizeof next_number);
  seen_in_all = 0;
  for (int t = 0; t < THREADS; t++)
    for (int i = 0; i < TASKS; i++)
      tasks[t * TASKS + i] = (struct numbered){.task = {.run = take_number}, .thread = t, .number = i};
  for (int t = 0; t < THREADS; t++)
    assert_int_equal(pthread_create(&threads[t], NULL, post_numbers, tasks + (size_t)t * TASKS), 0);
  while (seen_in_all < THREADS * TASKS) loop_turn(loop, false);
  for (int t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
  free(tasks);
}

static int reposts;

static void post_again(struct loop_task *task) {
  if (++reposts < 5) loop_post(loop, task);
}

static void reposted_tasks_wait_a_turn(void **state) {
  (void)state;
  struct loop_task task = {.run = post_again};
  reposts = 0;
  loop_post(loop, &task);
  while (reposts == 0) loop_turn(loop, false);
  assert_int_equal(reposts, 1);
  while (reposts < 5) loop_turn(loop, false);
}

/* --- the deadline --- */

static int64_t wall_ms;
static int wakes;

static int64_t fake_wall(void) {
  return wall_ms;
}

static void wake(void *arg) {
  assert_ptr_equal(arg, &wakes);
  wakes++;
  loop_stop(loop);
}

static void listen_for_wakes(void) {
  wall_ms = INT64_C(1700000000000);
  wakes = 0;
  loop_set_wall_clock(loop, fake_wall);
  loop_on_wake(loop, wake, &wakes);
}

static void wakes_once(void **state) {
  (void)state;
  listen_for_wakes();
  loop_wake_at(loop, wall_ms - 5000); /* overdue */
  loop_run(loop);
  assert_int_equal(wakes, 1);
  for (int i = 0; i < 10; i++) loop_turn(loop, false);
  assert_int_equal(wakes, 1);
}

static void wakes_when_the_clock_says_so(void **state) {
  (void)state;
  listen_for_wakes();
  loop_wake_at(loop, wall_ms + 5);
  for (int i = 0; i < 10; i++) loop_turn(loop, false);
  assert_int_equal(wakes, 0); /* our clock stands still */
  wall_ms += 5;
  loop_run(loop);
  assert_int_equal(wakes, 1);
}

static void notices_a_clock_set_forward(void **state) {
  (void)state;
  listen_for_wakes();
  loop_wake_at(loop, wall_ms + TIME_MS_PER_HOUR);
  int64_t before = loop_now_ms(loop);
  wall_ms += 2 * TIME_MS_PER_HOUR;
  loop_run(loop);
  assert_int_equal(wakes, 1);
  assert_in_range(loop_now_ms(loop) - before, 0, 10 * LOOP_WAKE_CHECK_MS);
}

static void forgets_a_cancelled_wake(void **state) {
  (void)state;
  listen_for_wakes();
  loop_wake_at(loop, wall_ms);
  loop_wake_at(loop, TIME_NEVER);
  for (int i = 0; i < 10; i++) loop_turn(loop, false);
  assert_int_equal(wakes, 0);
}

static void set_again(void *arg) {
  wakes++;
  if (wakes < 3) loop_wake_at(arg, wall_ms);
}

static void wakes_can_be_set_while_waking(void **state) {
  (void)state;
  listen_for_wakes();
  loop_on_wake(loop, set_again, loop);
  loop_wake_at(loop, wall_ms);
  while (wakes < 3) loop_turn(loop, false);
  for (int i = 0; i < 10; i++) loop_turn(loop, false);
  assert_int_equal(wakes, 3);
}

/* --- signals --- */

static int caught_signal;

static void caught(void *arg, int signum) {
  assert_ptr_equal(arg, loop);
  caught_signal = signum;
}

static void catches_signals(void **state) {
  struct err err;
  (void)state;
  caught_signal = 0;
  assert_int_equal(loop_on_signal(loop, SIGHUP, caught, loop, &err), 0);
  assert_int_equal(loop_on_signal(loop, SIGTERM, caught, loop, &err), 0);
  kill(getpid(), SIGHUP);
  while (!caught_signal) loop_turn(loop, false);
  assert_int_equal(caught_signal, SIGHUP);
  kill(getpid(), SIGTERM);
  while (caught_signal != SIGTERM) loop_turn(loop, false);
}

static void refuses_signals_nobody_can_catch(void **state) {
  struct err err;
  (void)state;
  assert_int_equal(loop_on_signal(loop, SIGKILL, caught, loop, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
}

static void ignores_broken_pipes(void **state) {
  int ends[2];
  (void)state;
  assert_int_equal(pipe(ends), 0);
  close(ends[0]);
  assert_int_equal(write(ends[1], "x", 1), -1);
  close(ends[1]);
}

/* --- timers --- */

struct ticking {
  struct loop_timer *timer;
  int ticks, stop_after;
};

static void tick(void *arg) {
  struct ticking *ticking = arg;
  if (++ticking->ticks == ticking->stop_after) loop_timer_stop(ticking->timer);
}

static void a_timer_runs_once_or_until_stopped(void **state) {
  (void)state;
  struct ticking once = {0}, often = {.stop_after = 3}, never = {0};
  once.timer = loop_timer_new(loop, tick, &once);
  often.timer = loop_timer_new(loop, tick, &often);
  never.timer = loop_timer_new(loop, tick, &never);
  loop_timer_after(once.timer, 1);
  loop_timer_every(often.timer, 1);
  loop_timer_after(never.timer, 100000);
  while (once.ticks < 1 || often.ticks < 3) loop_turn(loop, false);
  loop_timer_stop(never.timer);
  assert_int_equal(once.ticks, 1);
  loop_timer_after(once.timer, 0);
  while (once.ticks < 2) loop_turn(loop, false);
  assert_int_equal(often.ticks, 3);
  assert_int_equal(never.ticks, 0);
  loop_timer_free(once.timer);
  loop_timer_free(often.timer);
  loop_timer_free(never.timer);
  loop_timer_free(NULL);
}

static void free_itself(void *arg) {
  struct ticking *ticking = arg;
  ticking->ticks++;
  loop_timer_free(ticking->timer);
}

static void a_timer_may_free_itself(void **state) {
  (void)state;
  struct ticking ticking = {0};
  ticking.timer = loop_timer_new(loop, free_itself, &ticking);
  loop_timer_every(ticking.timer, 1);
  while (ticking.ticks == 0) loop_turn(loop, false);
  loop_turn(loop, false);
  assert_int_equal(ticking.ticks, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(runs_what_threads_post),
      TEST(reposted_tasks_wait_a_turn),
      TEST(wakes_once),
      TEST(wakes_when_the_clock_says_so),
      TEST(notices_a_clock_set_forward),
      TEST(forgets_a_cancelled_wake),
      TEST(wakes_can_be_set_while_waking),
      TEST(catches_signals),
      TEST(refuses_signals_nobody_can_catch),
      TEST(ignores_broken_pipes),
      TEST(a_timer_runs_once_or_until_stopped),
      TEST(a_timer_may_free_itself),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
