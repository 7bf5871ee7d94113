#include "unit.h"

#include "io/work.h"
#include <pthread.h>
#include <stdatomic.h>

/* A job that waits on a gate, so that the test decides what runs when. */
struct gate {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool open;
};

struct job {
  struct work_job base;
  struct gate *gate; /* NULL: it does not wait */
  pthread_t thread;
  _Atomic bool started;
  bool saw_stop, done;
  enum work_end end;
};

struct rig {
  struct loop *loop;
  struct work *work;
  struct gate gate;
};

static int start(void **state) {
  static struct rig rig;
  struct err err;
  rig = (struct rig){.loop = loop_new(&err),
                     .gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false}};
  assert_non_null(rig.loop);
  assert_int_equal(work_start_pool(rig.loop, &err), 0);
  rig.work = work_new(rig.loop);
  *state = &rig;
  return 0;
}

static void open_gate(struct gate *gate) {
  pthread_mutex_lock(&gate->lock);
  gate->open = true;
  pthread_cond_broadcast(&gate->changed);
  pthread_mutex_unlock(&gate->lock);
}

static int stop(void **state) {
  struct rig *rig = *state;
  open_gate(&rig->gate);
  work_free(rig->work);
  loop_free(rig->loop); /* asserts that nothing was forgotten */
  return 0;
}

static void run(struct work_job *base) {
  struct job *job = (struct job *)base;
  job->thread = pthread_self();
  job->started = true;
  if (job->gate) {
    pthread_mutex_lock(&job->gate->lock);
    while (!job->gate->open) pthread_cond_wait(&job->gate->changed, &job->gate->lock);
    pthread_mutex_unlock(&job->gate->lock);
  }
  job->saw_stop = work_is_stopped(base);
}

static void done(struct work_job *base, enum work_end end) {
  struct job *job = (struct job *)base;
  assert_false(job->done);
  job->done = true;
  job->end = end;
}

static struct job make(struct gate *gate) {
  return (struct job){.base = {run, done, NULL}, .gate = gate};
}

static void runs_elsewhere_and_ends_here(void **state) {
  struct rig *rig = *state;
  struct job job = make(NULL);
  assert_true(work_start(rig->work, &job.base));
  assert_int_equal(work_count(rig->work), 1);
  while (!job.done) loop_turn(rig->loop, true);
  assert_int_equal(job.end, WORK_RAN);
  assert_false(pthread_equal(job.thread, pthread_self()));
  assert_false(job.saw_stop);
  assert_int_equal(work_count(rig->work), 0);
}

/* The pool's threads are all busy: what waits behind them never runs. */
static void a_stop_skips_what_waits_and_tells_what_runs(void **state) {
  struct rig *rig = *state;
  struct job jobs[WORK_JOBS_MAX], extra = make(NULL);
  for (int i = 0; i < WORK_JOBS_MAX; i++) {
    jobs[i] = make(&rig->gate);
    assert_true(work_start(rig->work, &jobs[i].base));
  }
  assert_false(work_start(rig->work, &extra.base));
  while (!jobs[0].started) loop_turn(rig->loop, false);
  work_stop(rig->work);
  open_gate(&rig->gate);
  while (work_count(rig->work)) loop_turn(rig->loop, true);
  assert_int_equal(jobs[0].end, WORK_RAN);
  assert_true(jobs[0].saw_stop);
  assert_int_equal(jobs[WORK_JOBS_MAX - 1].end, WORK_SKIPPED);
  assert_false(jobs[WORK_JOBS_MAX - 1].started);
  assert_false(work_start(rig->work, &extra.base));
  assert_false(extra.done);
}

static void one_job_is_stopped_alone(void **state) {
  struct rig *rig = *state;
  struct job first = make(&rig->gate), second = make(&rig->gate);
  assert_true(work_start(rig->work, &first.base));
  assert_true(work_start(rig->work, &second.base));
  while (!first.started || !second.started) loop_turn(rig->loop, false);
  work_stop_job(&second.base);
  open_gate(&rig->gate);
  while (!first.done || !second.done) loop_turn(rig->loop, true);
  assert_false(first.saw_stop);
  assert_true(second.saw_stop);
  work_stop_job(&second.base); /* nothing to stop any more */
}

static void freeing_waits_for_the_last(void **state) {
  struct rig *rig = *state;
  struct job jobs[16];
  for (int i = 0; i < 16; i++) {
    jobs[i] = make(NULL);
    assert_true(work_start(rig->work, &jobs[i].base));
  }
  work_free(rig->work);
  rig->work = NULL;
  for (int i = 0; i < 16; i++) assert_true(jobs[i].done);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(runs_elsewhere_and_ends_here, start, stop),
      cmocka_unit_test_setup_teardown(a_stop_skips_what_waits_and_tells_what_runs, start, stop),
      cmocka_unit_test_setup_teardown(one_job_is_stopped_alone, start, stop),
      cmocka_unit_test_setup_teardown(freeing_waits_for_the_last, start, stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
