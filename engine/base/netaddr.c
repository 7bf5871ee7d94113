#include "base/netaddr.h"

#include <arpa/inet.h>

#include "base/err.h"

enum { V4_PREFIX_BYTES = 12, V4_PREFIX_BITS = 96, V6_BITS = 128, V4_BITS = 32 };

static const uint8_t v4_prefix[V4_PREFIX_BYTES] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool netaddr_is_v4(const struct netaddr *addr) {
  return memcmp(addr->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

bool netaddr_is_loopback(const struct netaddr *addr) {
  static const uint8_t v6[16] = {[15] = 1};
  if (netaddr_is_v4(addr)) return addr->bytes[V4_PREFIX_BYTES] == 127;
  return memcmp(addr->bytes, v6, sizeof v6) == 0;
}

bool netaddr_parse(struct str text, struct netaddr *addr) {
  char copy[INET6_ADDRSTRLEN];
  struct netaddr parsed;
  if (text.len == 0 || text.len >= sizeof copy || memchr(text.p, '\0', text.len)) return false;
  memcpy(copy, text.p, text.len);
  copy[text.len] = '\0';
  if (inet_pton(AF_INET6, copy, parsed.bytes) != 1) {
    if (inet_pton(AF_INET, copy, parsed.bytes + V4_PREFIX_BYTES) != 1) return false;
    memcpy(parsed.bytes, v4_prefix, sizeof v4_prefix);
  }
  *addr = parsed;
  return true;
}

/* "24", at most `max`: plain digits without leading zeros. */
static bool parse_bits(struct str text, unsigned max, unsigned *bits) {
  unsigned n = 0;
  if (text.len == 0 || text.len > 3 || (text.len > 1 && text.p[0] == '0')) return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.p[i] < '0' || text.p[i] > '9') return false;
    n = n * 10 + (unsigned)(text.p[i] - '0');
  }
  *bits = n;
  return n <= max;
}

/* The bits of byte `i` that belong to a network's name. */
static uint8_t byte_mask(unsigned bits, unsigned i) {
  if (bits >= (i + 1) * 8) return 0xff;
  return bits <= i * 8 ? 0 : (uint8_t)(0xff00 >> (bits - i * 8));
}

bool network_parse(struct str text, struct network *network) {
  const char *slash = text.len ? memchr(text.p, '/', text.len) : NULL;
  size_t addr_len = slash ? (size_t)(slash - text.p) : text.len;
  bool dotted = addr_len && !memchr(text.p, ':', addr_len);
  unsigned bits = dotted ? V4_BITS : V6_BITS;
  struct netaddr base;
  if (!netaddr_parse((struct str){text.p, addr_len}, &base)) return false;
  if (slash && !parse_bits((struct str){slash + 1, text.len - addr_len - 1}, bits, &bits)) return false;
  if (dotted) bits += V4_PREFIX_BITS;
  for (unsigned i = 0; i < sizeof base.bytes; i++) base.bytes[i] &= byte_mask(bits, i);
  *network = (struct network){base, (uint8_t)bits};
  return true;
}

bool network_contains(const struct network *network, const struct netaddr *addr) {
  if (network->bits < V4_PREFIX_BITS && netaddr_is_v4(addr)) return false;
  for (unsigned i = 0; i < sizeof addr->bytes; i++)
    if ((addr->bytes[i] & byte_mask(network->bits, i)) != network->base.bytes[i]) return false;
  return true;
}

/* As bytes and bits: the first four of an IPv4 network, the first eight of an IPv6 one. */
struct special {
  uint8_t bytes[8];
  uint8_t bits;
};

static bool among(const uint8_t *bytes, const struct special *specials, size_t count) {
  for (size_t s = 0; s < count; s++) {
    unsigned i = 0;
    while (i * 8 < specials[s].bits && (bytes[i] & byte_mask(specials[s].bits, i)) == specials[s].bytes[i])
      i++;
    if (i * 8 >= specials[s].bits) return true;
  }
  return false;
}

static const struct special special_v4[] = {{{0}, 8},                  /* "this network" */
                                            {{10}, 8},                 /* private */
                                            {{100, 64}, 10},           /* shared behind a carrier's NAT */
                                            {{127}, 8},                /* this machine */
                                            {{169, 254}, 16},          /* link-local; clouds' metadata */
                                            {{172, 16}, 12},           /* private */
                                            {{192, 0, 0}, 24},         /* protocol assignments */
                                            {{192, 0, 2}, 24},         /* documentation */
                                            {{192, 88, 99}, 24},       /* 6to4 relays, given up */
                                            {{192, 168}, 16},          /* private */
                                            {{198, 18}, 15},           /* benchmarks */
                                            {{198, 51, 100}, 24},      /* documentation */
                                            {{203, 0, 113}, 24},       /* documentation */
                                            {{224}, 4},                /* multicast */
                                            {{240}, 4},                /* reserved, broadcast */
                                            {{168, 63, 129, 16}, 32}}; /* Azure's host agent */

/* Within 2000::/3, outside of which nothing is public. */
static const struct special special_v6[] = {
    {{0x20, 0x01, 0x00}, 23},       /* protocol assignments: Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff, 0x00}, 20}};      /* documentation */

bool netaddr_is_public(const struct netaddr *addr) {
  if (netaddr_is_v4(addr))
    return !among(addr->bytes + V4_PREFIX_BYTES, special_v4, sizeof special_v4 / sizeof *special_v4);
  return (addr->bytes[0] & 0xe0) == 0x20 &&
         !among(addr->bytes, special_v6, sizeof special_v6 / sizeof *special_v6);
}

const char *network_text(const struct network *network, char out[NETWORK_TEXT_MAX]) {
  bool dotted = netaddr_is_v4(&network->base);
  unsigned bits = network->bits, all = V6_BITS;
  const uint8_t *bytes = network->base.bytes;
  if (dotted) {
    bytes += V4_PREFIX_BYTES;
    bits -= V4_PREFIX_BITS;
    all = V4_BITS;
  }
  ASSERT(inet_ntop(dotted ? AF_INET : AF_INET6, bytes, out, NETWORK_TEXT_MAX));
  size_t len = strlen(out);
  if (bits < all) snprintf(out + len, NETWORK_TEXT_MAX - len, "/%u", bits);
  return out;
}
