#include "unit.h"

#include "io/http/http_form.h"
#include <stdlib.h>

static struct http_request request;
static struct http_form form;

/* "name=value;name=value;", or the failure's status. */
static const char *read_bytes(const char *type, struct str body) {
  static struct buf text;
  static bool ready;
  struct http_failure failure;
  if (!ready) buf_init(&text);
  ready = true;
  buf_clear(&text);
  request.headers[0] = (struct http_pair){STR("content-type"), str_of(type)};
  request.header_count = *type ? 1 : 0;
  request.body = body;
  if (http_form_read(&form, &request, &failure) != 0) {
    buf_printf(&text, "%d", failure.status);
    return text.data;
  }
  buf_add_text(&text, "");
  for (int i = 0; i < form.count; i++)
    buf_printf(&text, "%.*s=%.*s;", STR_ARG(form.fields[i].name), STR_ARG(form.fields[i].value));
  return text.len ? text.data : "";
}

static const char *read(const char *type, const char *body) {
  return read_bytes(type, str_of(body));
}

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART  "multipart/form-data; boundary=----Kit7x"
#define PART(name) "------Kit7x\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define END        "\r\n------Kit7x--\r\n"

static void what_browsers_encode(void **state) {
  (void)state;
  assert_string_equal(read(URLENCODED, "a=1&b=x+y%26z&c=&a=2"), "a=1;b=x y&z;c=;a=2;");
  assert_string_equal(read("Application/X-WWW-Form-URLEncoded; charset=UTF-8", "n=%C3%91"), "n=Ñ;");
  assert_string_equal(read(URLENCODED, ""), "");
  assert_string_equal(read(URLENCODED, "a=%"), "400");
  assert_string_equal(read(URLENCODED, "a=%ff"), "400");
  assert_string_equal(read(URLENCODED, "a=%00"), "400");
}

static void parts(void **state) {
  (void)state;
  assert_string_equal(read(MULTIPART, PART("a") "1\r\n" PART("b") "x\r\ny; name=\"no\"" END),
                      "a=1;b=x\r\ny; name=\"no\";");
  assert_string_equal(read("multipart/form-data; boundary=\"----Kit7x\"", PART("a") END), "a=;");
  assert_string_equal(
      read(MULTIPART,
           "------Kit7x\r\nContent-Type: text/plain\r\ncontent-disposition: form-data;name=a\r\n\r\n"
           "1" END),
      "a=1;");
  assert_string_equal(read(MULTIPART, "------Kit7x--\r\n"), "");
}

static void broken_parts(void **state) {
  (void)state;
  static const char *const bodies[] = {"",
                                       "a=1",
                                       "------Kit7x",
                                       "------Kit7x\r\n",
                                       "------Kit7x\r\n\r\n1" END,
                                       PART("a") "1",
                                       PART("a") "1\r\n------Kit7x",
                                       PART("") "1" END,
                                       "------Kit7x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1" END,
                                       PART("a") "\xff" END};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
    if (strcmp(read(MULTIPART, bodies[i]), "400") != 0) fail_msg("'%s' is taken", bodies[i]);
  assert_string_equal(read_bytes(MULTIPART, STR(PART("a") "\0" END)), "400");
  assert_string_equal(read("multipart/form-data", PART("a") "1" END), "400");
  assert_string_equal(read("multipart/form-data; boundary=", PART("a") "1" END), "400");
  assert_string_equal(
      read(MULTIPART,
           "------Kit7x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x.exe\"\r\n\r\n1" END),
      "415");
}

/* Whatever is cut off somewhere is refused, and read within its bytes. */
static void what_is_cut_off(void **state) {
  (void)state;
  static const char whole[] = PART("a") "1\r\n" PART("b") "2\r\n------Kit7x--";
  for (size_t len = 0; len < sizeof whole - 1; len++) {
    char *copy = malloc(len + 1);
    memcpy(copy, whole, len);
    assert_string_equal(read_bytes(MULTIPART, (struct str){copy, len}), "400");
    free(copy);
  }
  assert_string_equal(read(MULTIPART, whole), "a=1;b=2;");
}

static void bounds(void **state) {
  (void)state;
  struct buf body;
  buf_init(&body);
  for (int i = 0; i <= HTTP_QUERY_MAX; i++) buf_add_text(&body, "a=1&");
  assert_string_equal(read_bytes(URLENCODED, buf_str(&body)), "400");
  buf_clear(&body);
  for (int i = 0; i <= HTTP_QUERY_MAX; i++) buf_add_text(&body, PART("a") "1\r\n");
  assert_string_equal(read_bytes(MULTIPART, buf_str(&body)), "400");
  buf_release(&body);
  assert_string_equal(read("text/plain", "a=1"), "415");
  assert_string_equal(read("application/json", "{}"), "415");
  assert_string_equal(read("", "a=1"), "415");
}

static void the_last_of_a_name_counts(void **state) {
  (void)state;
  struct str value;
  read(URLENCODED, "consent=no&consent=yes");
  assert_true(http_form_find(&form, STR("consent"), &value));
  assert_true(str_eq(value, STR("yes")));
  assert_false(http_form_find(&form, STR("other"), &value));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_browsers_encode),
      cmocka_unit_test(parts),
      cmocka_unit_test(broken_parts),
      cmocka_unit_test(what_is_cut_off),
      cmocka_unit_test(bounds),
      cmocka_unit_test(the_last_of_a_name_counts),
  };
  http_request_init(&request);
  http_form_init(&form);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  http_form_release(&form);
  http_request_release(&request);
  return failed;
}
