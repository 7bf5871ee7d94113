/* hub_ring.h - the last events of the stream, as they go to clients, and the ids by which a client says where it was.
 *
 * An event's id is "EPOCH-SEQ": SEQ rises by one an event from 1, EPOCH is the same during one run of the process and another
 * in the next, so that a number of an earlier run is never taken for one of this run. The ring keeps at most `events`
 * events and `bytes` bytes of them, the newest one in any case; older ones are dropped when a new one comes. Pure; one
 * thread.
 */
#ifndef EMBUDO_SERVE_HUB_RING_H
#define EMBUDO_SERVE_HUB_RING_H

#include "base/str.h"

enum { HUB_ID_MAX = 16 + 1 + 20 + 1 }; /* bytes of an id's text, with the NUL */

struct hub_frame {
  struct str name, json;
  struct str bytes; /* "id: ...\nevent: NAME\ndata: JSON\n\n"; the two above lie in it */
};

struct hub_ring {
  struct hub_frame *frames; /* the event of number n is at n % events */
  size_t events;
  size_t bytes, bytes_max;
  uint64_t epoch;
  uint64_t first,
      next; /* the oldest number kept, and the number of the next event: none is kept when equal */
};

void hub_ring_init(struct hub_ring *ring, size_t events, size_t bytes, uint64_t epoch);
void hub_ring_release(struct hub_ring *ring);

/* `name`: letters, digits and "._-" (asserted). `json`: one value; line breaks between its tokens become blanks, since a line
 * break would end the event's data. */
void hub_ring_add(struct hub_ring *ring, struct str name, struct str json);

/* Something happened that is not kept: whoever comes back with an earlier id has missed it. */
void hub_ring_skip(struct hub_ring *ring);

void hub_ring_forget(struct hub_ring *ring); /* drops all events; numbers go on */

const struct hub_frame *hub_ring_at(const struct hub_ring *ring, uint64_t seq); /* asserts that it is kept */

void hub_ring_id(const struct hub_ring *ring, uint64_t seq, char text[HUB_ID_MAX]);

/* What a client that has seen everything up to `id` needs next. */
enum hub_place {
  HUB_PLACE_KEPT,    /* the event *seq and those after it, all kept (or *seq is still to come) */
  HUB_PLACE_DROPPED, /* events that are dropped already */
  HUB_PLACE_FOREIGN  /* the id is of another run, or no id at all */
};
enum hub_place hub_ring_after(const struct hub_ring *ring, struct str id, uint64_t *seq);

#endif
