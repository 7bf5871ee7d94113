#include "io/http/http_answer.h"

#include "base/json.h"
#include "base/timefmt.h"
#include <time.h>

void http_answer_add_header(struct buf *headers, const char *name, struct str value) {
  buf_add_text(headers, name);
  buf_add_text(headers, ": ");
  for (size_t i = 0; i < value.len; i++) {
    unsigned char c = (unsigned char)value.p[i];
    buf_add_char(headers, c < ' ' || c == 0x7f ? ' ' : (char)c);
  }
  buf_add_text(headers, "\r\n");
}

/* Decimal without printf: once per answer, on the hot path. */
static void add_number(struct buf *out, size_t n) {
  char digits[24];
  size_t at = sizeof digits;
  do digits[--at] = (char)('0' + n % 10);
  while (n /= 10);
  buf_add(out, digits + at, sizeof digits - at);
}

static void add_line(struct buf *out, const char *name, const char *value) {
  buf_add_text(out, name);
  buf_add_text(out, value);
  buf_add(out, "\r\n", 2);
}

static void add_framing(const struct http_answer *answer, struct buf *out) {
  switch (answer->framing) {
  case HTTP_FRAMING_LENGTH:
    buf_add_text(out, "Content-Length: ");
    add_number(out, answer->length);
    buf_add(out, "\r\n", 2);
    break;
  case HTTP_FRAMING_CHUNKED: buf_add_text(out, "Transfer-Encoding: chunked\r\n"); break;
  case HTTP_FRAMING_TO_END:
  case HTTP_FRAMING_NONE: break;
  }
}

void http_answer_add_head(const struct http_answer *answer, struct buf *out) {
  buf_add_text(out, "HTTP/1.1 ");
  add_number(out, (size_t)answer->status);
  buf_add_char(out, ' ');
  add_line(out, http_reason(answer->status), "");
  if (answer->media_type) {
    add_line(out, "Content-Type: ", answer->media_type);
    buf_add_text(out, "X-Content-Type-Options: nosniff\r\n");
  }
  add_framing(answer, out);
  if (answer->date[0]) add_line(out, "Date: ", answer->date);
  if (answer->request_id[0]) add_line(out, "X-Request-Id: ", answer->request_id);
  buf_add_str(out, answer->headers);
  if (answer->close) buf_add_text(out, "Connection: close\r\n");
  buf_add(out, "\r\n", 2);
}

void http_answer_put_error(const struct http_failure *failure, struct json_writer *json) {
  json_key(json, "success");
  json_put_bool(json, false);
  json_key(json, "code");
  json_put_text(json, failure->code);
  json_key(json, "message");
  json_put_text(json, failure->message);
  json_key(json, "error");
  json_put_text(json, failure->message);
}

void http_answer_add_error(const struct http_failure *failure, struct buf *out) {
  struct json_writer json;
  json_writer_init(&json, out);
  json_open(&json, '{');
  http_answer_put_error(failure, &json);
  json_close(&json, '}');
}

void http_date_text(int64_t wall_ms, char out[HTTP_DATE_MAX]) {
  static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  time_t seconds = (time_t)(wall_ms / TIME_MS_PER_SECOND);
  struct tm utc;
  char text[64];
  out[0] = '\0';
  if (!gmtime_r(&seconds, &utc)) return;
  snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday], utc.tm_mday,
           months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  if (strlen(text) < HTTP_DATE_MAX) memcpy(out, text, strlen(text) + 1);
}
