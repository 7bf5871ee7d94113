/* read_value.c - the small values everything is made of: tables with known fields, texts, points, counts, spans. */
#include "notation/compile_private.h"

#include "base/text.h"
#include "base/timefmt.h"
#include <math.h>

enum { GROW_FIRST = 8 };

void *read_grow(struct arena *arena, void *items, uint32_t count, size_t size) {
  bool full = count == 0 || (count >= GROW_FIRST && (count & (count - 1)) == 0);
  if (!full) return items;
  size_t cap = count ? (size_t)count * 2 : GROW_FIRST;
  void *grown = arena_zalloc(arena, cap * size);
  if (count) memcpy(grown, items, count * size);
  return grown;
}

const char *read_keep(struct compile *c, struct str text) {
  return arena_str(c->arena, text).p;
}

struct place read_place(struct compile *c, struct place place) {
  const char *file = place.file ? place.file : "";
  bool added;
  uint32_t index = map_put(&c->files, str_of(file), (uint32_t)c->files.count, &added);
  if (added) {
    c->file_names = read_grow(&c->scratch, c->file_names, index, sizeof *c->file_names);
    c->file_names[index] = read_keep(c, str_of(file));
  }
  return (struct place){.file = c->file_names[index], .line = place.line};
}

const char *read_described(struct compile *c, const struct node *node) {
  struct buf text;
  buf_init(&text);
  node_describe(node, &text);
  const char *kept = arena_str(&c->scratch, buf_str(&text)).p;
  buf_release(&text);
  return kept;
}

struct str read_written(struct compile *c, const struct node *node) {
  return arena_str(c->arena, str_of(read_described(c, node)));
}

const char *read_what(struct compile *c, const char *field, const char *what) {
  return arena_printf(&c->scratch, "`%s` of %s", field, what);
}

const char *read_inside(struct compile *c, const char *word, const char *what) {
  return arena_printf(&c->scratch, "%s in %s", word, what);
}

const struct node *read_field(const struct node *table, const char *key) {
  const struct node_pair *pair = node_pair(table, key);
  return pair ? &pair->value : NULL;
}

bool read_misspelled(const struct node *table, const char *field) {
  const char *const words[] = {field, NULL};
  for (uint32_t i = 0; i < table->table.pair_count; i++) {
    struct str key = table->table.pairs[i].key;
    if (!str_eq(key, str_of(field)) && str_nearest(key, words)) return true;
  }
  return false;
}

static bool known_field(struct str key, const char *const *fields) {
  for (; *fields; fields++) {
    if (str_eq(key, str_of(*fields))) return true;
  }
  return false;
}

bool read_table(struct compile *c, const struct node *node, const char *const *fields, bool items,
                const char *what) {
  if (node->kind != NODE_TABLE) {
    FAULT(c, "wrong_kind", node->place, "write { .. }", "%s needs a table, got %s: %s", what,
          node_kind_word(node), read_described(c, node));
    return false;
  }
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    const struct node_pair *pair = &node->table.pairs[i];
    if (known_field(pair->key, fields)) continue;
    FAULT(c, "unknown_field", pair->key_place, problem_hint(c->problems, pair->key, fields),
          "unknown field '%.*s' in %s", STR_ARG(pair->key), what);
  }
  for (uint32_t i = 0; i < node->table.item_count && !items; i++) {
    const struct node *item = &node->table.items[i];
    FAULT(c, "unnamed_value", item->place, "write name = value", "a value without a name in %s: %s", what,
          read_described(c, item));
  }
  return true;
}

static void wrong_kind(struct compile *c, const struct node *node, const char *what, const char *wanted) {
  FAULT(c, "wrong_kind", node->place, NULL, "%s must be %s, got %s: %s", what, wanted, node_kind_word(node),
        read_described(c, node));
}

bool read_switch(struct compile *c, const struct node *node, const char *what, bool *out) {
  if (node->kind != NODE_BOOL) {
    wrong_kind(c, node, what, "true or false");
    return false;
  }
  *out = node->boolean;
  return true;
}

bool read_text(struct compile *c, const struct node *node, const char *what, struct str *out) {
  if (node->kind != NODE_STRING || str_trim(node->text).len == 0) {
    wrong_kind(c, node, what, "a text that says something");
    return false;
  }
  *out = node->text;
  return true;
}

bool read_number(struct compile *c, const struct node *node, const char *what, double *out) {
  if (node->kind != NODE_NUMBER || !isfinite(node->number)) {
    wrong_kind(c, node, what, "a number");
    return false;
  }
  *out = node->number;
  return true;
}

bool read_points(struct compile *c, const struct node *node, const char *what, int64_t *milli) {
  double number;
  if (!read_number(c, node, what, &number)) return false;
  if (number != floor(number) || fabs(number) > POINTS_MAX) {
    FAULT(c, "bad_points", node->place, "points are whole numbers up to a million",
          "%s must be a whole number of points, got %s", what, read_described(c, node));
    return false;
  }
  *milli = (int64_t)number * MILLI;
  return true;
}

bool read_count(struct compile *c, const struct node *node, const char *what, uint32_t max, uint32_t *out) {
  double number;
  if (!read_number(c, node, what, &number)) return false;
  if (number != floor(number) || number < 1 || number > max) {
    FAULT(c, "bad_count", node->place, NULL, "%s must be a whole number from 1 to %u, got %s", what, max,
          read_described(c, node));
    return false;
  }
  *out = (uint32_t)number;
  return true;
}

bool read_span(struct compile *c, const struct node *node, const char *what, int64_t *ms) {
  if (node->kind == NODE_STRING && duration_parse(node->text, ms)) return true;
  FAULT(c, "bad_duration", node->place,
        "durations are texts such as \"90s\", \"15m\", \"4h\", \"7d\", \"2w\"",
        "%s must be a duration, got %s", what, read_described(c, node));
  return false;
}

bool read_texts(struct compile *c, const struct node *node, const char *what, const struct node **texts,
                uint32_t *count) {
  *texts = node;
  *count = 1;
  if (node->kind == NODE_TABLE && node->table.pair_count == 0 && node->table.item_count > 0) {
    *texts = node->table.items;
    *count = node->table.item_count;
  } else if (node->kind != NODE_STRING) {
    wrong_kind(c, node, what, "a text or a list of texts");
    return false;
  }
  struct str text;
  bool fine = true;
  for (uint32_t i = 0; i < *count; i++) fine &= read_text(c, &(*texts)[i], what, &text);
  return fine;
}

struct str read_trait_path(struct compile *c, struct str written) {
  return text_snake(written, c->arena);
}
