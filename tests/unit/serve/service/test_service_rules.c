#include "serve_fixture.h"

#include "core/engine/stages.h"

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
    "  move { \"mql\", \"lead\", doc = \"faded\", when = score { engagement = below(20) } } }\n"
    "sla \"touch\" { stage = \"mql\", due = \"1h\" }\n";

static struct service_activate how = {.stages = STAGES_NOW};

static struct {
  int ends;
  bool failed, instant;
  size_t differing;
  char moves[256]; /* "sales lead>mql 1\n" */
} seen;

static void on_activated(void *arg, const struct service_activation *activation) {
  (void)arg;
  seen.ends++;
  seen.failed = activation->err != NULL;
  seen.instant = activation->instant;
  seen.differing = activation->differing;
  for (size_t i = 0; i < activation->move_count; i++) {
    const struct stage_move *move = &activation->moves[i];
    size_t len = strlen(seen.moves);
    snprintf(seen.moves + len, sizeof seen.moves - len, "%s %s>%s %zu\n", move->lifecycle, move->from,
             move->to, move->leads);
  }
}

static void begin(const char *rules) {
  struct err err;
  memset(&seen, 0, sizeof seen);
  if (service_activate(serve.daemon.service, serve_build(rules), &how, on_activated, NULL, &err) != 0)
    fail_msg("%s", err.text);
}

static void activate(const char *rules) {
  begin(rules);
  SERVE_UNTIL(seen.ends && !service_is_activating(serve.daemon.service));
  assert_false(seen.failed);
  serve_settle();
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
  assert_int_equal(service_moved(serve.daemon.service), 2);
  assert_int_equal(seen.instant, !how.anew);
  assert_int_equal(seen.differing, how.anew ? 2 : 0);
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
  assert_int_equal(
      service_activate(serve.daemon.service, serve_build(other_rules), &how, on_activated, NULL, &err), -1);
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

/* --- nothing is recorded that nobody let through -------------------------------------------------------------------------- */

static void release(const char *id) {
  const struct str ids[] = {id ? str_of(id) : STR("")};
  assert_int_equal(service_release_stages(serve.daemon.service, id ? ids : NULL, 1, NULL, NULL),
                   SERVICE_COMMITTED);
  serve_settle();
}

static size_t held(void) {
  return leadbook_held(pipeline_book(service_pipeline(serve.daemon.service)));
}

static uint32_t clocks(void) {
  return clockbook_count(leadbook_clocks(pipeline_book(service_pipeline(serve.daemon.service))));
}

static void hold(void) {
  how.stages = STAGES_HOLD;
  two_leads();
  activate(other_rules);
  how.stages = STAGES_NOW;
}

static void held_stages_wait(void **state) {
  (void)state;
  hold();
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "10"); /* scores do not */
  assert_at("stage_history.0.cause", "\"rule\"");
  assert_at("stage_history.0.to", "\"mql\"");
  assert_int_equal(held(), 2);
  release("ana");
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.0.to", "\"lead\"");
  serve_get("/v1/leads/bob");
  assert_at("stage_history", "[]");
  assert_int_equal(held(), 1);
  assert_int_equal(clocks(), 0);
  release(NULL);
  serve_get("/v1/leads/bob");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.0.to", "\"mql\"");
  assert_int_equal(clocks(), 1); /* what is let through begins */
  assert_int_equal(held(), 0);
}

static void what_rules_change_at_once_starts_no_clock(void **state) {
  (void)state;
  two_leads();
  activate(other_rules);
  serve_get("/v1/leads/bob");
  assert_at("stage", "\"mql\"");
  assert_int_equal(clocks(), 0);
}

static void held_stages_wait_for_a_start_too(void **state) {
  (void)state;
  serve_rules = other_rules;
  hold();
  serve_restart();
  serve_settle();
  assert_int_equal(held(), 2);
  release("bob");
  serve_restart();
  serve_settle();
  assert_int_equal(held(), 1);
  serve_get("/v1/leads/bob");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.1", "");
  release(NULL);
  serve_restart();
  serve_settle();
  serve_rules = serve_default_rules;
  assert_int_equal(held(), 0);
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"ruleset\"");
  assert_at("stage_history.2", "");
}

/* What happens now is decided now, from the stage that is recorded, and what was held for the lead is settled by it. */
static void what_happens_settles_what_is_held(void **state) {
  (void)state;
  hold();
  serve_post("/v1/page", EVENT("page", "", "ana", "3")); /* 70 points: mql, which it is */
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"rule\"");
  assert_at("stage_history.1", "");
  assert_int_equal(held(), 1);
  serve_post("/v1/page", EVENT("page", "", "eve", "4")); /* nobody knew her when the rules changed */
  serve_get("/v1/leads/eve");
  assert_at("stage_history.0.cause", "\"rule\"");
  assert_int_equal(held(), 1);
  release(NULL);
  serve_get("/v1/leads/ana");
  assert_at("stage_history.1", "");
}

static void held_stages_drip(void **state) {
  (void)state;
  how.stages = 2;
  two_leads();
  activate(other_rules);
  how.stages = STAGES_NOW;
  assert_int_equal(held(), 2);
  serve_advance(TIME_MS_PER_HOUR / 2 - TIME_MS_PER_SECOND);
  assert_int_equal(held(), 2);
  serve_advance(2 * TIME_MS_PER_SECOND);
  SERVE_UNTIL(held() == 1);
  serve_advance(TIME_MS_PER_HOUR / 2);
  SERVE_UNTIL(held() == 0);
  serve_settle();
  serve_get("/v1/decisions?cause=ruleset");
}

/* Rules that come at once settle what others had held. */
static void others_settle_what_is_held(void **state) {
  (void)state;
  hold();
  activate(serve_default_rules);
  assert_int_equal(held(), 0);
  serve_get("/v1/leads/ana");
  assert_at("stage_history.1", "");
}

/* --- before it counts ------------------------------------------------------------------------------------------------- */

static void a_preview_changes_nothing(void **state) {
  (void)state;
  two_leads();
  how.preview = true;
  activate(other_rules);
  how.preview = false;
  assert_int_equal(seen.differing, 2);
  assert_non_null(strstr(seen.moves, "sales mql>lead 1\n"));
  assert_non_null(strstr(seen.moves, "sales lead>mql 1\n"));
  serve_get("/v1/leads/ana");
  assert_at("scores.engagement", "40");
  assert_at("stage", "\"mql\"");
}

static void an_activation_pauses_and_is_given_up(void **state) {
  (void)state;
  struct service_progress progress;
  two_leads();
  how.preview = true; /* these are read in any case */
  begin(other_rules);
  how.preview = false;
  service_pause(serve.daemon.service, true);
  service_progress(serve.daemon.service, &progress);
  assert_int_equal(progress.phase, SERVICE_READING);
  assert_true(progress.paused);
  serve_post("/v1/page", EVENT("page", "", "bob", "3"));
  service_pause(serve.daemon.service, false);
  SERVE_UNTIL(seen.ends);
  assert_false(seen.failed);
  begin(other_rules);
  if (service_cancel(
          serve.daemon.service)) { /* these are in charge at once, unless everything is read anew */
    SERVE_UNTIL(seen.ends);
    assert_true(seen.failed);
  }
}

static void a_sweep_pauses(void **state) {
  (void)state;
  two_leads();
  service_pause(serve.daemon.service, true);
  begin(other_rules);
  if (how.anew) service_pause(serve.daemon.service, false);
  SERVE_UNTIL(seen.ends && !service_is_activating(serve.daemon.service));
  service_pause(serve.daemon.service, false);
  serve_settle();
  assert_int_equal(service_moved(serve.daemon.service), 2);
}

/* Patterns that are others need the events again. */
static void other_patterns_are_read_anew(void **state) {
  (void)state;
  two_leads();
  activate("dimension \"fit\" { min = 0, max = 50 }\n"
           "dimension \"engagement\" {}\n"
           "rule \"visit\" { on = page { path = \"/x\" }, points = { engagement = 60 } }\n"
           "lifecycle \"sales\" { start = \"lead\", move { \"lead\", \"mql\", when = score { engagement = "
           "at_least(40) } } }\n");
  assert_false(seen.instant);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, serve_start, serve_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(other_rules_score_what_was_there),
      TEST(what_follows_is_the_other_rules_doing),
      TEST(nothing_is_lost_or_doubled_on_the_way),
      TEST(one_activation_at_a_time),
      TEST(a_start_with_other_rules_says_so),
      TEST(closing_ends_it),
      TEST(deadlines_are_the_new_rules),
      TEST(held_stages_wait),
      TEST(what_rules_change_at_once_starts_no_clock),
      TEST(held_stages_wait_for_a_start_too),
      TEST(what_happens_settles_what_is_held),
      TEST(held_stages_drip),
      TEST(others_settle_what_is_held),
      TEST(a_preview_changes_nothing),
      TEST(an_activation_pauses_and_is_given_up),
      TEST(a_sweep_pauses),
      TEST(other_patterns_are_read_anew),
  };
  int failed = cmocka_run_group_tests_name("at once", tests, NULL, NULL);
  how.anew = true;
  return failed + cmocka_run_group_tests_name("all is read again", tests, NULL, NULL);
}
