#include "base/hex.h"

#include <inttypes.h>
#include <stdio.h>

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *hex64_text(uint64_t number, char out[HEX64_TEXT]) {
  snprintf(out, HEX64_TEXT, "%016" PRIx64, number);
  return out;
}

bool hex64_parse(struct str text, uint64_t *number) {
  *number = 0;
  if (text.len != HEX64_DIGITS) return false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.p[i];
    int digit = hex_digit(c);
    if (digit < 0 || (c >= 'A' && c <= 'F')) return false;
    *number = *number << 4 | (uint64_t)digit;
  }
  return true;
}
