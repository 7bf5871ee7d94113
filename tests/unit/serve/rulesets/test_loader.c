/* Loading on a thread, and going away while it loads. */
#include "unit.h"

#include "serve/rulesets/loader.h"
#include <stdatomic.h>

static struct loop *loop;
static _Atomic int loads;
static int loaded;

static struct generation *load(void *context, const struct config *config, struct problems *problems) {
  (void)context;
  (void)config, (void)problems;
  loads++;
  return NULL;
}

static void on_loaded(void *context, struct generation *generation, const struct problems *problems) {
  assert_ptr_equal(context, &loaded);
  assert_null(generation);
  assert_int_equal(problems->count, 0);
  loaded++;
}

static struct loader *new_loader(void) {
  const struct loader_options options = {loop, &loaded, load, on_loaded};
  return loader_new(&options);
}

static int set_up(void **state) {
  struct err err;
  (void)state;
  loads = loaded = 0;
  loop = loop_new(&err);
  return loop ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  loop_free(loop);
  return 0;
}

static void tells_what_it_loaded(void **state) {
  (void)state;
  struct err err;
  struct loader *loader = new_loader();
  assert_int_equal(loader_start(loader, NULL, &err), 0);
  while (loaded < 1) loop_turn(loop, true);
  loader_free(loader);
  assert_int_equal(loads, 1);
}

static void loads_once_more_when_asked_meanwhile(void **state) {
  (void)state;
  struct err err;
  struct loader *loader = new_loader();
  for (int i = 0; i < 5; i++) assert_int_equal(loader_start(loader, NULL, &err), 0);
  while (loaded < 2) loop_turn(loop, true);
  loader_free(loader);
  assert_int_equal(loads, 2);
}

static void goes_away_while_it_loads(void **state) {
  (void)state;
  struct err err;
  struct loader *loader = new_loader();
  assert_int_equal(loader_start(loader, NULL, &err), 0);
  loader_free(loader);
  loop_turn(loop, false);
  assert_int_equal(loads, 1);
  assert_int_equal(loaded, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(tells_what_it_loaded, set_up, tear_down),
      cmocka_unit_test_setup_teardown(loads_once_more_when_asked_meanwhile, set_up, tear_down),
      cmocka_unit_test_setup_teardown(goes_away_while_it_loads, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
