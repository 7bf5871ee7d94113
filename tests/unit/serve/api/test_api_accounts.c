#include "serve_fixture.h"

/* acme: ana (40, 30) and bob (5, 0), with traits from two group calls; ini: cid (5, 0); and one without people. */
static int set_up(void **state) {
  serve_start(state);
  assert_int_equal(
      serve_post(
          "/v1/batch",
          "{\"batch\":["
          "{\"type\":\"identify\",\"userId\":\"ana\",\"traits\":{\"employees\":200}},"
          "{\"type\":\"track\",\"event\":\"Demo\",\"userId\":\"ana\",\"context\":{\"groupId\":\"acme\"}},"
          "{\"type\":\"group\",\"userId\":\"bob\",\"groupId\":\"acme\",\"messageId\":\"g1\","
          "\"traits\":{\"name\":\"Acm\\u00e9 Ltd\",\"plan\":\"pro\",\"old\":1}},"
          "{\"type\":\"page\",\"userId\":\"bob\"},"
          "{\"type\":\"page\",\"userId\":\"cid\",\"context\":{\"groupId\":\"ini/tech\"}}]}"),
      200);
  serve_settle();
  serve_advance(TIME_MS_PER_MINUTE);
  assert_int_equal(serve_post("/v1/batch",
                              "{\"batch\":["
                              "{\"type\":\"group\",\"userId\":\"bob\",\"groupId\":\"acme\",\"messageId\":"
                              "\"g2\",\"traits\":{\"old\":null,\"plan\":\"max\"}},"
                              "{\"type\":\"group\",\"userId\":\"dee\",\"groupId\":\"gone\"},"
                              "{\"type\":\"group\",\"userId\":\"dee\",\"groupId\":\"ini/tech\"}]}"),
                   200);
  return 0;
}

static const char *accounts(const char *query) {
  static char text[256];
  char target[128];
  snprintf(target, sizeof target, "/v1/accounts?%s", query);
  if (serve_get(target) != 200) fail_msg("%s: %.*s", target, STR_ARG(serve.body));
  text[0] = '\0';
  for (size_t i = 0; i < serve_count_at("accounts"); i++) {
    char path[48];
    snprintf(path, sizeof path, "accounts.%zu.account", i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", serve_text_at(path));
  }
  return text;
}

static void the_list_rolls_people_up(void **state) {
  (void)state;
  assert_string_equal(accounts(""), "\"acme\" \"ini/tech\" \"gone\"");
  assert_at("total", "3");
  assert_at("accounts.0.name", "\"Acm\xc3\xa9 Ltd\"");
  assert_at("accounts.0.leads", "2");
  assert_at("accounts.0.events", "3");
  assert_at("accounts.0.first_seen", "\"2026-11-24T12:00:00Z\"");
  assert_at("accounts.0.last_seen", "\"2026-11-24T12:01:00Z\"");
  assert_at("accounts.0.scores", "{\"fit\":{\"sum\":30,\"max\":30},\"engagement\":{\"sum\":45,\"max\":40}}");
  assert_at("accounts.1.leads", "2");
  assert_at("accounts.2.leads", "0");
  assert_at("accounts.2.scores.fit.max", "null");
}

static void it_is_filtered_sorted_and_paged(void **state) {
  (void)state;
  assert_string_equal(accounts("q=ACME"), "\"acme\"");
  assert_string_equal(accounts("q=acme%20ltd"), "\"acme\"");
  assert_string_equal(accounts("q=zzz"), "");
  assert_string_equal(accounts("sort=events"), "\"acme\" \"ini/tech\" \"gone\"");
  assert_string_equal(accounts("sort=max.fit&limit=1"), "\"acme\"");
  assert_string_equal(accounts("sort=engagement&limit=2"), "\"acme\" \"ini/tech\"");
  char query[96];
  struct str next;
  assert_true(json_string(serve_at("next"), &next));
  snprintf(query, sizeof query, "sort=engagement&limit=2&cursor=%.*s", STR_ARG(next));
  assert_string_equal(accounts(query), "\"gone\"");
  assert_at("next", "null");
}

static void one_tells_its_traits_and_people(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/accounts/acme"), 200);
  assert_at("traits.plan",
            "{\"value\":\"max\",\"at\":\"2026-11-24T12:01:00Z\",\"source\":\"default\",\"message_id\":"
            "\"g2\"}");
  assert_at("traits.old", "");
  assert_at("leads", "2");
  assert_int_equal(serve_count_at("members"), 2);
  assert_at("members.0.lead", "\"ana\"");
  assert_at("members.1.lead", "\"bob\"");
  assert_int_equal(serve_get("/v1/accounts/acme?limit=1"), 200);
  assert_int_equal(serve_count_at("members"), 1);
  assert_int_equal(serve_get("/v1/accounts/ini%2Ftech"), 200);
  assert_at("account", "\"ini/tech\"");
}

static void nonsense_is_refused(void **state) {
  (void)state;
  assert_int_equal(serve_get("/v1/accounts/nobody"), 404);
  assert_int_equal(serve_get("/v1/accounts?sort=max.speed"), 400);
  assert_int_equal(serve_get("/v1/accounts?sort=name"), 400);
  assert_int_equal(serve_get("/v1/accounts?stage=mql"), 400);
  assert_int_equal(serve_get("/v1/accounts/acme?q=x"), 400);
  assert_int_equal(serve_request("GET", "/v1/accounts", "", STR("")), 401);
  assert_int_equal(serve_request("GET", "/v1/accounts/acme", "", STR("")), 401);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_list_rolls_people_up, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(it_is_filtered_sorted_and_paged, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(one_tells_its_traits_and_people, set_up, serve_stop),
      cmocka_unit_test_setup_teardown(nonsense_is_refused, set_up, serve_stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
