#include "serve_fixture.h"

#include "base/version.h"
#include "serve/routes.h"
#include <ctype.h>

static const struct http_route *routes(size_t *count) {
  static const struct http_cors cors;
  return routes_make(&cors, count);
}

static const char *lower(const char *method) {
  static char text[16];
  size_t i = 0;
  for (; method[i] && i + 1 < sizeof text; i++) text[i] = (char)tolower((unsigned char)method[i]);
  text[i] = '\0';
  return text;
}

/* A path's item, itself or what it refers to. */
static struct json_ref item_of(const char *path) {
  struct str ref, prefix = STR("#/components/pathItems/");
  struct json_ref item = json_get(json_get(serve.root, STR("paths")), str_of(path));
  if (!json_string(json_get(item, STR("$ref")), &ref)) return item;
  assert_true(str_starts(ref, prefix));
  ref = (struct str){ref.p + prefix.len, ref.len - prefix.len};
  return json_get(json_get(json_get(serve.root, STR("components")), STR("pathItems")), ref);
}

static void it_is_served_to_everybody_with_the_version(void **state) {
  (void)state;
  assert_int_equal(serve_request("GET", "/v1/openapi.json", "", STR("")), 200);
  assert_at("openapi", "\"3.1.0\"");
  char version[32];
  snprintf(version, sizeof version, "\"%s\"", version_text);
  assert_at("info.version", version);
}

static void every_route_is_in_it(void **state) {
  (void)state;
  size_t count;
  const struct http_route *all = routes(&count);
  serve_get("/v1/openapi.json");
  for (size_t i = 0; i < count; i++)
    if (json_is_missing(json_get(item_of(all[i].path), str_of(lower(all[i].method)))))
      fail_msg("engine/serve/openapi.json lacks %s %s", all[i].method, all[i].path);
}

static bool is_route(struct str path, struct str method) {
  size_t count;
  const struct http_route *all = routes(&count);
  for (size_t i = 0; i < count; i++)
    if (str_eq(path, str_of(all[i].path)) && str_eq(method, str_of(lower(all[i].method)))) return true;
  return false;
}

static void everything_in_it_is_a_route(void **state) {
  (void)state;
  struct json_iter paths, methods;
  serve_get("/v1/openapi.json");
  for (json_iter_init(&paths, serve_at("paths")); json_next(&paths);) {
    char path[128];
    snprintf(path, sizeof path, "%.*s", STR_ARG(paths.key));
    for (json_iter_init(&methods, item_of(path)); json_next(&methods);)
      if (!str_eq(methods.key, STR("parameters")) && !is_route(paths.key, methods.key))
        fail_msg("engine/serve/openapi.json has %.*s %s, which is no route", STR_ARG(methods.key), path);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(it_is_served_to_everybody_with_the_version, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(every_route_is_in_it, serve_start, serve_stop),
      cmocka_unit_test_setup_teardown(everything_in_it_is_a_route, serve_start, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
