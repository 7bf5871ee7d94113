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

static void encodes_what_it_decodes(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *text;
  } cases[] = {{"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
               {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "+/+/"}};
  struct buf text, back;
  char all[256];
  buf_init(&text);
  buf_init(&back);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    buf_clear(&text);
    base64_encode(str_of(cases[i].bytes), &text);
    assert_string_equal(text.data, cases[i].text);
  }
  for (int i = 0; i < 256; i++) all[i] = (char)i;
  for (size_t len = 0; len <= sizeof all; len++) {
    buf_clear(&text);
    buf_clear(&back);
    base64_encode((struct str){all, len}, &text);
    assert_int_equal(base64_decode(buf_str(&text), &back), 0);
    assert_int_equal(back.len, len);
    assert_memory_equal(back.data, all, len);
  }
  buf_release(&text);
  buf_release(&back);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decodes),
      cmocka_unit_test(refuses),
      cmocka_unit_test(keeps_every_byte),
      cmocka_unit_test(encodes_what_it_decodes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
