/* What comes of bytes, event by event; what is refused is in test_http_malformed.c. */
#include "unit.h"

#include "io/http/http_parser.h"

static struct http_parser parser;
static struct http_request request;
static struct http_failure failure;

static int start(void **state) {
  (void)state;
  http_request_init(&request);
  http_parser_init(&parser, HTTP_HEAD_MAX, HTTP_TARGET_MAX);
  http_parser_start(&parser, &request);
  return 0;
}

static int stop(void **state) {
  (void)state;
  http_request_release(&request);
  return 0;
}

static enum http_event feed(struct str *bytes) {
  return http_parser_feed(&parser, bytes, &failure);
}

static void reads_a_request(void **state) {
  struct str bytes =
                 STR("POST /a%20b?c=d HTTP/1.1\r\nHost: h\r\nX-Y:  z \r\nContent-Length: 5\r\n\r\nhelloGET"),
             value;
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_str(request.method, "POST");
  assert_str(request.target, "/a%20b?c=d");
  assert_str(request.uri.path, "/a b");
  assert_true(http_request_query(&request, STR("c"), &value));
  assert_str(value, "d");
  assert_false(http_request_query(&request, STR("d"), &value));
  assert_int_equal(request.header_count, 3);
  assert_true(http_request_header(&request, STR("x-y"), &value));
  assert_str(value, "z");
  assert_false(http_request_header(&request, STR("x"), &value));
  assert_str(value, "");
  assert_true(request.has_body && request.keep_alive && !request.chunked && !request.expects_continue);
  assert_int_equal(request.version, 11);
  assert_int_equal(request.content_length, 5);
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_str(parser.piece, "hello");
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
  assert_true(http_parser_between(&parser));
  assert_str(bytes, "GET"); /* the next one's */
}

static void needs_no_more_bytes_to_end(void **state) {
  struct str bytes = STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_int_equal(bytes.len, 0);
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
}

/* A body's piece is shown once, however often nothing follows it. */
static void shows_pieces_once(void **state) {
  struct str bytes = STR("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhe"), more = STR("llo");
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_str(parser.piece, "he");
  for (int i = 0; i < 3; i++) assert_int_equal(feed(&bytes), HTTP_EVENT_MORE);
  assert_int_equal(feed(&more), HTTP_EVENT_BODY);
  assert_str(parser.piece, "llo");
  assert_int_equal(feed(&more), HTTP_EVENT_DONE);
}

static void joins_chunks(void **state) {
  struct str bytes = STR("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                         "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n");
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_true(request.chunked && request.has_body);
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_str(parser.piece, "he");
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_str(parser.piece, "llo");
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
}

static void reads_requests_in_a_row(void **state) {
  struct str bytes = STR("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx\r\n"
                         "GET /b HTTP/1.0\r\n\r\n");
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
  struct http_request second;
  http_request_init(&second);
  http_parser_start(&parser, &second);
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  assert_str(second.uri.path, "/b");
  assert_int_equal(second.version, 10);
  assert_false(second.keep_alive);
  assert_false(second.has_body);
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
  assert_str(request.uri.path, "/a"); /* the first one's texts stay */
  http_request_release(&second);
}

/* Whoever answered early may free the request while its body is still read. */
static void reads_disowned_bodies(void **state) {
  struct str bytes =
      STR("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
  (void)state;
  assert_int_equal(feed(&bytes), HTTP_EVENT_HEAD);
  http_request_release(&request);
  http_parser_disown(&parser);
  assert_int_equal(feed(&bytes), HTTP_EVENT_BODY);
  assert_false(http_parser_between(&parser));
  assert_int_equal(feed(&bytes), HTTP_EVENT_DONE);
  assert_true(http_parser_between(&parser));
}

static void says_what_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *bytes, *message;
  } cases[] = {
      {"GET / HTTP/1.1\nHost: h\r\n\r\n", "a line end that is not CR LF"},
      {"GET / HTTP/1.1\r\nHost: h\r\n x\r\n\r\n", "a folded header line"},
      {"GET / HTTP/1.1\r\n: h\r\n\r\n", "a header without a name"},
      {"GET / HTTP/1.1\r\n\r\n", "no Host header"},
      {"GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "two Host headers"},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding in HTTP/1.0"},
      {"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "only \"chunked\" alone"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct str bytes = str_of(cases[i].bytes);
    stop(NULL);
    start(NULL);
    assert_int_equal(feed(&bytes), HTTP_EVENT_FAILED);
    assert_non_null(strstr(failure.message, cases[i].message));
  }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(reads_a_request),    TEST(needs_no_more_bytes_to_end), TEST(shows_pieces_once),
      TEST(joins_chunks),       TEST(reads_requests_in_a_row),    TEST(reads_disowned_bodies),
      TEST(says_what_is_wrong),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
