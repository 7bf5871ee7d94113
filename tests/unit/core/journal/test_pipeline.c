#include "pipeline_rig.h"

#include "core/journal/decision_json.h"

/* Ten points a demo, five a visit; a stage at ten that is left when nothing was heard for seven days. */
static const char rules_text[] =
    "dimension 'engagement' {}\n"
    "rule 'demo' { on = track 'Demo', points = { engagement = 10 } }\n"
    "rule 'visit' { on = page {}, points = { engagement = 5 } }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  move { 'lead', 'mql', doc = 'busy', when = score { engagement = at_least(10) } & ~idle '7d' },\n"
    "  move { 'mql', 'lead', doc = 'quiet', when = idle '7d' } }\n";

enum { DAY = 86400 }; /* seconds */
#define T0 (INT64_C(1700000000000))

struct seen { /* what a visitor was told */
  uint32_t folds, first, decisions;
  struct decision last;
  char lines[16][512];
};
static struct seen seen;

static int set_up(void **state) {
  (void)state;
  pipeline_rig_open(written_rules(rules_text));
  memset(&seen, 0, sizeof seen);
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_rig_close();
  return 0;
}

static void take(enum journal_kind kind, const char *bytes) {
  pipeline_rig_take(kind, "web", T0 + INT64_C(400) * DAY * 1000, bytes);
}

/* An event `day` days after T0. */
static void event(enum journal_kind kind, const char *type, const char *name, const char *ids, int day) {
  char text[512];
  snprintf(text, sizeof text,
           "{\"batch\":[{\"type\":\"%s\",\"event\":\"%s\",%s,\"originalTimestamp\":1,\"timestamp\":%lld}]}",
           type, name, ids, (long long)(T0 + INT64_C(1000) * DAY * day));
  take(kind, text);
}

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  (void)context, (void)entry, (void)fold, (void)reason;
  seen.folds++;
  seen.first += summary->first;
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context;
  struct buf line;
  struct leadbook *book = pipeline_book(pipeline);
  struct decision *decision = leadbook_decision(book, decided->number);
  decision->record = next_seq++;
  seen.last = *decision;
  buf_init(&line);
  decision_record(book, decided, engine_lead_name(pipeline_engine(pipeline), entry->node), STR(""), &line);
  snprintf(seen.lines[seen.decisions++ % 16], sizeof seen.lines[0], "%s", line.data);
  buf_release(&line);
}

static void work(int day) {
  const struct pipeline_visitor visitor = {.folded = on_folded, .decided = on_decided};
  int steps = 0;
  while (pipeline_step(pipeline, T0 + INT64_C(1000) * DAY * day, &visitor)) assert_true(++steps < 1000);
}

static const char *stage_of(const char *id) {
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), str_of(id));
  const struct lead_entry *entry = leadbook_find(pipeline_book(pipeline), lead);
  return entry ? leadbook_name(pipeline_book(pipeline), entry->recorded[0]) : "nobody";
}

static int64_t day_of(int64_t ms) {
  return (ms - T0) / (INT64_C(1000) * DAY);
}

static void expect_last(const char *from, const char *to, enum cause cause, int day) {
  const struct leadbook *book = pipeline_book(pipeline);
  assert_string_equal(leadbook_name(book, seen.last.from), from);
  assert_string_equal(leadbook_name(book, seen.last.to), to);
  assert_int_equal(seen.last.cause, cause);
  assert_int_equal(day_of(seen.last.at_ms), day);
}

#define U "\"userId\":\"u\""
#define A "\"anonymousId\":\"a\""

static void many_events_cost_one_fold(void **state) {
  (void)state;
  for (int i = 0; i < 50; i++) event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(2);
  assert_int_equal(seen.folds, 1);
  assert_int_equal(seen.first, 1);
  work(2);
  assert_int_equal(seen.folds, 1);
}

static void a_move_is_recorded_once_with_its_own_instant(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(3);
  assert_int_equal(seen.decisions, 1);
  expect_last("lead", "mql", CAUSE_RULE, 1);
  assert_int_equal(day_of(seen.last.decided_ms), 3);
  event(JOURNAL_EVENTS, "page", "", U, 3);
  work(4);
  assert_int_equal(seen.decisions, 1);
}

/* The deadline is known beforehand, and what is overdue carries the instant it was due. */
static void deadlines_fire_once_with_their_own_instant(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(1);
  assert_int_equal(pipeline_due_ms(pipeline), T0 + INT64_C(8000) * DAY);
  work(7);
  assert_int_equal(seen.decisions, 1);
  work(300);
  assert_int_equal(seen.decisions, 2);
  expect_last("mql", "lead", CAUSE_RULE, 8);
  work(301);
  assert_int_equal(seen.decisions, 2);
}

static void late_events_correct_and_do_not_rewrite(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(9); /* mql on day 1, lead on day 8 */
  assert_int_equal(seen.decisions, 2);
  event(JOURNAL_EVENTS, "page", "", U, 6);
  work(9); /* on day 9 they are an mql after all: the silence began on day 6 */
  assert_int_equal(seen.decisions, 3);
  expect_last("lead", "mql", CAUSE_CORRECTION, 1);
  work(14);
  expect_last("mql", "lead", CAUSE_RULE, 13);
}

static void a_late_event_that_changes_no_stage_decides_nothing(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 3);
  work(4);
  event(JOURNAL_EVENTS, "track", "Demo", U, 2);
  work(4);
  assert_int_equal(seen.decisions, 1);
  work(100);
  expect_last("mql", "lead", CAUSE_RULE, 10);
}

static void merged_leads_keep_the_further_stage(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", A, 1);
  event(JOURNAL_EVENTS, "page", "", U, 1);
  work(1);
  assert_int_equal(leadbook_count(pipeline_book(pipeline)), 2);
  assert_string_equal(stage_of("a"), "mql");
  event(JOURNAL_EVENTS, "identify", "", U "," A, 2);
  work(2);
  assert_int_equal(leadbook_count(pipeline_book(pipeline)), 1);
  assert_string_equal(stage_of("u"), "mql");
  assert_int_equal(seen.decisions, 1); /* nothing new was decided */
}

static void imported_history_is_told_apart(void **state) {
  (void)state;
  event(JOURNAL_IMPORT, "track", "Demo", U, 1);
  work(2);
  expect_last("lead", "mql", CAUSE_IMPORT, 1);
  work(20); /* what time does afterwards is live */
  expect_last("mql", "lead", CAUSE_RULE, 8);
}

/* A restart reads the same records into a new pipeline, and then has nothing to decide. */
static void a_restart_decides_nothing_twice(void **state) {
  (void)state;
  struct seen before;
  event(JOURNAL_EVENTS, "track", "Demo", A, 1);
  work(2);
  event(JOURNAL_EVENTS, "identify", "", U "," A, 3);
  work(20);
  assert_int_equal(seen.decisions, 2);
  before = seen;
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "track", "Demo", A, 1);
  take(JOURNAL_DECISION, before.lines[0]);
  event(JOURNAL_EVENTS, "identify", "", U "," A, 3);
  take(JOURNAL_DECISION, before.lines[1]);
  work(20);
  assert_int_equal(seen.decisions, 0);
  assert_string_equal(stage_of("u"), "lead");
  const struct lead_entry *entry =
      leadbook_find(pipeline_book(pipeline), engine_find_lead(pipeline_engine(pipeline), STR("u")));
  const struct decision *newest = leadbook_decision(pipeline_book(pipeline), entry->decisions);
  assert_int_equal(day_of(newest->at_ms), day_of(before.last.at_ms));
  assert_int_equal(leadbook_decision(pipeline_book(pipeline), newest->older)->older, 0);
}

/* Events are durable before what follows from them: lost decisions are made again. */
static void a_restart_makes_up_for_decisions_that_were_lost(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(2);
  char first[512];
  snprintf(first, sizeof first, "%s", seen.lines[0]);
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(2);
  assert_string_equal(seen.lines[0], first);
}

/* The event that makes two leads one was on its way when the anonymous one's stage was decided: the decision stands behind
 * it in the journal. The further stage stays, as it did when it happened. */
static void a_decision_about_somebody_merged_meanwhile_is_not_the_leads(void **state) {
  (void)state;
  char anonymous[2][512], users[512];
  event(JOURNAL_EVENTS, "track", "Demo", A, 1);
  work(20);
  assert_int_equal(seen.decisions, 2); /* an mql, and quiet again */
  memcpy(anonymous, seen.lines, sizeof anonymous);
  event(JOURNAL_EVENTS, "track", "Demo", U, 19);
  work(20);
  snprintf(users, sizeof users, "%s", seen.lines[2]);
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "track", "Demo", A, 1);
  take(JOURNAL_DECISION, anonymous[0]);
  event(JOURNAL_EVENTS, "track", "Demo", U, 19);
  take(JOURNAL_DECISION, users);
  event(JOURNAL_EVENTS, "identify", "", U "," A, 20);
  take(JOURNAL_DECISION, anonymous[1]);
  assert_string_equal(stage_of("u"), "mql");
  work(20);
  assert_int_equal(seen.decisions, 0);
}

/* The same, and the decisions were the user's, whose name the lead still has: what they do not know of is on record as the
 * anonymous one's. */
static void a_move_of_somebody_merged_meanwhile_is_not_made_again(void **state) {
  (void)state;
  char anonymous[512], users[2][512];
  event(JOURNAL_EVENTS, "track", "Demo", A, 9);
  work(10);
  assert_int_equal(seen.decisions, 1);
  snprintf(anonymous, sizeof anonymous, "%s", seen.lines[0]);
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(10);
  assert_int_equal(seen.decisions, 3); /* an mql, and quiet again */
  memcpy(users, seen.lines[1], sizeof users);
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "track", "Demo", A, 9);
  take(JOURNAL_DECISION, anonymous);
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  event(JOURNAL_EVENTS, "identify", "", U "," A, 10);
  take(JOURNAL_DECISION, users[0]);
  take(JOURNAL_DECISION, users[1]);
  work(10);
  assert_int_equal(seen.decisions, 0);
  assert_string_equal(stage_of("u"), "mql");
}

/* With two lifecycles: in one the user's decision goes on from nothing, in the other the anonymous one stands already, by
 * a move that their common history makes at another instant. */
static void a_move_starts_from_what_is_recorded(void **state) {
  (void)state;
  static const char two[] = "dimension 'engagement' {}\n"
                            "rule 'demo' { on = track 'Demo', points = { engagement = 10 } }\n"
                            "rule 'visit' { on = page {}, points = { engagement = 5 } }\n"
                            "lifecycle 'main' { start = 'cold',\n"
                            "  move { 'cold', 'warm', when = score { engagement = at_least(5) } } }\n"
                            "lifecycle 'sales' { start = 'lead',\n"
                            "  move { 'lead', 'mql', when = score { engagement = at_least(10) } } }\n";
  char anonymous[512], users[512];
  pipeline_rig_close();
  pipeline_rig_open(written_rules(two));
  event(JOURNAL_EVENTS, "page", "", U, 1);
  work(1);
  assert_int_equal(seen.decisions, 1);
  snprintf(users, sizeof users, "%s", seen.lines[0]);
  event(JOURNAL_EVENTS, "track", "Demo", A, 9);
  work(10);
  assert_int_equal(seen.decisions, 3);
  snprintf(anonymous, sizeof anonymous, "%s", seen.lines[2]);
  pipeline_free(pipeline);
  memset(&seen, 0, sizeof seen);
  next_seq = 1;
  pipeline = pipeline_new(generation, NULL);
  event(JOURNAL_EVENTS, "track", "Demo", A, 9);
  take(JOURNAL_DECISION, anonymous);
  event(JOURNAL_EVENTS, "page", "", U, 1);
  event(JOURNAL_EVENTS, "page", "", U, 2);
  event(JOURNAL_EVENTS, "identify", "", U "," A, 10);
  take(JOURNAL_DECISION, users);
  work(10);
  assert_int_equal(seen.decisions, 0);
}

/* Of several decisions of one fold the first ones may be all that was recorded before a crash: the rest follows. */
static void a_chain_cut_short_goes_on(void **state) {
  (void)state;
  char first[512];
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(20);
  assert_int_equal(seen.decisions, 2);
  snprintf(first, sizeof first, "%s", seen.lines[0]);
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  take(JOURNAL_DECISION, first);
  assert_string_equal(stage_of("u"), "mql");
  work(20);
  assert_int_equal(seen.decisions, 1);
  expect_last("mql", "lead", CAUSE_RULE, 8);
}

static uint32_t differing;

static void on_differs(void *context, struct lead_entry *entry) {
  (void)context;
  differing++;
  leadbook_touch(pipeline_book(pipeline), entry->node, TOUCH_SWEEP); /* taken once the trial is over */
}

/* The same journal under other rules: nothing is decided while they are tried, and what is different afterwards is the
 * rules' doing. */
static void other_rules_are_tried_first_and_told_as_such(void **state) {
  (void)state;
  const struct pipeline_visitor trial = {.folded = on_folded, .decided = on_decided, .differs = on_differs};
  differing = 0;
  pipeline_set_rebuilding(pipeline, true);
  take(JOURNAL_RULESET, "{\"ruleset\":\"other\"}");
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  event(JOURNAL_EVENTS, "page", "", "\"userId\":\"same\"", 1);
  assert_string_equal(pipeline_recorded_ruleset(pipeline), "other");
  pipeline_adopt(pipeline, "other");
  for (int i = 0; i < 2; i++) assert_true(pipeline_step(pipeline, T0 + INT64_C(2000) * DAY, &trial));
  assert_int_equal(differing, 1);
  assert_int_equal(seen.decisions, 0);
  pipeline_set_rebuilding(pipeline, false);
  work(2);
  assert_int_equal(seen.decisions, 1);
  expect_last("lead", "mql", CAUSE_RULESET, 1);
  event(JOURNAL_EVENTS, "track", "Demo", "\"userId\":\"same\"", 2);
  work(2);
  expect_last("lead", "mql", CAUSE_RULE, 2);
}

/* Somebody's move between the stages, `day` days after T0. */
static void act(const char *name, const char *from, const char *to, const char *more, int day) {
  char text[512];
  snprintf(text, sizeof text,
           "{\"batch\":[{\"type\":\"act\",\"event\":\"%s\"," U
           ",\"actor\":{\"id\":\"maria\",\"role\":\"sales\"},"
           "\"lifecycle\":\"main\",\"from\":\"%s\",\"to\":\"%s\"%s,\"timestamp\":%lld}]}",
           name, from, to, more, (long long)(T0 + INT64_C(1000) * DAY * day));
  take(JOURNAL_SYSTEM, text);
}

static void expect_last_act(const char *name, const char *reason, bool overridden) {
  const struct leadbook *book = pipeline_book(pipeline);
  const struct decision *last = leadbook_decision(book, leadbook_decision_count(book));
  assert_str(last->act->name, name);
  assert_str(last->act->actor, "maria");
  assert_str(last->act->role, "sales");
  assert_str(last->act->reason, reason);
  assert_int_equal(last->act->overridden, overridden);
}

static void an_act_is_recorded_with_whose_it_was(void **state) {
  (void)state;
  char lines[2][512];
  event(JOURNAL_EVENTS, "page", "", U, 1);
  work(1);
  act("claim", "lead", "mql", ",\"override\":\"a friend\"", 2);
  work(2);
  expect_last("lead", "mql", CAUSE_PERSON, 2);
  expect_last_act("claim", "", true);
  act("recycle", "mql", "lead", ",\"reason\":\"no_time\"", 3);
  work(3);
  expect_last("mql", "lead", CAUSE_PERSON, 3);
  expect_last_act("recycle", "no_time", false);
  assert_non_null(strstr(
      seen.lines[1], "\"act\":\"recycle\",\"actor\":\"maria\",\"role\":\"sales\",\"reason\":\"no_time\""));
  memcpy(lines, seen.lines, sizeof lines);
  tear_down(NULL);
  set_up(NULL);
  event(JOURNAL_EVENTS, "page", "", U, 1);
  act("claim", "lead", "mql", ",\"override\":\"a friend\"", 2);
  take(JOURNAL_DECISION, lines[0]);
  expect_last_act("claim", "", true);
  act("recycle", "mql", "lead", ",\"reason\":\"no_time\"", 3);
  take(JOURNAL_DECISION, lines[1]);
  expect_last_act("recycle", "no_time", false);
  work(4);
  assert_int_equal(seen.decisions, 0);
}

/* What a person set, no late event undoes: only what happens later moves the lead on. */
static void an_act_stands_whatever_the_past_turns_out_to_be(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "page", "", U, 1);
  event(JOURNAL_EVENTS, "track", "Demo", U, 4);
  work(4);
  act("recycle", "mql", "lead", "", 5);
  work(5);
  expect_last("mql", "lead", CAUSE_PERSON, 5);
  event(JOURNAL_EVENTS, "track", "Demo", U, 2);
  work(5);
  assert_string_equal(stage_of("u"), "lead");
  assert_int_equal(seen.decisions, 2);
}

/* A late event and an act in one fold: the act is an act all the same. */
static void an_act_that_comes_with_late_events_is_no_correction(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "track", "Demo", U, 1);
  work(9); /* quiet again on day 8 */
  event(JOURNAL_EVENTS, "page", "", U, 6);
  act("claim", "lead", "mql", "", 9);
  act("recycle", "mql", "lead", "", 10);
  act("claim", "lead", "mql", "", 11);
  work(11);
  assert_int_equal(seen.decisions, 3);
  expect_last("lead", "mql", CAUSE_PERSON, 11);
  expect_last_act("claim", "", false);
  event(JOURNAL_EVENTS, "page", "", U, 5);
  work(12);
  assert_int_equal(seen.decisions, 3);
}

static void acts_of_history_are_history(void **state) {
  (void)state;
  event(JOURNAL_EVENTS, "page", "", U, 1);
  work(1);
  take(JOURNAL_IMPORT, "{\"batch\":[{\"type\":\"act\",\"event\":\"claim\"," U
                       ",\"actor\":{\"id\":\"maria\",\"role\":\"sales\"},"
                       "\"lifecycle\":\"main\",\"from\":\"lead\",\"to\":\"mql\",\"timestamp\":1700172800}]}");
  work(3);
  expect_last("lead", "mql", CAUSE_IMPORT, 2);
  expect_last_act("claim", "", false);
}

static void damaged_records_are_refused(void **state) {
  (void)state;
  struct err err;
  struct store_record record = {.seq = 1, .kind = JOURNAL_DECISION, .bytes = STR("{\"lead\":\"x\"}")};
  assert_int_equal(pipeline_take(pipeline, &record, NULL, &err), -1);
  record.bytes = STR("{");
  assert_int_equal(pipeline_take(pipeline, &record, NULL, &err), -1);
  record.kind = JOURNAL_RETOLD;
  static const char *const retold[] = {
      "{",
      "{\"kind\":\"user\"}",
      "{\"lead\":\"u\",\"kind\":\"somebody\"}",
      "{\"lead\":\"x\",\"kind\":\"user\"}",
      "{\"lead\":\"u\",\"kind\":\"user\",\"decisions\":[{}]}",
      "{\"lead\":\"u\",\"kind\":\"user\",\"decisions\":[{\"record\":1,\"decision\":{}}]}",
      "{\"lead\":\"u\",\"kind\":\"user\",\"clocks\":[{\"clock\":\"1\"}]}"};
  event(JOURNAL_EVENTS, "page", "", U, 1);
  for (size_t i = 0; i < COUNT_OF(retold); i++) {
    record.bytes = str_of(retold[i]);
    assert_int_equal(pipeline_take(pipeline, &record, NULL, &err), -1);
  }
  record.kind = 99;
  assert_int_equal(pipeline_take(pipeline, &record, NULL, &err), -1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(many_events_cost_one_fold),
      test(a_move_is_recorded_once_with_its_own_instant),
      test(deadlines_fire_once_with_their_own_instant),
      test(late_events_correct_and_do_not_rewrite),
      test(a_late_event_that_changes_no_stage_decides_nothing),
      test(merged_leads_keep_the_further_stage),
      test(imported_history_is_told_apart),
      test(a_restart_decides_nothing_twice),
      test(a_restart_makes_up_for_decisions_that_were_lost),
      test(a_decision_about_somebody_merged_meanwhile_is_not_the_leads),
      test(a_move_of_somebody_merged_meanwhile_is_not_made_again),
      test(a_move_starts_from_what_is_recorded),
      test(a_chain_cut_short_goes_on),
      test(other_rules_are_tried_first_and_told_as_such),
      test(an_act_is_recorded_with_whose_it_was),
      test(an_act_stands_whatever_the_past_turns_out_to_be),
      test(an_act_that_comes_with_late_events_is_no_correction),
      test(acts_of_history_are_history),
      test(damaged_records_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
