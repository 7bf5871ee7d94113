/* http_inflate.h - request bodies with a Content-Encoding: gzip (also of several members) or deflate, a window at a time.
 *
 * The caller decides how much comes out before it goes on, so a small body that inflates to a huge one costs a window and
 * whatever the caller keeps. "deflate" is zlib's format, or the raw one that some clients send by mistake. One thread. */
#ifndef EMBUDO_IO_HTTP_INFLATE_H
#define EMBUDO_IO_HTTP_INFLATE_H

#include "base/str.h"
#include "io/http/http_failure.h"

enum { HTTP_INFLATE_WINDOW = 16 * 1024 /* bytes; zlib keeps another 44 KB */ };

enum http_coding { HTTP_CODING_IDENTITY, HTTP_CODING_GZIP, HTTP_CODING_DEFLATE };

/* The value of Content-Encoding; anything but one known word is refused with 415. */
int http_coding_parse(struct str value, enum http_coding *coding, struct http_failure *failure);

struct http_inflate;

struct http_inflate *http_inflate_new(enum http_coding coding);              /* not IDENTITY */
void http_inflate_free(struct http_inflate *it);                             /* NULL is fine */
void http_inflate_restart(struct http_inflate *it, enum http_coding coding); /* for another body */

/* Reads from the front of *in; *out is what that inflates to, at most a window, valid until the next step. To be called again
 * as long as *in is not empty or *out was a whole window. Corrupt data: -1 and *failure (400). */
int http_inflate_step(struct http_inflate *it, struct str *in, struct str *out, struct http_failure *failure);

/* When all has been read: -1 and *failure when the data is cut off. An empty body is fine. */
int http_inflate_end(const struct http_inflate *it, struct http_failure *failure);

#endif
