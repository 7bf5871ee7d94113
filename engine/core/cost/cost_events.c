/* cost_events.c - the events that rules are measured with. */
#include "core/cost/cost.h"
#include "core/spec/draw.h"
#include "core/spec/vocabulary.h"
#include <stdlib.h>

#define COST_START_MS INT64_C(1704099600000) /* 2024-01-01T09:00:00Z */
enum { COST_SPAN_DAYS = 60 };

void cost_events_init(struct cost_events *events) {
  *events = (struct cost_events){0};
  arena_init(&events->arena, 0);
}

void cost_events_release(struct cost_events *events) {
  arena_release(&events->arena);
  free(events->items);
  *events = (struct cost_events){0};
}

void cost_events_add(struct cost_events *events, struct str json) {
  if (events->count == COST_EVENTS_MAX) return;
  if (events->count == events->cap) {
    events->cap = events->cap ? 2 * events->cap : 1024;
    events->items = xrealloc(events->items, events->cap * sizeof *events->items);
  }
  events->items[events->count++] = arena_str(&events->arena, json);
}

static void put_node(struct json_writer *w, const struct node *node) {
  switch (node->kind) {
  case NODE_BOOL: json_put_bool(w, node->boolean); return;
  case NODE_NUMBER: json_put_number(w, node->number); return;
  case NODE_STRING: json_put_str(w, node->text); return;
  case NODE_TABLE: break;
  default: json_put_null(w); return;
  }
  bool list = node->table.item_count > 0;
  json_open(w, list ? '[' : '{');
  for (uint32_t i = 0; i < node->table.item_count; i++) put_node(w, &node->table.items[i]);
  for (uint32_t i = 0; i < node->table.pair_count; i++) {
    json_key_str(w, node->table.pairs[i].key);
    put_node(w, &node->table.pairs[i].value);
  }
  json_close(w, list ? ']' : '}');
}

static void put_event(struct buf *out, const struct node *event, size_t number, uint32_t lead,
                      int64_t at_ms) {
  struct json_writer w;
  char text[TIME_TEXT_MAX];
  buf_clear(out);
  json_writer_init(&w, out);
  json_open(&w, '{');
  for (uint32_t i = 0; i < event->table.pair_count; i++) {
    json_key_str(&w, event->table.pairs[i].key);
    put_node(&w, &event->table.pairs[i].value);
  }
  snprintf(text, sizeof text, "lead-%u", lead);
  json_member_text(&w, "userId", text);
  snprintf(text, sizeof text, "bench-%zu", number);
  json_member_text(&w, "messageId", text);
  json_member_text(&w, "timestamp", time_text(at_ms, text));
  json_close(&w, '}');
}

void cost_events_draw(struct cost_events *events, const struct ruleset *rules, size_t count, uint32_t leads,
                      uint64_t seed) {
  struct vocabulary *vocabulary = vocabulary_new(rules);
  struct arena scratch;
  struct buf json;
  arena_init(&scratch, 0);
  buf_init(&json);
  for (size_t i = 0; i < count && !vocabulary_is_empty(vocabulary); i++) {
    struct node event;
    int64_t at_ms = COST_START_MS + (int64_t)draw_below(&seed, COST_SPAN_DAYS * 86400) * TIME_MS_PER_SECOND;
    vocabulary_draw(vocabulary, at_ms, &seed, &scratch, &event);
    put_event(&json, &event, i, draw_below(&seed, leads), at_ms);
    cost_events_add(events, buf_str(&json));
    arena_clear(&scratch);
  }
  buf_release(&json);
  arena_release(&scratch);
  vocabulary_free(vocabulary);
}
