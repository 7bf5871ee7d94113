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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_sha256),
      cmocka_unit_test(pieces_add_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
