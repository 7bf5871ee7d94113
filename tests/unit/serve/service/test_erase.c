#include "serve_fixture.h"

#include "base/file.h"
#include "core/journal/journal.h"

#define ANA      "ana-7f3a9c21"
#define DEVICE   "device-51d0c4e8"
#define EMAIL    "ana.b91e@acme.example"
#define SURNAME  "Quirozabal"
#define OTHER    "bo"
#define AS_ADMIN "Authorization: Bearer " SERVE_ADMIN_TOKEN "\r\n"

static const char erase_rules[] =
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { on = track \"Demo\", points = { engagement = 40 } }\n"
    "rule \"visit\" { on = page {}, points = { engagement = 5 } }\n"
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } } }\n"
    "ignore \"staff\" { on = track \"Noise\" }\n"
    "identity { email = \"merge\" }\n";

static int delete_lead(const char *id, const char *query) {
  char target[200];
  snprintf(target, sizeof target, "/v1/leads/%s%s", id, query);
  return serve_request("DELETE", target, AS_ADMIN, STR(""));
}

/* Ana with a device, an address, a name, a decision, an event nobody counts; one record shared with somebody else. */
static void send_ana(void) {
  serve_post("/v1/page", "{\"anonymousId\":\"" DEVICE "\",\"messageId\":\"a1\"}");
  serve_post("/v1/identify",
             "{\"userId\":\"" ANA "\",\"anonymousId\":\"" DEVICE
             "\",\"messageId\":\"a2\",\"traits\":{\"email\":\"" EMAIL "\",\"lastName\":\"" SURNAME "\"}}");
  serve_post("/v1/batch",
             "{\"batch\":[{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"" ANA
             "\",\"messageId\":\"a3\"},"
             "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"" OTHER "\",\"messageId\":\"b1\"},"
             "{\"type\":\"track\",\"event\":\"Noise\",\"userId\":\"" ANA "\",\"messageId\":\"a4\"}]}");
  serve_post("/v1/group",
             "{\"userId\":\"" ANA "\",\"groupId\":\"acme\",\"messageId\":\"a5\",\"traits\":{\"name\":"
             "\"ACME\",\"employees\":120}}");
  serve_settle();
}

/* --- looking ------------------------------------------------------------------------------------------------------- */

static const char *const traces[] = {ANA, DEVICE, EMAIL, SURNAME};

static bool has_trace(struct str bytes) {
  for (size_t i = 0; i < COUNT_OF(traces); i++)
    if (bytes.len && memmem(bytes.p, bytes.len, traces[i], strlen(traces[i]))) return true;
  return false;
}

/* Records of the journal that still speak of her. */
static uint32_t count_records(void) {
  struct store_record record;
  struct err err;
  uint32_t found = 0;
  int more;
  struct store_reader *reader = store_reader_new(serve.dir, &err);
  assert_non_null(reader);
  while ((more = store_reader_next(reader, &record, &err)) > 0) found += has_trace(record.bytes);
  assert_int_equal(more, 0);
  store_reader_free(reader);
  return found;
}

static void expect_clean_files(void) {
  struct dirent *entry;
  char path[sizeof serve.dir + sizeof entry->d_name + 1];
  struct buf bytes;
  struct err err;
  DIR *dir = opendir(serve.dir);
  buf_init(&bytes);
  while ((entry = readdir(dir))) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "%s/%s", serve.dir, entry->d_name);
    buf_clear(&bytes);
    if (file_read(path, 64 << 20, &bytes, &err) != 0) fail_msg("%s", err.text);
    if (has_trace(buf_str(&bytes))) fail_msg("%s still speaks of her", entry->d_name);
  }
  closedir(dir);
  buf_release(&bytes);
}

static void expect_gone_but_for(int engagement) { /* of the other one */
  char expected[16];
  struct store_stats stats;
  assert_int_equal(count_records(), 0);
  struct service_stats all;
  service_stats(serve.daemon.service, &all);
  stats = all.store;
  assert_false(stats.marked); /* nothing of what was replaced is left in the files */
  expect_clean_files();
  assert_int_equal(serve_get("/v1/leads/" ANA), 404);
  assert_int_equal(serve_get("/v1/leads/" DEVICE), 404);
  assert_int_equal(serve_get("/v1/leads/" EMAIL), 404);
  serve_get("/v1/leads");
  assert_at("total", "1");
  serve_get("/v1/leads/" OTHER);
  snprintf(expected, sizeof expected, "%d", engagement);
  assert_at("scores.engagement", expected);
  assert_at("stage_history.0.to", "\"mql\"");
}

static void expect_gone(void) {
  expect_gone_but_for(40);
}

/* --- erasing ------------------------------------------------------------------------------------------------------- */

static void nothing_is_left_of_a_person(void **state) {
  (void)state;
  send_ana();
  assert_true(count_records() >= 5);
  assert_int_equal(delete_lead(ANA, "?forget=true"), 200);
  assert_at("events", "5");
  assert_at("decisions", "1");
  expect_gone();
  serve_restart();
  expect_gone();
}

static void any_id_will_do(void **state) {
  (void)state;
  send_ana();
  assert_int_equal(delete_lead(EMAIL, "?forget=true"), 200);
  expect_gone();
}

/* What a group call said of a company stays, whoever made it. */
static void the_account_stays(void **state) {
  (void)state;
  send_ana();
  delete_lead(ANA, "?forget=true");
  serve_get("/v1/accounts/acme");
  assert_at("traits.employees.value", "120");
  serve_restart();
  serve_get("/v1/accounts/acme");
  assert_at("traits.employees.value", "120");
  assert_at("leads", "0");
}

static void who_comes_again_is_somebody_new(void **state) {
  (void)state;
  send_ana();
  delete_lead(ANA, "?forget=true");
  assert_int_equal(serve_post("/v1/page", "{\"userId\":\"" ANA "\",\"messageId\":\"c1\"}"), 200);
  serve_get("/v1/leads/" ANA);
  assert_at("events", "1");
  assert_at("stage", "\"lead\"");
  serve_restart();
  serve_get("/v1/leads/" ANA);
  assert_at("events", "1");
  assert_int_equal(serve_count_at("stage_history"), 0);
}

static void expect_blocked(const char *path, const char *event) {
  assert_int_equal(serve_post(path, event), 400);
  assert_at("code", "\"erased\"");
}

static void who_is_blocked_does_not_come_again(void **state) {
  (void)state;
  send_ana();
  assert_int_equal(delete_lead(ANA, "?forget=true&block=true"), 200);
  for (int i = 0; i < 2; i++, serve_restart()) {
    expect_blocked("/v1/page", "{\"userId\":\"" ANA "\"}");
    expect_blocked("/v1/page", "{\"anonymousId\":\"" DEVICE "\",\"userId\":\"x\"}");
    expect_blocked("/v1/identify", "{\"userId\":\"x\",\"traits\":{\"email\":\" ANA.b91e@acme.example\"}}");
    expect_blocked("/v1/alias", "{\"userId\":\"x\",\"previousId\":\"" ANA "\"}");
    expect_gone();
  }
  assert_int_equal(serve_post("/v1/batch", "{\"batch\":[{\"type\":\"page\",\"userId\":\"" ANA "\"},"
                                           "{\"type\":\"page\",\"userId\":\"y\"}]}"),
                   200);
  assert_at("accepted", "1");
  assert_at("errors.0.code", "\"erased\"");
}

static void an_id_nobody_knows_is_erased_as_well(void **state) {
  (void)state;
  send_ana();
  serve_post("/v1/track", "{\"event\":\"Noise\",\"userId\":\"ghost\",\"messageId\":\"g1\"}");
  assert_int_equal(delete_lead("ghost", "?forget=true"), 200);
  assert_at("events", "1");
  assert_int_equal(delete_lead("ghost", "?forget=true"), 200);
  assert_at("events", "0");
  assert_int_equal(serve_get("/v1/leads/" ANA), 200);
}

static void one_after_another(void **state) {
  (void)state;
  send_ana();
  int first = serve_connect(), second = serve_connect();
  struct str ask = STR("DELETE /v1/leads/" ANA "?forget=true HTTP/1.1\r\nHost: x\r\n" AS_ADMIN
                       "Connection: close\r\n\r\n");
  struct str other = STR("DELETE /v1/leads/" OTHER "?forget=true HTTP/1.1\r\nHost: x\r\n" AS_ADMIN
                         "Connection: close\r\n\r\n");
  buf_clear(&serve.answer);
  SERVE_UNTIL((serve_move(first, &ask), ask.len == 0));
  SERVE_UNTIL(serve_move(second, &other));
  SERVE_UNTIL(service_erasing(serve.daemon.service) == 0);
  close(first);
  close(second);
  serve_get("/v1/leads");
  assert_at("total", "0");
}

/* --- while other rules are on their way -------------------------------------------------------------------------------- */

#define OTHER_POINTS "rule \"visit\" { on = page {}, points = { engagement = 7 } }\n"

static const char other_rules[] =
    "dimension \"engagement\" {}\n"
    "rule \"demo\" { on = track \"Demo\", points = { engagement = 40 } }\n" OTHER_POINTS
    "lifecycle \"sales\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", doc = \"busy\", when = score { engagement = at_least(40) } } }\n"
    "ignore \"staff\" { on = track \"Noise\" }\n"
    "identity { email = \"merge\" }\n";

static struct {
  int ends;
  bool failed;
} activated;

static void on_activated(void *arg, const struct service_activation *activation) {
  (void)arg;
  activated.ends++;
  activated.failed = activation->err != NULL;
}

static void activate(struct service_activate how) {
  struct err err;
  activated.ends = 0;
  if (service_activate(serve.daemon.service, serve_build(other_rules), &how, on_activated, NULL, &err) != 0)
    fail_msg("%s", err.text);
}

static struct service_progress progress(void) {
  struct service_progress now;
  service_progress(serve.daemon.service, &now);
  return now;
}

static void expect_other_rules(void) {
  SERVE_UNTIL(activated.ends == 1 && !service_is_activating(serve.daemon.service));
  assert_false(activated.failed);
  serve_settle();
  serve_post("/v1/page", "{\"userId\":\"" OTHER "\",\"messageId\":\"b2\"}");
  serve_settle();
  serve_get("/v1/leads/" OTHER);
  assert_at("scores.engagement", "47");
}

static void is_erased_while_an_activation_is_paused(void **state) {
  (void)state;
  send_ana();
  activate((struct service_activate){.anew = true});
  service_pause(serve.daemon.service, true);
  SERVE_UNTIL(progress().paused);
  assert_int_equal(delete_lead(ANA, "?forget=true"), 200);
  expect_gone();
  assert_true(progress().paused); /* and nobody told it to go on */
  assert_int_equal(activated.ends, 0);
  assert_int_equal(delete_lead("ghost", "?forget=true"), 200); /* it has read nothing by now */
  service_pause(serve.daemon.service, false);
  expect_other_rules();
  expect_gone_but_for(47);
}

static void is_erased_while_others_are_tried(void **state) {
  (void)state;
  send_ana();
  for (int tries = 0; tries < 8; tries++) {
    activate((struct service_activate){.anew = true});
    for (int turns = 0; turns < tries * 3; turns++) loop_turn(serve.daemon.loop, false);
    assert_int_equal(delete_lead(tries ? "ghost" : ANA, "?forget=true"), 200);
    SERVE_UNTIL(activated.ends == 1 && !service_is_activating(serve.daemon.service));
    assert_false(activated.failed);
  }
  expect_gone();
}

static void others_begin_behind_an_erasure(void **state) {
  (void)state;
  send_ana();
  int fd = serve_connect();
  struct str ask = STR("DELETE /v1/leads/" ANA "?forget=true HTTP/1.1\r\nHost: x\r\n" AS_ADMIN
                       "Connection: close\r\n\r\n");
  buf_clear(&serve.answer);
  SERVE_UNTIL((serve_move(fd, &ask), service_erasing(serve.daemon.service) > 0));
  activate((struct service_activate){.anew = true});
  assert_int_equal(progress().phase, SERVICE_READING);
  SERVE_UNTIL(serve_move(fd, &ask));
  close(fd);
  expect_other_rules();
  expect_gone_but_for(47);
}

static void what_is_given_up_meanwhile_ends(void **state) {
  (void)state;
  send_ana();
  activate((struct service_activate){.anew = true, .paused = true});
  assert_int_equal(delete_lead(ANA, "?forget=true"), 200);
  assert_true(service_cancel(serve.daemon.service));
  assert_int_equal(activated.ends, 1);
  assert_true(activated.failed);
  assert_false(service_is_activating(serve.daemon.service));
  expect_gone();
}

/* That two ids are not one person names both of them. */
static void what_is_apart_is_forgotten(void **state) {
  (void)state;
  send_ana();
  assert_int_equal(
      serve_request("POST", "/v1/leads/" ANA "/split", AS_ADMIN, STR("{\"anonymous_id\":\"" DEVICE "\"}")),
      202);
  SERVE_UNTIL(!serve.daemon.must_rebuild && !service_is_activating(serve.daemon.service));
  serve_get("/v1/apart");
  assert_true(serve_count_at("apart") > 0);
  assert_int_equal(delete_lead(ANA, "?forget=true"), 200);
  serve_get("/v1/apart");
  assert_int_equal(serve_count_at("apart"), 0);
  assert_int_equal(delete_lead(DEVICE, "?forget=true"), 200);
  expect_gone();
}

static void only_an_admin_erases_and_says_so(void **state) {
  (void)state;
  send_ana();
  assert_int_equal(serve_request("DELETE", "/v1/leads/" ANA "?forget=true", "", STR("")), 401);
  assert_int_equal(delete_lead(ANA, ""), 400);
  assert_int_equal(delete_lead(ANA, "?forget=false"), 400);
  assert_int_equal(delete_lead(ANA, "?forget=yes"), 400);
  assert_int_equal(delete_lead(ANA, "?forget=true&blok=true"), 400);
  assert_int_equal(serve_get("/v1/leads/" ANA), 200);
}

static void a_person_gets_all_there_is(void **state) {
  (void)state;
  send_ana();
  assert_int_equal(serve_get("/v1/leads/" DEVICE "/data"), 200);
  assert_at("lead.lead", "\"" ANA "\"");
  assert_at("lead.traits.last_name.value", "\"" SURNAME "\"");
  assert_int_equal(serve_count_at("events"), 5);
  assert_at("events.3.event", "\"Noise\""); /* also what nobody counts */
  assert_at("events.3.source", "\"default\"");
  assert_int_equal(serve_count_at("decisions"), 1);
  assert_at("decisions.0.to", "\"mql\"");
  assert_int_equal(serve_request("GET", "/v1/leads/" ANA "/data", "", STR("")), 401);
  assert_int_equal(serve_get("/v1/leads/nobody/data"), 404);
}

/* --- who is silent ------------------------------------------------------------------------------------------------- */

#define VISIT(user, id, time)                                                                                \
  "{\"type\":\"page\",\"userId\":\"" user "\",\"messageId\":\"" id "\",\"timestamp\":\"" time "\"}\n"

static void look_for_silent(const char *keep) {
  serve_configure("retention.leads", keep);
  service_reconfigure(serve.daemon.service, &serve.config);
  for (int turns = 0; turns < 50; turns++) loop_turn(serve.daemon.loop, false);
  SERVE_UNTIL(service_erasing(serve.daemon.service) == 0);
}

static void who_is_silent_for_long_goes(void **state) {
  (void)state;
  serve_request("POST", "/v1/history", AS_ADMIN,
                STR(VISIT("old", "1", "2026-08-01T00:00:00Z") VISIT("older", "2", "2024-08-01T00:00:00Z")
                        VISIT("recent", "3", "2026-11-20T00:00:00Z")
                            VISIT("back", "4", "2024-01-01T00:00:00Z")));
  serve_post("/v1/page", "{\"userId\":\"back\",\"messageId\":\"5\"}");
  serve_settle();
  look_for_silent("never");
  serve_get("/v1/leads");
  assert_at("total", "4");
  look_for_silent("30d");
  serve_get("/v1/leads");
  assert_at("total", "2");
  assert_int_equal(serve_get("/v1/leads/older"), 404);
  serve_restart();
  assert_int_equal(serve_get("/v1/leads/old"), 404);
  serve_get("/v1/leads/back"); /* with all of its past */
  assert_at("events", "2");
  assert_int_equal(serve_get("/v1/leads/recent"), 200);
}

static bool is_there(const char *path) {
  return serve_get(path) == 200;
}

/* Other rules on their way are not made to begin anew by people whom nobody waits to be rid of; but who has paused them has to wait. */
static void the_silent_wait_for_other_rules(void **state) {
  (void)state;
  bool erased = false;
  serve_request("POST", "/v1/history", AS_ADMIN, STR(VISIT("old", "1", "2026-08-01T00:00:00Z")));
  send_ana();
  serve_settle();
  activate((struct service_activate){.anew = true});
  serve_configure("retention.leads", "30d");
  service_reconfigure(serve.daemon.service, &serve.config);
  SERVE_UNTIL((erased = erased || service_erasing(serve.daemon.service) > 0, activated.ends == 1));
  assert_false(activated.failed);
  assert_false(erased);
  SERVE_UNTIL(!is_there("/v1/leads/old"));
  serve_request("POST", "/v1/history", AS_ADMIN, STR(VISIT("older", "2", "2026-07-01T00:00:00Z")));
  serve_settle();
  activate((struct service_activate){.anew = true});
  service_pause(serve.daemon.service, true);
  SERVE_UNTIL(progress().paused);
  look_for_silent("30d");
  SERVE_UNTIL(!is_there("/v1/leads/older"));
  assert_true(progress().paused);
  service_pause(serve.daemon.service, false);
  SERVE_UNTIL(activated.ends == 1);
}

/* --- what a crash left --------------------------------------------------------------------------------------------- */

static struct store *open_store(void) {
  struct err err;
  const struct store_options options = {.group_wait_us = 1};
  struct store *store = store_open(serve.dir, &options, &err);
  if (!store) fail_msg("%s", err.text);
  return store;
}

static uint64_t add_record(struct store *store, enum journal_kind kind, const char *text) {
  const struct store_record record = {.received_ms = serve.wall_ms, .kind = kind, .bytes = str_of(text)};
  struct err err;
  uint64_t seq;
  assert_int_equal(store_append(store, &record, 1, NULL, NULL, &seq, &err), 0);
  store_drain(store);
  return seq;
}

static void set_value(struct store *store, uint64_t ask, uint64_t ids) {
  char text[64];
  struct err err;
  int len = ids ? snprintf(text, sizeof text, "%llu %llu", (unsigned long long)ask, (unsigned long long)ids)
                : snprintf(text, sizeof text, "%llu", (unsigned long long)ask);
  assert_int_equal(store_set(store, STR("erasing"), (struct str){text, (size_t)len}, NULL, NULL, &err), 0);
  store_drain(store);
}

#define ASK "{\"ask\":\"" ANA "\",\"block\":true,\"asked_at\":\"2026-11-24T12:00:00Z\"}"

static const char *ids_record(uint64_t before) {
  static char text[512];
  snprintf(text, sizeof text,
           "{\"ids\":[{\"user\":\"" ANA "\"},{\"anonymous\":\"" DEVICE "\"},{\"email\":\"" EMAIL
           "\"}],\"before\":%llu,\"block\":false,\"asked_at\":\"2026-11-24T12:00:00Z\"}",
           (unsigned long long)before);
  return text;
}

static void go_on(void) {
  serve_open();
  SERVE_UNTIL(service_erasing(serve.daemon.service) == 0);
  serve_settle();
}

static void what_was_asked_is_done_at_the_next_start(void **state) {
  (void)state;
  send_ana();
  daemon_close(&serve.daemon);
  struct store *store = open_store();
  set_value(store, store_next_seq(store), 0);
  add_record(store, JOURNAL_ERASE, ASK);
  store_close(store);
  go_on();
  expect_gone();
  expect_blocked("/v1/page", "{\"userId\":\"" ANA "\"}");
  serve_restart();
  expect_gone();
  expect_blocked("/v1/page", "{\"userId\":\"" ANA "\"}");
}

/* Some records were redacted already, and from the rest nobody could tell any more which ids were one person's. */
static void what_was_half_done_is_finished(void **state) {
  (void)state;
  struct err err;
  send_ana();
  serve_post("/v1/page", "{\"userId\":\"" OTHER "\",\"messageId\":\"b2\"}");
  daemon_close(&serve.daemon);
  struct store *store = open_store();
  uint64_t ask = store_next_seq(store);
  set_value(store, ask, ask + 1);
  add_record(store, JOURNAL_ERASE, ASK);
  add_record(store, JOURNAL_ERASE, ids_record(ask));
  assert_int_equal(store_replace(store, 3, STR(""), NULL, NULL, &err), 0); /* the identify call */
  store_close(store);
  serve_open();
  assert_int_equal(serve_get("/v1/leads/" DEVICE), 404); /* from the first moment on */
  SERVE_UNTIL(service_erasing(serve.daemon.service) == 0);
  serve_get("/v1/leads/" OTHER);
  assert_at("events", "2");
  assert_int_equal(count_records(), 0);
  expect_clean_files();
}

/* The value is written before what it speaks of. */
static void a_value_without_records_means_nothing(void **state) {
  (void)state;
  send_ana();
  daemon_close(&serve.daemon);
  struct store *store = open_store();
  set_value(store, store_next_seq(store), 0);
  store_close(store);
  go_on();
  assert_int_equal(serve_get("/v1/leads/" ANA), 200);
  daemon_close(&serve.daemon);
  store = open_store();
  set_value(store, 2, 3);
  store_close(store);
  go_on();
  assert_int_equal(serve_get("/v1/leads/" ANA), 200);
}

static int start(void **state) {
  serve_rules = erase_rules;
  return serve_start(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, serve_stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(nothing_is_left_of_a_person),
      TEST(any_id_will_do),
      TEST(the_account_stays),
      TEST(who_comes_again_is_somebody_new),
      TEST(who_is_blocked_does_not_come_again),
      TEST(an_id_nobody_knows_is_erased_as_well),
      TEST(one_after_another),
      TEST(what_is_apart_is_forgotten),
      TEST(is_erased_while_an_activation_is_paused),
      TEST(is_erased_while_others_are_tried),
      TEST(others_begin_behind_an_erasure),
      TEST(what_is_given_up_meanwhile_ends),
      TEST(only_an_admin_erases_and_says_so),
      TEST(a_person_gets_all_there_is),
      TEST(who_is_silent_for_long_goes),
      TEST(the_silent_wait_for_other_rules),
      TEST(what_was_asked_is_done_at_the_next_start),
      TEST(what_was_half_done_is_finished),
      TEST(a_value_without_records_means_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
