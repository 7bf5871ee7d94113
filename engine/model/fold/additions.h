/* additions.h - timed amounts: the newest KEEP_NEWEST of them, and what those later than any instant sum up to.
 *
 * Amounts are added in order of time. Beside each stand the sums of all before it, so a sum over the later ones is a binary
 * search and a difference: a lead whose every event adds to one rule is folded in n log n, not n times KEEP_NEWEST.
 */
#ifndef EMBUDO_MODEL_ADDITIONS_H
#define EMBUDO_MODEL_ADDITIONS_H

#include "model/fold/weight.h"

struct addition_sums {
  wide amount, moment; /* of amounts; of amounts times their instants. |moment| < 2^120 with 2^32 additions */
};

struct additions {
  struct addition *ring; /* NULL while nothing was added */
  uint32_t count, start, cap;
  struct addition_sums all, positive; /* of everything ever added, also of what made room */
};

void additions_add(struct additions *additions, int64_t t, int64_t amount);
void additions_keep(struct additions *additions,
                    int64_t keep_per_million);     /* a reset: that much of each remains */
void additions_clear(struct additions *additions); /* empty; its memory stays */
void additions_release(struct additions *additions);

/* Sums of the kept ones with time > `after_ms`: the positive ones (sign > 0), the negative ones (sign < 0) or all (0). */
struct addition_sums additions_later(const struct additions *additions, int64_t after_ms, int sign);

#endif
