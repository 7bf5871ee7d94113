#include "unit.h"

#include "cli/rules/new_template.h"

static void expect(const char *file, const struct template_value *values, const char *part,
                   const char *not_part) {
  struct buf out;
  buf_init(&out);
  new_template(file, values, &out);
  if (!strstr(out.data, part)) fail_msg("'%s' is not in:\n%s", part, out.data);
  if (strstr(out.data, not_part)) fail_msg("'%s' is in:\n%s", not_part, out.data);
  assert_null(strstr(out.data, "__"));
  assert_null(strstr(out.data, "\n\n\n"));
  buf_release(&out);
}

static void values_are_filled_in(void **state) {
  const struct template_value values[] = {{"name", "webinar"},       {"event", "Webinar"},
                                          {"points", "{ fit = 5 }"}, {"group", "\"web\""},
                                          {"dimension", "fit"},      {NULL, NULL}};
  (void)state;
  expect("rule.lua", values, "\ndimension \"fit\" { min = 0, max = 100 }\n\nrule \"webinar\" {\n", "NULL");
  expect("rule.lua", values, "  group  = \"web\",\n", "NULL");
  expect("rule_test.lua", values, "t:track \"Webinar\"\n  t:expect { points = { webinar = 5 } }", "NULL");
}

static void lines_without_a_value_are_left_out(void **state) {
  const struct template_value values[] = {{"name", "webinar"},       {"event", "Webinar"},
                                          {"points", "{ fit = 5 }"}, {"group", NULL},
                                          {"dimension", NULL},       {NULL, NULL}};
  (void)state;
  expect("rule.lua", values, "worth that much.\n\nrule \"webinar\" {\n", "dimension");
  expect("rule.lua", values, "on     = track", "group");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(values_are_filled_in),
      cmocka_unit_test(lines_without_a_value_are_left_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
