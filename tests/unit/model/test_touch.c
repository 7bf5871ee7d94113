#include "model/touch.h"

#include "unit.h"

static struct touch touch_at(int64_t time_ms, const char *key, uint32_t key_len) {
  return (struct touch){.time_ms = time_ms, .key = key, .key_len = key_len};
}
#define AT(time_ms, literal) touch_at(time_ms, (literal), sizeof(literal) - 1)

/* Rising: each comes before all that follow it. */
static void time_then_source_then_message_id(void **state) {
  (void)state;
  const struct touch rising[] = {
      AT(-5, "z\0z"),
      AT(1000, "a\0"),
      AT(1000, "a\0a"),
      AT(1000, "a\0ab"),
      AT(1000, "a\0b"),
      AT(1000, "a\0\xc3"),
      AT(1000, "a\x01\0"
               "0"),
      AT(1000, "ab\0"
               "0"),
      AT(1000, "web\0z"),
      AT(1001, "a\0a"),
  };
  for (size_t i = 0; i < COUNT_OF(rising); i++)
    for (size_t j = 0; j < COUNT_OF(rising); j++) {
      int order = touch_cmp(&rising[i], &rising[j]);
      int expected = i < j ? -1 : i > j;
      if ((order > 0) - (order < 0) != expected) fail_msg("%zu against %zu: %d", i, j, order);
    }
}

static void captures_follow_the_hits_of_capturing_signals(void **state) {
  (void)state;
  struct signal signals[9] = {0};
  signals[3].captures = signals[4].captures = signals[8].captures = true;
  const struct ruleset rules = {.signals = signals, .signal_count = 9};
  struct arena arena;
  arena_init(&arena, 0);
  for (uint32_t before = 0; before < 5; before++) { /* every alignment of the captures */
    struct touch *touch = touch_new(&arena, before + 3, 2, NULL);
    uint16_t *hits = (uint16_t *)(touch + 1);
    for (uint32_t i = 0; i < before; i++) hits[i] = (uint16_t)(i % 3);
    hits[before] = 3;
    hits[before + 1] = 7;
    hits[before + 2] = 8;
    touch_captures(touch)[0] = 11;
    touch_captures(touch)[1] = 22;
    assert_int_equal((uintptr_t)touch_captures(touch) % 8, 0);
    assert_ptr_equal(touch_hits(touch), hits);
    assert_int_equal(touch_capture(touch, &rules, before), 11);
    assert_int_equal(touch_capture(touch, &rules, before + 2), 22);
    assert_int_equal(hits[before + 2], 8);
  }
  arena_release(&arena);
}

static void a_new_touch_has_a_clear_head(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 0);
  memset(arena_alloc(&arena, 512), 0xff, 512);
  arena_clear(&arena);
  const struct touch *touch = touch_new(&arena, 2, 0, NULL);
  const struct touch clear = {.hit_count = 2};
  assert_int_equal(touch->time_ms, clear.time_ms);
  assert_null(touch->key);
  assert_int_equal(touch->hit_count, 2);
  assert_int_equal(touch->flags, 0);
  assert_null(touch->more);
  assert_int_equal(arena.used, sizeof *touch + 8);
  arena_release(&arena);
}

/* The two texts lie between hits and captures, whatever their lengths. */
static void content_is_kept_beside_captures(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 0);
  for (size_t len = 0; len <= TOUCH_CONTENT_MAX; len++) {
    char text[TOUCH_CONTENT_MAX];
    struct touch_content in = {{text, len}, {text, TOUCH_CONTENT_MAX - len}}, out;
    memset(text, 'x', sizeof text);
    struct touch *touch = touch_new(&arena, 3, 1, &in);
    uint16_t *hits = (uint16_t *)(touch + 1);
    for (uint16_t i = 0; i < 3; i++) hits[i] = i;
    touch_captures(touch)[0] = 77;
    assert_int_equal((uintptr_t)touch_captures(touch) % 8, 0);
    assert_true(touch_content(touch, &out));
    assert_true(str_eq(out.what, in.what) && str_eq(out.title, in.title));
    assert_int_equal(touch_captures(touch)[0], 77);
    assert_int_equal(touch_hits(touch)[2], 2);
  }
  struct touch_content none;
  assert_false(touch_content(touch_new(&arena, 1, 0, NULL), &none));
  arena_release(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(time_then_source_then_message_id),
      cmocka_unit_test(captures_follow_the_hits_of_capturing_signals),
      cmocka_unit_test(a_new_touch_has_a_clear_head),
      cmocka_unit_test(content_is_kept_beside_captures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
