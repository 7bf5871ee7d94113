#include "unit.h"

#include "io/files/infile.h"

#include "base/buf.h"
#include "base/err.h"
#include "scratch_file.h"

#include <fcntl.h>
#include <zlib.h>

static void gives_bytes_as_they_are(void **state) {
  (void)state;
  struct err err;
  struct str bytes;
  uint64_t done, total;
  scratch_write("a\0b\n\r", 5);
  struct infile *in = infile_open(scratch_path, &err);
  assert_string_equal(infile_name(in), scratch_path);
  infile_progress(in, &done, &total);
  assert_int_equal(done, 0);
  assert_int_equal(total, 5);
  assert_int_equal(infile_read(in, &bytes, &err), 1);
  assert_int_equal(bytes.len, 5);
  assert_memory_equal(bytes.p, "a\0b\n\r", 5);
  assert_int_equal(infile_read(in, &bytes, &err), 0);
  assert_int_equal(infile_read(in, &bytes, &err), 0);
  infile_progress(in, &done, &total);
  assert_int_equal(done, 5);
  infile_close(in);
}

static void files_shorter_than_a_mark_are_plain(void **state) {
  (void)state;
  static const char *const texts[] = {"", "a", "\x1f", "\x28\xb5\x2f"};
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct err err;
    struct str bytes;
    size_t len = strlen(texts[i]);
    scratch_write(texts[i], len);
    struct infile *in = infile_open(scratch_path, &err);
    assert_int_equal(infile_read(in, &bytes, &err), len ? 1 : 0);
    assert_int_equal(bytes.len, len);
    infile_close(in);
  }
}

/* A bomb: what comes out is never more than a window at a time. */
static void windows_bound_what_is_held(void **state) {
  (void)state;
  enum { MEGABYTES = 64 };
  struct err err;
  struct str bytes;
  char *zeros = xcalloc(1, 1 << 20);
  gzFile file = gzopen(scratch_path, "wb9");
  for (int i = 0; i < MEGABYTES; i++) assert_int_equal(gzwrite(file, zeros, 1 << 20), 1 << 20);
  gzclose(file);
  free(zeros);
  struct infile *in = infile_open(scratch_path, &err);
  size_t sum = 0;
  while (infile_read(in, &bytes, &err) == 1) {
    assert_true(bytes.len > 0 && bytes.len <= INFILE_WINDOW);
    sum += bytes.len;
  }
  assert_int_equal(sum, (size_t)MEGABYTES << 20);
  infile_close(in);
}

static void reads_standard_input(void **state) {
  (void)state;
  struct err err;
  struct str bytes;
  uint64_t done, total;
  int ends[2], kept = dup(STDIN_FILENO);
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(write(ends[1], "hello", 5), 5);
  close(ends[1]);
  dup2(ends[0], STDIN_FILENO);
  struct infile *in = infile_open("-", &err);
  assert_string_equal(infile_name(in), "standard input");
  assert_int_equal(infile_read(in, &bytes, &err), 1);
  assert_str(bytes, "hello");
  assert_int_equal(infile_read(in, &bytes, &err), 0);
  infile_progress(in, &done, &total);
  assert_int_equal(done, 5);
  assert_int_equal(total, 0);
  infile_close(in);
  assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* it is not ours to close */
  dup2(kept, STDIN_FILENO);
  close(kept);
  close(ends[0]);
}

static void says_what_the_system_says(void **state) {
  (void)state;
  struct err err;
  struct str bytes;
  assert_null(infile_open("/nonexistent/file", &err));
  assert_int_equal(err.code, ERR_SYSTEM);
  struct infile *in = infile_open("/", &err);
  assert_non_null(in);
  assert_int_equal(infile_read(in, &bytes, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  infile_close(in);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gives_bytes_as_they_are),    cmocka_unit_test(files_shorter_than_a_mark_are_plain),
      cmocka_unit_test(windows_bound_what_is_held), cmocka_unit_test(reads_standard_input),
      cmocka_unit_test(says_what_the_system_says),
  };
  return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
