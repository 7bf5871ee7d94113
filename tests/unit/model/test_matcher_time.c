#include "model/match/matcher_time.h"

#include "forms.h"
#include "unit.h"

static const int64_t day = TIME_MS_PER_DAY;

static int64_t at(const char *text) {
  int64_t ms = 0;
  if (!time_parse(str_of(text), &ms)) fail_msg("%s is no instant", text);
  return ms;
}

static void dates_are_text_or_numbers(void **state) {
  (void)state;
  const struct {
    struct value value;
    const char *instant; /* NULL: none */
  } cases[] = {
      {T("2026-03-01T09:00:00+01:00"), "2026-03-01T08:00:00Z"},
      {T("2026-03-01"), "2026-03-01T00:00:00Z"},
      {T(" 2026-03-01 "), "2026-03-01T00:00:00Z"},
      {N(1772352000), "2026-03-01T08:00:00Z"},
      {N(1772352000.25), "2026-03-01T08:00:00.250Z"},
      {N(1772352000123), "2026-03-01T08:00:00.123Z"},
      {N(0), "1970-01-01T00:00:00Z"},
      {N(-86400), "1969-12-31T00:00:00Z"},
      {N(99999999999), "5138-11-16T09:46:39Z"},  /* the last number of seconds */
      {N(100000000000), "1973-03-03T09:46:40Z"}, /* the first of milliseconds */
      {N(1e300), NULL},
      {N(-1e14), NULL},
      {T("1772352000"), NULL},
      {T("next week"), NULL},
      {T("2026-02-30"), NULL},
      {T(""), NULL},
      {B(true), NULL},
      {{.kind = VALUE_MISSING}, NULL},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int64_t ms = -1;
    bool is_date = matcher_instant(cases[i].value, &ms);
    if (is_date != (cases[i].instant != NULL)) fail_msg("case %zu: %d", i, is_date);
    if (is_date) assert_int_equal(ms, at(cases[i].instant));
  }
}

/* The answer at every instant around both flips, and that next names exactly those. */
static void holds_exactly(const struct matcher *matcher, struct value date, int64_t from, int64_t to) {
  const struct {
    int64_t now;
    enum truth expected;
    int64_t next;
  } cases[] = {
      {from - 365 * day, TRUTH_NO, from},     {from - 1, TRUTH_NO, from}, {from, TRUTH_YES, to + 1},
      {from + 1, TRUTH_YES, to + 1},          {to, TRUTH_YES, to + 1},    {to + 1, TRUTH_NO, TIME_NEVER},
      {to + 365 * day, TRUTH_NO, TIME_NEVER},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_int_equal(matcher_eval(matcher, date, cases[i].now), cases[i].expected);
    assert_int_equal(matcher_next(matcher, date, cases[i].now), cases[i].next);
  }
}

static void past_holds_from_the_date_for_its_span(void **state) {
  (void)state;
  int64_t date = at("2026-03-01T08:00:00Z");
  holds_exactly(M(PAST(30 * day)), (struct value)T("2026-03-01T08:00:00Z"), date, date + 30 * day);
  holds_exactly(M(PAST(30 * day)), value_number((double)date), date, date + 30 * day);
}

static void ahead_holds_for_its_span_up_to_the_date(void **state) {
  (void)state;
  int64_t date = at("2026-09-30");
  holds_exactly(M(AHEAD(120 * day)), (struct value)T("2026-09-30"), date - 120 * day, date);
}

static void what_is_no_date_never_holds_nor_changes(void **state) {
  (void)state;
  const struct value values[] = {
      T("soon"), B(true), {.kind = VALUE_MISSING}, {.kind = VALUE_NULL}, {.kind = VALUE_LIST}};
  for (size_t i = 0; i < COUNT_OF(values); i++) {
    assert_int_equal(matcher_eval(M(PAST(day)), values[i], 0), TRUTH_NO);
    assert_int_equal(matcher_eval(M(AHEAD(day)), values[i], 0), TRUTH_NO);
    assert_int_equal(matcher_next(M(PAST(day)), values[i], 0), TIME_NEVER);
  }
}

static void extremes_do_not_overflow(void **state) {
  (void)state;
  const int64_t century = 100 * 365 * day;
  const struct value last = T("9999-12-31T23:59:59.999Z"), first = T("0001-01-01");
  assert_int_equal(matcher_eval(M(PAST(century)), last, INT64_MAX), TRUTH_NO);
  assert_int_equal(matcher_eval(M(AHEAD(century)), first, INT64_MIN), TRUTH_NO);
  assert_int_equal(matcher_next(M(PAST(century)), last, INT64_MIN), TIME_MAX);
  assert_int_equal(matcher_next(M(AHEAD(century)), first, INT64_MIN), TIME_MIN - century);
}

static void combinations_change_when_a_part_does(void **state) {
  (void)state;
  const struct matcher past = PAST(10 * day), ahead = AHEAD(5 * day), any = ANY;
  const struct value date = value_number((double)(20100 * day));
  const struct matcher both = KIDS(MATCH_OR, true, &any, &past, &ahead);
  assert_int_equal(matcher_next(&both, date, 0), 20095 * day);
  assert_int_equal(matcher_next(&both, date, 20095 * day), 20100 * day);
  assert_int_equal(matcher_next(&both, date, 20100 * day), 20100 * day + 1); /* ahead ends; past ends later */
  assert_int_equal(matcher_next(&both, date, 20100 * day + 1), 20110 * day + 1);
  assert_int_equal(matcher_next(&both, date, 20110 * day + 1), TIME_NEVER);
  assert_int_equal(matcher_next(M(KIDS(MATCH_NOT, true, &past)), date, 0), 20100 * day);
  assert_int_equal(matcher_next(M(KIDS(MATCH_AND, false, &any)), date, 0), TIME_NEVER);
  assert_int_equal(matcher_next(M(ANY), date, 0), TIME_NEVER);
}

static void items_of_a_list_have_their_own_instants(void **state) {
  (void)state;
  const struct matcher past = PAST(day);
  const struct value items[] = {value_number((double)(20900 * day)), value_number((double)(20800 * day))};
  const struct value list = {.kind = VALUE_LIST, .len = 2, .items = items};
  const struct matcher some = KIDS(MATCH_SOME, true, &past), every = KIDS(MATCH_EVERY, true, &past);
  assert_int_equal(matcher_next(&some, list, 0), 20800 * day);
  assert_int_equal(matcher_next(&every, list, 20801 * day + 1), 20900 * day);
  assert_int_equal(matcher_next(&some, items[0], 0), TIME_NEVER);
  assert_int_equal(matcher_eval(&some, list, 20900 * day), TRUTH_YES);
  assert_int_equal(matcher_eval(&every, list, 20900 * day), TRUTH_NO);
}

/* Between two instants that next names, the answer does not change. */
static void no_flip_is_missed(void **state) {
  (void)state;
  const struct matcher past = PAST(7), ahead = AHEAD(11), wide = PAST(40);
  const struct matcher not_past = KIDS(MATCH_NOT, true, &past),
                       either = KIDS(MATCH_OR, true, &ahead, &not_past);
  const struct matcher all = KIDS(MATCH_AND, true, &wide, &either);
  const struct value date = value_number(1e12);
  int64_t now = 1000000000000 - 30;
  enum truth answer = matcher_eval(&all, date, now);
  for (int64_t next = matcher_next(&all, date, now); now < 1000000000000 + 60; now++) {
    enum truth t = matcher_eval(&all, date, now);
    if (now == next) {
      answer = t;
      next = matcher_next(&all, date, now);
    }
    assert_int_equal(t, answer);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(dates_are_text_or_numbers),
      cmocka_unit_test(past_holds_from_the_date_for_its_span),
      cmocka_unit_test(ahead_holds_for_its_span_up_to_the_date),
      cmocka_unit_test(what_is_no_date_never_holds_nor_changes),
      cmocka_unit_test(extremes_do_not_overflow),
      cmocka_unit_test(combinations_change_when_a_part_does),
      cmocka_unit_test(items_of_a_list_have_their_own_instants),
      cmocka_unit_test(no_flip_is_missed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
