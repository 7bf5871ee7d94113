#include "model/fold/weight.h"
#include "base/err.h"

/* 2^(k/32): the correctly rounded doubles. */
static const double root32[32] = {
    0x1.0000000000000p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0,
    0x1.172b83c7d517bp+0, 0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0, 0x1.29e9df51fdee1p+0,
    0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0, 0x1.3dea64c123422p+0, 0x1.44e086061892dp+0,
    0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0, 0x1.5ab07dd485429p+0, 0x1.6247eb03a5585p+0,
    0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0,
    0x1.8ace5422aa0dbp+0, 0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f090p+0, 0x1.a5503b23e255dp+0,
    0x1.ae89f995ad3adp+0, 0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0,
    0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0, 0x1.ea4afa2a490dap+0, 0x1.f50765b6e4540p+0,
};

static double power_of_two(int n) { /* exact */
  union {
    uint64_t bits;
    double number;
  } u = {(uint64_t)(n + 1023) << 52};
  return u.number;
}

double weight_exp2(double x) {
  ASSERT(x >= -64 && x <= 64);
  /* x = n + k/32 + r with r in [0, 1/32): a table for k, e^(r ln 2) as a Taylor polynomial for r. */
  int n = (int)x;
  if (x < n) n--;
  double f = x - n;
  int k = (int)(f * 32);
  double y = (f - k / 32.0) * 0.69314718055994530942;
  double series =
      1 +
      y * (1 + y * (1.0 / 2 + y * (1.0 / 6 + y * (1.0 / 24 + y * (1.0 / 120 + y * (1.0 / 720 + y / 5040))))));
  return power_of_two(n) * (root32[k] * series);
}

static int64_t floor_divide(int64_t a, int64_t b) { /* b > 0 */
  int64_t q = a / b;
  return a % b < 0 ? q - 1 : q;
}

int64_t weight_block(int64_t t, int64_t half_life_ms) {
  return floor_divide(t, half_life_ms * WEIGHT_BLOCK);
}

/* Half-lives from a block's landmark to `t`. */
static double since_landmark(int64_t t, int64_t block, int64_t half_life_ms) {
  return (double)(t - block * half_life_ms * WEIGHT_BLOCK) / (double)half_life_ms;
}

int64_t weight_quantised(int64_t t, int64_t half_life_ms) {
  double x = since_landmark(t, weight_block(t, half_life_ms), half_life_ms);
  return (int64_t)(weight_exp2(x) * power_of_two(WEIGHT_BITS) + 0.5);
}

static const struct weight_instant *instant_of(struct weight_clock *clock, int64_t t) {
  for (int i = 0; i < 2; i++)
    if (clock->used[i] && clock->last[i].at_ms == t) return &clock->last[i];
  int i = clock->next;
  int64_t block = weight_block(t, clock->half_life_ms);
  double factor = weight_exp2(-since_landmark(t, block, clock->half_life_ms));
  clock->last[i] = (struct weight_instant){t, block, factor};
  clock->used[i] = true;
  clock->next = 1 - i;
  return &clock->last[i];
}

double weight_worth(const wide sums[WEIGHT_BLOCKS], int64_t block, int64_t t, struct weight_clock *clock) {
  const struct weight_instant *instant = instant_of(clock, t);
  int64_t age = instant->block - block; /* of the newest block, in blocks */
  double worth = 0;
  if (age >= WEIGHT_BLOCKS) return 0;
  for (int64_t i = WEIGHT_BLOCKS - 1 - age; i >= 0; i--) /* oldest first: one order of adding doubles */
    if (sums[i] != 0) worth += (double)sums[i] * power_of_two((int)(-WEIGHT_BLOCK * (i + age) - WEIGHT_BITS));
  return worth * instant->factor;
}

int64_t weight_round(double x) {
  const double half = 0.5 + 1e-6;
  return x < 0 ? -(int64_t)(-x + half) : (int64_t)(x + half);
}

int64_t weight_divide(wide numerator, wide denominator) {
  bool negative = numerator < 0;
  if (negative) numerator = -numerator;
  wide q = (2 * numerator + denominator) / (2 * denominator);
  return negative ? -(int64_t)q : (int64_t)q;
}

wide weight_scaled(wide amount, int64_t per_million) {
  /* in two parts, so that block sums near 2^112 do not overflow */
  return amount / 1000000 * per_million + amount % 1000000 * per_million / 1000000;
}
