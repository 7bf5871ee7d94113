#include "base/base64.h"

static int digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Padding is there to fill the last group of four, or not there at all. */
static int without_padding(struct str *text) {
  size_t len = text->len;
  while (text->len && len - text->len < 2 && text->p[text->len - 1] == '=') text->len--;
  return len == text->len || len % 4 == 0 ? 0 : -1;
}

int base64_decode(struct str text, struct buf *out) {
  size_t begun = out->len;
  unsigned bits = 0, waiting = 0; /* the lower `waiting` of `bits` are not written yet */
  if (without_padding(&text) != 0 || text.len % 4 == 1) return -1;
  buf_reserve(out, text.len / 4 * 3 + 3);
  for (size_t i = 0; i < text.len; i++) {
    int six = digit(text.p[i]);
    if (six < 0) break;
    bits = (bits << 6 | (unsigned)six) & 0xffff;
    waiting += 6;
    if (waiting < 8) continue;
    waiting -= 8;
    buf_add_char(out, (char)(bits >> waiting & 0xff));
  }
  bool whole = out->len - begun == text.len * 6 / 8;
  if (whole && !(bits & ((1u << waiting) - 1))) return 0;
  out->len = begun;
  out->data[begun] = '\0';
  return -1;
}

void base64_encode(struct str bytes, struct buf *out) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  buf_reserve(out, (bytes.len + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.len; i += 3) {
    size_t left = bytes.len - i;
    uint32_t group = (uint32_t)(unsigned char)bytes.p[i] << 16;
    if (left > 1) group |= (uint32_t)(unsigned char)bytes.p[i + 1] << 8;
    if (left > 2) group |= (unsigned char)bytes.p[i + 2];
    buf_add_char(out, letters[group >> 18]);
    buf_add_char(out, letters[group >> 12 & 63]);
    buf_add_char(out, left > 1 ? letters[group >> 6 & 63] : '=');
    buf_add_char(out, left > 2 ? letters[group & 63] : '=');
  }
}
