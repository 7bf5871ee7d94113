#include "core/intake/dedupe.h"

#include "base/err.h"

enum { FIRST_SLOTS = 1024 };

struct entry {
  uint32_t key[4]; /* all zero: free */
  uint32_t body;
};

struct table {
  struct entry *slots;
  size_t slot_count; /* a power of two, at most 3/4 full */
  size_t count;
};

struct dedupe {
  struct table young, old; /* ids are added to the young; when it is half the limit, it becomes the old */
  size_t half;
  uint64_t seed;
  uint64_t forgotten;
};

struct dedupe *dedupe_new(size_t limit, uint64_t seed) {
  struct dedupe *dedupe = xcalloc(1, sizeof *dedupe);
  if (limit == 0) limit = DEDUPE_LIMIT;
  dedupe->half = (limit < DEDUPE_LIMIT_MIN ? DEDUPE_LIMIT_MIN : limit) / 2;
  dedupe->seed = seed;
  return dedupe;
}

void dedupe_free(struct dedupe *dedupe) {
  if (!dedupe) return;
  free(dedupe->young.slots);
  free(dedupe->old.slots);
  free(dedupe);
}

struct hash128 dedupe_hash(const struct dedupe *dedupe, struct str key) {
  struct hash128 hash = str_hash128(key, dedupe->seed);
  if (hash.low == 0 && hash.high == 0) hash.low = 1; /* zero marks free slots */
  if (dedupe->young.slot_count)
    __builtin_prefetch(&dedupe->young.slots[hash.low & (dedupe->young.slot_count - 1)], 1);
  return hash;
}

static bool is_free(const struct entry *entry) {
  return !(entry->key[0] | entry->key[1] | entry->key[2] | entry->key[3]);
}

/* The slot of the entry's key, or the free one where it belongs. The table has free slots. */
static struct entry *find(const struct table *table, const struct entry *entry) {
  size_t mask = table->slot_count - 1;
  uint64_t low;
  memcpy(&low, entry->key, sizeof low);
  size_t at = low & mask;
  while (!is_free(&table->slots[at]) && memcmp(table->slots[at].key, entry->key, sizeof entry->key) != 0)
    at = (at + 1) & mask;
  return &table->slots[at];
}

static void grow(struct table *table) {
  struct table larger = {.slot_count = table->slot_count ? table->slot_count * 2 : FIRST_SLOTS,
                         .count = table->count};
  larger.slots = xcalloc(larger.slot_count, sizeof *larger.slots);
  for (size_t i = 0; i < table->slot_count; i++)
    if (!is_free(&table->slots[i])) *find(&larger, &table->slots[i]) = table->slots[i];
  free(table->slots);
  *table = larger;
}

static void grow_old(struct dedupe *dedupe) {
  free(dedupe->old.slots);
  dedupe->forgotten += dedupe->old.count;
  dedupe->old = dedupe->young;
  dedupe->young = (struct table){0};
}

static struct entry entry_of(struct hash128 key, uint32_t body) {
  struct entry entry = {.body = body};
  memcpy(entry.key, &key, sizeof entry.key);
  return entry;
}

static enum dedupe_result compare(const struct entry *known, uint32_t body) {
  if (is_free(known)) return DEDUPE_NEW;
  return known->body == body ? DEDUPE_DUPLICATE : DEDUPE_CONFLICT;
}

static enum dedupe_result look_up(const struct table *table, const struct entry *entry) {
  return table->count ? compare(find(table, entry), entry->body) : DEDUPE_NEW;
}

enum dedupe_result dedupe_find(const struct dedupe *dedupe, struct hash128 key, uint32_t body) {
  const struct entry entry = entry_of(key, body);
  enum dedupe_result result = look_up(&dedupe->young, &entry);
  return result == DEDUPE_NEW ? look_up(&dedupe->old, &entry) : result;
}

enum dedupe_result dedupe_add(struct dedupe *dedupe, struct hash128 key, uint32_t body) {
  const struct entry entry = entry_of(key, body);
  struct table *young = &dedupe->young;
  if ((young->count + 1) * 4 > young->slot_count * 3) grow(young);
  struct entry *slot = find(young, &entry);
  enum dedupe_result result = compare(slot, body);
  if (result == DEDUPE_NEW) result = look_up(&dedupe->old, &entry);
  if (result != DEDUPE_NEW) return result;
  *slot = entry;
  if (++young->count >= dedupe->half) grow_old(dedupe);
  return DEDUPE_NEW;
}

size_t dedupe_count(const struct dedupe *dedupe) {
  return dedupe->young.count + dedupe->old.count;
}

uint64_t dedupe_forgotten(const struct dedupe *dedupe) {
  return dedupe->forgotten;
}
