/* coverage_list.c - which outcomes the declarations of a ruleset can have, and how a test would show each. */
#include "core/spec/coverage_private.h"

#include "base/buf.h"
#include "notation/reach.h"
#include <math.h>

void coverage_add(struct listing *l, int sight, uint32_t detail, bool required, const char *what,
                  const char *advice) {
  struct coverage *c = l->coverage;
  if (c->count == l->cap) {
    uint32_t cap = l->cap ? 2 * l->cap : 64;
    struct outcome *outcomes = arena_alloc(&c->arena, cap * sizeof *outcomes);
    struct sign *signs = arena_alloc(&c->arena, cap * sizeof *signs);
    if (c->count) memcpy(outcomes, c->outcomes, c->count * sizeof *outcomes);
    if (c->count) memcpy(signs, c->signs, c->count * sizeof *signs);
    c->outcomes = outcomes;
    c->signs = signs;
    l->cap = cap;
  }
  c->outcomes[c->count] = l->next;
  c->outcomes[c->count].what = what;
  c->outcomes[c->count].advice = advice;
  c->outcomes[c->count].required = required;
  c->signs[c->count++] = (struct sign){sight, detail};
}

void coverage_declare(struct listing *l, enum covered_kind kind, uint32_t index, const char *id,
                      struct place place) {
  l->next = (struct outcome){.kind = kind, .index = index, .id = id, .place = place};
  l->coverage->starts[kind][index] = l->coverage->count;
}

void coverage_open(struct listing *l, enum covered_kind kind, uint32_t count) {
  l->coverage->starts[kind] = arena_alloc(&l->coverage->arena, (count + 1) * sizeof(uint32_t));
}

void coverage_close(struct listing *l, enum covered_kind kind, uint32_t count) {
  l->coverage->starts[kind][count] = l->coverage->count;
}

/* --- dimensions and groups --------------------------------------------------------------------------------------------- */

static double in_points(int64_t milli) {
  return (double)milli / (double)MILLI;
}

/* `all` is as far as points can go, `plain` as far as they go without functions: what only those could reach, and perhaps do not,
 * is not required. */
static void add_bounds(struct listing *l, struct range all, struct range plain, int64_t min, int64_t max) {
  if (max != INT64_MAX && all.high > in_points(max))
    coverage_add(l, SAW_AT_MAX, 0, plain.high > in_points(max), "cut to its max",
                 "a lead whose points go beyond `max`");
  if (min != INT64_MIN && all.low < in_points(min))
    coverage_add(l, SAW_AT_MIN, 0, plain.low < in_points(min), "lifted to its min",
                 "a lead whose points fall below `min`");
}

static void list_dimensions(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_DIMENSION, rules->dimension_count);
  for (uint32_t i = 0; i < rules->dimension_count; i++) {
    const struct dimension *d = &rules->dimensions[i];
    coverage_declare(l, COVERED_DIMENSION, i, d->name, d->place);
    add_bounds(l, reach_dimension(rules, (int)i, true), reach_dimension(rules, (int)i, false), d->min,
               d->max);
  }
  coverage_close(l, COVERED_DIMENSION, rules->dimension_count);
}

static void list_groups(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_GROUP, rules->group_count);
  for (uint32_t i = 0; i < rules->group_count; i++) {
    const struct group *g = &rules->groups[i];
    coverage_declare(l, COVERED_GROUP, i, g->name, g->place);
    add_bounds(l, reach_group(rules, (int)i, true), reach_group(rules, (int)i, false), g->min, g->max);
  }
  coverage_close(l, COVERED_GROUP, rules->group_count);
}

/* --- rules ----------------------------------------------------------------------------------------------------------------- */

static bool is_picky(const struct ruleset *rules, const struct signal_set *set) {
  for (uint32_t i = 0; i < set->count; i++) {
    const struct signal *signal = &rules->signals[set->ids[i]];
    if (signal->kind == SIGNAL_SEQUENCE || signal->kind == SIGNAL_VISIT) return true;
  }
  for (uint32_t a = 0; a < rules->atom_count; a++) {
    const struct atom *atom = &rules->atoms[a];
    bool ours = false;
    for (uint32_t i = 0; i < set->count; i++) ours |= set->ids[i] == atom->signal;
    if (ours && (atom->name.p || atom->name_matcher || atom->test_count)) return true;
  }
  return false;
}

static bool reaches_cap(const struct ruleset *rules, const struct rule *rule) {
  for (int i = 0; rule->cap && i < rule->slot_count; i++) {
    struct range reach = reach_slot(rules, rule->first_slot + i);
    if (reach.high > in_points(rule->cap) || reach.low < -in_points(rule->cap)) return true;
  }
  return false;
}

static void add_common(struct listing *l, const struct rule *rule) {
  if (reaches_cap(l->coverage->rules, rule))
    coverage_add(l, SAW_CAPPED, 0, true, "capped", "a lead for whom it would hold more than its cap");
  if (rule->counts_while)
    coverage_add(l, SAW_SUSPENDED, 0, true, "does not count",
                 "a lead with points of it, while `counts_while` is false");
  if (rule->points_fn != FN_NONE || reach_is_opaque(rule->when) || reach_is_opaque(rule->counts_while))
    coverage_add(l, SAW_FAILED, 0, false, "its function fails",
                 "t:expect { fails = { \"the rule\" } }, if it can fail");
}

static void list_behaviour(struct listing *l, const struct rule *rule) {
  coverage_add(l, SAW_FIRED, 0, true, "fired", "a lead who does what it waits for");
  if (is_picky(l->coverage->rules, &rule->on))
    coverage_add(l, SAW_MISSED, 0, true, "not fired",
                 "a lead who does something like it that must not count");
  if (rule->when) coverage_add(l, SAW_EXCLUDED, 0, true, "excluded", "the event, while `when` is false");
  if (rule->limit.times)
    coverage_add(l, SAW_LIMITED, 0, true, "limited", "one more than its limit lets count");
}

static const char *row_words(struct listing *l, const struct rule *rule, uint32_t row) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "row %u: ", row + 1);
  matcher_describe(rule->rows[row].matcher, &text);
  if (text.len > 60) {
    text.len = 57;
    while (text.len && ((unsigned char)text.data[text.len] & 0xc0) == 0x80) text.len--;
    buf_add_text(&text, "...");
  }
  const char *words = arena_str(&l->coverage->arena, buf_str(&text)).p;
  buf_release(&text);
  return words;
}

static void list_profile(struct listing *l, const struct rule *rule) {
  for (uint32_t i = 0; i < rule->row_count; i++)
    coverage_add(l, SAW_HELD, i, true, row_words(l, rule, i),
                 "a lead for whom this row is the first that matches");
  if (rule->row_count == 0) coverage_add(l, SAW_HELD, 0, true, "held", "a lead for whom it is true");
  bool always =
      !rule->when && (rule->row_count == 0 || rule->rows[rule->row_count - 1].matcher->op == MATCH_ANY);
  if (!always) coverage_add(l, SAW_NOT_HELD, 0, true, "not held", "a lead for whom it is not true");
}

static void list_rules(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_RULE, rules->rule_count);
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    const struct rule *rule = &rules->rules[i];
    coverage_declare(l, COVERED_RULE, i, rule->id, rule->place);
    if (rule->kind == RULE_BEHAVIOUR)
      list_behaviour(l, rule);
    else
      list_profile(l, rule);
    add_common(l, rule);
  }
  coverage_close(l, COVERED_RULE, rules->rule_count);
}

/* --- resets, ignores, stages ------------------------------------------------------------------------------------------------ */

static void list_cuts(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  coverage_open(l, COVERED_RESET, rules->reset_count);
  for (uint32_t i = 0; i < rules->reset_count; i++) {
    coverage_declare(l, COVERED_RESET, i, rules->resets[i].id, rules->resets[i].place);
    coverage_add(l, SAW_RESET, 0, true, "cut", "a lead with points, and then what it waits for");
  }
  coverage_close(l, COVERED_RESET, rules->reset_count);
  coverage_open(l, COVERED_IGNORE, rules->ignore_count);
  for (uint32_t i = 0; i < rules->ignore_count; i++) {
    coverage_declare(l, COVERED_IGNORE, i, rules->ignores[i].id, rules->ignores[i].place);
    coverage_add(l, SAW_TAKEN, 0, true, "ignored", "a lead or an event that it takes out");
  }
  coverage_close(l, COVERED_IGNORE, rules->ignore_count);
}

static const char *move_words(struct listing *l, const struct lifecycle *lifecycle, const struct move *move) {
  struct buf text;
  bool some = false;
  buf_init(&text);
  for (uint32_t s = 0; s < lifecycle->stage_count; s++) {
    if (!(move->from >> s & 1)) continue;
    buf_printf(&text, "%s%s", some ? ", " : "", lifecycle->stages[s]);
    some = true;
  }
  buf_printf(&text, " -> %s", lifecycle->stages[move->to]);
  const char *words = arena_str(&l->coverage->arena, buf_str(&text)).p;
  buf_release(&text);
  return words;
}

static bool is_gated(const struct lifecycle *lifecycle, const struct move *move) {
  for (uint32_t g = 0; g < lifecycle->gate_count; g++)
    if (lifecycle->gates[g].into >> move->to & 1) return true;
  return false;
}

/* A move that people make. That it is for some roles only, or not from here, is no refusal of its own. */
static void list_made(struct listing *l, const struct lifecycle *lifecycle, const struct move *move) {
  bool picky = move->need || move->asks.count || move->learns.count || move->reason_count || move->again_ms ||
               is_gated(lifecycle, move);
  coverage_add(l, SAW_MOVED, 0, true, "made by somebody", "t:act(..), and t:expect its stage");
  if (picky)
    coverage_add(l, SAW_DENIED, 0, true, "refused to somebody",
                 "t:refused(..) by what it needs, asks or learns, its reasons or a gate");
}

static void list_moves(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  uint32_t flat = coverage_flat(rules, COVERED_MOVE, rules->lifecycle_count, 0);
  coverage_open(l, COVERED_MOVE, flat);
  flat = 0;
  for (uint32_t n = 0; n < rules->lifecycle_count; n++)
    for (uint32_t i = 0; i < rules->lifecycles[n].move_count; i++) {
      const struct move *move = &rules->lifecycles[n].moves[i];
      coverage_declare(l, COVERED_MOVE, flat++, move_words(l, &rules->lifecycles[n], move), move->place);
      l->next.lifecycle = n;
      l->next.index = i;
      if (!move->when) {
        list_made(l, &rules->lifecycles[n], move);
        continue;
      }
      coverage_add(l, SAW_MOVED, 0, true, "happened", "a lead for whom its `when` becomes true");
      if (move->again_ms)
        coverage_add(l, SAW_WAITED, 0, true, "waited",
                     "a lead brought back, and the same again before `again` is over");
    }
  coverage_close(l, COVERED_MOVE, flat);
}

static bool guards(const struct gate *gate, const struct move *move) {
  return gate->into >> move->to & 1;
}

/* Whether some move into its stage can be asked for while the gate's need does not hold: a need that every move asks for
 * itself refuses nobody. */
static bool can_refuse(const struct listing *l, const struct lifecycle *lifecycle, const struct gate *gate) {
  struct range scores[RULESET_MAX_DIMENSIONS];
  uint64_t stages[RULESET_MAX_LIFECYCLES];
  struct possible_world world = {.rules = l->coverage->rules, .scores = scores, .stages = stages};
  const struct cond *need[] = {gate->need};
  const struct cond refused = {.op = COND_NOT, .reads = gate->need->reads, .len = 1, .kids = need};
  for (size_t i = 0; i < RULESET_MAX_DIMENSIONS; i++) scores[i] = (struct range){-INFINITY, INFINITY};
  for (size_t i = 0; i < RULESET_MAX_LIFECYCLES; i++) stages[i] = ~UINT64_C(0);
  for (uint32_t m = 0; m < lifecycle->move_count; m++) {
    const struct cond *both[] = {&refused, lifecycle->moves[m].when};
    uint32_t count = lifecycle->moves[m].when ? 2 : 1;
    if (guards(gate, &lifecycle->moves[m]) && possible(&world, both, count, NULL)) return true;
  }
  return false;
}

static bool lets_through(const struct lifecycle *lifecycle, const struct gate *gate) {
  for (uint32_t m = 0; m < lifecycle->move_count; m++)
    if (guards(gate, &lifecycle->moves[m])) return true;
  return false;
}

static void list_gates(struct listing *l) {
  const struct ruleset *rules = l->coverage->rules;
  uint32_t flat = coverage_flat(rules, COVERED_GATE, rules->lifecycle_count, 0);
  coverage_open(l, COVERED_GATE, flat);
  flat = 0;
  for (uint32_t n = 0; n < rules->lifecycle_count; n++)
    for (uint32_t i = 0; i < rules->lifecycles[n].gate_count; i++) {
      const struct gate *gate = &rules->lifecycles[n].gates[i];
      coverage_declare(l, COVERED_GATE, flat++, gate->id, gate->place);
      l->next.lifecycle = n;
      l->next.index = i;
      if (!lets_through(&rules->lifecycles[n], gate)) continue;
      coverage_add(l, SAW_PASSED, 0, true, "let through", "a lead who moves into its stage");
      if (!can_refuse(l, &rules->lifecycles[n], gate)) continue;
      coverage_add(l, SAW_REFUSED, 0, true, "refused",
                   "a lead for whom a move's `when` is true, or somebody who would move it, but not what "
                   "this gate needs");
    }
  coverage_close(l, COVERED_GATE, flat);
}

void coverage_list(struct coverage *coverage) {
  struct listing l = {.coverage = coverage};
  list_dimensions(&l);
  list_groups(&l);
  list_rules(&l);
  list_cuts(&l);
  list_moves(&l);
  list_gates(&l);
  coverage_list_desk(&l);
}
