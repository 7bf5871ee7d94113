#include "unit.h"

#include "core/intake/trait_writer.h"

#include "base/err.h"

static struct json_reader *reader;
static struct trait_writer writer;
static struct arena arena;

static struct json_ref parse(const char *json) {
  struct json_ref root;
  struct err err;
  if (json_parse(reader, json, strlen(json), &root, &err) != 0) fail_msg("%s", err.text);
  return root;
}

/* What is taken, as JSON. */
static void expect(const char *json, const char *taken) {
  const struct trait_write *writes;
  struct json_writer out;
  struct buf text;
  buf_init(&text);
  json_writer_init(&out, &text);
  uint32_t count = trait_writer_take(&writer, parse(json), &arena, &writes);
  parse("{\"the reader\":\"is used again\"}"); /* so what was taken must be a copy */
  json_open(&out, '{');
  for (uint32_t i = 0; i < count; i++) {
    json_key_str(&out, writes[i].key);
    json_put_value(&out, writes[i].value);
  }
  json_close(&out, '}');
  assert_str(buf_str(&text), taken);
  buf_release(&text);
}

static void spells_keys_at_any_depth(void **state) {
  (void)state;
  expect("{}", "{}");
  expect("{\"firstName\":\"Ana\",\"Job Title\":\"CTO\",\"e-mail\":null}",
         "{\"first_name\":\"Ana\",\"job_title\":\"CTO\",\"e_mail\":null}");
  expect("{\"a\":{\"bC\":[{\"dE\":1},[{\"fG\":[]}],\"hI\"]},\"t\":true,\"n\":-1.5}",
         "{\"a\":{\"b_c\":[{\"d_e\":1},[{\"f_g\":[]}],\"hI\"]},\"t\":true,\"n\":-1.5}");
}

static void the_later_of_two_spellings_wins(void **state) {
  (void)state;
  expect("{\"firstName\":1,\"x\":2,\"first_name\":3}", "{\"first_name\":3,\"x\":2}");
  expect("{\"o\":{\"aB\":1,\"a_b\":2,\"A B\":3}}", "{\"o\":{\"a_b\":3}}");
}

static void takes_nothing_but_objects(void **state) {
  (void)state;
  const struct trait_write *writes;
  assert_int_equal(trait_writer_take(&writer, (struct json_ref){0}, &arena, &writes), 0);
}

static void bounds_the_members(void **state) {
  (void)state;
  const struct trait_write *writes;
  struct buf json;
  buf_init(&json);
  buf_add_text(&json, "{\"o\":{\"k0\":0");
  for (int i = 1; i < TRAIT_WRITER_MAX + 10; i++) buf_printf(&json, ",\"k%d\":%d", i, i);
  buf_add_text(&json, "}");
  for (int i = 1; i < TRAIT_WRITER_MAX + 10; i++) buf_printf(&json, ",\"k%d\":%d", i, i);
  buf_add_text(&json, "}");
  uint32_t count = trait_writer_take(&writer, parse(json.data), &arena, &writes);
  assert_int_equal(count, TRAIT_WRITER_MAX);
  assert_int_equal(writes[0].value.len, TRAIT_WRITER_MAX);
  assert_str(writes[count - 1].key, "k999");
  buf_release(&json);
}

static void remembers_only_so_many_names(void **state) {
  (void)state;
  char json[64];
  for (int i = 0; i < TRAIT_WRITER_NAMES_MAX + 100; i++) {
    const struct trait_write *writes;
    snprintf(json, sizeof json, "{\"someName%d\":1}", i);
    trait_writer_take(&writer, parse(json), &arena, &writes);
    arena_clear(&arena);
  }
  assert_int_equal(writer.spellings.count, TRAIT_WRITER_NAMES_MAX);
  expect("{\"someName5\":1,\"someName99999999\":2}", "{\"some_name5\":1,\"some_name99999999\":2}");
}

static int set_up(void **state) {
  (void)state;
  reader = json_reader_new();
  trait_writer_init(&writer);
  arena_init(&arena, 0);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  json_reader_free(reader);
  trait_writer_release(&writer);
  arena_release(&arena);
  return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(spells_keys_at_any_depth), test(the_later_of_two_spellings_wins), test(takes_nothing_but_objects),
      test(bounds_the_members),       test(remembers_only_so_many_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
