/* weight.h - the arithmetic of decay: how much an addition made at one instant still counts at another.
 *
 * Everything is exact or quantised once, so that sums do not depend on the order of adding:
 * - none, linear, step: integers throughout;
 * - half-life: an addition's weight 2^(age of the landmark / h) is rounded once, to WEIGHT_BITS, against a landmark
 *   that depends only on the addition's own time (blocks of WEIGHT_BLOCK half-lives since the epoch). A block's weights
 *   are summed as integers; reading scales each block's sum by one power of two. A block is forgotten
 *   WEIGHT_BLOCKS blocks later: additions older than 40 to 48 half-lives (2^-40 of their points) count nothing.
 *
 * Amounts are in units of WEIGHT_UNIT for constant points (so that a reset can keep a fraction) or in milli-points.
 */
#ifndef EMBUDO_MODEL_WEIGHT_H
#define EMBUDO_MODEL_WEIGHT_H

#include "model/ruleset/ruleset.h"

enum {
  WEIGHT_BLOCK = 8,  /* half-lives in a block */
  WEIGHT_BLOCKS = 6, /* blocks that still count, the present one included */
  WEIGHT_BITS = 44   /* binary places of a weight at its landmark */
};
#define WEIGHT_UNIT (INT64_C(1) << 30) /* one addition of a rule with constant points */

typedef __int128 wide; /* sums of amounts (POINTS_MAX) times weights */

/* 2^x for x in [-64, 64]; the same bits on every IEEE 754 machine (no libm). Relative error below 2^-52. */
double weight_exp2(double x);

int64_t weight_block(int64_t t, int64_t half_life_ms); /* which block an instant lies in (floor) */

/* The quantised weight of an addition at `t` against its own block's landmark. */
int64_t weight_quantised(int64_t t, int64_t half_life_ms);

/* Where an instant lies among a half-life's blocks, and by how much a weight against that block's landmark has shrunk. It
 * remembers the last two instants asked for: many accounts of one half-life are read at the same instant. */
struct weight_clock {
  int64_t half_life_ms;
  struct weight_instant {
    int64_t at_ms, block;
    double factor;
  } last[2];
  bool used[2];
  int next; /* which of the two makes room */
};
#define WEIGHT_CLOCK(span_ms) ((struct weight_clock){.half_life_ms = (span_ms)})

/* What sums of quantised weights, of block `block` and the ones before it, are worth at `t` >= any of their additions, in
 * amounts. Forgotten blocks are worth nothing. */
double weight_worth(const wide sums[WEIGHT_BLOCKS], int64_t block, int64_t t, struct weight_clock *clock);

/* Nearest integer, halves away from zero; within a millionth of a half counts as a half, because that is where exact
 * fractions (a quarter of 10.002 points) land after quantisation. */
int64_t weight_round(double x);

/* numerator / denominator, rounded half away from zero, exactly. denominator > 0. */
int64_t weight_divide(wide numerator, wide denominator);

/* What a reset leaves of an amount, towards zero. */
wide weight_scaled(wide amount, int64_t per_million);

#endif
