#include "pipeline_rig.h"

#include "core/handoff/handoff.h"
#include "core/handoff/request.h"

/* Hot at ten points; who is quiet for a day is not. */
static const char rules_text[] =
    "local other = secret 'CHAT' dimension 'intent' {}\n"
    "rule 'demo' { doc = 'Asked', on = track 'Demo', points = { intent = 10 }, decay = linear '30d' }\n"
    "rule 'no' { on = track 'No', points = { intent = -100 } }\n"
    "identity { email = 'merge' }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'mql', when = score { intent = at_least(10) } } }\n"
    "destination 'crm' { url = 'https://crm.example/hook', secrets = secret 'HOOK' }\n"
    "destination 'chat' { url = 'https://chat.example', events = { 'lead.qualified', 'lead.stage_corrected' "
    "},\n"
    "  options = { channel = '#sales', token = secret 'CHAT' },\n"
    "  render = function(effect) if effect.data.lead.id == 'u-quiet' then return nil end\n"
    "    if effect.data.lead.id == 'u-bad' then error('no such lead') end\n"
    "    if effect.data.lead.id == 'u-form' then return { form = { a = 1 } } end\n"
    "    return { path = '/post', headers = { authorization = { 'Bearer ', effect.options.token }, "
    "['x-trick'] = 'a', ['x-sign'] = { 'v0=', hmac(effect.options.token, effect.id, 'base64') }, "
    "['x-other'] = hmac(other, 'x') },\n"
    "      body = { channel = effect.options.channel, text = effect.data.lead.id .. ' is hot', id = "
    "effect.id } } end,\n"
    "  accepts = function(answer) return answer.json.ok or answer.json.error end }\n"
    "effect 'hot' { on = entered 'mql', to = { 'crm', 'chat' }, type = 'lead.qualified', handoff = true, "
    "data = { desk = 'x' } }\n"
    "effect 'asked' { on = track 'Demo', when = score { intent = at_least(15) }, to = 'crm',\n"
    "  data = function(lead, event) return { seats = event.properties.seats, score = lead.scores.intent } "
    "end }\n";

#define T0 (INT64_C(1700000000000))

enum { MADE_MAX = 64 };

static struct handoff *handoff;
static struct made { /* records */
  enum journal_kind kind;
  char *text;
} made[MADE_MAX];
static size_t made_count;

static void on_record(void *context, enum journal_kind kind, struct str bytes) {
  (void)context;
  assert_true(made_count < MADE_MAX);
  char *text = malloc(bytes.len + 1);
  memcpy(text, bytes.p, bytes.len);
  text[bytes.len] = '\0';
  made[made_count++] = (struct made){kind, text};
}

static size_t output_bytes; /* of one call of a function; 0: as it is by itself */

static int set_up(void **state) {
  (void)state;
  struct script_limits limits;
  script_limits_default(&limits);
  if (output_bytes) limits.vm.output_bytes = output_bytes;
  const struct generation_options options = {.limits = &limits};
  const struct handoff_calls calls = {NULL, on_record};
  const char *const files[] = {"a.lua", rules_text, NULL};
  pipeline_rig_open(written_files(files, &options));
  handoff = handoff_new(&calls);
  handoff_set_url(handoff, "https://embudo.example");
  next_seq = 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  for (size_t i = 0; i < made_count; i++) free(made[i].text);
  made_count = 0;
  handoff_free(handoff);
  pipeline_rig_close();
  return 0;
}

static void take(enum journal_kind kind, const char *bytes) {
  pipeline_rig_take(kind, "web", T0 + 400 * TIME_MS_PER_DAY, bytes);
}

/* An event `hours` after T0. */
static void send(enum journal_kind kind, const char *what, const char *ids, int hours) {
  char text[512];
  snprintf(text, sizeof text, "{\"batch\":[{%s,%s,\"messageId\":\"m-%llu\",\"timestamp\":%lld}]}", what, ids,
           (unsigned long long)next_seq, (long long)(T0 + hours * TIME_MS_PER_HOUR));
  take(kind, text);
}

#define DEMO "\"type\":\"track\",\"event\":\"Demo\",\"properties\":{\"seats\":7}"
#define NO   "\"type\":\"track\",\"event\":\"No\""

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  (void)context, (void)fold, (void)summary, (void)reason;
  handoff_folded(handoff, pipeline, entry);
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  (void)context;
  handoff_decided(handoff, pipeline, entry, leadbook_decision(pipeline_book(pipeline), decided->number));
}

static void on_merged(void *context, struct lead_entry *entry) {
  (void)context;
  handoff_merged(handoff, pipeline, entry);
}

/* Folds what wants to be, and commits what came of it from `first` on. */
static void work(int hours) {
  const struct pipeline_visitor visitor = {.folded = on_folded, .decided = on_decided, .merged = on_merged};
  size_t first = made_count;
  for (int steps = 0; pipeline_step(pipeline, T0 + hours * TIME_MS_PER_HOUR, &visitor);)
    assert_true(++steps < 1000);
  for (; first < made_count; first++) take(made[first].kind, made[first].text);
}

/* The parsed record, until the next call. */
static struct json_ref parsed(size_t number) {
  static struct json_reader *reader;
  struct json_ref root;
  struct err err;
  if (!reader) reader = json_reader_new();
  assert_true(number < made_count);
  assert_int_equal(json_parse(reader, made[number].text, strlen(made[number].text), &root, &err), 0);
  return root;
}

static void assert_member(struct json_ref ref, const char *path, const char *expected) {
  struct str text = STR("(none)");
  json_string(json_path(ref, str_of(path)), &text);
  assert_str(text, expected);
}

static const struct outbox_row *row(uint32_t number) {
  return outbox_row(pipeline_outbox(pipeline), number);
}

static void a_stage_tells_each_destination(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  work(2);
  assert_int_equal(made_count, 2);
  assert_member(parsed(0), "destination", "crm");
  assert_member(parsed(0), "type", "lead.qualified");
  struct str body;
  assert_true(json_string(json_get(json_get(parsed(0), STR("request")), STR("body")), &body));
  assert_true(str_starts(
      body,
      STR("{\"type\":\"lead.qualified\",\"timestamp\":\"2023-11-14T23:13:20Z\",\"data\":{\"sequence\":1,")));
  assert_non_null(strstr(body.p, "\"desk\":\"x\""));
  assert_non_null(strstr(body.p, "https://embudo.example/v1/leads/u-1/explain?at="));
  assert_non_null(strstr(body.p, "\"explanation\":{"));
  assert_member(parsed(1), "destination", "chat");
  assert_member(json_get(parsed(1), STR("request")), "path", "/post");
  assert_non_null(strstr(made[1].text, "\"authorization\":[\"Bearer \",{\"secret\":\"CHAT\"}]"));
  assert_non_null(strstr(made[1].text, "u-1 is hot"));
}

static void nothing_is_told_twice(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  work(2);
  pipeline_touch_all(pipeline, TOUCH_LIVE);
  work(3);
  send(JOURNAL_EVENTS, "\"type\":\"track\",\"event\":\"Other\"", "\"userId\":\"u-1\"", 4);
  work(5);
  assert_int_equal(made_count, 2);
}

static void an_event_tells_when_its_condition_holds(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  work(2);
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 3);
  work(4);
  assert_int_equal(made_count, 3);
  assert_member(parsed(2), "effect", "asked");
  assert_member(parsed(2), "type", "lead.asked");
  struct str body;
  assert_true(json_string(json_get(json_get(parsed(2), STR("request")), STR("body")), &body));
  assert_non_null(strstr(body.p, "\"seats\":7"));
  assert_int_equal(row(2)->sequence, 3);
  work(5);
  assert_int_equal(made_count, 3);
}

static void history_tells_nobody(void **state) {
  (void)state;
  send(JOURNAL_IMPORT, DEMO, "\"userId\":\"u-1\"", 1);
  send(JOURNAL_IMPORT, DEMO, "\"userId\":\"u-1\"", 2);
  work(3);
  send(JOURNAL_EVENTS, "\"type\":\"page\"", "\"userId\":\"u-1\"", 4);
  work(5);
  assert_int_equal(made_count, 0);
}

static void what_was_before_the_rules_tells_nobody(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 2);
  pipeline_set_effects_after(pipeline, pipeline_last_record(pipeline));
  work(3);
  assert_int_equal(made_count, 2); /* the stage, but not the events */
  assert_member(parsed(0), "effect", "hot");
}

static void a_correction_takes_back_what_was_not_sent(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 5);
  work(6);
  send(JOURNAL_EVENTS, NO, "\"userId\":\"u-1\"", 1); /* a late event */
  work(7);
  assert_int_equal(made_count, 4);
  assert_member(parsed(2), "what", "cancelled");
  assert_member(parsed(3), "what", "cancelled");
  assert_int_equal(row(0)->state, OUTBOX_CANCELLED);
  assert_int_equal(row(1)->state, OUTBOX_CANCELLED);
}

static void a_correction_follows_what_may_have_arrived(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 5);
  work(6);
  outbox_begin(pipeline_outbox(pipeline), 0);
  send(JOURNAL_EVENTS, NO, "\"userId\":\"u-1\"", 1);
  work(7);
  assert_int_equal(made_count, 4);
  assert_member(parsed(2), "type", HANDOFF_CORRECTED);
  assert_member(parsed(2), "destination", "crm");
  char id[OUTBOX_ID_TEXT];
  assert_non_null(strstr(made[2].text, outbox_id_text(row(0)->id, id)));
  assert_member(parsed(3), "what", "cancelled"); /* at the other destination nothing was tried */
}

static void of_two_that_are_one_it_is_told_once(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-2\"", 1);
  work(2);
  assert_int_equal(made_count, 4);
  send(JOURNAL_EVENTS, "\"type\":\"identify\",\"traits\":{\"email\":\"a@b.example\"}", "\"userId\":\"u-1\"",
       3);
  send(JOURNAL_EVENTS, "\"type\":\"identify\",\"traits\":{\"email\":\"a@b.example\"}", "\"userId\":\"u-2\"",
       3);
  work(4);
  uint32_t waiting = 0, cancelled = 0;
  for (uint32_t i = 0; i < outbox_count(pipeline_outbox(pipeline)); i++) {
    waiting += row(i)->state == OUTBOX_WAITING;
    cancelled += row(i)->state == OUTBOX_CANCELLED;
  }
  assert_int_equal(waiting, 2);
  assert_int_equal(cancelled, 2);
}

static void what_cannot_be_rendered_is_kept(void **state) {
  (void)state;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-bad\"", 1);
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-quiet\"", 1);
  work(2);
  assert_int_equal(made_count, 3); /* of the quiet one the chat hears nothing */
  assert_member(parsed(1), "failed", "a.lua:10: no such lead");
  assert_member(json_get(parsed(1), STR("event")), "type", "lead.qualified");
  assert_int_equal(row(1)->state, OUTBOX_PARKED);
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-form\"", 3);
  work(4);
  assert_member(parsed(4), "failed", "a request has no 'form': it has method, url, path, headers and body");
}

static void requests_are_put_together_from_rules_and_settings(void **state) {
  (void)state;
  static struct config_secret secrets[] = {{"CHAT", "hush"}};
  static struct config_destination there[] = {{"chat", "https://other.example/"}};
  struct config config = {.secrets = secrets, .secret_count = 1};
  struct request request;
  struct err err;
  send(JOURNAL_EVENTS, DEMO, "\"userId\":\"u-1\"", 1);
  work(2);
  const struct destination *chat = &generation->rules->destinations[1];
  if (request_open(&request, json_get(parsed(1), STR("request")), generation->rules, chat, &config, &err))
    fail_msg("%s", err.text);
  assert_string_equal(request.url, "https://chat.example/post");
  assert_string_equal(request.method, "POST");
  assert_int_equal(request.header_count, 5);
  assert_str(request.headers[0].name, "content-type");
  assert_str(request.headers[1].value, "Bearer hush");
  assert_str(request.headers[2].name, "x-other");
  assert_str(request.headers[2].value, "038a52becee08e865d43b33521234361612ec2e2723097e72068f88c08bda071");
  assert_int_equal(request.headers[3].value.len, 3 + 44);
  assert_memory_equal(request.headers[3].value.p, "v0=", 3);
  request_release(&request);
  config.destinations = there;
  config.destination_count = 1;
  config.secret_count = 0;
  assert_int_equal(
      request_open(&request, json_get(parsed(1), STR("request")), generation->rules, chat, &config, &err),
      -1);
  assert_non_null(strstr(err.text, "no secret 'CHAT'"));
  request_release(&request);
  assert_int_equal(
      request_open(&request, json_get(parsed(0), STR("request")), generation->rules, chat, &config, &err), 0);
  assert_string_equal(request.url, "https://other.example/");
  request_release(&request);
}

static void answers_may_mean_no(void **state) {
  (void)state;
  const struct destination *chat = &generation->rules->destinations[1];
  struct err err;
  assert_int_equal(request_judge(generation, chat, 200, STR("{\"ok\":true}"), &err), REQUEST_ACCEPTED);
  assert_int_equal(request_judge(generation, chat, 200, STR("{\"error\":\"channel_not_found\"}"), &err),
                   REQUEST_NOT_NOW);
  assert_string_equal(err.text, "not accepted: channel_not_found");
  assert_int_equal(request_judge(generation, chat, 200, STR("not json"), &err), REQUEST_NOT_NOW);
  assert_int_equal(request_judge(generation, &generation->rules->destinations[0], 204, STR(""), &err),
                   REQUEST_ACCEPTED);
}

/* What a function that forgot to answer, or answered otherwise, is told. */
static void an_answer_that_is_none_is_told(void **state) {
  (void)state;
  static const struct {
    const char *body, *expected;
  } cases[] = {
      {"{\"error\":null}",
       "not accepted: `accepts` returned nothing: it must return true, or a text that says why not"},
      {"{}", "not accepted: `accepts` returned nothing: it must return true, or a text that says why not"},
      {"{\"error\":false}", "not accepted: `accepts` returned false; a text would say why"},
      {"{\"error\":\"\"}", "not accepted: `accepts` returned a blank text; it should say why"},
      {"{\"error\":5}",
       "not accepted: `accepts` must return true, a text that says why not, or { refused = text }"},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct err err;
    const struct destination *chat = &generation->rules->destinations[1];
    assert_int_equal(request_judge(generation, chat, 200, str_of(cases[i].body), &err), REQUEST_NOT_NOW);
    assert_string_equal(err.text, cases[i].expected);
  }
}

static void some_answers_mean_never(void **state) {
  (void)state;
  static struct destination strict;
  struct err err;
  strict = generation->rules->destinations[0];
  strict.refusals = (struct refusals){.statuses = {400, 422}, .count = 2};
  assert_int_equal(request_judge(generation, &strict, 422, STR(""), &err), REQUEST_REFUSED);
  assert_int_equal(request_judge(generation, &strict, 404, STR(""), &err), REQUEST_NOT_NOW);
  assert_int_equal(request_judge(generation, &strict, 503, STR(""), &err), REQUEST_NOT_NOW);
  assert_int_equal(request_judge(generation, &strict, 200, STR(""), &err), REQUEST_ACCEPTED);
  const struct destination *chat = &generation->rules->destinations[1];
  assert_int_equal(request_judge(generation, chat, 200, STR("{\"error\":{\"refused\":\"bad field\"}}"), &err),
                   REQUEST_REFUSED);
  assert_string_equal(err.text, "not accepted: bad field");
}

/* The function says what the answer did, which is long. */
static void what_a_function_gives_is_bounded(void **state) {
  struct err err;
  char answer[2100];
  snprintf(answer, sizeof answer, "{\"error\":\"%02000d\"}", 7);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(
        request_judge(generation, &generation->rules->destinations[1], 200, str_of(answer), &err),
        REQUEST_NOT_NOW);
    assert_true(i == (strstr(err.text, "it returned more than 1 KiB (limits.rule_output)") != NULL));
    output_bytes = 1024;
    tear_down(state);
    set_up(state);
  }
  output_bytes = 0;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_stage_tells_each_destination),
      TEST(nothing_is_told_twice),
      TEST(an_event_tells_when_its_condition_holds),
      TEST(history_tells_nobody),
      TEST(what_was_before_the_rules_tells_nobody),
      TEST(a_correction_takes_back_what_was_not_sent),
      TEST(a_correction_follows_what_may_have_arrived),
      TEST(of_two_that_are_one_it_is_told_once),
      TEST(what_cannot_be_rendered_is_kept),
      TEST(requests_are_put_together_from_rules_and_settings),
      TEST(answers_may_mean_no),
      TEST(an_answer_that_is_none_is_told),
      TEST(what_a_function_gives_is_bounded),
      TEST(some_answers_mean_never),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
