/* What is called impossible must not happen: random matchers and conditions against random values. */
#include "notation/notation_text.h"

#include "notation/possible.h"
#include <math.h>

enum { CASES_COUNT = 3000, TRAITS = 2 };

struct dice { /* the same throws in every run */
  uint64_t state;
};

static uint32_t throw_below(struct dice *dice, uint32_t sides) {
  dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(dice->state >> 33) % sides;
}

static const char *const leaves[] = {
    "any",
    "present",
    "missing",
    "\"a\"",
    "\"ab\"",
    "3",
    "\"3\"",
    "true",
    "one_of { \"a\", 3 }",
    "one_of { 1, 2, \"b\" }",
    "none_of { \"a\", 3 }",
    "none_of { 1 }",
    "at_least(3)",
    "at_least(1)",
    "at_most(3)",
    "at_most(1)",
    "above(3)",
    "above(1)",
    "below(3)",
    "below(1)",
    "between(1, 3)",
    "between(2, 5)",
    "between(3, 3)",
    "starts \"a\"",
    "starts \"ab\"",
    "starts \"b\"",
    "ends \"a\"",
    "ends \"b\"",
    "contains \"b\"",
    "glob \"a*\"",
    "word \"a\"",
    "matches \"^a\"",
    "cidr \"10.0.0.0/8\"",
    "some(\"a\")",
    "every(at_least(2))",
    "past \"30d\"",
};

static void put_matcher(struct dice *dice, int depth, struct buf *out) {
  uint32_t choice = depth ? throw_below(dice, 8) : 0;
  if (choice < 3) {
    buf_add_text(out, leaves[throw_below(dice, COUNT_OF(leaves))]);
    return;
  }
  if (choice == 7) buf_add_char(out, '~');
  buf_add_char(out, '(');
  put_matcher(dice, depth - 1, out);
  if (choice < 7) {
    buf_add_text(out, choice < 5 ? " & " : " | ");
    put_matcher(dice, depth - 1, out);
  }
  buf_add_char(out, ')');
}

static uint32_t sample(struct value *values) {
  static const struct value items[] = {{.kind = VALUE_STRING, .len = 1, .text = "a"},
                                       {.kind = VALUE_NUMBER, .number = 2}};
  static const char *const texts[] = {"",  " ",   "a",  "ab", "b",        "ba",        "a b",
                                      "3", "2.5", "-1", "1",  "10.0.0.1", "2024-01-05"};
  uint32_t count = 0;
  values[count++] = VALUE_NONE;
  values[count++] = (struct value){.kind = VALUE_NULL};
  values[count++] = value_bool(true);
  values[count++] = value_bool(false);
  for (double n = -1; n <= 6; n += 0.5) values[count++] = value_number(n);
  for (size_t i = 0; i < COUNT_OF(texts); i++) values[count++] = value_str(str_of(texts[i]));
  for (uint32_t len = 0; len <= 2; len++)
    values[count++] = (struct value){.kind = VALUE_LIST, .len = len, .items = items};
  values[count++] = (struct value){.kind = VALUE_LIST, .len = 1, .items = items + 1};
  return count;
}

static const int64_t now = INT64_C(1704672000000); /* 2024-01-08 */

/* The matcher of the first test of rule x. */
static const struct matcher *compile_matcher(struct compiled *compiled, const char *text) {
  struct buf rule;
  buf_init(&rule);
  buf_printf(&rule, "dimension \"fit\" {} rule \"x\" { when = trait { a = %s }, points = { fit = 1 } }",
             text);
  compiled_init(compiled, rule.data, NULL, 0);
  buf_release(&rule);
  assert_non_null(compiled->rules);
  return compiled->rules->rules[0].when->traits[0].matcher;
}

static void values_that_match_are_possible(void **state) {
  (void)state;
  struct dice dice = {1};
  struct value values[64];
  uint32_t count = sample(values), impossible = 0;
  for (int i = 0; i < CASES_COUNT; i++) {
    struct compiled compiled, other;
    struct buf text, beside;
    buf_init(&text);
    buf_init(&beside);
    put_matcher(&dice, 3, &text);
    put_matcher(&dice, 1, &beside);
    const struct matcher *matcher = compile_matcher(&compiled, text.data);
    const struct matcher *others[] = {compile_matcher(&other, beside.data)};
    bool alone = possible_value(matcher, NULL, 0), both = possible_value(matcher, others, 1);
    impossible += !alone;
    for (uint32_t v = 0; v < count; v++) {
      if (matcher_eval(matcher, values[v], now) != TRUTH_YES) continue;
      if (!alone) fail_msg("%s is called impossible", text.data);
      if (!both && matcher_eval(others[0], values[v], now) == TRUTH_NO)
        fail_msg("%s without %s is called impossible", text.data, beside.data);
    }
    compiled_release(&other);
    compiled_release(&compiled);
    buf_release(&beside);
    buf_release(&text);
  }
  assert_in_range(impossible, CASES_COUNT / 20, CASES_COUNT / 2); /* it does find some */
}

/* --- conditions over two traits and a score ---------------------------------------------------------------------------- */

static void put_condition(struct dice *dice, int depth, struct buf *out) {
  uint32_t choice = depth ? throw_below(dice, 8) : throw_below(dice, 3);
  if (choice == 0) {
    buf_printf(out, "score { fit = %s }", leaves[12 + throw_below(dice, 11)]);
  } else if (choice < 3) {
    buf_printf(out, "trait { %s = ", throw_below(dice, 2) ? "a" : "b");
    put_matcher(dice, 1, out);
    buf_add_text(out, " }");
  } else {
    if (choice == 7) buf_add_char(out, '~');
    buf_add_char(out, '(');
    put_condition(dice, depth - 1, out);
    if (choice < 7) {
      buf_add_text(out, choice < 6 ? " & " : " | ");
      put_condition(dice, depth - 1, out);
    }
    buf_add_char(out, ')');
  }
}

struct lead {
  struct value traits[TRAITS];
  struct value score;
};

static bool holds(const struct cond *cond, const struct lead *lead) {
  if (cond->op == COND_NOT) return !holds(cond->kids[0], lead);
  if (cond->op == COND_SCORE) return matcher_eval(cond->numbers[0].matcher, lead->score, now) == TRUTH_YES;
  if (cond->op == COND_TRAIT)
    return matcher_eval(cond->traits[0].matcher, lead->traits[cond->traits[0].path.p[0] - 'a'], now) ==
           TRUTH_YES;
  bool all = cond->op == COND_AND;
  for (uint32_t i = 0; i < cond->len; i++)
    if (holds(cond->kids[i], lead) != all) return !all;
  return all;
}

static bool some_lead_holds(struct dice *dice, const struct cond *cond, const struct value *values,
                            uint32_t count) {
  for (int i = 0; i < 400; i++) {
    struct lead lead = {.score = value_number(throw_below(dice, 11) / 2.0)};
    for (int t = 0; t < TRAITS; t++) lead.traits[t] = values[throw_below(dice, count)];
    if (holds(cond, &lead)) return true;
  }
  return false;
}

static void conditions_that_hold_are_possible(void **state) {
  (void)state;
  struct dice dice = {2};
  struct value values[64];
  uint32_t count = sample(values), impossible = 0;
  const struct range scores[] = {{0, 5}, {-INFINITY, INFINITY}};
  for (int i = 0; i < CASES_COUNT; i++) {
    struct compiled compiled;
    struct buf text;
    buf_init(&text);
    buf_add_text(&text, "dimension \"fit\" {} dimension \"d\" {} rule \"x\" { points = { d = 1 }, when = ");
    put_condition(&dice, 4, &text);
    buf_add_text(&text, " }");
    compiled_init(&compiled, text.data, NULL, 0);
    assert_string_equal(compiled_said(&compiled, SEVERITY_ERROR), "");
    struct possible_world world = {.rules = compiled.rules, .scores = scores};
    const struct cond *when = compiled.rules->rules[0].when;
    bool may = possible(&world, &when, 1, NULL);
    impossible += !may;
    if (!may && some_lead_holds(&dice, when, values, count)) fail_msg("called impossible: %s", text.data);
    compiled_release(&compiled);
    buf_release(&text);
  }
  assert_in_range(impossible, CASES_COUNT / 20, CASES_COUNT / 2);
}

static bool wide_possible(const char *first, const char *last, bool *opaque) {
  struct compiled compiled;
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "dimension \"fit\" {} rule \"x\" { points = { fit = 1 }, when = %s", first);
  for (int i = 0; i < 30; i++) buf_printf(&text, " & (trait { a%d = 1 } | trait { b%d = 1 })", i, i);
  buf_printf(&text, " & %s }", last);
  compiled_init(&compiled, text.data, NULL, 0);
  assert_non_null(compiled.rules);
  const struct range scores[] = {{0, 5}};
  struct possible_world world = {.rules = compiled.rules, .scores = scores};
  bool may = possible(&world, &compiled.rules->rules[0].when, 1, NULL);
  *opaque = world.opaque;
  compiled_release(&compiled);
  buf_release(&text);
  return may;
}

/* A contradiction is seen before any alternative is followed, wherever it stands; one that lies in alternatives far
 * apart takes too long, and then counts as possible. */
static void long_searches_are_given_up(void **state) {
  (void)state;
  bool opaque;
  assert_false(wide_possible("trait { z = 1 & 2 }", "idle \"1d\"", &opaque));
  assert_false(wide_possible("idle \"1d\"", "trait { z = 1 & 2 }", &opaque));
  assert_true(wide_possible("idle \"1d\"", "idle \"2d\"", &opaque));
  assert_false(opaque);
  assert_true(
      wide_possible("(trait { z = 1 } | trait { z = 3 })", "(trait { z = 2 } | trait { z = 4 })", &opaque));
  assert_true(opaque);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_that_match_are_possible),
      cmocka_unit_test(conditions_that_hold_are_possible),
      cmocka_unit_test(long_searches_are_given_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
