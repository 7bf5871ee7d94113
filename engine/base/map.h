/* map.h - byte-string keys to 32-bit numbers: the one hash table of the house.
 *
 * Values are indexes into the owner's own array, so entries may move while the table grows. Open addressing with
 * linear probing over XXH3, load at most 3/4; keys are copied into the map's arena. No deletion: owners that forget
 * keys rebuild. Iteration is in order of insertion. A slot holds half of the hash too, so that a look-up among millions
 * of keys reads one cache line of slots, one entry and the key.
 */
#ifndef EMBUDO_BASE_MAP_H
#define EMBUDO_BASE_MAP_H

#include "base/arena.h"

enum { MAP_NONE = 0xffffffffu }; /* map_get's answer for a key that is not there; not a legal value */

struct map_entry {
  struct str key;
  uint64_t hash;
  uint32_t value;
};

struct map {
  uint64_t *slots; /* index into entries plus one, beside the hash's upper half; 0: free */
  size_t slot_count;
  struct map_entry *entries; /* in order of insertion */
  size_t count, cap;
  struct arena keys;
};

void map_init(struct map *map);
void map_release(struct map *map);

uint32_t map_get(const struct map *map, struct str key);
uint32_t map_get_hashed(const struct map *map, struct str key, uint64_t hash); /* hash = str_hash(key) */

/* The value of `key`, after adding it with `fresh` if it was not there. *added (may be NULL) tells which. */
uint32_t map_put(struct map *map, struct str key, uint32_t fresh, bool *added);
void map_set(struct map *map, struct str key, uint32_t value); /* adds or overwrites */

/* A name table: the number of `name`, given out 0, 1, 2 ... in order of first use. */
uint32_t map_intern(struct map *map, struct str name);

#endif
