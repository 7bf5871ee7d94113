/* netaddr.h - IP addresses and networks (CIDR), IPv4 and IPv6. IPv4-mapped IPv6 addresses are IPv4; IPv6 networks, "::/0"
 * included, hold no IPv4 address. Bits beyond a network's prefix are dropped: "10.1.2.3/8" is "10.0.0.0/8". */
#ifndef EMBUDO_BASE_NETADDR_H
#define EMBUDO_BASE_NETADDR_H

#include "base/str.h"

struct netaddr {
  uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct network {
  struct netaddr base;
  uint8_t bits; /* of 128; an IPv4 /24 is 120 */
};

bool netaddr_parse(struct str text, struct netaddr *addr);    /* strict: no 0x7f.1, no leading zeros */
bool network_parse(struct str text, struct network *network); /* "203.0.113.0/24", or one address */
bool netaddr_is_v4(const struct netaddr *addr);
bool netaddr_is_loopback(const struct netaddr *addr); /* 127.0.0.0/8 or ::1: this machine */

/* A host of the public internet: unicast, and neither this machine, its link, a private or shared network, documentation nor
 * reserved (the special-purpose registries of IANA, RFC 6890). Forms that smuggle an IPv4 address (6to4, Teredo, NAT64,
 * IPv4-compatible) are not public, whatever they hold; nor are addresses at which clouds serve their machines' secrets. */
bool netaddr_is_public(const struct netaddr *addr);
bool network_contains(const struct network *network, const struct netaddr *addr);

/* As network_parse reads it; one address without its bits. */
enum { NETWORK_TEXT_MAX = 64 };
const char *network_text(const struct network *network, char out[NETWORK_TEXT_MAX]);

#endif
