/* Who counts as whom; the proxy header is in test_http_server.c, through a whole server. */
#include "unit.h"

#include "io/http/http_peer.h"
#include <arpa/inet.h>
#include <netinet/in.h>

static struct http_peer peer(const char *text) {
  struct http_peer made;
  struct sockaddr_in in = {.sin_family = AF_INET};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
  struct network proxy;
  assert_true(network_parse(STR("10.0.0.0/8"), &proxy));
  if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
    http_peer_init(&made, (struct sockaddr *)&in, &proxy, 1);
  } else {
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    http_peer_init(&made, (struct sockaddr *)&in6, &proxy, 1);
  }
  return made;
}

static void knows_who_is_there(void **state) {
  (void)state;
  static const struct {
    const char *addr, *text;
    bool loopback, trusted;
  } cases[] = {
      {"127.0.0.1", "127.0.0.1", true, false},
      {"127.9.9.9", "127.9.9.9", true, false},
      {"::1", "::1", true, false},
      {"::ffff:127.0.0.1", "127.0.0.1", true, false},
      {"203.0.113.7", "203.0.113.7", false, false},
      {"10.1.2.3", "10.1.2.3", false, true},
      {"::ffff:10.1.2.3", "10.1.2.3", false, true},
      {"2001:db8::1", "2001:db8::1", false, false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct http_peer made = peer(cases[i].addr);
    assert_string_equal(made.text, cases[i].text);
    assert_int_equal(made.loopback, cases[i].loopback);
    assert_int_equal(made.trusted, cases[i].trusted);
  }
}

static void counts_networks_as_one(void **state) {
  (void)state;
  static const struct {
    const char *a, *b;
    bool same;
  } cases[] = {
      {"203.0.113.7", "203.0.113.7", true},
      {"203.0.113.7", "203.0.113.8", false},
      {"::ffff:203.0.113.7", "203.0.113.7", true},
      {"2001:db8::1", "2001:db8::ffff:0:0:2", true},
      {"2001:db8::1", "2001:db8:0:1::1", false},
      {"::1", "::2", true},
      {"::ffff:1.2.3.4", "::1", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct http_peer a = peer(cases[i].a), b = peer(cases[i].b);
    assert_int_equal(http_peer_same(&a, &b), cases[i].same);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(knows_who_is_there),
                                     cmocka_unit_test(counts_networks_as_one)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
