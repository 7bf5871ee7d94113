#include "model/fold/fold.h"
#include "base/err.h"
#include "model/fold/fold_private.h"

/* --- what happens at an instant ------------------------------------------------------------------------------- */

void fold_forget_functions(struct fold *fold, unsigned reads) {
  for (uint32_t i = 0; i < fold->cond_fn_count; i++) {
    struct fn_state *state = &fold->fns[fold->cond_fns[i]];
    if (state->reads & reads) state->fresh = false;
  }
}

void fold_changed(struct fold *fold, unsigned bits) {
  fold->changed |= bits;
  fold->version++;
  fold_forget_functions(fold, bits);
}

/* Functions that read the clock or decaying scores are evaluated at the lead's events and at a daily tick, and held in
 * between, whatever other instants are looked at. */
static void time_passed(struct fold *fold, bool functions_too) {
  for (uint32_t i = 0; functions_too && i < fold->cond_fn_count; i++) {
    struct fn_state *state = &fold->fns[fold->cond_fns[i]];
    if (state->reads & (READS_TIME | READS_SCORES) || state->steady_until <= fold->now) state->fresh = false;
  }
  fold->changed |= READS_TIME | READS_SCORES;
  fold->version++;
}

struct rule_state *fold_rule(struct fold *fold, uint32_t rule) {
  struct rule_state *state = &fold->rule_states[rule];
  if (!state->touched) {
    state->touched = true;
    fold->touched_rules[fold->touched_count++] = rule;
  }
  return state;
}

void fold_raise(struct fold *fold, uint16_t signal, uint64_t capture) {
  struct raised *raised = &fold->raised;
  uint64_t bit = UINT64_C(1) << (signal % 64);
  if (raised->bits[signal / 64] & bit) return;
  raised->bits[signal / 64] |= bit;
  raised->captures[signal] = capture;
  raised->ids[raised->count++] = signal;
}

void fold_unraise(struct fold *fold) {
  struct raised *raised = &fold->raised;
  for (uint32_t i = 0; i < raised->count; i++) raised->bits[raised->ids[i] / 64] = 0;
  raised->count = 0;
}

/* Whether this raising meets `item` for the first time: two signals may lead to the same rule. */
static bool first_meeting(struct fold *fold, uint32_t item) {
  if (fold->stamps[item] == fold->stamp) return false;
  fold->stamps[item] = fold->stamp;
  return true;
}

static void step_sequences(struct fold *fold) {
  uint32_t base = fold->rules->rule_count + fold->rules->counter_count;
  for (uint32_t i = 0; i < fold->raised.count; i++) {
    const struct index_list *waiting = &fold->signal_sequences[fold->raised.ids[i]];
    for (uint32_t k = 0; k < waiting->count; k++) {
      uint32_t s = waiting->items[k];
      if (!first_meeting(fold, base + s)) continue;
      const struct sequence *sequence = &fold->rules->sequences[s];
      if (sequence_step(&fold->sequences[s], sequence, &fold->raised, fold->now))
        fold_raise(fold, (uint16_t)sequence->signal, 0);
    }
  }
}

static void note_not_firing(struct fold *fold, uint32_t r, enum truth holds) {
  fold_tell(fold, holds == TRUTH_NO ? SAW_EXCLUDED : SAW_FAILED, r, 0);
  if (holds == TRUTH_NO || fold_wait(fold, r)) return;
  fold_rule(fold, r)->unknown = fold->incomplete = true;
}

/* Rules whose `when` holds, judged before anything of this instant is added: into fold->firing. */
static uint32_t judge_rules(struct fold *fold) {
  uint32_t n = 0;
  bool opened = fold->rules->enricher_count == 0;
  for (uint32_t i = 0; i < fold->raised.count; i++) {
    const struct index_list *waiting = &fold->signal_rules[fold->raised.ids[i]];
    for (uint32_t k = 0; k < waiting->count; k++) {
      uint32_t r = waiting->items[k];
      if (!first_meeting(fold, r)) continue;
      if (!opened && fold->rules->rules[r].when) {
        fold_note_open(fold); /* what this very event makes pending is unknown to its rules */
        opened = true;
      }
      enum truth holds = fold_judge(fold, r);
      if (holds == TRUTH_YES)
        fold->firing[n++] = r;
      else
        note_not_firing(fold, r, holds);
    }
  }
  return n;
}

static void apply_reset(struct fold *fold, const struct reset *reset) {
  fold_tell(fold, SAW_RESET, (uint32_t)(reset - fold->rules->resets), 0);
  fold_keep(fold, reset->dimensions, reset->keep_per_million);
}

static void apply_resets(struct fold *fold) {
  for (uint32_t i = 0; i < fold->raised.count; i++) {
    const struct index_list *waiting = &fold->signal_resets[fold->raised.ids[i]];
    for (uint32_t k = 0; k < waiting->count; k++) apply_reset(fold, &fold->rules->resets[waiting->items[k]]);
  }
}

void fold_keep(struct fold *fold, uint32_t dimensions, int64_t per_million) {
  for (uint32_t d = 0; d < fold->rules->dimension_count; d++) {
    if (!(dimensions >> d & 1)) continue;
    const uint32_t *slots = &fold->live_slots[d * fold->rules->slot_count];
    for (uint32_t i = 0; i < fold->live_count[d]; i++) account_keep(&fold->accounts[slots[i]], per_million);
  }
  fold_changed(fold, READS_SCORES);
}

/* Counts the firing against the rule's limit: false when it is one too many. */
static bool within_limit(const struct rule *rule, struct rule_state *state, int64_t t) {
  const struct limit *limit = &rule->limit;
  if (limit->times == 0) return true;
  if (limit->per_ms == 0) return state->counted < limit->times;
  if (state->recent_count < limit->times) {
    state->recent[state->recent_count++] = t;
    return true;
  }
  if (state->recent[state->recent_start] > t - limit->per_ms) return false;
  state->recent[state->recent_start] = t; /* the oldest one has left the window */
  state->recent_start = (state->recent_start + 1) % limit->times;
  return true;
}

static void add_to_slot(struct fold *fold, uint32_t slot, int64_t amount) {
  account_add(&fold->accounts[slot], &fold->terms[slot], fold->now, amount);
  fold_slot_live(fold, slot);
}

static const struct fn_points *stored_points(const struct touch *touch, uint32_t rule) {
  if (!touch || !touch->more) return NULL;
  for (uint32_t i = 0; i < touch->more->function_count; i++)
    if (touch->more->functions[i].rule == rule) return &touch->more->functions[i];
  return NULL;
}

/* The rule's function: its answer from ingest, or a call now. False when it failed. */
static bool add_function_points(struct fold *fold, uint32_t r, const struct rule *rule) {
  struct fn_amount called[RULESET_MAX_DIMENSIONS];
  const struct fn_amount *amounts = called;
  if (fold->calls.stopped(fold->calls.context, rule->points_fn)) return false;
  const struct fn_points *stored = rule->points_need_lead ? NULL : stored_points(fold->touch, r);
  int count;
  if (stored) {
    count = stored->failed ? -1 : stored->count;
    amounts = stored->amounts;
  } else {
    count = fold->calls.points(fold->calls.context, rule->points_fn, fold, fold->touch, called);
  }
  for (int i = 0; i < count; i++)
    add_to_slot(fold, (uint32_t)(rule->first_slot + amounts[i].dimension), amounts[i].points);
  return count >= 0;
}

static void fire(struct fold *fold, uint32_t r) {
  const struct rule *rule = &fold->rules->rules[r];
  struct rule_state *state = fold_rule(fold, r);
  if (!within_limit(rule, state, fold->now)) {
    state->limited++;
    fold_tell(fold, SAW_LIMITED, r, 0);
    return;
  }
  if (state->counted++ == 0) state->first_ms = fold->now;
  state->last_ms = fold->now;
  fold_tell(fold, SAW_FIRED, r, 0);
  if (rule->points_fn == FN_NONE) {
    for (int i = 0; i < rule->slot_count; i++)
      add_to_slot(fold, (uint32_t)(rule->first_slot + i), WEIGHT_UNIT);
  } else if (!add_function_points(fold, r, rule)) {
    state->failed++;
    state->unknown = fold->incomplete = true;
    fold_tell(fold, SAW_FAILED, r, 0);
  }
}

void fold_end_judging(struct fold *fold, uint32_t rule, enum truth holds) {
  if (holds == TRUTH_YES) {
    fire(fold, rule);
    fold_changed(fold, READS_SCORES);
  } else
    note_not_firing(fold, rule, holds);
}

static bool see_counters(struct fold *fold) {
  bool any = false;
  for (uint32_t i = 0; i < fold->raised.count; i++) {
    uint16_t id = fold->raised.ids[i];
    const struct index_list *waiting = &fold->signal_counters[id];
    for (uint32_t k = 0; k < waiting->count; k++) {
      uint32_t c = waiting->items[k];
      if (!first_meeting(fold, fold->rules->rule_count + c)) continue;
      counter_see(&fold->counters[c], &fold->rules->counters[c], fold->now, fold->raised.captures[id]);
      any = true;
    }
  }
  return any;
}

void fold_fire_raised(struct fold *fold) {
  if (fold->raised.count == 0) return;
  fold->stamp++;
  step_sequences(fold);
  fold_raise_effects(fold);
  uint32_t firing = judge_rules(fold);
  apply_resets(fold);
  for (uint32_t i = 0; i < firing; i++) fire(fold, fold->firing[i]);
  if (firing) fold_changed(fold, READS_SCORES);
  if (see_counters(fold)) fold_changed(fold, READS_COUNTERS);
}

/* --- levels: what holds at this instant ------------------------------------------------------------------------- */

static void hold(struct fold *fold, uint32_t r, bool holds, int row) {
  const struct rule *rule = &fold->rules->rules[r];
  struct rule_state *state = fold_rule(fold, r);
  if (holds && !state->holds) state->first_ms = fold->now;
  if (holds && !state->holds) state->counted++;
  state->last_ms = fold->now;
  state->holds = holds;
  state->row = row;
  for (int i = 0; i < rule->slot_count; i++) {
    uint32_t slot = (uint32_t)(rule->first_slot + i);
    fold->held[slot] = !holds ? 0 : row == NONE ? fold->rules->slots[slot].points : rule->rows[row].points;
    fold_slot_live(fold, slot);
  }
  fold_changed(fold, READS_SCORES);
}

struct bounds fold_around_zero(int64_t points) {
  return points < 0 ? (struct bounds){points, 0} : (struct bounds){0, points};
}

/* What a rule may hold that is unknown now: nothing, or its points; of a table nothing, or any of its rows. */
static struct bounds may_hold(const struct fold *fold, const struct rule *rule, uint32_t slot) {
  struct bounds all = {0, 0};
  if (rule->points_fn != FN_NONE) return all; /* nobody can say before it holds */
  if (rule->row_count == 0)
    return fold_around_zero(account_cap(&fold->terms[slot], fold->rules->slots[slot].points));
  for (uint32_t i = 0; i < rule->row_count; i++) {
    struct bounds row = fold_around_zero(account_cap(&fold->terms[slot], rule->rows[i].points));
    if (row.low < all.low) all.low = row.low;
    if (row.high > all.high) all.high = row.high;
  }
  return all;
}

static void note_unknown(struct fold *fold, uint32_t r, bool unknown) {
  const struct rule *rule = &fold->rules->rules[r];
  if (unknown == fold->rule_states[r].unknown) return;
  fold_rule(fold, r)->unknown = unknown;
  for (int i = 0; i < rule->slot_count; i++) {
    uint32_t slot = (uint32_t)(rule->first_slot + i);
    fold->maybe[slot] = unknown ? may_hold(fold, rule, slot) : (struct bounds){0, 0};
    fold_slot_live(fold, slot);
  }
  fold_changed(fold, READS_SCORES);
}

/* A rule that is nothing but a function whose answer is still held cannot have changed. */
static bool still_held(const struct fold *fold, const struct rule *rule) {
  return rule->when && rule->when->op == COND_FUNCTION && fold->fns[rule->when->fn].fresh &&
         rule->row_count == 0;
}

static void hold_profile_rules(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t r = rules->behaviour_count; r < rules->rule_count; r++) {
    const struct rule *rule = &rules->rules[r];
    struct rule_state *state = &fold->rule_states[r];
    if (!(fold->rule_reads[r] & fold->changed) || still_held(fold, rule)) continue;
    enum truth when = rule->when ? fold_test(fold, rule->when) : TRUTH_YES;
    if (when == TRUTH_YES && rule->row_count && fold->pending && fold_trait_pending(fold, rule->field))
      when = TRUTH_UNKNOWN;
    note_unknown(fold, r, when == TRUTH_UNKNOWN);
    int row = when == TRUTH_YES && rule->row_count ? fold_matched_row(fold, rule) : NONE;
    bool holds = when == TRUTH_YES && (rule->row_count == 0 || row != NONE);
    enum sight sight = when == TRUTH_UNKNOWN ? SAW_FAILED : holds ? SAW_HELD : SAW_NOT_HELD;
    fold_tell(fold, sight, r, row == NONE ? 0 : (uint32_t)row);
    if (holds != state->holds || row != state->row) hold(fold, r, holds, row);
  }
}

/* A reset by condition cuts at the instant the condition becomes true. */
static void reset_on_edges(struct fold *fold, unsigned changed) {
  for (uint32_t i = 0; i < fold->rules->reset_count; i++) {
    const struct reset *reset = &fold->rules->resets[i];
    if (!reset->when || !(reset->when->reads & changed)) continue;
    bool holds = fold_test(fold, reset->when) == TRUTH_YES;
    if (holds && !fold->reset_states[i]) apply_reset(fold, reset);
    fold->reset_states[i] = holds;
  }
}

/* Profile rules, resets by condition, lifecycles, until quiet. */
static void settle(struct fold *fold) {
  for (int round = 0; round < SETTLE_ROUNDS; round++) {
    if (!fold->changed) return;
    hold_profile_rules(fold);
    unsigned changed = fold->changed;
    fold->changed = 0;
    reset_on_edges(fold, changed);
    if (fold->changed || fold_note_open(fold))
      continue; /* nothing is decided before it is known what is unknown */
    if (fold_end_waiting(fold)) continue;
    if (!fold_move(fold)) return;
  }
}

/* --- time and events ---------------------------------------------------------------------------------------------- */

static void close_day(struct fold *fold, int64_t day) {
  int64_t last_ms = (day + 1) * TIME_MS_PER_DAY - 1;
  for (uint32_t d = 0; d < fold->rules->dimension_count; d++)
    if (fold->rules->dimensions[d].velocity)
      fold->closings[d][(uint64_t)day % VELOCITY_DAYS] =
          (struct closing){day, fold_unclamped_at(fold, (int)d, last_ms)};
}

/* Moves the clock; nothing has changed in between, so the days that end meanwhile close with the present accounts. */
/* Nothing is due before `to`. */
static void pass_time(struct fold *fold, int64_t to) {
  int64_t day = time_day(fold->now), last = time_day(to);
  if (fold->any_velocity && day < last - VELOCITY_DAYS) day = last - VELOCITY_DAYS;
  for (; fold->any_velocity && day < last; day++) close_day(fold, day);
  fold->now = to;
}

static void fire_deadlines(struct fold *fold) {
  for (uint32_t s = 0; s < fold->rules->sequence_count; s++)
    while (sequence_take_due(&fold->sequences[s], &fold->rules->sequences[s], fold->now)) {
      fold_raise(fold, (uint16_t)fold->rules->sequences[s].signal, 0);
      fold_fire_raised(fold);
      fold_unraise(fold);
    }
}

void fold_reach_due(struct fold *fold, int64_t due) {
  pass_time(fold, due);
  time_passed(fold, due % TIME_MS_PER_DAY == 0);
}

void fold_do_due(struct fold *fold) {
  fold_expire(fold);
  fire_deadlines(fold);
  settle(fold);
}

void fold_advance(struct fold *fold, int64_t until) {
  if (!fold->begun) return;
  int64_t due;
  while ((due = fold_next_due(fold, until)) != TIME_NEVER) {
    fold_reach_due(fold, due);
    fold_do_due(fold);
  }
  if (until > fold->now) pass_time(fold, until);
}

static void begin_history(struct fold *fold, int64_t t) {
  fold->begun = true;
  fold->now = fold->first_seen = fold->last_activity = t;
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++) fold->stages[l].since_ms = t;
  fold_changed(fold, ~0u);
}

/* Spent moves may fire again, and a new chain begins: the lead did something, be it at the same instant. Events of one batch are, and
 * which of them comes first says nothing about the lead. */
static void rearm_moves(struct fold *fold) {
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++) {
    struct stage_state *state = &fold->stages[l];
    if (state->visited_ms == fold->now) state->visited = UINT64_C(1) << state->stage;
    if (!state->any_spent) continue;
    memset(state->spent, 0, fold->rules->lifecycles[l].move_count * sizeof *state->spent);
    state->any_spent = false;
    fold->changed |= READS_STAGE;
  }
}

static void raise_hits(struct fold *fold, const struct touch *touch) {
  const uint16_t *hits = touch_hits(touch);
  for (uint32_t i = 0; i < touch->hit_count; i++) {
    const struct signal *signal = &fold->rules->signals[hits[i]];
    bool new_visit = fold->last_page == TIME_MIN || touch->time_ms - fold->last_page >= signal->gap_ms;
    if (signal->kind == SIGNAL_VISIT && !new_visit) continue;
    fold_raise(fold, hits[i], signal->captures ? touch_capture(touch, fold->rules, i) : 0);
  }
}

static void note_times(struct fold *fold, const struct touch *touch) {
  if (touch->type != EVENT_ENRICHMENT) fold->events++; /* what embudo found out is nothing that happened */
  if (touch->type < EVENT_CALLS) fold->last_seen = touch->time_ms;
  if (touch->flags & TOUCH_VISIT) fold->last_page = touch->time_ms;
  if (touch->flags & TOUCH_ACTIVITY) fold->last_activity = touch->time_ms;
  if (touch->flags & TOUCH_CONTENT) fold->contents[fold->content_count++ % FOLD_CONTENT_MAX] = touch;
  fold_changed(fold, READS_ACTIVITY);
}

/* What is said about the account. Before the lead's first event it is only remembered. */
static void take_outside(struct fold *fold, const struct touch *touch) {
  fold_advance(fold, touch->time_ms);
  if (touch->more->peer.len)
    fold_apply_peer(fold, touch);
  else
    fold_apply_account(fold, touch->more);
  if (!touch->more->peer.len && fold->begun) fold_choose_account(fold);
  if (!fold->begun || !fold->changed) return; /* what changes nothing leaves no trace */
  rearm_moves(fold);
  settle(fold);
}

void fold_touch(struct fold *fold, const struct touch *touch) {
  ASSERT(!fold->begun || touch->time_ms >= fold->now);
  if (touch->flags & TOUCH_IGNORED) return;
  if (touch->flags & TOUCH_OUTSIDE) {
    take_outside(fold, touch);
    return;
  }
  if (!fold->begun) begin_history(fold, touch->time_ms);
  fold_advance(fold, touch->time_ms);
  rearm_moves(fold);
  fold->touch = touch;
  if (fold->cond_fn_count) time_passed(fold, true);
  fold_apply_traits(fold, touch);
  if (touch->more) fold_apply_answers(fold, touch);
  raise_hits(fold, touch);
  fold_fire_raised(fold);
  fold_tell_missed(fold);
  fold_unraise(fold);
  note_times(fold, touch);
  if (touch->more && touch->more->act) fold_act(fold, touch->more->act);
  settle(fold);
  fold_judge_effects(fold);
  fold->touch = NULL;
}
