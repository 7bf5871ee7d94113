/* check_reach.c - stages that no lead can get into, moves that never happen, scores that are asked for in vain. */
#include "notation/check/check_private.h"

#include "model/ruleset/cond_describe.h"
#include <math.h>

static bool has_bit(uint64_t mask, uint32_t bit) {
  return mask >> bit & 1;
}

/* --- stages ------------------------------------------------------------------------------------------------------------- */

static uint64_t all_stages(const struct lifecycle *lifecycle) {
  return lifecycle->stage_count == RULESET_MAX_STAGES ? UINT64_MAX
                                                      : (UINT64_C(1) << lifecycle->stage_count) - 1;
}

/* What must hold together for a move: its condition, who the lifecycle is for, and the gates before its stage. */
static bool move_possible(struct check *c, int lifecycle, const struct move *move, uint64_t from,
                          struct buf *why) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  const struct cond *conds[RULESET_MAX_STAGES + 2];
  uint32_t count = 0;
  if (move->when && move->by_count == 0) conds[count++] = move->when;
  if (l->who) conds[count++] = l->who;
  for (uint32_t i = 0; i < l->gate_count && count < RULESET_MAX_STAGES + 2; i++) {
    if (has_bit(l->gates[i].into, (uint32_t)move->to)) conds[count++] = l->gates[i].need;
  }
  uint64_t known = c->stages[lifecycle];
  c->stages[lifecycle] = from;
  bool fine = possible(&c->world, conds, count, why);
  c->stages[lifecycle] = known;
  return fine;
}

static void reach_stages(struct check *c, int lifecycle) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  uint64_t reached = UINT64_C(1) << l->start;
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < l->move_count; i++) {
      const struct move *move = &l->moves[i];
      if (has_bit(reached, (uint32_t)move->to) || !(move->from & reached)) continue;
      if (!move_possible(c, lifecycle, move, move->from & reached, NULL)) continue;
      reached |= UINT64_C(1) << move->to;
      more = true;
    }
  }
  c->stages[lifecycle] = reached;
}

static bool some_move_to(const struct lifecycle *l, uint32_t stage) {
  for (uint32_t i = 0; i < l->move_count; i++) {
    if ((uint32_t)l->moves[i].to == stage) return true;
  }
  return false;
}

static void tell_stages(struct check *c, int lifecycle) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  for (uint32_t i = 0; i < l->stage_count; i++) {
    if (has_bit(c->stages[lifecycle], i)) continue;
    if (some_move_to(l, i))
      CHECK_WARN(c, "unreachable_stage", l->place, "look at the moves into it and where they come from",
                 "lifecycle '%s': stage '%s' cannot be reached from '%s'", l->name, l->stages[i],
                 l->stages[l->start]);
    else
      CHECK_WARN(c, "unreachable_stage", l->place, "is it spelled like another stage?",
                 "lifecycle '%s': no move leads to stage '%s'", l->name, l->stages[i]);
  }
}

/* The bar itself is told by check_bars. */
static bool bars_told(struct check *c, const struct lifecycle *l, const struct move *move) {
  bool told = check_has_bar(c, move->when) || check_has_bar(c, l->who);
  for (uint32_t i = 0; i < l->gate_count; i++)
    told |= has_bit(l->gates[i].into, (uint32_t)move->to) && check_has_bar(c, l->gates[i].need);
  return told;
}

static void tell_moves(struct check *c, int lifecycle) {
  const struct lifecycle *l = &c->rules->lifecycles[lifecycle];
  struct buf why;
  buf_init(&why);
  for (uint32_t i = 0; i < l->move_count; i++) {
    const struct move *move = &l->moves[i];
    uint64_t from = move->from & c->stages[lifecycle];
    buf_clear(&why);
    if (from == 0 || move_possible(c, lifecycle, move, from, &why) || bars_told(c, l, move)) continue;
    CHECK_WARN(c, "dead_move", move->place,
               "its `when`, `who` and the gates before the stage must be able to hold together",
               "the move to '%s' can never happen: %s", l->stages[move->to], why.data);
  }
  buf_release(&why);
}

void check_stages(struct check *c) {
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++)
    c->stages[i] = all_stages(&c->rules->lifecycles[i]);
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++) reach_stages(c, (int)i);
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++) {
    tell_stages(c, (int)i);
    tell_moves(c, (int)i);
  }
}

/* --- bars: scores that are compared with what they cannot reach ---------------------------------------------------------- */

static void put_end(double points, struct buf *out) {
  if (isinf(points))
    buf_add_text(out, "anything");
  else
    buf_printf(out, "%g", points);
}

static void tell_bar(struct check *c, const struct cond *cond, const struct number_test *test,
                     const char *owner) {
  const struct dimension *dimension = &c->rules->dimensions[test->index];
  const struct range *range = &c->scores[test->index];
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "%s asks for %s = ", owner, dimension->name);
  matcher_describe(test->matcher, &text);
  buf_printf(&text, ", but %s lies from ", dimension->name);
  put_end(range->low, &text);
  buf_add_text(&text, " to ");
  put_end(range->high, &text);
  CHECK_WARN(c, "unreachable_bar", cond->place, "count what the rules, limits, caps and groups leave for it",
             "%s", text.data);
  buf_release(&text);
}

/* True when some score in `cond` cannot be reached; each is told when there is an `owner` to tell it of. */
static bool walk_bars(struct check *c, const struct cond *cond, const char *owner) {
  bool found = false;
  if (!cond || cond->op == COND_NOT) return false;
  if (cond_has_kids(cond)) {
    for (uint32_t i = 0; i < cond->len; i++) found |= walk_bars(c, cond->kids[i], owner);
    return found;
  }
  for (uint32_t i = 0; cond->op == COND_SCORE && i < cond->len; i++) {
    const struct number_test *test = &cond->numbers[i];
    const struct range *range = &c->scores[test->index];
    if (matcher_range(test->matcher, range->low, range->high) & 1u << TRUTH_YES) continue;
    if (owner) tell_bar(c, cond, test, owner);
    found = true;
  }
  return found;
}

bool check_has_bar(struct check *c, const struct cond *cond) {
  return walk_bars(c, cond, NULL);
}

void check_tell_bars(struct check *c, const struct cond *cond, const char *owner) {
  walk_bars(c, cond, owner);
}

static void lifecycle_bars(struct check *c, const struct lifecycle *l) {
  struct buf owner;
  buf_init(&owner);
  buf_printf(&owner, "lifecycle '%s'", l->name);
  walk_bars(c, l->who, owner.data);
  for (uint32_t i = 0; i < l->move_count; i++) {
    buf_clear(&owner);
    buf_printf(&owner, "the move to '%s'", l->stages[l->moves[i].to]);
    walk_bars(c, l->moves[i].when, owner.data);
  }
  for (uint32_t i = 0; i < l->gate_count; i++) {
    buf_clear(&owner);
    buf_printf(&owner, "gate '%s'", l->gates[i].id);
    walk_bars(c, l->gates[i].need, owner.data);
  }
  buf_release(&owner);
}

static void rule_bars(struct check *c) {
  struct buf owner;
  buf_init(&owner);
  for (uint32_t i = 0; i < c->rules->rule_count; i++) {
    buf_clear(&owner);
    buf_printf(&owner, "rule '%s'", c->rules->rules[i].id);
    walk_bars(c, c->rules->rules[i].when, owner.data);
    walk_bars(c, c->rules->rules[i].counts_while, owner.data);
  }
  buf_release(&owner);
}

static void tell_bands(struct check *c, const struct dimension *dimension, const struct range *range) {
  for (uint32_t i = 0; i < dimension->band_count; i++) {
    const struct band *band = &dimension->bands[i];
    double from = (double)band->from / (double)MILLI;
    if (from > range->high)
      CHECK_WARN(c, "unreachable_bar", dimension->place, "lower the band, or give its rules more points",
                 "dimension '%s': band '%s' begins at %g, but at most %g can be reached", dimension->name,
                 band->name, from, range->high);
    if (i + 1 == dimension->band_count && from > range->low)
      CHECK_NOTE(c, "no_band", dimension->place, "add a band that begins at the dimension's min",
                 "dimension '%s': a score below %g is in no band", dimension->name, from);
  }
}

void check_bars(struct check *c) {
  rule_bars(c);
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++) lifecycle_bars(c, &c->rules->lifecycles[i]);
  for (uint32_t i = 0; i < c->rules->dimension_count; i++)
    tell_bands(c, &c->rules->dimensions[i], &c->scores[i]);
}
