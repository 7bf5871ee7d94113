#include "model/fold/fold_private.h"

enum { CAN_NO = 1u << TRUTH_NO, CAN_YES = 1u << TRUTH_YES, CAN_UNKNOWN = 1u << TRUTH_UNKNOWN };

static unsigned can_not(unsigned a) {
  return (a & CAN_NO ? CAN_YES : 0) | (a & CAN_YES ? CAN_NO : 0) | (a & CAN_UNKNOWN);
}

/* Kleene's `and` over everything both sides can be. */
static unsigned can_and(unsigned a, unsigned b) {
  unsigned both = 0;
  if ((a | b) & CAN_NO) both |= CAN_NO;
  if (a & b & CAN_YES) both |= CAN_YES;
  if ((a & CAN_UNKNOWN && b & ~CAN_NO) || (b & CAN_UNKNOWN && a & ~CAN_NO)) both |= CAN_UNKNOWN;
  return both;
}

static unsigned value_possible(const struct matcher *matcher, struct value v, int64_t from, int64_t to) {
  if (matcher->timed && from != to && matcher_next(matcher, v, from) <= to) return CAN_NO | CAN_YES;
  return 1u << matcher_eval(matcher, v, from);
}

/* What is asked for is neither there nor missing: whatever a matcher would say of a missing value is not the answer. */
static unsigned trait_possible(const struct fold *fold, const struct cond *cond, struct str path,
                               const struct matcher *matcher, int64_t from, int64_t to) {
  if (cond->op == COND_ACCOUNT) return value_possible(matcher, fold_account_trait(fold, path), from, to);
  if (fold->pending && fold_trait_pending(fold, path)) return CAN_UNKNOWN;
  return value_possible(matcher, fold_trait(fold, path), from, to);
}

static unsigned traits_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  static const struct matcher present = {.op = MATCH_PRESENT};
  unsigned possible = cond->op == COND_ACCOUNT && fold->account.len == 0 ? CAN_NO : CAN_YES;
  for (uint32_t i = 0; i < cond->len && possible != CAN_NO; i++) {
    struct str path = cond->traits[i].path;
    if (cond->op == COND_KNOWN)
      possible = can_and(possible, trait_possible(fold, cond, path, &present, from, to));
    if (cond->traits[i].matcher)
      possible = can_and(possible, trait_possible(fold, cond, path, cond->traits[i].matcher, from, to));
  }
  return possible;
}

static unsigned number_possible(const struct matcher *matcher, struct bounds b) {
  return matcher_range(matcher, (double)b.low / (double)MILLI, (double)b.high / (double)MILLI);
}

/* True from `instant` on. */
static unsigned since(int64_t instant, int64_t from, int64_t to) {
  return (from < instant ? CAN_NO : 0) | (to >= instant ? CAN_YES : 0);
}

static int64_t later(int64_t instant, int64_t span) {
  return instant > TIME_MAX ? TIME_NEVER : instant + span;
}

/* The unclamped score at the end of a UTC day: remembered, or, from today on, what it will be if nothing happens. */
static struct bounds closings(const struct fold *fold, int dimension, int64_t first_day, int64_t last_day) {
  int64_t today = time_day(fold->now);
  struct bounds all = {INT64_MAX, INT64_MIN};
  for (int64_t day = first_day; day <= last_day && day < today; day++) {
    const struct closing *closing = &fold->closings[dimension][(uint64_t)day % VELOCITY_DAYS];
    int64_t score = closing->day == day ? closing->score : 0;
    if (score < all.low) all.low = score;
    if (score > all.high) all.high = score;
  }
  if (last_day < today) return all;
  int64_t from = first_day < today ? today : first_day;
  struct bounds coming = fold_score_bounds(fold, dimension, (from + 1) * TIME_MS_PER_DAY - 1,
                                           (last_day + 1) * TIME_MS_PER_DAY - 1, false);
  return (struct bounds){coming.low < all.low ? coming.low : all.low,
                         coming.high > all.high ? coming.high : all.high};
}

int64_t fold_velocity(const struct fold *fold, int dimension, int days) {
  int64_t day = time_day(fold->now) - days;
  return fold_unclamped_at(fold, dimension, fold->now) - closings(fold, dimension, day, day).low;
}

static unsigned velocity_possible(const struct fold *fold, const struct number_test *test, int64_t from,
                                  int64_t to) {
  struct bounds b = fold_score_bounds(fold, test->index, from, to, false);
  struct bounds then = closings(fold, test->index, time_day(from) - test->days, time_day(to) - test->days);
  return number_possible(test->matcher, (struct bounds){b.low - then.high, b.high - then.low});
}

static bool has_cell(const struct cond *cond, const char *row, const char *column) {
  size_t r = strlen(row);
  for (uint32_t i = 0; i < cond->len; i++) {
    struct str cell = cond->cells[i];
    if (cell.len == r + strlen(column) && memcmp(cell.p, row, r) == 0 &&
        memcmp(cell.p + r, column, cell.len - r) == 0)
      return true;
  }
  return false;
}

static struct bounds score_span(const struct fold *fold, int dimension, int64_t from, int64_t to) {
  struct bounds least, most;
  fold_score_extremes(fold, dimension, from, to, &least, &most);
  return (struct bounds){least.low, most.high};
}

static unsigned grade_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  const struct ruleset *rules = fold->rules;
  if (rules->grade_rows == NONE || rules->grade_columns == NONE) return CAN_NO;
  const struct dimension *row = &rules->dimensions[rules->grade_rows];
  const struct dimension *column = &rules->dimensions[rules->grade_columns];
  struct bounds r = score_span(fold, rules->grade_rows, from, to);
  struct bounds c = score_span(fold, rules->grade_columns, from, to);
  unsigned possible = 0;
  for (int i = fold_band_of(row, r.high); i != NONE && i <= fold_band_of(row, r.low); i++)
    for (int k = fold_band_of(column, c.high); k != NONE && k <= fold_band_of(column, c.low); k++)
      possible |= has_cell(cond, row->bands[i].name, column->bands[k].name) ? CAN_YES : CAN_NO;
  if (fold->pending && possible == (CAN_NO | CAN_YES))
    return from == to ? CAN_UNKNOWN : possible | CAN_UNKNOWN;
  return possible ? possible : CAN_NO;
}

/* A function's answer is held between the instants at which it is evaluated. */
static unsigned function_possible(const struct fold *fold, int fn) {
  struct fn_state *state = &fold->fns[fn];
  if (fold->judging) {
    unsigned reads;
    int64_t steady_until;
    return 1u << fold->calls.test(fold->calls.context, fn, fold, fold->touch, &reads, &steady_until);
  }
  if (!state->fresh) {
    state->truth = fold->calls.test(fold->calls.context, fn, fold, NULL, &state->reads, &state->steady_until);
    state->fresh = true;
  }
  return 1u << state->truth;
}

/* While answers are pending a score may be anything between the least and the most they can make of it: a test whose answer
 * depends on them is unknown. */
static unsigned score_possible(const struct fold *fold, const struct number_test *test, int64_t from,
                               int64_t to) {
  struct bounds least, most;
  if (!fold->pending)
    return number_possible(test->matcher, fold_score_bounds(fold, test->index, from, to, true));
  fold_score_extremes(fold, test->index, from, to, &least, &most);
  unsigned all = number_possible(test->matcher, (struct bounds){least.low, most.high});
  if (all != (CAN_NO | CAN_YES)) return all;
  return CAN_UNKNOWN | (number_possible(test->matcher, least) & number_possible(test->matcher, most));
}

static unsigned numbers_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  unsigned possible = CAN_YES;
  for (uint32_t i = 0; i < cond->len && possible != CAN_NO; i++) {
    const struct number_test *test = &cond->numbers[i];
    possible = can_and(
        possible, cond->op == COND_SCORE
                      ? score_possible(fold, test, from, to)
                      : number_possible(test->matcher, fold_interest_bounds(fold, test->index, from, to)));
  }
  return possible;
}

static unsigned kids_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  bool all = cond->op == COND_AND;
  unsigned possible = CAN_YES; /* `a | b` is not (not a and not b) */
  for (uint32_t i = 0; i < cond->len && possible != CAN_NO; i++) {
    unsigned kid = fold_possible(fold, cond->kids[i], from, to);
    possible = can_and(possible, all ? kid : can_not(kid));
  }
  return all ? possible : can_not(possible);
}

static unsigned completeness_possible(const struct fold *fold, const struct matcher *matcher, int64_t from,
                                      int64_t to) {
  if (!fold->pending) return value_possible(matcher, value_number(fold_completeness(fold)), from, to);
  unsigned possible = number_possible(matcher, fold_completeness_range(fold));
  return possible == (CAN_NO | CAN_YES) ? CAN_UNKNOWN : possible;
}

static unsigned verdict_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  const struct touch_act *verdict = fold->stages[cond->verdict_of].verdict;
  bool named = cond->len == 0;
  if (!verdict) return CAN_NO;
  for (uint32_t i = 0; i < cond->len && !named; i++) named = str_eq(cond->codes[i], verdict->reason);
  if (!named) return CAN_NO;
  return cond->lapsed ? since(verdict->until_ms, from, to) : CAN_YES;
}

unsigned fold_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to) {
  switch (cond->op) {
  case COND_TRAIT:
  case COND_ACCOUNT:
  case COND_KNOWN: return traits_possible(fold, cond, from, to);
  case COND_SCORE:
  case COND_INTEREST: return numbers_possible(fold, cond, from, to);
  case COND_GRADE: return grade_possible(fold, cond, from, to);
  case COND_STAGE: return cond->stages >> fold->stages[cond->lifecycle].stage & 1 ? CAN_YES : CAN_NO;
  case COND_SEEN:
    return can_not(
        since(counter_holds_until(&fold->counters[cond->counter], &fold->rules->counters[cond->counter]),
              from, to));
  case COND_COMPLETENESS: return completeness_possible(fold, cond->number.matcher, from, to);
  case COND_VELOCITY: return velocity_possible(fold, &cond->number, from, to);
  case COND_IDLE: return since(later(fold->last_activity, cond->span_ms), from, to);
  case COND_IN_STAGE_FOR:
    return since(later(fold->stages[cond->lifecycle].since_ms, cond->stage_span_ms), from, to);
  case COND_CYCLE: return value_possible(cond->number.matcher, value_number(fold->cycle), from, to);
  case COND_VERDICT: return verdict_possible(fold, cond, from, to);
  case COND_FUNCTION: return function_possible(fold, cond->fn);
  case COND_QUALIFIED:
  case COND_MET:
  case COND_UNMET:
  case COND_ANSWERED:
  case COND_TOTAL: return fold_criteria_possible(fold, cond, from, to);
  case COND_SEGMENT: return fold_possible(fold, cond->kids[0], from, to);
  case COND_AND:
  case COND_OR: return kids_possible(fold, cond, from, to);
  case COND_NOT: return can_not(fold_possible(fold, cond->kids[0], from, to));
  }
  return CAN_NO;
}

/* None of the blocks holds. One that is unknown leaves it unknown: then nobody is handed on either. */
unsigned fold_contactable_possible(const struct fold *fold, int64_t from, int64_t to) {
  unsigned possible = CAN_YES;
  for (uint32_t i = 0; i < fold->rules->contact_count; i++)
    possible = can_and(possible, can_not(fold_possible(fold, fold->rules->contact[i].when, from, to)));
  return possible;
}

enum truth fold_test(const struct fold *fold, const struct cond *cond) {
  unsigned possible = fold_possible(fold, cond, fold->now, fold->now);
  return possible == CAN_YES ? TRUTH_YES : possible == CAN_NO ? TRUTH_NO : TRUTH_UNKNOWN;
}

int fold_matched_row(const struct fold *fold, const struct rule *rule) {
  struct value v = fold_trait(fold, rule->field);
  for (uint32_t i = 0; i < rule->row_count; i++)
    if (matcher_eval(rule->rows[i].matcher, v, fold->now) == TRUTH_YES) return (int)i;
  return NONE;
}
