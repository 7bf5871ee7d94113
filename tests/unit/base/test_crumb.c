#include "unit.h"

#include "base/crumb.h"
#include "base/thread.h"

static void the_watched_thread_leaves_crumbs(void **state) {
  (void)state;
  struct crumb crumb = {NULL, 0, 0};
  assert_null(crumb_enter("before it is watched"));
  crumb_watch(&crumb);
  assert_null(crumb.what);
  const char *outer = crumb_enter("a route");
  assert_null(outer);
  const char *inner = crumb_enter("rule a");
  crumb_lead(0);
  assert_string_equal(inner, "a route");
  assert_string_equal(crumb.what, "rule a");
  assert_int_equal(crumb.lead, 1);
  crumb_no_lead();
  crumb_leave(inner);
  assert_string_equal(crumb.what, "a route");
  assert_int_equal(crumb.lead, 0);
  assert_int_equal(crumb.steps, 3);
  crumb_leave(outer);
  assert_null(crumb.what);
  crumb_watch(NULL);
  crumb_leave(crumb_enter("not watched any more"));
  assert_null(crumb.what);
}

static void *leave_some(void *arg) {
  (void)arg;
  crumb_enter("another thread's");
  crumb_lead(7);
  return NULL;
}

static void other_threads_leave_none(void **state) {
  (void)state;
  struct crumb crumb = {NULL, 0, 0};
  struct err err;
  pthread_t thread;
  crumb_watch(&crumb);
  assert_int_equal(thread_start(&thread, "other", leave_some, NULL, &err), 0);
  pthread_join(thread, NULL);
  crumb_watch(NULL);
  assert_null(crumb.what);
  assert_int_equal(crumb.lead, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_watched_thread_leaves_crumbs),
      cmocka_unit_test(other_threads_leave_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
