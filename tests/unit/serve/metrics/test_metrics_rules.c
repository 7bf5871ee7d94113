/* Each number about rules moves when what it is about does, and comes back. */
#include "metrics_rig.h"

#include "serve/rulesets/reload.h"
#include "serve/rulesets/rulesets.h"

#define AS_ADMIN "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n"
#define SHADOW   "/v1/rulesets/shadow"

#define RULES(points)                                                                                        \
  "dimension \"engagement\" {}\n"                                                                            \
  "rule \"visit\" { on = page {}, points = { engagement = " points " } }\n"                                  \
  "rule \"seats\" { on = track \"Seats\", points = function(lead, event)\n"                                  \
  "  return { engagement = event.properties.seats + 0 } end }\n"                                             \
  "lifecycle \"sales\" { start = \"lead\",\n"                                                                \
  "  move { \"lead\", \"mql\", when = score { engagement = at_least(20) } } }\n"

static const char few[] = RULES("5"), many[] = RULES("20");

static double metric(const char *name) {
  serve_get("/metrics");
  return value_of(name);
}

#define UNTIL_METRIC(name, expected) SERVE_UNTIL(metric(name) == (double)(expected))

static bool is_kept(const char *hash) {
  const struct kept *kept = kept_find(rulesets_index(serve.daemon.rulesets), str_of(hash));
  return kept && kept->has_files;
}

static const char *present(void) {
  return pipeline_generation(service_pipeline(serve.daemon.service))->rules->hash;
}

static void load(const char *rules) {
  uint64_t swaps = service_swaps(serve.daemon.service);
  serve_rules = rules;
  reload_rules(&serve.daemon, "watch");
  SERVE_UNTIL(service_swaps(serve.daemon.service) != swaps && !service_is_activating(serve.daemon.service));
  SERVE_UNTIL(is_kept(present()));
  serve_settle();
}

static int set_up(void **state) {
  serve_rules = few;
  serve_start(state);
  load("dimension \"x\" {}\n"); /* the fixture starts without the files' bytes: these are loaded */
  load(few);
  assert_int_equal(serve_post("/v1/page", "{\"userId\":\"ana\",\"messageId\":\"1\"}"), 200);
  serve_settle();
  return 0;
}

static int tear_down(void **state) {
  serve_rules = serve_default_rules;
  return serve_stop(state);
}

static void reloads(void **state) {
  (void)state;
  assert_true(metric("embudo_rules_refused_total") == 0);
  assert_metric("embudo_rules_failed", 0);
  double taken_over = value_of("embudo_rules_taken_over_total");
  serve_rules = "rule 7\n";
  reload_rules(&serve.daemon, "watch");
  UNTIL_METRIC("embudo_rules_failed", 1);
  assert_metric("embudo_rules_refused_total", 1);
  assert_metric("embudo_rules_taken_over_total", taken_over);
  load(many);
  UNTIL_METRIC("embudo_rules_failed", 0);
  assert_metric("embudo_rules_refused_total", 1);
  assert_metric("embudo_rules_taken_over_total", taken_over + 1);
  assert_true(value_of("embudo_rules_load_seconds{step=\"swap\"}") > 0);
  assert_true(value_of("embudo_rules_load_seconds{step=\"check\"}") > 0);
  assert_true(value_of("embudo_loop_turn_seconds_count") > 10);
  assert_true(value_of("embudo_loop_turn_seconds_sum") > 0);
}

/* Stops it between its beginning and the first thing that its thread has to say. */
static void pause_it(void *arg, const struct rulesets_ended *ended) {
  assert_true(!ended->problems && !ended->err);
  rulesets_pause(arg, true);
}

static void reading(void **state) {
  (void)state;
  struct rulesets_command command = {.how = {.anew = true}, .done = pause_it, .arg = serve.daemon.rulesets};
  struct err err;
  snprintf(command.hash, sizeof command.hash, "%s", present());
  assert_true(metric("embudo_rules_activating") == 0);
  assert_metric("embudo_rules_paused", 0);
  assert_metric("embudo_rules_reading_records_of", 0);
  assert_int_equal(rulesets_start(serve.daemon.rulesets, &command, &err), 0);
  UNTIL_METRIC("embudo_rules_paused", 1);
  assert_metric("embudo_rules_activating", 1);
  assert_true(value_of("embudo_rules_reading_records_of") > 0);
  assert_true(value_of("embudo_rules_reading_records") <= value_of("embudo_rules_reading_records_of"));
  rulesets_pause(serve.daemon.rulesets, false);
  UNTIL_METRIC("embudo_rules_activating", 0);
  assert_metric("embudo_rules_paused", 0);
  assert_metric("embudo_rules_reading_records_of", 0);
}

static void held(void **state) {
  (void)state;
  serve_configure("rulesets.stages", "hold");
  assert_true(metric("embudo_rules_held_stages") == 0);
  load(many);
  UNTIL_METRIC("embudo_rules_held_stages", 1);
  serve_request("POST", "/v1/rulesets/release", AS_ADMIN, STR("{\"all\":true}"));
  UNTIL_METRIC("embudo_rules_held_stages", 0);
}

static void shadows(void **state) {
  (void)state;
  char body[128], first[DIGEST_HEX_MAX];
  snprintf(first, sizeof first, "%s", present());
  load(many);
  snprintf(body, sizeof body, "{\"ruleset\":\"%s\"}", first);
  assert_true(metric("embudo_shadow_running") == 0);
  assert_metric("embudo_shadow_leads_differing", 0);
  assert_int_equal(serve_request("POST", SHADOW, AS_ADMIN, str_of(body)), 200);
  UNTIL_METRIC("embudo_shadow_leads_differing", 1);
  assert_metric("embudo_shadow_running", 1);
  assert_int_equal(serve_request("DELETE", SHADOW, AS_ADMIN, STR("")), 200);
  assert_true(metric("embudo_shadow_running") == 0);
  assert_metric("embudo_shadow_leads_differing", 0);
}

static void quarantine(void **state) {
  (void)state;
  char event[100];
  assert_true(metric("embudo_rules_quarantined") == 0);
  assert_metric("embudo_rule_failures_total", 0);
  for (int i = 0; i < (int)serve.config.limits.failures_before_quarantine; i++) {
    snprintf(event, sizeof event, "{\"event\":\"Seats\",\"userId\":\"bo\",\"messageId\":\"s%d\"}", i);
    assert_int_equal(serve_post("/v1/track", event), 200);
  }
  serve_settle();
  UNTIL_METRIC("embudo_rules_quarantined", 1);
  assert_true(value_of("embudo_rule_failures_total") >= serve.config.limits.failures_before_quarantine);
  load(many);
  UNTIL_METRIC("embudo_rules_quarantined", 1); /* nothing was mended: the same events fail again */
  load("dimension \"engagement\" {}\n");
  UNTIL_METRIC("embudo_rules_quarantined", 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {TEST(reloads), TEST(reading), TEST(held), TEST(shadows),
                                     TEST(quarantine)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
