#include "unit.h"

#include "serve/access/attempts.h"
#include <stdio.h>

static struct netaddr addr(const char *text) {
  struct netaddr parsed;
  assert_true(netaddr_parse(str_of(text), &parsed));
  return parsed;
}

static void fail_times(struct attempts *attempts, const char *text, int times, int64_t now_ms) {
  struct netaddr who = addr(text);
  for (int i = 0; i < times; i++) attempts_failed(attempts, &who, now_ms);
}

static int wait_s(const struct attempts *attempts, const char *text, int64_t now_ms) {
  struct netaddr who = addr(text);
  return attempts_wait_s(attempts, &who, now_ms);
}

static void who_fails_too_often_waits(void **state) {
  (void)state;
  struct attempts *attempts = attempts_new(1);
  fail_times(attempts, "203.0.113.9", ATTEMPTS_BURST - 1, 5000);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 5000), 0);
  fail_times(attempts, "203.0.113.9", 1, 5000);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 5000), 3);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 7999), 1);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 8000), 0);
  assert_int_equal(wait_s(attempts, "203.0.113.8", 5000), 0);
  fail_times(attempts, "203.0.113.9", 1, 8000); /* one failure for each pause */
  assert_int_equal(wait_s(attempts, "203.0.113.9", 8000), 3);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 8000 + ATTEMPTS_BURST * ATTEMPTS_PAUSE_MS), 0);
  attempts_free(attempts);
}

static void a_flood_does_not_lengthen_the_wait(void **state) {
  (void)state;
  struct attempts *attempts = attempts_new(1);
  fail_times(attempts, "203.0.113.9", 1000, 5000);
  assert_int_equal(wait_s(attempts, "203.0.113.9", 5000), 3);
  attempts_free(attempts);
}

static void this_machine_never_waits(void **state) {
  (void)state;
  struct attempts *attempts = attempts_new(1);
  fail_times(attempts, "127.0.0.1", 100, 0);
  fail_times(attempts, "::1", 100, 0);
  assert_int_equal(wait_s(attempts, "127.0.0.1", 0), 0);
  assert_int_equal(wait_s(attempts, "::1", 0), 0);
  attempts_free(attempts);
}

static void a_network_of_version_six_is_one(void **state) {
  (void)state;
  struct attempts *attempts = attempts_new(1);
  fail_times(attempts, "2001:db8:0:1::5", ATTEMPTS_BURST, 0);
  assert_true(wait_s(attempts, "2001:db8:0:1:ffff::9", 0) > 0);
  assert_int_equal(wait_s(attempts, "2001:db8:0:2::5", 0), 0);
  attempts_free(attempts);
}

/* More addresses than places: those that fail most are remembered. */
static void a_full_table_forgets_the_least(void **state) {
  (void)state;
  struct attempts *attempts = attempts_new(7);
  fail_times(attempts, "203.0.113.9", ATTEMPTS_BURST, 0);
  for (int i = 0; i < ATTEMPTS_SETS * ATTEMPTS_PLACES * 4; i++) {
    char text[32];
    snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
    fail_times(attempts, text, 1, 0);
  }
  assert_int_equal(wait_s(attempts, "203.0.113.9", 0), 3);
  attempts_free(attempts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_fails_too_often_waits),      cmocka_unit_test(a_flood_does_not_lengthen_the_wait),
      cmocka_unit_test(this_machine_never_waits),       cmocka_unit_test(a_network_of_version_six_is_one),
      cmocka_unit_test(a_full_table_forgets_the_least),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
