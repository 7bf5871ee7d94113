/* timeline.h - the touches of one id, in order of arrival, and lists of touches brought into the total order.
 *
 * A timeline grows by chunks in its owner's arena and never moves or copies a touch. It costs 8 bytes a touch and at
 * most as much again.
 */
#ifndef EMBUDO_CORE_TIMELINE_H
#define EMBUDO_CORE_TIMELINE_H

#include "model/touch.h"

struct timeline_chunk;

struct timeline { /* {0} is an empty one */
  struct timeline_chunk *newest;
  uint32_t count;
};

void timeline_add(struct timeline *timeline, struct arena *arena, const struct touch *touch);

struct touch_list { /* {0} is an empty one */
  const struct touch **items;
  size_t count, cap;
  struct arena *made; /* of touches that exist for this list alone; NULL: none */
};

void touch_list_release(struct touch_list *list);
void touch_list_clear(struct touch_list *list); /* what was made for it goes, too */
struct arena *
touch_list_arena(struct touch_list *list); /* for touches that live as long as the list is not cleared */
void touch_list_add(struct touch_list *list, const struct touch *touch);
void touch_list_add_all(struct touch_list *list, const struct timeline *timeline);

/* Into the total order; cheap when it is there already, or nearly. */
void touch_list_sort(struct touch_list *list);

#endif
