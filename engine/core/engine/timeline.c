#include "core/engine/timeline.h"

#include "base/err.h"

enum { FIRST_CHUNK = 4, LARGEST_CHUNK = 512 };

/* Chunks hold 4, 8, 16 ... 512, 512 ... touches; all but the newest are full. How full that one is follows from the
 * timeline's count, so adding writes to it without reading it: it is seldom in a cache. */
struct timeline_chunk {
  struct timeline_chunk *older;
  const struct touch *touches[];
};

/* The newest chunk's size, and how many touches are in it. */
static uint32_t newest_chunk(uint32_t count, uint32_t *used) {
  uint32_t size = FIRST_CHUNK;
  while (count > size) {
    count -= size;
    if (size < LARGEST_CHUNK)
      size *= 2;
    else
      count = (count - 1) % LARGEST_CHUNK + 1;
  }
  *used = count;
  return size;
}

void timeline_add(struct timeline *timeline, struct arena *arena, const struct touch *touch) {
  uint32_t used, size = newest_chunk(timeline->count + 1, &used);
  if (used == 1) {
    struct timeline_chunk *fresh = arena_alloc(arena, sizeof *fresh + size * sizeof fresh->touches[0]);
    fresh->older = timeline->newest;
    timeline->newest = fresh;
  }
  timeline->newest->touches[used - 1] = touch;
  timeline->count++;
}

void touch_list_clear(struct touch_list *list) {
  list->count = 0;
  if (list->made) arena_clear(list->made);
}

struct arena *touch_list_arena(struct touch_list *list) {
  if (list->made) return list->made;
  list->made = xmalloc(sizeof *list->made);
  arena_init(list->made, 0);
  return list->made;
}

void touch_list_release(struct touch_list *list) {
  free(list->items);
  if (list->made) arena_release(list->made);
  free(list->made);
  *list = (struct touch_list){0};
}

static void reserve(struct touch_list *list, size_t more) {
  if (list->count + more <= list->cap) return;
  size_t cap = list->cap ? list->cap : 64;
  while (cap < list->count + more) cap *= 2;
  list->items = xrealloc(list->items, cap * sizeof *list->items);
  list->cap = cap;
}

void touch_list_add(struct touch_list *list, const struct touch *touch) {
  reserve(list, 1);
  list->items[list->count++] = touch;
}

/* Chunks are walked newest first and filled in from the end, so the list is in order of arrival. */
void touch_list_add_all(struct touch_list *list, const struct timeline *timeline) {
  uint32_t left = timeline->count, used;
  reserve(list, left);
  list->count += left;
  size_t end = list->count;
  for (const struct timeline_chunk *chunk = timeline->newest; left; chunk = chunk->older) {
    newest_chunk(left, &used);
    end -= used;
    left -= used;
    memcpy(list->items + end, chunk->touches, used * sizeof chunk->touches[0]);
  }
}

static int is_peer(const struct touch *touch) {
  return touch->flags & TOUCH_OUTSIDE && touch->more->peer.len > 0;
}

static int compare(const void *a, const void *b) {
  const struct touch *const *left = a, *const *right = b;
  int order = touch_cmp(*left, *right);
  if (order) return order;
  /* What is the lead's own first, then what was said about the account, then that somebody is of it. */
  order = ((*left)->flags & TOUCH_OUTSIDE) - ((*right)->flags & TOUCH_OUTSIDE);
  return order ? order : is_peer(*left) - is_peer(*right);
}

void touch_list_sort(struct touch_list *list) {
  size_t ordered = 1;
  while (ordered < list->count && touch_cmp(list->items[ordered - 1], list->items[ordered]) <= 0) ordered++;
  if (ordered >= list->count) return;
  qsort(list->items, list->count, sizeof *list->items, compare);
}
