/* test_deliver.c - one attempt and what becomes of it: bytes, signatures, schedules, what answers mean, restarts. */
#include "hook_rig.h"

#include "core/handoff/webhook.h"

static const char rules[] =
    "dimension 'interest' {}\n"
    "rule 'any' { on = any_event {}, points = { interest = 1 } }\n"
    "destination 'a' { url = 'http://127.0.0.1:PORT/a', secrets = { secret 'NEW', secret 'OLD' },\n"
    "  schedule = { '10s', '60s' }, refusals = { 422 } }\n"
    "effect 'a' { on = track 'a', to = 'a', type = 'test.a' }\n"
    "destination 'hang' { url = 'http://127.0.0.1:PORT/hang', schedule = { '10s' } }\n"
    "effect 'hang' { on = track 'hang', to = 'hang', type = 'test.hang' }\n"
    "destination 'unsigned' { url = 'http://127.0.0.1:PORT/unsigned', secrets = secret 'MISSING' }\n"
    "effect 'unsigned' { on = track 'unsigned', to = 'unsigned', type = 'test.u' }\n"
    "destination 'usual' { url = 'http://127.0.0.1:PORT/usual' }\n"
    "effect 'usual' { on = track 'usual', to = 'usual', type = 'test.usual' }\n"
    "destination 'long' { url = 'http://127.0.0.1:PORT/long',\n"
    "  schedule = { '1d', '1d', '1d', '1d', '1d', '1d', '1d', '1d' } }\n"
    "effect 'long' { on = track 'long', to = 'long', type = 'test.long' }\n"
    "destination 'file' { file = 'leads.ndjson' }\n"
    "effect 'file' { on = track 'file', to = 'file', type = 'test.file' }\n";

static void assert_genuine(const struct hook_got *got, const char *secret_text) {
  struct webhook_secret secret;
  struct err err;
  const struct webhook_headers headers = {str_of(got->id), str_of(got->time), str_of(got->signature)};
  assert_int_equal(webhook_secret_parse(str_of(secret_text), &secret, &err), 0);
  if (webhook_verify(&secret, 1, &headers, str_of(got->body), serve.wall_ms, &err) != 0)
    fail_msg("%s", err.text);
}

static void every_attempt_says_the_same_and_is_signed_for_its_own_instant(void **state) {
  (void)state;
  HOOK_SAYS("/a", "500", "200");
  hook_happens("a", "ana");
  hook_rest();
  struct hook_got first = hook_got("/a", 0);
  assert_genuine(&first, HOOK_NEW);
  assert_genuine(&first, HOOK_OLD);
  hook_later(9000); /* ten seconds, up to a fifth more by chance */
  assert_int_equal(deliverer_stats(serve.daemon.deliverer)->in_flight, 0);
  hook_later(3000);
  hook_rest();
  struct hook_got second = hook_got("/a", 1);
  assert_int_equal(hook_count("/a"), 2);
  assert_string_equal(second.id, first.id);
  assert_string_equal(second.body, first.body);
  assert_int_equal(strtol(second.time, NULL, 10) - strtol(first.time, NULL, 10), 12);
  assert_genuine(&second, HOOK_NEW);
  assert_genuine(&second, HOOK_OLD);
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_DELIVERED);
  assert_int_equal(deliverer_stats(serve.daemon.deliverer)->ended[HAPPENED_FAILED], 1);
  assert_int_equal(deliverer_stats(serve.daemon.deliverer)->ended[HAPPENED_DELIVERED], 1);
}

static void the_schedule_is_applied_then_the_message_is_parked_until_somebody_sends_it(void **state) {
  (void)state;
  char url[80], id[OUTBOX_ID_TEXT];
  HOOK_SAYS("/a", "500", "404", "418", "200");
  hook_happens("a", "ana");
  hook_rest();
  assert_in_range(hook_in_ms("a", 0), 10000, 12000);
  hook_later(12000);
  hook_rest();
  assert_in_range(hook_in_ms("a", 0), 60000, 72000);
  hook_later(72000);
  hook_rest();
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_PARKED);
  assert_true(hook_logged("it is parked"));
  hook_later(86400000);
  assert_int_equal(hook_count("/a"), 3); /* and that is all */
  snprintf(url, sizeof url, "/v1/outbox/%s/retry", outbox_id_text(hook_row("a", 0)->id, id));
  assert_int_equal(hook_admin("POST", url), 200);
  hook_rest();
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_DELIVERED);
  assert_string_equal(hook_got("/a", 3).id, hook_got("/a", 0).id);
  assert_string_equal(hook_got("/a", 3).body, hook_got("/a", 0).body);
}

static void without_a_schedule_of_its_own_the_usual_one_counts(void **state) {
  (void)state;
  HOOK_SAYS("/usual", "500");
  hook_happens("usual", "ana");
  hook_rest();
  for (uint32_t i = 0; i < retry_usual.count; i++) {
    int64_t delay = retry_usual.delays[i];
    assert_in_range(hook_in_ms("usual", 0), delay, delay + delay / 5);
    hook_later(delay + delay / 5 + RETRY_PAUSE_MAX_MS * 2); /* it may be paused as well */
    hook_rest();
  }
  assert_int_equal(hook_count("/usual"), 8);
  assert_int_equal(hook_row("usual", 0)->state, OUTBOX_PARKED);
}

static void retry_after_is_waited_for_by_all_of_the_destination(void **state) {
  (void)state;
  HOOK_SAYS("/a", "429\r\nRetry-After: 100", "200");
  hook_happens("a", "ana");
  hook_rest();
  assert_in_range(hook_in_ms("a", 0), 100000, 120000);
  hook_happens("a", "bob"); /* nothing else is sent there meanwhile, and others are not held up */
  hook_happens("usual", "bob");
  hook_rest();
  hook_later(99000);
  assert_int_equal(hook_count("/a"), 1);
  assert_int_equal(hook_count("/usual"), 1);
  hook_later(60000);
  hook_rest();
  hook_later(0); /* one first, to see whether it goes again */
  hook_rest();
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_DELIVERED);
  assert_int_equal(hook_row("a", 1)->state, OUTBOX_DELIVERED);
}

static void what_an_answer_means(void **state) {
  (void)state;
  static const struct {
    const char *answer;
    enum outbox_state state;
  } cases[] = {{"200", OUTBOX_DELIVERED},
               {"204", OUTBOX_DELIVERED},
               {"299", OUTBOX_DELIVERED},
               {"301\r\nLocation: /usual", OUTBOX_WAITING},
               {"308\r\nLocation: /usual", OUTBOX_WAITING},
               {"400", OUTBOX_WAITING},
               {"422", OUTBOX_PARKED},
               {"500\r\nwebhook-delivery: abort-message", OUTBOX_PARKED}};
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    char user[16];
    snprintf(user, sizeof user, "u%zu", i);
    hook_says("/a", 1, &cases[i].answer);
    hook_happens("a", user);
    hook_rest();
    if (hook_row("a", (int)i)->state != cases[i].state)
      fail_msg("%s: %s", cases[i].answer, outbox_state_word((enum outbox_state)hook_row("a", (int)i)->state));
  }
  assert_int_equal(hook_count("/a"), COUNT_OF(cases));
  assert_int_equal(hook_count("/usual"), 0); /* where the redirections lead */
}

/* The status says whether it was taken; a body that nobody can read does not change that. */
static void an_answer_that_cannot_be_inflated_counts_by_its_status(void **state) {
  (void)state;
  HOOK_SAYS("/a", "200\nContent-Encoding: br", "200\nContent-Encoding: gzip", "410\nContent-Encoding: br");
  hook_happens("a", "ana");
  hook_happens("a", "bob");
  hook_rest();
  assert_int_equal(hook_place("a")->counts[OUTBOX_DELIVERED], 2);
  hook_happens("a", "cid");
  hook_rest();
  assert_true(hook_place("a")->disabled);
  assert_int_equal(hook_count("/a"), 3);
}

static void gone_disables_until_somebody_enables(void **state) {
  (void)state;
  HOOK_SAYS("/a", "410", "200");
  hook_happens("a", "ana");
  hook_rest();
  assert_true(hook_place("a")->disabled);
  assert_string_equal(hook_place("a")->reason, "it answered 410 Gone");
  assert_true(hook_logged("a destination is disabled"));
  hook_happens("a", "bob");
  hook_later(86400000);
  assert_int_equal(hook_count("/a"), 1);
  serve_restart(); /* it is known then, too */
  hook_later(1);
  assert_int_equal(hook_count("/a"), 1);
  assert_int_equal(hook_admin("POST", "/v1/destinations/a/enable"), 200);
  hook_rest();
  hook_later(86400000);
  hook_rest();
  assert_int_equal(hook_place("a")->counts[OUTBOX_DELIVERED], 2);
}

static void five_days_of_failures_disable(void **state) {
  (void)state;
  HOOK_SAYS("/long", "500");
  hook_happens("long", "ana");
  hook_rest();
  for (int day = 0; day < 5 && !hook_place("long")->disabled; day++) {
    hook_later(TIME_MS_PER_DAY + TIME_MS_PER_DAY / 5);
    hook_rest();
  }
  assert_true(hook_place("long")->disabled);
  assert_string_equal(hook_place("long")->reason, "nothing but failures for five days");
  assert_int_equal(hook_row("long", 0)->state, OUTBOX_WAITING); /* not lost: it is sent when it is enabled */
}

static void an_attempt_that_a_restart_cut_is_made_again(void **state) {
  (void)state;
  hook_happens("hang", "ana");
  SERVE_UNTIL(atomic_load(&hook_provider.requests) == 1);
  struct hash128 id = hook_row("hang", 0)->id;
  serve_restart();
  assert_int_equal(hook_row("hang", 0)->attempts, 0); /* how it ended was never known */
  assert_int_equal(hook_row("hang", 0)->id.low, id.low);
  hook_later(0);
  SERVE_UNTIL(atomic_load(&hook_provider.requests) == 2);
}

static void a_restart_keeps_when_it_is_tried_again(void **state) {
  (void)state;
  HOOK_SAYS("/a", "500", "200");
  hook_happens("a", "ana");
  hook_rest();
  int64_t due_ms = hook_row("a", 0)->due_ms;
  serve_restart();
  assert_int_equal(hook_row("a", 0)->due_ms, due_ms);
  assert_int_equal(hook_row("a", 0)->attempts, 1);
  hook_later(9000);
  assert_int_equal(hook_count("/a"), 1);
  hook_later(3000);
  hook_rest();
  assert_int_equal(hook_row("a", 0)->state, OUTBOX_DELIVERED);
  assert_string_equal(hook_got("/a", 1).body, hook_got("/a", 0).body);
}

/* Nothing is sent before leads are worked out; with many that takes longer than the first look. */
static void a_restart_with_many_leads_sends_what_waited(void **state) {
  (void)state;
  struct buf events;
  buf_init(&events);
  for (int i = 0; i < 6000; i++)
    buf_printf(&events, "{\"type\":\"track\",\"event\":\"Seen\",\"userId\":\"many-%d\"}\n", i);
  HOOK_SAYS("/a", "500", "200");
  hook_happens("a", "ana");
  hook_rest();
  assert_int_equal(serve_request("POST", "/v1/events",
                                 "X-Write-Key: " SERVE_WRITE_KEY "\r\nContent-Type: application/x-ndjson\r\n",
                                 buf_str(&events)),
                   200);
  buf_release(&events);
  serve_settle();
  serve.wall_ms += 60000;
  serve_restart();
  SERVE_UNTIL(hook_count("/a") == 2);
}

static void a_secret_that_the_settings_lack_is_said_and_nothing_is_sent(void **state) {
  (void)state;
  char url[80], id[OUTBOX_ID_TEXT];
  hook_happens("unsigned", "ana");
  hook_rest();
  assert_int_equal(hook_count("/unsigned"), 0);
  assert_int_equal(hook_row("unsigned", 0)->state, OUTBOX_WAITING);
  snprintf(url, sizeof url, "/v1/outbox/%s", outbox_id_text(hook_row("unsigned", 0)->id, id));
  assert_int_equal(serve_get(url), 200);
  if (!strstr(serve.answer.data, "the settings have no secret 'MISSING'")) fail_msg("%s", serve.answer.data);
}

static void of_whom_was_erased_nothing_comes_back(void **state) {
  (void)state;
  hook_happens("hang", "ana");
  SERVE_UNTIL(atomic_load(&hook_provider.requests) == 1);
  if (hook_admin("DELETE", "/v1/leads/ana?forget=true") != 200) fail_msg("%s", serve.answer.data);
  assert_int_equal(hook_row("hang", 0)->state, OUTBOX_ERASED);
  hook_later(86400000);
  assert_int_equal(atomic_load(&hook_provider.requests), 1);
}

static void lines_of_a_file_are_whole_and_have_the_id_in_front(void **state) {
  (void)state;
  char path[sizeof serve.dir + 40], text[8192], id[OUTBOX_ID_TEXT], begin[64];
  hook_happens("file", "ana");
  hook_happens("file", "bob");
  hook_rest();
  snprintf(path, sizeof path, "%s/outbox/leads.ndjson", serve.dir);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  for (int i = 0; i < 2; i++) {
    struct json_ref root;
    struct err err;
    assert_non_null(fgets(text, sizeof text, file));
    snprintf(begin, sizeof begin, "{\"id\":\"%s\"", outbox_id_text(hook_row("file", i)->id, id));
    assert_memory_equal(text, begin, strlen(begin));
    assert_int_equal(json_parse(serve.reader, text, strlen(text) - 1, &root, &err), 0);
    struct str type;
    assert_true(json_string(json_get(root, STR("type")), &type) && str_eq(type, STR("test.file")));
  }
  assert_null(fgets(text, sizeof text, file));
  fclose(file);
  assert_int_equal(hook_place("file")->counts[OUTBOX_DELIVERED], 2);
}

int main(void) {
  hook_rules = rules;
#define TEST(name) cmocka_unit_test_setup_teardown(name, hook_start, hook_stop)
  const struct CMUnitTest tests[] = {
      TEST(every_attempt_says_the_same_and_is_signed_for_its_own_instant),
      TEST(the_schedule_is_applied_then_the_message_is_parked_until_somebody_sends_it),
      TEST(without_a_schedule_of_its_own_the_usual_one_counts),
      TEST(retry_after_is_waited_for_by_all_of_the_destination),
      TEST(what_an_answer_means),
      TEST(an_answer_that_cannot_be_inflated_counts_by_its_status),
      TEST(gone_disables_until_somebody_enables),
      TEST(five_days_of_failures_disable),
      TEST(an_attempt_that_a_restart_cut_is_made_again),
      TEST(a_restart_keeps_when_it_is_tried_again),
      TEST(a_restart_with_many_leads_sends_what_waited),
      TEST(a_secret_that_the_settings_lack_is_said_and_nothing_is_sent),
      TEST(of_whom_was_erased_nothing_comes_back),
      TEST(lines_of_a_file_are_whole_and_have_the_id_in_front),
  };
  return cmocka_run_group_tests_name("deliver", tests, NULL, NULL);
}
