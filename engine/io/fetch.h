/* fetch.h - asks HTTP servers without waiting: what enrichers and destinations call the world with.
 *
 * Transfers run on the loop (libcurl's multi interface): HTTP/1.1, HTTP/2 over TLS, connections kept open between calls and
 * shared by them. TLS is verified. Whoever starts a fetch is told once how it ended, from the loop, never from inside
 * fetch_start or fetch_cancel; a cancelled one is not told of.
 *
 * A script writes the URLs, so nothing is left to it. Hosts and addresses must pass core/handoff/egress.h, the address at the moment
 * the socket is opened. No redirects are followed: a 3xx is an answer like another. No proxy is used, whatever the environment
 * says. A URL with a user and password in it is refused: credentials belong in headers, which are never logged. Bounded: the
 * time to connect and in all, the bytes of the answer (after decompression) and of its headers, and how many are under way.
 *
 * On the loop's thread. fetcher_free cancels what is under way; call it before loop_free.
 */
#ifndef EMBUDO_IO_FETCH_H
#define EMBUDO_IO_FETCH_H

#include "base/buf.h"
#include "base/err.h"
#include "core/handoff/egress.h"
#include "io/loop.h"

enum {
  FETCH_CONNECT_MS = 2000,
  FETCH_TOTAL_MS = 5000,
  FETCH_ANSWER_MAX = 1 << 20,            /* bytes of an answer's body */
  FETCH_HEADERS_MAX = 64,                /* of a request */
  FETCH_HEADER_MAX = 8 * 1024,           /* bytes of one of its lines */
  FETCH_URL_MAX = 8 * 1024,              /* bytes */
  FETCH_ANSWER_HEAD_MAX = 32768,         /* bytes of an answer's headers; what is beyond is dropped ... */
  FETCH_ANSWER_HEADERS_MAX = 256 * 1024, /* ... up to this: an answer with more is too large */
  FETCHES_MAX = 256,                     /* under way at the same time, of one fetcher */
};

/* How a fetch ended: code, word for scripts and logs, what it means. */
#define FETCH_ENDS(X)                                                                                        \
  X(FETCH_ANSWERED, "answered", "the server answered, with whatever status")                                 \
  X(FETCH_DENIED, "denied", "the host or its address may not be asked")                                      \
  X(FETCH_UNRESOLVED, "unresolved", "the host's name has no address, or no name server answered")            \
  X(FETCH_UNREACHABLE, "unreachable", "no connection came about")                                            \
  X(FETCH_TLS, "tls", "the server's certificate or TLS is not good")                                         \
  X(FETCH_TIMEOUT, "timeout", "it took too long")                                                            \
  X(FETCH_RESET, "reset", "the connection broke before the answer was whole")                                \
  X(FETCH_TOO_LARGE, "too_large", "the answer is larger than allowed")                                       \
  X(FETCH_MALFORMED, "malformed", "the answer is not HTTP")

enum fetch_end {
#define X(code, word, meaning) code,
  FETCH_ENDS(X)
#undef X
};

const char *fetch_end_word(enum fetch_end end);

struct fetch_header {
  struct str name, value;
};

struct fetch_answer {
  enum fetch_end end;
  int status; /* 0 unless it was answered; FETCH_TOO_LARGE: then the body is not whole; one that cannot be inflated is empty */
  struct str body;        /* until `done` returns, as is all else */
  struct str head;        /* the answer's header lines */
  int64_t retry_after_ms; /* of Retry-After, seconds or date; 0: not said */
  int64_t took_ms, connect_ms;
  const char *error; /* for people: "Connection refused"; "" when it was answered */
};

/* The first such header of the answer, its value trimmed. */
bool fetch_answer_header(const struct fetch_answer *answer, struct str name, struct str *value);

struct fetch_request { /* copied by fetch_start */
  const char *method;  /* "GET", "POST", ...: upper case letters */
  const char *url;     /* http or https */
  const struct fetch_header *headers;
  size_t header_count;
  struct str body;                                            /* p NULL: none */
  int64_t connect_ms, total_ms;                               /* 0: the defaults */
  size_t answer_max;                                          /* 0: the default */
  void (*done)(void *arg, const struct fetch_answer *answer); /* may start and cancel others */
  void *arg;
};

struct fetcher;
struct fetch;

struct fetcher_options {
  struct egress egress; /* its lists stay the caller's and must last */
  const char *ca_file;  /* PEM of the authorities that are trusted; NULL: the system's */
};

struct fetcher *fetcher_new(struct loop *loop, const struct fetcher_options *options);
void fetcher_free(struct fetcher *fetcher); /* NULL is fine */

/* NULL and *err when the request itself is at fault (ERR_INVALID) or too many are under way (ERR_LIMIT): `done` is not called
 * then. */
struct fetch *fetch_start(struct fetcher *fetcher, const struct fetch_request *request, struct err *err);
void fetch_cancel(struct fetch *fetch); /* `done` is not called; the fetch is gone */

struct fetcher_stats {
  size_t open;                         /* under way now */
  uint64_t ended[FETCH_MALFORMED + 1]; /* by how */
  uint64_t cancelled;
  uint64_t sent_bytes, received_bytes; /* of bodies */
};
const struct fetcher_stats *fetcher_stats(const struct fetcher *fetcher);

#endif
