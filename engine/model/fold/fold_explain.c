/* Taking a score apart. Nothing is computed differently here: the same bounds functions, at one instant. */
#include "model/fold/fold_private.h"

static struct fold_part explain_slot(const struct fold *fold, uint32_t slot) {
  const struct slot *def = &fold->rules->slots[slot];
  const struct rule *rule = &fold->rules->rules[def->rule];
  const struct rule_state *state = &fold->rule_states[def->rule];
  const struct account_entry *account = &fold->accounts[slot];
  const struct account_terms *terms = &fold->terms[slot];
  struct fold_part part = {.rule = def->rule,
                           .dimension = def->dimension,
                           .count = state->counted,
                           .limited = state->limited,
                           .first_ms = state->first_ms,
                           .last_ms = state->last_ms,
                           .unknown = state->unknown,
                           .pending = state->unknown && fold->pending &&
                                      (rule->kind == RULE_PROFILE || fold_waiting_of(fold, def->rule) > 0),
                           .row = state->row};
  if (rule->kind == RULE_BEHAVIOUR) {
    part.undecayed = account_undecayed(account, terms);
    part.raw = account_worth(account, terms, fold->now);
  } else {
    part.undecayed = part.raw = fold->held[slot];
  }
  part.held = fold_slot_bounds(fold, slot, fold->now, fold->now).low;
  part.suspended = rule->counts_while && fold_test(fold, rule->counts_while) != TRUTH_YES;
  return part;
}

static bool worth_telling(const struct fold *fold, uint32_t slot) {
  const struct rule_state *state = &fold->rule_states[fold->rules->slots[slot].rule];
  return fold->slot_live[slot] || state->limited || state->unknown;
}

static void explain_groups(const struct fold *fold, int dimension, struct arena *arena,
                           struct fold_parts *out) {
  const struct ruleset *rules = fold->rules;
  out->groups = arena_alloc(arena, (rules->group_count + 1) * sizeof *out->groups);
  out->group_count = 0;
  for (uint32_t g = 0; g < rules->group_count; g++) {
    if (rules->groups[g].dimension != dimension) continue;
    struct fold_group_part group = {.group = (int)g};
    bool any = false;
    for (uint32_t i = 0; i < out->count; i++) {
      if (rules->rules[out->parts[i].rule].group != (int)g) continue;
      group.sum += out->parts[i].held;
      any = true;
    }
    group.held = fold_group_bounds(fold, (int)g, (struct bounds){group.sum, group.sum}).low;
    if (any || group.held) out->groups[out->group_count++] = group;
  }
}

void fold_explain(const struct fold *fold, int dimension, struct arena *arena, struct fold_parts *out) {
  const struct ruleset *rules = fold->rules;
  out->parts = arena_alloc(arena, (rules->slot_count + 1) * sizeof *out->parts);
  out->count = 0;
  for (uint32_t slot = 0; slot < rules->slot_count; slot++)
    if (rules->slots[slot].dimension == dimension && worth_telling(fold, slot))
      out->parts[out->count++] = explain_slot(fold, slot);
  explain_groups(fold, dimension, arena, out);
  out->unclamped = fold_unclamped(fold, dimension);
  out->score = fold_score(fold, dimension);
}

const struct fold_transition *fold_transitions(const struct fold *fold, uint32_t *count) {
  *count = fold->transition_count;
  return fold->transitions;
}

struct fold_outcome fold_outcome(const struct fold *fold, uint32_t rule) {
  const struct rule_state *state = &fold->rule_states[rule];
  return (struct fold_outcome){.fired = state->counted, .limited = state->limited, .failed = state->failed};
}
