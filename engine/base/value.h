/* value.h - a piece of data as events, traits and rule files hold it: what JSON can say.
 *
 * 16 bytes, passed by value; strings, lists and maps are borrowed from whoever made them (an arena, a parser's
 * buffer). Numbers are doubles: JSON integers beyond 2^53 lose digits here, as in every JavaScript client.
 */
#ifndef EMBUDO_BASE_VALUE_H
#define EMBUDO_BASE_VALUE_H

#include "base/arena.h"

enum value_kind { VALUE_MISSING, VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_LIST, VALUE_MAP };

struct pair;

struct value {
  uint8_t kind; /* enum value_kind */
  uint32_t len; /* of string (bytes), list (items), map (pairs) */
  union {
    bool boolean;
    double number;
    const char *text;
    const struct value *items;
    const struct pair *pairs; /* in document order; keys are unique (the last one wins) */
  };
};

struct pair {
  struct str key;
  struct value value;
};

#define VALUE_NONE ((struct value){.kind = VALUE_MISSING})

static inline struct value value_str(struct str s) {
  return (struct value){.kind = VALUE_STRING, .len = (uint32_t)s.len, .text = s.p};
}
static inline struct value value_number(double n) {
  return (struct value){.kind = VALUE_NUMBER, .len = 0, .number = n};
}
static inline struct value value_bool(bool b) {
  return (struct value){.kind = VALUE_BOOL, .len = 0, .boolean = b};
}
static inline struct str value_text(struct value v) {
  return (struct str){v.text, v.len};
}

const char *value_kind_word(enum value_kind kind); /* "a string", "a number", ... for messages */

/* Deep equality; numbers by value, maps regardless of key order. Missing equals only missing. */
bool value_eq(struct value a, struct value b);

/* Has content: not missing, not null, not blank text, not an empty list or map. */
bool value_present(struct value v);

/* The member of a map, or VALUE_NONE for any other kind or an absent key. */
struct value value_get(struct value map, struct str key);

/* Walks a dotted path through maps: first the whole path as one literal key, then step by step. */
struct value value_path(struct value map, struct str path);

/* A map like `map` (anything else is an empty one) with the member that the dotted path walks to set to `value`; what is on the
 * way is made a map. In `arena`, sharing what stayed. */
struct value value_with(struct arena *arena, struct value map, struct str path, struct value value);

/* A deep copy in `arena`. */
struct value value_copy(struct arena *arena, struct value v);

#endif
