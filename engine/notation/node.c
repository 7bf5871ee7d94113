#include "notation/node.h"

#include "base/err.h"
#include <stdlib.h>

void declarations_init(struct declarations *declarations) {
  *declarations = (struct declarations){0};
  arena_init(&declarations->arena, 0);
}

void declarations_release(struct declarations *declarations) {
  arena_release(&declarations->arena);
  free(declarations->items);
  *declarations = (struct declarations){0};
}

void declarations_add(struct declarations *declarations, struct declaration declaration) {
  if (declarations->count == declarations->cap) {
    declarations->cap = declarations->cap ? declarations->cap * 2 : 64;
    declarations->items = xrealloc(declarations->items, declarations->cap * sizeof *declarations->items);
  }
  declarations->items[declarations->count++] = declaration;
}

const struct node_pair *node_pair(const struct node *table, const char *key) {
  if (table->kind != NODE_TABLE) return NULL;
  struct str wanted = str_of(key);
  for (uint32_t i = 0; i < table->table.pair_count; i++) {
    if (str_eq(table->table.pairs[i].key, wanted)) return &table->table.pairs[i];
  }
  return NULL;
}

static bool among(struct str word, const char *const *words) {
  for (; *words; words++) {
    if (str_eq(word, str_of(*words))) return true;
  }
  return false;
}

/* YAML has no operators: any_of, all_of and not stand for them. */
static struct str operator_of(struct str key) {
  if (str_eq(key, STR("any_of"))) return STR("|");
  if (str_eq(key, STR("all_of"))) return STR("&");
  if (str_eq(key, STR("not"))) return STR("~");
  return key;
}

static bool takes_nothing(struct str name) {
  static const char *const words[] = {"any", "present", "missing", NULL};
  return among(name, words);
}

static bool spreads(struct str name) {
  static const char *const words[] = {"between", "velocity", "track", "act", "times", "seen", "|", "&", NULL};
  return among(name, words);
}

bool node_as_call(const struct node *node, const char *const *names, struct node *call) {
  if (node->kind == NODE_CALL) {
    *call = *node;
    return true;
  }
  if (node->kind != NODE_TABLE || node->table.item_count != 0 || node->table.pair_count != 1) return false;
  const struct node_pair *pair = &node->table.pairs[0];
  struct str name = operator_of(pair->key);
  if (!among(name, names)) return false;
  *call = (struct node){.kind = NODE_CALL, .place = pair->key_place};
  call->call.name = name;
  call->call.args = &pair->value;
  call->call.arg_count = 1;
  const struct node *value = &pair->value;
  if (takes_nothing(name) && value->kind == NODE_BOOL && value->boolean) {
    call->call.arg_count = 0;
  } else if (spreads(name) && value->kind == NODE_TABLE && value->table.pair_count == 0 &&
             value->table.item_count > 0) {
    call->call.args = value->table.items;
    call->call.arg_count = value->table.item_count;
  }
  return true;
}

const char *node_kind_word(const struct node *node) {
  static const char *const words[] = {"nothing", "a boolean", "a number",  "a text",
                                      "a table", "a call",    "a function"};
  return words[node->kind];
}
