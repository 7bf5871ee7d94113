#include "unit.h"

#include "core/handoff/echo.h"

static bool holds(const char *sent, const char *same) {
  struct json_reader *readers[] = {json_reader_new(), json_reader_new()};
  struct json_ref a, b;
  struct err err;
  if (json_parse(readers[0], sent, strlen(sent), &a, &err)) fail_msg("%s", err.text);
  if (json_parse(readers[1], same, strlen(same), &b, &err)) fail_msg("%s", err.text);
  bool found = echo_holds(a, b);
  json_reader_free(readers[0]);
  json_reader_free(readers[1]);
  return found;
}

static void finds_what_was_sent(void **state) {
  (void)state;
  static const struct {
    const char *sent, *same;
    bool found;
  } cases[] = {
      {"{\"stage\":\"mql\"}", "{\"stage\":\"mql\"}", true},
      {"{\"stage\":\"mql\"}", "{\"stage\":\"sal\"}", false},
      {"{\"stage\":\"mql\"}", "{\"owner\":\"mql\"}", false},
      {"{\"inputs\":[{\"properties\":{\"fit\":40,\"stage\":\"mql\"}}]}", "{\"stage\":\"mql\"}", true},
      {"{\"fit\":40}", "{\"fit\":\"40\"}", true},
      {"{\"fit\":\"40\"}", "{\"fit\":40}", true},
      {"{\"hot\":true}", "{\"hot\":\"true\"}", true},
      {"{\"a\":{\"stage\":\"mql\"},\"b\":{\"owner\":\"ana\"}}", "{\"stage\":\"mql\",\"owner\":\"ana\"}",
       false},
      {"{\"stage\":\"mql\",\"owner\":\"ana\"}", "{\"owner\":\"ana\",\"stage\":\"mql\"}", true},
      {"{\"stage\":\"mql\"}", "{}", false},
      {"\"mql\"", "{\"stage\":\"mql\"}", false},
      {"{\"stage\":null}", "{\"stage\":\"\"}", false},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    if (holds(cases[i].sent, cases[i].same) != cases[i].found)
      fail_msg("%s in %s", cases[i].same, cases[i].sent);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_was_sent)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
