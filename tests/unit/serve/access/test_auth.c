#include "unit.h"

#include "serve/access/auth.h"

struct given { /* headers; NULL: not sent */
  const char *authorization, *x_write_key, *query, *body;
};

static void add_header(struct http_request *request, const char *name, const char *value) {
  if (value) request->headers[request->header_count++] = (struct http_pair){str_of(name), str_of(value)};
}

static void fill(struct http_request *request, const struct given *given) {
  http_request_init(request);
  add_header(request, "Host", "localhost");
  add_header(request, "AUTHORIZATION", given->authorization);
  add_header(request, "x-Write-Key", given->x_write_key);
  if (given->query)
    request->uri.query[request->uri.query_count++] =
        (struct http_pair){STR("writeKey"), str_of(given->query)};
}

static void check(struct auth auth, enum auth_place place, const char *text) {
  assert_int_equal(auth.place, place);
  assert_str(auth.text, text);
}

/* In Base64 "key:" is a2V5Og==, "key" a2V5, ":" Og==, "key:pass:x" a2V5OnBhc3M6eA== */
static void events_may_show_a_key_in_four_places(void **state) {
  (void)state;
  static const struct {
    struct given given;
    enum auth_place place;
    const char *text;
  } cases[] = {
      {{NULL, NULL, NULL, NULL}, AUTH_NOWHERE, ""},
      {{"Basic a2V5Og==", NULL, NULL, NULL}, AUTH_BASIC, "key"},
      {{"basic a2V5", NULL, NULL, NULL}, AUTH_BASIC, "key"},
      {{"Basic   a2V5OnBhc3M6eA==", NULL, NULL, NULL}, AUTH_BASIC, "key"},
      {{"Basic a2V5Og==", "x", "q", "b"}, AUTH_BASIC, "key"},
      {{"Basic Og==", NULL, NULL, "b"}, AUTH_BODY, "b"}, /* an empty user name */
      {{"Basic Og==", NULL, NULL, NULL}, AUTH_NOWHERE, ""},
      {{"Basic !", NULL, NULL, "b"}, AUTH_BASIC, ""},
      {{"Basic", NULL, NULL, "b"}, AUTH_BODY, "b"},
      {{"Basica2V5", NULL, NULL, NULL}, AUTH_NOWHERE, ""},
      {{"Digest a2V5", NULL, NULL, NULL}, AUTH_NOWHERE, ""},
      {{NULL, "x", "q", "b"}, AUTH_BODY, "b"},
      {{NULL, "x", "q", NULL}, AUTH_HEADER, "x"},
      {{NULL, "id:secret", NULL, "id:***"}, AUTH_HEADER, "secret"},
      {{NULL, "id:***", "q", NULL}, AUTH_QUERY, "q"},
      {{NULL, "", "q", ""}, AUTH_QUERY, "q"},
      {{NULL, NULL, "", NULL}, AUTH_NOWHERE, ""},
      {{"Bearer tok", NULL, NULL, NULL}, AUTH_BEARER, "tok"},
      {{"bearer  tok ", NULL, NULL, NULL}, AUTH_BEARER, "tok"},
      {{"Bearer jwt", NULL, NULL, "b"}, AUTH_BODY, "b"}, /* OAuth mode */
  };
  struct buf room;
  buf_init(&room);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct http_request request;
    fill(&request, &cases[i].given);
    check(auth_of_ingest(&request, str_of(cases[i].given.body), &room), cases[i].place, cases[i].text);
    http_request_release(&request);
  }
  buf_release(&room);
}

static void readers_show_a_token_in_one(void **state) {
  (void)state;
  static const struct {
    struct given given;
    enum auth_place place;
    const char *text;
  } cases[] = {
      {{"Bearer tok", NULL, NULL, NULL}, AUTH_BEARER, "tok"},
      {{"Basic a2V5Og==", NULL, NULL, NULL}, AUTH_BASIC, "key"},
      {{"Basic !", NULL, NULL, NULL}, AUTH_BASIC, ""},
      {{NULL, "x", "q", NULL}, AUTH_NOWHERE, ""}, /* addresses end up in logs */
  };
  struct buf room;
  buf_init(&room);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct http_request request;
    fill(&request, &cases[i].given);
    check(auth_of_reader(&request, &room), cases[i].place, cases[i].text);
    http_request_release(&request);
  }
  buf_release(&room);
}

static void two_authorizations_are_nobodys(void **state) {
  (void)state;
  static const struct given given = {"Basic a2V5Og==", NULL, NULL, NULL};
  struct http_request request;
  struct buf room;
  buf_init(&room);
  fill(&request, &given);
  add_header(&request, "Authorization", "Bearer tok");
  check(auth_of_ingest(&request, STR("body-key"), &room), AUTH_BASIC, "");
  check(auth_of_reader(&request, &room), AUTH_NOWHERE, "");
  http_request_release(&request);
  buf_release(&room);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(events_may_show_a_key_in_four_places),
      cmocka_unit_test(readers_show_a_token_in_one),
      cmocka_unit_test(two_authorizations_are_nobodys),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
