/* GET and POST /v1/leads/{id}/acts, over real requests. */
#include "serve_fixture.h"

static const char rules[] =
    "dimension \"fit\" {}\n"
    "rule \"big\" { when = trait { employees = at_least(100) }, points = { fit = 30 } }\n"
    "contact { unsubscribed = seen(track \"Unsubscribed\") }\n"
    "acts { log_call = { by = \"sales\", asks = { outcome = one_of { \"connect\", \"dial\" } }, private = { "
    "\"note\" } } }\n"
    "lifecycle \"main\" { start = \"lead\", endorsed = { \"mql\" }, sales = { \"sal\" },\n"
    "  gate \"fits\" { doc = \"Must fit\", into = { \"mql\" }, need = score { fit = at_least(30) } },\n"
    "  move { \"lead\", \"mql\", act = \"endorse\", by = \"marketing\", doc = \"Good\" },\n"
    "  move { \"mql\", \"sal\", act = \"accept\", by = \"sales\", asks = { can_talk = true } },\n"
    "  move { { \"lead\", \"mql\", \"sal\" }, \"out\", act = \"disqualify\", by = { \"sales\", \"marketing\" "
    "},\n"
    "    reasons = { competitor = \"never\", no_need = { stands = \"180d\", alternative = \"a book\" } } } "
    "}\n"
    "lifecycle \"self_serve\" { who = trait { plan = \"free\" }, start = \"visitor\", endorsed = { \"ready\" "
    "},\n"
    "  move { \"visitor\", \"ready\", when = trait { seats = at_least(5) } } }\n";

static void lead(const char *traits) {
  char text[256];
  snprintf(text, sizeof text, "{\"type\":\"identify\",\"userId\":\"u\",\"messageId\":\"1\",\"traits\":%s}",
           traits);
  assert_int_equal(serve_post("/v1/identify", text), 200);
  serve_settle();
}

static int act(const char *json) {
  return serve_request("POST", "/v1/leads/u/acts", "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n",
                       str_of(json));
}

static void an_act_moves_a_lead_and_is_told_of(void **state) {
  (void)state;
  lead("{\"employees\":200}");
  assert_int_equal(act("{\"act\":\"endorse\"}"), 200);
  assert_at("act.actor.id", "\"admin\"");
  assert_at("act.actor.role", "\"marketing\"");
  assert_at("act.to", "\"mql\"");
  assert_int_equal(act("{\"act\":\"accept\",\"actor\":\"maria\",\"properties\":{\"can_talk\":true}}"), 200);
  serve_get("/v1/leads/u");
  assert_at("stage", "\"sal\"");
  assert_at("stage_history.0.cause", "\"person\"");
  assert_at("stage_history.0.act", "\"accept\"");
  assert_at("stage_history.0.actor", "\"maria\"");
  assert_at("stage_history.0.role", "\"sales\"");
  serve_get("/v1/leads/u/timeline?limit=1");
  assert_at("entries.0.type", "\"act\"");
  assert_at("entries.0.event", "\"accept\"");
  assert_at("entries.0.actor", "\"maria\"");
  assert_at("entries.0.properties.can_talk", "true");
  assert_at("entries.0.transitions.0.to", "\"sal\"");
  serve_get("/v1/leads/u/explain");
  assert_at("history.1.actor", "\"maria\"");
}

static void a_refusal_says_what_failed_and_nothing_is_journaled(void **state) {
  (void)state;
  lead("{\"employees\":20}");
  assert_int_equal(act("{\"act\":\"endorse\"}"), 409);
  assert_at("code", "\"gate_closed\"");
  assert_at("gate", "\"fits\"");
  assert_at("failed.0.needed", "\"score { fit = at_least(30) }\"");
  assert_at("failed.0.actual", "\"fit is 0: 30 more\"");
  assert_int_equal(act("{\"act\":\"dance\"}"), 422);
  assert_at("code", "\"unknown_act\"");
  assert_int_equal(act("{\"act\":\"accept\"}"), 409);
  assert_at("code", "\"undeclared_move\"");
  assert_int_equal(act("{\"act\":\"endorse\",\"role\":\"sales\"}"), 403);
  assert_at("code", "\"role_not_allowed\"");
  assert_int_equal(act("{\"act\":\"log_call\",\"properties\":{\"outcome\":\"x\"}}"), 422);
  assert_at("code", "\"bad_field\"");
  assert_int_equal(act("{\"act\":3}"), 400);
  assert_int_equal(act("nonsense"), 400);
  serve_get("/v1/leads/u");
  assert_at("stage", "\"lead\"");
  serve_get("/v1/leads/u/timeline");
  assert_at("entries.1", "");
  assert_int_equal(serve_request("POST", "/v1/leads/nobody/acts",
                                 "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n",
                                 STR("{\"act\":\"endorse\"}")),
                   404);
}

static void the_same_id_is_the_same_act(void **state) {
  (void)state;
  lead("{\"employees\":200}");
  assert_int_equal(act("{\"act\":\"log_call\",\"messageId\":\"c1\",\"properties\":{\"outcome\":\"dial\"}}"),
                   200);
  assert_at("duplicate", "");
  assert_int_equal(act("{\"act\":\"log_call\",\"messageId\":\"c1\",\"properties\":{\"outcome\":\"dial\"}}"),
                   200);
  assert_at("duplicate", "true");
  assert_int_equal(act("{\"act\":\"disqualify\",\"messageId\":\"c1\",\"reason\":\"no_need\"}"), 409);
  assert_at("code", "\"message_id_used\"");
  assert_int_equal(
      serve_post("/v1/identify", "{\"userId\":\"v\",\"messageId\":\"2\",\"traits\":{\"employees\":200}}"),
      200);
  serve_settle();
  assert_int_equal(
      serve_request("POST", "/v1/leads/v/acts", "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n",
                    STR("{\"act\":\"log_call\",\"messageId\":\"c1\",\"properties\":{\"outcome\":\"dial\"}}")),
      409); /* somebody else's call would be lost without a word */
  serve_get("/v1/leads/u/timeline");
  assert_at("entries.1.type", "\"identify\"");
}

/* Two pipelines in one instance: who is qualified in one says nothing of the other. */
static void who_is_qualified_is_of_a_lifecycle(void **state) {
  (void)state;
  lead("{\"employees\":200,\"plan\":\"free\",\"seats\":9}");
  serve_get("/v1/leads?qualified=true");
  assert_at("total", "0");
  serve_get("/v1/leads?qualified=true&lifecycle=self_serve");
  assert_at("total", "1");
  serve_get("/v1/leads?qualified=false&lifecycle=self_serve");
  assert_at("total", "0");
  assert_int_equal(
      serve_post("/v1/identify",
                 "{\"userId\":\"u\",\"messageId\":\"2\",\"traits\":{\"plan\":\"paid\",\"seats\":1}}"),
      200);
  assert_int_equal(
      serve_post("/v1/identify",
                 "{\"userId\":\"v\",\"messageId\":\"3\",\"traits\":{\"plan\":\"paid\",\"seats\":1}}"),
      200);
  serve_settle();
  serve_get("/v1/leads?qualified=false&lifecycle=self_serve");
  assert_at("leads.0.lead", "\"v\"");
  assert_at("leads.0.failing.0.needed", "\"trait { plan = \\\"free\\\" }\"");
  assert_at("leads.0.failing.1.needed", "\"trait { seats = at_least(5) }\"");
  assert_int_equal(serve_get("/v1/leads?lifecycle=nope"), 400);
}

/* The clock stands still in this test: acts stand in the order in which they were judged all the same. */
static void acts_survive_a_restart_in_their_order(void **state) {
  (void)state;
  lead("{\"employees\":200}");
  act("{\"act\":\"endorse\",\"messageId\":\"z\"}");
  act("{\"act\":\"disqualify\",\"reason\":\"no_need\",\"messageId\":\"a\"}");
  assert_at("act.alternative", "\"a book\"");
  assert_int_equal(act("{\"act\":\"disqualify\",\"reason\":\"no_need\"}"), 409);
  assert_at("code", "\"already_there\"");
  serve_restart();
  serve_get("/v1/leads/u");
  assert_at("stage", "\"out\"");
  assert_at("stage_history.0.reason", "\"no_need\"");
  assert_at("stage_history.2", "");
}

static void what_is_private_is_in_the_persons_data_alone(void **state) {
  (void)state;
  lead("{\"employees\":200}");
  act("{\"act\":\"log_call\",\"properties\":{\"outcome\":\"dial\",\"note\":\"grumpy\"}}");
  serve_get("/v1/leads/u/timeline");
  assert_null(strstr(serve.answer.data, "grumpy"));
  serve_get("/v1/leads/u/explain");
  assert_null(strstr(serve.answer.data, "grumpy"));
  serve_get("/v1/leads/u/data");
  assert_non_null(strstr(serve.answer.data, "grumpy"));
}

static void nobody_is_handed_on_who_must_not_be_contacted(void **state) {
  (void)state;
  lead("{\"employees\":200}");
  act("{\"act\":\"endorse\"}");
  serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"Unsubscribed\",\"userId\":\"u\"}");
  serve_settle();
  assert_int_equal(act("{\"act\":\"accept\",\"override\":\"me\",\"properties\":{\"can_talk\":true}}"), 409);
  assert_at("code", "\"not_contactable\"");
  serve_get("/v1/leads/u/acts");
  assert_at("acts.0.act", "\"accept\"");
  assert_at("acts.0.blocked.code", "\"not_contactable\"");
}

static void what_may_be_done_is_told(void **state) {
  (void)state;
  lead("{\"employees\":20}");
  serve_get("/v1/leads/u/acts");
  assert_at("acts.0.act", "\"endorse\"");
  assert_at("acts.0.by", "[\"marketing\"]");
  assert_at("acts.0.mine", "true");
  assert_at("acts.0.blocked.gate", "\"fits\"");
  assert_at("acts.1.act", "\"disqualify\"");
  assert_at("acts.1.reasons.1", "{\"code\":\"no_need\",\"stands\":\"180d\",\"alternative\":\"a book\"}");
  assert_at("acts.2.act", "\"log_call\"");
  assert_at("acts.2.asks.outcome", "\"one_of { \\\"connect\\\", \\\"dial\\\" }\"");
  assert_at("acts.2.private", "[\"note\"]");
}

#define test(name) cmocka_unit_test_setup_teardown(name, serve_start, serve_stop)

int main(void) {
  serve_rules = rules;
  const struct CMUnitTest tests[] = {
      test(an_act_moves_a_lead_and_is_told_of),
      test(a_refusal_says_what_failed_and_nothing_is_journaled),
      test(the_same_id_is_the_same_act),
      test(who_is_qualified_is_of_a_lifecycle),
      test(acts_survive_a_restart_in_their_order),
      test(what_is_private_is_in_the_persons_data_alone),
      test(nobody_is_handed_on_who_must_not_be_contacted),
      test(what_may_be_done_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
