#include "core/identity/members.h"

#include "base/err.h"
#include <string.h>

enum { FIRST_SLOTS = 256 };

void members_release(struct members *members) {
  for (uint32_t i = 0; i < members->list_count; i++) free(members->lists[i].nodes);
  free(members->lists);
  free(members->slots);
  *members = (struct members){0};
}

static size_t slot_of(const struct members *members, uint64_t key) {
  uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15);
  size_t at = (size_t)(hash >> 32) & (members->slot_count - 1);
  while (members->slots[at] && members->slots[at] != key) at = (at + 1) & (members->slot_count - 1);
  return at;
}

static void grow(struct members *members) {
  struct members old = *members;
  members->slot_count = old.slot_count ? old.slot_count * 2 : FIRST_SLOTS;
  members->slots = xcalloc(members->slot_count, sizeof *members->slots);
  for (size_t i = 0; i < old.slot_count; i++)
    if (old.slots[i]) members->slots[slot_of(members, old.slots[i])] = old.slots[i];
  free(old.slots);
}

static struct member_list *list_of(struct members *members, uint32_t account) {
  if (account >= members->list_count) {
    uint32_t count = members->list_count ? members->list_count * 2 : 16;
    while (count <= account) count *= 2;
    members->lists = xrealloc(members->lists, count * sizeof *members->lists);
    memset(members->lists + members->list_count, 0, (count - members->list_count) * sizeof *members->lists);
    members->list_count = count;
  }
  return &members->lists[account];
}

bool members_add(struct members *members, uint32_t account, uint32_t node) {
  if (4 * (members->count + 1) > 3 * members->slot_count) grow(members);
  uint64_t key = ((uint64_t)account << 32 | node) + 1;
  size_t at = slot_of(members, key);
  if (members->slots[at]) return false;
  members->slots[at] = key;
  members->count++;
  struct member_list *list = list_of(members, account);
  if (list->count == list->cap) {
    list->cap = list->cap ? list->cap * 2 : 4;
    list->nodes = xrealloc(list->nodes, list->cap * sizeof *list->nodes);
  }
  list->nodes[list->count++] = node;
  return true;
}

const uint32_t *members_of(const struct members *members, uint32_t account, uint32_t *count) {
  *count = account < members->list_count ? members->lists[account].count : 0;
  return *count ? members->lists[account].nodes : NULL;
}
