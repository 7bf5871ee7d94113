/* test_faults.c - full disks, file size limits, failing, slow and short writes and syncs, hanging readers, flipped bits: what
 * was acknowledged is there, what was refused is not, and the store says how it is. */
#include "store_fixture.h"

#include "fault/vfs_fault.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { BATCH = 20, BATCHES = 40 };

/* Which records were acknowledged. */
struct acked {
  uint8_t counts[FIXTURE_RECORDS_MAX];
  uint32_t next; /* number */
};

struct pending {
  struct acked *acked;
  uint32_t n;
};

static void note_acked(void *arg, const struct store_outcome *outcome) {
  struct pending *pending = arg;
  if (outcome->state == STORE_OK)
    for (uint32_t i = 0; i < outcome->records; i++) pending->acked->counts[pending->n + i]++;
  free(pending);
}

/* Appends the next batch and hears how it ended. False when it was refused at once. */
static bool append_batch(struct store *store, struct acked *acked) {
  struct err err;
  struct pending *pending = xmalloc(sizeof *pending);
  *pending = (struct pending){acked, acked->next};
  if (append_numbered(store, acked->next, BATCH, note_acked, pending, &err)) {
    assert_int_equal(err.code, store_state(store) == STORE_BROKEN ? ERR_SYSTEM : ERR_LIMIT);
    free(pending);
    return false;
  }
  acked->next += BATCH;
  store_drain(store);
  return true;
}

static void assert_exactly(const struct acked *acked, bool others_allowed) {
  static uint8_t counts[FIXTURE_RECORDS_MAX];
  count_numbers(store_dir, counts);
  for (uint32_t n = 0; n < FIXTURE_RECORDS_MAX; n++) {
    assert_true(counts[n] <= 1);
    if (counts[n] != acked->counts[n] && !(others_allowed && counts[n] > acked->counts[n]))
      fail_msg("record %u: acknowledged %u times, found %u times", n, acked->counts[n], counts[n]);
  }
}

static struct acked acked;

static void each_case_begin(void) {
  void *unused = NULL;
  memset(&acked, 0, sizeof acked);
  vfs_fault_at(VFS_FAULT_NONE, 0);
  assert_int_equal(store_dir_make(&unused), 0);
}

static void each_case_end(void) {
  void *unused = NULL;
  struct err err;
  if (store_check(store_dir, NULL, &err)) fail_msg("%s", err.text);
  store_dir_remove(&unused);
}

/* The disk is full from its n-th operation on, for any n: in a commit, in moving the log, at rest. */
static void a_full_disk_loses_nothing_and_heals(void **state) {
  (void)state;
  vfs_fault_install();
  for (uint64_t nth = 1; nth < 80; nth += 3) {
    each_case_begin();
    struct store *store = open_store();
    vfs_fault_at(VFS_FAULT_FULL, nth);
    unsigned tries = 0;
    while (store_state(store) == STORE_OK && tries++ < BATCHES) append_batch(store, &acked);
    assert_int_equal(store_state(store), STORE_FULL);
    assert_false(append_batch(store, &acked));
    assert_exactly(&acked, false); /* reading goes on */
    vfs_fault_at(VFS_FAULT_NONE, 0);
    while (!append_batch(store, &acked)) store_deliver(store);
    for (unsigned i = 0; i < 5; i++) assert_true(append_batch(store, &acked));
    store_close(store);
    assert_exactly(&acked, false);
    store = open_store();
    assert_true(store_was_clean(store));
    store_close(store);
    each_case_end();
  }
}

/* Also when nothing is left to move into place, so that finding no room takes a write of its own. */
static void a_full_disk_stays_full_until_there_is_room(void **state) {
  (void)state;
  struct store_stats stats;
  vfs_fault_install();
  each_case_begin();
  struct store *store = open_store();
  assert_true(append_batch(store, &acked));
  do store_stats(store, &stats);
  while (stats.ahead_bytes > 0); /* until it rests */
  vfs_fault_at(VFS_FAULT_FULL, 1);
  append_batch(store, &acked);
  for (uint64_t enough = vfs_fault_operations() + 50; vfs_fault_operations() < enough;)
    assert_int_equal(store_state(store), STORE_FULL);
  vfs_fault_at(VFS_FAULT_NONE, 0);
  while (!append_batch(store, &acked)) store_deliver(store);
  store_close(store);
  assert_exactly(&acked, false);
  each_case_end();
}

static void fail_at(enum vfs_fault fault, uint64_t nth) {
  each_case_begin();
  struct store *store = open_store();
  vfs_fault_at(fault, nth);
  unsigned tries = 0;
  while (append_batch(store, &acked)) assert_true(tries++ < BATCHES);
  assert_int_equal(store_state(store), STORE_BROKEN);
  assert_true(vfs_fault_hit());
  vfs_fault_at(VFS_FAULT_NONE, 0);
  assert_false(append_batch(store, &acked)); /* what works again is not trusted again */
  store_close(store);
  assert_exactly(&acked, true);
  store = open_store();
  assert_false(store_was_clean(store));
  assert_true(append_batch(store, &acked));
  store_close(store);
  assert_exactly(&acked, true);
  each_case_end();
}

static void a_failed_sync_stops_all_acknowledging(void **state) {
  (void)state;
  vfs_fault_install();
  for (uint64_t nth = 1; nth < 60; nth += 3) fail_at(VFS_FAULT_SYNC, nth);
}

static void a_failed_write_stops_all_acknowledging(void **state) {
  (void)state;
  vfs_fault_install();
  for (uint64_t nth = 1; nth < 60; nth += 3) fail_at(VFS_FAULT_WRITE, nth);
}

static void a_store_opens_for_reading_on_a_full_disk(void **state) {
  (void)state;
  vfs_fault_install();
  each_case_begin();
  struct store *store = open_store();
  while (acked.next < 5 * BATCH) assert_true(append_batch(store, &acked));
  store_close(store);
  vfs_fault_at(VFS_FAULT_FULL, 1);
  store = open_store();
  assert_int_equal(store_state(store), STORE_FULL);
  assert_false(append_batch(store, &acked));
  assert_exactly(&acked, false);
  vfs_fault_at(VFS_FAULT_NONE, 0);
  while (!append_batch(store, &acked)) store_deliver(store);
  store_close(store);
  assert_exactly(&acked, false);
  each_case_end();
}

static void a_new_store_needs_room(void **state) {
  (void)state;
  vfs_fault_install();
  each_case_begin();
  struct err err;
  vfs_fault_at(VFS_FAULT_FULL, 1);
  assert_null(store_open(store_dir, &quick, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  vfs_fault_at(VFS_FAULT_NONE, 0);
  struct store *store = open_store(); /* what the attempt left behind does no harm */
  assert_true(append_batch(store, &acked));
  store_close(store);
  assert_exactly(&acked, false);
  each_case_end();
}

/* In a process of its own: the limit is the process's. Exits with the line that failed, or 0. */
static int run_limited(void) {
  struct rlimit limit = {300 << 10, RLIM_INFINITY};
  struct err err;
  signal(SIGXFSZ, SIG_IGN);
  if (setrlimit(RLIMIT_FSIZE, &limit)) return __LINE__;
  struct store *store = store_open(store_dir, &quick, &err);
  if (!store) return __LINE__;
  struct outcomes outcomes = {0};
  uint32_t n = 0;
  for (; n < FIXTURE_RECORDS_MAX - 100 && store_state(store) == STORE_OK; n += 100) {
    if (append_numbered(store, n, 100, note_outcome, &outcomes, &err)) break;
    store_drain(store);
  }
  if (store_state(store) != STORE_FULL) return __LINE__;
  uint64_t before = outcomes.records;
  limit.rlim_cur = RLIM_INFINITY;
  if (setrlimit(RLIMIT_FSIZE, &limit)) return __LINE__;
  while (append_numbered(store, 60000, 100, note_outcome, &outcomes, &err)) store_deliver(store);
  store_close(store);
  return outcomes.records == before + 100 && before > 0 ? 0 : __LINE__;
}

static void a_file_size_limit_is_a_full_disk(void **state) {
  (void)state;
  each_case_begin();
  int status;
  pid_t child = fork();
  if (child == 0) _exit(run_limited() % 256);
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
  struct err err;
  struct store_counts counts;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  assert_int_equal(store_reader_count(reader, &counts, &err), 0);
  store_reader_free(reader);
  static uint8_t numbers[FIXTURE_RECORDS_MAX];
  assert_int_equal(count_numbers(store_dir, numbers), counts.records);
  assert_int_equal(numbers[60000], 1);
  each_case_end();
}

/* --- slow, short, hidden ------------------------------------------------------------------------------------------- */

/* Nothing is acknowledged and nobody waits while a sync takes its time; what gathers meanwhile is bounded, and is durable
 * together. */
static void a_slow_sync_makes_nobody_wait(void **state) {
  (void)state;
  enum { WAITING = 50 };
  struct err err;
  struct store_stats before, after;
  struct store_options options = quick;
  struct outcomes outcomes = {0};
  options.queue_requests_max = WAITING;
  vfs_fault_install();
  each_case_begin();
  struct store *store = open_with(store_dir, &options);
  must_append(store, 0, 1);
  store_drain(store);
  vfs_fault_at(VFS_FAULT_HOLD, 1);
  uint32_t n = 1;
  while (append_numbered(store, n, 1, note_outcome, &outcomes, &err) == 0)
    n++; /* comes back at once, each time */
  assert_int_equal(err.code, ERR_LIMIT);
  assert_int_equal(n, 1 + WAITING);
  while (!vfs_fault_hit()) {
  }
  store_deliver(store);
  assert_int_equal(outcomes.ok, 0);
  store_stats(store, &before);
  vfs_fault_at(VFS_FAULT_NONE, 0);
  store_drain(store);
  store_stats(store, &after);
  assert_int_equal(outcomes.ok, WAITING);
  assert_true(after.commits - before.commits <= WAITING / 2);
  store_close(store);
  assert_numbered(store_dir, 1 + WAITING);
  each_case_end();
}

static void short_writes_are_completed(void **state) {
  (void)state;
  each_case_begin();
  uint64_t before = vfs_fault_shortened();
  vfs_fault_short_writes(true);
  struct store *store = open_store();
  for (unsigned i = 0; i < BATCHES; i++) assert_true(append_batch(store, &acked));
  store_close(store);
  vfs_fault_short_writes(false);
  assert_true(vfs_fault_shortened() > before + BATCHES);
  assert_exactly(&acked, false);
  each_case_end();
}

/* Another program that keeps its view of the database: the log grows, nothing else happens, and later it is tidied. */
static void a_hanging_reader_lets_the_log_grow(void **state) {
  (void)state;
  sqlite3 *db;
  struct store_stats stats;
  uint64_t largest = 0;
  each_case_begin();
  struct store *store = open_store();
  assert_true(append_batch(store, &acked));
  assert_int_equal(sqlite3_open(store_file("journal.db"), &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM block", NULL, NULL, NULL), SQLITE_OK);
  for (unsigned i = 0; largest < 4 * quick.checkpoint_bytes; i++) {
    assert_true(append_batch(store, &acked));
    store_stats(store, &stats);
    if (stats.ahead_bytes > largest) largest = stats.ahead_bytes;
    assert_true(i < 1000);
  }
  assert_exactly(&acked, false); /* our readers see all */
  assert_int_equal(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
  assert_true(append_batch(store, &acked));
  do store_stats(store, &stats);
  while (stats.ahead_bytes > 0);
  store_close(store);
  assert_exactly(&acked, false);
  each_case_end();
}

/* --- flipped bits ---------------------------------------------------------------------------------------------------- */

static void flip(const char *path, uint64_t bit) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, (long)(bit / 8), SEEK_SET), 0);
  int byte = fgetc(file);
  assert_int_equal(fseek(file, (long)(bit / 8), SEEK_SET), 0);
  assert_int_equal(fputc(byte ^ 1 << bit % 8, file), byte ^ 1 << bit % 8);
  fclose(file);
}

/* How many records are read; fails when one is not as it was written. SIZE_MAX: an error was told. */
static size_t read_all(struct store_counts *counts, uint64_t *blocks) {
  struct err err;
  struct store_record record;
  size_t records = 0;
  int found = -1;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  if (!reader) return SIZE_MAX;
  while ((found = store_reader_next(reader, &record, &err)) > 0) {
    assert_int_equal(number_of(&record), record.seq - 1);
    records++;
  }
  *blocks = store_reader_blocks(reader);
  if (found == 0) found = store_reader_count(reader, counts, &err);
  store_reader_free(reader);
  return found == 0 ? records : SIZE_MAX;
}

/* One bit anywhere in the file: a reader gives all as it was, or it is noticed, by the reader or by the count of blocks. */
static void flipped_bits_are_noticed_or_do_no_harm(void **state) {
  (void)state;
  enum { FLIPS = 1500 };
  struct stat file;
  uint64_t seed = 99, blocks = 0;
  unsigned noticed = 0;
  each_case_begin();
  struct store *store = open_store();
  while (acked.next < 30 * BATCH) assert_true(append_batch(store, &acked));
  store_close(store);
  assert_int_equal(stat(store_file("journal.db"), &file), 0);
  for (unsigned i = 0; i < FLIPS; i++) {
    struct store_counts counts = {0};
    seed = seed * UINT64_C(6364136223846793005) + 1;
    uint64_t bit = (seed >> 20) % ((uint64_t)file.st_size * 8);
    flip(store_file("journal.db"), bit);
    size_t records = read_all(&counts, &blocks);
    bool missed = records != acked.next && records != SIZE_MAX && blocks >= counts.expected_blocks;
    noticed += records != acked.next;
    flip(store_file("journal.db"), bit);
    if (missed) fail_msg("bit %u: %zu records and nobody noticed", (unsigned)bit, records);
  }
  assert_true(noticed > FLIPS / 4);
  assert_exactly(&acked, false);
  each_case_end();
}

/* In the log, which nobody has moved into place yet, the bit ends what can be read: that is what a torn write looks like. What
 * comes before it is whole. */
static void flipped_bits_in_the_log_end_it(void **state) {
  (void)state;
  enum { FLIPS = 300 };
  struct stat file;
  struct store_counts counts;
  uint64_t seed = 7, blocks;
  unsigned shorter = 0;
  vfs_fault_install();
  each_case_begin();
  int status;
  pid_t child = fork();
  if (child == 0) { /* leaves a log behind */
    struct store_options options = quick;
    options.idle_ms = 1000000;
    options.checkpoint_bytes = 64 << 20;
    struct store *store = open_with(store_dir, &options);
    for (unsigned i = 0; i < BATCHES; i++) append_batch(store, &acked);
    _exit(0);
  }
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  assert_int_equal(stat(store_file("journal.db-wal"), &file), 0);
  assert_int_equal(read_all(&counts, &blocks), BATCHES * BATCH);
  for (unsigned i = 0; i < FLIPS; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1;
    uint64_t bit = (seed >> 20) % ((uint64_t)file.st_size * 8);
    unlink(store_file("journal.db-shm")); /* made anew from the log, as after a restart of the machine */
    flip(store_file("journal.db-wal"), bit);
    size_t records = read_all(&counts, &blocks);
    assert_true(records == SIZE_MAX || (records <= BATCHES * BATCH && records % BATCH == 0));
    shorter += records < BATCHES * BATCH;
    flip(store_file("journal.db-wal"), bit);
  }
  assert_true(shorter > FLIPS / 2);
  each_case_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_size_limit_is_a_full_disk),
      cmocka_unit_test(a_full_disk_loses_nothing_and_heals),
      cmocka_unit_test(a_full_disk_stays_full_until_there_is_room),
      cmocka_unit_test(a_failed_sync_stops_all_acknowledging),
      cmocka_unit_test(a_failed_write_stops_all_acknowledging),
      cmocka_unit_test(a_store_opens_for_reading_on_a_full_disk),
      cmocka_unit_test(a_new_store_needs_room),
      cmocka_unit_test(a_slow_sync_makes_nobody_wait),
      cmocka_unit_test(short_writes_are_completed),
      cmocka_unit_test(a_hanging_reader_lets_the_log_grow),
      cmocka_unit_test(flipped_bits_are_noticed_or_do_no_harm),
      cmocka_unit_test(flipped_bits_in_the_log_end_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
