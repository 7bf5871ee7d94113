#include "unit.h"

#include "store/record.h"
#include "store/sqlite/block.h"

enum { RECORDS = 40 };

/* A group of two requests with a value between them, which is not part of the block. */
struct group {
  struct writer_request *requests[3];
  struct writer_group group;
};

static void group_make(struct group *made) {
  made->group = (struct writer_group){.requests = 3, .records = RECORDS, .first_seq = 7};
  for (size_t i = 0; i < 3; i++) made->requests[i] = writer_request_new();
  for (size_t i = 0; i < 2; i++) made->requests[i]->next = made->requests[i + 1];
  made->group.first = made->requests[0];
  buf_add_text(&made->requests[1]->bytes, "a value");
  for (uint32_t n = 0; n < RECORDS; n++) {
    struct writer_request *request = made->requests[n < RECORDS / 2 ? 0 : 2];
    record_add(&request->bytes,
               &(struct store_record){.kind = n, .source = STR("web"), .bytes = STR("{\"type\":\"track\"}")});
    request->records++;
  }
  made->group.bytes = made->requests[0]->bytes.len + made->requests[2]->bytes.len;
}

static void group_free(struct group *made) {
  for (size_t i = 0; i < 3; i++) writer_request_free(made->requests[i]);
}

static void a_block_holds_the_groups_records(void **state) {
  (void)state;
  struct group made;
  struct block block;
  struct err err;
  struct str records;
  struct store_record record;
  struct block_packer *packer = block_packer_new();
  struct block_unpacker *unpacker = block_unpacker_new();
  group_make(&made);
  for (unsigned round = 0; round < 2; round++) { /* the packer's memory is used again */
    struct str bytes = block_pack(packer, &made.group);
    assert_true(bytes.len < made.group.bytes / 2);
    assert_int_equal(block_open(&block, bytes, &err), 0);
    assert_int_equal(block.first_seq, 7);
    assert_int_equal(block.records, RECORDS);
    assert_int_equal(block_unpack(unpacker, &block, &records, &err), 0);
    for (uint32_t n = 0; n < RECORDS; n++) {
      assert_true(record_take(&records, &record));
      assert_int_equal(record.kind, n);
    }
    assert_int_equal(records.len, 0);
  }
  group_free(&made);
  block_packer_free(packer);
  block_unpacker_free(unpacker);
}

static void every_flipped_bit_and_every_cut_is_found(void **state) {
  (void)state;
  struct group made;
  struct block block;
  struct err err;
  struct block_packer *packer = block_packer_new();
  group_make(&made);
  struct str bytes = block_pack(packer, &made.group);
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
  group_free(&made);
  block_packer_free(packer);
}

/* A frame with a right check sum but other contents. */
static void frame(struct buf *bytes, uint64_t version, uint64_t records, uint64_t unpacked,
                  const char *packed) {
  buf_clear(bytes);
  record_put_u64(bytes, version);
  record_put_u64(bytes, records);
  record_put_u64(bytes, 1);
  record_put_u64(bytes, unpacked);
  buf_add_text(bytes, packed);
  record_put_u64(bytes, str_hash(buf_str(bytes)));
}

static void frames_that_make_no_sense_are_refused(void **state) {
  (void)state;
  struct buf bytes;
  struct block block;
  struct err err;
  struct str records;
  struct block_unpacker *unpacker = block_unpacker_new();
  buf_init(&bytes);
  frame(&bytes, 2, 1, 10, "x");
  assert_int_equal(block_open(&block, buf_str(&bytes), &err), -1);
  assert_non_null(strstr(err.text, "version 2"));
  frame(&bytes, 1, 0, 10, "x");
  assert_int_equal(block_open(&block, buf_str(&bytes), &err), -1);
  frame(&bytes, 1, 1, (uint64_t)BLOCK_UNPACKED_MAX + 1, "x");
  assert_int_equal(block_open(&block, buf_str(&bytes), &err), -1);
  frame(&bytes, 1, 1, 10, "not what zstd writes");
  assert_int_equal(block_open(&block, buf_str(&bytes), &err), 0);
  assert_int_equal(block_unpack(unpacker, &block, &records, &err), -1);
  assert_non_null(strstr(err.text, "unpacked"));
  buf_release(&bytes);
  block_unpacker_free(unpacker);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_block_holds_the_groups_records),
      cmocka_unit_test(every_flipped_bit_and_every_cut_is_found),
      cmocka_unit_test(frames_that_make_no_sense_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
