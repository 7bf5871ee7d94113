#include "unit.h"

#include "io/http/http_cors.h"

static const struct str origins[] = {{"https://a.example", 17}, {"http://localhost:3000", 21}};
static const struct http_cors any = {0}, listed = {origins, 2};

static struct http_request request;
static struct buf headers;

static int start(void **state) {
  (void)state;
  http_request_init(&request);
  buf_init(&headers);
  return 0;
}

static int stop(void **state) {
  (void)state;
  http_request_release(&request);
  buf_release(&headers);
  return 0;
}

static void say(const char *name, const char *value) {
  request.headers[request.header_count++] = (struct http_pair){str_of(name), str_of(value)};
}

#define EXPOSE "Access-Control-Expose-Headers: Retry-After, X-Request-Id, X-RateLimit-Reset\r\n"

static void says_nothing_without_a_policy(void **state) {
  (void)state;
  say("Origin", "https://a.example");
  http_cors_add(NULL, &request, &headers);
  http_cors_add_preflight(NULL, &request, STR("GET"), &headers);
  assert_int_equal(headers.len, 0);
}

static void lets_any_origin_in(void **state) {
  (void)state;
  http_cors_add(&any, &request, &headers);
  assert_int_equal(headers.len, 0); /* nobody asked */
  say("oRIGIN", "null");
  http_cors_add(&any, &request, &headers);
  assert_str(buf_str(&headers), "Access-Control-Allow-Origin: *\r\n" EXPOSE);
}

static void lets_listed_origins_in(void **state) {
  (void)state;
  http_cors_add(&listed, &request, &headers);
  assert_str(buf_str(&headers), "Vary: Origin\r\n"); /* caches must not mix up askers */
  buf_clear(&headers);
  say("Origin", "http://LOCALHOST:3000");
  http_cors_add(&listed, &request, &headers);
  assert_str(buf_str(&headers),
             "Vary: Origin\r\nAccess-Control-Allow-Origin: http://LOCALHOST:3000\r\n" EXPOSE);
}

static void keeps_other_origins_out(void **state) {
  (void)state;
  static const char *const others[] = {"https://a.example.evil", "https://a.exampl", "http://a.example",
                                       "null", ""};
  for (size_t i = 0; i < COUNT_OF(others); i++) {
    buf_clear(&headers);
    request.header_count = 0;
    say("Origin", others[i]);
    http_cors_add(&listed, &request, &headers);
    assert_str(buf_str(&headers), "Vary: Origin\r\n");
  }
}

static void tells_preflights(void **state) {
  (void)state;
  request.method = STR("OPTIONS");
  assert_false(http_cors_is_preflight(&request));
  say("Origin", "https://a.example");
  assert_false(http_cors_is_preflight(&request));
  say("Access-Control-Request-Method", "POST");
  assert_true(http_cors_is_preflight(&request));
  request.method = STR("POST");
  assert_false(http_cors_is_preflight(&request));
}

static void grants_the_headers_asked_for(void **state) {
  (void)state;
  say("Access-Control-Request-Headers", "authorization, X-Retry-Count");
  http_cors_add_preflight(&any, &request, STR("POST, OPTIONS"), &headers);
  assert_str(buf_str(&headers),
             "Access-Control-Allow-Methods: POST, OPTIONS\r\nAccess-Control-Max-Age: 7200\r\n"
             "Access-Control-Allow-Headers: authorization, X-Retry-Count\r\n");
}

static void echoes_nothing_strange(void **state) {
  (void)state;
  say("Access-Control-Request-Headers", "a\r\nSet-Cookie: b");
  http_cors_add_preflight(&any, &request, STR("POST"), &headers);
  assert_str(buf_str(&headers), "Access-Control-Allow-Methods: POST\r\nAccess-Control-Max-Age: 7200\r\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(says_nothing_without_a_policy), TEST(lets_any_origin_in), TEST(lets_listed_origins_in),
      TEST(keeps_other_origins_out),       TEST(tells_preflights),   TEST(grants_the_headers_asked_for),
      TEST(echoes_nothing_strange),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
