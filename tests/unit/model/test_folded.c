#include "model/fold/folded.h"

#include "base/text.h"
#include "unit.h"

static void fold_is(const char *text, const char *expected) {
  struct folded folded;
  assert_str(folded_text(&folded, str_of(text)), expected);
  folded_release(&folded);
}

static void short_ascii_is_lowered(void **state) {
  (void)state;
  fold_is("", "");
  fold_is("/Pricing?A=[B]", "/pricing?a=[b]");
  fold_is("@Z`z{", "@z`z{");
}

static void other_letters_fold_as_unicode_says(void **state) {
  (void)state;
  fold_is("DIRECCIÓN", "direccion");
  fold_is("Ñandú", "nandu");
  fold_is("ΣΊΣΥΦΟΣ", "σισυφοσ");
}

/* The short way and the long way must give the same for everything both can do. */
static void the_short_way_agrees_with_text_fold(void **state) {
  (void)state;
  char bytes[2 * FOLDED_SHORT_MAX];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(1 + i % 127);
  for (size_t len = 0; len <= sizeof bytes; len++) {
    struct folded folded;
    struct buf expected;
    buf_init(&expected);
    text_fold((struct str){bytes, len}, &expected);
    struct str got = folded_text(&folded, (struct str){bytes, len});
    assert_int_equal(got.len, expected.len);
    assert_memory_equal(got.p, expected.data, got.len);
    assert_true(len > FOLDED_SHORT_MAX || folded.heap.cap == 0);
    folded_release(&folded);
    buf_release(&expected);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(short_ascii_is_lowered),
      cmocka_unit_test(other_letters_fold_as_unicode_says),
      cmocka_unit_test(the_short_way_agrees_with_text_fold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
