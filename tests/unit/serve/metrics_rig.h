/* metrics_rig.h - numbers of the page at /metrics that was asked for last. */
#ifndef EMBUDO_METRICS_RIG_H
#define EMBUDO_METRICS_RIG_H

#include "serve_fixture.h"

#include <math.h>

/* The value of a line that begins with these words; NAN when there is none. */
static inline double value_of(const char *series) {
  struct str rest = serve.body;
  size_t len = strlen(series);
  while (rest.len > len) {
    const char *end = memchr(rest.p, '\n', rest.len);
    if (!end) break;
    if (memcmp(rest.p, series, len) == 0 && rest.p[len] == ' ') return strtod(rest.p + len, NULL);
    rest = (struct str){end + 1, rest.len - (size_t)(end + 1 - rest.p)};
  }
  return NAN;
}

#define assert_metric(series, expected)                                                                      \
  do {                                                                                                       \
    double value_ = value_of(series);                                                                        \
    if (!(value_ == (double)(expected)))                                                                     \
      fail_msg("%s:%d: %s is %g, expected %g", __FILE__, __LINE__, series, value_, (double)(expected));      \
  } while (0)

#endif
