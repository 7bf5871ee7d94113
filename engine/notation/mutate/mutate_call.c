/* mutate_call.c - bounds that move or become strict, operators that are others. */
#include "notation/mutate/mutate_private.h"

#include <math.h>

static void renamed(struct mutating *m, const struct at *at, const char *name, const char *hint) {
  struct node changed = *at->node;
  changed.call.name = str_of(name);
  mutate_node(m, at, &changed, hint);
}

static void with_arg(struct mutating *m, const struct at *at, uint32_t index, double number,
                     const char *hint) {
  struct node changed = *at->node;
  struct node *args = arena_dup(&m->out->arena, changed.call.args, changed.call.arg_count * sizeof *args);
  args[index].number = number;
  changed.call.args = args;
  mutate_node(m, at, &changed, hint);
}

/* About a tenth, at least the smallest step between whole numbers when it is one. */
static double step_of(double bound) {
  double part = fabs(bound) / 10;
  if (bound == floor(bound)) return part < 1 ? 1 : floor(part);
  return part;
}

/* A row of a `first` table but the first: what lies beside it is the earlier rows'. */
static bool is_later_row(const struct at *at) {
  for (; at->kind != AT_ROOT; at = at->up)
    if (at->kind == AT_ITEM && at->up->kind == AT_PAIR && str_eq(mutate_key(at->up), STR("first")))
      return at->index > 0;
  return false;
}

static const struct bound {
  const char *name, *other;
  int looser; /* the direction that lets more through */
} bounds[] = {
    {"at_least", "above", -1}, {"above", "at_least", -1}, {"at_most", "below", 1}, {"below", "at_most", 1}};

static void mutate_bound(struct mutating *m, const struct at *at) {
  const struct node *call = at->node;
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    if (!mutate_is_call(call, bounds[i].name) || call->call.arg_count != 1) continue;
    const struct node *arg = &call->call.args[0];
    if (arg->kind != NODE_NUMBER) return;
    renamed(m, at, bounds[i].other, "assert what holds at exactly the bound");
    if (is_later_row(at)) return;
    with_arg(m, at, 0, arg->number + bounds[i].looser * step_of(arg->number),
             "assert that it does not hold just outside the bound");
  }
}

static void mutate_between(struct mutating *m, const struct at *at) {
  const struct node *args = at->node->call.args;
  static const char *const ends = "assert what holds at exactly the ends";
  if (!mutate_is_call(at->node, "between") || at->node->call.arg_count != 2) return;
  if (args[0].kind != NODE_NUMBER || args[1].kind != NODE_NUMBER) return;
  double low = fmin(1, step_of(args[0].number)), high = fmin(1, step_of(args[1].number));
  with_arg(m, at, 0, args[0].number + low, ends);
  with_arg(m, at, 1, args[1].number - high, ends);
  if (is_later_row(at)) return;
  with_arg(m, at, 0, args[0].number - low, "assert that it does not hold just below");
  with_arg(m, at, 1, args[1].number + high, "assert that it does not hold just above");
}

/* --- the same in YAML: { at_least: 5 }, { between: [1, 5] }, { any_of: [..] } ------------------------------------------- */

static void with_pair(struct mutating *m, const struct at *at, uint32_t index, struct node_pair pair,
                      const char *hint) {
  struct node changed = *at->node;
  struct node_pair *pairs =
      arena_dup(&m->out->arena, changed.table.pairs, changed.table.pair_count * sizeof *pairs);
  pairs[index] = pair;
  changed.table.pairs = pairs;
  mutate_node(m, at, &changed, hint);
}

static void mutate_pair_bound(struct mutating *m, const struct at *at, uint32_t index) {
  struct node_pair pair = at->node->table.pairs[index];
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
    if (!str_eq(pair.key, str_of(bounds[i].name)) || pair.value.kind != NODE_NUMBER) continue;
    pair.key = str_of(bounds[i].other);
    with_pair(m, at, index, pair, "assert what holds at exactly the bound");
    if (is_later_row(at)) return;
    pair = at->node->table.pairs[index];
    pair.value.number += bounds[i].looser * step_of(pair.value.number);
    with_pair(m, at, index, pair, "assert that it does not hold just outside the bound");
    return;
  }
}

static void mutate_pair_between(struct mutating *m, const struct at *at, uint32_t index) {
  static const int tighter[] = {1, -1};
  struct node_pair pair = at->node->table.pairs[index];
  const struct node ends = pair.value;
  if (!str_eq(pair.key, STR("between")) || ends.kind != NODE_TABLE || ends.table.item_count != 2) return;
  for (uint32_t end = 0; end < 2; end++)
    for (int way = 0; way < (is_later_row(at) ? 1 : 2); way++) {
      struct node *items = arena_dup(&m->out->arena, ends.table.items, 2 * sizeof *items);
      items[end].number += (way ? -1 : 1) * tighter[end];
      pair.value.table.items = items;
      with_pair(m, at, index, pair, "assert what holds at exactly the ends, and just outside them");
    }
}

static void mutate_pair_operator(struct mutating *m, const struct at *at, uint32_t index) {
  struct node_pair pair = at->node->table.pairs[index];
  bool any = str_eq(pair.key, STR("any_of"));
  if (str_eq(pair.key, STR("not")))
    mutate_node(m, at, &pair.value, "assert a lead for whom the negated part holds");
  if (!any && !str_eq(pair.key, STR("all_of"))) return;
  pair.key = any ? STR("all_of") : STR("any_of");
  with_pair(m, at, index, pair, "assert a lead for whom only one side holds");
}

void mutate_pairs(struct mutating *m, const struct at *at) {
  for (uint32_t i = 0; i < at->node->table.pair_count; i++) {
    mutate_pair_bound(m, at, i);
    mutate_pair_between(m, at, i);
    mutate_pair_operator(m, at, i);
  }
}

/* Numbers that mutate_pairs changes. */
bool mutate_is_bound(const struct at *at) {
  if (at->kind == AT_ITEM) return at->up->kind == AT_PAIR && str_eq(mutate_key(at->up), STR("between"));
  for (size_t i = 0; at->kind == AT_PAIR && i < sizeof bounds / sizeof *bounds; i++)
    if (str_eq(mutate_key(at), str_of(bounds[i].name))) return true;
  return false;
}

/* --- operators ------------------------------------------------------------------------------------------------------------ */

static bool is_selector(const struct node *node) {
  static const char *const words[] = {"page",  "screen",   "track",   "identify", "group_call", "any_event",
                                      "visit", "sequence", "entered", "act",      NULL};
  if (node->kind != NODE_CALL) return false;
  if (mutate_is_call(node, "|") && node->call.arg_count) return is_selector(&node->call.args[0]);
  for (const char *const *word = words; *word; word++)
    if (mutate_is_call(node, *word)) return true;
  return false;
}

static void without_arg(struct mutating *m, const struct at *at, uint32_t index, const char *hint) {
  struct node changed = *at->node;
  uint32_t count = --changed.call.arg_count;
  struct node *args = arena_alloc(&m->out->arena, count * sizeof *args);
  for (uint32_t i = 0; i < count; i++) args[i] = at->node->call.args[i < index ? i : i + 1];
  changed.call.args = args;
  mutate_node(m, at, count == 1 ? args : &changed, hint);
}

/* Selectors know no `&`: there each side of `|` is taken away instead. */
static void mutate_operator(struct mutating *m, const struct at *at) {
  const struct node *node = at->node;
  if (mutate_is_call(node, "|") && is_selector(node)) {
    for (uint32_t i = 0; node->call.arg_count > 1 && i < node->call.arg_count; i++)
      if (!mutate_is_call(&node->call.args[i], "|"))
        without_arg(m, at, i, "assert that each of the alternatives counts");
  } else if (mutate_is_call(node, "|")) {
    renamed(m, at, "&", "assert a lead for whom only one side holds");
  } else if (mutate_is_call(node, "&")) {
    renamed(m, at, "|", "assert a lead for whom only one side holds");
  } else if (mutate_is_call(node, "~") && node->call.arg_count == 1) {
    mutate_node(m, at, &node->call.args[0], "assert a lead for whom the negated part holds");
  }
}

void mutate_call(struct mutating *m, const struct at *at) {
  mutate_bound(m, at);
  mutate_between(m, at);
  mutate_operator(m, at);
}
