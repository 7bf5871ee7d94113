#include "io/http/http_word.h"

#include <strings.h>

bool http_word_equal(struct str a, struct str b) {
  return a.len == b.len && (a.len == 0 || strncasecmp(a.p, b.p, a.len) == 0);
}

bool http_list_next(struct str *list, struct str *member) {
  while (list->len) {
    const char *comma = memchr(list->p, ',', list->len);
    size_t len = comma ? (size_t)(comma - list->p) : list->len, used = comma ? len + 1 : len;
    *member = str_trim((struct str){list->p, len});
    *list = (struct str){list->p + used, list->len - used};
    if (member->len) return true;
  }
  return false;
}

bool http_is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return c && strchr("!#$%&'*+-.^_`|~", c);
}

bool http_is_token(struct str text) {
  for (size_t i = 0; i < text.len; i++)
    if (!http_is_token_char(text.p[i])) return false;
  return text.len > 0;
}

bool http_is_text_char(char c) {
  return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f);
}
