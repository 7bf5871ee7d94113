#include "notation/possible.h"

#include "model/ruleset/cond_describe.h"
#include "notation/possible_private.h"
#include <math.h>

/* One test that is to hold, or not: a condition, or one line of a condition that tests several things. */
struct fact {
  const struct cond *cond;
  uint32_t index;
  bool negated;
  const struct fact *next;
};

struct search {
  struct possible_world *world;
  struct buf *why;
  int steps;
};

/* --- which facts are about the same thing ----------------------------------------------------------------------------- */

static bool has_traits(const struct cond *cond) {
  return cond->op == COND_TRAIT || cond->op == COND_KNOWN || cond->op == COND_ACCOUNT;
}

static bool is_number(const struct cond *cond) {
  return cond->op == COND_SCORE || cond->op == COND_INTEREST || cond->op == COND_VELOCITY ||
         cond->op == COND_COMPLETENESS;
}

static const struct number_test *number_of_fact(const struct fact *f) {
  bool several = f->cond->op == COND_SCORE || f->cond->op == COND_INTEREST;
  return several ? &f->cond->numbers[f->index] : &f->cond->number;
}

static const struct matcher *matcher_of(const struct fact *f) {
  return has_traits(f->cond) ? f->cond->traits[f->index].matcher : number_of_fact(f)->matcher;
}

static bool same_subject(const struct fact *a, const struct fact *b) {
  if (has_traits(a->cond) && has_traits(b->cond))
    return (a->cond->op == COND_ACCOUNT) == (b->cond->op == COND_ACCOUNT) &&
           str_eq(a->cond->traits[a->index].path, b->cond->traits[b->index].path);
  if (a->cond->op != b->cond->op || !is_number(a->cond)) return false;
  const struct number_test *x = number_of_fact(a), *y = number_of_fact(b);
  return x->index == y->index && (a->cond->op != COND_VELOCITY || x->days == y->days);
}

/* --- contradictions ------------------------------------------------------------------------------------------------------ */

static void put_subject(const struct search *s, const struct fact *f, struct buf *out) {
  const struct ruleset *rules = s->world->rules;
  switch (f->cond->op) {
  case COND_SCORE: buf_add_text(out, rules->dimensions[number_of_fact(f)->index].name); break;
  case COND_INTEREST: buf_add_text(out, rules->topics[number_of_fact(f)->index]); break;
  case COND_VELOCITY:
    buf_printf(out, "velocity of %s", rules->dimensions[number_of_fact(f)->index].name);
    break;
  case COND_COMPLETENESS: buf_add_text(out, "completeness"); break;
  case COND_ACCOUNT: buf_add_text(out, "the account's "); /* fall through */
  default: buf_add_str(out, f->cond->traits[f->index].path); break;
  }
}

static void tell_matchers(const struct search *s, const struct fact *first) {
  if (!s->why) return;
  buf_clear(s->why);
  put_subject(s, first, s->why);
  buf_add_text(s->why, " = ");
  bool more = false;
  for (const struct fact *f = first; f; f = f->next) {
    if (f != first && !same_subject(first, f)) continue;
    if (more) buf_add_text(s->why, " & ");
    if (f->negated) buf_add_char(s->why, '~');
    matcher_describe(matcher_of(f), s->why);
    more = true;
  }
}

static void tell_pair(const struct search *s, const struct fact *a, const struct fact *b) {
  if (!s->why) return;
  buf_clear(s->why);
  if (a->negated) buf_add_char(s->why, '~');
  cond_describe(s->world->rules, a->cond, s->why);
  if (!b) return;
  buf_add_text(s->why, " & ");
  if (b->negated) buf_add_char(s->why, '~');
  cond_describe(s->world->rules, b->cond, s->why);
}

/* All that is said about the subject of `first`, by it and the facts behind it. */
static bool subject_possible(struct search *s, const struct fact *first) {
  struct literals literals = {.count = 0};
  for (const struct fact *f = first; f; f = f->next) {
    if (f == first || same_subject(first, f)) literals_add(&literals, matcher_of(f), f->negated);
  }
  struct range range = {-INFINITY, INFINITY};
  if (first->cond->op == COND_COMPLETENESS) range = (struct range){0, 100};
  if (first->cond->op == COND_SCORE) range = s->world->scores[number_of_fact(first)->index];
  if (literals_possible(&literals, is_number(first->cond) ? &range : NULL, &s->steps)) return true;
  tell_matchers(s, first);
  return false;
}

static uint64_t stages_of(const struct fact *f) {
  return f->negated ? ~f->cond->stages : f->cond->stages;
}

static bool stage_possible(struct search *s, const struct fact *first) {
  if (s->world->flapping) return true;
  uint64_t left = s->world->stages[first->cond->lifecycle];
  for (const struct fact *f = first; f; f = f->next) {
    if (f->cond->op != COND_STAGE || f->cond->lifecycle != first->cond->lifecycle) continue;
    left &= stages_of(f);
    if (left) continue;
    tell_pair(s, first, f == first ? NULL : f);
    return false;
  }
  return true;
}

static bool has_cell(const struct cond *cond, struct str cell) {
  for (uint32_t i = 0; i < cond->len; i++) {
    if (str_eq(cond->cells[i], cell)) return true;
  }
  return false;
}

/* Some cell that the first names must be left by all the others. */
static bool grade_possible(struct search *s, const struct fact *first) {
  if (first->negated) return true;
  for (uint32_t i = 0; i < first->cond->len; i++) {
    bool left = true;
    for (const struct fact *f = first->next; f; f = f->next) {
      if (f->cond->op == COND_GRADE) left &= has_cell(f->cond, first->cond->cells[i]) != f->negated;
    }
    if (left) return true;
  }
  tell_pair(s, first, NULL);
  return false;
}

static bool same_set(const struct signal_set *a, const struct signal_set *b) {
  return a->count == b->count && (a->count == 0 || memcmp(a->ids, b->ids, a->count * sizeof *a->ids) == 0);
}

/* Seen 3 times means seen twice; idle 30 days means idle 10: the stronger cannot hold while the weaker fails. */
static bool implies(const struct ruleset *rules, const struct cond *strong, const struct cond *weak) {
  if (strong->op != weak->op) return false;
  if (strong->op == COND_IDLE) return strong->span_ms >= weak->span_ms;
  if (strong->op == COND_IN_STAGE_FOR)
    return strong->lifecycle == weak->lifecycle && strong->stage_span_ms >= weak->stage_span_ms;
  if (strong->op != COND_SEEN) return false;
  const struct counter *a = &rules->counters[strong->counter], *b = &rules->counters[weak->counter];
  return same_set(&a->on, &b->on) && a->within_ms == b->within_ms && a->distinct == b->distinct &&
         a->since_cycle == b->since_cycle && a->since_stage == b->since_stage &&
         a->lifecycle == b->lifecycle && a->times >= b->times;
}

static bool level_possible(struct search *s, const struct fact *first) {
  for (const struct fact *f = first->next; f; f = f->next) {
    if (f->negated == first->negated) continue;
    const struct fact *yes = f->negated ? first : f, *no = f->negated ? f : first;
    if (!implies(s->world->rules, yes->cond, no->cond)) continue;
    tell_pair(s, yes, no);
    return false;
  }
  return true;
}

static bool fact_possible(struct search *s, const struct fact *f) {
  switch (f->cond->op) {
  case COND_STAGE: return stage_possible(s, f);
  case COND_GRADE: return grade_possible(s, f);
  case COND_IN_STAGE_FOR:
    if (s->world->flapping && !f->negated) return false;
    return level_possible(s, f);
  case COND_SEEN:
  case COND_IDLE: return level_possible(s, f);
  case COND_CYCLE:
  case COND_VERDICT:
  case COND_QUALIFIED:
  case COND_MET:
  case COND_UNMET:
  case COND_ANSWERED:
  case COND_TOTAL: /* people may answer anything */
  case COND_FUNCTION: return true;
  default: return subject_possible(s, f);
  }
}

static bool facts_possible(struct search *s, const struct fact *facts) {
  bool opaque = false;
  for (const struct fact *f = facts; f; f = f->next) {
    if (!fact_possible(s, f)) return false;
    opaque |= f->cond->op == COND_FUNCTION;
  }
  s->world->opaque = opaque;
  return true;
}

/* --- alternatives -------------------------------------------------------------------------------------------------------- */

struct goal {
  const struct cond *cond;
  bool negated;
  const struct goal *next;
};

static bool solve(struct search *s, const struct goal *goal, const struct fact *facts);

/* Not followed to the end: possible, and nobody knows on what it rests. Bounds the depth of the recursion, too. */
static bool given_up(struct search *s) {
  if (--s->steps >= 0) return false;
  s->world->opaque = true;
  return true;
}

static bool is_leaf(const struct cond *cond) {
  return !cond_has_kids(cond);
}

/* Goes over the kids twice: combinations are laid on the pile first, so that simple tests are taken up before any
 * alternative is. */
static bool solve_all(struct search *s, const struct goal *goal, uint32_t at, const struct goal *rest,
                      const struct fact *facts) {
  uint32_t len = goal->cond->len;
  if (given_up(s)) return true;
  if (at == 2 * len) return solve(s, rest, facts);
  struct goal kid = {goal->cond->kids[at % len], goal->negated, rest};
  bool its_turn = is_leaf(kid.cond) == (at >= len);
  return solve_all(s, goal, at + 1, its_turn ? &kid : rest, facts);
}

/* What contradicts itself already needs no alternatives. A case that rests on no function is looked for first: it says
 * more. */
static bool solve_any(struct search *s, const struct goal *goal, const struct fact *facts) {
  bool found = false;
  if (!facts_possible(s, facts)) return false;
  for (uint32_t i = 0; i < goal->cond->len; i++) {
    struct goal kid = {goal->cond->kids[i], goal->negated, goal->next};
    if (!solve(s, &kid, facts)) continue;
    found = true;
    if (!s->world->opaque) return true;
  }
  return found;
}

static uint32_t lines_of(const struct cond *cond) {
  bool several = has_traits(cond) || cond->op == COND_SCORE || cond->op == COND_INTEREST;
  return several ? cond->len : 1;
}

/* `trait { a = .., b = .. }` holds when all its lines do, and fails when one of them does. */
static bool solve_lines(struct search *s, const struct goal *goal, uint32_t at, const struct fact *facts) {
  if (given_up(s)) return true;
  if (at == lines_of(goal->cond)) return solve(s, goal->next, facts);
  struct fact line = {goal->cond, at, false, facts};
  return solve_lines(s, goal, at + 1, &line);
}

static bool solve_failing_line(struct search *s, const struct goal *goal, const struct fact *facts) {
  bool found = false;
  for (uint32_t i = 0; i < lines_of(goal->cond); i++) {
    struct fact line = {goal->cond, i, true, facts};
    if (!solve(s, goal->next, &line)) continue;
    found = true;
    if (!s->world->opaque) return true;
  }
  return found;
}

static bool solve(struct search *s, const struct goal *goal, const struct fact *facts) {
  if (given_up(s)) return true;
  if (!goal) return facts_possible(s, facts);
  const struct cond *cond = goal->cond;
  struct goal kid = {cond, !goal->negated, goal->next};
  switch (cond->op) {
  case COND_SEGMENT:
    kid.cond = cond->kids[0];
    kid.negated = goal->negated;
    return solve(s, &kid, facts);
  case COND_NOT: kid.cond = cond->kids[0]; return solve(s, &kid, facts);
  case COND_AND: return goal->negated ? solve_any(s, goal, facts) : solve_all(s, goal, 0, goal->next, facts);
  case COND_OR: return goal->negated ? solve_all(s, goal, 0, goal->next, facts) : solve_any(s, goal, facts);
  default: return goal->negated ? solve_failing_line(s, goal, facts) : solve_lines(s, goal, 0, facts);
  }
}

static bool begin(struct search *s, const struct cond *const *conds, uint32_t left, const struct goal *rest) {
  if (left == 0) return solve(s, rest, NULL);
  struct goal more = {conds[left - 1], false, rest};
  return begin(s, conds, left - 1, &more);
}

bool possible(struct possible_world *world, const struct cond *const *conds, uint32_t count,
              struct buf *why) {
  struct search search = {.world = world, .why = why, .steps = POSSIBLE_STEPS};
  world->opaque = false;
  return begin(&search, conds, count, NULL);
}
