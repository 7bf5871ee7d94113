/* mutate_table.c - what a declaration is made of, taken away: fields that restrict, rows, steps, moves, gates; and the
 * whole. */
#include "notation/mutate/mutate_private.h"

static const struct restriction { /* a field whose absence lets more happen, or lets it last longer */
  const char *key, *hint;
} restrictions[] = {{"when", "assert the event while `when` is false: nothing must be added"},
                    {"counts_while", "assert points that must not count"},
                    {"decay", "assert what is left after some time"},
                    {"distinct", "assert the same value twice"},
                    {"same", "assert steps whose values differ"},
                    {"since", "assert it in a second cycle"},
                    {"who", "assert a lead whom it is not for"},
                    {"need", "t:refused(..) while it does not hold"},
                    {"learns", "t:refused(.., \"nothing_new\") where nothing is new"},
                    {"resets", "assert the scores after it"},
                    {"tier", "assert a lead for whom no clock starts"},
                    {"inferred", "assert the criterion where nobody has answered"},
                    {"expires", "assert the criterion when the answer is out of date"}};

/* A rule without `on` is nothing without `when`, and a move neither. */
static bool is_optional(const struct at *table, struct str key) {
  if (!str_eq(key, STR("when"))) return true;
  return table->kind == AT_ROOT && node_pair(table->node, "on");
}

static void drop_fields(struct mutating *m, const struct at *at) {
  for (uint32_t i = 0; i < at->node->table.pair_count; i++) {
    const struct node_pair *pair = &at->node->table.pairs[i];
    const struct at field = {at, &pair->value, AT_PAIR, i};
    for (size_t r = 0; r < sizeof restrictions / sizeof *restrictions; r++)
      if (str_eq(pair->key, str_of(restrictions[r].key)) && is_optional(at, pair->key))
        mutate_drop(m, &field, restrictions[r].hint);
  }
}

static void drop_items(struct mutating *m, const struct at *at, const char *hint) {
  for (uint32_t i = 0; i < at->node->table.item_count; i++) {
    const struct at item = {at, &at->node->table.items[i], AT_ITEM, i};
    mutate_drop(m, &item, hint);
  }
}

/* Of the rows from the end on, those worth nothing are as good as none. */
static void drop_rows(struct mutating *m, const struct at *at) {
  uint32_t count = at->node->table.item_count;
  while (count > 0) {
    const struct node_pair *value = node_pair(&at->node->table.items[count - 1], "value");
    if (!value || value->value.kind != NODE_NUMBER || value->value.number != 0) break;
    count--;
  }
  for (uint32_t i = 0; i < count; i++) {
    const struct at row = {at, &at->node->table.items[i], AT_ITEM, i};
    mutate_drop(m, &row, "assert a lead for whom this row decides");
  }
}

static const char *part_hint(const struct node *part) {
  if (mutate_is_call(part, "gate")) return "assert a lead whom only this gate keeps out: stage, why_not";
  bool automatic = part->call.arg_count == 1 && node_pair(&part->call.args[0], "when");
  return automatic ? "assert a lead whom only this move brings there" : "t:act(..), and t:expect its stage";
}

static void drop_parts(struct mutating *m, const struct at *at) {
  for (uint32_t i = 0; i < at->node->table.item_count; i++) {
    const struct node *item = &at->node->table.items[i];
    const struct at part = {at, item, AT_ITEM, i};
    if (mutate_is_call(item, "move") || mutate_is_call(item, "gate")) mutate_drop(m, &part, part_hint(item));
  }
}

/* What an act must bring along, one by one. */
static void drop_asks(struct mutating *m, const struct at *at) {
  static const char *const hint = "t:refused(.., \"missing_fields\") without it";
  drop_items(m, at, hint);
  for (uint32_t i = 0; i < at->node->table.pair_count; i++) {
    const struct at pair = {at, &at->node->table.pairs[i].value, AT_PAIR, i};
    mutate_drop(m, &pair, hint);
  }
}

void mutate_table(struct mutating *m, const struct at *at) {
  drop_fields(m, at);
  if (at->kind == AT_PAIR && str_eq(mutate_key(at), STR("first"))) drop_rows(m, at);
  if (at->kind == AT_ARG && mutate_is_call(at->up->node, "sequence") && at->node->table.item_count > 1)
    drop_items(m, at, "assert the sequence without this step");
  if (at->kind == AT_PAIR && str_eq(mutate_key(at), STR("asks"))) drop_asks(m, at);
  if (at->kind == AT_PAIR && str_eq(mutate_key(at), STR("must")))
    drop_items(m, at, "assert that without this one a lead does not qualify");
  if (at->kind == AT_ROOT && strcmp(m->d->kind, "lifecycle") == 0) drop_parts(m, at);
}

/* --- the whole ------------------------------------------------------------------------------------------------------------- */

/* The same points, all 0: the rule stays, so that a test that merely names it does not count as one that noticed. */
static struct node nothing(struct mutating *m, const struct node *points) {
  struct node zero = *points;
  if (points->kind == NODE_NUMBER) zero.number = 0;
  if (points->kind != NODE_TABLE || points->table.pair_count == 0) return zero;
  struct node_pair *pairs =
      arena_dup(&m->out->arena, points->table.pairs, points->table.pair_count * sizeof *pairs);
  for (uint32_t i = 0; i < points->table.pair_count; i++) pairs[i].value = nothing(m, &pairs[i].value);
  zero.table.pairs = pairs;
  return zero;
}

/* A function's points become 0 in some dimension. */
static struct node nothing_at_all(struct mutating *m, struct place place) {
  struct node zero = {.kind = NODE_TABLE, .place = place};
  for (size_t i = 0; i < m->declarations->count; i++) {
    if (strcmp(m->declarations->items[i].kind, "dimension") != 0) continue;
    struct node_pair *pair = arena_zalloc(&m->out->arena, sizeof *pair);
    *pair = (struct node_pair){m->declarations->items[i].name, place, {.kind = NODE_NUMBER, .place = place}};
    zero.table.pairs = pair;
    zero.table.pair_count = 1;
    break;
  }
  return zero;
}

static void silence_rule(struct mutating *m) {
  const struct node *body = &m->d->body;
  const struct at root = {.node = body, .kind = AT_ROOT};
  for (uint32_t i = 0; body->kind == NODE_TABLE && i < body->table.pair_count; i++) {
    const struct node_pair *pair = &body->table.pairs[i];
    const struct at points = {&root, &pair->value, AT_PAIR, i};
    if (!str_eq(pair->key, STR("points")) || mutate_gives_nothing(&pair->value)) continue;
    struct node zero =
        pair->value.kind == NODE_FUNCTION ? nothing_at_all(m, pair->value.place) : nothing(m, &pair->value);
    mutate_node(m, &points, &zero, "assert its points: t:expect { points = { .. } }");
  }
}

static void remove_all(struct mutating *m, const char *hint) {
  struct node gone = {0};
  const struct at root = {.node = &m->d->body, .kind = AT_ROOT};
  size_t before = m->out->count;
  mutate_node(m, &root, &gone, hint);
  if (m->out->count == before) return;
  struct mutant *mutant = &m->out->items[before];
  mutant->removed = true;
  mutant->change = arena_printf(&m->out->arena, "%s taken away", m->d->kind);
}

void mutate_whole(struct mutating *m) {
  if (strcmp(m->d->kind, "rule") == 0)
    silence_rule(m);
  else if (strcmp(m->d->kind, "reset") == 0)
    remove_all(m, "assert what is left after the cut");
  else if (strcmp(m->d->kind, "ignore") == 0)
    remove_all(m, "assert t:expect { ignored = .. }, or that the event adds nothing");
}
