#include "io/http/http_private.h"

size_t http_conn_unsent(const struct http_conn *conn) {
  size_t queued = conn->is_writing ? uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp) : 0;
  return conn->out.len + queued;
}

uint64_t http_conn_sent(const struct http_conn *conn) {
  size_t queued = uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp);
  return conn->is_writing ? conn->sent_bytes + conn->writing.len - queued : conn->sent_bytes;
}

static void count_sent(struct http_conn *conn, size_t bytes) {
  conn->sent_bytes += bytes;
  conn->server->stats.sent_bytes += bytes;
}

/* A buffer that lies idle keeps little. */
static void empty(struct buf *buf) {
  if (buf->cap > HTTP_KEPT_ROOM)
    buf_release(buf);
  else
    buf_clear(buf);
}

/* Where there is no room yet, the wish stands: it is asked again when what waits now is written. */
static void call_ready(struct http_conn *conn) {
  struct http_exchange *first = conn->first;
  if (conn->out.len >= HTTP_OUT_HIGH) return;
  conn->ready_wanted = false;
  if (!first || !first->wants_ready) return;
  first->wants_ready = false;
  conn->busy = true;
  if (first->on_ready) first->on_ready(first);
  conn->busy = false;
}

static void on_written(uv_write_t *write, int status) {
  struct http_conn *conn = write->data;
  if (conn->closing) return;
  count_sent(conn, conn->writing.len);
  conn->is_writing = false;
  empty(&conn->writing);
  if (status < 0) {
    http_conn_close(conn);
    return;
  }
  if (conn->ready_wanted) call_ready(conn);
  http_conn_settle(conn);
}

/* Sends at once what fits into the socket. False: the connection is closed. */
static bool try_write(struct http_conn *conn) {
  uv_buf_t bytes = uv_buf_init(conn->out.data, (unsigned)conn->out.len);
  int sent = uv_try_write((uv_stream_t *)&conn->tcp, &bytes, 1);
  if (sent == UV_EAGAIN) return true;
  if (sent < 0) {
    http_conn_close(conn);
    return false;
  }
  count_sent(conn, (size_t)sent);
  conn->out.len -= (size_t)sent;
  memmove(conn->out.data, conn->out.data + sent, conn->out.len);
  return true;
}

/* A stream that waits for room goes through uv_write, whose callback comes on a later turn: a fast client's export does
 * not keep the loop from others. */
void http_conn_flush(struct http_conn *conn) {
  if (conn->is_writing || conn->out.len == 0 || conn->closing) return;
  if (!conn->ready_wanted && !try_write(conn)) return;
  if (conn->out.len == 0) {
    empty(&conn->out);
    return;
  }
  struct buf idle = conn->writing;
  conn->writing = conn->out;
  conn->out = idle;
  conn->is_writing = true;
  conn->mark_ms = http_server_now(conn->server);
  conn->mark_bytes = conn->sent_bytes;
  uv_buf_t bytes = uv_buf_init(conn->writing.data, (unsigned)conn->writing.len);
  conn->write.data = conn;
  if (uv_write(&conn->write, (uv_stream_t *)&conn->tcp, &bytes, 1, on_written) != 0) http_conn_close(conn);
}
