#include "unit.h"

#include "core/spec/mutation.h"

struct rig {
  struct ruledir bundle;
  struct problems problems;
  struct generation *generation;
};

static void open_rig(struct rig *rig, const char *rules, const char *tests) {
  const char *file = strncmp(rules, "dimensions:", 11) == 0 ? "a.yaml" : "a.lua";
  const struct generation_options options = {.with_tests = true, .keep_declared = true};
  struct err err;
  problems_init(&rig->problems);
  ruledir_init(&rig->bundle);
  assert_int_equal(ruledir_add(&rig->bundle, file, str_of(rules), &err), 0);
  assert_int_equal(ruledir_add(&rig->bundle, "a_test.lua", str_of(tests), &err), 0);
  ruledir_end(&rig->bundle);
  rig->generation = generation_build(&rig->bundle, &options, &rig->problems);
  if (!rig->generation) fail_msg("%s: %s", rules, rig->problems.items[0].text);
}

static void close_rig(struct rig *rig) {
  generation_free(rig->generation);
  ruledir_release(&rig->bundle);
  problems_release(&rig->problems);
}

/* The mutants of one declaration, "part: change" one a line. */
static void lists(const char *rules, const char *expected) {
  struct rig rig;
  struct mutants mutants;
  struct buf text;
  open_rig(&rig, rules, "");
  mutants_init(&mutants, rig.generation->declared);
  buf_init(&text);
  for (size_t i = 0; i < mutants.count; i++) {
    const struct mutant *m = &mutants.items[i];
    buf_printf(&text, "%s: %s\n", m->part, m->change);
    assert_true(m->hint && m->hint[0] && m->place.line > 0);
  }
  if (strcmp(text.data, expected) != 0)
    fail_msg("%s\n  gave:\n%s  expected:\n%s", rules, text.data, expected);
  buf_release(&text);
  mutants_release(&mutants);
  close_rig(&rig);
}

#define D "dimension 'fit' {}\n"

static const struct {
  const char *rules, *mutants;
} cases[] = {
    {"dimension 'fit' { min = 0, max = 100, bands = { A = 70, B = 45, C = 0 } }",
     "bands.A: 70 -> 71\nbands.B: 45 -> 46\nmax: 100 -> 101\nmin: 0 -> -1\n"},
    {D "rule 'a' { on = page {}, points = { fit = 5 }, limit = { times = 2, per = '30d' }, decay = "
       "half_life '10d' }",
     "points: { fit = 5 } -> { fit = 0 }\ndecay: half_life \"10d\" taken away\n"
     "decay: \"10d\" -> \"11d\"\ndecay: \"10d\" -> \"9d\"\n"
     "limit.per: \"30d\" -> \"33d\"\nlimit.per: \"30d\" -> \"27d\"\n"
     "limit.times: 2 -> 3\nlimit.times: 2 -> 1\npoints.fit: 5 -> 6\n"},
    {D "rule 'a' { on = page {}, points = { fit = 0 } }", "points.fit: 0 -> 1\n"},
    {D "rule 'a' { on = page {}, points = function() end, cap = 9, cooldown = '90s' }",
     "points: function -> { fit = 0 }\ncap: 9 -> 10\ncooldown: \"90s\" -> \"1m39s\"\ncooldown: \"90s\" -> "
     "\"1m21s\"\n"},
    {D "rule 'a' { on = page {}, when = trait { x = 1 }, counts_while = trait { y = present }, points = { "
       "fit = 1 } }",
     "points: { fit = 1 } -> { fit = 0 }\ncounts_while: trait { y = present } taken away\n"
     "when: trait { x = 1 } taken away\npoints.fit: 1 -> 2\nwhen.x: 1 -> 2\n"},
    {D "rule 'a' { when = ~trait { x = at_least(20) & below(9) | between(1, 2) }, points = { fit = 1 } }",
     NULL},
    {D "rule 'a' { on = page { path = 'x' } | track 'y', points = { fit = 2 } }",
     "points: { fit = 2 } -> { fit = 0 }\non: page { path = \"x\" } | track \"y\" -> track \"y\"\n"
     "on: page { path = \"x\" } | track \"y\" -> page { path = \"x\" }\npoints.fit: 2 -> 3\n"},
    {D "rule 'a' { dimension = 'fit', field = 'x', first = { { above(3), value = 2 }, { between(1, 3), "
       "value = 4 }, { present, value = 0 }, "
       "{ any, value = 0 } } }",
     NULL},
    {D "rule 'a' { on = sequence { times(2, page {}), no(track 'x'), within = '7d', same = 'k' }, points = "
       "{ fit = 2 } }",
     NULL},
    {D "reset 'r' { on = track 'x', dimensions = { 'fit' }, keep = 0.5 }",
     ": reset taken away\nkeep: 0.5 -> 0.6\n"},
    {D "ignore 'i' { when = trait { x = 'y' } }", ": ignore taken away\n"},
    {"dimensions: { fit: {} }\nrules:\n  a:\n    points: { fit: 3 }\n    when: { any_of: [ { trait: { x: { "
     "at_least: 50 "
     "} } }, { not: { idle: 10d } } ] }\n",
     "points: { fit = 3 } -> { fit = 0 }\npoints.fit: 3 -> 4\n"
     "when: { any_of = { { trait = { x = at_least(50) } }, { not = { idle = \"10d\" } } } } -> { all_of = "
     "{ { trait = "
     "{ x = at_least(50) } }, { not = { idle = \"10d\" } } } }\n"
     "when.any_of[1].trait.x: { at_least = 50 } -> { above = 50 }\n"
     "when.any_of[1].trait.x: { at_least = 50 } -> { at_least = 45 }\n"
     "when.any_of[2]: { not = { idle = \"10d\" } } -> { idle = \"10d\" }\n"
     "when.any_of[2].not.idle: \"10d\" -> \"11d\"\nwhen.any_of[2].not.idle: \"10d\" -> \"9d\"\n"},
    {"profile { required = { 'email' } } identity { email = 'merge' } activity { page {} }", ""},
    {"framework 'f' { criterion 'b' { ask = '?', value = 'money', met = at_least(10), weight = 5, expires = "
     "'10d', inferred = "
     "trait { x = present } },\ncriterion 'c' { ask = '?', value = 'text' }, qualified = { must = { 'b', 'c' "
     "}, met = 2 } }",
     NULL},
    {"segment 's' { when = trait { x = at_least(20) } }",
     "when.x: at_least(20) -> above(20)\nwhen.x: at_least(20) -> at_least(18)\n"},
    {"lifecycle 'main' { start = 'a', move { 'a', 'b', act = 'go', by = 'sales', asks = { 'x', ok = true }, "
     "need = idle '10d', "
     "learns = { 'x' }, reasons = { late = '10d' } } }",
     NULL},
    {"lifecycle 'main' { start = 'a', gate 'g' { into = { 'b' }, need = trait { x = present } },\n"
     "move { 'a', 'b', when = idle '10d', again = '20d' }, move { 'b', 'c', by = 'sales' } }",
     NULL},
};
static const char *const longer[] = {
    "points: { fit = 1 } -> { fit = 0 }\npoints.fit: 1 -> 2\n"
    "when: ~trait { x = (at_least(20) & below(9)) | between(1, 2) } -> trait { x = (at_least(20) & "
    "below(9)) | "
    "between(1, 2) }\n"
    "when.x: (at_least(20) & below(9)) | between(1, 2) -> at_least(20) & below(9) & between(1, 2)\n"
    "when.x: at_least(20) & below(9) -> at_least(20) | below(9)\n"
    "when.x: at_least(20) -> above(20)\nwhen.x: at_least(20) -> at_least(18)\n"
    "when.x: below(9) -> at_most(9)\nwhen.x: below(9) -> below(10)\n"
    "when.x: between(1, 2) -> between(2, 2)\nwhen.x: between(1, 2) -> between(1, 1)\n"
    "when.x: between(1, 2) -> between(0, 2)\nwhen.x: between(1, 2) -> between(1, 3)\n",
    "first[1]: { above(3), value = 2 } taken away\nfirst[2]: { between(1, 3), value = 4 } taken "
    "away\nfirst[1]: above(3) -> at_least(3)\nfirst[1]: above(3) -> above(2)\n"
    "first[1].value: 2 -> 3\nfirst[2]: between(1, 3) -> between(2, 3)\nfirst[2]: between(1, 3) -> "
    "between(1, 2)\n"
    "first[2].value: 4 -> 5\nfirst[3].value: 0 -> 1\nfirst[4].value: 0 -> 1\n",
    "points: { fit = 2 } -> { fit = 0 }\non.same: \"k\" taken away\non[1]: times(2, page {}) taken "
    "away\non[2]: no(track \"x\") taken away\n"
    "on[1]: 2 -> 3\non[1]: 2 -> 1\non.within: \"7d\" -> \"7d16h48m\"\non.within: \"7d\" -> \"6d7h12m\"\n"
    "points.fit: 2 -> 3\n",
    "[1].expires: \"10d\" taken away\n[1].inferred: trait { x = present } taken away\n"
    "[1].expires: \"10d\" -> \"11d\"\n[1].expires: \"10d\" -> \"9d\"\n"
    "[1].met: at_least(10) -> above(10)\n[1].met: at_least(10) -> at_least(9)\n[1].weight: 5 -> 6\n"
    "qualified.met: 2 -> 3\nqualified.must[1]: \"b\" taken away\nqualified.must[2]: \"c\" taken away\n",
    ": move { \"a\", \"b\", act = \"go\", asks = { \"x\", ok = true }, by = \"sales\", learns = { \"x\" }, "
    "need = idle "
    "\"10d\", reasons = ... taken away\n"
    "learns: { \"x\" } taken away\nneed: idle \"10d\" taken away\nasks: \"x\" taken away\nasks.ok: true "
    "taken away\n"
    "need: \"10d\" -> \"11d\"\nneed: \"10d\" -> \"9d\"\n"
    "reasons.late: \"10d\" -> \"11d\"\nreasons.late: \"10d\" -> \"9d\"\n",
    "[1]: gate \"g\" { into = { \"b\" }, need = trait { x = present } } taken away\n"
    "[2]: move { \"a\", \"b\", again = \"20d\", when = idle \"10d\" } taken away\n"
    "[3]: move { \"b\", \"c\", by = \"sales\" } taken away\n"
    "[1].need: trait { x = present } taken away\n"
    "[2].again: \"20d\" -> \"22d\"\n[2].again: \"20d\" -> \"18d\"\n"
    "[2].when: \"10d\" -> \"11d\"\n[2].when: \"10d\" -> \"9d\"\n"};

static void every_part_has_its_changes(void **state) {
  (void)state;
  for (size_t i = 0, n = 0; i < COUNT_OF(cases); i++)
    lists(cases[i].rules, cases[i].mutants ? cases[i].mutants : longer[n++]);
}

static const char *const rules =
    "dimension 'fit' { min = 0, max = 100 }\n"
    "rule 'cto' { when = trait { title = 'cto' }, points = { fit = 20 } }\n"
    "rule 'prices' { on = page { path = '/p' }, points = { fit = 5 }, limit = { times = 2 } }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { fit = at_least(25) } } }\n";

static struct mutation_tally run(struct rig *rig, struct buf *survivors) {
  const struct mutation_options options = {.seed = 7};
  struct mutation *mutation = mutation_new(rig->generation, &rig->bundle, &options);
  const struct mutant *mutant;
  enum mutant_fate fate;
  struct str declaration;
  size_t steps = 0;
  while (mutation_step(mutation)) steps++;
  assert_int_equal(steps, mutation_count(mutation));
  buf_clear(survivors);
  for (size_t i = 0; (mutant = mutation_mutant(mutation, i, &fate, &declaration)); i++) {
    assert_int_not_equal(fate, MUTANT_WAITING);
    if (fate == MUTANT_SURVIVED || fate == MUTANT_UNSEEN)
      buf_printf(survivors, "%.*s %s: %s\n", STR_ARG(declaration), mutant->part, mutant->change);
  }
  struct mutation_tally tally = mutation_tally(mutation);
  assert_int_equal(tally.tried, tally.caught + tally.survived + tally.unseen);
  mutation_free(mutation);
  return tally;
}

static void what_no_test_notices_survives(void **state) {
  (void)state;
  struct rig rig;
  struct buf survivors;
  buf_init(&survivors);
  open_rig(&rig, rules,
           "test 'all' (function(t)\n"
           "t:page '/p' t:page '/p' t:page '/p' t:expect { points = { prices = 10 }, stage = 'lead' }\n"
           "t:identify { title = 'cto' } t:expect { scores = { fit = 30 }, stage = 'mql' } end)\n"
           "test 'bar' (function(t) t:page '/p' t:expect { points = { prices = 5 } }\n"
           "t:identify { title = 'cto' } t:expect { stage = 'mql' } end)");
  struct mutation_tally tally = run(&rig, &survivors);
  /* Neither bound of the dimension is reached, so moving them is no change. */
  assert_string_equal(survivors.data, "main when.fit: at_least(25) -> at_least(23)\n");
  assert_int_equal(tally.tried, 9);
  assert_true(mutation_percent(&tally) > 88 && mutation_percent(&tally) < 89);
  close_rig(&rig);

  open_rig(&rig, rules, "test 'vague' (function(t) t:page '/p' t:expect { holds = { 'prices' } } end)");
  tally = run(&rig, &survivors);
  assert_int_equal(tally.caught, 1); /* that it gives nothing at all */
  assert_int_equal(tally.unseen, 0);
  close_rig(&rig);

  open_rig(&rig, rules, "test 'elsewhere' (function(t) t:track 'x' t:expect {} end)");
  tally = run(&rig, &survivors);
  assert_int_equal(tally.caught, 0);
  assert_int_equal(tally.unseen, 4); /* of `prices`, which hears of pages only */
  close_rig(&rig);
  buf_release(&survivors);
}

/* The generation is as it was: its own rules, and its tests pass. */
static void nothing_stays_changed(void **state) {
  (void)state;
  struct rig rig;
  struct buf survivors;
  buf_init(&survivors);
  open_rig(&rig, rules, "test 'one' (function(t) t:page '/p' t:expect { points = { prices = 5 } } end)");
  const struct ruleset *before = rig.generation->rules;
  run(&rig, &survivors);
  assert_ptr_equal(rig.generation->rules, before);
  const struct spec_options options = {0};
  assert_true(spec_passes(rig.generation, 0, &options));
  close_rig(&rig);
  buf_release(&survivors);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part_has_its_changes),
      cmocka_unit_test(what_no_test_notices_survives),
      cmocka_unit_test(nothing_stays_changed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
