#include "io/http/http_router.h"

#include "base/err.h"

/* A route with its pattern cut into segments. */
struct pattern {
  const struct http_route *route;
  struct str method;
  struct str segments[HTTP_SEGMENTS_MAX]; /* a name without its braces */
  bool is_name[HTTP_SEGMENTS_MAX];
  int segment_count;
};

struct http_router {
  struct pattern *patterns;
  size_t count;
};

static void cut(struct pattern *pattern) {
  const char *at = pattern->route->path;
  int names = 0;
  ASSERT(at[0] == '/');
  while (*at == '/' && at[1]) {
    ASSERT(pattern->segment_count < HTTP_SEGMENTS_MAX);
    size_t len = strcspn(at + 1, "/");
    struct str segment = {at + 1, len};
    bool is_name = at[1] == '{';
    if (is_name) {
      ASSERT(at[len] == '}' && len > 2 && ++names <= HTTP_PARAMS_MAX);
      segment = (struct str){at + 2, len - 2};
    }
    pattern->is_name[pattern->segment_count] = is_name;
    pattern->segments[pattern->segment_count++] = segment;
    at += 1 + len;
  }
}

struct http_router *http_router_new(const struct http_route *routes, size_t count) {
  struct http_router *router = xcalloc(1, sizeof *router);
  router->patterns = xcalloc(count ? count : 1, sizeof *router->patterns);
  router->count = count;
  for (size_t i = 0; i < count; i++) {
    router->patterns[i].route = &routes[i];
    router->patterns[i].method = str_of(routes[i].method);
    cut(&router->patterns[i]);
  }
  return router;
}

void http_router_free(struct http_router *router) {
  if (!router) return;
  free(router->patterns);
  free(router);
}

/* How many of the segments are words of the pattern, plus one; 0: it does not fit. */
static int fit(const struct pattern *pattern, const struct http_uri *uri) {
  int words = 0;
  if (pattern->segment_count != uri->segment_count) return 0;
  for (int i = 0; i < uri->segment_count; i++) {
    if (pattern->is_name[i]) {
      if (uri->segments[i].len == 0) return 0;
    } else if (str_eq(pattern->segments[i], uri->segments[i])) {
      words++;
    } else {
      return 0;
    }
  }
  return words + 1;
}

static void take_params(const struct pattern *pattern, struct http_request *request) {
  request->param_count = 0;
  for (int i = 0; i < pattern->segment_count; i++)
    if (pattern->is_name[i])
      request->params[request->param_count++] =
          (struct http_pair){pattern->segments[i], request->uri.segments[i]};
}

static void add_method(struct buf *methods, const char *method) {
  if (methods->len) buf_add_text(methods, ", ");
  buf_add_text(methods, method);
  if (strcmp(method, "GET") == 0) buf_add_text(methods, ", HEAD");
}

/* The methods of the patterns that fit so well. */
static void list_methods(const struct http_router *router, const struct http_uri *uri, int best,
                         struct http_match *match) {
  for (size_t i = 0; i < router->count; i++) {
    const struct pattern *pattern = &router->patterns[i];
    if (fit(pattern, uri) != best) continue;
    add_method(&match->methods, pattern->route->method);
    if (pattern->route->cors) match->cors = pattern->route->cors;
  }
  add_method(&match->methods, "OPTIONS");
}

/* The methods of all patterns, each once: what "*" takes is what the server takes anywhere. */
static void list_all(const struct http_router *router, struct buf *methods) {
  for (size_t i = 0; i < router->count; i++) {
    size_t before = 0;
    while (!str_eq(router->patterns[before].method, router->patterns[i].method)) before++;
    if (before == i) add_method(methods, router->patterns[i].route->method);
  }
  add_method(methods, "OPTIONS");
}

/* The path alone says what is meant (the pattern with the most words that fits), the method what is to be done with it. */
void http_router_match(const struct http_router *router, struct http_request *request,
                       struct http_match *match) {
  struct str method = str_eq(request->method, STR("HEAD")) ? STR("GET") : request->method;
  const struct pattern *found = NULL;
  int best = 0;
  *match = (struct http_match){0};
  buf_init(&match->methods);
  if (str_eq(request->uri.path, STR("*"))) {
    list_all(router, &match->methods);
    return;
  }
  for (size_t i = 0; i < router->count; i++) {
    const struct pattern *pattern = &router->patterns[i];
    int words = fit(pattern, &request->uri);
    if (words < best || words == 0) continue;
    if (words > best) found = NULL;
    best = words;
    if (!found && str_eq(pattern->method, method)) found = pattern;
  }
  if (found) {
    take_params(found, request);
    match->route = found->route;
    match->cors = found->route->cors;
  } else if (best) {
    list_methods(router, &request->uri, best, match);
  }
}
