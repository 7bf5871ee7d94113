#include "core/identity/identity.h"

#include "base/err.h"
#include "core/identity/apart.h"
#include "core/identity/identity_private.h"

struct identity *identity_new(struct arena *arena) {
  struct identity *identity = xcalloc(1, sizeof *identity);
  identity->arena = arena;
  map_init(&identity->known_pairs);
  return identity;
}

void identity_set_apart(struct identity *identity, const struct apart *apart) {
  identity->apart = apart;
}

static bool are_apart(const struct identity *identity, uint32_t a, uint32_t b) {
  return identity->apart && apart_count(identity->apart) &&
         apart_has(identity->apart, identity_node_id(identity, a), identity_node_id(identity, b));
}

void identity_free(struct identity *identity) {
  if (!identity) return;
  identity_release_ids(identity);
  map_release(&identity->known_pairs);
  for (uint32_t i = 0; i < identity->split_count; i++) free(identity->splits[i].items);
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

/* --- sets of users and e-mail addresses --------------------------------------------------------------------------- */

uint32_t identity_root(struct identity *identity, uint32_t number) {
  struct id_node *node = id_node_at(identity, number);
  while (node->parent != number) {
    node->parent = id_node_at(identity, node->parent)->parent;
    number = node->parent;
    node = id_node_at(identity, number);
  }
  return number;
}

/* The smaller number becomes the root. Swapping successors makes one ring of two. */
static void join(struct identity *identity, uint32_t a, uint32_t b) {
  if (are_apart(identity, a, b)) return;
  a = identity_root(identity, a);
  b = identity_root(identity, b);
  if (a == b) return;
  uint32_t smaller = a < b ? a : b;
  struct id_node *root = id_node_at(identity, smaller), *other = id_node_at(identity, a < b ? b : a);
  other->parent = smaller;
  root->has_user |= other->has_user;
  uint32_t next = root->next;
  root->next = other->next;
  other->next = next;
  identity->joins++;
}

uint64_t identity_joins(const struct identity *identity) {
  return identity->joins;
}

void identity_join(struct identity *identity, uint32_t user, uint32_t email) {
  join(identity, user, email);
}

/* --- touches and aliases ------------------------------------------------------------------------------------------ */

/* The first event of a user id: aliases that named it take effect. */
static void appear(struct identity *identity, uint32_t user) {
  struct id_node *node = id_node_at(identity, user);
  uint32_t waiting = node->link;
  node->link = NO_ONE;
  id_node_at(identity, identity_root(identity, user))->has_user = true;
  identity->joins++; /* it may outweigh addresses that were good enough before */
  for (; waiting != NO_ONE; waiting = identity->aliases[waiting].next)
    join(identity, user, identity->aliases[waiting].user);
}

void identity_touch(struct identity *identity, uint32_t number, const struct touch *touch) {
  struct id_node *node = id_node_at(identity, number);
  bool first = node->touches.count == 0;
  ASSERT(node->kind != ID_EMAIL);
  timeline_add(&node->touches, identity->arena, touch);
  if (touch->time_ms < node->first_ms) node->first_ms = touch->time_ms;
  if (first && node->kind == ID_USER) appear(identity, number);
}

void identity_alias(struct identity *identity, struct str previous, uint32_t user,
                    const struct touch *touch) {
  if (str_eq(previous, id_text(id_node_at(identity, user)))) return;
  uint32_t anonymous = identity_node(identity, identity_ref(identity, ID_ANONYMOUS, previous));
  identity_link(identity, anonymous, user, touch);
  uint32_t number = identity_node(identity, identity_ref(identity, ID_USER, previous));
  struct id_node *old = id_node_at(identity, number);
  old->aliased_away = true;
  if (old->touches.count) {
    join(identity, number, user);
    return;
  }
  identity->aliases = identity_grow(identity->aliases, identity->alias_count, &identity->alias_cap,
                                    sizeof *identity->aliases);
  struct id_node *node = id_node_at(identity, user);
  identity->aliases[identity->alias_count] = (struct id_alias){user, number, old->link, node->owner};
  old->link = node->owner = identity->alias_count++;
}

/* --- links -------------------------------------------------------------------------------------------------------- */

enum { PAIR_GONE = 0xfffffffe }; /* the map forgets no keys */

static struct str pair_key(const uint32_t nodes[2]) {
  return (struct str){(const char *)nodes, 2 * sizeof nodes[0]};
}

/* Whether the two are a pair already. Most anonymous ids have one owner: only others need the map. */
static bool is_pair(const struct identity *identity, const struct id_node *node, uint32_t anonymous,
                    uint32_t owner) {
  const uint32_t nodes[2] = {anonymous, owner};
  if (node->owner == owner) return true;
  uint32_t pair = node->owner == NO_ONE ? MAP_NONE : map_get(&identity->known_pairs, pair_key(nodes));
  return pair != MAP_NONE && pair != PAIR_GONE;
}

static void remember_pair(struct identity *identity, uint32_t pair) {
  const uint32_t nodes[2] = {identity->pairs[pair].anonymous, identity->pairs[pair].owner};
  map_set(&identity->known_pairs, pair_key(nodes), pair);
}

void identity_forget_pair(struct identity *identity, uint32_t pair) {
  const uint32_t nodes[2] = {identity->pairs[pair].anonymous, identity->pairs[pair].owner};
  if (map_get(&identity->known_pairs, pair_key(nodes)) != MAP_NONE)
    map_set(&identity->known_pairs, pair_key(nodes), PAIR_GONE);
}

static void add_pair(struct identity *identity, uint32_t anonymous, uint32_t owner) {
  uint32_t number = identity->pair_count++;
  struct id_node *node = id_node_at(identity, anonymous), *of_owner = id_node_at(identity, owner);
  identity->pairs = identity_grow(identity->pairs, number, &identity->pair_cap, sizeof *identity->pairs);
  identity->pairs[number] = (struct id_pair){anonymous, owner, node->pair, of_owner->pair};
  if (node->pair != NO_ONE) {
    remember_pair(identity, node->pair); /* it is no longer the one that is_pair sees without the map */
    remember_pair(identity, number);
  }
  node->pair = of_owner->pair = number;
  node->owner = owner;
}

void identity_link(struct identity *identity, uint32_t anonymous, uint32_t owner, const struct touch *touch) {
  struct id_node *node = id_node_at(identity, anonymous);
  ASSERT(node->kind == ID_ANONYMOUS);
  if (are_apart(identity, anonymous, owner)) return;
  if (!is_pair(identity, node, anonymous, owner)) add_pair(identity, anonymous, owner);
  identity->links =
      identity_grow(identity->links, identity->link_count, &identity->link_cap, sizeof *identity->links);
  identity->links[identity->link_count] = (struct id_link){touch, owner, node->link};
  node->link = identity->link_count++;
}
