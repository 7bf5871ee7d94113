#include "model/match/atoms.h"

#include "base/err.h"
#include "forms.h"
#include "unit.h"

#define BIT(type) (uint8_t)(1u << (type))

enum { ALL_TYPES = (1 << EVENT_TYPES) - 1 };

struct bench { /* a ruleset and what it takes to match events against it */
  struct ruleset *rules;
  struct json_reader *reader;
  struct arena scratch;
  struct atom_hits hits;
};

static void bench_init(struct bench *bench, struct atom *atoms, size_t atom_count, struct signal *signals,
                       size_t signal_count) {
  bench->rules = ruleset_new();
  bench->rules->atoms = atoms;
  bench->rules->atom_count = (uint32_t)atom_count;
  bench->rules->signals = signals;
  bench->rules->signal_count = (uint32_t)signal_count;
  atoms_build(bench->rules);
  bench->reader = json_reader_new();
  arena_init(&bench->scratch, 0);
  atom_hits_init(&bench->hits, bench->rules);
}

static void bench_release(struct bench *bench) {
  atom_hits_release(&bench->hits);
  arena_release(&bench->scratch);
  json_reader_free(bench->reader);
  ruleset_free(bench->rules);
}

static struct event parse(struct bench *bench, const char *json, enum event_type type, const char *name) {
  struct json_ref root;
  struct err err;
  if (json_parse(bench->reader, json, strlen(json), &root, &err) != 0) fail_msg("%s", err.text);
  return event_over(root, type, name, 0);
}

/* The signals that an event raises, as "1 4 7". */
static const char *raised(struct bench *bench, const char *json, enum event_type type, const char *name) {
  static struct buf text;
  const struct event event = parse(bench, json, type, name);
  atoms_match(bench->rules, &event, &bench->scratch, &bench->hits);
  if (!text.data) buf_init(&text);
  buf_clear(&text);
  for (uint32_t i = 0; i < bench->hits.count; i++)
    buf_printf(&text, "%s%u", i ? " " : "", bench->hits.signals[i]);
  return text.data;
}

static void types_and_names_choose(void **state) {
  (void)state;
  struct atom atoms[] = {
      {.types = BIT(EVENT_TRACK), .name = S("Demo Requested"), .signal = 6},
      {.types = BIT(EVENT_TRACK), .signal = 5},
      {.types = BIT(EVENT_TRACK) | BIT(EVENT_PAGE), .name = S("Home"), .signal = 4},
      {.types = ALL_TYPES, .signal = 3},
      {.types = BIT(EVENT_TRACK), .name_matcher = M(TEXTS(MATCH_GLOB, S("video *"))), .signal = 2},
      {.types = BIT(EVENT_PAGE) | BIT(EVENT_SCREEN), .signal = 1},
      {.types = BIT(EVENT_PAGE), .name = S(""), .signal = 0},
  };
  struct signal signals[7] = {0};
  struct bench bench;
  bench_init(&bench, atoms, COUNT_OF(atoms), signals, COUNT_OF(signals));
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "Demo Requested"), "3 5 6");
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "demo requested"), "3 5");
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "Video Played"), "2 3 5");
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "Home"), "3 4 5");
  assert_string_equal(raised(&bench, "{}", EVENT_PAGE, "Home"), "1 3 4");
  assert_string_equal(raised(&bench, "{}", EVENT_PAGE, ""), "0 1 3");
  assert_string_equal(raised(&bench, "{}", EVENT_SCREEN, ""), "1 3");
  assert_string_equal(raised(&bench, "{}", EVENT_ALIAS, ""), "3");
  bench_release(&bench);
}

static void all_tests_must_hold(void **state) {
  (void)state;
  const struct field_test demo[] = {{{.path = S("form")}, M(EQUALS(T("demo")))}};
  const struct field_test big_demo[] = {{{.path = S("form")}, M(EQUALS(T("demo")))},
                                        {{.path = S("seats")}, M(AT_LEAST(10))}};
  const struct field_test paid[] = {
      {{.root = FIELD_CONTEXT, .path = S("campaign.medium")}, M(SET(MATCH_ONE_OF, T("cpc")))}};
  const struct field_test no_form[] = {{{.path = S("form")}, M(MISSING)}};
  struct atom atoms[] = {
      {.types = BIT(EVENT_TRACK), .name = S("Sent"), .tests = demo, .test_count = 1, .signal = 0},
      {.types = BIT(EVENT_TRACK), .name = S("Sent"), .tests = big_demo, .test_count = 2, .signal = 1},
      {.types = BIT(EVENT_TRACK), .tests = paid, .test_count = 1, .signal = 2},
      {.types = BIT(EVENT_TRACK), .tests = no_form, .test_count = 1, .signal = 3},
  };
  struct signal signals[4] = {0};
  struct bench bench;
  bench_init(&bench, atoms, COUNT_OF(atoms), signals, COUNT_OF(signals));
  assert_string_equal(raised(&bench, "{\"properties\":{\"form\":\"demo\"}}", EVENT_TRACK, "Sent"), "0");
  assert_string_equal(
      raised(&bench, "{\"properties\":{\"form\":\"demo\",\"seats\":10}}", EVENT_TRACK, "Sent"), "0 1");
  assert_string_equal(raised(&bench, "{\"properties\":{\"form\":\"x\",\"seats\":10}}", EVENT_TRACK, "Sent"),
                      "");
  assert_string_equal(raised(&bench, "{\"context\":{\"campaign\":{\"medium\":\"cpc\"}}}", EVENT_TRACK, "x"),
                      "2 3");
  assert_string_equal(raised(&bench, "{\"properties\":null}", EVENT_TRACK, "Sent"), "3");
  bench_release(&bench);
}

/* Several patterns of one selector raise its signal once. */
static void a_signal_is_raised_once(void **state) {
  (void)state;
  struct atom atoms[] = {
      {.types = ALL_TYPES, .signal = 70},
      {.types = ALL_TYPES, .signal = 70},
      {.types = BIT(EVENT_TRACK), .name = S("a"), .signal = 70},
      {.types = BIT(EVENT_TRACK), .name = S("a"), .signal = 64},
      {.types = BIT(EVENT_TRACK), .name = S("a"), .signal = 63},
      {.types = ALL_TYPES, .signal = 0},
  };
  struct signal signals[71] = {0};
  struct bench bench;
  bench_init(&bench, atoms, COUNT_OF(atoms), signals, COUNT_OF(signals));
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "a"), "0 63 64 70");
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "b"), "0 70");
  bench_release(&bench);
}

static void captures_go_with_their_signals(void **state) {
  (void)state;
  struct atom atoms[] = {{.types = BIT(EVENT_PAGE), .signal = 0},
                         {.types = BIT(EVENT_PAGE), .signal = 1},
                         {.types = BIT(EVENT_PAGE), .signal = 2}};
  struct signal signals[] = {{.captures = true, .capture = {.path = S("path"), .or_page = true}},
                             {.captures = false},
                             {.captures = true, .capture = {.path = S("id")}}};
  struct bench bench;
  bench_init(&bench, atoms, COUNT_OF(atoms), signals, COUNT_OF(signals));
  assert_string_equal(
      raised(&bench, "{\"context\":{\"page\":{\"path\":\"/a\"}},\"properties\":{\"id\":5}}", EVENT_PAGE, ""),
      "0 1 2");
  assert_true(bench.hits.captures[0] == str_hash(STR("/a")));
  assert_true(bench.hits.captures[1] == 0);
  assert_true(bench.hits.captures[2] == str_hash(STR("5")));
  assert_string_equal(raised(&bench, "{\"properties\":{\"path\":\"\"}}", EVENT_PAGE, ""), "0 1 2");
  assert_true(bench.hits.captures[0] == 0 && bench.hits.captures[2] == 0);
  bench_release(&bench);
}

/* Dates in an event are judged at its own time. */
static void dates_are_judged_at_the_events_time(void **state) {
  (void)state;
  const struct field_test soon[] = {{{.path = S("due")}, M(AHEAD(2 * TIME_MS_PER_DAY))}};
  struct atom atoms[] = {{.types = ALL_TYPES, .tests = soon, .test_count = 1}};
  struct signal signals[1] = {0};
  struct bench bench;
  bench_init(&bench, atoms, 1, signals, 1);
  struct event event = parse(&bench, "{\"properties\":{\"due\":\"1970-01-05\"}}", EVENT_TRACK, "x");
  const struct {
    int64_t day;
    uint32_t hits;
  } cases[] = {{1, 0}, {2, 1}, {4, 1}, {5, 0}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    event.time_ms = cases[i].day * TIME_MS_PER_DAY;
    atoms_match(bench.rules, &event, &bench.scratch, &bench.hits);
    assert_int_equal(bench.hits.count, cases[i].hits);
  }
  bench_release(&bench);
}

static void an_empty_ruleset_matches_nothing(void **state) {
  (void)state;
  struct bench bench;
  bench_init(&bench, NULL, 0, NULL, 0);
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "a"), "");
  bench_release(&bench);
}

/* What an event held must not be taken for what the next one holds, also when the event's number starts over. */
static void nothing_stays_from_the_event_before(void **state) {
  (void)state;
  const struct field_test demo[] = {{{.path = S("form")}, M(EQUALS(T("demo")))}};
  struct atom atoms[] = {{.types = ALL_TYPES, .tests = demo, .test_count = 1}};
  struct signal signals[1] = {0};
  struct bench bench;
  bench_init(&bench, atoms, 1, signals, 1);
  assert_string_equal(raised(&bench, "{\"properties\":{\"form\":\"demo\"}}", EVENT_TRACK, "a"), "0");
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "a"), "");
  assert_string_equal(raised(&bench, "{\"properties\":{\"form\":\"demo\"}}", EVENT_TRACK, "a"), "0");
  bench.hits.fields[0].round = 1;
  bench.hits.round = UINT32_MAX;
  assert_string_equal(raised(&bench, "{}", EVENT_TRACK, "a"), "");
  assert_int_equal(bench.hits.round, 1);
  bench_release(&bench);
}

/* --- the index against plain evaluation of every pattern ----------------------------------------------------------- */

static uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}
static uint32_t below(uint64_t *state, uint32_t bound) {
  return next_random(state) % bound;
}

static const char *const names[] = {
    "", "Home", "Demo Requested", "Form Submitted", "Video Played", "Video Paused", "ñ"};
static const char *const paths[] = {"path", "form", "n", "deep.er", "tags", "first_name", "title"};
static const char *const values[] = {"\"/pricing\"", "\"demo\"",  "5",    "\"5\"",
                                     "null",         "\"\"",      "true", "[\"a\",7]",
                                     "{\"er\":3}",   "\"ÁRBOL\"", "300",  "{\"er\":\"x\"}"};

static const struct matcher *random_matcher(uint64_t *random, struct arena *arena) {
  static const struct matcher pool[] = {
      ANY,         PRESENT,    MISSING,         EQUALS(T("demo")), EQUALS(N(5)), EQUALS(T("5")),
      AT_LEAST(5), BELOW(300), EQUALS(B(true)), BETWEEN(5, 300),
  };
  const struct matcher more[] = {
      TEXTS(MATCH_STARTS, S("/pri")),       TEXTS(MATCH_GLOB, S("*bol")),
      TEXTS(MATCH_CONTAINS, S("e")),        TEXTS(MATCH_WORD, S("arbol")),
      SET(MATCH_ONE_OF, T("demo"), N(300)), SET(MATCH_NONE_OF, T("demo"), T("x")),
  };
  struct matcher *kids[2], *made = arena_alloc(arena, sizeof *made);
  uint32_t which = below(random, 22);
  if (which < COUNT_OF(pool)) return &pool[which];
  if (which < COUNT_OF(pool) + COUNT_OF(more)) {
    const struct matcher *picked = &more[which - COUNT_OF(pool)];
    size_t each =
        picked->op == MATCH_ONE_OF || picked->op == MATCH_NONE_OF ? sizeof(struct value) : sizeof(struct str);
    *made = *picked;
    made->texts = arena_dup(arena, picked->texts, picked->len * each);
    return made;
  }
  for (int i = 0; i < 2; i++) kids[i] = arena_dup(arena, random_matcher(random, arena), sizeof *made);
  const enum matcher_op ops[] = {MATCH_AND, MATCH_OR, MATCH_NOT, MATCH_SOME, MATCH_EVERY, MATCH_OR};
  enum matcher_op op = ops[which - COUNT_OF(pool) - COUNT_OF(more)];
  uint32_t len = op == MATCH_AND || op == MATCH_OR ? 2 : 1;
  *made = (struct matcher){.op = op, .len = len, .kids = arena_dup(arena, kids, sizeof kids)};
  return made;
}

static struct field random_field(uint64_t *random) {
  return (struct field){.root = (enum field_root)below(random, 3),
                        .or_page = below(random, 2) != 0,
                        .path = str_of(paths[below(random, COUNT_OF(paths))])};
}

static struct atom random_atom(uint64_t *random, struct arena *arena, uint32_t signal_count) {
  struct field_test *tests = arena_alloc(arena, 3 * sizeof *tests);
  struct atom atom = {.types = (uint8_t)(1 + below(random, ALL_TYPES)),
                      .tests = tests,
                      .test_count = below(random, 4),
                      .signal = below(random, signal_count)};
  for (uint32_t i = 0; i < atom.test_count; i++)
    tests[i] = (struct field_test){random_field(random), random_matcher(random, arena)};
  uint32_t naming = below(random, 4);
  if (naming < 2) atom.name = str_of(names[below(random, COUNT_OF(names))]);
  if (naming == 2) atom.name_matcher = random_matcher(random, arena);
  return atom;
}

static void random_object(uint64_t *random, struct buf *out) {
  static const char *const keys[] = {"path", "form",      "n",          "deep", "deep.er",
                                     "tags", "firstName", "first_name", "Title"};
  bool any = false;
  buf_add_char(out, '{');
  for (size_t i = 0; i < COUNT_OF(keys); i++) {
    if (below(random, 2)) continue;
    buf_printf(out, "%s\"%s\":%s", any ? "," : "", keys[i], values[below(random, COUNT_OF(values))]);
    any = true;
  }
  buf_add_char(out, '}');
}

static void random_document(uint64_t *random, struct buf *out) {
  buf_clear(out);
  buf_add_text(out, "{\"properties\":");
  random_object(random, out);
  buf_add_text(out, ",\"traits\":");
  random_object(random, out);
  buf_add_text(out, ",\"context\":{\"page\":");
  random_object(random, out);
  buf_add_text(out, "}}");
}

static bool plainly_matches(const struct atom *atom, const struct event *event, struct arena *scratch) {
  if (!(atom->types >> event->type & 1)) return false;
  if (atom->name.p && !str_eq(atom->name, event->name)) return false;
  if (!atom->name.p && atom->name_matcher &&
      matcher_eval(atom->name_matcher, value_str(event->name), 0) != TRUTH_YES)
    return false;
  for (uint32_t i = 0; i < atom->test_count; i++) {
    struct value v = field_value(&atom->tests[i].field, event, scratch);
    if (matcher_eval(atom->tests[i].matcher, v, event->time_ms) != TRUTH_YES) return false;
  }
  return true;
}

/* Every signal is raised exactly when some pattern of it matches, with the capture its field gives. */
static uint32_t check_against_plain(struct bench *bench, const struct event *event) {
  const struct ruleset *rules = bench->rules;
  bool expected[100] = {false};
  for (uint32_t i = 0; i < rules->atom_count; i++)
    if (plainly_matches(&rules->atoms[i], event, &bench->scratch)) expected[rules->atoms[i].signal] = true;
  atoms_match(rules, event, &bench->scratch, &bench->hits);
  uint32_t at = 0;
  for (uint32_t i = 0; i < rules->signal_count; i++) {
    if (!expected[i]) continue;
    assert_true(at < bench->hits.count);
    assert_int_equal(bench->hits.signals[at], i);
    const struct signal *signal = &rules->signals[i];
    uint64_t capture =
        signal->captures ? field_hash(field_value(&signal->capture, event, &bench->scratch)) : 0;
    assert_true(bench->hits.captures[at] == capture);
    at++;
  }
  assert_int_equal(at, bench->hits.count);
  return at;
}

static void the_index_agrees_with_plain_evaluation(void **state) {
  (void)state;
  enum { ROUNDS = 60, EVENTS = 200, MOST_ATOMS = 80, SIGNALS = 100 };
  uint64_t random = 20261123;
  uint32_t hits = 0;
  struct arena arena;
  struct buf json;
  arena_init(&arena, 0);
  buf_init(&json);
  for (int round = 0; round < ROUNDS; round++) {
    struct atom atoms[MOST_ATOMS];
    struct signal signals[SIGNALS] = {0};
    uint32_t atom_count = below(&random, MOST_ATOMS + 1), signal_count = 1 + below(&random, SIGNALS);
    for (uint32_t i = 0; i < atom_count; i++) atoms[i] = random_atom(&random, &arena, signal_count);
    for (uint32_t i = 0; i < signal_count; i++)
      signals[i] = (struct signal){.captures = below(&random, 2) != 0, .capture = random_field(&random)};
    struct bench bench;
    bench_init(&bench, atoms, atom_count, signals, signal_count);
    for (int i = 0; i < EVENTS; i++) {
      random_document(&random, &json);
      enum event_type type = (enum event_type)below(&random, EVENT_TYPES);
      const struct event event = parse(&bench, json.data, type, names[below(&random, COUNT_OF(names))]);
      hits += check_against_plain(&bench, &event);
      arena_clear(&bench.scratch);
    }
    bench_release(&bench);
    arena_clear(&arena);
  }
  assert_true(hits > ROUNDS * EVENTS); /* the generator makes patterns that match */
  buf_release(&json);
  arena_release(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(types_and_names_choose),
      cmocka_unit_test(all_tests_must_hold),
      cmocka_unit_test(a_signal_is_raised_once),
      cmocka_unit_test(captures_go_with_their_signals),
      cmocka_unit_test(dates_are_judged_at_the_events_time),
      cmocka_unit_test(an_empty_ruleset_matches_nothing),
      cmocka_unit_test(nothing_stays_from_the_event_before),
      cmocka_unit_test(the_index_agrees_with_plain_evaluation),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
