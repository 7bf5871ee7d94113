/* Requests that are wrong, odd or on a limit's edge, through a whole server. Each is sent in one piece and then byte by byte:
 * the answers must be the same. */
#include "http_fixture.h"

#include <zlib.h>

#define H "Host: a\r\n"

enum { BYTES_8K = 8192 };

static const struct {
  const char *request, *answers;
} cases[] = {
    /* plain */
    {"GET /hello HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nhOsT: a\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost:a\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost:   a  \t \r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost:\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "200."},
    {"GET /hello/ HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET / HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET /hello?a=b&&c HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET http://a/hello HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET http://a HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET https://a:1?x=y HTTP/1.1\r\n" H "\r\n", "200."},
    {"\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200."},
    {"\r\n\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET /hello HTTP/1.1\r\n" H "\r\n\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\n" H "Connection: close\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200."},
    {"GET /hello HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    {"GET /hello HTTP/1.1\r\n" H
     "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n"
     "GET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200."},
    {"GET /hello HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n", "200."},
    {"HEAD /hello HTTP/1.1\r\n" H "Connection: close\r\n\r\n", "+."},
    {"OPTIONS * HTTP/1.1\r\n" H "\r\n", "204."},
    {"OPTIONS /echo HTTP/1.1\r\n" H "\r\n", "204."},
    {"OPTIONS /nowhere HTTP/1.1\r\n" H "\r\n", "404."},
    /* HTTP/1.0 */
    {"GET /hello HTTP/1.0\r\n\r\n", "200."},
    {"GET /hello HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n", "200."},
    {"GET /hello HTTP/1.0\r\n" H H "\r\n", "400."},
    {"POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi", "200."},
    {"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400."},
    /* the first line */
    {"GET /nowhere HTTP/1.1\r\n" H "\r\n", "404."},
    {"GET //hello HTTP/1.1\r\n" H "\r\n", "404."},
    {"GET /hello// HTTP/1.1\r\n" H "\r\n", "404."},
    {"DELETE /hello HTTP/1.1\r\n" H "\r\n", "405."},
    {"TRACE /hello HTTP/1.1\r\n" H "\r\n", "405."},
    {"CONNECT a:80 HTTP/1.1\r\n" H "\r\n", "501."},
    {"get /hello HTTP/1.1\r\n" H "\r\n", "501."},
    {"FETCH /hello HTTP/1.1\r\n" H "\r\n", "501."},
    {"PROPFIND /hello HTTP/1.1\r\n" H "\r\n", "501."},
    {"SOURCE /hello HTTP/1.1\r\n" H "\r\n", "501."},
    {"PRI /hello HTTP/1.1\r\n" H "\r\n", "501."},
    {"G(T /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET  /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello  HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET\t/hello\tHTTP/1.1\r\n" H "\r\n", "400."},
    {" GET /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello HTTP/1.1 \r\n" H "\r\n", "400."},
    {"GET /hello world HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello RTSP/1.0\r\n" H "\r\n", "400."},
    {"GET /hello\r\n" H "\r\n", "400."},
    {"GET /hello \r\n" H "\r\n", "400."},
    {"GET \r\n" H "\r\n", "400."},
    {"GET  HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello HTTP/1.x\r\n" H "\r\n", "400."},
    {"GET /hello http/1.1\r\n" H "\r\n", "400."},
    {"GET /hello HTTP/2.0\r\n" H "\r\n", "505."},
    {"GET /hello HTTP/1.2\r\n" H "\r\nGET /hello HTTP/1.9\r\n" H "\r\n", "200 200."},
    {"GET /hello HTTP/0.9\r\n" H "\r\n", "505."},
    {"GET /hello HTTP/11\r\n" H "\r\n", "400."},
    {"GET /hello HTTP/1.1.1\r\n" H "\r\n", "400."},
    {"GET /hello RTSP/1.0\r\n" H "\r\n", "400."},
    {"DESCRIBE /hello RTSP/1.0\r\n" H "\r\n", "400."},
    {"SOURCE /hello ICE/1.0\r\n" H "\r\n", "400."},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505."},
    {"GET hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET * HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /a\x80 HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /%zz HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /% HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /%c0%a0 HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello%00 HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello%0d%0aX:y HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /../hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /%2e%2e/hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /./hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello?a=%0 HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /1/2/3/4/5/6/7/8/9/10/11/12/13 HTTP/1.1\r\n" H "\r\n", "400."},
    {"garbage\r\n\r\n", "400."},
    {"\x16\x03\x01\x02", "400."}, /* TLS to a plain port */
    {"GET /hello#a HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello?a#b HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET http:///hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET http://:80/hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET http://b@a/hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET http://a:b/hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET ftp://a/hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET http://a/hello HTTP/1.1\r\n\r\n", "400."},
    {"GET a:80 HTTP/1.1\r\n" H "\r\n", "400."},
    /* headers */
    {"GET /hello HTTP/1.1\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H H "\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a,b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a:b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a:1:2\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: b@a\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: ::1\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: [::1\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: [::1]a\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: [[::1]\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: [\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a:\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost: _a-b.c%41:0\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\nHost: a, b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A: b\r\n\tc\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n Host: a\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\n" H "\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a\r\n\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a\rA: b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\nHost: a\r\r\n\r\n", "400."},
    {"\nGET /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"\r\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"\r\n\r\n\r\n\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H ": b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A(: b\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A: \x01\r\n\r\n", "400."},
    {"GET /hello HTTP/1.1\r\n" H "A: caf\xc3\xa9\r\n\r\n", "200."},
    {"GET /hello HTTP/1.1\r\n" H "A:\r\nB: \r\n\r\n", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Expect: 200-ok\r\nContent-Length: 0\r\n\r\n", "417."},
    {"POST /echo HTTP/1.1\r\n" H "Expect: 100-continue, a=b\r\nContent-Length: 2\r\n\r\nhi", "417."},
    {"POST /echo HTTP/1.1\r\n" H "Expect: 100-continue\r\nExpect: b\r\nContent-Length: 2\r\n\r\nhi", "417."},
    {"POST /echo HTTP/1.1\r\n" H
     "Expect: , 100-Continue\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
     "200."},
    {"POST /echo HTTP/1.1\r\n" H "Expect:\r\nContent-Length: 2\r\n\r\nhi", "200."},
    {"POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", "200."},
    {"GET /hello HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n", "200."},
    /* lengths */
    {"POST /echo HTTP/1.1\r\n" H "\r\n", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 0002\r\n\r\nhi", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 2, 2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: +2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: -2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 2 2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 0x2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length:\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 18446744073709551615\r\n\r\nhi", "413."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 4194305\r\n\r\nhi", "413."},
    {"GET /hello HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    /* an answer before the body: the connection lives on when the rest is small and known */
    {"POST /nowhere HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /hello HTTP/1.1\r\n" H "\r\n",
     "404 200."},
    {"POST /nowhere HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" H
     "\r\n",
     "404."},
    {"POST /nowhere HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", "404."},
    {"POST /stream/refuse HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /hello HTTP/1.1\r\n" H "\r\n",
     "401 200."},
/* chunks */
#define CHUNKED "POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n"
    {CHUNKED "\r\n2\r\nhi\r\n0\r\n\r\n", "200."},
    {CHUNKED "\r\n2\r\nhi\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    {"POST /echo HTTP/1.1\r\n" H "tRANSFER-eNCODING: CHUNKED\r\n\r\n00002\r\nhi\r\n000\r\n\r\n", "200."},
    {CHUNKED "\r\n2;a=b\r\nhi\r\n0;c\r\n\r\n", "200."},
    {CHUNKED "\r\n2 ; a = \"b\" ; c\r\nhi\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    {CHUNKED "\r\n2\r\nhi\r\n0\r\nA: b\r\nC: d\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200 200."},
    {CHUNKED "\r\n2\r\nhi\r\n0\r\nA: b\r\n", "400."},
    {CHUNKED "\r\n2\r\nhi\r\n0\r\nHost: b\r\n\r\n", "400."},
    {"POST /stream HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nHost: b\r\n\r\n",
     "400."},
    {CHUNKED "\r\n0\r\nContent-Length: 5\r\n\r\n", "400."},
    {CHUNKED "\r\n2\r\nhi", "400."},
    {CHUNKED "\r\n2\r\nhi\r\n", "400."},
    {CHUNKED "\r\n2\r\nhiX\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n2\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n2\rhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n2\r\nhi\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n2\r\nhi\r\n0\n\n", "400."},
    {CHUNKED "\r\n-2\r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n0x2\r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n\r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\ng\r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n 2\r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\n2 \r\nhi\r\n0\r\n\r\n", "400."},
    {CHUNKED "\r\nfffffffffffffffff\r\nhi", "400."},
    {CHUNKED "\r\nffffffffffffffff\r\nhi", "400."},
    {CHUNKED "Content-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "400."},
    {"POST /echo HTTP/1.1\r\n" H
     "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
     "400."},
    {CHUNKED "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", "501."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "501."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding:\x0b"
     "chunked\r\n\r\n0\r\n\r\n",
     "400."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "501."},
    {"POST /echo HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n0\r\n\r\n", "501."},
    /* encodings */
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: br\r\nContent-Length: 2\r\n\r\nhi", "415."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\nhi", "415."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", "400."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b", "400."},
    {"POST /echo HTTP/1.1\r\n" H
     "Content-Encoding: identity\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
     "415."},
    {"GET /hello HTTP/1.1\r\n" H "Content-Encoding: br\r\nContent-Encoding: br\r\n\r\n", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi", "200."},
    {"POST /echo HTTP/1.1\r\n" H "Content-Encoding: DEFLATE\r\nContent-Length: 2\r\n\r\nhi", "400."},
    /* cut off */
    {"", "."},
    {"G", "400."},
    {"GET /hello HTTP/1.1\r\n" H, "400."},
    {"GET /hello HTTP/1.1\r\n" H "\r", "400."},
    {"GET /hello HTTP/1.1\r\n" H "\r\nGET /he", "200 400."},
    {"\r\n", "."},
};

static bool expect(int i, bool bytewise) {
  struct client *c = client_open();
  const char *request = cases[i].request;
  for (size_t at = 0; bytewise && request[at]; at++) {
    client_add(c, (struct str){request + at, 1});
    RUN_UNTIL(c->to_send.len == 0);
  }
  const char *answers = client_exchange(c, bytewise ? STR("") : str_of(request));
  bool good = strcmp(answers, cases[i].answers) == 0;
  if (good && strcmp(answers, "400.") == 0) good = client_has(c, "\"success\":false");
  if (!good)
    print_error("case %d%s: expected %s, got %s\n%s\n%.*s\n", i, bytewise ? " bytewise" : "",
                cases[i].answers, answers, request, STR_ARG(buf_str(&c->got)));
  client_close(c);
  return good;
}

static void answers_each(void **state) {
  (void)state;
  int bad = 0;
  for (size_t i = 0; i < COUNT_OF(cases); i++) bad += !expect((int)i, false);
  assert_int_equal(bad, 0);
}

static void answers_each_bytewise(void **state) {
  (void)state;
  int bad = 0;
  for (size_t i = 0; i < COUNT_OF(cases); i++) bad += !expect((int)i, true);
  assert_int_equal(bad, 0);
}

/* --- with NUL bytes, or too long to write down --- */

static void expect_built(struct buf *request, const char *answers) {
  struct client *c = client_open();
  const char *got = client_exchange(c, buf_str(request));
  if (strcmp(got, answers) != 0) fail_msg("expected %s, got %s for %.80s", answers, got, request->data);
  client_close(c);
  buf_release(request);
}

static void refuses_nul(void **state) {
  (void)state;
  static const char *const parts[][2] = {
      {"GET /he", "llo HTTP/1.1\r\n" H "\r\n"},         {"GET /hello HTTP/1.1\r\nHo", "st: a\r\n\r\n"},
      {"GET /hello HTTP/1.1\r\n" H "A: ", "b\r\n\r\n"}, {"GET /hello HTTP/1.1\r\n", H "\r\n"},
      {"", "GET /hello HTTP/1.1\r\n" H "\r\n"},
  };
  for (size_t i = 0; i < COUNT_OF(parts); i++) {
    struct buf request;
    buf_init(&request);
    buf_add_text(&request, parts[i][0]);
    buf_add_char(&request, '\0');
    buf_add_text(&request, parts[i][1]);
    expect_built(&request, "400.");
  }
}

/* The target has `len` bytes. */
static void expect_target(size_t len, const char *answers) {
  struct buf request;
  buf_init(&request);
  buf_add_text(&request, "GET /hello?");
  buf_add_repeat(&request, 'a', len - strlen("/hello?"));
  buf_add_text(&request, " HTTP/1.1\r\n" H "\r\n");
  expect_built(&request, answers);
}

static void bounds_the_target(void **state) {
  (void)state;
  expect_target(BYTES_8K, "200.");
  expect_target(BYTES_8K + 1, "414.");
  expect_target((size_t)10 * BYTES_8K, "414.");
}

/* The head has `len` bytes in all. */
static void expect_head(size_t len, const char *answers) {
  struct buf request;
  buf_init(&request);
  buf_add_text(&request, "GET /hello HTTP/1.1\r\n" H "A: ");
  buf_add_repeat(&request, 'a', len - request.len - 4);
  buf_add_text(&request, "\r\n\r\n");
  expect_built(&request, answers);
}

static void bounds_the_head(void **state) {
  (void)state;
  expect_head(HTTP_HEAD_MAX, "200.");
  expect_head(HTTP_HEAD_MAX + 1, "431.");
  expect_head((size_t)HTTP_HEAD_MAX * 10, "431.");
}

static void expect_headers(int count, const char *answers) {
  struct buf request;
  buf_init(&request);
  buf_add_text(&request, "GET /hello HTTP/1.1\r\n" H);
  for (int i = 1; i < count; i++) buf_printf(&request, "A%d: b\r\n", i);
  buf_add_text(&request, "\r\n");
  expect_built(&request, answers);
}

static void bounds_the_headers(void **state) {
  (void)state;
  expect_headers(100, "200.");
  expect_headers(101, "431.");
}

static void bounds_the_query(void **state) {
  (void)state;
  for (int count = HTTP_QUERY_MAX; count <= HTTP_QUERY_MAX + 1; count++) {
    struct buf request;
    buf_init(&request);
    buf_add_text(&request, "GET /hello?");
    for (int i = 0; i < count; i++) buf_printf(&request, "a%d&", i);
    buf_add_text(&request, " HTTP/1.1\r\n" H "\r\n");
    expect_built(&request, count <= HTTP_QUERY_MAX ? "200." : "400.");
  }
}

static void bounds_bodies(void **state) {
  (void)state;
  for (size_t len = 100; len <= 101; len++) {
    struct buf sized, chunked;
    buf_init(&sized);
    buf_init(&chunked);
    buf_printf(&sized, "POST /small HTTP/1.1\r\n" H "Content-Length: %zu\r\n\r\n", len);
    buf_add_repeat(&sized, 'x', len);
    buf_printf(&chunked, "POST /small HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t i = 0; i < len; i++) buf_add_text(&chunked, "1\r\nx\r\n");
    buf_add_text(&chunked, "0\r\n\r\n");
    expect_built(&sized, len <= 100 ? "200." : "413.");
    expect_built(&chunked, len <= 100 ? "200." : "413.");
  }
}

/* `len` zeros, packed a thousand to one. */
static void expect_packed(size_t len, const char *answers) {
  enum { ROOM = 64 * 1024, GZIP_FORMAT = 15 + 16 };
  static char packed[ROOM];
  char *zeros = xcalloc(1, len);
  z_stream stream = {.next_in = (unsigned char *)zeros,
                     .avail_in = (unsigned)len,
                     .next_out = (unsigned char *)packed,
                     .avail_out = ROOM};
  assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, GZIP_FORMAT, 8, Z_DEFAULT_STRATEGY), Z_OK);
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  free(zeros);
  struct buf request;
  buf_init(&request);
  buf_printf(&request, "POST /echo HTTP/1.1\r\n" H "Content-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
             (size_t)stream.total_out);
  buf_add(&request, packed, stream.total_out);
  expect_built(&request, answers);
}

static void bounds_inflated_bodies(void **state) {
  (void)state;
  size_t most = fixture.server->options.limits.body_bytes;
  expect_packed(most, "200.");
  expect_packed(most + 1, "413.");
  expect_packed(8 * most, "413.");
  assert_int_equal(http_server_stats(fixture.server)->bodies_bytes, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers_each, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(answers_each_bytewise, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(refuses_nul, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_the_target, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_the_head, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_the_headers, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_the_query, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_bodies, fixture_start, fixture_stop),
      cmocka_unit_test_setup_teardown(bounds_inflated_bodies, fixture_start, fixture_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
