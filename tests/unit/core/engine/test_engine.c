#include "unit.h"

#include "core/engine/engine.h"
#include "small_rules.h"

#include <stdio.h>

/* The functions' side, played by the test: function 0 gives `points`, or fails where the event is called "fail". */
struct player {
  int64_t points;
  uint32_t failures, stop_at, passes;
  bool stopped;
};

static int play_ingest(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  struct player *player = context;
  struct str how = {NULL, 0};
  assert_int_equal(fn, 0);
  json_string(json_get(event->properties, STR("how")), &how);
  if (str_eq(how, STR("fail"))) return player->failures++, INTAKE_FAILED;
  if (str_eq(how, STR("lead"))) return INTAKE_NEEDS_LEAD;
  amounts[0] = (struct fn_amount){0, player->points};
  return 1;
}

static int play_fold(void *context, int fn, const struct fold *fold, const struct touch *touch,
                     struct fn_amount *amounts) {
  struct player *player = context;
  (void)fn, (void)fold;
  assert_true(touch->more->raw.len > 0);
  amounts[0] = (struct fn_amount){0, 2 * player->points};
  return 1;
}

static bool play_stopped(void *context, int fn) {
  (void)fn;
  return ((struct player *)context)->stopped;
}

static bool play_settle(void *context) {
  struct player *player = context;
  bool fresh = !player->stopped && player->stop_at && player->failures >= player->stop_at;
  player->passes++;
  if (fresh) player->stopped = true;
  return fresh;
}

static struct player player;
static struct ruleset *rules;
static struct engine *engine;
static struct feed_result result;
static const struct feed web = {.source = {"web", 3}};

static struct engine *engine_with(const struct engine_options *options) {
  struct engine_calls calls = {.intake = {&player, play_ingest, play_stopped},
                               .fold = {.context = &player, .points = play_fold, .stopped = play_stopped},
                               .settle = play_settle,
                               .settle_context = &player};
  return engine_new(rules, &calls, options);
}

static int set_up(void **state) {
  (void)state;
  player = (struct player){.points = 5 * MILLI};
  rules = small_rules(false);
  engine = engine_with(NULL);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  engine_free(engine);
  ruleset_free(rules);
  return 0;
}

static void restart(const struct engine_options *options) {
  engine_free(engine);
  engine = engine_with(options);
}

static void feed(const char *json) {
  engine_feed(engine, str_of(json), &web, &result);
}

static void accept(const char *json) {
  feed(json);
  if (result.accepted != 1)
    fail_msg("%s: %s", json, result.problem_count ? result.problems[0].reason : "not accepted");
}

static struct engine_counts counts(void) {
  struct engine_counts out;
  engine_counts(engine, &out);
  return out;
}

static int64_t score(const char *id, int64_t at_ms) {
  uint32_t lead = engine_find_lead(engine, str_of(id));
  if (lead == IDENTITY_NONE) fail_msg("no lead %s", id);
  struct fold *fold = engine_fold_new(engine);
  size_t touches = engine_fold(engine, lead, at_ms, fold);
  int64_t milli = touches ? fold_score(fold, 0) : -1;
  fold_free(fold);
  return milli;
}

#define TRACK(id, name, who, time)                                                                           \
  "{\"type\":\"track\",\"messageId\":\"" id "\",\"event\":\"" name "\"," who ",\"timestamp\":" time "}"
#define U "\"userId\":\"u\""

static void scores_what_it_is_fed(void **state) {
  (void)state;
  accept(TRACK("1", "Scored", U, "100"));
  accept(TRACK("2", "Scored", U, "200"));
  accept(TRACK("3", "Other", U, "300"));
  assert_int_equal(engine_lead_count(engine), 1);
  assert_int_equal(score("u", 99999), -1); /* not there yet */
  assert_int_equal(score("u", 100000), 10 * MILLI);
  assert_int_equal(score("u", 300000), 20 * MILLI);
  struct engine_counts seen = counts();
  assert_int_equal(seen.accepted, 3);
  assert_int_equal(seen.first_ms, 100000);
  assert_int_equal(seen.last_ms, 300000);
}

static void drops_duplicates_and_counts_conflicts(void **state) {
  (void)state;
  accept(TRACK("1", "Scored", U, "100"));
  feed(TRACK("1", "Scored", U, "100"));
  assert_int_equal(result.duplicates, 1);
  feed("{\"messageId\":\"1\", \"timestamp\":100, \"event\":\"Scored\", \"userId\":\"u\", \"type\":\"track\","
       "\"sentAt\":150}");
  assert_int_equal(result.duplicates, 1); /* a retry, spelled differently */
  feed(TRACK("1", "Other", U, "100"));
  assert_int_equal(result.conflicts, 1);
  assert_int_equal(score("u", 1000000), 10 * MILLI);
  struct feed mobile = {.source = STR("mobile")};
  engine_feed(engine, str_of(TRACK("1", "Scored", U, "100")), &mobile, &result);
  assert_int_equal(result.accepted, 1);
  struct engine_counts seen = counts();
  assert_int_equal(seen.duplicates, 2);
  assert_int_equal(seen.conflicts, 1);
}

static void events_without_id_all_count(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++)
    accept("{\"type\":\"track\",\"event\":\"Scored\",\"userId\":\"u\",\"timestamp\":100}");
  assert_int_equal(score("u", 1000000), 30 * MILLI);
}

static void tells_what_it_refuses(void **state) {
  (void)state;
  static const struct {
    const char *json;
    enum reject_code code;
  } cases[] = {
      {"{", REJECT_BAD_JSON},
      {"", REJECT_BAD_JSON},
      {"{\"type\":\"track\"} x", REJECT_BAD_JSON},
      {"{\"type\":\"\xff\"}", REJECT_BAD_UTF8},
      {"[]", REJECT_NOT_OBJECT},
      {"{\"type\":\"x\"}", REJECT_BAD_TYPE},
      {"{\"batch\":{}}", REJECT_BAD_BATCH},
      {"{\"type\":\"page\",\"timestamp\":1}", REJECT_NO_ID},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    feed(cases[i].json);
    assert_int_equal(result.rejected, 1);
    assert_int_equal(result.problem_count, 1);
    if (result.problems[0].code != cases[i].code)
      fail_msg("%s: %s, %s", cases[i].json, reject_word(result.problems[0].code), result.problems[0].reason);
    assert_true(result.problems[0].reason[0] != '\0');
  }
  engine_count_reject(engine, REJECT_LINE_TOO_LONG);
  struct engine_counts seen = counts();
  assert_int_equal(seen.rejected, COUNT_OF(cases) + 1);
  assert_int_equal(seen.rejects[REJECT_BAD_JSON], 3);
  assert_int_equal(seen.rejects[REJECT_LINE_TOO_LONG], 1);
  assert_int_equal(seen.accepted, 0);
}

static void refuses_nul_depth_and_size(void **state) {
  (void)state;
  struct buf json;
  buf_init(&json);
  engine_feed(engine, (struct str){"{\"a\":\"\0\"}", 9}, &web, &result);
  assert_int_equal(result.problems[0].code, REJECT_BAD_JSON);
  buf_add_text(&json, "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"properties\":");
  buf_add_repeat(&json, '[', 100000);
  engine_feed(engine, buf_str(&json), &web, &result);
  assert_int_equal(result.problems[0].code, REJECT_TOO_DEEP);
  buf_clear(&json);
  buf_add_text(&json, "{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":1,\"name\":\"");
  buf_add_repeat(&json, 'x', ENGINE_EVENT_MAX);
  buf_add_text(&json, "\"}");
  engine_feed(engine, buf_str(&json), &web, &result);
  assert_int_equal(result.problems[0].code, REJECT_TOO_LARGE);
  buf_add_repeat(&json, ' ', ENGINE_BATCH_MAX);
  buf_add_text(&json, "}");
  engine_feed(engine, buf_str(&json), &web, &result);
  assert_int_equal(result.problems[0].code, REJECT_TOO_LARGE);
  buf_release(&json);
}

static void takes_batches_apart(void **state) {
  (void)state;
  feed("{\"sentAt\":\"2024-01-01T00:00:00Z\",\"writeKey\":\"k\",\"batch\":["
       "{\"type\":\"track\",\"event\":\"Scored\",\"userId\":\"u\",\"timestamp\":100,\"messageId\":\"a\"},"
       "{\"type\":\"track\",\"userId\":\"u\",\"timestamp\":100},7,"
       "{\"type\":\"track\",\"event\":\"Scored\",\"userId\":\"u\",\"timestamp\":100,\"messageId\":\"a\"},"
       "{\"type\":\"track\",\"event\":\"Bot\",\"userId\":\"bot\",\"timestamp\":100}]}");
  assert_int_equal(result.accepted, 2);
  assert_int_equal(result.ignored, 1);
  assert_int_equal(result.duplicates, 1);
  assert_int_equal(result.rejected, 2);
  assert_int_equal(result.problems[0].item, 1);
  assert_int_equal(result.problems[0].code, REJECT_MISSING_EVENT);
  assert_int_equal(result.problems[1].item, 2);
  assert_int_equal(result.problems[1].code, REJECT_NOT_OBJECT);
  feed("{\"batch\":[]}");
  assert_int_equal(result.accepted + result.rejected, 0);
}

static void tells_only_the_first_problems(void **state) {
  (void)state;
  struct buf json;
  buf_init(&json);
  buf_add_text(&json, "{\"batch\":[0");
  for (int i = 1; i < 20; i++) buf_printf(&json, ",%d", i);
  buf_add_text(&json, "]}");
  engine_feed(engine, buf_str(&json), &web, &result);
  assert_int_equal(result.rejected, 20);
  assert_int_equal(result.problem_count, ENGINE_PROBLEMS_TOLD);
  buf_release(&json);
}

static void corrects_a_batch_by_its_sent_at(void **state) {
  (void)state;
  struct feed live = {.source = STR("web"), .received_ms = 1000000};
  engine_feed(engine,
              STR("{\"sentAt\":110,\"batch\":[{\"type\":\"track\",\"event\":\"Scored\",\"userId\":\"u\","
                  "\"timestamp\":100}]}"),
              &live, &result);
  assert_int_equal(counts().last_ms, 990000);
  engine_feed(engine,
              STR("{\"sentAt\":\"no\",\"batch\":[{\"type\":\"page\",\"userId\":\"u\",\"timestamp\":5000}]}"),
              &live, &result);
  assert_int_equal(counts().bad_times, 1);
  assert_int_equal(counts().clamped, 1);
}

static const struct touch *only_touch(const char *id) {
  static struct touch_list touches;
  engine_lead_touches(engine, engine_find_lead(engine, str_of(id)), TIME_MAX, &touches);
  assert_int_equal(touches.count, 1);
  const struct touch *touch = touches.items[0];
  touch_list_release(&touches);
  return touch;
}

static void merges_the_envelopes_context(void **state) {
  (void)state;
  feed("{\"context\":{\"groupId\":\"acme\",\"campaign\":{\"source\":\"mail\"}},\"batch\":["
       "{\"type\":\"track\",\"event\":\"Kept\",\"userId\":\"a\",\"timestamp\":1,\"properties\":{\"x\":[1,"
       "\"y\"]}},"
       "{\"type\":\"track\",\"event\":\"Kept\",\"userId\":\"b\",\"timestamp\":1,\"context\":{\"groupId\":"
       "\"own\"}},"
       "\"oops\"]}");
  assert_int_equal(result.accepted, 2);
  assert_int_equal(result.problems[0].code, REJECT_NOT_OBJECT);
  assert_str(only_touch("a")->more->account, "acme");
  assert_str(only_touch("a")->more->source, "mail");
  assert_str(only_touch("b")->more->account, "own");
  assert_str(only_touch("b")->more->source, "mail");
  assert_str(only_touch("b")->more->raw,
             "{\"type\":\"track\",\"event\":\"Kept\",\"userId\":\"b\",\"timestamp\":1,"
             "\"context\":{\"groupId\":\"own\",\"campaign\":{\"source\":\"mail\"}}}");
}

static void bounds_each_item_of_a_batch(void **state) {
  (void)state;
  struct buf json;
  buf_init(&json);
  buf_add_text(&json, "{\"batch\":[{\"type\":\"page\",\"userId\":\"a\",\"timestamp\":1,\"name\":\"");
  buf_add_repeat(&json, 'x', ENGINE_EVENT_MAX);
  buf_add_text(&json, "\"},{\"type\":\"page\",\"userId\":\"b\",\"timestamp\":1}]}");
  engine_feed(engine, buf_str(&json), &web, &result);
  assert_int_equal(result.accepted, 1);
  assert_int_equal(result.problems[0].code, REJECT_TOO_LARGE);
  assert_int_equal(result.problems[0].item, 0);
  buf_release(&json);
}

static void ignored_events_are_nothing(void **state) {
  (void)state;
  feed("{\"type\":\"track\",\"event\":\"Bot\",\"userId\":\"v\",\"anonymousId\":\"a\",\"timestamp\":100}");
  assert_int_equal(result.ignored, 1);
  accept("{\"type\":\"track\",\"event\":\"Scored\",\"anonymousId\":\"a\",\"timestamp\":200}");
  assert_int_equal(engine_lead_count(engine), 1);
  assert_true(engine_find_lead(engine, STR("v")) == IDENTITY_NONE);
  assert_int_equal(counts().ignored, 1);
}

static void leaves_out_what_comes_later(void **state) {
  (void)state;
  restart(&(struct engine_options){.has_until = true, .until_ms = 150000});
  accept(TRACK("1", "Scored", "\"anonymousId\":\"a\"", "100"));
  feed(TRACK("2", "Scored", "\"anonymousId\":\"a\",\"userId\":\"u\"", "200"));
  assert_int_equal(result.later, 1);
  assert_true(engine_find_lead(engine, STR("u")) == IDENTITY_NONE);
  assert_str(engine_lead_id(engine, engine_find_lead(engine, STR("a"))), "a");
  assert_int_equal(counts().later, 1);
}

#define IDENTIFY(who, traits, time)                                                                          \
  "{\"type\":\"identify\"," who ",\"traits\":" traits ",\"timestamp\":" time "}"

static void finds_leads_by_address(void **state) {
  (void)state;
  accept(IDENTIFY("\"userId\":\"u\"", "{\"Email\":\" Ana@Acme.example \"}", "1"));
  accept(IDENTIFY("\"userId\":\"t\"", "{\"email\":\"ana@acme.example\"}", "2"));
  assert_int_equal(engine_lead_count(engine), 2);
  assert_str(engine_lead_id(engine, engine_find_lead(engine, STR("ANA@acme.example"))), "t");
  assert_true(engine_find_lead(engine, STR("bob@acme.example")) == IDENTITY_NONE);
}

static void merges_by_address_where_rules_say_so(void **state) {
  (void)state;
  struct matcher info = {.op = MATCH_STARTS, .len = 1, .texts = &STR("info@")};
  rules->merge_by_email = true;
  rules->never_id = &info;
  restart(NULL);
  accept(IDENTIFY("\"userId\":\"u\"", "{\"email\":\"Ana@acme.example\"}", "1"));
  accept(IDENTIFY("\"userId\":\"t\"", "{\"email\":\"ana@ACME.example\"}", "2"));
  accept(IDENTIFY("\"anonymousId\":\"a\"", "{\"email\":\"ana@acme.example\"}", "3"));
  assert_int_equal(engine_lead_count(engine), 1);
  assert_str(engine_lead_id(engine, engine_find_lead(engine, STR("ana@acme.example"))), "u");
  static const char *const nobody[] = {
      "info@acme.example", "Info@Acme.Example", "n/a", "a@b@c", "@", "x@", " "};
  for (size_t i = 0; i < COUNT_OF(nobody); i++)
    for (int person = 0; person < 2; person++) {
      char json[200];
      snprintf(json, sizeof json, IDENTIFY("\"userId\":\"n%zu-%d\"", "{\"email\":\"%s\"}", "4"), i, person,
               nobody[i]);
      accept(json);
    }
  assert_int_equal(engine_lead_count(engine), 1 + 2 * COUNT_OF(nobody));
}

static void keeps_accounts(void **state) {
  (void)state;
  accept(
      "{\"type\":\"group\",\"groupId\":\"acme.example\",\"traits\":{\"companySize\":10},\"timestamp\":10}");
  assert_int_equal(engine_lead_count(engine), 0);
  accept("{\"type\":\"group\",\"userId\":\"u\",\"groupId\":\"acme.example\",\"traits\":{\"company_size\":7},"
         "\"timestamp\":5}");
  accept("{\"type\":\"page\",\"userId\":\"v\",\"context\":{\"groupId\":\"acme.example\"},\"timestamp\":6}");
  accept("{\"type\":\"page\",\"userId\":\"v\",\"context\":{\"groupId\":\"other\"},\"timestamp\":7}");
  const struct accounts *accounts = engine_accounts(engine);
  assert_int_equal(accounts->count, 2);
  assert_true(account_trait(&accounts->items[0], STR("company_size")).number == 10);
}

/* --- functions --------------------------------------------------------------------------------------------------- */

#define CALLED(who, how)                                                                                     \
  "{\"type\":\"track\",\"event\":\"Called\",\"userId\":\"" who                                               \
  "\",\"timestamp\":100,\"properties\":{\"how\":\"" how "\"}}"

static void keeps_what_functions_answer(void **state) {
  (void)state;
  accept(CALLED("u", "plain"));
  accept(CALLED("v", "lead"));
  accept(CALLED("w", "fail"));
  player.points = 7 * MILLI; /* too late for the first */
  assert_int_equal(score("u", 1000000), 5 * MILLI);
  assert_int_equal(score("v", 1000000), 14 * MILLI);
  assert_int_equal(score("w", 1000000), 0);
  assert_str(only_touch("v")->more->raw, CALLED("v", "lead"));
}

struct tally {
  int restarts, leads;
  int64_t sum;
};

static void tally_restart(void *context) {
  struct tally *tally = context;
  tally->restarts++;
  tally->leads = 0;
  tally->sum = 0;
}

static void tally_lead(void *context, uint32_t lead, const struct fold *fold) {
  struct tally *tally = context;
  (void)lead;
  tally->leads++;
  tally->sum += fold_score(fold, 0);
}

/* A function that failed too often counts for nobody, not even for those it was fine with. */
static void folds_again_when_a_function_is_stopped(void **state) {
  (void)state;
  struct tally tally = {0};
  struct engine_visitor visitor = {&tally, tally_restart, tally_lead};
  player.stop_at = 2;
  accept(CALLED("u", "plain"));
  accept(CALLED("v", "fail"));
  accept(TRACK("1", "Scored", U, "100"));
  struct fold *fold = engine_fold_new(engine);
  engine_fold_all(engine, 1000000, fold, &visitor);
  assert_int_equal(tally.restarts, 1);
  assert_int_equal(tally.leads, 2);
  assert_int_equal(tally.sum, 15 * MILLI);
  accept(CALLED("w", "fail"));
  engine_fold_all(engine, 1000000, fold, &visitor);
  assert_int_equal(tally.restarts, 3);
  assert_int_equal(tally.leads, 3);
  assert_int_equal(tally.sum, 10 * MILLI);
  fold_free(fold);
}

static void settles_without_a_visitor(void **state) {
  (void)state;
  player.stop_at = 1;
  accept(CALLED("u", "plain"));
  accept(CALLED("u", "fail"));
  struct fold *fold = engine_fold_new(engine);
  engine_settle_all(engine, 1000000, fold);
  assert_true(player.stopped);
  assert_int_equal(score("u", 1000000), 0);
  fold_free(fold);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What touches hold lives on when other rules take over, the names of traits included: they were the old rules' intake's once, and a
 * lead forgot its title with the first change of a gate. */
static void traits_outlive_a_change_of_rules(void **state) {
  (void)state;
  const struct engine_calls calls = {
      .intake = {&player, play_ingest, play_stopped},
      .fold = {.context = &player, .points = play_fold, .stopped = play_stopped}};
  struct ruleset *others = small_rules(false);
  accept("{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1000,\"traits\":{\"favouriteColour\":\"red\","
         "\"company\":{\"employeeCount\":5}}}");
  engine_use(engine, others, &calls);
  for (int i = 0; i < 300; i++) { /* what was freed is written over */
    char event[200];
    snprintf(event, sizeof event,
             "{\"type\":\"identify\",\"userId\":\"v\",\"messageId\":\"%d\",\"timestamp\":1000,\"traits\":{"
             "\"other%dName\":1}}",
             i, i);
    accept(event);
  }
  struct fold *fold = engine_fold_new(engine);
  assert_true(engine_fold(engine, engine_find_lead(engine, STR("u")), 2000000, fold) > 0);
  assert_int_equal(fold_trait(fold, STR("favourite_colour")).kind, VALUE_STRING);
  assert_int_equal(fold_trait(fold, STR("company.employee_count")).kind, VALUE_NUMBER);
  fold_free(fold);
  engine_free(engine);
  ruleset_free(others);
  engine = engine_with(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      test(scores_what_it_is_fed),
      test(traits_outlive_a_change_of_rules),
      test(drops_duplicates_and_counts_conflicts),
      test(events_without_id_all_count),
      test(tells_what_it_refuses),
      test(refuses_nul_depth_and_size),
      test(takes_batches_apart),
      test(tells_only_the_first_problems),
      test(corrects_a_batch_by_its_sent_at),
      test(merges_the_envelopes_context),
      test(bounds_each_item_of_a_batch),
      test(ignored_events_are_nothing),
      test(leaves_out_what_comes_later),
      test(finds_leads_by_address),
      test(merges_by_address_where_rules_say_so),
      test(keeps_accounts),
      test(keeps_what_functions_answer),
      test(folds_again_when_a_function_is_stopped),
      test(settles_without_a_visitor),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
