#include "unit.h"

#include "base/err.h"
#include "core/journal/belongings.h"

static struct belongings belongings;
static struct json_reader *reader;

static int set_up(void **state) {
  (void)state;
  belongings_init(&belongings);
  reader = json_reader_new();
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  belongings_release(&belongings);
  json_reader_free(reader);
  return 0;
}

static bool read_text(const char *text) {
  struct json_ref root;
  struct err err;
  assert_int_equal(json_parse(reader, text, strlen(text), &root, &err), 0);
  return belongings_read(&belongings, root);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  static const char text[] =
      "{\"records\":[12,9007199254740991],\"clocks\":[\"86ed00b215fdc75f\",\"0000000000000001\"],"
      "\"messages\":[\"msg_00000000000000010000000000000002\"]}";
  struct json_writer w;
  struct buf out;
  assert_true(read_text(text));
  assert_true(belongings_have_record(&belongings, 12));
  assert_false(belongings_have_record(&belongings, 13));
  assert_true(belongings_have_record(&belongings, UINT64_C(9007199254740991)));
  assert_true(belongings_have_clock(&belongings, UINT64_C(0x86ed00b215fdc75f)));
  assert_true(belongings_have_clock(&belongings, 1));
  assert_false(belongings_have_clock(&belongings, 12));
  assert_true(belongings_have_message(&belongings, (struct hash128){.high = 1, .low = 2}));
  assert_false(belongings_have_message(&belongings, (struct hash128){.high = 2, .low = 1}));
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  belongings_write(&belongings, &w);
  json_close(&w, '}');
  assert_string_equal(out.data, text);
  buf_release(&out);
}

static void nothing_is_written_of_nothing(void **state) {
  (void)state;
  struct json_writer w;
  struct buf out;
  assert_true(read_text("{\"ids\":[]}"));
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  belongings_write(&belongings, &w);
  json_close(&w, '}');
  assert_string_equal(out.data, "{}");
  buf_release(&out);
}

static void what_is_none_is_refused(void **state) {
  (void)state;
  assert_false(read_text("{\"records\":[0]}"));
  assert_false(read_text("{\"records\":[\"12\"]}"));
  assert_false(read_text("{\"clocks\":[\"12\"]}"));
  assert_false(read_text("{\"clocks\":[12]}"));
  assert_false(read_text("{\"messages\":[\"msg_1\"]}"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up, tear_down),
      cmocka_unit_test_setup_teardown(nothing_is_written_of_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_none_is_refused, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
