#include "base/metric.h"

#include "base/err.h"
#include "base/metric_private.h"
#include <math.h>

/* --- checks of what programmers write --------------------------------------------------------------------------------- */

static bool is_name(const char *name) {
  for (const char *p = name; *p; p++)
    if (!((*p >= 'a' && *p <= 'z') || *p == '_' || (p > name && *p >= '0' && *p <= '9'))) return false;
  return *name != '\0';
}

static bool ends_in(const char *name, const char *word) {
  size_t len = strlen(name), word_len = strlen(word);
  return len > word_len + 1 && name[len - word_len - 1] == '_' && strcmp(name + len - word_len, word) == 0;
}

static void check_bounds(const struct metric_spec *spec) {
  ASSERT((spec->kind == METRIC_HISTOGRAM) == (spec->bound_count > 0));
  ASSERT(spec->bound_count <= METRIC_BOUNDS_MAX);
  for (size_t i = 0; i < spec->bound_count; i++)
    ASSERT(isfinite(spec->bounds[i]) && (i == 0 || spec->bounds[i] > spec->bounds[i - 1]));
}

static void check_spec(const struct metric_spec *spec) {
  static const char *const reserved[] = {"total", "count", "sum", "bucket", "created"};
  ASSERT(is_name(spec->name) && *spec->help);
  for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) ASSERT(!ends_in(spec->name, reserved[i]));
  ASSERT(!spec->unit || ends_in(spec->name, spec->unit));
  for (size_t i = 0; i < METRIC_LABELS_MAX && spec->labels[i]; i++)
    ASSERT(is_name(spec->labels[i]) && strcmp(spec->labels[i], "le") != 0);
  check_bounds(spec);
}

/* --- life ------------------------------------------------------------------------------------------------------------- */

struct metric_set *metric_set_new(void) {
  return xcalloc(1, sizeof(struct metric_set));
}

static void metric_free(struct metric *metric) {
  for (size_t i = 0; i < metric->series_count; i++) free(metric->series[i]);
  free(metric->series);
  map_release(&metric->index);
  free(metric);
}

void metric_set_free(struct metric_set *set) {
  if (!set) return;
  for (size_t i = 0; i < set->count; i++) metric_free(set->metrics[i]);
  free(set->metrics);
  free(set);
}

struct metric *metric_new(struct metric_set *set, const struct metric_spec *spec) {
  struct metric *metric = xcalloc(1, sizeof *metric);
  check_spec(spec);
  metric->spec = spec;
  metric->series_max = spec->series_max ? spec->series_max : METRIC_SERIES_MAX;
  while (metric->label_count < METRIC_LABELS_MAX && spec->labels[metric->label_count]) metric->label_count++;
  map_init(&metric->index);
  if (set->count == set->cap) {
    set->cap = set->cap ? set->cap * 2 : 32;
    set->metrics = xrealloc(set->metrics, set->cap * sizeof *set->metrics);
  }
  set->metrics[set->count++] = metric;
  if (metric->label_count == 0) metric_only(metric);
  return metric;
}

/* --- series ------------------------------------------------------------------------------------------------------------ */

enum { KEY_MAX = METRIC_LABELS_MAX * (METRIC_VALUE_MAX + 1) };

/* Cut at the bound, but not inside a character. */
static size_t value_len(struct str value) {
  size_t len = value.len;
  if (len <= METRIC_VALUE_MAX) return len;
  for (len = METRIC_VALUE_MAX; len > 0 && ((unsigned char)value.p[len] & 0xc0) == 0x80; len--) continue;
  return len;
}

/* The values, each ended by a NUL. */
static struct str make_key(const struct metric *metric, const struct str *values, char room[KEY_MAX]) {
  size_t at = 0;
  for (size_t i = 0; i < metric->label_count; i++) {
    size_t len = value_len(values[i]);
    if (len) memcpy(room + at, values[i].p, len);
    room[at + len] = '\0';
    at += len + 1;
  }
  return (struct str){room, at};
}

static struct metric_series *add_series(struct metric *metric, struct str key) {
  struct metric_series *series = xcalloc(1, sizeof *series);
  size_t place = metric->series_count++;
  map_put(&metric->index, key, (uint32_t)place, NULL);
  const char *at = metric->index.entries[place].key.p; /* the map's copy */
  series->metric = metric;
  for (size_t i = 0; i < metric->label_count; i++) {
    series->values[i] = str_of(at);
    at += series->values[i].len + 1;
  }
  metric->series = xrealloc(metric->series, metric->series_count * sizeof(struct metric_series *));
  return metric->series[place] = series;
}

/* The last place is kept for those that find no room. */
static struct metric_series *other_series(struct metric *metric) {
  struct str values[METRIC_LABELS_MAX];
  char room[KEY_MAX];
  for (size_t i = 0; i < metric->label_count; i++) values[i] = STR("other");
  struct str key = make_key(metric, values, room);
  uint32_t place = map_get(&metric->index, key);
  return place == MAP_NONE ? add_series(metric, key) : metric->series[place];
}

struct metric_series *metric_series(struct metric *metric, const struct str *values) {
  char room[KEY_MAX];
  struct str key = make_key(metric, values, room);
  uint32_t place = map_get(&metric->index, key);
  if (place != MAP_NONE) return metric->series[place];
  if (metric->series_count + 1 < metric->series_max || metric->label_count == 0)
    return add_series(metric, key);
  return other_series(metric);
}

struct metric_series *metric_labelled(struct metric *metric, struct str value) {
  ASSERT(metric->label_count == 1);
  return metric_series(metric, &value);
}

struct metric_series *metric_only(struct metric *metric) {
  ASSERT(metric->label_count == 0);
  return metric->series_count ? metric->series[0] : add_series(metric, STR(""));
}

/* --- values ------------------------------------------------------------------------------------------------------------ */

static bool is_plain(const struct metric_series *series) {
  enum metric_kind kind = series->metric->spec->kind;
  return kind == METRIC_COUNTER || kind == METRIC_GAUGE;
}

void metric_add(struct metric_series *series, double more) {
  ASSERT(is_plain(series));
  series->value += more;
}

void metric_set(struct metric_series *series, double value) {
  ASSERT(is_plain(series));
  series->value = value;
}

void metric_observe(struct metric_series *series, double value) {
  const struct metric_spec *spec = series->metric->spec;
  size_t i = 0;
  ASSERT(!is_plain(series));
  series->count++;
  series->value += value;
  while (i < spec->bound_count && value > spec->bounds[i]) i++;
  if (i < spec->bound_count) series->buckets[i]++;
}

void metric_sum(struct metric_series *series, double count, double sum) {
  ASSERT(series->metric->spec->kind == METRIC_SUMMARY);
  series->count = count;
  series->value = sum;
}

double metric_value(const struct metric_series *series) {
  return is_plain(series) ? series->value : series->count;
}
