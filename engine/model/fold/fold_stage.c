#include "base/err.h"
#include "model/fold/fold_private.h"

static bool may_fire_from(const struct stage_state *state, const struct move *move, int64_t t,
                          const struct lifecycle *l) {
  int64_t fired = state->fired_ms[move - l->moves];
  return move->again_ms == 0 || fired == TIME_MIN || t >= fired + move->again_ms;
}

static unsigned both(unsigned a, unsigned b) { /* `and` of two answers that must both be yes */
  unsigned yes = a & b & 1u << TRUTH_YES;
  return yes | ((a | b) & ~(1u << TRUTH_YES));
}

/* Whether a move's condition, its lifecycle's `who` and every gate into its stage can hold in [from, to]. */
unsigned fold_move_possible(const struct fold *fold, int lifecycle, const struct move *move, int64_t from,
                            int64_t to) {
  const unsigned no = 1u << TRUTH_NO;
  const struct lifecycle *l = &fold->rules->lifecycles[lifecycle];
  if (!may_fire_from(&fold->stages[lifecycle], move, to, l)) return no;
  unsigned possible = fold_possible(fold, move->when, from, to);
  if (possible == no) return no;
  if (!may_fire_from(&fold->stages[lifecycle], move, from, l)) possible |= no;
  if (l->who) possible = both(possible, fold_possible(fold, l->who, from, to));
  for (uint32_t g = 0; g < l->gate_count && possible != no; g++)
    if (l->gates[g].into >> move->to & 1)
      possible = both(possible, fold_possible(fold, l->gates[g].need, from, to));
  if (possible != no && lifecycle_shows(l, fold->stages[lifecycle].stage, move->to))
    possible = both(possible, fold_contactable_possible(fold, from, to));
  for (uint32_t i = 0; i < fold->rules->ignore_count && possible != no; i++) {
    const struct cond *when = fold->rules->ignores[i].when;
    if (!when) continue;
    unsigned ignored = fold_possible(fold, when, from, to);
    if (ignored == 1u << TRUTH_YES) return no;
    if (ignored & 1u << TRUTH_YES) possible |= no;
  }
  return possible;
}

static void remember(struct fold *fold, struct fold_transition transition) {
  if (fold->transition_count == TRANSITIONS_KEPT) {
    fold->transition_count--;
    memmove(&fold->transitions[0], &fold->transitions[1], fold->transition_count * sizeof *fold->transitions);
  }
  if (fold->transition_count == fold->transition_cap) {
    fold->transition_cap = fold->transition_cap ? fold->transition_cap * 2 : 8;
    fold->transitions = xrealloc(fold->transitions, fold->transition_cap * sizeof *fold->transitions);
  }
  fold->transitions[fold->transition_count++] = transition;
  fold->transition_total++;
}

static void clear_counters_since_stage(struct fold *fold, int lifecycle) {
  for (uint32_t i = 0; i < fold->rules->counter_count; i++)
    if (fold->rules->counters[i].since_stage && fold->rules->counters[i].lifecycle == lifecycle)
      counter_clear(&fold->counters[i]);
  fold_changed(fold, READS_COUNTERS);
}

/* Back at the start of the main lifecycle: a new cycle, whose counters begin anew. */
static void begin_cycle(struct fold *fold) {
  fold->cycle++;
  for (uint32_t i = 0; i < fold->rules->counter_count; i++)
    if (fold->rules->counters[i].since_cycle) counter_clear(&fold->counters[i]);
  fold_changed(fold, READS_COUNTERS);
}

/* Rules that wait for `entered` see the transition as something that happened at this instant, without an event. */
static void raise_entered(struct fold *fold, int lifecycle, int stage) {
  const struct touch *touch = fold->touch;
  fold->touch = NULL;
  for (uint32_t i = 0; i < fold->rules->signal_count; i++) {
    const struct signal *signal = &fold->rules->signals[i];
    if (signal->kind == SIGNAL_ENTERED && signal->lifecycle == lifecycle && signal->stages >> stage & 1)
      fold_raise(fold, (uint16_t)i, 0);
  }
  fold_fire_raised(fold);
  fold_unraise(fold);
  fold->touch = touch;
}

static void reset_scores(struct fold *fold, int lifecycle, int move) {
  uint32_t dimensions = fold->rules->lifecycles[lifecycle].moves[move].resets;
  if (dimensions) fold_keep(fold, dimensions, 0);
}

/* A chain of moves, by one event or one instant without any, begins in the stage where the lead stands. */
static void begin_chain(const struct fold *fold, struct stage_state *state) {
  if (state->visited_ms == fold->now) return;
  state->visited_ms = fold->now;
  state->visited = UINT64_C(1) << state->stage;
}

static void enter(struct fold *fold, struct fold_transition transition) {
  int lifecycle = transition.lifecycle, to = transition.to;
  struct stage_state *state = &fold->stages[lifecycle];
  begin_chain(fold, state);
  transition.from = state->stage;
  transition.time_ms = fold->now;
  transition.cycle = fold->cycle;
  remember(fold, transition);
  state->stage = to;
  state->since_ms = fold->now;
  state->visited |= UINT64_C(1) << to;
  if (transition.move != NONE) {
    state->fired_ms[transition.move] = fold->now;
    fold_tell_moved(fold, lifecycle, (uint32_t)transition.move);
  }
  state->verdict = transition.act && transition.act->until_ms != TIME_MIN ? transition.act : NULL;
  fold_changed(fold, READS_STAGE);
  clear_counters_since_stage(fold, lifecycle);
  if (transition.move != NONE) reset_scores(fold, lifecycle, transition.move);
  if (lifecycle == 0 && to == fold->rules->lifecycles[lifecycle].start) begin_cycle(fold);
  raise_entered(fold, lifecycle, to);
}

/* A chain never enters a stage twice. A move held back for that reason is spent: it would otherwise fire
 * a millisecond later, and back again, for ever; the lead's next event may fire it. */
static bool spend_if_visited(struct fold *fold, struct stage_state *state, uint32_t m,
                             const struct move *move) {
  begin_chain(fold, state);
  if (!(state->visited >> move->to & 1)) return false;
  state->spent[m] = state->any_spent = true;
  return true;
}

static bool move_in(struct fold *fold, int lifecycle) {
  const struct lifecycle *l = &fold->rules->lifecycles[lifecycle];
  struct stage_state *state = &fold->stages[lifecycle];
  for (uint32_t m = 0; m < l->move_count; m++) {
    const struct move *move = &l->moves[m];
    if (!move->when || !(move->from >> state->stage & 1)) continue;
    if (fold_move_possible(fold, lifecycle, move, fold->now, fold->now) != 1u << TRUTH_YES) {
      fold_tell_held_back(fold, lifecycle, m);
      continue;
    }
    if (spend_if_visited(fold, state, m, move)) continue;
    enter(fold, (struct fold_transition){.lifecycle = lifecycle, .to = move->to, .move = (int)m});
    return true;
  }
  return false;
}

/* The declared move that people make between these stages by this act; NONE: the present rules have none. */
static int move_of(const struct ruleset *rules, const struct touch_act *act) {
  const struct lifecycle *l = &rules->lifecycles[act->lifecycle];
  int kind = ruleset_act(rules, act->name);
  for (uint32_t m = 0; m < l->move_count; m++) {
    const struct move *move = &l->moves[m];
    if (move->by_count && move->act == kind && move->to == act->to && act->from != NONE &&
        (move->from >> act->from & 1))
      return (int)m;
  }
  return NONE;
}

/* It was judged when it was accepted. Now it is a fact, wherever the lead would stand without it. */
void fold_act(struct fold *fold, const struct touch_act *act) {
  if (act->assigns) fold->owner = act->owner;
  if (act->lifecycle == NONE || act->to == NONE || fold->stages[act->lifecycle].stage == act->to) return;
  enter(fold, (struct fold_transition){
                  .lifecycle = act->lifecycle, .to = act->to, .move = move_of(fold->rules, act), .act = act});
}

bool fold_move(struct fold *fold) {
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++)
    if (move_in(fold, (int)l)) return true;
  return false;
}
