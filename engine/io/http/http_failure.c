#include "io/http/http_failure.h"

#include <stdio.h>

int http_failure_vset(struct http_failure *failure, int status, const char *code, const char *format,
                      va_list args) {
  failure->status = status;
  failure->code = code;
  failure->retry_after_s = 0;
  vsnprintf(failure->message, sizeof failure->message, format, args);
  return -1;
}

int http_failure_set(struct http_failure *failure, int status, const char *code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  http_failure_vset(failure, status, code, format, args);
  va_end(args);
  return -1;
}

const char *http_reason(int status) {
  static const struct {
    int status;
    const char *reason;
  } reasons[] = {
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {303, "See Other"},
      {304, "Not Modified"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  };
  for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
    if (reasons[i].status == status) return reasons[i].reason;
  return "Unknown";
}
