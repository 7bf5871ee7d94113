/* hub.h - one stream of events to many clients, as server-sent events (text/event-stream, WHATWG HTML 9.2).
 *
 * Whoever has news publishes it once; whoever subscribed gets it, in order. A client that lost its connection says the last
 * id it saw (Last-Event-ID, which browsers send by themselves, or ?last_event_id=) and is given what it missed, from a
 * ring of the last events. If they are not there any more, or the id is of an earlier run of the process, it first gets an
 * event named "reset", with {"reason": "dropped" | "unknown_id"}: it should read the state again by other means; what it
 * is sent from then on follows on that. Without an id a stream begins with the next event. A stream opens with a block that has only
 * an id, so that a client which loses its connection before the first event misses nothing either; such blocks also come now and
 * then to a client that does not want what is published.
 *
 * Publishing never waits for a client: events are sent on a later turn of the loop, all that have gathered at once, and each client
 * reads the ring at its own pace. One that is so slow that an event it wants has been dropped from the ring is cut off; it
 * may come back with its id and will be told "reset".
 *
 * Bounds: ring, number of subscribers (beyond it 503 with Retry-After), and per subscriber the server's output
 * (HTTP_OUT_HIGH) and one write (HUB_WRITE_BYTES and one event).
 *
 * It does not authorise (that is the handler's), know leads, or keep anything over a restart. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_HUB_H
#define EMBUDO_SERVE_HUB_H

#include "io/http/http_exchange.h"
#include "io/loop.h"

enum { HUB_WRITE_BYTES = 64 * 1024, HUB_MEMORY_MS = 10 * 60 * 1000 };

struct hub_options {  /* zeros are the defaults, in brackets */
  size_t ring_events; /* kept at most [10,000] */
  size_t ring_bytes;  /* [8 MiB]; the newest event is kept whatever its size */
  int subscribers;    /* at a time [256] */
  int64_t retry_ms;   /* how long a client should wait before it comes back [2 s] */
  int64_t beat_ms;    /* a comment is sent after so long a silence [15 s] */
  uint64_t epoch;     /* of the ids; another in each run [the wall clock] */
};

/* What a subscriber wants beyond what its ?events=NAME,NAME says (all names without it). */
struct hub_filter {
  bool (*wants)(void *arg, struct str name, struct str json); /* NULL: everything */
  void (*release)(void *arg);                                 /* when the stream is over; may be NULL */
  void *arg;
};

/* Since the start; `subscribers` is now. */
struct hub_stats {
  int subscribers;
  uint64_t published, sent; /* events; `sent` counts each subscriber */
  uint64_t resumed, resets; /* streams that began with an id: those that missed nothing, and the others */
  uint64_t cut, refused;    /* subscribers: too slow, too many */
};

struct hub;

struct hub *hub_new(struct loop *loop, const struct hub_options *options);

/* `name`: letters, digits and "._-", asserted; not "reset". `json`: one value. Both are copied. */
void hub_publish(struct hub *hub, struct str name, struct str json);

/* Whether somebody listens, or did a short while ago (HUB_MEMORY_MS) and may come back. If not, making news is not worth the
 * work: hub_skip says that there was some, so that nobody who comes back believes to have seen everything. */
bool hub_is_heard(const struct hub *hub);
void hub_skip(struct hub *hub);

/* Answers a GET, now and for as long as the client stays; the exchange is the hub's from here on, its user pointer and
 * callbacks too. A refused one's filter is released at once. NULL: no filter. */
void hub_subscribe(struct hub *hub, struct http_exchange *exchange, const struct hub_filter *filter);

/* Sends what was published, to those who keep up, and keeps nothing of it: who comes back later has missed it ("reset"). Not
 * from within a filter. */
void hub_forget(struct hub *hub);

/* Sends what was published and ends all streams; who subscribes from now on is refused with 503. For draining: the server
 * waits for endless streams otherwise. Publishing stays allowed and is heard by nobody. */
void hub_close(struct hub *hub);

void hub_free(struct hub *hub); /* after hub_close, on any later turn; NULL is allowed */

const struct hub_stats *hub_stats(const struct hub *hub);

#endif
