#include "histogram.h"

#include <stddef.h>

enum { STEPS = HISTOGRAM_STEPS, STEP_BITS = 6 };

/* Microseconds below STEPS have a bucket each; above, a power of two has STEPS. */
static size_t bucket_of(uint64_t us) {
  unsigned power = us < STEPS ? 0 : (unsigned)(63 - __builtin_clzll(us)) - STEP_BITS;
  size_t bucket = power * STEPS + (us >> power);
  return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The largest number of the bucket. */
static uint64_t bucket_top(size_t bucket) {
  if (bucket < 2 * STEPS) return bucket;
  size_t power = bucket / STEPS - 1;
  return ((bucket % STEPS + STEPS + 1) << power) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t us) {
  histogram->counts[bucket_of(us)]++;
  histogram->total++;
  if (us > histogram->max_us) histogram->max_us = us;
}

double histogram_ms(const struct histogram *histogram, double part) {
  uint64_t wanted = (uint64_t)((double)histogram->total * part), seen = 0;
  for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
    seen += histogram->counts[i];
    if (seen <= wanted) continue;
    uint64_t top = bucket_top(i);
    return (double)(top < histogram->max_us ? top : histogram->max_us) / 1000;
  }
  return (double)histogram->max_us / 1000;
}
