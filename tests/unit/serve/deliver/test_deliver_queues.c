/* test_deliver_queues.c - whose turn it is: order per lead, requests at once, pace, who is left alone, the end. */
#include "hook_rig.h"

static const char rules[] =
    "dimension 'interest' {}\n"
    "rule 'any' { on = any_event {}, points = { interest = 1 } }\n"
    "destination 'a' { url = 'http://127.0.0.1:PORT/a', schedule = { '10s', '60s' } }\n"
    "effect 'a' { on = track 'a', to = 'a', type = 'test.a' }\n"
    "destination 'b' { url = 'http://127.0.0.1:PORT/b' }\n"
    "effect 'b' { on = track 'b', to = 'b', type = 'test.b' }\n"
    "destination 'hang' { url = 'http://127.0.0.1:PORT/hang', concurrency = 2, schedule = { '10s' } }\n"
    "effect 'hang' { on = track 'hang', to = 'hang', type = 'test.hang' }\n"
    "destination 'slowly' { url = 'http://127.0.0.1:PORT/slowly', rate = '10/h' }\n"
    "effect 'slowly' { on = track 'slowly', to = 'slowly', type = 'test.slowly' }\n";

static int sequence_of(const struct hook_got *got) {
  struct json_ref root;
  struct err err;
  double sequence = 0;
  if (json_parse(serve.reader, got->body, strlen(got->body), &root, &err) != 0)
    fail_msg("%s: %s", err.text, got->body);
  assert_true(json_number(json_path(root, STR("data.sequence")), &sequence));
  return (int)sequence;
}

static void a_lead_is_told_of_in_order_and_holds_up_nobody_else(void **state) {
  (void)state;
  HOOK_SAYS("/a", "500", "200");
  hook_happens("a", "ana");
  hook_rest();
  hook_happens("a", "ana"); /* waits behind the first */
  hook_happens("a", "bob"); /* does not */
  hook_rest();
  assert_int_equal(hook_count("/a"), 2);
  assert_int_equal(hook_row("a", 2)->state, OUTBOX_DELIVERED);
  assert_int_equal(hook_row("a", 1)->attempts, 0);
  hook_later(12000);
  hook_rest();
  hook_rest();
  assert_int_equal(hook_count("/a"), 4);
  struct hook_got first = hook_got("/a", 0), again = hook_got("/a", 2), second = hook_got("/a", 3);
  assert_string_equal(first.id, again.id);
  assert_string_not_equal(first.id, second.id);
  assert_true(sequence_of(&again) < sequence_of(&second));
}

static void who_is_parked_is_passed(void **state) {
  (void)state;
  HOOK_SAYS("/a", "500", "500", "500", "200");
  hook_happens("a", "ana");
  hook_rest();
  hook_happens("a", "ana");
  hook_later(12000);
  hook_rest();
  assert_int_equal(hook_row("a", 1)->attempts, 0);
  hook_later(72000);
  hook_rest();
  hook_rest();
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_PARKED);
  assert_int_equal(hook_row("a", 1)->state, OUTBOX_DELIVERED);
}

static void so_many_at_once_and_a_slow_one_holds_up_nobody_else(void **state) {
  (void)state;
  static const char *const users[] = {"u1", "u2", "u3", "u4", "u5"};
  for (size_t i = 0; i < COUNT_OF(users); i++) hook_happens("hang", users[i]);
  SERVE_UNTIL(atomic_load(&hook_provider.requests) == 2);
  hook_later(0);
  assert_int_equal(hook_place("hang")->in_flight, 2);
  assert_int_equal(hook_place("hang")->counts[OUTBOX_WAITING], 5);
  hook_happens("b", "ana");
  SERVE_UNTIL(hook_place("b")->counts[OUTBOX_DELIVERED] == 1);
  assert_int_equal(hook_place("hang")->in_flight, 2);
  assert_int_equal(atomic_load(&hook_provider.requests), 3);
}

static void so_many_in_a_time(void **state) {
  (void)state;
  hook_happens("slowly", "ana");
  hook_happens("slowly", "bob");
  hook_rest();
  hook_later(0);
  assert_int_equal(hook_count("/slowly"), 1);
  assert_int_equal(hook_place("slowly")->in_flight, 0);
  assert_int_equal(hook_place("slowly")->counts[OUTBOX_WAITING], 1);
  serve_restart(); /* which does not begin anew */
  hook_rest();
  hook_later(0);
  assert_int_equal(hook_count("/slowly"), 1);
  assert_int_equal(hook_place("slowly")->counts[OUTBOX_WAITING], 1);
  serve.wall_ms += 3600000; /* an hour: a tenth of it would do */
  serve_restart();
  SERVE_UNTIL(hook_count("/slowly") == 2);
}

static void who_fails_again_and_again_is_left_alone_and_tried_by_one(void **state) {
  (void)state;
  char user[16];
  HOOK_SAYS("/b", "500");
  for (int i = 0; i < 6; i++) {
    snprintf(user, sizeof user, "u%d", i);
    hook_happens("b", user);
    hook_rest();
  }
  assert_int_equal(hook_count("/b"), RETRY_TROUBLE_MAX); /* the sixth was not sent */
  assert_true(hook_place("b")->endpoint.paused_until > serve.wall_ms);
  HOOK_SAYS("/b", "500", "200");
  hook_later(7000); /* all of them are due again: one tries, in vain */
  hook_rest();
  assert_int_equal(hook_count("/b"), RETRY_TROUBLE_MAX + 1);
  hook_later(7000); /* and then all follow the one that got through */
  hook_rest();
  SERVE_UNTIL((hook_rest(), hook_later(0), hook_place("b")->counts[OUTBOX_DELIVERED] >= 5));
  hook_later(400000); /* the one that failed twice */
  hook_rest();
  assert_int_equal(hook_place("b")->counts[OUTBOX_DELIVERED], 6);
}

static void note_drained(void *arg) {
  *(bool *)arg = true;
}

static void draining_begins_nothing_and_ends_with_what_is_under_way(void **state) {
  (void)state;
  bool drained = false;
  hook_happens("hang", "ana");
  SERVE_UNTIL(atomic_load(&hook_provider.requests) == 1);
  deliverer_drain(serve.daemon.deliverer, 3600000, note_drained, &drained);
  hook_happens("b", "bob");
  hook_later(0);
  assert_int_equal(hook_count("/b"), 0);
  assert_false(drained); /* the one that hangs */
  deliverer_hurry(serve.daemon.deliverer);
  assert_true(drained);
  drained = false;
  deliverer_hurry(serve.daemon.deliverer); /* said once */
  assert_false(drained);
}

static void draining_ends_at_once_where_nothing_is_under_way(void **state) {
  (void)state;
  volatile bool drained = false; /* set by the loop, which the compiler does not see */
  deliverer_drain(serve.daemon.deliverer, 3600000, note_drained, (void *)&drained);
  SERVE_UNTIL(drained);
}

int main(void) {
  hook_rules = rules;
#define TEST(name) cmocka_unit_test_setup_teardown(name, hook_start, hook_stop)
  const struct CMUnitTest tests[] = {
      TEST(a_lead_is_told_of_in_order_and_holds_up_nobody_else),
      TEST(who_is_parked_is_passed),
      TEST(so_many_at_once_and_a_slow_one_holds_up_nobody_else),
      TEST(so_many_in_a_time),
      TEST(who_fails_again_and_again_is_left_alone_and_tried_by_one),
      TEST(draining_begins_nothing_and_ends_with_what_is_under_way),
      TEST(draining_ends_at_once_where_nothing_is_under_way),
  };
  return cmocka_run_group_tests_name("deliver_queues", tests, NULL, NULL);
}
