#include "unit.h"

#include "base/json.h"
#include <malloc.h>
#include <math.h>
#include <stdlib.h>

struct fixture {
  struct json_reader *reader;
  struct arena arena;
  struct buf buf;
  struct err err;
};

static int set_up(void **state) {
  static struct fixture fixture;
  fixture.reader = json_reader_new();
  arena_init(&fixture.arena, 0);
  buf_init(&fixture.buf);
  *state = &fixture;
  return 0;
}

static int tear_down(void **state) {
  struct fixture *f = *state;
  json_reader_free(f->reader);
  arena_release(&f->arena);
  buf_release(&f->buf);
  return 0;
}

static struct json_ref parse(struct fixture *f, const char *text) {
  struct json_ref root;
  if (json_parse(f->reader, text, strlen(text), &root, &f->err)) fail_msg("%s: %s", text, f->err.text);
  return root;
}

static void reads_an_event(void **state) {
  struct json_ref root =
      parse(*state, "{\"type\":\"track\",\"n\":[1,2.5,-3],\"nested\":{\"deep\":{\"x\":true}},\"none\":null,"
                    "\"text\":\"a\\u00f1\\n\\ud83d\\ude00\",\"after\":\"end\"}");
  struct str s;
  double n;
  bool b = false;
  assert_int_equal(json_kind(root), JSON_OBJECT);
  assert_int_equal(json_count(root), 6);
  assert_true(json_string(json_get(root, STR("type")), &s));
  assert_str(s, "track");
  assert_true(json_string(json_get(root, STR("text")), &s));
  assert_str(s, "añ\n😀");
  assert_true(json_string(json_get(root, STR("after")), &s));
  assert_str(s, "end");
  assert_int_equal(json_kind(json_get(root, STR("none"))), JSON_NULL);
  assert_true(json_bool(json_path(root, STR("nested.deep.x")), &b) && b);
  assert_false(json_number(json_get(root, STR("type")), &n));
  assert_false(json_string(json_get(root, STR("none")), &s));
  assert_false(json_bool(json_get(root, STR("none")), &b));
}

static void missing_chains_without_checks(void **state) {
  struct json_ref root = parse(*state, "{\"a\":[{\"b\":1}],\"c\":\"{\\\"b\\\":1}\"}");
  struct str s;
  double n;
  bool b;
  struct json_ref missing = json_get(json_get(json_get(root, STR("nope")), STR("a")), STR("b"));
  assert_true(json_is_missing(missing));
  assert_int_equal(json_kind(missing), JSON_MISSING);
  assert_int_equal(json_count(missing), 0);
  assert_true(json_is_missing(json_get(json_get(root, STR("a")), STR("b"))));
  assert_true(json_is_missing(json_path(root, STR("c.b"))));
  assert_true(json_is_missing(json_path(root, (struct str){0})));
  assert_false(json_string(missing, &s) || json_number(missing, &n) || json_bool(missing, &b));
  struct json_iter it;
  json_iter_init(&it, missing);
  assert_false(json_next(&it));
  json_iter_init(&it, json_get(root, STR("c")));
  assert_false(json_next(&it));
}

static void paths_try_the_literal_key_first(void **state) {
  struct json_ref root =
      parse(*state, "{\"utm\":{\"source\":1},\"utm.source\":2,\"utm.medium.x\":3,\"a\":{\"\":4}}");
  double n = 0;
  assert_true(json_number(json_path(root, STR("utm.source")), &n) && n == 2);
  assert_true(json_number(json_path(root, STR("utm.medium.x")), &n) && n == 3);
  assert_true(json_number(json_path(root, STR("a.")), &n) && n == 4);
  assert_true(json_is_missing(json_path(root, STR("utm.medium"))));
}

static void iterates_in_document_order(void **state) {
  struct fixture *f = *state;
  struct json_ref root =
      parse(f, "{\"b\":[1,[2,{}],\"x\",[],1.5,3],\"a\":{\"k\":{}},\"c\":-1,\"d\":18446744073709551615}");
  struct json_iter it;
  for (json_iter_init(&it, root); json_next(&it);)
    buf_printf(&f->buf, "%.*s=%d ", STR_ARG(it.key), json_kind(it.value));
  assert_false(json_next(&it));
  assert_str(buf_str(&f->buf), "b=5 a=6 c=3 d=3 ");
  buf_clear(&f->buf);
  for (json_iter_init(&it, json_get(root, STR("b"))); json_next(&it);)
    buf_printf(&f->buf, "%d ", json_kind(it.value));
  assert_str(buf_str(&f->buf), "3 5 4 5 3 3 ");
  assert_int_equal(json_count(json_get(root, STR("b"))), 6);
  assert_int_equal(json_count(json_path(root, STR("a.k"))), 0);
}

static void reads_numbers(void **state) {
  static const struct {
    const char *text;
    double n;
  } cases[] = {{"0", 0},
               {"-0", 0},
               {"12", 12},
               {"-9223372036854775808", -9223372036854775808.0},
               {"18446744073709551615", 18446744073709551615.0},
               {"1e3", 1000},
               {"1.7976931348623157e308", 1.7976931348623157e308},
               {"5e-324", 5e-324},
               {"1e-400", 0},
               {"18446744073709551616", 18446744073709551616.0},
               {"-9223372036854775809", -9223372036854775809.0},
               {"123456789012345678901234567890", 123456789012345678901234567890.0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    double n = 42;
    if (!json_number(parse(*state, cases[i].text), &n) || fabs(n - cases[i].n) > fabs(cases[i].n) * 1e-15)
      fail_msg("%s: got %.17g", cases[i].text, n);
  }
}

/* Also what a double cannot hold, and what no integer can: damaged files say anything. */
static void whole_numbers_are_exact_or_refused(void **state) {
  static const struct {
    const char *text;
    bool fine;
    int64_t n;
  } cases[] = {{"0", true, 0},
               {"-0", true, 0},
               {"12.0", true, 12},
               {"1e3", true, 1000},
               {"9007199254740993", true, INT64_C(9007199254740993)}, /* 2^53 + 1 */
               {"9223372036854775807", true, INT64_MAX},
               {"-9223372036854775808", true, INT64_MIN},
               {"-9223372036854775808.0", true, INT64_MIN},
               {"9223372036854775808", false, 0},
               {"9223372036854775808.0", false, 0},
               {"18446744073709551615", false, 0},
               {"97777777777777777777777777", false, 0},
               {"-1e300", false, 0},
               {"1.5", false, 0},
               {"\"1\"", false, 0},
               {"null", false, 0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t n = 42;
    bool fine = json_whole(parse(*state, cases[i].text), INT64_MIN, INT64_MAX, &n);
    if (fine != cases[i].fine || n != (fine ? cases[i].n : 42))
      fail_msg("%s: got %lld", cases[i].text, (long long)n);
  }
  assert_int_equal(json_whole_or(parse(*state, "7"), 0, 7, -1), 7);
  assert_int_equal(json_whole_or(parse(*state, "8"), 0, 7, -1), -1);
  assert_int_equal(json_whole_or(json_get(parse(*state, "{}"), STR("a")), 0, 7, -1), -1);
}

/* Only integers are mended, and only outside strings. */
static void mends_long_integers_alone(void **state) {
  struct fixture *f = *state;
  struct json_ref root =
      parse(f, "{\"id\":\"12345678901234567890123\",\"a\\\"1\":[99999999999999999999999,1],"
               "\"pi\":3.14159265358979323846264338327950288,\"e\":1e-000000000000000000000002}");
  json_minify(root, &f->buf);
  assert_str(buf_str(&f->buf),
             "{\"id\":\"12345678901234567890123\",\"a\\\"1\":[1e+23,1],\"pi\":3.141592653589793,\"e\":0.01}");
}

static void mends_lone_surrogates(void **state) {
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"\"\\ud83d\"", "\xef\xbf\xbd"},
      {"\"a\\udE00b\"", "a\xef\xbf\xbd"
                        "b"},
      {"\"\\uD83D\\ud83d\\ude00\"", "\xef\xbf\xbd😀"},
      {"\"\\ud83dx\"", "\xef\xbf\xbdx"},
      {"\"\\ud83d\\n\"", "\xef\xbf\xbd\n"},
      {"\"\\\\ud83d\"", "\\ud83d"},
      {"\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\"\\\\u0000 \\\\\\\\u0000\"", "\\u0000 \\\\u0000"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct str s;
    assert_true(json_string(parse(*state, cases[i].text), &s));
    assert_str(s, cases[i].expected);
  }
}

static void refuses_with_place_and_reason(void **state) {
  struct fixture *f = *state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"", "JSON: the text is empty, a document was expected"},
      {" \n ", "JSON: the text is empty, a document was expected"},
      {"\xef\xbb\xbf{}", "JSON: the text starts with a byte order mark, save it as UTF-8 without one"},
      {"{\"a\":1} x", "JSON: nothing more was expected after the document at byte 9"},
      {"{}{}", "JSON: nothing more was expected after the document at byte 3"},
      {"{\"a\":1,}", "JSON: a key in double quotes was expected at byte 8"},
      {"{a:1}", "JSON: a key in double quotes or \"}\" was expected at byte 2"},
      {"{\"a\" 1}", "JSON: a \":\" was expected after the key at byte 6"},
      {"{\"a\":}", "JSON: a value was expected at byte 6"},
      {"[1 2]", "JSON: a comma or \"]\" was expected at byte 4"},
      {"[1,]", "JSON: a value was expected at byte 4"},
      {"{\"a\":1 \"b\"}", "JSON: a comma or \"}\" was expected at byte 8"},
      {"[1", "JSON: the text ends after 2 bytes where a comma or \"]\" was expected"},
      {"{\"a\":[1,2", "JSON: the text ends after 9 bytes where a comma or \"]\" was expected"},
      {"\"abc", "JSON: a string is not closed at byte 1"},
      {"\"abc\\\"", "JSON: a string is not closed at byte 1"},
      {"[\n \"a\tb\"]", "JSON: a control character in a string must be escaped (a newline as \\n) at line 2, "
                        "column 4 (byte 6)"},
      {"[\"\\x\"]",
       "JSON: a backslash in a string must be followed by one of \"\\/bfnrt or u and 4 hex digits at byte 3"},
      {"\"\\u12g4\"",
       "JSON: a backslash in a string must be followed by one of \"\\/bfnrt or u and 4 hex digits at byte 2"},
      {"\"a\xff\"", "JSON: a byte is not valid UTF-8 at byte 3"},
      {"\"\xed\xa0\x80\"", "JSON: a byte is not valid UTF-8 at byte 2"},
      {"\"\\u0000\"", "JSON: a NUL character (\\u0000) is not allowed at byte 2"},
      {"01", "JSON: a number must not start with 0 at byte 1"},
      {"[1.]", "JSON: a digit was expected after the point at byte 4"},
      {"-", "JSON: the text ends after 1 bytes where a digit was expected"},
      {"[1e]", "JSON: a digit was expected in the exponent at byte 4"},
      {"[1e400]", "JSON: a number is beyond the finite range (about 1.8e308) at byte 2"},
      {"[0.0001e400]", "JSON: a number is beyond the finite range (about 1.8e308) at byte 2"},
      {"[1, -1E+99999999999999999999]",
       "JSON: a number is beyond the finite range (about 1.8e308) at byte 5"},
      {"NaN", "JSON: a value was expected at byte 1"},
      {"nul", "JSON: a value was expected (text needs double quotes) at byte 1"},
      {"{'a':1}", "JSON: a key in double quotes or \"}\" was expected at byte 2"},
      {"[1]]", "JSON: nothing more was expected after the document at byte 4"},
      {"// x\n1", "JSON: a value was expected at byte 1"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct json_ref root;
    assert_int_equal(json_parse(f->reader, cases[i].text, strlen(cases[i].text), &root, &f->err), -1);
    assert_true(json_is_missing(root));
    if (strcmp(f->err.text, cases[i].expected) != 0) fail_msg("%s: got %s", cases[i].text, f->err.text);
  }
}

static void refuses_raw_nul_bytes(void **state) {
  struct fixture *f = *state;
  struct json_ref root;
  assert_int_equal(json_parse(f->reader, "\"a\0b\"", 5, &root, &f->err), -1);
  assert_string_equal(f->err.text, "JSON: a NUL byte is not allowed at byte 3");
  assert_int_equal(json_parse(f->reader, "{}\0", 3, &root, &f->err), -1);
  assert_int_equal(json_parse(f->reader, "\0", 1, &root, &f->err), -1);
}

/* `levels` nested arrays around `core`. */
static void nest(struct buf *buf, const char *open, const char *core, const char *close, size_t levels) {
  buf_clear(buf);
  for (size_t i = 0; i < levels; i++) buf_add_text(buf, open);
  buf_add_text(buf, core);
  for (size_t i = 0; i < levels; i++) buf_add_text(buf, close);
}

static void depth_is_exact(void **state) {
  struct fixture *f = *state;
  static const struct {
    const char *open, *core, *close;
    size_t core_levels;
  } shapes[] = {{"[", "1", "]", 0},
                {"[", "[]", "]", 1},
                {"{\"a\":", "1", "}", 0},
                {"{\"a\":", "{}", "}", 1},
                {"[1.5,-7,", "[]", ",{}]", 1}};
  for (size_t i = 0; i < COUNT_OF(shapes); i++) {
    struct json_ref root;
    nest(&f->buf, shapes[i].open, shapes[i].core, shapes[i].close, JSON_DEPTH_MAX - shapes[i].core_levels);
    if (json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err))
      fail_msg("%s: %s", f->buf.data, f->err.text);
    nest(&f->buf, shapes[i].open, shapes[i].core, shapes[i].close,
         JSON_DEPTH_MAX + 1 - shapes[i].core_levels);
    assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), -1);
    assert_int_equal(f->err.code, ERR_LIMIT);
    assert_non_null(strstr(f->err.text, "nested deeper than 64 levels"));
  }
  nest(&f->buf, "[", "", "", 1000000);
  struct json_ref root;
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), -1);
}

static void survives_a_long_string(void **state) {
  enum { SIZE = 10 << 20 };
  struct fixture *f = *state;
  struct json_ref root;
  struct str s;
  buf_add_char(&f->buf, '"');
  buf_add_repeat(&f->buf, 'x', SIZE);
  buf_add_char(&f->buf, '"');
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), 0);
  assert_true(json_string(root, &s) && s.len == SIZE && s.p[SIZE - 1] == 'x');
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len - 1, &root, &f->err), -1);
  parse(f, "{}");
}

/* Bytes from malloc now; 0 under a sanitizer, which has its own. */
static size_t allocated(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

static void gives_back_what_a_large_document_took(void **state) {
  enum { SIZE = 4 << 20, SMALL_ONES = 300 };
  struct fixture *f = *state;
  struct json_ref root;
  buf_add_char(&f->buf, '[');
  buf_add_repeat(&f->buf, ' ', SIZE);
  buf_add_char(&f->buf, ']');
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), 0);
  size_t large = allocated();
  for (int i = 0; i < SMALL_ONES; i++) assert_int_equal(json_count(parse(f, "[1,2,3]")), 3);
  if (large > 0) assert_true(large - allocated() > SIZE * 10);
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), 0);
}

static void a_refused_text_does_not_harm_the_next(void **state) {
  struct fixture *f = *state;
  struct json_ref root;
  for (int i = 0; i < 3; i++) {
    nest(&f->buf, "[", "1", "]", 64 + (size_t)i);
    json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err);
    assert_int_equal(json_parse(f->reader, "[", 1, &root, &f->err), -1);
    assert_int_equal(json_count(parse(f, "[1,2,3]")), 3);
  }
}

/* Every prefix of a document and every change of one byte: refused or accepted, never a crash; what is
 * accepted can be walked and is read again from what is written. */
static void check_mutant(struct fixture *f, const char *text, size_t len) {
  struct json_ref root;
  char *exact = malloc(len ? len : 1); /* of exactly this size, so that a sanitizer sees reads past it */
  memcpy(exact, text, len);
  if (json_parse(f->reader, exact, len, &root, &f->err) == 0) {
    arena_clear(&f->arena);
    buf_clear(&f->buf);
    struct value v = json_value(root, &f->arena);
    struct json_writer writer;
    json_writer_init(&writer, &f->buf);
    json_put_value(&writer, v);
    char *written = buf_detach(&f->buf);
    if (json_parse(f->reader, written, strlen(written), &root, &f->err))
      fail_msg("%s: %s", written, f->err.text);
    free(written);
  } else {
    assert_true(f->err.text[0] != '\0');
  }
  free(exact);
}

static void mutants_never_crash(void **state) {
  struct fixture *f = *state;
  static const char seed[] =
      "{\"type\":\"track\",\"p\":{\"x\":[1,-2.5e3,true,false,null,{},[]],\"\\ud83d\\ude00\":\"\\ud83d \\u00e9"
      " \xc3\xb1 \\\\ \\\" \\/\"},\"big\":123456789012345678901234,\"u\":18446744073709551615}";
  static const unsigned char bytes[] = {0,   '"', '\\', '{', '}',  '[',  ']',  ',', ':',
                                        '0', 'e', 'u',  ' ', '\n', 0x80, 0xff, 0xf0};
  char text[sizeof seed];
  for (size_t len = 0; len < sizeof seed; len++) check_mutant(f, seed, len);
  for (size_t at = 0; at + 1 < sizeof seed; at++)
    for (size_t i = 0; i < sizeof bytes; i++) {
      memcpy(text, seed, sizeof seed);
      text[at] = (char)bytes[i];
      check_mutant(f, text, sizeof seed - 1);
    }
}

static void builds_values_last_key_wins(void **state) {
  struct fixture *f = *state;
  struct value v = json_value(parse(f, "{\"a\":1,\"b\":[true,null,\"x\"],\"a\":2,\"o\":{}}"), &f->arena);
  assert_int_equal(v.kind, VALUE_MAP);
  assert_int_equal(v.len, 3);
  assert_true(value_get(v, STR("a")).number == 2);
  assert_int_equal(value_get(v, STR("b")).len, 3);
  assert_str(value_text(value_get(v, STR("b")).items[2]), "x");
  assert_int_equal(value_get(v, STR("o")).kind, VALUE_MAP);
  assert_int_equal(json_value((struct json_ref){0}, &f->arena).kind, VALUE_MISSING);
}

static void builds_wide_maps_with_equal_keys(void **state) {
  struct fixture *f = *state;
  buf_add_char(&f->buf, '{');
  for (int i = 0; i < 2000; i++) buf_printf(&f->buf, "%s\"k%d\":%d", i ? "," : "", i % 500, i);
  buf_add_char(&f->buf, '}');
  struct json_ref root;
  assert_int_equal(json_parse(f->reader, f->buf.data, f->buf.len, &root, &f->err), 0);
  struct value v = json_value(root, &f->arena);
  assert_int_equal(v.len, 500);
  for (uint32_t i = 0; i < 500; i++) assert_true(v.pairs[i].value.number == 1500 + i);
}

static void minifies(void **state) {
  struct fixture *f = *state;
  json_minify(parse(f, " { \"b\" : [ 1 , 2.50 , \"a\\/\\u00f1\" , { } , [ ] , null , true ],\n\"a\": "
                       "18446744073709551615 } "),
              &f->buf);
  assert_str(buf_str(&f->buf), "{\"b\":[1,2.5,\"a/ñ\",{},[],null,true],\"a\":18446744073709551615}");
  json_minify((struct json_ref){0}, &f->buf);
  buf_clear(&f->buf);
  nest(&f->buf, "[", "1", "]", JSON_DEPTH_MAX);
  char *deep = buf_detach(&f->buf);
  json_minify(parse(f, deep), &f->buf);
  assert_str(buf_str(&f->buf), deep);
  free(deep);
}

static void writes_documents(void **state) {
  struct fixture *f = *state;
  struct json_writer w;
  json_writer_init(&w, &f->buf);
  json_open(&w, '{');
  json_key(&w, "empty");
  json_open(&w, '[');
  json_close(&w, ']');
  json_key(&w, "list");
  json_open(&w, '[');
  json_put_int(&w, INT64_MIN);
  json_put_text(&w, "x");
  json_put_bool(&w, false);
  json_put_raw(&w, STR("{\"raw\":1}"));
  json_open(&w, '{');
  json_close(&w, '}');
  json_close(&w, ']');
  json_key_str(&w, STR("time"));
  json_put_time(&w, 1705309200123);
  json_key(&w, "never");
  json_put_time(&w, INT64_MAX);
  json_close(&w, '}');
  assert_str(buf_str(&f->buf), "{\"empty\":[],\"list\":[-9223372036854775808,\"x\",false,{\"raw\":1},{}],"
                               "\"time\":\"2024-01-15T09:00:00.123Z\",\"never\":null}");
}

static void writes_strings(void **state) {
  struct fixture *f = *state;
  static const struct {
    struct str in;
    const char *expected;
  } cases[] = {
      {{"", 0}, "\"\""},
      {{NULL, 0}, "\"\""},
      {{"a\"b\\c/d", 7}, "\"a\\\"b\\\\c/d\""},
      {{"\b\t\n\f\r\x01\x1f\x7f", 8}, "\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\""},
      {{"\0", 1}, "\"\\u0000\""},
      {{"ñ€😀", 9}, "\"ñ€😀\""},
      {{"a\xff\xc3", 3}, "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
      {{"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct json_writer w;
    buf_clear(&f->buf);
    json_writer_init(&w, &f->buf);
    json_put_str(&w, cases[i].in);
    assert_str(buf_str(&f->buf), cases[i].expected);
  }
}

/* Every ASCII byte at every place of a string longer than the writer's stride. */
static void strings_read_back(void **state) {
  struct fixture *f = *state;
  for (size_t at = 0; at < 20; at++)
    for (int c = 1; c < 0x80; c++) {
      char text[20];
      struct json_writer w;
      struct str back;
      memset(text, 'x', sizeof text);
      text[at] = (char)c;
      buf_clear(&f->buf);
      json_writer_init(&w, &f->buf);
      json_put_str(&w, (struct str){text, sizeof text});
      assert_true(json_string(parse(f, f->buf.data), &back));
      assert_true(str_eq(back, (struct str){text, sizeof text}));
    }
}

static void writes_numbers(void **state) {
  struct fixture *f = *state;
  static const struct {
    double n;
    const char *expected;
  } cases[] = {{0, "0"},
               {-0.0, "0"},
               {1, "1"},
               {-42, "-42"},
               {37.418, "37.418"},
               {0.1, "0.1"},
               {1e21, "1e+21"},
               {1.5e-9, "1.5e-09"},
               {9007199254740992.0, "9007199254740992"},
               {1.0 / 3, "0.3333333333333333"},
               {5e-324, "5e-324"},
               {1e15, "1000000000000000"},
               {HUGE_VAL, "null"},
               {-HUGE_VAL, "null"},
               {NAN, "null"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct json_writer w;
    buf_clear(&f->buf);
    json_writer_init(&w, &f->buf);
    json_put_number(&w, cases[i].n);
    assert_str(buf_str(&f->buf), cases[i].expected);
  }
}

static void numbers_read_back(void **state) {
  struct fixture *f = *state;
  uint64_t bits = 88172645463325252u;
  for (int i = 0; i < 20000; i++) {
    double n, back;
    bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
    memcpy(&n, &bits, sizeof n);
    if (!isfinite(n)) continue;
    struct json_writer w;
    buf_clear(&f->buf);
    json_writer_init(&w, &f->buf);
    json_put_number(&w, n);
    if (!json_number(parse(f, f->buf.data), &back) || back != n)
      fail_msg("%.17g came back as %.17g", n, back);
  }
}

static void writes_milli(void **state) {
  struct fixture *f = *state;
  static const struct {
    int64_t milli;
    const char *expected;
  } cases[] = {{37418, "37.418"}, {40000, "40"},  {0, "0"},     {-500, "-0.5"},
               {10, "0.01"},      {-1, "-0.001"}, {100, "0.1"}, {INT64_MIN, "-9223372036854775.808"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct json_writer w;
    buf_clear(&f->buf);
    json_writer_init(&w, &f->buf);
    json_put_milli(&w, cases[i].milli);
    assert_str(buf_str(&f->buf), cases[i].expected);
  }
}

static void values_round_trip(void **state) {
  struct fixture *f = *state;
  static const char text[] = "{\"a\":[1,2.5,\"x\\n\",{\"b\":{}},[],null,true,false],\"\":\"\",\"ñ\":-1e-7}";
  struct value v = json_value(parse(f, text), &f->arena);
  v = value_copy(&f->arena, v);
  struct json_writer w;
  json_writer_init(&w, &f->buf);
  json_put_value(&w, v);
  assert_true(value_eq(json_value(parse(f, f->buf.data), &f->arena), v));
  buf_clear(&f->buf);
  json_writer_init(&w, &f->buf);
  json_put_value(&w, VALUE_NONE);
  assert_str(buf_str(&f->buf), "null");
}

static void kinds_have_words(void **state) {
  (void)state;
  assert_string_equal(json_kind_word(JSON_OBJECT), "an object");
  assert_string_equal(json_kind_word(JSON_MISSING), "nothing");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(reads_an_event),
      TEST(missing_chains_without_checks),
      TEST(paths_try_the_literal_key_first),
      TEST(iterates_in_document_order),
      TEST(reads_numbers),
      TEST(whole_numbers_are_exact_or_refused),
      TEST(mends_long_integers_alone),
      TEST(mends_lone_surrogates),
      TEST(refuses_with_place_and_reason),
      TEST(refuses_raw_nul_bytes),
      TEST(depth_is_exact),
      TEST(survives_a_long_string),
      TEST(gives_back_what_a_large_document_took),
      TEST(a_refused_text_does_not_harm_the_next),
      TEST(mutants_never_crash),
      TEST(builds_values_last_key_wins),
      TEST(builds_wide_maps_with_equal_keys),
      TEST(minifies),
      TEST(writes_documents),
      TEST(writes_strings),
      TEST(strings_read_back),
      TEST(writes_numbers),
      TEST(numbers_read_back),
      TEST(writes_milli),
      TEST(values_round_trip),
      TEST(kinds_have_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
