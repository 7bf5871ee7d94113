/* The floor's headers are C: their functions have C names. */
extern "C" {
#include "base/json.h"

#include "base/json_fault.h"
}

/* Errors come as codes; nothing here or in the header-only part throws. */
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <new>

using simdjson::dom::document;
using tape_type = simdjson::internal::tape_type;

namespace {

constexpr size_t CAPACITY_MIN = 4096;
constexpr size_t CAPACITY_KEPT = 1 << 18; /* what a reader may keep for good */
constexpr size_t SMALL_IN_A_ROW = 256;    /* documents after which a larger reader shrinks */

/* --- the tape ---
 *
 * A parsed document is an array of words: kind in the top byte, payload below. Numbers take a second word,
 * containers point past their end, strings into a buffer of length-prefixed bytes. A json_ref is the document
 * and a word's index. */

inline const document *document_of(json_ref ref) {
  return static_cast<const document *>(ref.document);
}
inline const uint64_t *tape_of(json_ref ref) {
  return document_of(ref)->tape.get();
}
inline tape_type type_of(uint64_t word) {
  return static_cast<tape_type>(word >> 56);
}
inline size_t past(uint64_t container) {
  return static_cast<uint32_t>(container);
}

inline tape_type type_of(json_ref ref) {
  return ref.document ? type_of(tape_of(ref)[ref.index]) : tape_type::ROOT; /* no value is a root */
}

inline size_t next_of(const uint64_t *tape, size_t index) {
  switch (type_of(tape[index])) {
  case tape_type::START_ARRAY:
  case tape_type::START_OBJECT: return past(tape[index]);
  case tape_type::INT64:
  case tape_type::UINT64:
  case tape_type::DOUBLE: return index + 2;
  default: return index + 1;
  }
}

inline str string_of(const document *doc, uint64_t word) {
  const uint8_t *prefix = doc->string_buf.get() + (word & simdjson::internal::JSON_VALUE_MASK);
  uint32_t len;
  memcpy(&len, prefix, sizeof len);
  return {reinterpret_cast<const char *>(prefix + sizeof len), len};
}

inline double number_of(const uint64_t *tape, size_t index) {
  uint64_t bits = tape[index + 1];
  switch (type_of(tape[index])) {
  case tape_type::INT64: return static_cast<double>(static_cast<int64_t>(bits));
  case tape_type::UINT64: return static_cast<double>(bits);
  default: break;
  }
  double n;
  memcpy(&n, &bits, sizeof n);
  return n;
}

inline bool whole_of(const uint64_t *tape, size_t index, int64_t *out) {
  if (type_of(tape[index]) == tape_type::UINT64)
    return false; /* the parser keeps these for what is above INT64_MAX */
  if (type_of(tape[index]) == tape_type::INT64) {
    *out = static_cast<int64_t>(tape[index + 1]);
    return true;
  }
  const double beyond = 9223372036854775808.0; /* 2^63 */
  double n = number_of(tape, index);
  if (n != std::floor(n) || n < -beyond || n >= beyond) return false;
  *out = static_cast<int64_t>(n);
  return true;
}

/* --- mending the copy --- */

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* The four hex digits of a \u escape at `p`, or -1 when it is none. */
int unicode_escape(const char *p, const char *end) {
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
  int code = 0;
  for (int i = 2; i < 6; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

inline bool is_high(int code) {
  return code >= 0xd800 && code < 0xdc00;
}
inline bool is_low(int code) {
  return code >= 0xdc00 && code < 0xe000;
}

/* Turns lone surrogate escapes into U+FFFD, in place. False and *at: an escaped NUL. Backslashes only occur
 * in strings (elsewhere the parser refuses them), so no look at the quotes is needed. */
bool mend_escapes(char *text, size_t len, size_t *at) {
  char *end = text + len;
  for (char *p = text; (p = static_cast<char *>(memchr(p, '\\', static_cast<size_t>(end - p))));) {
    int code = unicode_escape(p, end);
    if (code < 0) {
      p += end - p < 2 ? 1 : 2;
      continue;
    }
    if (code == 0) return *at = static_cast<size_t>(p - text), false;
    bool paired = is_high(code) && is_low(unicode_escape(p + 6, end));
    if (!paired && (is_high(code) || is_low(code))) memcpy(p + 2, "fffd", 4);
    p += paired ? 12 : 6;
  }
  return true;
}

char *skip_string(char *p, const char *end) {
  for (p++; p < end && *p != '"'; p++)
    if (*p == '\\') p++;
  return p < end ? p + 1 : p;
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Gives integers too long for 64 bits an exponent in place of their last two digits, which a double cannot
 * hold anyway. True when there was one. */
bool mend_integers(char *text, size_t len) {
  constexpr ptrdiff_t LONG_DIGITS = 19;
  bool mended = false;
  const char *end = text + len;
  for (char *p = text; p < end;) {
    if (*p == '"') {
      p = skip_string(p, end);
    } else if (is_digit(*p)) {
      char *first = p;
      while (p < end && is_digit(*p)) p++;
      bool whole = p == end || (*p != '.' && *p != 'e' && *p != 'E');
      bool alone =
          first == text || (first[-1] != '.' && first[-1] != '+' && first[-1] != 'e' && first[-1] != 'E');
      bool exponent = first - text >= 2 && first[-1] == '-' && (first[-2] == 'e' || first[-2] == 'E');
      if (!whole || !alone || exponent || p - first < LONG_DIGITS) continue;
      memcpy(p - 2, "e2", 2);
      mended = true;
    } else {
      p++;
    }
  }
  return mended;
}

/* --- writing (the rest is in json_write.c; to_chars is shortest, exact and knows no locale) --- */

template <typename N> void put_shortest(json_writer *writer, N n) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, n).ptr;
  json_put_raw(writer, str{text, static_cast<size_t>(end - text)});
}

void write_value(json_writer *writer, json_ref ref);

void write_members(json_writer *writer, json_ref ref, bool object) {
  json_iter it;
  json_open(writer, object ? '{' : '[');
  for (json_iter_init(&it, ref); json_next(&it);) {
    if (object) json_key_str(writer, it.key);
    write_value(writer, it.value);
  }
  json_close(writer, object ? '}' : ']');
}

void write_value(json_writer *writer, json_ref ref) {
  const uint64_t *tape = tape_of(ref);
  switch (type_of(ref)) {
  case tape_type::START_OBJECT: return write_members(writer, ref, true);
  case tape_type::START_ARRAY: return write_members(writer, ref, false);
  case tape_type::STRING: return json_put_str(writer, string_of(document_of(ref), tape[ref.index]));
  case tape_type::INT64: return json_put_int(writer, static_cast<int64_t>(tape[ref.index + 1]));
  case tape_type::UINT64: return put_shortest(writer, tape[ref.index + 1]);
  case tape_type::DOUBLE: return json_put_number(writer, number_of(tape, ref.index));
  case tape_type::TRUE_VALUE: return json_put_bool(writer, true);
  case tape_type::FALSE_VALUE: return json_put_bool(writer, false);
  default: return json_put_null(writer);
  }
}

} // namespace

/* --- reading --- */

struct json_reader {
  simdjson::dom::parser parser;
  document doc;
  char *copy;      /* the input, padded as the parser wants it */
  size_t capacity; /* of copy (without padding), parser and doc */
  size_t depth;    /* the parser's, see parse_copy */
  size_t small_in_a_row;
};

namespace {

bool set_depth(json_reader *reader, size_t depth) {
  if (reader->depth == depth) return true;
  reader->depth = 0;
  if (reader->parser.allocate(reader->capacity, depth)) return false;
  reader->depth = depth;
  return true;
}

bool resize(json_reader *reader, size_t capacity) {
  reader->capacity = reader->depth = reader->small_in_a_row = 0;
  free(reader->copy);
  reader->copy = static_cast<char *>(malloc(capacity + simdjson::SIMDJSON_PADDING));
  if (!reader->copy || reader->doc.allocate(capacity)) return false;
  reader->capacity = capacity;
  return true;
}

/* Room for a document of `len` bytes; gives back what one large batch took when only small ones follow. */
bool make_room(json_reader *reader, size_t len) {
  bool small = reader->capacity > CAPACITY_KEPT && len < reader->capacity / 8;
  reader->small_in_a_row = small ? reader->small_in_a_row + 1 : 0;
  if (len <= reader->capacity && reader->small_in_a_row < SMALL_IN_A_ROW) return true;
  size_t capacity = CAPACITY_MIN;
  while (capacity < len) capacity *= 2;
  return resize(reader, capacity);
}

/* The deepest nesting of a parsed document, an empty container being a level too. */
size_t depth_of(const document *doc) {
  const uint64_t *tape = doc->tape.get();
  size_t depth = 0, deepest = 0, end = past(tape[0]);
  for (size_t i = 1; i < end; i++) {
    tape_type type = type_of(tape[i]);
    if (type == tape_type::START_ARRAY || type == tape_type::START_OBJECT)
      deepest = ++depth > deepest ? depth : deepest;
    if (type == tape_type::END_ARRAY || type == tape_type::END_OBJECT) depth--;
    if (type == tape_type::INT64 || type == tape_type::UINT64 || type == tape_type::DOUBLE) i++;
  }
  return deepest;
}

simdjson::error_code parse_at_depth(json_reader *reader, size_t len, size_t depth) {
  if (!set_depth(reader, depth)) return simdjson::MEMALLOC;
  return reader->parser.parse_into_document(reader->doc, reader->copy, len, false).error();
}

/* The parser's depth counts the document and does not count empty containers: at N it accepts N - 1 levels
 * that hold something and one empty one. So what it accepts at the maximum is within our bound, and the few
 * documents it refuses are tried one level deeper and measured. */
simdjson::error_code parse_copy(json_reader *reader, size_t len) {
  simdjson::error_code code = parse_at_depth(reader, len, JSON_DEPTH_MAX);
  if (code != simdjson::DEPTH_ERROR) return code;
  code = parse_at_depth(reader, len, JSON_DEPTH_MAX + 1);
  if (!code && depth_of(&reader->doc) > JSON_DEPTH_MAX) return simdjson::DEPTH_ERROR;
  return code;
}

int refuse(simdjson::error_code code, const char *text, size_t len, err *err) {
  if (code == simdjson::MEMALLOC)
    return err_set(err, ERR_MEMORY, "out of memory while reading %zu bytes of JSON", len);
  return json_fault(text, len, simdjson::error_message(code), err);
}

} // namespace

extern "C" {

json_reader *json_reader_new(void) {
  auto *reader = new (std::nothrow) json_reader();
  ASSERT(reader);
  return reader;
}

void json_reader_free(json_reader *reader) {
  if (!reader) return;
  free(reader->copy);
  delete reader;
}

int json_parse(json_reader *reader, const char *text, size_t len, json_ref *root, err *err) {
  *root = json_ref{nullptr, 0};
  if (len > JSON_SIZE_MAX)
    return err_set(err, ERR_LIMIT, "%zu bytes of JSON are more than the %d allowed", len, JSON_SIZE_MAX);
  if (len == 0) return json_fault(text, len, "", err);
  if (!make_room(reader, len)) return refuse(simdjson::MEMALLOC, text, len, err);
  memcpy(reader->copy, text, len);
  memset(reader->copy + len, 0, simdjson::SIMDJSON_PADDING);
  size_t at;
  if (!mend_escapes(reader->copy, len, &at)) {
    json_fault_at(text, at, "a NUL character (\\u0000) is not allowed", err);
    err->code = ERR_INVALID;
    return -1;
  }
  simdjson::error_code code = parse_copy(reader, len);
  if (code == simdjson::NUMBER_ERROR && mend_integers(reader->copy, len)) code = parse_copy(reader, len);
  if (code) return refuse(code, text, len, err);
  *root = json_ref{&reader->doc, 1};
  return 0;
}

enum json_kind json_kind(json_ref ref) {
  switch (type_of(ref)) {
  case tape_type::START_OBJECT: return JSON_OBJECT;
  case tape_type::START_ARRAY: return JSON_ARRAY;
  case tape_type::STRING: return JSON_STRING;
  case tape_type::INT64:
  case tape_type::UINT64:
  case tape_type::DOUBLE: return JSON_NUMBER;
  case tape_type::TRUE_VALUE:
  case tape_type::FALSE_VALUE: return JSON_BOOL;
  case tape_type::NULL_VALUE: return JSON_NULL;
  default: return JSON_MISSING;
  }
}

const char *json_kind_word(enum json_kind kind) {
  switch (kind) {
  case JSON_MISSING: return "nothing";
  case JSON_NULL: return "null";
  case JSON_BOOL: return "a boolean";
  case JSON_NUMBER: return "a number";
  case JSON_STRING: return "a string";
  case JSON_ARRAY: return "an array";
  case JSON_OBJECT: return "an object";
  }
  return "an unknown kind";
}

json_ref json_get(json_ref ref, str key) {
  if (type_of(ref) != tape_type::START_OBJECT) return json_ref{nullptr, 0};
  const document *doc = document_of(ref);
  const uint64_t *tape = tape_of(ref);
  size_t end = past(tape[ref.index]) - 1;
  for (size_t i = ref.index + 1; i < end; i = next_of(tape, i + 1))
    if (str_eq(string_of(doc, tape[i]), key)) return json_ref{doc, i + 1};
  return json_ref{nullptr, 0};
}

json_ref json_path(json_ref ref, str path) {
  json_ref found = json_get(ref, path);
  if (found.document) return found;
  const char *dot;
  while (path.len && (dot = static_cast<const char *>(memchr(path.p, '.', path.len)))) {
    size_t step = static_cast<size_t>(dot - path.p);
    ref = json_get(ref, str{path.p, step});
    path = str{dot + 1, path.len - step - 1};
  }
  return json_get(ref, path);
}

bool json_is_missing(json_ref ref) {
  return !ref.document;
}

bool json_string(json_ref ref, str *out) {
  if (type_of(ref) != tape_type::STRING) return false;
  *out = string_of(document_of(ref), tape_of(ref)[ref.index]);
  return true;
}

bool json_number(json_ref ref, double *out) {
  if (json_kind(ref) != JSON_NUMBER) return false;
  *out = number_of(tape_of(ref), ref.index);
  return true;
}

bool json_whole(json_ref ref, int64_t low, int64_t high, int64_t *out) {
  int64_t n;
  if (json_kind(ref) != JSON_NUMBER || !whole_of(tape_of(ref), ref.index, &n) || n < low || n > high)
    return false;
  *out = n;
  return true;
}

int64_t json_whole_or(json_ref ref, int64_t low, int64_t high, int64_t otherwise) {
  int64_t n;
  return json_whole(ref, low, high, &n) ? n : otherwise;
}

bool json_bool(json_ref ref, bool *out) {
  if (json_kind(ref) != JSON_BOOL) return false;
  *out = type_of(ref) == tape_type::TRUE_VALUE;
  return true;
}

size_t json_count(json_ref ref) {
  enum json_kind kind = json_kind(ref);
  if (kind != JSON_OBJECT && kind != JSON_ARRAY) return 0;
  size_t count = (tape_of(ref)[ref.index] >> 32) & simdjson::internal::JSON_COUNT_MASK;
  if (count < simdjson::internal::JSON_COUNT_MASK) return count;
  json_iter it; /* the tape's counter is saturated */
  count = 0;
  for (json_iter_init(&it, ref); json_next(&it);) count++;
  return count;
}

void json_iter_init(json_iter *iter, json_ref container) {
  tape_type type = type_of(container);
  *iter = json_iter{};
  iter->container = container;
  iter->object = type == tape_type::START_OBJECT;
  bool has_members = iter->object || type == tape_type::START_ARRAY;
  iter->next = has_members ? container.index + 1 : SIZE_MAX;
}

bool json_next(json_iter *iter) {
  if (iter->next == SIZE_MAX) return false;
  const uint64_t *tape = tape_of(iter->container);
  size_t i = iter->next;
  if (i >= past(tape[iter->container.index]) - 1) {
    iter->next = SIZE_MAX;
    return false;
  }
  if (iter->object) iter->key = string_of(document_of(iter->container), tape[i++]);
  iter->value = json_ref{iter->container.document, i};
  iter->next = next_of(tape, i);
  return true;
}

void json_put_int(json_writer *writer, int64_t n) {
  put_shortest(writer, n);
}

void json_put_number(json_writer *writer, double n) {
  constexpr double WHOLE_MAX = 9007199254740992.0; /* 2^53 */
  if (!std::isfinite(n)) return json_put_null(writer);
  if (std::fabs(n) <= WHOLE_MAX && n == std::trunc(n)) return put_shortest(writer, static_cast<int64_t>(n));
  put_shortest(writer, n);
}

void json_minify(json_ref ref, buf *out) {
  json_writer writer;
  if (!ref.document) return;
  json_writer_init(&writer, out);
  write_value(&writer, ref);
}

} // extern "C"
