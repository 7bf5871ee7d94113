#include "unit.h"

#include "core/intake/origin.h"

#include "base/err.h"

static void finds_where_an_event_came_from(void **state) {
  (void)state;
  static const struct {
    enum event_type type;
    const char *json, *origin; /* json: {"context":.., "properties":..} */
  } cases[] = {
      {EVENT_PAGE, "{}", ""},
      {EVENT_TRACK, "{\"context\":{\"campaign\":{\"source\":\" News Mail \"}}}", "News Mail"},
      {EVENT_PAGE,
       "{\"context\":{\"campaign\":{\"source\":\"\"},\"page\":{\"referrer\":\"http://a.example/\"}}}",
       "a.example"},
      {EVENT_PAGE, "{\"context\":{\"campaign\":{\"source\":5},\"page\":{\"referrer\":\"http://a.example\"}}}",
       "a.example"},
      {EVENT_PAGE,
       "{\"context\":{\"campaign\":{\"source\":\"ads\"},\"page\":{\"referrer\":\"http://a.example\"}}}",
       "ads"},
      {EVENT_PAGE,
       "{\"context\":{\"page\":{\"referrer\":\"https://user:pw@WWW.Search.Example:8080/q?a=//b#c\"}}}",
       "search.example"},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"https://a.example?x\"}}}", "a.example"},
      {EVENT_PAGE,
       "{\"context\":{\"page\":{\"referrer\":\"https://www.a.example/1\",\"url\":\"https://A.example/2\"}}}",
       ""},
      {EVENT_PAGE,
       "{\"context\":{\"page\":{\"referrer\":\"https://b.example\",\"url\":\"https://a.example/2\"}}}",
       "b.example"},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"$direct\"}}}", ""},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"/relative\"}}}", ""},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"//\"}}}", ""},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"https://\"}}}", ""},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":7}}}", ""},
      {EVENT_PAGE, "{\"properties\":{\"referrer\":\"https://b.example\",\"url\":\"https://a.example\"}}",
       "b.example"},
      {EVENT_PAGE, "{\"properties\":{\"referrer\":\"https://a.example\",\"url\":\"https://a.example\"}}", ""},
      {EVENT_TRACK, "{\"properties\":{\"referrer\":\"https://b.example\"}}", ""},
      {EVENT_TRACK, "{\"context\":{\"page\":{\"referrer\":\"https://b.example\"}}}", "b.example"},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"android-app://com.mail/\"}}}", "com.mail"},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"http://[::1]:80/\"}}}", "[::1]:80"},
      {EVENT_PAGE, "{\"context\":{\"page\":{\"referrer\":\"https://www.\"}}}", "www."},
  };
  struct json_reader *reader = json_reader_new();
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct json_ref root;
    struct err err;
    char room[ORIGIN_MAX];
    assert_int_equal(json_parse(reader, cases[i].json, strlen(cases[i].json), &root, &err), 0);
    struct event event = {.type = cases[i].type,
                          .context = json_get(root, STR("context")),
                          .properties = json_get(root, STR("properties"))};
    struct str origin = origin_of(&event, room);
    if (!str_eq(origin, str_of(cases[i].origin))) fail_msg("%s: %.*s", cases[i].json, STR_ARG(origin));
  }
  json_reader_free(reader);
}

static void leaves_out_what_is_too_long(void **state) {
  (void)state;
  struct json_reader *reader = json_reader_new();
  struct buf json;
  char room[ORIGIN_MAX];
  buf_init(&json);
  for (int host = 0; host < 2; host++)
    for (size_t extra = 0; extra < 2; extra++) {
      struct json_ref root;
      struct err err;
      buf_clear(&json);
      buf_add_text(&json, host ? "{\"page\":{\"referrer\":\"https://" : "{\"campaign\":{\"source\":\"");
      buf_add_repeat(&json, 'x', ORIGIN_MAX + extra);
      buf_add_text(&json, "\"}}");
      assert_int_equal(json_parse(reader, json.data, json.len, &root, &err), 0);
      struct event event = {.type = EVENT_PAGE, .context = root};
      assert_int_equal(origin_of(&event, room).len, extra ? 0 : ORIGIN_MAX);
    }
  buf_release(&json);
  json_reader_free(reader);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(finds_where_an_event_came_from),
      cmocka_unit_test(leaves_out_what_is_too_long),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
