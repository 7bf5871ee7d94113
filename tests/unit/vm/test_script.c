#include "unit.h"

#include "vm/script/script.h"

struct fixture {
  struct script *script;
  struct declarations declarations;
  struct problems problems;
};

static struct script *new_script(void) {
  struct script_limits limits;
  struct err err;
  script_limits_default(&limits);
  for (int i = 0; i < VM_BUDGETS; i++) limits.vm.allowance[i].cpu_ms = 3600000; /* the machine may be busy */
  struct script *script = script_new(&limits, &err);
  if (!script) fail_msg("%s", err.text);
  return script;
}

static void declare(struct fixture *fixture, enum script_file kind, const char *file, const char *text) {
  script_declare(fixture->script, kind, file, str_of(text), &fixture->declarations, &fixture->problems);
}

static void init(struct fixture *fixture) {
  fixture->script = new_script();
  declarations_init(&fixture->declarations);
  problems_init(&fixture->problems);
}

static void release(struct fixture *fixture) {
  script_free(fixture->script);
  declarations_release(&fixture->declarations);
  problems_release(&fixture->problems);
}

static void list_problems(const struct problems *problems, struct buf *out) {
  for (size_t i = 0; i < problems->count; i++) {
    const struct problem *problem = &problems->items[i];
    buf_printf(out, "! %s:%d %s%s%s\n", problem->place.file, problem->place.line, problem->text,
               problem->hint[0] ? " -- " : "", problem->hint);
  }
}

static void list_all(const struct fixture *fixture, struct buf *out) {
  for (size_t i = 0; i < fixture->declarations.count; i++) {
    const struct declaration *item = &fixture->declarations.items[i];
    buf_printf(out, "%d %s %.*s ", item->place.line, item->kind, STR_ARG(item->name));
    node_describe(&item->body, out);
    buf_add_char(out, '\n');
  }
  list_problems(&fixture->problems, out);
}

/* Declarations, then problems, as lines. */
static void check(enum script_file kind, const char *text, const char *expected) {
  struct fixture fixture;
  struct buf out;
  init(&fixture);
  buf_init(&out);
  declare(&fixture, kind, "web.lua", text);
  list_all(&fixture, &out);
  assert_str(buf_str(&out), expected);
  buf_release(&out);
  release(&fixture);
}

static void declarations_become_nodes(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"dimension 'fit' { min = 0, bands = { A = 70.5, ['1'] = 0 } }",
       "1 dimension fit { bands = { [\"1\"] = 0, A = 70.5 }, min = 0 }\n"},
      {"grade { 'fit', 'engagement' }", "1 grade  { \"fit\", \"engagement\" }\n"},
      {"rule 'a' { on = page { path = glob '/x*' }, limit = { times = 3 } }",
       "1 rule a { limit = { times = 3 }, on = page { path = glob \"/x*\" } }\n"},
      {"rule 'a' {\n on = track 'A' | track 'B' { form = 'demo' } | track(glob 'V*') }",
       "1 rule a { on = track \"A\" | track \"B\" { form = \"demo\" } | track(glob \"V*\") }\n"},
      {"rule 'a' { when = trait { x = ~missing & (present | any) } & ~stage 'mql' }",
       "1 rule a { when = trait { x = ~missing & (present | any) } & ~stage \"mql\" }\n"},
      {"rule 'a' { on = sequence { times(2, page {}), no(track 'X'), within = '2d' } }",
       "1 rule a { on = sequence { times(2, page {}), no(track \"X\"), within = \"2d\" } }\n"},
      {"rule 'a' { first = { { at_least(1), value = 2 }, { any, value = -1 } } }",
       "1 rule a { first = { { at_least(1), value = 2 }, { any, value = -1 } } }\n"},
      {"lifecycle 'm' { start = 'l', gate 'g' { into = { 'x' } }, move { any, 'x', by = 'sales' } }",
       "1 lifecycle m { gate \"g\" { into = { \"x\" } }, move { any, \"x\", by = \"sales\" }, start = \"l\" "
       "}\n"},
      {"local l = half_life '30d'\nfor i = 1, 2 do rule('r' .. i) { decay = l } end",
       "2 rule r1 { decay = half_life \"30d\" }\n2 rule r2 { decay = half_life \"30d\" }\n"},
      {"rule 'f' { when = trait { a = 1 } & function(lead) return true end }",
       "1 rule f { when = trait { a = 1 } & function }\n"},
      {"rule 'f' { when = ~function() end | function() end }", "1 rule f { when = ~function | function }\n"},
      {"rule 'x' 'y'", "1 rule x \"y\"\n"},
      {"", ""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check(SCRIPT_RULES, cases[i].text, cases[i].expected);
}

/* What Lua says of them would not help. */
static void slips_are_guessed(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"rule 'a' {\n on = track Demo }", "! web.lua:2 '}' expected (to close '{' at line 1) near 'Demo' -- "
                                         "texts and names stand in quotes: track \"Demo\"\n"},
      {"rule a {}", "! web.lua:1 syntax error near 'a' -- texts and names stand in quotes: rule \"a\"\n"},
      {"rule 'a' { x = at_least 5 }",
       "! web.lua:1 '}' expected near '5' -- a number stands in parentheses: at_least(5)\n"},
      {"rule 'a' { x = True }", "! web.lua:1 \"True\" is no name here -- write true\n"},
      {"rule 'a' {\n on = page }",
       "! web.lua:2 page stands here alone, and needs what it tests -- write page { field = matcher, .. }\n"},
      {"rule 'a' { x = at_least }",
       "! web.lua:1 at_least stands here alone, and needs what it tests -- write at_least(n)\n"},
      {"rule 'a' {\n x = 1,\n y = { x = 2 },\n x = 3 }",
       "1 rule a { x = 3, y = { x = 2 } }\n! web.lua:4 'x' stands twice in one table, first on line 2 -- Lua "
       "would "
       "take the last without a word: remove one\n"},
      {"rule 'a' { x = \xe2\x80\x93"
       "5 }",
       "! web.lua:1 unexpected symbol near '<\\226>' -- this is a dash: write - for minus\n"},
      {"rule 'a' {\xc2\xa0x = 5 }",
       "! web.lua:1 unexpected symbol near '<\\194>' -- a blank that does not break "
       "lines stands here: type the blank anew\n"},
      {"rule 'a' { x = 1 } }",
       "! web.lua:1 unexpected symbol near '}' -- is there one } too many, or is a value "
       "missing before it?\n"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check(SCRIPT_RULES, cases[i].text, cases[i].expected);
}

/* The compiler does not say where it gave up. */
static void too_deep_has_a_line(void **state) {
  (void)state;
  struct buf text;
  buf_init(&text);
  buf_add_text(&text, "local a = 1\nlocal b =\n");
  for (int i = 0; i < 300; i++) buf_add_char(&text, '{');
  for (int i = 0; i < 300; i++) buf_add_char(&text, '}');
  check(SCRIPT_RULES, text.data,
        "! web.lua:3 C stack overflow -- brackets, tables or functions stand too deep within each other\n");
  buf_release(&text);
}

/* Each phrase holds the one before it: without a bound, what a loop joins would cost its square. */
static void chains_are_bounded(void **state) {
  (void)state;
  check(SCRIPT_RULES, "local s = page {}\nfor i = 1, 100000 do s = s | page {} end\nrule 'a' { on = s }",
        "! web.lua:2 more than 1000 parts joined by | -- values belong into one_of { .. }, or into a list: "
        "listed \"name\"\n");
}

static void mistakes_are_problems(void **state) {
  (void)state;
  static const struct {
    const char *text, *expected;
  } cases[] = {
      {"rule 'a' {", "! web.lua:1 unexpected symbol near <eof> -- something above is not closed: is a } or "
                     "an end missing?\n"},
      {"rule 'a' {\n doc = 'x'\n points = { fit = 1 } }",
       "! web.lua:3 '}' expected (to close '{' at line 1) near 'points' -- is a comma missing before it?\n"},
      {"rule 'a' { points = { fit: 1 } }",
       "! web.lua:1 <name> expected near '1' -- a field is written name = value\n"},
      {"\nrule 'a'", "! web.lua:2 rule \"a\" has no body -- write its table after the name\n"},
      {"rule { on = page {} }",
       "! web.lua:1 rule needs a name before its table -- write rule \"ID\" { .. }\n"},
      {"rule('a', {})", "! web.lua:1 rule needs a name before its table -- write rule \"ID\" { .. }\n"},
      {"profile 'x'", "! web.lua:1 profile takes one table and no name -- write profile { .. }\n"},
      {"rule 'a' { when = page {} & trait {} }",
       "! web.lua:1 a selector (page) and a condition (trait) do not combine with &"
       " -- both sides are selectors, both matchers, or both conditions\n"},
      {"rule 'a' {\n when = trait { x = glob 'a' | 3 } }\nrule 'b' {}",
       "3 rule b {}\n! web.lua:2 a matcher (glob) and a number (3) do not combine with |"
       " -- both sides are selectors, both matchers, or both conditions\n"},
      {"rule 'a' { on = ~page {} }",
       "! web.lua:1 ~ before a selector (page) says nothing -- ~ negates matchers and conditions\n"},
      {"local x\nrule 'a' { on = track(x) }",
       "! web.lua:2 track's argument 1 is nil -- was the name ever given a value?\n"},
      {"rule 'a' { on = between(1) }",
       "! web.lua:1 between takes 2 arguments, not 1 -- write between(a, b)\n"},
      {"rule 'a' { on = glob 'x' { y = 1 } }",
       "! web.lua:1 glob cannot be called with a table -- is a comma missing before it?\n"},
      {"rule 'a' { [true] = 1 }",
       "! web.lua:1 boolean is used as a key -- keys are names, or positions from 1\n"},
      {"rule 'a' { 1, nil, 3 }",
       "! web.lua:1 item 3 stands behind a gap -- is an item nil, or a name never given a value?\n"},
      {"local t = {}\nt.t = t\nrule 'a' { x = t }", "! web.lua:3 a table contains itself\n"},
      {"local t = {}\nfor i = 1, 40 do t = { t } end\nrule 'a' (t)",
       "! web.lua:3 nested deeper than 32 levels\n"},
      {"rule 'a' { x = 1/0 }",
       "! web.lua:1 this number cannot be used -- write a finite number of at most 2^53\n"},
      {"rule 'a' { doc = 'caf\\xe9' }",
       "! web.lua:1 this text is not UTF-8 -- save the file as UTF-8; events hold nothing else\n"},
      {"rule 'a' { doc = 'x\\0y' }",
       "! web.lua:1 this text is not UTF-8 -- save the file as UTF-8; events hold nothing else\n"},
      {"rule 'a' { when = math.floor }",
       "! web.lua:1 a library function stands here -- write function(lead) return .. end\n"},
      {"local a, b = stage 'x', stage 'y'\nrule 'a' { when = a and b }",
       "2 rule a { when = stage \"y\" }\n"
       "! web.lua:2 'and' outside a function: declarations combine with &"
       " -- Lua would drop a part without a word; plain Lua goes into a function\n"},
      {"error('no')", "! web.lua:1 no\n"},
      {"while true do end",
       "! web.lua:1 stopped after 20000000 instructions: an endless loop, or too much work for one call\n"},
      {"local n = 0\nrule 'a' { when = function() n = n + 1 end }",
       "2 rule a { when = function }\n! web.lua:2 rule a assigns \"n\", a variable of the file outside its "
       "function: "
       "make it local to the function, so that no call can change the next one's result\n"},
      {"test 'x' (function() end)",
       "! web.lua:1 tests stand in files of their own -- name the file *_test.lua\n"},
      {"rule 'a' { on = pgae { x = onne_of { 1 } } & x.y }\nrule 'b' {\n when = function() return mth.min(1) "
       "end }",
       "2 rule b { when = function }\n"
       "! web.lua:1 unknown name \"pgae\": did you mean \"page\"?\n"
       "! web.lua:1 unknown name \"onne_of\": did you mean \"one_of\"?\n"
       "! web.lua:1 unknown name \"x\": it is neither a local variable nor part of the notation\n"
       "! web.lua:3 unknown name \"mth\": did you mean \"math\"?\n"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check(SCRIPT_RULES, cases[i].text, cases[i].expected);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(declarations_become_nodes), cmocka_unit_test(slips_are_guessed),
      cmocka_unit_test(too_deep_has_a_line),       cmocka_unit_test(chains_are_bounded),
      cmocka_unit_test(mistakes_are_problems),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
