/* buf.h - a growable run of bytes. Always NUL-terminated past `len`, so `data` can be printed. Not thread-safe. */
#ifndef EMBUDO_BASE_BUF_H
#define EMBUDO_BASE_BUF_H

#include "base/str.h"
#include <stdarg.h>

struct buf {
  char *data; /* "" before the first byte is added */
  size_t len;
  size_t cap; /* 0: data is not owned yet */
};

void buf_init(struct buf *buf);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */

void buf_reserve(struct buf *buf, size_t more); /* room for `more` bytes beyond len */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_str(struct buf *buf, struct str s);
void buf_add_text(struct buf *buf, const char *text);
static inline void buf_add_char(struct buf *buf, char c) {
  if (buf->cap < buf->len + 2) buf_reserve(buf, 1);
  buf->data[buf->len++] = c;
  buf->data[buf->len] = '\0';
}
void buf_add_repeat(struct buf *buf, char c, size_t count);
/* As a part of a path or query: RFC 3986's unreserved characters as they are, every other byte as %XX. */
void buf_add_escaped(struct buf *buf, struct str s);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);

static inline struct str buf_str(const struct buf *buf) {
  return (struct str){buf->data, buf->len};
}

/* The bytes, now the caller's to free(); the buffer is empty afterwards. */
char *buf_detach(struct buf *buf);

#endif
