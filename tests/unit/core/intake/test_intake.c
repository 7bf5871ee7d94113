#include "unit.h"

#include "core/intake/intake.h"
#include "core/intake/normalise.h"
#include "small_rules.h"

#include "base/err.h"

static struct json_reader *reader;
static struct ruleset *rules;
static struct intake intake;
static struct arena arena;
static struct normalised normal;
static int calls, answer;

static int play_points(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  (void)context, (void)event;
  assert_int_equal(fn, 0);
  calls++;
  if (answer > 0) amounts[0] = (struct fn_amount){0, 7 * MILLI};
  return answer;
}

static bool play_stopped(void *context, int fn) {
  (void)fn;
  return *(const bool *)context;
}

static bool stopped;

static void start(bool activity_only) {
  static const struct intake_calls play = {&stopped, play_points, play_stopped};
  rules = small_rules(activity_only);
  intake_init(&intake, rules, &play);
}

static void stop(void) {
  intake_release(&intake);
  ruleset_free(rules);
}

static const struct event *event_of(const char *json) {
  struct normalise_context context = {
      .source = STR("web"), .received_ms = TIME_NEVER, .batch_sent_ms = TIME_NEVER};
  struct json_ref root;
  struct err err;
  if (json_parse(reader, json, strlen(json), &root, &err) != 0) fail_msg("%s", err.text);
  if (normalise_event(root, &context, &normal) != REJECT_NONE) fail_msg("%s", normal.reason);
  return &normal.event;
}

static const struct touch *take(const char *json) {
  const struct event *event = event_of(json);
  if (!intake_match(&intake, event)) return NULL;
  return intake_touch(&intake, event, STR("web\0id"), str_of(json), &arena);
}

#define EVENT(type, rest) "{\"type\":\"" type "\",\"userId\":\"u\",\"timestamp\":5" rest "}"

static void most_events_are_a_head(void **state) {
  (void)state;
  start(false);
  const struct touch *touch = take(EVENT("track", ",\"event\":\"Other\",\"properties\":{\"a\":1}"));
  assert_int_equal(touch->time_ms, 5000);
  assert_int_equal(touch->type, EVENT_TRACK);
  assert_int_equal(touch->flags, TOUCH_ACTIVITY);
  assert_int_equal(touch->hit_count, 0);
  assert_int_equal(touch->key_len, 6);
  assert_memory_equal(touch->key, "web\0id", 6);
  assert_null(touch->more);
  stop();
}

/* 118 bytes: with a slash before it, a character of two bytes is cut. */
#define TEN  "0123456789"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "01234567"

/* A path without what was searched for, cut between characters; no title twice. */
static void pages_keep_what_was_looked_at(void **state) {
  (void)state;
  static const struct {
    const char *json, *what, *title;
  } cases[] = {
      {EVENT("page", ",\"properties\":{\"url\":\"https://a.example/x/y?q=1#z\"},\"name\":\"N\""), "/x/y",
       "N"},
      {EVENT("page", ",\"properties\":{\"url\":\"https://a.example\"}"), "/", ""},
      {EVENT("page", ",\"context\":{\"page\":{\"path\":\"/c\",\"title\":\" T \"}}"), "/c", "T"},
      {EVENT("page", ",\"name\":\"Only\""), "Only", ""},
      {EVENT("screen", ",\"name\":\"Home\",\"properties\":{\"title\":\"Start\"}"), "Home", "Start"},
      {EVENT("page", ",\"properties\":{\"path\":5}"), NULL, NULL},
      {EVENT("page", ",\"properties\":{\"path\":\"/" LONG "é" LONG "\"}"), "/" LONG, ""},
  };
  start(false);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct touch_content content;
    bool kept = touch_content(take(cases[i].json), &content);
    assert_int_equal(kept, cases[i].what != NULL);
    if (!kept) continue;
    assert_true(str_eq(content.what, str_of(cases[i].what)));
    assert_true(str_eq(content.title, str_of(cases[i].title)));
  }
  stop();
}

static void hits_and_captures_are_kept(void **state) {
  (void)state;
  start(false);
  const struct touch *touch = take(EVENT("page", ",\"properties\":{\"path\":\"/a\"}"));
  struct touch_content content;
  assert_int_equal(touch->flags, TOUCH_ACTIVITY | TOUCH_VISIT | TOUCH_CONTENT);
  assert_true(touch_content(touch, &content) && str_eq(content.what, STR("/a")) && content.title.len == 0);
  assert_int_equal(touch->hit_count, 1);
  assert_int_equal(touch_hits(touch)[0], ON_PAGE);
  uint64_t a = touch_capture(touch, rules, 0);
  uint64_t b = touch_capture(take(EVENT("page", ",\"properties\":{\"path\":\"/b\"}")), rules, 0);
  assert_true(a != b && a != 0 && b != 0);
  assert_int_equal(touch_capture(take(EVENT("page", "")), rules, 0), 0);
  assert_int_equal(take(EVENT("screen", ""))->flags, TOUCH_ACTIVITY | TOUCH_VISIT);
  stop();
}

static void activity_is_what_the_rules_say(void **state) {
  (void)state;
  start(true);
  assert_int_equal(take(EVENT("track", ",\"event\":\"Busy\""))->flags, TOUCH_ACTIVITY);
  assert_int_equal(take(EVENT("track", ",\"event\":\"Scored\""))->flags, 0);
  assert_int_equal(take(EVENT("page", ""))->flags, TOUCH_VISIT);
  stop();
}

static void ignored_events_leave_nothing(void **state) {
  (void)state;
  start(false);
  assert_null(take(EVENT("track", ",\"event\":\"Bot\"")));
  assert_int_equal(arena.used, 0);
  stop();
}

static void keeps_traits_account_and_origin(void **state) {
  (void)state;
  start(false);
  const struct touch *touch =
      take(EVENT("identify", ",\"traits\":{\"firstName\":\"Ana\"},\"context\":{\"groupId\":\"acme\","
                             "\"campaign\":{\"source\":\"ads\"}}"));
  assert_int_equal(touch->more->trait_count, 1);
  assert_str(touch->more->traits[0].key, "first_name");
  assert_false(touch->more->is_group);
  assert_str(touch->more->account, "acme");
  assert_str(touch->more->source, "ads");
  assert_int_equal(touch->more->raw.len, 0);
  touch = take(EVENT("group", ",\"groupId\":\"acme\",\"traits\":{\"size\":3}"));
  assert_true(touch->more->is_group);
  assert_str(touch->more->traits[0].key, "size");
  stop();
}

static void keeps_the_text_where_a_fold_will_ask(void **state) {
  (void)state;
  start(false);
  const char *json = EVENT("track", ",\"event\":\"Kept\" ");
  assert_str(take(json)->more->raw, json);
  const struct event *event = event_of(json);
  assert_true(intake_match(&intake, event));
  assert_str(intake_touch(&intake, event, STR("k"), STR(""), &arena)->more->raw,
             "{\"type\":\"track\",\"userId\":\"u\",\"timestamp\":5,\"event\":\"Kept\"}");
  stop();
}

static void calls_functions_that_need_no_lead(void **state) {
  (void)state;
  const char *json = EVENT("track", ",\"event\":\"Called\"");
  start(false);
  stopped = false;
  calls = 0;
  answer = 1;
  const struct fn_points *points = take(json)->more->functions;
  assert_int_equal(points->rule, RULE_CALLED);
  assert_int_equal(points->count, 1);
  assert_int_equal(points->amounts[0].points, 7 * MILLI);
  answer = 0;
  points = take(json)->more->functions;
  assert_int_equal(points->count + points->failed, 0);
  answer = INTAKE_FAILED;
  assert_int_equal(take(json)->more->functions->failed, 1);
  answer = INTAKE_NEEDS_LEAD;
  const struct touch *touch = take(json);
  assert_int_equal(touch->more->function_count, 0);
  assert_str(touch->more->raw, json);
  assert_int_equal(calls, 4);
  take(EVENT("track", ",\"event\":\"Scored\""));
  assert_int_equal(calls, 4);
  stopped = true;
  assert_null(take(json)->more);
  assert_int_equal(calls, 4);
  stop();
}

static void a_rule_that_needs_the_lead_is_left_to_the_fold(void **state) {
  (void)state;
  static const struct intake_calls play = {&stopped, play_points, play_stopped};
  rules = small_rules(false);
  rules->rules[RULE_CALLED].points_need_lead = true;
  intake_init(&intake, rules, &play);
  calls = 0;
  assert_null(take(EVENT("track", ",\"event\":\"Called\""))->more);
  assert_int_equal(calls, 0);
  stop();
}

static struct lifecycle main_lifecycle = {.name = "main", .stages = {"lead", "mql", "sal"}, .stage_count = 3};

static void an_act_keeps_who_did_it_and_its_move(void **state) {
  (void)state;
  start(false);
  rules->lifecycles = &main_lifecycle;
  rules->lifecycle_count = 1;
  const struct touch *touch = take(EVENT(
      "act", ",\"event\":\"reject\",\"actor\":{\"id\":\" maria\",\"role\":\"sales\"},\"lifecycle\":\"main\","
             "\"from\":\"mql\",\"to\":\"lead\",\"reason\":\"no_need\",\"until\":\"1970-01-02\",\"override\":"
             "\"boss\""));
  assert_int_equal(touch->flags, 0); /* not the lead's activity */
  const struct touch_act *act = touch->more->act;
  assert_str(act->name, "reject");
  assert_str(act->actor, "maria");
  assert_str(act->role, "sales");
  assert_str(act->reason, "no_need");
  assert_true(act->overridden);
  assert_int_equal(act->lifecycle, 0);
  assert_int_equal(act->from, 1);
  assert_int_equal(act->to, 0);
  assert_int_equal(act->until_ms, TIME_MS_PER_DAY);
  stop();
}

static void an_act_of_other_rules_moves_nothing(void **state) {
  (void)state;
  static const char *const moves[] = {"", ",\"lifecycle\":\"main\",\"to\":\"gone\"",
                                      ",\"lifecycle\":\"gone\",\"to\":\"sal\""};
  start(false);
  rules->lifecycles = &main_lifecycle;
  rules->lifecycle_count = 1;
  for (size_t i = 0; i < COUNT_OF(moves); i++) {
    char text[256];
    snprintf(text, sizeof text,
             EVENT("act", ",\"event\":\"call\",\"actor\":{\"id\":\"m\",\"role\":\"sales\"}%s"), moves[i]);
    const struct touch_act *act = take(text)->more->act;
    assert_true(act->lifecycle == NONE || act->to == NONE);
    assert_int_equal(act->until_ms, TIME_MIN);
    assert_false(act->overridden);
  }
  stop();
}

static int set_up(void **state) {
  (void)state;
  reader = json_reader_new();
  arena_init(&arena, 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  json_reader_free(reader);
  arena_release(&arena);
  return 0;
}

/* Other rules take over while touches of before are folded again and again: under a sanitizer, names that went with the old
 * rules are noticed. */
static void touches_outlive_the_rules_they_were_made_under(void **state) {
  (void)state;
  static const struct intake_calls play = {&stopped, play_points, play_stopped};
  start(false);
  struct ruleset *others = small_rules(true);
  const struct touch *before = take(EVENT("identify", ",\"traits\":{\"companyName\":\"x\"}"));
  intake_use(&intake, others, &play);
  const struct touch *after = take(EVENT("identify", ",\"traits\":{\"companyName\":\"y\"}"));
  assert_str(before->more->traits[0].key, "company_name");
  assert_str(after->more->traits[0].key, "company_name");
  assert_ptr_equal(before->more->traits[0].key.p, after->more->traits[0].key.p); /* remembered once */
  stop();
  ruleset_free(others);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(most_events_are_a_head),
      test(hits_and_captures_are_kept),
      test(pages_keep_what_was_looked_at),
      test(activity_is_what_the_rules_say),
      test(ignored_events_leave_nothing),
      test(keeps_traits_account_and_origin),
      test(keeps_the_text_where_a_fold_will_ask),
      test(calls_functions_that_need_no_lead),
      test(a_rule_that_needs_the_lead_is_left_to_the_fold),
      test(an_act_keeps_who_did_it_and_its_move),
      test(an_act_of_other_rules_moves_nothing),
      test(touches_outlive_the_rules_they_were_made_under),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
