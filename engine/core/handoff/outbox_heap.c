/* outbox_heap.c - a place's rows that can be due, the earliest on top: a binary heap of row numbers. */
#include "core/handoff/outbox_private.h"

static struct outbox_place *place_of(struct outbox *outbox, uint32_t number) {
  for (uint32_t i = 0; i < outbox->place_count; i++)
    if (outbox->places[i].name == outbox->rows[number].destination) return &outbox->places[i];
  ASSERT(false);
  return NULL;
}

/* Equal instants: in the order in which they were made. */
static bool is_before(const struct outbox *outbox, uint32_t a, uint32_t b) {
  int64_t left = outbox->rows[a].due_ms, right = outbox->rows[b].due_ms;
  return left != right ? left < right : a < b;
}

static void put(struct outbox *outbox, struct outbox_place *place, uint32_t at, uint32_t number) {
  place->heap[at] = number;
  outbox->rows[number].heap_at = at;
}

static void rise(struct outbox *outbox, struct outbox_place *place, uint32_t at) {
  uint32_t number = place->heap[at];
  while (at > 0 && is_before(outbox, number, place->heap[(at - 1) / 2])) {
    put(outbox, place, at, place->heap[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  put(outbox, place, at, number);
}

static void sink(struct outbox *outbox, struct outbox_place *place, uint32_t at) {
  uint32_t number = place->heap[at], child;
  while ((child = 2 * at + 1) < place->heap_count) {
    if (child + 1 < place->heap_count && is_before(outbox, place->heap[child + 1], place->heap[child]))
      child++;
    if (!is_before(outbox, place->heap[child], number)) break;
    put(outbox, place, at, place->heap[child]);
    at = child;
  }
  put(outbox, place, at, number);
}

void outbox_heap_add(struct outbox *outbox, uint32_t number) {
  struct outbox_place *place = place_of(outbox, number);
  if (place->heap_count == place->heap_cap) {
    place->heap_cap = place->heap_cap ? place->heap_cap * 2 : 16;
    place->heap = xrealloc(place->heap, place->heap_cap * sizeof *place->heap);
  }
  place->heap[place->heap_count] = number;
  rise(outbox, place, place->heap_count++);
}

void outbox_heap_remove(struct outbox *outbox, uint32_t number) {
  struct outbox_place *place = place_of(outbox, number);
  uint32_t at = outbox->rows[number].heap_at;
  if (at == OUTBOX_NONE) return;
  uint32_t last = place->heap[--place->heap_count];
  outbox->rows[number].heap_at = OUTBOX_NONE;
  if (last == number) return;
  place->heap[at] = last;
  outbox->rows[last].heap_at = at;
  rise(outbox, place, at);
  sink(outbox, place, outbox->rows[last].heap_at);
}

uint32_t outbox_due(const struct outbox *outbox, uint32_t place, int64_t now_ms) {
  const struct outbox_place *at = &outbox->places[place];
  if (at->heap_count == 0 || outbox->rows[at->heap[0]].due_ms > now_ms) return OUTBOX_NONE;
  return at->heap[0];
}

int64_t outbox_due_ms(const struct outbox *outbox, uint32_t place) {
  const struct outbox_place *at = &outbox->places[place];
  return at->heap_count ? outbox->rows[at->heap[0]].due_ms : TIME_NEVER;
}
