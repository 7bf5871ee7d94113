#include "unit.h"

#include "base/buf.h"
#include <stdlib.h>

static void empty_buffer_prints_as_nothing(void **state) {
  (void)state;
  struct buf buf;
  buf_init(&buf);
  assert_string_equal(buf.data, "");
  buf_clear(&buf);
  buf_add(&buf, NULL, 0);
  buf_add_repeat(&buf, 'x', 0);
  assert_int_equal(buf.cap, 0);
  buf_release(&buf);
}

static void grows_and_stays_terminated(void **state) {
  (void)state;
  struct buf buf;
  buf_init(&buf);
  for (int i = 0; i < 10000; i++) {
    buf_add_char(&buf, (char)('a' + i % 26));
    assert_int_equal(buf.data[buf.len], '\0');
  }
  assert_int_equal(buf.len, 10000);
  for (int i = 0; i < 10000; i++) assert_int_equal(buf.data[i], 'a' + i % 26);
  buf_clear(&buf);
  assert_string_equal(buf.data, "");
  assert_true(buf.cap >= 10000);
  buf_release(&buf);
  assert_int_equal(buf.cap, 0);
}

static void adds_every_kind(void **state) {
  (void)state;
  struct buf buf;
  buf_init(&buf);
  buf_add_str(&buf, STR("one "));
  buf_add_text(&buf, "two ");
  buf_add_repeat(&buf, '-', 3);
  buf_printf(&buf, " %d%s", 42, "%");
  buf_add(&buf, "\0x", 2);
  assert_int_equal(buf.len, 17);
  assert_memory_equal(buf.data, "one two --- 42%\0x", 17);
  buf_release(&buf);
}

/* Every length around the point where the room is just enough or just short. */
static void prints_at_every_fill(void **state) {
  (void)state;
  for (size_t fill = 0; fill < 200; fill++) {
    struct buf buf;
    buf_init(&buf);
    buf_add_repeat(&buf, '.', fill);
    buf_printf(&buf, "%s", "0123456789");
    assert_int_equal(buf.len, fill + 10);
    assert_string_equal(buf.data + fill, "0123456789");
    buf_release(&buf);
  }
}

static void escapes_for_paths(void **state) {
  (void)state;
  struct buf buf;
  buf_init(&buf);
  buf_add_escaped(&buf, (struct str){"aZ9-._~ /?&=%+@\0\xc3\xb1", 18});
  assert_string_equal(buf.data, "aZ9-._~%20%2F%3F%26%3D%25%2B%40%00%C3%B1");
  buf_release(&buf);
}

static void detaches_the_bytes(void **state) {
  (void)state;
  struct buf buf;
  buf_init(&buf);
  char *none = buf_detach(&buf);
  assert_string_equal(none, "");
  buf_add_text(&buf, "kept");
  char *data = buf_detach(&buf);
  assert_string_equal(data, "kept");
  assert_int_equal(buf.len, 0);
  assert_string_equal(buf.data, "");
  free(none);
  free(data);
  buf_release(&buf);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(empty_buffer_prints_as_nothing),
      cmocka_unit_test(grows_and_stays_terminated),
      cmocka_unit_test(adds_every_kind),
      cmocka_unit_test(prints_at_every_fill),
      cmocka_unit_test(escapes_for_paths),
      cmocka_unit_test(detaches_the_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
