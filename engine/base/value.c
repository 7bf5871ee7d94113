#include "base/value.h"

const char *value_kind_word(enum value_kind kind) {
  switch (kind) {
  case VALUE_MISSING: return "nothing";
  case VALUE_NULL: return "null";
  case VALUE_BOOL: return "a boolean";
  case VALUE_NUMBER: return "a number";
  case VALUE_STRING: return "a string";
  case VALUE_LIST: return "a list";
  case VALUE_MAP: return "a map";
  }
  return "an unknown kind";
}

static bool lists_eq(struct value a, struct value b) {
  for (uint32_t i = 0; i < a.len; i++)
    if (!value_eq(a.items[i], b.items[i])) return false;
  return true;
}

/* Keys are unique, so equal sizes and every pair of `a` found in `b` are enough. */
static bool maps_eq(struct value a, struct value b) {
  for (uint32_t i = 0; i < a.len; i++) {
    const struct pair *pair = &a.pairs[i];
    struct value other = str_eq(pair->key, b.pairs[i].key) ? b.pairs[i].value : value_get(b, pair->key);
    if (other.kind == VALUE_MISSING || !value_eq(pair->value, other)) return false;
  }
  return true;
}

bool value_eq(struct value a, struct value b) {
  if (a.kind != b.kind) return false;
  switch ((enum value_kind)a.kind) {
  case VALUE_MISSING:
  case VALUE_NULL: return true;
  case VALUE_BOOL: return a.boolean == b.boolean;
  case VALUE_NUMBER: return a.number == b.number;
  case VALUE_STRING: return str_eq(value_text(a), value_text(b));
  case VALUE_LIST: return a.len == b.len && lists_eq(a, b);
  case VALUE_MAP: return a.len == b.len && maps_eq(a, b);
  }
  return false;
}

bool value_present(struct value v) {
  switch ((enum value_kind)v.kind) {
  case VALUE_MISSING:
  case VALUE_NULL: return false;
  case VALUE_BOOL:
  case VALUE_NUMBER: return true;
  case VALUE_STRING: return str_trim(value_text(v)).len > 0;
  case VALUE_LIST:
  case VALUE_MAP: return v.len > 0;
  }
  return false;
}

struct value value_get(struct value map, struct str key) {
  if (map.kind != VALUE_MAP) return VALUE_NONE;
  for (uint32_t i = 0; i < map.len; i++)
    if (str_eq(map.pairs[i].key, key)) return map.pairs[i].value;
  return VALUE_NONE;
}

struct value value_path(struct value map, struct str path) {
  struct value found = value_get(map, path);
  if (found.kind != VALUE_MISSING) return found;
  const char *dot;
  while (path.len && (dot = memchr(path.p, '.', path.len))) {
    size_t step = (size_t)(dot - path.p);
    map = value_get(map, (struct str){path.p, step});
    path = (struct str){dot + 1, path.len - step - 1};
  }
  return value_get(map, path);
}

static struct value copy_list(struct arena *arena, struct value list) {
  struct value *items = arena_alloc(arena, list.len * sizeof *items);
  for (uint32_t i = 0; i < list.len; i++) items[i] = value_copy(arena, list.items[i]);
  list.items = items;
  return list;
}

static struct value copy_map(struct arena *arena, struct value map) {
  struct pair *pairs = arena_alloc(arena, map.len * sizeof *pairs);
  for (uint32_t i = 0; i < map.len; i++) {
    pairs[i].key = arena_str(arena, map.pairs[i].key);
    pairs[i].value = value_copy(arena, map.pairs[i].value);
  }
  map.pairs = pairs;
  return map;
}

struct value value_copy(struct arena *arena, struct value v) {
  if (v.kind == VALUE_STRING) return value_str(arena_str(arena, value_text(v)));
  if (v.kind == VALUE_LIST) return copy_list(arena, v);
  if (v.kind == VALUE_MAP) return copy_map(arena, v);
  return v;
}

struct value value_with(struct arena *arena, struct value map, struct str path, struct value value) {
  const char *dot = path.len ? memchr(path.p, '.', path.len) : NULL;
  struct str key = {path.p, dot ? (size_t)(dot - path.p) : path.len};
  uint32_t len = map.kind == VALUE_MAP ? map.len : 0, at = 0;
  struct pair *pairs = arena_alloc(arena, (len + 1) * sizeof *pairs);
  if (len) memcpy(pairs, map.pairs, len * sizeof *pairs);
  while (at < len && !str_eq(pairs[at].key, key)) at++;
  struct value old = at < len ? pairs[at].value : VALUE_NONE;
  if (dot) value = value_with(arena, old, (struct str){dot + 1, path.len - key.len - 1}, value);
  pairs[at] = (struct pair){key, value};
  return (struct value){.kind = VALUE_MAP, .len = at == len ? len + 1 : len, .pairs = pairs};
}
