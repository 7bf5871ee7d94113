/* pattern_items.h - compiled patterns, between pattern_compile.c and pattern.c. */
#ifndef EMBUDO_VM_PATTERN_ITEMS_H
#define EMBUDO_VM_PATTERN_ITEMS_H

#include "vm/library/pattern.h"

enum pattern_kind {
  PATTERN_END,      /* the pattern is through */
  PATTERN_TAIL,     /* $: the subject is through */
  PATTERN_CHAR,     /* this byte */
  PATTERN_ANY,      /* . */
  PATTERN_SET,      /* a class or [set] */
  PATTERN_BEGIN,    /* ( */
  PATTERN_CLOSE,    /* ) of the capture `index` */
  PATTERN_HERE,     /* () */
  PATTERN_BALANCED, /* %bxy */
  PATTERN_FRONTIER, /* %f[set] */
  PATTERN_BACK      /* %1: the text of the capture `index` again */
};

struct pattern_set {
  uint64_t bits[4];
};

struct pattern_item {
  uint8_t kind;
  char times; /* of CHAR, ANY, SET: '1', '?', '*', '+' or '-' */
  union {
    struct {
      unsigned char c, d; /* CHAR: c; BALANCED: c opens, d closes */
    };
    int index;
    struct pattern_set set;
  };
};

static inline bool pattern_set_has(const struct pattern_set *set, unsigned char c) {
  return set->bits[c >> 6] >> (c & 63) & 1;
}

#endif
