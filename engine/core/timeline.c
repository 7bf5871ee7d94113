#include "core/timeline.h"

#include "base/err.h"

enum { FIRST_CHUNK = 4, LARGEST_CHUNK = 512 };

struct timeline_chunk {
  struct timeline_chunk *older;
  uint32_t count, cap;
  const struct touch *touches[];
};

void timeline_add(struct timeline *timeline, struct arena *arena, const struct touch *touch) {
  struct timeline_chunk *chunk = timeline->newest;
  if (!chunk || chunk->count == chunk->cap) {
    uint32_t cap = !chunk ? FIRST_CHUNK : chunk->cap < LARGEST_CHUNK ? chunk->cap * 2 : LARGEST_CHUNK;
    struct timeline_chunk *fresh = arena_alloc(arena, sizeof *fresh + cap * sizeof fresh->touches[0]);
    *fresh = (struct timeline_chunk){.older = chunk, .cap = cap};
    chunk = timeline->newest = fresh;
  }
  chunk->touches[chunk->count++] = touch;
  timeline->count++;
}

void touch_list_release(struct touch_list *list) {
  free(list->items);
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
  reserve(list, timeline->count);
  list->count += timeline->count;
  size_t end = list->count;
  for (const struct timeline_chunk *chunk = timeline->newest; chunk; chunk = chunk->older) {
    end -= chunk->count;
    memcpy(list->items + end, chunk->touches, chunk->count * sizeof chunk->touches[0]);
  }
}

static int compare(const void *a, const void *b) {
  const struct touch *const *left = a, *const *right = b;
  return touch_cmp(*left, *right);
}

void touch_list_sort(struct touch_list *list) {
  size_t ordered = 1;
  while (ordered < list->count && touch_cmp(list->items[ordered - 1], list->items[ordered]) <= 0) ordered++;
  if (ordered >= list->count) return;
  qsort(list->items, list->count, sizeof *list->items, compare);
}
