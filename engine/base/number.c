#include "base/number.h"

enum { NUMBER_TEXT_MAX = 40 /* bytes; what is longer is no number */, GROUP = 3 };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Bytes of the sign that text may have between digits, at its begin; 0: none. */
static size_t separator(struct str text) {
  static const struct str signs[] = {STR(","),      STR("."), STR(" "),      STR("'"),
                                     STR("\u2019"), STR("_"), STR("\u00a0"), STR("\u202f")};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (str_starts(text, signs[i])) return signs[i].len;
  return 0;
}

/* Counts the separators between two digits; *points: those that are a point. */
static size_t separators(struct str text, size_t *points) {
  size_t count = 0;
  *points = 0;
  for (size_t i = 1; i < text.len; i++) {
    size_t len = is_digit(text.p[i - 1]) ? separator((struct str){text.p + i, text.len - i}) : 0;
    if (len == 0 || i + len >= text.len || !is_digit(text.p[i + len])) continue;
    count++;
    *points += text.p[i] == '.';
  }
  return count;
}

bool number_is_doubtful(struct str text) {
  size_t points, whole = 0, rest;
  text = str_trim(text);
  if (text.len > NUMBER_TEXT_MAX || separators(text, &points) != 1 || points != 1) return false;
  while (whole < text.len && !is_digit(text.p[whole])) whole++; /* a sign, a currency */
  text = (struct str){text.p + whole, text.len - whole};
  for (whole = 0; is_digit(text.p[whole]);) whole++;
  for (rest = whole + 1; rest < text.len && is_digit(text.p[rest]);) rest++;
  return text.p[0] != '0' && whole <= GROUP && rest - whole - 1 == GROUP;
}

const char *number_advice(struct str text) {
  size_t points, count = text.len <= NUMBER_TEXT_MAX ? separators(text, &points) : 0;
  return count > 1 || (count == 1 && points == 0) ? NUMBER_ADVICE : "";
}
