#include "io/http/http_inflate.h"

#include "base/err.h"
#include "io/http/http_request.h"
#include <zlib.h>

enum { GZIP_ONLY = 15 + 16, ZLIB_ONLY = 15, RAW = -15 };

enum stage {
  STAGE_NOTHING, /* no byte came yet */
  STAGE_INSIDE,  /* of a member */
  STAGE_BETWEEN  /* after a whole one */
};

struct http_inflate {
  z_stream stream;
  enum http_coding coding;
  enum stage stage;
  char window[HTTP_INFLATE_WINDOW];
};

int http_coding_parse(struct str value, enum http_coding *coding, struct http_failure *failure) {
  *coding = HTTP_CODING_IDENTITY;
  if (value.len == 0 || http_word_equal(value, STR("identity"))) return 0;
  *coding = HTTP_CODING_GZIP;
  if (http_word_equal(value, STR("gzip")) || http_word_equal(value, STR("x-gzip"))) return 0;
  *coding = HTTP_CODING_DEFLATE;
  if (http_word_equal(value, STR("deflate"))) return 0;
  return http_failure_set(failure, 415, HTTP_UNSUPPORTED,
                          "of content encodings, only gzip and deflate are understood");
}

struct http_inflate *http_inflate_new(enum http_coding coding) {
  struct http_inflate *it = xmalloc(sizeof *it);
  it->stream = (z_stream){0};
  ASSERT(inflateInit2(&it->stream, GZIP_ONLY) == Z_OK);
  http_inflate_restart(it, coding);
  return it;
}

void http_inflate_free(struct http_inflate *it) {
  if (!it) return;
  inflateEnd(&it->stream);
  free(it);
}

void http_inflate_restart(struct http_inflate *it, enum http_coding coding) {
  ASSERT(coding != HTTP_CODING_IDENTITY);
  it->coding = coding;
  it->stage = STAGE_NOTHING;
}

/* zlib's first byte names method 8 and a window up to 32 KB; a raw stream that starts so would be a stored block whose
 * length has odd bits, which no compressor writes. */
static int format(const struct http_inflate *it, unsigned char first) {
  if (it->coding == HTTP_CODING_GZIP) return GZIP_ONLY;
  return (first & 0x0f) == Z_DEFLATED && first >> 4 <= 7 ? ZLIB_ONLY : RAW;
}

static int corrupt(struct http_failure *failure, const char *what) {
  return http_failure_set(failure, 400, HTTP_INVALID, "the compressed body is corrupt: %s", what);
}

int http_inflate_step(struct http_inflate *it, struct str *in, struct str *out,
                      struct http_failure *failure) {
  z_stream *stream = &it->stream;
  *out = STR("");
  if (it->stage == STAGE_BETWEEN && it->coding != HTTP_CODING_GZIP && in->len)
    return corrupt(failure, "other bytes follow it");
  if (it->stage != STAGE_INSIDE) {
    if (in->len == 0) return 0;
    ASSERT(inflateReset2(stream, format(it, (unsigned char)in->p[0])) == Z_OK);
    it->stage = STAGE_INSIDE;
  }
  stream->next_in = (unsigned char *)in->p;
  stream->avail_in = (uInt)in->len;
  stream->next_out = (unsigned char *)it->window;
  stream->avail_out = sizeof it->window;
  int code = inflate(stream, Z_NO_FLUSH);
  *out = (struct str){it->window, sizeof it->window - stream->avail_out};
  in->p += in->len - stream->avail_in;
  in->len = stream->avail_in;
  if (code == Z_STREAM_END) it->stage = STAGE_BETWEEN;
  if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return 0;
  return corrupt(failure, stream->msg ? stream->msg : "it needs a dictionary");
}

int http_inflate_end(const struct http_inflate *it, struct http_failure *failure) {
  if (it->stage != STAGE_INSIDE) return 0;
  return http_failure_set(failure, 400, HTTP_INVALID, "the compressed body is cut off");
}
