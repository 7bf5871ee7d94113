#include "unit.h"

#include "store/record.h"

static const struct store_record samples[] = {
    {0, 0, 0, {"", 0}, {"", 0}},
    {0, 1700000000123, 1, {"web", 3}, {"{}", 2}},
    {0, -1, 127, {"a", 1}, {"\0\xff\n", 3}},
    {0, INT64_MIN, 128, {"", 0}, {"x", 1}},
    {0, INT64_MAX, UINT32_MAX, {"crm", 3}, {"", 0}},
};

static void records_come_back_as_they_were(void **state) {
  (void)state;
  struct buf bytes;
  buf_init(&bytes);
  for (size_t i = 0; i < COUNT_OF(samples); i++) record_add(&bytes, &samples[i]);
  struct str rest = buf_str(&bytes);
  for (size_t i = 0; i < COUNT_OF(samples); i++) {
    struct store_record record;
    assert_true(record_take(&rest, &record));
    assert_int_equal(record.received_ms, samples[i].received_ms);
    assert_int_equal(record.kind, samples[i].kind);
    assert_true(str_eq(record.source, samples[i].source));
    assert_true(str_eq(record.bytes, samples[i].bytes));
  }
  assert_int_equal(rest.len, 0);
  buf_release(&bytes);
}

static void a_record_is_no_longer_than_promised(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(samples); i++) {
    struct buf bytes;
    buf_init(&bytes);
    record_add(&bytes, &samples[i]);
    assert_true(bytes.len <= samples[i].source.len + samples[i].bytes.len + RECORD_FRAME_MAX);
    buf_release(&bytes);
  }
}

static void what_is_cut_short_is_no_record(void **state) {
  (void)state;
  struct buf bytes;
  buf_init(&bytes);
  record_add(&bytes, &samples[2]);
  for (size_t len = 0; len < bytes.len; len++) {
    struct str rest = {bytes.data, len};
    struct store_record record;
    assert_false(record_take(&rest, &record));
    assert_int_equal(rest.len, len);
  }
  buf_release(&bytes);
}

static void numbers_that_do_not_fit_are_no_record(void **state) {
  (void)state;
  static const struct str wrong[] = {
      {"\x80\x80\x80\x80\x80\x01", 6}, /* a varint of six bytes */
      {"\xff\xff\xff\xff\x7f"
       "12345678"
       "\0\0",
       15}, /* a kind of 35 bits */
      {"\x01"
       "12345678"
       "\x7f"
       "abc",
       13}, /* a source longer than what follows */
      {"\x01"
       "12345678"
       "\x01"
       "a"
       "\xff\xff\xff\xff\x0f",
       16}, /* bytes of 4 GiB */
  };
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct str rest = wrong[i];
    struct store_record record;
    assert_false(record_take(&rest, &record));
  }
}

static void fixed_numbers_are_little_endian(void **state) {
  (void)state;
  struct buf bytes;
  buf_init(&bytes);
  record_put_u64(&bytes, UINT64_C(0x0102030405060708));
  assert_str(buf_str(&bytes), "\x08\x07\x06\x05\x04\x03\x02\x01");
  assert_true(record_u64(bytes.data) == UINT64_C(0x0102030405060708));
  buf_release(&bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(records_come_back_as_they_were),
      cmocka_unit_test(a_record_is_no_longer_than_promised),
      cmocka_unit_test(what_is_cut_short_is_no_record),
      cmocka_unit_test(numbers_that_do_not_fit_are_no_record),
      cmocka_unit_test(fixed_numbers_are_little_endian),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
