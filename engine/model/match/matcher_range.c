/* matcher_range.c - matchers and numbers: whether they want one, and which answers one can give for a number that is known only
 * to lie in a range.
 *
 * Parts are taken as independent: `at_least(10) & below(5)` counts as possible though no number is both. Callers ask
 * what cannot happen, and are never told so wrongly. */
#include "model/match/matcher.h"

enum { NO = 1 << TRUTH_NO, YES = 1 << TRUTH_YES };

static unsigned either(bool may_hold, bool may_fail) {
  return (may_hold ? YES : 0u) | (may_fail ? NO : 0u);
}

static unsigned swapped(unsigned answers) {
  return either(answers & NO, answers & YES);
}

static unsigned of_one(const struct matcher *matcher, double n) {
  return 1u << matcher_eval(matcher, value_number(n), 0);
}

static unsigned of_numbers(const struct matcher *matcher, double low, double high) {
  switch (matcher->op) {
  case MATCH_AT_LEAST: return either(high >= matcher->low, low < matcher->low);
  case MATCH_AT_MOST: return either(low <= matcher->high, high > matcher->high);
  case MATCH_ABOVE: return either(high > matcher->low, low <= matcher->low);
  case MATCH_BELOW: return either(low < matcher->high, high >= matcher->high);
  default: /* between; with its ends the wrong way round it never holds */
    return either(high >= matcher->low && low <= matcher->high && matcher->low <= matcher->high,
                  low < matcher->low || high > matcher->high);
  }
}

/* A range of more than one number holds numbers outside any set. */
static unsigned of_set(const struct value *set, uint32_t len, double low, double high) {
  for (uint32_t i = 0; i < len; i++)
    if (set[i].kind != VALUE_NUMBER || (set[i].number >= low && set[i].number <= high)) return YES | NO;
  return NO;
}

/* `all`: every kid must hold (and), else some kid (or). */
static unsigned of_kids(const struct matcher *matcher, double low, double high, bool all) {
  bool may_hold = all, may_fail = !all;
  for (uint32_t i = 0; i < matcher->len; i++) {
    unsigned kid = matcher_range(matcher->kids[i], low, high);
    may_hold = all ? may_hold && (kid & YES) : may_hold || (kid & YES);
    may_fail = all ? may_fail || (kid & NO) : may_fail && (kid & NO);
  }
  return either(may_hold, may_fail);
}

unsigned matcher_range(const struct matcher *matcher, double low, double high) {
  switch (matcher->op) {
  case MATCH_AND: return of_kids(matcher, low, high, true);
  case MATCH_OR: return of_kids(matcher, low, high, false);
  case MATCH_NOT: return swapped(matcher_range(matcher->kids[0], low, high));
  case MATCH_ANY:
  case MATCH_PRESENT: return YES;
  case MATCH_MISSING:
  case MATCH_SOME:
  case MATCH_EVERY: return NO;
  case MATCH_PAST:
  case MATCH_AHEAD: return YES | NO;
  default: break;
  }
  if (low == high) return of_one(matcher, low);
  switch (matcher->op) {
  case MATCH_AT_LEAST:
  case MATCH_AT_MOST:
  case MATCH_ABOVE:
  case MATCH_BELOW:
  case MATCH_BETWEEN: return of_numbers(matcher, low, high);
  case MATCH_EQUALS: return of_set(&matcher->equals, 1, low, high);
  case MATCH_ONE_OF: return of_set(matcher->set, matcher->len, low, high);
  case MATCH_NONE_OF: return swapped(of_set(matcher->set, matcher->len, low, high));
  default: return YES | NO;
  }
}

bool matcher_wants_number(const struct matcher *matcher) {
  switch (matcher->op) {
  case MATCH_AT_LEAST:
  case MATCH_AT_MOST:
  case MATCH_ABOVE:
  case MATCH_BELOW:
  case MATCH_BETWEEN: return true;
  case MATCH_AND:
  case MATCH_OR:
    for (uint32_t i = 0; i < matcher->len; i++)
      if (matcher_wants_number(matcher->kids[i])) return true;
    return false;
  default: return false;
  }
}
