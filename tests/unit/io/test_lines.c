#include "unit.h"

#include "io/files/lines.h"

/* The lines as "number:text|", an over-long one as "number!|", of a text that comes in pieces of so many bytes. */
static void expect(const char *text, size_t piece, size_t line_max, const char *expected) {
  struct lines lines;
  struct line line;
  struct buf seen;
  struct str rest = str_of(text);
  buf_init(&seen);
  lines_init(&lines, line_max);
  while (rest.len) {
    size_t size = rest.len < piece ? rest.len : piece;
    char *room = test_malloc(size); /* each piece is gone when the next one comes */
    memcpy(room, rest.p, size);
    struct str bytes = {room, size};
    rest = (struct str){rest.p + size, rest.len - size};
    while (lines_next(&lines, &bytes, &line)) {
      buf_printf(&seen, "%u%s%.*s|", (unsigned)line.number, line.too_long ? "!" : ":", STR_ARG(line.text));
    }
    assert_int_equal(bytes.len, 0);
    test_free(room);
    assert_true(lines.partial.len <= line_max);
  }
  if (lines_last(&lines, &line))
    buf_printf(&seen, "%u%s%.*s|", (unsigned)line.number, line.too_long ? "!" : ":", STR_ARG(line.text));
  assert_false(lines_last(&lines, &line));
  if (strcmp(seen.data, expected) != 0)
    fail_msg("\"%s\" by %zu: %s, expected %s", text, piece, seen.data, expected);
  lines_release(&lines);
  buf_release(&seen);
}

static void pieces_do_not_matter(void **state) {
  (void)state;
  static const struct {
    const char *text, *lines;
  } cases[] = {
      {"", ""},
      {"a", "1:a|"},
      {"a\nbc\r\n\n  \nd", "1:a|2:bc|5:d|"},
      {"\n\na\n", "3:a|"},
      {"\xef\xbb\xbf{}\n\xef\xbb\xbf", "1:{}|2:\xef\xbb\xbf|"},
      {"12345678\n123456789\n1\n", "1:12345678|2!|3:1|"},
      {"1234567890123456789012\nab\n1234567890", "1!|2:ab|3!|"},
      {"a\rb\n\r\n", "1:a\rb|"},
      {"   \n \t", ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    for (size_t piece = 1; piece <= 30; piece++) expect(cases[i].text, piece, 8, cases[i].lines);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(pieces_do_not_matter)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
