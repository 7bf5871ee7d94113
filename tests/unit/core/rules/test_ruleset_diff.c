/* How two rulesets differ: every kind of declaration that the reference knows, member by member. */
#include "written_rules.h"

#include "core/rules/ruleset_diff.h"
#include "vm/source/reference.h"

static struct generation *build(const char *path, const char *text) {
  const char *const files[] = {path, text, NULL};
  return written_files(files, &(struct generation_options){.keep_declared = true});
}

/* As text, without what it says of files. */
static void told(const char *from_path, const char *from, const char *to_path, const char *to,
                 struct buf *out) {
  struct generation *before = build(from_path, from), *after = build(to_path, to);
  struct buf json, text;
  buf_init(&json);
  buf_init(&text);
  ruleset_diff(before, after, &json, &text);
  buf_clear(out);
  buf_add_text(out, "");
  for (char *line = text.data ? strtok(text.data, "\n") : NULL; line; line = strtok(NULL, "\n"))
    if (strncmp(line + 2, "file ", 5) != 0) buf_printf(out, "%s\n", line);
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  assert_int_equal(json_parse(reader, json.data, json.len, &root, &err), 0);
  json_reader_free(reader);
  buf_release(&json);
  buf_release(&text);
  generation_free(before);
  generation_free(after);
}

#define BASE                                                                                                 \
  "dimension 'e' { bands = { A = 10 } } dimension 'f' { bands = { B = 10 } }\n"                              \
  "rule 'base' { on = page {}, points = { e = 1, f = 1 } }\n"                                                \
  "lifecycle 'l' { start = 'lead', move { 'lead', 'mql', when = score { e = at_least(40) } } }\n"
#define DESK  "destination 'd' { url = 'https://crm.example/' }\n"
#define HOURS "calendar 'c' { zone = 'Europe/Madrid', days = { 'mon-fri 09:00-18:00' } }\n"

/* What is declared, and otherwise; and what is to be told of that. */
static const struct kind {
  const char *kind, *beside, *one, *other, *told;
} KINDS[] = {
    {"dimension", "", "dimension 'x' { max = 5 }", "dimension 'x' { max = 7 }",
     "~ dimension x\n    max: 5 -> 7\n"},
    {"group", "", "group 'x' { dimension = 'e', max = 5 }", "group 'x' { dimension = 'e', min = -5 }",
     "~ group x\n    max: 5 -> nothing\n    min: nothing -> -5\n"},
    {"grade", "", "grade { 'e', 'f' }", "grade { 'f', 'e' }",
     "~ grade\n    values: { \"e\", \"f\" } -> { \"f\", \"e\" }\n"},
    {"rule", "", "rule 'x' { on = track 'A', points = { e = 5 }, limit = { times = 1, per = '1d' } }",
     "rule 'x' { on = track 'B', points = { e = 6 }, limit = { times = 2, per = '1d' } }",
     "~ rule x\n    limit.times: 1 -> 2\n    on: track \"A\" -> track \"B\"\n    points.e: 5 -> 6\n"},
    {"reset", "", "reset 'x' { when = idle '30d', dimensions = { 'e' }, keep = 0.5 }",
     "reset 'x' { when = idle '31d', dimensions = { 'e' }, keep = 0.5 }",
     "~ reset x\n    when: idle \"30d\" -> idle \"31d\"\n"},
    {"directory", "", "directory 'x' { may = { 'rule' } }", "directory 'x' { may = { 'segment' } }",
     "~ directory x\n    may: { \"rule\" } -> { \"segment\" }\n"},
    {"ignore", "", "ignore 'x' { on = track 'A' }", "ignore 'x' { on = track 'B' }",
     "~ ignore x\n    on: track \"A\" -> track \"B\"\n"},
    {"activity", "", "activity { page {} }", "activity { page {}, track 'A' { n = 1 } }",
     "~ activity\n    track \"A\": nothing -> track \"A\" { n = 1 }\n"},
    {"content", "", "content { page { path = glob '/a*' } }", "content { page { path = glob '/b*' } }",
     "~ content\n    page {}.path: glob \"/a*\" -> glob \"/b*\"\n"},
    {"profile", "", "profile { required = { 'email' }, optional = { phone = 2 } }",
     "profile { required = { 'email', 'title' }, optional = { phone = 3 } }",
     "~ profile\n    optional.phone: 2 -> 3\n    required: { \"email\" } -> { \"email\", \"title\" }\n"},
    {"identity", "", "identity { email = 'merge' }", "identity { email = 'merge', never = '*@x.example' }",
     "~ identity\n    never: nothing -> \"*@x.example\"\n"},
    {"accounts", "", "accounts { domains = { 'domain' } }", "accounts { domains = { 'domain', 'website' } }",
     "~ accounts\n    domains: { \"domain\" } -> { \"domain\", \"website\" }\n"},
    {"segment", "", "segment 'x' { when = trait { n = below(5) } }",
     "segment 'x' { when = trait { n = below(6) } }",
     "~ segment x\n    when: trait { n = below(5) } -> trait { n = below(6) }\n"},
    {"lifecycle", "",
     "lifecycle 'x' { start = 'a', move { 'a', 'b', by = 'sales' }, move { 'b', 'a', by = 'admin' } }",
     "lifecycle 'x' { start = 'a', move { 'b', 'a', by = 'admin' }, move { 'a', 'b', by = 'marketing', again "
     "= '1d' }, "
     "gate 'g' { into = { 'b' }, need = known { 'email' } } }",
     "~ lifecycle x\n    move { \"a\", \"b\" }.by: \"sales\" -> \"marketing\"\n    move { \"a\", \"b\" "
     "}.again: nothing -> \"1d\"\n"
     "    gate \"g\": nothing -> gate \"g\" { into = { \"b\" }, need = known { \"email\" } }\n"
     "    order: move { \"a\", \"b\" }, move { \"b\", \"a\" } -> move { \"b\", \"a\" }, move { \"a\", \"b\" "
     "}\n"},
    {"acts", "", "acts { call = { by = 'sales' } }", "acts { call = { by = 'marketing' } }",
     "~ acts\n    call.by: \"sales\" -> \"marketing\"\n"},
    {"contact", "", "contact { gone = trait { left = true } }", "contact { gone = trait { left = 'yes' } }",
     "~ contact\n    gone: trait { left = true } -> trait { left = \"yes\" }\n"},
    {"framework", "", "framework 'x' { criterion 'c' { ask = '?', weight = 2 } }",
     "framework 'x' { criterion 'c' { ask = '?', weight = 3 } }",
     "~ framework x\n    criterion \"c\".weight: 2 -> 3\n"},
    {"calendar", "", "calendar 'x' { zone = 'Europe/Madrid', days = { 'mon-fri 09:00-18:00' } }",
     "calendar 'x' { zone = 'Europe/Berlin', days = { 'mon-fri 09:00-18:00' } }",
     "~ calendar x\n    zone: \"Europe/Madrid\" -> \"Europe/Berlin\"\n"},
    {"sla", HOURS, "sla 'x' { stage = 'mql', stops_at = track 'Call', due = '1h', hours = 'c' }",
     "sla 'x' { stage = 'mql', stops_at = track 'Call', due = '2h', hours = 'c' }",
     "~ sla x\n    due: \"1h\" -> \"2h\"\n"},
    {"assign", "", "assign 'x' { stage = 'mql', pool = { 'ana' } }",
     "assign 'x' { stage = 'mql', pool = { 'ana', 'bo' } }",
     "~ assign x\n    pool: { \"ana\" } -> { \"ana\", \"bo\" }\n"},
    {"worklist", "", "worklist 'x' { stage = 'mql' }",
     "worklist 'x' { stage = 'mql', order = { 'waiting' } }",
     "~ worklist x\n    order: nothing -> { \"waiting\" }\n"},
    {"effect", DESK, "effect 'x' { on = entered 'mql', to = 'd', type = 'a' }",
     "effect 'x' { on = entered 'mql', to = 'd', type = 'b' }", "~ effect x\n    type: \"a\" -> \"b\"\n"},
    {"destination", "", "destination 'x' { url = 'https://a.example/' }",
     "destination 'x' { url = 'https://b.example/', secrets = secret 'KEY' }",
     "~ destination x\n    url: \"https://a.example/\" -> \"https://b.example/\"\n    secrets: nothing -> "
     "secret \"KEY\"\n"},
    {"renderer", "",
     "renderer 'x' { url = 'https://a.example/', render = function(e) return { body = e } end }",
     "renderer 'x' { url = 'https://b.example/', render = function(e) return { body = e } end }",
     "~ renderer x\n    url: \"https://a.example/\" -> \"https://b.example/\"\n"},
    {"receiver", "", "receiver 'x' { secrets = secret 'K', by = 'sales', map = function(p) return {} end }",
     "receiver 'x' { secrets = secret 'K', by = 'marketing', map = function(p) return {} end }",
     "~ receiver x\n    by: \"sales\" -> \"marketing\"\n"},
    {"enricher", "",
     "enricher 'x' { needs = { 'email' }, gives = { 'n' }, ttl = '1d', run = function(l) return nothing end "
     "}",
     "enricher 'x' { needs = { 'email' }, gives = { 'n' }, ttl = '2d', run = function(l) return nothing end "
     "}",
     "~ enricher x\n    ttl: \"1d\" -> \"2d\"\n"},
    {"sources", "", "sources { 'person', 'crm' }", "sources { 'crm', 'person' }",
     "~ sources\n    values: { \"person\", \"crm\" } -> { \"crm\", \"person\" }\n"},
};

static void put(struct buf *out, const struct kind *kind, const char *declared) {
  buf_clear(out);
  buf_printf(out, "%s%s%s\n", BASE, kind->beside, declared);
}

static void expect(const char *what, const struct buf *out, const char *wanted) {
  if (strcmp(out->data, wanted) != 0) fail_msg("%s:\n%swanted:\n%s", what, out->data, wanted);
}

static void every_kind_is_compared(void **state) {
  (void)state;
  struct buf without, one, other, out, wanted;
  struct buf *bufs[] = {&without, &one, &other, &out, &wanted};
  for (size_t i = 0; i < COUNT_OF(bufs); i++) buf_init(bufs[i]);
  for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
    const struct kind *kind = &KINDS[i];
    put(&without, kind, "");
    put(&one, kind, kind->one);
    put(&other, kind, kind->other);
    told("a.lua", one.data, "a.lua", other.data, &out);
    expect(kind->kind, &out, kind->told);
    told("a.lua", one.data, "b.lua", one.data, &out);
    expect(kind->kind, &out, ""); /* only its file is another */
    const char *named = strstr(kind->one, "'x'") ? " x" : "";
    for (int added = 0; added < 2; added++) {
      buf_clear(&wanted);
      buf_printf(&wanted, "%s %s%s\n", added ? "+" : "-", kind->kind, named);
      told("a.lua", added ? without.data : one.data, "a.lua", added ? one.data : without.data, &out);
      expect(kind->kind, &out, wanted.data);
    }
  }
  for (size_t i = 0; i < COUNT_OF(bufs); i++) buf_release(bufs[i]);
}

/* A new word of the language has its row above. */
static void no_kind_is_left_out(void **state) {
  (void)state;
  struct reference reference;
  struct err err;
  assert_int_equal(reference_load(&reference, &err), 0);
  for (uint32_t i = 0; i < reference.entry_count; i++) {
    const struct reference_entry *entry = &reference.entries[i];
    size_t at = 0;
    if (strcmp(entry->kind, "noun") != 0 || strcmp(entry->name, "test") == 0 ||
        strcmp(entry->name, "property") == 0)
      continue;
    while (at < COUNT_OF(KINDS) && strcmp(KINDS[at].kind, entry->name) != 0) at++;
    if (at == COUNT_OF(KINDS)) fail_msg("'%s' is not compared by this test", entry->name);
  }
  reference_release(&reference);
}

#define FUNCTION(before, body)                                                                               \
  "dimension 'e' {}\nlocal W = { DE = 5, FR = { 1, 2 } }\nlocal seen = page {}\n" before                     \
  "rule 'f' { on = track 'A', points = function(lead, event) " body " end, cap = 50 }\n"

static void functions_are_compared_by_what_they_do(void **state) {
  (void)state;
  static const struct {
    const char *from, *to;
    bool other;
  } cases[] = {
      {FUNCTION("", "return { e = 1 }"), FUNCTION("\n\n", "\n return { e = 1 } -- the same\n"), false},
      {FUNCTION("", "local a = 1 return { e = a }"), FUNCTION("", "local b = 1 return { e = b }"), false},
      {FUNCTION("", "return { e = 1 }"), FUNCTION("", "return { e = 2 }"), true},
      {FUNCTION("local function h() return 1 end\n", "return { e = h() }"),
       FUNCTION("local function h() return 2 end\n", "return { e = h() }"), true}, /* its helper */
      {FUNCTION("local function h() return h end\n", "return { e = h() and 1 }"),
       FUNCTION("local function h() return h end\n\n", "return { e = h() and 1 }"), false}, /* a circle */
      {FUNCTION("", "return { e = W.DE }"), FUNCTION("W.DE = 6 ", "return { e = W.DE }"), true},
      {FUNCTION("", "return { e = W.FR[1] }"), FUNCTION("W.FR[2] = 3 ", "return { e = W.FR[1] }"), true},
      {FUNCTION("", "return { e = lead.count(seen, '7d') }"),
       FUNCTION("seen = page { path = '/x' } ", "return { e = lead.count(seen, '7d') }"), true},
      {FUNCTION("local other = track 'B' ", "return { e = lead.count(seen, '7d') }"),
       FUNCTION("", "return { e = lead.count(seen, '7d') }"), false}, /* numbers of phrases are no matter */
  };
  struct buf out;
  buf_init(&out);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    told("a.lua", cases[i].from, "a.lua", cases[i].to, &out);
    if (cases[i].other != (strstr(out.data, "~ rule f\n    points: function (a.lua:") != NULL))
      fail_msg("case %zu: %s", i, out.data);
    if (!cases[i].other) expect("a function", &out, "");
  }
  buf_release(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_is_compared),
      cmocka_unit_test(no_kind_is_left_out),
      cmocka_unit_test(functions_are_compared_by_what_they_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
