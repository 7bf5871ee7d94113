/* The table of metrics, as metric.h takes it. */
#include "serve/metrics/metrics_private.h"

/* From the time a fast disk takes to that after which clients have given up. */
static const double seconds[] = {0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10};

/* From a minute to two weeks: what people take. */
static const double working[] = {60,    300,   900,    1800,   3600,   7200,   14400,
                                 28800, 86400, 172800, 345600, 604800, 1209600};

enum {
  WIDE_SERIES_MAX = 500 /* routes times methods times classes of status; ways between stages times causes */
};

#define LABELS(...)        __VA_ARGS__
#define NO_LABELS          NULL
#define SLOW(code)         (METRICS_##code == METRICS_PEOPLE_DELAY)
#define BOUNDS(code, kind) ((kind) != METRIC_HISTOGRAM ? NULL : SLOW(code) ? working : seconds)
#define BOUNDED(code, kind)                                                                                  \
  ((kind) != METRIC_HISTOGRAM ? 0                                                                            \
   : SLOW(code)               ? sizeof working / sizeof *working                                             \
                              : sizeof seconds / sizeof *seconds)

const struct metric_spec metrics_specs[METRICS_COUNT] = {
#define X(code, word, type, base_unit, words, text)                                                          \
  [METRICS_##code] = {.name = (word),                                                                        \
                      .help = (text),                                                                        \
                      .kind = (type),                                                                        \
                      .unit = (base_unit),                                                                   \
                      .labels = {words},                                                                     \
                      .bounds = BOUNDS(code, type),                                                          \
                      .bound_count = BOUNDED(code, type),                                                    \
                      .series_max = WIDE_SERIES_MAX},
    METRICS(X)
#undef X
};
