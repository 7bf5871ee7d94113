/* Finding the next instant at which time alone changes something.
 *
 * Every condition can say which answers are possible over a span (fold_possible). If the present answer is the only
 * one, nothing happens in the span; otherwise the span is halved until the first changed millisecond is found. Bounds are
 * tight (accounts move one way), so a search takes about two evaluations per halving. */
#include "model/fold/fold_private.h"

typedef unsigned possible_fn(const struct fold *fold, const void *what, int64_t from, int64_t to);

struct search {
  const struct fold *fold;
  possible_fn *possible;
  const void *what;
  bool present; /* the answer to get away from: holds, or does not (unknown does not hold) */
  int steps;
};

static bool can_differ(const struct search *search, int64_t from, int64_t to) {
  unsigned possible = search->possible(search->fold, search->what, from, to);
  return search->present ? possible & ~(1u << TRUTH_YES) : possible & 1u << TRUTH_YES;
}

/* The first instant in [from, to] with another answer. When the steps run out it answers the start of a span it could
 * not rule out: the fold settles there, finds nothing changed, and looks again from there on. */
static int64_t first_change(struct search *search, int64_t from, int64_t to) {
  while (can_differ(search, from, to)) {
    if (from == to || ++search->steps > FLIP_STEPS) return from;
    int64_t middle = from + (to - from) / 2;
    int64_t found = first_change(search, from, middle);
    if (found != TIME_NEVER) return found;
    from = middle + 1;
  }
  return TIME_NEVER;
}

static unsigned cond_possible(const struct fold *fold, const void *what, int64_t from, int64_t to) {
  return fold_possible(fold, what, from, to);
}

struct stage_move {
  int lifecycle;
  const struct move *move;
};

static unsigned move_possible(const struct fold *fold, const void *what, int64_t from, int64_t to) {
  const struct stage_move *m = what;
  return fold_move_possible(fold, m->lifecycle, m->move, from, to);
}

/* Narrows *end to the first change in (now, *end], when there is one; `found` remembers that there was. */
static void narrow(const struct fold *fold, possible_fn *possible, const void *what, bool present,
                   int64_t *end, bool *found) {
  struct search search = {fold, possible, what, present, 0};
  int64_t t = first_change(&search, fold->now + 1, *end);
  if (t == TIME_NEVER) return;
  *end = t;
  *found = true;
}

static void narrow_to(int64_t t, int64_t *end, bool *found) {
  if (t > *end) return;
  *end = t;
  *found = true;
}

static void narrow_rules(const struct fold *fold, int64_t *end, bool *found) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t i = 0; i < fold->flip_count; i++) {
    uint32_t r = fold->flip_rules[i];
    const struct rule *rule = &rules->rules[r];
    if (rule->when) narrow(fold, cond_possible, rule->when, fold->rule_states[r].holds, end, found);
    for (uint32_t row = 0; row < rule->row_count; row++)
      if (rule->rows[row].matcher->timed)
        narrow_to(matcher_next(rule->rows[row].matcher, fold_trait(fold, rule->field), fold->now), end,
                  found);
  }
  for (uint32_t i = 0; i < rules->reset_count; i++)
    if (rules->resets[i].when && rules->resets[i].when->reads & (READS_TIME | READS_SCORES))
      narrow(fold, cond_possible, rules->resets[i].when, fold->reset_states[i], end, found);
}

static void narrow_moves(const struct fold *fold, int64_t *end, bool *found) {
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &fold->rules->lifecycles[l];
    const struct stage_state *state = &fold->stages[l];
    for (uint32_t m = 0; m < lifecycle->move_count; m++) {
      const struct move *move = &lifecycle->moves[m];
      if (!move->when || !(move->from >> state->stage & 1) || state->spent[m]) continue;
      struct stage_move what = {(int)l, move};
      narrow(fold, move_possible, &what, false, end, found);
    }
  }
}

static int64_t next_midnight(int64_t t) {
  return (time_day(t) + 1) * TIME_MS_PER_DAY;
}

/* The next daily tick at which some function's answer may differ. Ticks between which nothing it read can change are
 * left out: asked then, it would say the same. */
static void narrow_ticks(const struct fold *fold, int64_t *end, bool *found) {
  for (uint32_t i = 0; i < fold->cond_fn_count; i++) {
    const struct fn_state *state = &fold->fns[fold->cond_fns[i]];
    if (!state->fresh) continue;
    if (state->reads & (READS_TIME | READS_SCORES))
      narrow_to(next_midnight(fold->now), end, found);
    else if (state->steady_until != TIME_NEVER)
      narrow_to(next_midnight(state->steady_until - 1), end, found);
  }
}

int64_t fold_next_due(const struct fold *fold, int64_t until) {
  if (until <= fold->now) return TIME_NEVER;
  int64_t end = until;
  bool found = false;
  for (uint32_t i = 0; i < fold->rules->sequence_count; i++)
    narrow_to(sequence_deadline(&fold->sequences[i]), &end, &found);
  narrow_to(fold_enrich_due(fold), &end, &found);
  narrow_ticks(fold, &end, &found);
  narrow_rules(fold, &end, &found);
  narrow_moves(fold, &end, &found);
  return found ? end : TIME_NEVER;
}

int64_t fold_next_change(const struct fold *fold, const struct cond *cond, int64_t until) {
  if (until <= fold->now) return TIME_NEVER;
  struct search search = {fold, cond_possible, cond, fold_test(fold, cond) == TRUTH_YES, 0};
  return first_change(&search, fold->now + 1, until);
}

int64_t fold_next_segment(const struct fold *fold, int64_t until) {
  if (until <= fold->now) return TIME_NEVER;
  bool found = false;
  for (uint32_t i = 0; i < fold->rules->segment_count; i++) {
    const struct cond *when = fold->rules->segments[i].when;
    if (!(when->reads & (READS_TIME | READS_SCORES))) continue;
    narrow(fold, cond_possible, when, fold_test(fold, when) == TRUTH_YES, &until, &found);
  }
  return found ? until : TIME_NEVER;
}

int64_t fold_next_move(const struct fold *fold, int lifecycle, int move, int64_t until) {
  struct stage_move what = {lifecycle, &fold->rules->lifecycles[lifecycle].moves[move]};
  struct search search = {fold, move_possible, &what, false, 0};
  if (until <= fold->now || fold->stages[lifecycle].spent[move]) return TIME_NEVER;
  return first_change(&search, fold->now + 1, until);
}
