#include "unit.h"

#include "base/err.h"
#include "core/journal/journal.h"
#include "core/journal/person.h"

/* What records about somebody say no more, because they named a device of somebody who was erased, is theirs to know all the same. */
static void what_was_told_anew_is_told_the_person(void **state) {
  (void)state;
  static const char *const retold[] = {
      /* in parentheses: pieces of one text, no commas forgotten */
      ("{\"lead\":\"u\",\"kind\":\"user\",\"decisions\":[{\"record\":57,\"decision\":{\"lead\":\"u\","
       "\"kind\":"
       "\"user\",\"to\":\"mql\","
       "\"derived\":[1,\"00\"]}}],\"clocks\":[{\"clock\":\"00000000000000c1\",\"state\":\"open\"}]}"),
      ("{\"lead\":\"v\",\"kind\":\"user\",\"decisions\":[{\"record\":58,\"decision\":{\"to\":\"sal\"}}],"
       "\"clocks\":[]}"),
      "{\"lead\":\"u\"", "{\"lead\":\"u\",\"kind\":\"user\",\"decisions\":[{}]}"};
  struct person person;
  struct json_writer w;
  struct buf out;
  person_init(&person);
  erasure_add_id(&person.whose, STR("u"));
  for (size_t i = 0; i < COUNT_OF(retold); i++) {
    const struct store_record record = {.seq = i + 60, .kind = JOURNAL_RETOLD, .bytes = str_of(retold[i])};
    person_take(&person, &record);
  }
  buf_init(&out);
  json_writer_init(&w, &out);
  json_open(&w, '{');
  person_write(&person, &w);
  json_close(&w, '}');
  assert_string_equal(
      out.data,
      "{\"events\":[],\"decisions\":[{\"record\":57,\"lead\":\"u\",\"kind\":\"user\",\"to\":\"mql\"}],"
      "\"clocks\":[{\"clock\":\"00000000000000c1\",\"state\":\"open\"}],\"told\":[]}");
  buf_release(&out);
  person_release(&person);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_told_anew_is_told_the_person)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
