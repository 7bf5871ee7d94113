/* Bytes of a connection through the request parser, the router, CORS, the proxy header and the inflater.
 *
 * The first byte says in what pieces the bytes come. Beside the sanitizers, one property is checked: what a request means
 * does not depend on the pieces, or two machines could read the same bytes as different requests. */
#include "base/err.h"
#include "io/http/http_inflate.h"
#include "io/http/http_parser.h"
#include "io/http/http_peer.h"
#include "io/http/http_router.h"
#include <netinet/in.h>

enum { REQUESTS_MAX = 50, BODY_MAX = 1 << 20 };

static const struct str origins[] = {{"https://a", 9}};
static const struct http_cors any = {0}, listed = {origins, 1};
static const struct http_route routes[] = {
    {.method = "GET", .path = "/"},
    {.method = "GET", .path = "/v1/leads/{id}", .cors = &listed},
    {.method = "GET", .path = "/v1/leads/{id}/explain"},
    {.method = "POST", .path = "/v1/batch", .cors = &any},
    {.method = "PUT", .path = "/v1/batch", .cors = &any},
};

/* What came of one request. */
struct seen {
  struct buf *log;
  struct http_router *router;
  struct http_request request;
  struct http_inflate *inflate;
  bool corrupt; /* the inflater said so */
  size_t body_bytes;
};

static void route(struct seen *seen) {
  struct http_match match;
  struct buf headers;
  struct str value;
  enum http_coding coding = HTTP_CODING_IDENTITY;
  struct http_failure failure;
  buf_init(&headers);
  http_router_match(seen->router, &seen->request, &match);
  http_cors_add(match.cors, &seen->request, &headers);
  if (http_cors_is_preflight(&seen->request))
    http_cors_add_preflight(match.cors, &seen->request, buf_str(&match.methods), &headers);
  http_request_header(&seen->request, STR("Content-Encoding"), &value);
  if (http_coding_parse(value, &coding, &failure) == 0 && coding != HTTP_CODING_IDENTITY)
    seen->inflate = http_inflate_new(coding);
  buf_printf(seen->log, " route %s allow %.*s\n%.*s", match.route ? match.route->path : "-",
             STR_ARG(buf_str(&match.methods)), STR_ARG(buf_str(&headers)));
  buf_release(&match.methods);
  buf_release(&headers);
}

static void resolve(struct seen *seen) {
  struct sockaddr_in in = {.sin_family = AF_INET};
  struct network all = {.bits = 0};
  struct http_peer peer;
  http_peer_init(&peer, (struct sockaddr *)&in, &all, 1);
  http_peer_resolve(&peer, &all, 1, &seen->request);
  buf_printf(seen->log, " from %s", seen->request.remote_text);
}

static void take_head(struct seen *seen) {
  const struct http_request *request = &seen->request;
  buf_printf(seen->log, "%.*s %.*s segments %d query %d", STR_ARG(request->method),
             STR_ARG(request->uri.path), request->uri.segment_count, request->uri.query_count);
  for (int i = 0; i < request->uri.query_count; i++)
    buf_printf(seen->log, " %.*s=%.*s", STR_ARG(request->uri.query[i].name),
               STR_ARG(request->uri.query[i].value));
  for (int i = 0; i < request->header_count; i++)
    buf_printf(seen->log, " [%.*s:%.*s]", STR_ARG(request->headers[i].name),
               STR_ARG(request->headers[i].value));
  resolve(seen);
  route(seen);
}

/* Bodies are logged by their sizes: pieces differ, sums may not. */
static void take_body(struct seen *seen, struct str piece) {
  struct http_failure failure;
  struct str out;
  if (!seen->inflate) {
    seen->body_bytes += piece.len;
    return;
  }
  while (!seen->corrupt) {
    seen->corrupt = http_inflate_step(seen->inflate, &piece, &out, &failure) != 0;
    if (!seen->corrupt && seen->body_bytes < BODY_MAX) seen->body_bytes += out.len;
    if (piece.len == 0 && out.len < HTTP_INFLATE_WINDOW) return;
  }
}

static void end_request(struct seen *seen) {
  struct http_failure failure;
  bool inflated = seen->inflate && !seen->corrupt;
  if (inflated) buf_printf(seen->log, " inflated %d", http_inflate_end(seen->inflate, &failure));
  http_inflate_free(seen->inflate);
  seen->inflate = NULL;
  seen->corrupt = false;
  seen->body_bytes = 0;
  http_request_release(&seen->request);
  http_request_init(&seen->request);
}

/* Feeds `bytes`, in pieces of at most `stride`, logging what they mean. */
static void run(struct http_router *router, struct str bytes, size_t stride, struct buf *log) {
  struct seen seen = {.log = log, .router = router};
  struct http_parser parser;
  struct http_failure failure;
  int requests = 0;
  http_request_init(&seen.request);
  http_parser_init(&parser, HTTP_HEAD_MAX, HTTP_TARGET_MAX);
  bool going = true;
  while (going && bytes.len && requests < REQUESTS_MAX) {
    struct str piece = {bytes.p, bytes.len < stride ? bytes.len : stride};
    bytes.p += piece.len;
    bytes.len -= piece.len;
    for (bool more = true; more && going;) {
      if (http_parser_between(&parser)) {
        if (piece.len == 0) break;
        http_parser_start(&parser, &seen.request);
      }
      switch (http_parser_feed(&parser, &piece, &failure)) {
      case HTTP_EVENT_MORE: more = false; break;
      case HTTP_EVENT_HEAD: take_head(&seen); break;
      case HTTP_EVENT_BODY: take_body(&seen, parser.piece); break;
      case HTTP_EVENT_DONE:
        if (seen.corrupt)
          buf_add_text(log, " corrupt");
        else if (seen.body_bytes < BODY_MAX)
          buf_printf(log, " body %zu", seen.body_bytes);
        buf_add_text(log, " done\n");
        end_request(&seen);
        going = ++requests < REQUESTS_MAX;
        break;
      case HTTP_EVENT_FAILED:
        buf_printf(log, "failed %d\n", failure.status);
        going = false;
        break;
      }
    }
  }
  end_request(&seen);
  http_request_release(&seen.request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  struct str bytes = {(const char *)data + 1, size - 1};
  struct http_router *router = http_router_new(routes, sizeof routes / sizeof routes[0]);
  struct buf whole, pieces;
  buf_init(&whole);
  buf_init(&pieces);
  run(router, bytes, bytes.len, &whole);
  run(router, bytes, (size_t)data[0] + 1, &pieces);
  ASSERT(str_eq(buf_str(&whole), buf_str(&pieces)));
  buf_release(&whole);
  buf_release(&pieces);
  http_router_free(router);
  return 0;
}
