/* test_scrub.c - records replaced and removed: readers no longer see them, and once a scrub has ended no file holds them. */
#include "removal_fixture.h"

static void replaced_records_are_read_as_they_are_now(void **state) {
  (void)state;
  uint32_t changed = 0;
  memset(&model, 0, sizeof model);
  struct store *store = open_store();
  append_some(store, 10);
  append_some(store, 10);
  replace(store, 3, (int32_t)model.made++, &changed);
  replace(store, 3, (int32_t)model.made++, &changed);
  replace(store, 20, -1, &changed);
  replace(store, 20, (int32_t)model.made++, &changed); /* is gone */
  store_drain(store);
  assert_int_equal(changed, 3);
  assert_as_modelled();
  for (uint64_t seq = 11; seq <= 20; seq++) replace(store, seq, -1, &changed); /* a whole block */
  store_drain(store);
  assert_int_equal(changed, 12);
  assert_as_modelled();
  struct err err;
  must(store_replace(store, 21, STR("x"), note_changed, &changed, &err), &err);
  must(store_replace(store, 0, STR("x"), note_changed, &changed, &err), &err);
  store_drain(store);
  assert_int_equal(changed, 12);
  store_close(store);
  store = open_store();
  assert_int_equal(store_next_seq(store), 21);
  store_close(store);
  assert_as_modelled();
}

static void what_does_not_fit_its_block_changes_nothing(void **state) {
  (void)state;
  struct err err;
  uint32_t changed = 0;
  size_t len = 9 << 20;
  char *large = xcalloc(len, 1);
  struct store *store = open_store();
  struct store_record records[] = {{.bytes = {large, 6 << 20}}, {.bytes = {large, 6 << 20}}};
  must(store_append(store, records, 2, NULL, NULL, NULL, &err), &err);
  must(store_replace(store, 1, (struct str){large, len}, note_changed, &changed, &err), &err);
  store_drain(store);
  assert_int_equal(changed, 1); /* 15 MiB */
  must(store_replace(store, 2, (struct str){large, len}, note_changed, &changed, &err), &err);
  store_drain(store);
  assert_int_equal(changed, 1);
  must(store_replace(store, 2, (struct str){large, 1}, note_changed, &changed, &err), &err);
  store_drain(store);
  assert_int_equal(changed, 2);
  assert_int_equal(store_replace(store, 2, (struct str){large, (16 << 20) + 1}, NULL, NULL, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  store_close(store);
  free(large);
}

static void removed_records_are_gone_at_once_and_their_numbers_too(void **state) {
  (void)state;
  uint32_t live;
  memset(&model, 0, sizeof model);
  struct store *store = open_store();
  for (unsigned i = 0; i < 50; i++) {
    append_some(store, 7);
    store_drain(store);
  }
  remove_before(store, 200); /* within a block */
  store_drain(store);
  assert_as_modelled();
  scrub(store);
  remove_before(store, 202); /* within the same */
  scrub(store);
  remove_before(store, 100); /* no way back */
  remove_before(store, 351);
  store_drain(store);
  assert_as_modelled();
  struct err err;
  must(store_remove_before(store, UINT64_MAX, NULL, NULL, &err), &err); /* of what is there */
  append_some(store, 1);
  store_drain(store);
  store_close(store);
  store = open_store();
  assert_int_equal(store_next_seq(store), 352);
  scrub(store);
  store_close(store);
  assert_int_equal(left_over(&live), 0);
  store = open_store();
  assert_int_equal(store_next_seq(store), 352);
  store_close(store);
  assert_as_modelled();
}

static void after_a_scrub_nothing_is_left(void **state) {
  (void)state;
  void *unused = NULL;
  uint32_t live;
  vfs_fault_install(); /* syncs cost nothing */
  for (uint64_t seed = 1; seed <= 12; seed++) {
    uint64_t fate = seed;
    all_small = seed % 2;
    packing = seed % 3 != 1;
    memset(&model, 0, sizeof model);
    for (unsigned round = 0; round < 4; round++) {
      struct store *store = open_to_change();
      change_at_random(store, &fate, all_small ? 400 : 60);
      assert_as_modelled();
      if (round % 2 == 0) scrub(store);
      change_at_random(store, &fate, 20);
      store_close(store);
      store = open_to_change();
      scrub(store);
      store_close(store);
      uint32_t left = left_over(&live);
      if (left) fail_msg("seed %u, round %u: %u contents are left", (unsigned)seed, round, left);
      assert_as_modelled();
    }
    assert_true(live > 10 && model.made > live + 30); /* what is there can be seen; there was more */
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  all_small = packing = false;
}

/* Rows beside removed ones are moved to fuller pages, if they are not kept apart; then they are removed themselves. */
static void what_stood_beside_is_left_nowhere(bool packed) {
  uint64_t seed = 5, first = 1;
  uint32_t live, changed = 0;
  all_small = true;
  packing = packed;
  vfs_fault_install();
  memset(&model, 0, sizeof model);
  for (unsigned round = 0; round < 20; round++) {
    struct store *store = open_to_change();
    for (unsigned i = 0; i < 60; i++) {
      append_some(store, 1 + (uint32_t)(draw(&seed) % 3));
      store_drain(store);
    }
    first += 20 + draw(&seed) % 80;
    remove_before(store, first);
    scrub(store);
    for (uint64_t seq = first; seq < first + 20; seq += 1 + draw(&seed) % 2)
      replace(store, seq, -1, &changed);
    scrub(store);
    store_close(store);
    uint32_t left = left_over(&live);
    if (left) fail_msg("round %u: %u contents are left", round, left);
  }
  assert_true(live > 10);
  assert_as_modelled();
  all_small = packing = false;
}

static void what_stood_beside_is_left_nowhere_either(void **state) {
  (void)state;
  what_stood_beside_is_left_nowhere(false);
}

static void nor_where_blocks_are_packed_together(void **state) {
  (void)state;
  what_stood_beside_is_left_nowhere(true);
}

static void room_is_given_back(void **state) {
  (void)state;
  uint64_t seed = 3;
  struct stat full, empty;
  memset(&model, 0, sizeof model);
  struct store *store = open_store();
  while (model.records < 1000) append_some(store, 1 + (uint32_t)(draw(&seed) % BATCH_MAX));
  store_drain(store);
  scrub(store); /* nothing to do */
  store_close(store);
  assert_int_equal(stat(store_file("journal.db"), &full), 0);
  store = open_store();
  remove_before(store, model.records);
  scrub(store);
  store_close(store);
  assert_int_equal(stat(store_file("journal.db"), &empty), 0);
  assert_true(full.st_size > 1 << 20);
  assert_true(empty.st_size < full.st_size / 10);
  assert_as_modelled();
}

/* A reader of another program that keeps its view: the scrub waits for it, appends do not. */
static void a_reader_holds_up_a_scrub_and_nothing_else(void **state) {
  (void)state;
  struct err err;
  sqlite3 *db;
  enum store_state ended = STORE_BROKEN;
  uint32_t changed = 0, live;
  memset(&model, 0, sizeof model);
  struct store *store = open_store();
  append_some(store, 20);
  store_drain(store);
  assert_int_equal(sqlite3_open(store_file("journal.db"), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM block", NULL, NULL, NULL), SQLITE_OK);
  replace(store, 5, -1, &changed);
  must(store_scrub(store, note_state, &ended, &err), &err);
  for (unsigned i = 0; i < 20; i++) {
    append_some(store, 5);
    store_drain(store);
  }
  assert_int_equal(ended, STORE_BROKEN);
  assert_int_equal(changed, 1);
  struct store_stats stats;
  store_stats(store, &stats);
  assert_true(stats.marked);
  assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  while (ended == STORE_BROKEN) store_deliver(store);
  assert_int_equal(ended, STORE_OK);
  store_close(store);
  assert_int_equal(left_over(&live), 0);
}

static void a_copy_has_what_was_there(void **state) {
  (void)state;
  struct err err;
  uint32_t changed = 0;
  uint64_t records;
  char target[FIXTURE_PATH_MAX + 64];
  memset(&model, 0, sizeof model);
  struct store *store = open_store();
  for (unsigned i = 0; i < 10; i++) {
    append_some(store, 10);
    store_drain(store);
  }
  remove_before(store, 55);
  replace(store, 60, -1, &changed);
  for (uint64_t seq = 71; seq <= 80; seq++) replace(store, seq, -1, &changed);
  scrub(store);
  snprintf(target, sizeof target, "%s", store_file("copy"));
  must(store_backup(store_dir, target, &records, &err), &err);
  store_close(store);
  char original[FIXTURE_PATH_MAX];
  snprintf(original, sizeof original, "%s", store_dir);
  snprintf(store_dir, sizeof store_dir, "%.100s/copy", original);
  store = open_store();
  assert_int_equal(store_next_seq(store), 101);
  store_close(store);
  assert_as_modelled();
  snprintf(store_dir, sizeof store_dir, "%s", original);
  assert_int_equal(records, 100 - 54 - 11);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(replaced_records_are_read_as_they_are_now),
      WITH_DIR(what_does_not_fit_its_block_changes_nothing),
      WITH_DIR(removed_records_are_gone_at_once_and_their_numbers_too),
      WITH_DIR(what_stood_beside_is_left_nowhere_either),
      WITH_DIR(nor_where_blocks_are_packed_together),
      WITH_DIR(room_is_given_back),
      WITH_DIR(a_reader_holds_up_a_scrub_and_nothing_else),
      WITH_DIR(a_copy_has_what_was_there),
      WITH_DIR(after_a_scrub_nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
