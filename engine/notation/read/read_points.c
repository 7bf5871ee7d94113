/* read_points.c - what a rule gives: points, rows of `first`, and their limits, decay and cap. */
#include "notation/compile_private.h"

#include "base/timefmt.h"
#include "notation/possible.h"
#include <math.h>
#include <stdlib.h>

enum { MILLION = 1000000 };

/* --- where points go --------------------------------------------------------------------------------------------------- */

/* `group` and `dimension` both fix one dimension; NONE when neither is there. False when they are wrong. */
static bool read_fixed(struct compile *c, const struct node *body, const char *what, struct rule *rule,
                       int *fixed) {
  const struct node *group = read_field(body, "group"), *dimension = read_field(body, "dimension");
  struct str name;
  bool fine = true;
  *fixed = NONE;
  if (group) {
    fine = read_text(c, group, read_what(c, "group", what), &name);
    rule->group = fine ? names_need(c, &c->groups, name, group->place) : NONE;
    if (rule->group != NONE) *fixed = c->out->groups[rule->group].dimension;
    fine = *fixed != NONE; /* a group without a dimension is an error already told */
  }
  if (!dimension) return fine;
  if (!read_text(c, dimension, read_what(c, "dimension", what), &name)) return false;
  int named = names_need(c, &c->dimensions, name, dimension->place);
  if (named == NONE) return false;
  if (*fixed != NONE && *fixed != named) {
    FAULT(c, "conflict", dimension->place, "leave `dimension` out: the group fixes it",
          "%s is of group '%s' in dimension '%s', and says dimension '%.*s'", what,
          c->out->groups[rule->group].name, c->out->dimensions[*fixed].name, STR_ARG(name));
    return false;
  }
  *fixed = named;
  return fine;
}

static void add_slot(struct compile *c, struct draft *draft, int dimension, int64_t points) {
  draft->slots = read_grow(c->arena, draft->slots, draft->slot_count, sizeof *draft->slots);
  draft->slots[draft->slot_count++] = (struct slot){.rule = NONE, .dimension = dimension, .points = points};
}

static bool read_amount(struct compile *c, const struct node_pair *pair, const char *what, int fixed,
                        struct draft *draft) {
  int dimension = names_need(c, &c->dimensions, pair->key, pair->key_place);
  int64_t points = 0;
  bool fine = read_points(c, &pair->value, read_what(c, "points", what), &points) && dimension != NONE;
  if (!fine) return false;
  if (fixed != NONE && fixed != dimension) {
    FAULT(c, "conflict", pair->key_place, "give those points by a rule of their own",
          "%s gives points to '%.*s', but its group or dimension is '%s'", what, STR_ARG(pair->key),
          c->out->dimensions[fixed].name);
    return false;
  }
  add_slot(c, draft, dimension, points);
  return true;
}

bool read_rule_points(struct compile *c, const struct node *body, const char *what, struct draft *draft) {
  const struct node *node = read_field(body, "points");
  int fixed;
  bool fine = read_fixed(c, body, what, &draft->rule, &fixed);
  int64_t points;
  if (!node) return fine;
  if (node->kind == NODE_FUNCTION) {
    draft->rule.points_fn = node->function.fn;
    return fine;
  }
  if (node->kind == NODE_NUMBER) {
    if (!read_points(c, node, read_what(c, "points", what), &points)) return false;
    if (fixed != NONE) add_slot(c, draft, fixed, points);
    if (fixed == NONE && fine)
      FAULT(c, "missing_field", node->place,
            "write points = { fit = 10 }, or say the rule's dimension or group",
            "%s gives %s points, but to which dimension?", what, read_described(c, node));
    return fine && fixed != NONE;
  }
  if (node->kind != NODE_TABLE || node->table.item_count || node->table.pair_count == 0) {
    FAULT(c, "wrong_kind", node->place, "write points = { fit = 10 }", "%s must name dimensions, got %s",
          read_what(c, "points", what), read_described(c, node));
    return false;
  }
  for (uint32_t i = 0; i < node->table.pair_count; i++)
    fine &= read_amount(c, &node->table.pairs[i], what, fixed, draft);
  return fine;
}

/* --- first: a table of rows, the first that matches counts ---------------------------------------------------------------- */

/* The part of a row that is its matcher: Lua's item, or YAML's other pair ({ at_least: 1000, value: 15 }). */
static bool row_matcher(const struct node *row, struct node *single, struct node_pair *pair) {
  if (row->table.item_count == 1) {
    *single = row->table.items[0];
    return row->table.pair_count <= 1;
  }
  if (row->table.item_count || row->table.pair_count != 2) return false;
  *pair = row->table.pairs[str_eq(row->table.pairs[0].key, STR("value")) ? 1 : 0];
  *single = (struct node){.kind = NODE_TABLE, .place = row->place};
  single->table.pairs = pair;
  single->table.pair_count = 1;
  return true;
}

static bool read_row(struct compile *c, const struct node *row, const char *what, struct table_row *out) {
  struct node single;
  struct node_pair *pair = arena_zalloc(&c->scratch, sizeof *pair);
  const struct node *value = row->kind == NODE_TABLE ? read_field(row, "value") : NULL;
  if (!value || !row_matcher(row, &single, pair)) {
    FAULT(c, "wrong_kind", row->place,
          "write { at_least(1000), value = 15 } (YAML: { at_least: 1000, value: 15 })",
          "a row of %s is a matcher and a value, got %s", what, read_described(c, row));
    return false;
  }
  out->matcher = read_matcher(c, &single, what);
  return read_points(c, value, arena_printf(&c->scratch, "a row's value in %s", what), &out->points) &&
         out->matcher;
}

/* A row that contradicts itself, or whose values earlier rows take away. */
static void warn_dead_rows(struct compile *c, const struct node *rows, const struct rule *rule,
                           const char *what) {
  const struct matcher **earlier = arena_alloc(&c->scratch, rule->row_count * sizeof *earlier);
  for (uint32_t i = 0; i < rule->row_count; i++) {
    const struct node *row = &rows->table.items[i];
    earlier[i] = rule->rows[i].matcher;
    if (!possible_value(earlier[i], NULL, 0))
      WARN(c, "dead_row", row->place, "mend its matcher", "%s: row %u matches nothing: %s", what, i + 1,
           read_described(c, row));
    else if (!possible_value(earlier[i], earlier, i))
      WARN(c, "dead_row", row->place, "put the narrower row first",
           "%s: row %u is never reached, earlier rows match first: %s", what, i + 1, read_described(c, row));
  }
}

static bool read_rows(struct compile *c, const struct node *node, const char *what, struct rule *rule) {
  if (node->kind != NODE_TABLE || node->table.item_count == 0 || node->table.pair_count) {
    FAULT(c, "wrong_kind", node->place, "write first = { { at_least(1000), value = 15 }, .. }",
          "%s is a list of rows, got %s", what, read_described(c, node));
    return false;
  }
  struct table_row *rows = arena_zalloc(c->arena, node->table.item_count * sizeof *rows);
  rule->rows = rows;
  rule->row_count = node->table.item_count;
  bool fine = true;
  for (uint32_t i = 0; i < rule->row_count; i++) fine &= read_row(c, &node->table.items[i], what, &rows[i]);
  if (fine) warn_dead_rows(c, node, rule, what);
  return fine;
}

bool read_rule_first(struct compile *c, const struct node *body, const char *what, struct draft *draft) {
  const struct node *first = read_field(body, "first"), *field = read_field(body, "field");
  if (!first && !field) return true;
  if (!first || !field) {
    if (read_misspelled(body, first ? "field" : "first")) return false;
    FAULT(c, "missing_field", first ? first->place : field->place,
          "field = \"company.employees\", first = { { at_least(50), value = 10 } }",
          "%s: `field` and `first` come together", what);
    return false;
  }
  struct str path;
  bool fine = read_text(c, field, read_what(c, "field", what), &path);
  if (fine) draft->rule.field = read_trait_path(c, path);
  fine &= read_rows(c, first, read_what(c, "first", what), &draft->rule);
  int fixed;
  fine &= read_fixed(c, body, what, &draft->rule, &fixed);
  if (fixed != NONE) {
    add_slot(c, draft, fixed, 0);
    return fine;
  }
  if (fine)
    FAULT(c, "missing_field", first->place, "add dimension = \"fit\" or a group",
          "%s: its rows give points to no dimension", what);
  return false;
}

/* --- limits, decay, cap ---------------------------------------------------------------------------------------------------- */

static bool read_limit(struct compile *c, const struct node *node, const char *what, struct limit *limit) {
  static const char *const fields[] = {"times", "per", NULL};
  if (!read_table(c, node, fields, false, what)) return false;
  const struct node *times = read_field(node, "times"), *per = read_field(node, "per");
  if (!times) {
    if (read_misspelled(node, "times")) return false;
    FAULT(c, "missing_field", node->place, "write limit = { times = 3, per = \"7d\" }", "%s says no `times`",
          what);
    return false;
  }
  uint32_t most = per ? (uint32_t)KEEP_NEWEST : (uint32_t)LIMIT_TIMES_MAX;
  bool fine = read_count(c, times, read_what(c, "times", what), most, &limit->times);
  return (!per || read_span(c, per, read_what(c, "per", what), &limit->per_ms)) && fine;
}

static bool read_bound(struct compile *c, const struct node *body, const char *what, struct rule *rule) {
  const struct node *limit = read_field(body, "limit"), *cooldown = read_field(body, "cooldown");
  if (limit && cooldown) {
    FAULT(c, "conflict", cooldown->place,
          "cooldown = \"1d\" is limit = { times = 1, per = \"1d\" }: keep one",
          "%s has both `limit` and `cooldown`", what);
    return false;
  }
  if (limit) return read_limit(c, limit, read_what(c, "limit", what), &rule->limit);
  if (!cooldown) return true;
  rule->limit.times = 1;
  return read_span(c, cooldown, read_what(c, "cooldown", what), &rule->limit.per_ms);
}

static int rising(const void *a, const void *b) {
  int64_t x = ((const struct decay_step *)a)->age_ms, y = ((const struct decay_step *)b)->age_ms;
  return (x > y) - (x < y);
}

static bool read_share(struct compile *c, const struct node_pair *pair, const char *what,
                       struct decay_step *step) {
  double share;
  if (!duration_parse(pair->key, &step->age_ms)) {
    FAULT(c, "bad_duration", pair->key_place, "write step { [\"14d\"] = 0.5, [\"30d\"] = 0 }",
          "%s: '%.*s' is no age", what, STR_ARG(pair->key));
    return false;
  }
  if (!read_number(c, &pair->value, what, &share)) return false;
  if (share >= 0 && share <= 1) {
    step->per_million = llround(share * MILLION);
    return true;
  }
  FAULT(c, "bad_share", pair->value.place, "0.5 is half, 0 nothing",
        "%s: what is left must lie from 0 to 1, got %s", what, read_described(c, &pair->value));
  return false;
}

static bool falling_steps(struct compile *c, const struct node *table, const struct decay *decay,
                          const char *what) {
  for (uint32_t i = 0; i < decay->step_count; i++) {
    const struct decay_step *step = &decay->steps[i];
    int64_t before = i ? step[-1].per_million : MILLION;
    bool same = i && step[-1].age_ms == step->age_ms;
    if (!same && step->per_million <= before) continue;
    char age[TIME_TEXT_MAX];
    FAULT(c, "bad_steps", table->place, "each later age leaves less", "%s: %s at age %s", what,
          same ? "two shares" : "what is left grows", duration_text(step->age_ms, age));
    return false;
  }
  return true;
}

static bool read_steps(struct compile *c, const struct node *table, const char *what, struct decay *decay) {
  uint32_t count = table->kind == NODE_TABLE ? table->table.pair_count : 0;
  if (count == 0 || count > DECAY_STEPS_MAX || table->table.item_count) {
    FAULT(c, "wrong_kind", table->place, "write step { [\"14d\"] = 0.5, [\"30d\"] = 0 }",
          "%s: step needs 1 to %d ages and what is left of the points, got %s", what, (int)DECAY_STEPS_MAX,
          read_described(c, table));
    return false;
  }
  struct decay_step *steps = arena_zalloc(c->arena, count * sizeof *steps);
  bool fine = true;
  for (uint32_t i = 0; i < count; i++) fine &= read_share(c, &table->table.pairs[i], what, &steps[i]);
  qsort(steps, count, sizeof *steps, rising);
  decay->steps = steps;
  decay->step_count = count;
  return fine && falling_steps(c, table, decay, what);
}

static bool read_decay(struct compile *c, const struct node *node, const char *what, struct decay *decay) {
  static const char *const words[] = {"half_life", "linear", "step", NULL};
  struct node call;
  bool known = node_as_call(node, words, &call) && call.call.arg_count == 1;
  if (known && str_eq(call.call.name, STR("step"))) {
    decay->kind = DECAY_STEP;
    return read_steps(c, &call.call.args[0], what, decay);
  }
  if (known && str_eq(call.call.name, STR("half_life"))) decay->kind = DECAY_HALF_LIFE;
  if (known && str_eq(call.call.name, STR("linear"))) decay->kind = DECAY_LINEAR;
  if (decay->kind == DECAY_NONE) {
    read_unknown_word(c, node, what, "half_life \"30d\", linear \"60d\" or step { .. }", words);
    return false;
  }
  return read_span(c, &call.call.args[0], what, &decay->span_ms);
}

static bool read_cap(struct compile *c, const struct node *node, const char *what, int64_t *cap) {
  if (!read_points(c, node, what, cap)) return false;
  if (*cap > 0) return true;
  FAULT(c, "bad_points", node->place, "it bounds the points' size, whatever their sign",
        "%s must be above 0, got %s", what, read_described(c, node));
  return false;
}

bool read_rule_bounds(struct compile *c, const struct node *body, const char *what, struct rule *rule) {
  const struct node *decay = read_field(body, "decay"), *cap = read_field(body, "cap");
  bool fine = read_bound(c, body, what, rule);
  if (decay) fine &= read_decay(c, decay, read_what(c, "decay", what), &rule->decay);
  if (cap) fine &= read_cap(c, cap, read_what(c, "cap", what), &rule->cap);
  return fine;
}
