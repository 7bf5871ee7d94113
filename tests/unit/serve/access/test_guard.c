#include "unit.h"

#include "serve/access/guard.h"

static int64_t clock_ms;

static int64_t now(void *clock) {
  (void)clock;
  return clock_ms;
}

static char *no_env(const char *name) {
  (void)name;
  return NULL;
}

struct rig {
  struct config config;
  struct keys *keys;
  struct guard *guard;
};

static int set_up(void **state) {
  struct err err;
  struct rig *rig = test_calloc(1, sizeof *rig);
  clock_ms = 1000;
  config_init(&rig->config);
  assert_int_equal(config_set(&rig->config, "limits.events_per_second", "100", &err), 0);
  assert_int_equal(config_set(&rig->config, "data", "/nonexistent/embudo", &err), 0);
  rig->keys = keys_new(&rig->config, no_env, &err);
  assert_non_null(rig->keys);
  rig->guard = guard_new(&rig->config, rig->keys, now, NULL);
  *state = rig;
  return 0;
}

static int tear_down(void **state) {
  struct rig *rig = *state;
  guard_free(rig->guard);
  keys_free(rig->keys);
  config_release(&rig->config);
  test_free(rig);
  return 0;
}

static void a_source_may_send_so_much_at_once_and_then_its_rate(void **state) {
  struct rig *rig = *state;
  struct str web = STR("web"), app = STR("app");
  assert_int_equal(guard_wait_ms(rig->guard, web, 150), 0);
  assert_int_equal(guard_wait_ms(rig->guard, web, 150), 0); /* borrows 100 */
  assert_int_equal(guard_wait_ms(rig->guard, web, 1), 1001);
  assert_int_equal(guard_wait_ms(rig->guard, app, 200), 0); /* another source */
  clock_ms += 1000;
  assert_int_equal(guard_wait_ms(rig->guard, web, 1), 1);
  clock_ms += 1;
  assert_int_equal(guard_wait_ms(rig->guard, web, 1), 0);
  clock_ms += 1000000;
  assert_int_equal(guard_wait_ms(rig->guard, web, 200), 0);
  assert_true(guard_wait_ms(rig->guard, web, 1) > 0);
}

static void no_rate_is_no_limit(void **state) {
  struct rig *rig = *state;
  rig->config.limits.events_per_second = 0;
  for (int i = 0; i < 10; i++) assert_int_equal(guard_wait_ms(rig->guard, STR("web"), 1000000), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_source_may_send_so_much_at_once_and_then_its_rate, set_up, tear_down),
      cmocka_unit_test_setup_teardown(no_rate_is_no_limit, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
