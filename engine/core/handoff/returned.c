#include "core/handoff/returned.h"

static bool is_same(struct hash128 a, struct hash128 b) {
  return a.low == b.low && a.high == b.high;
}

/* Its place in the ring; RETURNED_MAX: it is not there. */
static uint32_t find(const struct returned *returned, struct hash128 sent) {
  uint32_t i = 0;
  while (i < RETURNED_MAX && !is_same(returned->ring[i].sent, sent)) i++;
  return i;
}

enum returned_before returned_before(const struct returned *returned, struct returned_value value) {
  uint32_t i = find(returned, value.sent);
  if (i == RETURNED_MAX) return RETURNED_NEVER;
  return is_same(returned->ring[i].item, value.item) ? RETURNED_SO : RETURNED_OTHERWISE;
}

void returned_note(struct returned *returned, struct returned_value value) {
  if (find(returned, value.sent) == RETURNED_MAX) returned->ring[returned->at++ % RETURNED_MAX] = value;
}

void returned_forget(struct returned *returned, struct returned_value value) {
  uint32_t i = find(returned, value.sent);
  if (i < RETURNED_MAX && is_same(returned->ring[i].item, value.item))
    returned->ring[i] = (struct returned_value){{0, 0}, {0, 0}};
}
