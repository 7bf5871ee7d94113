#include "io/http/http_peer.h"

#include "base/err.h"
#include <arpa/inet.h>
#include <netinet/in.h>

enum { V4_AT = 12, V6_NETWORK_BYTES = 8 };

static void to_text(const struct netaddr *addr, char out[HTTP_ADDR_TEXT_MAX]) {
  bool dotted = netaddr_is_v4(addr);
  ASSERT(inet_ntop(dotted ? AF_INET : AF_INET6, addr->bytes + (dotted ? V4_AT : 0), out, HTTP_ADDR_TEXT_MAX));
}

static bool is_proxy(const struct netaddr *addr, const struct network *proxies, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (network_contains(&proxies[i], addr)) return true;
  return false;
}

void http_peer_init(struct http_peer *peer, const struct sockaddr *addr, const struct network *proxies,
                    size_t count) {
  *peer = (struct http_peer){0};
  if (addr->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const void *)addr;
    peer->addr.bytes[10] = peer->addr.bytes[11] = 0xff;
    memcpy(peer->addr.bytes + V4_AT, &in->sin_addr, sizeof in->sin_addr);
  } else if (addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in6 = (const void *)addr;
    memcpy(peer->addr.bytes, &in6->sin6_addr, sizeof in6->sin6_addr);
  }
  to_text(&peer->addr, peer->text);
  peer->loopback = netaddr_is_loopback(&peer->addr);
  peer->trusted = is_proxy(&peer->addr, proxies, count);
}

/* Cuts the last element off a comma-separated list. */
static struct str take_last(struct str *list) {
  size_t at = list->len;
  while (at > 0 && list->p[at - 1] != ',') at--;
  struct str last = {list->p + at, list->len - at};
  list->len = at > 0 ? at - 1 : 0;
  return str_trim(last);
}

/* "203.0.113.7", "203.0.113.7:4711", "2001:db8::7", "[2001:db8::7]:4711". */
static bool parse_forwarded(struct str text, struct netaddr *addr) {
  if (text.len && text.p[0] == '[') {
    const char *end = memchr(text.p, ']', text.len);
    return end && netaddr_parse((struct str){text.p + 1, (size_t)(end - text.p) - 1}, addr);
  }
  if (netaddr_parse(text, addr)) return true;
  const char *colon = text.len ? memchr(text.p, ':', text.len) : NULL;
  return colon && netaddr_parse((struct str){text.p, (size_t)(colon - text.p)}, addr);
}

/* The rightmost address that is no proxy's, over all lines of the header; false: none can be told. */
static bool find_client(const struct http_request *request, const struct network *proxies, size_t count,
                        struct netaddr *client) {
  for (int i = request->header_count - 1; i >= 0; i--) {
    if (!http_word_equal(request->headers[i].name, STR("X-Forwarded-For"))) continue;
    struct str list = request->headers[i].value;
    while (list.len) {
      struct netaddr addr;
      if (!parse_forwarded(take_last(&list), &addr)) return false;
      *client = addr;
      if (!is_proxy(&addr, proxies, count)) return true;
    }
  }
  return false;
}

void http_peer_resolve(const struct http_peer *peer, const struct network *proxies, size_t count,
                       struct http_request *request) {
  struct netaddr client;
  request->remote = peer->addr;
  memcpy(request->remote_text, peer->text, sizeof peer->text);
  if (!peer->trusted || !find_client(request, proxies, count, &client)) return;
  request->remote = client;
  to_text(&client, request->remote_text);
}

bool http_peer_same(const struct http_peer *a, const struct http_peer *b) {
  size_t len = netaddr_is_v4(&a->addr) ? sizeof a->addr.bytes : V6_NETWORK_BYTES;
  return netaddr_is_v4(&a->addr) == netaddr_is_v4(&b->addr) && memcmp(a->addr.bytes, b->addr.bytes, len) == 0;
}
