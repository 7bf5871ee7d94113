#include "unit.h"

#include "base/base64.h"

static void decodes(void **state) {
  (void)state;
  static const struct {
    const char *text, *bytes;
  } cases[] = {
      {"", ""},
      {"Zg==", "f"},
      {"Zm8=", "fo"},
      {"Zm9v", "foo"},
      {"Zm9vYg==", "foob"},
      {"Zm9vYmE=", "fooba"},
      {"Zm9vYmFy", "foobar"},
      {"Zg", "f"},
      {"Zm8", "fo"},
      {"a2V5Og==", "key:"},
      {"+/+/", "\xfb\xff\xbf"},
  };
  struct buf out;
  buf_init(&out);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    buf_clear(&out);
    buf_add_text(&out, "before ");
    if (base64_decode(str_of(cases[i].text), &out) != 0) fail_msg("refused: %s", cases[i].text);
    assert_string_equal(out.data + strlen("before "), cases[i].bytes);
  }
  buf_release(&out);
}

static void refuses(void **state) {
  (void)state;
  static const char *const cases[] = {
      "Z",    "Zg=",  "Zg===", "=",    "==",    "====",       "Zm9v=",    "Zm9 v", "Zm9v\n",
      "Zm-_", "Zh==", "Zm9=",  "Z=g=", "Zm9vZ", "\xc3\xa9==", "Zm9v====", "Zm9=v"};
  struct buf out;
  buf_init(&out);
  buf_add_text(&out, "before");
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    if (base64_decode(str_of(cases[i]), &out) == 0) fail_msg("taken: %s", cases[i]);
    assert_string_equal(out.data, "before");
  }
  buf_release(&out);
}

static void keeps_every_byte(void **state) {
  (void)state;
  struct buf out;
  buf_init(&out);
  assert_int_equal(base64_decode(STR("AAECA/8A"), &out), 0);
  assert_int_equal(out.len, 6);
  assert_memory_equal(out.data, "\0\1\2\3\xff\0", 6);
  buf_release(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decodes),
      cmocka_unit_test(refuses),
      cmocka_unit_test(keeps_every_byte),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
