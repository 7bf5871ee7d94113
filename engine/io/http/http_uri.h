/* http_uri.h - a request's target taken apart, percent-decoded and checked. Pure.
 *
 * A path is cut at its slashes before it is decoded, so an id with an encoded slash stays one segment. Refused: a fragment, escapes that
 * are none, bytes that are not UTF-8, control characters in the path, NUL anywhere, the segments "." and "..", more
 * segments or query pairs than the bounds. A slash at the path's end is dropped: "/v1/batch/" is "/v1/batch". In the query
 * `+` is a blank. The absolute form ("http://host/path", as proxies are asked) counts as its path, and says
 * which host is meant. */
#ifndef EMBUDO_IO_HTTP_URI_H
#define EMBUDO_IO_HTTP_URI_H

#include "base/buf.h"
#include "io/http/http_failure.h"

enum { HTTP_SEGMENTS_MAX = 12, HTTP_QUERY_MAX = 64 };

struct http_pair {
  struct str name, value;
};

struct http_uri {
  struct str path; /* decoded, without a slash at its end ("/" is itself); "*" for OPTIONS about the server */
  struct str segments[HTTP_SEGMENTS_MAX];
  int segment_count;
  struct str authority;                   /* of the absolute form, as it stands there; else empty */
  struct http_pair query[HTTP_QUERY_MAX]; /* in order; names may repeat */
  int query_count;
};

/* The texts of *uri lie in `room`, which is cleared first and must not change while they are used. */
int http_uri_parse(struct str target, struct http_uri *uri, struct buf *room, struct http_failure *failure);

/* "name=value&..", of a query or of a form as browsers send it, after the *count pairs that there are; `pairs` has room for
 * HTTP_QUERY_MAX. `what` says in messages what it is of. `room` has text.len bytes left, so that it does not move. */
int http_pairs_parse(const char *what, struct str text, struct http_pair *pairs, int *count, struct buf *room,
                     struct http_failure *failure);

#endif
