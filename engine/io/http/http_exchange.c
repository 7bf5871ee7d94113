#include "io/http/http_exchange.h"

#include "base/crumb.h"
#include "io/http/http_private.h"

/* --- life --- */

struct http_exchange *http_exchange_new(struct http_conn *conn) {
  struct http_exchange *exchange = xmalloc(sizeof *exchange);
  size_t skip = sizeof exchange->request; /* large tables that their counts guard */
  memset((char *)exchange + skip, 0, sizeof *exchange - skip);
  http_request_init(&exchange->request);
  exchange->server = conn->server;
  exchange->conn = conn;
  exchange->started_ms = http_server_now(conn->server);
  buf_init(&exchange->body);
  buf_init(&exchange->headers);
  buf_init(&exchange->out);
  exchange->server->live_exchanges++;
  return exchange;
}

void http_exchange_free(struct http_exchange *exchange) {
  exchange->server->live_exchanges--;
  exchange->server->stats.bodies_bytes -= exchange->body.len;
  http_request_release(&exchange->request);
  buf_release(&exchange->body);
  buf_release(&exchange->headers);
  buf_release(&exchange->out);
  free(exchange->lost);
  free(exchange);
}

void http_exchange_lose(struct http_exchange *exchange, bool was_reading) {
  struct http_failure failure;
  if (exchange->finished || !exchange->handed) {
    http_exchange_free(exchange);
    return;
  }
  buf_release(&exchange->out);
  if (was_reading) {
    bool told = exchange->reader != NULL;
    http_failure_set(&failure, 400, HTTP_INVALID, "the client has gone");
    http_body_fail(exchange, &failure);
    if (told) return;
  }
  if (exchange->on_gone) exchange->on_gone(exchange);
}

const struct http_request *http_exchange_request(const struct http_exchange *exchange) {
  return &exchange->request;
}

void http_exchange_set_user(struct http_exchange *exchange, void *user) {
  exchange->user = user;
}

void *http_exchange_user(const struct http_exchange *exchange) {
  return exchange->user;
}

bool http_exchange_is_gone(const struct http_exchange *exchange) {
  return !exchange->conn || exchange->conn->closing;
}

void http_exchange_on_gone(struct http_exchange *exchange, void (*on_gone)(struct http_exchange *exchange)) {
  exchange->on_gone = on_gone;
}

void http_exchange_hand_over(struct http_exchange *exchange) {
  const char *before = crumb_enter(exchange->route->path);
  exchange->handed = true;
  exchange->server->stats.exchanges++;
  exchange->route->handle(exchange, exchange->server->options.app);
  crumb_leave(before);
}

/* --- heads --- */

struct buf *http_exchange_out(struct http_exchange *exchange) {
  return exchange->conn->first == exchange ? &exchange->conn->out : &exchange->out;
}

/* Whether the rest of a body that nobody reads can be skipped to keep the connection. */
static bool can_skip_body(const struct http_exchange *exchange) {
  const struct http_request *request = &exchange->request;
  if (exchange->conn->body.complete || !request->has_body) return true;
  if (request->chunked || exchange->wants_continue) return false;
  return request->content_length - exchange->conn->body.wire_bytes <= HTTP_DISCARD_MAX;
}

static bool keeps_connection(const struct http_exchange *exchange) {
  const struct http_conn *conn = exchange->conn;
  if (conn->last != exchange) return true; /* others follow: the last one says it */
  if (conn->input != HTTP_INPUT_OPEN || exchange->server->draining) return false;
  return conn->reading != exchange || can_skip_body(exchange);
}

static bool has_no_body(int status) {
  return status == 204 || status == 304;
}

/* Makes the answer's head, which settles whether the connection is kept. */
static void add_head(struct http_exchange *exchange, int status, const char *media_type,
                     enum http_framing framing, size_t length) {
  exchange->status = status;
  exchange->close = !keeps_connection(exchange) || framing == HTTP_FRAMING_TO_END;
  http_cors_add(exchange->cors, &exchange->request, &exchange->headers);
  struct http_answer answer = {
      .status = status,
      .media_type = has_no_body(status) ? NULL : media_type,
      .framing = has_no_body(status) ? HTTP_FRAMING_NONE : framing,
      .length = length,
      .close = exchange->close,
      .date = http_server_date(exchange->server),
      .request_id = exchange->request.id,
      .headers = buf_str(&exchange->headers),
  };
  http_answer_add_head(&answer, http_exchange_out(exchange));
  exchange->wrote_ms = http_server_now(exchange->server);
}

static bool is_head(const struct http_exchange *exchange) {
  return str_eq(exchange->request.method, STR("HEAD"));
}

/* --- finishing --- */

static void report(const struct http_exchange *exchange) {
  const struct http_server *server = exchange->server;
  if (!server->options.done) return;
  int64_t since = exchange->head_ms ? exchange->head_ms : exchange->started_ms;
  struct http_done done = {.request = &exchange->request,
                           .route = exchange->route,
                           .status = exchange->status,
                           .gone = http_exchange_is_gone(exchange),
                           .took_ms = http_server_now(server) - since,
                           .body_bytes = exchange->answer_bytes};
  server->options.done(server->options.app, &done);
}

/* The handler's last word on it. */
static void finish(struct http_exchange *exchange) {
  ASSERT(!exchange->finished);
  exchange->finished = true;
  if (exchange->handed) exchange->server->stats.exchanges--;
  report(exchange);
  if (exchange->conn)
    http_conn_answered(exchange->conn, exchange);
  else
    http_exchange_free(exchange);
}

void http_exchange_header(struct http_exchange *exchange, const char *name, struct str value) {
  ASSERT(!exchange->begun);
  http_answer_add_header(&exchange->headers, name, value);
}

void http_exchange_answer(struct http_exchange *exchange, int status, const char *media_type,
                          struct str body) {
  ASSERT(!exchange->begun && status >= 200 && status <= 599);
  exchange->status = status;
  if (exchange->conn) {
    add_head(exchange, status, media_type, HTTP_FRAMING_LENGTH, body.len);
    if (!is_head(exchange) && !has_no_body(status)) {
      exchange->answer_bytes = body.len;
      buf_add_str(http_exchange_out(exchange), body);
    }
  }
  finish(exchange);
}

void http_exchange_refuse_as(struct http_exchange *exchange, const struct http_failure *failure,
                             struct str json) {
  char seconds[16];
  if (failure->retry_after_s) {
    snprintf(seconds, sizeof seconds, "%d", failure->retry_after_s);
    http_exchange_header(exchange, "Retry-After", str_of(seconds));
  }
  http_exchange_answer(exchange, failure->status, HTTP_JSON, json);
}

void http_exchange_refuse(struct http_exchange *exchange, const struct http_failure *failure) {
  struct buf body;
  buf_init(&body);
  http_answer_add_error(failure, &body);
  http_exchange_refuse_as(exchange, failure, buf_str(&body));
  buf_release(&body);
}

void http_exchange_fail(struct http_exchange *exchange, int status, const char *code, const char *format,
                        ...) {
  struct http_failure failure;
  va_list args;
  va_start(args, format);
  http_failure_vset(&failure, status, code, format, args);
  va_end(args);
  http_exchange_refuse(exchange, &failure);
}

/* --- streaming out --- */

void http_exchange_begin(struct http_exchange *exchange, int status, const char *media_type) {
  ASSERT(!exchange->begun && !has_no_body(status));
  exchange->status = status;
  if (exchange->conn) {
    exchange->chunked = exchange->request.version == 11;
    enum http_framing framing = exchange->chunked ? HTTP_FRAMING_CHUNKED : HTTP_FRAMING_TO_END;
    add_head(exchange, status, media_type, framing, 0);
  }
  exchange->begun = true;
  if (exchange->conn) http_conn_settle(exchange->conn);
}

static void add_chunk(const struct http_exchange *exchange, struct str bytes, struct buf *out) {
  if (exchange->chunked) buf_printf(out, "%zx\r\n", bytes.len);
  buf_add_str(out, bytes);
  if (exchange->chunked) buf_add(out, "\r\n", 2);
}

bool http_exchange_write(struct http_exchange *exchange, struct str bytes) {
  struct http_conn *conn = exchange->conn;
  ASSERT(exchange->begun && !exchange->finished);
  if (http_exchange_is_gone(exchange)) return false;
  if (bytes.len == 0 || is_head(exchange)) return true;
  struct buf *out = http_exchange_out(exchange);
  add_chunk(exchange, bytes, out);
  exchange->answer_bytes += bytes.len;
  exchange->wrote_ms = http_server_now(exchange->server);
  size_t unsent = out == &exchange->out ? out->len : http_conn_unsent(conn);
  if (unsent > HTTP_OUT_MAX) {
    http_conn_reset(conn);
    return false;
  }
  if (unsent >= HTTP_OUT_HIGH) exchange->wants_ready = conn->ready_wanted = true;
  http_conn_settle(conn);
  return unsent < HTTP_OUT_HIGH;
}

void http_exchange_on_ready(struct http_exchange *exchange,
                            void (*on_ready)(struct http_exchange *exchange)) {
  exchange->on_ready = on_ready;
}

void http_exchange_heartbeat(struct http_exchange *exchange, struct str beat, int64_t every_ms) {
  exchange->beat = beat;
  exchange->beat_ms = every_ms;
}

void http_exchange_end(struct http_exchange *exchange) {
  ASSERT(exchange->begun);
  if (exchange->conn && exchange->chunked && !is_head(exchange))
    buf_add_text(http_exchange_out(exchange), "0\r\n\r\n");
  finish(exchange);
}

void http_exchange_cut(struct http_exchange *exchange) {
  exchange->status = 0;
  if (exchange->conn) http_conn_reset(exchange->conn);
  finish(exchange);
}

/* --- streaming in --- */

void http_exchange_read(struct http_exchange *exchange, const struct http_reader *reader) {
  ASSERT(exchange->route->flags & HTTP_ROUTE_STREAM && !exchange->reader);
  exchange->reader = reader;
  if (exchange->lost)
    reader->ended(exchange, exchange->lost);
  else
    http_exchange_resume(exchange);
}

void http_exchange_pause(struct http_exchange *exchange) {
  struct http_conn *conn = exchange->conn;
  if (conn && conn->reading == exchange) conn->body.paused = true;
}

void http_exchange_resume(struct http_exchange *exchange) {
  struct http_conn *conn = exchange->conn;
  if (!conn || conn->reading != exchange) return;
  conn->body.paused = false;
  http_conn_settle(conn);
}
