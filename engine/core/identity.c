#include "core/identity.h"

#include "base/err.h"
#include "core/identity_private.h"

struct identity *identity_new(void) {
  struct identity *identity = xcalloc(1, sizeof *identity);
  arena_init(&identity->arena, 0);
  for (int i = 0; i < ID_KINDS; i++) map_init(&identity->ids[i]);
  map_init(&identity->known_pairs);
  return identity;
}

void identity_free(struct identity *identity) {
  if (!identity) return;
  arena_release(&identity->arena);
  for (int i = 0; i < ID_KINDS; i++) map_release(&identity->ids[i]);
  map_release(&identity->known_pairs);
  for (uint32_t i = 0; i < identity->split_count; i++) free(identity->splits[i].items);
  free(identity->nodes);
  free(identity->links);
  free(identity->pairs);
  free(identity->aliases);
  free(identity->splits);
  free(identity->found);
  free(identity);
}

void *identity_grow(void *items, uint32_t count, uint32_t *cap, size_t size) {
  if (count < *cap) return items;
  ASSERT(*cap < IDENTITY_NONE / 2);
  *cap = *cap ? *cap * 2 : 256;
  return xrealloc(items, *cap * size);
}

struct str identity_text(const struct identity *identity, uint32_t node) {
  const struct id_node *n = &identity->nodes[node];
  return identity->ids[n->kind].entries[n->entry].key;
}

uint32_t identity_node(struct identity *identity, enum id_kind kind, struct str id) {
  struct map *ids = &identity->ids[kind];
  bool added;
  uint32_t number = map_put(ids, id, identity->node_count, &added);
  if (!added) return number;
  identity->nodes =
      identity_grow(identity->nodes, identity->node_count, &identity->node_cap, sizeof *identity->nodes);
  identity->nodes[identity->node_count++] = (struct id_node){.kind = (uint8_t)kind,
                                                             .entry = (uint32_t)ids->count - 1,
                                                             .parent = number,
                                                             .next = number,
                                                             .pair = NO_ONE,
                                                             .link = NO_ONE,
                                                             .split = NO_ONE,
                                                             .first_ms = INT64_MAX};
  return number;
}

/* --- sets of users and e-mail addresses --------------------------------------------------------------------------- */

uint32_t identity_root(struct identity *identity, uint32_t node) {
  struct id_node *nodes = identity->nodes;
  while (nodes[node].parent != node) {
    nodes[node].parent = nodes[nodes[node].parent].parent;
    node = nodes[node].parent;
  }
  return node;
}

/* The smaller number becomes the root. Swapping successors makes one ring of two. */
static void join(struct identity *identity, uint32_t a, uint32_t b) {
  a = identity_root(identity, a);
  b = identity_root(identity, b);
  if (a == b) return;
  uint32_t root = a < b ? a : b, other = a < b ? b : a;
  struct id_node *nodes = identity->nodes;
  nodes[other].parent = root;
  nodes[root].has_user |= nodes[other].has_user;
  uint32_t next = nodes[root].next;
  nodes[root].next = nodes[other].next;
  nodes[other].next = next;
  identity->joins++;
}

void identity_join(struct identity *identity, uint32_t user, uint32_t email) {
  join(identity, user, email);
}

/* --- touches and aliases ------------------------------------------------------------------------------------------ */

/* The first event of a user id: aliases that named it take effect. */
static void appear(struct identity *identity, uint32_t user) {
  identity->nodes[identity_root(identity, user)].has_user = true;
  identity->joins++; /* it may outweigh addresses that were good enough before */
  uint32_t waiting = identity->nodes[user].link;
  identity->nodes[user].link = NO_ONE;
  for (; waiting != NO_ONE; waiting = identity->aliases[waiting].next)
    join(identity, user, identity->aliases[waiting].user);
}

void identity_touch(struct identity *identity, uint32_t node, const struct touch *touch) {
  struct id_node *n = &identity->nodes[node];
  bool first = n->touches.count == 0;
  ASSERT(n->kind != ID_EMAIL);
  timeline_add(&n->touches, &identity->arena, touch);
  if (touch->time_ms < n->first_ms) n->first_ms = touch->time_ms;
  if (first && n->kind == ID_USER) appear(identity, node);
}

void identity_alias(struct identity *identity, struct str previous, uint32_t user,
                    const struct touch *touch) {
  if (str_eq(previous, identity_text(identity, user))) return;
  identity_link(identity, identity_node(identity, ID_ANONYMOUS, previous), user, touch);
  uint32_t old = identity_node(identity, ID_USER, previous);
  identity->nodes[old].aliased_away = true;
  if (identity->nodes[old].touches.count) {
    join(identity, old, user);
    return;
  }
  identity->aliases = identity_grow(identity->aliases, identity->alias_count, &identity->alias_cap,
                                    sizeof *identity->aliases);
  identity->aliases[identity->alias_count] = (struct id_alias){user, identity->nodes[old].link};
  identity->nodes[old].link = identity->alias_count++;
}

/* --- links -------------------------------------------------------------------------------------------------------- */

static struct str pair_key(const uint32_t nodes[2]) {
  return (struct str){(const char *)nodes, 2 * sizeof nodes[0]};
}

/* Whether the two are a pair already. Most anonymous ids have one owner: only others need the map. */
static bool is_pair(struct identity *identity, uint32_t anonymous, uint32_t owner) {
  uint32_t first = identity->nodes[anonymous].pair;
  const uint32_t nodes[2] = {anonymous, owner};
  if (first == NO_ONE) return false;
  if (identity->pairs[first].owner == owner) return true;
  return map_get(&identity->known_pairs, pair_key(nodes)) != MAP_NONE;
}

static void remember_pair(struct identity *identity, uint32_t pair) {
  const uint32_t nodes[2] = {identity->pairs[pair].anonymous, identity->pairs[pair].owner};
  map_put(&identity->known_pairs, pair_key(nodes), pair, NULL);
}

static void add_pair(struct identity *identity, uint32_t anonymous, uint32_t owner) {
  uint32_t number = identity->pair_count++;
  uint32_t *first = &identity->nodes[anonymous].pair, *of_owner = &identity->nodes[owner].pair;
  identity->pairs = identity_grow(identity->pairs, number, &identity->pair_cap, sizeof *identity->pairs);
  identity->pairs[number] = (struct id_pair){anonymous, owner, *first, *of_owner};
  if (*first != NO_ONE) {
    remember_pair(identity, *first); /* it is no longer the one that is_pair looks at */
    remember_pair(identity, number);
  }
  *first = *of_owner = number;
}

void identity_link(struct identity *identity, uint32_t anonymous, uint32_t owner, const struct touch *touch) {
  struct id_node *node = &identity->nodes[anonymous];
  ASSERT(node->kind == ID_ANONYMOUS && identity->nodes[owner].kind != ID_ANONYMOUS);
  if (!is_pair(identity, anonymous, owner)) add_pair(identity, anonymous, owner);
  identity->links =
      identity_grow(identity->links, identity->link_count, &identity->link_cap, sizeof *identity->links);
  identity->links[identity->link_count] = (struct id_link){touch, owner, node->link};
  node->link = identity->link_count++;
}
