/* The arithmetic of decay against closed forms. */
#include "model/fold/weight.h"
#include "unit.h"
#include <math.h>

#define HOUR TIME_MS_PER_HOUR
#define DAY  TIME_MS_PER_DAY

static void exp2_agrees_with_libm(void **state) {
  (void)state;
  double worst = 0;
  for (double x = -60; x <= 60; x += 0.00137) {
    double error = fabs(weight_exp2(x) / exp2(x) - 1);
    if (error > worst) worst = error;
  }
  assert_true(worst < 5e-16);
  assert_true(weight_exp2(0) == 1 && weight_exp2(-3) == 0.125 && weight_exp2(10) == 1024);
}

static void half_lives_are_exact_at_whole_multiples(void **state) {
  (void)state;
  int64_t h = 30 * DAY, t = INT64_C(1700000000123);
  for (int n = 0; n < 20; n++) {
    int64_t block = weight_block(t, h);
    wide sums[WEIGHT_BLOCKS] = {(wide)weight_quantised(t, h) * WEIGHT_UNIT};
    struct weight_clock clock = WEIGHT_CLOCK(h);
    double left = weight_worth(sums, block, t + n * h, &clock) / (double)WEIGHT_UNIT;
    assert_true(fabs(left * exp2(n) - 1) < 1e-12);
    assert_int_equal(weight_round(left * 16000), (int64_t)llround(16000 * exp2(-n)));
  }
}

static void a_clock_remembers_without_changing_the_answer(void **state) {
  (void)state;
  wide sums[WEIGHT_BLOCKS] = {(wide)weight_quantised(0, DAY) * WEIGHT_UNIT};
  struct weight_clock used = WEIGHT_CLOCK(DAY);
  for (int i = 0; i < 40; i++) {
    struct weight_clock fresh = WEIGHT_CLOCK(DAY);
    int64_t t = (i * 7 % 5) * HOUR + (i % 3) * DAY;
    assert_true(weight_worth(sums, 0, t, &used) == weight_worth(sums, 0, t, &fresh));
  }
}

static void forgotten_after_forty_half_lives(void **state) {
  (void)state;
  int64_t h = HOUR, t = 5 * 8 * HOUR;
  wide sums[WEIGHT_BLOCKS] = {(wide)weight_quantised(t, h) * WEIGHT_UNIT};
  struct weight_clock clock = WEIGHT_CLOCK(h);
  assert_true(weight_worth(sums, weight_block(t, h), t + 47 * h, &clock) > 0);
  assert_true(weight_worth(sums, weight_block(t, h), t + 48 * h, &clock) == 0);
}

static void rounds_halves_away_from_zero(void **state) {
  (void)state;
  assert_int_equal(weight_round(2.5), 3);
  assert_int_equal(weight_round(-2.5), -3);
  assert_int_equal(weight_round(2.4999999), 3); /* a half, quantised */
  assert_int_equal(weight_round(2.49), 2);
  assert_int_equal(weight_divide(5, 2), 3);
  assert_int_equal(weight_divide(-5, 2), -3);
  assert_int_equal(weight_divide(7, 3), 2);
}

static void blocks_before_the_epoch(void **state) {
  (void)state;
  assert_int_equal(weight_block(-1, HOUR), -1);
  assert_int_equal(weight_block(0, HOUR), 0);
  assert_int_equal(weight_block(-8 * HOUR, HOUR), -1);
  assert_int_equal(weight_block(-8 * HOUR - 1, HOUR), -2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exp2_agrees_with_libm),
      cmocka_unit_test(half_lives_are_exact_at_whole_multiples),
      cmocka_unit_test(a_clock_remembers_without_changing_the_answer),
      cmocka_unit_test(forgotten_after_forty_half_lives),
      cmocka_unit_test(rounds_halves_away_from_zero),
      cmocka_unit_test(blocks_before_the_epoch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
