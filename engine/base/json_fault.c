#include "base/json_fault.h"

#include "base/json.h"
#include "base/text.h"

enum { PLACE_MAX = 96 };

/* What may come next. */
enum expect { VALUE, FIRST_ITEM, FIRST_KEY, KEY, COLON, AFTER_ITEM, AFTER_MEMBER, END };

struct walk {
  const char *p, *end;
  enum expect expect;
  int depth;
  bool object[JSON_DEPTH_MAX + 1]; /* of each open container: is it an object */
  const char *what;                /* the fault, once there is one */
  enum err_code code;
};

static bool fault(struct walk *walk, enum err_code code, const char *what) {
  walk->what = what;
  walk->code = code;
  return false;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
static bool next_is(const struct walk *walk, char c) {
  return walk->p < walk->end && *walk->p == c;
}

static const char *expected(enum expect expect) {
  switch (expect) {
  case VALUE: return "a value was expected";
  case FIRST_ITEM: return "a value or \"]\" was expected";
  case FIRST_KEY: return "a key in double quotes or \"}\" was expected";
  case KEY: return "a key in double quotes was expected";
  case COLON: return "a \":\" was expected after the key";
  case AFTER_ITEM: return "a comma or \"]\" was expected";
  case AFTER_MEMBER: return "a comma or \"}\" was expected";
  case END: return "nothing more was expected after the document";
  }
  return "";
}

static bool take_escape(struct walk *walk) {
  static const char *const bad =
      "a backslash in a string must be followed by one of \"\\/bfnrt or u and 4 hex digits";
  if (walk->end - walk->p < 2 || !strchr("\"\\/bfnrtu", walk->p[1]) || !walk->p[1])
    return fault(walk, ERR_SYNTAX, bad);
  if (walk->p[1] == 'u') {
    for (int i = 2; i < 6; i++)
      if (walk->end - walk->p <= i || !strchr("0123456789abcdefABCDEF", walk->p[i]) || !walk->p[i])
        return fault(walk, ERR_SYNTAX, bad);
    walk->p += 4;
  }
  walk->p += 2;
  return true;
}

static bool take_string(struct walk *walk) {
  const char *quote = walk->p++;
  while (walk->p < walk->end && *walk->p != '"') {
    unsigned char c = (unsigned char)*walk->p;
    if (c == 0) return fault(walk, ERR_SYNTAX, "a NUL byte is not allowed");
    if (c < 0x20)
      return fault(walk, ERR_SYNTAX, "a control character in a string must be escaped (a newline as \\n)");
    if (c == '\\') {
      if (!take_escape(walk)) return false;
    } else {
      size_t size = text_char((struct str){walk->p, (size_t)(walk->end - walk->p)});
      if (size == 0) return fault(walk, ERR_SYNTAX, "a byte is not valid UTF-8");
      walk->p += size;
    }
  }
  if (walk->p == walk->end) {
    walk->p = quote;
    return fault(walk, ERR_SYNTAX, "a string is not closed");
  }
  walk->p++;
  return true;
}

static bool take_digits(struct walk *walk) {
  const char *first = walk->p;
  while (walk->p < walk->end && is_digit(*walk->p)) walk->p++;
  return walk->p > first;
}

/* The power of ten of a number's first digit that counts; from 308 on a double may not hold it. */
static long magnitude(const char *p, const char *end) {
  enum { FAR = 100000 };
  long power = -1, exponent = 0;
  bool counts = false, fraction = false;
  p += *p == '-';
  for (; p < end && *p != 'e' && *p != 'E'; p++) {
    if (*p == '.') fraction = true;
    if (!is_digit(*p)) continue;
    if (*p != '0') counts = true;
    if (!fraction && counts) power++;
    if (fraction && !counts) power--;
  }
  if (!counts) return 0;
  if (p < end) p++;
  bool minus = p < end && *p == '-';
  for (; p < end; p++)
    if (is_digit(*p) && exponent < FAR) exponent = exponent * 10 + (*p - '0');
  return power + (minus ? -exponent : exponent);
}

static bool take_number(struct walk *walk) {
  enum { LARGEST_POWER = 308 };
  const char *first = walk->p;
  if (next_is(walk, '-')) walk->p++;
  const char *digits = walk->p;
  if (!take_digits(walk)) return fault(walk, ERR_SYNTAX, "a digit was expected");
  if (*digits == '0' && walk->p - digits > 1) {
    walk->p = first;
    return fault(walk, ERR_SYNTAX, "a number must not start with 0");
  }
  if (next_is(walk, '.')) {
    walk->p++;
    if (!take_digits(walk)) return fault(walk, ERR_SYNTAX, "a digit was expected after the point");
  }
  if (next_is(walk, 'e') || next_is(walk, 'E')) {
    walk->p++;
    if (next_is(walk, '+') || next_is(walk, '-')) walk->p++;
    if (!take_digits(walk)) return fault(walk, ERR_SYNTAX, "a digit was expected in the exponent");
  }
  if (magnitude(first, walk->p) < LARGEST_POWER) return true;
  walk->p = first;
  return fault(walk, ERR_INVALID, "a number is beyond the finite range (about 1.8e308)");
}

static bool take_word(struct walk *walk, const char *word) {
  size_t len = strlen(word);
  if ((size_t)(walk->end - walk->p) < len || memcmp(walk->p, word, len) != 0)
    return fault(walk, ERR_SYNTAX, "a value was expected (text needs double quotes)");
  walk->p += len;
  return true;
}

/* After a value: what its container wants. */
static void value_done(struct walk *walk) {
  if (walk->depth == 0)
    walk->expect = END;
  else
    walk->expect = walk->object[walk->depth] ? AFTER_MEMBER : AFTER_ITEM;
}

static bool open_container(struct walk *walk, bool object) {
  if (walk->depth == JSON_DEPTH_MAX) return fault(walk, ERR_LIMIT, "nested deeper than 64 levels");
  walk->p++;
  walk->object[++walk->depth] = object;
  walk->expect = object ? FIRST_KEY : FIRST_ITEM;
  return true;
}

static bool close_container(struct walk *walk) {
  walk->p++;
  walk->depth--;
  value_done(walk);
  return true;
}

static bool take_value(struct walk *walk) {
  char c = *walk->p;
  if (c == '{' || c == '[') return open_container(walk, c == '{');
  bool taken = false;
  if (c == '"')
    taken = take_string(walk);
  else if (c == '-' || is_digit(c))
    taken = take_number(walk);
  else if (c == 't' || c == 'f' || c == 'n')
    taken = take_word(walk, c == 't' ? "true" : c == 'f' ? "false" : "null");
  else
    return fault(walk, ERR_SYNTAX, expected(walk->expect));
  if (taken) value_done(walk);
  return taken;
}

static bool take_key(struct walk *walk) {
  if (*walk->p != '"') return fault(walk, ERR_SYNTAX, expected(walk->expect));
  walk->expect = COLON;
  return take_string(walk);
}

static bool take_separator(struct walk *walk, char separator, enum expect then) {
  if (*walk->p != separator) return fault(walk, ERR_SYNTAX, expected(walk->expect));
  walk->p++;
  walk->expect = then;
  return true;
}

/* One token; false at a fault. */
static bool step(struct walk *walk) {
  char c = *walk->p;
  switch (walk->expect) {
  case FIRST_ITEM:
    if (c == ']') return close_container(walk);
    return take_value(walk);
  case VALUE: return take_value(walk);
  case FIRST_KEY:
    if (c == '}') return close_container(walk);
    return take_key(walk);
  case KEY: return take_key(walk);
  case COLON: return take_separator(walk, ':', VALUE);
  case AFTER_ITEM:
    if (c == ']') return close_container(walk);
    return take_separator(walk, ',', VALUE);
  case AFTER_MEMBER:
    if (c == '}') return close_container(walk);
    return take_separator(walk, ',', KEY);
  case END: return fault(walk, ERR_SYNTAX, expected(END));
  }
  return false;
}

/* Walks to the first fault; false when there is none. */
static bool find_fault(struct walk *walk) {
  for (;;) {
    while (walk->p < walk->end && is_blank(*walk->p)) walk->p++;
    if (walk->p == walk->end) break;
    if (!step(walk)) return true;
  }
  if (walk->expect == END) return false;
  return !fault(walk, ERR_SYNTAX, expected(walk->expect));
}

/* "byte 17", or "line 2, column 5 (byte 17)": all from 1, columns in bytes. */
static const char *place(const char *text, size_t at, char out[PLACE_MAX]) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < at; i++) {
    column++;
    if (text[i] == '\n') line++, column = 1;
  }
  if (line == 1)
    snprintf(out, PLACE_MAX, "byte %zu", at + 1);
  else
    snprintf(out, PLACE_MAX, "line %zu, column %zu (byte %zu)", line, column, at + 1);
  return out;
}

int json_fault_at(const char *text, size_t at, const char *what, struct err *err) {
  char where[PLACE_MAX];
  return err_set(err, ERR_SYNTAX, "JSON: %s at %s", what, place(text, at, where));
}

int json_fault(const char *text, size_t len, const char *verdict, struct err *err) {
  struct str s = {text, len};
  char where[PLACE_MAX];
  struct walk walk = {.p = text, .end = len ? text + len : text, .expect = VALUE};
  if (str_trim(s).len == 0)
    return err_set(err, ERR_SYNTAX, "JSON: the text is empty, a document was expected");
  if (str_starts(s, STR("\xef\xbb\xbf")))
    return err_set(err, ERR_SYNTAX,
                   "JSON: the text starts with a byte order mark, save it as UTF-8 without one");
  if (!find_fault(&walk)) return err_set(err, ERR_SYNTAX, "JSON: %s", verdict);
  size_t at = (size_t)(walk.p - text);
  if (walk.p == walk.end)
    return err_set(err, walk.code, "JSON: the text ends after %zu bytes where %s", len, walk.what);
  return err_set(err, walk.code, "JSON: %s at %s", walk.what, place(text, at, where));
}
