#include "vm/library/pattern.h"
#include "vm/library/pattern_items.h"

/* ASCII's character classes as sets of bytes 0 .. 127. */
static const struct {
  char letter;
  uint64_t low, high;
} CLASSES[] = {
    {'a', 0, UINT64_C(0x07fffffe07fffffe)},
    {'c', UINT64_C(0x00000000ffffffff), UINT64_C(0x8000000000000000)},
    {'d', UINT64_C(0x03ff000000000000), 0},
    {'g', UINT64_C(0xfffffffe00000000), UINT64_C(0x7fffffffffffffff)},
    {'l', 0, UINT64_C(0x07fffffe00000000)},
    {'p', UINT64_C(0xfc00fffe00000000), UINT64_C(0x78000001f8000001)},
    {'s', UINT64_C(0x0000000100003e00), 0},
    {'u', 0, UINT64_C(0x0000000007fffffe)},
    {'w', UINT64_C(0x03ff000000000000), UINT64_C(0x07fffffe07fffffe)},
    {'x', UINT64_C(0x03ff000000000000), UINT64_C(0x0000007e0000007e)},
};

struct compiler {
  struct pattern *pattern;
  const char *at, *end;
  bool closed[PATTERN_CAPTURES_MAX];
  const char *wrong; /* the first thing that is */
};

size_t pattern_room(size_t len) {
  return (len + 1) * sizeof(struct pattern_item);
}

bool pattern_is_plain(struct str text) {
  for (size_t i = 0; i < text.len; i++)
    if (memchr("^$*+?.([%-", text.p[i], 10)) return false;
  return true;
}

static struct pattern_item *add_item(struct compiler *compiler, enum pattern_kind kind) {
  struct pattern_item *item = &compiler->pattern->items[compiler->pattern->count++];
  item->kind = (uint8_t)kind;
  item->times = '1';
  return item;
}

static void set_add(struct pattern_set *set, unsigned char c) {
  set->bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

/* Adds the class %c to the set; any other character after % stands for itself. */
static void set_add_class(struct pattern_set *set, unsigned char c) {
  for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
    if (CLASSES[i].letter == (char)c) {
      set->bits[0] |= CLASSES[i].low;
      set->bits[1] |= CLASSES[i].high;
      return;
    }
    if (CLASSES[i].letter == (char)(c | 0x20) && c >= 'A' && c <= 'Z') {
      set->bits[0] |= ~CLASSES[i].low;
      set->bits[1] |= ~CLASSES[i].high;
      set->bits[2] = set->bits[3] = ~UINT64_C(0);
      return;
    }
  }
  set_add(set, c);
}

/* The ] that ends the set whose first member is at `p`, which is a member even if it is ]; NULL when there is
 * none. */
static const char *set_end(const char *p, const char *end) {
  do {
    if (p >= end) return NULL;
    if (*p++ == '%' && p++ >= end) return NULL;
  } while (p >= end || *p != ']');
  return p;
}

/* After [: fills the set and moves past its ]. */
static void compile_set(struct compiler *compiler, struct pattern_set *set) {
  const char *p = compiler->at;
  bool inverted = p < compiler->end && *p == '^';
  if (inverted) p++;
  const char *close = set_end(p, compiler->end);
  memset(set, 0, sizeof *set);
  if (!close) {
    compiler->wrong = "malformed pattern (missing ']')";
    return;
  }
  while (p < close) {
    unsigned char first = (unsigned char)*p++;
    if (first == '%') {
      set_add_class(set, (unsigned char)*p++);
    } else if (p + 1 < close && *p == '-') {
      for (unsigned c = first; c <= (unsigned char)p[1]; c++) set_add(set, (unsigned char)c);
      p += 2;
    } else {
      set_add(set, first);
    }
  }
  for (int i = 0; inverted && i < 4; i++) set->bits[i] = ~set->bits[i];
  compiler->at = close + 1;
}

/* A single-character item may be followed by how often it comes. */
static void compile_times(struct compiler *compiler, struct pattern_item *item) {
  if (compiler->at < compiler->end && memchr("?*+-", *compiler->at, 4)) item->times = *compiler->at++;
}

static void compile_open(struct compiler *compiler) {
  bool place = compiler->at < compiler->end && *compiler->at == ')';
  if (compiler->pattern->captures >= PATTERN_CAPTURES_MAX) {
    compiler->wrong = "too many captures";
    return;
  }
  add_item(compiler, place ? PATTERN_HERE : PATTERN_BEGIN);
  compiler->closed[compiler->pattern->captures++] = place;
  if (place) compiler->at++;
}

static void compile_close(struct compiler *compiler) {
  int level = compiler->pattern->captures;
  while (level > 0 && compiler->closed[level - 1]) level--;
  if (level == 0) {
    compiler->wrong = "invalid pattern capture";
    return;
  }
  compiler->closed[level - 1] = true;
  add_item(compiler, PATTERN_CLOSE)->index = level - 1;
}

static void compile_balanced(struct compiler *compiler) {
  if (compiler->end - compiler->at < 2) {
    compiler->wrong = "malformed pattern (missing arguments to '%b')";
    return;
  }
  struct pattern_item *item = add_item(compiler, PATTERN_BALANCED);
  item->c = (unsigned char)*compiler->at++;
  item->d = (unsigned char)*compiler->at++;
}

static void compile_frontier(struct compiler *compiler) {
  if (compiler->at >= compiler->end || *compiler->at != '[') {
    compiler->wrong = "missing '[' after '%f' in pattern";
    return;
  }
  compiler->at++;
  compile_set(compiler, &add_item(compiler, PATTERN_FRONTIER)->set);
}

static void compile_back(struct compiler *compiler, char digit) {
  int index = digit - '1';
  if (index < 0 || index >= compiler->pattern->captures || !compiler->closed[index])
    compiler->wrong = "invalid capture index in pattern";
  else
    add_item(compiler, PATTERN_BACK)->index = index;
}

static void compile_escape(struct compiler *compiler) {
  if (compiler->at >= compiler->end) {
    compiler->wrong = "malformed pattern (ends with '%')";
    return;
  }
  char c = *compiler->at++;
  if (c == 'b') {
    compile_balanced(compiler);
  } else if (c == 'f') {
    compile_frontier(compiler);
  } else if (c >= '0' && c <= '9') {
    compile_back(compiler, c);
  } else {
    struct pattern_item *item = add_item(compiler, PATTERN_SET);
    memset(&item->set, 0, sizeof item->set);
    set_add_class(&item->set, (unsigned char)c);
    compile_times(compiler, item);
  }
}

static void compile_single(struct compiler *compiler, char c) {
  struct pattern_item *item = add_item(compiler, c == '.'   ? PATTERN_ANY
                                                 : c == '[' ? PATTERN_SET
                                                            : PATTERN_CHAR);
  if (c == '[')
    compile_set(compiler, &item->set);
  else
    item->c = (unsigned char)c;
  compile_times(compiler, item);
}

const char *pattern_compile(struct pattern *pattern, struct str text, bool anchor) {
  struct compiler compiler = {.pattern = pattern, .at = text.p, .end = text.p + text.len};
  pattern->count = 0;
  pattern->captures = 0;
  pattern->anchored = anchor && text.len > 0 && text.p[0] == '^';
  if (text.len > PATTERN_TEXT_MAX) return "pattern too long";
  if (pattern->anchored) compiler.at++;
  while (compiler.at < compiler.end && !compiler.wrong) {
    char c = *compiler.at++;
    if (c == '(')
      compile_open(&compiler);
    else if (c == ')')
      compile_close(&compiler);
    else if (c == '%')
      compile_escape(&compiler);
    else if (c == '$' && compiler.at == compiler.end)
      add_item(&compiler, PATTERN_TAIL);
    else
      compile_single(&compiler, c);
  }
  for (int i = 0; i < pattern->captures && !compiler.wrong; i++)
    if (!compiler.closed[i]) compiler.wrong = "unfinished capture";
  add_item(&compiler, PATTERN_END);
  return compiler.wrong;
}
