#include "model/match/field.h"

#include "forms.h"
#include "unit.h"

static const char *const document =
    "{\"properties\":{\"path\":null,\"a.b\":\"literal\",\"a\":{\"b\":\"nested\",\"c\":[1,\"two\"]},\"n\":5,"
    "\"yes\":true,"
    "\"title\":\"Own\"},"
    "\"context\":{\"page\":{\"path\":\"/"
    "pricing\",\"title\":\"Page\",\"url\":\"u\"},\"campaign\":{\"medium\":\"cpc\"}},"
    "\"traits\":{\"firstName\":\"Ana\",\"Job "
    "Title\":\"CTO\",\"company\":{\"employeeCount\":300},\"last_name\":\"exact\","
    "\"lastName\":\"other\",\"my.key\":1}}";

struct fixture {
  struct json_reader *reader;
  struct json_ref root;
  struct arena scratch;
};

static int set_up(void **state) {
  static struct fixture fixture;
  struct err err;
  fixture.reader = json_reader_new();
  arena_init(&fixture.scratch, 0);
  *state = &fixture;
  return json_parse(fixture.reader, document, strlen(document), &fixture.root, &err);
}

static int tear_down(void **state) {
  struct fixture *fixture = *state;
  json_reader_free(fixture->reader);
  arena_release(&fixture->scratch);
  return 0;
}

static struct value look(void **state, enum event_type type, enum field_root root, bool or_page,
                         const char *path) {
  struct fixture *fixture = *state;
  const struct event event = event_over(fixture->root, type, "", 0);
  const struct field field = {.root = root, .or_page = or_page, .path = str_of(path)};
  return field_value(&field, &event, &fixture->scratch);
}

static void is_text(struct value v, const char *expected) {
  assert_int_equal(v.kind, VALUE_STRING);
  assert_str(value_text(v), expected);
}

static void paths_walk_objects(void **state) {
  is_text(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "a.b"), "literal");
  is_text(look(state, EVENT_TRACK, FIELD_CONTEXT, false, "campaign.medium"), "cpc");
  is_text(look(state, EVENT_TRACK, FIELD_CONTEXT, false, "page.path"), "/pricing");
  struct value list = look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "a.c");
  assert_int_equal(list.kind, VALUE_LIST);
  assert_int_equal(list.len, 2);
  is_text(list.items[1], "two");
  assert_int_equal(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "a").kind, VALUE_MAP);
  assert_int_equal(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "a.x").kind, VALUE_MISSING);
  assert_int_equal(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "n.x").kind, VALUE_MISSING);
  assert_true(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "n").number == 5);
  assert_true(look(state, EVENT_TRACK, FIELD_PROPERTIES, false, "yes").boolean);
}

static void pages_fall_back_to_their_context(void **state) {
  is_text(look(state, EVENT_PAGE, FIELD_PROPERTIES, true, "path"), "/pricing"); /* null counts as absent */
  is_text(look(state, EVENT_SCREEN, FIELD_PROPERTIES, true, "url"), "u");
  is_text(look(state, EVENT_PAGE, FIELD_PROPERTIES, true, "title"), "Own");
  assert_int_equal(look(state, EVENT_TRACK, FIELD_PROPERTIES, true, "url").kind, VALUE_MISSING);
  assert_int_equal(look(state, EVENT_PAGE, FIELD_PROPERTIES, false, "url").kind, VALUE_MISSING);
  assert_int_equal(look(state, EVENT_PAGE, FIELD_PROPERTIES, true, "search").kind, VALUE_MISSING);
}

static void traits_are_found_by_their_snake_case_names(void **state) {
  is_text(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "first_name"), "Ana");
  is_text(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "firstName"), "Ana");
  is_text(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "job_title"), "CTO");
  is_text(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "last_name"), "exact");
  assert_true(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "company.employee_count").number == 300);
  assert_true(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "my.key").number == 1);
  assert_int_equal(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "company.size").kind, VALUE_MISSING);
  assert_int_equal(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "first_name.x").kind, VALUE_MISSING);
  assert_int_equal(look(state, EVENT_IDENTIFY, FIELD_TRAITS, false, "phone").kind, VALUE_MISSING);
}

static void an_event_without_parts_has_no_fields(void **state) {
  struct fixture *fixture = *state;
  const struct event event = {.type = EVENT_PAGE};
  for (int root = FIELD_PROPERTIES; root <= FIELD_TRAITS; root++) {
    const struct field field = {.root = (enum field_root)root, .or_page = true, .path = STR("path")};
    assert_int_equal(field_value(&field, &event, &fixture->scratch).kind, VALUE_MISSING);
  }
}

static void hashes_tell_values_apart(void **state) {
  (void)state;
  const struct value one[] = {N(1), T("two")}, other[] = {N(1), T("three")};
  const struct value list = {.kind = VALUE_LIST, .len = 2, .items = one};
  const struct value again = {.kind = VALUE_LIST, .len = 2, .items = one};
  const struct value different = {.kind = VALUE_LIST, .len = 2, .items = other};
  assert_true(field_hash(value_str(STR("/a"))) != field_hash(value_str(STR("/b"))));
  assert_true(field_hash(value_str(STR("/a"))) != field_hash(value_str(STR("/A"))));
  assert_true(field_hash(value_number(5)) == field_hash(value_str(STR("5"))));
  assert_true(field_hash(value_number(5)) != field_hash(value_number(5.5)));
  assert_true(field_hash(value_bool(true)) != field_hash(value_bool(false)));
  assert_true(field_hash(list) == field_hash(again));
  assert_true(field_hash(list) != field_hash(different));
}

static void only_what_has_no_content_hashes_to_nothing(void **state) {
  (void)state;
  assert_int_equal(field_hash(VALUE_NONE), 0);
  assert_int_equal(field_hash((struct value){.kind = VALUE_NULL}), 0);
  assert_int_equal(field_hash(value_str(STR("  "))), 0);
  assert_int_equal(field_hash((struct value){.kind = VALUE_LIST}), 0);
  assert_int_not_equal(field_hash(value_number(0)), 0);
  assert_int_not_equal(field_hash(value_bool(false)), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(paths_walk_objects),
      cmocka_unit_test(pages_fall_back_to_their_context),
      cmocka_unit_test(traits_are_found_by_their_snake_case_names),
      cmocka_unit_test(an_event_without_parts_has_no_fields),
      cmocka_unit_test(hashes_tell_values_apart),
      cmocka_unit_test(only_what_has_no_content_hashes_to_nothing),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
