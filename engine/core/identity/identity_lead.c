/* Which nodes and touches make up a lead, and what it is called. */
#include "core/identity/identity_private.h"

#include "base/err.h"

static int compare_numbers(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static void note_found(struct identity *identity, uint32_t anonymous) {
  if (identity->found_count == identity->found_cap) {
    identity->found_cap = identity->found_cap ? identity->found_cap * 2 : 64;
    identity->found = xrealloc(identity->found, identity->found_cap * sizeof *identity->found);
  }
  identity->found[identity->found_count++] = anonymous;
}

void identity_find_anonymous(struct identity *identity, uint32_t root) {
  identity->found_count = 0;
  uint32_t node = root;
  do {
    uint32_t pair = id_node_at(identity, node)->pair;
    for (; pair != NO_ONE; pair = identity->pairs[pair].next_anonymous)
      note_found(identity, identity->pairs[pair].anonymous);
    node = id_node_at(identity, node)->next;
  } while (node != root);
  if (identity->found_count < 2) return;
  qsort(identity->found, identity->found_count, sizeof *identity->found, compare_numbers);
  size_t kept = 1;
  for (size_t i = 1; i < identity->found_count; i++)
    if (identity->found[i] != identity->found[kept - 1]) identity->found[kept++] = identity->found[i];
  identity->found_count = kept;
}

/* How many of the anonymous id's touches are the lead's. */
static uint32_t part_count(struct identity *identity, uint32_t anonymous, uint32_t root) {
  uint32_t only, count;
  if (!identity_is_split(identity, anonymous, &only))
    return only == root ? id_node_at(identity, anonymous)->touches.count : 0;
  identity_part(identity, anonymous, root, &count);
  return count;
}

static bool set_has_touches(struct identity *identity, uint32_t root) {
  uint32_t node = root;
  do {
    if (id_node_at(identity, node)->touches.count) return true;
    node = id_node_at(identity, node)->next;
  } while (node != root);
  identity_find_anonymous(identity, root);
  for (size_t i = 0; i < identity->found_count; i++)
    if (part_count(identity, identity->found[i], root)) return true;
  return false;
}

bool identity_has_touches(struct identity *identity, uint32_t lead) {
  const struct id_node *node = id_node_at(identity, lead);
  return node->kind == ID_ANONYMOUS ? node->touches.count > 0 : set_has_touches(identity, lead);
}

static bool is_lead(struct identity *identity, uint32_t node) {
  const struct id_node *n = id_node_at(identity, node);
  if (n->kind == ID_ANONYMOUS) return n->pair == NO_ONE && n->touches.count;
  return n->parent == node && set_has_touches(identity, node);
}

bool identity_next_lead(struct identity *identity, uint32_t *cursor, uint32_t *lead) {
  while (*cursor < identity->node_count) {
    *lead = (*cursor)++;
    if (is_lead(identity, *lead)) return true;
  }
  return false;
}

size_t identity_lead_count(struct identity *identity) {
  size_t count = 0;
  uint32_t cursor = 0, lead;
  while (identity_next_lead(identity, &cursor, &lead)) count++;
  return count;
}

/* --- finding ------------------------------------------------------------------------------------------------------ */

static uint32_t lead_of(struct identity *identity, uint32_t node) {
  if (id_node_at(identity, node)->kind != ID_ANONYMOUS) return identity_root(identity, node);
  uint32_t root = identity_last_root(identity, node);
  return root == NO_ONE ? node : root;
}

uint32_t identity_find(struct identity *identity, struct str id) {
  for (int kind = 0; kind < ID_KINDS; kind++) {
    uint32_t node = identity_known(identity, identity_ref(identity, (enum id_kind)kind, id));
    if (node == NO_ONE) continue;
    uint32_t lead = lead_of(identity, node);
    if (is_lead(identity, lead)) return lead;
  }
  return IDENTITY_NONE;
}

/* --- from ids to leads and back ----------------------------------------------------------------------------------- */

void identity_leads_of(struct identity *identity, uint32_t node, const struct identity_visitor *visitor) {
  const struct id_node *n = id_node_at(identity, node);
  if (n->kind != ID_ANONYMOUS) {
    visitor->node(visitor->context, identity_root(identity, node));
    return;
  }
  if (n->pair == NO_ONE) visitor->node(visitor->context, node);
  for (uint32_t pair = n->pair; pair != NO_ONE; pair = identity->pairs[pair].next_owner)
    visitor->node(visitor->context, identity_root(identity, identity->pairs[pair].owner));
}

void identity_nodes_of(struct identity *identity, uint32_t lead, const struct identity_visitor *visitor) {
  uint32_t node = lead;
  if (id_node_at(identity, lead)->kind == ID_ANONYMOUS) {
    visitor->node(visitor->context, lead);
    return;
  }
  do {
    visitor->node(visitor->context, node);
    node = id_node_at(identity, node)->next;
  } while (node != lead);
  identity_find_anonymous(identity, lead);
  for (size_t i = 0; i < identity->found_count; i++) visitor->node(visitor->context, identity->found[i]);
}

struct identity_member identity_node_id(const struct identity *identity, uint32_t node) {
  const struct id_node *n = id_node_at(identity, node);
  return (struct identity_member){(enum id_kind)n->kind, id_text(n)};
}

size_t identity_node_count(const struct identity *identity) {
  return identity->node_count;
}

/* --- naming ------------------------------------------------------------------------------------------------------- */

/* Whether `a` is the better name of the two. */
static bool names_better(const struct identity *identity, uint32_t a, uint32_t b) {
  if (b == NO_ONE) return true;
  const struct id_node *left = id_node_at(identity, a), *right = id_node_at(identity, b);
  if (left->aliased_away != right->aliased_away) return right->aliased_away;
  if (left->first_ms != right->first_ms) return left->first_ms < right->first_ms;
  return str_cmp(id_text(left), id_text(right)) < 0;
}

static uint32_t best_user(const struct identity *identity, uint32_t root) {
  uint32_t best = NO_ONE, node = root;
  do {
    bool named = id_node_at(identity, node)->kind == ID_USER && id_node_at(identity, node)->touches.count;
    if (named && names_better(identity, node, best)) best = node;
    node = id_node_at(identity, node)->next;
  } while (node != root);
  return best;
}

static uint32_t best_anonymous(struct identity *identity, uint32_t root) {
  uint32_t best = NO_ONE;
  identity_find_anonymous(identity, root);
  for (size_t i = 0; i < identity->found_count; i++) {
    uint32_t node = identity->found[i];
    if (id_node_at(identity, node)->touches.count == 0 || identity_last_root(identity, node) != root)
      continue;
    if (names_better(identity, node, best)) best = node;
  }
  return best;
}

/* The smallest address names a lead that has lost all its anonymous ids to others. */
static uint32_t best_email(const struct identity *identity, uint32_t root) {
  uint32_t best = root, node = root;
  do {
    bool better = id_node_at(identity, node)->kind == ID_EMAIL && names_better(identity, node, best);
    if (better) best = node;
    node = id_node_at(identity, node)->next;
  } while (node != root);
  return best;
}

uint32_t identity_public_node(struct identity *identity, uint32_t lead) {
  if (id_node_at(identity, lead)->kind == ID_ANONYMOUS) return lead;
  uint32_t name = best_user(identity, lead);
  if (name == NO_ONE) name = best_anonymous(identity, lead);
  return name == NO_ONE ? best_email(identity, lead) : name;
}

struct str identity_public_id(struct identity *identity, uint32_t lead) {
  return id_text(id_node_at(identity, identity_public_node(identity, lead)));
}

/* --- gathering ---------------------------------------------------------------------------------------------------- */

void identity_gather_node(const struct identity *identity, uint32_t node, struct touch_list *out) {
  touch_list_add_all(out, &id_node_at(identity, node)->touches);
}

void identity_gather(struct identity *identity, uint32_t lead, struct touch_list *out) {
  uint32_t node = lead, only, count;
  if (id_node_at(identity, lead)->kind == ID_ANONYMOUS) {
    touch_list_add_all(out, &id_node_at(identity, lead)->touches);
    return;
  }
  do {
    touch_list_add_all(out, &id_node_at(identity, node)->touches);
    node = id_node_at(identity, node)->next;
  } while (node != lead);
  identity_find_anonymous(identity, lead);
  for (size_t i = 0; i < identity->found_count; i++) {
    if (!identity_is_split(identity, identity->found[i], &only)) {
      if (only == lead) touch_list_add_all(out, &id_node_at(identity, identity->found[i])->touches);
      continue;
    }
    const struct split_item *part = identity_part(identity, identity->found[i], lead, &count);
    for (uint32_t k = 0; k < count; k++) touch_list_add(out, part[k].touch);
  }
}

static void add_member(const struct identity *identity, uint32_t node, struct identity_member *members,
                       size_t *count) {
  members[(*count)++] = identity_node_id(identity, node);
}

size_t identity_members(struct identity *identity, uint32_t lead, struct arena *arena,
                        struct identity_member **members) {
  size_t room = 1, count = 0;
  uint32_t node = lead;
  identity->found_count = 0;
  if (id_node_at(identity, lead)->kind == ID_ANONYMOUS)
    note_found(identity, lead);
  else
    identity_find_anonymous(identity, lead);
  do {
    room++;
    node = id_node_at(identity, node)->next;
  } while (node != lead);
  *members = arena_alloc(arena, (room + identity->found_count) * sizeof **members);
  static const enum id_kind order[] = {ID_USER, ID_EMAIL};
  for (size_t i = 0; i < sizeof order / sizeof *order; i++) do {
      const struct id_node *n = id_node_at(identity, node);
      bool seen = n->kind == ID_EMAIL || n->touches.count;
      if (n->kind == order[i] && seen) add_member(identity, node, *members, &count);
      node = n->next;
    } while (node != lead);
  for (size_t i = 0; i < identity->found_count; i++)
    if (identity->found[i] == lead || part_count(identity, identity->found[i], lead))
      add_member(identity, identity->found[i], *members, &count);
  return count;
}
