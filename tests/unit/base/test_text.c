#include "unit.h"

#include "base/text.h"

static void tells_characters(void **state) {
  (void)state;
  static const struct {
    struct str s;
    size_t size;
  } cases[] = {
      {{NULL, 0}, 0},
      {{"a", 1}, 1},
      {{"\0", 1}, 1},
      {{"ñ", 2}, 2},
      {{"€", 3}, 3},
      {{"😀", 4}, 4},
      {{"ñ", 1}, 0},
      {{"€", 2}, 0},
      {{"😀", 3}, 0},
      {{"\x80", 1}, 0},
      {{"\xc0\x80", 2}, 0},
      {{"\xc1\xbf", 2}, 0},
      {{"\xe0\x9f\xbf", 3}, 0},
      {{"\xe0\xa0\x80", 3}, 3},
      {{"\xed\x9f\xbf", 3}, 3},
      {{"\xed\xa0\x80", 3}, 0},
      {{"\xf0\x8f\xbf\xbf", 4}, 0},
      {{"\xf4\x8f\xbf\xbf", 4}, 4},
      {{"\xf4\x90\x80\x80", 4}, 0},
      {{"\xf5\x80\x80\x80", 4}, 0},
      {{"\xc3(", 2}, 0},
      {{"\xff", 1}, 0},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (text_char(cases[i].s) != cases[i].size) fail_msg("case %zu: %zu", i, text_char(cases[i].s));
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (text_is_utf8(cases[i].s) != (cases[i].size == cases[i].s.len)) fail_msg("case %zu", i);
  assert_true(text_is_utf8(STR("año 1, 5 €")));
  assert_false(text_is_utf8(STR("a\xf1o")));
}

static void folds(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"", ""},
      {"Hello World", "hello world"},
      {"DIRECCIÓN", "direccion"},
      {"España", "espana"},
      {"STRASSE straße ẞ", "strasse strasse ss"},
      {"Ørsted Łódź Đorđe", "orsted lodz dorde"},
      {"Æther Œuvre ısı İstanbul", "aether oeuvre isi istanbul"},
      {"Þór Ŋ Ħ Ŧ ð", "thor n h t d"},
      {"e\xcc\x81", "e"},
      {"ǿ", "o"},
      {"Ёлка ΆΈς", "елка αεσ"},
      {"ＶＰ ①", "vp 1"},
      {"ﬁnance", "finance"},
      {"a\xc2\xa0z", "a z"},
      {"so\xc2\xad"
       "ft",
       "soft"},
      {"हिन्दी", "हिन्दी"},
      {"が", "か\xe3\x82\x99"},
      {"東京", "東京"},
      {"A\xff\xc3Z", "a\xff\xc3z"},
  };
  struct buf scratch;
  buf_init(&scratch);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_str(text_folded(str_of(cases[i].text), &scratch), cases[i].expected);
    buf_clear(&scratch);
    text_fold(str_of(cases[i].text), &scratch);
    assert_str(buf_str(&scratch), cases[i].expected);
  }
  buf_release(&scratch);
}

static void folded_text_is_not_copied(void **state) {
  (void)state;
  struct buf scratch;
  buf_init(&scratch);
  struct str plain = STR("already plain 123");
  assert_ptr_equal(text_folded(plain, &scratch).p, plain.p);
  assert_int_equal(scratch.cap, 0);
  buf_release(&scratch);
}

static size_t put_code(uint32_t code, char out[4]) {
  if (code < 0x80) return out[0] = (char)code, 1;
  size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  for (size_t i = size; i-- > 1; code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
  out[0] = (char)(lead[size] | code);
  return size;
}

/* Both sides of a comparison are folded once; folding the folded form again must change nothing. */
static void folding_twice_is_folding_once(void **state) {
  (void)state;
  struct buf once, twice;
  buf_init(&once);
  buf_init(&twice);
  for (uint32_t code = 1; code < 0x110000; code++) {
    char text[4];
    struct str s = {text, put_code(code, text)};
    if (text_char(s) != s.len) continue;
    buf_clear(&once);
    buf_clear(&twice);
    text_fold(s, &once);
    text_fold(buf_str(&once), &twice);
    if (!str_eq(buf_str(&once), buf_str(&twice))) fail_msg("U+%04X: %s then %s", code, once.data, twice.data);
  }
  buf_release(&once);
  buf_release(&twice);
}

static void finds_parts(void **state) {
  (void)state;
  assert_true(text_contains(STR("abcdef"), STR("cd")));
  assert_true(text_contains(STR("abc"), STR("")));
  assert_true(text_contains((struct str){0}, (struct str){0}));
  assert_false(text_contains(STR("abc"), STR("abcd")));
  assert_false(text_contains((struct str){0}, STR("a")));
}

static void globs(void **state) {
  (void)state;
  static const struct {
    const char *text, *pattern;
    bool expected;
  } cases[] = {
      {"/pricing", "/pricing*", true},
      {"/pricing/eu", "/pricing*", true},
      {"/price", "/pricing*", false},
      {"", "", true},
      {"", "*", true},
      {"", "?", false},
      {"a", "", false},
      {"abc", "a*c", true},
      {"abcbc", "a*bc", true},
      {"abcb", "a*bc", false},
      {"abc", "***", true},
      {"abc", "???", true},
      {"abc", "????", false},
      {"ñb", "?b", true},
      {"añ", "*?", true},
      {"ñ", "??", false},
      {"xñy", "*?y", true},
      {"me+test@x.com", "*+test@*", true},
      {"aab", "*a*b", true},
      {"video a", "video *", true},
      {"abab", "*ab", true},
      {"mississippi", "m*iss*ip?i", true},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (text_glob(str_of(cases[i].text), str_of(cases[i].pattern)) != cases[i].expected)
      fail_msg("%s against %s", cases[i].text, cases[i].pattern);
}

/* An answer by definition, to compare with. */
static bool slow_glob(struct str s, struct str p) {
  if (p.len == 0) return s.len == 0;
  struct str pattern_rest = {p.p + 1, p.len - 1}, rest = {s.p + 1, s.len ? s.len - 1 : 0};
  if (p.p[0] == '*') return slow_glob(s, pattern_rest) || (s.len && slow_glob(rest, p));
  return s.len && (p.p[0] == '?' || p.p[0] == s.p[0]) && slow_glob(rest, pattern_rest);
}

static void globs_agree_with_the_definition(void **state) {
  (void)state;
  static const char letters[] = "ab*?";
  char text[6], pattern[6];
  for (unsigned i = 0; i < 1 << 5; i++)
    for (unsigned j = 0; j < 1 << 10; j++) {
      for (unsigned k = 0; k < 5; k++) text[k] = letters[i >> k & 1], pattern[k] = letters[j >> 2 * k & 3];
      struct str s = {text, 1 + i % 5}, p = {pattern, 1 + j % 5};
      if (text_glob(s, p) != slow_glob(s, p)) fail_msg("%.*s against %.*s", STR_ARG(s), STR_ARG(p));
    }
}

static void globs_in_bounded_time(void **state) {
  (void)state;
  char text[20000];
  memset(text, 'a', sizeof text);
  assert_false(text_glob((struct str){text, sizeof text}, STR("*a*a*a*a*a*a*a*a*a*a*a*a*b")));
}

static void finds_whole_words(void **state) {
  (void)state;
  static const struct {
    const char *text, *phrase;
    bool expected;
  } cases[] = {
      {"the cto", "cto", true},
      {"cto", "cto", true},
      {"cto, founder", "cto", true},
      {"director", "cto", false},
      {"october", "cto", false},
      {"ctos", "cto", false},
      {"cto2", "cto", false},
      {"c.t.o.", "cto", false},
      {"actor cto", "cto", true},
      {"vice president", "vice president", true},
      {"vice  president, sales", "vice president", true},
      {"vice-president", "vice president", true},
      {"vicepresident", "vice president", false},
      {"vp, sales", "vp sales", true},
      {"vp presales", "vp sales", false},
      {"c++ developer", "c++", true},
      {"senior .net developer", ".net", true},
      {"r&d lead", "r&d", true},
      {"ceo • cto", "cto", true},
      {"“cto”", "cto", true},
      {"ñcto", "cto", false},
      {"ctoñ", "cto", false},
      {"東京cto", "cto", false},
      {"", "cto", false},
      {"cto", "", false},
      {"cto", "  ", false},
      {"cto", " cto ", true},
      {"c ", "c d", false},
      {"x\xff"
       "cto",
       "cto", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (text_has_word(str_of(cases[i].text), str_of(cases[i].phrase)) != cases[i].expected)
      fail_msg("\"%s\" in \"%s\"", cases[i].phrase, cases[i].text);
}

static void spells_names_one_way(void **state) {
  (void)state;
  static const struct {
    const char *name, *expected;
  } cases[] = {
      {"firstName", "first_name"},
      {"First Name", "first_name"},
      {"first_name", "first_name"},
      {"first-name", "first_name"},
      {"FIRST_NAME", "first_name"},
      {"userID", "user_id"},
      {"HTTPServer", "http_server"},
      {"utmSource", "utm_source"},
      {"UTMSource", "utm_source"},
      {"address.postalCode", "address.postal_code"},
      {"Address.PostalCode", "address.postal_code"},
      {"line2Text", "line2_text"},
      {"address2", "address2"},
      {"$email", "email"},
      {"_id", "id"},
      {"name_", "name"},
      {"a__b  c", "a_b_c"},
      {"# Employees (est.)", "employees_est."},
      {"AñoNacimiento", "año_nacimiento"},
      {"ÉlèveNom", "élève_nom"},
      {"", ""},
      {"$$", "$$"},
      {"ABTest", "ab_test"},
      {"eMail", "e_mail"},
      {"a. b", "a.b"},
  };
  struct arena arena;
  arena_init(&arena, 0);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct str snake = text_snake(str_of(cases[i].name), &arena);
    assert_str(snake, cases[i].expected);
    assert_int_equal(snake.p[snake.len], '\0');
    assert_str(text_snake(snake, &arena), cases[i].expected);
  }
  arena_release(&arena);
}

static void measures_columns(void **state) {
  (void)state;
  assert_int_equal(text_width(STR("abc")), 3);
  assert_int_equal(text_width(STR("añ€")), 3);
  assert_int_equal(text_width(STR("東京")), 4);
  assert_int_equal(text_width(STR("e\xcc\x81")), 1);
  assert_int_equal(text_width(STR("\xff")), 1);
  assert_int_equal(text_width((struct str){0}), 0);
}

static void tells_alphabets_that_are_mixed(void **state) {
  (void)state;
  static const char *const mixed[] = {"p\xd0\xb0id", "\xd0\xb0\x62", "fit_p\xce\xbfints", "x \xd1\x80\x61"};
  static const char *const fine[] = {"",       "paid",     "größe",        "платный", "платный_paid",
                                     "λ_paid", "東京paid", "µ-points_100", "\xff"};
  for (size_t i = 0; i < COUNT_OF(mixed); i++) assert_true(text_mixes_alphabets(str_of(mixed[i])));
  for (size_t i = 0; i < COUNT_OF(fine); i++) assert_false(text_mixes_alphabets(str_of(fine[i])));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tells_characters),
      cmocka_unit_test(folds),
      cmocka_unit_test(folded_text_is_not_copied),
      cmocka_unit_test(folding_twice_is_folding_once),
      cmocka_unit_test(finds_parts),
      cmocka_unit_test(globs),
      cmocka_unit_test(globs_agree_with_the_definition),
      cmocka_unit_test(globs_in_bounded_time),
      cmocka_unit_test(finds_whole_words),
      cmocka_unit_test(spells_names_one_way),
      cmocka_unit_test(measures_columns),
      cmocka_unit_test(tells_alphabets_that_are_mixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
