/* histogram.h - latencies in buckets of microseconds, 64 to each power of two: within 1.6 % of the truth. */
#ifndef LOADER_HISTOGRAM_H
#define LOADER_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_POWERS = 32, HISTOGRAM_BUCKETS = HISTOGRAM_POWERS * HISTOGRAM_STEPS };

struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS], total, max_us;
};

void histogram_add(struct histogram *histogram, uint64_t us);

/* The latency that `part` (0 to 1) of all stay below, in milliseconds; 0 when there are none. */
double histogram_ms(const struct histogram *histogram, double part);

#endif
