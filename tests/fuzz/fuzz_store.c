/* fuzz_store.c - damaged journals: they are read, checked and opened without harm, and no record comes out that did not go in.
 *
 * The first byte says what the rest is: changes to a journal's file, changes to a block, or a block's bytes whose check sum is
 * made right, as no accident but an attacker would. A change is three bytes of place and one that is XORed in. The journal has
 * single records, batches, blocks that were packed together, records that were replaced and some that were removed. */
#include "store/record.h"
#include "store/sqlite/block.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORDS = 700, BATCH = 20, CHANGE_BYTES = 4, REMOVED = 30, REPLACED_EVERY = 17 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What record `seq` says; of those that were replaced, now. */
static struct str text_of(uint64_t seq, bool replaced) {
  static char text[128];
  int len = snprintf(text, sizeof text, "%s record %llu says %llx", replaced ? "changed" : "first",
                     (unsigned long long)seq, (unsigned long long)(seq * UINT64_C(0x9e3779b97f4a7c15)));
  return (struct str){text, (size_t)len};
}

static bool is_replaced(uint64_t seq) {
  return seq % REPLACED_EVERY == 0;
}

/* --- a journal ----------------------------------------------------------------------------------------------------- */

static char dir[64];

static void append(struct store *store, uint64_t seq, uint32_t count) {
  struct store_record records[BATCH];
  struct buf texts[BATCH];
  struct err err;
  for (uint32_t i = 0; i < count; i++) {
    buf_init(&texts[i]);
    buf_add_str(&texts[i], text_of(seq + i, false));
    records[i] = (struct store_record){
        .received_ms = (int64_t)seq, .kind = 1, .source = STR("web"), .bytes = buf_str(&texts[i])};
  }
  ASSERT(store_append(store, records, count, NULL, NULL, NULL, &err) == 0);
  for (uint32_t i = 0; i < count; i++) buf_release(&texts[i]);
  store_drain(store);
}

static void note_ended(void *arg, const struct store_outcome *outcome) {
  (void)outcome;
  *(bool *)arg = true;
}

static void fill(struct store *store) {
  struct err err;
  struct store_stats stats;
  bool ended = false;
  for (uint64_t seq = 1; seq <= RECORDS;) {
    uint32_t count = seq > 400 && seq / 50 % 2 && seq + BATCH <= RECORDS ? BATCH : 1;
    append(store, seq, count);
    seq += count;
  }
  store_repack(store, &(struct store_repack){.block_bytes = 8000, .share = 90, .free_share = 100});
  do store_stats(store, &stats);
  while (stats.repacked_into < 2);
  for (uint64_t seq = REPLACED_EVERY; seq <= RECORDS; seq += REPLACED_EVERY)
    ASSERT(store_replace(store, seq, text_of(seq, true), NULL, NULL, &err) == 0);
  ASSERT(store_remove_before(store, REMOVED, NULL, NULL, &err) == 0);
  ASSERT(store_scrub(store, note_ended, &ended, &err) == 0);
  while (!ended) store_deliver(store);
}

static const struct store_options quick = {
    .group_wait_us = 1, .idle_ms = 1, .reserve_bytes = 4096, .checkpoint_bytes = 1 << 16};

static void path_of(char path[128], const char *name) {
  snprintf(path, 128, "%s/%s", dir, name);
}

static void read_file(const char *name, struct buf *bytes) {
  char path[128], room[1 << 16];
  size_t len;
  path_of(path, name);
  FILE *file = fopen(path, "rb");
  ASSERT(file);
  while ((len = fread(room, 1, sizeof room, file)) > 0) buf_add(bytes, room, len);
  fclose(file);
}

static void remove_all(void) {
  static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm", "reserve", "lock"};
  char path[128];
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    path_of(path, names[i]);
    unlink(path);
  }
}

static void put_file(const struct buf *bytes) {
  char path[128];
  remove_all();
  path_of(path, "journal.db");
  FILE *file = fopen(path, "wb");
  ASSERT(file && fwrite(bytes->data, 1, bytes->len, file) == bytes->len && fclose(file) == 0);
}

static void at_end(void) {
  remove_all();
  rmdir(dir);
}

static void make_journal(struct buf *bytes) {
  struct err err;
  snprintf(dir, sizeof dir, "%s/embudo_fuzz_XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  ASSERT(mkdtemp(dir) && atexit(at_end) == 0);
  struct store *store = store_open(dir, &quick, &err);
  ASSERT(store);
  fill(store);
  store_close(store);
  buf_init(bytes);
  read_file("journal.db", bytes);
}

/* --- damage -------------------------------------------------------------------------------------------------------- */

static bool change(char *bytes, size_t len, const uint8_t *data, size_t size) {
  bool changed = false;
  for (; size >= CHANGE_BYTES; data += CHANGE_BYTES, size -= CHANGE_BYTES) {
    size_t at = ((size_t)data[0] << 16 | (size_t)data[1] << 8 | data[2]) % len;
    bytes[at] = (char)(bytes[at] ^ data[3]);
    changed = changed || data[3];
  }
  return changed;
}

/* Each record once, in order, as it was written last. */
static void read_all(struct store_reader *reader) {
  struct store_record record;
  struct err err;
  uint64_t last = 0;
  while (store_reader_next(reader, &record, &err) > 0) {
    ASSERT(record.seq > last && record.seq <= RECORDS);
    ASSERT(str_eq(record.bytes, text_of(record.seq, is_replaced(record.seq))) &&
           str_eq(record.source, STR("web")));
    last = record.seq;
  }
}

static void read_journal(void) {
  struct err err;
  struct store_counts counts;
  struct store_reader *reader = store_reader_new(dir, &err);
  if (!reader) return;
  read_all(reader);
  store_reader_seek(reader, RECORDS / 2);
  read_all(reader);
  (void)store_reader_count(reader, &counts, &err);
  store_reader_free(reader);
}

/* As a daemon does: with a check of everything, and packing together what is there. */
static void open_journal(void) {
  struct err err;
  struct store *store = store_open(dir, &quick, &err);
  if (!store) return;
  const struct store_record record = {.kind = 1, .source = STR("web"), .bytes = STR("one more")};
  store_repack(store, &(struct store_repack){.block_bytes = 6000, .share = 90, .free_share = 1});
  (void)store_append(store, &record, 1, NULL, NULL, NULL, &err);
  (void)store_replace(store, RECORDS / 3, STR(""), NULL, NULL, &err);
  (void)store_remove_before(store, RECORDS / 4, NULL, NULL, &err);
  store_drain(store);
  store_close(store);
}

static void try_journal(const uint8_t *data, size_t size) {
  static struct buf original;
  struct err err;
  if (!dir[0]) make_journal(&original);
  if (size == 0) return;
  struct buf bytes;
  buf_init(&bytes);
  buf_add_str(&bytes, buf_str(&original));
  change(bytes.data, bytes.len, data + 1, size - 1);
  put_file(&bytes);
  read_journal();
  (void)store_check(dir, NULL, &err);
  if (data[0] % 8 == 0) open_journal();
  buf_release(&bytes);
}

/* --- blocks -------------------------------------------------------------------------------------------------------- */

/* Takes apart whatever comes out of it. */
static void unpack(struct str bytes) {
  static struct block_unpacker *unpacker;
  struct block block;
  struct err err;
  struct str records;
  struct store_record record;
  if (!unpacker) unpacker = block_unpacker_new();
  if (block_open(&block, bytes, &err) || block_unpack(unpacker, &block, &records, &err)) return;
  ASSERT(records.len == block.unpacked_len && records.len <= BLOCK_UNPACKED_MAX);
  size_t sum = 0;
  while (record_take(&records, &record)) sum += record.source.len + record.bytes.len;
  ASSERT(sum <= block.unpacked_len);
}

static void try_changed_block(const uint8_t *data, size_t size) {
  static struct block_packer *packer;
  struct block block = {.first_seq = 5, .records = BATCH, .deep = size > 0 && data[0] % 2};
  struct buf run;
  struct err err;
  if (!packer) packer = block_packer_new();
  buf_init(&run);
  for (uint64_t i = 0; i < BATCH; i++)
    record_add(&run, &(struct store_record){.kind = 1, .source = STR("web"), .bytes = text_of(i, false)});
  struct str sealed = block_seal(packer, block_pack(packer, &block, buf_str(&run)) + size % 9);
  struct buf bytes;
  buf_init(&bytes);
  buf_add_str(&bytes, sealed);
  if (size > 1) change(bytes.data, bytes.len, data + 1, size - 1);
  bool same = str_eq(buf_str(&bytes), sealed);
  ASSERT((block_open(&block, buf_str(&bytes), &err) == 0) == same);
  buf_release(&bytes);
  buf_release(&run);
}

static void try_forged_block(const uint8_t *data, size_t size) {
  struct buf bytes;
  buf_init(&bytes);
  buf_add(&bytes, data, size);
  record_put_u64(&bytes, str_hash(buf_str(&bytes)));
  unpack(buf_str(&bytes));
  buf_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  switch (data[0] % 3) {
  case 0: try_journal(data + 1, size - 1); break;
  case 1: try_changed_block(data + 1, size - 1); break;
  default: try_forged_block(data + 1, size - 1);
  }
  return 0;
}
