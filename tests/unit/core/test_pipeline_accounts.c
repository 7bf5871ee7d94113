/* What is said of a company is told to all who ever named it, and to nobody else. */
#include "unit.h"

#include "core/journal/journal.h"
#include "core/journal/pipeline.h"

static const char rules_text[] = "dimension 'fit' {}\n"
                                 "segment 'customers' { when = account { customer = true } }\n"
                                 "rule 'new' { when = ~in_segment 'customers', points = { fit = 10 } }\n";

#define T0 (INT64_C(1700000000000))

static struct generation *generation;
static struct pipeline *pipeline;
static uint32_t folds;
static uint64_t next_seq;

static int set_up(void **state) {
  (void)state;
  struct problems problems;
  struct ruledir bundle;
  struct err err;
  problems_init(&problems);
  ruledir_init(&bundle);
  assert_int_equal(ruledir_add(&bundle, "a.lua", STR(rules_text), &err), 0);
  ruledir_end(&bundle);
  generation = generation_build(&bundle, NULL, &problems);
  assert_non_null(generation);
  ruledir_release(&bundle);
  problems_release(&problems);
  pipeline = pipeline_new(generation, NULL);
  folds = 0;
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_free(pipeline);
  generation_free(generation);
  return 0;
}

static void send(const char *bytes) {
  struct store_record record = {.seq = next_seq++,
                                .received_ms = T0 + 1000000,
                                .kind = JOURNAL_EVENTS,
                                .source = STR("web"),
                                .bytes = str_of(bytes)};
  struct err err;
  assert_int_equal(pipeline_take(pipeline, &record, NULL, &err), 0);
}

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  (void)context, (void)entry, (void)fold, (void)summary, (void)reason;
  folds++;
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context, (void)entry, (void)decided;
}

static uint32_t work(void) {
  const struct pipeline_visitor visitor = {.folded = on_folded, .decided = on_decided};
  uint32_t before = folds;
  while (pipeline_step(pipeline, T0 + 2000000, &visitor)) {
  }
  return folds - before;
}

static uint64_t segments_of(const char *id) {
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), str_of(id));
  return leadbook_find(pipeline_book(pipeline), lead)->segments;
}

#define PERSON(id, account)                                                                                  \
  "{\"batch\":[{\"type\":\"page\",\"userId\":\"" id "\",\"context\":{\"groupId\":\"" account                 \
  "\"},\"timestamp\":1700000001000}]}"
#define SAYS(account, traits, at)                                                                            \
  "{\"batch\":[{\"type\":\"group\",\"groupId\":\"" account "\",\"traits\":" traits ",\"timestamp\":" at "}]" \
  "}"

static void a_change_is_told_to_the_members(void **state) {
  (void)state;
  send(PERSON("ana", "acme"));
  send(PERSON("bo", "acme"));
  send(PERSON("cy", "other"));
  assert_int_equal(work(), 3);
  send(SAYS("acme", "{\"customer\":true}", "1700000002000"));
  assert_int_equal(work(), 2);
  assert_int_equal(segments_of("ana"), 1);
  assert_int_equal(segments_of("bo"), 1);
  assert_int_equal(segments_of("cy"), 0);
}

static void what_is_not_asked_for_or_is_known_tells_nobody(void **state) {
  (void)state;
  send(PERSON("ana", "acme"));
  send(SAYS("acme", "{\"customer\":true}", "1700000002000"));
  work();
  send(SAYS("acme", "{\"phone\":\"1\"}", "1700000003000"));
  send(SAYS("acme", "{\"customer\":true}", "1700000004000"));
  assert_int_equal(work(), 0);
  /* A late word is told, though it changes nothing now ... */
  send(SAYS("acme", "{\"customer\":false}", "1700000003500"));
  assert_int_equal(work(), 1);
  assert_int_equal(segments_of("ana"), 1);
  /* ... and the last word by its own time stands. */
  send(SAYS("acme", "{\"customer\":false}", "1700000005000"));
  assert_int_equal(work(), 1);
  assert_int_equal(segments_of("ana"), 0);
}

static void who_is_forgotten_leaves_what_was_said_of_the_company(void **state) {
  (void)state;
  send(PERSON("ana", "acme"));
  send(
      "{\"batch\":[{\"type\":\"group\",\"userId\":\"bo\",\"groupId\":\"acme\",\"traits\":{\"customer\":true},"
      "\"timestamp\":1700000002000}]}");
  work();
  assert_int_equal(segments_of("ana"), 1);
  struct engine *engine = pipeline_engine(pipeline);
  engine_forget(engine, engine_find_lead(engine, STR("bo")));
  pipeline_touch_all(pipeline, TOUCH_LIVE);
  work();
  assert_int_equal(segments_of("ana"), 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(a_change_is_told_to_the_members),
      test(what_is_not_asked_for_or_is_known_tells_nobody),
      test(who_is_forgotten_leaves_what_was_said_of_the_company),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
