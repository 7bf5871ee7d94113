#include "unit.h"

#include "io/http/http_client.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server of one connection that reads a request and says what it was told to. */
struct server {
  pthread_t thread;
  int listener;
  const char *answer;
  char request[4096];
};

static void *serve(void *arg) {
  struct server *server = arg;
  size_t got = 0;
  int fd = accept(server->listener, NULL, NULL);
  for (;;) {
    ssize_t n = read(fd, server->request + got, sizeof server->request - 1 - got);
    if (n <= 0) break;
    got += (size_t)n;
    server->request[got] = '\0';
    const char *end = strstr(server->request, "\r\n\r\n");
    const char *length = strstr(server->request, "Content-Length: ");
    size_t body = length ? (size_t)strtoul(length + 16, NULL, 10) : 0;
    if (end && got >= (size_t)(end + 4 - server->request) + body) break;
  }
  if (server->answer) (void)!write(fd, server->answer, strlen(server->answer));
  close(fd);
  return NULL;
}

static void start(struct server *server, const char *answer, char base[64]) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t len = sizeof address;
  *server = (struct server){.answer = answer, .listener = socket(AF_INET, SOCK_STREAM, 0)};
  assert_int_equal(bind(server->listener, (struct sockaddr *)&address, len), 0);
  assert_int_equal(listen(server->listener, 1), 0);
  assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
  snprintf(base, 64, "http://127.0.0.1:%d/", ntohs(address.sin_port));
  assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server) {
  pthread_join(server->thread, NULL);
  close(server->listener);
}

static void posts_and_reads_the_answer(void **state) {
  (void)state;
  struct server server;
  struct http_reply reply;
  struct err err;
  char base[64];
  start(&server, "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nlate", base);
  struct http_client *client = http_client_new(base, &err);
  assert_non_null(client);
  http_client_header(client, "X-Write-Key", "k");
  assert_int_equal(http_client_ask(client, "/v1/batch", STR("{}"), &reply, &err), 0);
  assert_int_equal(reply.status, 503);
  assert_int_equal(reply.retry_after_s, 7);
  assert_str(reply.body, "late");
  stop(&server);
  assert_ptr_equal(strstr(server.request, "POST /v1/batch HTTP/1.1\r\n"), server.request);
  assert_non_null(strstr(server.request, "X-Write-Key: k\r\n"));
  assert_null(strstr(server.request, "Expect:"));
  http_client_free(client);
}

static void gets_without_a_body(void **state) {
  (void)state;
  struct server server;
  struct http_reply reply;
  struct err err;
  char base[64];
  start(&server, "HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n", base);
  struct http_client *client = http_client_new(base, &err);
  assert_int_equal(http_client_ask(client, "/x", (struct str){NULL, 0}, &reply, &err), 0);
  assert_int_equal(reply.status, 302); /* not followed */
  stop(&server);
  assert_ptr_equal(strstr(server.request, "GET /x "), server.request);
  http_client_free(client);
}

static void says_when_there_is_no_answer(void **state) {
  (void)state;
  struct server server;
  struct http_reply reply;
  struct err err;
  char base[64];
  start(&server, NULL, base);
  struct http_client *client = http_client_new(base, &err);
  assert_int_equal(http_client_ask(client, "/x", (struct str){NULL, 0}, &reply, &err), -1);
  assert_int_equal(err.code, ERR_SYSTEM);
  assert_non_null(strstr(err.text, base));
  stop(&server);
  http_client_free(client);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(posts_and_reads_the_answer),
      cmocka_unit_test(gets_without_a_body),
      cmocka_unit_test(says_when_there_is_no_answer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
