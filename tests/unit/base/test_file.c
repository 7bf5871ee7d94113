#include "unit.h"

#include "base/file.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/embudo_test_XXXXXX", path[64], aside[80];

static int make_dir(void **state) {
  (void)state;
  memcpy(dir + sizeof dir - 7, "XXXXXX", 6);
  if (!mkdtemp(dir)) return -1;
  snprintf(path, sizeof path, "%s/file", dir);
  snprintf(aside, sizeof aside, "%s.tmp", path);
  return 0;
}

static int remove_dir(void **state) {
  (void)state;
  unlink(path);
  unlink(aside);
  return rmdir(dir);
}

static void check_content(const char *expected) {
  struct buf out;
  struct err err;
  buf_init(&out);
  buf_add_text(&out, "before ");
  if (file_read(path, 100, &out, &err)) fail_msg("%s", err.text);
  struct str added = {out.data + 7, out.len - 7};
  assert_str(added, expected);
  buf_release(&out);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  struct err err;
  struct stat info;
  assert_int_equal(file_write(path, 0600, STR("one"), &err), 0);
  check_content("one");
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0600);
  assert_int_equal(file_write(path, 0600, STR(""), &err), 0);
  check_content("");
  assert_int_equal(access(aside, F_OK), -1);
}

static void reading_is_bounded(void **state) {
  (void)state;
  struct buf out;
  struct err err;
  assert_int_equal(file_write(path, 0600, STR("0123456789"), &err), 0);
  buf_init(&out);
  assert_int_equal(file_read(path, 10, &out, &err), 0);
  assert_int_equal(file_read(path, 9, &out, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  buf_release(&out);
}

static void refuses_what_is_no_file(void **state) {
  (void)state;
  struct buf out;
  struct err err;
  buf_init(&out);
  assert_int_equal(file_read(path, 9, &out, &err), -1);
  assert_int_equal(err.code, ERR_NOT_FOUND);
  assert_int_equal(file_read(dir, 9, &out, &err), -1);
  assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes to it: waiting would be for ever */
  assert_int_equal(file_read(path, 9, &out, &err), -1);
  assert_int_equal(err.code, ERR_INVALID);
  buf_release(&out);
}

/* What lies where the new file is prepared is neither followed nor kept. */
static void a_link_is_not_followed(void **state) {
  (void)state;
  struct err err;
  char victim[80];
  snprintf(victim, sizeof victim, "%s/victim", dir);
  assert_int_equal(symlink(victim, aside), 0);
  assert_int_equal(file_write(path, 0600, STR("mine"), &err), 0);
  check_content("mine");
  assert_int_equal(access(victim, F_OK), -1);
}

static void a_failure_leaves_the_old_file(void **state) {
  (void)state;
  struct err err;
  assert_int_equal(file_write(path, 0600, STR("old"), &err), 0);
  assert_int_equal(mkdir(aside, 0700), 0);
  assert_int_equal(file_write(path, 0600, STR("new"), &err), -1);
  check_content("old");
  rmdir(aside);
}

static void what_root_writes_is_the_directorys(void **state) {
  (void)state;
  struct err err;
  struct stat info;
  if (geteuid() != 0) skip();
  assert_int_equal(chown(dir, 1234, 5678), 0);
  assert_int_equal(file_write(path, 0600, STR("x"), &err), 0);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_uid, 1234);
  assert_int_equal(info.st_gid, 5678);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_written_is_read, make_dir, remove_dir),
      cmocka_unit_test_setup_teardown(reading_is_bounded, make_dir, remove_dir),
      cmocka_unit_test_setup_teardown(refuses_what_is_no_file, make_dir, remove_dir),
      cmocka_unit_test_setup_teardown(a_link_is_not_followed, make_dir, remove_dir),
      cmocka_unit_test_setup_teardown(what_root_writes_is_the_directorys, make_dir, remove_dir),
      cmocka_unit_test_setup_teardown(a_failure_leaves_the_old_file, make_dir, remove_dir),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
