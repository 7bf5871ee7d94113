#include "unit.h"

#include "base/err.h"
#include "serve/turns.h"
#include <stdlib.h>
#include <time.h>

static struct loop *loop;
static struct turns *turns;
static char done[16]; /* names of jobs, in the order of their ends */

struct job {
  struct turn turn; /* first */
  char name;
  int left, steps_taken, lasts_us;
  struct job *follower; /* added in the last step */
};

static int set_up(void **state) {
  (void)state;
  struct err err;
  loop = loop_new(&err);
  assert_non_null(loop);
  turns = turns_new(loop);
  done[0] = '\0';
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  turns_free(turns);
  loop_free(loop);
  return 0;
}

static int64_t clock_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static bool step(struct turn *turn) {
  struct job *job = (struct job *)turn;
  int64_t until_us = clock_us() + job->lasts_us;
  while (clock_us() < until_us) continue;
  job->steps_taken++;
  if (--job->left > 0) return true;
  snprintf(done + strlen(done), sizeof done - strlen(done), "%c", job->name);
  if (job->follower) turns_add(turns, &job->follower->turn);
  return false;
}

static struct job job_of(char name, int steps, int lasts_us) {
  return (struct job){.turn = {.step = step}, .name = name, .left = steps, .lasts_us = lasts_us};
}

static void the_first_step_comes_on_a_later_turn(void **state) {
  (void)state;
  struct job job = job_of('a', 1, 0);
  turns_add(turns, &job.turn);
  assert_int_equal(job.steps_taken, 0);
  loop_turn(loop, true);
  assert_string_equal(done, "a");
}

/* Each of these steps takes a slice of its own. */
static void others_get_the_loop_between_slices(void **state) {
  (void)state;
  struct job job = job_of('a', 5, TURNS_SLICE_US);
  turns_add(turns, &job.turn);
  for (int turn = 1; turn <= 5; turn++) {
    loop_turn(loop, true);
    assert_int_equal(job.steps_taken, turn);
  }
  assert_string_equal(done, "a");
}

static void jobs_come_one_after_the_other(void **state) {
  (void)state;
  struct job a = job_of('a', 3, TURNS_SLICE_US), b = job_of('b', 2, 0), c = job_of('c', 1, 0), d = c;
  d.name = 'd';
  a.follower = &d;
  turns_add(turns, &a.turn);
  turns_add(turns, &b.turn);
  turns_add(turns, &c.turn);
  for (int turn = 0; turn < 20 && strlen(done) < 4; turn++) loop_turn(loop, true);
  assert_string_equal(done, "abcd");
}

static void the_last_job_may_add_one(void **state) {
  (void)state;
  struct job a = job_of('a', 1, 0), b = job_of('b', 1, 0);
  a.follower = &b;
  turns_add(turns, &a.turn);
  for (int turn = 0; turn < 20 && strlen(done) < 2; turn++) loop_turn(loop, true);
  assert_string_equal(done, "ab");
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(the_first_step_comes_on_a_later_turn),
      test(others_get_the_loop_between_slices),
      test(jobs_come_one_after_the_other),
      test(the_last_job_may_add_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
