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

/* --- what was looked at ---------------------------------------------------------------------------------------------- */

static size_t content_size(const struct touch_content *content) {
  return content ? 2 + content->what.len + content->title.len : 0;
}

static unsigned char *content_at(const struct touch *touch) {
  return (unsigned char *)((const char *)(touch + 1) + touch->hit_count * sizeof(uint16_t));
}

static void write_content(struct touch *touch, const struct touch_content *content) {
  unsigned char *at = content_at(touch);
  ASSERT(content->what.len <= TOUCH_CONTENT_MAX && content->title.len <= TOUCH_CONTENT_MAX);
  touch->flags |= TOUCH_CONTENT;
  at[0] = (unsigned char)content->what.len;
  at[1] = (unsigned char)content->title.len;
  if (content->what.len) memcpy(at + 2, content->what.p, content->what.len);
  if (content->title.len) memcpy(at + 2 + at[0], content->title.p, content->title.len);
}

bool touch_content(const struct touch *touch, struct touch_content *out) {
  if (!(touch->flags & TOUCH_CONTENT)) return false;
  const unsigned char *at = content_at(touch);
  *out = (struct touch_content){{(const char *)at + 2, at[0]}, {(const char *)at + 2 + at[0], at[1]}};
  return true;
}

/* --- making ------------------------------------------------------------------------------------------------------------ */

/* Bytes from a touch's start to its captures. */
static size_t captures_at(uint32_t hit_count, size_t content) {
  return (sizeof(struct touch) + hit_count * sizeof(uint16_t) + content + 7) & ~(size_t)7;
}

static size_t captures_of(const struct touch *touch) {
  struct touch_content content;
  return captures_at(touch->hit_count, touch_content(touch, &content) ? content_size(&content) : 0);
}

struct touch *touch_new(struct arena *arena, uint32_t hit_count, uint32_t capture_count,
                        const struct touch_content *content) {
  ASSERT(hit_count <= UINT16_MAX && capture_count <= hit_count);
  size_t size = captures_at(hit_count, content_size(content)) + capture_count * sizeof(uint64_t);
  struct touch *touch = arena_alloc(arena, size);
  *touch = (struct touch){.hit_count = (uint16_t)hit_count};
  if (content) write_content(touch, content);
  return touch;
}

uint64_t *touch_captures(struct touch *touch) {
  return (uint64_t *)((char *)touch + captures_of(touch));
}

uint64_t touch_capture(const struct touch *touch, const struct ruleset *rules, uint32_t index) {
  const uint16_t *hits = touch_hits(touch);
  const uint64_t *captures = (const uint64_t *)((const char *)touch + captures_of(touch));
  ASSERT(index < touch->hit_count && rules->signals[hits[index]].captures);
  for (uint32_t i = 0; i < index; i++) captures += rules->signals[hits[i]].captures;
  return *captures;
}
