#include "model/event.h"

#include "unit.h"

static void every_type_has_a_word_that_reads_back(void **state) {
  (void)state;
  for (int i = 0; i < EVENT_TYPES; i++) {
    enum event_type type = EVENT_TYPES;
    assert_true(event_type_parse(str_of(event_type_word((enum event_type)i)), &type));
    assert_int_equal(type, i);
  }
}

static void words_are_the_segment_specs(void **state) {
  (void)state;
  assert_string_equal(event_type_word(EVENT_GROUP), "group");
  assert_string_equal(event_type_word(EVENT_ALIAS), "alias");
  enum event_type type = EVENT_PAGE;
  assert_false(event_type_parse(STR("Track"), &type));
  assert_false(event_type_parse(STR(""), &type));
  assert_false(event_type_parse(STR("group_call"), &type));
  assert_int_equal(type, EVENT_PAGE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type_has_a_word_that_reads_back),
      cmocka_unit_test(words_are_the_segment_specs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
