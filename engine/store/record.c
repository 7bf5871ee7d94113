#include "store/record.h"

static void put_varint(struct buf *out, uint32_t number) {
  for (; number >= 0x80; number >>= 7) buf_add_char(out, (char)(number | 0x80));
  buf_add_char(out, (char)number);
}

static bool take_varint(struct str *rest, uint32_t *number) {
  uint64_t value = 0;
  for (unsigned i = 0; i < 5 && i < rest->len; i++) {
    unsigned char byte = (unsigned char)rest->p[i];
    value |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte & 0x80) continue;
    if (value > UINT32_MAX) return false;
    *number = (uint32_t)value;
    *rest = (struct str){rest->p + i + 1, rest->len - i - 1};
    return true;
  }
  return false;
}

static bool take_run(struct str *rest, struct str *run) {
  uint32_t len;
  if (!take_varint(rest, &len) || len > rest->len) return false;
  *run = (struct str){rest->p, len};
  *rest = (struct str){rest->p + len, rest->len - len};
  return true;
}

void record_put_u64(struct buf *out, uint64_t number) {
  char bytes[8];
  for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (char)(number >> (8 * i));
  buf_add(out, bytes, sizeof bytes);
}

uint64_t record_u64(const char *bytes) {
  uint64_t number = 0;
  for (unsigned i = 0; i < 8; i++) number |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
  return number;
}

void record_add(struct buf *out, const struct store_record *record) {
  put_varint(out, record->kind);
  record_put_u64(out, (uint64_t)record->received_ms);
  put_varint(out, (uint32_t)record->source.len);
  buf_add_str(out, record->source);
  put_varint(out, (uint32_t)record->bytes.len);
  buf_add_str(out, record->bytes);
}

bool record_take(struct str *rest, struct store_record *record) {
  struct str left = *rest;
  if (!take_varint(&left, &record->kind) || left.len < 8) return false;
  record->received_ms = (int64_t)record_u64(left.p);
  left = (struct str){left.p + 8, left.len - 8};
  if (!take_run(&left, &record->source) || !take_run(&left, &record->bytes)) return false;
  *rest = left;
  return true;
}
