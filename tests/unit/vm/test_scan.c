#include "unit.h"

#include "vm/source/scan.h"
#include "vm/source/token.h"

static void check_tokens(void **state) {
  (void)state;
  const char *source =
      "local x = [[a\nb]] -- \"not a text\"\n--[==[ skipped\n ]] ]==] y['it\\'s'] ~= 0x1p-3 .. z";
  static const struct {
    enum token_kind kind;
    int line;
    const char *text;
  } expected[] = {{TOKEN_WORD, 1, "local"},    {TOKEN_NAME, 1, "x"},  {TOKEN_MARK, 1, "="},
                  {TOKEN_TEXT, 1, "a\nb"},     {TOKEN_NAME, 4, "y"},  {TOKEN_MARK, 4, "["},
                  {TOKEN_TEXT, 4, "it\\'s"},   {TOKEN_MARK, 4, "]"},  {TOKEN_MARK, 4, "~="},
                  {TOKEN_NUMBER, 4, "0x1p-3"}, {TOKEN_MARK, 4, ".."}, {TOKEN_NAME, 4, "z"}};
  struct tokens tokens;
  tokens_init(&tokens, str_of(source));
  for (size_t i = 0; i < COUNT_OF(expected); i++) {
    struct token token = tokens_next(&tokens);
    assert_int_equal(token.kind, expected[i].kind);
    assert_int_equal(token.line, expected[i].line);
    assert_str(token.text, expected[i].text);
  }
  assert_int_equal(tokens_next(&tokens).kind, TOKEN_END);
  assert_int_equal(tokens_next(&tokens).kind, TOKEN_END);
}

static void unfinished_source_ends(void **state) {
  (void)state;
  static const char *const sources[] = {"\"abc", "'a\\", "[[abc", "--[[ x", "[==", "--", "a.."};
  for (size_t i = 0; i < COUNT_OF(sources); i++) {
    struct tokens tokens;
    tokens_init(&tokens, str_of(sources[i]));
    int count = 0;
    while (tokens_next(&tokens).kind != TOKEN_END) assert_in_range(++count, 1, 10);
  }
}

/* Source, and the problems expected: "line text" joined by '|'. */
static void refuses_operators_outside_functions(void **state) {
  (void)state;
  static const struct {
    const char *source, *expected;
  } cases[] = {
      {"rule 'x' { when = a and b }", "1 'and' outside a function: declarations combine with &|"},
      {"x = a\n or b", "2 'or' outside a function: declarations combine with ||"},
      {"x = not a", "1 'not' outside a function: declarations combine with ~|"},
      {"rule 'x' { points = function(l) if a and b then return not c or d end end }", ""},
      {"local f = function() while a and b do repeat x = 1 until a or b end end\nx = a and b",
       "2 'and' outside a function: declarations combine with &|"},
      {"x = 'a' | 'b'", "1 the text \"a\" does not combine with | or &|"},
      {"x = 'a' | 'b' | 'c'", "1 the text \"a\" does not combine with | or &|"},
      {"x = glob 'a' | 'b'", "1 the text \"b\" does not combine with | or &|"},
      {"x = 'b' | glob 'a'", "1 the text \"b\" does not combine with | or &|"},
      {"x = glob 'a' | glob 'b' | track('c') & t['d'] | f{} | e", ""},
      {"x = { ['and'] = 'a', b = 'or' } -- and or not", ""},
      {"x = { a = 1,\n b = { a = 1, c = f { a = 2 } },\n a = 2 }",
       "3 'a' stands twice in one table, first on line 1|"},
      {"x = { ['a.b'] = 1, [\"a.b\"] = 2 }", "1 'a.b' stands twice in one table, first on line 1|"},
      {"x = { holidays = { 2026-10-12, '12-25' }, y = 2026 - 1 }", "1 2026-10-12 subtracts|"},
      {"x = { ['a' .. b] = 1, ['a' .. c] = 2, [a] = 3, [a] = 4, 1, 1 }", ""},
      {"f = function() return { a = 1, a = 2 } end", ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct problems problems;
    struct buf text;
    problems_init(&problems);
    buf_init(&text);
    struct scan *scan = scan_new(str_of(cases[i].source));
    scan_check(scan, "x.lua", &problems);
    for (size_t k = 0; k < problems.count; k++)
      buf_printf(&text, "%d %s|", problems.items[k].place.line, problems.items[k].text);
    assert_str(buf_str(&text), cases[i].expected);
    scan_free(scan);
    buf_release(&text);
    problems_release(&problems);
  }
}

static const char *const rules = "local gap = '1d'\n"
                                 "rule \"first\" {\n"
                                 "  doc = \"x = 3\", on = track \"A\" {\n"
                                 "    minutes =\n"
                                 "      at_least(20),\n"
                                 "    [\"context.ip\"] = 'x',\n"
                                 "  },\n"
                                 "  points = function(l)\n"
                                 "    local limit = { per = 1, 2 }\n"
                                 "    return {}\n"
                                 "  end,\n"
                                 "  limit = {\n"
                                 "    times = 3,\n"
                                 "    per = '7d' },\n"
                                 "  when = seen(page {},\n"
                                 "    { times = 3,\n"
                                 "      within = '2d' }),\n"
                                 "  first = {\n"
                                 "    { 1, value = 2 }; { 2,\n"
                                 "      value = 3 },\n"
                                 "  },\n"
                                 "}\n"
                                 "rule(\"second\") { limit = { 1 } }\n"
                                 "local g = track(glob 'V*') {\n"
                                 "  a = 1 }\n";

static void finds_fields(void **state) {
  (void)state;
  struct scan *scan = scan_new(str_of(rules));
  struct scan_table body = scan_argument(scan, 2, STR("rule"), 1), inner, row;
  assert_int_not_equal(body.open, 0);
  assert_int_equal(scan_field(scan, body, STR("doc"), &inner), 3);
  assert_int_equal(inner.open, 0);
  assert_int_equal(scan_field(scan, body, STR("on"), &inner), 3);
  assert_int_equal(scan_field(scan, body, STR("limit"), &inner), 12);
  assert_int_equal(scan_field(scan, inner, STR("per"), &row), 14);
  assert_int_equal(scan_field(scan, inner, STR("pre"), &row), 0);
  assert_int_equal(scan_field(scan, body, STR("first"), &inner), 18);
  assert_int_equal(scan_item(scan, inner, 1, &row), 19);
  assert_int_equal(scan_field(scan, row, STR("value"), &inner), 20);
  assert_int_equal(scan_item(scan, row, 1, &inner), 0);
  scan_free(scan);
}

static void finds_arguments(void **state) {
  (void)state;
  struct scan *scan = scan_new(str_of(rules));
  struct scan_table inner, none;
  struct scan_table table = scan_argument(scan, 3, STR("track"), 1);
  assert_int_equal(scan_field(scan, table, STR("minutes"), &inner), 4);
  assert_int_equal(scan_field(scan, table, STR("context.ip"), &inner), 6);
  table = scan_argument(scan, 15, STR("seen"), 1);
  assert_int_equal(scan_field(scan, table, STR("within"), &none), 17);
  table = scan_argument(scan, 23, STR("rule"), 1);
  assert_int_equal(scan_field(scan, table, STR("limit"), &inner), 23);
  table = scan_argument(scan, 24, STR("track"), 1);
  assert_int_equal(scan_field(scan, table, STR("a"), &inner), 25);
  assert_int_equal(scan_argument(scan, 1, STR("rule"), 1).open, 0);
  assert_int_equal(scan_argument(scan, 2, STR("rule"), 0).open, 0);
  assert_int_equal(scan_argument(scan, 99, STR("rule"), 0).open, 0);
  scan_free(scan);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(check_tokens),
      cmocka_unit_test(unfinished_source_ends),
      cmocka_unit_test(refuses_operators_outside_functions),
      cmocka_unit_test(finds_fields),
      cmocka_unit_test(finds_arguments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
