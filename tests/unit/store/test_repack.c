/* test_repack.c - small blocks packed together: readers see the same records, and the files become small. */
#include "removal_fixture.h"

enum { SINGLES = 3000, MANY = 12000 };

static const struct store_repack eager = {.block_bytes = 20000, .share = 99, .free_share = 1};

/* One block each. */
static void append_singles(struct store *store, uint32_t n, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    must_append(store, n + i, 1);
    store_drain(store);
  }
}

static struct store_counts counted(void) {
  struct store_counts counts;
  struct err err;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  must(store_reader_count(reader, &counts, &err), &err);
  store_reader_free(reader);
  return counts;
}

static void wait_until_packed(struct store *store, uint64_t blocks) {
  struct store_stats stats;
  do store_stats(store, &stats);
  while (stats.repacked_blocks < blocks);
}

static int64_t rows_in_file(void) {
  sqlite3 *db;
  sqlite3_stmt *stmt;
  assert_int_equal(sqlite3_open(store_file("journal.db"), &db), SQLITE_OK);
  assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM block", -1, &stmt, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
  int64_t rows = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  sqlite3_close(db);
  return rows;
}

static void small_blocks_become_large_ones(void **state) {
  (void)state;
  struct err err;
  struct stat before, after;
  vfs_fault_install(); /* syncs cost nothing */
  struct store *store = open_store();
  append_singles(store, 0, MANY);
  store_close(store);
  assert_int_equal(counted().blocks, MANY);
  assert_int_equal(stat(store_file("journal.db"), &before), 0);

  store = open_store();
  store_repack(store, &eager);
  wait_until_packed(store, MANY - 200); /* what is not enough for a block waits */
  assert_numbered(store_dir, MANY);
  append_singles(store, MANY, 100);
  struct store_stats stats;
  do store_stats(store, &stats);
  while (stats.file_bytes > (uint64_t)before.st_size / 2); /* free room is given back, the log emptied */
  store_close(store);

  assert_numbered(store_dir, MANY + 100);
  assert_int_equal(stat(store_file("journal.db"), &after), 0);
  assert_true(after.st_size < before.st_size / 2);
  struct store_counts counts = counted();
  assert_int_equal(counts.records, MANY + 100);
  assert_true(counts.blocks < MANY / 4);
  assert_int_equal(counts.expected_blocks, counts.blocks);
  assert_true(rows_in_file() < (int64_t)counts.blocks + 3 * 40); /* of the gaps, few are left */
  must(store_check(store_dir, NULL, &err), &err);

  store = open_store(); /* nothing is packed twice, and numbers go on */
  assert_int_equal(store_next_seq(store), MANY + 101);
  store_close(store);
}

static void nothing_is_packed_unless_told_to(void **state) {
  (void)state;
  vfs_fault_install();
  struct store *store = open_store();
  store_repack(store, &(struct store_repack){.block_bytes = 20000, .share = 0});
  append_singles(store, 0, 600);
  store_close(store);
  assert_int_equal(counted().blocks, 600);
}

/* Large ones among them stay as they are. */
static void large_blocks_stay(void **state) {
  (void)state;
  struct store_stats stats;
  vfs_fault_install();
  struct store *store = open_store();
  store_repack(store, &eager);
  for (uint32_t n = 0; n < 40 * 250; n += 250) {
    must_append(store, n, 250); /* more than 20000 bytes */
    store_drain(store);
  }
  append_singles(store, 40 * 250, 400);
  wait_until_packed(store, 150);
  store_close(store);
  store = open_store();
  store_stats(store, &stats);
  assert_int_equal(stats.repacked_blocks, 0);
  store_close(store);
  assert_numbered(store_dir, 40 * 250 + 400);
  assert_true(counted().blocks > 40 && counted().blocks < 40 + 260);
}

/* A reader that stood anywhere goes on with the next record, whatever has become of its block. */
static void readers_notice_nothing(void **state) {
  (void)state;
  struct err err;
  struct store_record record;
  enum { READERS = 60 };
  struct store_reader *readers[READERS];
  vfs_fault_install();
  struct store *store = open_store();
  append_singles(store, 0, SINGLES);
  for (uint32_t i = 0; i < READERS; i++) {
    readers[i] = i % 2 ? store_reader_ahead(store_dir, &err) : store_reader_new(store_dir, &err);
    assert_non_null(readers[i]);
    store_reader_seek(readers[i], 1 + i * 41);
    assert_int_equal(store_reader_next(readers[i], &record, &err), 1);
    assert_int_equal(record.seq, 1 + i * 41);
  }
  store_repack(store, &eager);
  wait_until_packed(store, SINGLES - 200);
  for (uint32_t i = 0; i < READERS; i++) {
    uint64_t seq = 1 + i * 41;
    while (store_reader_next(readers[i], &record, &err) > 0) {
      assert_int_equal(record.seq, ++seq);
      assert_int_equal(number_of(&record), seq - 1);
    }
    assert_int_equal(seq, SINGLES);
    store_reader_free(readers[i]);
  }
  store_close(store);
}

/* While somebody checks, and somebody copies. */
static void checks_and_copies_notice_nothing(void **state) {
  (void)state;
  struct err err;
  struct store_stats stats;
  uint64_t records;
  char target[FIXTURE_PATH_MAX + 64];
  vfs_fault_install();
  struct store *store = open_store();
  append_singles(store, 0, SINGLES);
  store_repack(store, &(struct store_repack){.block_bytes = 8000, .share = 50, .free_share = 1});
  unsigned round = 0;
  do {
    must(store_check(store_dir, NULL, &err), &err);
    snprintf(target, sizeof target, "%s%u", store_file("copy"), round++);
    must(store_backup(store_dir, target, &records, &err), &err);
    assert_int_equal(records, SINGLES);
    assert_numbered(target, SINGLES);
    store_stats(store, &stats);
  } while (stats.repacked_blocks < SINGLES - 100);
  store_close(store);
}

static void single_records_are_found_and_changed_afterwards(void **state) {
  (void)state;
  uint64_t seed = 9;
  uint32_t changed = 0, live;
  vfs_fault_install();
  all_small = packing = true;
  memset(&model, 0, sizeof model);
  struct store *store = open_to_change();
  while (model.records < 1200) {
    append_some(store, 1);
    store_drain(store);
  }
  wait_until_packed(store, 1000);
  for (unsigned i = 0; i < 300; i++) {
    bool other = i % 3 == 0;
    replace(store, 1 + draw(&seed) % model.records, other ? (int32_t)model.made++ : -1, &changed);
  }
  drain(store);
  assert_true(changed > 200);
  assert_as_modelled();
  scrub(store);
  store_close(store);
  assert_int_equal(left_over(&live), 0);
  assert_true(live > 800);
  store = open_to_change();
  remove_before(store, 700);
  scrub(store);
  store_close(store);
  assert_int_equal(left_over(&live), 0);
  assert_as_modelled();
  all_small = packing = false;
}

/* Rows that stay as they are, before and behind what was packed, are not copied to where nothing overwrites them. */
static void rows_beside_are_not_moved(void **state) {
  (void)state;
  uint64_t seed = 21;
  uint32_t changed = 0, live;
  vfs_fault_install();
  for (uint32_t round = 0; round < 12; round++) {
    void *unused = NULL;
    struct store_stats stats;
    memset(&model, 0, sizeof model);
    all_small = true;
    struct store *store = open_store();
    for (uint32_t group = 0; group < 6; group++) {
      for (uint32_t large = 0; large < 20; large++) { /* which are not worth it */
        append_some(store, 4);
        store_drain(store);
      }
      for (uint32_t i = 0; i < 60 + draw(&seed) % 40; i++) {
        append_some(store, 1);
        store_drain(store);
      }
    }
    /* Four records make a block that is not small. */
    store_repack(store, &(struct store_repack){.block_bytes = 4000, .share = 99, .free_share = 100});
    do store_stats(store, &stats);
    while (stats.repacked_into < 4);
    store_close(store);
    store = open_store();
    for (uint64_t seq = 1; seq <= model.records; seq++) replace(store, seq, -1, &changed);
    scrub(store);
    store_close(store);
    uint32_t left = left_over(&live);
    if (left) fail_msg("round %u: %u contents are left", round, left);
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  all_small = false;
}

static void damage_is_noticed_and_not_packed_away(void **state) {
  (void)state;
  struct err err;
  vfs_fault_install();
  struct store *store = open_store();
  append_singles(store, 0, 600);
  store_close(store);
  damage_block(100);
  store = open_store();
  store_repack(store, &eager);
  while (store_state(store) == STORE_OK) store_deliver(store);
  assert_int_equal(store_state(store), STORE_BROKEN);
  assert_int_equal(append_numbered(store, 600, 1, NULL, NULL, &err), -1);
  assert_non_null(strstr(err.text, "damaged"));
  store_close(store);
  assert_int_equal(store_check(store_dir, NULL, &err), -1);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(small_blocks_become_large_ones),
      WITH_DIR(nothing_is_packed_unless_told_to),
      WITH_DIR(large_blocks_stay),
      WITH_DIR(readers_notice_nothing),
      WITH_DIR(checks_and_copies_notice_nothing),
      WITH_DIR(single_records_are_found_and_changed_afterwards),
      WITH_DIR(rows_beside_are_not_moved),
      WITH_DIR(damage_is_noticed_and_not_packed_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
