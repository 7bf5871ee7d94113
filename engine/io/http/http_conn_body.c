#include "io/http/http_private.h"

/* --- where inflated bytes go --- */

static void keep_chunk(struct http_conn *conn, struct http_exchange *exchange, struct str chunk) {
  struct http_server *server = conn->server;
  struct http_failure failure;
  size_t max = exchange->route->body_max ? exchange->route->body_max : server->options.limits.body_bytes;
  if (exchange->body.len + chunk.len > max) {
    http_failure_set(&failure, 413, HTTP_TOO_LARGE, "the body is larger than %zu bytes", max);
    http_conn_refuse(conn, &failure);
  } else if (server->stats.bodies_bytes + chunk.len > server->options.limits.bodies_bytes) {
    http_failure_set(&failure, 503, HTTP_OVERLOADED, "too much is being uploaded at once; try again soon");
    failure.retry_after_s = 1;
    http_conn_refuse(conn, &failure);
  } else {
    server->stats.bodies_bytes += chunk.len;
    buf_add_str(&exchange->body, chunk);
  }
}

static void take_chunk(struct http_conn *conn, struct str chunk) {
  struct http_exchange *exchange = conn->reading;
  if (chunk.len == 0) return;
  if (exchange->reader)
    exchange->reader->chunk(exchange, chunk);
  else
    keep_chunk(conn, exchange, chunk);
}

static bool may_go_on(const struct http_conn *conn, const struct http_exchange *exchange) {
  return !conn->closing && conn->reading == exchange && !conn->body.paused;
}

/* Uses up *wire as far as its taker lets us. */
static void unpack(struct http_conn *conn, struct str *wire) {
  struct http_exchange *exchange = conn->reading;
  struct http_failure failure;
  while (may_go_on(conn, exchange) && (wire->len || conn->body.more)) {
    struct str chunk = *wire;
    if (!conn->body.inflate) {
      *wire = STR("");
    } else if (http_inflate_step(conn->body.inflate, wire, &chunk, &failure) != 0) {
      http_conn_refuse(conn, &failure);
      return;
    }
    conn->body.more = conn->body.inflate && chunk.len == HTTP_INFLATE_WINDOW;
    take_chunk(conn, chunk);
  }
}

/* --- the body's end --- */

static void hand_over(struct http_exchange *exchange) {
  exchange->request.body = buf_str(&exchange->body);
  http_exchange_hand_over(exchange);
}

static void finish(struct http_conn *conn) {
  struct http_exchange *exchange = conn->reading;
  struct http_failure failure;
  if (conn->body.inflate && http_inflate_end(conn->body.inflate, &failure) != 0) {
    http_conn_refuse(conn, &failure);
    return;
  }
  conn->reading = NULL;
  http_body_clear(conn);
  if (exchange->reader)
    exchange->reader->ended(exchange, NULL);
  else
    hand_over(exchange);
}

void http_body_deliver(struct http_conn *conn) {
  struct http_exchange *exchange = conn->reading;
  if (!exchange || !may_go_on(conn, exchange)) return;
  if (conn->body.held.len || conn->body.more) {
    struct buf held = conn->body.held;
    struct str wire = buf_str(&held);
    buf_init(&conn->body.held);
    unpack(conn, &wire);
    if (conn->reading == exchange) buf_add_str(&conn->body.held, wire);
    buf_release(&held);
  }
  bool drained = conn->body.held.len == 0 && !conn->body.more;
  if (drained && conn->body.complete && may_go_on(conn, exchange)) finish(conn);
}

/* --- from the wire --- */

void http_body_begin(struct http_conn *conn, enum http_coding coding) {
  struct http_body *body = &conn->body;
  *body = (struct http_body){.coding = coding, .mark_ms = http_server_now(conn->server)};
  buf_init(&body->held);
  if (coding == HTTP_CODING_IDENTITY) return;
  body->inflate = conn->server->spare_inflate;
  conn->server->spare_inflate = NULL;
  if (body->inflate)
    http_inflate_restart(body->inflate, coding);
  else
    body->inflate = http_inflate_new(coding);
}

void http_body_clear(struct http_conn *conn) {
  struct http_body *body = &conn->body;
  buf_release(&body->held);
  if (body->inflate) { /* the newer one stays: a reader may still be looking at its window */
    http_inflate_free(conn->server->spare_inflate);
    conn->server->spare_inflate = body->inflate;
  }
  *body = (struct http_body){.held = body->held};
}

/* No buffered body is larger on the wire than it may be inflated. */
static bool too_large(const struct http_conn *conn) {
  const struct http_exchange *exchange = conn->reading;
  size_t max =
      exchange->route->body_max ? exchange->route->body_max : conn->server->options.limits.body_bytes;
  return !(exchange->route->flags & HTTP_ROUTE_STREAM) && conn->body.wire_bytes > max;
}

void http_body_piece(struct http_conn *conn, struct str piece) {
  struct http_exchange *exchange = conn->reading;
  conn->body.wire_bytes += piece.len;
  if (!exchange) return;
  if (too_large(conn)) {
    struct http_failure failure;
    http_failure_set(&failure, 413, HTTP_TOO_LARGE, "the body is too large");
    http_conn_refuse(conn, &failure);
    return;
  }
  if (conn->body.held.len == 0) unpack(conn, &piece);
  if (conn->reading == exchange) buf_add_str(&conn->body.held, piece);
}

void http_body_done(struct http_conn *conn) {
  conn->body.complete = true;
  http_body_deliver(conn);
}

void http_body_fail(struct http_exchange *exchange, const struct http_failure *failure) {
  if (exchange->reader) {
    exchange->reader->ended(exchange, failure);
    return;
  }
  exchange->lost = xmalloc(sizeof *exchange->lost);
  *exchange->lost = *failure;
}
