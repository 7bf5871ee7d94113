/* What is said of a company is told to all who ever named it, and to nobody else. */
#include "pipeline_rig.h"

#include "core/journal/decision_json.h"

static const char rules_text[] =
    "dimension 'fit' {}\n"
    "segment 'customers' { when = account { customer = true } }\n"
    "accounts { domains = { 'domain' }, never = one_of { 'free.example' }, "
    "existing = in_segment 'customers', owner = 'owner' }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = seen(track 'Demo') } }\n"
    "rule 'new' { when = ~in_segment 'customers', points = { fit = 10 } }\n";

#define T0 (INT64_C(1700000000000))

static int set_up(void **state) {
  (void)state;
  pipeline_rig_open(written_rules(rules_text));
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pipeline_rig_close();
  return 0;
}

static void send(const char *bytes) {
  pipeline_rig_take(JOURNAL_EVENTS, "web", T0 + 1000000, bytes);
}

static uint32_t work(void) {
  return pipeline_rig_work(T0 + 2000000);
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

#define MAIL(id, address)                                                                                    \
  "{\"batch\":[{\"type\":\"identify\",\"userId\":\"" id "\",\"traits\":{\"email\":\"" address                \
  "\"},\"timestamp\":1700000001000}]}"
#define DEMO(id, at)                                                                                         \
  "{\"batch\":[{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"" id "\",\"timestamp\":" at "}]}"

static const struct lead_entry *entry_of(const char *id) {
  return leadbook_find(pipeline_book(pipeline), engine_find_lead(pipeline_engine(pipeline), str_of(id)));
}

/* Of two companies that claim the domain the customer, whatever came first; nobody else is theirs. */
static void people_are_of_the_company_that_claims_their_domain(void **state) {
  static const char *const sent[] = {
      MAIL("ana", "ana@Mail.mills.example"),
      SAYS("b", "{\"domain\":\"https://www.mills.example\",\"customer\":true}", "1700000002000"),
      SAYS("a", "{\"domain\":\"mills.example\"}", "1700000003000"),
  };
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (size_t i = 0; i < 6; i++) {
    for (int k = 0; k < 3; k++) {
      send(sent[orders[i][k]]);
      work();
    }
    assert_true(str_eq(entry_of("ana")->account, STR("b")));
    assert_int_equal(segments_of("ana"), 1);
    send(MAIL("bo", "bo@notmills.example"));
    send(MAIL("cy", "cy@free.example"));
    send(SAYS("c", "{\"domain\":[\"free.example\",\"example\"],\"customer\":true}", "1700000002000"));
    work();
    assert_int_equal(entry_of("bo")->account.len + entry_of("cy")->account.len, 0);
    /* Neither is one any more: the first by id. */
    send(SAYS("b", "{\"customer\":false}", "1700000004000"));
    assert_int_equal(work(), 1);
    assert_true(str_eq(entry_of("ana")->account, STR("a")));
    tear_down(state);
    set_up(state);
  }
}

/* What a lead's own events name counts, unless somebody else is the customer. */
static void a_named_account_comes_first(void **state) {
  (void)state;
  send(MAIL("ana", "ana@mills.example"));
  send(PERSON("ana", "web"));
  send(SAYS("a", "{\"domain\":\"mills.example\"}", "1700000002000"));
  work();
  assert_true(str_eq(entry_of("ana")->account, STR("web")));
  send(SAYS("a", "{\"customer\":true}", "1700000003000"));
  work();
  assert_true(str_eq(entry_of("ana")->account, STR("a")));
}

/* What was new business when it was decided stays so, also when the company is a customer by now; and the other way round. */
static void a_decision_keeps_whether_it_was_new_business(void **state) {
  (void)state;
  send(MAIL("ana", "ana@mills.example"));
  send(DEMO("ana", "1700000002000"));
  work();
  send(SAYS("a", "{\"domain\":\"mills.example\",\"customer\":true}", "1700000003000"));
  send(MAIL("bo", "bo@mills.example"));
  send(DEMO("bo", "1700000004000"));
  work();
  const struct leadbook *book = pipeline_book(pipeline);
  const struct decision *ana = leadbook_decision(book, entry_of("ana")->decisions);
  const struct decision *bo = leadbook_decision(book, entry_of("bo")->decisions);
  assert_false(ana->existing);
  assert_true(bo->existing);
  assert_int_equal(segments_of("ana"), 1);
  struct buf out;
  struct json_writer w;
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  decision_json(book, bo, &w);
  json_close(&w, '}');
  assert_non_null(strstr(out.data, "\"new_business\":false"));
  buf_release(&out);
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
      test(people_are_of_the_company_that_claims_their_domain),
      test(a_named_account_comes_first),
      test(a_decision_keeps_whether_it_was_new_business),
      test(what_is_not_asked_for_or_is_known_tells_nobody),
      test(who_is_forgotten_leaves_what_was_said_of_the_company),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
