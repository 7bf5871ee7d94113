/* Whether there is room for one more connection: limits, making room, saying no. */
#include "io/http/http_private.h"

enum { RETRY_AFTER_S = 2 };

static bool is_idle(const struct http_conn *conn) {
  return !conn->first && !conn->lingering && conn->input == HTTP_INPUT_OPEN && http_conn_unsent(conn) == 0;
}

/* Whom to close for a newcomer: who has been idle longest; where nobody is idle, whose client has kept us waiting longest,
 * so that a crowd of slow clients does not keep others out until its time-outs. NULL: all are being served. */
static struct http_conn *least_missed(const struct http_server *server, const struct http_conn *newcomer) {
  struct http_conn *idlest = NULL, *slowest = NULL;
  int64_t now_ms = http_server_now(server), longest_ms = HTTP_PATIENCE_MS - 1;
  for (struct http_conn *conn = server->conns; conn; conn = conn->next) {
    if (conn == newcomer || conn->refused) continue;
    if (is_idle(conn)) {
      if (!idlest || conn->idle_since_ms < idlest->idle_since_ms) idlest = conn;
      continue;
    }
    int64_t waited_ms = http_conn_waited_ms(conn, now_ms);
    if (waited_ms <= longest_ms) continue;
    longest_ms = waited_ms;
    slowest = conn;
  }
  return idlest ? idlest : slowest;
}

static int count_same(const struct http_server *server, const struct http_peer *peer) {
  int count = 0;
  for (const struct http_conn *conn = server->conns; conn; conn = conn->next)
    count += !conn->refused && http_peer_same(&conn->peer, peer);
  return count;
}

static void refuse(struct http_conn *conn, const char *why) {
  struct http_server *server = conn->server;
  if (server->refused_count >= HTTP_REFUSED_MAX) {
    http_conn_reset(conn);
    return;
  }
  struct http_failure failure;
  struct buf body, headers;
  http_failure_set(&failure, 503, HTTP_OVERLOADED, "%s", why);
  buf_init(&body);
  buf_init(&headers);
  buf_printf(&headers, "Retry-After: %d\r\nAccess-Control-Allow-Origin: *\r\n", RETRY_AFTER_S);
  http_answer_add_error(&failure, &body);
  struct http_answer answer = {.status = failure.status,
                               .media_type = HTTP_JSON,
                               .length = body.len,
                               .close = true,
                               .date = http_server_date(server),
                               .request_id = "",
                               .headers = buf_str(&headers)};
  http_answer_add_head(&answer, &conn->out);
  buf_add_str(&conn->out, buf_str(&body));
  buf_release(&body);
  buf_release(&headers);
  conn->refused = true;
  server->stats.connections--;
  server->refused_count++;
  http_conn_input_off(conn);
}

void http_conn_admit(struct http_conn *conn) {
  struct http_server *server = conn->server;
  const struct http_limits *limits = &server->options.limits;
  bool exempt = conn->peer.loopback || conn->peer.trusted;
  if (!exempt && count_same(server, &conn->peer) > limits->connections_per_ip) {
    server->stats.refused_ip++;
    refuse(conn, "too many connections from this address");
    return;
  }
  if (server->stats.connections <= limits->connections) return;
  struct http_conn *other = least_missed(server, conn);
  if (other) {
    server->stats.evicted++;
    http_conn_close(other);
  } else {
    server->stats.refused_full++;
    refuse(conn, "too many connections");
  }
}
