/* outbox_private.h - the layout of struct outbox, shared by outbox*.c alone.
 *
 * outbox.c       rows, leads, queues, records
 * outbox_heap.c  which row of a place is due first
 */
#ifndef EMBUDO_CORE_OUTBOX_PRIVATE_H
#define EMBUDO_CORE_OUTBOX_PRIVATE_H

#include "base/map.h"
#include "core/handoff/outbox.h"

struct outbox_queue { /* the waiting rows of one lead at one destination, in order */
  uint16_t destination;
  uint32_t head, tail; /* rows; OUTBOX_NONE: empty */
  uint32_t next;       /* of the same lead; OUTBOX_NONE */
};

struct outbox_lead {
  uint32_t first, last; /* rows, in the order in which they were made */
  uint32_t queues;      /* the first */
  uint32_t sequence;    /* the last given */
};

struct outbox {
  struct arena arena;
  struct map names; /* from 0 */
  struct outbox_row *rows;
  uint32_t count, cap;
  uint32_t *slots; /* rows by id: a row's number plus one, 0: free; a power of two, at most half full */
  uint32_t slot_count;
  struct map lead_map; /* node -> place in leads */
  struct outbox_lead *leads;
  uint32_t lead_count, lead_cap;
  struct outbox_queue *queues;
  uint32_t queue_count, queue_cap;
  struct outbox_place *places;
  uint32_t place_count, place_cap;
  struct map reserved; /* ids on their way to the journal: enum reservation */
  size_t arrived;      /* of these; they are dropped when they are half of them */
  struct returned returned;
};

void outbox_heap_add(struct outbox *outbox, uint32_t number);    /* the head of a queue */
void outbox_heap_remove(struct outbox *outbox, uint32_t number); /* fine when it is not there */

#endif
