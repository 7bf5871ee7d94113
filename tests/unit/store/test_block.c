#include "unit.h"

#include "store/record.h"
#include "store/sqlite/block.h"

enum { RECORDS = 40 };

static void run_make(struct buf *run) {
  buf_init(run);
  for (uint32_t n = 0; n < RECORDS; n++)
    record_add(run,
               &(struct store_record){.kind = n, .source = STR("web"), .bytes = STR("{\"type\":\"track\"}")});
}

/* A block of those records, `more` bytes longer than it need be. */
static struct str pack(struct block_packer *packer, bool deep, size_t more) {
  struct buf run;
  run_make(&run);
  struct block block = {.first_seq = 7, .records = RECORDS, .gone = 3, .deep = deep};
  size_t len = block_pack(packer, &block, buf_str(&run));
  assert_true(len < run.len / 2 + (deep ? BLOCK_DEPTH : 0));
  buf_release(&run);
  struct str bytes = block_seal(packer, len + more);
  assert_int_equal(bytes.len, len + more);
  return bytes;
}

static void a_block_holds_records(void **state) {
  (void)state;
  struct block block;
  struct err err;
  struct str records;
  struct store_record record;
  struct block_packer *packer = block_packer_new();
  struct block_unpacker *unpacker = block_unpacker_new();
  for (size_t more = 0; more < 3000; more += 1000) { /* the packer's memory is used again */
    bool deep = more == 1000;
    struct str bytes = pack(packer, deep, more);
    assert_int_equal(block_open(&block, bytes, &err), 0);
    assert_int_equal(block.deep, deep);
    for (size_t i = 0; deep && i < BLOCK_DEPTH; i++) assert_int_equal(bytes.p[BLOCK_HEAD + i], 0);
    assert_int_equal(block.first_seq, 7);
    assert_int_equal(block.records, RECORDS);
    assert_int_equal(block.gone, 3);
    assert_int_equal(block_unpack(unpacker, &block, &records, &err), 0);
    for (uint32_t n = 0; n < RECORDS; n++) {
      assert_true(record_take(&records, &record));
      assert_int_equal(record.kind, n);
    }
    assert_int_equal(records.len, 0);
  }
  block_packer_free(packer);
  block_unpacker_free(unpacker);
}

static void find_every_flipped_bit_and_every_cut(bool deep) {
  struct block block;
  struct err err;
  struct block_packer *packer = block_packer_new();
  struct str bytes = pack(packer, deep, 5);
  char *copy = xmalloc(bytes.len);
  memcpy(copy, bytes.p, bytes.len);
  for (size_t bit = 0; bit < bytes.len * 8; bit++) {
    copy[bit / 8] ^= (char)(1 << bit % 8);
    assert_int_equal(block_open(&block, (struct str){copy, bytes.len}, &err), -1);
    assert_int_equal(err.code, ERR_SYNTAX);
    copy[bit / 8] ^= (char)(1 << bit % 8);
  }
  for (size_t len = 0; len < bytes.len; len++)
    assert_int_equal(block_open(&block, (struct str){copy, len}, &err), -1);
  assert_int_equal(block_open(&block, (struct str){copy, bytes.len}, &err), 0);
  free(copy);
  block_packer_free(packer);
}

static void every_flipped_bit_and_every_cut_is_found(void **state) {
  (void)state;
  find_every_flipped_bit_and_every_cut(false);
  find_every_flipped_bit_and_every_cut(true);
}

/* A frame with a right check sum but other contents. */
static struct str frame(struct buf *bytes, uint64_t version, uint64_t records, uint64_t gone,
                        uint64_t unpacked, uint64_t zeros) {
  static const char contents[] = "not what zstd writes";
  const uint64_t head[] = {version, 1, records, gone, unpacked};
  buf_clear(bytes);
  for (size_t i = 0; i < COUNT_OF(head); i++) record_put_u64(bytes, head[i]);
  buf_add_text(bytes, contents);
  record_put_u64(bytes, zeros);
  record_put_u64(bytes, str_hash(buf_str(bytes)));
  return buf_str(bytes);
}

static void frames_that_make_no_sense_are_refused(void **state) {
  (void)state;
  struct buf bytes;
  struct block block;
  struct err err;
  struct str records;
  struct block_unpacker *unpacker = block_unpacker_new();
  buf_init(&bytes);
  assert_int_equal(block_open(&block, frame(&bytes, 3, 1, 0, 10, 0), &err), -1);
  assert_non_null(strstr(err.text, "version 3"));
  assert_int_equal(block_open(&block, frame(&bytes, 2, 1, 0, 10, 0), &err), -1); /* too short to be deep */
  assert_int_equal(block_open(&block, frame(&bytes, 1, 0, 0, 10, 0), &err), -1);
  assert_int_equal(block_open(&block, frame(&bytes, 1, 1, 2, 10, 0), &err), -1);
  assert_int_equal(block_open(&block, frame(&bytes, 1, 1, 0, (uint64_t)BLOCK_UNPACKED_MAX + 1, 0), &err), -1);
  assert_int_equal(block_open(&block, frame(&bytes, 1, 1, 0, 10, 21), &err), -1);
  assert_int_equal(block_open(&block, frame(&bytes, 1, 1, 0, 10, 0), &err), 0);
  assert_int_equal(block_unpack(unpacker, &block, &records, &err), -1);
  assert_non_null(strstr(err.text, "unpacked"));
  buf_release(&bytes);
  block_unpacker_free(unpacker);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_block_holds_records),
      cmocka_unit_test(every_flipped_bit_and_every_cut_is_found),
      cmocka_unit_test(frames_that_make_no_sense_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
