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

/* The name of a host with a dot and without a port, or an address in brackets: then an `@` further on is part of a path. Behind
 * "me:12" it may as well be the end of a password "12/ab", and behind "me" that of a token. */
static bool is_plain(struct str authority) {
  if (authority.len && authority.p[0] == '[') return true;
  return memchr(authority.p, '.', authority.len) && !memchr(authority.p, ':', authority.len) &&
         !memchr(authority.p, '@', authority.len);
}

static size_t behind_last_at(struct str url, size_t from, size_t end) {
  size_t behind = from;
  for (size_t i = from; i < end; i++)
    if (url.p[i] == '@') behind = i + 1;
  return behind;
}

void url_add_shown(struct buf *out, struct str url) {
  size_t begin = authority_of(url), end = end_of_query(url), slash;
  if (begin > end) begin = end;
  for (slash = begin; slash < end && !is_slash(url.p[slash]);) slash++;
  bool plain = is_plain((struct str){url.p + begin, slash - begin});
  size_t host = behind_last_at(url, begin, plain ? slash : end);
  buf_add(out, url.p, begin);
  if (!plain && memchr(url.p + end, '@', url.len - end)) { /* "me:a?b@x" */
    buf_add_text(out, "***");
    return;
  }
  if (host > slash) buf_add_text(out, "***@"); /* whether it is the host is not clear */
  buf_add(out, url.p + host, end - host);
}
