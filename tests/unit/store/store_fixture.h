/* store_fixture.h - a directory of one's own for a store, and numbered records to put into it and find again. */
#ifndef EMBUDO_STORE_FIXTURE_H
#define EMBUDO_STORE_FIXTURE_H

#include "unit.h"

#include "store/store.h"
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIXTURE_PATH_MAX = 128, FIXTURE_RECORDS_MAX = 1 << 16, FIXTURE_BATCH_MAX = 256 };

static char store_dir[FIXTURE_PATH_MAX];

static inline int store_dir_make(void **state) {
  (void)state;
  snprintf(store_dir, sizeof store_dir, "/tmp/embudo_store_XXXXXX");
  return mkdtemp(store_dir) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *place) {
  (void)stat, (void)kind, (void)place;
  return remove(path);
}

static inline void dir_remove(const char *dir) {
  assert_int_equal(nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline int store_dir_remove(void **state) {
  (void)state;
  dir_remove(store_dir);
  return 0;
}

/* DIR/NAME of the test's directory; one at a time. */
static inline const char *store_file(const char *name) {
  static char path[FIXTURE_PATH_MAX + 64];
  snprintf(path, sizeof path, "%s/%s", store_dir, name);
  return path;
}

static inline struct store *open_with(const char *dir, const struct store_options *options) {
  struct err err;
  struct store *store = store_open(dir, options, &err);
  if (!store) fail_msg("%s", err.text);
  return store;
}

static const struct store_options quick = {
    .group_wait_us = 1, .probe_ms = 1, .idle_ms = 1, .reserve_bytes = 4096, .checkpoint_bytes = 32 << 10};

static inline struct store *open_store(void) {
  return open_with(store_dir, &quick);
}

static inline void run_sql(const char *path, const char *sql) {
  sqlite3 *db;
  assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(db);
}

/* Changes one byte of the block that begins with that record. */
static inline void damage_block(unsigned first_seq) {
  char sql[256];
  snprintf(sql, sizeof sql,
           "UPDATE block SET bytes = CAST(substr(bytes, 1, 50) || x'5a' || substr(bytes, 52) AS BLOB)"
           " WHERE first_seq = %u",
           first_seq);
  run_sql(store_file("journal.db"), sql);
}

/* --- numbered records --------------------------------------------------------------------------------------- */

/* Record n's bytes, of a length that varies with n. */
static inline void numbered_text(struct buf *text, uint32_t n) {
  buf_printf(text, "{\"n\":%u,\"type\":\"track\",\"event\":\"Signed Up\",\"filler\":\"", n);
  uint64_t noise = n * UINT64_C(0x9e3779b97f4a7c15) + 1;
  for (uint32_t i = 0; i < n % 61; i++, noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17)
    buf_printf(text, "%x", (unsigned)(noise & 0xffff));
  buf_add_text(text, "\"}");
}

/* Appends records n, n + 1, ... as one append. */
static inline int append_numbered(struct store *store, uint32_t n, uint32_t count,
                                  void (*done)(void *, const struct store_outcome *), void *arg,
                                  struct err *err) {
  struct store_record records[FIXTURE_BATCH_MAX];
  struct buf texts[FIXTURE_BATCH_MAX];
  assert_true(count <= FIXTURE_BATCH_MAX);
  for (uint32_t i = 0; i < count; i++) {
    buf_init(&texts[i]);
    numbered_text(&texts[i], n + i);
    records[i] = (struct store_record){.received_ms = 1700000000000 + n + i,
                                       .kind = (n + i) % 3,
                                       .source = (n + i) % 2 ? STR("web") : STR("crm"),
                                       .bytes = buf_str(&texts[i])};
  }
  int result = store_append(store, records, count, done, arg, NULL, err);
  for (uint32_t i = 0; i < count; i++) buf_release(&texts[i]);
  return result;
}

static inline void must_append(struct store *store, uint32_t n, uint32_t count) {
  struct err err;
  if (append_numbered(store, n, count, NULL, NULL, &err)) fail_msg("%s", err.text);
}

/* Which number the record has; fails unless it is whole. */
static inline uint32_t number_of(const struct store_record *record) {
  static const char before[] = "{\"n\":";
  char digits[16];
  struct buf text;
  assert_true(record->bytes.len > sizeof before + sizeof digits);
  snprintf(digits, sizeof digits, "%.*s", (int)sizeof digits - 1, record->bytes.p + sizeof before - 1);
  uint32_t n = (uint32_t)strtoul(digits, NULL, 10);
  buf_init(&text);
  numbered_text(&text, n);
  assert_true(str_eq(record->bytes, buf_str(&text)));
  assert_str(record->source, n % 2 ? "web" : "crm");
  assert_int_equal(record->kind, n % 3);
  assert_int_equal(record->received_ms, 1700000000000 + n);
  buf_release(&text);
  return n;
}

/* How often each number below FIXTURE_RECORDS_MAX is in the store; their sum. Numbers of records must rise. */
static inline uint64_t count_numbers(const char *dir, uint8_t counts[FIXTURE_RECORDS_MAX]) {
  struct err err;
  struct store_record record;
  uint64_t last_seq = 0, sum = 0;
  memset(counts, 0, FIXTURE_RECORDS_MAX);
  struct store_reader *reader = store_reader_new(dir, &err);
  if (!reader) fail_msg("%s", err.text);
  int found;
  while ((found = store_reader_next(reader, &record, &err)) > 0) {
    assert_true(record.seq > last_seq);
    last_seq = record.seq;
    uint32_t n = number_of(&record);
    assert_true(n < FIXTURE_RECORDS_MAX);
    counts[n]++;
    sum++;
  }
  if (found < 0) fail_msg("%s", err.text);
  store_reader_free(reader);
  return sum;
}

/* Records 0 to count - 1 are there, once each, and no other. */
static inline void assert_numbered(const char *dir, uint32_t count) {
  static uint8_t counts[FIXTURE_RECORDS_MAX];
  assert_int_equal(count_numbers(dir, counts), count);
  for (uint32_t n = 0; n < count; n++) assert_int_equal(counts[n], 1);
}

/* An outcome's `done` that keeps the last and counts them. */
struct outcomes {
  uint32_t ok, full, broken;
  uint64_t records; /* of those that are ok */
  uint64_t last_seq;
  char text[ERR_TEXT_MAX];
};

static inline void note_outcome(void *arg, const struct store_outcome *outcome) {
  struct outcomes *outcomes = arg;
  assert_true((outcome->state == STORE_OK) == (outcome->err == NULL));
  if (outcome->state == STORE_OK) {
    assert_true(outcome->records == 0 || outcome->first_seq > outcomes->last_seq); /* told in order */
    outcomes->ok++;
    outcomes->records += outcome->records;
    if (outcome->records) outcomes->last_seq = outcome->first_seq + outcome->records - 1;
    return;
  }
  if (outcome->state == STORE_FULL)
    outcomes->full++;
  else
    outcomes->broken++;
  snprintf(outcomes->text, sizeof outcomes->text, "%s", outcome->err->text);
}

#endif
