#include "written_rules.h"

#include "core/spec/spec.h"

static const char *const rules =
    "dimension 'fit' { min = 0, max = 30 }\n"
    "group 'person' { dimension = 'fit', max = 25 }\n"
    "rule 'cto' { group = 'person', when = trait { title = word { 'cto' } }, points = { fit = 20 } }\n"
    "rule 'size' { dimension = 'fit', field = 'size', first = { { at_least(50), value = 20 }, { present, "
    "value = -40 } } }\n"
    "rule 'plain' { dimension = 'fit', on = page {}, points = 1 }\n"
    "rule 'full' { group = 'person', on = page { path = starts '/p' }, when = trait { title = present }, "
    "counts_while = trait { left = missing }, points = { fit = 6 }, limit = { times = 3, per = '1d' }, cap = "
    "10 }\n"
    "rule 'seats' { on = track 'Trial', points = function(_, event) return { fit = event.properties.seats } "
    "end, cap = 5 }\n"
    "reset 'gone' { on = track 'Gone', dimensions = { 'fit' } }\n"
    "ignore 'own' { when = trait { own = true } }\n"
    "ignore 'bots' { on = track 'Bot' }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  gate 'named' { into = { 'mql' }, need = trait { name = present } },\n"
    "  move { 'lead', 'mql', when = score { fit = at_least(20) }, again = '10d' },\n"
    "  move { 'mql', 'lead', when = score { fit = below(20) } },\n"
    "  move { 'mql', 'sal', by = 'sales' },\n"
    "  move { 'sal', 'won', when = seen(track 'Won') } }\n";

/* What people do and are shown. */
static const char *const desk_rules =
    "dimension 'fit' {}\n"
    "segment 'dach' { when = trait { country = 'DE' } }\n"
    "framework 'f' { criterion 'budget' { ask = '?', value = 'money', met = at_least(10), expires = '10d' "
    "},\n"
    "  criterion 'role' { ask = '?', value = 'text', inferred = trait { title = word { 'cto' } } } }\n"
    "sla 'touch' { stage = 'mql', stops_at = track 'Call', warn = '1h', due = '2h' }\n"
    "worklist 'hot' { stage = 'mql' }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  gate 'named' { into = { 'sal' }, need = trait { name = present } },\n"
    "  move { 'lead', 'mql', when = seen(track 'Demo') },\n"
    "  move { 'mql', 'sal', act = 'accept', by = 'sales', asks = { 'note' } },\n"
    "  move { 'sal', 'lead', act = 'back', by = 'sales' } }\n";

/* The outcomes that a test with this body has seen, "id what" one a line. */
static void check_with(const char *rules, const char *body, const char *expected) {
  struct buf text, seen;
  struct generation_options options = {.with_tests = true};
  struct spec_report report;
  uint32_t count;
  buf_init(&text);
  buf_init(&seen);
  buf_printf(&text, "test 'one' (function(t)\n%s\nend)", body);
  const char *const files[] = {"a.lua", rules, "a_test.lua", text.data, NULL};
  struct generation *generation = written_files(files, &options);
  struct coverage *coverage = coverage_new(generation->rules);
  struct spec_options how = {.coverage = coverage};
  spec_run(generation, &how, &report);
  if (report.failed) fail_msg("%s: %s", body, report.results[0].message);
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  for (uint32_t i = 0; i < count; i++)
    if (outcomes[i].tests) buf_printf(&seen, "%s %s\n", outcomes[i].id, outcomes[i].what);
  if (strcmp(seen.data, expected) != 0) fail_msg("%s\n  saw:\n%s  expected:\n%s", body, seen.data, expected);
  spec_report_release(&report);
  coverage_free(coverage);
  generation_free(generation);
  buf_release(&seen);
  buf_release(&text);
}

static void check(const char *body, const char *expected) {
  check_with(rules, body, expected);
}

#define IDLE "cto not held\nsize not held\n"

static void what_happens_is_seen(void **state) {
  (void)state;
  static const struct {
    const char *body, *seen;
  } cases[] = {
      {"t:page '/p'", ""}, /* nothing is expected, so nothing is seen */
      {"t:expect {}", ""}, /* a lead without a history is not judged */
      {"t:page '/x' t:expect {}", "plain fired\nfull not fired\n" IDLE},
      {"t:page '/p' t:expect {}", "plain fired\nfull excluded\n" IDLE},
      {"t:identify { title = 'x' } t:page '/p' t:expect {}", "plain fired\nfull fired\n" IDLE},
      {"t:identify { title = 'x' } for _ = 1, 4 do t:page '/p' end t:expect {}",
       "plain fired\nfull fired\nfull limited\nfull capped\n" IDLE},
      {"t:identify { title = 'x', left = true } t:page '/p' t:expect {}",
       "plain fired\nfull fired\nfull does not count\n" IDLE},
      {"t:track('Trial', { seats = 3 }) t:expect {}", "seats fired\n" IDLE},
      {"t:track('Trial', { seats = 9 }) t:expect {}", "seats fired\nseats capped\n" IDLE},
      {"t:track('Trial', { seats = 'x' }) t:expect { fails = { 'seats' } }",
       "seats fired\nseats its function fails\n" IDLE},
      {"t:track 'Other' t:expect {}", "seats not fired\n" IDLE},
      {"t:identify { size = 50 } t:expect {}", "cto not held\nsize row 1: at_least(50)\nnamed refused\n"},
      {"t:identify { size = 5 } t:expect {}", "fit lifted to its min\ncto not held\nsize row 2: present\n"},
      {"t:track 'Gone' t:expect {}", "seats not fired\n" IDLE "gone cut\n"},
      {"t:identify { own = true } t:expect {}", IDLE "own ignored\n"},
      {"t:track 'Bot' t:expect {}", "bots ignored\n"},
      {"t:identify { title = 'CTO' } t:expect {}", "cto held\nsize not held\nnamed refused\n"},
      {"t:identify { title = 'CTO', name = 'x' } t:expect { stage = 'mql' }",
       "cto held\nsize not held\nlead -> mql happened\nnamed let through\n"},
      {"t:identify { title = 'CTO', name = 'x' } t:advance '1h' t:identify { title = 'x' } "
       "t:advance '1h' t:identify { title = 'CTO' } "
       "t:expect { stage = 'lead' }",
       "cto held\ncto not held\nsize not held\nlead -> mql happened\nlead -> mql waited\nmql -> lead "
       "happened\n"
       "named let through\n"},
      {"t:identify { title = 'CTO', size = 60 } t:page '/p' t:page '/p' t:expect { scores = { fit = 30 } }",
       "fit cut to its max\nperson cut to its max\nplain fired\nfull fired\nfull capped\ncto held\n"
       "size row 1: at_least(50)\nnamed refused\n"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check(cases[i].body, cases[i].seen);
}

#define OUT   "dach not in it\nf not qualified\n"
#define MOVED "lead -> mql happened\n"

static void what_people_do_and_see_is_seen(void **state) {
  (void)state;
  static const struct {
    const char *body, *seen;
  } cases[] = {
      {"t:page '/' t:expect {}", OUT},
      {"t:identify { country = 'DE' } t:expect {}", "dach in it\nf not qualified\n"},
      {"t:page '/' t:act('answer', { by = 'sales', criterion = 'f.budget', value = 10 }) t:expect {}",
       OUT "f.budget met\n"},
      {"t:page '/' t:act('answer', { by = 'sales', criterion = 'f.budget', value = 9 }) t:expect {}",
       OUT "f.budget not met\n"},
      {"t:page '/' t:act('answer', { by = 'sales', criterion = 'f.budget', value = 9 }) t:advance '10d' "
       "t:expect {}",
       OUT "f.budget out of date\n"},
      {"t:identify { title = 'cto' } t:act('answer', { by = 'sales', criterion = 'f.budget', value = 10 }) "
       "t:expect {}",
       "dach not in it\nf qualified\nf.budget met\nf.role met\nf.role inferred\n"},
      {"t:track 'Demo' t:expect {}", MOVED OUT}, /* nobody asks for clocks and lists */
      {"t:track 'Demo' t:expect { clocks = {}, worklists = { 'hot' } }",
       MOVED OUT "touch started\nhot on it\n"},
      {"t:track 'Demo' t:advance '1h' t:expect { clocks = {} }", MOVED OUT "touch warned\n"},
      {"t:track 'Demo' t:advance '2h' t:expect { clocks = {} } t:track 'Call' t:expect { clocks = {} }",
       MOVED OUT "touch breached\ntouch stopped\n"},
      {"t:page '/' t:expect { worklists = {} }", OUT "hot not on it\n"},
      {"t:track 'Demo' t:expect {} t:refused('accept', { by = 'sales', note = 'x' }, 'gate_closed')",
       MOVED "mql -> sal refused to somebody\nnamed refused\n" OUT},
      {"t:track 'Demo' t:identify { name = 'x' } t:refused('accept', { by = 'sales' }, 'missing_fields') "
       "t:expect {}",
       MOVED "mql -> sal refused to somebody\n" OUT},
      {"t:track 'Demo' t:refused('accept', { by = 'marketing', note = 'x' }, 'role_not_allowed') t:expect {}",
       MOVED OUT},
      {"t:track 'Demo' t:identify { name = 'x' } t:act('accept', { by = 'sales', note = 'x' }) t:act('back', "
       "{ by = 'sales' }) "
       "t:expect { stage = 'mql' }",
       MOVED "mql -> sal made by somebody\nsal -> lead made by somebody\nnamed let through\n" OUT},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) check_with(desk_rules, cases[i].body, cases[i].seen);
}

/* What nothing can reach is no outcome; that a function fails is not required. */
static void what_cannot_be_is_not_asked_for(void **state) {
  (void)state;
  struct generation *generation = written_rules(rules);
  struct coverage *coverage = coverage_new(generation->rules);
  uint32_t count, seen, optional = 0;
  const struct outcome *outcomes = coverage_outcomes(coverage, &count);
  for (uint32_t i = 0; i < count; i++) {
    const struct outcome *o = &outcomes[i];
    bool fails = strcmp(o->what, "its function fails") == 0;
    optional += !o->required;
    assert_int_equal(o->required, !fails);
    assert_false(strcmp(o->id, "plain") == 0 && strcmp(o->what, "not fired") == 0);
    assert_true(o->advice[0] && o->place.line > 0);
  }
  assert_int_equal(optional, 1);
  assert_int_equal(coverage_required(coverage, &seen), count - optional);
  assert_int_equal(seen, 0);
  assert_true(coverage_percent(coverage) < 0.01);
  coverage_free(coverage);
  generation_free(generation);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_happens_is_seen),
      cmocka_unit_test(what_people_do_and_see_is_seen),
      cmocka_unit_test(what_cannot_be_is_not_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
