/* test_scrub.c - records replaced and removed: readers no longer see them, and once a scrub has ended no file holds them.
 *
 * Contents are noise, which compression leaves as it is, made from a number of their own; so any eight bytes of any
 * content ever written can be looked for in the files. */
#include "store_fixture.h"

#include "fault/vfs_fault.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum {
  CONTENTS_MAX = 4000,
  CONTENT_WORDS_MAX = 2500, /* of 8 bytes */
  WORDS_BITS = 20,
  RECORDS_MAX = 3000,
  BATCH_MAX = 24,
};

static uint64_t mix(uint64_t x) {
  x ^= x >> 30, x *= UINT64_C(0xbf58476d1ce4e5b9);
  x ^= x >> 27, x *= UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static uint64_t draw(uint64_t *seed) {
  return mix(*seed += UINT64_C(0x9e3779b97f4a7c15));
}

/* --- contents ------------------------------------------------------------------------------------------------------ */

static uint64_t word_of(uint32_t content, uint32_t i) {
  return mix(((uint64_t)content + 1) << 32 | i) | 1; /* never 0 */
}

/* Most are small, some long, few much longer than a page; or all are small, so that many rows share a page. */
static bool all_small;

static uint32_t words_of(uint32_t content) {
  uint64_t fate = mix(content + (UINT64_C(1) << 40));
  uint32_t max = all_small || fate % 4 ? 40 : fate % 16 ? 400 : CONTENT_WORDS_MAX;
  return 2 + (uint32_t)((fate >> 8) % max);
}

static void content_add(struct buf *bytes, uint32_t content) {
  uint64_t head = content;
  buf_add(bytes, &head, sizeof head);
  for (uint32_t i = 0; i < words_of(content); i++) {
    uint64_t word = word_of(content, i);
    buf_add(bytes, &word, sizeof word);
  }
}

/* Which content the record holds; fails unless it is whole. */
static uint32_t content_of(const struct store_record *record) {
  struct buf bytes;
  uint64_t content;
  assert_true(record->bytes.len >= sizeof content);
  memcpy(&content, record->bytes.p, sizeof content);
  assert_true(content < CONTENTS_MAX);
  buf_init(&bytes);
  content_add(&bytes, (uint32_t)content);
  assert_true(str_eq(record->bytes, buf_str(&bytes)));
  buf_release(&bytes);
  return (uint32_t)content;
}

/* --- what is in the files ------------------------------------------------------------------------------------------ */

static struct {
  uint64_t word;
  uint32_t content;
} words[1 << WORDS_BITS];

static void words_note(uint32_t contents) {
  size_t sum = 0;
  memset(words, 0, sizeof words);
  for (uint32_t content = 0; content < contents; content++) {
    for (uint32_t i = 0; i < words_of(content); i++) {
      size_t at = word_of(content, i) >> (64 - WORDS_BITS);
      while (words[at].word) at = (at + 1) % COUNT_OF(words);
      words[at].word = word_of(content, i);
      words[at].content = content;
      assert_true(++sum < COUNT_OF(words) / 4 * 3);
    }
  }
}

static int32_t content_with(uint64_t word) {
  for (size_t at = word >> (64 - WORDS_BITS); words[at].word; at = (at + 1) % COUNT_OF(words))
    if (words[at].word == word) return (int32_t)words[at].content;
  return -1;
}

/* Adds to found[content] how many of its words are in the file. */
static void look_into(const char *name, uint32_t found[CONTENTS_MAX]) {
  FILE *file = fopen(store_file(name), "rb");
  if (!file) return;
  struct stat stat;
  assert_int_equal(fstat(fileno(file), &stat), 0);
  char *bytes = xmalloc((size_t)stat.st_size + 1);
  size_t len = fread(bytes, 1, (size_t)stat.st_size, file);
  for (size_t i = 0; i + 8 <= len; i++) {
    uint64_t word;
    memcpy(&word, bytes + i, sizeof word);
    int32_t content = content_with(word);
    if (content >= 0) found[content]++;
  }
  free(bytes);
  fclose(file);
}

/* No more database may be open in this process: closing a file drops SQLite's locks on it. */
static void look(uint32_t found[CONTENTS_MAX]) {
  memset(found, 0, CONTENTS_MAX * sizeof *found);
  look_into("journal.db", found);
  look_into("journal.db-wal", found);
  look_into("reserve", found);
}

/* --- a store and what should be in it ------------------------------------------------------------------------------ */

struct model {
  int32_t contents[RECORDS_MAX]; /* of record number i + 1; -1: gone */
  uint32_t records;
  uint32_t made; /* contents */
};

static struct model model;

static void must(int result, const struct err *err) {
  if (result) fail_msg("%s", err->text);
}

static void append_some(struct store *store, uint32_t count) {
  struct store_record records[BATCH_MAX];
  struct buf bytes[BATCH_MAX];
  struct err err;
  for (uint32_t i = 0; i < count; i++) {
    buf_init(&bytes[i]);
    content_add(&bytes[i], model.made);
    records[i] = (struct store_record){
        .received_ms = 1700000000000, .kind = 1, .source = STR("web"), .bytes = buf_str(&bytes[i])};
    model.contents[model.records++] = (int32_t)model.made++;
  }
  must(store_append(store, records, count, NULL, NULL, NULL, &err), &err);
  for (uint32_t i = 0; i < count; i++) buf_release(&bytes[i]);
}

static void note_changed(void *arg, const struct store_outcome *outcome) {
  assert_int_equal(outcome->state, STORE_OK);
  *(uint32_t *)arg += outcome->records;
}

static void replace(struct store *store, uint64_t seq, int32_t content, uint32_t *changed) {
  struct err err;
  struct buf bytes;
  buf_init(&bytes);
  if (content >= 0) content_add(&bytes, (uint32_t)content);
  must(store_replace(store, seq, buf_str(&bytes), note_changed, changed, &err), &err);
  if (model.contents[seq - 1] >= 0) model.contents[seq - 1] = content;
  buf_release(&bytes);
}

static void remove_before(struct store *store, uint64_t seq) {
  struct err err;
  must(store_remove_before(store, seq, NULL, NULL, &err), &err);
  for (uint64_t i = 1; i < seq; i++) model.contents[i - 1] = -1;
}

static void note_state(void *arg, const struct store_outcome *outcome) {
  *(enum store_state *)arg = outcome->state;
}

static void scrub(struct store *store) {
  struct err err;
  enum store_state state = STORE_BROKEN;
  must(store_scrub(store, note_state, &state, &err), &err);
  while (state == STORE_BROKEN) store_deliver(store);
  assert_int_equal(state, STORE_OK);
  struct store_stats stats;
  store_stats(store, &stats);
  assert_false(stats.marked);
}

static void assert_as_modelled(void) {
  struct err err;
  struct store_record record;
  struct store_counts counts;
  uint64_t records = 0;
  int found;
  must(store_check(store_dir, NULL, &err), &err);
  struct store_reader *reader = store_reader_new(store_dir, &err);
  for (uint64_t next = 1; (found = store_reader_next(reader, &record, &err)) > 0;
       next = record.seq + 1, records++) {
    for (; next < record.seq; next++) assert_int_equal(model.contents[next - 1], -1);
    assert_int_equal(content_of(&record), model.contents[record.seq - 1]);
  }
  must(found, &err);
  for (uint32_t i = 0; i < model.records; i++) records -= model.contents[i] >= 0;
  assert_int_equal(records, 0);
  must(store_reader_count(reader, &counts, &err), &err);
  store_reader_free(reader);
}

/* How many contents that are no longer in the store are still in the files; *live: how many that are. */
static uint32_t left_over(uint32_t *live) {
  static uint32_t found[CONTENTS_MAX];
  static bool wanted[CONTENTS_MAX];
  uint32_t left = 0;
  *live = 0;
  memset(wanted, 0, sizeof wanted);
  for (uint32_t i = 0; i < model.records; i++)
    if (model.contents[i] >= 0) wanted[model.contents[i]] = true;
  words_note(model.made);
  look(found);
  for (uint32_t content = 0; content < model.made; content++) {
    if (wanted[content])
      *live += found[content] > 0;
    else
      left += found[content] > 0;
  }
  return left;
}

/* --- tests ---------------------------------------------------------------------------------------------------------- */

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

/* So many contents were surely stored once; shared with a process that is killed. */
static uint32_t *stored;

static void drain(struct store *store) {
  store_drain(store);
  if (stored) *stored = model.made;
}

/* Many small and some long records, changed here and there and removed from the beginning, again and again. */
static void change_at_random(struct store *store, uint64_t *seed, unsigned steps) {
  static uint32_t changed;
  for (unsigned i = 0; i < steps && model.records + BATCH_MAX < RECORDS_MAX; i++) {
    uint64_t fate = draw(seed) % 100;
    if (model.records == 0 || fate < 50) {
      append_some(store, 1 + (uint32_t)(draw(seed) % (all_small ? 3 : fate % 3 ? BATCH_MAX : 1)));
    } else if (fate < 97) {
      uint64_t seq = 1 + draw(seed) % model.records;
      bool other = draw(seed) % 2 && model.made < CONTENTS_MAX - BATCH_MAX;
      replace(store, seq, other ? (int32_t)model.made++ : -1, &changed);
    } else {
      uint64_t low = 1;
      while (low < model.records && model.contents[low - 1] < 0) low++;
      remove_before(store, low + draw(seed) % (1 + (model.records - low) / 4));
    }
    if (all_small || draw(seed) % 3 == 0) drain(store);
  }
  drain(store);
}

static void after_a_scrub_nothing_is_left(void **state) {
  (void)state;
  void *unused = NULL;
  uint32_t live;
  vfs_fault_install(); /* syncs cost nothing */
  for (uint64_t seed = 1; seed <= 8; seed++) {
    uint64_t fate = seed;
    all_small = seed % 2;
    memset(&model, 0, sizeof model);
    for (unsigned round = 0; round < 4; round++) {
      struct store *store = open_store();
      change_at_random(store, &fate, all_small ? 400 : 60);
      assert_as_modelled();
      if (round % 2 == 0) scrub(store);
      change_at_random(store, &fate, 20);
      store_close(store);
      store = open_store();
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
  all_small = false;
}

/* Rows beside removed ones are moved to fuller pages, if they are not kept apart; then they are removed themselves. */
static void what_stood_beside_is_left_nowhere_either(void **state) {
  (void)state;
  uint64_t seed = 5, first = 1;
  uint32_t live, changed = 0;
  all_small = true;
  vfs_fault_install();
  memset(&model, 0, sizeof model);
  for (unsigned round = 0; round < 20; round++) {
    struct store *store = open_store();
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
  all_small = false;
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

/* --- processes killed on the way ----------------------------------------------------------------------------------- */

/* Does as change_at_random does, and a scrub now and then, until it is killed; says of each number it was told is gone. */
static void be_killed(uint64_t seed, uint64_t kill_at) {
  vfs_fault_install();
  vfs_fault_at(VFS_FAULT_KILL, kill_at);
  struct store *store = open_store();
  for (unsigned i = 0; i < 40; i++) {
    change_at_random(store, &seed, 6);
    if (i % 4 == 3) scrub(store);
  }
  store_close(store);
  _exit(0);
}

/* The model becomes what is there; whatever else was stored is to be gone. What was never committed may be in the log. */
static void model_from_store(void) {
  struct err err;
  struct store_record record;
  int found;
  memset(&model, 0, sizeof model);
  memset(model.contents, 0xff, sizeof model.contents);
  model.records = RECORDS_MAX;
  model.made = *stored;
  struct store_reader *reader = store_reader_new(store_dir, &err);
  if (!reader) fail_msg("%s", err.text);
  while ((found = store_reader_next(reader, &record, &err)) > 0)
    model.contents[record.seq - 1] = (int32_t)content_of(&record);
  must(found, &err);
  store_reader_free(reader);
}

static void who_opens_next_finishes_a_scrub(void **state) {
  (void)state;
  uint32_t live, killed = 0, seen = 0;
  stored = mmap(NULL, sizeof *stored, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(stored != MAP_FAILED);
  for (uint64_t round = 1; round <= 40; round++) {
    void *unused = NULL;
    int status;
    memset(&model, 0, sizeof model);
    all_small = round % 2;
    *stored = 0;
    pid_t child = fork();
    if (child == 0) be_killed(round, round * 23);
    assert_int_equal(waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    struct store *store = open_store();
    struct store_stats stats;
    do store_stats(store, &stats);
    while (stats.marked); /* by itself */
    store_close(store);
    model_from_store();
    uint32_t left = left_over(&live);
    if (left) fail_msg("round %u: %u contents are left", (unsigned)round, left);
    seen += live > 0;
    store_dir_remove(&unused);
    assert_int_equal(store_dir_make(&unused), 0);
  }
  all_small = false;
  munmap(stored, sizeof *stored);
  stored = NULL;
  assert_true(killed > 30);
  assert_true(seen > 30);
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, store_dir_make, store_dir_remove)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_DIR(replaced_records_are_read_as_they_are_now),
      WITH_DIR(what_does_not_fit_its_block_changes_nothing),
      WITH_DIR(removed_records_are_gone_at_once_and_their_numbers_too),
      WITH_DIR(what_stood_beside_is_left_nowhere_either),
      WITH_DIR(room_is_given_back),
      WITH_DIR(a_reader_holds_up_a_scrub_and_nothing_else),
      WITH_DIR(a_copy_has_what_was_there),
      WITH_DIR(who_opens_next_finishes_a_scrub),
      WITH_DIR(after_a_scrub_nothing_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
