#include "unit.h"

#include "core/cost/cost.h"
#include "core/rules/binding.h"

static const char *const some_rules =
    "dimension 'fit' {}\n"
    "dimension 'engagement' {}\n"
    "rule 'page' { on = page {}, points = { engagement = 3 }, topics = { 'reading' } }\n"
    "rule 'seats' { on = track 'Trial', points = function(_, event) return { engagement = 2 } end, cap = 9 "
    "}\n"
    "rule 'reads' { when = interest { reading = at_least(3) }, points = { fit = 1 } }\n";

struct rig {
  struct ruledir bundle;
  struct problems problems;
  struct generation *generation;
};

static void open_rig(struct rig *rig, const char *rules) {
  const struct generation_options options = {.keep_declared = true};
  struct err err;
  problems_init(&rig->problems);
  ruledir_init(&rig->bundle);
  assert_int_equal(ruledir_add(&rig->bundle, "a.lua", str_of(rules), &err), 0);
  ruledir_end(&rig->bundle);
  rig->generation = generation_build(&rig->bundle, &options, &rig->problems);
  assert_non_null(rig->generation);
}

static void close_rig(struct rig *rig) {
  generation_free(rig->generation);
  ruledir_release(&rig->bundle);
  problems_release(&rig->problems);
}

/* A pass takes as long as it has signals and atoms to look at: here a clock that ticks by the size of the ruleset. */
static int64_t ticks(void *context) {
  struct rig *rig = context;
  static int64_t now;
  return now += 1000 * (int64_t)(1 + rig->generation->rules->rule_count);
}

static size_t heap(void *context) {
  struct rig *rig = context;
  static size_t now;
  return now += 10 * rig->generation->rules->rule_count;
}

static void a_rule_is_measured_against_none(void **state) {
  struct rig rig;
  struct cost_events events;
  struct cost cost;
  (void)state;
  open_rig(&rig, some_rules);
  const struct cost_probe probe = {&rig, ticks, heap, NULL};
  const struct ruleset *own = rig.generation->rules;
  cost_events_init(&events);
  for (int i = 0; i < 10; i++) {
    char text[200];
    snprintf(text, sizeof text,
             "{\"type\":\"%s\",\"event\":\"Trial\",\"userId\":\"u%d\",\"messageId\":\"m%d\",\"timestamp\":"
             "\"2024-01-01T00:00:0%dZ\"}",
             i % 2 ? "page" : "track", i % 3, i, i);
    cost_events_add(&events, str_of(text));
  }
  cost_measure(&cost, rig.generation, &rig.bundle, &events, 3, &probe);
  assert_ptr_equal(rig.generation->rules, own);
  assert_int_equal(cost.events, 10);
  assert_int_equal(cost.leads, 3);
  assert_int_equal(cost.rule_count, 3);
  assert_true(cost.whole_ns == 400 && cost.base_ns == 100); /* 4000 and 1000 ticks for ten events */
  for (uint32_t i = 0; i < 3; i++) {
    const struct cost_rule *rule = &cost.rules[i];
    bool reads = strcmp(rule->id, "reads") == 0;
    assert_int_equal(rule->function, strcmp(rule->id, "seats") == 0);
    assert_int_equal(rule->measured, !reads); /* the topic is another rule's */
    if (!reads) assert_true(rule->ns == 100 && rule->bytes == 1);
    assert_true(reads ? rule->fired > 0.29 && rule->fired < 0.31 : rule->fired == 0.5);
    assert_true(rule->points == (reads ? 3 : rule->function ? 10 : 15));
  }
  cost_release(&cost);
  cost_events_release(&events);
  close_rig(&rig);
}

/* Ten calls of each: the second makes an empty table more, the third two with an item, which is a block more each. */
static void what_a_call_allocates_is_exact(void **state) {
  static const char rules[] =
      "dimension 'x' {}\n"
      "rule 'a' { on = page {}, points = function() return { x = 2 } end, cap = 9 }\n"
      "rule 'b' { on = page {}, points = function() local t = {} return { x = 2 } end, cap = 9 }\n"
      "rule 'c' { on = page {}, points = function() local t, u = { 1 }, { 1 } return { x = 2 } end, cap = 9 "
      "}\n"
      "rule 'd' { on = page {}, points = { x = 1 } }\n";
  struct rig rig;
  struct cost_events events;
  struct cost cost;
  (void)state;
  open_rig(&rig, rules);
  const struct cost_probe probe = {&rig, ticks, heap, NULL};
  cost_events_init(&events);
  for (int i = 0; i < 10; i++) {
    char text[200];
    snprintf(text, sizeof text,
             "{\"type\":\"page\",\"userId\":\"u%d\",\"messageId\":\"m%d\",\"timestamp\":"
             "\"2024-01-01T00:00:0%dZ\"}",
             i % 3, i, i);
    cost_events_add(&events, str_of(text));
  }
  cost_measure(&cost, rig.generation, &rig.bundle, &events, 2, &probe);
  const struct cost_rule *a = &cost.rules[0], *b = &cost.rules[1], *c = &cost.rules[2], *d = &cost.rules[3];
  assert_true(a->calls == 1 && b->calls == 1 && c->calls == 1 && d->calls == 0);
  assert_true(a->allocations >= 1 && a->allocated >= 16);
  assert_true(b->allocations == a->allocations + 1);
  assert_true(c->allocations == a->allocations + 4);
  assert_true(c->allocated > b->allocated && b->allocated > a->allocated);
  assert_true(d->allocations == 0 && d->allocated == 0);
  cost_release(&cost);
  cost_events_release(&events);
  close_rig(&rig);
}

/* Made events are the same every time, well-formed, and raise what the rules wait for. */
static void events_are_made_of_the_rules_words(void **state) {
  struct rig rig;
  struct cost_events events, again;
  struct engine_counts counts;
  struct feed feed = {.source = STR("test")};
  struct feed_result result;
  (void)state;
  open_rig(&rig, some_rules);
  cost_events_init(&events);
  cost_events_init(&again);
  cost_events_draw(&events, rig.generation->rules, 500, 20, 7);
  cost_events_draw(&again, rig.generation->rules, 500, 20, 7);
  assert_int_equal(events.count, 500);
  struct engine_calls calls;
  struct binding *binding = binding_new(rig.generation);
  binding_calls(binding, &calls);
  struct engine *engine = engine_new(rig.generation->rules, &calls, NULL);
  for (size_t i = 0; i < events.count; i++) {
    assert_true(str_eq(events.items[i], again.items[i]));
    engine_feed(engine, events.items[i], &feed, &result);
  }
  engine_counts(engine, &counts);
  assert_int_equal(counts.accepted, 500);
  assert_in_range(engine_lead_count(engine), 1, 20);
  engine_free(engine);
  binding_free(binding);
  cost_events_release(&events);
  cost_events_release(&again);
  close_rig(&rig);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_rule_is_measured_against_none),
      cmocka_unit_test(what_a_call_allocates_is_exact),
      cmocka_unit_test(events_are_made_of_the_rules_words),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
