/* What is sifted from a journal and written to a file is, event by event, what the engine took from the journal. */
#include "unit.h"

#include "core/engine/engine.h"
#include "core/journal/journal.h"
#include "core/journal/sift.h"
#include "small_rules.h"

#define RECEIVED INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

static struct ruleset *rules;
static struct engine *live, *again; /* fed with the journal, and with the lines made of it */
static struct sift *sift;
static struct buf line, part;
static uint32_t written;

static int no_points(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  (void)context, (void)fn, (void)event, (void)amounts;
  return 0;
}

static int set_up(void **state) {
  (void)state;
  rules = small_rules(false);
  const struct engine_calls calls = {.intake = {.points = no_points}};
  live = engine_new(rules, &calls, NULL);
  again = engine_new(rules, &calls, NULL);
  sift = sift_new(0);
  buf_init(&line);
  buf_init(&part);
  written = 0;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  engine_free(live);
  engine_free(again);
  ruleset_free(rules);
  sift_free(sift);
  buf_release(&line);
  buf_release(&part);
  return 0;
}

static void write_line(const struct sift_event *event) {
  const struct feed of_file = {.source = STR("file")};
  struct feed_result result;
  buf_clear(&line);
  sift_write(event, false, &part, &line);
  engine_feed(again, buf_str(&line), &of_file, &result);
  if (result.accepted != 1) fail_msg("not taken again: %s", line.data);
  written++;
}

static void record(enum journal_kind kind, const char *source, const char *items) {
  char text[2048];
  struct sift_event event;
  struct feed_result result;
  struct err err;
  snprintf(text, sizeof text, "{\"batch\":[%s]}", items);
  const struct store_record record = {
      .seq = 1, .received_ms = RECEIVED, .kind = kind, .source = str_of(source), .bytes = str_of(text)};
  const struct feed feed = {.source = record.source,
                            .received_ms = RECEIVED,
                            .is_history = kind == JOURNAL_IMPORT,
                            .is_system = kind == JOURNAL_SYSTEM};
  engine_feed(live, record.bytes, &feed, &result);
  assert_int_equal(result.rejected, 0);
  assert_int_equal(sift_open(sift, &record, &err), 0);
  while (sift_next(sift, &event))
    if (sift_is_first(sift)) write_line(&event);
}

static void expect_same_touches(const char *id) {
  struct touch_list left = {0}, right = {0};
  uint32_t lead = engine_find_lead(live, str_of(id)), other = engine_find_lead(again, str_of(id));
  assert_int_not_equal(lead, IDENTITY_NONE);
  assert_int_not_equal(other, IDENTITY_NONE);
  engine_lead_touches(live, lead, TIME_MAX, &left);
  engine_lead_touches(again, other, TIME_MAX, &right);
  assert_int_equal(left.count, right.count);
  for (size_t i = 0; i < left.count; i++) assert_int_equal(touch_cmp(left.items[i], right.items[i]), 0);
  touch_list_release(&left);
  touch_list_release(&right);
}

static void expect_same(uint32_t events) {
  struct engine_counts left, right;
  engine_counts(live, &left);
  engine_counts(again, &right);
  assert_int_equal(left.accepted, events);
  assert_int_equal(written, events);
  assert_int_equal(right.accepted, events);
  assert_int_equal(right.duplicates + right.conflicts, 0);
  expect_same_touches("u");
}

#define U "\"type\":\"track\",\"event\":\"Scored\",\"userId\":\"u\""

static void clocks_are_corrected_once(void **state) {
  (void)state;
  record(
      JOURNAL_EVENTS, "web",
      "{" U
      ",\"messageId\":\"skewed\",\"timestamp\":\"2023-11-14T20:00:00Z\",\"sentAt\":\"2023-11-14T21:00:00Z\"},"
      "{" U ",\"messageId\":\"future\",\"timestamp\":\"2031-01-01T00:00:00Z\"},"
      "{" U ",\"messageId\":\"undated\"},"
      "{" U ",\"messageId\":\"history\",\"timestamp\":1600000000,\"originalTimestamp\":1700000000,"
      "\"sentAt\":1700000100}");
  expect_same(4);
}

static void who_sent_it_orders_events(void **state) {
  (void)state;
  record(JOURNAL_EVENTS, "web", "{" U ",\"messageId\":\"m\",\"timestamp\":1600000000}");
  record(JOURNAL_EVENTS, "app", "{" U ",\"messageId\":\"m\",\"timestamp\":1600000000}");
  record(JOURNAL_EVENTS, "app", "{" U ",\"messageId\":\"m\",\"timestamp\":1600000000}");
  expect_same(2);
}

static void what_a_client_says_of_transport_is_not_believed(void **state) {
  (void)state;
  record(JOURNAL_EVENTS, "web",
         "{" U ",\"messageId\":\"m\",\"source\":\"liar\",\"receivedAt\":\"2001-01-01T00:00:00Z\"},"
         "{" U ",\"source\":\"liar\",\"receivedAt\":\"2001-01-01T00:00:00Z\"}");
  expect_same(2);
}

/* Without a messageId nothing is a duplicate, and what an event says orders it. */
static void events_without_ids_stay_apart(void **state) {
  (void)state;
  record(JOURNAL_EVENTS, "web",
         "{" U ",\"timestamp\":1600000000},{" U ",\"timestamp\":1600000000},"
         "{" U
         ",\"timestamp\":1600000000,\"properties\":{\"n\":1.50,\"t\":\"\\u00e9\\n\"},\"integrations\":{}}");
  expect_same(3);
}

static void history_speaks_for_itself(void **state) {
  (void)state;
  record(JOURNAL_IMPORT, "crm",
         "{" U
         ",\"messageId\":\"1\",\"timestamp\":\"2020-01-01T00:00:00Z\",\"sentAt\":\"2020-01-01T05:00:00Z\"},"
         "{" U
         ",\"messageId\":\"1\",\"timestamp\":\"2020-01-01T00:00:00Z\",\"source\":\"web\",\"receivedAt\":"
         "\"2020-01-01T06:00:00Z\",\"sentAt\":\"2020-01-01T05:00:00Z\"},"
         "{" U ",\"messageId\":\"1\",\"timestamp\":\"2020-01-01T00:00:00Z\",\"source\":\"crm\"}");
  expect_same(2);
}

static void events_nobody_counts_are_events(void **state) {
  (void)state;
  record(JOURNAL_EVENTS, "web",
         "{\"type\":\"track\",\"event\":\"Bot\",\"userId\":\"u\",\"messageId\":\"1\"},{" U
         ",\"messageId\":\"2\"}");
  expect_same(2);
}

static void embudos_own_events_are_events(void **state) {
  (void)state;
  record(JOURNAL_SYSTEM, "embudo",
         "{\"type\":\"act\",\"event\":\"claim\",\"userId\":\"u\",\"messageId\":\"1\",\"timestamp\":"
         "1600000000,\"actor\":{"
         "\"id\":\"maria\",\"role\":\"sales\"},\"private\":{\"note\":\"x\"}},{" U ",\"messageId\":\"2\"}");
  expect_same(2);
}

static void damage_is_told(void **state) {
  (void)state;
  struct sift_event event;
  struct err err;
  const struct store_record bad = {.seq = 7, .kind = JOURNAL_EVENTS, .bytes = STR("{\"batch\":[")};
  assert_int_equal(sift_open(sift, &bad, &err), -1);
  assert_non_null(strstr(err.text, "record 7"));
  assert_false(sift_next(sift, &event));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(clocks_are_corrected_once, set_up, tear_down),
      cmocka_unit_test_setup_teardown(who_sent_it_orders_events, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_a_client_says_of_transport_is_not_believed, set_up, tear_down),
      cmocka_unit_test_setup_teardown(events_without_ids_stay_apart, set_up, tear_down),
      cmocka_unit_test_setup_teardown(history_speaks_for_itself, set_up, tear_down),
      cmocka_unit_test_setup_teardown(events_nobody_counts_are_events, set_up, tear_down),
      cmocka_unit_test_setup_teardown(embudos_own_events_are_events, set_up, tear_down),
      cmocka_unit_test_setup_teardown(damage_is_told, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
