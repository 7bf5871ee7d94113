/* http_chunks.h - a chunked body taken apart (RFC 9112, 7.1), in pieces as they come. Pure: no sockets, no clock.
 *
 * To the letter, so that nobody before us can see a chunk's end elsewhere: every line ends with CR LF and nothing else, a size is
 * hexadecimal digits and fits 63 bits, data has as many bytes as its size says. Extensions are read (blanks around their
 * `;` and `=`, quoted values) and dropped, and so are trailer fields; but a trailer named like what frames or routes a
 * request is refused: who merges trailers into headers would make another request of it. Sizes, extensions and trailers have
 * bounds; how large a body may be is the caller's business. */
#ifndef EMBUDO_IO_HTTP_CHUNKS_H
#define EMBUDO_IO_HTTP_CHUNKS_H

#include "io/http/http_failure.h"

enum {
  HTTP_CHUNK_DIGITS_MAX = 32,            /* of a size, with its leading zeros */
  HTTP_CHUNK_EXTENSION_MAX = 1024,       /* bytes between one size and its line's end */
  HTTP_CHUNK_EXTENSIONS_MAX = 16 * 1024, /* bytes a body */
  HTTP_TRAILERS_MAX = 32,
  HTTP_TRAILERS_BYTES_MAX = 8 * 1024,
  HTTP_TRAILER_NAME_KEPT = 18 /* longer than any name that is looked for */
};

struct http_chunks {
  uint8_t state; /* where in the grammar the bytes have come to; 0: at the first size */
  uint64_t left; /* of this chunk's data; while its size is read: the size so far */
  int digits;
  size_t extension_bytes, extensions_bytes; /* of this chunk; of all */
  size_t trailer_bytes;
  int trailer_count;
  char name[HTTP_TRAILER_NAME_KEPT]; /* the front of the trailer's that is read */
  size_t name_len;
};

void http_chunks_init(struct http_chunks *chunks);

/* Reads from the front of *bytes up to the next data, the body's end, or theirs. *piece: data, inside *bytes; empty: there is
 * none yet. -1 and *failure: this is no chunked body, and nothing more can be read. */
int http_chunks_read(struct http_chunks *chunks, struct str *bytes, struct str *piece,
                     struct http_failure *failure);

bool http_chunks_ended(const struct http_chunks *chunks); /* what *bytes still has is the next request's */

#endif
