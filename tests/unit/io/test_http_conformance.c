/* What RFC 9110 and 9112 want of an answer beyond its status: a table, each case with the section that says so. */
#include "http_fixture.h"

#define H       "Host: a\r\n"
#define CHUNKED "POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"

/* `has` and `lacks`: of all that came back. */
static const struct {
  const char *section, *request, *answers, *has, *lacks;
} cases[] = {
    {"9110 6.6.1 Date", "GET /hello HTTP/1.1\r\n" H "\r\n", "200.", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
     NULL},
    {"9110 6.6.1 Date of refusals", "GET /hello HTTP/1.1\r\n\r\n", "400.", "Date: Sun, 06 Nov 1994", NULL},
    {"9110 8.6 length", "GET /hello HTTP/1.1\r\n" H "\r\n", "200.", "Content-Length: 5\r\n",
     "Transfer-Encoding"},
    {"9110 8.6 none in 204", "OPTIONS /echo HTTP/1.1\r\n" H "\r\n", "204.", "Allow: POST, PUT, OPTIONS\r\n",
     "Content-Length"},
    {"9110 9.3.2 HEAD", "HEAD /hello HTTP/1.1\r\n" H "\r\n", "+.", "Content-Length: 5\r\n", "hello"},
    {"9110 9.3.2 HEAD of nothing", "HEAD /nowhere HTTP/1.1\r\n" H "\r\n", "+.", "HTTP/1.1 404 Not Found\r\n",
     "success"},
    {"9110 9.3.2 HEAD where GET is not", "HEAD /echo HTTP/1.1\r\n" H "\r\n", "+.",
     "Allow: POST, PUT, OPTIONS\r\n", "success"},
    {"9110 9.3.7 OPTIONS *", "OPTIONS * HTTP/1.1\r\n" H "\r\n", "204.",
     "Allow: GET, HEAD, POST, PUT, OPTIONS\r\n", NULL},
    {"9112 3.2.4 OPTIONS of a bare URL", "OPTIONS http://a HTTP/1.1\r\n" H "\r\n", "204.",
     "Allow: GET, HEAD, POST, PUT, OPTIONS\r\n", NULL},
    {"9110 9.3.7 OPTIONS of the root", "OPTIONS / HTTP/1.1\r\n" H "\r\n", "204.",
     "Allow: GET, HEAD, OPTIONS\r\n", NULL},
    {"9110 9.3.7 OPTIONS with a body",
     "OPTIONS /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /hello HTTP/1.1\r\n" H "\r\n", "204 200.",
     NULL, NULL},
    {"9110 15.5.6 Allow", "PATCH /hello HTTP/1.1\r\n" H "\r\n", "405.", "Allow: GET, HEAD, OPTIONS\r\n",
     "Connection: close"},
    {"9110 15.5.6 Allow of a word's path alone", "DELETE /items/special HTTP/1.1\r\n" H "\r\n", "405.",
     "Allow: GET, HEAD, OPTIONS\r\n", NULL},
    {"9110 15.6.2 unknown method", "BREW /hello HTTP/1.1\r\n" H "\r\n", "501.", "\"code\":\"unsupported\"",
     NULL},
    {"9110 9.1 methods have a case", "Get /hello HTTP/1.1\r\n" H "\r\n", "501.", "in capitals", NULL},
    {"9110 15.6.6 HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505.", "only HTTP/1.1 and HTTP/1.0", NULL},
    {"9110 2.5 a later minor version", "GET /hello HTTP/1.5\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", "HTTP/1.1 200 OK", NULL},
    {"9110 15.5.16 what is understood",
     "POST /echo HTTP/1.1\r\n" H "Content-Encoding: br\r\nContent-Length: 2\r\n\r\nhi", "415.",
     "Accept-Encoding: gzip, deflate\r\n", NULL},
    {"9110 7.8 Upgrade is not taken up",
     "GET /hello HTTP/1.1\r\n" H "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", "200.", NULL, "Upgrade"},
    {"9110 10.1.1 100 only when it is waited for", "POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi",
     "200.", NULL, "100 Continue"},
    {"9110 10.1.1 no 100 to HTTP/1.0",
     "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", "200.", NULL,
     "100 Continue"},
    {"9110 10.1.1 no 100 before a refusal",
     "POST /nowhere HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", "404.",
     "Connection: close\r\n", "100 Continue"},
    {"9112 9.3 kept",
     "GET /hello HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H
     "Connection: x, cLoSe\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", "Connection: close\r\n", NULL},
    {"9112 9.3 closed by any line",
     "GET /hello HTTP/1.1\r\n" H
     "Connection: keep-alive\r\nConnection: close\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200.", "Connection: close\r\n", NULL},
    {"9110 5.6.3 a tab is a blank",
     "GET /hello HTTP/1.1\r\n" H "Connection:\ta\t,\tclose\t\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n", "200.",
     "Connection: close\r\n", NULL},
    {"9112 9.3 what only looks like close",
     "GET /hello HTTP/1.1\r\n" H "Connection: closed, x-close, cl ose\r\n\r\nGET /hello HTTP/1.1\r\n" H
     "\r\n",
     "200 200.", NULL, "Connection: close"},
    {"9110 5.6.3 blanks around a coding",
     "POST /echo HTTP/1.1\r\n" H
     "Transfer-Encoding:\tchunked \t\r\n\r\n2\r\nhi\r\n0\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", "\r\n\r\nhi", NULL},
    {"9112 9.3 HTTP/1.0", "GET /hello HTTP/1.0\r\n\r\n", "200.", "Connection: close\r\n", NULL},
    {"9112 9.3.2 in order, a refusal among them",
     "GET /items/1 HTTP/1.1\r\n" H "\r\nPOST /hello HTTP/1.1\r\n" H "\r\nGET /nowhere HTTP/1.1\r\n" H
     "\r\nGET /items/2 HTTP/1.1\r\n" H "\r\n",
     "200 405 404 200.", NULL, "Connection: close"},
    {"9112 9.6 nothing after a refused head",
     "GET /hello HTTP/1.1\r\n" H "\r\nGET /%zz HTTP/1.1\r\n" H "\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 400.", "Connection: close\r\n", NULL},
    {"9112 2.2 an empty line after a body",
     "POST /echo HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhi\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", NULL, NULL},
    {"9112 6 a body on GET is read",
     "GET /hello HTTP/1.1\r\n" H
     "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", NULL, NULL},
    {"9112 7.1.1 chunk extensions", CHUNKED "2 ; a = b;c=\"d\"\r\nhi\r\n0\r\n\r\n", "200.", "\r\n\r\nhi",
     NULL},
    {"9112 7.1.2 trailers", CHUNKED "2\r\nhi\r\n0\r\nX-A: b\r\n\r\nGET /hello HTTP/1.1\r\n" H "\r\n",
     "200 200.", "\r\n\r\nhi", "X-A"},
    {"9112 7.1.2 trailers that frame", CHUNKED "2\r\nhi\r\n0\r\nTransfer-Encoding: x\r\n\r\n", "400.",
     "as a trailer field", NULL},
    {"9112 6.1 what is not a coding", "POST /echo HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n",
     "501.", "Connection: close\r\n", NULL},
    {"9112 3.3 TLS", "\x16\x03\x01\x02\x05\x01", "400.", "TLS (this port speaks plain HTTP)", NULL},
    {"9112 2.2 HTTP/0.9", "GET /hello\r\n\r\n", "400.", "METHOD /path HTTP/1.1", NULL},
};

static bool holds(int i) {
  struct client *c = client_open();
  const char *answers = client_exchange(c, str_of(cases[i].request));
  bool good = strcmp(answers, cases[i].answers) == 0 && (!cases[i].has || client_has(c, cases[i].has)) &&
              !(cases[i].lacks && client_has(c, cases[i].lacks));
  if (!good)
    print_error("%s: expected %s, got %s\n%.*s\n", cases[i].section, cases[i].answers, answers,
                STR_ARG(buf_str(&c->got)));
  client_close(c);
  return good;
}

static void answers_as_the_rfcs_want(void **state) {
  (void)state;
  int bad = 0;
  for (size_t i = 0; i < COUNT_OF(cases); i++) bad += !holds((int)i);
  assert_int_equal(bad, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(answers_as_the_rfcs_want, fixture_start, fixture_stop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
