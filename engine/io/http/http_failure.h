/* http_failure.h - why a request is refused, as its client will read it. Filled once, where the trouble is found. */
#ifndef EMBUDO_IO_HTTP_FAILURE_H
#define EMBUDO_IO_HTTP_FAILURE_H

#include "base/str.h"
#include <stdarg.h>

enum { HTTP_FAILURE_TEXT_MAX = 256 };

/* Words of `code`, for those that need no other: SDKs and people's scripts compare them. */
#define HTTP_INVALID     "invalid_request"
#define HTTP_NOT_FOUND   "not_found"
#define HTTP_TOO_LARGE   "too_large"
#define HTTP_UNSUPPORTED "unsupported"
#define HTTP_TIMEOUT     "timeout"
#define HTTP_OVERLOADED  "overloaded"

struct http_failure {
  int status;       /* 400 to 599 */
  const char *code; /* a constant word */
  char message[HTTP_FAILURE_TEXT_MAX];
  int retry_after_s; /* 0: no Retry-After header */
};

/* Fills *failure (without Retry-After) and returns -1. */
int http_failure_set(struct http_failure *failure, int status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int http_failure_vset(struct http_failure *failure, int status, const char *code, const char *format,
                      va_list args);

const char *http_reason(int status); /* "Not Found"; "Unknown" for a status nobody here gives */

#endif
