#include "unit.h"

#include "base/err.h"
#include "core/journal/journal.h"
#include "core/journal/redact.h"

#define RECEIVED INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

static struct redactor *redactor;
static struct erasure erasure;
static struct redacted counts;
static struct buf out;

/* u; the device a until 2020, which is somebody else's since; the address e@x.example. */
static const char ids[] =
    "{\"ids\":[{\"user\":\"u\"},{\"anonymous\":\"a\",\"spans\":[[-62135596800000,1577836800000]]},"
    "{\"anonymous\":\"d\"},{\"email\":\"e@x.example\"}],\"records\":[7],\"clocks\":[\"00000000000000c1\"],"
    "\"messages\":[\"msg_00000000000000010000000000000002\"],\"before\":9,\"block\":true,\"asked_at\":\"2026-"
    "01-"
    "01T00:00:00Z\"}";

static int set_up(void **state) {
  (void)state;
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct erasure_ask ask;
  struct err err;
  redactor = redactor_new();
  erasure_init(&erasure);
  counts = (struct redacted){0};
  buf_init(&out);
  assert_int_equal(json_parse(reader, ids, strlen(ids), &root, &err), 0);
  assert_int_equal(erasure_parse(&erasure, root, &ask, &err), ERASURE_IDS);
  json_reader_free(reader);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  redactor_free(redactor);
  erasure_release(&erasure);
  buf_release(&out);
  return 0;
}

static enum redaction try_numbered(uint64_t seq, enum journal_kind kind, const char *text) {
  const struct store_record record = {
      .seq = seq, .received_ms = RECEIVED, .kind = kind, .source = STR("web"), .bytes = str_of(text)};
  return redact(redactor, &erasure, &record, &out, &counts);
}

static enum redaction try_record(enum journal_kind kind, const char *text) {
  return try_numbered(1, kind, text);
}

#define PAGE(ids) "{\"type\":\"page\"," ids ",\"timestamp\":\"2023-01-01T00:00:00Z\"}"

static void events_go_and_others_stay(void **state) {
  (void)state;
  static const struct {
    const char *in, *out; /* items of a batch; NULL: nothing is changed */
  } cases[] = {
      {PAGE("\"userId\":\"v\""), NULL},
      {PAGE("\"userId\":\"u\""), ""},
      {PAGE("\"userId\":\"v\",\"x\":\"u\"") "," PAGE("\"userId\":\"u\"") "," PAGE("\"userId\":\"w\""),
       PAGE("\"userId\":\"v\",\"x\":\"u\"") "," PAGE("\"userId\":\"w\"")},
      {PAGE("\"userId\":\"v\",\"anonymousId\":\"d\""), NULL}, /* the user's, whatever the device */
      {PAGE("\"anonymousId\":\"d\""), ""},
      {PAGE("\"anonymousId\":\"a\""), NULL}, /* not any more */
      {"{\"type\":\"page\",\"anonymousId\":\"a\",\"timestamp\":\"2019-12-31T23:59:59.999Z\"}", ""},
      {"{\"type\":\"page\",\"anonymousId\":\"a\",\"timestamp\":\"2020-01-01T00:00:00Z\"}", NULL},
      {PAGE("\"userId\":\"a\""), NULL}, /* another kind of id */
      {"{\"type\":\"group\",\"groupId\":\"g\",\"timestamp\":\"2023-01-01T00:00:00Z\"}", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char text[1024], expected[1024];
    snprintf(text, sizeof text, "{\"batch\":[%s]}", cases[i].in);
    enum redaction got = try_record(JOURNAL_EVENTS, text);
    if (!cases[i].out) {
      if (got != REDACT_NOTHING) fail_msg("%s was changed to %s", text, out.data);
      continue;
    }
    snprintf(expected, sizeof expected, *cases[i].out ? "{\"batch\":[%s]}" : "%s", cases[i].out);
    assert_int_equal(got, *cases[i].out ? REDACT_PART : REDACT_ALL);
    assert_string_equal(out.data, expected);
  }
  assert_int_equal(counts.events, 4);
}

/* Its instant, as everything it follows from, and its message's id stay: its place among the account's calls. */
static void a_group_call_loses_who_made_it(void **state) {
  (void)state;
  static const char text[] = "{\"batch\":[{\"type\":\"group\",\"userId\":\"u\",\"anonymousId\":\"d\","
                             "\"groupId\":\"g\",\"messageId\":\"m\","
                             "\"timestamp\":\"2023-11-14T20:00:00Z\",\"sentAt\":\"2023-11-14T21:13:20Z\","
                             "\"context\":{\"ip\":\"::1\"},"
                             "\"traits\":{\"name\":\"G\"}}]}";
  assert_int_equal(try_record(JOURNAL_EVENTS, text), REDACT_PART);
  assert_string_equal(
      out.data, "{\"batch\":[{\"type\":\"group\",\"messageId\":\"m\",\"timestamp\":\"2023-11-14T20:00:00Z\","
                "\"sentAt\":\"2023-11-14T21:13:20Z\",\"traits\":{\"name\":\"G\"},\"groupId\":\"g\"}]}");
  assert_true(out.len < sizeof text);
  assert_int_equal(
      try_record(JOURNAL_EVENTS,
                 "{\"batch\":[{\"type\":\"group\",\"userId\":\"u\",\"context\":{\"groupId\":7}}]}"),
      REDACT_PART);
  assert_string_equal(out.data, "{\"batch\":[{\"type\":\"group\",\"groupId\":\"7\"}]}");
}

#define DECISION(lead, kind, at)                                                                             \
  "{\"lead\":\"" lead "\",\"kind\":\"" kind                                                                  \
  "\",\"lifecycle\":\"sales\",\"from\":\"lead\",\"to\":\"mql\",\"cause\":\"rule\",\"cycle\":1,\"at\":\"" at  \
  "\",\"decided_at\":\"2023-02-03T04:05:06Z\",\"ruleset\":\"r\",\"derived\":[1,\"00\"]}"

static void decisions_become_numbers(void **state) {
  (void)state;
  assert_int_equal(try_record(JOURNAL_DECISION, DECISION("v", "user", "2023-01-02T03:04:05Z")),
                   REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_DECISION, DECISION("a", "anonymous", "2023-01-02T03:04:05Z")),
                   REDACT_NOTHING);
  static const char anonymous[] = "{\"lifecycle\":\"sales\",\"from\":\"lead\",\"to\":\"mql\",\"cause\":"
                                  "\"rule\",\"cycle\":1,\"ruleset\":\"r\","
                                  "\"at\":\"2023-01-02T00:00:00Z\",\"decided_at\":\"2023-02-03T00:00:00Z\"}";
  assert_int_equal(try_record(JOURNAL_DECISION, DECISION("u", "user", "2023-01-02T03:04:05Z")), REDACT_PART);
  assert_string_equal(out.data, anonymous);
  assert_int_equal(try_record(JOURNAL_DECISION, anonymous), REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_DECISION, DECISION("e@x.example", "email", "2023-01-02T03:04:05Z")),
                   REDACT_PART);
  assert_int_equal(try_record(JOURNAL_DECISION, DECISION("a", "anonymous", "2018-01-02T03:04:05Z")),
                   REDACT_PART);
  assert_int_equal(counts.decisions, 3);
}

static void what_cannot_be_read_is_nobodys(void **state) {
  (void)state;
  assert_int_equal(try_record(JOURNAL_EVENTS, "{\"batch\":[{\"userId\":\"u\""), REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_EVENTS, "{\"userId\":\"u\"}"), REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_DECISION, "u"), REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_RULESET, "{\"ruleset\":\"u\"}"), REDACT_NOTHING);
}

static void of_a_clock_a_number_stays(void **state) {
  (void)state;
  static const char record[] =
      "{\"lead\":\"u\",\"kind\":\"user\",\"clock\":\"0f\",\"sla\":\"touch\",\"what\":\"stopped\","
      "\"at\":\"2023-01-01T10:11:12Z\",\"decided_at\":\"2023-01-02T10:11:12Z\",\"lifecycle\":\"main\","
      "\"stage\":\"mql\","
      "\"cycle\":1,\"ruleset\":\"r\",\"end\":\"done\",\"made\":1,\"worked_ms\":5}";
  assert_int_equal(try_record(JOURNAL_CLOCK, record), REDACT_PART);
  assert_string_equal(
      out.data,
      "{\"sla\":\"touch\",\"what\":\"stopped\",\"lifecycle\":\"main\",\"stage\":\"mql\",\"cycle\":1,"
      "\"ruleset\":\"r\",\"end\":\"done\",\"made\":1,\"worked_ms\":5,\"at\":\"2023-01-01T00:00:00Z\","
      "\"decided_at\":\"2023-01-02T00:00:00Z\"}");
}

/* Under the id of the device in another's time: whose history it went into says whose it is. */
static void what_is_listed_goes_whatever_it_names(void **state) {
  (void)state;
  static const char clock[] =
      "{\"lead\":\"a\",\"kind\":\"anonymous\",\"clock\":\"%s\",\"sla\":\"touch\",\"what\":\"warned\","
      "\"at\":\"2023-01-01T10:11:12Z\",\"decided_at\":\"2023-01-02T10:11:12Z\"}";
  static const char effect[] = "{\"id\":\"%s\",\"lead\":\"a\",\"kind\":\"anonymous\",\"effect\":\"hot\","
                               "\"destination\":\"crm\",\"type\":\"x\","
                               "\"sequence\":1,\"key\":\"00000000000000ff\",\"at\":\"2023-01-01T00:00:00Z\","
                               "\"made_at\":\"2023-01-01T00:00:00Z\","
                               "\"request\":{\"body\":\"{}\"}}";
  static const char delivery[] = "{\"id\":\"%s\",\"lead\":\"a\",\"kind\":\"anonymous\",\"what\":\"dropped\","
                                 "\"at\":\"2023-01-01T00:00:00Z\",\"made_at\":\"2023-01-01T00:00:00Z\"}";
  static const char theirs[] = "msg_00000000000000010000000000000002",
                    others[] = "msg_00000000000000010000000000000003";
  const char *decision = DECISION("a", "anonymous", "2023-01-02T03:04:05Z");
  char text[512];
  assert_int_equal(try_numbered(7, JOURNAL_DECISION, decision), REDACT_PART);
  assert_int_equal(try_numbered(8, JOURNAL_DECISION, decision), REDACT_NOTHING);
  snprintf(text, sizeof text, clock, "00000000000000c1");
  assert_int_equal(try_record(JOURNAL_CLOCK, text), REDACT_PART);
  snprintf(text, sizeof text, clock, "00000000000000c2");
  assert_int_equal(try_record(JOURNAL_CLOCK, text), REDACT_NOTHING);
  for (int i = 0; i < 2; i++) {
    snprintf(text, sizeof text, effect, i ? others : theirs);
    assert_int_equal(try_record(JOURNAL_EFFECT, text), i ? REDACT_NOTHING : REDACT_ALL);
    snprintf(text, sizeof text, delivery, i ? others : theirs);
    assert_int_equal(try_record(JOURNAL_DELIVERY, text), i ? REDACT_NOTHING : REDACT_ALL);
  }
}

static void what_was_told_anew_goes_with_its_name(void **state) {
  (void)state;
  assert_int_equal(try_record(JOURNAL_RETOLD, "{\"lead\":\"u\",\"kind\":\"user\",\"decisions\":[]}"),
                   REDACT_ALL);
  assert_int_equal(try_record(JOURNAL_RETOLD, "{\"lead\":\"a\",\"kind\":\"anonymous\"}"), REDACT_ALL);
  assert_int_equal(try_record(JOURNAL_RETOLD, "{\"lead\":\"v\",\"kind\":\"user\"}"), REDACT_NOTHING);
  assert_int_equal(try_record(JOURNAL_RETOLD, "{\"lead\":\"u\""), REDACT_NOTHING);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(events_go_and_others_stay, set_up, tear_down),
      cmocka_unit_test_setup_teardown(of_a_clock_a_number_stays, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_group_call_loses_who_made_it, set_up, tear_down),
      cmocka_unit_test_setup_teardown(decisions_become_numbers, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_listed_goes_whatever_it_names, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_was_told_anew_goes_with_its_name, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_cannot_be_read_is_nobodys, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
