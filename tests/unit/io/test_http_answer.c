#include "unit.h"

#include "io/http/http_answer.h"

static void makes_heads(void **state) {
  (void)state;
  static const struct {
    struct http_answer answer;
    const char *head;
  } cases[] = {
      {{.status = 200, .media_type = "text/plain", .length = 1234567, .date = "D", .request_id = "r"},
       "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Content-Type-Options: nosniff\r\n"
       "Content-Length: 1234567\r\nDate: D\r\nX-Request-Id: r\r\n\r\n"},
      {{.status = 204,
        .framing = HTTP_FRAMING_NONE,
        .date = "",
        .request_id = "",
        .headers = STR("A: b\r\n")},
       "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"},
      {{.status = 200, .media_type = "a/b", .framing = HTTP_FRAMING_CHUNKED, .date = "", .request_id = ""},
       "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Content-Type-Options: nosniff\r\n"
       "Transfer-Encoding: chunked\r\n\r\n"},
      {{.status = 599, .framing = HTTP_FRAMING_TO_END, .date = "", .request_id = "", .close = true},
       "HTTP/1.1 599 Unknown\r\nConnection: close\r\n\r\n"},
      {{.status = 404, .length = 0, .date = "", .request_id = ""},
       "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct buf out;
    buf_init(&out);
    http_answer_add_head(&cases[i].answer, &out);
    assert_str(buf_str(&out), cases[i].head);
    buf_release(&out);
  }
}

static void makes_errors_every_sdk_reads(void **state) {
  struct http_failure failure;
  struct buf out;
  (void)state;
  buf_init(&out);
  http_failure_set(&failure, 400, HTTP_INVALID, "no \"%s\"", "key");
  http_answer_add_error(&failure, &out);
  assert_str(buf_str(&out), "{\"success\":false,\"code\":\"invalid_request\",\"message\":\"no \\\"key\\\"\","
                            "\"error\":\"no \\\"key\\\"\"}");
  buf_release(&out);
}

static void keeps_header_values_on_their_line(void **state) {
  struct buf out;
  (void)state;
  buf_init(&out);
  http_answer_add_header(&out, "A", STR("b\r\nC: d\x7f\te"));
  assert_str(buf_str(&out), "A: b  C: d  e\r\n");
  buf_release(&out);
}

static void writes_dates_as_http_does(void **state) {
  (void)state;
  static const struct {
    int64_t ms;
    const char *text;
  } cases[] = {{INT64_C(784111777999), "Sun, 06 Nov 1994 08:49:37 GMT"},
               {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
               {INT64_C(1709164800000), "Thu, 29 Feb 2024 00:00:00 GMT"},
               {INT64_C(4102444799000), "Thu, 31 Dec 2099 23:59:59 GMT"}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char text[HTTP_DATE_MAX];
    http_date_text(cases[i].ms, text);
    assert_string_equal(text, cases[i].text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(makes_heads),
      cmocka_unit_test(makes_errors_every_sdk_reads),
      cmocka_unit_test(keeps_header_values_on_their_line),
      cmocka_unit_test(writes_dates_as_http_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
