#include "base/url.h"

static bool is_scheme_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
         c == '.';
}

static bool is_slash(char c) {
  return c == '/' || c == '\\'; /* some take one for the other */
}

/* Where the authority begins: behind "scheme:" and slashes, or at the begin. */
static size_t authority_of(struct str url) {
  size_t at = 0;
  while (at < url.len && is_scheme_char(url.p[at])) at++;
  bool scheme = at + 1 < url.len && url.p[at] == ':' && is_slash(url.p[at + 1]);
  for (at = scheme ? at + 1 : 0; at < url.len && is_slash(url.p[at]);) at++;
  return at;
}

static size_t end_of_query(struct str url) {
  size_t end = 0;
  while (end < url.len && url.p[end] != '?' && url.p[end] != '#') end++;
  return end;
}

/* "host" or "host:80": then an `@` further on is part of a path. */
static bool is_plain(struct str authority) {
  size_t at = 0;
  if (authority.len && authority.p[0] == '[')
    while (at < authority.len && authority.p[at] != ']') at++;
  while (at < authority.len && authority.p[at] != ':') at++;
  for (at += at < authority.len; at < authority.len; at++)
    if (authority.p[at] < '0' || authority.p[at] > '9') return false;
  return true;
}

void url_add_shown(struct buf *out, struct str url) {
  size_t begin = authority_of(url), end = end_of_query(url), slash, host = begin;
  if (begin > end) begin = host = end;
  for (slash = begin; slash < end && !is_slash(url.p[slash]);) slash++;
  if (is_plain((struct str){url.p + begin, slash - begin}) && !memchr(url.p + begin, '@', slash - begin))
    slash = begin; /* nothing before the path is to be left out */
  else
    slash = end;
  for (size_t i = begin; i < slash; i++)
    if (url.p[i] == '@') host = i + 1;
  buf_add(out, url.p, begin);
  buf_add(out, url.p + host, end - host);
}
