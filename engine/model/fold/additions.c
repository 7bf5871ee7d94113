#include "model/fold/additions.h"
#include "base/err.h"

struct addition {
  int64_t time_ms;
  int64_t amount;
  struct addition_sums all, positive; /* of everything before this one */
};

static struct addition *at(const struct additions *additions, uint32_t i) {
  return &additions->ring[(additions->start + i) & (additions->cap - 1)]; /* cap is a power of two */
}

static void sum_up(struct addition_sums *sums, int64_t t, int64_t amount) {
  sums->amount += amount;
  sums->moment += (wide)amount * t;
}

static struct addition_sums difference(struct addition_sums of, struct addition_sums less) {
  return (struct addition_sums){of.amount - less.amount, of.moment - less.moment};
}

/* While it grows the ring has not turned, so its order is its memory's. */
static void grow(struct additions *additions) {
  additions->cap = additions->cap ? additions->cap * 2 : 8; /* in the end KEEP_NEWEST */
  additions->ring = xrealloc(additions->ring, additions->cap * sizeof *additions->ring);
}

static void fill(struct additions *additions, struct addition *place, int64_t t, int64_t amount) {
  *place = (struct addition){t, amount, additions->all, additions->positive};
  sum_up(&additions->all, t, amount);
  if (amount > 0) sum_up(&additions->positive, t, amount);
}

void additions_add(struct additions *additions, int64_t t, int64_t amount) {
  if (additions->count == KEEP_NEWEST) { /* the oldest one makes room: the ring turns */
    struct addition *oldest = at(additions, 0);
    additions->start = (additions->start + 1) & (additions->cap - 1);
    fill(additions, oldest, t, amount);
    return;
  }
  if (additions->count == additions->cap) grow(additions);
  fill(additions, at(additions, additions->count++), t, amount);
}

void additions_keep(struct additions *additions, int64_t keep_per_million) {
  additions->all = additions->positive = (struct addition_sums){0, 0};
  for (uint32_t i = 0; i < additions->count; i++) {
    struct addition *addition = at(additions, i);
    fill(additions, addition, addition->time_ms, (int64_t)weight_scaled(addition->amount, keep_per_million));
  }
}

void additions_clear(struct additions *additions) {
  *additions = (struct additions){.ring = additions->ring, .cap = additions->cap};
}

void additions_release(struct additions *additions) {
  free(additions->ring);
  *additions = (struct additions){0};
}

/* How many of the kept ones are not later than the instant. */
static uint32_t count_until(const struct additions *additions, int64_t t) {
  uint32_t low = 0, high = additions->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (at(additions, middle)->time_ms > t)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

struct addition_sums additions_later(const struct additions *additions, int64_t after_ms, int sign) {
  uint32_t first = count_until(additions, after_ms);
  if (first == additions->count) return (struct addition_sums){0, 0};
  const struct addition *addition = at(additions, first);
  struct addition_sums all = difference(additions->all, addition->all);
  if (sign == 0) return all;
  struct addition_sums positive = difference(additions->positive, addition->positive);
  return sign > 0 ? positive : difference(all, positive);
}
