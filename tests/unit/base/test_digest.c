#include "unit.h"

#include "base/digest.h"

/* FIPS 180-2's own examples. */
static void is_sha256(void **state) {
  (void)state;
  char hex[DIGEST_HEX_MAX];
  struct digest *digest = digest_new();
  digest_add(digest, STR("abc"));
  digest_end(digest, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest = digest_new();
  digest_add(digest, (struct str){0});
  digest_end(digest, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void pieces_add_up(void **state) {
  (void)state;
  static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  char hex[DIGEST_HEX_MAX];
  for (size_t cut = 0; cut < sizeof text; cut++) {
    struct digest *digest = digest_new();
    digest_add(digest, (struct str){text, cut});
    digest_add(digest, (struct str){text + cut, sizeof text - 1 - cut});
    digest_end(digest, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }
}

static void whole_texts_and_comparison(void **state) {
  (void)state;
  char abc[DIGEST_HEX_MAX], other[DIGEST_HEX_MAX];
  digest_hex(STR("abc"), abc);
  assert_string_equal(abc, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest_hex(STR("abc"), other);
  assert_true(digest_equal(abc, other));
  digest_hex(STR("abd"), other);
  assert_false(digest_equal(abc, other));
}

/* Two draws of 190 bits are different, and all letters come up. */
static void random_texts_are_of_letters_and_digits(void **state) {
  (void)state;
  char a[33], b[33], many[10001];
  bool seen[256] = {false};
  int distinct = 0;
  digest_random_text(a, 32);
  digest_random_text(b, 32);
  assert_int_equal(strlen(a), 32);
  assert_string_not_equal(a, b);
  digest_random_text(many, 10000);
  for (size_t i = 0; i < 10000; i++) seen[(unsigned char)many[i]] = true;
  for (int c = 0; c < 256; c++) distinct += seen[c];
  assert_int_equal(distinct, 62);
  assert_int_equal(strspn(many, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"), 10000);
  uint8_t bytes[64] = {0}, zero[64] = {0};
  digest_random(bytes, sizeof bytes);
  assert_memory_not_equal(bytes, zero, sizeof zero);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_sha256),
      cmocka_unit_test(pieces_add_up),
      cmocka_unit_test(whole_texts_and_comparison),
      cmocka_unit_test(random_texts_are_of_letters_and_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
