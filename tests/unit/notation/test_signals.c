#include "notation/notation_text.h"

#define FIT "dimension \"fit\" {} lifecycle \"main\" { start = \"a\", move { \"a\", \"b\", by = \"x\" } }\n"

static const struct rule *rule_of(const struct compiled *compiled, const char *id) {
  return &compiled->rules->rules[ruleset_rule(compiled->rules, str_of(id))];
}

static const struct signal *signal_at(const struct compiled *compiled, const char *rule, uint32_t index) {
  assert_true(index < rule_of(compiled, rule)->on.count);
  return &compiled->rules->signals[rule_of(compiled, rule)->on.ids[index]];
}

static void compile(struct compiled *compiled, const char *text) {
  compiled_init(compiled, text, NULL, 0);
  assert_string_equal(compiled_said(compiled, SEVERITY_WARNING), "");
}

static void equal_selectors_share_a_signal(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled, FIT
          "rule \"a\" { on = page { path = glob \"/x*\", b = 1 }, points = { fit = 1 } }\n"
          "rule \"b\" { on = page { path = glob \"/x*\", b = 1 }, points = { fit = 1 } }\n"
          "rule \"c\" { on = page { path = glob \"/y*\" }, points = { fit = 1 } }\n"
          "rule \"d\" { on = visit {}, points = { fit = 1 } }\n"
          "rule \"e\" { on = visit { gap = \"30m\" }, points = { fit = 1 } }\n"
          "rule \"f\" { on = entered \"b\", points = { fit = 1 } }\n"
          "rule \"g\" { on = entered { \"b\" }, points = { fit = 1 } }\n"
          "rule \"h\" { on = sequence { page {}, screen {} }, points = { fit = 1 } }\n"
          "rule \"i\" { on = sequence { page {}, screen {} }, points = { fit = 1 } }\n"
          "rule \"j\" { when = seen(page {}, { distinct = \"path\" }), points = { fit = 1 } }\n"
          "rule \"k\" { when = seen(page {}, { distinct = \"path\", times = 2 }), points = { fit = 1 } }\n");
  assert_ptr_equal(signal_at(&compiled, "a", 0), signal_at(&compiled, "b", 0));
  assert_ptr_not_equal(signal_at(&compiled, "a", 0), signal_at(&compiled, "c", 0));
  assert_ptr_equal(signal_at(&compiled, "d", 0), signal_at(&compiled, "e", 0));
  assert_ptr_equal(signal_at(&compiled, "f", 0), signal_at(&compiled, "g", 0));
  assert_ptr_equal(signal_at(&compiled, "h", 0), signal_at(&compiled, "i", 0));
  const struct counter *counters = compiled.rules->counters;
  assert_int_equal(counters[0].on.ids[0], counters[1].on.ids[0]);
  assert_true(compiled.rules->signals[counters[0].on.ids[0]].captures);
  assert_true(compiled.rules->signals[counters[0].on.ids[0]].capture.or_page);
  assert_int_equal(compiled.rules->signal_count, 8); /* a b, c, d e, f g, page, screen, h i, j k */
  compiled_release(&compiled);
}

static void alternatives_of_events_are_one_signal(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled,
          FIT "rule \"a\" { on = track \"A\" | (track \"B\" { x = 1 } | page {}), points = { fit = 1 } }\n"
              "rule \"b\" { on = track \"A\" | visit {} | entered \"b\", points = { fit = 1 } }\n");
  assert_int_equal(rule_of(&compiled, "a")->on.count, 1);
  assert_str(signal_at(&compiled, "a", 0)->written, "track \"A\" | track \"B\" { x = 1 } | page {}");
  assert_int_equal(compiled.rules->atoms[1].signal, compiled.rules->atoms[0].signal);
  assert_str(compiled.rules->atoms[1].name, "B");
  assert_int_equal(compiled.rules->atoms[2].types, 1u << EVENT_PAGE);
  assert_null(compiled.rules->atoms[2].name.p);
  assert_int_equal(rule_of(&compiled, "b")->on.count, 3);
  assert_int_equal(signal_at(&compiled, "b", 1)->kind, SIGNAL_VISIT);
  assert_int_equal(signal_at(&compiled, "b", 1)->gap_ms, 30 * 60 * 1000);
  assert_int_equal(signal_at(&compiled, "b", 2)->stages, 1u << 1);
  compiled_release(&compiled);
}

/* `same` and `distinct` mean another field for identify than for track: such alternatives are signals of their own. */
static void captures_follow_the_event(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled,
          FIT "rule \"a\" { when = seen(track \"A\" | identify {} | page {}, { distinct = \"planName\" }),\n"
              " points = { fit = 1 } }\n");
  const struct counter *counter = &compiled.rules->counters[0];
  assert_int_equal(counter->on.count, 2);
  const struct signal *events = &compiled.rules->signals[counter->on.ids[0]];
  const struct signal *people = &compiled.rules->signals[counter->on.ids[1]];
  assert_int_equal(events->capture.root, FIELD_PROPERTIES);
  assert_str(events->capture.path, "planName");
  assert_int_equal(people->capture.root, FIELD_TRAITS);
  assert_str(people->capture.path, "plan_name");
  compiled_release(&compiled);
}

static void fields_are_looked_up_where_people_expect_them(void **state) {
  (void)state;
  static const struct {
    const char *selector, *field;
    enum field_root root;
    const char *path;
    bool or_page;
  } cases[] = {
      {"page", "path", FIELD_PROPERTIES, "path", true},
      {"screen", "title", FIELD_PROPERTIES, "title", true},
      {"any_event", "url", FIELD_PROPERTIES, "url", true},
      {"page", "plan", FIELD_PROPERTIES, "plan", false},
      {"page", "context.ip", FIELD_CONTEXT, "ip", false},
      {"page", "properties.path", FIELD_PROPERTIES, "path", false},
      {"page", "traits.firstName", FIELD_TRAITS, "first_name", false},
      {"identify", "firstName", FIELD_TRAITS, "first_name", false},
      {"identify", "path", FIELD_TRAITS, "path", false},
      {"group_call", "Plan Name", FIELD_TRAITS, "plan_name", false},
      {"identify", "context.campaign.name", FIELD_CONTEXT, "campaign.name", false},
      {"any_event", "plan", FIELD_PROPERTIES, "plan", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct compiled compiled;
    struct buf text;
    buf_init(&text);
    buf_printf(&text, FIT "rule \"a\" { on = %s { [\"%s\"] = 1 }, points = { fit = 1 } }", cases[i].selector,
               cases[i].field);
    compile(&compiled, text.data);
    const struct field *field = &compiled.rules->atoms[0].tests[0].field;
    assert_int_equal(field->root, cases[i].root);
    assert_str(field->path, cases[i].path);
    assert_int_equal(field->or_page, cases[i].or_page);
    assert_str(field->written, cases[i].field);
    compiled_release(&compiled);
    buf_release(&text);
  }
}

static void names_are_exact_or_matched(void **state) {
  (void)state;
  struct compiled compiled;
  compile(&compiled, FIT "rule \"a\" { on = track(glob \"Video *\"), points = { fit = 1 } }\n"
                         "rule \"b\" { on = screen \"Pricing\" { x = 1 }, points = { fit = 1 } }\n"
                         "rule \"c\" { on = any_event {}, points = { fit = 1 } }\n");
  const struct atom *atoms = compiled.rules->atoms;
  assert_int_equal(atoms[0].name_matcher->op, MATCH_GLOB);
  assert_str(atoms[0].name_matcher->texts[0], "video *"); /* folded */
  assert_str(atoms[1].name, "Pricing");
  assert_int_equal(atoms[1].test_count, 1);
  assert_int_equal(atoms[2].types, (1u << EVENT_CALLS) - 1);
  compiled_release(&compiled);
}

static void bytes_are_kept_where_the_fold_calls_functions(void **state) {
  (void)state;
  struct compiled compiled;
  compile(
      &compiled, FIT
      "rule \"at_ingest\" { on = track \"A\", points = function() end, cap = 1 }\n"
      "rule \"in_fold\" { on = track \"B\", when = idle \"1d\", points = function() end, cap = 1 }\n"
      "rule \"asks\" { on = track \"C\" | visit {}, when = function() end | idle \"1d\", points = { fit = 1 "
      "} }\n"
      "rule \"completes\" { on = sequence { track \"D\", track \"E\" }, points = function() end, cap = 1 }\n"
      "rule \"waits\" { on = sequence { track \"F\", no(track \"G\"), within = \"1d\" }, points = function() "
      "end, cap = 1 }\n"
      "rule \"plain\" { on = track \"H\", when = idle \"1d\", points = { fit = 1 } }\n");
  static const struct {
    const char *written;
    bool kept;
  } cases[] = {
      {"track \"A\"", false}, {"track \"B\"", true},  {"track \"C\"", true},
      {"visit {}", true},     {"track \"D\"", false}, {"track \"E\"", true},
      {"track \"F\"", false}, {"track \"G\"", false}, {"track \"H\"", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    bool found = false;
    for (uint32_t j = 0; j < compiled.rules->signal_count; j++) {
      const struct signal *signal = &compiled.rules->signals[j];
      if (!str_eq(signal->written, str_of(cases[i].written))) continue;
      assert_int_equal(signal->keep_raw, cases[i].kept);
      found = true;
    }
    assert_true(found);
  }
  assert_false(rule_of(&compiled, "at_ingest")->points_need_lead);
  assert_true(rule_of(&compiled, "in_fold")->points_need_lead);
  assert_true(rule_of(&compiled, "completes")->points_need_lead);
  assert_true(rule_of(&compiled, "asks")->when->reads & READS_EVENT);
  compiled_release(&compiled);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(equal_selectors_share_a_signal),
      cmocka_unit_test(alternatives_of_events_are_one_signal),
      cmocka_unit_test(captures_follow_the_event),
      cmocka_unit_test(fields_are_looked_up_where_people_expect_them),
      cmocka_unit_test(names_are_exact_or_matched),
      cmocka_unit_test(bytes_are_kept_where_the_fold_calls_functions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
