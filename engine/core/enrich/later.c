#include "core/enrich/later.h"

#include "base/err.h"

enum { IDS_MAX = 2 * LATER_MAX }; /* known; then those that do not wait are forgotten */

void later_init(struct later *later) {
  *later = (struct later){.waits = NULL};
  map_init(&later->ids);
}

void later_release(struct later *later) {
  map_release(&later->ids);
  free(later->waits);
  free(later->queue);
  later_init(later);
}

size_t later_count(const struct later *later) {
  return later->end - later->at;
}

/* The room in front is taken back before more is asked for. */
static void push(struct later *later, uint32_t id) {
  if (later->end == later->queue_cap && later->at > later->queue_cap / 2) {
    memmove(later->queue, later->queue + later->at, later_count(later) * sizeof *later->queue);
    later->end -= later->at;
    later->at = 0;
  } else if (later->end == later->queue_cap) {
    later->queue_cap = later->queue_cap ? later->queue_cap * 2 : 64;
    later->queue = xrealloc(later->queue, later->queue_cap * sizeof *later->queue);
  }
  later->queue[later->end++] = id;
}

static void add(struct later *later, struct str id) {
  uint32_t number = map_intern(&later->ids, id);
  if (number >= later->waits_cap) {
    later->waits_cap = later->waits_cap ? later->waits_cap * 2 : 64;
    later->waits = xrealloc(later->waits, later->waits_cap * sizeof *later->waits);
  }
  later->waits[number] = true;
  push(later, number);
}

void later_keep(struct later *later, bool (*keep)(void *arg, struct str id), void *arg) {
  struct later fresh;
  later_init(&fresh);
  for (size_t i = later->at; i < later->end; i++) {
    struct str id = later->ids.entries[later->queue[i]].key;
    if (keep(arg, id)) add(&fresh, id);
  }
  later_release(later);
  *later = fresh;
}

static bool everybody(void *arg, struct str id) {
  (void)arg, (void)id;
  return true;
}

bool later_add(struct later *later, struct str id) {
  uint32_t number = map_get(&later->ids, id);
  if (number != MAP_NONE && later->waits[number]) return true;
  if (later_count(later) == LATER_MAX) return false;
  if (later->ids.count == IDS_MAX) later_keep(later, everybody, NULL);
  add(later, id);
  return true;
}

bool later_take(struct later *later, struct str *id) {
  if (later_count(later) == 0) {
    later_release(later);
    return false;
  }
  uint32_t number = later->queue[later->at++];
  later->waits[number] = false;
  *id = later->ids.entries[number].key;
  return true;
}
