#include "unit.h"

#include "core/rules/document.h"
#include "core/rules/scorecard.h"

struct fixture {
  struct declarations declarations;
  struct problems problems;
};

static void read_card(struct fixture *fixture, const char *yaml) {
  declarations_init(&fixture->declarations);
  problems_init(&fixture->problems);
  scorecard_declare("card.yaml", str_of(yaml), &fixture->declarations, &fixture->problems);
}

static void release(struct fixture *fixture) {
  declarations_release(&fixture->declarations);
  problems_release(&fixture->problems);
}

/* "line kind name body" lines. */
static void check_declarations(const char *yaml, const char *expected) {
  struct fixture fixture;
  struct buf text;
  read_card(&fixture, yaml);
  buf_init(&text);
  for (size_t i = 0; i < fixture.declarations.count; i++) {
    const struct declaration *item = &fixture.declarations.items[i];
    buf_printf(&text, "%d %s %.*s ", item->place.line, item->kind, STR_ARG(item->name));
    node_describe(&item->body, &text);
    buf_add_char(&text, '\n');
  }
  for (size_t i = 0; i < fixture.problems.count; i++) buf_add_text(&text, fixture.problems.items[i].text);
  assert_str(buf_str(&text), expected);
  buf_release(&text);
  release(&fixture);
}

static void becomes_nodes(void **state) {
  (void)state;
  check_declarations(
      "dimensions:\n  fit: { min: 0, max: 100, bands: { A: 70, 1: 0 } }\n"
      "grade: [fit, engagement]\n"
      "rules:\n"
      "  employees:\n"
      "    first: [ { at_least: 1000, value: 15 }, { any: true, value: -1.5e1 } ]\n"
      "  b: { limit: { times: 3, per: 7d }, doc: \"12\", on: no, x: 0x10, y: 1_0 }\n",
      "2 dimension fit { min = 0, max = 100, bands = { A = 70, [\"1\"] = 0 } }\n"
      "3 grade  { \"fit\", \"engagement\" }\n"
      "5 rule employees { first = { { at_least = 1000, value = 15 }, { any = true, value = -15 } } }\n"
      "7 rule b { limit = { times = 3, per = \"7d\" }, doc = \"12\", on = \"no\", x = \"0x10\", y = \"1_0\" "
      "}\n");
  check_declarations("", "");
  check_declarations("# nothing\n", "");
}

static void lifecycles_take_gates_and_moves(void **state) {
  (void)state;
  check_declarations("lifecycles:\n"
                     "  main:\n"
                     "    start: lead\n"
                     "    gates:\n"
                     "      named: { into: [mql] }\n"
                     "    moves:\n"
                     "      - { from: lead, to: mql, again: 30d }\n",
                     "2 lifecycle main { gate \"named\" { into = { \"mql\" } }, "
                     "move { \"lead\", \"mql\", again = \"30d\" }, start = \"lead\" }\n");
}

static void keeps_places(void **state) {
  (void)state;
  struct fixture fixture;
  read_card(&fixture, "rules:\n  a:\n    points:\n      fit: 3\n    doc: x\n");
  const struct node *body = &fixture.declarations.items[0].body;
  const struct node_pair *points = node_pair(body, "points");
  assert_int_equal(points->key_place.line, 3);
  assert_int_equal(node_pair(&points->value, "fit")->key_place.line, 4);
  assert_int_equal(node_pair(body, "doc")->value.place.line, 5);
  assert_string_equal(points->key_place.file, "card.yaml");
  release(&fixture);
}

static void refuses(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *problems; /* "line text|" of all */
  } cases[] = {
      {"rules:\n  a: &x { doc: a }\n  b: *x\n",
       "2 the anchor '&x' is not allowed|3 the alias '*x' is not allowed|"},
      {"rules:\n  a: { points: !!int 3 }\n", "2 the tag 'tag:yaml.org,2002:int' is not allowed|"},
      {"rules:\n  a: {}\n  b: {}\n  a: {}\n", "4 'a' was already written in line 2|"},
      {"rules: {}\n---\nrules: {}\n", "2 a second document begins here|"},
      {"rule:\n  a: {}\n", "1 unknown section 'rule'|"},
      {"- a\n", "1 a scorecard is a mapping of sections, not a table|"},
      {"x\n", "1 a scorecard is a mapping of sections, not a text|"},
      {"rules: [a]\n", "1 'rules' holds a mapping of names here|"},
      {"rules:\n  a: { doc: }\n", "2 a value is missing here|"},
      {"rules:\n  a:\n    doc: ~\n", "3 a value is missing here|"},
      {"rules:\n  ? [a, b]\n  : {}\n", "2 a list or mapping stands where a key should|"},
      {"rules:\n  a: { cap: 1e300 }\n", "2 '1e300' cannot be used|"},
      {"lifecycles:\n  m:\n    moves:\n      - { to: x }\n", "4 a move needs 'from' and 'to'|"},
      {"lifecycles:\n  m:\n    moves: { a: b }\n", "3 'moves' holds a list here|"},
      {"rules:\n  a: {\n", "3 while parsing a flow node: did not find expected node content|"},
      {"rules:\n  a: \"\xff\"\n", "0 invalid leading UTF-8 octet at byte 13|"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct fixture fixture;
    struct buf text;
    read_card(&fixture, cases[i].yaml);
    buf_init(&text);
    for (size_t k = 0; k < fixture.problems.count; k++)
      buf_printf(&text, "%d %s|", fixture.problems.items[k].place.line, fixture.problems.items[k].text);
    assert_str(buf_str(&text), cases[i].problems);
    buf_release(&text);
    release(&fixture);
  }
}

static void depth_and_size_are_bounded(void **state) {
  (void)state;
  struct buf yaml;
  struct fixture fixture;
  buf_init(&yaml);
  buf_add_text(&yaml, "rules:\n  a: ");
  buf_add_repeat(&yaml, '[', 5000);
  read_card(&fixture, yaml.data);
  assert_int_equal(fixture.problems.errors, 1);
  assert_string_equal(fixture.problems.items[0].code, "too_deep");
  release(&fixture);
  buf_clear(&yaml);
  buf_add_text(&yaml, "rules: [");
  for (int i = 0; i < DOCUMENT_NODES_MAX; i++) buf_add_text(&yaml, "1,");
  buf_add_text(&yaml, "]");
  read_card(&fixture, yaml.data);
  assert_int_equal(fixture.problems.errors, 1);
  assert_string_equal(fixture.problems.items[0].code, "too_large");
  release(&fixture);
  buf_release(&yaml);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(becomes_nodes),
      cmocka_unit_test(lifecycles_take_gates_and_moves),
      cmocka_unit_test(keeps_places),
      cmocka_unit_test(refuses),
      cmocka_unit_test(depth_and_size_are_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
