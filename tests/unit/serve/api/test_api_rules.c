#include "serve_fixture.h"

static const char rules_text[] =
    "dimension \"fit\" { min = 0, max = 50, bands = { A = 30, B = 0 } }\n"
    "dimension \"engagement\" {}\n"
    "group \"web\" { dimension = \"engagement\" }\n"
    "rule \"demo\" { doc = \"Asked for a demo\", on = track \"Demo\" | track \"Trial\",\n"
    "  points = { engagement = 40 }, group = \"web\", decay = half_life \"10d\",\n"
    "  limit = { times = 2, per = \"1d\" }, cap = 60 }\n"
    "rule \"steps\" { on = page {}, points = { engagement = 1 }, decay = step { [\"1d\"] = 0.5, [\"2d\"] = 0 "
    "} }\n"
    "rule \"broken\" { on = track \"Demo\", points = function(lead, event) return event.properties.no.way "
    "end }\n"
    "rule \"big\" { when = trait { employees = at_least(100) }, points = { fit = 30 } }\n"
    "rule \"size\" { dimension = \"fit\", field = \"employees\",\n"
    "  first = { { at_least(500), value = 10 }, { present, value = 5 } } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", when = score { engagement = at_least(4000) } } }\n";

static int set_up(void **state) {
  serve_rules = rules_text;
  return serve_start(state);
}

static void send_demos(int count) {
  static int sent;
  for (int i = 0; i < count; i++) {
    char event[80];
    snprintf(event, sizeof event, "{\"userId\":\"ana\",\"event\":\"Demo\",\"messageId\":\"m-%d\"}", ++sent);
    assert_int_equal(serve_post("/v1/track", event), 200);
  }
}

static void a_rule_says_what_it_is(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/rules/demo"), 200);
  assert_at("doc", "\"Asked for a demo\"");
  assert_at("file", "\"rules.lua\"");
  assert_at("line", "4");
  assert_at("kind", "\"behaviour\"");
  assert_at("group", "\"web\"");
  assert_at("dimensions", "[\"engagement\"]");
  assert_at("points", "{\"engagement\":40}");
  assert_at("on", "[\"track \\\"Demo\\\" | track \\\"Trial\\\"\"]");
  assert_at("decay", "{\"kind\":\"half_life\",\"span\":\"10d\"}");
  assert_at("limit", "{\"times\":2,\"per\":\"1d\"}");
  assert_at("cap", "60");
  serve_get("/v1/rules/steps");
  assert_at("decay.steps.0", "{\"age\":\"1d\",\"share\":0.5}");
  serve_get("/v1/rules/size");
  assert_at("kind", "\"profile\"");
  assert_at("field", "\"employees\"");
  assert_at("rows.0", "{\"is\":\"at_least(500)\",\"points\":10}");
  serve_get("/v1/rules/big");
  assert_at("when", "\"trait { employees = at_least(100) }\"");
  assert_at("matches", "null");
}

/* An event that matches two patterns of a rule, or counts for nothing because of its limit, is one match. */
static void matches_are_counted_and_survive_a_restart(void **state) {
  (void)state;
  send_demos(5);
  assert_int_equal(serve_post("/v1/page", "{\"userId\":\"bob\"}"), 200);
  assert_int_equal(serve_post("/v1/track", "{\"userId\":\"bob\",\"event\":\"Other\"}"), 200);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(serve_get("/v1/rules"), 200);
    assert_int_equal(serve_count_at("rules"), 5);
    assert_at("rules.0.rule", "\"demo\"");
    assert_at("rules.0.matches", "5");
    assert_at("rules.1.matches", "1");
    serve_restart();
  }
}

static void duplicates_do_not_match_again(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++)
    serve_post("/v1/track", "{\"userId\":\"ana\",\"event\":\"Demo\",\"messageId\":\"same\"}");
  serve_get("/v1/rules/demo");
  assert_at("matches", "1");
}

static void failures_are_told_until_it_is_stopped(void **state) {
  (void)state;
  send_demos(1);
  serve_get("/v1/rules/broken");
  assert_at("function", "true");
  assert_at("stopped", "false");
  assert_true(serve_count_at("recent_failures") >= 1);
  assert_at("recent_failures.0.file", "\"rules.lua\"");
  assert_at("recent_failures.0.line", "8");
  serve_get("/v1/rulesets?limit=0");
  assert_int_equal(serve_count_at("rulesets.0.failing"), 1);
  assert_at("rulesets.0.failing_total", "1");
  assert_at("rulesets.0.failing.0.function", "\"rule broken\"");
  assert_at("rulesets.0.failing.0.failures", "1");
  assert_at("rulesets.0.failing.0.line", "8");
  send_demos(SCRIPT_QUARANTINE_AFTER);
  serve_get("/v1/rules/broken");
  assert_at("stopped", "true");
  serve_get("/v1/rules/demo");
  assert_at("failures", "0");
  assert_at("recent_failures", "[]");
}

static void the_running_ruleset_is_listed(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/rulesets"), 200);
  assert_int_equal(serve_count_at("rulesets"), 1);
  assert_at("rulesets.0.state", "\"running\"");
  assert_at("rulesets.0.loaded_at", "\"2026-11-24T12:00:00Z\"");
  assert_at("rulesets.0.rules", "5");
  assert_at("rulesets.0.behaviour_rules", "3");
  assert_at("rulesets.0.functions", "1");
  assert_at("rulesets.0.dimensions.0",
            "{\"name\":\"fit\",\"min\":0,\"max\":50,\"bands\":{\"A\":30,\"B\":0}}");
  assert_at("rulesets.0.lifecycles.0.stages", "[\"lead\",\"mql\"]");
  assert_true(serve_count_at("rulesets.0.warnings") > 0); /* nobody reaches 4000 */
  struct str hash;
  assert_true(json_string(serve_at("rulesets.0.ruleset"), &hash) && hash.len == 64);
}

static void strangers_and_unknown_rules_are_refused(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/rules/none"), 404);
  assert_int_equal(serve_request("GET", "/v1/rules", "", STR("")), 401);
  assert_int_equal(serve_request("GET", "/v1/rules/demo", "", STR("")), 401);
  assert_int_equal(serve_request("GET", "/v1/rulesets", "", STR("")), 401);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_rule_says_what_it_is, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(matches_are_counted_and_survive_a_restart, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(duplicates_do_not_match_again, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(failures_are_told_until_it_is_stopped, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(the_running_ruleset_is_listed, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(strangers_and_unknown_rules_are_refused, set_up, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
