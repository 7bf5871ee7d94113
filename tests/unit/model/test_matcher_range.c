#include "forms.h"
#include "unit.h"

enum { NO = 1 << TRUTH_NO, YES = 1 << TRUTH_YES, BOTH = NO | YES };

struct trial {
  struct matcher matcher;
  double low, high;
  unsigned expected;
};

static void run(const struct trial *trials, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned got = matcher_range(&trials[i].matcher, trials[i].low, trials[i].high);
    if (got != trials[i].expected) fail_msg("trial %zu: expected %u, got %u", i, trials[i].expected, got);
  }
}

static void bounds_divide_a_range(void **state) {
  (void)state;
  const struct trial trials[] = {
      {AT_LEAST(40), 0, 39.999, NO},
      {AT_LEAST(40), 0, 40, BOTH},
      {AT_LEAST(40), 40, 100, YES},
      {AT_MOST(40), 0, 40, YES},
      {AT_MOST(40), 40, 41, BOTH},
      {AT_MOST(40), 40.001, 50, NO},
      {ABOVE(40), 0, 40, NO},
      {ABOVE(40), 40, 41, BOTH},
      {ABOVE(40), 40.001, 41, YES},
      {BELOW(40), 40, 50, NO},
      {BELOW(40), 39, 40, BOTH},
      {BELOW(40), 0, 39.999, YES},
      {BETWEEN(10, 20), 0, 9, NO},
      {BETWEEN(10, 20), 21, 30, NO},
      {BETWEEN(10, 20), 10, 20, YES},
      {BETWEEN(10, 20), 20, 21, BOTH},
      {BETWEEN(10, 20), 12, 13, YES},
      {BETWEEN(20, 10), 0, 100, NO},
      {EQUALS(N(5)), 0, 4, NO},
      {EQUALS(N(5)), 0, 5, BOTH},
      {EQUALS(N(5)), 5, 5, YES},
      {ANY, 0, 9, YES},
      {PRESENT, 0, 9, YES},
      {MISSING, 0, 9, NO},
      {SET(MATCH_ONE_OF, N(1), N(7)), 2, 6, NO},
      {SET(MATCH_ONE_OF, N(1), N(7)), 2, 7, BOTH},
      {SET(MATCH_ONE_OF, N(1), N(7)), 7, 7, YES},
      {SET(MATCH_NONE_OF, N(1), N(7)), 2, 6, YES},
      {SET(MATCH_NONE_OF, N(1), N(7)), 1, 6, BOTH},
      {SET(MATCH_NONE_OF, N(1), N(7)), 1, 1, NO},
      {PAST(5), 0, 0, BOTH},
      {KIDS(MATCH_SOME, false, M(ANY)), 0, 9, NO},
      {TEXTS(MATCH_STARTS, S("4")), 40, 49, BOTH},
      {TEXTS(MATCH_STARTS, S("4")), 42, 42, YES},
      {TEXTS(MATCH_STARTS, S("4")), 52, 52, NO},
  };
  run(trials, COUNT_OF(trials));
}

static void combinations_take_parts_as_independent(void **state) {
  (void)state;
  const struct matcher low = AT_LEAST(10), high = BELOW(20), never = ABOVE(100);
  const struct trial trials[] = {
      {KIDS(MATCH_AND, false, &low, &high), 10, 19, YES}, {KIDS(MATCH_AND, false, &low, &high), 0, 15, BOTH},
      {KIDS(MATCH_AND, false, &low, &high), 20, 30, NO},  {KIDS(MATCH_AND, false, &low, &never), 0, 50, NO},
      {KIDS(MATCH_OR, false, &never, &high), 0, 19, YES}, {KIDS(MATCH_OR, false, &never, &low), 0, 9, NO},
      {KIDS(MATCH_OR, false, &never, &low), 0, 10, BOTH}, {KIDS(MATCH_NOT, false, &low), 0, 9, YES},
      {KIDS(MATCH_NOT, false, &low), 10, 11, NO},         {KIDS(MATCH_NOT, false, &low), 9, 11, BOTH},
      {KIDS(MATCH_AND, false, &low, &high), 15, 15, YES}, {KIDS(MATCH_OR, false, &low, &high), 0, 30, BOTH},
  };
  run(trials, COUNT_OF(trials));
}

/* Every answer that some number of the range gives is among those foretold. */
static void no_answer_is_left_out(void **state) {
  (void)state;
  const struct matcher low = AT_LEAST(3), high = BELOW(6), set = SET(MATCH_ONE_OF, N(2), T("4"), N(7));
  const struct matcher not_set = KIDS(MATCH_NOT, false, &set),
                       both = KIDS(MATCH_AND, false, &low, &high, &not_set);
  const struct matcher *const matchers[] = {
      &low, &high, &set, &not_set, &both, M(KIDS(MATCH_OR, false, &both, M(ABOVE(7)))), M(BETWEEN(2, 4))};
  for (size_t i = 0; i < COUNT_OF(matchers); i++)
    for (int from = 0; from <= 16; from++)
      for (int to = from; to <= 16; to++) {
        unsigned foretold = matcher_range(matchers[i], from / 2.0, to / 2.0);
        assert_true(foretold == NO || foretold == YES || foretold == BOTH);
        for (int n = from; n <= to; n++)
          assert_true(foretold & 1u << matcher_eval(matchers[i], value_number(n / 2.0), 0));
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounds_divide_a_range),
      cmocka_unit_test(combinations_take_parts_as_independent),
      cmocka_unit_test(no_answer_is_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
