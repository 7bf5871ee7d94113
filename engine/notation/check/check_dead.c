/* check_dead.c - rules that can never give points, because what they wait for cannot be. */
#include "notation/check/check_private.h"

#include "model/ruleset/cond_describe.h"
#include "model/ruleset/desk.h"

/* --- events ---------------------------------------------------------------------------------------------------------------- */

/* Nobody does what the rules do not declare; moves that name no act are made by `move`, leads are given away by `assign`. */
static bool act_possible(const struct ruleset *rules, const struct atom *atom) {
  if (atom->types != 1u << EVENT_ACT || !atom->name.p) return true;
  return ruleset_act(rules, atom->name) != NONE || str_eq(atom->name, STR("move")) ||
         str_eq(atom->name, STR("assign"));
}

static bool atom_possible(const struct ruleset *rules, const struct atom *atom) {
  if (!act_possible(rules, atom)) return false;
  if (atom->name_matcher && !possible_value(atom->name_matcher, NULL, 0)) return false;
  for (uint32_t i = 0; i < atom->test_count; i++) {
    if (!possible_value(atom->tests[i].matcher, NULL, 0)) return false;
  }
  return true;
}

void check_events(struct check *c) {
  c->raised = arena_zalloc(&c->scratch, c->rules->signal_count + 1);
  for (uint32_t i = 0; i < c->rules->atom_count; i++) {
    const struct atom *atom = &c->rules->atoms[i];
    c->raised[atom->signal] |= atom_possible(c->rules, atom);
    if (!act_possible(c->rules, atom))
      CHECK_WARN(c, "unknown_act", atom->place,
                 "declare it: acts { NAME = { by = \"sales\" } }, or mend the name",
                 "nobody can do act \"%.*s\": the rules declare no such act", STR_ARG(atom->name));
  }
}

static bool set_possible(struct check *c, const struct signal_set *set) {
  for (uint32_t i = 0; i < set->count; i++) {
    if (check_signal_possible(c, set->ids[i])) return true;
  }
  return false;
}

static bool clock_possible(const struct check *c, const struct signal *signal) {
  for (uint32_t i = 0; i < c->rules->sla_count; i++) {
    bool ever = signal->kind == SIGNAL_BREACHED || c->rules->slas[i].warn_ms;
    if (signal->slas >> i & 1 && ever && check_starts(c, i)) return true;
  }
  return false;
}

bool check_signal_possible(struct check *c, int number) {
  const struct signal *signal = &c->rules->signals[number];
  switch (signal->kind) {
  case SIGNAL_EVENT: return c->raised[number];
  case SIGNAL_VISIT: return true;
  case SIGNAL_ENTERED: return (c->stages[signal->lifecycle] & signal->stages) != 0;
  case SIGNAL_WARNED:
  case SIGNAL_BREACHED: return clock_possible(c, signal);
  case SIGNAL_SEQUENCE: break;
  }
  const struct sequence *sequence = &c->rules->sequences[signal->sequence];
  for (uint32_t i = 0; i < sequence->step_count; i++) {
    if (!set_possible(c, &sequence->steps[i].on)) return false;
  }
  return true;
}

void check_trigger(struct check *c, const struct signal_set *on, struct place place, const char *owner) {
  if (on->count == 0 || set_possible(c, on)) return;
  CHECK_WARN(
      c, "dead_rule", place,
      "its matchers contradict each other, its stage is never entered, or the rules declare no such act",
      "%s never fires: nothing is %.*s", owner, STR_ARG(c->rules->signals[on->ids[0]].written));
}

/* --- conditions ------------------------------------------------------------------------------------------------------------- */

/* One side of an `|` that cannot hold by itself is a mistake even where the other side can. */
static void check_alternatives(struct check *c, const struct cond *cond, const char *owner) {
  struct buf why;
  if (cond->op != COND_AND && cond->op != COND_OR) return;
  buf_init(&why);
  for (uint32_t i = 0; i < cond->len; i++) {
    const struct cond *kid = cond->kids[i];
    buf_clear(&why);
    if (cond->op == COND_OR && !check_has_bar(c, kid) && !possible(&c->world, &kid, 1, &why))
      CHECK_WARN(c, "dead_condition", kid->place, "mend it or leave it out",
                 "%s: one alternative can never hold: %s", owner, why.data);
    else
      check_alternatives(c, kid, owner);
  }
  buf_release(&why);
}

/* `seen` of what never happens; what is denied may well never happen. */
static void check_seen(struct check *c, const struct cond *cond, const char *owner) {
  bool several = cond->op == COND_AND || cond->op == COND_OR;
  for (uint32_t i = 0; several && i < cond->len; i++) check_seen(c, cond->kids[i], owner);
  if (cond->op != COND_SEEN) return;
  const struct counter *counter = &c->rules->counters[cond->counter];
  if (set_possible(c, &counter->on)) return;
  CHECK_WARN(
      c, "dead_condition", cond->place,
      "its matchers contradict each other, its stage is never entered, or the rules declare no such act",
      "%s: nothing is ever %.*s", owner, STR_ARG(counter->written));
}

void check_condition(struct check *c, const struct cond *cond, const char *owner, const char *outcome) {
  if (!cond) return;
  check_seen(c, cond, owner);
  struct buf why;
  buf_init(&why);
  if (possible(&c->world, &cond, 1, &why))
    check_alternatives(c, cond, owner);
  else if (!check_has_bar(c, cond))
    CHECK_WARN(c, "dead_condition", cond->place, "mend the condition, or leave it out",
               "%s %s: %s can never hold", owner, outcome, why.data);
  buf_release(&why);
}

/* --- everything that waits for something ------------------------------------------------------------------------------------- */

static void dead_rules(struct check *c, struct buf *owner) {
  for (uint32_t i = 0; i < c->rules->rule_count; i++) {
    const struct rule *rule = &c->rules->rules[i];
    buf_clear(owner);
    buf_printf(owner, "rule '%s'", rule->id);
    check_trigger(c, &rule->on, rule->place, owner->data);
    check_condition(c, rule->when, owner->data, "never gives points");
    check_condition(c, rule->counts_while, owner->data, "never counts");
  }
}

static void dead_resets(struct check *c, struct buf *owner) {
  for (uint32_t i = 0; i < c->rules->reset_count; i++) {
    const struct reset *reset = &c->rules->resets[i];
    buf_clear(owner);
    buf_printf(owner, "reset '%s'", reset->id);
    check_trigger(c, &reset->on, reset->place, owner->data);
    check_condition(c, reset->when, owner->data, "never happens");
  }
}

static void dead_ignores(struct check *c, struct buf *owner) {
  for (uint32_t i = 0; i < c->rules->ignore_count; i++) {
    const struct ignore *ignore = &c->rules->ignores[i];
    buf_clear(owner);
    buf_printf(owner, "ignore '%s'", ignore->id);
    check_trigger(c, &ignore->on, ignore->place, owner->data);
    check_condition(c, ignore->when, owner->data, "never happens");
  }
}

static void dead_segments(struct check *c, struct buf *owner) {
  for (uint32_t i = 0; i < c->rules->segment_count; i++) {
    const struct segment *segment = &c->rules->segments[i];
    buf_clear(owner);
    buf_printf(owner, "segment '%s'", segment->id);
    check_condition(c, segment->when, owner->data, "is empty");
  }
}

/* Whole moves are check_reach's: here only their alternatives, and gates. */
static void dead_ways(struct check *c, struct buf *owner) {
  for (uint32_t i = 0; i < c->rules->lifecycle_count; i++) {
    const struct lifecycle *l = &c->rules->lifecycles[i];
    for (uint32_t j = 0; j < l->gate_count; j++) {
      buf_clear(owner);
      buf_printf(owner, "gate '%s'", l->gates[j].id);
      check_condition(c, l->gates[j].need, owner->data, "never opens");
    }
    for (uint32_t j = 0; j < l->move_count; j++) {
      const struct move *move = &l->moves[j];
      buf_clear(owner);
      buf_printf(owner, "the move to '%s'", l->stages[move->to]);
      if (!move->when) continue;
      check_seen(c, move->when, owner->data);
      if (possible(&c->world, &move->when, 1, NULL)) check_alternatives(c, move->when, owner->data);
    }
  }
}

void check_dead(struct check *c) {
  struct buf owner;
  buf_init(&owner);
  dead_rules(c, &owner);
  dead_resets(c, &owner);
  dead_ignores(c, &owner);
  dead_segments(c, &owner);
  dead_ways(c, &owner);
  buf_release(&owner);
}
