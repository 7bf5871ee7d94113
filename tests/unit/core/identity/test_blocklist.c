#include "unit.h"

#include "base/err.h"
#include "core/identity/blocklist.h"

static struct json_reader *reader;
static struct blocklist *list;
static struct buf record;

static int set_up(void **state) {
  (void)state;
  reader = json_reader_new();
  list = blocklist_new();
  buf_init(&record);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  blocklist_free(list);
  json_reader_free(reader);
  buf_release(&record);
  return 0;
}

/* The user u, the device d, the address e@x.example; the device s is shared. */
static void block(struct blocklist *to) {
  static const char ids[] = "{\"ids\":[{\"user\":\"u\"},{\"anonymous\":\"d\"},{\"email\":\"e@x.example\"},"
                            "{\"anonymous\":\"s\",\"spans\":[[0,10]]}],\"before\":1}";
  struct erasure erasure;
  struct json_ref root;
  struct erasure_ask ask;
  struct err err;
  erasure_init(&erasure);
  assert_int_equal(json_parse(reader, ids, strlen(ids), &root, &err), 0);
  assert_int_equal(erasure_parse(&erasure, root, &ask, &err), ERASURE_IDS);
  blocklist_add(to, &erasure);
  buf_clear(&record);
  blocklist_write(to, &erasure, &record);
  erasure_release(&erasure);
}

static bool is_blocked(const struct blocklist *by, const char *json) {
  static struct normalised normal;
  const struct normalise_context context = {.received_ms = 1000, .batch_sent_ms = TIME_NEVER};
  struct json_ref root;
  struct err err;
  assert_int_equal(json_parse(reader, json, strlen(json), &root, &err), 0);
  assert_int_equal(normalise_event(root, &context, &normal), REJECT_NONE);
  return blocklist_has_event(by, &normal.event);
}

static void ids_are_known_by_kind(void **state) {
  (void)state;
  static const struct {
    const char *json;
    bool blocked;
  } cases[] = {
      {"{\"type\":\"page\",\"userId\":\"u\"}", true},
      {"{\"type\":\"page\",\"userId\":\"d\"}", false},
      {"{\"type\":\"page\",\"anonymousId\":\"d\"}", true},
      {"{\"type\":\"page\",\"anonymousId\":\"u\"}", false},
      {"{\"type\":\"page\",\"anonymousId\":\"d\",\"userId\":\"v\"}", true},
      {"{\"type\":\"page\",\"anonymousId\":\"s\"}", false},
      {"{\"type\":\"alias\",\"userId\":\"v\",\"previousId\":\"d\"}", true},
      {"{\"type\":\"identify\",\"userId\":\"v\",\"traits\":{\"email\":\" E@X.example \"}}", true},
      {"{\"type\":\"identify\",\"userId\":\"v\",\"traits\":{\"email\":\"f@x.example\"}}", false},
      {"{\"type\":\"group\",\"groupId\":\"u\"}", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    assert_false(is_blocked(list, cases[i].json)); /* nobody is, yet */
  block(list);
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (is_blocked(list, cases[i].json) != cases[i].blocked) fail_msg("%s", cases[i].json);
  assert_int_equal(blocklist_count(list), 3);
}

static void a_record_says_the_same_and_names_nobody(void **state) {
  (void)state;
  struct blocklist *other = blocklist_new();
  struct json_ref root;
  struct err err;
  block(list);
  assert_null(strstr(record.data, "x.example"));
  assert_int_equal(json_parse(reader, record.data, record.len, &root, &err), 0);
  assert_int_equal(blocklist_take(other, root, &err), 0);
  assert_true(is_blocked(other, "{\"type\":\"page\",\"userId\":\"u\"}"));
  assert_false(is_blocked(other, "{\"type\":\"page\",\"userId\":\"v\"}"));
  block(other); /* with the same key */
  assert_int_equal(blocklist_count(other), 3);
  blocklist_free(other);
}

static void damage_is_refused(void **state) {
  (void)state;
  static const char *const cases[] = {"{}", "{\"key\":\"00\"}",
                                      "{\"key\":\"0000000000000000000000000000000g\"}",
                                      "{\"key\":\"00000000000000000000000000000000\",\"ids\":[\"u\"]}",
                                      "{\"key\":\"00000000000000000000000000000000\",\"ids\":[7]}"};
  struct json_ref root;
  struct err err;
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_int_equal(json_parse(reader, cases[i], strlen(cases[i]), &root, &err), 0);
    assert_int_equal(blocklist_take(list, root, &err), -1);
  }
  static const char other_key[] = "{\"key\":\"00000000000000000000000000000001\",\"ids\":[]}";
  assert_int_equal(json_parse(reader, other_key, strlen(other_key), &root, &err), 0);
  assert_int_equal(blocklist_take(list, root, &err), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(ids_are_known_by_kind, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_record_says_the_same_and_names_nobody, set_up, tear_down),
      cmocka_unit_test_setup_teardown(damage_is_refused, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
