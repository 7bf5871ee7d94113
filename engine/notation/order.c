/* order.c - the order of rules: what feeds a dimension comes before what tests it.
 *
 * Dimensions and topics are the knots of a graph; a rule that tests one and feeds another is an arrow. Without circles
 * every knot has a depth, and sorting profile rules by the deepest knot they test puts every rule behind all that feed
 * what it tests. A circle has no answer at any instant: it is an error that names its rules. */
#include "notation/compile_private.h"

#include "model/ruleset/framework.h"
#include <stdlib.h>

struct graph {
  struct compile *c;
  uint32_t knots;  /* dimensions, then topics */
  uint32_t *depth; /* per knot */
  bool **tests;    /* per draft: knots its conditions test; NULL: none */
};

static void mark_tested(const struct graph *g, const struct cond *cond, bool *tested);

/* What criteria are inferred from is tested by who asks for them. */
static void mark_inferred(const struct graph *g, const struct framework *framework, bool *tested) {
  for (uint32_t i = framework->first; i < framework->first + framework->count; i++)
    if (g->c->out->criteria[i].inferred) mark_tested(g, g->c->out->criteria[i].inferred, tested);
}

static void mark_tested(const struct graph *g, const struct cond *cond, bool *tested) {
  const struct ruleset *out = g->c->out;
  switch (cond->op) {
  case COND_SCORE:
    for (uint32_t i = 0; i < cond->len; i++) tested[cond->numbers[i].index] = true;
    break;
  case COND_INTEREST:
    for (uint32_t i = 0; i < cond->len; i++)
      tested[out->dimension_count + (uint32_t)cond->numbers[i].index] = true;
    break;
  case COND_VELOCITY: tested[cond->number.index] = true; break;
  case COND_GRADE: tested[out->grade_rows] = tested[out->grade_columns] = true; break;
  case COND_QUALIFIED:
  case COND_MET:
  case COND_UNMET:
  case COND_ANSWERED:
  case COND_TOTAL: mark_inferred(g, &out->frameworks[cond->framework], tested); break;
  case COND_SEGMENT:
  case COND_AND:
  case COND_OR:
  case COND_NOT:
    for (uint32_t i = 0; i < cond->len; i++) mark_tested(g, cond->kids[i], tested);
    break;
  default: break;
  }
}

static bool *tested_by(const struct graph *g, const struct rule *rule) {
  bool *tested = NULL;
  const struct cond *conds[] = {rule->when, rule->counts_while};
  for (size_t i = 0; i < 2; i++) {
    if (!conds[i] || !(conds[i]->reads & READS_SCORES)) continue;
    if (!tested) tested = arena_zalloc(&g->c->scratch, g->knots * sizeof *tested);
    mark_tested(g, conds[i], tested);
  }
  return tested;
}

static bool feeds(const struct graph *g, const struct draft *draft, uint32_t knot) {
  if (knot >= g->c->out->dimension_count) {
    for (uint32_t i = 0; i < draft->rule.topic_count; i++) {
      if (draft->rule.topics[i] + g->c->out->dimension_count == knot) return true;
    }
    return false;
  }
  for (uint32_t i = 0; i < draft->slot_count; i++) {
    if ((uint32_t)draft->slots[i].dimension == knot) return true;
  }
  return false;
}

static const char *knot_name(const struct graph *g, uint32_t knot) {
  const struct ruleset *out = g->c->out;
  return knot < out->dimension_count ? out->dimensions[knot].name : out->topics[knot - out->dimension_count];
}

/* --- circles -------------------------------------------------------------------------------------------------------------- */

static bool refuse_direct(const struct graph *g, uint32_t at) {
  const struct draft *draft = &g->c->drafts[at];
  bool found = false;
  for (uint32_t knot = 0; g->tests[at] && knot < g->knots; knot++) {
    if (!g->tests[at][knot] || !feeds(g, draft, knot)) continue;
    FAULT(g->c, "circle", draft->rule.place,
          "test another dimension, or what the rule is really about (seen, trait)",
          "rule '%s' tests '%s', which it feeds itself", draft->rule.id, knot_name(g, knot));
    found = true;
  }
  return found;
}

/* Raises the depth of what a draft feeds above what it tests. True when something rose. */
static bool deepen(const struct graph *g, uint32_t at) {
  struct draft *draft = &g->c->drafts[at];
  if (!g->tests[at]) return false;
  uint32_t order = 0;
  for (uint32_t knot = 0; knot < g->knots; knot++) {
    if (g->tests[at][knot] && g->depth[knot] + 1 > order) order = g->depth[knot] + 1;
  }
  draft->order = order;
  bool rose = false;
  for (uint32_t knot = 0; knot < g->knots; knot++) {
    if (g->depth[knot] >= order || !feeds(g, draft, knot)) continue;
    g->depth[knot] = order;
    rose = true;
  }
  return rose;
}

/* Finds a way from `from` to `goal` through rules that are not used yet; trail gets the rules, first to last. */
static bool find_way(const struct graph *g, uint32_t from, uint32_t goal, bool *visited, uint32_t *trail,
                     uint32_t *len) {
  if (visited[from]) return false;
  visited[from] = true;
  for (uint32_t at = 0; at < g->c->draft_count; at++) {
    if (!g->tests[at] || !g->tests[at][from]) continue;
    trail[(*len)++] = at;
    for (uint32_t knot = 0; knot < g->knots; knot++) {
      if (!feeds(g, &g->c->drafts[at], knot)) continue;
      if (knot == goal || find_way(g, knot, goal, visited, trail, len)) return true;
    }
    (*len)--;
  }
  return false;
}

static void tell_circle(const struct graph *g, const uint32_t *trail, uint32_t len, uint32_t goal) {
  struct buf names;
  buf_init(&names);
  for (uint32_t i = 0; i < len; i++)
    buf_printf(&names, "%s'%s'", i == 0 ? "" : i + 1 == len ? " and " : ", ", g->c->drafts[trail[i]].rule.id);
  FAULT(g->c, "circle", g->c->drafts[trail[0]].rule.place, "break it: let one of them test something else",
        "rules %s test in a circle what they feed, from '%s' back to '%s'", names.data, knot_name(g, goal),
        knot_name(g, goal));
  buf_release(&names);
}

static void refuse_circle(const struct graph *g) {
  uint32_t *trail = arena_alloc(&g->c->scratch, (g->knots + 1) * sizeof *trail);
  for (uint32_t knot = 0; knot < g->knots; knot++) {
    uint32_t len = 0;
    bool *visited = arena_zalloc(&g->c->scratch, g->knots * sizeof *visited);
    if (!find_way(g, knot, knot, visited, trail, &len)) continue;
    tell_circle(g, trail, len, knot);
    return;
  }
}

static void sort_out(struct graph *g) {
  bool direct = false, rising = true;
  for (uint32_t i = 0; i < g->c->draft_count; i++) direct |= refuse_direct(g, i);
  if (direct) return;
  for (uint32_t round = 0; rising && round <= g->knots; round++) {
    rising = false;
    for (uint32_t i = 0; i < g->c->draft_count; i++) rising |= deepen(g, i);
  }
  if (rising) refuse_circle(g);
}

/* --- numbering ------------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) {
  const struct draft *x = *(const struct draft *const *)a, *y = *(const struct draft *const *)b;
  if (x->rule.kind != y->rule.kind) return (int)x->rule.kind - (int)y->rule.kind;
  if (x->rule.kind == RULE_PROFILE && x->order != y->order) return x->order < y->order ? -1 : 1;
  return (x > y) - (x < y); /* as declared: drafts lie in one array */
}

static void add_slots(struct compile *c, const struct draft *draft, struct rule *rule, int number) {
  struct ruleset *out = c->out;
  bool function = rule->points_fn != FN_NONE;
  rule->first_slot = (int)out->slot_count;
  rule->slot_count = function ? (int)out->dimension_count : (int)draft->slot_count;
  for (int i = 0; i < rule->slot_count; i++) {
    struct slot slot = function ? (struct slot){.dimension = i} : draft->slots[i];
    slot.rule = number;
    out->slots = read_grow(c->arena, out->slots, out->slot_count, sizeof *out->slots);
    out->slots[out->slot_count++] = slot;
  }
}

static void number_rules(struct compile *c) {
  struct ruleset *out = c->out;
  const struct draft **sorted = arena_alloc(&c->scratch, (c->draft_count + 1) * sizeof *sorted);
  for (uint32_t i = 0; i < c->draft_count; i++) sorted[i] = &c->drafts[i];
  qsort(sorted, c->draft_count, sizeof *sorted, compare);
  out->rules = arena_zalloc(c->arena, (c->draft_count + 1) * sizeof *out->rules);
  out->rule_count = c->draft_count;
  for (uint32_t i = 0; i < c->draft_count; i++) {
    out->rules[i] = sorted[i]->rule;
    add_slots(c, sorted[i], &out->rules[i], (int)i);
    if (out->rules[i].kind == RULE_BEHAVIOUR) out->behaviour_count++;
  }
}

void order_rules(struct compile *c) {
  struct graph g = {.c = c, .knots = c->out->dimension_count + c->out->topic_count};
  g.depth = arena_zalloc(&c->scratch, (g.knots + 1) * sizeof *g.depth);
  g.tests = arena_zalloc(&c->scratch, (c->draft_count + 1) * sizeof *g.tests);
  for (uint32_t i = 0; i < c->draft_count; i++) g.tests[i] = tested_by(&g, &c->drafts[i].rule);
  sort_out(&g);
  number_rules(c);
}
