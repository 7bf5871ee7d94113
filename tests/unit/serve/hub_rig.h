/* hub_rig.h - a hub behind GET /stream of an HTTP server, and what its clients have been sent. */
#ifndef EMBUDO_HUB_RIG_H
#define EMBUDO_HUB_RIG_H

#include "io/http_fixture.h"

#include "serve/hub/hub.h"

enum { RIG_EPOCH = 0xe };

struct rig {
  struct hub *hub;
  struct hub_filter filter;
  int released; /* filters */
};

static struct rig rig;

static inline void rig_release(void *arg) {
  (void)arg;
  rig.released++;
}

static inline void handle_subscribe(struct http_exchange *x, void *app) {
  (void)app;
  struct hub_filter filter = rig.filter;
  filter.release = rig_release;
  hub_subscribe(rig.hub, x, &filter);
}

static const struct http_route rig_routes[] = {
    {.method = "GET", .path = "/stream", .handle = handle_subscribe},
    {.method = "GET", .path = "/later", .handle = handle_later},
};

static inline void rig_start_with(struct hub_options options) {
  rig = (struct rig){0};
  fixture_start_with((struct http_options){.routes = rig_routes, .route_count = COUNT_OF(rig_routes)});
  options.epoch = RIG_EPOCH;
  rig.hub = hub_new(fixture.loop, &options);
}

static inline int rig_start(void **state) {
  (void)state;
  rig_start_with((struct hub_options){0});
  return 0;
}

static inline int rig_stop(void **state) {
  hub_close(rig.hub);
  assert_int_equal(hub_stats(rig.hub)->subscribers, 0);
  hub_free(rig.hub);
  fixture_quiet();
  return fixture_stop(state);
}

static inline void publish(const char *name, const char *json) {
  hub_publish(rig.hub, str_of(name), str_of(json));
}

/* A stream has begun: `extra` are further header lines. */
static inline struct client *subscribe(const char *target, const char *extra) {
  char text[512];
  struct client *c = client_open();
  snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", target, extra);
  client_say(c, text);
  RUN_UNTIL(client_has(c, "\r\n\r\n") || client_over(c));
  return c;
}

/* What a client was sent after the head, without the chunks' framing; of the last chunk what is there. */
static inline const char *stream_text(const struct client *c) {
  static struct buf text;
  const char *at = c->got.len ? memmem(c->got.data, c->got.len, "\r\n\r\n", 4) : NULL;
  const char *end = c->got.data + c->got.len;
  if (text.data) buf_release(&text);
  buf_init(&text);
  for (at = at ? at + 4 : end; at < end;) {
    char *data;
    size_t size = strtoul(at, &data, 16);
    data += 2;
    if (size == 0 || data >= end) break;
    size_t there = (size_t)(end - data);
    buf_add(&text, data, there < size ? there : size);
    at = there > size + 2 ? data + size + 2 : end;
  }
  return text.data;
}

static inline bool stream_has(const struct client *c, const char *text) {
  return strstr(stream_text(c), text) != NULL;
}

/* Sent its bytes, and what it was sent has come to an end by itself (not cut). */
static inline bool stream_ended_well(const struct client *c) {
  return client_answers(c) == 1;
}

#endif
