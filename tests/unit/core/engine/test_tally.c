#include "unit.h"

#include "core/engine/tally.h"

enum { OPENED, CLICKED, WON, SIGNALS }; /* WON is a sequence's */
enum { RULE_OPEN, RULE_EITHER, RULE_WON, RULE_MIXED, RULES };

static struct signal_set set(struct ruleset *rules, uint16_t a, uint16_t b) {
  const uint16_t ids[] = {a, b};
  return (struct signal_set){arena_dup(&rules->arena, ids, sizeof ids), a == b ? 1 : 2};
}

static struct ruleset *make_rules(void) {
  struct ruleset *rules = ruleset_new();
  rules->signals = arena_zalloc(&rules->arena, SIGNALS * sizeof *rules->signals);
  rules->signals[WON].kind = SIGNAL_SEQUENCE;
  rules->signal_count = SIGNALS;
  rules->rules = arena_zalloc(&rules->arena, RULES * sizeof *rules->rules);
  rules->rules[RULE_OPEN].on = set(rules, OPENED, OPENED);
  rules->rules[RULE_EITHER].on = set(rules, OPENED, CLICKED);
  rules->rules[RULE_WON].on = set(rules, WON, WON);
  rules->rules[RULE_MIXED].on = set(rules, CLICKED, WON);
  rules->rule_count = rules->behaviour_count = RULES;
  return rules;
}

static void add(struct tally *tally, struct arena *arena, const uint16_t *hits, uint32_t count) {
  struct touch *touch = touch_new(arena, count, 0, NULL);
  if (count) memcpy(touch + 1, hits, count * sizeof *hits);
  tally_add(tally, touch);
}

static void an_event_counts_once_for_a_rule(void **state) {
  (void)state;
  static const uint16_t open[] = {OPENED}, both[] = {OPENED, CLICKED};
  struct ruleset *rules = make_rules();
  struct tally *tally = tally_new(rules);
  add(tally, &rules->arena, NULL, 0);
  add(tally, &rules->arena, open, 1);
  add(tally, &rules->arena, both, 2);
  add(tally, &rules->arena, both, 2);
  assert_int_equal(tally_of(tally, RULE_OPEN), 3);
  assert_int_equal(tally_of(tally, RULE_EITHER), 3);
  assert_int_equal(tally_of(tally, RULE_MIXED), 2);
  assert_int_equal(tally_of(tally, RULE_WON), 0);
  tally_free(tally);
  ruleset_free(rules);
}

static void sequences_are_no_events(void **state) {
  (void)state;
  struct ruleset *rules = make_rules();
  assert_true(tally_counts(rules, RULE_OPEN));
  assert_true(tally_counts(rules, RULE_MIXED));
  assert_false(tally_counts(rules, RULE_WON));
  ruleset_free(rules);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_event_counts_once_for_a_rule),
      cmocka_unit_test(sequences_are_no_events),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
