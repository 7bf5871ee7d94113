#include "serve/hub/hub_ring.h"

#include "base/buf.h"
#include "base/err.h"
#include <ctype.h>
#include <inttypes.h>

void hub_ring_init(struct hub_ring *ring, size_t events, size_t bytes, uint64_t epoch) {
  ASSERT(events > 0);
  *ring = (struct hub_ring){.events = events, .bytes_max = bytes, .epoch = epoch, .first = 1, .next = 1};
  ring->frames = xcalloc(events, sizeof *ring->frames);
}

static struct hub_frame *slot(const struct hub_ring *ring, uint64_t seq) {
  return &ring->frames[seq % ring->events];
}

static void drop_first(struct hub_ring *ring) {
  struct hub_frame *frame = slot(ring, ring->first++);
  ring->bytes -= frame->bytes.len;
  free((char *)frame->bytes.p);
  *frame = (struct hub_frame){0};
}

void hub_ring_forget(struct hub_ring *ring) {
  while (ring->first < ring->next) drop_first(ring);
}

void hub_ring_release(struct hub_ring *ring) {
  hub_ring_forget(ring);
  free(ring->frames);
  ring->frames = NULL;
}

/* --- adding --- */

static bool is_name(struct str name) {
  for (size_t i = 0; i < name.len; i++)
    if (!isalnum((unsigned char)name.p[i]) && !memchr("._-", name.p[i], 3)) return false;
  return name.len > 0;
}

static struct hub_frame make_frame(const struct hub_ring *ring, struct str name, struct str json) {
  char id[HUB_ID_MAX];
  struct buf text;
  hub_ring_id(ring, ring->next, id);
  buf_init(&text);
  buf_reserve(&text, sizeof "id: \nevent: \ndata: \n\n" + sizeof id + name.len + json.len);
  buf_printf(&text, "id: %s\nevent: ", id);
  size_t name_at = text.len;
  buf_add_str(&text, name);
  buf_add_text(&text, "\ndata: ");
  size_t json_at = text.len;
  buf_add_str(&text, json);
  for (char *c = text.data + json_at; c < text.data + text.len; c++)
    if (*c == '\n' || *c == '\r') *c = ' ';
  buf_add_text(&text, "\n\n");
  struct hub_frame frame = {.bytes = {NULL, text.len}};
  frame.bytes.p = buf_detach(&text);
  frame.name = (struct str){frame.bytes.p + name_at, name.len};
  frame.json = (struct str){frame.bytes.p + json_at, json.len};
  return frame;
}

void hub_ring_add(struct hub_ring *ring, struct str name, struct str json) {
  ASSERT(is_name(name) && json.len > 0);
  struct hub_frame frame = make_frame(ring, name, json);
  while (ring->first < ring->next &&
         (ring->next - ring->first == ring->events || ring->bytes + frame.bytes.len > ring->bytes_max))
    drop_first(ring);
  *slot(ring, ring->next++) = frame;
  ring->bytes += frame.bytes.len;
}

void hub_ring_skip(struct hub_ring *ring) {
  while (ring->first < ring->next) drop_first(ring);
  ring->first = ++ring->next;
}

const struct hub_frame *hub_ring_at(const struct hub_ring *ring, uint64_t seq) {
  ASSERT(seq >= ring->first && seq < ring->next);
  return slot(ring, seq);
}

/* --- ids --- */

void hub_ring_id(const struct hub_ring *ring, uint64_t seq, char text[HUB_ID_MAX]) {
  snprintf(text, HUB_ID_MAX, "%" PRIx64 "-%" PRIu64, ring->epoch, seq);
}

/* The number at the end of an id; false for what hub_ring_id would not write, which also rules out overflow. */
static bool read_id(const struct hub_ring *ring, struct str id, uint64_t *seq) {
  char again[HUB_ID_MAX];
  size_t at = 0;
  while (at < id.len && id.p[at] != '-') at++;
  *seq = 0;
  if (id.len >= HUB_ID_MAX) return false;
  for (at++; at < id.len; at++) {
    if (!isdigit((unsigned char)id.p[at])) return false;
    *seq = *seq * 10 + (uint64_t)(id.p[at] - '0');
  }
  hub_ring_id(ring, *seq, again);
  return str_eq(id, str_of(again));
}

enum hub_place hub_ring_after(const struct hub_ring *ring, struct str id, uint64_t *seq) {
  uint64_t last;
  if (!read_id(ring, id, &last) || last >= ring->next) return HUB_PLACE_FOREIGN;
  *seq = last + 1;
  return *seq < ring->first ? HUB_PLACE_DROPPED : HUB_PLACE_KEPT;
}
