#include "pipeline_rig.h"

#include "core/desk/clocks.h"
#include "core/journal/decision_json.h"

/* A demo makes an mql, which is to be called within the hour, with a warning after half of it; a call makes nothing but a call. */
static const char rules_text[] =
    "dimension 'intent' {}\n"
    "rule 'demo' { on = track 'Demo', points = { intent = 10 } }\n"
    "rule 'vip' { on = track 'Vip', points = { intent = 90 } }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  move { 'lead', 'mql', when = score { intent = at_least(10) } & ~seen(track 'Lost') },\n"
    "  move { 'mql', 'sal', when = seen(track 'Accepted') },\n"
    "  move { any, 'lost', when = seen(track 'Lost') }, final = { 'lost' } }\n"
    "calendar 'madrid' { zone = 'Europe/Madrid', days = { 'mon-fri 09:00-18:00' }, holidays = { '2026-10-12' "
    "} }\n"
    "sla 'touch' { stage = 'mql', stops_at = track 'Called', warn = '30m', due = '1h', hours = 'madrid',\n"
    "  breach = { escalate = 'boss', reassign = true } }\n"
    "sla 'vip' { stage = 'mql', tier = score { intent = at_least(90) }, due = '10m' }\n"
    "sla 'tries' { stage = 'sal', stops_at = track 'Called', attempts = 3, due = '2d' }\n";

static char lines[64][512]; /* the records, in the order in which they would be written */
static uint32_t line_count;

static int set_up(void **state) {
  (void)state;
  pipeline_rig_open(written_rules(rules_text));
  line_count = 0;
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_rig_close();
  return 0;
}

static int64_t ms_of(const char *text) {
  int64_t ms = 0;
  if (!time_parse(str_of(text), &ms)) fail_msg("'%s' is no instant", text);
  return ms;
}

static void take(enum journal_kind kind, const char *bytes) {
  pipeline_rig_take(kind, "web", ms_of("2027-01-01"), bytes);
}

static void event_of(enum journal_kind kind, const char *name, const char *ids, const char *at) {
  char text[512];
  snprintf(
      text, sizeof text,
      "{\"batch\":[{\"type\":\"track\",\"event\":\"%s\",%s,\"originalTimestamp\":1,\"timestamp\":\"%s\"}]}",
      name, ids, at);
  take(kind, text);
}

static void event(const char *name, const char *at) {
  event_of(JOURNAL_EVENTS, name, "\"userId\":\"u\"", at);
}

static void keep(const struct buf *record, char mark) {
  if (line_count < COUNT_OF(lines)) snprintf(lines[line_count], sizeof lines[0], "%c%s", mark, record->data);
  line_count++;
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context;
  struct buf record;
  struct leadbook *book = pipeline_book(pipeline);
  buf_init(&record);
  leadbook_decision(book, decided->number)->record = next_seq++;
  decision_record(book, decided, engine_lead_name(pipeline_engine(pipeline), entry->node), STR(""), &record);
  keep(&record, 'D');
  buf_release(&record);
}

static void on_clocked(void *context, struct lead_entry *entry, const struct clock_fact *fact) {
  (void)context;
  struct buf record;
  buf_init(&record);
  clocks_record(pipeline_book(pipeline), fact, engine_lead_name(pipeline_engine(pipeline), entry->node),
                &record);
  keep(&record, 'C');
  buf_release(&record);
}

static void work(const char *now) {
  const struct pipeline_visitor visitor = {
      .folded = pipeline_rig_folded, .decided = on_decided, .clocked = on_clocked};
  int steps = 0;
  while (pipeline_step(pipeline, ms_of(now), &visitor)) assert_true(++steps < 1000);
}

/* The lines recorded since `from` that are about clocks: "touch started 2026-.., vip warned ..". */
static void expect(uint32_t from, const char *expected) {
  struct json_reader *reader = json_reader_new();
  struct buf text;
  buf_init(&text);
  for (uint32_t i = from; i < line_count; i++) {
    struct json_ref root;
    struct str sla, what, at, end = {"", 0};
    struct err err;
    if (lines[i][0] == 'D') continue;
    assert_int_equal(json_parse(reader, lines[i] + 1, strlen(lines[i] + 1), &root, &err), 0);
    assert_true(json_string(json_get(root, STR("sla")), &sla) &&
                json_string(json_get(root, STR("what")), &what) &&
                json_string(json_get(root, STR("at")), &at));
    json_string(json_get(root, STR("end")), &end);
    buf_printf(&text, "%s%.*s %.*s %.*s%s%.*s", text.len ? ", " : "", STR_ARG(sla), STR_ARG(what), 11,
               at.p + 5, end.len ? " " : "", STR_ARG(end));
  }
  json_reader_free(reader);
  if (strcmp(text.len ? text.data : "", expected) != 0)
    fail_msg("expected %s\n     got %s", expected, text.data);
  buf_release(&text);
}

static void a_clock_warns_and_is_breached_at_its_instants(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  expect(0, "touch started 11-23T09:00");
  assert_true(pipeline_due_ms(pipeline) == ms_of("2026-11-23T09:30:00Z"));
  work("2026-11-23T09:30:00Z");
  expect(2, "touch warned 11-23T09:30");
  work("2026-11-23T09:59:59Z");
  expect(3, "");
  work("2026-11-23T12:00:00Z"); /* late, but with its own instant, once */
  expect(3, "touch breached 11-23T10:00");
  work("2026-11-23T18:00:00Z");
  expect(4, "");
}

static void working_hours_and_changes_of_clocks_count(void **state) {
  (void)state;
  /* Friday 17:45 in Madrid, in summer time; Monday is in winter time. */
  event("Demo", "2026-10-23T15:45:00Z");
  work("2026-10-23T15:45:00Z");
  work("2026-10-30T00:00:00Z");
  expect(0, "touch started 10-23T15:45, touch warned 10-26T08:15, touch breached 10-26T08:45");
}

static void what_stops_it_in_time_leaves_no_breach(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  event("Called", "2026-11-23T09:40:00Z");
  work("2026-11-23T12:00:00Z"); /* it became known late: it was in time all the same */
  expect(0, "touch started 11-23T09:00, touch warned 11-23T09:30, touch stopped 11-23T09:40 done");
  assert_true(strstr(lines[line_count - 1], "\"worked_ms\":2400000") != NULL);
}

static void a_call_at_the_very_end_is_in_time(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:30:00Z");
  uint32_t from = line_count;
  event("Called", "2026-11-23T10:30:00Z"); /* an hour after it was decided */
  work("2026-11-23T10:30:00Z");
  expect(from, "touch warned 11-23T10:00, touch stopped 11-23T10:30 done");
}

static void a_late_call_follows_its_breach(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  event("Called", "2026-11-23T11:00:00Z");
  work("2026-11-23T12:00:00Z");
  expect(2, "touch warned 11-23T09:30, touch breached 11-23T10:00, touch stopped 11-23T11:00 done");
}

static void no_clock_survives_its_stage(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  event("Lost", "2026-11-23T09:10:00Z");
  work("2026-11-23T09:10:00Z");
  expect(2, "touch stopped 11-23T09:10 left");
  assert_int_equal(lines[2][0], 'D'); /* in the same commit as the decision, behind it */
  assert_int_equal(lines[3][0], 'C');
  work("2026-12-23T09:10:00Z");
  expect(4, "");
}

static void tiers_are_judged_when_the_stage_is_entered(void **state) {
  (void)state;
  event("Vip", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  expect(0, "touch started 11-23T09:00, vip started 11-23T09:00");
  event_of(JOURNAL_EVENTS, "Demo", "\"userId\":\"v\"", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  event_of(JOURNAL_EVENTS, "Vip", "\"userId\":\"v\"", "2026-11-23T09:05:00Z");
  work("2026-11-23T09:05:00Z");
  expect(3, "touch started 11-23T09:00"); /* not when the score is reached later */
}

static void attempts_are_counted(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  event("Accepted", "2026-11-23T09:01:00Z");
  work("2026-11-23T09:01:00Z");
  uint32_t from = line_count;
  event("Called", "2026-11-23T10:00:00Z");
  event("Called", "2026-11-23T11:00:00Z");
  work("2026-11-23T12:00:00Z");
  expect(from, "");
  event("Called", "2026-11-23T12:30:00Z");
  work("2026-11-23T12:30:00Z");
  expect(from, "tries stopped 11-23T12:30 done");
}

static void imports_start_nothing(void **state) {
  (void)state;
  event_of(JOURNAL_IMPORT, "Demo", "\"userId\":\"u\"", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  assert_int_equal(line_count, 1); /* the decision */
  work("2026-12-23T09:00:00Z");
  assert_int_equal(line_count, 1);
}

/* What was recorded is all that the next process has. */
static void restart(const char *rules) {
  struct generation *old_generation = generation;
  struct pipeline *old = pipeline;
  uint32_t count = line_count;
  pipeline_rig_open(written_rules(rules));
  pipeline_free(old);
  generation_free(old_generation);
  event("Demo", "2026-11-23T09:00:00Z");
  for (uint32_t i = 0; i < count; i++)
    take(lines[i][0] == 'D' ? JOURNAL_DECISION : JOURNAL_CLOCK, lines[i] + 1);
}

static void a_restart_loses_and_repeats_nothing(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  restart(rules_text); /* after its start */
  work("2026-11-23T09:31:00Z");
  expect(2, "touch warned 11-23T09:30");
  restart(rules_text); /* after its warning */
  work("2026-11-23T13:00:00Z");
  expect(3, "touch breached 11-23T10:00");
  restart(rules_text); /* after its breach */
  work("2026-11-23T14:00:00Z");
  event("Called", "2026-11-23T15:00:00Z");
  work("2026-11-23T15:00:00Z");
  expect(4, "touch stopped 11-23T15:00 done");
}

static void other_rules_leave_its_numbers_alone(void **state) {
  (void)state;
  static const char other[] =
      "dimension 'intent' {}\n"
      "rule 'demo' { on = track 'Demo', points = { intent = 10 } }\n"
      "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { intent = at_least(10) } } }\n"
      "sla 'touch' { stage = 'mql', stops_at = track 'Phoned', due = '5m' }\n";
  event("Demo", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  restart(other);
  work("2026-11-23T09:29:00Z");
  expect(2, "");
  work("2026-11-23T10:00:00Z");
  expect(2, "touch warned 11-23T09:30, touch breached 11-23T10:00");
  event("Phoned", "2026-11-23T11:00:00Z"); /* but what stops it is what the rules say now */
  work("2026-11-23T11:00:00Z");
  expect(4, "touch stopped 11-23T11:00 done");
}

/* A visitor's clock goes on when he says who he is; of two clocks of the same kind one stays. */
static void a_clock_goes_with_its_stage_into_a_merge(void **state) {
  (void)state;
  event_of(JOURNAL_EVENTS, "Demo", "\"anonymousId\":\"a\"", "2026-11-23T09:00:00Z");
  work("2026-11-23T09:00:00Z");
  event_of(JOURNAL_EVENTS, "Seen", "\"userId\":\"u\",\"anonymousId\":\"a\"", "2026-11-23T09:05:00Z");
  work("2026-11-23T09:05:00Z");
  expect(2, "");
  work("2026-11-23T11:00:00Z");
  expect(2, "touch warned 11-23T09:30, touch breached 11-23T10:00");
}

static void of_two_clocks_the_lead_keeps_its_own(void **state) {
  (void)state;
  event("Demo", "2026-11-23T09:00:00Z");
  event_of(JOURNAL_EVENTS, "Demo", "\"anonymousId\":\"a\"", "2026-11-23T09:01:00Z");
  work("2026-11-23T09:01:00Z");
  uint32_t from = line_count;
  event_of(JOURNAL_EVENTS, "Seen", "\"userId\":\"u\",\"anonymousId\":\"a\"", "2026-11-23T09:05:00Z");
  work("2026-11-23T09:05:00Z");
  expect(from, "touch stopped 11-23T09:05 merged");
}

/* --- over random histories -------------------------------------------------------------------------------------------- */

static uint64_t seed;

static uint32_t pick(uint32_t below) {
  seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(seed >> 33) % below;
}

static void check_book(int round) {
  const struct leadbook *book = pipeline_book(pipeline);
  const struct clockbook *clocks = leadbook_clocks(book);
  struct lead_entry *entry;
  for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));) {
    for (uint32_t number = entry->clocks; number; number = clockbook_at(clocks, number)->older) {
      const struct clock *clock = clockbook_at(clocks, number);
      if (clock_is_open(clock) && entry->recorded[0] != clock->stage)
        fail_msg("round %d: clock '%s' of a lead in stage '%s'", round, leadbook_name(book, clock->sla),
                 leadbook_name(book, entry->recorded[0]));
      if (clock->warned_ms != TIME_NEVER) assert_true(clock->warned_ms == clock->warn_ms);
      if (clock->breached_ms != TIME_NEVER) assert_true(clock->breached_ms == clock->due_ms);
      if (clock->breached_ms != TIME_NEVER && clock->warn_ms != TIME_NEVER)
        assert_true(clock->warned_ms != TIME_NEVER);
      assert_true(clock_is_open(clock) == (clock->stopped_ms == TIME_NEVER));
    }
  }
}

static void no_history_leaves_a_clock_behind(void **state) {
  static const char *const names[] = {"Demo", "Vip", "Accepted", "Called", "Lost", "Seen", "Seen"};
  static const char *const ids[] = {"\"userId\":\"u\"",
                                    "\"userId\":\"v\"",
                                    "\"anonymousId\":\"a\"",
                                    "\"anonymousId\":\"b\"",
                                    "\"userId\":\"u\",\"anonymousId\":\"a\"",
                                    "\"userId\":\"v\",\"anonymousId\":\"b\""};
  for (int round = 0; round < 300; round++) {
    seed = (uint64_t)round * 2654435761u + 17;
    int64_t now = ms_of("2026-10-20T06:00:00Z");
    for (int step = 0; step < 40; step++) {
      char at[TIME_TEXT_MAX], event_at[TIME_TEXT_MAX];
      now += (int64_t)pick(3 * 3600 * 1000);
      int64_t late = pick(4) ? 0 : (int64_t)pick(6 * 3600 * 1000);
      event_of(pick(8) ? JOURNAL_EVENTS : JOURNAL_IMPORT, names[pick(COUNT_OF(names))],
               ids[pick(COUNT_OF(ids))], time_text(now - late, event_at));
      if (!pick(3)) continue; /* several events, one fold */
      work(time_text(now, at));
      check_book(round);
    }
    tear_down(state);
    set_up(state);
  }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_clock_warns_and_is_breached_at_its_instants),
      TEST(working_hours_and_changes_of_clocks_count),
      TEST(what_stops_it_in_time_leaves_no_breach),
      TEST(a_call_at_the_very_end_is_in_time),
      TEST(a_late_call_follows_its_breach),
      TEST(no_clock_survives_its_stage),
      TEST(tiers_are_judged_when_the_stage_is_entered),
      TEST(attempts_are_counted),
      TEST(imports_start_nothing),
      TEST(a_restart_loses_and_repeats_nothing),
      TEST(other_rules_leave_its_numbers_alone),
      TEST(a_clock_goes_with_its_stage_into_a_merge),
      TEST(of_two_clocks_the_lead_keeps_its_own),
      TEST(no_history_leaves_a_clock_behind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
