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

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void signs(void **state) {
  (void)state;
  static const unsigned char first[] = {0xb0, 0x34, 0x4c, 0x61, 0xd8, 0xdb, 0x38, 0x53, 0x5c, 0xa8, 0xaf,
                                        0xce, 0xaf, 0x0b, 0xf1, 0x2b, 0x88, 0x1d, 0xc2, 0x00, 0xc9, 0x83,
                                        0x3d, 0xa7, 0x26, 0xe9, 0x37, 0x6c, 0x2e, 0x32, 0xcf, 0xf7};
  static const unsigned char second[] = {0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                                         0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                                         0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43};
  static const unsigned char sixth[] = {0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26,
                                        0xaa, 0xcb, 0xf5, 0xb7, 0x7f, 0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28,
                                        0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54};
  char key[131];
  unsigned char out[DIGEST_HMAC_BYTES];
  memset(key, 0x0b, 20);
  digest_hmac((struct str){key, 20}, (const struct str[]){STR("Hi There")}, 1, out);
  assert_memory_equal(out, first, sizeof out);
  const struct str parts[] = {STR("what do ya want"), STR(""), STR(" for nothing?")};
  digest_hmac(STR("Jefe"), parts, 3, out);
  assert_memory_equal(out, second, sizeof out);
  memset(key, 0xaa, sizeof key);
  digest_hmac((struct str){key, sizeof key},
              (const struct str[]){STR("Test Using Larger Than Block-Size Key - Hash Key First")}, 1, out);
  assert_memory_equal(out, sixth, sizeof out);
}

static void compares_bytes(void **state) {
  (void)state;
  assert_true(digest_same(STR(""), STR("")));
  assert_true(digest_same(STR("abc"), STR("abc")));
  assert_false(digest_same(STR("abc"), STR("abd")));
  assert_false(digest_same(STR("abc"), STR("ab")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_sha256),
      cmocka_unit_test(pieces_add_up),
      cmocka_unit_test(whole_texts_and_comparison),
      cmocka_unit_test(signs),
      cmocka_unit_test(compares_bytes),
      cmocka_unit_test(random_texts_are_of_letters_and_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
