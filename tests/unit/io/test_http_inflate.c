#include "unit.h"

#include "base/buf.h"
#include "io/http/http_inflate.h"
#include <stdlib.h>
#include <zlib.h>

enum { GZIP = 15 + 16, ZLIB = 15, RAW = -15, BOMB = 64 * 1024 * 1024 };

static void pack(struct buf *out, struct str text, int format) {
  z_stream stream = {0};
  size_t bound = text.len + 1000;
  buf_reserve(out, bound);
  assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (unsigned char *)text.p;
  stream.avail_in = (uInt)text.len;
  stream.next_out = (unsigned char *)out->data + out->len;
  stream.avail_out = (uInt)bound;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out->len += stream.total_out;
  deflateEnd(&stream);
}

/* Inflates in pieces of `stride`; 0, or the failure's status. */
static int unpack(enum http_coding coding, struct str packed, size_t stride, struct buf *text) {
  struct http_inflate *it = http_inflate_new(coding);
  struct http_failure failure = {0};
  struct str out;
  while (packed.len && !failure.status) {
    struct str piece = {packed.p, packed.len < stride ? packed.len : stride};
    packed.p += piece.len;
    packed.len -= piece.len;
    do {
      if (http_inflate_step(it, &piece, &out, &failure) != 0) break;
      assert_true(out.len <= HTTP_INFLATE_WINDOW);
      buf_add_str(text, out);
    } while (piece.len || out.len == HTTP_INFLATE_WINDOW);
  }
  if (!failure.status) http_inflate_end(it, &failure);
  http_inflate_free(it);
  return failure.status;
}

static void expect(enum http_coding coding, const struct buf *packed, const struct buf *text) {
  static const size_t strides[] = {1, 2, 7, 1000, SIZE_MAX};
  for (size_t i = 0; i < COUNT_OF(strides); i++) {
    struct buf got;
    buf_init(&got);
    assert_int_equal(unpack(coding, buf_str(packed), strides[i], &got), 0);
    assert_true(str_eq(buf_str(&got), buf_str(text)));
    buf_release(&got);
  }
}

static void make_text(struct buf *text, int lines) {
  buf_init(text);
  for (int i = 0; i < lines; i++) buf_printf(text, "{\"n\":%d,\"m\":%d}\n", i, i * i % 977);
}

static void inflates_each_format(void **state) {
  (void)state;
  static const struct {
    enum http_coding coding;
    int format;
  } cases[] = {{HTTP_CODING_GZIP, GZIP}, {HTTP_CODING_DEFLATE, ZLIB}, {HTTP_CODING_DEFLATE, RAW}};
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    for (int lines = 0; lines <= 5000; lines += 2500) {
      struct buf text, packed;
      make_text(&text, lines);
      buf_init(&packed);
      pack(&packed, buf_str(&text), cases[i].format);
      expect(cases[i].coding, &packed, &text);
      buf_release(&text);
      buf_release(&packed);
    }
}

static void inflates_several_members(void **state) {
  struct buf text, packed;
  (void)state;
  buf_init(&text);
  buf_init(&packed);
  for (int i = 0; i < 3; i++) {
    buf_add_text(&text, "abc");
    pack(&packed, STR("abc"), GZIP);
  }
  expect(HTTP_CODING_GZIP, &packed, &text);
  buf_release(&text);
  buf_release(&packed);
}

static void a_bomb_comes_in_windows(void **state) {
  struct buf text, packed;
  struct http_failure failure;
  struct str out;
  (void)state;
  buf_init(&text);
  buf_init(&packed);
  buf_add_repeat(&text, ' ', BOMB);
  pack(&packed, buf_str(&text), GZIP);
  assert_true(packed.len < BOMB / 900);
  struct http_inflate *it = http_inflate_new(HTTP_CODING_GZIP);
  struct str rest = buf_str(&packed);
  assert_int_equal(http_inflate_step(it, &rest, &out, &failure), 0);
  assert_int_equal(out.len, HTTP_INFLATE_WINDOW); /* the caller can stop here */
  http_inflate_free(it);
  buf_release(&text);
  buf_release(&packed);
}

static void refuses_damage(void **state) {
  struct buf text, packed, got;
  (void)state;
  make_text(&text, 100);
  buf_init(&packed);
  buf_init(&got);
  pack(&packed, buf_str(&text), GZIP);
  for (size_t len = 1; len < packed.len; len++) /* cut off anywhere */
    assert_int_equal(unpack(HTTP_CODING_GZIP, (struct str){packed.data, len}, SIZE_MAX, &got), 400);
  packed.data[packed.len - 6] ^= 1; /* the checksum */
  assert_int_equal(unpack(HTTP_CODING_GZIP, buf_str(&packed), SIZE_MAX, &got), 400);
  packed.data[packed.len - 6] ^= 1;
  buf_add_text(&packed, "x");
  assert_int_equal(unpack(HTTP_CODING_GZIP, buf_str(&packed), SIZE_MAX, &got), 400);
  buf_clear(&packed);
  pack(&packed, buf_str(&text), ZLIB);
  buf_add_text(&packed, "x");
  assert_int_equal(unpack(HTTP_CODING_DEFLATE, buf_str(&packed), SIZE_MAX, &got), 400);
  assert_int_equal(unpack(HTTP_CODING_GZIP, STR("plain text"), 1, &got), 400);
  assert_int_equal(unpack(HTTP_CODING_DEFLATE, STR("plain text"), 1, &got), 400);
  buf_release(&text);
  buf_release(&packed);
  buf_release(&got);
}

static void is_used_again(void **state) {
  struct http_inflate *it = http_inflate_new(HTTP_CODING_GZIP);
  struct http_failure failure;
  struct str bad = STR("xx"), out;
  struct buf packed;
  (void)state;
  buf_init(&packed);
  pack(&packed, STR("abc"), RAW);
  assert_int_equal(http_inflate_step(it, &bad, &out, &failure), -1);
  http_inflate_restart(it, HTTP_CODING_DEFLATE);
  assert_int_equal(http_inflate_end(it, &failure), 0);
  struct str rest = buf_str(&packed);
  assert_int_equal(http_inflate_step(it, &rest, &out, &failure), 0);
  assert_str(out, "abc");
  assert_int_equal(http_inflate_end(it, &failure), 0);
  http_inflate_free(it);
  http_inflate_free(NULL);
  buf_release(&packed);
}

static void knows_codings(void **state) {
  (void)state;
  static const struct {
    const char *value;
    int coding; /* -1: refused */
  } cases[] = {
      {"", HTTP_CODING_IDENTITY},
      {"Identity", HTTP_CODING_IDENTITY},
      {"gzip", HTTP_CODING_GZIP},
      {"X-GZIP", HTTP_CODING_GZIP},
      {"deflate", HTTP_CODING_DEFLATE},
      {"br", -1},
      {"zstd", -1},
      {"gzip, gzip", -1},
      {"gzip,", -1},
      {"gzi", -1},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    enum http_coding coding;
    struct http_failure failure;
    int status = http_coding_parse(str_of(cases[i].value), &coding, &failure);
    assert_int_equal(status, cases[i].coding < 0 ? -1 : 0);
    if (status == 0)
      assert_int_equal(coding, cases[i].coding);
    else
      assert_int_equal(failure.status, 415);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(inflates_each_format),    cmocka_unit_test(inflates_several_members),
      cmocka_unit_test(a_bomb_comes_in_windows), cmocka_unit_test(refuses_damage),
      cmocka_unit_test(is_used_again),           cmocka_unit_test(knows_codings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
