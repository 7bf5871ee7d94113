#include "unit.h"

#include "base/value.h"
#include <math.h>

#define TEXT(literal) value_str(STR(literal))
#define LIST(array)   ((struct value){.kind = VALUE_LIST, .len = COUNT_OF(array), .items = (array)})
#define MAP(array)    ((struct value){.kind = VALUE_MAP, .len = COUNT_OF(array), .pairs = (array)})
static const struct value null = {.kind = VALUE_NULL}, no_items = {.kind = VALUE_LIST},
                          no_pairs = {.kind = VALUE_MAP};

static void equals_deeply(void **state) {
  (void)state;
  const struct value ab[] = {TEXT("a"), value_number(2)}, ba[] = {value_number(2), TEXT("a")};
  const struct pair one[] = {{STR("x"), LIST(ab)}, {STR("y"), null}},
                    two[] = {{STR("y"), null}, {STR("x"), LIST(ab)}};
  const struct pair other[] = {{STR("x"), LIST(ba)}, {STR("y"), null}},
                    renamed[] = {{STR("x"), LIST(ab)}, {STR("z"), null}};
  assert_true(value_eq(LIST(ab), LIST(ab)));
  assert_false(value_eq(LIST(ab), LIST(ba)));
  assert_true(value_eq(MAP(one), MAP(two)));
  assert_false(value_eq(MAP(one), MAP(other)));
  assert_false(value_eq(MAP(one), MAP(renamed)));
  assert_false(value_eq(MAP(one), no_pairs));
  assert_true(value_eq(no_pairs, no_pairs));
  assert_false(value_eq(no_pairs, no_items));
}

static void equals_scalars(void **state) {
  (void)state;
  assert_true(value_eq(VALUE_NONE, VALUE_NONE));
  assert_false(value_eq(VALUE_NONE, null));
  assert_true(value_eq(value_bool(true), value_bool(true)));
  assert_false(value_eq(value_bool(true), value_bool(false)));
  assert_true(value_eq(value_number(0.0), value_number(-0.0)));
  assert_false(value_eq(value_number(1), TEXT("1")));
  assert_true(value_eq(TEXT(""), value_str((struct str){0})));
}

static void tells_content_from_none(void **state) {
  (void)state;
  const struct value item[] = {VALUE_NONE};
  assert_false(value_present(VALUE_NONE));
  assert_false(value_present(null));
  assert_false(value_present(TEXT("")));
  assert_false(value_present(TEXT(" \n")));
  assert_false(value_present(no_items));
  assert_false(value_present(no_pairs));
  assert_true(value_present(value_bool(false)));
  assert_true(value_present(value_number(0)));
  assert_true(value_present(TEXT("x")));
  assert_true(value_present(LIST(item)));
}

static void walks_paths(void **state) {
  (void)state;
  const struct pair utm[] = {{STR("source"), TEXT("ads")}, {STR(""), TEXT("blank")}};
  const struct pair root[] = {
      {STR("utm"), MAP(utm)}, {STR("utm.source"), TEXT("literal")}, {STR("n"), value_number(1)}};
  assert_str(value_text(value_path(MAP(root), STR("utm.source"))), "literal");
  assert_str(value_text(value_path(MAP(root), STR("utm."))), "blank");
  assert_int_equal(value_path(MAP(root), STR("utm")).kind, VALUE_MAP);
  assert_int_equal(value_path(MAP(root), STR("utm.medium")).kind, VALUE_MISSING);
  assert_int_equal(value_path(MAP(root), STR("n.source")).kind, VALUE_MISSING);
  assert_int_equal(value_path(MAP(root), (struct str){0}).kind, VALUE_MISSING);
  assert_str(
      value_text(value_path((struct value){.kind = VALUE_MAP, .len = 1, .pairs = root}, STR("utm.source"))),
      "ads");
  assert_int_equal(value_get(value_number(1), STR("n")).kind, VALUE_MISSING);
}

static void copies_outlive_their_source(void **state) {
  (void)state;
  struct arena arena;
  char key[] = "key", text[] = "text";
  arena_init(&arena, 0);
  struct value items[] = {value_str((struct str){text, 4}), value_number(1.5), null};
  struct pair pairs[] = {{{key, 3}, LIST(items)}, {STR("none"), no_items}};
  struct value copy = value_copy(&arena, MAP(pairs));
  memset(key, 'x', 3), memset(text, 'x', 4), items[1].number = 0;
  struct value list = value_get(copy, STR("key"));
  assert_int_equal(list.len, 3);
  assert_str(value_text(list.items[0]), "text");
  assert_true(list.items[1].number == 1.5);
  assert_int_equal(value_get(copy, STR("none")).kind, VALUE_LIST);
  arena_release(&arena);
}

static void kinds_have_words(void **state) {
  (void)state;
  assert_string_equal(value_kind_word(VALUE_STRING), "a string");
  assert_string_equal(value_kind_word(VALUE_MISSING), "nothing");
  assert_int_equal(sizeof(struct value), 16);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equals_deeply),
      cmocka_unit_test(equals_scalars),
      cmocka_unit_test(tells_content_from_none),
      cmocka_unit_test(walks_paths),
      cmocka_unit_test(copies_outlive_their_source),
      cmocka_unit_test(kinds_have_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
