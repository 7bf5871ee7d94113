/* Chunked bodies taken apart: each in one piece, and then byte by byte, which must come to the same. */
#include "unit.h"

#include "base/buf.h"
#include "io/http/http_chunks.h"

/* What came of the bytes: their data, then "|" and what is left behind the end; "...": they do not end; or the message. */
static const char *read_in(struct str bytes, size_t stride) {
  static struct buf seen;
  struct http_chunks chunks;
  struct http_failure failure;
  struct str piece;
  http_chunks_init(&chunks);
  buf_clear(&seen);
  while (bytes.len && !http_chunks_ended(&chunks)) {
    struct str part = {bytes.p, stride && stride < bytes.len ? stride : bytes.len};
    size_t len = part.len;
    if (http_chunks_read(&chunks, &part, &piece, &failure) != 0) {
      buf_clear(&seen);
      buf_printf(&seen, "%d %s", failure.status, failure.message);
      return seen.data;
    }
    buf_add_str(&seen, piece);
    bytes.p += len - part.len;
    bytes.len -= len - part.len;
  }
  if (http_chunks_ended(&chunks))
    buf_printf(&seen, "|%.*s", STR_ARG(bytes));
  else
    buf_add_text(&seen, "...");
  return seen.data;
}

static void expect(struct str bytes, const char *wanted) {
  for (size_t stride = 0; stride <= 3; stride++) {
    const char *seen = read_in(bytes, stride);
    if (!strstr(seen, wanted))
      fail_msg("in pieces of %zu: %.80s\nexpected %s\ngot %s", stride, bytes.p, wanted, seen);
  }
}

static const struct {
  const char *bytes, *wanted;
} cases[] = {
    {"0\r\n\r\n", "|"},
    {"0\r\n\r\nGET", "|GET"},
    {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world|"},
    {"1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", "abcdefghijklmnopqrstuvwxyz|"},
    {"00000000000000000002\r\nhi\r\n000\r\n\r\n", "hi|"},
    {"4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n|"}, /* data may be anything */
    {"2\r\nhi", "hi..."},
    {"2\r\nhi\r\n0\r\n", "hi..."},
    /* extensions */
    {"2;a\r\nhi\r\n0;b\r\n\r\n", "hi|"},
    {"2;a=b;c;d=e\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2 ; a = b\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2\t;\ta\t=\tb ;c \t ; d\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2;a=\"b\"\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2;a=\"\" ; b = \"x y\t;=\\\"\\\\\" ;c\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2;a=\"caf\xc3\xa9\"\r\nhi\r\n0\r\n\r\n", "hi|"},
    {"2;\r\nhi\r\n0\r\n\r\n", "400 malformed HTTP/1.1 request: a chunk extension without a name"},
    {"2;;a\r\nhi\r\n0\r\n\r\n", "extension without a name"},
    {"2; =b\r\nhi\r\n0\r\n\r\n", "extension without a name"},
    {"2;a=\r\nhi\r\n0\r\n\r\n", "without the value after its ="},
    {"2;a=b=c\r\nhi\r\n0\r\n\r\n", "impossible value"},
    {"2;a=\"b\"c\r\nhi\r\n0\r\n\r\n", "impossible value"},
    {"2;a=b\"c\"\r\nhi\r\n0\r\n\r\n", "impossible value"},
    {"2;a\"b\"\r\nhi\r\n0\r\n\r\n", "impossible name"},
    {"2;a b\r\nhi\r\n0\r\n\r\n", "blanks that no chunk extension follows"},
    {"2;a=b c\r\nhi\r\n0\r\n\r\n", "blanks that no chunk extension follows"},
    {"2;a=b =c\r\nhi\r\n0\r\n\r\n", "blanks that no chunk extension follows"},
    {"2;a \r\nhi\r\n0\r\n\r\n", "blanks that no chunk extension follows"},
    {"2 \r\nhi\r\n0\r\n\r\n", "blanks that no chunk extension follows"},
    {"2;a\nhi\r\n0\r\n\r\n", "impossible name"},
    {"2;a=b\nhi\r\n0\r\n\r\n", "impossible value"},
    {"2;a=b\rX\nhi\r\n0\r\n\r\n", "a CR without LF"},
    {"2;a=\"b\r\nhi\"\r\nhi\r\n0\r\n\r\n", "a control character in a chunk extension"},
    {"2;a=\"\\\r\n\"\r\nhi\r\n0\r\n\r\n", "a control character in a chunk extension"},
    {"2;a=\"b\n\"\r\nhi\r\n0\r\n\r\n", "a control character in a chunk extension"},
    /* sizes */
    {"\r\nhi\r\n0\r\n\r\n", "400 malformed HTTP/1.1 request: a chunk size that is no hexadecimal number"},
    {";a\r\n", "no hexadecimal number"},
    {"g\r\n", "no hexadecimal number"},
    {" 2\r\n", "no hexadecimal number"},
    {"+2\r\n", "no hexadecimal number"},
    {"-2\r\n", "no hexadecimal number"},
    {"0x2\r\n", "no hexadecimal number"},
    {"2_\r\n", "no hexadecimal number"},
    {"2\n", "no hexadecimal number"},
    {"2\rhi", "a CR without LF"},
    {"7fffffffffffffff\r\nx", "x..."},
    {"8000000000000000\r\nx", "too large"},
    {"ffffffffffffffff\r\nx", "too large"},
    {"10000000000000002\r\nhi\r\n", "too large"},
    {"00000000000000000000000000000000\r\n\r\n", "|"},
    {"000000000000000000000000000000000\r\n\r\n", "more than 32 digits"},
    /* data */
    {"2\r\nhiX\r\n0\r\n\r\n", "a chunk that is longer than its size"},
    {"2\r\nhi\n0\r\n\r\n", "a chunk that is longer than its size"},
    {"2\r\nhi\rX0\r\n\r\n", "a CR without LF"},
    {"3\r\nhi\r\n0\r\n\r\n", "a chunk that is longer than its size"},
    /* trailers */
    {"2\r\nhi\r\n0\r\nA: b\r\n\r\nGET", "hi|GET"},
    {"0\r\nA: b\r\nB:\r\nC:c \t\r\nA: b\r\n\r\n", "|"},
    {"0\r\nX-Checksum: caf\xc3\xa9 \"(:\r\n\r\n", "|"},
    {"0\r\nAuthorization: Basic eDo=\r\nContent-Encoding: gzip\r\n\r\n", "|"},
    {"0\r\nContent-Length-Of-It: 5\r\nHosts: a\r\nHos: b\r\n\r\n", "|"},
    {"0\r\nA: b\r\n", "..."},
    {"0\r\nContent-Length: 5\r\n\r\n", "Host as a trailer field"},
    {"0\r\nA: b\r\ncontent-LENGTH: 5\r\n\r\n", "Host as a trailer field"},
    {"0\r\nTransfer-Encoding: chunked\r\n\r\n", "Host as a trailer field"},
    {"0\r\nhost:a\r\n\r\n", "Host as a trailer field"},
    {"0\r\n: b\r\n\r\n", "a trailer field without a name"},
    {"0\r\nA : b\r\n\r\n", "impossible name"},
    {"0\r\nA\r\n\r\n", "impossible name"},
    {"0\r\nA(: b\r\n\r\n", "impossible name"},
    {"0\r\n A: b\r\n\r\n", "a folded trailer field"},
    {"0\r\nA: b\r\n c\r\n\r\n", "a folded trailer field"},
    {"0\r\nA: b\n\r\n", "a control character in a trailer field"},
    {"0\r\nA: b\x7f\r\n\r\n", "a control character in a trailer field"},
    {"0\r\nA: b\rX", "a CR without LF"},
    {"0\r\n\n", "a trailer field without a name"},
    {"0\r\n\rX", "a CR without LF"},
    {"0\r\nGET / HTTP/1.1\r\n\r\n", "impossible name"},
};

static void reads_each(void **state) {
  (void)state;
  for (size_t i = 0; i < COUNT_OF(cases); i++) expect(str_of(cases[i].bytes), cases[i].wanted);
}

static void refuses_nul(void **state) {
  (void)state;
  expect(STR("2\0\r\nhi\r\n0\r\n\r\n"), "no hexadecimal number");
  expect(STR("2;a\0\r\nhi\r\n0\r\n\r\n"), "impossible name");
  expect(STR("2;a=\"\0\"\r\nhi\r\n0\r\n\r\n"), "a control character");
  expect(STR("0\r\nA\0: b\r\n\r\n"), "impossible name");
  expect(STR("0\r\nA: \0\r\n\r\n"), "a control character");
}

/* `lines`, so often, between `front` and `end`. */
static void expect_many(const char *front, const char *line, size_t count, const char *end,
                        const char *wanted) {
  struct buf bytes;
  buf_init(&bytes);
  buf_add_text(&bytes, front);
  for (size_t i = 0; i < count; i++) buf_add_text(&bytes, line);
  buf_add_text(&bytes, end);
  expect(buf_str(&bytes), wanted);
  buf_release(&bytes);
}

static void bounds_extensions(void **state) {
  (void)state;
  size_t most = HTTP_CHUNK_EXTENSION_MAX - 1; /* and the semicolon */
  expect_many("2;", "a", most, "\r\nhi\r\n0\r\n\r\n", "hi|");
  expect_many("2;", "a", most + 1, "\r\nhi\r\n0\r\n\r\n",
              "400 a chunk's extensions are longer than 1024 bytes");
  expect_many("2", " ", most + 2, ";a\r\nhi\r\n0\r\n\r\n", "longer than 1024 bytes");
  expect_many("2;a=\"", "b", most, "\"\r\nhi\r\n0\r\n\r\n", "longer than 1024 bytes");
  size_t chunks = HTTP_CHUNK_EXTENSIONS_MAX / 16;
  expect_many("", "0001;abcdefghijklmno\r\nx\r\n", chunks, "0\r\n\r\n", "x|");
  expect_many("", "0001;abcdefghijklmno\r\nx\r\n", chunks, "0;a\r\n\r\n", "or the body's than 16384");
}

static void bounds_trailers(void **state) {
  (void)state;
  expect_many("0\r\n", "A: b\r\n", HTTP_TRAILERS_MAX, "\r\n", "|");
  expect_many("0\r\n", "A: b\r\n", HTTP_TRAILERS_MAX + 1, "\r\n",
              "431 the body has more than 32 trailer fields");
  size_t most = HTTP_TRAILERS_BYTES_MAX - strlen("A:\r\n\r\n");
  expect_many("0\r\nA:", "b", most, "\r\n\r\n", "|");
  expect_many("0\r\nA:", "b", most + 1, "\r\n\r\n", "431");
  expect_many("0\r\n", "A", HTTP_TRAILERS_BYTES_MAX + 1, ":\r\n\r\n", "431");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(reads_each), cmocka_unit_test(refuses_nul),
                                     cmocka_unit_test(bounds_extensions), cmocka_unit_test(bounds_trailers)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
