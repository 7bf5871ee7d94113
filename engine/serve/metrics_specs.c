/* The table of metrics, as metric.h takes it. */
#include "serve/metrics_private.h"

/* From the time a fast disk takes to that after which clients have given up. */
static const double seconds[] = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};

enum {
  WIDE_SERIES_MAX = 500 /* routes times methods times classes of status; ways between stages times causes */
};

#define LABELS(...)   __VA_ARGS__
#define NO_LABELS     NULL
#define BOUNDS(kind)  ((kind) == METRIC_HISTOGRAM ? seconds : NULL)
#define BOUNDED(kind) ((kind) == METRIC_HISTOGRAM ? sizeof seconds / sizeof *seconds : 0)

const struct metric_spec metrics_specs[METRICS_COUNT] = {
#define X(code, word, type, base_unit, words, text)                                                          \
  [METRICS_##code] = {.name = (word),                                                                        \
                      .help = (text),                                                                        \
                      .kind = (type),                                                                        \
                      .unit = (base_unit),                                                                   \
                      .labels = {words},                                                                     \
                      .bounds = BOUNDS(type),                                                                \
                      .bound_count = BOUNDED(type),                                                          \
                      .series_max = WIDE_SERIES_MAX},
    METRICS(X)
#undef X
};
