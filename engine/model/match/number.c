#include "model/match/number.h"

#include "base/json.h"

enum {
  PLAIN_MAX = 64,     /* no longer text is taken for a number */
  EXACT_FRACTION = 15 /* digits after the point that the exact path knows the power of ten for */
};

static const uint64_t exact_mantissa = UINT64_C(1) << 53; /* whole numbers a double holds without loss */

/* A mantissa and a power of ten that are both exact in a double: one division rounds once, so the result is right. */
static double scaled(uint64_t mantissa, int fraction) {
  static const double powers[EXACT_FRACTION + 1] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  return (double)mantissa / powers[fraction];
}

static double read_long(struct str text) {
  char copy[PLAIN_MAX + 1];
  memcpy(copy, text.p, text.len);
  copy[text.len] = '\0';
  return strtod(copy, NULL);
}

bool number_parse(struct str text, double *out) {
  text = str_trim(text);
  if (text.len == 0 || text.len > PLAIN_MAX) return false;
  bool minus = text.p[0] == '-';
  uint64_t mantissa = 0;
  int fraction = -1, digits = 0; /* digits since the start, or since the point */
  bool exact = true;
  for (size_t i = minus; i < text.len; i++) {
    char c = text.p[i];
    if (c == '.' && fraction < 0 && digits > 0) {
      fraction = digits = 0;
      continue;
    }
    if (c < '0' || c > '9') return false;
    digits++;
    if (fraction >= 0) fraction++;
    if (mantissa < exact_mantissa / 10)
      mantissa = mantissa * 10 + (uint64_t)(c - '0');
    else
      exact = false;
  }
  if (digits == 0) return false;
  if (fraction < 0) fraction = 0;
  if (!exact || fraction > EXACT_FRACTION)
    *out = read_long(text);
  else
    *out = minus ? -scaled(mantissa, fraction) : scaled(mantissa, fraction);
  return true;
}

bool number_of(struct value v, double *out) {
  if (v.kind == VALUE_NUMBER) {
    *out = v.number;
    return true;
  }
  return v.kind == VALUE_STRING && number_parse(value_text(v), out);
}

struct str number_spelling(double n, struct buf *scratch) {
  struct json_writer writer;
  buf_clear(scratch);
  json_writer_init(&writer, scratch);
  json_put_number(&writer, n);
  return buf_str(scratch);
}

bool number_or_text(struct value v, struct buf *scratch, struct str *out) {
  if (v.kind == VALUE_STRING)
    *out = value_text(v);
  else if (v.kind == VALUE_NUMBER)
    *out = number_spelling(v.number, scratch);
  else
    return false;
  return true;
}
