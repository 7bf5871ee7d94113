/* Twenty thousand requests with random damage: whatever comes, the server answers or closes, keeps to its bounds, frees
 * everything and serves the next client. The seed is fixed; a failure names the round. */
#include "http_fixture.h"

#include <zlib.h>

enum { ROUNDS = 20000, DAMAGES_MAX = 6, GZIP_FORMAT = 15 + 16 };

static uint64_t seed = 0x6d757461;

/* xorshift64*: the same numbers everywhere */
static uint32_t random_below(uint32_t bound) {
  seed ^= seed >> 12;
  seed ^= seed << 25;
  seed ^= seed >> 27;
  return (uint32_t)((seed * UINT64_C(2685821657736338717)) >> 33) % bound;
}

static const char *const bases[] = {
    "GET /hello?a=b%20c HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\nAccept: */*\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n6\r\n "
    "world\r\n0\r\n\r\n",
    "POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
    "chunked\r\n\r\n3\r\n{}\n\r\n3\r\n{}\n\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 ; a = b\r\nhello\r\n0;c\r\nX-A: "
    "b\r\nX-B:\r\n\r\n",
    ("OPTIONS /echo HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Method: POST\r\n"
     "Access-Control-Request-Headers: a, b\r\n\r\n"),
    "POST /small HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
    "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
    "GET /items/a%2Fb/ HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: "
    "b\r\n\r\n",
    "POST /stream/refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcDELETE /hello HTTP/1.1\r\nHost: "
    "a\r\n\r\n",
};

static const char *const tokens[] = {"\r\n",
                                     "\n",
                                     "\r",
                                     "\0",
                                     " ",
                                     "\t",
                                     ":",
                                     ";",
                                     ",",
                                     "0",
                                     "ffffffffffffffff",
                                     "-1",
                                     "%",
                                     "%00",
                                     "..",
                                     "/",
                                     "?",
                                     "#",
                                     "*",
                                     "Host: b\r\n",
                                     "Content-Length: 3\r\n",
                                     "Transfer-Encoding: chunked\r\n",
                                     "Transfer-Encoding: gzip\r\n",
                                     "Content-Encoding: gzip\r\n",
                                     "Content-Encoding: deflate\r\n",
                                     "Expect: 100-continue\r\n",
                                     "Connection: close\r\n",
                                     "Upgrade: h2c\r\nConnection: Upgrade\r\n",
                                     "HTTP/1.0",
                                     "HTTP/2.0",
                                     "\r\n\r\n",
                                     "0\r\n\r\n",
                                     "\x80",
                                     "\xff\xfe"};

static void add_gzipped(struct buf *out) {
  char packed[256], text[100];
  z_stream stream = {0};
  memset(text, 'x', sizeof text);
  assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, GZIP_FORMAT, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (unsigned char *)text;
  stream.avail_in = sizeof text;
  stream.next_out = (unsigned char *)packed;
  stream.avail_out = sizeof packed;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  buf_printf(out, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
             (size_t)stream.total_out);
  buf_add(out, packed, stream.total_out);
}

static void insert(struct buf *text, size_t at, const char *bytes, size_t len) {
  buf_reserve(text, len);
  memmove(text->data + at + len, text->data + at, text->len - at);
  memcpy(text->data + at, bytes, len);
  text->len += len;
}

static void damage(struct buf *text) {
  size_t at = random_below((uint32_t)text->len), len = 1 + random_below(8);
  const char *token = tokens[random_below(COUNT_OF(tokens))];
  if (at + len > text->len) len = text->len - at;
  switch (random_below(6)) {
  case 0: text->data[at] = (char)random_below(256); break;
  case 1: text->data[at] ^= (char)(1 << random_below(8)); break;
  case 2: insert(text, at, token, *token ? strlen(token) : 1); break;
  case 3:
    memmove(text->data + at, text->data + at + len, text->len - at - len);
    text->len -= len;
    break;
  case 4: {
    char copy[8];
    memcpy(copy, text->data + at, len);
    insert(text, random_below((uint32_t)text->len), copy, len);
    break;
  }
  case 5: text->len = at + 1; break;
  }
  if (text->len == 0) buf_add_char(text, 'G');
}

static void make_request(struct buf *text) {
  buf_clear(text);
  for (uint32_t i = 0, count = 1 + random_below(3); i < count; i++) {
    uint32_t base = random_below(COUNT_OF(bases) + 1);
    if (base == COUNT_OF(bases))
      add_gzipped(text);
    else
      buf_add_text(text, bases[base]);
  }
  for (uint32_t i = 0, count = random_below(DAMAGES_MAX); i < count; i++) damage(text);
}

/* In one piece, or in random ones. */
static void send_somehow(struct client *c, struct str text) {
  bool whole = random_below(2);
  while (text.len) {
    size_t len = whole ? text.len : 1 + random_below((uint32_t)text.len);
    client_add(c, (struct str){text.p, len});
    fixture_turn();
    text.p += len;
    text.len -= len;
  }
}

static void one_round(int round, struct buf *text) {
  struct client *c = client_open();
  make_request(text);
  send_somehow(c, buf_str(text));
  if (random_below(16) == 0) { /* leaves without waiting */
    client_close(c);
    return;
  }
  c->half_close = true;
  RUN_UNTIL(client_over(c));
  if (c->got.len && !str_starts(buf_str(&c->got), STR("HTTP/1.1 ")))
    fail_msg("round %d: %s", round, c->got.data);
  client_close(c);
}

static void survives_damage(void **state) {
  struct buf text;
  (void)state;
  buf_init(&text);
  for (int round = 0; round < ROUNDS; round++) {
    one_round(round, &text);
    if (round % 1000) continue;
    struct client *c = client_open();
    assert_string_equal(client_exchange(c, STR("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")), "200.");
    client_close(c);
  }
  buf_release(&text);
  RUN_UNTIL(http_server_stats(fixture.server)->connections == 0);
  assert_int_equal(fixture.server->live_exchanges, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(survives_damage, fixture_start, fixture_stop)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
