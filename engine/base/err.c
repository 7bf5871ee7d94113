#include "base/err.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

const char *err_word(enum err_code code) {
  switch (code) {
#define X(name, word)                                                                                        \
  case name: return word;
    ERR_CODES(X)
#undef X
  }
  return "unknown";
}

/* Where to cut `text` of `len` bytes so that no UTF-8 sequence is left half: at its end, or before a started
 * one. */
static size_t cut_length(const char *text, size_t len) {
  size_t start = len;
  while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) start--;
  if (start == 0) return len;
  unsigned char lead = (unsigned char)text[start - 1];
  size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return need > len - start + 1 ? start - 1 : len;
}

/* Adds `part` to the text of *len bytes; false when it had to be cut. */
static bool append(char text[ERR_TEXT_MAX], size_t *len, const char *part) {
  size_t room = ERR_TEXT_MAX - 1 - *len, wanted = strlen(part), taken = wanted < room ? wanted : room;
  memcpy(text + *len, part, taken);
  *len += taken;
  return taken == wanted;
}

/* Formats aside first: callers wrap an error by passing its own text as an argument. */
static void fill(struct err *err, enum err_code code, const char *reason, const char *format, va_list args) {
  char text[ERR_TEXT_MAX];
  int wanted = vsnprintf(text, sizeof text, format, args);
  size_t len = wanted < 0 ? 0 : (size_t)wanted;
  bool whole = len < sizeof text;
  if (!whole) len = sizeof text - 1;
  if (reason) whole = append(text, &len, ": ") && append(text, &len, reason) && whole;
  if (!whole) len = cut_length(text, len);
  for (size_t i = 0; i < len; i++)
    if (text[i] == '\n' || text[i] == '\r') text[i] = ' ';
  err->code = code;
  memcpy(err->text, text, len);
  err->text[len] = '\0';
}

int err_set(struct err *err, enum err_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fill(err, code, NULL, format, args);
  va_end(args);
  return -1;
}

int err_system(struct err *err, const char *format, ...) {
  char scratch[128];
  const char *reason = strerror_r(errno, scratch, sizeof scratch);
  va_list args;
  va_start(args, format);
  fill(err, ERR_SYSTEM, reason, format, args);
  va_end(args);
  return -1;
}

void assert_failed(const char *expression, const char *file, int line) {
  fprintf(stderr, "embudo: broken invariant at %s:%d: %s\n", file, line, expression);
  abort();
}

static __attribute__((noreturn)) void out_of_memory(size_t size) {
  fprintf(stderr, "embudo: out of memory (%zu bytes wanted)\n", size);
  abort();
}

enum { HUGE_PAGE = 2 << 20, HUGE_FROM = 4 << 20 };

/* Large tables are visited at random: huge pages save most of their page faults and address look-ups. A hint; where it
 * is not taken things are slower, nothing else. */
static void *with_huge_pages(void *memory, size_t size) {
  const uintptr_t page = 4096;
  if (size < HUGE_FROM) return memory;
  size_t before = (size_t)(-(uintptr_t)memory & (page - 1)); /* to the first whole page */
  madvise((char *)memory + before, (size - before) & ~(size_t)(page - 1), MADV_HUGEPAGE);
  return memory;
}

void *xmalloc(size_t size) {
  bool huge = size >= HUGE_FROM && size <= SIZE_MAX - HUGE_PAGE;
  size_t rounded = (size + HUGE_PAGE - 1) & ~(size_t)(HUGE_PAGE - 1);
  void *memory = huge ? aligned_alloc(HUGE_PAGE, rounded) : malloc(size ? size : 1);
  if (!memory) out_of_memory(size);
  return with_huge_pages(memory, size);
}

void *xcalloc(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size ? size : 1);
  if (!memory) out_of_memory(size);
  return with_huge_pages(memory, count * size);
}

void *xrealloc(void *old, size_t size) {
  void *memory = realloc(old, size ? size : 1);
  if (!memory) out_of_memory(size);
  return with_huge_pages(memory, size);
}

char *xstrdup(const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(xmalloc(size), text, size);
}
