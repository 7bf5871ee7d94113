#include "io/files/lines.h"

void lines_init(struct lines *lines, size_t line_max) {
  *lines = (struct lines){.line_max = line_max};
  buf_init(&lines->partial);
}

void lines_release(struct lines *lines) {
  buf_release(&lines->partial);
}

static void keep(struct lines *lines, struct str part) {
  if (lines->partial.len + part.len > lines->line_max) lines->overflowed = true;
  if (lines->overflowed)
    buf_clear(&lines->partial);
  else
    buf_add(&lines->partial, part.p, part.len);
}

/* What was given out last is no longer needed. */
static void forget(struct lines *lines) {
  if (lines->is_told) buf_clear(&lines->partial);
  lines->is_told = false;
}

/* The bytes up to the next line end; false: the piece ended first, and is kept. */
static bool take(struct lines *lines, struct str *bytes, struct str *text) {
  const char *end = memchr(bytes->p, '\n', bytes->len);
  struct str part = {bytes->p, end ? (size_t)(end - bytes->p) : bytes->len};
  size_t used = end ? part.len + 1 : part.len;
  *bytes = (struct str){bytes->p + used, bytes->len - used};
  if (end && !lines->begun && part.len <= lines->line_max) return *text = part, true;
  lines->begun = true;
  keep(lines, part);
  *text = buf_str(&lines->partial);
  lines->is_told = end != NULL;
  return end != NULL;
}

/* A line with its end cut off; false: it is blank. */
static bool complete(struct lines *lines, struct str text, struct line *line) {
  *line = (struct line){lines->overflowed ? STR("") : text, ++lines->number, lines->overflowed};
  lines->begun = lines->overflowed = false;
  if (line->number == 1 && line->text.len && str_starts(line->text, STR("\xef\xbb\xbf")))
    line->text.p += 3, line->text.len -= 3;
  if (line->text.len && line->text.p[line->text.len - 1] == '\r') line->text.len--;
  return line->too_long || str_trim(line->text).len > 0;
}

bool lines_next(struct lines *lines, struct str *bytes, struct line *line) {
  struct str text;
  forget(lines);
  while (bytes->len && take(lines, bytes, &text)) {
    if (complete(lines, text, line)) return true;
    forget(lines);
  }
  return false;
}

bool lines_last(struct lines *lines, struct line *line) {
  forget(lines);
  if (!lines->begun) return false;
  lines->is_told = true;
  return complete(lines, buf_str(&lines->partial), line);
}
