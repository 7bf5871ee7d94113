/* metric_private.h - the layout of metrics, shared by metric*.c alone. */
#ifndef EMBUDO_BASE_METRIC_PRIVATE_H
#define EMBUDO_BASE_METRIC_PRIVATE_H

#include "base/map.h"
#include "base/metric.h"

struct metric_series {
  const struct metric *metric;
  struct str values[METRIC_LABELS_MAX];
  double value; /* of a counter or gauge; the sum of the others */
  double count;
  double buckets[METRIC_BOUNDS_MAX]; /* observed values up to that bound and above the one before */
};

struct metric {
  const struct metric_spec *spec;
  size_t label_count;
  struct map index; /* the values, each ended by a NUL -> place */
  struct metric_series **series;
  size_t series_count, series_max;
};

struct metric_set {
  struct metric **metrics;
  size_t count, cap;
};

#endif
