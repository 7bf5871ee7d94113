/* property_read.c - what a property says. */
#include "core/spec/property_fields.h"
#include "core/spec/property_private.h"
#include <math.h>
#include <stdlib.h>

static const char *const fields[] = {"more",  "never_lowers", "never_raises", "order_free", "expect", "with",
                                     "given", "runs",         "events",       "seed",       NULL};

void property_check(const struct node *body, struct problems *problems) {
  if (body->kind != NODE_TABLE || body->table.item_count)
    problem_add(problems, SEVERITY_ERROR, "wrong_kind", body->place,
                "write property \"..\" { order_free = \"fit\" }", "a property has named fields");
  for (uint32_t i = 0; body->kind == NODE_TABLE && i < body->table.pair_count; i++) {
    const struct node_pair *pair = &body->table.pairs[i];
    bool known = false;
    for (const char *const *field = fields; *field; field++)
      known = known || str_eq(pair->key, str_of(*field));
    if (!known)
      problem_add(problems, SEVERITY_ERROR, "unknown_field", pair->key_place,
                  problem_hint(problems, pair->key, fields), "a property has no '%.*s'", STR_ARG(pair->key));
  }
}

static void miss_selector(struct property *p, const char *field, size_t from) {
  const struct problems *problems = &p->spec->problems;
  if (from == problems->count) spec_miss(p->spec, "%s: no event matches it", field);
  for (size_t i = from; i < problems->count; i++)
    spec_miss(p->spec, "%s: %s%s%s", field, problems->items[i].text, problems->items[i].hint[0] ? "; " : "",
              problems->items[i].hint);
}

static struct ruleset *read_events(struct property *p, const char *field, const struct node *node) {
  struct ruleset *owner;
  size_t before = p->spec->problems.count;
  if (notation_selector(node, field, &owner, &p->spec->problems) && owner->atom_count) return owner;
  miss_selector(p, field, before);
  ruleset_free(owner);
  return NULL;
}

static void read_with(struct property *p, const struct node *list) {
  uint32_t count = list->kind == NODE_TABLE ? list->table.item_count : 0;
  if (count == 0) spec_miss(p->spec, "with: expected a list of selectors, not %s", node_kind_word(list));
  p->with = xcalloc(count + 1, sizeof(struct ruleset *));
  for (uint32_t i = 0; i < count; i++) {
    struct ruleset *owner = read_events(p, "with", &list->table.items[i]);
    if (owner) p->with[p->with_count++] = owner;
  }
}

static uint32_t dimension_bit(struct property *p, const char *field, const struct node *name) {
  const struct ruleset *rules = p->spec->generation->rules;
  const char *words[RULESET_MAX_DIMENSIONS + 1] = {NULL};
  int found = name->kind == NODE_STRING ? ruleset_dimension(rules, name->text) : NONE;
  if (found != NONE) return UINT32_C(1) << found;
  for (uint32_t i = 0; i < rules->dimension_count; i++) words[i] = rules->dimensions[i].name;
  if (name->kind == NODE_STRING)
    spec_miss(p->spec, "%s: there is no dimension '%.*s'; %s", field, STR_ARG(name->text),
              problem_hint(&p->spec->problems, name->text, words));
  else
    spec_miss(p->spec, "%s: expected a dimension, not %s", field, node_kind_word(name));
  return 0;
}

static uint32_t read_dimensions(struct property *p, const char *field, const struct node *node) {
  uint32_t mask = 0;
  if (node->kind == NODE_BOOL && node->boolean) return UINT32_MAX;
  if (node->kind != NODE_TABLE) return dimension_bit(p, field, node);
  for (uint32_t i = 0; i < node->table.item_count; i++)
    mask |= dimension_bit(p, field, &node->table.items[i]);
  return mask;
}

static uint32_t read_count(struct property *p, const char *field, const struct node *node, uint32_t most) {
  double n = node->kind == NODE_NUMBER ? node->number : 0;
  if (n >= 1 && n <= most && n == floor(n)) return (uint32_t)n;
  spec_miss(p->spec, "%s: expected a whole number from 1 to %u", field, most);
  return 1;
}

static void read_given(struct property *p, const struct node *traits) {
  struct node_pair *pairs = arena_zalloc(&p->spec->arena, 2 * sizeof *pairs);
  pairs[0] = (struct node_pair){.key = STR("type"), .value = {.kind = NODE_STRING, .text = STR("identify")}};
  pairs[1] = (struct node_pair){.key = STR("traits"), .value = *traits};
  p->given = arena_zalloc(&p->spec->arena, sizeof *p->given);
  p->given->kind = NODE_TABLE;
  p->given->table.pairs = pairs;
  p->given->table.pair_count = 2;
}

static void read_field(struct property *p, const struct node_pair *pair) {
  const struct node *value = &pair->value;
  const char *field = pair->key.p;
  if (strcmp(field, "more") == 0)
    p->more = read_events(p, field, value);
  else if (strcmp(field, "never_lowers") == 0)
    p->never_lowers = read_dimensions(p, field, value);
  else if (strcmp(field, "never_raises") == 0)
    p->never_raises = read_dimensions(p, field, value);
  else if (strcmp(field, "order_free") == 0)
    p->order_free = read_dimensions(p, field, value);
  else if (strcmp(field, "expect") == 0)
    p->expect = value;
  else if (strcmp(field, "with") == 0)
    read_with(p, value);
  else if (strcmp(field, "given") == 0)
    read_given(p, value);
  else if (strcmp(field, "runs") == 0)
    p->runs = read_count(p, field, value, PROPERTY_RUNS_MAX);
  else if (strcmp(field, "events") == 0)
    p->events = read_count(p, field, value, PROPERTY_EVENTS_MAX);
  else if (strcmp(field, "seed") == 0)
    p->seed = read_count(p, field, value, INT32_MAX);
}

static void check_whole(struct property *p, const struct node *body) {
  bool compares = p->never_lowers || p->never_raises;
  if (compares != (node_pair(body, "more") != NULL))
    spec_miss(p->spec,
              "`more` goes with never_lowers or never_raises: which event more must not change what?");
  if (!compares && !p->order_free && !p->expect)
    spec_miss(p->spec, "it claims nothing: say never_lowers, never_raises, order_free or expect");
  if (p->order_free && compares)
    spec_miss(p->spec, "order_free makes all events of one instant: `more` is a property of its own");
  if (p->expect && p->expect->kind != NODE_TABLE)
    spec_miss(p->spec, "expect: expected what t:expect takes, not %s", node_kind_word(p->expect));
  if (!p->with_count && vocabulary_is_empty(p->vocabulary))
    spec_miss(p->spec, "the rules wait for no event: say with = { .. }");
}

int property_read(struct property *p, struct spec *spec, const struct node *body) {
  *p = (struct property){.spec = spec, .runs = PROPERTY_RUNS, .events = PROPERTY_EVENTS, .seed = 1};
  arena_init(&p->arena, 0);
  p->vocabulary = vocabulary_new(spec->generation->rules);
  for (uint32_t i = 0; i < body->table.pair_count; i++) read_field(p, &body->table.pairs[i]);
  if (spec->message.len == 0) check_whole(p, body);
  return spec->message.len ? -1 : 0;
}

void property_release(struct property *p) {
  for (uint32_t i = 0; i < p->with_count; i++) ruleset_free(p->with[i]);
  free(p->with);
  ruleset_free(p->more);
  vocabulary_free(p->vocabulary);
  arena_release(&p->arena);
}
