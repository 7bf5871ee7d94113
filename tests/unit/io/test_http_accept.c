#include "unit.h"

#include "io/http/http_accept.h"

#define TEXT "text/plain; version=0.0.4; charset=utf-8"
#define OPEN "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define JSON "application/json"

static const char *best(const char *accept, const char *more, const char *first, const char *second) {
  static struct http_request request;
  const char *offers[] = {first, second};
  http_request_init(&request);
  if (accept) request.headers[request.header_count++] = (struct http_pair){STR("aCCept"), str_of(accept)};
  request.headers[request.header_count++] = (struct http_pair){STR("Accept-Encoding"), STR("*/*")};
  if (more) request.headers[request.header_count++] = (struct http_pair){STR("Accept"), str_of(more)};
  return offers[http_accept_best(&request, offers, 2)];
}

static void chooses(void **state) {
  (void)state;
  static const struct {
    const char *accept, *best; /* of TEXT and OPEN, in this order */
  } cases[] = {
      {NULL, TEXT},
      {"", TEXT},
      {"*/*", TEXT},
      {"text/*", TEXT},
      {"application/*", OPEN},
      {"text/plain", TEXT},
      {"application/openmetrics-text", OPEN},
      {"APPLICATION/OpenMetrics-Text", OPEN},
      /* as Prometheus asks */
      {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       OPEN},
      {"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3",
       OPEN},
      /* weights */
      {"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.8", TEXT},
      {"text/plain;q=0.5, application/openmetrics-text ; version=1.0.0 ; q=0.8", OPEN},
      {"text/plain;q=0.800, application/openmetrics-text;q=0.801", OPEN},
      {"text/plain;Q=0.1,*/*", OPEN},
      {"application/openmetrics-text;q=0,text/plain", TEXT},
      {"application/openmetrics-text; q=0.0, */*", TEXT},
      {"text/plain;q=0,*/*;q=0.001", OPEN},
      {"text/plain;q=0, application/openmetrics-text;q=0", TEXT}, /* nothing is wanted: the first offer */
      {"image/png", TEXT},
      {"application/openmetrics-text;q=0.5;x=\"y\",text/plain;q=0.4", OPEN},
      /* weights that are none: the range says nothing */
      {"application/openmetrics-text;q=2,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=1.001,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=0.1234,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=.9,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=-1,text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;q=1.,text/plain;q=0.1", OPEN},
      /* the most specific range counts, wherever it stands */
      {"*/*;q=1, text/plain;q=0.2, application/openmetrics-text;q=0.3", OPEN},
      {"text/plain;version=0.0.4;q=0.9, text/plain;q=0.1, application/openmetrics-text;q=0.5", TEXT},
      {"text/*;q=0.3, text/plain;q=0.7, application/*;q=0.5", TEXT},
      /* equal weights: what is named more exactly, then first */
      {"*/*, application/openmetrics-text", OPEN},
      {"application/*, text/plain", TEXT},
      {"application/openmetrics-text, text/plain", OPEN},
      {"text/plain, application/openmetrics-text", TEXT},
      /* parameters */
      {"text/plain;version=1.0.0, application/openmetrics-text;q=0.1", OPEN},
      {"application/openmetrics-text;version=2.0.0, text/plain;q=0.1", TEXT},
      {"application/openmetrics-text;version=\"1.0.0\", text/plain;q=0.9", OPEN},
      {"text/plain;a=\"x,application/openmetrics-text\"", TEXT},
      {"text/plain;a=\"\\\",application/openmetrics-text\";q=0.5", TEXT},
      /* what is nothing */
      {"application/openmetrics-textual", TEXT},
      {"application", TEXT},
      {",;,", TEXT},
      {";q=1", TEXT},
      {"\"", TEXT},
      {"\"\\", TEXT},
      {"*", TEXT},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    const char *got = best(cases[i].accept, NULL, TEXT, OPEN);
    if (strcmp(got, cases[i].best) != 0) fail_msg("%s: %s", cases[i].accept, got);
  }
}

static void reads_every_line(void **state) {
  (void)state;
  assert_string_equal(best("text/plain;q=0.1", "application/json;q=0.2", TEXT, JSON), JSON);
  assert_string_equal(best("text/plain;q=0.3", "application/json;q=0.2", JSON, TEXT), TEXT);
  assert_string_equal(best(NULL, "text/plain", JSON, TEXT), TEXT);
}

/* As browsers and libraries ask, of a page and of data. */
static void knows_who_asks(void **state) {
  (void)state;
  static const char html[] = "text/html";
  assert_string_equal(
      best("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", NULL, html, JSON), html);
  assert_string_equal(best("application/json, text/plain, */*", NULL, html, JSON), JSON);
  assert_string_equal(best("application/json", NULL, html, JSON), JSON);
  assert_string_equal(best("*/*", NULL, html, JSON), html);
}

static void looks_at_so_many(void **state) {
  (void)state;
  static char accept[8192];
  for (int i = 0; i < HTTP_ACCEPT_RANGES_MAX - 1; i++) strcat(accept, "a/b,");
  strcat(accept, "application/openmetrics-text");
  assert_string_equal(best(accept, NULL, TEXT, OPEN), OPEN);
  assert_string_equal(best("a/b", accept, TEXT, OPEN), TEXT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(chooses), cmocka_unit_test(reads_every_line),
                                     cmocka_unit_test(knows_who_asks), cmocka_unit_test(looks_at_so_many)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
