#include "unit.h"

#include "base/json.h"
#include "io/resolve.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* A name server on this machine: acme.example has two mail servers, a text and an address; none.example does not exist;
 * empty.example has nothing; odd.example is answered with rubbish, hang.example not at all. */
static struct {
  int fd, port;
  pthread_t thread;
  atomic_int asked;
} server;

static struct loop *loop;
static struct resolver *resolver;

static size_t put(unsigned char *at, const char *bytes, size_t len) {
  memcpy(at, bytes, len);
  return len;
}

/* The answers' records: their name is the question's (0xc00c), class IN, 60 s. */
static size_t put_record(unsigned char *at, int type, const char *data, size_t len) {
  unsigned char head[] = {0xc0, 0x0c, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60, 0, (unsigned char)len};
  memcpy(at, head, sizeof head);
  memcpy(at + sizeof head, data, len);
  return sizeof head + len;
}

/* How long the answer is; 0: none. The question is at the start of `packet`. */
static size_t answer(unsigned char *packet, size_t len) {
  char name[256] = "";
  size_t at = 12, n = 0;
  while (packet[at] && n + packet[at] + 2 < sizeof name) {
    if (n) name[n++] = '.';
    memcpy(name + n, packet + at + 1, packet[at]);
    n += packet[at];
    at += packet[at] + 1u;
  }
  int type = packet[at + 2];
  (void)len;
  at += 5;
  packet[2] = 0x81;
  packet[3] = strcmp(name, "none.example") == 0 ? 0x83 : 0x80;
  packet[7] = packet[9] = packet[11] = 0;
  if (strcmp(name, "hang.example") == 0) return 0;
  if (strcmp(name, "odd.example") == 0) {
    packet[7] = 5; /* records that are not there */
    return at + put(packet + at, "\xc0\x0c\x00", 3);
  }
  if (strcmp(name, "acme.example") != 0) return at;
  if (type == 15) {
    packet[7] = 2;
    at += put_record(packet + at, 15, "\x00\x14\x03mx2\xc0\x0c", 8);
    at += put_record(packet + at, 15, "\x00\x0a\x03mx1\xc0\x0c", 8);
  } else if (type == 16) {
    packet[7] = 1;
    at += put_record(packet + at, 16, "\x06v=spf1\x05 -all", 13);
  } else if (type == 1) {
    packet[7] = 1;
    at += put_record(packet + at, 1, "\xc0\x00\x02\x07", 4);
  }
  return at;
}

static void *serve(void *arg) {
  unsigned char packet[1024];
  struct sockaddr_in from;
  socklen_t size = sizeof from;
  (void)arg;
  for (ssize_t got; (got = recvfrom(server.fd, packet, 512, 0, (struct sockaddr *)&from, &size)) > 12;) {
    atomic_fetch_add(&server.asked, 1);
    size_t len = answer(packet, (size_t)got);
    if (len) sendto(server.fd, packet, len, 0, (struct sockaddr *)&from, size);
  }
  return NULL;
}

static int start(void **state) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t len = sizeof address;
  struct err err;
  char where[32];
  (void)state;
  server.fd = socket(AF_INET, SOCK_DGRAM, 0);
  assert_int_equal(bind(server.fd, (struct sockaddr *)&address, len), 0);
  assert_int_equal(getsockname(server.fd, (struct sockaddr *)&address, &len), 0);
  server.port = ntohs(address.sin_port);
  atomic_store(&server.asked, 0);
  assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
  snprintf(where, sizeof where, "127.0.0.1:%d", server.port);
  loop = loop_new(&err);
  resolver = resolver_new(loop, where, &err);
  return loop && resolver ? 0 : -1;
}

static int stop(void **state) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)server.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  (void)state;
  resolver_free(resolver);
  loop_free(loop);
  sendto(server.fd, "", 1, 0, (struct sockaddr *)&address, sizeof address);
  pthread_join(server.thread, NULL);
  close(server.fd);
  return 0;
}

struct outcome {
  int calls;
  char text[512];
};

static void on_done(void *arg, struct value list, const char *code) {
  struct outcome *outcome = arg;
  struct json_writer w;
  struct buf text;
  buf_init(&text);
  json_writer_init(&w, &text);
  json_put_value(&w, list);
  snprintf(outcome->text, sizeof outcome->text, "%s", code ? code : text.data);
  outcome->calls++;
  buf_release(&text);
}

static void expect(enum resolve_type type, const char *name, const char *expected) {
  struct outcome outcome = {0};
  struct err err;
  if (!resolve_start(resolver, type, str_of(name), on_done, &outcome, &err)) fail_msg("%s", err.text);
  assert_int_equal(outcome.calls, 0);
  while (!outcome.calls) loop_turn(loop, false);
  assert_string_equal(outcome.text, expected);
}

static void reads_records(void **state) {
  (void)state;
  expect(RESOLVE_MX, "acme.example",
         "[{\"host\":\"mx1.acme.example\",\"priority\":10},{\"host\":\"mx2.acme.example\",\"priority\":20}]");
  expect(RESOLVE_TXT, "acme.example", "[\"v=spf1 -all\"]");
  expect(RESOLVE_A, "acme.example", "[\"192.0.2.7\"]");
  expect(RESOLVE_AAAA, "acme.example", "[]");
  expect(RESOLVE_MX, "empty.example", "[]");
  expect(RESOLVE_MX, "none.example", "not_found");
  expect(RESOLVE_MX, "odd.example", "malformed");
}

static void asks_once_and_keeps_what_it_heard(void **state) {
  (void)state;
  struct outcome outcomes[3] = {{0}};
  struct err err;
  for (int i = 0; i < 3; i++)
    assert_non_null(resolve_start(resolver, RESOLVE_MX, STR("acme.example"), on_done, &outcomes[i], &err));
  while (!outcomes[0].calls || !outcomes[1].calls || !outcomes[2].calls) loop_turn(loop, false);
  expect(RESOLVE_MX, "acme.example", outcomes[0].text);
  expect(RESOLVE_MX, "none.example", "not_found");
  expect(RESOLVE_MX, "none.example", "not_found");
  assert_int_equal(atomic_load(&server.asked), 2);
}

static void refuses_what_is_no_name(void **state) {
  (void)state;
  static const char *const names[] = {"", ".", "a..b", "a b", "a/b", "http://a", "\xc3\xa9.example"};
  struct err err;
  for (size_t i = 0; i < COUNT_OF(names); i++) {
    assert_null(resolve_start(resolver, RESOLVE_A, str_of(names[i]), on_done, NULL, &err));
    assert_int_equal(err.code, ERR_INVALID);
  }
}

static void the_cancelled_are_not_told(void **state) {
  (void)state;
  struct outcome cancelled = {0}, left = {0};
  struct err err;
  struct resolve *resolve =
      resolve_start(resolver, RESOLVE_A, STR("acme.example"), on_done, &cancelled, &err);
  assert_non_null(resolve_start(resolver, RESOLVE_A, STR("acme.example"), on_done, &left, &err));
  resolve_cancel(resolve);
  while (!left.calls) loop_turn(loop, false);
  assert_int_equal(cancelled.calls, 0);
  assert_non_null(
      resolve_start(resolver, RESOLVE_A, STR("hang.example"), on_done, &cancelled, &err)); /* freed with it */
}

static void waits_no_longer_than_it_may(void **state) {
  (void)state;
  expect(RESOLVE_A, "hang.example", "timeout");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(reads_records, start, stop),
      cmocka_unit_test_setup_teardown(asks_once_and_keeps_what_it_heard, start, stop),
      cmocka_unit_test_setup_teardown(refuses_what_is_no_name, start, stop),
      cmocka_unit_test_setup_teardown(the_cancelled_are_not_told, start, stop),
      cmocka_unit_test_setup_teardown(waits_no_longer_than_it_may, start, stop),
  };
  return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
