#include "io/http/http_uri.h"

#include "base/err.h"
#include "base/hex.h"
#include "base/text.h"

/* Appends the decoded bytes to `room`, whose memory does not move: it was reserved. */
static int decode(const char *what, struct str text, bool plus_is_blank, struct buf *room, struct str *out,
                  struct http_failure *failure) {
  size_t start = room->len;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    if (c == '+' && plus_is_blank) c = ' ';
    if (c == '%') {
      int high = i + 2 < text.len ? hex_digit(text.p[i + 1]) : -1;
      int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
      if (low < 0)
        return http_failure_set(failure, 400, HTTP_INVALID, "a %% in %s is not followed by two hex digits",
                                what);
      c = (char)(high * 16 + low);
      i += 2;
    }
    buf_add_char(room, c);
  }
  *out = (struct str){room->data + start, room->len - start};
  if (memchr(room->data + start, '\0', out->len))
    return http_failure_set(failure, 400, HTTP_INVALID, "%s contains a NUL byte", what);
  if (!text_is_utf8(*out)) return http_failure_set(failure, 400, HTTP_INVALID, "%s is not UTF-8", what);
  return 0;
}

static int check_segment(struct str segment, struct http_failure *failure) {
  if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
    return http_failure_set(failure, 400, HTTP_INVALID, "the path contains \".\" or \"..\"");
  for (size_t i = 0; i < segment.len; i++)
    if ((unsigned char)segment.p[i] < ' ' || segment.p[i] == 0x7f)
      return http_failure_set(failure, 400, HTTP_INVALID, "the path contains a control character");
  return 0;
}

/* Takes the text up to `separator` off the front of *rest. */
static struct str take_part(struct str *rest, char separator) {
  const char *end = rest->len ? memchr(rest->p, separator, rest->len) : NULL;
  struct str part = {rest->p, end ? (size_t)(end - rest->p) : rest->len};
  size_t used = end ? part.len + 1 : part.len;
  rest->p += used;
  rest->len -= used;
  return part;
}

/* `path` starts with a slash. Slashes are copied too, so that the segments lie inside the decoded path. */
static int parse_path(struct str path, struct http_uri *uri, struct buf *room, struct http_failure *failure) {
  size_t start = room->len;
  if (path.len > 1 && path.p[path.len - 1] == '/') path.len--;
  struct str rest = {path.p + 1, path.len - 1};
  while (path.len > 1) {
    if (uri->segment_count == HTTP_SEGMENTS_MAX)
      return http_failure_set(failure, 400, HTTP_INVALID, "the path has more than %d segments",
                              HTTP_SEGMENTS_MAX);
    const char *end = rest.p + rest.len;
    struct str part = take_part(&rest, '/'), *segment = &uri->segments[uri->segment_count++];
    buf_add_char(room, '/');
    if (decode("the URL", part, false, room, segment, failure) != 0 || check_segment(*segment, failure) != 0)
      return -1;
    if (part.p + part.len == end) break;
  }
  if (uri->segment_count == 0) buf_add_char(room, '/');
  uri->path = (struct str){room->data + start, room->len - start};
  return 0;
}

/* What follows the authority of "http://authority/path"; the target itself where there is none. */
static struct str take_authority(struct str target, struct str *authority) {
  *authority = STR("");
  for (int i = 0; i < 2; i++) {
    struct str scheme = i ? STR("https://") : STR("http://");
    if (target.len < scheme.len || strncasecmp(target.p, scheme.p, scheme.len) != 0) continue;
    size_t at = scheme.len;
    while (at < target.len && target.p[at] != '/' && target.p[at] != '?') at++;
    *authority = (struct str){target.p + scheme.len, at - scheme.len};
    return (struct str){target.p + at, target.len - at};
  }
  return target;
}

int http_uri_parse(struct str target, struct http_uri *uri, struct buf *room, struct http_failure *failure) {
  buf_clear(room);
  buf_reserve(room, target.len + 2);
  const char *stable = room->data;
  uri->segment_count = uri->query_count = 0;
  uri->authority = STR("");
  if (target.len && memchr(target.p, '#', target.len))
    return http_failure_set(failure, 400, HTTP_INVALID, "the URL contains a #, which is written %%23");
  if (str_eq(target, STR("*"))) {
    uri->path = STR("*");
    return 0;
  }
  struct str query = take_authority(target, &uri->authority), path = take_part(&query, '?');
  if (path.len == 0 && path.p != target.p) path = STR("/");
  if (path.len == 0 || path.p[0] != '/')
    return http_failure_set(failure, 400, HTTP_INVALID, "the request's target is not a path");
  if (parse_path(path, uri, room, failure) != 0 ||
      http_pairs_parse("the URL", query, uri->query, &uri->query_count, room, failure) != 0)
    return -1;
  ASSERT(room->data == stable);
  return 0;
}

int http_pairs_parse(const char *what, struct str text, struct http_pair *pairs, int *count, struct buf *room,
                     struct http_failure *failure) {
  while (text.len) {
    struct str pair = take_part(&text, '&');
    if (pair.len == 0) continue;
    if (*count == HTTP_QUERY_MAX)
      return http_failure_set(failure, 400, HTTP_INVALID, "%s has more than %d parameters", what,
                              HTTP_QUERY_MAX);
    struct http_pair *out = &pairs[(*count)++];
    struct str name = take_part(&pair, '=');
    if (decode(what, name, true, room, &out->name, failure) != 0 ||
        decode(what, pair, true, room, &out->value, failure) != 0)
      return -1;
  }
  return 0;
}
