/* http_server.h - an HTTP/1.1 server on the loop: connections in, exchanges to handlers, nothing known of leads.
 *
 * Persistent and pipelined connections (answers in the order of their requests), chunked and compressed bodies,
 * Expect: 100-continue, HTTP/1.0 (one request a connection), HEAD, CORS. What is refused is http_parser.h's. Every error
 * answer is JSON. POST is never redirected. Plain TCP: TLS ends in a proxy in front, which may be trusted to say for whom it
 * speaks. All on the loop's thread.
 *
 * Bounds. A connection without a request costs some 1.5 KB, and at most 8 KB of buffers it used. With requests it holds at most
 *     HTTP_PIPELINE_MAX requests' heads (each at most 16 KB and 8 KB of tables), their bodies (each at most body_bytes),
 *     2 * HTTP_PENDING_MAX bytes read ahead, 64 KB while it inflates, and
 *     HTTP_OUT_HIGH of output plus those requests' answers (a stream that ignores back-pressure is cut at HTTP_OUT_MAX);
 * and a request is only begun while the connection's requests hold less than body_bytes. Bodies of all connections
 * together are held below `bodies_bytes`: beyond it a request is refused with 503. No connection is waited for longer than the
 * time-outs below; times are checked every HTTP_SWEEP_MS.
 *
 * Too many connections: the one that has been idle longest is closed for the new one; where none is idle, the one whose client
 * has kept us waiting longest, HTTP_PATIENCE_MS or more, for a request, a body or its reading; where all are being served,
 * the new one is told 503 with Retry-After. Out of file descriptors: accepting pauses, clients wait in the listen queue, and a spare descriptor kept for
 * this hour is given back for whoever needs one; accepting resumes when the spare can be had again. */
#ifndef EMBUDO_IO_HTTP_SERVER_H
#define EMBUDO_IO_HTTP_SERVER_H

#include "base/err.h"
#include "io/http/http_exchange.h"
#include "io/http/http_router.h"
#include "io/loop.h"

enum {
  HTTP_PIPELINE_MAX = 8,           /* requests of one connection that wait for their answers */
  HTTP_PENDING_MAX = 64 * 1024,    /* bytes read ahead of what is handled */
  HTTP_OUT_HIGH = 256 * 1024,      /* bytes of output above which a connection reads no further request */
  HTTP_OUT_MAX = 16 * 1024 * 1024, /* bytes of a stream's output that nobody fetches */
  HTTP_DISCARD_MAX = 64 * 1024,    /* bytes of a body nobody wants that are read to keep the connection */
  HTTP_PATIENCE_MS = 1000,         /* with slow clients, when others wait for their place */
  HTTP_REFUSED_MAX = 64, /* connections beyond the limit that are told so; more are closed at once */
  HTTP_LISTENERS_MAX = 8,
  HTTP_DRAIN_LINGER_MS = 500, /* no more of linger_ms while draining */
  HTTP_SWEEP_MS = 500
};

/* 0 stands for the default beside it. */
struct http_limits {
  size_t head_bytes;      /* HTTP_HEAD_MAX, the most there is room for */
  size_t target_bytes;    /* HTTP_TARGET_MAX */
  size_t body_bytes;      /* 4 MiB, inflated */
  size_t bodies_bytes;    /* 256 MiB, of all connections together */
  int connections;        /* 1024, and no more than the process's file descriptors less 64 */
  int connections_per_ip; /* 256; an IPv6 /64 is one; not for this machine and trusted proxies */
  int64_t head_ms;        /* 10 s, from a request's first byte to the end of its headers */
  int64_t body_ms;        /* 30 s, from there to the end of its body, unless the body is read as a stream */
  int64_t idle_ms;        /* 30 s between requests */
  int64_t write_ms;       /* 30 s: output must have moved at rate_bytes a second over such a span */
  int64_t linger_ms;      /* 5 s without bytes, after the last answer, for the client to close first */
  size_t rate_bytes;      /* 256 a second: the least for streamed bodies (over body_ms) and for output */
};

/* What became of an exchange, for logs and metrics. */
struct http_done {
  const struct http_request *request;
  const struct http_route *route; /* NULL: none was found */
  int status;                     /* 0: a handler cut its stream */
  bool gone;                      /* the client did not wait */
  int64_t took_ms;                /* from the end of the head */
  uint64_t body_bytes;            /* of the answer */
};

struct http_options {
  struct http_limits limits;
  const struct http_route *routes;
  size_t route_count;
  void *app;                     /* for handlers and the calls below */
  const struct network *proxies; /* whose X-Forwarded-For is believed */
  size_t proxy_count;

  /* Whether to take this request now; called with its head, before its body. -1 and *failure (429 or 503, Retry-After):
   * no. May be NULL. */
  int (*admit)(void *app, const struct http_request *request, const struct http_route *route,
               struct http_failure *failure);
  void (*done)(void *app, const struct http_done *done); /* may be NULL */
  void (*notice)(void *app, const char *text);           /* trouble worth a line in the log; may be NULL */

  int64_t (*now_ms)(void *clock); /* monotonic, for time-outs; NULL: the loop's */
  void *clock;
  int64_t (*wall_ms)(void); /* for Date; NULL: the real one */
};

/* Numbers since the start; `connections` and `exchanges` are now. */
struct http_stats {
  int connections;
  size_t exchanges; /* handed to handlers and not answered */
  size_t bodies_bytes;
  uint64_t accepted, requests, malformed, timeouts;
  uint64_t refused_full, refused_ip, evicted; /* connections */
  uint64_t accept_pauses;
  uint64_t received_bytes, sent_bytes;
};

struct http_server;

/* Borrows what the options point to. */
struct http_server *http_server_new(struct loop *loop, const struct http_options *options);

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080", ":8080" (all addresses); port 0: any free one. A name's addresses are all
 * listened on. */
int http_server_listen(struct http_server *server, const char *address, struct err *err);
int http_server_port(const struct http_server *server); /* of the first listener */

/* Stops listening, closes idle connections, lets requests that have begun be answered (saying "Connection: close"), then calls
 * `drained` once. What is left after `deadline_ms` is closed; 0: everything at once. Handlers of endless streams must end
 * them. A second call may only shorten the time; its `drained` is ignored. */
void http_server_drain(struct http_server *server, int64_t deadline_ms, void (*drained)(void *arg),
                       void *arg);

/* After `drained`, and after every exchange has been answered (asserted). */
void http_server_free(struct http_server *server);

const struct http_stats *http_server_stats(const struct http_server *server);

/* Checks all time-outs now; the server does so by itself every HTTP_SWEEP_MS. For tests with a clock of their own. */
void http_server_sweep(struct http_server *server);

#endif
