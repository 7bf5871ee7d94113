/* Making the workspace for a ruleset, and clearing it from lead to lead: only what the last lead touched is cleared, so
 * a ruleset of 400 rules costs a lead no more than one of 40. */
#include "base/err.h"
#include "model/fold/fold_private.h"
#include "model/ruleset/desk.h"
#include "model/ruleset/framework.h"

static void list_add(struct index_list *list, uint32_t item) {
  list->items = xrealloc(list->items, (list->count + 1) * sizeof *list->items);
  list->items[list->count++] = item;
}

static void wait_for(struct index_list *lists, struct signal_set set, uint32_t item) {
  for (uint32_t i = 0; i < set.count; i++) list_add(&lists[set.ids[i]], item);
}

static void wire_signals(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  size_t n = rules->signal_count ? rules->signal_count : 1;
  fold->signal_rules = xcalloc(n, sizeof *fold->signal_rules);
  fold->signal_counters = xcalloc(n, sizeof *fold->signal_counters);
  fold->signal_sequences = xcalloc(n, sizeof *fold->signal_sequences);
  fold->signal_resets = xcalloc(n, sizeof *fold->signal_resets);
  for (uint32_t i = 0; i < rules->behaviour_count; i++) wait_for(fold->signal_rules, rules->rules[i].on, i);
  for (uint32_t i = 0; i < rules->counter_count; i++)
    wait_for(fold->signal_counters, rules->counters[i].on, i);
  for (uint32_t i = 0; i < rules->reset_count; i++) wait_for(fold->signal_resets, rules->resets[i].on, i);
  for (uint32_t i = 0; i < rules->sequence_count; i++)
    for (uint32_t k = 0; k < rules->sequences[i].step_count; k++) {
      wait_for(fold->signal_sequences, rules->sequences[i].steps[k].on, i);
      wait_for(fold->signal_sequences, rules->sequences[i].steps[k].unless, i);
    }
}

static struct weight_clock *clock_for(struct fold *fold, const struct decay *decay) {
  if (decay->kind != DECAY_HALF_LIFE) return NULL;
  for (uint32_t i = 0; i < fold->clock_count; i++)
    if (fold->clocks[i].half_life_ms == decay->span_ms) return &fold->clocks[i];
  fold->clocks[fold->clock_count] = WEIGHT_CLOCK(decay->span_ms);
  return &fold->clocks[fold->clock_count++];
}

static void set_terms(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  fold->terms = xcalloc(rules->slot_count + 1, sizeof *fold->terms);
  fold->clocks = xcalloc(rules->slot_count + 1, sizeof *fold->clocks);
  for (uint32_t i = 0; i < rules->slot_count; i++) {
    const struct rule *rule = &rules->rules[rules->slots[i].rule];
    bool constant = rule->points_fn == FN_NONE;
    fold->terms[i] = (struct account_terms){.decay = &rule->decay,
                                            .points = constant ? rules->slots[i].points : 1,
                                            .unit = constant ? WEIGHT_UNIT : 1,
                                            .cap = rule->cap,
                                            .clock = clock_for(fold, &rule->decay)};
  }
}

static void note_functions(struct fold *fold, const struct cond *cond) {
  if (!cond) return;
  if (cond->op == COND_FUNCTION) {
    for (uint32_t i = 0; i < fold->cond_fn_count; i++)
      if (fold->cond_fns[i] == cond->fn) return;
    fold->cond_fns[fold->cond_fn_count++] = cond->fn;
  } else if (cond_has_kids(cond)) {
    for (uint32_t i = 0; i < cond->len; i++) note_functions(fold, cond->kids[i]);
  }
}

static void note_desk_functions(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t i = 0; i < rules->sla_count; i++) note_functions(fold, rules->slas[i].tier);
  for (uint32_t i = 0; i < rules->assignment_count; i++) note_functions(fold, rules->assignments[i].when);
  for (uint32_t i = 0; i < rules->worklist_count; i++) note_functions(fold, rules->worklists[i].who);
}

static void note_all_functions(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  fold->fns = xcalloc(rules->function_count + 1, sizeof *fold->fns);
  fold->cond_fns = xcalloc(rules->function_count + 1, sizeof *fold->cond_fns);
  for (uint32_t i = rules->behaviour_count; i < rules->rule_count; i++)
    note_functions(fold, rules->rules[i].when);
  for (uint32_t i = 0; i < rules->rule_count; i++) note_functions(fold, rules->rules[i].counts_while);
  for (uint32_t i = 0; i < rules->reset_count; i++) note_functions(fold, rules->resets[i].when);
  for (uint32_t i = 0; i < rules->ignore_count; i++) note_functions(fold, rules->ignores[i].when);
  for (uint32_t i = 0; i < rules->segment_count; i++) note_functions(fold, rules->segments[i].when);
  for (uint32_t i = 0; i < rules->criterion_count; i++) note_functions(fold, rules->criteria[i].inferred);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[l];
    note_functions(fold, lifecycle->who);
    for (uint32_t i = 0; i < lifecycle->move_count; i++) note_functions(fold, lifecycle->moves[i].when);
    for (uint32_t i = 0; i < lifecycle->gate_count; i++) note_functions(fold, lifecycle->gates[i].need);
  }
  note_desk_functions(fold);
}

static unsigned reads_of(const struct rule *rule) {
  unsigned reads = rule->when ? rule->when->reads : 0;
  if (rule->row_count) reads |= READS_TRAITS;
  for (uint32_t i = 0; i < rule->row_count; i++)
    if (rule->rows[i].matcher->timed) reads |= READS_TIME;
  return reads;
}

/* Whether time alone can flip it: a function's answer is held, so functions do not count. */
static bool flips(const struct cond *cond) {
  if (cond->op == COND_FUNCTION) return false;
  if (!cond_has_kids(cond)) return cond->reads & (READS_TIME | READS_SCORES);
  for (uint32_t i = 0; i < cond->len; i++)
    if (flips(cond->kids[i])) return true;
  return false;
}

static void list_flips(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  fold->flip_rules = xcalloc(rules->rule_count + 1, sizeof *fold->flip_rules);
  for (uint32_t i = rules->behaviour_count; i < rules->rule_count; i++) {
    bool timed_row = rules->rules[i].row_count && fold->rule_reads[i] & READS_TIME;
    if (timed_row || (rules->rules[i].when && flips(rules->rules[i].when)))
      fold->flip_rules[fold->flip_count++] = i;
  }
}

static void make_rule_states(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  fold->rule_states = xcalloc(rules->rule_count + 1, sizeof *fold->rule_states);
  fold->touched_rules = xcalloc(rules->rule_count + 1, sizeof *fold->touched_rules);
  fold->firing = xcalloc(rules->rule_count + 1, sizeof *fold->firing);
  fold->rule_reads = xcalloc(rules->rule_count + 1, sizeof *fold->rule_reads);
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    fold->rule_states[i].row = NONE;
    fold->rule_reads[i] = reads_of(&rules->rules[i]);
    if (rules->rules[i].limit.times && rules->rules[i].limit.per_ms)
      fold->rule_states[i].recent = xcalloc(rules->rules[i].limit.times, sizeof(int64_t));
  }
}

static void make_stages(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  fold->stages = xcalloc(rules->lifecycle_count + 1, sizeof *fold->stages);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    fold->stages[l].fired_ms = xcalloc(rules->lifecycles[l].move_count + 1, sizeof(int64_t));
    fold->stages[l].spent = xcalloc(rules->lifecycles[l].move_count + 1, sizeof(bool));
  }
}

static void make_scores(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  size_t slots = rules->slot_count + 1, dimensions = rules->dimension_count + 1;
  fold->accounts = xcalloc(slots, sizeof *fold->accounts);
  fold->held = xcalloc(slots, sizeof *fold->held);
  fold->maybe = xcalloc(slots, sizeof *fold->maybe);
  fold->slot_live = xcalloc(slots, sizeof *fold->slot_live);
  fold->live_slots = xcalloc(slots * dimensions, sizeof *fold->live_slots);
  fold->live_count = xcalloc(dimensions, sizeof *fold->live_count);
  fold->memos = xcalloc(dimensions, sizeof *fold->memos);
  fold->closings = xcalloc(dimensions, sizeof *fold->closings);
  fold->group_sums = xcalloc(dimensions * (rules->group_count + 1), sizeof *fold->group_sums);
  for (uint32_t d = 0; d < rules->dimension_count; d++)
    if (rules->dimensions[d].velocity) fold->any_velocity = true;
}

struct fold *fold_new(const struct ruleset *rules, const struct fold_calls *calls) {
  struct fold *fold = xcalloc(1, sizeof *fold);
  size_t signals = rules->signal_count + 1;
  fold->rules = rules;
  fold->calls = *calls;
  wire_signals(fold);
  set_terms(fold);
  note_all_functions(fold);
  make_rule_states(fold);
  list_flips(fold);
  make_stages(fold);
  make_scores(fold);
  fold->traits = xcalloc(TRAITS_MAX, sizeof *fold->traits);
  fold->told = xcalloc(TRAITS_MAX, sizeof *fold->told);
  fold->given = xcalloc(GIVEN_MAX, sizeof *fold->given);
  fold->enrichments = xcalloc(rules->enricher_count + 1, sizeof *fold->enrichments);
  fold->standing = xcalloc(rules->criterion_count + 1, sizeof *fold->standing);
  fold->best = xcalloc(rules->criterion_count + 1, sizeof *fold->best);
  fold->counters = xcalloc(rules->counter_count + 1, sizeof *fold->counters);
  fold->sequences = xcalloc(rules->sequence_count + 1, sizeof *fold->sequences);
  fold->reset_states = xcalloc(rules->reset_count + 1, sizeof *fold->reset_states);
  fold->stamps =
      xcalloc(rules->rule_count + rules->counter_count + rules->sequence_count + 1, sizeof *fold->stamps);
  fold->raised.bits = xcalloc(signals / 64 + 1, sizeof *fold->raised.bits);
  fold->raised.captures = xcalloc(signals, sizeof *fold->raised.captures);
  fold->raised.ids = xcalloc(signals, sizeof *fold->raised.ids);
  fold->await_after = FOLD_AWAIT_NONE;
  fold->effects_raised = xcalloc(rules->effect_count + 1, sizeof *fold->effects_raised);
  arena_init(&fold->arena, 4096);
  fold_begin(fold, (struct str){NULL, 0});
  return fold;
}

static void clear_rules(struct fold *fold) {
  for (uint32_t i = 0; i < fold->touched_count; i++) {
    struct rule_state *state = &fold->rule_states[fold->touched_rules[i]];
    *state = (struct rule_state){.recent = state->recent, .row = NONE};
  }
  fold->touched_count = 0;
}

static void clear_scores(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    for (uint32_t i = 0; i < fold->live_count[d]; i++) {
      uint32_t slot = fold->live_slots[d * rules->slot_count + i];
      account_clear(&fold->accounts[slot]);
      fold->held[slot] = 0;
      fold->maybe[slot] = (struct bounds){0, 0};
      fold->slot_live[slot] = false;
    }
    fold->live_count[d] = 0;
    if (!rules->dimensions[d].velocity) continue;
    for (int k = 0; k < VELOCITY_DAYS; k++) fold->closings[d][k] = (struct closing){INT64_MIN, 0};
  }
}

static void clear_stages(struct fold *fold) {
  for (uint32_t l = 0; l < fold->rules->lifecycle_count; l++) {
    struct stage_state *state = &fold->stages[l];
    uint32_t moves = fold->rules->lifecycles[l].move_count;
    for (uint32_t m = 0; m < moves; m++) state->fired_ms[m] = TIME_MIN;
    memset(state->spent, 0, moves * sizeof *state->spent);
    *state = (struct stage_state){.stage = fold->rules->lifecycles[l].start,
                                  .fired_ms = state->fired_ms,
                                  .spent = state->spent,
                                  .visited_ms = TIME_MIN};
  }
  fold->transition_count = 0;
  fold->transition_total = 0;
}

void fold_begin(struct fold *fold, struct str lead_id) {
  const struct ruleset *rules = fold->rules;
  clear_rules(fold);
  clear_scores(fold);
  clear_stages(fold);
  for (uint32_t i = 0; i < rules->counter_count; i++) counter_clear(&fold->counters[i]);
  for (uint32_t i = 0; i < rules->sequence_count; i++) sequence_clear(&fold->sequences[i]);
  memset(fold->reset_states, 0, rules->reset_count * sizeof *fold->reset_states);
  memset(fold->fns, 0, rules->function_count * sizeof *fold->fns);
  arena_clear(&fold->arena);
  fold->lead_id = lead_id;
  fold->account = fold->said_account = fold->owner = (struct str){NULL, 0};
  fold->begun = fold->incomplete = fold->pending = false;
  fold->now = fold->first_seen = fold->last_seen = fold->last_activity = fold->last_page = TIME_MIN;
  fold->events = fold->content_count = 0;
  fold->cycle = 1;
  fold->trait_count = fold->told_count = fold->given_count = fold->known_count = fold->waiting_count = 0;
  memset(fold->enrichments, 0, rules->enricher_count * sizeof *fold->enrichments);
  fold->met_count = 0;
  fold_clear_answers(fold);
  fold_clear_peers(fold);
  fold->changed = 0;
  fold->version++;
}

static void free_lists(struct index_list *lists, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) free(lists[i].items);
  free(lists);
}

static void free_wiring(struct fold *fold) {
  uint32_t signals = fold->rules->signal_count;
  free_lists(fold->signal_rules, signals);
  free_lists(fold->signal_counters, signals);
  free_lists(fold->signal_sequences, signals);
  free_lists(fold->signal_resets, signals);
  free(fold->raised.bits);
  free(fold->raised.captures);
  free(fold->raised.ids);
  free(fold->stamps);
  free(fold->terms);
  free(fold->clocks);
}

static void free_lead(struct fold *fold) {
  const struct ruleset *rules = fold->rules;
  for (uint32_t i = 0; i < rules->slot_count; i++) account_release(&fold->accounts[i]);
  for (uint32_t i = 0; i < rules->rule_count; i++) free(fold->rule_states[i].recent);
  for (uint32_t i = 0; i < rules->counter_count; i++) counter_release(&fold->counters[i]);
  for (uint32_t i = 0; i < rules->sequence_count; i++) sequence_release(&fold->sequences[i]);
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    free(fold->stages[l].fired_ms);
    free(fold->stages[l].spent);
  }
  arena_release(&fold->arena);
  fold_release_accounts(fold);
  fold_release_answers(fold);
  fold_release_peers(fold);
}

void fold_free(struct fold *fold) {
  if (!fold) return;
  free_lead(fold);
  free_wiring(fold);
  void *owned[] = {fold->accounts,     fold->held,          fold->slot_live,   fold->live_slots,
                   fold->live_count,   fold->memos,         fold->closings,    fold->group_sums,
                   fold->rule_states,  fold->touched_rules, fold->firing,      fold->rule_reads,
                   fold->flip_rules,   fold->fns,           fold->cond_fns,    fold->stages,
                   fold->transitions,  fold->traits,        fold->counters,    fold->sequences,
                   fold->reset_states, fold->heard_types,   fold->met,         fold->effects_raised,
                   fold->told,         fold->given,         fold->enrichments, fold->maybe};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  free(fold);
}
