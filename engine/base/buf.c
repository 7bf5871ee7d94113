#include "base/buf.h"

#include "base/err.h"

enum { FIRST_CAP = 64 };

/* What `data` points at before a buffer owns memory; never written to. */
static char nothing[1];

void buf_init(struct buf *buf) {
  *buf = (struct buf){.data = nothing};
}

void buf_release(struct buf *buf) {
  if (buf->cap) free(buf->data);
  buf_init(buf);
}

void buf_clear(struct buf *buf) {
  buf->len = 0;
  if (buf->cap) buf->data[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t more) {
  ASSERT(more < SIZE_MAX / 2 - buf->len);
  size_t need = buf->len + more + 1;
  if (need <= buf->cap) return;
  size_t cap = buf->cap ? buf->cap * 2 : FIRST_CAP;
  if (cap < need) cap = need;
  buf->data = xrealloc(buf->cap ? buf->data : NULL, cap);
  buf->cap = cap;
  buf->data[buf->len] = '\0';
}

void buf_add(struct buf *buf, const void *bytes, size_t len) {
  if (len == 0) return;
  buf_reserve(buf, len);
  memcpy(buf->data + buf->len, bytes, len);
  buf->len += len;
  buf->data[buf->len] = '\0';
}

void buf_add_str(struct buf *buf, struct str s) {
  buf_add(buf, s.p, s.len);
}

void buf_add_text(struct buf *buf, const char *text) {
  buf_add(buf, text, strlen(text));
}

void buf_add_repeat(struct buf *buf, char c, size_t count) {
  if (count == 0) return;
  buf_reserve(buf, count);
  memset(buf->data + buf->len, c, count);
  buf->len += count;
  buf->data[buf->len] = '\0';
}

void buf_vprintf(struct buf *buf, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  size_t room = buf->cap ? buf->cap - buf->len : 0;
  int wanted = vsnprintf(room ? buf->data + buf->len : NULL, room, format, args);
  ASSERT(wanted >= 0);
  if ((size_t)wanted >= room) {
    buf_reserve(buf, (size_t)wanted);
    wanted = vsnprintf(buf->data + buf->len, (size_t)wanted + 1, format, again);
  }
  va_end(again);
  buf->len += (size_t)wanted;
}

void buf_printf(struct buf *buf, const char *format, ...) {
  va_list args;
  va_start(args, format);
  buf_vprintf(buf, format, args);
  va_end(args);
}

void buf_add_escaped(struct buf *buf, struct str s) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  for (size_t i = 0; i < s.len; i++) {
    if (s.p[i] && strchr(plain, s.p[i]))
      buf_add_char(buf, s.p[i]);
    else
      buf_printf(buf, "%%%02X", (unsigned char)s.p[i]);
  }
}

char *buf_detach(struct buf *buf) {
  buf_reserve(buf, 0);
  char *data = buf->data;
  buf_init(buf);
  return data;
}
