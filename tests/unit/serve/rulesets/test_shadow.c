/* Other rules beside the live ones: what they are told of, what they say, and how they end. */
#include "serve_fixture.h"

#include "serve/rulesets/reload.h"
#include "serve/rulesets/rulesets.h"

/* A demo is worth less. */
static const char candidate_rules[] =
    "dimension \"fit\" { min = 0, max = 50 }\n"
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { on = track \"Demo\", points = { engagement = 10 } }\n"
    "rule \"visit\" { on = page {}, points = { engagement = 5 } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } },\n"
    "  move { \"mql\", \"lead\", doc = \"faded\", when = score { engagement = below(20) } } }\n";

#define AS_ADMIN "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n"
#define SHADOW   "/v1/rulesets/shadow"

static const char *present(void) {
  return pipeline_generation(service_pipeline(serve.daemon.service))->rules->hash;
}

static void load(const char *rules) {
  char before[DIGEST_HEX_MAX];
  const struct kept *kept;
  snprintf(before, sizeof before, "%s", present());
  serve_rules = rules;
  reload_rules(&serve.daemon, "watch");
  SERVE_UNTIL(strcmp(before, present()) != 0 && !service_is_activating(serve.daemon.service));
  SERVE_UNTIL((kept = kept_find(rulesets_index(serve.daemon.rulesets), str_of(present()))) &&
              kept->has_files);
  serve_settle();
}

/* The live rules' files are kept, and there are two leads. */
static int set_up(void **state) {
  serve_rules = serve_default_rules;
  serve_start(state);
  load("dimension \"x\" {}\n"); /* the fixture starts without the files' bytes: these are loaded */
  load(serve_default_rules);
  serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"1\"}");
  serve_post("/v1/page", "{\"type\":\"page\",\"userId\":\"bob\",\"messageId\":\"2\"}");
  serve_settle();
  return 0;
}

static int tear_down(void **state) {
  serve_rules = serve_default_rules;
  return serve_stop(state);
}

static int begin(const char *rules) {
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "files");
  json_open(&w, '{');
  json_key(&w, "rules.lua");
  json_put_text(&w, rules);
  json_close(&w, '}');
  json_close(&w, '}');
  int status = serve_request("POST", SHADOW, AS_ADMIN, buf_str(&body));
  buf_release(&body);
  return status;
}

static int end(void) {
  return serve_request("DELETE", SHADOW, AS_ADMIN, STR(""));
}

/* Of everything that is in the journal, at the present instant. */
static bool is_told(void) {
  struct service_shadow shadow;
  service_shadow_look(serve.daemon.service);
  service_shadow(serve.daemon.service, &shadow);
  return shadow.has_report && shadow.report_seq == shadow.records_of && shadow.report_ms == serve.wall_ms;
}

static void tell(void) {
  serve_settle();
  SERVE_UNTIL(is_told());
  serve_get(SHADOW);
}

static void says_who_differs_by_how_much_and_why(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 200);
  assert_at("running", "true");
  tell();
  assert_at("report.differences.leads", "2");
  assert_at("report.differences.differing", "1");
  assert_at("report.differences.dimensions.0.sum", "-30");
  assert_at("report.differences.stages.0.from", "\"mql\"");
  assert_at("report.differences.stages.0.to", "\"lead\"");
  assert_at("report.differences.rules.0.rule", "\"demo\"");
  assert_at("report.differences.examples.0.lead", "\"ana\"");
  assert_at("report.differences.examples.0.scores.0.candidate", "10");
}

static void follows_events_and_time(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"bob\",\"messageId\":\"3\"}");
  serve_settle();
  SERVE_UNTIL((serve_get(SHADOW), strcmp(serve_text_at("report.differences.differing"), "2") == 0));
  assert_at("report.differences.dimensions.0.sum", "-60");
  serve_get("/metrics");
  assert_non_null(strstr(serve.answer.data, "\nembudo_shadow_leads_differing 2"));
  serve_advance(20 * TIME_MS_PER_DAY); /* two half-lives: the live rules' 40 are 10 */
  SERVE_UNTIL((serve_get(SHADOW), strcmp(serve_text_at("report.differences.stages"), "[]") == 0));
}

static void decides_nothing(void **state) {
  (void)state;
  serve_get("/v1/decisions");
  char before[32];
  snprintf(before, sizeof before, "%s", serve_text_at("total"));
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"mql\"");
  assert_at("scores.engagement", "40");
  serve_get("/v1/decisions");
  assert_at("total", before);
}

static void ends_and_begins_again(void **state) {
  (void)state;
  assert_int_equal(end(), 404);
  assert_int_equal(begin(candidate_rules), 200);
  assert_int_equal(begin(candidate_rules), 409);
  tell();
  assert_int_equal(end(), 200);
  assert_at("running", "false");
  assert_at("report", "null");
  assert_at("why", "\"it was stopped\"");
  SERVE_UNTIL(begin(serve_default_rules) == 200);
  tell();
  assert_at("report.differences.differing", "0");
}

static void what_does_not_load_is_refused(void **state) {
  (void)state;
  assert_int_equal(begin("dimension 1\n"), 422);
  assert_int_equal(serve_request("POST", SHADOW, AS_ADMIN, STR("{}")), 400);
  assert_int_equal(serve_request("POST", SHADOW, AS_ADMIN, STR("{\"ruleset\":\"0000000\"}")), 404);
  serve_get(SHADOW);
  assert_at("running", "false");
  assert_int_equal(begin(candidate_rules), 200);
}

/* The fixture's first rules are not kept: nothing has their bytes. */
static void live_rules_that_are_not_kept_are_named(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 422);
  assert_non_null(strstr(serve.body.p, "the live rules cannot be loaded a second time"));
}

/* Whatever ended it, it runs again and has looked at all there is. */
static void tell_again(const char *why) {
  char expected[128];
  snprintf(expected, sizeof expected, "\"%s\"", why);
  SERVE_UNTIL((serve_get(SHADOW), strcmp(serve_text_at("running"), "true") == 0));
  assert_at("resumes", "false");
  assert_at("again_why", expected);
  tell();
}

static void it_falls_when_it_takes_over(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  load(candidate_rules);
  SERVE_UNTIL((serve_get(SHADOW), strcmp(serve_text_at("resumes"), "false") == 0));
  assert_at("running", "false");
  assert_at("why", "\"it is in charge now\"");
  assert_int_equal(end(), 404);
}

/* The live rules are worth what the candidate is, then: nobody differs. */
static void it_begins_again_beside_other_rules(void **state) {
  (void)state;
  char others[1024];
  snprintf(others, sizeof others, "%srule \"other\" { on = screen {}, points = { engagement = 1 } }\n",
           candidate_rules);
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  assert_at("report.differences.differing", "1");
  load(others);
  tell_again("other rules took over");
  assert_at("report.differences.differing", "0");
  char live[DIGEST_HEX_MAX + 2];
  snprintf(live, sizeof live, "\"%s\"", present());
  assert_at("live", live);
}

static void an_erasure_empties_it_and_it_begins_again(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  assert_at("report.differences.leads", "2");
  assert_int_equal(serve_request("DELETE", "/v1/leads/ana?forget=true", AS_ADMIN, STR("")), 200);
  tell_again("somebody's data was erased");
  assert_at("report.differences.leads", "1");
  assert_at("report.differences.differing", "0");
  assert_null(strstr(serve.body.p, "ana"));
}

static void until_kept(void) {
  SERVE_UNTIL((serve_get("/v1/rulesets"),
               serve_count_at("kept") == 3 && strcmp(serve_text_at("kept.2.complete"), "true") == 0));
}

/* Its files came with the command, and nobody has them but the store. */
static void it_outlives_the_process(void **state) {
  (void)state;
  char since[64];
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  snprintf(since, sizeof since, "%s", serve_text_at("since"));
  assert_int_equal(begin(serve_default_rules), 409);
  SERVE_UNTIL((serve_get("/v1/rulesets"),
               serve_count_at("kept") == 3 && strcmp(serve_text_at("kept.2.complete"), "true") == 0));
  serve_advance(TIME_MS_PER_DAY);
  serve_restart();
  tell_again("embudo was started again");
  assert_at("report.differences.differing", "1");
  assert_at("since", since);
  assert_int_equal(end(), 200);
  serve_get("/v1/rulesets");
  assert_int_equal(serve_count_at("kept"), 2); /* it was never in charge, and nobody wants it any more */
  serve_restart();
  serve_get(SHADOW);
  assert_at("running", "false");
  assert_at("resumes", "false");
}

/* In the middle of a round, and before it runs again. */
static void what_resumes_can_be_stopped(void **state) {
  (void)state;
  assert_int_equal(begin(candidate_rules), 200);
  tell();
  until_kept();
  daemon_close(&serve.daemon);
  serve_open();
  serve_get(SHADOW);
  assert_at("resumes", "true");
  assert_at("why", "\"embudo was started again\"");
  assert_int_equal(begin(candidate_rules), 409);
  assert_int_equal(end(), 200);
  assert_at("resumes", "false");
  assert_at("why", "\"it was stopped\"");
  serve_settle();
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "40");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(says_who_differs_by_how_much_and_why, set_up, tear_down),
      cmocka_unit_test_setup_teardown(follows_events_and_time, set_up, tear_down),
      cmocka_unit_test_setup_teardown(decides_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(ends_and_begins_again, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_does_not_load_is_refused, set_up, tear_down),
      cmocka_unit_test_setup_teardown(live_rules_that_are_not_kept_are_named, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(it_falls_when_it_takes_over, set_up, tear_down),
      cmocka_unit_test_setup_teardown(it_begins_again_beside_other_rules, set_up, tear_down),
      cmocka_unit_test_setup_teardown(an_erasure_empties_it_and_it_begins_again, set_up, tear_down),
      cmocka_unit_test_setup_teardown(it_outlives_the_process, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_resumes_can_be_stopped, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
