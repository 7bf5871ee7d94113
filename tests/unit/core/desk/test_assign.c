#include "pipeline_rig.h"

#include "core/desk/assign.h"
#include "core/journal/decision_json.h"

static const char rules_text[] =
    "dimension 'intent' {}\n"
    "rule 'demo' { on = track 'Demo', points = { intent = 10 } }\n"
    "rule 'big' { on = track 'Big', points = { intent = 90 } }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { intent = at_least(10) } },\n"
    "  move { 'mql', 'sal', by = 'sales' } }\n"
    "calendar 'office' { zone = 'UTC', days = { 'mon-fri 09:00-17:00' } }\n"
    "assign 'big' { stage = 'mql', when = score { intent = at_least(90) }, pool = { 'zoe' } }\n"
    "assign 'all' { stage = 'mql', account_owner = true, pool = { 'ana', 'ben', 'eva', 'kim' },\n"
    "  absent = listed 'absent', hours = { ben = 'office' } }\n"
    "sla 'touch' { stage = 'mql', stops_at = track 'Called', due = '1h', breach = { reassign = true } }\n";

static struct buf pending; /* the record of the last assignment */
static struct buf journal; /* lines: kind and bytes of all that was recorded */

static void take_bytes(enum journal_kind kind, const char *bytes) {
  pipeline_rig_take(kind, "embudo", INT64_C(1900000000000), bytes);
}

static void record(enum journal_kind kind, struct str bytes) {
  buf_printf(&journal, "%d%.*s\n", (int)kind, STR_ARG(bytes));
}

static void open(void) {
  const char *const files[] = {"a.lua", rules_text, "lists/absent.txt", "eva\n", NULL};
  pipeline_rig_open(written_files(files, NULL));
}

static int set_up(void **state) {
  (void)state;
  open();
  buf_init(&pending);
  buf_init(&journal);
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_rig_close();
  buf_release(&pending);
  buf_release(&journal);
  return 0;
}

/* All that was recorded, read by a new process. */
static void restart(void) {
  pipeline_rig_close();
  open();
  struct buf text;
  buf_init(&text);
  for (const char *line = journal.data; line && *line;) {
    const char *end = strchr(line, '\n');
    buf_clear(&text);
    buf_add(&text, line + 1, (size_t)(end - line - 1));
    take_bytes((enum journal_kind)(line[0] - '0'), text.data);
    line = end + 1;
  }
  buf_release(&text);
}

static void event(const char *name, const char *ids, const char *at) {
  char text[512];
  snprintf(
      text, sizeof text,
      "{\"batch\":[{\"type\":\"track\",\"event\":\"%s\",%s,\"originalTimestamp\":1,\"timestamp\":\"%s\"}]}",
      name, ids, at);
  record(JOURNAL_EVENTS, str_of(text));
  take_bytes(JOURNAL_EVENTS, text);
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context;
  struct buf text;
  struct leadbook *book = pipeline_book(pipeline);
  buf_init(&text);
  leadbook_decision(book, decided->number)->record = next_seq++;
  decision_record(book, decided, engine_lead_name(pipeline_engine(pipeline), entry->node), STR(""), &text);
  record(JOURNAL_DECISION, buf_str(&text));
  buf_release(&text);
}

static void on_clocked(void *context, struct lead_entry *entry, const struct clock_fact *fact) {
  (void)context;
  struct buf text;
  buf_init(&text);
  clocks_record(pipeline_book(pipeline), fact, engine_lead_name(pipeline_engine(pipeline), entry->node),
                &text);
  record(JOURNAL_CLOCK, buf_str(&text));
  buf_release(&text);
}

static void on_assigned(void *context, struct lead_entry *entry, struct str bytes) {
  (void)context, (void)entry;
  assert_int_equal(pending.len, 0);
  buf_add_str(&pending, bytes);
  record(JOURNAL_SYSTEM, bytes);
}

static void work(const char *now) {
  const struct pipeline_visitor visitor = {
      .folded = pipeline_rig_folded, .decided = on_decided, .clocked = on_clocked, .assigned = on_assigned};
  int64_t now_ms;
  assert_true(time_parse(str_of(now), &now_ms));
  for (int steps = 0; pipeline_step(pipeline, now_ms, &visitor); steps++) {
    assert_true(steps < 1000);
    if (pending.len) take_bytes(JOURNAL_SYSTEM, pending.data);
    buf_clear(&pending);
  }
}

static void expect_owner(const char *id, const char *owner) {
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), str_of(id));
  const struct lead_entry *entry = leadbook_find(pipeline_book(pipeline), lead);
  assert_non_null(entry);
  assert_str(entry->owner, owner);
}

#define WORKDAY "2026-11-23T10:00:00Z" /* a Monday */
#define SUNDAY  "2026-11-22T10:00:00Z"

static void people_take_turns(void **state) {
  (void)state;
  static const char *const owners[] = {"ana", "ben", "kim", "ana", "ben"}; /* eva is absent */
  for (size_t i = 0; i < COUNT_OF(owners); i++) {
    char ids[64], id[8];
    snprintf(id, sizeof id, "u%zu", i);
    snprintf(ids, sizeof ids, "\"userId\":\"%s\"", id);
    event("Demo", ids, WORKDAY);
    work(WORKDAY);
    expect_owner(id, owners[i]);
    if (i == 1 || i == 3) restart(); /* whose turn it is follows from the journal */
  }
}

/* The acts that told of the turns have gone with the people whom they were about. */
static void turns_outlive_the_erased(void **state) {
  (void)state;
  record(JOURNAL_ERASE,
         STR("{\"done_at\":\"2026-11-20T10:00:00Z\",\"events\":9,\"decisions\":7,"
             "\"turns\":[{\"assignment\":\"all\",\"turn\":7,\"owner\":\"ben\"},{\"turn\":1}]}"));
  restart();
  event("Demo", "\"userId\":\"u\"", WORKDAY);
  work(WORKDAY);
  expect_owner("u", "kim");
  assert_non_null(strstr(journal.data, "\"turn\":8"));
}

static void who_is_off_comes_last(void **state) {
  (void)state;
  event("Demo", "\"userId\":\"a\"", SUNDAY);
  work(SUNDAY);
  expect_owner("a", "ana");
  event("Demo", "\"userId\":\"b\"", SUNDAY);
  work(SUNDAY);
  expect_owner("b", "kim"); /* ben's office is closed */
}

static void conditions_choose_the_pool(void **state) {
  (void)state;
  event("Big", "\"userId\":\"a\"", WORKDAY);
  work(WORKDAY);
  expect_owner("a", "zoe");
}

static void an_account_stays_with_its_owner(void **state) {
  (void)state;
  event("Demo", "\"userId\":\"x\"", WORKDAY); /* ana */
  event("Demo", "\"userId\":\"a\",\"context\":{\"groupId\":\"acme\"}", WORKDAY);
  work(WORKDAY);
  expect_owner("a", "ben");
  event("Demo", "\"userId\":\"b\",\"context\":{\"groupId\":\"acme\"}", WORKDAY);
  work(WORKDAY);
  expect_owner("b", "ben");
  event("Demo", "\"userId\":\"c\"", WORKDAY); /* it was nobody's turn */
  work(WORKDAY);
  expect_owner("c", "kim");
}

static void a_breach_gives_it_to_the_next(void **state) {
  (void)state;
  event("Demo", "\"userId\":\"a\"", WORKDAY);
  work(WORKDAY);
  expect_owner("a", "ana");
  work("2026-11-23T10:59:59Z");
  expect_owner("a", "ana");
  work("2026-11-23T11:00:00Z");
  expect_owner("a", "ben");
  work("2026-11-24T11:00:00Z"); /* once */
  expect_owner("a", "ben");
  restart();
  work("2026-11-24T12:00:00Z");
  expect_owner("a", "ben");
}

static void history_is_assigned_to_nobody(void **state) {
  (void)state;
  take_bytes(JOURNAL_IMPORT, "{\"batch\":[{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"a\","
                             "\"originalTimestamp\":1,\"timestamp\":\"" WORKDAY "\"}]}");
  work(WORKDAY);
  expect_owner("a", "");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(people_take_turns),
      TEST(turns_outlive_the_erased),
      TEST(who_is_off_comes_last),
      TEST(conditions_choose_the_pool),
      TEST(an_account_stays_with_its_owner),
      TEST(a_breach_gives_it_to_the_next),
      TEST(history_is_assigned_to_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
