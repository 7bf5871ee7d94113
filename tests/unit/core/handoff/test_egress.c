#include "unit.h"

#include "core/handoff/egress.h"

static bool reaches(const struct egress *egress, const char *host, const char *addr_text) {
  struct netaddr addr;
  assert_true(netaddr_parse(str_of(addr_text), &addr));
  return egress_address(egress, str_of(host), &addr);
}

static void any_host_may_be_asked_unless_some_are_listed(void **state) {
  (void)state;
  const struct str hosts[] = {STR("api.example.com"), STR("*.crm.example"), STR("192.0.2.7")};
  const struct egress any = {0}, listed = {.hosts = hosts, .host_count = COUNT_OF(hosts)};
  static const struct {
    const char *host;
    bool listed;
  } cases[] = {{"api.example.com", true},    {"API.Example.COM", true},       {"api.example.com.", true},
               {"a.crm.example", true},      {"a.b.crm.example", true},       {"192.0.2.7", true},
               {"crm.example", false},       {"xcrm.example", false},         {"example.com", false},
               {"x.api.example.com", false}, {"api.example.com.evil", false}, {"192.0.2.70", false}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    assert_true(egress_host(&any, str_of(cases[i].host)));
    assert_int_equal(egress_host(&listed, str_of(cases[i].host)), cases[i].listed);
  }
}

static void inside_addresses_are_reached_where_allowed(void **state) {
  (void)state;
  const struct str allow[] = {STR("10.1.0.0/16"), STR("fd00:1::/64"), STR("crm.internal"), STR("*.lan")};
  const struct egress none = {0}, some = {.allow = allow, .allow_count = COUNT_OF(allow)};
  assert_true(reaches(&none, "x", "93.184.216.34"));
  assert_true(reaches(&none, "x", "2606:2800:220:1::1"));
  assert_false(reaches(&none, "x", "10.1.2.3"));
  assert_true(reaches(&some, "x", "10.1.2.3"));
  assert_true(reaches(&some, "x", "::ffff:10.1.2.3"));
  assert_false(reaches(&some, "x", "10.2.2.3"));
  assert_true(reaches(&some, "x", "fd00:1::5"));
  assert_false(reaches(&some, "x", "fd00:2::5"));
  assert_true(reaches(&some, "crm.internal", "192.168.1.1"));
  assert_true(reaches(&some, "CRM.internal.", "127.0.0.1"));
  assert_true(reaches(&some, "a.lan", "192.168.1.1"));
  assert_false(reaches(&some, "lan", "192.168.1.1"));
}

static void tells_patterns_from_nonsense(void **state) {
  (void)state;
  static const char *const good[] = {"a", "a.b", "*.a.b", "127.0.0.1", "::1", "a.b.", "my_host"};
  static const char *const bad[] = {"",    ".",        "*",   "*.",  "a..b", ".a",
                                    "a*b", "http://a", "a/b", "a b", "a:80", "[::1]"};
  for (size_t i = 0; i < COUNT_OF(good); i++) assert_true(egress_is_pattern(str_of(good[i])));
  for (size_t i = 0; i < COUNT_OF(bad); i++) assert_false(egress_is_pattern(str_of(bad[i])));
  assert_false(egress_is_pattern(STR("10.0.0.0/8")));
  assert_true(egress_is_network_or_pattern(STR("10.0.0.0/8")));
  assert_false(egress_is_network_or_pattern(STR("10.0.0.0/99")));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_host_may_be_asked_unless_some_are_listed),
      cmocka_unit_test(inside_addresses_are_reached_where_allowed),
      cmocka_unit_test(tells_patterns_from_nonsense),
  };
  return cmocka_run_group_tests_name("egress", tests, NULL, NULL);
}
