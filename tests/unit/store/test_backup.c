#include "store_fixture.h"

#include <sys/wait.h>

static void a_backup_is_a_store_with_all_that_was_there(void **state) {
  (void)state;
  struct store *store = open_store();
  struct err err;
  uint64_t records;
  for (uint32_t n = 0; n < 1000; n += 10) must_append(store, n, 10);
  assert_int_equal(store_set(store, STR("key"), STR("value"), NULL, NULL, &err), 0);
  store_drain(store);
  char target[FIXTURE_PATH_MAX + 64];
  snprintf(target, sizeof target, "%s", store_file("copy"));
  if (store_backup(store_dir, target, &records, &err)) fail_msg("%s", err.text);
  assert_int_equal(records, 1000);
  must_append(store, 1000, 1); /* the original goes on */
  store_close(store);
  assert_numbered(store_dir, 1001);
  assert_numbered(target, 1000);

  store = open_with(target, &quick);
  assert_true(store_was_clean(store));
  assert_int_equal(store_next_seq(store), 1001);
  struct store_reader *reader = store_reader_new(target, &err);
  struct buf bytes;
  buf_init(&bytes);
  assert_int_equal(store_reader_value(reader, STR("key"), &bytes, &err), 1);
  assert_str(buf_str(&bytes), "value");
  buf_release(&bytes);
  store_reader_free(reader);
  must_append(store, 1000, 1);
  store_close(store);
  assert_numbered(target, 1001);
}

/* A process that makes a backup once it reads from the pipe. It is begun before any database is open: SQLite's locks do
 * not survive a fork. */
static pid_t begin_copier(const char *target, int *go) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  if (child == 0) {
    struct err err;
    char byte;
    if (read(ends[0], &byte, 1) != 1) _exit(2);
    _exit(store_backup(store_dir, target, NULL, &err) == 0 ? 0 : 1);
  }
  close(ends[0]);
  *go = ends[1];
  return child;
}

static void a_backup_is_made_while_the_store_is_written(void **state) {
  (void)state;
  char target[FIXTURE_PATH_MAX + 64];
  snprintf(target, sizeof target, "%s", store_file("copy"));
  int go;
  pid_t child = begin_copier(target, &go);
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_drain(store);
  assert_int_equal(write(go, "!", 1), 1);
  uint32_t n = 100;
  int status = -1;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (n >= FIXTURE_RECORDS_MAX - 100) continue;
    must_append(store, n, 10);
    n += 10;
    store_drain(store);
  }
  close(go);
  assert_int_equal(status, 0);
  store_close(store);
  assert_numbered(store_dir, n);
  static uint8_t counts[FIXTURE_RECORDS_MAX];
  uint64_t copied = count_numbers(target, counts);
  assert_true(copied >= 100 && copied <= n);
  assert_numbered(target, (uint32_t)copied); /* a beginning without a hole */
}

static void a_finished_copy_is_not_written_over(void **state) {
  (void)state;
  struct err err;
  store_close(open_store());
  char target[FIXTURE_PATH_MAX + 64];
  snprintf(target, sizeof target, "%s", store_file("copy"));
  assert_int_equal(store_backup(store_dir, target, NULL, &err), 0);
  assert_int_equal(store_backup(store_dir, target, NULL, &err), -1);
  assert_int_equal(err.code, ERR_INVALID);
}

static void a_store_in_use_is_no_target(void **state) {
  (void)state;
  struct err err;
  struct store *store = open_store();
  assert_int_equal(store_backup(store_dir, store_dir, NULL, &err), -1);
  assert_int_equal(err.code, ERR_INVALID);
  must_append(store, 0, 1);
  store_close(store);
  assert_numbered(store_dir, 1);
}

static void what_an_attempt_left_behind_goes(void **state) {
  (void)state;
  struct err err;
  struct store *store = open_store();
  must_append(store, 0, 10);
  store_close(store);
  char target[FIXTURE_PATH_MAX + 64];
  snprintf(target, sizeof target, "%s", store_file("copy"));
  assert_int_equal(mkdir(target, 0700), 0);
  FILE *file = fopen(store_file("copy/journal.db.partial"), "w");
  assert_non_null(file);
  fputs("half a copy", file);
  fclose(file);
  if (store_backup(store_dir, target, NULL, &err)) fail_msg("%s", err.text);
  assert_int_not_equal(access(store_file("copy/journal.db.partial"), F_OK), 0);
  assert_numbered(target, 10);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(a_backup_is_a_store_with_all_that_was_there),
      WITH_DIR(a_backup_is_made_while_the_store_is_written),
      WITH_DIR(a_finished_copy_is_not_written_over),
      WITH_DIR(a_store_in_use_is_no_target),
      WITH_DIR(what_an_attempt_left_behind_goes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
