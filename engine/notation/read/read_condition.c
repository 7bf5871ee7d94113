/* read_condition.c - conditions about a lead: their operators, and functions. The parts are in
 * read_condition_part.c. */
#include "notation/compile_private.h"

static const char *const names[] = {
    "trait",    "score", "grade_is",     "stage",    "seen",       "known",   "completeness",
    "velocity", "idle",  "in_stage_for", "interest", "in_segment", "account", "qualified",
    "met",      "unmet", "total",        "cycle",    "verdict",    "&",       "|",
    "~",        NULL};

static enum cond_op operator_op(struct str name) {
  if (str_eq(name, STR("&"))) return COND_AND;
  if (str_eq(name, STR("|"))) return COND_OR;
  return COND_NOT;
}

static bool is_operator(struct str name) {
  return str_eq(name, STR("&")) || str_eq(name, STR("|")) || str_eq(name, STR("~"));
}

/* Kids of the same operator are taken in: (a & b) & c has three kids. */
static const struct cond **add_kid(struct compile *c, struct cond *cond, const struct cond **kids,
                                   const struct cond *kid) {
  bool same = kid->op == cond->op && cond->op != COND_NOT;
  uint32_t count = same ? kid->len : 1;
  for (uint32_t i = 0; i < count; i++) {
    kids = read_grow(c->arena, kids, cond->len, sizeof *kids);
    kids[cond->len++] = same ? kid->kids[i] : kid;
  }
  cond->reads |= kid->reads;
  return kids;
}

static struct cond *read_operator(struct compile *c, const struct node *call,
                                  const struct cond_scope *scope) {
  struct cond *cond = arena_zalloc(c->arena, sizeof *cond);
  cond->op = operator_op(call->call.name);
  const struct cond **kids = NULL;
  bool fine = cond->op == COND_NOT ? call->call.arg_count == 1 : call->call.arg_count > 0;
  if (!fine)
    FAULT(c, "wrong_arguments", call->place, NULL, "%s: '%.*s' combines conditions, got %s", scope->what,
          STR_ARG(call->call.name), read_described(c, call));
  for (uint32_t i = 0; i < call->call.arg_count; i++) {
    const struct cond *kid = read_condition(c, &call->call.args[i], scope);
    if (kid)
      kids = add_kid(c, cond, kids, kid);
    else
      fine = false;
  }
  cond->kids = kids;
  return fine ? cond : NULL;
}

/* What a function reads is not known before it runs: everything. */
static struct cond *read_function(struct compile *c, const struct node *node,
                                  const struct cond_scope *scope) {
  struct cond *cond = arena_zalloc(c->arena, sizeof *cond);
  cond->op = COND_FUNCTION;
  cond->fn = node->function.fn;
  cond->reads = READS_TRAITS | READS_COUNTERS | READS_SCORES | READS_STAGE | READS_ACTIVITY | READS_TIME |
                READS_ACCOUNT;
  if (scope->event) cond->reads |= READS_EVENT;
  return cond;
}

static struct cond *read_any(struct compile *c, const struct node *node, const struct cond_scope *scope) {
  struct node call;
  if (node->kind == NODE_FUNCTION) return read_function(c, node, scope);
  if (!node_as_call(node, names, &call)) {
    bool several = node->kind == NODE_TABLE && node->table.pair_count > 1;
    if (several)
      FAULT(c, "wrong_kind", node->place,
            "combine conditions with & and | (YAML: all_of: [..], any_of: [..])",
            "%s must be one condition, got %s", scope->what, read_described(c, node));
    else
      read_unknown_word(c, node, scope->what, "a condition", names);
    return NULL;
  }
  if (is_operator(call.call.name)) return read_operator(c, &call, scope);
  return read_condition_part(c, &call, scope);
}

const struct cond *read_condition(struct compile *c, const struct node *node,
                                  const struct cond_scope *scope) {
  struct cond *cond = read_any(c, node, scope);
  if (cond) cond->place = read_place(c, node->place);
  return cond;
}
