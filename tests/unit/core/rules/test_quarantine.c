#include "unit.h"

#include "core/rules/quarantine.h"

static const char one[] =
    "[{\"function\":\"rule a\",\"ruleset\":\"r1\",\"reason\":\"fuel\",\"file\":\"a.lua\",\"line\":3,"
    "\"failures\":5,\"at\":\"2026-01-02T03:04:05Z\"}]";

static void expect_json(const struct quarantine *quarantine, const char *json) {
  struct buf text;
  struct json_writer w;
  buf_init(&text);
  json_writer_init(&w, &text);
  quarantine_put(quarantine, &w);
  assert_string_equal(text.data, json);
  buf_release(&text);
}

static void it_is_what_was_written(void **state) {
  (void)state;
  struct err err;
  struct quarantine *quarantine = quarantine_new();
  assert_int_equal(quarantine_parse(quarantine, str_of(one), &err), 0);
  expect_json(quarantine, one);
  assert_non_null(quarantine_find(quarantine, STR("r1"), STR("rule a")));
  assert_null(quarantine_find(quarantine, STR("r2"), STR("rule a")));
  assert_int_equal(quarantine_release(quarantine, STR("rule b")), 0);
  assert_int_equal(quarantine_release(quarantine, STR("rule a")), 1);
  expect_json(quarantine, "[]");
  quarantine_free(quarantine);
}

static void what_is_no_entry_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"[{}]", "[{\"function\":\"rule a\"}]", "[7]", "nothing"};
  for (size_t i = 0; i < COUNT_OF(bad); i++) {
    struct err err;
    struct quarantine *quarantine = quarantine_new();
    assert_int_equal(quarantine_parse(quarantine, str_of(bad[i]), &err), -1);
    assert_true(err.text[0]);
    quarantine_free(quarantine);
  }
}

static void the_oldest_go_first(void **state) {
  (void)state;
  struct buf json;
  struct err err;
  struct quarantine *quarantine = quarantine_new();
  buf_init(&json);
  buf_add_char(&json, '[');
  for (int i = 0; i <= QUARANTINE_MAX; i++)
    buf_printf(&json, "%s{\"function\":\"rule %d\",\"ruleset\":\"r\"}", i ? "," : "", i);
  buf_add_char(&json, ']');
  assert_int_equal(quarantine_parse(quarantine, buf_str(&json), &err), 0);
  assert_int_equal(quarantine_count(quarantine), QUARANTINE_MAX);
  assert_true(str_eq(quarantine_at(quarantine, 0)->owner, STR("rule 1")));
  assert_int_equal(quarantine_release(quarantine, STR("")), QUARANTINE_MAX);
  buf_release(&json);
  quarantine_free(quarantine);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_is_what_was_written),
      cmocka_unit_test(what_is_no_entry_is_refused),
      cmocka_unit_test(the_oldest_go_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
