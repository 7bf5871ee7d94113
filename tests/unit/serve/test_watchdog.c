#include "unit.h"

#include "base/crumb.h"
#include "serve/watchdog.h"
#include <fcntl.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { STUCK_MS = 50, PATIENT_MS = 500, GIVE_UP_S = 20 };

static struct loop *loop;
static struct log *to_pipe;
static int ends[2];
static atomic_bool bitten;
static _Atomic(const char *) noted;

static int64_t a_time(void) {
  return 0;
}

static int start(void **state) {
  (void)state;
  struct err err;
  loop = loop_new(&err);
  assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  to_pipe = log_new(&(struct log_options){.fd = ends[1], .level = LOG_LEVEL_INFO, .now_ms = a_time});
  atomic_store(&bitten, false);
  atomic_store(&noted, NULL);
  return loop ? 0 : -1;
}

static int stop(void **state) {
  (void)state;
  log_free(to_pipe);
  loop_free(loop);
  close(ends[0]);
  close(ends[1]);
  return 0;
}

static void on_bite(void *arg) {
  atomic_store((atomic_bool *)arg, true);
}

static void on_note(void *arg, const char *what) {
  (void)arg;
  atomic_store(&noted, what);
}

static struct watchdog *watch(int64_t stuck_ms) {
  struct err err;
  const struct watchdog_options options = {
      .loop = loop, .log = to_pipe, .stuck_ms = stuck_ms, .note = on_note, .bite = on_bite, .arg = &bitten};
  struct watchdog *watchdog = watchdog_new(&options, &err);
  assert_non_null(watchdog);
  return watchdog;
}

static const char *logged(void) {
  static char text[4096];
  ssize_t got = read(ends[0], text, sizeof text - 1);
  text[got > 0 ? got : 0] = '\0';
  return text;
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_for_bite(void) {
  for (int64_t until = now_ms() + GIVE_UP_S * 1000; !atomic_load(&bitten);)
    if (now_ms() > until) fail_msg("nobody noticed");
}

/* This thread does not turn the loop. */
static void a_stuck_loop_is_bitten(void **state) {
  (void)state;
  struct watchdog *watchdog = watch(STUCK_MS);
  watchdog_turning(watchdog);
  const char *before = crumb_enter("rule endless");
  crumb_lead(41);
  wait_for_bite();
  crumb_leave(before);
  watchdog_free(watchdog);
  const char *text = logged();
  assert_non_null(strstr(text, "level=error"));
  assert_non_null(strstr(text, "busy_with=\"rule endless\""));
  assert_non_null(strstr(text, "lead=41"));
  assert_non_null(strstr(text, "ms=50"));
  assert_string_equal(atomic_load(&noted), "rule endless");
}

static void before_the_loop_turns_only_crumbs_count(void **state) {
  (void)state;
  struct watchdog *watchdog = watch(STUCK_MS);
  for (int64_t until = now_ms() + 3 * STUCK_MS; now_ms() < until;) continue; /* a slow disk */
  assert_false(atomic_load(&bitten));
  const char *before = crumb_enter("rule endless");
  wait_for_bite();
  crumb_leave(before);
  watchdog_free(watchdog);
  assert_string_equal(atomic_load(&noted), "rule endless");
}

/* One long turn, in which many things are done. */
static void who_gets_on_is_not_stuck(void **state) {
  (void)state;
  struct watchdog *watchdog = watch(PATIENT_MS);
  watchdog_turning(watchdog);
  for (int64_t until = now_ms() + 2 * PATIENT_MS; now_ms() < until;) crumb_leave(crumb_enter("rule quick"));
  watchdog_free(watchdog);
  assert_false(atomic_load(&bitten));
}

static void count_down(struct loop_task *task);

static struct countdown {
  struct loop_task task;
  int64_t until;
} countdown = {.task = {.run = count_down}};

static void count_down(struct loop_task *task) {
  if (now_ms() < countdown.until)
    loop_post(loop, task);
  else
    loop_stop(loop);
}

/* Busy for longer than the bound, but in many turns. */
static void a_busy_loop_is_not(void **state) {
  (void)state;
  struct watchdog *watchdog = watch(PATIENT_MS);
  watchdog_turning(watchdog);
  countdown.until = now_ms() + 2 * PATIENT_MS;
  loop_post(loop, &countdown.task);
  loop_run(loop);
  watchdog_free(watchdog);
  assert_false(atomic_load(&bitten));
  assert_string_equal(logged(), "");
}

static void it_goes_at_once(void **state) {
  (void)state;
  struct err err;
  const struct watchdog_options options = {.loop = loop, .stuck_ms = 3600 * 1000};
  watchdog_free(watchdog_new(&options, &err));
  watchdog_free(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_stuck_loop_is_bitten, start, stop),
      cmocka_unit_test_setup_teardown(before_the_loop_turns_only_crumbs_count, start, stop),
      cmocka_unit_test_setup_teardown(who_gets_on_is_not_stuck, start, stop),
      cmocka_unit_test_setup_teardown(a_busy_loop_is_not, start, stop),
      cmocka_unit_test_setup_teardown(it_goes_at_once, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
