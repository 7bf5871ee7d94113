#include "io/http/http_server.h"

#include "base/timefmt.h"
#include "io/http/http_private.h"
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FDS_FOR_OTHERS = 64, MB = 1024 * 1024, DRAIN_SWEEP_MS = 50, STALL_MS = 4 * HTTP_SWEEP_MS };

/* --- small services for the other files --- */

int64_t http_server_now(const struct http_server *server) {
  const struct http_options *options = &server->options;
  return options->now_ms ? options->now_ms(options->clock) : loop_now_ms(server->loop) - server->stalled_ms;
}

const char *http_server_date(struct http_server *server) {
  int64_t wall_ms = server->options.wall_ms ? server->options.wall_ms() : loop_wall_ms();
  if (wall_ms / TIME_MS_PER_SECOND != server->date_s) {
    server->date_s = wall_ms / TIME_MS_PER_SECOND;
    http_date_text(wall_ms, server->date);
  }
  return server->date;
}

void http_server_notice(struct http_server *server, const char *text) {
  if (server->options.notice) server->options.notice(server->options.app, text);
}

const struct http_stats *http_server_stats(const struct http_server *server) {
  return &server->stats;
}

int http_server_port(const struct http_server *server) {
  return server->port;
}

/* --- time-outs --- */

void http_server_sweep(struct http_server *server) {
  int64_t now_ms = http_server_now(server);
  bool late = server->draining && now_ms >= server->drain_until_ms;
  for (struct http_conn *conn = server->conns, *next; conn; conn = next) {
    next = conn->next;
    if (late)
      http_conn_close(conn);
    else
      http_conn_check(conn, now_ms);
  }
  http_listen_resume(server);
}

/* After the whole process stood still (stopped, or its machine was), clients did not: what they sent meanwhile waits in
 * sockets that were not looked at yet. Time-outs do not count such a gap. */
void http_server_tick(struct http_server *server, int64_t loop_ms) {
  int64_t gap_ms = loop_ms - server->ticked_ms;
  if (server->ticked_ms && gap_ms > STALL_MS && !server->options.now_ms)
    server->stalled_ms += gap_ms - HTTP_SWEEP_MS;
  server->ticked_ms = loop_ms;
  http_server_sweep(server);
}

static void on_sweep(uv_timer_t *timer) {
  struct http_server *server = timer->data;
  http_server_tick(server, loop_now_ms(server->loop));
}

/* --- draining --- */

static void on_sweep_closed(uv_handle_t *handle) {
  http_server_handle_closed(handle->data);
}

/* The sweep stays for as long as there are connections to watch. */
static void end_sweep_when_empty(struct http_server *server) {
  uv_handle_t *sweep = (uv_handle_t *)&server->sweep;
  if (server->draining && !server->conns && !uv_is_closing(sweep)) uv_close(sweep, on_sweep_closed);
}

void http_server_handle_closed(struct http_server *server) {
  server->handles--;
  end_sweep_when_empty(server);
  if (server->handles > 0 || !server->draining || server->drain_told) return;
  server->drain_told = true;
  if (server->drained) server->drained(server->drained_arg);
}

static void settle_all(struct http_server *server) {
  for (struct http_conn *conn = server->conns, *next; conn; conn = next) {
    next = conn->next;
    http_conn_settle(conn);
  }
}

void http_server_drain(struct http_server *server, int64_t deadline_ms, void (*drained)(void *arg),
                       void *arg) {
  int64_t until_ms = http_server_now(server) + deadline_ms;
  if (!server->draining) {
    server->draining = true;
    server->drain_until_ms = until_ms;
    server->drained = drained;
    server->drained_arg = arg;
    http_listen_close(server);
    settle_all(server);
  }
  if (until_ms < server->drain_until_ms) server->drain_until_ms = until_ms;
  if (deadline_ms == 0) http_server_sweep(server);
  end_sweep_when_empty(server);
  if (uv_is_closing((uv_handle_t *)&server->sweep)) return;
  uv_timer_start(&server->sweep, on_sweep, DRAIN_SWEEP_MS, DRAIN_SWEEP_MS);
}

/* --- life --- */

static int connections_possible(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return INT32_MAX;
  if (limit.rlim_cur >= INT32_MAX) return INT32_MAX;
  int fds = (int)limit.rlim_cur;
  return fds > 2 * FDS_FOR_OTHERS ? fds - FDS_FOR_OTHERS : fds / 2;
}

static void fill_limits(struct http_limits *limits) {
  struct http_limits defaults = {.head_bytes = HTTP_HEAD_MAX,
                                 .target_bytes = HTTP_TARGET_MAX,
                                 .body_bytes = (size_t)4 * MB,
                                 .bodies_bytes = (size_t)256 * MB,
                                 .connections = 1024,
                                 .connections_per_ip = 256,
                                 .head_ms = 10 * TIME_MS_PER_SECOND,
                                 .body_ms = 30 * TIME_MS_PER_SECOND,
                                 .idle_ms = 30 * TIME_MS_PER_SECOND,
                                 .write_ms = 30 * TIME_MS_PER_SECOND,
                                 .linger_ms = 5 * TIME_MS_PER_SECOND,
                                 .rate_bytes = 256};
#define FILL(name) limits->name = limits->name ? limits->name : defaults.name
  FILL(head_bytes);
  FILL(target_bytes);
  FILL(body_bytes);
  FILL(bodies_bytes);
  FILL(connections);
  FILL(connections_per_ip);
  FILL(head_ms);
  FILL(body_ms);
  FILL(idle_ms);
  FILL(write_ms);
  FILL(linger_ms);
  FILL(rate_bytes);
#undef FILL
  int possible = connections_possible();
  if (limits->connections > possible) limits->connections = possible;
}

struct http_server *http_server_new(struct loop *loop, const struct http_options *options) {
  struct http_server *server = xcalloc(1, sizeof *server);
  server->loop = loop;
  server->options = *options;
  server->date_s = -1;
  server->spare_fd = -1;
  fill_limits(&server->options.limits);
  server->router = http_router_new(options->routes, options->route_count);
  if (getrandom(&server->id_base, sizeof server->id_base, GRND_NONBLOCK) < 0)
    server->id_base = (uint64_t)loop_wall_ms();
  ASSERT(uv_timer_init(loop_uv(loop), &server->sweep) == 0);
  server->sweep.data = server;
  server->handles = 1;
  uv_timer_start(&server->sweep, on_sweep, HTTP_SWEEP_MS, HTTP_SWEEP_MS);
  return server;
}

void http_server_free(struct http_server *server) {
  if (!server) return;
  ASSERT(server->drain_told && server->live_exchanges == 0);
  if (server->spare_fd >= 0) close(server->spare_fd);
  http_inflate_free(server->spare_inflate);
  http_router_free(server->router);
  free(server);
}
