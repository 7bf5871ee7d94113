#include "unit.h"

#include "io/http/http_uri.h"

/* "path|segment|segment?name=value&name=value", or the failure's status. */
static const char *parse(const char *target) {
  static struct buf room, text;
  static bool ready;
  struct http_uri uri;
  struct http_failure failure;
  if (!ready) buf_init(&room), buf_init(&text);
  ready = true;
  buf_clear(&text);
  if (http_uri_parse(str_of(target), &uri, &room, &failure) != 0) {
    buf_printf(&text, "%d", failure.status);
    return text.data;
  }
  buf_add_str(&text, uri.path);
  for (int i = 0; i < uri.segment_count; i++) buf_printf(&text, "|%.*s", STR_ARG(uri.segments[i]));
  for (int i = 0; i < uri.query_count; i++)
    buf_printf(&text, "%c%.*s=%.*s", i ? '&' : '?', STR_ARG(uri.query[i].name), STR_ARG(uri.query[i].value));
  return text.data;
}

static void takes_targets_apart(void **state) {
  (void)state;
  static const struct {
    const char *target, *parsed;
  } cases[] = {
      {"/", "/"},
      {"/a", "/a|a"},
      {"/a/", "/a|a"},
      {"/a/b/c", "/a/b/c|a|b|c"},
      {"//", "/"},
      {"//a", "//a||a"},
      {"/a//", "/a/|a|"},
      {"/a//b", "/a//b|a||b"},
      {"/a%2Fb/c", "/a/b/c|a/b|c"},
      {"/%41%62%C3%A9", "/Abé|Abé"},
      {"/a+b", "/a+b|a+b"},
      {"/a%20b", "/a b|a b"},
      {"/...", "/...|..."},
      {"/.a/b..", "/.a/b..|.a|b.."},
      {"/a?", "/a|a"},
      {"/a?x=1", "/a|a?x=1"},
      {"/a/?x=1", "/a|a?x=1"},
      {"/a?x=1&x=2&y", "/a|a?x=1&x=2&y="},
      {"/a?&&x&", "/a|a?x="},
      {"/a?=1", "/a|a?=1"},
      {"/a?x=a=b", "/a|a?x=a=b"},
      {"/a?x=a+b%2Bc%26d", "/a|a?x=a b+c&d"},
      {"/a?x=%0a", "/a|a?x=\n"},
      {"/a?x=1#y", "400"},
      {"/a#y", "400"},
      {"/a?x=%23", "/a|a?x=#"},
      {"/a?x=/../", "/a|a?x=/../"},
      {"*", "*"},
      {"http://host", "/"},
      {"HTTP://host/a?b", "/a|a?b="},
      {"https://host:1?b", "/?b="},
      {"/http://host", "/http://host|http:||host"},
      {"a", "400"},
      {"a/b", "400"},
      {"ftp://a/b", "400"},
      {"?a", "400"},
      {"/.", "400"},
      {"/a/..", "400"},
      {"/a/../b", "400"},
      {"/a/%2E%2e/b", "400"},
      {"/%", "400"},
      {"/%4", "400"},
      {"/%4g", "400"},
      {"/%g4", "400"},
      {"/%00", "400"},
      {"/%1f", "400"},
      {"/%7F", "400"},
      {"/%ff", "400"},
      {"/%c0%80", "400"},
      {"/%ed%a0%80", "400"},
      {"/a?x=%", "400"},
      {"/a?%zz", "400"},
      {"/a?x=%00", "400"},
      {"/a?x=%ff", "400"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (strcmp(parse(cases[i].target), cases[i].parsed) != 0)
      fail_msg("%s: expected %s, got %s", cases[i].target, cases[i].parsed, parse(cases[i].target));
}

static void keeps_to_its_bounds(void **state) {
  struct buf target;
  (void)state;
  buf_init(&target);
  for (int i = 0; i < HTTP_SEGMENTS_MAX; i++) buf_add_text(&target, "/a");
  assert_string_not_equal(parse(target.data), "400");
  buf_add_text(&target, "/a");
  assert_string_equal(parse(target.data), "400");
  buf_clear(&target);
  buf_add_text(&target, "/?");
  for (int i = 0; i < HTTP_QUERY_MAX; i++) buf_add_text(&target, "a&");
  assert_string_not_equal(parse(target.data), "400");
  buf_add_text(&target, "a");
  assert_string_equal(parse(target.data), "400");
  buf_release(&target);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(takes_targets_apart),
                                     cmocka_unit_test(keeps_to_its_bounds)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
