#include "unit.h"

#include "base/netaddr.h"

static struct netaddr addr(const char *text) {
  struct netaddr parsed;
  if (!netaddr_parse(str_of(text), &parsed)) fail_msg("%s is refused", text);
  return parsed;
}

static void reads_addresses(void **state) {
  (void)state;
  static const uint8_t v4[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9};
  static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  assert_memory_equal(addr("203.0.113.9").bytes, v4, 16);
  assert_memory_equal(addr("::ffff:203.0.113.9").bytes, v4, 16);
  assert_memory_equal(addr("::FFFF:cb00:7109").bytes, v4, 16);
  assert_memory_equal(addr("2001:db8::1").bytes, v6, 16);
}

static void refuses_other_spellings(void **state) {
  (void)state;
  static const char *const cases[] = {
      "",           "127.1",        "0x7f.0.0.1",
      "2130706433", "127.0.0.01",   "127.0.0.256",
      "127.0.0.1 ", " 127.0.0.1",   "1.2.3",
      "1.2.3.4.5",  "fe80::1%eth0", "[::1]",
      "1::2::3",    "12345::",      "::ffff:1.2.3",
      "localhost",  "1.2.3.4/24",   "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"};
  struct netaddr parsed;
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (netaddr_parse(str_of(cases[i]), &parsed)) fail_msg("%s was read", cases[i]);
  assert_false(netaddr_parse((struct str){"127.0.0.1\0", 10}, &parsed));
  assert_false(netaddr_parse((struct str){0}, &parsed));
}

static void networks_hold_their_addresses(void **state) {
  (void)state;
  static const struct {
    const char *network, *inside, *outside;
  } cases[] = {
      {"203.0.113.0/24", "203.0.113.255", "203.0.114.0"},
      {"10.1.2.3/8", "10.255.0.1", "11.0.0.0"},
      {"172.16.0.0/12", "172.31.255.255", "172.32.0.0"},
      {"127.0.0.1", "::ffff:127.0.0.1", "127.0.0.2"},
      {"0.0.0.0/0", "8.8.8.8", "::1"},
      {"::/0", "2001:db8::1", "8.8.8.8"},
      {"fc00::/7", "fdff::1", "fe00::1"},
      {"2001:db8::1", "2001:db8::1", "2001:db8::2"},
      {"::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.1"},
      {"192.168.0.1/32", "192.168.0.1", "192.168.0.0"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct network network;
    struct netaddr inside = addr(cases[i].inside), outside = addr(cases[i].outside);
    if (!network_parse(str_of(cases[i].network), &network)) fail_msg("%s is refused", cases[i].network);
    if (!network_contains(&network, &inside)) fail_msg("%s is not in %s", cases[i].inside, cases[i].network);
    if (network_contains(&network, &outside)) fail_msg("%s is in %s", cases[i].outside, cases[i].network);
  }
}

static void tells_families_and_this_machine(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool v4, loopback;
  } cases[] = {{"127.0.0.1", true, true},  {"127.255.0.9", true, true},
               {"128.0.0.1", true, false}, {"::ffff:127.0.0.1", true, true},
               {"::1", false, true},       {"::", false, false},
               {"::2", false, false},      {"2001:db8::1", false, false}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct netaddr parsed = addr(cases[i].text);
    assert_int_equal(netaddr_is_v4(&parsed), cases[i].v4);
    assert_int_equal(netaddr_is_loopback(&parsed), cases[i].loopback);
  }
}

static void refuses_what_is_no_network(void **state) {
  (void)state;
  static const char *const cases[] = {"",
                                      "/",
                                      "/8",
                                      "10.0.0.0/",
                                      "10.0.0.0/33",
                                      "10.0.0.0/08",
                                      "10.0.0.0/-1",
                                      "10.0.0.0/8 ",
                                      "10.0.0.0/8/8",
                                      "::/129",
                                      "::/1000",
                                      "10.0/8",
                                      "10.0.0.0/+8"};
  struct network network;
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (network_parse(str_of(cases[i]), &network)) fail_msg("%s was read", cases[i]);
  assert_false(network_parse((struct str){0}, &network));
}

static void networks_are_spelled_as_they_are_read(void **state) {
  (void)state;
  static const struct {
    const char *written, *spelled;
  } cases[] = {{"203.0.113.0/24", "203.0.113.0/24"},
               {"10.1.2.3/8", "10.0.0.0/8"},
               {"192.0.2.7/32", "192.0.2.7"},
               {"192.0.2.7", "192.0.2.7"},
               {"0.0.0.0/0", "0.0.0.0/0"},
               {"2001:DB8:0::/32", "2001:db8::/32"},
               {"::/0", "::/0"},
               {"2001:db8::1", "2001:db8::1"},
               {"::ffff:10.0.0.0/104", "10.0.0.0/8"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct network network;
    char text[NETWORK_TEXT_MAX];
    assert_true(network_parse(str_of(cases[i].written), &network));
    assert_string_equal(network_text(&network, text), cases[i].spelled);
  }
}

static void tells_public_addresses(void **state) {
  (void)state;
  static const char *const public[] = {
      "1.1.1.1",        "8.8.8.8",         "93.184.216.34",   "9.255.255.255",  "11.0.0.0",
      "100.63.255.255", "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "172.15.255.255",
      "172.32.0.0",     "192.0.1.0",       "192.167.255.255", "192.169.0.0",    "198.17.255.255",
      "198.20.0.0",     "223.255.255.255", "168.63.129.17",   "::ffff:1.1.1.1", "2606:4700:4700::1111",
      "2a00:1450::1",   "2001:200::1",     "2001:db9::1",     "3ffe::1"};
  static const char *const others[] = {
      "0.0.0.0",      "0.255.255.255",   "10.0.0.0",        "10.255.255.255",
      "100.64.0.0",   "100.127.255.255", "127.0.0.1",       "169.254.169.254",
      "172.16.0.0",   "172.31.255.255",  "192.0.0.170",     "192.0.2.1",
      "192.88.99.1",  "192.168.255.255", "198.18.0.0",      "198.19.255.255",
      "198.51.100.7", "203.0.113.7",     "224.0.0.1",       "239.255.255.255",
      "240.0.0.1",    "255.255.255.255", "168.63.129.16",   "::",
      "::1",          "::7f00:1",        "::ffff:10.0.0.1", "64:ff9b::808:808",
      "64:ff9b:1::1", "100::1",          "2001::1",         "2001:0:7f00:1::",
      "2001:1ff::1",  "2001:db8::1",     "2002:808:808::",  "3fff:fff::1",
      "4000::1",      "fc00::1",         "fd00:ec2::254",   "fe80::1",
      "fec0::1",      "ff02::1"};
  struct netaddr addr;
  for (size_t i = 0; i < COUNT_OF(public); i++) {
    assert_true(netaddr_parse(str_of(public[i]), &addr));
    if (!netaddr_is_public(&addr)) fail_msg("%s", public[i]);
  }
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    assert_true(netaddr_parse(str_of(others[i]), &addr));
    if (netaddr_is_public(&addr)) fail_msg("%s", others[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_addresses),
      cmocka_unit_test(refuses_other_spellings),
      cmocka_unit_test(networks_hold_their_addresses),
      cmocka_unit_test(tells_families_and_this_machine),
      cmocka_unit_test(tells_public_addresses),
      cmocka_unit_test(refuses_what_is_no_network),
      cmocka_unit_test(networks_are_spelled_as_they_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
