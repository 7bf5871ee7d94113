/* Whose the touches of an anonymous id with several owners are: a device that several people use. */
#include "core/identity/identity_private.h"

#include "base/err.h"

static uint32_t root_of_link(struct identity *identity, const struct id_link *link) {
  return identity_root(identity, link->owner);
}

/* The root of the last link in the total order; of those to users, or of all. */
static uint32_t last_root(struct identity *identity, uint32_t anonymous, bool users_only) {
  const struct id_link *last = NULL;
  for (uint32_t i = id_node_at(identity, anonymous)->link; i != NO_ONE; i = identity->links[i].older) {
    const struct id_link *link = &identity->links[i];
    if (users_only && !id_node_at(identity, root_of_link(identity, link))->has_user) continue;
    if (!last || touch_cmp(link->touch, last->touch) > 0) last = link;
  }
  return last ? root_of_link(identity, last) : NO_ONE;
}

bool identity_is_split(struct identity *identity, uint32_t anonymous, uint32_t *root) {
  uint32_t pair = id_node_at(identity, anonymous)->pair, address = NO_ONE;
  bool several_addresses = false;
  *root = NO_ONE;
  for (; pair != NO_ONE; pair = identity->pairs[pair].next_owner) {
    uint32_t of_pair = identity_root(identity, identity->pairs[pair].owner);
    if (id_node_at(identity, of_pair)->has_user) {
      if (*root != NO_ONE && *root != of_pair) return true;
      *root = of_pair;
    } else {
      several_addresses |= address != NO_ONE && address != of_pair;
      address = of_pair;
    }
  }
  if (*root == NO_ONE) *root = several_addresses ? last_root(identity, anonymous, false) : address;
  return false;
}

static int compare_links(const void *a, const void *b) {
  const struct id_link *left = a, *right = b;
  return touch_cmp(left->touch, right->touch);
}

/* The links to users in the total order of their touches, to be freed. */
static struct id_link *links_in_order(struct identity *identity, uint32_t anonymous, size_t *count) {
  size_t n = 0;
  uint32_t first = id_node_at(identity, anonymous)->link;
  for (uint32_t i = first; i != NO_ONE; i = identity->links[i].older) n++;
  struct id_link *links = xmalloc(n * sizeof *links);
  *count = 0;
  for (uint32_t i = first; i != NO_ONE; i = identity->links[i].older)
    if (id_node_at(identity, root_of_link(identity, &identity->links[i]))->has_user)
      links[(*count)++] = identity->links[i];
  qsort(links, *count, sizeof *links, compare_links);
  return links;
}

/* The owner at an instant: of the last link at or before it, else of the first. */
static uint32_t owner_at(const struct id_link *links, size_t count, int64_t time_ms) {
  size_t low = 0, high = count; /* links before low are at or before the instant, from high on after it */
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (links[middle].touch->time_ms <= time_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return links[low ? low - 1 : 0].owner;
}

static int compare_items(const void *a, const void *b) {
  const struct split_item *left = a, *right = b;
  if (left->root != right->root) return left->root < right->root ? -1 : 1;
  return touch_cmp(left->touch, right->touch);
}

static void make_split(struct identity *identity, uint32_t anonymous, struct split *split) {
  struct touch_list touches = {0};
  size_t link_count;
  struct id_link *links = links_in_order(identity, anonymous, &link_count);
  touch_list_add_all(&touches, &id_node_at(identity, anonymous)->touches);
  split->count = (uint32_t)touches.count;
  split->items = xrealloc(split->items, (touches.count + 1) * sizeof *split->items);
  for (size_t i = 0; i < touches.count; i++) {
    uint32_t owner = owner_at(links, link_count, touches.items[i]->time_ms);
    split->items[i] = (struct split_item){identity_root(identity, owner), touches.items[i]};
  }
  qsort(split->items, split->count, sizeof *split->items, compare_items);
  free(links);
  touch_list_release(&touches);
}

static struct split *split_of(struct identity *identity, uint32_t anonymous) {
  struct id_node *node = id_node_at(identity, anonymous);
  if (node->split == NO_ONE) {
    identity->splits = identity_grow(identity->splits, identity->split_count, &identity->split_cap,
                                     sizeof *identity->splits);
    identity->splits[identity->split_count] = (struct split){0};
    node->split = identity->split_count++;
  }
  struct split *split = &identity->splits[node->split];
  bool good = split->made && split->link == node->link && split->joins == identity->joins &&
              split->count == node->touches.count;
  if (good) return split;
  make_split(identity, anonymous, split);
  split->made = true;
  split->link = node->link;
  split->joins = identity->joins;
  return split;
}

struct split_item *identity_part(struct identity *identity, uint32_t anonymous, uint32_t root,
                                 uint32_t *count) {
  struct split *split = split_of(identity, anonymous);
  uint32_t low = 0, high = split->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (split->items[middle].root < root)
      low = middle + 1;
    else
      high = middle;
  }
  uint32_t end = low;
  while (end < split->count && split->items[end].root == root) end++;
  *count = end - low;
  return split->items + low;
}

struct spans { /* of one lead, growing */
  struct identity *identity;
  uint32_t lead;
  struct id_span *items;
  size_t count;
};

static void add_span(struct spans *spans, uint32_t owner, int64_t from_ms, int64_t to_ms) {
  if (from_ms >= to_ms || identity_root(spans->identity, owner) != spans->lead) return;
  if (spans->count && spans->items[spans->count - 1].to_ms == from_ms)
    spans->items[spans->count - 1].to_ms = to_ms;
  else
    spans->items[spans->count++] = (struct id_span){from_ms, to_ms};
}

/* As owner_at says it, for every instant: before the first link, and from each link to the next. */
static void add_spans(struct spans *spans, const struct id_link *links, size_t count) {
  add_span(spans, links[0].owner, TIME_MIN, links[0].touch->time_ms);
  for (size_t i = 0; i < count; i++) {
    int64_t to_ms = i + 1 < count ? links[i + 1].touch->time_ms : TIME_NEVER;
    add_span(spans, links[i].owner, links[i].touch->time_ms, to_ms);
  }
}

size_t identity_spans(struct identity *identity, uint32_t anonymous, uint32_t lead, struct arena *arena,
                      struct id_span **spans) {
  size_t link_count;
  uint32_t only;
  if (!identity_is_split(identity, anonymous, &only)) {
    *spans = arena_alloc(arena, sizeof **spans);
    **spans = (struct id_span){TIME_MIN, TIME_NEVER};
    return only == lead || (only == NO_ONE && anonymous == lead);
  }
  struct id_link *links = links_in_order(identity, anonymous, &link_count);
  struct spans found = {identity, lead, arena_alloc(arena, (link_count + 1) * sizeof **spans), 0};
  add_spans(&found, links, link_count);
  free(links);
  *spans = found.items;
  return found.count;
}

uint32_t identity_last_root(struct identity *identity, uint32_t anonymous) {
  uint32_t root;
  return identity_is_split(identity, anonymous, &root) ? last_root(identity, anonymous, true) : root;
}
