/* test_faults.c - full disks, file size limits, failing writes and syncs: what was acknowledged is there, what was
 * refused is not, and the store says how it is. */
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_file_size_limit_is_a_full_disk),
      cmocka_unit_test(a_full_disk_loses_nothing_and_heals),
      cmocka_unit_test(a_full_disk_stays_full_until_there_is_room),
      cmocka_unit_test(a_failed_sync_stops_all_acknowledging),
      cmocka_unit_test(a_failed_write_stops_all_acknowledging),
      cmocka_unit_test(a_store_opens_for_reading_on_a_full_disk),
      cmocka_unit_test(a_new_store_needs_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
