#include "core/handoff/egress.h"

#include <strings.h>

enum { HOST_BYTES_MAX = 253 }; /* of a name in DNS */

static struct str without_dot(struct str host) {
  if (host.len > 1 && host.p[host.len - 1] == '.') host.len--;
  return host;
}

static bool same(struct str a, struct str b) {
  return a.len == b.len && (a.len == 0 || strncasecmp(a.p, b.p, a.len) == 0);
}

static bool matches(struct str pattern, struct str host) {
  pattern = without_dot(pattern);
  host = without_dot(host);
  if (!str_starts(pattern, STR("*."))) return same(pattern, host);
  struct str tail = {pattern.p + 1, pattern.len - 1}; /* ".example.com" */
  return host.len > tail.len && same(tail, (struct str){host.p + host.len - tail.len, tail.len});
}

bool egress_host(const struct egress *egress, struct str host) {
  for (size_t i = 0; i < egress->host_count; i++)
    if (matches(egress->hosts[i], host)) return true;
  return egress->host_count == 0;
}

bool egress_address(const struct egress *egress, struct str host, const struct netaddr *addr) {
  struct network network;
  if (netaddr_is_public(addr)) return true;
  for (size_t i = 0; i < egress->allow_count; i++) {
    bool covers = network_parse(egress->allow[i], &network) ? network_contains(&network, addr)
                                                            : matches(egress->allow[i], host);
    if (covers) return true;
  }
  return false;
}

bool egress_is_pattern(struct str text) {
  struct netaddr addr;
  if (netaddr_parse(text, &addr)) return true;
  if (str_starts(text, STR("*."))) text = (struct str){text.p + 2, text.len - 2};
  if (text.len == 0 || text.len > HOST_BYTES_MAX) return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!word && (c != '.' || i == 0 || text.p[i - 1] == '.')) return false;
  }
  return true;
}

bool egress_is_network_or_pattern(struct str text) {
  struct network network;
  return network_parse(text, &network) || egress_is_pattern(text);
}
