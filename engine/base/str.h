/* str.h - a borrowed run of bytes, not NUL-terminated. Passed by value; owns nothing. */
#ifndef EMBUDO_BASE_STR_H
#define EMBUDO_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
  const char *p; /* may be NULL when len is 0 */
  size_t len;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s)   (int)(s).len, (s).p /* for "%.*s" */

static inline struct str str_of(const char *text) {
  return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(struct str a, struct str b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* Bytewise order, shorter first on a tie: the order of memcmp, so the same in every locale. */
int str_cmp(struct str a, struct str b);

bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* without ASCII white space at both ends */

/* 64-bit hash (XXH3), the same in every process and on every machine of one byte order. */
uint64_t str_hash(struct str s);

/* 128 bits of it, keyed by `seed`: wide enough to stand for the text itself where nobody plans a collision. */
struct hash128 {
  uint64_t low, high;
};
struct hash128 str_hash128(struct str s, uint64_t seed);

/* The entry of `words` (ended by NULL) that `typed` was probably meant to be, or NULL when none is near: at most two
 * edits (one for words up to four letters), a transposition counting as one. For "did you mean". */
const char *str_nearest(struct str typed, const char *const *words);

/* A name as scripts write it without quotes: ASCII letters, digits and _, no digit first. */
bool str_is_name(struct str s);

#endif
