/* Metrics as text: Prometheus' format 0.0.4, and OpenMetrics 1.0. They differ in the names of counters, in escapes, in
 * UNIT and in the last line. */
#include "base/json.h"
#include "base/metric.h"
#include "base/metric_private.h"
#include <math.h>

static const char *const kind_words[] = {[METRIC_COUNTER] = "counter",
                                         [METRIC_GAUGE] = "gauge",
                                         [METRIC_HISTOGRAM] = "histogram",
                                         [METRIC_SUMMARY] = "summary"};

struct writing {
  enum metric_format format;
  struct buf *out;
};

/* --- parts -------------------------------------------------------------------------------------------------------------- */

static void put_escaped(struct buf *out, struct str text, bool quotes) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if (c == '\n')
      buf_add_text(out, "\\n");
    else if (c == '\\' || (c == '"' && quotes))
      buf_printf(out, "\\%c", c);
    else
      buf_add_char(out, c);
  }
}

static void put_number(struct buf *out, double value) {
  struct json_writer w;
  json_writer_init(&w, out);
  if (isnan(value))
    buf_add_text(out, "NaN");
  else if (isinf(value))
    buf_add_text(out, value > 0 ? "+Inf" : "-Inf");
  else
    json_put_number(&w, value);
}

/* Both formats get the same text, "1.0" for 1: what was collected in one must be found again in the other. */
static void put_bound(struct buf *out, double bound) {
  size_t start = out->len;
  put_number(out, bound);
  if (!strpbrk(out->data + start, ".eI")) buf_add_text(out, ".0");
}

static void put_label(struct buf *out, const char *name, struct str value, bool first) {
  buf_printf(out, "%c%s=\"", first ? '{' : ',', name);
  put_escaped(out, value, true);
  buf_add_char(out, '"');
}

/* --- lines -------------------------------------------------------------------------------------------------------------- */

/* `bound` NULL: no le. */
static void put_sample(const struct writing *writing, const struct metric_series *series, const char *suffix,
                       const double *bound, double value) {
  const struct metric *metric = series->metric;
  struct buf *out = writing->out;
  buf_printf(out, "%s%s", metric->spec->name, suffix);
  for (size_t i = 0; i < metric->label_count; i++)
    put_label(out, metric->spec->labels[i], series->values[i], i == 0);
  if (bound) {
    buf_printf(out, "%cle=\"", metric->label_count ? ',' : '{');
    put_bound(out, *bound);
    buf_add_char(out, '"');
  }
  if (bound || metric->label_count) buf_add_char(out, '}');
  buf_add_char(out, ' ');
  put_number(out, value);
  buf_add_char(out, '\n');
}

static void put_buckets(const struct writing *writing, const struct metric_series *series) {
  const struct metric_spec *spec = series->metric->spec;
  const double infinite = INFINITY;
  double count = 0;
  for (size_t i = 0; i < spec->bound_count; i++) {
    count += series->buckets[i];
    put_sample(writing, series, "_bucket", &spec->bounds[i], count);
  }
  put_sample(writing, series, "_bucket", &infinite, series->count);
}

static void put_series(const struct writing *writing, const struct metric_series *series) {
  switch (series->metric->spec->kind) {
  case METRIC_COUNTER: put_sample(writing, series, "_total", NULL, series->value); return;
  case METRIC_GAUGE: put_sample(writing, series, "", NULL, series->value); return;
  case METRIC_HISTOGRAM: put_buckets(writing, series); break;
  case METRIC_SUMMARY: break;
  }
  put_sample(writing, series, "_sum", NULL, series->value);
  put_sample(writing, series, "_count", NULL, series->count);
}

/* --- metrics ------------------------------------------------------------------------------------------------------------ */

static void put_head(const struct writing *writing, const struct metric_spec *spec) {
  struct buf *out = writing->out;
  bool open = writing->format == METRIC_OPENMETRICS;
  const char *suffix = !open && spec->kind == METRIC_COUNTER ? "_total" : "";
  buf_printf(out, "# HELP %s%s ", spec->name, suffix);
  put_escaped(out, str_of(spec->help), open);
  buf_printf(out, "\n# TYPE %s%s %s\n", spec->name, suffix, kind_words[spec->kind]);
  if (open && spec->unit) buf_printf(out, "# UNIT %s %s\n", spec->name, spec->unit);
}

void metric_write(const struct metric_set *set, enum metric_format format, struct buf *out) {
  const struct writing writing = {format, out};
  for (size_t i = 0; i < set->count; i++) {
    const struct metric *metric = set->metrics[i];
    if (metric->series_count == 0) continue;
    put_head(&writing, metric->spec);
    for (size_t k = 0; k < metric->series_count; k++) put_series(&writing, metric->series[k]);
  }
  if (format == METRIC_OPENMETRICS) buf_add_text(out, "# EOF\n");
}
