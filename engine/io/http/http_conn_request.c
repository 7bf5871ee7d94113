/* From the parser's events to handlers: which route, whether now, and what to say otherwise. */
#include "io/http/http_private.h"

#include <ctype.h>

/* --- may the next bytes be parsed? --- */

static size_t held_bodies(const struct http_conn *conn) {
  size_t bytes = 0;
  for (const struct http_exchange *exchange = conn->first; exchange; exchange = exchange->next)
    bytes += exchange->body.len;
  return bytes;
}

static bool may_begin(const struct http_conn *conn) {
  if (conn->input != HTTP_INPUT_OPEN || conn->reading || conn->in_flight >= HTTP_PIPELINE_MAX) return false;
  if (conn->last && conn->last->begun) return false; /* its stream is under way */
  return http_conn_unsent(conn) < HTTP_OUT_HIGH &&
         held_bodies(conn) < conn->server->options.limits.body_bytes;
}

bool http_conn_can_parse(const struct http_conn *conn) {
  if (conn->closing || conn->input == HTTP_INPUT_OFF) return false;
  if (http_parser_between(&conn->parser)) return may_begin(conn);
  return !conn->body.paused;
}

/* --- saying no --- */

void http_conn_refuse(struct http_conn *conn, const struct http_failure *failure) {
  struct http_exchange *exchange = conn->reading;
  http_conn_input_off(conn);
  if (!exchange) return;
  if (exchange->handed) {
    conn->reading = NULL;
    http_body_clear(conn);
    http_body_fail(exchange, failure);
  } else {
    http_exchange_refuse(exchange, failure);
  }
}

void http_conn_truncated(struct http_conn *conn) {
  struct http_failure failure;
  bool nothing = conn->reading && !conn->reading->head_ms && conn->reading->request.head.len == 0;
  if (nothing) {
    http_conn_close(conn);
    return;
  }
  http_failure_set(&failure, 400, HTTP_INVALID, "the connection ended before the request did");
  http_conn_refuse(conn, &failure);
}

/* --- the head --- */

static bool is_plain_word(struct str s) {
  for (size_t i = 0; i < s.len; i++)
    if (!isalnum((unsigned char)s.p[i]) && !memchr("-_.:", s.p[i], 4)) return false;
  return s.len > 0 && s.len < HTTP_REQUEST_ID_MAX;
}

/* Sixteen hex digits; an odd multiplier spreads a counter over all of them without repeating. */
static void make_id(struct http_server *server, char id[HTTP_REQUEST_ID_MAX]) {
  uint64_t n = (server->id_base + ++server->id_count) * UINT64_C(0x9e3779b97f4a7c15);
  for (int i = 0; i < 16; i++) id[i] = "0123456789abcdef"[n >> (60 - 4 * i) & 15];
  id[16] = '\0';
}

static void identify(struct http_conn *conn, struct http_request *request) {
  struct http_server *server = conn->server;
  struct str id;
  http_peer_resolve(&conn->peer, server->options.proxies, server->options.proxy_count, request);
  if (http_request_header(request, STR("X-Request-Id"), &id) && is_plain_word(id)) {
    memcpy(request->id, id.p, id.len);
    request->id[id.len] = '\0';
  } else {
    make_id(server, request->id);
  }
}

static int refuse_unrouted(struct http_exchange *exchange, struct str methods, struct http_failure *failure) {
  struct http_request *request = &exchange->request;
  if (methods.len == 0) {
    return http_failure_set(failure, 404, HTTP_NOT_FOUND, "there is nothing at %.*s",
                            (int)(request->uri.path.len < 100 ? request->uri.path.len : 100),
                            request->uri.path.p);
  }
  if (str_eq(request->method, STR("OPTIONS"))) {
    if (http_cors_is_preflight(request))
      http_cors_add_preflight(exchange->cors, request, methods, &exchange->headers);
    else
      http_answer_add_header(&exchange->headers, "Allow", methods);
    http_exchange_answer(exchange, 204, NULL, STR(""));
    return -1;
  }
  http_answer_add_header(&exchange->headers, "Allow", methods);
  return http_failure_set(failure, 405, "method_not_allowed", "%.*s is not possible here; use %.*s",
                          STR_ARG(request->method), STR_ARG(methods));
}

/* Sets the exchange's route; -1: there is none. *failure (status 0: already answered) says what to answer. */
static int route(struct http_exchange *exchange, struct http_failure *failure) {
  struct http_match match;
  http_router_match(exchange->server->router, &exchange->request, &match);
  exchange->route = match.route;
  exchange->cors = match.cors;
  int status = match.route ? 0 : refuse_unrouted(exchange, buf_str(&match.methods), failure);
  buf_release(&match.methods);
  return status;
}

static int read_coding(const struct http_request *request, enum http_coding *coding,
                       struct http_failure *failure) {
  struct str value;
  int count = http_request_header_count(request, STR("Content-Encoding"));
  http_request_header(request, STR("Content-Encoding"), &value);
  if (request->has_body && count > 1)
    return http_failure_set(failure, 415, HTTP_UNSUPPORTED,
                            "two Content-Encoding headers: a body may be compressed once");
  return http_coding_parse(request->has_body ? value : STR(""), coding, failure);
}

static int check_body(struct http_exchange *exchange, enum http_coding *coding,
                      struct http_failure *failure) {
  const struct http_request *request = &exchange->request;
  size_t max =
      exchange->route->body_max ? exchange->route->body_max : exchange->server->options.limits.body_bytes;
  if (read_coding(request, coding, failure) != 0) {
    http_answer_add_header(&exchange->headers, "Accept-Encoding", STR("gzip, deflate"));
    return -1;
  }
  if (exchange->route->flags & HTTP_ROUTE_STREAM || request->content_length <= max) return 0;
  return http_failure_set(failure, 413, HTTP_TOO_LARGE, "the body is larger than %zu bytes", max);
}

static int admit(const struct http_exchange *exchange, struct http_failure *failure) {
  const struct http_options *options = &exchange->server->options;
  if (!options->admit || exchange->route->flags & HTTP_ROUTE_ALWAYS) return 0;
  return options->admit(options->app, &exchange->request, exchange->route, failure);
}

/* The body's reader is the handler, which may finish the exchange right away. */
static void begin_stream(struct http_conn *conn, struct http_exchange *exchange) {
  conn->body.paused = true;
  http_exchange_hand_over(exchange);
}

static void begin_request(struct http_conn *conn) {
  struct http_exchange *exchange = conn->reading;
  struct http_request *request = &exchange->request;
  struct http_failure failure = {0};
  enum http_coding coding = HTTP_CODING_IDENTITY;
  conn->server->stats.requests++;
  exchange->head_ms = http_server_now(conn->server);
  exchange->wants_continue = request->expects_continue;
  if (!request->keep_alive) conn->input = HTTP_INPUT_LAST;
  identify(conn, request);
  http_body_begin(conn, HTTP_CODING_IDENTITY);
  if (route(exchange, &failure) != 0 || check_body(exchange, &coding, &failure) != 0 ||
      admit(exchange, &failure) != 0) {
    if (failure.status) http_exchange_refuse(exchange, &failure);
    return;
  }
  if (coding != HTTP_CODING_IDENTITY) http_body_begin(conn, coding);
  if (exchange->route->flags & HTTP_ROUTE_STREAM) begin_stream(conn, exchange);
}

/* --- parsing --- */

static void start_exchange(struct http_conn *conn) {
  struct http_exchange *exchange = http_exchange_new(conn);
  if (conn->last)
    conn->last->next = exchange;
  else
    conn->first = exchange;
  conn->last = conn->reading = exchange;
  conn->in_flight++;
  http_parser_start(&conn->parser, &exchange->request);
}

static void request_done(struct http_conn *conn) {
  if (conn->input == HTTP_INPUT_LAST) http_conn_input_off(conn);
  if (conn->discarding)
    conn->discarding = false;
  else
    http_body_done(conn);
}

void http_conn_parse(struct http_conn *conn, struct str *bytes) {
  struct http_failure failure;
  while (http_conn_can_parse(conn)) {
    if (http_parser_between(&conn->parser)) {
      if (bytes->len == 0) return;
      start_exchange(conn);
    }
    switch (http_parser_feed(&conn->parser, bytes, &failure)) {
    case HTTP_EVENT_MORE: return;
    case HTTP_EVENT_HEAD: begin_request(conn); break;
    case HTTP_EVENT_BODY: http_body_piece(conn, conn->parser.piece); break;
    case HTTP_EVENT_DONE: request_done(conn); break;
    case HTTP_EVENT_FAILED:
      conn->server->stats.malformed++;
      http_conn_refuse(conn, &failure);
      return;
    }
  }
}

/* --- after the answer --- */

/* What is left of a body that nobody reads: skipped when it is known to be small, else the connection ends. */
static void abandon_body(struct http_conn *conn, const struct http_exchange *exchange) {
  bool complete = conn->body.complete;
  conn->reading = NULL;
  http_body_clear(conn);
  if (exchange->close) {
    http_conn_input_off(conn);
  } else if (!complete) {
    http_parser_disown(&conn->parser);
    conn->discarding = true;
    conn->discard_since_ms = http_server_now(conn->server);
  }
}

static void retire(struct http_conn *conn) {
  while (conn->first && conn->first->finished) {
    struct http_exchange *exchange = conn->first;
    conn->first = exchange->next;
    if (!conn->first) conn->last = NULL;
    conn->in_flight--;
    http_exchange_free(exchange);
    if (conn->first && conn->first->out.len) {
      buf_add_str(&conn->out, buf_str(&conn->first->out));
      buf_release(&conn->first->out);
    }
    if (conn->first && conn->first->wants_ready) conn->ready_wanted = true;
  }
  if (!conn->first) conn->idle_since_ms = http_server_now(conn->server);
}

void http_conn_answered(struct http_conn *conn, struct http_exchange *exchange) {
  if (conn->closing) return; /* its last callback frees what is finished */
  if (conn->reading == exchange)
    abandon_body(conn, exchange);
  else if (exchange->close)
    http_conn_input_off(conn);
  retire(conn);
  http_conn_settle(conn);
}
