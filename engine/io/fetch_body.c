/* libcurl inflates too, but takes a compressed body that ends early for the whole: half an answer would be believed. */
#include "io/fetch_private.h"
#include "io/http/http_request.h"

void fetch_body_restart(struct fetch *fetch) {
  fetch->coding = HTTP_CODING_IDENTITY;
  fetch->unknown.status = 0;
}

/* Nobody could read a body in a coding that was not asked for; where there is none, it does no harm. "none" is what some servers
 * say for identity. */
void fetch_body_header(struct fetch *fetch, struct str line) {
  struct str value;
  struct http_failure why;
  if (!fetch_line_is(line, STR("Content-Encoding"), &value) || http_word_equal(value, STR("none"))) return;
  if (fetch->coding == HTTP_CODING_IDENTITY && http_coding_parse(value, &fetch->coding, &why) == 0) return;
  http_failure_set(&fetch->unknown, 502, HTTP_UNSUPPORTED,
                   "the answer's content encoding is '%.*s': gzip was asked for",
                   value.len > 40 ? 40 : (int)value.len, value.p);
}

static bool keep(struct fetch *fetch, struct str bytes) {
  fetch->too_large = bytes.len > fetch->answer_max - fetch->body.len;
  if (!fetch->too_large) buf_add_str(&fetch->body, bytes);
  return !fetch->too_large;
}

static struct http_inflate *inflate_of(struct fetch *fetch) {
  if (!fetch->inflate) fetch->inflate = http_inflate_new(fetch->coding);
  return fetch->inflate;
}

bool fetch_body_take(struct fetch *fetch, struct str piece) {
  struct str out = STR("");
  if (fetch->unknown.status) fetch->damage = fetch->unknown;
  if (fetch->damage.status) return false;
  if (fetch->coding == HTTP_CODING_IDENTITY) return keep(fetch, piece);
  while (piece.len || out.len == HTTP_INFLATE_WINDOW) {
    if (http_inflate_step(inflate_of(fetch), &piece, &out, &fetch->damage) != 0) return false;
    if (!keep(fetch, out)) return false;
  }
  return true;
}

void fetch_body_end(struct fetch *fetch) {
  if (!fetch->inflate || fetch->damage.status) return;
  fetch->is_cut = http_inflate_end(fetch->inflate, &fetch->damage) != 0;
}
