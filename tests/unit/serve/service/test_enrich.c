#include "serve_fixture.h"

#include "fake_provider.h"

static struct fake_provider provider;
static char rules[4096];
static struct buf asked; /* paths that were asked for, with the credentials sent */
static atomic_bool down; /* the service answers 503 */

static void answer(void *arg, const char *path, const char *request, struct buf *out) {
  (void)arg;
  buf_printf(&asked, "%s%s ", path, strstr(request, "Bearer top-secret") ? "+key" : "");
  if (atomic_load(&down))
    fake_answer(out, 503, "", "");
  else if (strstr(path, "none.example"))
    fake_answer(out, 404, "", "");
  else if (strstr(path, "odd.example"))
    fake_answer(out, 200, "", "{\"employees\":");
  else
    fake_answer(out, 200, "", "{\"employees\":300,\"secret\":\"not asked for\"}");
}

static int start(void **state) {
  buf_init(&asked);
  atomic_store(&down, false);
  fake_provider_start(&provider);
  provider.answer = answer;
  snprintf(
      rules, sizeof rules,
      "dimension 'fit' {}\n"
      "enricher 'company' { needs = { 'email_domain' }, gives = { 'company.employees' }, ttl = '30d', "
      "budget = '1000/d', rate = '20/s', retries = 0,\n"
      "  run = function(lead, http)\n"
      "    local a, err = http.get('http://127.0.0.1:%d/' .. lead.traits.email_domain, { auth = secret "
      "'KEY' })\n"
      "    if not a then error(err) end\n"
      "    if a.status == 404 then return nothing end\n"
      "    return { ['company.employees'] = a.json.employees, other = a.json.secret }\n"
      "  end }\n"
      "rule 'big' { when = trait { ['company.employees'] = at_least(50) }, points = { fit = 30 } }\n"
      "rule 'small' { when = ~trait { ['company.employees'] = at_least(50) }, points = { fit = 5 } }\n"
      "lifecycle 'main' { start = 'lead', move { 'lead', 'small', when = ~trait { ['company.employees'] = "
      "at_least(50) } } }\n",
      provider.port);
  serve_rules = rules;
  int failed = serve_start(state);
  daemon_close(&serve.daemon); /* again, with other settings */
  static struct config_secret key = {"KEY", "top-secret"};
  serve.config.secrets = &key;
  serve.config.secret_count = 1;
  serve_configure("outbound.allow", "127.0.0.0/8");
  serve_open();
  return failed;
}

static int stop(void **state) {
  int failed = serve_stop(state);
  fake_provider_stop(&provider);
  buf_release(&asked);
  return failed;
}

static void identify(const char *id, const char *domain) {
  char body[256];
  snprintf(body, sizeof body, "{\"userId\":\"%s\",\"traits\":{\"email\":\"%s@%s\"}}", id, id, domain);
  assert_int_equal(serve_post("/v1/identify", body), 200);
}

static bool is_at(const char *url, const char *path, const char *expected) {
  if (serve_get(url) != 200) return false;
  struct json_ref part = json_path(serve.root, str_of(path));
  struct buf text;
  buf_init(&text);
  if (!json_is_missing(part)) json_minify(part, &text);
  bool same = strcmp(text.data, expected) == 0;
  buf_release(&text);
  return same;
}

static void assert_metric(const char *line) {
  if (!strstr(serve.answer.data, line)) fail_msg("%s is not in\n%s", line, serve.answer.data);
}

static void an_answer_is_asked_for_once(void **state) {
  (void)state;
  identify("ana", "acme.example");
  identify("bob", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/ana", "scores.fit", "30") && is_at("/v1/leads/bob", "scores.fit", "30"));
  assert_string_equal(asked.data, "/acme.example+key ");
  serve_get("/v1/leads/ana");
  assert_at("pending", "[]");
  assert_at("traits.company.value", "{\"employees\":300}"); /* and nothing that it does not give */
  identify("cid", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/cid", "scores.fit", "30"));
  assert_string_equal(asked.data, "/acme.example+key ");
  serve_get("/metrics");
  assert_metric("embudo_enricher_wishes_total{enricher=\"company\",result=\"asked\"} 1");
  assert_metric(
      "embudo_enricher_wishes_total{enricher=\"company\",result=\"kept\"} "); /* bob's may have joined */
  assert_null(strstr(serve.answer.data, "result=\"kept\"} 0"));
  assert_metric("embudo_enricher_runs_total{enricher=\"company\",result=\"answered\"} 1");
  assert_metric("embudo_enricher_run_duration_seconds_count{enricher=\"company\"} 1");
  assert_metric("embudo_enricher_questions{enricher=\"company\",state=\"running\"} 0");
  assert_metric("embudo_enricher_budget{enricher=\"company\"} 1000");
  assert_metric("embudo_enricher_budget_spent{enricher=\"company\"} 1");
  assert_metric("embudo_enricher_broken{enricher=\"company\"} 0");
}

static void a_restart_asks_nobody(void **state) {
  (void)state;
  identify("ana", "acme.example");
  identify("bob", "none.example");
  SERVE_UNTIL(is_at("/v1/leads/ana", "scores.fit", "30"));
  SERVE_UNTIL(is_at("/v1/leads/bob", "pending", "[]") && strstr(asked.data, "none.example"));
  buf_clear(&asked);
  serve_restart();
  assert_true(is_at("/v1/leads/ana", "scores.fit", "30"));
  assert_true(is_at("/v1/leads/bob", "scores.fit", "5"));
  identify("cid", "none.example");
  identify("dee", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/dee", "scores.fit", "30"));
  serve_settle();
  assert_string_equal(asked.data, "");
}

static void erase(const char *id) {
  static const char admin[] = "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n";
  char path[64];
  snprintf(path, sizeof path, "/v1/leads/%s?forget=true", id);
  assert_int_equal(serve_request("DELETE", path, admin, STR("")), 200);
}

/* What somebody was told as well who stays is known; what only the erased was told is known no more: before a start and after it. */
static void an_erasure_takes_the_answers_that_only_the_erased_was_told(void **state) {
  (void)state;
  identify("ana", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/ana", "scores.fit", "30"));
  identify("bob", "acme.example");
  identify("eva", "anas-own.example");
  identify("kim", "kims-own.example");
  SERVE_UNTIL(is_at("/v1/leads/bob", "scores.fit", "30") && is_at("/v1/leads/eva", "scores.fit", "30") &&
              is_at("/v1/leads/kim", "scores.fit", "30"));
  erase("ana");
  erase("eva");
  for (int i = 0; i < 2; i++) {
    char id[8];
    buf_clear(&asked);
    snprintf(id, sizeof id, "cid%d", i);
    identify(id, "acme.example");
    identify("dee", "kims-own.example");
    char path[32];
    snprintf(path, sizeof path, "/v1/leads/%s", id);
    SERVE_UNTIL(is_at(path, "scores.fit", "30") && is_at("/v1/leads/dee", "scores.fit", "30"));
    assert_string_equal(asked.data, "");
    serve_restart();
  }
  identify("fay", "anas-own.example");
  SERVE_UNTIL(is_at("/v1/leads/fay", "scores.fit", "30"));
  assert_string_equal(asked.data, "/anas-own.example+key ");
}

/* The same without a start in between. */
static void what_only_the_erased_was_told_is_asked_anew(void **state) {
  (void)state;
  identify("ana", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/ana", "scores.fit", "30"));
  erase("ana");
  buf_clear(&asked);
  identify("bob", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/bob", "scores.fit", "30"));
  assert_string_equal(asked.data, "/acme.example+key ");
}

static void answers_are_no_events_of_the_lead(void **state) {
  (void)state;
  identify("ana", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/ana", "scores.fit", "30"));
  assert_true(is_at("/v1/leads/ana", "events", "1"));
  assert_int_equal(serve_get("/v1/leads?limit=1"), 200);
  assert_at("leads.0.events", "1");
}

static void what_is_pending_is_a_range(void **state) {
  (void)state;
  identify("ana", "hang"); /* the provider never answers */
  SERVE_UNTIL(is_at("/v1/leads/ana", "pending", "[\"company\"]"));
  assert_at("scores.fit", "0");
  assert_at("score_ranges.fit", "[0,35]");
  serve_advance(29000);
  assert_true(is_at("/v1/leads/ana", "scores.fit", "0"));
  serve_advance(1500); /* nobody waits longer than the deadline, answer or not */
  assert_true(is_at("/v1/leads/ana", "scores.fit", "5"));
}

/* What the event that starts the asking would decide waits with everything else; what no answer can change does not. */
static void the_event_that_asks_decides_nothing_that_the_answer_may_change(void **state) {
  (void)state;
  identify("ana", "hang");
  serve_settle();
  assert_true(is_at("/v1/leads/ana", "stage", "\"lead\""));
  assert_true(is_at("/v1/leads/ana", "pending", "[\"company\"]"));
  serve_restart(); /* asked or not, it still is pending */
  assert_true(is_at("/v1/leads/ana", "stage", "\"lead\""));
  assert_true(is_at("/v1/leads/ana", "pending", "[\"company\"]"));
  serve_advance(30500);
  assert_true(is_at("/v1/leads/ana", "stage", "\"small\""));
  assert_true(is_at("/v1/leads/ana", "pending", "[]"));
  identify("bob", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/bob", "scores.fit", "30"));
  assert_true(is_at("/v1/leads/bob", "stage", "\"lead\"")); /* never small, not for an instant */
  identify("cid", "none.example");
  SERVE_UNTIL(is_at("/v1/leads/cid", "stage", "\"small\""));
}

static void a_failing_script_costs_only_itself(void **state) {
  (void)state;
  identify("ana", "odd.example");
  identify("bob", "acme.example");
  SERVE_UNTIL(is_at("/v1/leads/bob", "scores.fit", "30"));
  SERVE_UNTIL(is_at("/v1/leads/ana", "pending", "[]") && is_at("/v1/leads/ana", "scores.fit", "5"));
}

static void what_hangs_is_dropped_at_the_end(void **state) {
  (void)state;
  identify("ana", "hang");
  SERVE_UNTIL(is_at("/v1/leads/ana", "pending", "[\"company\"]") && atomic_load(&provider.requests) > 0);
  int before = atomic_load(&provider.requests);
  serve_restart();
  assert_true(is_at("/v1/leads/ana", "pending", "[\"company\"]")); /* and is asked for again: */
  SERVE_UNTIL(atomic_load(&provider.requests) > before);
}

enum { LEADS = 40 };

static uint32_t still_unknown(void) {
  char url[64];
  uint32_t count = 0;
  for (int i = 0; i < LEADS; i++) {
    snprintf(url, sizeof url, "/v1/leads/u%d", i);
    if (!is_at(url, "scores.fit", "30")) count++;
  }
  return count;
}

/* Some of the service's time passes, and somebody comes, so that the queue is looked at. Requests that were made. */
static int pass(int64_t ms) {
  static int tick;
  char id[32], domain[48];
  struct enrich_figures figures[ENRICHERS_MAX];
  size_t answers;
  int before = atomic_load(&provider.requests);
  serve_advance(ms);
  snprintf(id, sizeof id, "tick%d", tick++);
  snprintf(domain, sizeof domain, "%s.example", id);
  identify(id, domain);
  serve_settle();
  do {
    loop_turn(serve.daemon.loop, false);
    service_enrichers(serve.daemon.service, figures, &answers);
  } while (figures[0].running);
  serve_settle();
  return atomic_load(&provider.requests) - before;
}

static void a_service_that_was_down_for_long_loses_nobody_and_is_not_run_over(void **state) {
  (void)state;
  char id[16], domain[32];
  int during = 0;
  atomic_store(&down, true);
  for (int i = 0; i < LEADS; i++) {
    snprintf(id, sizeof id, "u%d", i);
    snprintf(domain, sizeof domain, "d%d.example", i);
    identify(id, domain);
  }
  for (int i = 0; i < 60; i++) during += pass(10000); /* ten minutes */
  assert_true(during > 0);
  assert_in_range(during, 1, 60); /* it is left alone, and tried now and then */
  assert_int_equal(still_unknown(), LEADS);
  atomic_store(&down, false);
  int first = 0;
  for (int i = 0; i < 130 && !first; i++) first = pass(1000);      /* the next try */
  assert_in_range(first, 1, 20);                                   /* one, and when it was answered others */
  for (int i = 0; i < 10; i++) assert_in_range(pass(1000), 0, 20); /* then all, at their rate */
  for (int i = 0; i < 20 && still_unknown(); i++) pass(60000); /* who was given up while it was down, too */
  assert_int_equal(still_unknown(), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_answer_is_asked_for_once, start, stop),
      cmocka_unit_test_setup_teardown(a_restart_asks_nobody, start, stop),
      cmocka_unit_test_setup_teardown(an_erasure_takes_the_answers_that_only_the_erased_was_told, start,
                                      stop),
      cmocka_unit_test_setup_teardown(what_only_the_erased_was_told_is_asked_anew, start, stop),
      cmocka_unit_test_setup_teardown(answers_are_no_events_of_the_lead, start, stop),
      cmocka_unit_test_setup_teardown(what_is_pending_is_a_range, start, stop),
      cmocka_unit_test_setup_teardown(the_event_that_asks_decides_nothing_that_the_answer_may_change, start,
                                      stop),
      cmocka_unit_test_setup_teardown(a_failing_script_costs_only_itself, start, stop),
      cmocka_unit_test_setup_teardown(a_service_that_was_down_for_long_loses_nobody_and_is_not_run_over,
                                      start, stop),
      cmocka_unit_test_setup_teardown(what_hangs_is_dropped_at_the_end, start, stop),
  };
  return cmocka_run_group_tests_name("enrich", tests, NULL, NULL);
}
