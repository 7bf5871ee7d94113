/* Ids and their nodes: a hash table for each kind of id, and nodes that never move. */
#include "core/identity/identity_private.h"

#include "base/err.h"

enum { FIRST_SLOTS = 1024 };

const char *id_kind_word(enum id_kind kind) {
  static const char *const words[ID_KINDS] = {
      [ID_USER] = "user", [ID_ANONYMOUS] = "anonymous", [ID_EMAIL] = "email"};
  return words[kind];
}

/* A slot: the hash's upper half, then the number of the node plus one. Where an id belongs hangs on that half alone: a table
 * that grows is read from end to end and no node is looked at, which would hold up everything when there are millions. */
static size_t first_slot(const struct id_table *table, uint64_t hash) {
  return (size_t)(hash >> 32) & (table->slot_count - 1);
}
static bool may_be(uint64_t slot, uint64_t hash) {
  return (slot ^ hash) >> 32 == 0;
}
static uint32_t number_in(uint64_t slot) {
  return (uint32_t)slot - 1;
}
static uint64_t slot_of(uint64_t hash, uint32_t number) {
  return (hash & 0xffffffff00000000u) | (number + 1);
}

bool id_kind_parse(struct str word, enum id_kind *kind) {
  int i = 0;
  while (i < ID_KINDS && !str_eq(word, str_of(id_kind_word((enum id_kind)i)))) i++;
  if (i == ID_KINDS) return false;
  *kind = (enum id_kind)i;
  return true;
}

struct id_ref identity_ref(const struct identity *identity, enum id_kind kind, struct str id) {
  const struct id_table *table = &identity->ids[kind];
  struct id_ref ref = {kind, id, str_hash(id)};
  if (table->slot_count) __builtin_prefetch(&table->slots[first_slot(table, ref.hash)], 1);
  return ref;
}

void identity_fetch(const struct identity *identity, struct id_ref ref) {
  const struct id_table *table = &identity->ids[ref.kind];
  if (table->slot_count == 0) return;
  for (size_t i = first_slot(table, ref.hash); table->slots[i]; i = (i + 1) & (table->slot_count - 1)) {
    if (!may_be(table->slots[i], ref.hash)) continue;
    const struct id_node *node = id_node_at(identity, number_in(table->slots[i]));
    __builtin_prefetch(node, 1);
    __builtin_prefetch(node->text, 0);
    return;
  }
}

/* The node of the id, or NO_ONE; *at is then the free slot where it belongs. The table has a free slot. */
static uint32_t find(const struct identity *identity, struct id_ref ref, size_t *at) {
  const struct id_table *table = &identity->ids[ref.kind];
  size_t mask = table->slot_count - 1, i = first_slot(table, ref.hash);
  for (; table->slots[i]; i = (i + 1) & mask) {
    if (!may_be(table->slots[i], ref.hash)) continue;
    uint32_t number = number_in(table->slots[i]);
    const struct id_node *node = id_node_at(identity, number);
    if (node->hash == ref.hash && str_eq(id_text(node), ref.id)) return number;
  }
  *at = i;
  return NO_ONE;
}

uint32_t identity_known(const struct identity *identity, struct id_ref ref) {
  size_t at;
  return identity->ids[ref.kind].count ? find(identity, ref, &at) : NO_ONE;
}

/* Slots of the dead know no hash. */
static bool is_dead(const struct identity *identity, uint64_t slot) {
  return may_be(slot, 0) && id_node_at(identity, number_in(slot))->dead;
}

static void grow_table(struct id_table *table, const struct identity *identity) {
  size_t old_count = table->slot_count;
  uint64_t *old = table->slots;
  table->slot_count = old_count ? old_count * 2 : FIRST_SLOTS;
  table->slots = xcalloc(table->slot_count, sizeof *table->slots);
  for (size_t k = 0; k < old_count; k++) {
    if (!old[k]) continue;
    if (is_dead(identity, old[k])) {
      table->count--;
      continue;
    }
    size_t i = first_slot(table, old[k]);
    while (table->slots[i]) i = (i + 1) & (table->slot_count - 1);
    table->slots[i] = old[k];
  }
  free(old);
}

/* Makes the block that holds the node of this number, unless it is there. */
static void need_block(struct identity *identity, uint32_t number) {
  uint64_t shifted = (uint64_t)number + (1u << NODES_FIRST_BITS);
  unsigned bits = 63 - (unsigned)__builtin_clzll(shifted);
  struct id_block *block = &identity->blocks[bits - NODES_FIRST_BITS];
  if (block->nodes) return;
  block->memory = xmalloc((sizeof *block->nodes << bits) + NODE_ALIGNMENT);
  size_t before = (size_t)(-(uintptr_t)block->memory & (NODE_ALIGNMENT - 1)); /* to the first aligned byte */
  block->nodes = (struct id_node *)((char *)block->memory + before);
}

static uint32_t add_node(struct identity *identity, struct id_ref ref) {
  uint32_t number = identity->node_count++;
  ASSERT(number < IDENTITY_MAX);
  need_block(identity, number);
  struct id_node *node = id_node_at(identity, number);
  *node = (struct id_node){.kind = (uint8_t)ref.kind,
                           .len = (uint32_t)ref.id.len,
                           .parent = number,
                           .next = number,
                           .pair = NO_ONE,
                           .owner = NO_ONE,
                           .link = NO_ONE,
                           .split = NO_ONE,
                           .first_ms = INT64_MAX,
                           .hash = ref.hash};
  if (ref.id.len > NODE_TEXT)
    node->long_text = arena_dup(identity->arena, ref.id.p, ref.id.len);
  else
    memcpy(node->text, ref.id.p, ref.id.len);
  return number;
}

uint32_t identity_node(struct identity *identity, struct id_ref ref) {
  struct id_table *table = &identity->ids[ref.kind];
  size_t at = 0;
  if ((table->count + 1) * 4 > table->slot_count * 3) grow_table(table, identity);
  uint32_t number = find(identity, ref, &at);
  if (number != NO_ONE) return number;
  number = add_node(identity, ref);
  table->slots[at] = slot_of(ref.hash, number);
  table->count++;
  return number;
}

/* The slot stays, for those behind it; what it knew of the id's hash goes. */
static void wipe_slot(struct identity *identity, uint32_t number) {
  const struct id_node *node = id_node_at(identity, number);
  struct id_table *table = &identity->ids[node->kind];
  size_t mask = table->slot_count - 1, i = first_slot(table, node->hash);
  while (number_in(table->slots[i]) != number) i = (i + 1) & mask;
  table->slots[i] = slot_of(0, number);
}

void identity_kill(struct identity *identity, uint32_t number) {
  struct id_node *node = id_node_at(identity, number);
  wipe_slot(identity, number);
  if (node->len > NODE_TEXT)
    memset(node->long_text, 0, node->len);
  else
    memset(node->text, 0, node->len);
  *node = (struct id_node){.kind = node->kind,
                           .dead = true,
                           .parent = number,
                           .next = number,
                           .pair = NO_ONE,
                           .owner = NO_ONE,
                           .link = NO_ONE,
                           .split = NO_ONE,
                           .first_ms = INT64_MAX};
}

void identity_release_ids(struct identity *identity) {
  for (int kind = 0; kind < ID_KINDS; kind++) free(identity->ids[kind].slots);
  for (int i = 0; i < ID_BLOCKS; i++) free(identity->blocks[i].memory);
}
