/* http_private.h - what the files of the HTTP server share: the structs of server, connection and exchange, and who does
 * what to whom. Nobody else includes it.
 *
 * A connection is a queue of exchanges, oldest first. The last one may still be being read (`reading`); the others are with
 * their handlers. An exchange finished by its handler leaves when it is the first; its bytes go out in that order.
 * Whatever happens to a connection ends in http_conn_settle, which does all that has become possible: deliver body,
 * parse, send, close. Calls from inside it return at once (`busy`), as it goes round again itself. */
#ifndef EMBUDO_IO_HTTP_PRIVATE_H
#define EMBUDO_IO_HTTP_PRIVATE_H

#include "io/http/http_answer.h"
#include "io/http/http_inflate.h"
#include "io/http/http_parser.h"
#include "io/http/http_peer.h"
#include "io/http/http_server.h"
#include <uv.h>

enum { HTTP_READ_ROOM = 64 * 1024, HTTP_KEPT_ROOM = 4 * 1024 /* of a buffer that lies idle */ };

struct http_exchange {
  struct http_request request;
  struct http_server *server;
  struct http_conn *conn; /* NULL: the client is gone */
  struct http_exchange *next;
  const struct http_route *route;
  const struct http_cors *cors;
  struct buf body;    /* what request.body will be */
  struct buf headers; /* of the answer */
  struct buf out;     /* of the answer while it is not the first's turn */
  void *user;
  const struct http_reader *reader;
  void (*on_gone)(struct http_exchange *exchange);
  void (*on_ready)(struct http_exchange *exchange);
  struct str beat;
  int64_t beat_ms, wrote_ms;
  int64_t started_ms, head_ms; /* first byte; end of the head, 0: not there yet */
  uint64_t answer_bytes;
  int status;
  bool handed;         /* a handler has it */
  bool wants_continue; /* the client waits for "100 Continue" */
  bool begun, chunked; /* its answer streams */
  bool wants_ready;
  bool close; /* the connection ends with this answer */
  bool finished;
  struct http_failure *lost; /* why the body ended, kept until there is a reader */
};

/* The body being read. */
struct http_body {
  enum http_coding coding;
  struct http_inflate *inflate;
  struct buf held;     /* wire bytes that were not wanted yet */
  uint64_t wire_bytes; /* so far */
  bool more;           /* the inflater has output left */
  bool paused;
  bool complete;   /* on the wire */
  int64_t mark_ms; /* the current span of the least rate */
  uint64_t mark_bytes;
};

enum http_input {
  HTTP_INPUT_OPEN,
  HTTP_INPUT_LAST, /* the request under way is the last that is served */
  HTTP_INPUT_OFF   /* what still comes is thrown away */
};

struct http_conn {
  uv_tcp_t tcp; /* first: its address is the handle's */
  struct http_server *server;
  struct http_conn *prev, *next;
  struct http_peer peer;
  struct http_parser parser;
  struct http_exchange *first, *last, *reading;
  int in_flight; /* exchanges in the queue */
  struct http_body body;
  struct buf pending; /* bytes read and not parsed */
  struct buf out;     /* bytes to send */
  uv_write_t write;
  struct buf writing; /* what uv is sending */
  uv_shutdown_t shutdown;
  enum http_input input;
  bool busy, reads, is_writing, ready_wanted, eof, discarding, lingering, refused, closing;
  int64_t idle_since_ms; /* of having no exchange */
  int64_t read_ms;       /* of the last bytes */
  int64_t linger_since_ms, discard_since_ms;
  uint64_t sent_bytes;
  int64_t mark_ms; /* the current span of the output's least rate */
  uint64_t mark_bytes;
};

struct http_listener {
  uv_poll_t poll;
  struct http_server *server;
  int fd;
};

struct http_server {
  struct loop *loop;
  struct http_options options; /* limits without zeros */
  struct http_router *router;
  struct http_listener *listeners[HTTP_LISTENERS_MAX];
  int listener_count, port;
  uv_timer_t sweep;
  int handles; /* open or closing: drained when there are none */
  struct http_conn *conns;
  struct http_inflate *spare_inflate;
  int refused_count;
  int spare_fd;
  bool accept_paused, draining, drain_told;
  int64_t drain_until_ms;
  int64_t ticked_ms, stalled_ms; /* the last tick; how long the process stood still in all */
  void (*drained)(void *arg);
  void *drained_arg;
  size_t live_exchanges;
  uint64_t id_base, id_count;
  int64_t date_s;
  char date[HTTP_DATE_MAX];
  struct http_stats stats;
  char read_room[HTTP_READ_ROOM];
};

/* http_server.c */
int64_t http_server_now(const struct http_server *server);
const char *http_server_date(struct http_server *server);
void http_server_notice(struct http_server *server, const char *text);
void http_server_handle_closed(struct http_server *server);
void http_server_tick(struct http_server *server, int64_t loop_ms); /* the sweep's timer */

/* http_listen.c */
void http_listen_close(struct http_server *server);
void http_listen_resume(struct http_server *server); /* tries to, when accepting is paused */

/* http_conn.c: life of a connection */
void http_conn_open(struct http_server *server, int fd, const struct sockaddr *addr);
void http_conn_settle(struct http_conn *conn);
void http_conn_close(struct http_conn *conn); /* now, whatever is under way */
void http_conn_reset(
    struct http_conn *conn); /* the same, with RST: unsent output is dropped by the kernel too */
void http_conn_input_off(struct http_conn *conn);

/* http_conn_limit.c: is there room for it? */
void http_conn_admit(struct http_conn *conn);

/* http_conn_time.c */
void http_conn_check(struct http_conn *conn, int64_t now_ms);
/* For how long the client has kept us waiting for a head, for a body or for output to be taken, at less than the least rate;
 * or, answered, for its end. 0: it is being served. */
int64_t http_conn_waited_ms(const struct http_conn *conn, int64_t now_ms);

/* http_conn_write.c */
void http_conn_flush(struct http_conn *conn);
size_t http_conn_unsent(const struct http_conn *conn);
uint64_t http_conn_sent(const struct http_conn *conn);

/* http_conn_request.c: from the parser's events to handlers */
void http_conn_parse(struct http_conn *conn, struct str *bytes);
bool http_conn_can_parse(const struct http_conn *conn);
void http_conn_truncated(struct http_conn *conn); /* the client ended its side */
void http_conn_refuse(struct http_conn *conn,
                      const struct http_failure *failure); /* the request being read */
void http_conn_answered(struct http_conn *conn, struct http_exchange *exchange);

/* http_conn_body.c */
void http_body_begin(struct http_conn *conn, enum http_coding coding);
void http_body_piece(struct http_conn *conn, struct str piece);
void http_body_done(struct http_conn *conn);
void http_body_deliver(struct http_conn *conn); /* what is held, if it may go on */
void http_body_clear(struct http_conn *conn);
void http_body_fail(struct http_exchange *exchange,
                    const struct http_failure *failure); /* tells the reader */

/* http_exchange.c */
struct http_exchange *http_exchange_new(struct http_conn *conn);
void http_exchange_free(struct http_exchange *exchange);
void http_exchange_hand_over(struct http_exchange *exchange); /* to its handler; it may be gone afterwards */
void http_exchange_lose(struct http_exchange *exchange, bool was_reading); /* the connection is gone */
struct buf *http_exchange_out(struct http_exchange *exchange);

#endif
