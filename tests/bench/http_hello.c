/* http_hello.c - the HTTP server with handlers that do nothing, for a load generator: what does the server itself cost?
 *
 *   http_hello [ADDRESS]      (127.0.0.1:8089)
 *
 * GET /hello answers {"success":true}; POST /v1/batch takes any body and answers the same. Ends on SIGINT or SIGTERM,
 * printing what it served and the processor time it took. */
#include "io/http/http_server.h"

#include <signal.h>
#include <sys/resource.h>

static void hello(struct http_exchange *exchange, void *app) {
  (void)app;
  http_exchange_answer(exchange, 200, HTTP_JSON, STR("{\"success\":true}"));
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hello", .handle = hello},
    {.method = "POST", .path = "/v1/batch", .handle = hello},
};

static struct loop *loop;

static void drained(void *arg) {
  (void)arg;
  loop_stop(loop);
}

static void stop(void *arg, int signum) {
  (void)signum;
  http_server_drain(arg, 1000, drained, NULL);
}

int main(int argc, char **argv) {
  struct err err;
  loop = loop_new(&err);
  struct http_options options = {.routes = routes, .route_count = sizeof routes / sizeof routes[0]};
  struct http_server *server = loop ? http_server_new(loop, &options) : NULL;
  if (!server || http_server_listen(server, argc > 1 ? argv[1] : "127.0.0.1:8089", &err) != 0 ||
      loop_on_signal(loop, SIGINT, stop, server, &err) != 0 ||
      loop_on_signal(loop, SIGTERM, stop, server, &err) != 0) {
    fprintf(stderr, "http_hello: %s\n", err.text);
    return 1;
  }
  loop_run(loop);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  const struct http_stats *stats = http_server_stats(server);
  printf("%llu requests, %.2f s of processor time, %ld KB at most\n", (unsigned long long)stats->requests,
         seconds, usage.ru_maxrss);
  http_server_free(server);
  loop_free(loop);
  return 0;
}
