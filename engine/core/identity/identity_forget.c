/* Forgetting a lead: afterwards everything is as if none of its events had ever come.
 *
 * A lead is a whole set of users and e-mail addresses with the anonymous ids' touches that are theirs, so sets never have
 * to be taken apart; what is left to do is at the seams, where an anonymous id has other owners too. */
#include "core/identity/identity_private.h"

#include "base/err.h"

struct forgetting {
  struct identity *identity;
  uint32_t root;
  const struct touch_list *touches; /* by address */
};

static int by_address(const void *a, const void *b) {
  uintptr_t left = (uintptr_t) * (const struct touch *const *)a;
  uintptr_t right = (uintptr_t) * (const struct touch *const *)b;
  return (left > right) - (left < right);
}

static bool is_forgotten(const struct forgetting *f, const struct touch *touch) {
  return f->touches->count &&
         bsearch(&touch, f->touches->items, f->touches->count, sizeof *f->touches->items, by_address);
}

/* --- touches, links and pairs of an anonymous id ------------------------------------------------------------------- */

static void filter_touches(const struct forgetting *f, struct id_node *node) {
  struct touch_list all = {0};
  touch_list_add_all(&all, &node->touches);
  node->touches = (struct timeline){0};
  node->first_ms = INT64_MAX;
  for (size_t i = 0; i < all.count; i++) {
    if (is_forgotten(f, all.items[i])) continue;
    timeline_add(&node->touches, f->identity->arena, all.items[i]);
    if (all.items[i]->time_ms < node->first_ms) node->first_ms = all.items[i]->time_ms;
  }
  touch_list_release(&all);
}

static void filter_links(const struct forgetting *f, struct id_node *node) {
  uint32_t *end = &node->link;
  while (*end != NO_ONE) {
    struct id_link *link = &f->identity->links[*end];
    if (is_forgotten(f, link->touch)) {
      *end = link->older;
      link->touch = NULL;
    } else
      end = &link->older;
  }
}

static bool is_linked(const struct identity *identity, const struct id_node *node, uint32_t owner) {
  for (uint32_t i = node->link; i != NO_ONE; i = identity->links[i].older)
    if (identity->links[i].owner == owner) return true;
  return false;
}

static void unlink_pair_of_owner(struct identity *identity, uint32_t owner, uint32_t pair) {
  uint32_t *end = &id_node_at(identity, owner)->pair;
  while (*end != pair) end = &identity->pairs[*end].next_anonymous;
  *end = identity->pairs[pair].next_anonymous;
}

/* An address nobody gives any more. */
static bool is_orphan(const struct identity *identity, uint32_t owner) {
  const struct id_node *node = id_node_at(identity, owner);
  return node->kind == ID_EMAIL && node->pair == NO_ONE && node->next == owner;
}

/* A pair is there as long as a link is. */
static void filter_pairs(const struct forgetting *f, struct id_node *node) {
  struct identity *identity = f->identity;
  uint32_t *end = &node->pair;
  while (*end != NO_ONE) {
    uint32_t number = *end, owner = identity->pairs[number].owner;
    if (is_linked(identity, node, owner)) {
      end = &identity->pairs[number].next_owner;
      continue;
    }
    *end = identity->pairs[number].next_owner;
    unlink_pair_of_owner(identity, owner, number);
    identity_forget_pair(identity, number);
    if (identity_root(identity, owner) != f->root && is_orphan(identity, owner))
      identity_kill(identity, owner);
  }
  node->owner = node->pair == NO_ONE ? NO_ONE : identity->pairs[node->pair].owner;
}

static void forget_anonymous(const struct forgetting *f, uint32_t number) {
  struct id_node *node = id_node_at(f->identity, number);
  filter_touches(f, node);
  filter_links(f, node);
  filter_pairs(f, node);
  if (node->touches.count == 0 && node->link == NO_ONE) identity_kill(f->identity, number);
}

/* --- what it is called -------------------------------------------------------------------------------------------- */

struct claiming {
  struct identity *identity;
  struct arena *arena;
  struct id_claim *claims;
  size_t count;
};

static void claim(struct claiming *c, uint32_t number, uint32_t lead) {
  struct identity_member member = identity_node_id(c->identity, number);
  struct id_span *spans = NULL;
  size_t span_count = 0;
  if (member.kind == ID_ANONYMOUS) {
    span_count = identity_spans(c->identity, number, lead, c->arena, &spans);
    if (span_count == 0) return;
  }
  c->claims[c->count++] = (struct id_claim){member.kind, arena_str(c->arena, member.id), spans, span_count};
}

/* The alias call is still without effect: no event has carried the user id that it named. */
static bool is_waiting(const struct identity *identity, uint32_t alias) {
  const struct id_node *node = id_node_at(identity, identity->aliases[alias].previous);
  return !node->dead && node->touches.count == 0;
}

/* What the set's alias calls wait for. */
static void visit_waiting(struct identity *identity, uint32_t lead, void *context,
                          void (*visit)(void *context, uint32_t alias)) {
  uint32_t node = lead;
  do {
    const struct id_node *n = id_node_at(identity, node);
    for (uint32_t i = n->kind == ID_USER ? n->owner : NO_ONE; i != NO_ONE; i = identity->aliases[i].older)
      if (is_waiting(identity, i)) visit(context, i);
    node = n->next;
  } while (node != lead);
}

static void count_alias(void *context, uint32_t alias) {
  (void)alias;
  ++*(size_t *)context;
}

static void claim_alias(void *context, uint32_t alias) {
  struct claiming *c = context;
  claim(c, c->identity->aliases[alias].previous, NO_ONE);
}

static size_t set_size(const struct identity *identity, uint32_t lead) {
  size_t size = 0;
  uint32_t node = lead;
  do {
    size++;
    node = id_node_at(identity, node)->next;
  } while (node != lead);
  return size;
}

size_t identity_claims(struct identity *identity, uint32_t lead, struct arena *arena,
                       struct id_claim **claims) {
  struct claiming c = {identity, arena, NULL, 0};
  bool alone = id_node_at(identity, lead)->kind == ID_ANONYMOUS;
  uint32_t node = lead;
  identity->found_count = 0;
  if (!alone) identity_find_anonymous(identity, lead);
  size_t room = set_size(identity, lead) + identity->found_count;
  if (!alone) visit_waiting(identity, lead, &room, count_alias);
  c.claims = *claims = arena_alloc(arena, room * sizeof *c.claims);
  do {
    claim(&c, node, lead);
    node = id_node_at(identity, node)->next;
  } while (node != lead);
  for (size_t i = 0; i < identity->found_count; i++) claim(&c, identity->found[i], lead);
  if (!alone) visit_waiting(identity, lead, &c, claim_alias);
  return c.count;
}

/* --- the set ------------------------------------------------------------------------------------------------------- */

/* A user id that only the set's alias calls have named is known no more. */
static void forget_alias(void *context, uint32_t alias) {
  struct identity *identity = context;
  uint32_t previous = identity->aliases[alias].previous;
  struct id_node *node = id_node_at(identity, previous);
  uint32_t *end = &node->link;
  while (*end != NO_ONE && *end != alias) end = &identity->aliases[*end].next;
  if (*end == alias) *end = identity->aliases[alias].next;
  if (node->link == NO_ONE) identity_kill(identity, previous);
}

/* Addresses that others gave too stay, each for itself. */
static void forget_set(const struct forgetting *f) {
  struct identity *identity = f->identity;
  uint32_t number = f->root;
  do {
    struct id_node *node = id_node_at(identity, number);
    uint32_t next = node->next;
    node->next = node->parent = number;
    node->has_user = false;
    if (node->kind == ID_USER || node->pair == NO_ONE) identity_kill(identity, number);
    number = next;
  } while (number != f->root);
}

void identity_forget(struct identity *identity, uint32_t lead, struct touch_list *touches) {
  struct forgetting f = {identity, lead, touches};
  touches->count = 0;
  identity_gather(identity, lead, touches);
  if (touches->count) qsort(touches->items, touches->count, sizeof *touches->items, by_address);
  if (id_node_at(identity, lead)->kind == ID_ANONYMOUS)
    forget_anonymous(&f, lead);
  else {
    identity_find_anonymous(identity, lead);
    for (size_t i = 0; i < identity->found_count; i++) forget_anonymous(&f, identity->found[i]);
    visit_waiting(identity, lead, identity, forget_alias);
    forget_set(&f);
  }
  identity->joins++; /* what was worked out about shared anonymous ids is no longer good */
}
