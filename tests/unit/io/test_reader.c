#include "unit.h"

#include "io/files/reader.h"

#include "base/buf.h"
#include "scratch_file.h"
#include <zlib.h>
#include <zstd.h>

/* The lines as "number:text|", an over-long one as "number!|", then "error" when reading failed. */
static char *read_lines(size_t line_max, struct err *err) {
  struct buf seen;
  struct line line;
  buf_init(&seen);
  struct reader *reader = reader_open(scratch_path, line_max, err);
  assert_non_null(reader);
  int got;
  while ((got = reader_next(reader, &line, err)) == 1) {
    buf_printf(&seen, "%llu%s", (unsigned long long)line.number, line.too_long ? "!" : ":");
    buf_add_str(&seen, line.text);
    buf_add_char(&seen, '|');
  }
  if (got == 0) assert_int_equal(reader_next(reader, &line, err), 0);
  if (got < 0) buf_add_text(&seen, "error");
  reader_close(reader);
  buf_add(&seen, "", 1);
  return buf_detach(&seen);
}

static void expect(size_t line_max, const char *lines) {
  struct err err;
  char *seen = read_lines(line_max, &err);
  assert_string_equal(seen, lines);
  free(seen);
}

static void splits_lines(void **state) {
  (void)state;
  static const struct {
    const char *text, *lines;
  } cases[] = {
      {"", ""},
      {"a", "1:a|"},
      {"a\n", "1:a|"},
      {"a\nb", "1:a|2:b|"},
      {"a\r\nb\r\n", "1:a|2:b|"},
      {"\n\na\n  \n\t\r\nb\n\n", "3:a|6:b|"},
      {"\xef\xbb\xbf{}\n\xef\xbb\xbf", "1:{}|2:\xef\xbb\xbf|"},
      {"\n", ""},
      {"\xef\xbb\xbf", ""},
      {"a\rb\n", "1:a\rb|"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    scratch_write(cases[i].text, strlen(cases[i].text));
    expect(0, cases[i].lines);
  }
}

static void keeps_nul_bytes(void **state) {
  (void)state;
  struct err err;
  struct line line;
  scratch_write("a\0b\nc", 5);
  struct reader *reader = reader_open(scratch_path, 0, &err);
  assert_int_equal(reader_next(reader, &line, &err), 1);
  assert_int_equal(line.text.len, 3);
  assert_memory_equal(line.text.p, "a\0b", 3);
  assert_int_equal(reader_next(reader, &line, &err), 1);
  assert_str(line.text, "c");
  reader_close(reader);
}

static void skips_lines_over_the_limit(void **state) {
  (void)state;
  scratch_write("abc\nabcd\nab\nabcde", 17);
  expect(3, "1:abc|2!|3:ab|4!|");
}

/* Lines of all lengths around the window's edge, and one that spans several windows. */
static void joins_lines_across_windows(void **state) {
  (void)state;
  struct buf text;
  struct line line;
  struct err err;
  buf_init(&text);
  const size_t lens[] = {INFILE_WINDOW - 2, 1, INFILE_WINDOW - 1, INFILE_WINDOW, 5, 3 * INFILE_WINDOW + 7, 2};
  for (size_t i = 0; i < COUNT_OF(lens); i++) {
    buf_add_repeat(&text, (char)('a' + i), lens[i]);
    buf_add_char(&text, '\n');
  }
  scratch_write(text.data, text.len);
  struct reader *reader = reader_open(scratch_path, 0, &err);
  for (size_t i = 0; i < COUNT_OF(lens); i++) {
    assert_int_equal(reader_next(reader, &line, &err), 1);
    assert_int_equal(line.text.len, lens[i]);
    assert_int_equal(line.text.p[0], 'a' + (char)i);
    assert_int_equal(line.text.p[lens[i] - 1], 'a' + (char)i);
    assert_int_equal(line.number, i + 1);
  }
  assert_int_equal(reader_next(reader, &line, &err), 0);
  uint64_t done, total;
  reader_progress(reader, &done, &total);
  assert_int_equal(done, text.len);
  assert_int_equal(total, text.len);
  reader_close(reader);
  buf_release(&text);
}

static void add_gzip(struct buf *out, const char *text, size_t len) {
  z_stream z = {0};
  assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  buf_reserve(out, deflateBound(&z, len));
  z.next_in = (unsigned char *)text, z.avail_in = (uInt)len;
  z.next_out = (unsigned char *)out->data + out->len, z.avail_out = (uInt)deflateBound(&z, len);
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  out->len += z.total_out;
  deflateEnd(&z);
}

static void add_zstd(struct buf *out, const char *text, size_t len) {
  size_t bound = ZSTD_compressBound(len);
  buf_reserve(out, bound);
  size_t got = ZSTD_compress(out->data + out->len, bound, text, len, 3);
  assert_false(ZSTD_isError(got));
  out->len += got;
}

static void (*const packers[])(struct buf *, const char *, size_t) = {add_gzip, add_zstd};

static void unpacks_members_and_frames(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(packers); i++) {
    struct buf packed;
    buf_init(&packed);
    packers[i](&packed, "one\ntw", 6);
    packers[i](&packed, "", 0);
    packers[i](&packed, "o\nthree", 7);
    scratch_write(packed.data, packed.len);
    expect(0, "1:one|2:two|3:three|");
    buf_release(&packed);
  }
}

static void unpacks_what_is_much_larger_than_a_window(void **state) {
  (void)state;
  struct buf text, packed;
  buf_init(&text);
  for (int i = 0; i < 300000; i++) buf_printf(&text, "line %d\n", i);
  for (size_t i = 0; i < COUNT_OF(packers); i++) {
    struct line line;
    struct err err;
    char expected[32];
    buf_init(&packed);
    packers[i](&packed, text.data, text.len);
    scratch_write(packed.data, packed.len);
    struct reader *reader = reader_open(scratch_path, 0, &err);
    for (int n = 0; n < 300000; n++) {
      assert_int_equal(reader_next(reader, &line, &err), 1);
      snprintf(expected, sizeof expected, "line %d", n);
      assert_str(line.text, expected);
    }
    assert_int_equal(reader_next(reader, &line, &err), 0);
    uint64_t done, total;
    reader_progress(reader, &done, &total);
    assert_int_equal(done, packed.len);
    assert_int_equal(total, packed.len);
    reader_close(reader);
    buf_release(&packed);
  }
  buf_release(&text);
}

static void pads_gzip_with_zeros(void **state) {
  (void)state;
  struct buf packed;
  buf_init(&packed);
  add_gzip(&packed, "one\n", 4);
  buf_add(&packed, "\0\0\0\0", 4);
  scratch_write(packed.data, packed.len);
  expect(0, "1:one|");
  buf_release(&packed);
}

/* What came before the damage is given out; the error names the file and the place. */
static void reports_damage(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(packers); i++)
    for (int way = 0; way < 3; way++) {
      struct buf packed;
      struct err err;
      buf_init(&packed);
      packers[i](&packed, "one\n", 4);
      size_t good = packed.len;
      if (way < 2) packers[i](&packed, "two\nthree\n", 10);
      if (way == 0) packed.len -= 3;                     /* cut */
      if (way == 1) packed.data[packed.len - 2] ^= 0x55; /* checksum or content */
      if (way == 2) buf_add_text(&packed, "garbage");
      if (way == 1 && i == 1) packed.data[good] ^= 0x55; /* zstd's one-shot frames carry no checksum */
      scratch_write(packed.data, packed.len);
      char *seen = read_lines(0, &err);
      if (strncmp(seen, "1:one|", 6) != 0 || strcmp(seen + strlen(seen) - 5, "error") != 0)
        fail_msg("%s", seen);
      assert_non_null(strstr(err.text, scratch_path));
      assert_non_null(strstr(err.text, "at byte"));
      free(seen);
      buf_release(&packed);
    }
}

static void refuses_what_is_no_text(void **state) {
  (void)state;
  struct err err;
  scratch_write("\xff\xfe{\0}\0", 6);
  char *seen = read_lines(0, &err);
  assert_string_equal(seen, "error");
  assert_non_null(strstr(err.text, "iconv"));
  free(seen);
  assert_null(reader_open("/nonexistent/events.ndjson", 0, &err));
  assert_non_null(strstr(err.text, "/nonexistent/events.ndjson"));
  struct reader *reader = reader_open("/", 0, &err);
  struct line line;
  if (reader) assert_int_equal(reader_next(reader, &line, &err), -1);
  reader_close(reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(splits_lines),
      cmocka_unit_test(keeps_nul_bytes),
      cmocka_unit_test(skips_lines_over_the_limit),
      cmocka_unit_test(joins_lines_across_windows),
      cmocka_unit_test(unpacks_members_and_frames),
      cmocka_unit_test(unpacks_what_is_much_larger_than_a_window),
      cmocka_unit_test(pads_gzip_with_zeros),
      cmocka_unit_test(reports_damage),
      cmocka_unit_test(refuses_what_is_no_text),
  };
  return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
