#include "unit.h"

#include "core/intake/fingerprint.h"

#include "base/err.h"
#include "core/intake/normalise.h"

static struct json_reader *reader;

static struct hash128 whole(const char *json) {
  struct json_ref root;
  struct err err;
  if (json_parse(reader, json, strlen(json), &root, &err) != 0) fail_msg("%s", err.text);
  return fingerprint_event(root);
}

static bool same(struct hash128 a, struct hash128 b) {
  return a.low == b.low && a.high == b.high;
}

static void spelling_does_not_matter(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"{\"a\":1,\"b\":2}", "{ \"b\" : 2.0, \"a\" : 1e0 }"},
      {"{\"a\":{\"x\":[1,{\"y\":null,\"z\":true}]}}", "{\"a\":{\"x\":[1,{\"z\":true,\"y\":null}]}}"},
      {"{\"a\":\"\\u00e9\"}", "{\"a\":\"\xc3\xa9\"}"},
      {"{\"a\":0}", "{\"a\":-0.0}"},
      {"{\"a\":1}",
       "{\"a\":1,\"sentAt\":5,\"receivedAt\":6,\"writeKey\":\"k\",\"integrations\":{},\"_metadata\":[]}"},
  };
  for (size_t i = 0; i < COUNT_OF(pairs); i++)
    if (!same(whole(pairs[i][0]), whole(pairs[i][1]))) fail_msg("%s and %s differ", pairs[i][0], pairs[i][1]);
}

static void content_matters(void **state) {
  (void)state;
  static const char *const all[] = {
      "{}",
      "{\"a\":1}",
      "{\"a\":2}",
      "{\"b\":1}",
      "{\"a\":\"1\"}",
      "{\"a\":true}",
      "{\"a\":false}",
      "{\"a\":null}",
      "{\"a\":[]}",
      "{\"a\":{}}",
      "{\"a\":[1]}",
      "{\"a\":[1,1]}",
      "{\"a\":[1,2]}",
      "{\"a\":[2,1]}",
      "{\"a\":[[1],2]}",
      "{\"a\":[1,[2]]}",
      "{\"a\":{\"b\":1}}",
      "{\"a\":{\"b\":1,\"c\":1}}",
      "{\"a\":{\"sentAt\":1}}",
      "{\"a\":{\"b\":\"c\"}}",
      "{\"a\":{\"c\":\"b\"}}",
      "{\"a\":\"\"}",
      "{\"a\":0}",
      "{\"a\":{\"x\":1},\"b\":{\"x\":2}}",
      "{\"a\":{\"x\":2},\"b\":{\"x\":1}}",
  };
  for (size_t i = 0; i < COUNT_OF(all); i++)
    for (size_t k = 0; k < i; k++)
      if (same(whole(all[i]), whole(all[k]))) fail_msg("%s and %s are alike", all[i], all[k]);
}

static uint32_t body(const char *json) {
  static struct normalised normal;
  struct normalise_context context = {.received_ms = TIME_NEVER, .batch_sent_ms = TIME_NEVER};
  struct json_ref root;
  struct err err;
  if (json_parse(reader, json, strlen(json), &root, &err) != 0) fail_msg("%s", err.text);
  if (normalise_event(root, &context, &normal) != REJECT_NONE) fail_msg("%s", normal.reason);
  return fingerprint_body(&normal.event);
}

/* A retry may differ in its envelope and clock, and still is the same event. */
static void a_body_is_what_the_event_says(void **state) {
  (void)state;
  uint32_t first = body("{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,\"properties\":"
                        "{\"a\":1,\"b\":2}}");
  assert_int_equal(
      first, body("{\"properties\":{\"b\":2,\"a\":1},\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\","
                  "\"timestamp\":1,\"sentAt\":9,\"context\":{\"retry\":2}}"));
  static const char *const others[] = {
      "{\"type\":\"track\",\"event\":\"F\",\"userId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":1,\"b\":2}"
      "}",
      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"v\",\"timestamp\":1,\"properties\":{\"a\":1,\"b\":2}"
      "}",
      "{\"type\":\"track\",\"event\":\"E\",\"anonymousId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":1,"
      "\"b\":2}}",
      "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":2,\"b\":1}"
      "}",
      "{\"type\":\"identify\",\"userId\":\"u\",\"timestamp\":1,\"traits\":{\"a\":1,\"b\":2}}",
      "{\"type\":\"page\",\"name\":\"E\",\"userId\":\"u\",\"timestamp\":1,\"properties\":{\"a\":1,\"b\":2}}",
  };
  for (size_t i = 0; i < COUNT_OF(others); i++)
    if (body(others[i]) == first) fail_msg("%s is like the first", others[i]);
}

static int set_up(void **state) {
  (void)state;
  reader = json_reader_new();
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  json_reader_free(reader);
  return 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(spelling_does_not_matter),
      cmocka_unit_test(content_matters),
      cmocka_unit_test(a_body_is_what_the_event_says),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
