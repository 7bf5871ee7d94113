#include "core/explain/explain.h"
#include "base/err.h"

static void check_sum(const struct explained_dimension *d) {
  int64_t sum = d->clamp_cut;
  for (uint32_t i = 0; i < d->parts.count; i++) sum += d->parts.parts[i].held;
  for (uint32_t i = 0; i < d->parts.group_count; i++) sum += d->parts.groups[i].held - d->parts.groups[i].sum;
  ASSERT(sum == d->parts.score);
}

static void explain_dimensions(const struct fold *fold, struct arena *arena, struct explanation *out) {
  const struct ruleset *rules = fold_rules(fold);
  out->dimensions = arena_alloc(arena, (rules->dimension_count + 1) * sizeof *out->dimensions);
  out->dimension_count = rules->dimension_count;
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    struct explained_dimension *d = &out->dimensions[i];
    d->dimension = (int)i;
    fold_explain(fold, (int)i, arena, &d->parts);
    d->clamp_cut = d->parts.score - d->parts.unclamped;
    d->band = fold_band(fold, (int)i);
    check_sum(d);
  }
}

static void explain_gates(const struct fold *fold, struct explained_move *m, struct arena *arena) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[m->lifecycle];
  m->gates = arena_alloc(arena, (l->gate_count + 1) * sizeof *m->gates);
  m->gate_count = 0;
  for (uint32_t g = 0; g < l->gate_count; g++)
    if (l->gates[g].into >> m->move->to & 1)
      m->gates[m->gate_count++] =
          (struct explained_gate){&l->gates[g], tell_cond(fold, l->gates[g].need, arena)};
}

static void explain_contact(const struct fold *fold, struct explained_move *m, struct arena *arena) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[m->lifecycle];
  if (!lifecycle_shows(l, fold_stage(fold, m->lifecycle), m->move->to)) return;
  m->contact = fold_contact_block(fold);
  if (m->contact) m->contacted = tell_cond(fold, m->contact->when, arena);
}

static int64_t last_fired(const struct fold *fold, int lifecycle, int move) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(fold, &count);
  while (count-- > 0)
    if (transitions[count].lifecycle == lifecycle && transitions[count].move == move)
      return transitions[count].time_ms;
  return TIME_MIN;
}

static void explain_move(const struct fold *fold, int lifecycle, int move, struct arena *arena,
                         struct explained_move *out) {
  const struct lifecycle *l = &fold_rules(fold)->lifecycles[lifecycle];
  *out = (struct explained_move){
      .lifecycle = lifecycle, .move = &l->moves[move], .waits_until_ms = TIME_MIN, .due_ms = TIME_NEVER};
  explain_gates(fold, out, arena);
  explain_contact(fold, out, arena);
  if (out->move->need) out->need = tell_cond(fold, out->move->need, arena);
  if (!out->move->when) return;
  out->when = tell_cond(fold, out->move->when, arena);
  int64_t fired = out->move->again_ms ? last_fired(fold, lifecycle, move) : TIME_MIN;
  if (fired != TIME_MIN && fired + out->move->again_ms > fold_now(fold))
    out->waits_until_ms = fired + out->move->again_ms;
  out->due_ms = fold_next_move(fold, lifecycle, move, fold_now(fold) + EXPLAIN_HORIZON_MS);
}

static void explain_moves(const struct fold *fold, struct arena *arena, struct explanation *out) {
  const struct ruleset *rules = fold_rules(fold);
  uint32_t all = 0;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) all += rules->lifecycles[l].move_count;
  out->moves = arena_alloc(arena, (all + 1) * sizeof *out->moves);
  out->move_count = 0;
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    for (uint32_t m = 0; fold_in_lifecycle(fold, (int)l) && m < rules->lifecycles[l].move_count; m++)
      if (rules->lifecycles[l].moves[m].from >> fold_stage(fold, (int)l) & 1)
        explain_move(fold, (int)l, (int)m, arena, &out->moves[out->move_count++]);
}

static void explain_fields(const struct fold *fold, struct arena *arena, struct explanation *out) {
  const struct ruleset *rules = fold_rules(fold);
  out->fields = arena_alloc(arena, (rules->profile_count + 1) * sizeof *out->fields);
  out->field_count = rules->profile_count;
  for (uint32_t i = 0; i < rules->profile_count; i++) {
    const struct profile_field *field = &rules->profile[i];
    struct value v = fold_trait(fold, field->path);
    bool present = value_present(v);
    bool valid = present && (!field->valid || matcher_eval(field->valid, v, fold_now(fold)) == TRUTH_YES);
    out->fields[i] = (struct explained_field){field, present, valid};
  }
}

void explain_make(const struct fold *fold, struct arena *arena, struct explanation *out) {
  *out = (struct explanation){.fold = fold};
  explain_dimensions(fold, arena, out);
  explain_moves(fold, arena, out);
  explain_fields(fold, arena, out);
}
