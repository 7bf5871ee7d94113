/* A connection's time-outs, checked at every sweep: nobody is waited for without end. */
#include "io/http/http_private.h"

#include "base/timefmt.h"

static void refuse_late(struct http_conn *conn, const char *what) {
  struct http_failure failure;
  conn->server->stats.timeouts++;
  http_failure_set(&failure, 408, HTTP_TIMEOUT, "%s", what);
  http_conn_refuse(conn, &failure);
  http_conn_settle(conn);
}

static uint64_t least_bytes(const struct http_limits *limits, int64_t span_ms) {
  return limits->rate_bytes * (uint64_t)span_ms / TIME_MS_PER_SECOND;
}

static bool is_slow(const struct http_limits *limits, uint64_t bytes, int64_t span_ms) {
  return bytes < least_bytes(limits, span_ms);
}

/* A client that reads nothing, or next to nothing, of what is sent to it. */
static bool check_output(struct http_conn *conn, const struct http_limits *limits, int64_t now_ms) {
  if (!conn->is_writing || now_ms - conn->mark_ms < limits->write_ms) return true;
  uint64_t sent = http_conn_sent(conn);
  if (is_slow(limits, sent - conn->mark_bytes, limits->write_ms)) {
    conn->server->stats.timeouts++;
    http_conn_reset(conn);
    return false;
  }
  conn->mark_ms = now_ms;
  conn->mark_bytes = sent;
  return true;
}

/* A streamed body has no total time, but a least rate. */
static void check_rate(struct http_conn *conn, const struct http_limits *limits, int64_t now_ms) {
  struct http_body *body = &conn->body;
  if (body->paused || body->complete) {
    body->mark_ms = now_ms;
    body->mark_bytes = body->wire_bytes;
  } else if (now_ms - body->mark_ms >= limits->body_ms) {
    if (is_slow(limits, body->wire_bytes - body->mark_bytes, limits->body_ms)) {
      refuse_late(conn, "the body comes too slowly");
      return;
    }
    body->mark_ms = now_ms;
    body->mark_bytes = body->wire_bytes;
  }
}

static void check_request(struct http_conn *conn, const struct http_limits *limits, int64_t now_ms) {
  const struct http_exchange *reading = conn->reading;
  if (!reading->head_ms) {
    if (now_ms - reading->started_ms < limits->head_ms) return;
    if (reading->request.head.len)
      refuse_late(conn, "the request's headers took too long");
    else
      http_conn_close(conn); /* blank lines only */
  } else if (reading->route && reading->route->flags & HTTP_ROUTE_STREAM) {
    check_rate(conn, limits, now_ms);
  } else if (now_ms - reading->head_ms >= limits->body_ms) {
    refuse_late(conn, "the request's body took too long");
  }
}

static void check_waiting(struct http_conn *conn, const struct http_limits *limits, int64_t now_ms) {
  bool idle = !conn->first && !conn->discarding && now_ms - conn->idle_since_ms >= limits->idle_ms;
  bool stuck = conn->discarding && now_ms - conn->discard_since_ms >= limits->body_ms;
  if (idle || stuck) http_conn_close(conn);
}

static void beat(struct http_conn *conn, int64_t now_ms) {
  struct http_exchange *first = conn->first;
  if (!first || !first->begun || !first->beat.len || now_ms - first->wrote_ms < first->beat_ms) return;
  if (http_conn_unsent(conn) == 0)
    http_exchange_write(first, first->beat);
  else
    first->wrote_ms = now_ms;
}

static int64_t body_waited_ms(const struct http_body *body, const struct http_limits *limits,
                              int64_t now_ms) {
  int64_t span_ms = now_ms - body->mark_ms;
  if (body->paused || body->complete) return 0;
  return is_slow(limits, body->wire_bytes - body->mark_bytes, span_ms) ? span_ms : 0;
}

int64_t http_conn_waited_ms(const struct http_conn *conn, int64_t now_ms) {
  const struct http_limits *limits = &conn->server->options.limits;
  const struct http_exchange *reading = conn->reading;
  int64_t span_ms = now_ms - conn->mark_ms;
  if (conn->is_writing && is_slow(limits, http_conn_sent(conn) - conn->mark_bytes, span_ms)) return span_ms;
  if (conn->lingering) return now_ms - conn->linger_since_ms;
  if (!reading || conn->first != reading) return 0;
  return reading->head_ms ? body_waited_ms(&conn->body, limits, now_ms) : now_ms - reading->started_ms;
}

/* Browsers keep their connections for later and close them late: a restart cannot wait for that. */
static int64_t linger_ms(const struct http_server *server) {
  int64_t ms = server->options.limits.linger_ms;
  return server->draining && ms > HTTP_DRAIN_LINGER_MS ? HTTP_DRAIN_LINGER_MS : ms;
}

void http_conn_check(struct http_conn *conn, int64_t now_ms) {
  const struct http_limits *limits = &conn->server->options.limits;
  if (conn->closing || !check_output(conn, limits, now_ms)) return;
  if (conn->lingering) {
    bool silent = now_ms - conn->read_ms >= linger_ms(conn->server);
    if (silent || now_ms - conn->linger_since_ms >= limits->body_ms) http_conn_close(conn);
  } else if (conn->reading) {
    check_request(conn, limits, now_ms);
  } else {
    check_waiting(conn, limits, now_ms);
  }
  if (!conn->closing) beat(conn, now_ms);
}
