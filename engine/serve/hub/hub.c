#include "serve/hub/hub.h"

#include "base/buf.h"
#include "base/err.h"
#include "serve/hub/hub_ring.h"
#include <inttypes.h>

enum { RETRY_AFTER_S = 5 };

struct subscriber {
  struct hub *hub;
  int index; /* in the hub's list */
  struct http_exchange *exchange;
  struct hub_filter filter;
  struct str names; /* of ?events=, lives as long as the exchange; empty: all */
  uint64_t next_seq;
  uint64_t told_seq; /* the id the client would come back with */
  bool waits;        /* for room in its output */
};

/* The task may be on the loop's queue when the hub goes: then it outlives the hub and frees itself. */
struct hub_turn {
  struct loop_task task;
  struct hub *hub; /* NULL: gone */
  bool posted;
};

struct hub {
  struct loop *loop;
  struct hub_options options; /* without zeros */
  struct hub_ring ring;
  struct subscriber **subscribers; /* stats.subscribers of them, in no order */
  struct hub_turn *turn;
  struct buf scratch;
  struct hub_stats stats;
  int64_t left_ms;                    /* when the last of them left, by the loop's clock */
  bool was_heard;                     /* somebody has ever listened */
  size_t unseen_events, unseen_bytes; /* published since somebody looked whether they are wanted */
  bool sending; /* a handler that runs inside a write may subscribe and publish, but ends nobody */
  bool closed;
};

/* --- who wants what --- */

/* Whether the list "a,b" has the name; an empty list has all. */
static bool names_have(struct str names, struct str name) {
  if (names.len == 0) return true;
  while (names.len) {
    const char *comma = memchr(names.p, ',', names.len);
    struct str word = {names.p, comma ? (size_t)(comma - names.p) : names.len};
    if (str_eq(str_trim(word), name)) return true;
    size_t taken = word.len + (comma != NULL);
    names = (struct str){names.p + taken, names.len - taken};
  }
  return false;
}

static bool wants(const struct subscriber *subscriber, const struct hub_frame *frame) {
  const struct hub_filter *filter = &subscriber->filter;
  return names_have(subscriber->names, frame->name) &&
         (!filter->wants || filter->wants(filter->arg, frame->name, frame->json));
}

/* --- sending --- */

static void remove_subscriber(struct subscriber *subscriber) {
  struct hub *hub = subscriber->hub;
  struct subscriber *last = hub->subscribers[--hub->stats.subscribers];
  hub->subscribers[subscriber->index] = last;
  last->index = subscriber->index;
  hub->left_ms = loop_now_ms(hub->loop);
  if (subscriber->filter.release) subscriber->filter.release(subscriber->filter.arg);
  free(subscriber);
}

static void end_subscriber(struct subscriber *subscriber) {
  struct http_exchange *exchange = subscriber->exchange;
  remove_subscriber(subscriber);
  http_exchange_end(exchange);
}

/* Tells a client that wants little where it is, before the ring has moved past the last id it knows. */
static void add_place(struct subscriber *subscriber, struct buf *out) {
  const struct hub_ring *ring = &subscriber->hub->ring;
  uint64_t kept = ring->next - ring->first, seen = subscriber->next_seq - 1;
  char id[HUB_ID_MAX];
  if (ring->first == 1 || subscriber->told_seq >= ring->first + kept / 2 || seen == subscriber->told_seq)
    return;
  hub_ring_id(ring, seen, id);
  buf_printf(out, "id: %s\n\n", id);
  subscriber->told_seq = seen;
}

/* What to send next, up to a bound; empty when there is nothing. */
static struct str gather(struct subscriber *subscriber) {
  struct hub *hub = subscriber->hub;
  struct buf *out = &hub->scratch;
  buf_clear(out);
  for (; subscriber->next_seq < hub->ring.next && out->len < HUB_WRITE_BYTES; subscriber->next_seq++) {
    const struct hub_frame *frame = hub_ring_at(&hub->ring, subscriber->next_seq);
    if (!wants(subscriber, frame)) continue;
    buf_add_str(out, frame->bytes);
    subscriber->told_seq = subscriber->next_seq;
    hub->stats.sent++;
  }
  add_place(subscriber, out);
  return buf_str(out);
}

/* What a waiting client does not want must not get it cut off. */
static void skip_unwanted(struct subscriber *subscriber) {
  const struct hub_ring *ring = &subscriber->hub->ring;
  while (subscriber->next_seq < ring->next && !wants(subscriber, hub_ring_at(ring, subscriber->next_seq)))
    subscriber->next_seq++;
}

static void send_to(struct subscriber *subscriber) {
  while (!subscriber->waits) {
    struct str bytes = gather(subscriber);
    if (bytes.len == 0) return;
    subscriber->waits = !http_exchange_write(subscriber->exchange, bytes);
  }
  skip_unwanted(subscriber);
}

static bool fell_behind(const struct subscriber *subscriber) {
  return subscriber->next_seq < subscriber->hub->ring.first;
}

static void cut(struct subscriber *subscriber) {
  struct http_exchange *exchange = subscriber->exchange;
  subscriber->hub->stats.cut++;
  remove_subscriber(subscriber);
  http_exchange_cut(exchange);
}

static void end_all(struct hub *hub) {
  for (int i = hub->stats.subscribers; i-- > 0;) end_subscriber(hub->subscribers[i]);
}

static void send_to_all(struct hub *hub) {
  hub->sending = true;
  hub->unseen_events = hub->unseen_bytes = 0;
  for (int i = hub->stats.subscribers; i-- > 0;) { /* who is cut leaves its place to one who was served */
    struct subscriber *each = hub->subscribers[i];
    if (fell_behind(each))
      cut(each);
    else
      send_to(each);
  }
  hub->sending = false;
  if (hub->closed) end_all(hub);
}

static void run_turn(struct loop_task *task) {
  struct hub_turn *turn = (struct hub_turn *)task; /* its first member */
  turn->posted = false;
  if (turn->hub)
    send_to_all(turn->hub);
  else
    free(turn);
}

static void post_turn(struct hub *hub) {
  if (hub->turn->posted || !hub->stats.subscribers) return;
  hub->turn->posted = true;
  loop_post(hub->loop, &hub->turn->task);
}

/* So much within one turn that the ring goes round: those who do not want it must not suffer. Nothing is sent here, since a
 * write may call handlers. */
static void pass_unwanted(struct hub *hub) {
  hub->unseen_events = hub->unseen_bytes = 0;
  for (int i = 0; i < hub->stats.subscribers; i++)
    if (!fell_behind(hub->subscribers[i])) skip_unwanted(hub->subscribers[i]);
}

void hub_forget(struct hub *hub) {
  ASSERT(!hub->sending);
  send_to_all(hub);
  hub_ring_forget(&hub->ring);
}

void hub_publish(struct hub *hub, struct str name, struct str json) {
  ASSERT(!str_eq(name, STR("reset")));
  if (hub->unseen_events >= hub->options.ring_events / 2 || hub->unseen_bytes >= hub->options.ring_bytes / 2)
    pass_unwanted(hub);
  hub_ring_add(&hub->ring, name, json);
  hub->unseen_events++;
  hub->unseen_bytes += json.len;
  hub->stats.published++;
  post_turn(hub);
}

bool hub_is_heard(const struct hub *hub) {
  if (hub->stats.subscribers) return true;
  return hub->was_heard && loop_now_ms(hub->loop) - hub->left_ms < HUB_MEMORY_MS;
}

void hub_skip(struct hub *hub) {
  ASSERT(!hub->stats.subscribers);
  hub_ring_skip(&hub->ring);
  hub->unseen_events = hub->unseen_bytes = 0;
}

/* --- subscribing --- */

static void on_ready(struct http_exchange *exchange) {
  struct subscriber *subscriber = http_exchange_user(exchange);
  subscriber->waits = false;
  post_turn(subscriber->hub);
}

static void on_gone(struct http_exchange *exchange) {
  end_subscriber(http_exchange_user(exchange));
}

static void release_filter(const struct hub_filter *filter) {
  if (filter && filter->release) filter->release(filter->arg);
}

static void refuse(struct hub *hub, struct http_exchange *exchange, const char *why) {
  struct http_failure failure;
  hub->stats.refused++;
  http_failure_set(&failure, 503, HTTP_OVERLOADED, "%s", why);
  failure.retry_after_s = RETRY_AFTER_S;
  http_exchange_refuse(exchange, &failure);
}

/* Where the stream begins, and what it says first about that. */
static void add_opening(struct subscriber *subscriber, struct buf *out) {
  struct hub *hub = subscriber->hub;
  const struct http_request *request = http_exchange_request(subscriber->exchange);
  enum hub_place place = HUB_PLACE_KEPT;
  struct str last;
  char id[HUB_ID_MAX];
  bool has_last = (http_request_header(request, STR("Last-Event-ID"), &last) && last.len) ||
                  (http_request_query(request, STR("last_event_id"), &last) && last.len);
  subscriber->next_seq = hub->ring.next;
  if (has_last) place = hub_ring_after(&hub->ring, last, &subscriber->next_seq);
  if (place != HUB_PLACE_KEPT) subscriber->next_seq = hub->ring.next;
  if (has_last && place == HUB_PLACE_KEPT) hub->stats.resumed++;
  subscriber->told_seq = subscriber->next_seq - 1;
  hub_ring_id(&hub->ring, subscriber->told_seq, id);
  buf_printf(out, "retry: %" PRId64 "\nid: %s\n", hub->options.retry_ms, id);
  if (place != HUB_PLACE_KEPT) {
    hub->stats.resets++;
    buf_printf(out, "event: reset\ndata: {\"reason\":\"%s\"}\n",
               place == HUB_PLACE_DROPPED ? "dropped" : "unknown_id");
  }
  buf_add_text(out, "\n");
}

static struct subscriber *add_subscriber(struct hub *hub, struct http_exchange *exchange,
                                         const struct hub_filter *filter) {
  struct subscriber *subscriber = xcalloc(1, sizeof *subscriber);
  subscriber->hub = hub;
  subscriber->exchange = exchange;
  if (filter) subscriber->filter = *filter;
  http_request_query(http_exchange_request(exchange), STR("events"), &subscriber->names);
  subscriber->index = hub->stats.subscribers++;
  hub->was_heard = true;
  hub->subscribers[subscriber->index] = subscriber;
  http_exchange_set_user(exchange, subscriber);
  http_exchange_on_gone(exchange, on_gone);
  http_exchange_on_ready(exchange, on_ready);
  http_exchange_heartbeat(exchange, STR(":\n\n"), hub->options.beat_ms);
  return subscriber;
}

static void begin_stream(struct http_exchange *exchange) {
  http_exchange_header(exchange, "Cache-Control", STR("no-store"));
  http_exchange_header(exchange, "X-Accel-Buffering", STR("no")); /* asks nginx to pass it on at once */
  http_exchange_begin(exchange, 200, "text/event-stream");
}

static void open_stream(struct subscriber *subscriber) {
  struct hub *hub = subscriber->hub;
  struct buf opening;
  buf_init(&opening);
  add_opening(subscriber, &opening);
  subscriber->waits = !http_exchange_write(subscriber->exchange, buf_str(&opening));
  buf_release(&opening);
  if (subscriber->next_seq < hub->ring.next) post_turn(hub);
}

void hub_subscribe(struct hub *hub, struct http_exchange *exchange, const struct hub_filter *filter) {
  const char *trouble = NULL;
  if (hub->closed)
    trouble = "the server is stopping: come back in some seconds";
  else if (hub->stats.subscribers >= hub->options.subscribers)
    trouble = "too many clients listen: come back later, or raise the limit";
  if (trouble) {
    release_filter(filter);
    refuse(hub, exchange, trouble);
    return;
  }
  begin_stream(exchange);
  if (http_exchange_is_gone(exchange) || str_eq(http_exchange_request(exchange)->method, STR("HEAD"))) {
    release_filter(filter);
    http_exchange_end(exchange);
    return;
  }
  open_stream(add_subscriber(hub, exchange, filter));
}

/* --- life --- */

struct hub *hub_new(struct loop *loop, const struct hub_options *options) {
  struct hub *hub = xcalloc(1, sizeof *hub);
  struct hub_options *o = &hub->options;
  *o = *options;
  if (!o->ring_events) o->ring_events = 10000;
  if (!o->ring_bytes) o->ring_bytes = (size_t)8 << 20;
  if (!o->subscribers) o->subscribers = 256;
  if (!o->retry_ms) o->retry_ms = 2000;
  if (!o->beat_ms) o->beat_ms = 15000;
  if (!o->epoch) o->epoch = (uint64_t)loop_wall_ms();
  hub->loop = loop;
  hub->subscribers = xcalloc((size_t)o->subscribers, sizeof(struct subscriber *));
  hub_ring_init(&hub->ring, o->ring_events, o->ring_bytes, o->epoch);
  buf_init(&hub->scratch);
  hub->turn = xcalloc(1, sizeof *hub->turn);
  hub->turn->task.run = run_turn;
  hub->turn->hub = hub;
  return hub;
}

void hub_close(struct hub *hub) {
  if (hub->closed) return;
  hub->closed = true;
  if (!hub->sending) send_to_all(hub);
}

void hub_free(struct hub *hub) {
  if (!hub) return;
  ASSERT(hub->closed && !hub->stats.subscribers);
  hub->turn->hub = NULL;
  if (!hub->turn->posted) free(hub->turn);
  free(hub->subscribers);
  hub_ring_release(&hub->ring);
  buf_release(&hub->scratch);
  free(hub);
}

const struct hub_stats *hub_stats(const struct hub *hub) {
  return &hub->stats;
}
