/* possible_value.c - can one value satisfy all these matchers?
 *
 * Alternatives are followed one by one. In each, a value that must equal something is tried out; other numbers are
 * intervals; texts contradict by their beginnings and ends; a missing value has no content. */
#include "model/match/number.h"
#include "notation/possible_private.h"
#include <math.h>

struct interval {
  double low, high;
  bool low_open, high_open;
};

void literals_add(struct literals *literals, const struct matcher *matcher, bool negated) {
  if (literals->count == POSSIBLE_LITERALS_MAX) {
    literals->overflow = true;
    return;
  }
  literals->items[literals->count++] = (struct literal){matcher, negated};
}

/* --- numbers ---------------------------------------------------------------------------------------------------------- */

static void raise_low(struct interval *in, double low, bool open) {
  if (low < in->low || (low == in->low && !open)) return;
  in->low = low;
  in->low_open = open;
}

static void lower_high(struct interval *in, double high, bool open) {
  if (high > in->high || (high == in->high && !open)) return;
  in->high = high;
  in->high_open = open;
}

static bool is_number_op(enum matcher_op op) {
  return op == MATCH_AT_LEAST || op == MATCH_AT_MOST || op == MATCH_ABOVE || op == MATCH_BELOW ||
         op == MATCH_BETWEEN;
}

/* `not at_least(5)` is below(5) for a value that is a number. */
static void narrow(struct interval *in, const struct literal *l) {
  const struct matcher *m = l->matcher;
  switch (m->op) {
  case MATCH_AT_LEAST:
    if (l->negated)
      lower_high(in, m->low, true);
    else
      raise_low(in, m->low, false);
    break;
  case MATCH_ABOVE:
    if (l->negated)
      lower_high(in, m->low, false);
    else
      raise_low(in, m->low, true);
    break;
  case MATCH_AT_MOST:
    if (l->negated)
      raise_low(in, m->high, true);
    else
      lower_high(in, m->high, false);
    break;
  case MATCH_BELOW:
    if (l->negated)
      raise_low(in, m->high, false);
    else
      lower_high(in, m->high, true);
    break;
  case MATCH_BETWEEN:
    if (l->negated) break;
    raise_low(in, m->low, false);
    lower_high(in, m->high, false);
    break;
  default: break;
  }
}

static bool within(const struct matcher *hole, double n) {
  return hole->low <= n && n <= hole->high;
}

/* `not between(1, 5)` is a hole: ends that lie in it move to its other side. */
static bool cut_hole(struct interval *in, const struct matcher *hole) {
  if (in->low > in->high) return false;
  if (within(hole, in->low) && (in->low < hole->high || !in->low_open)) {
    raise_low(in, hole->high, true);
    return true;
  }
  if (within(hole, in->high) && (in->high > hole->low || !in->high_open)) {
    lower_high(in, hole->low, true);
    return true;
  }
  return false;
}

static void cut_holes(struct interval *in, const struct literals *all) {
  for (bool more = true; more;) { /* each round an end passes a hole */
    more = false;
    for (uint32_t i = 0; i < all->count; i++) {
      const struct literal *l = &all->items[i];
      if (l->negated && l->matcher->op == MATCH_BETWEEN) more |= cut_hole(in, l->matcher);
    }
  }
}

static bool interval_possible(const struct literals *all, const struct range *range) {
  struct interval in = {-INFINITY, INFINITY, false, false};
  bool number = range != NULL;
  if (range) in = (struct interval){range->low, range->high, false, false};
  for (uint32_t i = 0; i < all->count; i++)
    number |= !all->items[i].negated && is_number_op(all->items[i].matcher->op);
  for (uint32_t i = 0; number && i < all->count; i++) narrow(&in, &all->items[i]);
  if (number) cut_holes(&in, all);
  return in.low < in.high || (in.low == in.high && !in.low_open && !in.high_open);
}

/* --- a value that must equal something --------------------------------------------------------------------------------- */

static bool satisfies(const struct literals *all, struct value v, const struct range *range) {
  if (range && (v.kind != VALUE_NUMBER || v.number < range->low || v.number > range->high)) return false;
  for (uint32_t i = 0; i < all->count; i++) {
    const struct literal *l = &all->items[i];
    if (l->matcher->timed) continue;
    enum truth truth = matcher_eval(l->matcher, v, 0);
    if (truth == (l->negated ? TRUTH_YES : TRUTH_NO)) return false;
  }
  return true;
}

/* The value, and its other spelling: matchers take 300 and "300" for the same. */
static bool candidate_possible(const struct literals *all, struct value v, const struct range *range) {
  if (satisfies(all, v, range)) return true;
  double n;
  if (v.kind == VALUE_STRING) return number_of(v, &n) && satisfies(all, value_number(n), range);
  if (v.kind != VALUE_NUMBER) return false;
  struct buf text;
  buf_init(&text);
  bool fine = satisfies(all, value_str(number_spelling(v.number, &text)), range);
  buf_release(&text);
  return fine;
}

static bool set_possible(const struct literals *all, const struct literal *l, const struct range *range) {
  const struct matcher *m = l->matcher;
  if (l->negated || (m->op != MATCH_EQUALS && m->op != MATCH_ONE_OF)) return true;
  const struct value *set = m->op == MATCH_EQUALS ? &m->equals : m->set;
  uint32_t count = m->op == MATCH_EQUALS ? 1 : m->len;
  for (uint32_t i = 0; i < count; i++) {
    if (candidate_possible(all, set[i], range)) return true;
  }
  return false;
}

/* --- missing, texts, lists ---------------------------------------------------------------------------------------------- */

static bool says_missing(const struct literal *l) {
  return l->matcher->op == (l->negated ? MATCH_PRESENT : MATCH_MISSING);
}

static bool says_present(const struct literal *l) {
  enum matcher_op op = l->matcher->op;
  if (l->negated) return op == MATCH_MISSING;
  return op == MATCH_PRESENT || is_number_op(op) || op == MATCH_PAST || op == MATCH_AHEAD ||
         op == MATCH_SOME || op == MATCH_EVERY || op == MATCH_CIDR;
}

static bool same_text(const struct matcher *a, const struct matcher *b) {
  bool text = a->op == MATCH_STARTS || a->op == MATCH_ENDS || a->op == MATCH_CONTAINS || a->op == MATCH_GLOB;
  if (a->op != b->op) return false;
  if (a->op == MATCH_LISTED) return a->list == b->list;
  return text && str_eq(a->texts[0], b->texts[0]);
}

static bool texts_exclude(const struct matcher *a, const struct matcher *b) {
  if (a->op != b->op) return false;
  if (a->op == MATCH_STARTS)
    return !str_starts(a->texts[0], b->texts[0]) && !str_starts(b->texts[0], a->texts[0]);
  if (a->op == MATCH_ENDS) return !str_ends(a->texts[0], b->texts[0]) && !str_ends(b->texts[0], a->texts[0]);
  return false;
}

static bool pair_possible(const struct literal *a, const struct literal *b) {
  if ((says_missing(a) && says_present(b)) || (says_missing(b) && says_present(a))) return false;
  if (a->negated != b->negated) return !same_text(a->matcher, b->matcher);
  return a->negated || !texts_exclude(a->matcher, b->matcher);
}

static bool leaves_possible(const struct literals *all, const struct range *range) {
  if (all->overflow) return true;
  for (uint32_t i = 0; i < all->count; i++) {
    const struct literal *l = &all->items[i];
    if (l->negated && l->matcher->op == MATCH_ANY) return false;
    if (!set_possible(all, l, range)) return false;
    for (uint32_t j = 0; j < i; j++) {
      if (!pair_possible(l, &all->items[j])) return false;
    }
  }
  return interval_possible(all, range);
}

/* --- alternatives -------------------------------------------------------------------------------------------------------- */

struct todo {
  struct literal literal;
  const struct todo *next;
};

static bool solve(const struct todo *todo, struct literals *leaves, const struct range *range, int *steps);

/* Every kid in turn, added to what is left to do: all of them, or one after another. */
static bool solve_all(const struct literal *l, uint32_t at, const struct todo *rest, struct literals *leaves,
                      const struct range *range, int *steps) {
  if (--*steps < 0) return true;
  if (at == l->matcher->len) return solve(rest, leaves, range, steps);
  struct todo kid = {{l->matcher->kids[at], l->negated}, rest};
  return solve_all(l, at + 1, &kid, leaves, range, steps);
}

static bool solve_any(const struct literal *l, const struct todo *rest, struct literals *leaves,
                      const struct range *range, int *steps) {
  for (uint32_t i = 0; i < l->matcher->len; i++) {
    struct todo kid = {{l->matcher->kids[i], l->negated}, rest};
    struct literals mine = *leaves;
    if (solve(&kid, &mine, range, steps)) return true;
  }
  return false;
}

static bool solve(const struct todo *todo, struct literals *leaves, const struct range *range, int *steps) {
  if (--*steps < 0) return true;
  if (!todo) return leaves_possible(leaves, range);
  const struct literal *l = &todo->literal;
  struct todo kid = {{l->matcher, !l->negated}, todo->next};
  switch (l->matcher->op) {
  case MATCH_NOT: kid.literal.matcher = l->matcher->kids[0]; return solve(&kid, leaves, range, steps);
  case MATCH_AND:
    return l->negated ? solve_any(l, todo->next, leaves, range, steps)
                      : solve_all(l, 0, todo->next, leaves, range, steps);
  case MATCH_OR:
    return l->negated ? solve_all(l, 0, todo->next, leaves, range, steps)
                      : solve_any(l, todo->next, leaves, range, steps);
  default: break;
  }
  literals_add(leaves, l->matcher, l->negated);
  return solve(todo->next, leaves, range, steps);
}

static bool begin(const struct literals *literals, uint32_t at, const struct todo *rest,
                  const struct range *range, int *steps) {
  if (at < literals->count) {
    struct todo more = {literals->items[at], rest};
    return begin(literals, at + 1, &more, range, steps);
  }
  struct literals leaves = {.count = 0, .overflow = literals->overflow};
  return solve(rest, &leaves, range, steps);
}

bool literals_possible(const struct literals *literals, const struct range *range, int *steps) {
  return begin(literals, 0, NULL, range, steps);
}

bool possible_value(const struct matcher *matcher, const struct matcher *const *others, uint32_t count) {
  struct literals all = {.count = 0};
  int steps = POSSIBLE_STEPS;
  literals_add(&all, matcher, false);
  for (uint32_t i = 0; i < count; i++) literals_add(&all, others[i], true);
  return literals_possible(&all, NULL, &steps);
}
