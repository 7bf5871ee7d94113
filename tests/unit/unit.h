/* unit.h - what every unit test includes: cmocka with the headers it wants first, and assertions on struct
 * str. */
#ifndef EMBUDO_UNIT_H
#define EMBUDO_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* The bytes of `actual` are the text `expected`. */
#define assert_str(actual, expected)                                                                         \
  do {                                                                                                       \
    struct str actual_ = (actual);                                                                           \
    const char *expected_ = (expected);                                                                      \
    if (!str_eq(actual_, str_of(expected_)))                                                                 \
      fail_msg("expected \"%s\", got \"%.*s\"", expected_, STR_ARG(actual_));                                \
  } while (0)

#endif
