#include "core/cost/cost.h"

#include "core/rules/binding.h"
#include "notation/reach.h"
#include "vm/script/script_test.h"
#include <math.h>
#include <stdlib.h>

struct measuring {
  struct generation *generation;
  const struct cost_events *events;
  const struct cost_probe *probe;
  struct cost *out;
};

struct run { /* one pass over all events */
  int64_t ns;
  size_t heap;
  struct vm_effort effort;
};

/* --- one pass ------------------------------------------------------------------------------------------------------------------ */

static void fold_all(const struct measuring *m, struct engine *engine, struct fold *fold, int64_t at_ms,
                     bool note);

static struct vm_effort effort_since(const struct vm_effort *before, struct script *script) {
  struct vm_effort now = vm_effort(script_vm(script));
  return (struct vm_effort){now.calls - before->calls, now.allocations - before->allocations,
                            now.allocated_bytes - before->allocated_bytes};
}

static struct run pass(const struct measuring *m, struct ruleset *rules, bool note) {
  struct engine_calls calls;
  struct engine_counts counts;
  struct feed feed = {.source = STR("bench")};
  struct feed_result result;
  struct ruleset *own = m->generation->rules;
  m->generation->rules = rules;
  struct binding *binding = binding_new(m->generation);
  binding_calls(binding, &calls);
  size_t heap = m->probe->heap(m->probe->context);
  struct vm_effort before = vm_effort(script_vm(m->generation->script));
  int64_t began = m->probe->cpu_ns(m->probe->context);
  struct engine *engine = engine_new(rules, &calls, NULL);
  for (size_t i = 0; i < m->events->count; i++) engine_feed(engine, m->events->items[i], &feed, &result);
  engine_counts(engine, &counts);
  struct fold *fold = engine_fold_new(engine);
  fold_all(m, engine, fold, counts.last_ms, note);
  struct run run = {m->probe->cpu_ns(m->probe->context) - began, m->probe->heap(m->probe->context) - heap,
                    effort_since(&before, m->generation->script)};
  fold_free(fold);
  engine_free(engine);
  binding_free(binding);
  script_forget_failures(m->generation->script);
  m->generation->rules = own;
  return run;
}

static void note_lead(const struct measuring *m, const struct fold *fold, struct arena *scratch) {
  const struct ruleset *rules = fold_rules(fold);
  for (uint32_t r = 0; r < rules->rule_count; r++) m->out->rules[r].fired += fold_outcome(fold, r).fired;
  for (uint32_t d = 0; d < rules->dimension_count; d++) {
    struct fold_parts parts;
    fold_explain(fold, (int)d, scratch, &parts);
    for (uint32_t i = 0; i < parts.count; i++)
      m->out->rules[parts.parts[i].rule].points += fabs((double)parts.parts[i].held) / (double)MILLI;
  }
}

static void fold_all(const struct measuring *m, struct engine *engine, struct fold *fold, int64_t at_ms,
                     bool note) {
  struct arena scratch;
  uint32_t cursor = 0, lead;
  arena_init(&scratch, 0);
  while (engine_next_lead(engine, &cursor, &lead)) {
    if (engine_fold(engine, lead, at_ms, fold) == 0 || !note) continue;
    note_lead(m, fold, &scratch);
    m->out->leads++;
    arena_clear(&scratch);
  }
  arena_release(&scratch);
}

static void least(struct run *best, struct run run) {
  if (run.ns < best->ns) best->ns = run.ns;
  if (run.heap < best->heap) best->heap = run.heap;
  best->effort = run.effort; /* the same every time */
}

/* --- one rule against none -------------------------------------------------------------------------------------------------------- */

static bool is_rule(const struct declaration *d) {
  return strcmp(d->kind, "rule") == 0;
}

/* The rules directory with this rule alone; NULL id: with none. */
static struct ruleset *only(const struct measuring *m, const struct ruledir *bundle, const char *id) {
  const struct declarations *declared = m->generation->declared;
  struct declarations some = *declared;
  some.items = xcalloc(declared->count + 1, sizeof *some.items);
  some.count = 0;
  for (size_t i = 0; i < declared->count; i++) {
    const struct declaration *d = &declared->items[i];
    if (!is_rule(d) || (id && str_eq(d->name, str_of(id)))) some.items[some.count++] = *d;
  }
  struct ruleset *rules = generation_vary(m->generation, bundle, &some);
  free(some.items);
  return rules;
}

/* Others' functions are called without it, too: of a lifecycle, of a segment. */
static void count_calls(const struct run *without, const struct run *with, double events,
                        struct cost_rule *rule) {
  double calls = (double)with->effort.calls - (double)without->effort.calls;
  if (calls <= 0) return;
  rule->calls = calls / events;
  rule->allocations = ((double)with->effort.allocations - (double)without->effort.allocations) / calls;
  rule->allocated = ((double)with->effort.allocated_bytes - (double)without->effort.allocated_bytes) / calls;
}

static void measure_rule(const struct measuring *m, struct ruleset *none, struct ruleset *one,
                         uint32_t rounds, struct cost_rule *rule) {
  struct run without = {.ns = INT64_MAX, .heap = SIZE_MAX}, with = without;
  double count = m->events->count ? (double)m->events->count : 1;
  for (uint32_t i = 0; i < rounds; i++) {
    least(&without, pass(m, none, false));
    least(&with, pass(m, one, false));
  }
  rule->measured = true;
  rule->ns = (double)(with.ns - without.ns) / count;
  rule->bytes = ((double)with.heap - (double)without.heap) / count;
  if (rule->function) count_calls(&without, &with, count, rule);
  double base = (double)without.ns / count;
  if (base < m->out->base_ns) m->out->base_ns = base;
}

static double per_event(const struct measuring *m, struct ruleset *rules, uint32_t rounds) {
  struct run best = {.ns = INT64_MAX, .heap = SIZE_MAX};
  for (uint32_t i = 0; i < rounds; i++) least(&best, pass(m, rules, false));
  return (double)best.ns / (m->events->count ? (double)m->events->count : 1);
}

void cost_measure(struct cost *cost, struct generation *generation, const struct ruledir *bundle,
                  const struct cost_events *events, uint32_t rounds, const struct cost_probe *probe) {
  struct measuring m = {generation, events, probe, cost};
  const struct ruleset *rules = generation->rules;
  *cost = (struct cost){.rule_count = rules->rule_count, .events = events->count, .base_ns = INFINITY};
  arena_init(&cost->arena, 0);
  cost->rules = arena_zalloc(&cost->arena, (rules->rule_count + 1) * sizeof *cost->rules);
  pass(&m, generation->rules, true);
  cost->whole_ns = per_event(&m, generation->rules, rounds);
  struct ruleset *none = only(&m, bundle, NULL);
  for (uint32_t r = 0; r < rules->rule_count; r++) {
    const struct rule *rule = &rules->rules[r];
    struct ruleset *one = none ? only(&m, bundle, rule->id) : NULL;
    cost->rules[r].id = rule->id;
    cost->rules[r].place = rule->place;
    cost->rules[r].function =
        rule->points_fn != FN_NONE || reach_is_opaque(rule->when) || reach_is_opaque(rule->counts_while);
    cost->rules[r].fired /= events->count ? (double)events->count : 1;
    if (one) measure_rule(&m, none, one, rounds, &cost->rules[r]);
    ruleset_free(one);
    if (probe->step) probe->step(probe->context, r + 1, rules->rule_count);
  }
  if (none && isinf(cost->base_ns)) cost->base_ns = per_event(&m, none, rounds);
  ruleset_free(none);
}

void cost_release(struct cost *cost) {
  arena_release(&cost->arena);
  *cost = (struct cost){0};
}
