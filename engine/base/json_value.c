#include "base/json.h"

#include "base/map.h"

/* Above so many members equal keys are looked for by hash. */
enum { SCAN_KEYS_MAX = 32 };

static struct value list_value(struct json_ref ref, struct arena *arena) {
  uint32_t count = 0;
  struct value *items = arena_alloc(arena, json_count(ref) * sizeof *items);
  struct json_iter it;
  for (json_iter_init(&it, ref); json_next(&it);) items[count++] = json_value(it.value, arena);
  return (struct value){.kind = VALUE_LIST, .len = count, .items = items};
}

static uint32_t find_pair(const struct pair *pairs, uint32_t count, struct str key) {
  uint32_t i = 0;
  while (i < count && !str_eq(pairs[i].key, key)) i++;
  return i;
}

static struct value map_value(struct json_ref ref, struct arena *arena) {
  size_t room = json_count(ref);
  uint32_t count = 0;
  struct pair *pairs = arena_alloc(arena, room * sizeof *pairs);
  struct map places;
  struct json_iter it;
  map_init(&places);
  for (json_iter_init(&it, ref); json_next(&it);) {
    uint32_t place =
        room > SCAN_KEYS_MAX ? map_put(&places, it.key, count, NULL) : find_pair(pairs, count, it.key);
    pairs[place] = (struct pair){it.key, json_value(it.value, arena)};
    if (place == count) count++;
  }
  map_release(&places);
  return (struct value){.kind = VALUE_MAP, .len = count, .pairs = pairs};
}

struct value json_value(struct json_ref ref, struct arena *arena) {
  struct str text;
  double number;
  bool boolean;
  switch (json_kind(ref)) {
  case JSON_MISSING: return VALUE_NONE;
  case JSON_NULL: return (struct value){.kind = VALUE_NULL};
  case JSON_BOOL: return value_bool(json_bool(ref, &boolean) && boolean);
  case JSON_NUMBER: return value_number(json_number(ref, &number) ? number : 0);
  case JSON_STRING: return value_str(json_string(ref, &text) ? text : STR(""));
  case JSON_ARRAY: return list_value(ref, arena);
  case JSON_OBJECT: return map_value(ref, arena);
  }
  return VALUE_NONE;
}
