#include "base/map.h"

#include "base/err.h"

enum { FIRST_SLOTS = 16, FIRST_ENTRIES = 12, KEY_BLOCK = 4096 };

/* A slot: the hash's upper half, then the entry's index plus one. */
static uint64_t slot_of(uint64_t hash, size_t index) {
  return (hash & 0xffffffff00000000u) | (uint32_t)(index + 1);
}
static size_t slot_index(uint64_t slot) {
  return (uint32_t)slot - 1;
}
static bool slot_may_be(uint64_t slot, uint64_t hash) {
  return (slot ^ hash) >> 32 == 0;
}

void map_init(struct map *map) {
  *map = (struct map){0};
  arena_init(&map->keys, KEY_BLOCK);
}

void map_release(struct map *map) {
  free(map->slots);
  free(map->entries);
  arena_release(&map->keys);
  map_init(map);
}

/* The entry of `key`, or NULL; *at is then the free slot where it belongs. The table has at least one free
 * slot. */
static struct map_entry *find(const struct map *map, struct str key, uint64_t hash, size_t *at) {
  size_t mask = map->slot_count - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    uint64_t slot = map->slots[i];
    *at = i;
    if (slot == 0) return NULL;
    if (!slot_may_be(slot, hash)) continue;
    struct map_entry *entry = &map->entries[slot_index(slot)];
    if (entry->hash == hash && str_eq(entry->key, key)) return entry;
  }
}

static void place(struct map *map, uint64_t hash, size_t index) {
  size_t mask = map->slot_count - 1;
  size_t i = hash & mask;
  while (map->slots[i]) i = (i + 1) & mask;
  map->slots[i] = slot_of(hash, index);
}

static void grow_slots(struct map *map) {
  free(map->slots);
  map->slot_count = map->slot_count ? map->slot_count * 2 : FIRST_SLOTS;
  map->slots = xcalloc(map->slot_count, sizeof *map->slots);
  for (size_t i = 0; i < map->count; i++) place(map, map->entries[i].hash, i);
}

static void grow_entries(struct map *map) {
  ASSERT(map->cap < MAP_NONE / 2);
  map->cap = map->cap ? map->cap * 2 : FIRST_ENTRIES;
  map->entries = xrealloc(map->entries, map->cap * sizeof *map->entries);
}

uint32_t map_get_hashed(const struct map *map, struct str key, uint64_t hash) {
  size_t at;
  if (map->count == 0) return MAP_NONE;
  const struct map_entry *entry = find(map, key, hash, &at);
  return entry ? entry->value : MAP_NONE;
}

uint32_t map_get(const struct map *map, struct str key) {
  return map->count ? map_get_hashed(map, key, str_hash(key)) : MAP_NONE;
}

/* The entry of `key`, added with `fresh` if it was not there. */
static struct map_entry *find_or_add(struct map *map, struct str key, uint32_t fresh, bool *added) {
  uint64_t hash = str_hash(key);
  size_t at;
  if ((map->count + 1) * 4 > map->slot_count * 3) grow_slots(map);
  struct map_entry *entry = find(map, key, hash, &at);
  *added = !entry;
  if (entry) return entry;
  ASSERT(fresh != MAP_NONE);
  if (map->count == map->cap) grow_entries(map);
  map->slots[at] = slot_of(hash, map->count);
  entry = &map->entries[map->count++];
  *entry = (struct map_entry){.key = arena_str(&map->keys, key), .hash = hash, .value = fresh};
  return entry;
}

uint32_t map_put(struct map *map, struct str key, uint32_t fresh, bool *added) {
  bool ignored;
  return find_or_add(map, key, fresh, added ? added : &ignored)->value;
}

void map_set(struct map *map, struct str key, uint32_t value) {
  bool ignored;
  ASSERT(value != MAP_NONE);
  find_or_add(map, key, value, &ignored)->value = value;
}

uint32_t map_intern(struct map *map, struct str name) {
  return map_put(map, name, (uint32_t)map->count, NULL);
}
