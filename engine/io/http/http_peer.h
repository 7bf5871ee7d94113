/* http_peer.h - who is at the other end of a connection, and whom a trusted proxy speaks for. Pure. */
#ifndef EMBUDO_IO_HTTP_PEER_H
#define EMBUDO_IO_HTTP_PEER_H

#include "io/http/http_request.h"
#include <sys/socket.h>

struct http_peer {
  struct netaddr addr;
  char text[HTTP_ADDR_TEXT_MAX];
  bool loopback; /* this machine */
  bool trusted;  /* a configured proxy: its X-Forwarded-For counts */
};

void http_peer_init(struct http_peer *peer, const struct sockaddr *addr, const struct network *proxies,
                    size_t count);

/* Sets request->remote: the peer, or for a trusted one the last address of X-Forwarded-For that is no trusted proxy. What
 * stands further left was written by people we do not know. */
void http_peer_resolve(const struct http_peer *peer, const struct network *proxies, size_t count,
                       struct http_request *request);

/* Whether two peers count as one for the limit on connections: the same IPv4 address, the same IPv6 /64. */
bool http_peer_same(const struct http_peer *a, const struct http_peer *b);

#endif
