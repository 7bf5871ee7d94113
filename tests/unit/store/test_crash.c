/* test_crash.c - processes killed and power cut at any point: every acknowledged record is there, exactly once. */
#include "store_fixture.h"

#include "fault/vfs_fault.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { KILL_ROUNDS = 20, KILL_POINTS = 60, CUTS = 100, BATCHES = 60, AHEAD_MAX = 8 };

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

/* --- a process that appends until it is killed ---------------------------------------------------------------- */

struct ack { /* what it writes into the pipe */
  uint32_t n, count;
};

static int ack_fd;
static unsigned ahead; /* appends not answered yet */

static void send_ack(void *arg, const struct store_outcome *outcome) {
  ahead--;
  struct ack ack = {*(uint32_t *)arg, outcome->records};
  free(arg);
  if (outcome->state == STORE_OK && write(ack_fd, &ack, sizeof ack) != sizeof ack) _exit(3);
}

/* Appends records n, n + 1, ... in batches of many sizes, up to AHEAD_MAX at once. Then a clean close and the end; or it waits to be
 * killed, so that it is however late that comes. */
static void append_all(uint32_t n, uint64_t seed, bool waits) {
  struct err err;
  struct store *store = store_open(store_dir, &quick, &err);
  if (!store) _exit(4);
  for (unsigned i = 0; i < BATCHES; i++) {
    uint32_t count = 1 + (uint32_t)(draw(&seed) % 20);
    uint32_t *first = xmalloc(sizeof *first);
    *first = n;
    if (append_numbered(store, n, count, send_ack, first, &err)) _exit(5);
    n += count;
    if (++ahead > draw(&seed) % AHEAD_MAX) store_drain(store);
  }
  while (waits) pause();
  store_close(store);
  _exit(0);
}

struct child {
  pid_t pid;
  int acks;
};

/* `kill_at`: the disk's operation that kills it; 0: none, its parent will. */
static struct child start_child(uint32_t n, uint64_t seed, uint64_t kill_at) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    ack_fd = ends[1];
    if (kill_at) {
      vfs_fault_install();
      vfs_fault_at(VFS_FAULT_KILL, kill_at);
    }
    append_all(n, seed, kill_at == 0);
  }
  close(ends[1]);
  return (struct child){pid, ends[0]};
}

static uint8_t acked[FIXTURE_RECORDS_MAX];

/* The next acknowledgement, noted; false when the process has ended. */
static bool take_ack(const struct child *child) {
  struct ack ack;
  if (read(child->acks, &ack, sizeof ack) != sizeof ack) return false;
  for (uint32_t i = 0; i < ack.count; i++) acked[ack.n + i]++;
  return true;
}

/* All acknowledgements that are left, and the end of the process. */
static int end_child(const struct child *child) {
  int status;
  while (take_ack(child)) {
  }
  close(child->acks);
  assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
  return status;
}

/* No record twice, no acknowledged one missing; what was on its way may be there. The next free number. */
static uint32_t assert_nothing_lost(const char *dir) {
  static uint8_t found[FIXTURE_RECORDS_MAX];
  struct err err;
  uint32_t next = 0;
  if (store_check(dir, NULL, &err)) fail_msg("%s", err.text);
  count_numbers(dir, found);
  for (uint32_t n = 0; n < FIXTURE_RECORDS_MAX; n++) {
    assert_true(found[n] <= 1);
    if (acked[n] && !found[n]) fail_msg("record %u was acknowledged and is gone", n);
    if (found[n] || acked[n]) next = n + 1;
  }
  return next;
}

static void kill_9_loses_nothing(void **state) {
  (void)state;
  uint64_t seed = 20261123;
  uint32_t n = 0;
  memset(acked, 0, sizeof acked);
  for (unsigned round = 0; round < KILL_ROUNDS; round++) {
    struct child child = start_child(n, draw(&seed) | 1, 0);
    for (uint64_t acks = 1 + draw(&seed) % (BATCHES / 2); acks > 0; acks--) assert_true(take_ack(&child));
    kill(child.pid, SIGKILL);
    assert_true(WIFSIGNALED(end_child(&child)));
    n = assert_nothing_lost(store_dir);
  }
  assert_true(n > KILL_ROUNDS);
}

/* Inside the n-th write, sync or removal, the first opening and the closing included. */
static void kill_inside_any_operation_loses_nothing(void **state) {
  (void)state;
  unsigned killed = 0;
  for (uint64_t point = 1; point <= KILL_POINTS; point++) {
    void *unused = NULL;
    memset(acked, 0, sizeof acked);
    struct child child = start_child(0, point, point * 5);
    killed += WIFSIGNALED(end_child(&child)) ? 1 : 0;
    struct store *store = open_store(); /* also where not even the tables were made */
    store_close(store);
    assert_nothing_lost(store_dir);
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  assert_true(killed > KILL_POINTS / 2);
}

/* --- power cuts ------------------------------------------------------------------------------------------------- */

static atomic_uint acked_records; /* records 0 to this - 1 */
static unsigned acked_at_cut;

static void count_acked(void *arg, const struct store_outcome *outcome) {
  (void)arg;
  if (outcome->state == STORE_OK) atomic_fetch_add(&acked_records, outcome->records);
}

static void on_cut(void *arg) {
  (void)arg;
  acked_at_cut = atomic_load(&acked_records);
}

/* Appends on a disk whose power goes in its nth operation. False when it never came to that. */
static bool append_until_cut(enum vfs_fault fault, uint64_t nth, uint64_t seed) {
  struct err err;
  uint32_t n = 0;
  atomic_store(&acked_records, 0);
  acked_at_cut = 0;
  vfs_fault_remember();
  vfs_fault_on_cut(on_cut, NULL);
  vfs_fault_at(fault, nth);
  struct store *store = open_store();
  for (unsigned i = 0; i < BATCHES && !vfs_fault_hit(); i++) {
    uint32_t count = 1 + (uint32_t)(draw(&seed) % 20);
    assert_int_equal(append_numbered(store, n, count, count_acked, NULL, &err), 0);
    n += count;
    if (draw(&seed) % 4) store_drain(store);
  }
  store_close(store);
  return vfs_fault_hit();
}

/* The store as the cut may have left it: opens, is whole, takes more. How many of the acknowledged are missing. */
static unsigned missing_from_image(const char *dir, unsigned wanted) {
  static uint8_t found[FIXTURE_RECORDS_MAX];
  struct err err;
  unsigned missing = 0;
  struct store *store = open_with(dir, &quick);
  must_append(store, 50000, 1);
  store_close(store);
  if (store_check(dir, NULL, &err)) fail_msg("%s", err.text);
  count_numbers(dir, found);
  for (unsigned n = 0; n < FIXTURE_RECORDS_MAX; n++) {
    assert_true(found[n] <= 1);
    if (n < wanted && !found[n]) missing++;
  }
  assert_int_equal(found[50000], 1);
  return missing;
}

static void image_dir(char dir[FIXTURE_PATH_MAX]) {
  snprintf(dir, FIXTURE_PATH_MAX, "/tmp/embudo_image_XXXXXX");
  assert_non_null(mkdtemp(dir));
}

static void power_cuts_lose_nothing(void **state) {
  (void)state;
  uint64_t seed = 42;
  unsigned images = 0, with_records = 0;
  vfs_fault_install();
  while (images < CUTS) {
    void *unused = NULL;
    char dir[FIXTURE_PATH_MAX];
    if (append_until_cut(VFS_FAULT_CUT, 1 + draw(&seed) % 250, draw(&seed) | 1)) {
      image_dir(dir);
      vfs_fault_image(dir, draw(&seed));
      unsigned missing = missing_from_image(dir, acked_at_cut);
      if (missing)
        fail_msg("image %u: %u of %u acknowledged records are gone", images, missing, acked_at_cut);
      dir_remove(dir);
      images++;
      with_records += acked_at_cut > 0;
    }
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  assert_true(with_records > CUTS / 2);
}

/* On a disk that only says it synced, records do get lost: the test above can see that. */
static void a_lying_disk_is_noticed(void **state) {
  (void)state;
  unsigned missing = 0;
  vfs_fault_install();
  for (uint64_t seed = 1; seed <= 10 && !missing; seed++) {
    void *unused = NULL;
    char dir[FIXTURE_PATH_MAX];
    struct err err;
    vfs_fault_remember();
    struct store *store = open_store();
    must_append(store, 0, 1);
    store_drain(store);
    vfs_fault_at(VFS_FAULT_LIE, 1);
    for (uint32_t n = 1; n <= 200; n += 10) must_append(store, n, 10);
    store_drain(store);
    image_dir(dir);
    vfs_fault_image(dir, seed);
    store_close(store);
    vfs_fault_at(VFS_FAULT_NONE, 0);
    struct store *image = store_open(dir, &quick, &err);
    if (image) store_close(image);
    if (!image || store_check(dir, NULL, &err))
      missing++;
    else
      missing += missing_from_image(dir, 200);
    dir_remove(dir);
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  assert_true(missing > 0);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(kill_9_loses_nothing),
      WITH_DIR(kill_inside_any_operation_loses_nothing),
      WITH_DIR(power_cuts_lose_nothing),
      WITH_DIR(a_lying_disk_is_noticed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
