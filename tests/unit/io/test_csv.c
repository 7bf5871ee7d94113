#include "unit.h"

#include "io/files/csv.h"

#include "base/buf.h"
#include "scratch_file.h"

/* Rows as "line:field,field|"; a bad one as "line!fault|". */
static char *read_rows(struct err *err) {
  struct buf seen;
  struct csv_row row;
  buf_init(&seen);
  struct csv *csv = csv_open(scratch_path, err);
  assert_non_null(csv);
  int got;
  while ((got = csv_next(csv, &row, err)) == 1) {
    buf_printf(&seen, "%llu", (unsigned long long)row.line);
    if (row.fault) buf_printf(&seen, "!%s", row.fault);
    for (size_t i = 0; i < row.count && !row.fault; i++)
      buf_printf(&seen, "%c%.*s", i ? ',' : ':', STR_ARG(row.fields[i]));
    buf_add_char(&seen, '|');
  }
  if (got == 0) assert_int_equal(csv_next(csv, &row, err), 0);
  if (got < 0) buf_add_text(&seen, "error");
  csv_close(csv);
  return buf_detach(&seen);
}

static void splits_rows(void **state) {
  (void)state;
  static const struct {
    const char *text, *rows;
  } cases[] = {
      {"", ""},
      {"a", "1:a|"},
      {"a,b\n1,2\n", "1:a,b|2:1,2|"},
      {"a,b\r\n1,2\r\n", "1:a,b|2:1,2|"},
      {"a,b\r\n1,\r\n,\r\n", "1:a,b|2:1,|3:,|"},
      {"\n\na,b\n\r\n  \n1,2", "3:a,b|6:1,2|"},
      {"\xef\xbb\xbf"
       "a,b\n",
       "1:a,b|"},
      {"a;b\n1,5;2\n", "1:a,b|2:1,5,2|"},
      {"a\tb\n1 2\t3\n", "1:a,b|2:1 2,3|"},
      {"a|b,c|d\n1|2|3\n", "1:a,b,c,d|2:1,2,3|"},
      {"\"a;;;\",b\n", "1:a;;;,b|"},
      {"\"a\",\"b, c\"\n\"1\n2\",\"say \"\"hi\"\"\"\n3,4\n", "1:a,b, c|2:1\n2,say \"hi\"|4:3,4|"},
      {"\"\",\"\"\n", "1:,|"},
      {"a,5\" disk\n", "1:a,5\" disk|"},
      {"\"a\"\r\n\"b\"\r\n", "1:a|2:b|"},
      {"a,b\n\"x\"y,1\n3,4\n", "1:a,b|2!something follows a closing quote|3:3,4|"},
      {"a,b\n1,\"x\n2,3\n", "1:a,b|2!a quote is not closed|"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct err err;
    scratch_write(cases[i].text, strlen(cases[i].text));
    char *rows = read_rows(&err);
    if (strcmp(rows, cases[i].rows) != 0) fail_msg("case %zu: %s", i, rows);
    free(rows);
  }
}

static void bounds_rows(void **state) {
  (void)state;
  struct buf text;
  struct err err;
  buf_init(&text);
  buf_add_text(&text, "a,b\n");
  buf_add_repeat(&text, 'x', CSV_ROW_MAX + 1);
  buf_add_text(&text, "\n1,2\n\"");
  buf_add_repeat(&text, 'x', CSV_ROW_MAX + 1);
  buf_add_text(&text, "\n3,4\n");
  buf_add_repeat(&text, ',', CSV_FIELDS_MAX);
  buf_add_text(&text, "\n5,6\n");
  scratch_write(text.data, text.len);
  char *rows = read_rows(&err);
  assert_string_equal(rows, "1:a,b|2!it is longer than 10 MB|3:1,2|4!a quote is not closed|5:3,4|"
                            "6!it has more than 4096 fields|7:5,6|");
  free(rows);
  buf_release(&text);
}

static void refuses_utf16(void **state) {
  (void)state;
  struct err err;
  scratch_write("\xff\xfe"
                "a",
                3);
  char *rows = read_rows(&err);
  assert_string_equal(rows, "error");
  assert_non_null(strstr(err.text, "iconv"));
  free(rows);
}

static void knows_its_delimiter_and_progress(void **state) {
  (void)state;
  struct err err;
  struct csv_row row;
  uint64_t done, total;
  scratch_write("a;b\n1;2\n", 8);
  struct csv *csv = csv_open(scratch_path, &err);
  while (csv_next(csv, &row, &err) == 1) continue;
  assert_int_equal(csv_delimiter(csv), ';');
  csv_progress(csv, &done, &total);
  assert_int_equal(done, 8);
  assert_int_equal(total, 8);
  assert_string_equal(csv_name(csv), scratch_path);
  csv_close(csv);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(splits_rows),
      cmocka_unit_test(bounds_rows),
      cmocka_unit_test(refuses_utf16),
      cmocka_unit_test(knows_its_delimiter_and_progress),
  };
  return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
