/* egress.h - where embudo may call out to: what keeps a script, a redirect or a name server from reaching the inside.
 *
 * Two questions. May this host be asked at all? Any may, unless the settings list those that may (`outbound.hosts`). And may the
 * address that a connection is about to be opened to be spoken to? Those of the public internet may (netaddr_is_public), and
 * what `outbound.allow` names: networks, or hosts whose address may be anywhere. The second is asked of the address that
 * connect() gets, after all names are resolved: no spelling of an address and no name server gets around it.
 *
 * A host pattern is a name, "*.example.com" for everything below one, or an address; letters' case and a final dot do not
 * matter. Pure; the lists are borrowed. Any thread.
 */
#ifndef EMBUDO_CORE_EGRESS_H
#define EMBUDO_CORE_EGRESS_H

#include "base/netaddr.h"

struct egress {
  const struct str *hosts; /* patterns of the only hosts that may be asked; none: all may */
  size_t host_count;
  const struct str *allow; /* networks, and patterns of hosts, beside the public addresses */
  size_t allow_count;
};

bool egress_host(const struct egress *egress, struct str host);
bool egress_address(const struct egress *egress, struct str host, const struct netaddr *addr);

/* Whether `text` can stand in the lists. */
bool egress_is_pattern(struct str text);            /* a host pattern */
bool egress_is_network_or_pattern(struct str text); /* that, or a network */

#endif
