#include "serve_fixture.h"

/* Who is in the list, in order, as "ana bob". */
static const char *leads(const char *query) {
  static char text[512];
  char target[256];
  snprintf(target, sizeof target, "/v1/leads%s%s", *query ? "?" : "", query);
  if (serve_get(target) != 200) fail_msg("%s: %.*s", target, STR_ARG(serve.body));
  text[0] = '\0';
  for (size_t i = 0; i < serve_count_at("leads"); i++) {
    char path[48];
    struct str id;
    snprintf(path, sizeof path, "leads.%zu.lead", i);
    assert_true(json_string(serve_at(path), &id));
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", i ? " " : "", STR_ARG(id));
  }
  return text;
}

#define assert_leads(query, expected)                                                                        \
  do {                                                                                                       \
    if (strcmp(leads(query), expected) != 0)                                                                 \
      fail_msg("%s:%d: %s gives \"%s\", expected \"%s\"", __FILE__, __LINE__, query, leads(query),           \
               expected);                                                                                    \
  } while (0)

/* ana: 40 and 30, mql; bob: 5 and 0; cid: 10 and 30; dee: nothing at all. A minute lies between them. */
static int set_up(void **state) {
  static const char *const bodies[] = {
      "{\"batch\":[{\"type\":\"identify\",\"userId\":\"ana\",\"traits\":{\"employees\":200,\"name\":\"Ana "
      "Ru\\u00edz\"}},"
      "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"context\":{\"groupId\":\"acme\"}}]}",
      "{\"batch\":[{\"type\":\"page\",\"userId\":\"bob\",\"context\":{\"groupId\":\"acme\"}}]}",
      "{\"batch\":[{\"type\":\"identify\",\"userId\":\"cid\",\"traits\":{\"employees\":100,\"email\":\"c@x."
      "example\"}},"
      "{\"type\":\"page\",\"userId\":\"cid\"},{\"type\":\"page\",\"userId\":\"cid\"}]}",
      "{\"batch\":[{\"type\":\"track\",\"event\":\"Nothing\",\"userId\":\"dee\"}]}"};
  serve_start(state);
  for (size_t i = 0; i < COUNT_OF(bodies); i++) {
    assert_int_equal(serve_post("/v1/batch", bodies[i]), 200);
    serve_settle();
    serve_advance(TIME_MS_PER_MINUTE);
  }
  return 0;
}

static void each_filter_lets_through_what_it_names(void **state) {
  (void)state;
  static const struct {
    const char *query, *expected;
  } cases[] = {
      {"", "ana cid bob dee"},
      {"stage=mql", "ana"},
      {"stage=lead", "cid bob dee"},
      {"stage=lead&lifecycle=sales", "cid bob dee"},
      {"account=acme", "ana bob"},
      {"account=nobody", ""},
      {"q=RUIZ", "ana"},
      {"q=x.example", "cid"},
      {"min.engagement=5", "ana cid bob"},
      {"min.engagement=5.001", "ana cid"},
      {"max.engagement=5", "bob dee"},
      {"max.engagement=4.9999", "dee"},
      {"min.fit=30&max.engagement=10", "cid"},
      {"min.fit=-1e3", "ana cid bob dee"},
      {"sort=first_seen", "dee cid bob ana"},
      {"sort=last_seen&limit=2", "dee cid"},
      {"sort=engagement", "ana cid bob dee"},
      {"sort=fit", "ana cid bob dee"},
      {"sort=best&account=acme&stage=lead", "bob"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) assert_leads(cases[i].query, cases[i].expected);
}

static void pages_hold_everybody_once(void **state) {
  (void)state;
  char query[128] = "limit=1", all[64] = "";
  for (int i = 0; i < 4; i++) {
    snprintf(all + strlen(all), sizeof all - strlen(all), "%s ", leads(query));
    assert_at("total", "4");
    struct str next = {NULL, 0};
    assert_true(json_string(serve_at("next"), &next) == (i < 3));
    snprintf(query, sizeof query, "limit=1&cursor=%.*s", STR_ARG(next));
  }
  assert_string_equal(all, "ana cid bob dee ");
  leads("limit=4");
  assert_at("next", "null");
}

/* More than a page can hold, in an order that is not theirs. */
static void many_are_sorted_page_by_page(void **state) {
  (void)state;
  enum { MANY = 61, PAGE = 7 };
  struct buf body;
  buf_init(&body);
  for (int i = 0; i < MANY; i++)
    for (int visits = i * 37 % MANY; visits >= 0; visits--)
      buf_printf(&body, "%s{\"type\":\"page\",\"userId\":\"m%d\"}", body.len ? "," : "{\"batch\":[", i);
  buf_add_text(&body, "]}");
  assert_int_equal(serve_post("/v1/batch", body.data), 200);
  buf_release(&body);
  char target[128] = "/v1/leads?q=m&sort=engagement&limit=7";
  double last = 1e9;
  int seen = 0;
  for (bool more = true; more;) {
    struct str next = {NULL, 0};
    assert_int_equal(serve_get(target), 200);
    for (size_t i = 0; i < serve_count_at("leads"); i++, seen++) {
      char path[48];
      double score;
      snprintf(path, sizeof path, "leads.%zu.scores.engagement", i);
      assert_true(json_number(serve_at(path), &score) && score <= last);
      last = score;
    }
    more = json_string(serve_at("next"), &next);
    snprintf(target, sizeof target, "/v1/leads?q=m&sort=engagement&limit=%d&cursor=%.*s", PAGE,
             STR_ARG(next));
  }
  assert_int_equal(seen, MANY + 1); /* and cid, whose address has an m */
}

/* What has faded since a lead's last event counts as it is now, in the filters and in the order. */
static void what_faded_is_not_shown(void **state) {
  (void)state;
  assert_leads("min.engagement=39", "ana");
  serve_advance(5 * TIME_MS_PER_DAY);
  assert_leads("min.engagement=39", "");
  assert_leads("min.engagement=28", "ana");
}

static void nonsense_is_refused(void **state) {
  (void)state;
  static const char *const queries[] = {"stage=lost",
                                        "stage=mql&lifecycle=support",
                                        "min.speed=1",
                                        "min.fit=",
                                        "min.fit=many",
                                        "max.fit=1e99",
                                        "sort=name",
                                        "cursor=1_2",
                                        "cursor=1_2_x",
                                        "limit=0",
                                        "limit=1001",
                                        "limit=ten",
                                        "stgae=mql",
                                        "segment=big",
                                        "max.fit=00000000000000000000000000000000001",
                                        "cursor=1_2_-1"};
  for (size_t i = 0; i < COUNT_OF(queries); i++) {
    char target[128];
    snprintf(target, sizeof target, "/v1/leads?%s", queries[i]);
    if (serve_get(target) != 400) fail_msg("%s is taken: %.*s", target, STR_ARG(serve.body));
    assert_at("code", "\"invalid_parameter\"");
    assert_at("success", "false");
  }
  serve_get("/v1/leads?stgae=mql");
  assert_at("message", "\"unknown parameter 'stgae'; did you mean 'stage'?\"");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(each_filter_lets_through_what_it_names, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(pages_hold_everybody_once, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(many_are_sorted_page_by_page, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(what_faded_is_not_shown, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(nonsense_is_refused, set_up, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
