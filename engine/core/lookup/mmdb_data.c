#include "core/lookup/mmdb_data.h"

#include "core/lookup/lookup_mmdb.h"
#include <math.h>

enum {
  POINTER = 1,
  TEXT,
  DOUBLE,
  BYTES,
  UINT16,
  UINT32,
  MAP,
  INT32,
  UINT64,
  UINT128,
  ARRAY,
  BOOLEAN = 14,
  FLOAT = 15,
  METADATA_WITHIN = 128 * 1024 /* of the file's end */
};

struct reading {
  const struct mmdb_data *data;
  struct arena *arena;
  size_t at;
  int depth;
  uint32_t values;
  size_t text_bytes;
};

struct control { /* of a value: what it is, and how large */
  int type;
  size_t size;
};

static bool read_value(struct reading *r, struct value *value);

static bool take(struct reading *r, size_t count, uint64_t *number) {
  if (count > r->data->len || r->at > r->data->len - count) return false;
  *number = 0;
  for (size_t i = 0; i < count; i++) *number = *number << 8 | r->data->bytes[r->at++];
  return true;
}

/* 0 to 28 as it is, beyond in one to three further bytes. */
static bool read_size(struct reading *r, size_t low, size_t *size) {
  static const size_t bases[] = {29, 285, 65821};
  uint64_t more;
  *size = low;
  if (low < 29) return true;
  if (!take(r, low - 28, &more)) return false;
  *size = bases[low - 29] + (size_t)more;
  return true;
}

static bool read_control(struct reading *r, struct control *control) {
  uint64_t byte, extended;
  if (!take(r, 1, &byte)) return false;
  control->type = (int)(byte >> 5);
  control->size = byte & 0x1f;
  if (control->type == POINTER) return true;
  if (control->type == 0) {
    if (!take(r, 1, &extended)) return false;
    control->type = (int)extended + 7;
  }
  return read_size(r, control->size, &control->size);
}

static bool read_pointer(struct reading *r, size_t bits, size_t *target) {
  static const size_t bases[] = {0, 2048, 526336, 0};
  size_t form = (bits >> 3) & 3; /* the size of a control byte has five bits */
  uint64_t low;
  if (!take(r, form + 1, &low)) return false;
  uint64_t high = form == 3 ? 0 : (uint64_t)(bits & 7) << (8 * (form + 1));
  *target = bases[form] + (size_t)(high | low);
  return true;
}

static bool read_text(struct reading *r, size_t size, struct str *text) {
  r->text_bytes += size;
  if (size > r->data->len || r->at > r->data->len - size || r->text_bytes > MMDB_TEXT_BYTES_MAX) return false;
  *text = arena_str(r->arena, (struct str){(const char *)r->data->bytes + r->at, size});
  r->at += size;
  return true;
}

static double as_double(uint64_t bits) {
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static double as_float(uint64_t bits) {
  uint32_t low = (uint32_t)bits;
  float number;
  memcpy(&number, &low, sizeof number);
  return (double)number;
}

static bool read_number(struct reading *r, struct control control, struct value *value) {
  uint64_t bits;
  size_t exact = control.type == DOUBLE ? 8 : control.type == FLOAT ? 4 : control.size;
  if (control.size != exact || control.size > 8 || !take(r, control.size, &bits)) return false;
  double number = control.type == DOUBLE  ? as_double(bits)
                  : control.type == FLOAT ? as_float(bits)
                  : control.type == INT32 ? (double)(int32_t)(uint32_t)bits
                                          : (double)bits;
  *value = isfinite(number) ? value_number(number) : (struct value){.kind = VALUE_NULL};
  return true;
}

static bool skip(struct reading *r, size_t size, struct value *value) {
  if (size > r->data->len || r->at > r->data->len - size) return false;
  r->at += size;
  *value = (struct value){.kind = VALUE_NULL};
  return true;
}

/* Each member takes a byte at least, so a count that the bytes cannot hold is refused before there is room for it. */
static bool may_hold(const struct reading *r, size_t count) {
  return count <= MMDB_VALUES_MAX && count <= r->data->len;
}

static bool read_list(struct reading *r, size_t count, struct value *value) {
  if (!may_hold(r, count)) return false;
  struct value *items = arena_zalloc(r->arena, (count + 1) * sizeof *items);
  for (size_t i = 0; i < count; i++)
    if (!read_value(r, &items[i])) return false;
  *value = (struct value){.kind = VALUE_LIST, .len = (uint32_t)count, .items = items};
  return true;
}

static int by_key(const void *a, const void *b) {
  return str_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

static bool read_map(struct reading *r, size_t count, struct value *value) {
  if (!may_hold(r, count)) return false;
  struct pair *pairs = arena_zalloc(r->arena, (count + 1) * sizeof *pairs);
  for (size_t i = 0; i < count; i++) {
    struct value key;
    if (!read_value(r, &key) || key.kind != VALUE_STRING || !read_value(r, &pairs[i].value)) return false;
    pairs[i].key = value_text(key);
  }
  if (count) qsort(pairs, count, sizeof *pairs, by_key);
  *value = (struct value){.kind = VALUE_MAP, .len = (uint32_t)count, .pairs = pairs};
  return true;
}

/* A pointer leads to a value that is none, and reading goes on behind it. */
static bool follow(struct reading *r, size_t bits, struct value *value) {
  size_t target, back;
  if (!read_pointer(r, bits, &target) || target >= r->data->len || r->data->bytes[target] >> 5 == POINTER)
    return false;
  back = r->at;
  r->at = target;
  bool fine = read_value(r, value);
  r->at = back;
  return fine;
}

static bool read_one(struct reading *r, struct value *value) {
  struct control control;
  struct str text;
  if (!read_control(r, &control)) return false;
  switch (control.type) {
  case POINTER: return follow(r, control.size, value);
  case TEXT:
    if (!read_text(r, control.size, &text)) return false;
    *value = value_str(text);
    return true;
  case MAP: return read_map(r, control.size, value);
  case ARRAY: return read_list(r, control.size, value);
  case BOOLEAN: *value = value_bool(control.size != 0); return control.size <= 1;
  case DOUBLE:
  case FLOAT:
  case UINT16:
  case UINT32:
  case INT32:
  case UINT64: return read_number(r, control, value);
  case BYTES:
  case UINT128: return skip(r, control.size, value);
  default: return false;
  }
}

static bool read_value(struct reading *r, struct value *value) {
  if (++r->values > MMDB_VALUES_MAX || r->depth == MMDB_DEPTH_MAX) return false;
  r->depth++;
  bool fine = read_one(r, value);
  r->depth--;
  return fine;
}

bool mmdb_data_read(const struct mmdb_data *data, size_t offset, struct arena *arena, struct value *value) {
  struct reading reading = {.data = data, .arena = arena, .at = offset};
  return read_value(&reading, value);
}

size_t mmdb_metadata(const uint8_t *bytes, size_t len) {
  static const char mark[] = "\xab\xcd\xefMaxMind.com";
  size_t size = sizeof mark - 1, least = len > METADATA_WITHIN ? len - METADATA_WITHIN : 0;
  for (size_t at = len >= size ? len - size : 0; at > least; at--)
    if (memcmp(bytes + at, mark, size) == 0) return at + size;
  return 0;
}
