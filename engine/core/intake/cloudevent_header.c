#include "core/intake/cloudevent_private.h"

#include "base/hex.h"
#include "base/text.h"

/* Senders that keep to the binding escape what is not plain ASCII. The official JavaScript SDK does not: quotes and percent
 * signs stand as they are, and its HTTP library writes other letters in ISO 8859-1. What can only be meant so is taken
 * so. */

/* "a \"b\"" without its quotes and backslashes. False, and nothing of use in *len: it is not quoted from end to end. */
static bool unquote(struct str value, char *out, size_t *len) {
  if (!value.len || value.p[0] != '"') return false;
  size_t at = 1;
  *len = 0;
  while (at < value.len && value.p[at] != '"') {
    if (value.p[at] == '\\') at++;
    if (at < value.len) out[(*len)++] = value.p[at++];
  }
  return at + 1 == value.len;
}

/* ISO 8859-1 as UTF-8; at most twice as long. */
static size_t from_latin1(struct str value, char *out) {
  size_t len = 0;
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.p[i];
    if (c < 0x80) {
      out[len++] = (char)c;
    } else {
      out[len++] = (char)(0xc0 | c >> 6);
      out[len++] = (char)(0x80 | (c & 0x3f));
    }
  }
  return len;
}

/* One round, in place: %2525 becomes %25. A percent sign without two digits is one. */
static size_t percent_decode(char *text, size_t len) {
  size_t written = 0;
  for (size_t at = 0; at < len; at++) {
    int high = text[at] == '%' && at + 2 < len ? hex_digit(text[at + 1]) : -1;
    int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    text[written++] = low >= 0 ? (char)(high * 16 + low) : text[at];
    if (low >= 0) at += 2;
  }
  return written;
}

int cloudevent_header_text(struct str name, struct str value, struct arena *arena, struct str *text,
                           struct err *err) {
  value = str_trim(value);
  size_t len;
  char *plain = arena_alloc(arena, value.len + 1), *bytes = arena_alloc(arena, 2 * value.len + 1);
  if (unquote(value, plain, &len)) value = (struct str){plain, len};
  if (!text_is_utf8(value)) {
    len = from_latin1(value, bytes);
  } else {
    len = value.len;
    if (len) memcpy(bytes, value.p, len);
  }
  *text = (struct str){bytes, percent_decode(bytes, len)};
  if (!text_is_utf8(*text))
    return err_set(err, ERR_SYNTAX, "the header ce-%.*s is not UTF-8 after percent-decoding", STR_ARG(name));
  return 0;
}
