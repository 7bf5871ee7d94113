#include "base/text.h"

#include <utf8proc.h>

/* --- characters --- */

static bool is_tail(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

/* Unicode's table of well-formed byte sequences: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
size_t text_char(struct str s) {
  const unsigned char *p = (const unsigned char *)s.p;
  if (s.len == 0) return 0;
  if (p[0] < 0x80) return 1;
  if (p[0] < 0xc2 || p[0] > 0xf4 || s.len < 2 || !is_tail(p[1])) return 0;
  if (p[0] < 0xe0) return 2;
  if (s.len < 3 || !is_tail(p[2])) return 0;
  if (p[0] < 0xf0) {
    bool overlong = p[0] == 0xe0 && p[1] < 0xa0, surrogate = p[0] == 0xed && p[1] >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (s.len < 4 || !is_tail(p[3])) return 0;
  bool overlong = p[0] == 0xf0 && p[1] < 0x90, beyond = p[0] == 0xf4 && p[1] >= 0x90;
  return overlong || beyond ? 0 : 4;
}

bool text_is_utf8(struct str s) {
  for (size_t size; s.len; s.p += size, s.len -= size)
    if ((size = text_char(s)) == 0) return false;
  return true;
}

/* The code point at the front of `s` and its bytes; -1 and one byte where no character starts. */
static utf8proc_int32_t decode(struct str s, size_t *size) {
  utf8proc_int32_t code;
  size_t len = text_char(s);
  *size = len ? len : 1;
  if (len == 0) return -1;
  utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)len, &code);
  return code;
}

enum { ALPHABET_NONE, ALPHABET_LATIN = 1, ALPHABET_GREEK = 2, ALPHABET_CYRILLIC = 4 };

/* The alphabets whose letters look like each other's. */
static unsigned alphabet(utf8proc_int32_t code) {
  if ((code >= 0x370 && code <= 0x3ff) || (code >= 0x1f00 && code <= 0x1fff)) return ALPHABET_GREEK;
  if (code >= 0x400 && code <= 0x52f) return ALPHABET_CYRILLIC;
  return code <= 0x24f ? ALPHABET_LATIN : ALPHABET_NONE;
}

static bool is_letter(utf8proc_int32_t code) {
  utf8proc_category_t category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool text_mixes_alphabets(struct str s) {
  unsigned seen = ALPHABET_NONE;
  for (size_t size; s.len; s.p += size, s.len -= size) {
    utf8proc_int32_t code = decode(s, &size);
    seen = code >= 0 && is_letter(code) ? seen | alphabet(code) : ALPHABET_NONE;
    if ((seen & ALPHABET_LATIN) && seen != ALPHABET_LATIN) return true;
  }
  return false;
}

bool text_is_plain(struct str s) {
  for (size_t size; s.len; s.p += size, s.len -= size) {
    utf8proc_int32_t code = decode(s, &size);
    if (code < 0) return false;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: break;
    }
  }
  return true;
}

static struct str rest(struct str s, size_t from) {
  return (struct str){s.p + from, s.len - from};
}

static bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
static char lower(char c) {
  return is_upper(c) ? (char)(c + ('a' - 'A')) : c;
}

static void add_code(struct buf *out, utf8proc_int32_t code) {
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t len = utf8proc_encode_char(code, bytes);
  if (len > 0) buf_add(out, bytes, (size_t)len);
}

/* --- folding --- */

/* The marks of Latin, Greek and Cyrillic letters. */
static bool is_accent(utf8proc_int32_t code) {
  return (code >= 0x0300 && code <= 0x036f) || (code >= 0x1ab0 && code <= 0x1aff) ||
         (code >= 0x1dc0 && code <= 0x1dff) || (code >= 0x20d0 && code <= 0x20ff) ||
         (code >= 0xfe20 && code <= 0xfe2f);
}

/* Latin letters (lower case) that Unicode gives no decomposition, as people without that key type them. */
static const char *plain_spelling(utf8proc_int32_t code) {
  switch (code) {
  case 0x00e6: return "ae"; /* æ */
  case 0x00f0: return "d";  /* ð */
  case 0x00f8: return "o";  /* ø */
  case 0x00fe: return "th"; /* þ */
  case 0x0111: return "d";  /* đ */
  case 0x0127: return "h";  /* ħ */
  case 0x0131: return "i";  /* ı */
  case 0x0142: return "l";  /* ł */
  case 0x014b: return "n";  /* ŋ */
  case 0x0153: return "oe"; /* œ */
  case 0x0167: return "t";  /* ŧ */
  default: return NULL;
  }
}

static void fold_code(utf8proc_int32_t code, struct buf *out) {
  enum { PARTS_MAX = 32 }; /* the longest compatibility decomposition has 18 */
  utf8proc_int32_t parts[PARTS_MAX];
  utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
  int boundary = 0;
  utf8proc_ssize_t count = utf8proc_decompose_char(code, parts, PARTS_MAX, how, &boundary);
  if (count < 0 || count > PARTS_MAX) {
    add_code(out, code);
    return;
  }
  for (utf8proc_ssize_t i = 0; i < count; i++) {
    const char *spelling = plain_spelling(parts[i]);
    if (spelling)
      buf_add_text(out, spelling);
    else if (!is_accent(parts[i]))
      add_code(out, parts[i]);
  }
}

void text_fold(struct str s, struct buf *out) {
  buf_reserve(out, s.len);
  for (size_t i = 0; i < s.len;) {
    size_t size;
    if ((unsigned char)s.p[i] < 0x80) {
      buf_add_char(out, lower(s.p[i++]));
      continue;
    }
    utf8proc_int32_t code = decode(rest(s, i), &size);
    if (code < 0)
      buf_add_char(out, s.p[i]);
    else
      fold_code(code, out);
    i += size;
  }
}

struct str text_folded(struct str s, struct buf *scratch) {
  size_t i = 0;
  while (i < s.len && (unsigned char)s.p[i] < 0x80 && !is_upper(s.p[i])) i++;
  if (i == s.len) return s;
  buf_clear(scratch);
  text_fold(s, scratch);
  return buf_str(scratch);
}

/* --- comparing --- */

bool text_contains(struct str s, struct str part) {
  return part.len == 0 || (s.len >= part.len && memmem(s.p, s.len, part.p, part.len));
}

static size_t char_size(struct str s) {
  size_t size;
  decode(s, &size);
  return size;
}

/* Only the last star can still be widened: what stood before it matched as early as it could. */
bool text_glob(struct str s, struct str pattern) {
  size_t i = 0, j = 0, star = SIZE_MAX, resume = 0;
  while (i < s.len) {
    if (j < pattern.len && pattern.p[j] == '*') {
      star = j++;
      resume = i;
    } else if (j < pattern.len && pattern.p[j] == '?') {
      i += char_size(rest(s, i));
      j++;
    } else if (j < pattern.len && pattern.p[j] == s.p[i]) {
      i++, j++;
    } else if (star != SIZE_MAX) {
      resume += char_size(rest(s, resume));
      i = resume;
      j = star + 1;
    } else {
      return false;
    }
  }
  while (j < pattern.len && pattern.p[j] == '*') j++;
  return j == pattern.len;
}

static bool is_word_code(utf8proc_int32_t code) {
  if (code < 0) return true; /* a stray byte is no place to end a word */
  utf8proc_category_t category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* Whether a letter or digit stands at byte `i`. */
static bool word_at(struct str s, size_t i) {
  size_t size;
  return i < s.len && is_word_code(decode(rest(s, i), &size));
}

static bool word_before(struct str s, size_t i) {
  if (i == 0) return false;
  size_t start = i - 1;
  while (start > 0 && i - start < 4 && is_tail((unsigned char)s.p[start])) start--;
  return word_at(s, start);
}

static size_t skip_gap(struct str s, size_t i) {
  while (i < s.len && !word_at(s, i)) i += char_size(rest(s, i));
  return i;
}

/* Whether `phrase` stands at byte `at` of `s` as whole words. */
static bool phrase_at(struct str s, size_t at, struct str phrase) {
  size_t i = at;
  for (size_t j = 0; j < phrase.len;) {
    if (phrase.p[j] == ' ') {
      size_t after = skip_gap(s, i);
      if (after == i && !(i > at && !word_before(s, i))) return false;
      i = after;
      while (j < phrase.len && phrase.p[j] == ' ') j++;
    } else {
      if (i == s.len || s.p[i] != phrase.p[j]) return false;
      i++, j++;
    }
  }
  return !(word_before(s, i) && word_at(s, i));
}

bool text_has_word(struct str s, struct str phrase) {
  phrase = str_trim(phrase);
  if (phrase.len == 0) return false;
  for (size_t at = 0; at < s.len; at++) {
    const char *found = memchr(s.p + at, phrase.p[0], s.len - at);
    if (!found) return false;
    at = (size_t)(found - s.p);
    bool inside = word_before(s, at) && word_at(s, at);
    if (!inside && phrase_at(s, at, phrase)) return true;
  }
  return false;
}

/* --- names --- */

enum letter { SEPARATOR, DOT, LOWER, UPPER };

static enum letter letter_of(utf8proc_int32_t code) {
  if (code == '.') return DOT;
  if (!is_word_code(code)) return SEPARATOR;
  utf8proc_category_t category = code < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT ? UPPER : LOWER;
}

static enum letter letter_at(struct str s, size_t i) {
  size_t size;
  return i < s.len ? letter_of(decode(rest(s, i), &size)) : SEPARATOR;
}

/* A new word starts after a separator, at a capital after a small letter, and at an acronym's end
 * ("HTTPServer"). */
static bool starts_word(enum letter before, enum letter here, enum letter after) {
  if (before == SEPARATOR) return true;
  return here == UPPER && (before == LOWER || (before == UPPER && after == LOWER));
}

struct str text_snake(struct str name, struct arena *arena) {
  /* At most a separator before each character, and a lower case letter of up to 4 bytes for each of 2. */
  char *text = arena_alloc(arena, name.len * 3 + 1);
  size_t len = 0, size;
  bool any = false;
  enum letter before = DOT; /* a name and each part after a dot start without a separator */
  for (size_t i = 0; i < name.len; i += size) {
    utf8proc_int32_t code = decode(rest(name, i), &size);
    enum letter here = letter_of(code);
    if (here == SEPARATOR && before == DOT) continue;
    if (here == LOWER || here == UPPER) {
      any = true;
      if (before != DOT && starts_word(before, here, letter_at(name, i + size))) text[len++] = '_';
    }
    if (here == DOT) text[len++] = '.';
    if (here == LOWER || here == UPPER) {
      if (code < 0)
        text[len++] = name.p[i];
      else
        len += (size_t)utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)text + len);
    }
    before = here;
  }
  if (!any) return arena_str(arena, name);
  text[len] = '\0';
  return (struct str){text, len};
}

size_t text_width(struct str s) {
  size_t width = 0, size;
  for (size_t i = 0; i < s.len; i += size) {
    utf8proc_int32_t code = decode(rest(s, i), &size);
    int columns = code < 0 ? 1 : utf8proc_charwidth(code);
    if (columns > 0) width += (size_t)columns;
  }
  return width;
}
