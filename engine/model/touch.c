#include "model/touch.h"

#include "base/err.h"

int touch_cmp(const struct touch *a, const struct touch *b) {
  if (a->time_ms != b->time_ms) return a->time_ms < b->time_ms ? -1 : 1;
  /* NUL sorts before every byte of a source, so comparing whole keys compares sources first. */
  return str_cmp((struct str){a->key, a->key_len}, (struct str){b->key, b->key_len});
}

struct str touch_source(const struct touch *touch) {
  return (struct str){touch->key, strnlen(touch->key, touch->key_len)};
}

struct str touch_message_id(const struct touch *touch) {
  size_t at = touch_source(touch).len + 1;
  return at < touch->key_len ? (struct str){touch->key + at, touch->key_len - at} : STR("");
}

/* Bytes from a touch's start to its captures. */
static size_t captures_at(uint32_t hit_count) {
  return (sizeof(struct touch) + hit_count * sizeof(uint16_t) + 7) & ~(size_t)7;
}

struct touch *touch_new(struct arena *arena, uint32_t hit_count, uint32_t capture_count) {
  ASSERT(hit_count <= UINT16_MAX && capture_count <= hit_count);
  struct touch *touch = arena_alloc(arena, captures_at(hit_count) + capture_count * sizeof(uint64_t));
  *touch = (struct touch){.hit_count = (uint16_t)hit_count};
  return touch;
}

uint64_t *touch_captures(struct touch *touch) {
  return (uint64_t *)((char *)touch + captures_at(touch->hit_count));
}

uint64_t touch_capture(const struct touch *touch, const struct ruleset *rules, uint32_t index) {
  const uint16_t *hits = touch_hits(touch);
  const uint64_t *captures = (const uint64_t *)((const char *)touch + captures_at(touch->hit_count));
  ASSERT(index < touch->hit_count && rules->signals[hits[index]].captures);
  for (uint32_t i = 0; i < index; i++) captures += rules->signals[hits[i]].captures;
  return *captures;
}
