/* test_writer.c - groups, order, bounds and states, on a disk that does what the test says. */
#include "unit.h"

#include "store/writer.h"
#include <pthread.h>

enum { GROUPS_MAX = 64 };

/* Each commit waits until the test lets it end, with the state the test wants. */
static struct disk {
  pthread_mutex_t lock;
  pthread_cond_t moved;
  unsigned begun, allowed; /* commits */
  enum store_state next;   /* how commits end */
  unsigned recoveries;     /* asked for */
  unsigned recover_after;  /* this many fail */
  unsigned idle_tends, busy_tends;
  unsigned work; /* tends until it is at rest */
  struct writer_group groups[GROUPS_MAX];
} disk;

static unsigned wakes; /* under disk.lock */

static enum store_state answer(enum store_state state, struct err *err) {
  if (state == STORE_FULL) err_set(err, ERR_LIMIT, "no room");
  if (state == STORE_BROKEN) err_set(err, ERR_SYSTEM, "sync failed");
  return state;
}

static enum store_state disk_commit(void *self, const struct writer_group *group, struct err *err) {
  (void)self;
  pthread_mutex_lock(&disk.lock);
  ASSERT(disk.begun < GROUPS_MAX);
  disk.groups[disk.begun++] = *group;
  pthread_cond_broadcast(&disk.moved);
  while (disk.allowed < disk.begun) pthread_cond_wait(&disk.moved, &disk.lock);
  enum store_state state = disk.next;
  pthread_mutex_unlock(&disk.lock);
  return answer(state, err);
}

static enum store_state disk_tend(void *self, bool idle, enum writer_rest *rest, struct err *err) {
  (void)self, (void)err;
  pthread_mutex_lock(&disk.lock);
  if (disk.work > 0) *rest = disk.work-- % 4 == 0 ? WRITER_HELD_UP : WRITER_AT_WORK;
  if (idle)
    disk.idle_tends++;
  else
    disk.busy_tends++;
  pthread_cond_broadcast(&disk.moved);
  pthread_mutex_unlock(&disk.lock);
  return STORE_OK;
}

static enum store_state disk_recover(void *self, struct err *err) {
  (void)self;
  pthread_mutex_lock(&disk.lock);
  enum store_state state = ++disk.recoveries > disk.recover_after ? STORE_OK : STORE_FULL;
  pthread_cond_broadcast(&disk.moved);
  pthread_mutex_unlock(&disk.lock);
  return answer(state, err);
}

static void allow(unsigned commits) {
  pthread_mutex_lock(&disk.lock);
  disk.allowed += commits;
  pthread_cond_broadcast(&disk.moved);
  pthread_mutex_unlock(&disk.lock);
}

static void wait_until(const unsigned *count, unsigned wanted) {
  pthread_mutex_lock(&disk.lock);
  while (*count < wanted) pthread_cond_wait(&disk.moved, &disk.lock);
  pthread_mutex_unlock(&disk.lock);
}

static void on_wake(void *arg) {
  (void)arg;
  pthread_mutex_lock(&disk.lock);
  wakes++;
  pthread_cond_broadcast(&disk.moved);
  pthread_mutex_unlock(&disk.lock);
}

static unsigned changes;
static enum store_state changed_to;

static void on_changed(void *arg, enum store_state state, const struct err *err) {
  (void)arg;
  assert_true((state == STORE_OK) == (err == NULL));
  changes++;
  changed_to = state;
}

static struct writer *writer_made(struct store_options options, unsigned work, bool undone) {
  static const struct disk fresh = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};
  struct err err = {ERR_NONE, ""};
  disk = fresh;
  disk.work = work;
  wakes = changes = 0;
  changed_to = STORE_OK;
  options.wake = on_wake;
  options.changed = on_changed;
  const struct writer_disk on = {NULL, disk_commit, disk_tend, disk_recover, undone};
  struct writer *writer = writer_new(&on, &options, STORE_OK, &err, &err);
  assert_non_null(writer);
  return writer;
}

static struct writer *writer_make(struct store_options options) {
  return writer_made(options, 0, false);
}

struct told {
  unsigned count;
  uint64_t seqs[512];
  enum store_state states[512];
  char why[64];
};

static void on_done(void *arg, const struct store_outcome *outcome) {
  struct told *told = arg;
  told->seqs[told->count] = outcome->first_seq;
  told->states[told->count++] = outcome->state;
  if (outcome->err) snprintf(told->why, sizeof told->why, "%.60s", outcome->err->text);
}

static void add_request(struct writer *writer, uint64_t seq, uint32_t records, size_t bytes, bool along,
                        struct told *told) {
  struct err err;
  assert_int_equal(writer_room(writer, bytes, &err), 0);
  struct writer_request *request = writer_request_new();
  buf_add_repeat(&request->bytes, 'x', bytes);
  request->first_seq = seq;
  request->records = records;
  if (!records) {
    request->kind = WRITER_VALUE;
    request->name = xstrdup("value");
  }
  request->along = along;
  request->done = told ? on_done : NULL;
  request->arg = told;
  writer_add(writer, request);
}

static void add(struct writer *writer, uint64_t seq, uint32_t records, size_t bytes, struct told *told) {
  add_request(writer, seq, records, bytes, false, told);
}

/* Of one record, which nobody waits for. */
static void add_along(struct writer *writer, uint64_t seq, struct told *told) {
  add_request(writer, seq, 1, 10, true, told);
}

static void add_scrub(struct writer *writer, struct told *told) {
  struct writer_request *request = writer_request(writer);
  request->kind = WRITER_SCRUB;
  request->done = on_done;
  request->arg = told;
  writer_add(writer, request);
}

static const struct store_options patient = {.idle_ms = 1000000, .group_wait_us = 1, .probe_ms = 1};

static void what_waits_during_a_commit_makes_one_group(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_make(patient);
  add(writer, 1, 10, 100, &told);
  wait_until(&disk.begun, 1);
  for (uint64_t i = 0; i < 20; i++) add(writer, 11 + i, 1, 10, &told);
  add(writer, 0, 0, 5, &told);
  allow(2);
  writer_drain(writer);
  assert_int_equal(disk.begun, 2);
  assert_int_equal(disk.groups[0].records, 10);
  assert_int_equal(disk.groups[1].requests, 21);
  assert_int_equal(disk.groups[1].records, 20);
  assert_int_equal(disk.groups[1].first_seq, 11);
  assert_int_equal(disk.groups[1].bytes, 200);
  assert_int_equal(told.count, 22);
  for (unsigned i = 0; i < 21; i++) assert_int_equal(told.seqs[i], i ? 10 + i : 1);
  struct store_stats stats;
  writer_stats(writer, &stats);
  assert_int_equal(stats.commits, 2);
  assert_int_equal(stats.records, 30);
  assert_int_equal(stats.raw_bytes, 300);
  assert_int_equal(stats.queued_requests, 0);
  assert_int_equal(writer_free(writer), STORE_OK);
}

static void groups_have_bounds(void **state) {
  (void)state;
  struct writer *writer = writer_make(patient);
  add(writer, 1, 1, 1, NULL);
  wait_until(&disk.begun, 1);
  uint64_t seq = 2;
  for (; seq < 2 + STORE_GROUP_REQUESTS_MAX + 3; seq++) add(writer, seq, 1, 1, NULL); /* too many */
  add(writer, seq++, 1, STORE_GROUP_BYTES_MAX - 1, NULL);
  add(writer, seq++, 1, 10, NULL);                          /* too large with the one before */
  add(writer, seq + 5, 1, 10, NULL);                        /* numbers with a gap before them */
  add(writer, seq + 6, 1, STORE_GROUP_BYTES_MAX + 1, NULL); /* too large alone: still written */
  allow(100);
  writer_drain(writer);
  static const uint32_t requests[] = {1, STORE_GROUP_REQUESTS_MAX, 3, 1, 1, 1, 1};
  assert_int_equal(disk.begun, COUNT_OF(requests));
  for (unsigned i = 0; i < COUNT_OF(requests); i++) assert_int_equal(disk.groups[i].requests, requests[i]);
  writer_free(writer);
}

static void a_commit_waits_for_as_many_as_the_last_had(void **state) {
  (void)state;
  struct store_options options = patient;
  options.group_wait_us = 60 * 1000000;
  struct writer *writer = writer_make(options);
  add(writer, 1, 1, 1, NULL);
  wait_until(&disk.begun, 1);
  for (uint64_t seq = 2; seq < 6; seq++) add(writer, seq, 1, 1, NULL);
  allow(2);
  writer_drain(writer);
  for (uint64_t seq = 6; seq < 10; seq++) add(writer, seq, 1, 1, NULL); /* four again: the commit begins */
  allow(1);
  writer_drain(writer);
  assert_int_equal(disk.begun, 3);
  assert_int_equal(disk.groups[2].requests, 4);
  add(writer, 10, 1, 1, NULL); /* one: closing does not wait for more */
  allow(1);
  writer_free(writer);
  assert_int_equal(disk.begun, 4);
}

/* Long enough for a test to hang that relies on it. */
static const struct store_options very_patient = {
    .idle_ms = 1000000, .group_wait_us = 1, .probe_ms = 1, .along_wait_us = 3600000000u};

static void what_nobody_waits_for_goes_along_in_its_order(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_make(very_patient);
  allow(10);
  add_along(writer, 1, &told);
  add_along(writer, 2, &told);
  add(writer, 3, 1, 1, &told);
  add_along(writer, 4, &told);
  wait_until(&disk.begun, 1);
  add(writer, 5, 1, 1, &told);
  writer_drain(writer);
  assert_int_equal(told.count, 5);
  for (unsigned i = 0; i < 5; i++) assert_int_equal(told.seqs[i], i + 1);
  assert_int_equal(disk.groups[0].first_seq, 1);
  assert_in_range(disk.groups[0].requests, 3, 4); /* nothing before the third was there */
  writer_free(writer);
}

static void what_nobody_waits_for_does_not_wait_for_ever(void **state) {
  (void)state;
  struct store_options options = very_patient;
  options.along_wait_us = 1;
  struct writer *writer = writer_make(options);
  allow(10);
  for (uint64_t seq = 1; seq <= 5; seq++) {
    add_along(writer, seq, NULL);
    wait_until(&disk.begun, (unsigned)seq);
  }
  writer_free(writer);
}

static void draining_and_closing_commit_what_nobody_waits_for(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_make(very_patient);
  allow(10);
  add_along(writer, 1, &told);
  writer_drain(writer);
  assert_int_equal(told.count, 1);
  assert_int_equal(told.states[0], STORE_OK);
  add_along(writer, 2, &told);
  assert_int_equal(writer_free(writer), STORE_OK);
  assert_int_equal(told.count, 2);
  assert_int_equal(told.states[1], STORE_OK);
}

static void what_fills_a_group_waits_no_longer(void **state) {
  (void)state;
  struct writer *writer = writer_make(very_patient);
  allow(10);
  for (uint64_t seq = 1; seq <= STORE_GROUP_REQUESTS_MAX; seq++) add_along(writer, seq, NULL);
  wait_until(&disk.begun, 1);
  assert_int_equal(disk.groups[0].requests, STORE_GROUP_REQUESTS_MAX);
  add_request(writer, STORE_GROUP_REQUESTS_MAX + 1, 1, STORE_GROUP_BYTES_MAX, true, NULL);
  wait_until(&disk.begun, 2);
  writer_free(writer);
}

/* What the group before had no room for has waited already. */
static void what_a_full_group_leaves_is_the_next(void **state) {
  (void)state;
  struct writer *writer = writer_make(very_patient);
  add(writer, 1, 1, 1, NULL);
  wait_until(&disk.begun, 1);
  for (uint64_t seq = 2; seq <= STORE_GROUP_REQUESTS_MAX + 4; seq++) add_along(writer, seq, NULL);
  allow(10);
  wait_until(&disk.begun, 3);
  assert_int_equal(disk.groups[1].requests, STORE_GROUP_REQUESTS_MAX);
  assert_int_equal(disk.groups[2].requests, 3);
  writer_free(writer);
}

/* A commit waits for as many of those who wait as the last one had: others are not answered, and send nothing. */
static void what_nobody_waits_for_is_not_waited_for(void **state) {
  (void)state;
  struct store_options options = very_patient;
  options.group_wait_us = 3600000000u;
  struct writer *writer = writer_make(options);
  allow(10);
  for (uint64_t seq = 1; seq <= 3; seq++) add_along(writer, seq, NULL);
  add(writer, 4, 1, 1, NULL);
  wait_until(&disk.begun, 1);
  add(writer, 5, 1, 1, NULL);
  wait_until(&disk.begun, 2);
  add_along(writer, 6, NULL);
  add(writer, 7, 1, 1, NULL);
  wait_until(&disk.begun, 3);
  writer_free(writer);
}

static void the_queue_is_bounded(void **state) {
  (void)state;
  struct err err;
  struct store_options options = patient;
  options.queue_requests_max = 4;
  options.queue_bytes_max = 100;
  struct writer *writer = writer_make(options);
  add(writer, 1, 1, 60, NULL);
  add(writer, 2, 1, 40, NULL);
  assert_int_equal(writer_room(writer, 1, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  allow(10);
  writer_drain(writer);
  add(writer, 3, 1, 500, NULL); /* alone, any size is taken */
  writer_drain(writer);
  for (uint64_t seq = 4; seq < 8; seq++) add(writer, seq, 1, 1, NULL);
  assert_int_equal(writer_room(writer, 1, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  writer_free(writer);
}

static void one_wake_stands_for_many_endings(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_make(patient);
  allow(100);
  for (uint64_t seq = 1; seq <= 10; seq++) {
    add(writer, seq, 1, 1, &told);
    wait_until(&disk.busy_tends, (unsigned)seq); /* comes after the wake */
  }
  assert_int_equal(told.count, 0);
  assert_int_equal(wakes, 1);
  writer_deliver(writer);
  assert_int_equal(told.count, 10);
  add(writer, 11, 1, 1, &told);
  wait_until(&wakes, 2);
  writer_deliver(writer);
  assert_int_equal(told.count, 11);
  writer_free(writer);
}

static void a_full_disk_fails_what_waits_and_heals(void **state) {
  (void)state;
  struct told told = {0};
  struct err err;
  struct writer *writer = writer_make(patient);
  disk.recover_after = 3;
  add(writer, 1, 1, 1, &told);
  wait_until(&disk.begun, 1);
  add(writer, 2, 1, 1, &told);
  disk.next = STORE_FULL;
  allow(1);
  writer_drain(writer);
  assert_int_equal(told.count, 2);
  assert_int_equal(told.states[0], STORE_FULL);
  assert_int_equal(told.states[1], STORE_FULL);
  assert_string_equal(told.why, "no room");
  assert_int_equal(disk.begun, 1); /* the second was not tried */
  disk.next = STORE_OK;
  wait_until(&disk.recoveries, 4);
  while (writer_state(writer) != STORE_OK) writer_deliver(writer);
  assert_int_equal(disk.recoveries, 4);
  allow(1);
  add(writer, 3, 1, 1, &told);
  writer_drain(writer);
  assert_int_equal(told.states[2], STORE_OK);
  assert_int_equal(changed_to, STORE_OK);
  struct store_stats stats;
  writer_stats(writer, &stats);
  assert_int_equal(stats.failed_commits, 1);
  assert_int_equal(writer_room(writer, 1, &err), 0);
  writer_free(writer);
}

static void while_full_new_ones_are_refused(void **state) {
  (void)state;
  struct err err;
  struct store_options options = patient;
  options.probe_ms = 1000000;
  struct writer *writer = writer_make(options);
  disk.next = STORE_FULL;
  allow(1);
  add(writer, 1, 1, 1, NULL);
  writer_drain(writer);
  assert_int_equal(changes, 1);
  assert_int_equal(changed_to, STORE_FULL);
  assert_int_equal(writer_room(writer, 1, &err), -1);
  assert_int_equal(err.code, ERR_LIMIT);
  assert_string_equal(err.text, "no room");
  assert_int_equal(writer_free(writer), STORE_FULL);
}

static void a_broken_disk_is_not_called_again(void **state) {
  (void)state;
  struct told told = {0};
  struct err err;
  struct writer *writer =
      writer_make((struct store_options){.idle_ms = 1, .probe_ms = 1, .group_wait_us = 1});
  add(writer, 1, 1, 1, &told);
  wait_until(&disk.begun, 1);
  add(writer, 2, 1, 1, &told);
  disk.next = STORE_BROKEN;
  allow(10);
  writer_drain(writer);
  assert_int_equal(told.states[0], STORE_BROKEN);
  assert_int_equal(told.states[1], STORE_BROKEN);
  assert_int_equal(changed_to, STORE_BROKEN);
  assert_int_equal(writer_room(writer, 1, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  assert_string_equal(err.text, "sync failed");
  assert_int_equal(writer_free(writer), STORE_BROKEN);
  assert_int_equal(disk.begun, 1);
  assert_int_equal(disk.recoveries, 0);
  assert_int_equal(disk.idle_tends + disk.busy_tends, 0);
}

static void breaking_from_outside_fails_what_waits(void **state) {
  (void)state;
  struct told told = {0};
  struct err why;
  struct writer *writer = writer_make(patient);
  add(writer, 1, 1, 1, &told);
  wait_until(&disk.begun, 1);
  add(writer, 2, 1, 1, &told);
  err_set(&why, ERR_SYNTAX, "damaged");
  writer_break(writer, &why);
  allow(10);
  writer_drain(writer);
  assert_int_equal(told.states[0], STORE_OK); /* its commit had begun, and it ended well */
  assert_int_equal(told.states[1], STORE_BROKEN);
  assert_string_equal(told.why, "damaged");
  assert_int_equal(writer_free(writer), STORE_BROKEN);
}

static void at_rest_the_disk_is_tended_once(void **state) {
  (void)state;
  struct writer *writer = writer_make((struct store_options){.idle_ms = 1, .group_wait_us = 1});
  allow(10);
  add(writer, 1, 1, 1, NULL);
  wait_until(&disk.idle_tends, 1);
  add(writer, 2, 1, 1, NULL);
  wait_until(&disk.idle_tends, 2);
  writer_free(writer);
  assert_int_equal(disk.idle_tends, 2);
  assert_int_equal(disk.busy_tends, 2);
}

struct again {
  struct writer *writer;
  struct told told;
};

static void add_again(void *arg, const struct store_outcome *outcome) {
  struct again *again = arg;
  on_done(&again->told, outcome);
  if (again->told.count == 1) add(again->writer, 2, 1, 1, &again->told);
}

static void a_callback_may_append(void **state) {
  (void)state;
  struct again again = {.writer = writer_make(patient)};
  allow(10);
  struct writer_request *request = writer_request_new();
  request->first_seq = request->records = 1;
  request->done = add_again;
  request->arg = &again;
  writer_add(again.writer, request);
  writer_drain(again.writer);
  assert_int_equal(again.told.count, 2);
  writer_free(again.writer);
}

/* --- scrubs ------------------------------------------------------------------------------------------------------ */

static void a_scrub_ends_when_the_disk_is_at_rest(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_made(patient, 9, false);
  allow(2);
  add_scrub(writer, &told);
  while (told.count == 0) writer_deliver(writer);
  assert_int_equal(told.states[0], STORE_OK);
  assert_int_equal(disk.busy_tends, 10);
  add_scrub(writer, &told); /* nothing to do */
  wait_until(&disk.busy_tends, 11);
  writer_free(writer);
  assert_int_equal(told.states[1], STORE_OK);
}

static void a_scrub_holds_up_nobody(void **state) {
  (void)state;
  struct told told = {0}, appends = {0};
  struct writer *writer = writer_made(patient, UINT32_MAX, false);
  allow(3);
  add_scrub(writer, &told);
  writer_drain(writer);
  for (uint64_t seq = 1; seq <= 2; seq++) {
    add(writer, seq, 1, 10, &appends);
    writer_drain(writer);
  }
  assert_int_equal(appends.count, 2);
  assert_int_equal(told.count, 0);
  writer_free(writer);
  assert_int_equal(told.count, 1);
  assert_int_equal(told.states[0], STORE_FULL);
  assert_non_null(strstr(told.why, "closed"));
}

static void a_scrub_breaks_with_the_disk(void **state) {
  (void)state;
  struct told told = {0};
  struct writer *writer = writer_made(patient, UINT32_MAX, false);
  allow(1);
  add_scrub(writer, &told);
  wait_until(&disk.busy_tends, 2);
  writer_break(writer, &(struct err){ERR_SYNTAX, "damaged"});
  while (told.count == 0) writer_deliver(writer);
  assert_int_equal(told.states[0], STORE_BROKEN);
  writer_free(writer);
}

static void what_was_left_undone_is_done_at_once(void **state) {
  (void)state;
  struct writer *writer = writer_made(patient, 5, true);
  wait_until(&disk.busy_tends, 6);
  assert_int_equal(disk.begun, 0);
  writer_free(writer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_waits_during_a_commit_makes_one_group),
      cmocka_unit_test(groups_have_bounds),
      cmocka_unit_test(a_commit_waits_for_as_many_as_the_last_had),
      cmocka_unit_test(what_nobody_waits_for_goes_along_in_its_order),
      cmocka_unit_test(what_nobody_waits_for_does_not_wait_for_ever),
      cmocka_unit_test(draining_and_closing_commit_what_nobody_waits_for),
      cmocka_unit_test(what_fills_a_group_waits_no_longer),
      cmocka_unit_test(what_a_full_group_leaves_is_the_next),
      cmocka_unit_test(what_nobody_waits_for_is_not_waited_for),
      cmocka_unit_test(the_queue_is_bounded),
      cmocka_unit_test(one_wake_stands_for_many_endings),
      cmocka_unit_test(a_full_disk_fails_what_waits_and_heals),
      cmocka_unit_test(while_full_new_ones_are_refused),
      cmocka_unit_test(a_broken_disk_is_not_called_again),
      cmocka_unit_test(breaking_from_outside_fails_what_waits),
      cmocka_unit_test(at_rest_the_disk_is_tended_once),
      cmocka_unit_test(a_callback_may_append),
      cmocka_unit_test(a_scrub_ends_when_the_disk_is_at_rest),
      cmocka_unit_test(a_scrub_holds_up_nobody),
      cmocka_unit_test(a_scrub_breaks_with_the_disk),
      cmocka_unit_test(what_was_left_undone_is_done_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
