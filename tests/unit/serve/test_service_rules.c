#include "serve_fixture.h"

#define EVENT(type, name, user, id)                                                                          \
  "{\"type\":\"" type "\",\"event\":\"" name "\",\"userId\":\"" user "\",\"messageId\":\"" id "\"}"

/* A demo is worth less, a visit makes an MQL. */
static const char other_rules[] =
    "dimension \"fit\" { min = 0, max = 50 }\n"
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { doc = \"Asked for a demo\", on = track \"Demo\", points = { engagement = 10 } }\n"
    "rule \"visit\" { on = page {}, points = { engagement = 60 } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } },\n"
    "  move { \"mql\", \"lead\", doc = \"faded\", when = score { engagement = below(20) } } }\n";

static struct {
  int ends;
  bool failed;
  size_t differing;
} seen;

static void on_activated(void *arg, const struct service_activation *activation) {
  (void)arg;
  seen.ends++;
  seen.failed = activation->err != NULL;
  seen.differing = activation->differing;
}

static void begin(const char *rules) {
  struct err err;
  memset(&seen, 0, sizeof seen);
  if (service_activate(serve.daemon.service, serve_build(rules), on_activated, NULL, &err) != 0)
    fail_msg("%s", err.text);
}

static void activate(const char *rules) {
  begin(rules);
  SERVE_UNTIL(seen.ends && !service_is_activating(serve.daemon.service));
  assert_false(seen.failed);
}

static void two_leads(void) {
  serve_post("/v1/track", EVENT("track", "Demo", "ana", "1"));
  serve_post("/v1/page", EVENT("page", "", "bob", "2"));
  serve_settle();
}

static void other_rules_score_what_was_there(void **state) {
  (void)state;
  two_leads();
  activate(other_rules);
  assert_int_equal(seen.differing, 2);
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "10");
  assert_at("stage", "\"lead\"");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.0.from", "\"mql\"");
  assert_at("stage_history.1.cause", "\"rule\"");
  serve_get("/v1/leads/bob");
  assert_at("scores.engagement", "60");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.0.to", "\"mql\"");
  serve_get("/v1/leads?stage=mql");
  assert_at("total", "1");
}

static void what_follows_is_the_other_rules_doing(void **state) {
  (void)state;
  two_leads();
  activate(other_rules);
  serve_post("/v1/page", EVENT("page", "", "ana", "3"));
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"rule\"");
  assert_at("stage_history.0.to", "\"mql\"");
  serve_get("/v1/leads/ana");
  char hash[DIGEST_HEX_MAX + 2];
  snprintf(hash, sizeof hash, "%s", serve_text_at("ruleset"));
  assert_at("stage_history.0.ruleset", hash);
}

/* Bodies that come while the journal is read: every one of them counts, once. */
static void nothing_is_lost_or_doubled_on_the_way(void **state) {
  (void)state;
  char body[256], expected[16];
  int sent = 0;
  for (int round = 0; round < 6; round++) {
    const char *rules = round % 2 ? serve_default_rules : other_rules;
    begin(rules);
    do {
      snprintf(body, sizeof body, "{\"type\":\"track\",\"event\":\"Seen\",\"userId\":\"u%d\"}", sent % 7);
      assert_int_equal(serve_post("/v1/track", body), 200);
      sent++;
    } while (!seen.ends);
    SERVE_UNTIL(!service_is_activating(serve.daemon.service));
    assert_false(seen.failed);
  }
  serve_restart();
  int found = 0;
  serve_get("/v1/leads");
  for (int i = 0; i < 7 && i < sent; i++) {
    snprintf(body, sizeof body, "leads.%d.events", i);
    snprintf(expected, sizeof expected, "%s", serve_text_at(body));
    found += (int)strtol(expected, NULL, 10);
  }
  assert_int_equal(found, sent);
}

static void one_activation_at_a_time(void **state) {
  (void)state;
  struct err err;
  begin(other_rules);
  assert_int_equal(service_activate(serve.daemon.service, serve_build(other_rules), on_activated, NULL, &err),
                   -1);
  SERVE_UNTIL(seen.ends && !service_is_activating(serve.daemon.service));
  activate(serve_default_rules);
}

static void a_start_with_other_rules_says_so(void **state) {
  (void)state;
  two_leads();
  serve_rules = other_rules;
  serve_restart();
  serve_rules = serve_default_rules;
  serve_get("/v1/leads/bob");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.0.to", "\"mql\"");
}

/* A stop in the middle, or shortly after it: the next start has the rules it is given, and everything else. */
static void closing_ends_it(void **state) {
  (void)state;
  two_leads();
  begin(other_rules);
  serve_restart();
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "40");
}

/* Deadlines go on under the rules that are in charge. */
static void deadlines_are_the_new_rules(void **state) {
  (void)state;
  two_leads();
  activate(other_rules);
  serve_advance(60 * TIME_MS_PER_DAY);
  serve_get("/v1/leads/bob");
  assert_at("stage", "\"mql\""); /* nothing fades there */
  activate(serve_default_rules);
  serve_get("/v1/leads/bob");
  assert_at("stage", "\"lead\"");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(other_rules_score_what_was_there, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(what_follows_is_the_other_rules_doing, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(nothing_is_lost_or_doubled_on_the_way, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(one_activation_at_a_time, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(a_start_with_other_rules_says_so, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(closing_ends_it, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(deadlines_are_the_new_rules, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
