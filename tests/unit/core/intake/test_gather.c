#include "unit.h"

#include "core/intake/gather.h"
#include "small_rules.h"

static struct ruleset *rules;
static struct engine *engine;
static struct receiver *receiver;
static struct gather gather;
static struct received received;

static int answer(void *context, int fn, const struct event *event, struct fn_amount *amounts) {
  (void)context, (void)fn, (void)event, (void)amounts;
  return 0;
}

static int set_up(void **state) {
  (void)state;
  const struct engine_calls calls = {.intake = {NULL, answer, NULL}};
  const struct receive_limits limits = {.batch_events = 3};
  rules = small_rules(false);
  engine = engine_new(rules, &calls, NULL);
  receiver = receiver_new(engine, &limits);
  gather_init(&gather, STR("web"));
  gather_begin(&gather, 1000000000);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  gather_release(&gather);
  receiver_free(receiver);
  engine_free(engine);
  ruleset_free(rules);
  return 0;
}

#define EVENT(id) "{\"type\":\"track\",\"event\":\"Scored\",\"messageId\":\"" id "\",\"userId\":\"u\"}"

static void take(const char *json) {
  gather_take(&gather, receiver, str_of(json), &received);
}

static void pieces_become_one_record(void **state) {
  (void)state;
  take(EVENT("1"));
  assert_int_equal(received.events, 1);
  take("{\"batch\":[" EVENT("2") "," EVENT("3") "]}");
  assert_int_equal(received.events, 2);
  take(EVENT("4"));
  assert_int_equal(gather.events, 4);
  assert_true(gather_bytes(&gather) > 0);
  assert_str(gather_record(&gather),
             "{\"batch\":[" EVENT("1") "," EVENT("2") "," EVENT("3") "," EVENT("4") "]}");
}

static void a_closed_record_takes_more(void **state) {
  (void)state;
  take(EVENT("1"));
  assert_str(gather_record(&gather), "{\"batch\":[" EVENT("1") "]}");
  assert_str(gather_record(&gather), "{\"batch\":[" EVENT("1") "]}");
  take(EVENT("2"));
  assert_str(gather_record(&gather), "{\"batch\":[" EVENT("1") "," EVENT("2") "]}");
}

static void the_record_is_what_the_engine_takes(void **state) {
  (void)state;
  struct feed_result result;
  take(EVENT("1"));
  take("no event");
  take(EVENT("2"));
  engine_feed(engine, gather_record(&gather), &gather.feed, &result);
  assert_int_equal(result.accepted, 2);
  assert_int_equal(result.rejected, 0);
  gather_begin(&gather, 1000000001);
  take(EVENT("1"));
  assert_int_equal(received.duplicates, 1);
  assert_int_equal(gather.events, 0);
  assert_int_equal(gather_bytes(&gather), 0);
  take(EVENT("5"));
  assert_str(gather_record(&gather), "{\"batch\":[" EVENT("5") "]}");
}

static void a_bad_piece_is_one_refused_item(void **state) {
  (void)state;
  static const struct {
    const char *json;
    enum reject_code code;
  } cases[] = {
      {"{\"type\":", REJECT_BAD_JSON},
      {"{\"type\":1e999}", REJECT_BAD_JSON},
      {"{\"type\":\"\xff\"}", REJECT_BAD_UTF8},
      {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
       "]]]]]]]]]]]]]"
       "]]]]]]]]]]]]]]]]]]]]]]]]]",
       REJECT_TOO_DEEP},
      {"[" EVENT("1") "]", REJECT_NOT_OBJECT},
      {"12", REJECT_NOT_OBJECT},
      {"{\"batch\":{}}", REJECT_BAD_BATCH},
      {"{\"batch\":[1,2,3,4]}", REJECT_BAD_BATCH},
      {"{\"type\":\"track\",\"userId\":\"u\"}", REJECT_MISSING_EVENT},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    take(cases[i].json);
    if (received.rejects[cases[i].code] != 1)
      fail_msg("%s: %s %s", cases[i].json, reject_word(received.problems[0].code),
               received.problems[0].reason);
    assert_int_equal(received.rejected, 1);
    assert_int_equal(received.problem_count, 1);
    assert_int_equal(received.problems[0].code, cases[i].code);
    assert_true(strlen(received.problems[0].reason) > 0);
    assert_int_equal(gather.events, 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(pieces_become_one_record, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_closed_record_takes_more, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_record_is_what_the_engine_takes, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_bad_piece_is_one_refused_item, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
