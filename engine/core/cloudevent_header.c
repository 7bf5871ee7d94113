#include "core/cloudevent_private.h"

#include "base/text.h"

/* "a \"b\"" without its quotes and backslashes; a value that starts without a quote is taken as it is. */
static int unquote(struct str value, char *out, size_t *len) {
  if (!value.len || value.p[0] != '"') {
    if (value.len) memcpy(out, value.p, value.len);
    *len = value.len;
    return 0;
  }
  size_t at = 1;
  *len = 0;
  while (at < value.len && value.p[at] != '"') {
    if (value.p[at] == '\\') at++;
    if (at < value.len) out[(*len)++] = value.p[at++];
  }
  return at + 1 == value.len ? 0 : -1; /* the closing quote is the last byte */
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* One round, in place: %2525 becomes %25. */
static int percent_decode(char *text, size_t *len) {
  size_t written = 0;
  for (size_t at = 0; at < *len; at++) {
    char c = text[at];
    if (c == '%') {
      int high = at + 2 < *len ? hex_digit(text[at + 1]) : -1;
      int low = at + 2 < *len ? hex_digit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return -1;
      c = (char)(high * 16 + low);
      at += 2;
    }
    text[written++] = c;
  }
  *len = written;
  return 0;
}

int cloudevent_header_text(struct str name, struct str value, struct arena *arena, struct str *text,
                           struct err *err) {
  value = str_trim(value);
  size_t len;
  char *bytes = arena_alloc(arena, value.len + 1);
  if (unquote(value, bytes, &len) != 0)
    return err_set(err, ERR_SYNTAX,
                   "the header ce-%.*s starts with a double quote that is not closed at its end",
                   STR_ARG(name));
  if (percent_decode(bytes, &len) != 0)
    return err_set(err, ERR_SYNTAX,
                   "the header ce-%.*s has a %% that two hexadecimal digits do not follow; a plain %% is "
                   "written %%25",
                   STR_ARG(name));
  *text = (struct str){bytes, len};
  if (!text_is_utf8(*text))
    return err_set(err, ERR_SYNTAX, "the header ce-%.*s is not UTF-8 after percent-decoding", STR_ARG(name));
  return 0;
}
