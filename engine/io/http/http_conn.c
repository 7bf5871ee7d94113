/* A connection's life: opened by the listener, read, settled, lingering, closed. */
#include "io/http/http_private.h"

#include <unistd.h>

/* --- closing ---
 * The exchanges hear of it when libuv has closed the handle, on a later turn: never inside a call of their own that found
 * the socket broken. */

/* Exchanges go on without their connection: handlers finish them whenever they do. */
static void lose_exchanges(struct http_conn *conn) {
  struct http_exchange *reading = conn->reading, *exchange = conn->first;
  for (struct http_exchange *each = exchange; each; each = each->next) each->conn = NULL;
  while (exchange) {
    struct http_exchange *next = exchange->next;
    http_exchange_lose(exchange, exchange == reading);
    exchange = next;
  }
}

static void on_closed(uv_handle_t *handle) {
  struct http_conn *conn = handle->data;
  struct http_server *server = conn->server;
  lose_exchanges(conn);
  http_body_clear(conn);
  buf_release(&conn->pending);
  buf_release(&conn->out);
  buf_release(&conn->writing);
  free(conn);
  http_listen_resume(server);
  http_server_handle_closed(server);
}

static void unlink_conn(struct http_conn *conn) {
  struct http_server *server = conn->server;
  if (conn->prev)
    conn->prev->next = conn->next;
  else
    server->conns = conn->next;
  if (conn->next) conn->next->prev = conn->prev;
  if (conn->refused)
    server->refused_count--;
  else
    server->stats.connections--;
}

static void close_conn(struct http_conn *conn, bool reset) {
  if (conn->closing) return;
  conn->closing = true;
  conn->input = HTTP_INPUT_OFF;
  unlink_conn(conn);
  if (!reset || uv_tcp_close_reset(&conn->tcp, on_closed) != 0)
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

void http_conn_close(struct http_conn *conn) {
  close_conn(conn, false);
}

void http_conn_reset(struct http_conn *conn) {
  close_conn(conn, true);
}

/* --- the orderly end ---
 * Closing a socket with unread bytes makes the kernel send RST, which destroys an answer the client has not read yet: a client
 * whose upload was refused would see a broken connection and send it again. So the last answer is followed by FIN,
 * and what still comes is read and thrown away until the client closes or falls silent. */

static void on_shutdown(uv_shutdown_t *request, int status) {
  struct http_conn *conn = request->data;
  if (!conn->closing && (status < 0 || conn->eof)) http_conn_close(conn);
}

static void linger(struct http_conn *conn) {
  conn->lingering = true;
  conn->linger_since_ms = conn->read_ms = http_server_now(conn->server);
  conn->shutdown.data = conn;
  if (uv_shutdown(&conn->shutdown, (uv_stream_t *)&conn->tcp, on_shutdown) != 0) http_conn_close(conn);
}

void http_conn_input_off(struct http_conn *conn) {
  conn->input = HTTP_INPUT_OFF;
  conn->discarding = false;
  buf_release(&conn->pending);
}

/* --- reading --- */

static void give_room(uv_handle_t *handle, size_t wanted, uv_buf_t *room) {
  struct http_conn *conn = handle->data;
  (void)wanted;
  *room = uv_buf_init(conn->server->read_room, sizeof conn->server->read_room);
}

static void take_bytes(struct http_conn *conn, struct str bytes) {
  conn->read_ms = http_server_now(conn->server);
  conn->server->stats.received_bytes += bytes.len;
  if (conn->pending.len == 0 && http_conn_can_parse(conn)) {
    conn->busy = true;
    http_conn_parse(conn, &bytes);
    conn->busy = false;
  }
  if (conn->input != HTTP_INPUT_OFF && !conn->closing) buf_add_str(&conn->pending, bytes);
}

static bool streams_answer(const struct http_conn *conn) {
  return conn->last && conn->last->begun && !conn->last->finished;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *room) {
  struct http_conn *conn = stream->data;
  if (count == 0 || conn->closing) return;
  if (count > 0) {
    take_bytes(conn, (struct str){room->base, (size_t)count});
  } else {
    conn->eof = true;
    conn->reads = false;
    uv_read_stop(stream);
    if (count != UV_EOF || conn->lingering || streams_answer(conn)) {
      http_conn_close(conn);
      return;
    }
  }
  http_conn_settle(conn);
}

/* Bytes are read ahead up to a bound even while nothing can be done with them: only a read tells that a client left. */
static void adjust_reading(struct http_conn *conn) {
  bool wanted = !conn->eof && conn->pending.len < HTTP_PENDING_MAX;
  if (wanted == conn->reads) return;
  conn->reads = wanted;
  if (!wanted)
    uv_read_stop((uv_stream_t *)&conn->tcp);
  else if (uv_read_start((uv_stream_t *)&conn->tcp, give_room, on_read) != 0)
    http_conn_close(conn);
}

/* --- settling --- */

static void parse_pending(struct http_conn *conn) {
  struct buf pending = conn->pending;
  struct str bytes = buf_str(&pending);
  buf_init(&conn->pending);
  http_conn_parse(conn, &bytes);
  if (conn->input != HTTP_INPUT_OFF && !conn->closing) buf_add_str(&conn->pending, bytes);
  buf_release(&pending);
}

/* The client gets its "100 Continue" when nothing is owed to it before. */
static void send_continue(struct http_conn *conn) {
  struct http_exchange *reading = conn->reading;
  if (!reading || !reading->wants_continue || conn->first != reading || conn->body.paused) return;
  reading->wants_continue = false;
  buf_add_text(&conn->out, "HTTP/1.1 100 Continue\r\n\r\n");
}

static bool stands_between(const struct http_conn *conn) {
  return http_parser_between(&conn->parser) && conn->pending.len == 0;
}

/* No further request will come, or be served: by the client's end of file, or because the server drains. */
static void end_input(struct http_conn *conn) {
  if (conn->input == HTTP_INPUT_OFF) return;
  if (stands_between(conn)) {
    if (conn->eof || conn->server->draining) http_conn_input_off(conn);
  } else if (conn->eof && http_conn_can_parse(conn)) {
    http_conn_truncated(conn);
  }
}

void http_conn_settle(struct http_conn *conn) {
  if (conn->busy || conn->closing) return;
  conn->busy = true;
  do {
    http_body_deliver(conn);
    if (http_conn_can_parse(conn) && (conn->pending.len || !http_parser_between(&conn->parser)))
      parse_pending(conn);
    send_continue(conn);
    http_conn_flush(conn);
  } while (!conn->closing && http_conn_can_parse(conn) && conn->pending.len);
  if (!conn->closing) end_input(conn);
  http_conn_flush(conn);
  conn->busy = false;
  if (conn->closing) return;
  if (conn->input == HTTP_INPUT_OFF && !conn->first && !conn->lingering && http_conn_unsent(conn) == 0)
    linger(conn);
  if (!conn->closing) adjust_reading(conn);
}

/* --- opening --- */

static void link_conn(struct http_conn *conn) {
  struct http_server *server = conn->server;
  conn->next = server->conns;
  if (conn->next) conn->next->prev = conn;
  server->conns = conn;
  server->stats.connections++;
  server->handles++;
}

void http_conn_open(struct http_server *server, int fd, const struct sockaddr *addr) {
  struct http_conn *conn = xcalloc(1, sizeof *conn);
  conn->server = server;
  buf_init(&conn->pending);
  buf_init(&conn->out);
  buf_init(&conn->writing);
  buf_init(&conn->body.held);
  http_peer_init(&conn->peer, addr, server->options.proxies, server->options.proxy_count);
  http_parser_init(&conn->parser, server->options.limits.head_bytes, server->options.limits.target_bytes);
  ASSERT(uv_tcp_init(loop_uv(server->loop), &conn->tcp) == 0);
  conn->tcp.data = conn;
  link_conn(conn);
  if (uv_tcp_open(&conn->tcp, fd) != 0) {
    close(fd);
    http_conn_close(conn);
    return;
  }
  uv_tcp_nodelay(&conn->tcp, 1);
  conn->idle_since_ms = conn->read_ms = http_server_now(server);
  http_conn_admit(conn);
  http_conn_settle(conn);
}
