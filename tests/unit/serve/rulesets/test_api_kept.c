/* Rulesets that were in charge: listed, compared, put in charge again. */
#include "serve_fixture.h"

#include "core/engine/stages.h"
#include "serve/rulesets/reload.h"
#include "serve/rulesets/rulesets.h"

static const char other_rules[] =
    "dimension \"fit\" { min = 0, max = 50 }\n"
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { on = track \"Demo\", points = { engagement = 10 } }\n"
    "rule \"visit\" { on = page {}, points = { engagement = 60 } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } },\n"
    "  move { \"mql\", \"lead\", doc = \"faded\", when = score { engagement = below(20) } } }\n";

#define AS_ADMIN "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n"

static char first[DIGEST_HEX_MAX];

static const char *present(void) {
  return pipeline_generation(service_pipeline(serve.daemon.service))->rules->hash;
}

static bool is_kept(const char *hash) {
  const struct kept *kept = kept_find(rulesets_index(serve.daemon.rulesets), str_of(hash));
  return kept && kept->has_files;
}

static void load(const char *rules) {
  char before[DIGEST_HEX_MAX];
  snprintf(before, sizeof before, "%s", present());
  serve_rules = rules;
  reload_rules(&serve.daemon, "watch");
  SERVE_UNTIL(strcmp(before, present()) != 0 && !service_is_activating(serve.daemon.service));
  SERVE_UNTIL(is_kept(present()));
  serve_settle();
}

/* The first ruleset, kept, with a lead that is an MQL under it; then the other one. */
static int set_up(void **state) {
  serve_rules = serve_default_rules;
  serve_start(state);
  load("dimension \"x\" {}\n"); /* the fixture starts without the files' bytes: these are loaded */
  load(serve_default_rules);
  snprintf(first, sizeof first, "%s", present());
  serve_post("/v1/track", "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"messageId\":\"1\"}");
  serve_settle();
  load(other_rules);
  return 0;
}

static int tear_down(void **state) {
  serve_rules = serve_default_rules;
  return serve_stop(state);
}

static int ask(const char *method, const char *path, const char *what) {
  char full[256];
  snprintf(full, sizeof full, "/v1/rulesets/%s%s", path, what);
  return serve_request(method, full, AS_ADMIN, strcmp(method, "GET") == 0 ? STR("") : STR("{}"));
}

static int post(const char *path, const char *body) {
  return serve_request("POST", path, AS_ADMIN, str_of(body));
}

static void lists_and_compares(void **state) {
  (void)state;
  serve_get("/v1/rulesets");
  assert_at("kept.0.state", "\"running\"");
  assert_at("kept.0.activations.0.by", "\"watch\"");
  assert_at("kept.1.state", "\"kept\"");
  assert_at("pinned", "false");
  assert_int_equal(ask("GET", first, ""), 200);
  assert_at("files.0.path", "\"rules.lua\"");
  assert_int_equal(ask("GET", first, "/diff"), 200);
  assert_at("declarations.removed.0.name", "\"big\"");
  assert_at("declarations.changed.0.kind", "\"rule\"");
  assert_at("declarations.changed.0.name", "\"demo\"");
  assert_at("declarations.changed.0.changes.0.what", "\"decay\"");
  assert_at("files.changed.0", "\"rules.lua\"");
  assert_int_equal(ask("GET", "0000000", ""), 404);
  assert_int_equal(ask("GET", first, "/diff?with=0000000"), 404);
}

static void lists_by_pages(void **state) {
  char target[200] = "/v1/rulesets?limit=1", next[DIGEST_HEX_MAX] = "";
  int pages = 1;
  (void)state;
  serve_get("/v1/rulesets?limit=0");
  assert_at("kept_total", "3");
  assert_int_equal(serve_count_at("kept"), 0);
  serve_get(target);
  assert_at("kept.0.state", "\"running\"");
  for (; strcmp(serve_text_at("next"), "null") != 0; pages++) {
    assert_int_equal(serve_count_at("kept"), 1);
    snprintf(next, sizeof next, "%.64s", serve_text_at("next") + 1);
    snprintf(target, sizeof target, "/v1/rulesets?limit=1&cursor=%s", next);
    serve_get(target);
    assert_at("kept.0.state", "\"kept\"");
    assert_memory_equal(serve_text_at("kept.0.ruleset") + 1, next, DIGEST_HEX_MAX - 1);
  }
  assert_int_equal(pages, 3);
  assert_int_equal(serve_get("/v1/rulesets?limit=1001"), 400);
  assert_int_equal(serve_get("/v1/rulesets?cursor=0000000"), 400);
  assert_int_equal(serve_get("/v1/rulesets?pages=1"), 400);
}

static void goes_back_and_stays_there(void **state) {
  (void)state;
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"lead\"");
  assert_int_equal(ask("POST", first, "/activate?stages=soon"), 400);
  assert_int_equal(ask("POST", first, "/activate"), 200);
  assert_at("done", "true");
  assert_at("instant", "true");
  serve_settle();
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"mql\"");
  serve_get("/v1/rulesets");
  assert_at("pinned", "true");
  reload_rules(&serve.daemon, "SIGHUP"); /* the files are what they were */
  SERVE_UNTIL(!service_is_activating(serve.daemon.service));
  assert_string_equal(present(), first);
  assert_int_equal(ask("POST", "files", "/activate"), 200);
  SERVE_UNTIL(strcmp(present(), first) != 0);
  serve_get("/v1/rulesets");
  assert_at("pinned", "false");
}

static void holds_when_asked(void **state) {
  (void)state;
  assert_int_equal(ask("POST", first, "/activate?stages=hold"), 200);
  serve_settle();
  serve_get("/v1/rulesets/held");
  assert_at("total", "1");
  assert_at("held.0.lead", "\"ana\"");
  assert_at("held.0.stages.0.to", "\"mql\"");
  assert_int_equal(post("/v1/rulesets/release", "{\"leads\":[]}"), 400);
  assert_int_equal(post("/v1/rulesets/release", "{\"leads\":[\"ana\"]}"), 200);
  serve_settle();
  serve_get("/v1/rulesets/held");
  assert_at("total", "0");
  serve_get("/v1/leads/ana");
  assert_at("stage_history.0.cause", "\"ruleset\"");
}

static void previews(void **state) {
  (void)state;
  char body[128];
  snprintf(body, sizeof body, "{\"ruleset\":\"%s\"}", first);
  assert_int_equal(post("/v1/rulesets/preview", body), 200);
  assert_at("leads", "1");
  assert_at("moves.0.to", "\"mql\"");
  assert_int_equal(post("/v1/rulesets/preview", "{\"files\":{\"a.lua\":\"rule {\"}}"), 422);
  assert_int_equal(post("/v1/rulesets/preview", "{}"), 400);
  assert_int_equal(post("/v1/rulesets/pause", "{}"), 200);
  assert_int_equal(post("/v1/rulesets/resume", "{}"), 200);
}

/* Between the activation's beginning and the first thing that its thread has to say. */
static void pause_it(void *arg, const struct rulesets_ended *ended) {
  assert_true(!ended->problems && !ended->err);
  rulesets_pause(arg, true);
}

static bool is_reading_and_paused(void) {
  struct service_progress progress;
  service_progress(serve.daemon.service, &progress);
  return progress.phase == SERVICE_READING && progress.paused && strcmp(progress.ruleset, first) == 0;
}

static void begin_and_pause(void) {
  struct rulesets_command command = {.how = {.anew = true}, .done = pause_it, .arg = serve.daemon.rulesets};
  struct err err;
  memcpy(command.hash, first, sizeof command.hash);
  snprintf(command.by, sizeof command.by, "command of somebody");
  assert_int_equal(rulesets_start(serve.daemon.rulesets, &command, &err), 0);
  SERVE_UNTIL(is_reading_and_paused());
}

static bool is_noted(void) {
  struct kept_pause pause;
  struct err err;
  assert_int_equal(kept_pause_read(&pause, serve.config.data, &err), 0);
  return strcmp(pause.candidate, first) == 0 && pause.command;
}

static void a_pause_outlives_the_process(void **state) {
  (void)state;
  begin_and_pause();
  SERVE_UNTIL(is_noted());
  daemon_close(&serve.daemon);
  serve_open();
  SERVE_UNTIL(is_reading_and_paused());
  serve_settle();
  assert_string_not_equal(present(), first);
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"lead\"");
  serve_get("/v1/rulesets");
  assert_at("activation.phase", "\"reading\"");
  assert_at("activation.paused", "true");
  assert_int_equal(post("/v1/rulesets/resume", "{}"), 200);
  SERVE_UNTIL(strcmp(present(), first) == 0 && !service_is_activating(serve.daemon.service));
  SERVE_UNTIL(!is_noted());
  serve_settle();
  serve_get("/v1/leads/ana");
  assert_at("stage", "\"mql\"");
  serve_get("/v1/rulesets");
  assert_at("kept.0.activations.0.by", "\"command of somebody\"");
}

static void what_is_given_up_waits_no_more(void **state) {
  (void)state;
  begin_and_pause();
  assert_int_equal(post("/v1/rulesets/cancel", "{}"), 200);
  SERVE_UNTIL(!service_is_activating(serve.daemon.service) && !is_noted());
  serve_restart();
  assert_false(service_is_activating(serve.daemon.service));
}

static void nothing(void *arg, const struct service_activation *activation) {
  (void)arg, (void)activation;
}

/* An editor saves what is being read already, or the watching of the files begins. */
static void the_same_files_again_leave_it_waiting(void **state) {
  const struct service_activate how = {.paused = true};
  struct problems problems;
  struct err err;
  (void)state;
  serve_rules = serve_default_rules; /* the first ruleset's */
  problems_init(&problems);
  struct generation *generation = serve.daemon.options.load(&serve.config, NULL, &problems);
  problems_release(&problems);
  assert_int_equal(service_activate(serve.daemon.service, generation, &how, nothing, NULL, &err), 0);
  serve_rules = "rule {";
  reload_rules(&serve.daemon, "watch");
  SERVE_UNTIL(serve.daemon.rules_failure.len > 0);
  serve_rules = serve_default_rules;
  reload_rules(&serve.daemon, "watch");
  SERVE_UNTIL(serve.daemon.rules_failure.len == 0);
  assert_true(is_reading_and_paused());
  assert_int_equal(post("/v1/rulesets/resume", "{}"), 200);
  SERVE_UNTIL(strcmp(present(), first) == 0 && !service_is_activating(serve.daemon.service));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {TEST(lists_and_compares),
                                     TEST(lists_by_pages),
                                     TEST(goes_back_and_stays_there),
                                     TEST(holds_when_asked),
                                     TEST(previews),
                                     TEST(a_pause_outlives_the_process),
                                     TEST(what_is_given_up_waits_no_more),
                                     TEST(the_same_files_again_leave_it_waiting)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
