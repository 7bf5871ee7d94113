#include "unit.h"

#include "io/ticker.h"

static struct ticker *ticker;
static int ticks;

static void on_tick(void *arg) {
  struct loop *loop = arg;
  if (++ticks < 3) return;
  ticker_free(ticker);
  loop_stop(loop);
}

static void ticks_until_it_is_freed(void **state) {
  (void)state;
  struct err err;
  struct loop *loop = loop_new(&err);
  ticker = ticker_new(loop, 1, on_tick, loop);
  loop_run(loop);
  assert_int_equal(ticks, 3);
  loop_free(loop);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(ticks_until_it_is_freed)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
