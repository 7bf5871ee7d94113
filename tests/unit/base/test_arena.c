#include "unit.h"

#include "base/arena.h"

static void hands_out_aligned_separate_memory(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 256);
  unsigned char *pieces[500];
  for (size_t i = 0; i < COUNT_OF(pieces); i++) {
    size_t size = 1 + i % 70;
    pieces[i] = arena_alloc(&arena, size);
    assert_int_equal((uintptr_t)pieces[i] % 8, 0);
    memset(pieces[i], (int)(i & 0xff), size);
  }
  for (size_t i = 0; i < COUNT_OF(pieces); i++)
    for (size_t j = 0; j < 1 + i % 70; j++) assert_int_equal(pieces[i][j], i & 0xff);
  arena_release(&arena);
  assert_int_equal(arena.used, 0);
}

static void large_requests_leave_the_block_in_use(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 1024);
  char *first = arena_alloc(&arena, 16);
  char *large = arena_alloc(&arena, 100000);
  char *second = arena_alloc(&arena, 16);
  memset(large, 1, 100000);
  assert_ptr_equal(second, first + 16);
  arena_release(&arena);
}

static void a_large_request_may_come_first(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 0);
  memset(arena_alloc(&arena, 1000000), 1, 1000000);
  memset(arena_alloc(&arena, 10), 1, 10);
  assert_int_equal(arena.used, 1000016);
  arena_clear(&arena);
  arena_release(&arena);
}

static void clear_keeps_one_block(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 512);
  for (int i = 0; i < 100; i++) arena_alloc(&arena, 100);
  arena_clear(&arena);
  assert_int_equal(arena.used, 0);
  assert_non_null(arena.head);
  char *again = arena_alloc(&arena, 200);
  assert_ptr_equal(again + 200, arena.next);
  arena_clear(&arena);
  assert_ptr_equal(arena_alloc(&arena, 8), again);
  arena_release(&arena);
}

static void blocks_double_where_asked_to(void **state) {
  (void)state;
  struct arena arena;
  arena_init_growing(&arena, 1024, 8192);
  char *first = arena_alloc(&arena, 8), *before = first;
  size_t breaks[64], count = 0;
  for (size_t i = 1; count < 6; i++) {
    char *piece = arena_alloc(&arena, 8);
    if (piece != before + 8) breaks[count++] = i * 8;
    before = piece;
  }
  for (size_t i = 0, begin = 0, size = 1024; i < count; begin = breaks[i++]) {
    assert_true(breaks[i] - begin > size - 64 && breaks[i] - begin < size);
    if (size < 8192) size *= 2;
  }
  arena_clear(&arena);
  memset(arena_alloc(&arena, 4000), 1, 4000);
  arena_release(&arena);
  assert_int_equal(arena.used, 0);
}

static void copies(void **state) {
  (void)state;
  struct arena arena;
  arena_init(&arena, 64);
  struct str s = arena_str(&arena, (struct str){"abcdef", 3});
  assert_str(s, "abc");
  assert_int_equal(s.p[3], '\0');
  assert_str(arena_str(&arena, (struct str){0}), "");
  assert_memory_equal(arena_dup(&arena, "xyz", 3), "xyz", 3);
  assert_non_null(arena_dup(&arena, NULL, 0));
  assert_string_equal(arena_printf(&arena, "%d-%s", 12, "twelve"), "12-twelve");
  const uint64_t *zeroed = arena_zalloc(&arena, 40);
  for (int i = 0; i < 5; i++) assert_true(zeroed[i] == 0);
  arena_release(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hands_out_aligned_separate_memory),
      cmocka_unit_test(large_requests_leave_the_block_in_use),
      cmocka_unit_test(a_large_request_may_come_first),
      cmocka_unit_test(clear_keeps_one_block),
      cmocka_unit_test(blocks_double_where_asked_to),
      cmocka_unit_test(copies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
