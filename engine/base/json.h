/* json.h - reading and writing JSON (RFC 8259). The only place that knows the JSON library (simdjson, in json.cpp).
 *
 * A reader owns one document at a time: parsing again, or releasing it, ends the life of every json_ref and string
 * it gave out. References are two words, cheap to copy. Strict: UTF-8 is validated; NUL bytes (also as \u0000), anything
 * after the document and numbers beyond a double's range are refused; depth is at most JSON_DEPTH_MAX. Two things are
 * mended instead of failing the document: a lone surrogate escape (a cut emoji) reads as U+FFFD, and an integer beyond 64
 * bits as the double near it. Memory grows to a document's needs (some 16 times its bytes) and shrinks again when only
 * small documents follow. Not thread-safe; one reader a thread.
 */
#ifndef EMBUDO_BASE_JSON_H
#define EMBUDO_BASE_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/value.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  JSON_DEPTH_MAX = 64,
  JSON_SIZE_MAX = 1 << 30, /* bytes of a document */
};

struct json_reader;

struct json_ref { /* one value inside a reader's document; {0} is "missing" */
  const void *document;
  size_t index;
};

enum json_kind { JSON_MISSING, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_reader *json_reader_new(void);
void json_reader_free(struct json_reader *reader);

/* Parses one document of `len` bytes, which are copied. The text of *err says what is wrong and at which byte. */
int json_parse(struct json_reader *reader, const char *text, size_t len, struct json_ref *root,
               struct err *err);

enum json_kind json_kind(struct json_ref ref);
const char *json_kind_word(enum json_kind kind); /* "an object", "a string", ... */

/* The member of an object (of equal keys the first), or a missing reference: also when `ref` is no object, so look-ups
 * chain without checks. */
struct json_ref json_get(struct json_ref ref, struct str key);

/* Walks a dotted path; the whole path as one literal key is tried first, as value_path does. */
struct json_ref json_path(struct json_ref ref, struct str path);

bool json_is_missing(struct json_ref ref); /* absent; null is not missing */

/* True and *out set when the value is of that kind. Numbers: integers and fractions alike. */
bool json_string(struct json_ref ref, struct str *out); /* borrowed until the next parse */
bool json_number(struct json_ref ref, double *out);
bool json_bool(struct json_ref ref, bool *out);
size_t json_count(struct json_ref ref); /* members of an object or array, else 0 */

/* A whole number from `low` to `high`, exact also beyond 2^53. Whatever else it is (none, a fraction, out of the range) is
 * false and leaves *out alone, or is `otherwise`. */
bool json_whole(struct json_ref ref, int64_t low, int64_t high, int64_t *out);
int64_t json_whole_or(struct json_ref ref, int64_t low, int64_t high, int64_t otherwise);

/* Iteration over an object's or array's members in document order.
 *   struct json_iter it; json_iter_init(&it, ref); while (json_next(&it)) { it.key (objects), it.value } */
struct json_iter {
  struct str key;
  struct json_ref value;
  struct json_ref container;
  size_t next;
  bool object, started;
};
void json_iter_init(struct json_iter *iter, struct json_ref container);
bool json_next(struct json_iter *iter);

/* The value itself: scalars borrow from the reader, lists and maps are built in `arena`. Duplicate keys: last wins. */
struct value json_value(struct json_ref ref, struct arena *arena);

/* The bytes of a value, minified, appended to `out` (canonical only as far as the input's key order is). */
void json_minify(struct json_ref ref, struct buf *out);

/* --- writing ------------------------------------------------------------------------------------------------ */

/* A writer appends to a buffer and places commas itself. Nesting at most JSON_WRITE_DEPTH_MAX, asserted: room for any
 * document a reader accepts, inside an answer's own levels.
 *   json_open(&w, '{'); json_key(&w, "lead"); json_put_text(&w, id); json_close(&w, '}'); */
enum { JSON_WRITE_DEPTH_MAX = 2 * JSON_DEPTH_MAX };

struct json_writer {
  struct buf *out;
  int depth;
  bool comma[JSON_WRITE_DEPTH_MAX + 1];
  bool after_key;
};
void json_writer_init(struct json_writer *writer, struct buf *out);
void json_open(struct json_writer *writer, char bracket); /* '{' or '[' */
void json_close(struct json_writer *writer, char bracket);
void json_key(struct json_writer *writer, const char *key);
void json_key_str(struct json_writer *writer, struct str key);
void json_put_str(struct json_writer *writer, struct str s); /* invalid UTF-8 becomes U+FFFD */
void json_put_text(struct json_writer *writer, const char *text);
void json_put_int(struct json_writer *writer, int64_t n);
/* The shortest form that reads back, whole numbers up to 2^53 plain; NaN and the infinities, which JSON lacks, as null. */
void json_put_number(struct json_writer *writer, double n);
void json_put_milli(struct json_writer *writer, int64_t milli); /* 37418 as 37.418, 40000 as 40 */
void json_put_bool(struct json_writer *writer, bool b);
void json_put_raw(struct json_writer *writer, struct str json); /* one value's JSON, trusted, as it is */
void json_put_null(struct json_writer *writer);
void json_put_time(struct json_writer *writer, int64_t ms);      /* RFC 3339 string; TIME_NEVER as null */
void json_put_value(struct json_writer *writer, struct value v); /* missing as null */

/* A key and its value, into an open object. */
void json_member_text(struct json_writer *writer, const char *key, const char *text);
void json_member_str(struct json_writer *writer, const char *key, struct str s);
void json_member_int(struct json_writer *writer, const char *key, int64_t n);
void json_member_number(struct json_writer *writer, const char *key, double n);
void json_member_milli(struct json_writer *writer, const char *key, int64_t milli);
void json_member_bool(struct json_writer *writer, const char *key, bool b);
void json_member_time(struct json_writer *writer, const char *key, int64_t ms);

#ifdef __cplusplus
}
#endif
#endif
