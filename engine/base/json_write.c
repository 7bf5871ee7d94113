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

static void add_escaped(struct buf *out, unsigned char c) {
  static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
  char letter = c < sizeof letters ? letters[c] : (char)c;
  if (letter) {
    buf_add(out, (char[]){'\\', letter}, 2);
  } else {
    buf_printf(out, "\\u%04x", c);
  }
}

static void add_string(struct buf *out, struct str s) {
  buf_reserve(out, s.len + 2);
  buf_add_char(out, '"');
  for (size_t i = 0, run = 0; i < s.len; i = run) {
    while (run < s.len && is_plain((unsigned char)s.p[run])) run++;
    buf_add(out, s.p + i, run - i);
    if (run == s.len) break;
    unsigned char c = (unsigned char)s.p[run];
    if (c < 0x80) {
      add_escaped(out, c);
      run++;
      continue;
    }
    size_t size = text_char((struct str){s.p + run, s.len - run});
    if (size)
      buf_add(out, s.p + run, size);
    else
      buf_add_text(out, "\xef\xbf\xbd"); /* U+FFFD */
    run += size ? size : 1;
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
