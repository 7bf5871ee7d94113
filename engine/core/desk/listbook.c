#include "core/desk/listbook.h"

#include "base/err.h"

enum { MEMBERS_FIRST = 64 };

struct members {
  struct list_member *items;
  uint32_t count, cap, overdue;
};

struct listbook {
  const struct ruleset *rules;
  struct members lists[DESK_LISTS_MAX];
};

struct listbook *listbook_new(const struct ruleset *rules) {
  struct listbook *lists = xcalloc(1, sizeof *lists);
  lists->rules = rules;
  return lists;
}

void listbook_free(struct listbook *lists) {
  if (!lists) return;
  for (int i = 0; i < DESK_LISTS_MAX; i++) free(lists->lists[i].items);
  free(lists);
}

/* --- one lead in one list --------------------------------------------------------------------------------------------------- */

/* Where the lead stands in that list: its places are in the order of the lists it is in. */
static uint32_t *place_in(const struct lead_entry *entry, uint32_t list) {
  return &entry->list_at[__builtin_popcountll(entry->listed & ((UINT64_C(1) << list) - 1))];
}

/* The places for another set of lists; those of lists in both stay. */
static void set_lists(struct lead_entry *entry, uint64_t listed) {
  uint32_t at[DESK_LISTS_MAX] = {0}, count = 0;
  if (listed == entry->listed) return;
  for (uint32_t i = 0; i < DESK_LISTS_MAX; i++)
    if (entry->listed >> i & 1) at[i] = *place_in(entry, i);
  if (listed)
    entry->list_at = xrealloc(entry->list_at, (size_t)__builtin_popcountll(listed) * sizeof *entry->list_at);
  for (uint32_t i = 0; i < DESK_LISTS_MAX; i++)
    if (listed >> i & 1) entry->list_at[count++] = at[i];
  entry->listed = listed;
  if (listed) return;
  free(entry->list_at);
  entry->list_at = NULL;
}

static void add(struct members *members, struct lead_entry *entry, uint32_t list) {
  if (members->count == members->cap) {
    members->cap = members->cap ? members->cap * 2 : MEMBERS_FIRST;
    members->items = xrealloc(members->items, members->cap * sizeof *members->items);
  }
  *place_in(entry, list) = members->count;
  members->items[members->count++] = (struct list_member){.overdue = false};
}

/* The last one takes its place. */
static void take_out(struct members *members, const struct lead_entry *entry, uint32_t list) {
  uint32_t at = *place_in(entry, list);
  members->overdue -= members->items[at].overdue;
  members->items[at] = members->items[--members->count];
  if (at < members->count) *place_in(members->items[at].place.entry, list) = at;
}

static void note_place(struct members *members, const struct leadbook *book, const struct worklist *list,
                       uint32_t at, struct lead_entry *entry) {
  struct list_member *member = &members->items[at];
  const struct clock *clock = worklists_clock(book, entry);
  members->overdue -= member->overdue;
  member->place = worklists_place(book, list, entry);
  member->overdue = clock && clock->breached_ms != TIME_NEVER;
  members->overdue += member->overdue;
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

static void move(struct listbook *lists, struct lead_entry *entry, uint64_t listed) {
  uint64_t gone = entry->listed & ~listed, come = listed & ~entry->listed;
  for (uint32_t i = 0; i < DESK_LISTS_MAX && gone >> i; i++)
    if (gone >> i & 1) take_out(&lists->lists[i], entry, i);
  set_lists(entry, listed);
  for (uint32_t i = 0; i < DESK_LISTS_MAX && come >> i; i++)
    if (come >> i & 1) add(&lists->lists[i], entry, i);
}

void listbook_note(struct listbook *lists, const struct leadbook *book, struct lead_entry *entry) {
  const struct worklist *declared = lists->rules->worklists;
  uint64_t listed = 0;
  for (uint32_t i = 0; i < lists->rules->worklist_count; i++)
    if (worklists_has(book, lists->rules, entry, &declared[i])) listed |= UINT64_C(1) << i;
  move(lists, entry, listed);
  for (uint32_t i = 0; i < lists->rules->worklist_count; i++)
    if (listed >> i & 1) note_place(&lists->lists[i], book, &declared[i], *place_in(entry, i), entry);
}

void listbook_leave(struct listbook *lists, struct lead_entry *entry) {
  move(lists, entry, 0);
}

static bool same_order(const struct worklist *a, const struct worklist *b) {
  if (a->order_count != b->order_count || a->lifecycle != b->lifecycle) return false;
  for (uint32_t i = 0; i < a->order_count; i++)
    if (a->order[i].kind != b->order[i].kind || a->order[i].dimension != b->order[i].dimension) return false;
  return true;
}

void listbook_use(struct listbook *lists, const struct leadbook *book, const struct ruleset *rules) {
  const struct ruleset *before = lists->rules;
  ASSERT(rules->worklist_count == before->worklist_count);
  lists->rules = rules;
  for (uint32_t i = 0; i < rules->worklist_count; i++) {
    struct members *members = &lists->lists[i];
    if (same_order(&before->worklists[i], &rules->worklists[i])) continue;
    for (uint32_t k = 0; k < members->count; k++)
      note_place(members, book, &rules->worklists[i], k, members->items[k].place.entry);
  }
}

const struct list_member *listbook_members(const struct listbook *lists, uint32_t list, uint32_t *count) {
  *count = lists->lists[list].count;
  return lists->lists[list].items;
}

uint32_t listbook_overdue(const struct listbook *lists, uint32_t list) {
  return lists->lists[list].overdue;
}

/* --- the first of a list ---------------------------------------------------------------------------------------------------- */

struct finding {
  const struct worklist *list;
  struct list_search *search;
  bool sorted; /* places[0 .. wanted) are the best so far */
};

static int by_place(const void *a, const void *b, void *list) {
  return worklists_cmp(list, a, b);
}

static void keep_best(struct finding *finding) {
  struct list_search *search = finding->search;
  if (search->count)
    qsort_r(search->places, search->count, sizeof *search->places, by_place, (void *)finding->list);
  finding->sorted = search->count >= search->wanted;
  if (search->count > search->wanted) search->count = search->wanted;
}

/* Once as many as are wanted are known, most leads are not better than the last of these. */
static void offer(struct finding *finding, const struct worklist_place *place) {
  struct list_search *search = finding->search;
  if (finding->sorted && worklists_cmp(finding->list, place, &search->places[search->wanted - 1]) > 0) return;
  if (search->count == search->wanted * 2) keep_best(finding);
  search->places[search->count++] = *place;
}

void listbook_search(const struct listbook *lists, uint32_t list, struct list_search *search) {
  struct finding finding = {.list = &lists->rules->worklists[list], .search = search};
  uint32_t count;
  const struct list_member *members = listbook_members(lists, list, &count);
  search->places = xmalloc((search->wanted ? search->wanted : 1) * 2 * sizeof *search->places);
  search->count = 0;
  search->total = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (search->has_owner && !str_eq(search->owner, members[i].place.entry->owner)) continue;
    search->total++;
    if (search->wanted) offer(&finding, &members[i].place);
  }
  keep_best(&finding);
}
