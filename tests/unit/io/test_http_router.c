#include "unit.h"

#include "io/http/http_router.h"

#include <stdio.h>

static const struct http_cors any = {0};

static const struct http_route routes[] = {
    {.method = "GET", .path = "/"},
    {.method = "GET", .path = "/v1/leads"},
    {.method = "GET", .path = "/v1/leads/{id}"},
    {.method = "DELETE", .path = "/v1/leads/{id}"},
    {.method = "GET", .path = "/v1/leads/{id}/explain"},
    {.method = "GET", .path = "/v1/leads/search"},
    {.method = "GET", .path = "/v1/{kind}/{id}/{part}"},
    {.method = "POST", .path = "/v1/batch", .cors = &any},
    {.method = "POST", .path = "/v1/{kind}"},
};

/* "path name=value", or "- methods" with "cors" when the path has a policy. */
static const char *match(const char *method, const char *target) {
  static char text[256];
  struct http_request request;
  struct http_failure failure;
  struct http_match found;
  struct http_router *router = http_router_new(routes, COUNT_OF(routes));
  http_request_init(&request);
  request.method = str_of(method);
  assert_int_equal(http_uri_parse(str_of(target), &request.uri, &request.room, &failure), 0);
  http_router_match(router, &request, &found);
  int at = snprintf(text, sizeof text, "%s", found.route ? found.route->path : "-");
  for (int i = 0; found.route && i < request.param_count; i++)
    at += snprintf(text + at, sizeof text - (size_t)at, " %.*s=%.*s", STR_ARG(request.params[i].name),
                   STR_ARG(request.params[i].value));
  if (found.methods.len)
    at += snprintf(text + at, sizeof text - (size_t)at, " %.*s", STR_ARG(buf_str(&found.methods)));
  if (found.cors) snprintf(text + at, sizeof text - (size_t)at, " cors");
  buf_release(&found.methods);
  http_request_release(&request);
  http_router_free(router);
  return text;
}

static void finds_routes(void **state) {
  (void)state;
  static const struct {
    const char *method, *target, *found;
  } cases[] = {
      {"GET", "/", "/"},
      {"HEAD", "/", "/"},
      {"GET", "/v1/leads", "/v1/leads"},
      {"GET", "/v1/leads/", "/v1/leads"},
      {"GET", "/v1/leads/7", "/v1/leads/{id} id=7"},
      {"GET", "/v1/leads/a%2Fb", "/v1/leads/{id} id=a/b"},
      {"GET", "/v1/leads/search", "/v1/leads/search"},
      {"DELETE", "/v1/leads/search", "- GET, HEAD, OPTIONS"},
      {"GET", "/v1/leads/7/explain", "/v1/leads/{id}/explain id=7"},
      {"GET", "/v1/leads/7/other", "/v1/{kind}/{id}/{part} kind=leads id=7 part=other"},
      {"GET", "/v1/leads//explain", "-"},
      {"POST", "/v1/batch", "/v1/batch cors"},
      {"POST", "/v1/other", "/v1/{kind} kind=other"},
      {"POST", "/v1/leads", "- GET, HEAD, OPTIONS"},
      {"PUT", "/v1/other", "- POST, OPTIONS"},
      {"GET", "/v1", "-"},
      {"GET", "/v2/leads", "-"},
      {"GET", "/v1/leads/7/explain/x", "-"},
      {"POST", "/", "- GET, HEAD, OPTIONS"},
      {"GET", "/v1/batch", "- POST, OPTIONS cors"},
      {"OPTIONS", "/v1/batch", "- POST, OPTIONS cors"},
      {"PUT", "/v1/leads/7", "- GET, HEAD, DELETE, OPTIONS"},
      {"OPTIONS", "*", "- GET, HEAD, DELETE, POST, OPTIONS"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (strcmp(match(cases[i].method, cases[i].target), cases[i].found) != 0)
      fail_msg("%s %s: expected %s, got %s", cases[i].method, cases[i].target, cases[i].found,
               match(cases[i].method, cases[i].target));
}

static void works_without_routes(void **state) {
  struct http_match found;
  struct http_request request;
  struct http_router *router = http_router_new(NULL, 0);
  (void)state;
  http_request_init(&request);
  request.method = STR("GET");
  http_router_match(router, &request, &found);
  assert_null(found.route);
  assert_int_equal(found.methods.len, 0);
  http_request_release(&request);
  http_router_free(router);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(finds_routes), cmocka_unit_test(works_without_routes)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
