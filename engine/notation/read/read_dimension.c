/* read_dimension.c - what is measured: dimensions with their bands, groups, and the grade. */
#include "notation/compile_private.h"

#include <stdlib.h>

/* `min` and `max` in points; absent: no bound. */
static bool read_range(struct compile *c, const struct node *body, const char *what, int64_t *min,
                       int64_t *max) {
  const struct node *low = read_field(body, "min"), *high = read_field(body, "max");
  *min = INT64_MIN;
  *max = INT64_MAX;
  bool fine = !low || read_points(c, low, read_what(c, "min", what), min);
  fine &= !high || read_points(c, high, read_what(c, "max", what), max);
  if (!fine || *min < *max) return fine;
  FAULT(c, "empty_range", (high ? high : low)->place, "min must lie below max",
        "%s: min %lld and max %lld leave no room", what, (long long)(*min / MILLI),
        (long long)(*max / MILLI));
  return false;
}

static int falling(const void *a, const void *b) {
  int64_t x = ((const struct band *)a)->from, y = ((const struct band *)b)->from;
  return (x < y) - (x > y);
}

static bool read_band(struct compile *c, const struct node_pair *pair, const char *what,
                      struct dimension *dimension) {
  struct band band = {.name = read_keep(c, pair->key)};
  if (!read_points(c, &pair->value, arena_printf(&c->scratch, "band '%s' of %s", band.name, what),
                   &band.from))
    return false;
  for (uint32_t i = 0; i < dimension->band_count; i++) {
    if (dimension->bands[i].from != band.from) continue;
    FAULT(c, "same_band", pair->key_place, "each band begins somewhere else",
          "%s: bands '%s' and '%s' both begin at %lld", what, dimension->bands[i].name, band.name,
          (long long)(band.from / MILLI));
    return false;
  }
  dimension->bands[dimension->band_count++] = band;
  return true;
}

static bool read_bands(struct compile *c, const struct node *node, const char *what,
                       struct dimension *dimension) {
  if (!node) return true;
  if (node->kind != NODE_TABLE || node->table.item_count || node->table.pair_count == 0) {
    FAULT(c, "wrong_kind", node->place, "write bands = { A = 70, B = 40, C = 0 }",
          "bands of %s need names, got %s", what, read_described(c, node));
    return false;
  }
  if (node->table.pair_count > RULESET_MAX_BANDS) {
    FAULT(c, "too_many", node->place, NULL, "%s has %u bands, at most %d are possible", what,
          node->table.pair_count, (int)RULESET_MAX_BANDS);
    return false;
  }
  bool fine = true;
  for (uint32_t i = 0; i < node->table.pair_count; i++)
    fine &= read_band(c, &node->table.pairs[i], what, dimension);
  qsort(dimension->bands, dimension->band_count, sizeof *dimension->bands, falling);
  return fine;
}

static void read_dimension(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"min", "max", "bands", NULL};
  const char *what = arena_printf(&c->scratch, "dimension '%.*s'", STR_ARG(d->name));
  if (c->dimensions.count == RULESET_MAX_DIMENSIONS) {
    FAULT(c, "too_many", d->place, NULL, "more than %d dimensions", (int)RULESET_MAX_DIMENSIONS);
    return;
  }
  if (names_declare(c, &c->dimensions, d->name, d->place) == NONE) return;
  struct ruleset *out = c->out;
  out->dimensions = read_grow(c->arena, out->dimensions, out->dimension_count, sizeof *out->dimensions);
  struct dimension *dimension = &out->dimensions[out->dimension_count++];
  *dimension = (struct dimension){
      .name = read_keep(c, d->name), .place = read_place(c, d->place), .min = INT64_MIN, .max = INT64_MAX};
  if (!read_table(c, &d->body, fields, false, what)) return;
  read_range(c, &d->body, what, &dimension->min, &dimension->max);
  read_bands(c, read_field(&d->body, "bands"), what, dimension);
}

void read_dimensions(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "dimension", &at));) read_dimension(c, d);
}

static void read_group(struct compile *c, const struct declaration *d) {
  static const char *const fields[] = {"dimension", "min", "max", NULL};
  const char *what = arena_printf(&c->scratch, "group '%.*s'", STR_ARG(d->name));
  if (names_declare(c, &c->groups, d->name, d->place) == NONE) return;
  struct ruleset *out = c->out;
  out->groups = read_grow(c->arena, out->groups, out->group_count, sizeof *out->groups);
  struct group *group = &out->groups[out->group_count++];
  *group = (struct group){.name = read_keep(c, d->name), .place = read_place(c, d->place), .dimension = NONE};
  if (!read_table(c, &d->body, fields, false, what)) return;
  read_range(c, &d->body, what, &group->min, &group->max);
  const struct node *dimension = read_field(&d->body, "dimension");
  struct str name;
  if (!dimension && read_misspelled(&d->body, "dimension")) return;
  if (!dimension)
    FAULT(c, "missing_field", d->place, "add dimension = \"fit\"", "%s says no dimension", what);
  else if (read_text(c, dimension, read_what(c, "dimension", what), &name))
    group->dimension = names_need(c, &c->dimensions, name, dimension->place);
}

void read_groups(struct compile *c) {
  const struct declaration *d;
  for (size_t at = 0; (d = read_next(c, "group", &at));) read_group(c, d);
}

static int read_graded(struct compile *c, const struct node *node) {
  struct str name;
  if (!read_text(c, node, "grade", &name)) return NONE;
  int dimension = names_need(c, &c->dimensions, name, node->place);
  if (dimension == NONE || c->out->dimensions[dimension].band_count) return dimension;
  FAULT(c, "no_bands", node->place, "give it bands = { A = 70, B = 40, C = 0 }",
        "grade: dimension '%.*s' has no bands", STR_ARG(name));
  return NONE;
}

static void name_cells(struct compile *c, struct place place) {
  const struct dimension *rows = &c->out->dimensions[c->out->grade_rows];
  const struct dimension *columns = &c->out->dimensions[c->out->grade_columns];
  for (uint32_t i = 0; i < rows->band_count; i++) {
    for (uint32_t j = 0; j < columns->band_count; j++) {
      const char *cell = arena_printf(&c->scratch, "%s%s", rows->bands[i].name, columns->bands[j].name);
      names_declare(c, &c->cells, str_of(cell), place);
    }
  }
}

void read_grade(struct compile *c) {
  const struct declaration *d = read_only(c, "grade");
  if (!d) return;
  const struct node *body = &d->body;
  if (body->kind != NODE_TABLE || body->table.item_count != 2 || body->table.pair_count) {
    FAULT(c, "wrong_kind", d->place, "write grade { \"fit\", \"engagement\" }",
          "a grade is made of two dimensions, got %s", read_described(c, body));
    return;
  }
  int rows = read_graded(c, &body->table.items[0]), columns = read_graded(c, &body->table.items[1]);
  if (rows == NONE || columns == NONE) return;
  if (rows == columns) {
    FAULT(c, "conflict", d->place, NULL, "grade: both dimensions are '%s'", c->out->dimensions[rows].name);
    return;
  }
  c->out->grade_rows = rows;
  c->out->grade_columns = columns;
  name_cells(c, d->place);
}
