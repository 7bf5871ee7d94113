#include "core/rules/scorecard.h"

#include "core/rules/document.h"

static const struct section {
  const char *key;
  const char *kind;
  bool named;
} sections[] = {
    {"dimensions", "dimension", true}, {"groups", "group", true},       {"rules", "rule", true},
    {"resets", "reset", true},         {"ignores", "ignore", true},     {"lifecycles", "lifecycle", true},
    {"grade", "grade", false},         {"activity", "activity", false}, {"content", "content", false},
    {"profile", "profile", false},     {"identity", "identity", false}, {"segments", "segment", true}};

static const char *const section_words[] = {"dimensions", "groups",   "rules",    "resets",  "ignores",
                                            "lifecycles", "grade",    "activity", "content", "profile",
                                            "identity",   "segments", NULL};

struct card {
  struct declarations *declarations;
  struct problems *problems;
};

static const struct section *find_section(struct str key) {
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (str_eq(key, str_of(sections[i].key))) return &sections[i];
  return NULL;
}

/* --- lifecycles: gates and moves become the calls that Lua's gate and move make ------------------------------------ */

static struct node call_node(struct card *card, struct place place, const char *name, const struct node *args,
                             uint32_t arg_count) {
  struct node node = {.kind = NODE_CALL, .place = place};
  node.call.name = str_of(name);
  node.call.args = arena_dup(&card->declarations->arena, args, arg_count * sizeof *args);
  node.call.arg_count = arg_count;
  return node;
}

/* { from: lead, to: mql, when: .. } as { "lead", "mql", when = .. }. */
static struct node move_node(struct card *card, const struct node *written) {
  struct arena *arena = &card->declarations->arena;
  const struct node_pair *from = node_pair(written, "from"), *to = node_pair(written, "to");
  if (!from || !to) {
    problem_add(card->problems, SEVERITY_ERROR, "move", written->place,
                "write { from: STAGE, to: STAGE, .. }", "a move needs 'from' and 'to'");
    return *written;
  }
  struct node *items = arena_alloc(arena, 2 * sizeof *items);
  struct node_pair *pairs = arena_alloc(arena, written->table.pair_count * sizeof *pairs);
  struct node body = {.kind = NODE_TABLE, .place = written->place};
  items[0] = from->value;
  items[1] = to->value;
  for (uint32_t i = 0; i < written->table.pair_count; i++)
    if (&written->table.pairs[i] != from && &written->table.pairs[i] != to)
      pairs[body.table.pair_count++] = written->table.pairs[i];
  body.table.items = items;
  body.table.item_count = 2;
  body.table.pairs = pairs;
  return call_node(card, written->place, "move", &body, 1);
}

static struct node gate_node(struct card *card, const struct node_pair *written) {
  struct node args[2] = {{.kind = NODE_STRING, .place = written->key_place, .text = written->key},
                         written->value};
  return call_node(card, written->key_place, "gate", args, 2);
}

static bool is_table(struct card *card, const struct node_pair *pair, bool list) {
  const struct node *value = &pair->value;
  if (value->kind == NODE_TABLE && (list ? value->table.pair_count : value->table.item_count) == 0)
    return true;
  problem_add(card->problems, SEVERITY_ERROR, "shape", pair->key_place, NULL, "'%.*s' holds a %s here",
              STR_ARG(pair->key), list ? "list" : "mapping of names");
  return false;
}

/* Appends the calls that `pair` stands for; false when it is an ordinary field. */
static bool lifecycle_part(struct card *card, const struct node_pair *pair, struct node *items,
                           uint32_t *count) {
  bool gates = str_eq(pair->key, STR("gates")), moves = str_eq(pair->key, STR("moves"));
  if (!gates && !moves) return false;
  if (!is_table(card, pair, moves)) return true;
  const struct node *value = &pair->value;
  for (uint32_t i = 0; i < value->table.pair_count; i++)
    items[(*count)++] = gate_node(card, &value->table.pairs[i]);
  for (uint32_t i = 0; i < value->table.item_count; i++)
    items[(*count)++] = move_node(card, &value->table.items[i]);
  return true;
}

static struct node lifecycle_body(struct card *card, const struct node *written) {
  struct arena *arena = &card->declarations->arena;
  if (written->kind != NODE_TABLE) return *written;
  size_t parts = 0;
  for (uint32_t i = 0; i < written->table.pair_count; i++) {
    const struct node *value = &written->table.pairs[i].value;
    if (value->kind == NODE_TABLE) parts += value->table.pair_count + value->table.item_count;
  }
  struct node body = {.kind = NODE_TABLE, .place = written->place};
  struct node *items = arena_alloc(arena, parts * sizeof *items);
  struct node_pair *pairs = arena_alloc(arena, written->table.pair_count * sizeof *pairs);
  for (uint32_t i = 0; i < written->table.pair_count; i++)
    if (!lifecycle_part(card, &written->table.pairs[i], items, &body.table.item_count))
      pairs[body.table.pair_count++] = written->table.pairs[i];
  body.table.items = items;
  body.table.pairs = pairs;
  return body;
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

static void declare(struct card *card, const char *kind, struct str name, struct place place,
                    const struct node *body) {
  bool lifecycle = strcmp(kind, "lifecycle") == 0;
  declarations_add(card->declarations,
                   (struct declaration){kind, name, place, lifecycle ? lifecycle_body(card, body) : *body});
}

static void declare_section(struct card *card, const struct section *section, const struct node_pair *pair) {
  const struct node *value = &pair->value;
  if (!section->named) {
    declare(card, section->kind, STR(""), pair->key_place, value);
    return;
  }
  if (!is_table(card, pair, false)) return;
  for (uint32_t i = 0; i < value->table.pair_count; i++) {
    const struct node_pair *body = &value->table.pairs[i];
    declare(card, section->kind, body->key, body->key_place, &body->value);
  }
}

void scorecard_declare(const char *file, struct str text, struct declarations *declarations,
                       struct problems *problems) {
  struct card card = {declarations, problems};
  struct node root;
  if (!document_read(file, text, DOCUMENT_VALUES, &declarations->arena, problems, &root)) return;
  if (root.kind != NODE_TABLE || root.table.item_count > 0) {
    problem_add(problems, SEVERITY_ERROR, "shape", root.place,
                "begin with a section such as rules:", "a scorecard is a mapping of sections, not %s",
                node_kind_word(&root));
    return;
  }
  for (uint32_t i = 0; i < root.table.pair_count; i++) {
    const struct node_pair *pair = &root.table.pairs[i];
    const struct section *section = find_section(pair->key);
    if (section)
      declare_section(&card, section, pair);
    else
      problem_add(problems, SEVERITY_ERROR, "unknown_section", pair->key_place,
                  problem_hint(problems, pair->key, section_words), "unknown section '%.*s'",
                  STR_ARG(pair->key));
  }
}
