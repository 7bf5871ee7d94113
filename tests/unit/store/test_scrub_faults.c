/* test_scrub_faults.c - records replaced and removed by processes that are killed, on disks that fill up or lose their
 * power: what was acknowledged holds, and who opens the store next leaves nothing of what was removed. */
#include "removal_fixture.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { KILLS = 40, CUTS = 40, FULL_POINTS = 60 };

/* Whether the store holds just that. */
static bool is_as(const struct model *wanted) {
  static struct model found;
  struct err err;
  struct store_record record;
  int more;
  memset(found.contents, 0xff, sizeof found.contents);
  struct store_reader *reader = store_reader_new(store_dir, &err);
  if (!reader) fail_msg("%s", err.text);
  while ((more = store_reader_next(reader, &record, &err)) > 0)
    found.contents[record.seq - 1] = (int32_t)content_of(&record);
  must(more, &err);
  store_reader_free(reader);
  if (memcmp(found.contents, wanted->contents, wanted->records * sizeof *found.contents) != 0) return false;
  for (uint32_t i = wanted->records; i < RECORDS_MAX; i++)
    if (found.contents[i] >= 0) return false;
  return true;
}

/* What is there is what was acknowledged, with or without what was under way; a scrub that was cut off is made again; then
 * nothing is left of what is not there. What never was committed may be in the log: of that nobody knows. */
static void assert_recovered(const struct progress *progress, const char *when, unsigned round) {
  struct err err;
  struct store_stats stats;
  uint32_t live;
  struct store *store = open_to_change();
  do store_stats(store, &stats);
  while (stats.marked);
  store_close(store);
  must(store_check(store_dir, NULL, &err), &err);
  bool done = is_as(&progress->tried);
  if (!done && !is_as(&progress->acked)) fail_msg("%s %u: not what was acknowledged", when, round);
  model = done ? progress->tried : progress->acked;
  model.made = progress->acked.made;
  uint32_t left = left_over(&live);
  if (left) fail_msg("%s %u: %u contents are left", when, round, left);
}

static void next_dir(void) {
  void *unused = NULL;
  store_dir_remove(&unused);
  assert_int_equal(store_dir_make(&unused), 0);
  memset(&model, 0, sizeof model);
  memset(shown, 0, sizeof *shown);
}

/* Changes, and a scrub now and then, until it is cut off. */
static void change_until(struct store *store, uint64_t seed, bool (*is_over)(void)) {
  for (unsigned i = 0; i < 40 && !is_over(); i++) {
    change_at_random(store, &seed, 6);
    if (i % 4 == 3) scrub(store);
  }
}

static bool never(void) {
  return false;
}

static void be_killed(uint64_t seed, uint64_t kill_at) {
  vfs_fault_install();
  vfs_fault_at(VFS_FAULT_KILL, kill_at);
  struct store *store = open_to_change();
  change_until(store, seed, never);
  store_close(store);
  _exit(0);
}

static void killed_processes_leave_nothing(void **state) {
  (void)state;
  unsigned killed = 0, wrote = 0;
  shown = mmap(NULL, sizeof *shown, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(shown != MAP_FAILED);
  for (unsigned round = 1; round <= KILLS; round++) {
    int status;
    next_dir();
    all_small = round % 2;
    packing = round % 4 < 2;
    pid_t child = fork();
    if (child == 0) be_killed(round, round * 23);
    assert_int_equal(waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    wrote += shown->acked.records > 0;
    assert_recovered(shown, "kill", round);
  }
  munmap(shown, sizeof *shown);
  shown = NULL;
  all_small = packing = false;
  assert_true(killed > KILLS - 5 && wrote > KILLS - 5);
}

/* --- power cuts ------------------------------------------------------------------------------------------------------ */

static struct progress at_cut;

static void on_cut(void *arg) {
  (void)arg;
  pthread_mutex_lock(&shown_lock);
  at_cut = *shown;
  pthread_mutex_unlock(&shown_lock);
}

static void power_cuts_leave_nothing(void **state) {
  (void)state;
  static struct progress progress;
  char dir[FIXTURE_PATH_MAX], original[FIXTURE_PATH_MAX];
  unsigned cuts = 0;
  vfs_fault_install();
  shown = &progress;
  for (unsigned round = 1; round <= CUTS; round++) {
    next_dir();
    all_small = round % 2;
    packing = round % 4 < 2;
    vfs_fault_remember();
    vfs_fault_on_cut(on_cut, NULL);
    vfs_fault_at(VFS_FAULT_CUT, 30 + round * 17);
    struct store *store = open_to_change();
    change_until(store, round, vfs_fault_hit);
    store_close(store);
    if (!vfs_fault_hit()) continue;
    cuts++;
    snprintf(dir, sizeof dir, "/tmp/embudo_image_XXXXXX");
    assert_non_null(mkdtemp(dir));
    vfs_fault_image(dir, round);
    snprintf(original, sizeof original, "%s", store_dir);
    snprintf(store_dir, sizeof store_dir, "%s", dir);
    assert_recovered(&at_cut, "cut", round);
    snprintf(store_dir, sizeof store_dir, "%s", original);
    dir_remove(dir);
  }
  shown = NULL;
  all_small = packing = false;
  assert_true(cuts > CUTS - 10);
}

/* --- full disks ------------------------------------------------------------------------------------------------------ */

static void note_end(void *arg, const struct store_outcome *outcome) {
  int *ended = arg;
  *ended = (int)outcome->state + 1;
}

/* The disk is full from any operation of a scrub on: it fails or goes on, and once there is room it can be asked again. */
static void a_full_disk_delays_a_scrub(void **state) {
  (void)state;
  static struct progress progress;
  unsigned failed = 0;
  vfs_fault_install();
  shown = &progress;
  for (unsigned nth = 1; nth <= FULL_POINTS; nth++) {
    uint64_t seed = nth;
    struct err err;
    int ended = 0;
    next_dir();
    packing = nth % 2;
    vfs_fault_at(VFS_FAULT_NONE, 0);
    struct store *store = open_to_change();
    change_at_random(store, &seed, 40);
    remove_before(store, model.records / 2);
    vfs_fault_at(VFS_FAULT_FULL, nth);
    bool asked = store_scrub(store, note_end, &ended, &err) == 0;
    while (asked && !ended) store_deliver(store);
    failed += !asked || ended == STORE_FULL + 1;
    vfs_fault_at(VFS_FAULT_NONE, 0);
    while (store_state(store) != STORE_OK) store_deliver(store);
    remove_before(store, model.records / 2); /* was refused, perhaps */
    drain(store);
    scrub(store);
    store_close(store);
    assert_recovered(&progress, "full", nth);
  }
  shown = NULL;
  packing = false;
  assert_true(failed > 3);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(killed_processes_leave_nothing),
      WITH_DIR(power_cuts_leave_nothing),
      WITH_DIR(a_full_disk_delays_a_scrub),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
