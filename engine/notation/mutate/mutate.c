#include "notation/mutate/mutate.h"

#include "base/err.h"
#include "notation/mutate/mutate_private.h"
#include <stdlib.h>

/* --- where ------------------------------------------------------------------------------------------------------------- */

struct str mutate_key(const struct at *at) {
  for (; at; at = at->up) {
    if (at->kind == AT_PAIR) return at->up->node->table.pairs[at->index].key;
    if (at->kind == AT_ROOT) break;
  }
  return STR("");
}

bool mutate_within(const struct at *at, const char *key) {
  for (; at && at->kind != AT_ROOT; at = at->up)
    if (at->kind == AT_PAIR && str_eq(at->up->node->table.pairs[at->index].key, str_of(key))) return true;
  return false;
}

bool mutate_is_call(const struct node *node, const char *name) {
  return node->kind == NODE_CALL && str_eq(node->call.name, str_of(name));
}

/* "limit.per", "when", "first[3]": the way from the root. */
static void add_way(const struct at *at, struct buf *out) {
  if (at->kind == AT_ROOT) return;
  add_way(at->up, out);
  if (at->kind == AT_PAIR) {
    buf_printf(out, "%s%.*s", out->len ? "." : "", STR_ARG(at->up->node->table.pairs[at->index].key));
  } else if (at->kind == AT_ITEM && at->up->node->table.item_count > 1) {
    buf_printf(out, "[%u]", at->index + 1);
  }
}

static struct place place_of(const struct mutating *m, const struct at *at) {
  for (; at; at = at->up) {
    if (at->node->place.line) return at->node->place;
    if (at->kind == AT_PAIR && at->up->node->table.pairs[at->index].key_place.line)
      return at->up->node->table.pairs[at->index].key_place;
  }
  return m->d->place;
}

/* --- changed copies: the way to the root is new, all beside it is shared ---------------------------------------------- */

static void *copy_but(struct arena *arena, const void *items, uint32_t count, size_t size) {
  return count ? arena_dup(arena, items, count * size) : NULL;
}

static struct node put_child(struct arena *arena, const struct node *parent, const struct at *at,
                             const struct node *child) {
  struct node copy = *parent;
  if (at->kind == AT_ARG) {
    struct node *args = copy_but(arena, parent->call.args, parent->call.arg_count, sizeof *args);
    args[at->index] = *child;
    copy.call.args = args;
  } else if (at->kind == AT_ITEM) {
    struct node *items = copy_but(arena, parent->table.items, parent->table.item_count, sizeof *items);
    items[at->index] = *child;
    copy.table.items = items;
  } else {
    struct node_pair *pairs = copy_but(arena, parent->table.pairs, parent->table.pair_count, sizeof *pairs);
    pairs[at->index].value = *child;
    copy.table.pairs = pairs;
  }
  return copy;
}

static struct node rebuild(struct arena *arena, const struct at *at, struct node changed) {
  for (; at->kind != AT_ROOT; at = at->up) changed = put_child(arena, at->up->node, at, &changed);
  return changed;
}

/* --- adding -------------------------------------------------------------------------------------------------------------- */

static struct mutant *add(struct mutating *m) {
  struct mutants *out = m->out;
  if (out->count == MUTANTS_MAX) return NULL;
  if (out->count == out->cap) {
    out->cap = out->cap ? 2 * out->cap : 256;
    out->items = xrealloc(out->items, out->cap * sizeof *out->items);
  }
  struct mutant *mutant = &out->items[out->count++];
  *mutant = (struct mutant){.declaration = m->declaration, .place = m->d->place, .part = "", .change = ""};
  return mutant;
}

static void describe(struct mutating *m, const struct at *at, const struct node *changed,
                     struct mutant *mutant) {
  struct buf text;
  buf_init(&text);
  add_way(at, &text);
  mutant->part = arena_str(&m->out->arena, buf_str(&text)).p;
  buf_clear(&text);
  node_describe(at->node, &text);
  if (changed) {
    buf_add_text(&text, " -> ");
    node_describe(changed, &text);
  } else {
    buf_add_text(&text, " taken away");
  }
  mutant->change = arena_str(&m->out->arena, buf_str(&text)).p;
  mutant->place = place_of(m, at);
  buf_release(&text);
}

void mutate_node(struct mutating *m, const struct at *at, const struct node *changed, const char *hint) {
  struct mutant *mutant = add(m);
  if (!mutant) return;
  describe(m, at, changed, mutant);
  mutant->body = rebuild(&m->out->arena, at, *changed);
  mutant->hint = hint;
}

static struct node without(struct arena *arena, const struct at *at) {
  struct node parent = *at->up->node;
  if (at->kind == AT_ITEM) {
    uint32_t count = parent.table.item_count, after = count - at->index - 1;
    struct node *items = arena_dup(arena, parent.table.items, count * sizeof *items);
    memmove(&items[at->index], &items[at->index + 1], after * sizeof *items);
    parent.table.items = items;
    parent.table.item_count--;
  } else {
    uint32_t count = parent.table.pair_count, after = count - at->index - 1;
    struct node_pair *pairs = arena_dup(arena, parent.table.pairs, count * sizeof *pairs);
    memmove(&pairs[at->index], &pairs[at->index + 1], after * sizeof *pairs);
    parent.table.pairs = pairs;
    parent.table.pair_count--;
  }
  return parent;
}

void mutate_drop(struct mutating *m, const struct at *at, const char *hint) {
  ASSERT(at->kind == AT_ITEM || at->kind == AT_PAIR);
  struct mutant *mutant = add(m);
  if (!mutant) return;
  describe(m, at, NULL, mutant);
  mutant->body = rebuild(&m->out->arena, at->up, without(&m->out->arena, at));
  mutant->hint = hint;
}

/* --- the walk ------------------------------------------------------------------------------------------------------------- */

static void walk(struct mutating *m, const struct at *at);

static void walk_child(struct mutating *m, const struct at *up, const struct node *node, enum at_kind kind,
                       uint32_t index) {
  const struct at at = {up, node, kind, index};
  walk(m, &at);
}

/* The depth is bounded: the compiler refuses what is nested deeper before anybody asks for mutants. */
static void walk(struct mutating *m, const struct at *at) {
  const struct node *node = at->node;
  switch (node->kind) {
  case NODE_NUMBER: mutate_number(m, at); break;
  case NODE_STRING: mutate_span(m, at); break;
  case NODE_CALL:
    mutate_call(m, at);
    for (uint32_t i = 0; i < node->call.arg_count; i++) walk_child(m, at, &node->call.args[i], AT_ARG, i);
    break;
  case NODE_TABLE:
    mutate_table(m, at);
    mutate_pairs(m, at);
    for (uint32_t i = 0; i < node->table.item_count; i++)
      walk_child(m, at, &node->table.items[i], AT_ITEM, i);
    for (uint32_t i = 0; i < node->table.pair_count; i++)
      walk_child(m, at, &node->table.pairs[i].value, AT_PAIR, i);
    break;
  default: break;
  }
}

/* Whether points of these can be anything but 0. */
bool mutate_gives_nothing(const struct node *points) {
  if (points->kind == NODE_NUMBER) return points->number == 0;
  if (points->kind != NODE_TABLE) return false;
  for (uint32_t i = 0; i < points->table.pair_count; i++)
    if (!mutate_gives_nothing(&points->table.pairs[i].value)) return false;
  return true;
}

/* Of a rule that is worth nothing only the points matter. */
static void walk_root(struct mutating *m) {
  const struct at root = {.node = &m->d->body, .kind = AT_ROOT};
  const struct node_pair *points = node_pair(root.node, "points");
  bool idle = strcmp(m->d->kind, "rule") == 0 && points && mutate_gives_nothing(&points->value);
  if (idle)
    walk_child(m, &root, &points->value, AT_PAIR, (uint32_t)(points - root.node->table.pairs));
  else
    walk(m, &root);
}

/* What these declare is data about fields and people, not how points come about. */
static bool is_left_alone(const char *kind) {
  static const char *const kinds[] = {"grade", "profile", "identity", "activity", NULL};
  for (const char *const *k = kinds; *k; k++)
    if (strcmp(kind, *k) == 0) return true;
  return false;
}

void mutants_init(struct mutants *mutants, const struct declarations *declarations) {
  *mutants = (struct mutants){0};
  arena_init(&mutants->arena, 0);
  for (size_t i = 0; i < declarations->count; i++) {
    struct mutating m = {mutants, declarations, i, &declarations->items[i]};
    if (is_left_alone(m.d->kind)) continue;
    mutate_whole(&m);
    walk_root(&m);
  }
}

void mutants_release(struct mutants *mutants) {
  arena_release(&mutants->arena);
  free(mutants->items);
  *mutants = (struct mutants){0};
}

void mutant_apply(const struct mutant *mutant, const struct declarations *declarations,
                  struct declarations *out) {
  size_t at = mutant->declaration;
  *out = *declarations;
  out->items = xcalloc(declarations->count + 1, sizeof *out->items);
  memcpy(out->items, declarations->items, declarations->count * sizeof *out->items);
  if (!mutant->removed) {
    out->items[at].body = mutant->body;
    return;
  }
  memmove(&out->items[at], &out->items[at + 1], (declarations->count - at - 1) * sizeof *out->items);
  out->count--;
}
