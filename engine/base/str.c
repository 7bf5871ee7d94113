#include "base/str.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Longer words are no typing errors of a name of ours. */
enum { NEAREST_LEN_MAX = 64 };

int str_cmp(struct str a, struct str b) {
  size_t shared = a.len < b.len ? a.len : b.len;
  int order = shared ? memcmp(a.p, b.p, shared) : 0;
  if (order != 0) return order;
  return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix) {
  return s.len >= prefix.len && str_eq((struct str){s.p, prefix.len}, prefix);
}

bool str_ends(struct str s, struct str suffix) {
  if (s.len < suffix.len) return false;
  return suffix.len == 0 || memcmp(s.p + (s.len - suffix.len), suffix.p, suffix.len) == 0;
}

static bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s) {
  while (s.len > 0 && is_blank(s.p[0])) s.p++, s.len--;
  while (s.len > 0 && is_blank(s.p[s.len - 1])) s.len--;
  return s;
}

uint64_t str_hash(struct str s) {
  return XXH3_64bits(s.len ? s.p : "", s.len);
}

struct hash128 str_hash128(struct str s, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(s.len ? s.p : "", s.len, seed);
  return (struct hash128){hash.low64, hash.high64};
}

static unsigned least(unsigned a, unsigned b) {
  return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's edits plus the swap of two neighbours. Both at most
 * NEAREST_LEN_MAX. */
static unsigned distance(struct str a, struct str b) {
  unsigned rows[3][NEAREST_LEN_MAX + 1];
  unsigned *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b.len; j++) above[j] = (unsigned)j;
  for (size_t i = 1; i <= a.len; i++) {
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= b.len; j++) {
      unsigned edits = least(above[j], row[j - 1]) + 1;
      edits = least(edits, above[j - 1] + (a.p[i - 1] != b.p[j - 1]));
      if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
        edits = least(edits, before[j - 2] + 1);
      row[j] = edits;
    }
    unsigned *spare = before;
    before = above, above = row, row = spare;
  }
  return above[b.len];
}

const char *str_nearest(struct str typed, const char *const *words) {
  const char *nearest = NULL;
  unsigned best = 3;
  if (typed.len > NEAREST_LEN_MAX) return NULL;
  for (; *words; words++) {
    struct str word = str_of(*words);
    size_t longer = word.len > typed.len ? word.len : typed.len;
    size_t shorter = word.len + typed.len - longer;
    if (longer > NEAREST_LEN_MAX || longer - shorter > 2) continue;
    unsigned edits = distance(typed, word);
    unsigned allowed = shorter <= 4 ? 1 : 2;
    /* Words that share no letter are not near, however short they are. */
    if (edits <= allowed && edits < best && edits < longer) best = edits, nearest = *words;
  }
  return nearest;
}

bool str_is_name(struct str s) {
  if (s.len == 0 || (s.p[0] >= '0' && s.p[0] <= '9')) return false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.p[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) return false;
  }
  return true;
}
