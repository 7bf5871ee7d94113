#include "unit.h"

#include "base/buf.h"
#include "core/lookup/lookup.h"
#include "core/lookup/lookup_csv.h"

static struct arena arena;
static struct err err;

static int set_up(void **state) {
  (void)state;
  arena_init(&arena, 1024);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  arena_release(&arena);
  return 0;
}

static struct lookup_csv *table(const char *text) {
  struct lookup_csv *csv = lookup_csv_new(str_of(text), &err);
  if (!csv) fail_msg("%s", err.text);
  return csv;
}

static void expect(const struct lookup_csv *csv, const char *key, const char *column, const char *expected) {
  struct value row = lookup_csv_find(csv, str_of(key), &arena);
  struct str text = value_text(value_get(row, str_of(column)));
  if (!str_eq(text, str_of(expected))) fail_msg("%s of %s is '%.*s'", column, key, STR_ARG(text));
}

static void finds_rows_by_their_first_column(void **state) {
  (void)state;
  struct lookup_csv *csv =
      table("domain,name,size\nacme.example,\"Acme, Inc.\",300\n\nb.example,\"the \"\"B\"\"\",\n");
  assert_int_equal(lookup_csv_rows(csv), 2);
  expect(csv, "acme.example", "name", "Acme, Inc.");
  expect(csv, " ACME.Example ", "size", "300");
  expect(csv, "b.example", "name", "the \"B\"");
  expect(csv, "b.example", "size", "");
  assert_int_equal(lookup_csv_find(csv, STR("c.example"), &arena).kind, VALUE_MISSING);
  assert_int_equal(lookup_csv_find(csv, STR(""), &arena).kind, VALUE_MISSING);
  lookup_csv_free(csv);
}

static void reads_what_spreadsheets_write(void **state) {
  (void)state;
  struct lookup_csv *csv = table("\xef\xbb\xbf"
                                 "key;value\r\na;\"two\r\nlines\"\r\nb;x");
  expect(csv, "a", "value", "two\r\nlines");
  expect(csv, "b", "value", "x");
  lookup_csv_free(csv);
  csv = table("key\tvalue\na\t1,5\n");
  expect(csv, "a", "value", "1,5");
  lookup_csv_free(csv);
}

static void of_equal_keys_the_first_row_wins(void **state) {
  (void)state;
  struct lookup_csv *csv = table("k,v\nÁna,1\nána,2\n");
  assert_int_equal(lookup_csv_rows(csv), 1);
  expect(csv, "ÁNA", "v", "1");
  lookup_csv_free(csv);
}

static void says_which_row_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *text, *says;
  } cases[] = {
      {"a,b\n1\n", "row 2 has 1 fields, and the first line names 2 columns"},
      {"a,b\n1,2\n3,4,5\n", "row 3 has 3 fields"},
      {"a,b\n\"1,2\n", "row 2: a quote is not closed"},
      {"a,b\n\"1\"x,2\n", "row 2: a quote is not closed, or text follows it"},
      {"\"a,b\n", "line 1: a quote is not closed"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_null(lookup_csv_new(str_of(cases[i].text), &err));
    if (!strstr(err.text, cases[i].says)) fail_msg("%s: %s", cases[i].text, err.text);
  }
}

static void is_bounded(void **state) {
  (void)state;
  struct buf text;
  buf_init(&text);
  for (int i = 0; i <= LOOKUP_COLUMNS_MAX; i++) buf_printf(&text, "%sc%d", i ? "," : "", i);
  assert_null(lookup_csv_new(buf_str(&text), &err));
  assert_non_null(strstr(err.text, "more than 64 columns"));
  buf_release(&text);
  struct lookup_csv *csv = table("");
  assert_int_equal(lookup_csv_rows(csv), 0);
  lookup_csv_free(csv);
}

/* Nobody but a look-up reads it, so nobody else would say so. */
static void a_bad_list_or_table_is_a_problem_with_its_file(void **state) {
  (void)state;
  static const struct {
    const char *path, *text, *code, *says;
  } cases[] = {{"lists/free.txt", "a.example\nb.*.example\n", "bad_list", "lists/free.txt:2: "},
               {"lists/sizes.csv", "domain,size\nacme.example\n", "table", "row 2 has 1 fields"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct problems problems;
    struct ruledir bundle;
    problems_init(&problems);
    ruledir_init(&bundle);
    assert_int_equal(ruledir_add(&bundle, cases[i].path, str_of(cases[i].text), &err), 0);
    ruledir_end(&bundle);
    struct lookup *lookup = lookup_new(&bundle, &problems);
    assert_int_equal(problems.errors, 1);
    assert_string_equal(problems.items[0].code, cases[i].code);
    assert_string_equal(problems.items[0].place.file, cases[i].path);
    if (!strstr(problems.items[0].text, cases[i].says)) fail_msg("%s", problems.items[0].text);
    lookup_free(lookup);
    ruledir_release(&bundle);
    problems_release(&problems);
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_bad_list_or_table_is_a_problem_with_its_file),
      TEST(finds_rows_by_their_first_column),
      TEST(reads_what_spreadsheets_write),
      TEST(of_equal_keys_the_first_row_wins),
      TEST(says_which_row_is_wrong),
      TEST(is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
