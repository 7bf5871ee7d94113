#include "unit.h"

#include "core/handoff/retry.h"

static const int64_t now = INT64_C(1700000000000); /* 2023-11-14T22:13:20Z */

static struct retry_verdict judge(int status, uint32_t attempts, const char *retry_after) {
  const struct retry_answer answer = {.status = status, .retry_after = str_of(retry_after)};
  return retry_judge(&retry_usual, attempts, &answer, now, 0);
}

static void success_is_200_to_299(void **state) {
  (void)state;
  static const int fine[] = {200, 201, 202, 204, 207, 299};
  static const int failed[] = {0,   100, 199, 300, 301, 302, 304, 307, 308, 400,
                               401, 404, 408, 409, 429, 500, 502, 503, 504, 599};
  for (size_t i = 0; i < COUNT_OF(fine); i++) assert_int_equal(judge(fine[i], 1, "").end, RETRY_DELIVERED);
  for (size_t i = 0; i < COUNT_OF(failed); i++) assert_int_equal(judge(failed[i], 1, "").end, RETRY_LATER);
}

static void follows_the_schedule_and_then_parks(void **state) {
  (void)state;
  static const int64_t seconds[] = {5, 300, 1800, 7200, 18000, 36000, 36000};
  for (uint32_t attempts = 1; attempts <= COUNT_OF(seconds); attempts++) {
    struct retry_verdict verdict = judge(500, attempts, "");
    assert_int_equal(verdict.end, RETRY_LATER);
    assert_int_equal(verdict.next_ms - now, seconds[attempts - 1] * 1000);
  }
  assert_int_equal(judge(500, 8, "").end, RETRY_EXHAUSTED);
  assert_int_equal(judge(500, 900, "").end, RETRY_EXHAUSTED);
  assert_int_equal(judge(503, 8, "10").end, RETRY_EXHAUSTED);
}

static void chance_only_makes_it_later(void **state) {
  (void)state;
  const struct retry_answer answer = {.status = 500};
  assert_int_equal(retry_judge(&retry_usual, 1, &answer, now, UINT32_MAX).next_ms - now, 5999);
  assert_int_equal(retry_judge(&retry_usual, 1, &answer, now, UINT32_MAX / 2).next_ms - now, 5499);
}

static void retry_after_is_a_lower_bound(void **state) {
  (void)state;
  assert_int_equal(judge(429, 1, "120").next_ms - now, 120000);
  assert_int_equal(judge(503, 2, "7").next_ms - now, 300000); /* the schedule waits longer anyway */
  assert_int_equal(judge(503, 1, "Tue, 14 Nov 2023 22:14:20 GMT").next_ms - now, 60000);
  assert_int_equal(judge(503, 1, "Tue, 14 Nov 2023 22:12:20 GMT").next_ms - now, 5000);
  assert_int_equal(judge(503, 1, "999999999").next_ms - now, RETRY_AFTER_MAX_MS);
  assert_int_equal(judge(503, 1, "nonsense").next_ms - now, 5000);
}

static void some_answers_are_about_the_endpoint(void **state) {
  (void)state;
  const struct retry_answer aborts = {.status = 400, .aborts = true},
                            refused = {.status = 200, .refused = true};
  assert_int_equal(judge(410, 1, "").end, RETRY_GONE);
  assert_int_equal(retry_judge(&retry_usual, 1, &aborts, now, 0).end, RETRY_ABORTED);
  assert_int_equal(retry_judge(&retry_usual, 1, &refused, now, 0).end, RETRY_LATER);
  assert_true(judge(429, 1, "").throttles && judge(502, 1, "").throttles && judge(504, 1, "").throttles);
  assert_false(judge(500, 1, "").throttles || judge(404, 1, "").throttles || judge(0, 1, "").throttles);
  assert_int_equal(judge(429, 1, "30").pause_ms, 30000);
  assert_int_equal(judge(500, 1, "30").pause_ms, 0);
}

static void note(struct retry_endpoint *endpoint, int status, const char *retry_after, int64_t at_ms) {
  struct retry_verdict verdict = judge(status, 1, retry_after);
  retry_note(endpoint, &verdict, at_ms, 0);
}

static void an_endpoint_in_trouble_is_left_alone(void **state) {
  (void)state;
  struct retry_endpoint endpoint = {0};
  for (int i = 1; i < RETRY_TROUBLE_MAX; i++) note(&endpoint, 500, "", now);
  assert_false(retry_is_probing(&endpoint));
  assert_int_equal(endpoint.paused_until, 0);
  note(&endpoint, 500, "", now);
  assert_true(retry_is_probing(&endpoint));
  assert_int_equal(endpoint.paused_until, now + 1000);
  note(&endpoint, 500, "", now + 500); /* was on its way already */
  assert_int_equal(endpoint.paused_until, now + 1000);
  note(&endpoint, 0, "", now + 1000); /* the probe fails */
  assert_int_equal(endpoint.paused_until, now + 3000);
  int64_t at = now + 3000;
  for (int i = 0; i < 100; i++, at = endpoint.paused_until) note(&endpoint, 500, "", at);
  note(&endpoint, 500, "", at);
  assert_int_equal(endpoint.paused_until - at, RETRY_PAUSE_MAX_MS);
  note(&endpoint, 200, "", at);
  assert_int_equal(endpoint.paused_until, 0);
  assert_false(retry_is_probing(&endpoint));
}

static void throttling_pauses_at_once_and_for_as_long_as_told(void **state) {
  (void)state;
  struct retry_endpoint endpoint = {0};
  note(&endpoint, 429, "", now);
  assert_int_equal(endpoint.paused_until, now + 1000);
  endpoint = (struct retry_endpoint){0};
  note(&endpoint, 429, "90", now);
  assert_int_equal(endpoint.paused_until, now + 90000);
  note(&endpoint, 429, "5", now + 10);
  assert_int_equal(endpoint.paused_until, now + 90000);
}

static void five_days_of_failures_are_the_end(void **state) {
  (void)state;
  struct retry_endpoint endpoint = {0};
  note(&endpoint, 500, "", now);
  note(&endpoint, 500, "", now + RETRY_DEAD_MS);
  assert_false(retry_is_dead(&endpoint, now + RETRY_DEAD_MS));
  assert_true(retry_is_dead(&endpoint, now + RETRY_DEAD_MS + 1));
  note(&endpoint, 204, "", now + RETRY_DEAD_MS + 1);
  assert_false(retry_is_dead(&endpoint, now + 2 * RETRY_DEAD_MS));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(success_is_200_to_299),
      cmocka_unit_test(follows_the_schedule_and_then_parks),
      cmocka_unit_test(chance_only_makes_it_later),
      cmocka_unit_test(retry_after_is_a_lower_bound),
      cmocka_unit_test(some_answers_are_about_the_endpoint),
      cmocka_unit_test(an_endpoint_in_trouble_is_left_alone),
      cmocka_unit_test(throttling_pauses_at_once_and_for_as_long_as_told),
      cmocka_unit_test(five_days_of_failures_are_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
