/* removal_fixture.h - records that are replaced and removed, a model of what should be there, and a look into the files.
 *
 * Contents are noise, which compression leaves as it is, made from a number of their own; so any eight bytes of any
 * content ever written can be looked for in the files. */
#ifndef EMBUDO_REMOVAL_FIXTURE_H
#define EMBUDO_REMOVAL_FIXTURE_H

#include "store_fixture.h"

#include "fault/vfs_fault.h"
#include <pthread.h>

enum {
  CONTENTS_MAX = 4000,
  CONTENT_WORDS_MAX = 2500, /* of 8 bytes */
  WORDS_BITS = 20,
  RECORDS_MAX = 3000,
  BATCH_MAX = 24,
};

static inline uint64_t mix(uint64_t x) {
  x ^= x >> 30, x *= UINT64_C(0xbf58476d1ce4e5b9);
  x ^= x >> 27, x *= UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static inline uint64_t draw(uint64_t *seed) {
  return mix(*seed += UINT64_C(0x9e3779b97f4a7c15));
}

/* --- contents ------------------------------------------------------------------------------------------------------ */

static inline uint64_t word_of(uint32_t content, uint32_t i) {
  return mix(((uint64_t)content + 1) << 32 | i) | 1; /* never 0 */
}

/* Most are small, some long, few much longer than a page; or all are small, so that many rows share a page. */
static bool all_small;

static inline uint32_t words_of(uint32_t content) {
  uint64_t fate = mix(content + (UINT64_C(1) << 40));
  uint32_t max = all_small || fate % 4 ? 40 : fate % 16 ? 400 : CONTENT_WORDS_MAX;
  return 2 + (uint32_t)((fate >> 8) % max);
}

static inline void content_add(struct buf *bytes, uint32_t content) {
  uint64_t head = content;
  buf_add(bytes, &head, sizeof head);
  for (uint32_t i = 0; i < words_of(content); i++) {
    uint64_t word = word_of(content, i);
    buf_add(bytes, &word, sizeof word);
  }
}

/* Which content the record holds; fails unless it is whole. */
static inline uint32_t content_of(const struct store_record *record) {
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

static inline void words_note(uint32_t contents) {
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

static inline int32_t content_with(uint64_t word) {
  for (size_t at = word >> (64 - WORDS_BITS); words[at].word; at = (at + 1) % COUNT_OF(words))
    if (words[at].word == word) return (int32_t)words[at].content;
  return -1;
}

/* Adds to found[content] how many of its words are in the file. */
static inline void look_into(const char *name, uint32_t found[CONTENTS_MAX]) {
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
static inline void look(uint32_t found[CONTENTS_MAX]) {
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

/* For those who are cut off: what was acknowledged, and with what was under way then. Written before what it says is
 * done. */
struct progress {
  struct model acked, tried;
};

static struct progress *shown; /* NULL: nobody looks */
static pthread_mutex_t shown_lock = PTHREAD_MUTEX_INITIALIZER;

static inline void about_to_try(void) {
  pthread_mutex_lock(&shown_lock);
  if (shown) shown->tried = model;
  pthread_mutex_unlock(&shown_lock);
}

static inline void drain(struct store *store) {
  store_drain(store);
  pthread_mutex_lock(&shown_lock);
  if (shown) shown->acked = model;
  pthread_mutex_unlock(&shown_lock);
}

/* Whether blocks are packed together meanwhile, as eagerly as can be. */
static bool packing;

static inline struct store *open_to_change(void) {
  static const struct store_repack eager = {.block_bytes = 6000, .share = 99, .free_share = 10};
  struct store *store = open_store();
  if (packing) store_repack(store, &eager);
  return store;
}

static inline void must(int result, const struct err *err) {
  if (result) fail_msg("%s", err->text);
}

static inline void append_some(struct store *store, uint32_t count) {
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
  about_to_try();
  must(store_append(store, records, count, NULL, NULL, NULL, &err), &err);
  for (uint32_t i = 0; i < count; i++) buf_release(&bytes[i]);
}

static inline void note_changed(void *arg, const struct store_outcome *outcome) {
  assert_int_equal(outcome->state, STORE_OK);
  *(uint32_t *)arg += outcome->records;
}

static inline void replace(struct store *store, uint64_t seq, int32_t content, uint32_t *changed) {
  struct err err;
  struct buf bytes;
  buf_init(&bytes);
  if (content >= 0) content_add(&bytes, (uint32_t)content);
  if (model.contents[seq - 1] >= 0) model.contents[seq - 1] = content;
  about_to_try();
  must(store_replace(store, seq, buf_str(&bytes), note_changed, changed, &err), &err);
  buf_release(&bytes);
}

static inline void remove_before(struct store *store, uint64_t seq) {
  struct err err;
  for (uint64_t i = 1; i < seq; i++) model.contents[i - 1] = -1;
  about_to_try();
  must(store_remove_before(store, seq, NULL, NULL, &err), &err);
}

static inline void note_state(void *arg, const struct store_outcome *outcome) {
  *(enum store_state *)arg = outcome->state;
}

static inline void scrub(struct store *store) {
  struct err err;
  enum store_state state = STORE_BROKEN;
  must(store_scrub(store, note_state, &state, &err), &err);
  while (state == STORE_BROKEN) store_deliver(store);
  assert_int_equal(state, STORE_OK);
  struct store_stats stats;
  store_stats(store, &stats);
  assert_false(stats.marked);
}

static inline void assert_as_modelled(void) {
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
  if (counts.clean) assert_int_equal(counts.expected_blocks, store_reader_blocks(reader));
  store_reader_free(reader);
}

/* How many contents that are no longer in the store are still in the files; *live: how many that are. */
static inline uint32_t left_over(uint32_t *live) {
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

/* Many small and some long records, changed here and there and removed from the beginning, again and again. While
 * somebody looks, one at a time. */
static inline void change_at_random(struct store *store, uint64_t *seed, unsigned steps) {
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
    if (shown || all_small || draw(seed) % 3 == 0) drain(store);
  }
  drain(store);
}

#endif
