#include "unit.h"

#include "base/err.h"
#include "io/watch.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Changes are told within two polls; much longer means never. */
enum { GIVE_UP_S = 20 };

static struct loop *loop;
static struct work *work;
static struct watch *watch;
static char root[40];
static int told;

static void on_changed(void *context) {
  (void)context;
  told++;
}

static const char *at(const char *name) {
  static char path[4][128];
  static int next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", root, name);
  return path[next];
}

static void put(const char *name, const char *text) {
  int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
  close(fd);
}

static int64_t seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

/* Until it has been told once more, exactly. */
static void expect_told(const char *what) {
  int64_t end = seconds() + GIVE_UP_S;
  int before = told;
  while (told == before) {
    loop_turn(loop, true);
    if (seconds() > end) fail_msg("%s: not told", what);
  }
  assert_int_equal(told, before + 1);
}

static int set_up(void **state) {
  (void)state;
  struct err err;
  snprintf(root, sizeof root, "/tmp/embudo_watch_XXXXXX");
  assert_non_null(mkdtemp(root));
  mkdir(at("rules"), 0755);
  mkdir(at("rules/sub"), 0755);
  put("rules/a.lua", "1");
  loop = loop_new(&err);
  work = work_new(loop);
  told = 0;
  const struct watch_options options = {.loop = loop,
                                        .work = work,
                                        .paths = {at("rules"), at("one.yaml")},
                                        .path_count = 2,
                                        .changed = on_changed};
  watch = watch_new(&options);
  expect_told("the start");
  return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
  (void)info, (void)kind, (void)where;
  return remove(path);
}

static int tear_down(void **state) {
  (void)state;
  watch_free(watch);
  work_free(work);
  loop_free(loop);
  return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void files_change_in_many_ways(void **state) {
  (void)state;
  put("rules/a.lua", "22");
  expect_told("written in place");
  put("rules/b.lua", "1");
  expect_told("a new file");
  put("rules/sub/c.lua", "1");
  expect_told("a new file below");
  put("rules/new", "5");
  assert_int_equal(rename(at("rules/new"), at("rules/a.lua")), 0);
  expect_told("renamed over");
  assert_int_equal(unlink(at("rules/b.lua")), 0);
  expect_told("removed");
  put("one.yaml", "a: 1");
  expect_told("a single file that was not there");
}

/* Same size, and the time of writing put back: the time of the change itself gives it away. */
static void a_change_that_hides_is_seen(void **state) {
  (void)state;
  struct stat info;
  assert_int_equal(stat(at("rules/a.lua"), &info), 0);
  const struct timespec times[] = {info.st_atim, info.st_mtim};
  put("rules/a.lua", "9");
  assert_int_equal(utimensat(AT_FDCWD, at("rules/a.lua"), times, 0), 0);
  expect_told("a hidden change");
}

/* As a ConfigMap is mounted: files are links through a directory that is a link, which is turned to another. */
static void links_are_turned(void **state) {
  (void)state;
  mkdir(at("rules/..1"), 0755);
  mkdir(at("rules/..2"), 0755);
  put("rules/..1/m.lua", "1");
  put("rules/..2/m.lua", "1");
  assert_int_equal(symlink("..1", at("rules/..data")), 0);
  assert_int_equal(symlink("..data/m.lua", at("rules/m.lua")), 0);
  expect_told("a mount");
  assert_int_equal(symlink("..2", at("rules/..tmp")), 0);
  assert_int_equal(rename(at("rules/..tmp"), at("rules/..data")), 0);
  expect_told("a swap");
}

/* Whoever reads the directory says that the link leads nowhere; so it must be read. */
static void a_link_to_nowhere_is_seen(void **state) {
  (void)state;
  assert_int_equal(symlink("nowhere", at("rules/gone.lua")), 0);
  expect_told("a link to nowhere");
  assert_int_equal(unlink(at("rules/gone.lua")), 0);
  expect_told("it is gone");
}

static void a_directory_goes_and_comes_back(void **state) {
  (void)state;
  assert_int_equal(rename(at("rules"), at("away")), 0);
  expect_told("gone");
  mkdir(at("rules"), 0755);
  put("rules/z.lua", "1");
  expect_told("back");
  put("rules/z.lua", "22");
  expect_told("changed after it came back");
}

static void nothing_is_told_without_a_change(void **state) {
  (void)state;
  int64_t end = seconds() + 3;
  put("rules/.hidden", "1");
  while (seconds() < end) loop_turn(loop, true);
  assert_int_equal(told, 1);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(files_change_in_many_ways),
      test(a_change_that_hides_is_seen),
      test(links_are_turned),
      test(a_link_to_nowhere_is_seen),
      test(a_directory_goes_and_comes_back),
      test(nothing_is_told_without_a_change),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
