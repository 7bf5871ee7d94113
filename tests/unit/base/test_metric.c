#include "unit.h"

#include "base/metric.h"
#include <math.h>
#include <stdio.h>

static const double bounds[] = {0.005, 0.25, 1, 10};

static const struct metric_spec events = {.name = "app_events",
                                          .help = "Events taken, by \"source\"\\n",
                                          .kind = METRIC_COUNTER,
                                          .labels = {"source", "result"},
                                          .series_max = 4};
static const struct metric_spec queue = {
    .name = "app_queue_bytes", .help = "Bytes that wait", .kind = METRIC_GAUGE, .unit = "bytes"};
static const struct metric_spec took = {.name = "app_took_seconds",
                                        .help = "How long it took",
                                        .kind = METRIC_HISTOGRAM,
                                        .unit = "seconds",
                                        .labels = {"route"},
                                        .bounds = bounds,
                                        .bound_count = COUNT_OF(bounds)};
static const struct metric_spec commit = {
    .name = "app_commit_seconds", .help = "Commits", .kind = METRIC_SUMMARY, .unit = "seconds"};
static const struct metric_spec unused = {
    .name = "app_unused", .help = "Never seen", .kind = METRIC_GAUGE, .labels = {"x"}};

struct rig {
  struct metric_set *set;
  struct metric *events, *took;
  struct metric_series *queue, *commit;
  struct buf text;
};

static int set_up(void **state) {
  struct rig *rig = test_calloc(1, sizeof *rig);
  rig->set = metric_set_new();
  rig->events = metric_new(rig->set, &events);
  rig->queue = metric_only(metric_new(rig->set, &queue));
  rig->took = metric_new(rig->set, &took);
  rig->commit = metric_only(metric_new(rig->set, &commit));
  metric_new(rig->set, &unused);
  buf_init(&rig->text);
  *state = rig;
  return 0;
}

static int tear_down(void **state) {
  struct rig *rig = *state;
  metric_set_free(rig->set);
  buf_release(&rig->text);
  test_free(rig);
  return 0;
}

static struct metric_series *event_series(struct rig *rig, const char *source, const char *result) {
  return metric_series(rig->events, (struct str[]){str_of(source), str_of(result)});
}

static const char *text(struct rig *rig, enum metric_format format) {
  buf_clear(&rig->text);
  metric_write(rig->set, format, &rig->text);
  return rig->text.data;
}

static void fill(struct rig *rig) {
  metric_add(event_series(rig, "web", "accepted"), 3);
  metric_add(event_series(rig, "a\"b\\c\nd", "accepted"), 1);
  metric_add(event_series(rig, "web", "accepted"), 4000000000.0);
  metric_set(rig->queue, 1.5);
  struct metric_series *batch = metric_labelled(rig->took, STR("/v1/batch"));
  static const double seconds[] = {0.005, 0.006, 0.25, 0.9, 1, 11, 1e9};
  for (size_t i = 0; i < COUNT_OF(seconds); i++) metric_observe(batch, seconds[i]);
  metric_sum(rig->commit, 2, 0.125);
}

static void writes_prometheus(void **state) {
  struct rig *rig = *state;
  fill(rig);
  assert_string_equal(text(rig, METRIC_PROMETHEUS),
                      "# HELP app_events_total Events taken, by \"source\"\\\\n\n"
                      "# TYPE app_events_total counter\n"
                      "app_events_total{source=\"web\",result=\"accepted\"} 4000000003\n"
                      "app_events_total{source=\"a\\\"b\\\\c\\nd\",result=\"accepted\"} 1\n"
                      "# HELP app_queue_bytes Bytes that wait\n"
                      "# TYPE app_queue_bytes gauge\n"
                      "app_queue_bytes 1.5\n"
                      "# HELP app_took_seconds How long it took\n"
                      "# TYPE app_took_seconds histogram\n"
                      "app_took_seconds_bucket{route=\"/v1/batch\",le=\"0.005\"} 1\n"
                      "app_took_seconds_bucket{route=\"/v1/batch\",le=\"0.25\"} 3\n"
                      "app_took_seconds_bucket{route=\"/v1/batch\",le=\"1.0\"} 5\n"
                      "app_took_seconds_bucket{route=\"/v1/batch\",le=\"10.0\"} 5\n"
                      "app_took_seconds_bucket{route=\"/v1/batch\",le=\"+Inf\"} 7\n"
                      "app_took_seconds_sum{route=\"/v1/batch\"} 1000000013.161\n"
                      "app_took_seconds_count{route=\"/v1/batch\"} 7\n"
                      "# HELP app_commit_seconds Commits\n"
                      "# TYPE app_commit_seconds summary\n"
                      "app_commit_seconds_sum 0.125\n"
                      "app_commit_seconds_count 2\n");
}

static void writes_openmetrics(void **state) {
  struct rig *rig = *state;
  fill(rig);
  const char *open = text(rig, METRIC_OPENMETRICS);
  assert_memory_equal(open,
                      "# HELP app_events Events taken, by \\\"source\\\"\\\\n\n"
                      "# TYPE app_events counter\n"
                      "app_events_total{source=\"web\",result=\"accepted\"} 4000000003\n",
                      100);
  assert_non_null(
      strstr(open, "# TYPE app_queue_bytes gauge\n# UNIT app_queue_bytes bytes\napp_queue_bytes 1.5\n"));
  assert_non_null(strstr(open, "# UNIT app_took_seconds seconds\napp_took_seconds_bucket{"));
  assert_true(str_ends(str_of(open), STR("app_commit_seconds_count 2\n# EOF\n")));
  assert_null(strstr(open, "app_unused"));
}

static void numbers_are_exact(void **state) {
  struct rig *rig = *state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{0, "0"},          {-1, "-1"},   {0.1, "0.1"},       {9007199254740992.0, "9007199254740992"},
               {1e300, "1e+300"}, {NAN, "NaN"}, {INFINITY, "+Inf"}, {-INFINITY, "-Inf"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char line[100];
    metric_set(rig->queue, cases[i].value);
    snprintf(line, sizeof line, "\napp_queue_bytes %s\n", cases[i].text);
    if (!strstr(text(rig, METRIC_PROMETHEUS), line)) fail_msg("no %s in %s", line, rig->text.data);
  }
}

static void names_without_end_are_one_series(void **state) {
  struct rig *rig = *state;
  struct metric_series *first = event_series(rig, "s0", "ok");
  for (int i = 0; i < 1000; i++) {
    char name[16];
    snprintf(name, sizeof name, "s%d", i);
    metric_add(event_series(rig, name, "ok"), 1);
  }
  assert_ptr_equal(event_series(rig, "s0", "ok"), first);
  assert_int_equal((int)metric_value(event_series(rig, "s2", "ok")), 1);
  assert_int_equal((int)metric_value(event_series(rig, "other", "other")), 997);
  assert_ptr_equal(event_series(rig, "s500", "x"), event_series(rig, "new", "y"));
}

static void long_values_are_cut_between_characters(void **state) {
  struct rig *rig = *state;
  char name[2 * METRIC_VALUE_MAX + 1];
  for (size_t i = 0; i < sizeof name - 1; i += 2) memcpy(name + i, "\xc3\xa9", 2);
  memmove(name + 1, name, sizeof name - 2);
  name[0] = 'x';
  name[sizeof name - 1] = '\0';
  metric_add(event_series(rig, name, "ok"), 1);
  const char *at = strstr(text(rig, METRIC_PROMETHEUS), "source=\"x");
  assert_non_null(at);
  at += strlen("source=\"");
  assert_int_equal(strcspn(at, "\""), METRIC_VALUE_MAX - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(writes_prometheus),
      TEST(writes_openmetrics),
      TEST(numbers_are_exact),
      TEST(names_without_end_are_one_series),
      TEST(long_values_are_cut_between_characters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
