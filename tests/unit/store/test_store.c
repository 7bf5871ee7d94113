#include "store_fixture.h"

#include <fcntl.h>

static void what_is_appended_is_read_back(void **state) {
  (void)state;
  struct store *store = open_store();
  struct outcomes outcomes = {0};
  struct err err;
  uint32_t n = 0;
  for (uint32_t count = 1; count <= 100; n += count, count++)
    assert_int_equal(append_numbered(store, n, count, note_outcome, &outcomes, &err), 0);
  store_drain(store);
  assert_int_equal(outcomes.ok, 100);
  assert_int_equal(outcomes.records, n);
  assert_int_equal(outcomes.last_seq, n);
  assert_numbered(store_dir, n); /* while it is open */
  store_close(store);
  assert_numbered(store_dir, n);
}

static uint64_t blocks_read(void) {
  struct store_record record;
  struct err err;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_non_null(reader);
  while (store_reader_next(reader, &record, &err) > 0) continue;
  uint64_t blocks = store_reader_blocks(reader);
  store_reader_free(reader);
  return blocks;
}

/* In one block with the append that somebody waits for, numbered and told like all others. */
static void what_nobody_waits_for_is_as_durable(void **state) {
  (void)state;
  struct store_options patient = quick;
  struct outcomes outcomes = {0};
  struct err err;
  patient.along_wait_us = 3600000000u;
  struct store *store = open_with(store_dir, &patient);
  const struct store_record along[] = {{.kind = 1, .bytes = STR("one")}, {.kind = 1, .bytes = STR("two")}};
  const struct store_record waited = {.kind = 1, .bytes = STR("three")};
  assert_int_equal(store_append_along(store, along, 2, note_outcome, &outcomes, &err), 0);
  assert_int_equal(store_next_seq(store), 3);
  assert_int_equal(store_append(store, &waited, 1, note_outcome, &outcomes, NULL, &err), 0);
  while (outcomes.ok < 2) store_deliver(store);
  assert_int_equal(outcomes.records, 3);
  assert_int_equal(outcomes.last_seq, 3);
  assert_int_equal(blocks_read(), 1);
  assert_int_equal(store_append_along(store, along, 1, note_outcome, &outcomes, &err), 0);
  store_close(store); /* which waits for nobody */
  assert_int_equal(outcomes.ok, 3);
  struct store_record record;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  static const char *const texts[] = {"one", "two", "three", "one"};
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    assert_int_equal(store_reader_next(reader, &record, &err), 1);
    assert_str(record.bytes, texts[i]);
  }
  assert_int_equal(store_reader_next(reader, &record, &err), 0);
  store_reader_free(reader);
}

static void numbers_go_on_where_they_ended(void **state) {
  (void)state;
  struct store *store = open_store();
  assert_true(store_was_clean(store));
  assert_int_equal(store_next_seq(store), 1);
  must_append(store, 0, 5);
  store_close(store);
  store = open_store();
  assert_true(store_was_clean(store));
  assert_int_equal(store_next_seq(store), 6);
  must_append(store, 5, 2);
  assert_int_equal(store_next_seq(store), 8);
  store_close(store);
  assert_numbered(store_dir, 7);
}

/* A block that is gone leaves no trace in the others: how many there were is known after a clean stop. */
static void missing_blocks_can_be_noticed(void **state) {
  (void)state;
  uint64_t expected;
  struct store *store = open_store();
  assert_false(store_expects_blocks(store, &expected)); /* nobody has closed it yet */
  for (uint32_t n = 0; n < 5; n++) {
    must_append(store, n, 1);
    store_drain(store);
  }
  store_close(store);
  store = open_store();
  assert_true(store_expects_blocks(store, &expected));
  assert_int_equal(expected, 5);
  assert_int_equal(blocks_read(), 5);
  store_close(store);
  run_sql(store_file("journal.db"), "DELETE FROM block WHERE first_seq = 3");
  store = open_store();
  assert_true(store_expects_blocks(store, &expected));
  assert_int_equal(expected, 5);
  assert_int_equal(blocks_read(), 4);
  must_append(store, 5, 1);
  store_close(store); /* counts on from what was there */
  store = open_store();
  assert_true(store_expects_blocks(store, &expected));
  assert_int_equal(expected, 6);
  store_close(store);
}

static void a_closed_store_is_one_file_in_order(void **state) {
  (void)state;
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_close(store);
  assert_int_equal(access(store_file("journal.db"), F_OK), 0);
  assert_int_not_equal(access(store_file("journal.db-wal"), F_OK), 0);
  struct err err;
  assert_int_equal(store_check(store_dir, NULL, &err), 0);
}

static void others_see_who_works_there(void **state) {
  (void)state;
  struct err err;
  struct store_counts counts;
  assert_false(store_is_open(store_dir));
  struct store *store = open_store();
  assert_true(store_is_open(store_dir));
  must_append(store, 0, 1);
  store_drain(store);
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_int_equal(store_reader_count(reader, &counts, &err), 0);
  assert_false(counts.clean || counts.marked);
  assert_int_equal(store_replace(store, 1, STR("x"), NULL, NULL, &err), 0);
  store_drain(store);
  assert_int_equal(store_reader_count(reader, &counts, &err), 0);
  assert_true(counts.marked);
  store_close(store);
  assert_false(store_is_open(store_dir));
  assert_int_equal(store_reader_count(reader, &counts, &err), 0);
  assert_true(counts.clean);
  assert_int_equal(counts.expected_blocks, 1);
  store_reader_free(reader);
}

static void nobody_else_can_read_the_files(void **state) {
  (void)state;
  struct store *store = open_store();
  must_append(store, 0, 1);
  store_drain(store);
  static const char *const names[] = {"journal.db", "journal.db-wal", "lock", "reserve"};
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    struct stat file;
    assert_int_equal(stat(store_file(names[i]), &file), 0);
    assert_int_equal(file.st_mode & 077, 0);
  }
  store_close(store);
}

static void large_and_empty_records_are_kept(void **state) {
  (void)state;
  struct store *store = open_store();
  struct err err;
  size_t len = 6 << 20; /* more than a group */
  char *large = xmalloc(len);
  for (size_t i = 0; i < len; i++) large[i] = (char)(i * 2654435761u >> 13);
  const struct store_record records[] = {{.bytes = {large, len}}, {.bytes = {"", 0}, .source = STR("s")}};
  uint64_t first_seq = 0;
  assert_int_equal(store_append(store, records, 2, NULL, NULL, &first_seq, &err), 0);
  assert_int_equal(first_seq, 1);
  store_close(store);
  struct store_reader *reader = store_reader_new(store_dir, &err);
  struct store_record record;
  assert_int_equal(store_reader_next(reader, &record, &err), 1);
  assert_true(str_eq(record.bytes, records[0].bytes));
  assert_int_equal(store_reader_next(reader, &record, &err), 1);
  assert_int_equal(record.bytes.len, 0);
  assert_int_equal(record.seq, 2);
  assert_int_equal(store_reader_next(reader, &record, &err), 0);
  store_reader_free(reader);
  free(large);
}

static void more_than_fits_is_refused(void **state) {
  (void)state;
  struct store *store = open_store();
  struct err err;
  char *large = xcalloc(1, STORE_APPEND_BYTES_MAX);
  const struct store_record record = {.bytes = {large, STORE_APPEND_BYTES_MAX}};
  assert_int_equal(store_append(store, &record, 1, NULL, NULL, NULL, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  assert_int_equal(store_set(store, STR("v"), record.bytes, NULL, NULL, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  assert_int_equal(store_state(store), STORE_OK);
  assert_int_equal(store_next_seq(store), 1);
  store_close(store);
  free(large);
}

static void readers_begin_anywhere_and_see_what_comes(void **state) {
  (void)state;
  struct store *store = open_store();
  for (uint32_t n = 0; n < 50; n += 10) {
    must_append(store, n, 10);
    store_drain(store);
  }
  struct err err;
  struct store_record record;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  static const uint64_t from[] = {0, 1, 5, 10, 11, 37, 50};
  for (size_t i = 0; i < COUNT_OF(from); i++) {
    store_reader_seek(reader, from[i]);
    assert_int_equal(store_reader_next(reader, &record, &err), 1);
    assert_int_equal(record.seq, from[i] ? from[i] : 1);
    assert_int_equal(number_of(&record), record.seq - 1);
  }
  assert_int_equal(store_reader_next(reader, &record, &err), 0);
  must_append(store, 50, 1);
  store_drain(store);
  assert_int_equal(store_reader_next(reader, &record, &err), 1);
  assert_int_equal(record.seq, 51);
  assert_int_equal(store_reader_next(reader, &record, &err), 0);
  struct store_counts counts;
  assert_int_equal(store_reader_count(reader, &counts, &err), 0);
  assert_int_equal(counts.first_seq, 1);
  assert_int_equal(counts.last_seq, 51);
  assert_int_equal(counts.records, 51);
  assert_int_equal(counts.blocks, 6);
  store_reader_free(reader);
  store_close(store);
}

/* The log goes away under a reader that stands in the middle of the records. */
static void a_reader_that_stands_still_holds_up_nothing(void **state) {
  (void)state;
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_drain(store);
  struct err err;
  struct store_record record;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_int_equal(store_reader_next(reader, &record, &err), 1);
  struct store_stats stats;
  for (uint32_t n = 100; n < 8000; n += 100) {
    must_append(store, n, 100);
    store_drain(store);
  }
  store_stats(store, &stats);
  assert_true(stats.checkpoints > 3);
  assert_true(stats.ahead_bytes < 3 * quick.checkpoint_bytes);
  store_reader_free(reader);
  store_close(store);
  assert_numbered(store_dir, 8000);
}

static void values_are_set_replaced_and_removed(void **state) {
  (void)state;
  struct store *store = open_store();
  struct outcomes outcomes = {0};
  struct err err;
  struct buf bytes;
  buf_init(&bytes);
  assert_int_equal(store_set(store, STR("key.write"), STR("one"), note_outcome, &outcomes, &err), 0);
  assert_int_equal(store_set(store, STR("gone"), STR("x"), note_outcome, &outcomes, &err), 0);
  must_append(store, 0, 3); /* in the same commit */
  assert_int_equal(store_set(store, STR("key.write"), (struct str){"t\0o", 3}, note_outcome, &outcomes, &err),
                   0);
  assert_int_equal(store_set(store, STR("gone"), STR(""), note_outcome, &outcomes, &err), 0);
  store_close(store);
  assert_int_equal(outcomes.ok, 4);
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_int_equal(store_reader_value(reader, STR("key.write"), &bytes, &err), 1);
  assert_true(str_eq(buf_str(&bytes), (struct str){"t\0o", 3}));
  assert_int_equal(store_reader_value(reader, STR("gone"), &bytes, &err), 0);
  assert_int_equal(store_reader_value(reader, STR("key.writ"), &bytes, &err), 0);
  store_reader_free(reader);
  buf_release(&bytes);
  assert_numbered(store_dir, 3);
}

static void a_second_opener_is_told_who_was_first(void **state) {
  (void)state;
  struct store *store = open_store();
  struct err err;
  char pid[32];
  assert_null(store_open(store_dir, &quick, &err));
  assert_int_equal(err.code, ERR_INVALID);
  snprintf(pid, sizeof pid, "process %ld", (long)getpid());
  assert_non_null(strstr(err.text, pid));
  assert_non_null(strstr(err.text, "--data"));
  must_append(store, 0, 1);
  store_close(store);
  assert_numbered(store_dir, 1);
  store_close(open_store());
}

static void a_directory_without_a_store_is_told(void **state) {
  (void)state;
  struct err err;
  assert_null(store_reader_new(store_dir, &err));
  assert_int_equal(err.code, ERR_NOT_FOUND);
  assert_int_equal(store_check(store_dir, NULL, &err), -1);
  assert_int_equal(err.code, ERR_NOT_FOUND);
  assert_null(store_open(store_file("no/such"), &quick, &err));
  assert_int_equal(err.code, ERR_SYSTEM);
}

static void files_of_others_are_not_touched(void **state) {
  (void)state;
  struct err err;
  run_sql(store_file("journal.db"), "CREATE TABLE theirs (x)");
  assert_null(store_open(store_dir, &quick, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_non_null(strstr(err.text, "another program"));
}

static void a_newer_layout_is_refused(void **state) {
  (void)state;
  struct err err;
  store_close(open_store());
  run_sql(store_file("journal.db"), "PRAGMA user_version=99");
  assert_null(store_open(store_dir, &quick, &err));
  assert_int_equal(err.code, ERR_INVALID);
  assert_non_null(strstr(err.text, "99"));
  assert_null(store_reader_new(store_dir, &err));
  assert_int_equal(err.code, ERR_INVALID);
}

/* --- damage ------------------------------------------------------------------------------------------------- */

/* Flips a bit in the middle of the largest block, in the file. */
static void damaged_records_are_not_given_out(void **state) {
  (void)state;
  struct store *store = open_store();
  struct err err;
  struct store_record record;
  must_append(store, 0, 100);
  store_close(store);
  damage_block(1);
  assert_int_equal(store_check(store_dir, NULL, &err), -1);
  assert_non_null(strstr(err.text, "check sum"));
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_int_equal(store_reader_next(reader, &record, &err), -1);
  assert_non_null(strstr(err.text, "journal.db: records from number 1 on"));
  store_reader_free(reader);
}

struct news {
  uint32_t checked, changed;
  bool well;
  enum store_state state;
};

static void on_checked(void *arg, const struct err *err) {
  struct news *news = arg;
  news->checked++;
  news->well = err == NULL;
}

static void on_changed(void *arg, enum store_state state, const struct err *err) {
  struct news *news = arg;
  assert_true((state == STORE_OK) == (err == NULL));
  news->changed++;
  news->state = state;
}

/* Opens a store whose last user did not close it, and waits for the check. */
static struct store *open_unclean(struct news *news) {
  struct store_options options = quick;
  options.arg = news;
  options.checked = on_checked;
  options.changed = on_changed;
  run_sql(store_file("journal.db"), "UPDATE value SET bytes = CAST('0' AS BLOB) WHERE name = 'store.clean'");
  struct store *store = open_with(store_dir, &options);
  assert_false(store_was_clean(store));
  while (!news->checked) store_drain(store);
  return store;
}

static void an_unclean_start_is_checked(void **state) {
  (void)state;
  struct news news = {0};
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_close(store);
  store = open_unclean(&news);
  assert_true(news.well);
  assert_int_equal(news.checked, 1);
  assert_int_equal(news.changed, 0);
  must_append(store, 100, 1);
  store_close(store);
  store = open_store();
  assert_true(store_was_clean(store));
  store_close(store);
  assert_numbered(store_dir, 101);
}

/* Who wants to read everything first begins the check by himself; until it was made, starts are unclean. */
static void a_check_can_wait(void **state) {
  (void)state;
  struct news news = {0};
  struct err err;
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_close(store);
  struct store_options options = quick;
  options.arg = &news;
  options.checked = on_checked;
  options.check_later = true;
  run_sql(store_file("journal.db"), "UPDATE value SET bytes = CAST('0' AS BLOB) WHERE name = 'store.clean'");
  store = open_with(store_dir, &options);
  must_append(store, 100, 10);
  assert_int_equal(news.checked, 0);
  store_close(store);
  store = open_with(store_dir, &options);
  assert_false(store_was_clean(store));
  assert_int_equal(store_begin_check(store, &err), 0);
  while (!news.checked) store_drain(store);
  assert_true(news.well);
  assert_int_equal(store_begin_check(store, &err), 0); /* once is enough */
  store_close(store);
  assert_int_equal(news.checked, 1);
  store = open_with(store_dir, &options);
  assert_true(store_was_clean(store));
  assert_int_equal(store_begin_check(store, &err), 0); /* there is nothing to check */
  store_close(store);
  assert_int_equal(news.checked, 1);
}

static void damage_found_by_the_check_breaks_the_store(void **state) {
  (void)state;
  struct news news = {0};
  struct err err;
  struct store *store = open_store();
  must_append(store, 0, 100);
  store_close(store);
  damage_block(1);
  store = open_unclean(&news);
  assert_false(news.well);
  while (news.state != STORE_BROKEN) store_deliver(store);
  assert_int_equal(append_numbered(store, 100, 1, NULL, NULL, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  assert_non_null(strstr(err.text, "check sum"));
  store_close(store);
  assert_false(news.well);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(what_is_appended_is_read_back),
      WITH_DIR(what_nobody_waits_for_is_as_durable),
      WITH_DIR(numbers_go_on_where_they_ended),
      WITH_DIR(missing_blocks_can_be_noticed),
      WITH_DIR(a_closed_store_is_one_file_in_order),
      WITH_DIR(others_see_who_works_there),
      WITH_DIR(nobody_else_can_read_the_files),
      WITH_DIR(large_and_empty_records_are_kept),
      WITH_DIR(more_than_fits_is_refused),
      WITH_DIR(readers_begin_anywhere_and_see_what_comes),
      WITH_DIR(a_reader_that_stands_still_holds_up_nothing),
      WITH_DIR(values_are_set_replaced_and_removed),
      WITH_DIR(a_second_opener_is_told_who_was_first),
      WITH_DIR(a_directory_without_a_store_is_told),
      WITH_DIR(files_of_others_are_not_touched),
      WITH_DIR(a_newer_layout_is_refused),
      WITH_DIR(damaged_records_are_not_given_out),
      WITH_DIR(an_unclean_start_is_checked),
      WITH_DIR(a_check_can_wait),
      WITH_DIR(damage_found_by_the_check_breaks_the_store),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
