#include "notation/notation_text.h"

/* The value of the only declaration's only field. */
static const struct node *only(struct declarations *declarations, const char *text) {
  declarations_init(declarations);
  notation_text_read(text, declarations);
  assert_int_equal(declarations->count, 1);
  return &declarations->items[0].body.table.pairs[0].value;
}

static void describes_as_lua_writes(void **state) {
  (void)state;
  static const struct {
    const char *written, *described; /* NULL: the same */
  } cases[] = {
      {"5", NULL},
      {"-2.5", NULL},
      {"true", NULL},
      {"\"a\"", NULL},
      {"{}", NULL},
      {"{ 1, 2, a = 3, [\"b.c\"] = 4 }", NULL},
      {"any", NULL},
      {"glob \"/x*\"", NULL},
      {"glob(\"/x*\")", "glob \"/x*\""},
      {"page { path = glob \"/x*\" }", NULL},
      {"page { path = { glob = \"/x*\" } }", "page { path = glob \"/x*\" }"},
      {"track \"Name\" { form = \"demo\" }", NULL},
      {"track(glob \"Video *\") { a = 1 }", NULL},
      {"track(glob \"Video *\")", NULL},
      {"between(1, 2)", NULL},
      {"at_least(5)", NULL},
      {"page {} | screen {} | track \"A\"", NULL},
      {"(glob \"a\" | glob \"b\") & ~starts \"c\"", NULL},
      {"glob \"a\" & glob \"b\" | glob \"c\"", "(glob \"a\" & glob \"b\") | glob \"c\""},
      {"~(glob \"a\" | glob \"b\")", NULL},
      {"seen(page {}, { times = 2 })", NULL},
      {"velocity(\"fit\", \"7d\", at_least(2))", NULL},
      {"step { [\"14d\"] = 0.5 }", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct declarations declarations;
    struct buf text, out;
    buf_init(&text);
    buf_init(&out);
    buf_printf(&text, "rule \"x\" { v = %s }", cases[i].written);
    node_describe(only(&declarations, text.data), &out);
    assert_string_equal(out.data, cases[i].described ? cases[i].described : cases[i].written);
    buf_release(&out);
    buf_release(&text);
    declarations_release(&declarations);
  }
}

static void describes_odd_texts(void **state) {
  (void)state;
  struct node node = {.kind = NODE_STRING, .text = STR("a\"b\\c\nd\x01")};
  struct buf out;
  buf_init(&out);
  node_describe(&node, &out);
  assert_string_equal(out.data, "\"a\\\"b\\\\c\\nd\\001\"");
  buf_clear(&out);
  node = (struct node){.kind = NODE_FUNCTION};
  node_describe(&node, &out);
  assert_string_equal(out.data, "function");
  buf_clear(&out);
  node = (struct node){.kind = NODE_MISSING};
  node_describe(&node, &out);
  assert_string_equal(out.data, "nil");
  buf_release(&out);
}

static void cuts_long_descriptions_between_characters(void **state) {
  (void)state;
  struct buf text, out, whole;
  buf_init(&text);
  buf_init(&out);
  buf_init(&whole);
  buf_add_repeat(&text, 'a', 115); /* then a character of two bytes across byte 117 */
  buf_add_text(&text, "\u00e9\u00e9\u00e9\u00e9");
  struct node node = {.kind = NODE_STRING, .text = buf_str(&text)};
  node_describe(&node, &out);
  assert_int_equal(out.len, 119);
  assert_string_equal(out.data + 116, "...");
  node_write(&node, &whole);
  assert_int_equal(whole.len, text.len + 2);
  buf_release(&whole);
  buf_release(&out);
  buf_release(&text);
}

static void reads_yaml_tables_as_calls(void **state) {
  (void)state;
  static const char *const names[] = {"glob", "between", "track", "any", "missing", "|", "&", "~", NULL};
  static const struct {
    const char *table, *call; /* NULL: no call */
  } cases[] = {
      {"{ glob = \"/x*\" }", "glob \"/x*\""},
      {"{ between = { 50, 999 } }", "between(50, 999)"},
      {"{ track = { \"Name\", { a = 1 } } }", "track \"Name\" { a = 1 }"},
      {"{ track = \"Name\" }", "track \"Name\""},
      {"{ any = true }", "any"},
      {"{ missing = true }", "missing"},
      {"{ missing = 5 }", "missing(5)"},
      {"{ any = false }", "any(false)"},
      {"{ any_of = { 1, 2, 3 } }", "1 | 2 | 3"},
      {"{ all_of = { 1, 2 } }", "1 & 2"},
      {"{ [\"not\"] = 1 }", "~1"},
      {"glob \"x\"", "glob \"x\""},
      {"other \"x\"", "other \"x\""},
      {"{ glob = \"x\", track = 5 }", NULL},
      {"{ \"x\" }", NULL},
      {"{ other = 5 }", NULL},
      {"{}", NULL},
      {"5", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct declarations declarations;
    struct buf text, out;
    struct node call;
    buf_init(&text);
    buf_init(&out);
    buf_printf(&text, "rule \"x\" { v = %s }", cases[i].table);
    bool is_call = node_as_call(only(&declarations, text.data), names, &call);
    assert_int_equal(is_call, cases[i].call != NULL);
    if (is_call) node_describe(&call, &out);
    if (is_call) assert_string_equal(out.data, cases[i].call);
    buf_release(&out);
    buf_release(&text);
    declarations_release(&declarations);
  }
}

static void finds_pairs(void **state) {
  (void)state;
  struct declarations declarations;
  const struct node *value = only(&declarations, "rule \"x\" { limit = 5 }");
  const struct node *body = &declarations.items[0].body;
  assert_ptr_equal(&node_pair(body, "limit")->value, value);
  assert_null(node_pair(body, "limi"));
  assert_null(node_pair(value, "limit"));
  assert_string_equal(node_kind_word(value), "a number");
  assert_string_equal(node_kind_word(body), "a table");
  declarations_release(&declarations);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(describes_as_lua_writes),
      cmocka_unit_test(describes_odd_texts),
      cmocka_unit_test(cuts_long_descriptions_between_characters),
      cmocka_unit_test(reads_yaml_tables_as_calls),
      cmocka_unit_test(finds_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
