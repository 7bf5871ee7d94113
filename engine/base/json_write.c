#include "base/json.h"

#include "base/text.h"
#include "base/timefmt.h"

void json_writer_init(struct json_writer *writer, struct buf *out) {
  *writer = (struct json_writer){.out = out};
}

/* Before a value or a key: the comma that separates it from its neighbour. */
static void separate(struct json_writer *writer) {
  if (writer->after_key)
    writer->after_key = false;
  else if (writer->comma[writer->depth])
    buf_add_char(writer->out, ',');
  writer->comma[writer->depth] = true;
}

void json_open(struct json_writer *writer, char bracket) {
  ASSERT(writer->depth < JSON_WRITE_DEPTH_MAX);
  separate(writer);
  buf_add_char(writer->out, bracket);
  writer->comma[++writer->depth] = false;
}

void json_close(struct json_writer *writer, char bracket) {
  ASSERT(writer->depth > 0 && !writer->after_key);
  writer->depth--;
  buf_add_char(writer->out, bracket);
}

/* What a string may hold as it is: printable ASCII but the quote and the backslash. */
static bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* The top bit of every byte of `word` that is zero, exact for bytes below 0x80. */
static uint64_t zero_bytes(uint64_t word) {
  return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* The length of the plain run that `s` starts with; eight bytes at a time, as most strings are plain to the end. */
static size_t plain_run(struct str s) {
  size_t run = 0;
  for (uint64_t word; s.len - run >= sizeof word; run += sizeof word) {
    memcpy(&word, s.p + run, sizeof word);
    uint64_t control = (word - EACH_BYTE(0x20)) & ~word;
    uint64_t special = zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\'));
    if ((word | control | special) & EACH_BYTE(0x80)) break;
  }
  while (run < s.len && is_plain((unsigned char)s.p[run])) run++;
  return run;
}

static void add_escaped(struct buf *out, unsigned char c) {
  static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
  char letter = c < sizeof letters ? letters[c] : (char)c;
  if (letter) {
    buf_add(out, (char[]){'\\', letter}, 2);
  } else {
    buf_printf(out, "\\u%04x", c);
  }
}

/* The character at the front of `s`, which is not plain. Returns its bytes. */
static size_t add_special(struct buf *out, struct str s) {
  size_t size = text_char(s);
  if (size == 1)
    add_escaped(out, (unsigned char)s.p[0]);
  else if (size)
    buf_add(out, s.p, size);
  else
    buf_add_text(out, "\xef\xbf\xbd"); /* U+FFFD */
  return size ? size : 1;
}

static void add_string(struct buf *out, struct str s) {
  buf_reserve(out, s.len + 2);
  buf_add_char(out, '"');
  while (s.len > 0) {
    size_t run = plain_run(s);
    buf_add(out, s.p, run);
    if (run < s.len) run += add_special(out, (struct str){s.p + run, s.len - run});
    s = (struct str){s.p + run, s.len - run};
  }
  buf_add_char(out, '"');
}

void json_key_str(struct json_writer *writer, struct str key) {
  ASSERT(!writer->after_key);
  separate(writer);
  add_string(writer->out, key);
  buf_add_char(writer->out, ':');
  writer->after_key = true;
}

void json_key(struct json_writer *writer, const char *key) {
  json_key_str(writer, str_of(key));
}

void json_put_str(struct json_writer *writer, struct str s) {
  separate(writer);
  add_string(writer->out, s);
}

void json_put_text(struct json_writer *writer, const char *text) {
  json_put_str(writer, str_of(text));
}

void json_put_raw(struct json_writer *writer, struct str json) {
  separate(writer);
  buf_add_str(writer->out, json);
}

void json_put_milli(struct json_writer *writer, int64_t milli) {
  char text[32];
  uint64_t size = milli < 0 ? 0 - (uint64_t)milli : (uint64_t)milli;
  int len = snprintf(text, sizeof text, "%s%llu.%03u", milli < 0 ? "-" : "",
                     (unsigned long long)(size / 1000), (unsigned)(size % 1000));
  while (text[len - 1] == '0') len--;
  if (text[len - 1] == '.') len--;
  json_put_raw(writer, (struct str){text, (size_t)len});
}

void json_put_bool(struct json_writer *writer, bool b) {
  json_put_raw(writer, b ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *writer) {
  json_put_raw(writer, STR("null"));
}

void json_put_time(struct json_writer *writer, int64_t ms) {
  char text[TIME_TEXT_MAX];
  if (ms == TIME_NEVER)
    json_put_null(writer);
  else
    json_put_text(writer, time_text(ms, text));
}

static void put_list(struct json_writer *writer, struct value list) {
  json_open(writer, '[');
  for (uint32_t i = 0; i < list.len; i++) json_put_value(writer, list.items[i]);
  json_close(writer, ']');
}

static void put_map(struct json_writer *writer, struct value map) {
  json_open(writer, '{');
  for (uint32_t i = 0; i < map.len; i++) {
    json_key_str(writer, map.pairs[i].key);
    json_put_value(writer, map.pairs[i].value);
  }
  json_close(writer, '}');
}

void json_put_value(struct json_writer *writer, struct value v) {
  switch ((enum value_kind)v.kind) {
  case VALUE_MISSING:
  case VALUE_NULL: return json_put_null(writer);
  case VALUE_BOOL: return json_put_bool(writer, v.boolean);
  case VALUE_NUMBER: return json_put_number(writer, v.number);
  case VALUE_STRING: return json_put_str(writer, value_text(v));
  case VALUE_LIST: return put_list(writer, v);
  case VALUE_MAP: return put_map(writer, v);
  }
}

/* --- members ---------------------------------------------------------------------------------------------------------- */

void json_member_text(struct json_writer *writer, const char *key, const char *text) {
  json_key(writer, key);
  json_put_text(writer, text);
}

void json_member_str(struct json_writer *writer, const char *key, struct str s) {
  json_key(writer, key);
  json_put_str(writer, s);
}

void json_member_int(struct json_writer *writer, const char *key, int64_t n) {
  json_key(writer, key);
  json_put_int(writer, n);
}

void json_member_number(struct json_writer *writer, const char *key, double n) {
  json_key(writer, key);
  json_put_number(writer, n);
}

void json_member_milli(struct json_writer *writer, const char *key, int64_t milli) {
  json_key(writer, key);
  json_put_milli(writer, milli);
}

void json_member_bool(struct json_writer *writer, const char *key, bool b) {
  json_key(writer, key);
  json_put_bool(writer, b);
}

void json_member_time(struct json_writer *writer, const char *key, int64_t ms) {
  json_key(writer, key);
  json_put_time(writer, ms);
}
