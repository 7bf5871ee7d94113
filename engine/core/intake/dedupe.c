#include "core/intake/dedupe.h"

#include "base/err.h"

enum { FIRST_SLOTS = 1024, MOVED_AT_A_TIME = 16 };

struct entry {
  uint32_t key[4]; /* all zero: free */
  uint32_t body;
};

struct slots {
  struct entry *items;
  size_t count; /* a power of two, never full; 0: none */
};

/* A table that doubles moves its entries bit by bit, with those that come: to move millions at once would hold up everything
 * for seconds. Until all are moved they stand in `left` as well. */
struct table {
  struct slots now, left;
  size_t moved; /* slots of `left` */
  size_t count; /* entries */
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

static void release(struct table *table) {
  free(table->now.items);
  free(table->left.items);
}

void dedupe_free(struct dedupe *dedupe) {
  if (!dedupe) return;
  release(&dedupe->young);
  release(&dedupe->old);
  free(dedupe);
}

struct hash128 dedupe_hash(const struct dedupe *dedupe, struct str key) {
  struct hash128 hash = str_hash128(key, dedupe->seed);
  if (hash.low == 0 && hash.high == 0) hash.low = 1; /* zero marks free slots */
  const struct slots *now = &dedupe->young.now;
  if (now->count) __builtin_prefetch(&now->items[hash.low & (now->count - 1)], 1);
  return hash;
}

static bool is_free(const struct entry *entry) {
  return !(entry->key[0] | entry->key[1] | entry->key[2] | entry->key[3]);
}

/* The slot of the entry's key, or the free one where it belongs. */
static struct entry *find(const struct slots *slots, const struct entry *entry) {
  size_t mask = slots->count - 1;
  uint64_t low;
  memcpy(&low, entry->key, sizeof low);
  size_t at = low & mask;
  while (!is_free(&slots->items[at]) && memcmp(slots->items[at].key, entry->key, sizeof entry->key) != 0)
    at = (at + 1) & mask;
  return &slots->items[at];
}

static void move_some(struct table *table) {
  struct slots *left = &table->left;
  for (int i = 0; i < MOVED_AT_A_TIME && table->moved < left->count; i++) {
    const struct entry *entry = &left->items[table->moved++];
    if (!is_free(entry)) *find(&table->now, entry) = *entry;
  }
  if (table->moved < left->count) return;
  free(left->items);
  *left = (struct slots){0};
}

/* Room for one more. All are moved long before the next doubling, for which three times as many must come. */
static void grow(struct table *table) {
  if (table->left.items) move_some(table);
  if ((table->count + 1) * 4 <= table->now.count * 3) return;
  ASSERT(!table->left.items);
  table->left = table->now;
  table->moved = 0;
  table->now.count = table->left.count ? table->left.count * 2 : FIRST_SLOTS;
  table->now.items = xcalloc(table->now.count, sizeof *table->now.items);
}

static void grow_old(struct dedupe *dedupe) {
  release(&dedupe->old);
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

static enum dedupe_result look_in(const struct slots *slots, const struct entry *entry) {
  return slots->count ? compare(find(slots, entry), entry->body) : DEDUPE_NEW;
}

static enum dedupe_result look_up(const struct table *table, const struct entry *entry) {
  enum dedupe_result result = look_in(&table->now, entry);
  return result == DEDUPE_NEW ? look_in(&table->left, entry) : result;
}

enum dedupe_result dedupe_find(const struct dedupe *dedupe, struct hash128 key, uint32_t body) {
  const struct entry entry = entry_of(key, body);
  enum dedupe_result result = look_up(&dedupe->young, &entry);
  return result == DEDUPE_NEW ? look_up(&dedupe->old, &entry) : result;
}

enum dedupe_result dedupe_add(struct dedupe *dedupe, struct hash128 key, uint32_t body) {
  const struct entry entry = entry_of(key, body);
  struct table *young = &dedupe->young;
  grow(young);
  struct entry *slot = find(&young->now, &entry);
  enum dedupe_result result = compare(slot, body);
  if (result == DEDUPE_NEW) result = look_in(&young->left, &entry);
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
