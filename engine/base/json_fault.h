/* json_fault.h - what is wrong with a text that is not JSON, for the person who wrote it.
 *
 * The parser decides what is accepted; it only gives a code, no place. This finds the place, with a plain walk over the
 * grammar, and is called for refused texts alone. Nothing else should use it.
 */
#ifndef EMBUDO_BASE_JSON_FAULT_H
#define EMBUDO_BASE_JSON_FAULT_H

#include "base/err.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Fills *err with the first fault of `text` and its place; with `verdict`, the parser's own words, when the walk finds
 * none. Always -1. */
int json_fault(const char *text, size_t len, const char *verdict, struct err *err);

/* Fills *err with `what` and the place of byte `at`. Always -1. */
int json_fault_at(const char *text, size_t at, const char *what, struct err *err);

#ifdef __cplusplus
}
#endif
#endif
