/* hex.h - hex digits, and numbers of 64 bits as 16 of them in lower case: how ids and hashes stand in records. */
#ifndef EMBUDO_BASE_HEX_H
#define EMBUDO_BASE_HEX_H

#include "base/str.h"
#include <stdint.h>

enum { HEX64_DIGITS = 16, HEX64_TEXT = HEX64_DIGITS + 1 /* with its NUL */ };

int hex_digit(char c); /* 0 to 15, in either case; -1: it is none */

const char *hex64_text(uint64_t number, char out[HEX64_TEXT]); /* out */
bool hex64_parse(struct str text, uint64_t *number);           /* false: it is not exactly that */

#endif
