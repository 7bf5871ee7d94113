/* metric.h - numbers about the program for Prometheus: counters, gauges, histograms, in sets of series told apart by labels.
 *
 * A metric is described once (struct metric_spec, kept by reference) and has a series for each set of label values. Sets of
 * values are made when they first occur and bounded in number: beyond it they all are the one whose values are "other", so
 * that no client can fill memory or a database with names of its own. Values come from code and rule files; ids of people,
 * e-mail addresses and other open sets do not belong in them.
 *
 * Counting takes no memory: only a new series does. Whoever counts often keeps the series' pointer, which lives as long as the
 * set. Counts are doubles, exact up to 2^53. One thread.
 *
 * Names: lower case, the unit as the last word, base units (seconds, bytes), counters without "_total", which is added
 * where the format wants it. Asserted.
 */
#ifndef EMBUDO_BASE_METRIC_H
#define EMBUDO_BASE_METRIC_H

#include "base/buf.h"

enum metric_kind {
  METRIC_COUNTER,   /* only rises */
  METRIC_GAUGE,     /* is what it is */
  METRIC_HISTOGRAM, /* how often which sizes were observed */
  METRIC_SUMMARY    /* how many there were and what they add up to */
};

enum {
  METRIC_LABELS_MAX = 4,
  METRIC_VALUE_MAX = 100,  /* bytes of a label's value; the rest is cut off */
  METRIC_BOUNDS_MAX = 16,  /* of a histogram */
  METRIC_SERIES_MAX = 100, /* of a metric, unless its spec says otherwise */
};

struct metric_spec {
  const char *name;
  const char *help; /* what it counts, without a final point */
  enum metric_kind kind;
  const char *unit;                      /* "seconds", "bytes": the name's last word; NULL: none */
  const char *labels[METRIC_LABELS_MAX]; /* up to the first NULL; not "le" */
  const double *bounds;                  /* of a histogram: rising upper bounds, without the infinite one */
  size_t bound_count;
  size_t series_max; /* 0: METRIC_SERIES_MAX */
};

struct metric_set;
struct metric;
struct metric_series;

struct metric_set *metric_set_new(void);
void metric_set_free(struct metric_set *set);

/* Metrics are written in the order in which they were added. One without labels has its series at once. */
struct metric *metric_new(struct metric_set *set, const struct metric_spec *spec);

/* The series with these values, one for each label. */
struct metric_series *metric_series(struct metric *metric, const struct str *values);

/* For metrics with one label, and without. */
struct metric_series *metric_labelled(struct metric *metric, struct str value);
struct metric_series *metric_only(struct metric *metric);

void metric_add(struct metric_series *series, double more);      /* counters, gauges */
void metric_set(struct metric_series *series, double value);     /* the same, where somebody else counts */
void metric_observe(struct metric_series *series, double value); /* histograms, summaries */
void metric_sum(struct metric_series *series, double count,
                double sum); /* summaries, where somebody else counts */

double metric_value(const struct metric_series *series); /* of counters and gauges; of the others the count */

/* --- as text --------------------------------------------------------------------------------------------------------- */

enum metric_format { METRIC_PROMETHEUS, METRIC_OPENMETRICS };

#define METRIC_PROMETHEUS_TYPE  "text/plain; version=0.0.4; charset=utf-8"
#define METRIC_OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Appends every metric that has a series. */
void metric_write(const struct metric_set *set, enum metric_format format, struct buf *out);

#endif
