#include "core/spec/vocabulary.h"

#include "core/spec/draw.h"
#include "core/spec/sample.h"
#include <stdlib.h>

enum { VOCABULARY_TRAITS_MAX = 10000, TOLD_AT_ONCE = 4 /* traits in one identify */ };

struct vocabulary {
  const struct ruleset *rules;
  const struct trait_test **traits; /* of all conditions */
  uint32_t trait_count, trait_cap;
};

/* --- nodes ------------------------------------------------------------------------------------------------------------------- */

static struct node text_node(struct str text) {
  return (struct node){.kind = NODE_STRING, .text = text};
}

static struct node value_node(struct value v, struct arena *arena) {
  switch (v.kind) {
  case VALUE_BOOL: return (struct node){.kind = NODE_BOOL, .boolean = v.boolean};
  case VALUE_NUMBER: return (struct node){.kind = NODE_NUMBER, .number = v.number};
  case VALUE_STRING: return text_node(value_text(v));
  case VALUE_LIST: break;
  default: return (struct node){.kind = NODE_CALL, .call = {.name = STR("missing")}};
  }
  struct node list = {.kind = NODE_TABLE};
  struct node *items = arena_zalloc(arena, (v.len + 1) * sizeof *items);
  for (uint32_t i = 0; i < v.len; i++) items[i] = value_node(v.items[i], arena);
  list.table.items = items;
  list.table.item_count = v.len;
  return list;
}

/* The pair `key` of a table under construction, made if it is not there. */
static struct node *put(struct node *table, struct str key, struct arena *arena) {
  uint32_t count = table->table.pair_count;
  for (uint32_t i = 0; i < count; i++)
    if (str_eq(table->table.pairs[i].key, key)) return (struct node *)&table->table.pairs[i].value;
  struct node_pair *pairs = arena_zalloc(arena, (count + 1) * sizeof *pairs);
  if (count) memcpy(pairs, table->table.pairs, count * sizeof *pairs);
  pairs[count].key = key;
  table->table.pairs = pairs;
  table->table.pair_count = count + 1;
  return &pairs[count].value;
}

/* Sets what a dotted path names; tables on the way are made. */
static void put_path(struct node *table, struct str path, struct node value, struct arena *arena) {
  size_t dot = 0;
  while (dot < path.len && path.p[dot] != '.') dot++;
  struct node *child = put(table, (struct str){path.p, dot}, arena);
  if (dot == path.len) {
    *child = value;
    return;
  }
  if (child->kind != NODE_TABLE) *child = (struct node){.kind = NODE_TABLE};
  put_path(child, (struct str){path.p + dot + 1, path.len - dot - 1}, value, arena);
}

/* --- events that patterns match ------------------------------------------------------------------------------------------------ */

enum { CALLS = (2u << EVENT_ALIAS) - 1 }; /* the types that clients send */

/* `types` has one of these at least. */
static enum event_type draw_type(unsigned types, uint64_t *chance) {
  for (;;) {
    uint32_t type = draw_below(chance, EVENT_ALIAS + 1);
    if (types >> type & 1) return (enum event_type)type;
  }
}

static const char *root_word(enum field_root root) {
  static const char *const words[] = {"properties", "context", "traits"};
  return words[root];
}

/* Who is asked for a name says one; pages and screens may do without. */
static bool put_name(const struct atom *atom, enum event_type type, int64_t now, uint64_t *chance,
                     struct arena *arena, struct node *event) {
  struct value name = value_str(atom->name.p ? atom->name : STR("Something Else"));
  if (atom->name_matcher && !sample_value(atom->name_matcher, now, chance, arena, &name)) return false;
  if (!atom->name.p && !atom->name_matcher && type != EVENT_TRACK) return true;
  *put(event, type == EVENT_TRACK ? STR("event") : STR("name"), arena) = value_node(name, arena);
  return true;
}

bool vocabulary_event(const struct atom *atom, int64_t now, uint64_t *chance, struct arena *arena,
                      struct node *out) {
  if (!(atom->types & CALLS)) return false;
  enum event_type type = draw_type(atom->types & CALLS, chance);
  *out = (struct node){.kind = NODE_TABLE};
  *put(out, STR("type"), arena) = text_node(str_of(event_type_word(type)));
  if (!put_name(atom, type, now, chance, arena, out)) return false;
  if (type == EVENT_GROUP) *put(out, STR("groupId"), arena) = text_node(STR("mills"));
  if (type == EVENT_ALIAS) *put(out, STR("previousId"), arena) = text_node(STR("visitor"));
  for (uint32_t i = 0; i < atom->test_count; i++) {
    struct value v;
    const struct field *field = &atom->tests[i].field;
    if (!sample_value(atom->tests[i].matcher, now, chance, arena, &v)) return false;
    if (v.kind == VALUE_MISSING || v.kind == VALUE_NULL) continue;
    struct node *root = put(out, str_of(root_word(field->root)), arena);
    if (root->kind != NODE_TABLE) *root = (struct node){.kind = NODE_TABLE};
    put_path(root, field->path, value_node(v, arena), arena);
  }
  return true;
}

/* --- what people tell ---------------------------------------------------------------------------------------------------------------- */

static void collect(struct vocabulary *v, const struct cond *cond) {
  if (!cond) return;
  for (uint32_t i = 0; cond_has_kids(cond) && i < cond->len; i++) collect(v, cond->kids[i]);
  bool traits = cond->op == COND_TRAIT || cond->op == COND_KNOWN;
  for (uint32_t i = 0; traits && i < cond->len && v->trait_count < VOCABULARY_TRAITS_MAX; i++) {
    if (v->trait_count == v->trait_cap) {
      v->trait_cap = v->trait_cap ? 2 * v->trait_cap : 64;
      v->traits = xrealloc(v->traits, v->trait_cap * sizeof *v->traits);
    }
    v->traits[v->trait_count++] = &cond->traits[i];
  }
}

static void collect_all(struct vocabulary *v) {
  const struct ruleset *rules = v->rules;
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    collect(v, rules->rules[i].when);
    collect(v, rules->rules[i].counts_while);
  }
  for (uint32_t l = 0; l < rules->lifecycle_count; l++) {
    const struct lifecycle *lifecycle = &rules->lifecycles[l];
    for (uint32_t m = 0; m < lifecycle->move_count; m++) collect(v, lifecycle->moves[m].when);
    for (uint32_t g = 0; g < lifecycle->gate_count; g++) collect(v, lifecycle->gates[g].need);
  }
}

static const struct matcher *matcher_for(const struct vocabulary *v, uint32_t index, uint64_t *chance,
                                         struct str *path) {
  static const struct matcher present = {.op = MATCH_PRESENT};
  if (index < v->trait_count) {
    *path = v->traits[index]->path;
    return v->traits[index]->matcher ? v->traits[index]->matcher : &present;
  }
  const struct rule *rule = &v->rules->rules[index - v->trait_count];
  if (!rule->row_count) return NULL;
  *path = rule->field;
  return rule->rows[draw_below(chance, rule->row_count)].matcher;
}

/* email_domain and its like are derived: they are told by what they derive from. */
static void put_trait(struct node *traits, struct str path, struct value v, struct arena *arena) {
  if (v.kind == VALUE_MISSING || v.kind == VALUE_NULL) return;
  if (str_eq(path, STR("email_domain")) && v.kind == VALUE_STRING) {
    v = value_str(str_of(arena_printf(arena, "ana@%.*s", STR_ARG(value_text(v)))));
    path = STR("email");
  }
  put_path(traits, path, value_node(v, arena), arena);
}

static void draw_identify(const struct vocabulary *v, int64_t now, uint64_t *chance, struct arena *arena,
                          struct node *out) {
  uint32_t choices = v->trait_count + v->rules->rule_count;
  *out = (struct node){.kind = NODE_TABLE};
  *put(out, STR("type"), arena) = text_node(STR("identify"));
  struct node traits = {.kind = NODE_TABLE};
  for (uint32_t n = 1 + draw_below(chance, TOLD_AT_ONCE); choices && n > 0; n--) {
    struct str path;
    struct value value;
    const struct matcher *matcher = matcher_for(v, draw_below(chance, choices), chance, &path);
    if (matcher && sample_value(matcher, now, chance, arena, &value)) put_trait(&traits, path, value, arena);
  }
  *put(out, STR("traits"), arena) = traits;
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------------- */

struct vocabulary *vocabulary_new(const struct ruleset *rules) {
  struct vocabulary *v = xcalloc(1, sizeof *v);
  v->rules = rules;
  collect_all(v);
  return v;
}

void vocabulary_free(struct vocabulary *v) {
  if (!v) return;
  free(v->traits);
  free(v);
}

bool vocabulary_is_empty(const struct vocabulary *v) {
  return v->rules->atom_count == 0 && v->trait_count == 0;
}

void vocabulary_draw(const struct vocabulary *v, int64_t now, uint64_t *chance, struct arena *arena,
                     struct node *out) {
  for (int i = 0; i < SAMPLE_TRIES && v->rules->atom_count && draw_below(chance, 4) > 0; i++)
    if (vocabulary_event(&v->rules->atoms[draw_below(chance, v->rules->atom_count)], now, chance, arena, out))
      return;
  draw_identify(v, now, chance, arena, out);
}
