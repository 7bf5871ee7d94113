/* test_inbound.c - what other systems tell: who is believed, what cannot be understood, and embudo's own coming back. */
#include "hook_rig.h"

#include "base/base64.h"
#include "base/digest.h"
#include "core/handoff/webhook.h"
#include "serve/inbound/inbound.h"

static const char rules[] =
    "dimension 'interest' {}\n"
    "rule 'any' { on = any_event {}, points = { interest = 1 } }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  move { 'lead', 'mql', when = seen(track 'Demo') },\n"
    "  move { 'mql', 'sal', act = 'accept', by = 'sales' },\n"
    "  move { 'sal', 'mql', act = 'back', by = 'sales' } }\n"
    "destination 'crm' { url = 'http://127.0.0.1:PORT/crm',\n"
    "  render = function(effect) return { body = { fields = { stage = effect.data.decision.to } } } end }\n"
    "effect 'stage' { on = entered 'mql', to = 'crm', type = 'lead.stage' }\n"
    "local function map(p)\n"
    "  if p.boom then error('boom: ' .. p.boom) end\n"
    "  if p.many then\n"
    "    local items = {}\n"
    "    for i = 1, p.many do items[i] = { type = 'track', event = 'x', userId = 'u' } end\n"
    "    return items\n"
    "  end\n"
    "  if p.say ~= nil then return p.say end\n"
    "end\n"
    "receiver 'std' { secrets = { secret 'NEW', secret 'OLD' }, by = 'sales', of = 'crm', map = map }\n"
    "receiver 'only_events' { secrets = secret 'NEW', map = map }\n"
    "receiver 'shared' { secrets = { secret 'NEW', secret 'OLD' }, header = 'x-shared-secret', map = map }\n"
    "receiver 'hubspot' { signed = 'hubspot', secrets = { secret 'NEW', secret 'OLD' }, map = map }\n"
    "receiver 'lost' { secrets = secret 'MISSING', map = map }\n";

static const char event[] = "{\"say\":[{\"type\":\"track\",\"event\":\"Won\",\"userId\":\"ana\"}]}";

/* --- telling --------------------------------------------------------------------------------------------------------- */

static int post(const char *name, const char *headers, const char *body) {
  char url[64];
  snprintf(url, sizeof url, "/v1/inbound/%s", name);
  return serve_request("POST", url, headers, str_of(body));
}

/* As Standard Webhooks has it, signed with that secret at that instant. */
static int tell_at(const char *name, const char *id, const char *body, const char *secret_text,
                   int64_t at_ms) {
  struct webhook_secret secret;
  struct buf signature;
  struct err err;
  char headers[400];
  buf_init(&signature);
  assert_int_equal(webhook_secret_parse(str_of(secret_text), &secret, &err), 0);
  webhook_sign(&secret, 1, str_of(id), at_ms / 1000, str_of(body), &signature);
  snprintf(headers, sizeof headers, "webhook-id: %s\r\nwebhook-timestamp: %lld\r\nwebhook-signature: %s\r\n",
           id, (long long)(at_ms / 1000), signature.data);
  buf_release(&signature);
  return post(name, headers, body);
}

static int tell(const char *name, const char *id, const char *body) {
  return tell_at(name, id, body, HOOK_NEW, serve.wall_ms);
}

static int tell_hubspot(const char *body, const char *secret, int64_t at_ms) {
  unsigned char mac[DIGEST_HMAC_BYTES];
  char headers[400], time[24];
  struct buf signature;
  snprintf(time, sizeof time, "%lld", (long long)at_ms);
  const struct str parts[] = {STR("POST"), STR("https://localhost/v1/inbound/hubspot"), str_of(body),
                              str_of(time)};
  digest_hmac(str_of(secret), parts, COUNT_OF(parts), mac);
  buf_init(&signature);
  base64_encode((struct str){(const char *)mac, sizeof mac}, &signature);
  snprintf(headers, sizeof headers, "X-HubSpot-Request-Timestamp: %s\r\nX-HubSpot-Signature-v3: %s\r\n", time,
           signature.data);
  buf_release(&signature);
  return post("hubspot", headers, body);
}

/* --- who is believed ------------------------------------------------------------------------------------------------- */

static void either_secret_is_believed_and_no_other(void **state) {
  (void)state;
  assert_int_equal(tell_at("std", "1", event, HOOK_NEW, serve.wall_ms), 200);
  assert_at("accepted", "1");
  assert_int_equal(tell_at("std", "2", event, HOOK_OLD, serve.wall_ms), 200);
  assert_at("accepted", "1");
  assert_int_equal(tell_at("std", "3", event, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", serve.wall_ms), 401);
  assert_int_equal(tell_at("only_events", "4", event, HOOK_OLD, serve.wall_ms), 401); /* not one of its own */
  assert_int_equal(post("std", "", event), 401);
  assert_int_equal(post("std", "webhook-id: 1\r\nwebhook-timestamp: x\r\nwebhook-signature: v1,=\r\n", event),
                   401);
  assert_true(hook_logged("an inbound message was refused"));
}

static void a_stale_message_is_not_believed(void **state) {
  (void)state;
  const int64_t now = serve.wall_ms;
  assert_int_equal(tell_at("std", "1", event, HOOK_NEW, now - WEBHOOK_TOLERANCE_MS - 1000), 401);
  assert_int_equal(tell_at("std", "1", event, HOOK_NEW, now + WEBHOOK_TOLERANCE_MS + 1000), 401);
  assert_int_equal(tell_at("std", "1", event, HOOK_NEW, now - WEBHOOK_TOLERANCE_MS + 1000), 200);
}

static void hubspot_signs_method_address_body_and_time(void **state) {
  (void)state;
  const int64_t now = serve.wall_ms;
  assert_int_equal(tell_hubspot(event, HOOK_NEW, now), 200);
  assert_int_equal(tell_hubspot(event, HOOK_OLD, now), 200);
  assert_int_equal(tell_hubspot(event, "another", now), 401);
  assert_int_equal(tell_hubspot(event, HOOK_NEW, now - 301000), 401);
  assert_int_equal(tell_hubspot(event, HOOK_NEW, now + 301000), 401);
  assert_int_equal(post("hubspot", "", event), 401);
  daemon_close(&serve.daemon); /* behind a proxy another address is called */
  serve_configure("public_url", "https://embudo.example.com");
  serve_open();
  assert_int_equal(tell_hubspot(event, HOOK_NEW, now), 401);
}

static void a_shared_secret_is_compared_as_a_whole(void **state) {
  (void)state;
  assert_int_equal(post("shared", "X-Shared-Secret: " HOOK_NEW "\r\n", event), 200);
  assert_int_equal(post("shared", "X-Shared-Secret: " HOOK_OLD "\r\n", event), 200);
  assert_int_equal(post("shared", "X-Shared-Secret: " HOOK_NEW "x\r\n", event), 401);
  assert_int_equal(post("shared", "X-Shared-Secret: whsec_\r\n", event), 401);
  assert_int_equal(post("shared", "X-Shared-Secret: \r\n", event), 401);
  assert_int_equal(post("shared", "", event), 401);
}

/* The sender learns nothing; whoever runs embudo does. */
static void where_the_settings_lack_the_secret_nobody_is_believed(void **state) {
  (void)state;
  assert_int_equal(tell("lost", "1", event), 401);
  assert_null(strstr(serve.answer.data, "MISSING"));
  assert_true(hook_logged("the settings have no secret 'MISSING'"));
  assert_int_equal(tell("nobody", "1", event), 404);
}

/* --- what it means --------------------------------------------------------------------------------------------------- */

static void what_cannot_be_understood_is_refused_and_says_why(void **state) {
  (void)state;
  static const struct {
    const char *name, *body, *says;
  } cases[] = {
      {"std", "{", "the text ends after 1 bytes"},
      {"std", "{\"boom\":\"x\"}", "rules.lua:11"},
      {"std", "{\"say\":7}", "must return a list of events and acts"},
      {"std", "{\"say\":{\"a\":1}}", "must return a list of events and acts"},
      {"std", "{\"say\":[7]}", "a number among its items"},
      {"std", "{\"many\":1001}", "more than 1000 items"},
      {"std", "{\"say\":[{\"act\":\"accept\"}]}", "an act without `lead`"},
      {"std", "{\"say\":[{\"act\":\"accept\",\"lead\":\"ana\",\"same\":7}]}", "`same` of an act is a number"},
      {"only_events", "{\"say\":[{\"act\":\"accept\",\"lead\":\"ana\"}]}", "add by = \\\"sales\\\""},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    int status = tell(cases[i].name, "1", cases[i].body);
    if (status != 400 || !strstr(serve.answer.data, cases[i].says))
      fail_msg("%s: %d %s", cases[i].body, status, serve.answer.data);
  }
  assert_int_equal(serve_get("/v1/leads/ana"), 404); /* and nothing was done */
  assert_int_equal(tell("std", "2", "{\"say\":[]}"), 200);
  assert_int_equal(tell("std", "3", "{}"), 200);
}

static void the_same_message_means_the_same_once(void **state) {
  (void)state;
  assert_int_equal(tell("std", "1", event), 200);
  assert_at("accepted", "1");
  assert_int_equal(tell("std", "1", event), 200);
  assert_at("accepted", "0");
  assert_at("duplicates", "1");
  assert_int_equal(post("shared", "X-Shared-Secret: " HOOK_NEW "\r\n", event), 200); /* no id: its bytes */
  assert_int_equal(post("shared", "X-Shared-Secret: " HOOK_NEW "\r\n", event), 200);
  assert_at("duplicates", "1");
}

/* --- embudo's own ---------------------------------------------------------------------------------------------------- */

static void is_told_of_mql(const char *user) {
  hook_happens("Demo", user);
  hook_rest();
  assert_int_equal(hook_place("crm")->counts[OUTBOX_WAITING], 0);
}

/* An act that stands for the stage having become `stage` over there. */
static int change(const char *id, const char *act, const char *stage) {
  char body[200];
  snprintf(body, sizeof body, "{\"say\":[{\"act\":\"%s\",\"lead\":\"ana\",\"same\":{\"stage\":\"%s\"}}]}",
           act, stage);
  return tell("std", id, body);
}

static void assert_acts(int made, int duplicates, int own, int refused) {
  char expected[200];
  snprintf(expected, sizeof expected, "{\"made\":%d,\"duplicates\":%d,\"own\":%d,\"refused\":%d}", made,
           duplicates, own, refused);
  assert_at("acts", expected);
}

static void a_value_of_ours_comes_back_once(void **state) {
  (void)state;
  is_told_of_mql("ana");
  assert_int_equal(change("1", "accept", "mql"), 200);
  assert_acts(0, 0, 1, 0);
  assert_int_equal(change("1", "accept", "mql"), 200); /* the same message, sent again */
  assert_acts(0, 0, 1, 0);
  assert_int_equal(change("2", "accept", "mql"), 200); /* somebody set it again */
  assert_acts(1, 0, 0, 0);
  assert_int_equal(change("3", "back", "other"), 200); /* what we never said */
  assert_acts(1, 0, 0, 0);
}

static void what_came_back_is_known_after_a_restart(void **state) {
  (void)state;
  char url[80], id[OUTBOX_ID_TEXT];
  is_told_of_mql("ana");
  assert_int_equal(change("1", "accept", "mql"), 200);
  assert_acts(0, 0, 1, 0);
  serve_restart();
  assert_int_equal(change("1", "accept", "mql"), 200);
  assert_acts(0, 0, 1, 0);
  assert_int_equal(change("2", "accept", "mql"), 200);
  assert_acts(1, 0, 0, 0);
  snprintf(url, sizeof url, "/v1/outbox/%s", outbox_id_text(hook_row("crm", 0)->id, id));
  assert_int_equal(serve_get(url), 200); /* and people see that it did */
  assert_at("history.1.what", "\"returned\"");
  assert_at("history.1.by", "\"std\"");
  assert_int_equal(serve_count_at("history"), 2);
}

static void a_day_later_it_is_somebody_elses(void **state) {
  (void)state;
  is_told_of_mql("ana");
  serve_advance(INBOUND_ECHO_MS + 1);
  assert_int_equal(change("1", "accept", "mql"), 200);
  assert_acts(1, 0, 0, 0);
}

static void what_carries_the_id_of_a_message_is_that_message_coming_back(void **state) {
  (void)state;
  char body[300], id[OUTBOX_ID_TEXT];
  is_told_of_mql("ana");
  snprintf(body, sizeof body,
           "{\"embudo\":\"x %s\",\"say\":[{\"type\":\"track\",\"event\":\"Won\",\"userId\":\"bob\"}]}",
           outbox_id_text(hook_row("crm", 0)->id, id));
  assert_int_equal(tell("std", "1", body), 200);
  assert_at("own", "true");
  assert_int_equal(serve_get("/v1/leads/bob"), 404);
  id[10] = id[10] == '0' ? '1' : '0'; /* the id of none */
  snprintf(body, sizeof body,
           "{\"embudo\":\"%s\",\"say\":[{\"type\":\"track\",\"event\":\"Won\",\"userId\":\"bob\"}]}", id);
  assert_int_equal(tell("std", "2", body), 200);
  assert_int_equal(serve_get("/v1/leads/bob"), 200);
}

int main(void) {
  hook_rules = rules;
#define TEST(name) cmocka_unit_test_setup_teardown(name, hook_start, hook_stop)
  const struct CMUnitTest tests[] = {
      TEST(either_secret_is_believed_and_no_other),
      TEST(a_stale_message_is_not_believed),
      TEST(hubspot_signs_method_address_body_and_time),
      TEST(a_shared_secret_is_compared_as_a_whole),
      TEST(where_the_settings_lack_the_secret_nobody_is_believed),
      TEST(what_cannot_be_understood_is_refused_and_says_why),
      TEST(the_same_message_means_the_same_once),
      TEST(a_value_of_ours_comes_back_once),
      TEST(what_came_back_is_known_after_a_restart),
      TEST(a_day_later_it_is_somebody_elses),
      TEST(what_carries_the_id_of_a_message_is_that_message_coming_back),
  };
  return cmocka_run_group_tests_name("inbound", tests, NULL, NULL);
}
