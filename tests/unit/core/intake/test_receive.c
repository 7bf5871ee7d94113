#include "unit.h"

#include "core/intake/receive.h"
#include "small_rules.h"

static struct ruleset *rules;
static struct engine *engine;
static struct receiver *receiver;
static struct received received;
static struct err err;
static const struct feed web = {.source = {"web", 3}, .received_ms = 1000000000};

/* The rules have a function; no event here raises it. */
static int answer(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  (void)context, (void)fn, (void)event, (void)amounts;
  return 0;
}

static void start(const struct receive_limits *limits) {
  rules = small_rules(false);
  const struct engine_calls calls = {.intake = {NULL, answer, NULL}};
  engine = engine_new(rules, &calls, NULL);
  receiver = receiver_new(engine, limits);
}

static int set_up(void **state) {
  (void)state;
  start(NULL);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  receiver_free(receiver);
  engine_free(engine);
  ruleset_free(rules);
  return 0;
}

static int check_as(const char *body, const struct feed *feed) {
  if (receive_parse(receiver, str_of(body), &received, &err) != 0) return -1;
  return receive_check(receiver, feed, &received, &err);
}

static void take(const char *body) {
  if (check_as(body, &web) != 0) fail_msg("%s: %s", body, err.text);
}

#define ITEM(id) "{\"type\":\"track\",\"event\":\"Scored\",\"messageId\":\"" id "\",\"userId\":\"u\"}"

static void a_batch_becomes_a_record_of_what_was_accepted(void **state) {
  (void)state;
  take("{\"writeKey\":\"secret\",\"sentAt\":\"1970-01-12T13:46:40Z\",\"context\":{\"ip\":\"1.2.3.4\"},"
       "\"batch\":["
       "{\"type\":\"track\",\"event\":\"A\",\"messageId\":\"1\",\"userId\":\"u\",\"context\":{\"app\":1},"
       "\"writeKey\":\"secret\"},"
       "{\"type\":\"track\",\"messageId\":\"2\",\"userId\":\"u\"},"
       "[1],"
       "{\"type\":\"page\",\"messageId\":\"3\",\"userId\":\"u\",\"sentAt\":\"1970-01-12T13:46:41Z\"}]}");
  assert_int_equal(received.events, 2);
  assert_int_equal(received.rejected, 2);
  assert_int_equal(received.rejects[REJECT_MISSING_EVENT], 1);
  assert_int_equal(received.rejects[REJECT_NOT_OBJECT], 1);
  assert_int_equal(received.problems[0].item, 1);
  assert_int_equal(received.problems[1].item, 2);
  assert_str(received.write_key, "secret");
  assert_str(
      received.record,
      "{\"batch\":[{\"type\":\"track\",\"event\":\"A\",\"messageId\":\"1\",\"userId\":\"u\",\"context\":{"
      "\"app\":1,\"ip\":\"1.2.3.4\"},\"sentAt\":\"1970-01-12T13:46:40Z\"},{\"type\":\"page\","
      "\"messageId\":\"3\",\"userId\":\"u\",\"sentAt\":\"1970-01-12T13:46:41Z\",\"context\":{\"ip\":\"1.2.3."
      "4\"}}]}");
}

static void a_single_event_takes_its_type_from_the_path(void **state) {
  (void)state;
  struct feed feed = web;
  feed.has_type = true;
  feed.type = EVENT_TRACK;
  assert_int_equal(check_as("{\"event\":\"A\",\"userId\":7,\"type\":null}", &feed), 0);
  assert_false(received.is_batch);
  assert_str(received.record, "{\"batch\":[{\"type\":\"track\",\"event\":\"A\",\"userId\":7}]}");
}

/* What was recorded is accepted whole when it is fed, with the same instant. */
static void the_record_feeds_what_was_checked(void **state) {
  (void)state;
  struct feed_result fed;
  take("{\"sentAt\":999999990000,\"batch\":[" ITEM("1") "," ITEM("2") "]}");
  engine_feed(engine, received.record, &web, &fed);
  assert_int_equal(fed.accepted, 2);
  assert_int_equal(fed.rejected, 0);
}

static void known_events_are_left_out(void **state) {
  (void)state;
  struct feed_result fed;
  take("{\"batch\":[" ITEM("1") "]}");
  engine_feed(engine, received.record, &web, &fed);
  take("{\"batch\":[" ITEM("1") "," ITEM("2") ",{\"type\":\"track\",\"event\":\"Other\",\"messageId\":\"1\","
                                              "\"userId\":\"u\"}]}");
  assert_int_equal(received.events, 1);
  assert_int_equal(received.duplicates, 1);
  assert_int_equal(received.conflicts, 1);
  struct feed other = web;
  other.source = STR("app");
  assert_int_equal(check_as("{\"batch\":[" ITEM("1") "]}", &other), 0);
  assert_int_equal(received.events, 1); /* another source's ids are others */
}

static void nothing_of_a_body_that_is_no_object_is_taken(void **state) {
  (void)state;
  assert_int_equal(check_as("[1,2]", &web), -1);
  assert_int_equal(check_as("{\"batch\":", &web), -1);
  assert_int_equal(check_as("{\"batch\":{}}", &web), -1);
  assert_non_null(strstr(err.text, "`batch` is an object"));
}

/* Of a batch, only the events that have what is not taken; wherever the list stands. */
static void events_that_cannot_be_read_are_refused_alone(void **state) {
  (void)state;
  char deep[256] = "", text[1024];
  for (int i = 0; i < 63; i++) strcat(deep, "[");
  for (int i = 0; i < 63; i++) strcat(deep, "]");
  snprintf(text, sizeof text,
           "{\"sentAt\": \"\\\"batch\\\":[\", \"x\": {\"batch\": []} ,\n\"batch\" : [" ITEM(
               "1") " , {\"a\":\"\\u0000]\"},"
                    "{\"a\":%s}, " ITEM("2") " ,{\"a\\\"\\u0000\":1}], \"writeKey\": \"k\"}",
           deep);
  take(text);
  assert_int_equal(received.events, 2);
  assert_int_equal(received.rejected, 3);
  assert_int_equal(received.rejects[REJECT_TOO_DEEP], 1);
  assert_int_equal(received.rejects[REJECT_BAD_JSON], 2);
  assert_int_equal(received.problems[0].item, 1);
  assert_string_equal(received.problems[0].reason, "a NUL character (\\u0000) is not allowed");
  assert_int_equal(received.problems[1].item, 2);
  assert_non_null(strstr(received.problems[1].reason, "nested"));
  assert_str(received.write_key, "k");
  take("{\"batch\":[" ITEM("4") ",{\"a\":1e999}]}");
  assert_int_equal(received.events, 1);
  assert_string_equal(received.problems[0].reason, "a number is beyond the finite range (about 1.8e308)");
  take("{\"batch\":[" ITEM("3") "]}"); /* and the next body is one of its own */
  assert_int_equal(received.rejected, 0);
}

/* What is wrong with the body itself stays the body's fault. */
static void a_body_that_cannot_be_read_is_refused_whole(void **state) {
  (void)state;
  static const char *const bodies[] = {
      "{\"batch\":[{\"a\":1,}]}",
      "{\"batch\":[{\"a\":\"\\u0000\"},{]}",
      "{\"batch\":[{\"a\":\"\\u0000\"}",
      "{\"batch\":[{\"a\":\"\\u0000\"}]} x",
      "{\"x\":\"\\u0000\",\"batch\":[" ITEM("1") "]}",
      "{\"batch\":[" ITEM("1") "],\"x\":\"\\u0000\"}",
      "{\"userId\":\"\\u0000\"}",
      "{\"batch\":[{\"a\":\"\\u0000\"}, \"\xff\"]}",
  };
  for (size_t i = 0; i < COUNT_OF(bodies); i++) assert_int_equal(check_as(bodies[i], &web), -1);
}

static void batches_are_bounded(void **state) {
  (void)state;
  tear_down(NULL);
  const struct receive_limits limits = {.event_bytes = 100, .batch_events = 2};
  start(&limits);
  assert_int_equal(check_as("{\"batch\":[" ITEM("1") "," ITEM("2") "," ITEM("3") "]}", &web), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  take("{\"batch\":[{\"type\":\"track\",\"event\":\"0123456789012345678901234567890123456789\",\"messageId\":"
       "\"1\","
       "\"userId\":\"uuuuuuuuuuuuu\"}," ITEM("2") "]}");
  assert_int_equal(received.rejects[REJECT_TOO_LARGE], 1);
  assert_str(received.record, "{\"batch\":[" ITEM("2") "]}");
}

static void an_empty_batch_is_fine(void **state) {
  (void)state;
  take("{\"batch\":[]}");
  assert_int_equal(received.events, 0);
  assert_true(received.is_batch);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(a_batch_becomes_a_record_of_what_was_accepted),
      test(a_single_event_takes_its_type_from_the_path),
      test(the_record_feeds_what_was_checked),
      test(known_events_are_left_out),
      test(nothing_of_a_body_that_is_no_object_is_taken),
      test(events_that_cannot_be_read_are_refused_alone),
      test(a_body_that_cannot_be_read_is_refused_whole),
      test(batches_are_bounded),
      test(an_empty_batch_is_fine),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
