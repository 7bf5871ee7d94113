#include "fold_rig.h"

#include "core/desk/act.h"
#include "model/fold/fold_enrich.h"

static const char *const rules =
    "dimension 'fit' {}\n"
    "rule 'cto' { when = trait { title = 'CTO' }, points = { fit = 20 } }\n"
    "enricher 'size' { needs = { 'title' }, gives = { 'size' }, run = function(lead, http) return nothing "
    "end }\n"
    "contact { asked = trait { contact = false } }\n"
    "acts {\n"
    "  log_call = { by = 'sales', asks = { outcome = one_of { 'connect', 'dial' } }, private = { 'note' } "
    "},\n"
    "  assign = { by = 'sales', asks = { 'owner' }, sets = { 'owner' } },\n"
    "  offer = { by = 'admin', asks = { amount = above(0) & below(1000000) } } }\n"
    "lifecycle 'main' { start = 'lead', endorsed = { 'mql' }, sales = { 'sal' },\n"
    "  gate 'fits' { doc = 'Must fit', into = { 'mql' }, need = score { fit = at_least(20) } },\n"
    "  move { 'lead', 'mql', act = 'endorse', by = 'marketing', again = '7d' },\n"
    "  move { 'mql', 'lead', act = 'drop', by = { 'sales', 'marketing' }, reasons = { bad = '10d', gone = { "
    "stands = "
    "'never', alternative = 'a book' } } },\n"
    "  move { 'mql', 'sal', act = 'accept', by = 'sales', need = seen(act 'log_call', { since = 'stage' }),\n"
    "    asks = { ['budget|metric'] = present }, learns = { 'phone' } },\n"
    "  move { 'sal', 'mql', by = 'sales' } }\n";

static struct json_reader *reader;
static struct arena arena;
static struct buf event;
static struct act_refusal refusal;
static int64_t now_ms;
static int number;

static int set_up(void **state) {
  (void)state;
  fold_rig_open(written_rules(rules));
  reader = json_reader_new();
  arena_init(&arena, 0);
  buf_init(&event);
  now_ms = INT64_C(1704099600000);
  number = 0;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  fold_rig_close();
  json_reader_free(reader);
  arena_release(&arena);
  buf_release(&event);
  return 0;
}

static void feed(const char *json, bool is_system) {
  const struct feed how = {.source = STR("t"), .received_ms = now_ms, .is_system = is_system};
  struct feed_result result;
  engine_feed(engine, str_of(json), &how, &result);
  if (result.accepted != 1) fail_msg("%s: %s", json, result.problems[0].reason);
}

static void traits(const char *json) {
  char text[256];
  snprintf(text, sizeof text, "{\"type\":\"identify\",\"userId\":\"u\",\"messageId\":\"%03d\",\"traits\":%s}",
           ++number, json);
  feed(text, false);
}

/* A second later somebody asks for it. */
static bool ask(const char *json) {
  struct act_request request = {.time_ms = TIME_NEVER, .actor = STR("maria"), .lead = {ID_USER, STR("u")}};
  struct json_ref root;
  struct err err;
  char id[16];
  now_ms += 1000;
  snprintf(id, sizeof id, "%03d", ++number);
  request.message_id = str_of(id);
  engine_fold(engine, engine_find_lead(engine, STR("u")), now_ms, fold);
  if (json_parse(reader, json, strlen(json), &root, &err) || act_read(root, &request, &err))
    fail_msg("%s", err.text);
  buf_clear(&event);
  if (!act_judge(fold, &request, &arena, &event, &refusal)) return false;
  assert_int_equal(refusal.code, ACT_FINE);
  feed(event.data, true);
  return true;
}

static void refused(const char *json, enum act_code code, const char *message) {
  if (ask(json)) fail_msg("accepted: %s", json);
  if (refusal.code != code) fail_msg("%s: %s: %s", json, act_word(refusal.code), refusal.message);
  assert_string_equal(refusal.message, message);
}

static void accepted(const char *json) {
  if (!ask(json)) fail_msg("%s: %s", json, refusal.message);
}

static void says_which_condition_failed_and_what_is_there(void **state) {
  (void)state;
  traits("{\"title\":\"CEO\"}");
  refused("{\"act\":\"endorse\",\"role\":\"marketing\"}", ACT_GATE_CLOSED,
          "the gate 'fits' is closed (Must fit): score { fit = at_least(20) } (fit is 0: 20 more)");
  assert_string_equal(refusal.gate->id, "fits");
  assert_int_equal(refusal.failed_count, 1);
  assert_string_equal(refusal.failed[0].needed, "score { fit = at_least(20) }");
  assert_string_equal(refusal.failed[0].actual, "fit is 0: 20 more");
  traits("{\"title\":\"CTO\"}");
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\"}");
  refused("{\"act\":\"accept\",\"role\":\"sales\"}", ACT_POLICY_FAILED,
          "the policy asks for more: seen(act \"log_call\", { since = \"stage\" }) (seen 0 of 1)");
  accepted("{\"act\":\"log_call\",\"role\":\"sales\",\"properties\":{\"outcome\":\"dial\"}}");
  refused("{\"act\":\"accept\",\"role\":\"sales\"}", ACT_MISSING_FIELDS,
          "the act must bring along: budget|metric = present (missing)");
  refused("{\"act\":\"accept\",\"role\":\"sales\",\"properties\":{\"metric\":3}}", ACT_NOTHING_NEW,
          "the act must tell something new: one of phone");
  accepted(
      "{\"act\":\"accept\",\"role\":\"sales\",\"properties\":{\"metric\":3},\"traits\":{\"phone\":\"1\"}}");
  accepted("{\"act\":\"move\",\"to\":\"mql\",\"role\":\"sales\"}");
}

static void says_whose_it_is_and_where_it_leads(void **state) {
  (void)state;
  traits("{\"title\":\"CTO\"}");
  refused("{\"act\":\"endorse\",\"role\":\"sales\"}", ACT_ROLE,
          "'endorse' is for marketing to do, not for sales");
  refused("{\"act\":\"endorse\"}", ACT_NO_ACTOR, "an act needs who does it, and in which role");
  refused("{\"act\":\"accept\",\"role\":\"sales\"}", ACT_UNDECLARED,
          "the rules declare no move by 'accept' out of \"lead\" of 'main', where the lead is");
  refused("{\"act\":\"move\",\"to\":\"sal\",\"role\":\"sales\"}", ACT_UNDECLARED,
          "no declared move leads people from \"lead\" to \"sal\"");
  refused("{\"act\":\"dance\",\"role\":\"sales\"}", ACT_UNKNOWN, "the rules declare no act 'dance'");
  refused("{\"act\":\"log_call\",\"role\":\"marketing\"}", ACT_ROLE,
          "'log_call' is for sales to do, not for marketing");
  accepted("{\"act\":\"endorse\",\"role\":\"system\"}");
  refused("{\"act\":\"endorse\",\"role\":\"marketing\"}", ACT_ALREADY_THERE,
          "the lead is in \"mql\" already");
}

static void a_verdict_stands_and_a_move_waits(void **state) {
  (void)state;
  traits("{\"title\":\"CTO\"}");
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\"}");
  assert_true(fold_enricher_wanted(fold, 0));
  refused("{\"act\":\"drop\",\"role\":\"sales\"}", ACT_MISSING_REASON,
          "'drop' needs one of the reasons: bad, gone");
  refused("{\"act\":\"drop\",\"role\":\"sales\",\"reason\":\"x\"}", ACT_UNKNOWN_REASON,
          "'x' is none of the reasons: bad, gone");
  refused("{\"act\":\"log_call\",\"role\":\"sales\",\"reason\":\"x\"}", ACT_UNKNOWN_REASON,
          "'log_call' takes no reason");
  accepted("{\"act\":\"drop\",\"role\":\"sales\",\"reason\":\"bad\"}");
  assert_non_null(strstr(event.data, "\"reason\":\"bad\",\"until\":\"2024-01-11T09:00:"));
  refused("{\"act\":\"endorse\",\"role\":\"marketing\"}", ACT_VERDICT_STANDS,
          "the verdict 'bad' of maria stands until 2024-01-11T09:00:05Z");
  assert_true(fold_verdict_stands(fold));
  assert_false(fold_enricher_wanted(fold, 0)); /* whatever it would say, the verdict stands */
  now_ms += 11 * TIME_MS_PER_DAY;
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\"}");
  accepted("{\"act\":\"drop\",\"role\":\"sales\",\"reason\":\"gone\"}");
  assert_non_null(strstr(event.data, "\"until\":\"never\",\"alternative\":\"a book\""));
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\",\"override\":\"they are back\"}");
  assert_non_null(strstr(event.data, "\"override\":\"they are back\""));
}

static void an_override_is_recorded_where_it_was_needed(void **state) {
  (void)state;
  traits("{\"title\":\"CTO\"}");
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\",\"override\":\"sure\"}");
  assert_null(strstr(event.data, "override"));
  traits("{\"contact\":false}");
  refused("{\"act\":\"accept\",\"role\":\"sales\",\"override\":\"sure\"}", ACT_NOT_CONTACTABLE,
          "the lead must not be contacted: asked: ~trait { contact = false } (contact is false)");
  traits("{\"contact\":true}");
  accepted("{\"act\":\"accept\",\"role\":\"sales\",\"override\":\"sure\"}");
  assert_non_null(strstr(event.data, "\"override\":\"sure\""));
}

/* Marketing's word shows the lead to sales, and so does whose it is. */
static void whom_nobody_contacts_is_shown_to_nobody(void **state) {
  (void)state;
  static const char *const why =
      "the lead must not be contacted: asked: ~trait { contact = false } (contact is false)";
  static const char *const mine =
      "{\"act\":\"assign\",\"role\":\"sales\",\"properties\":{\"owner\":\"pedro\"}}";
  traits("{\"title\":\"CTO\",\"contact\":false}");
  refused("{\"act\":\"endorse\",\"role\":\"marketing\",\"override\":\"sure\"}", ACT_NOT_CONTACTABLE, why);
  refused(mine, ACT_NOT_CONTACTABLE, why);
  accepted(
      "{\"act\":\"assign\",\"role\":\"system\",\"properties\":{\"owner\":\"pedro\"}}"); /* a CRM says whose it is */
  accepted("{\"act\":\"assign\",\"role\":\"sales\",\"override\":\"left\",\"properties\":{\"owner\":\"\"}}");
  traits("{\"contact\":true}");
  accepted("{\"act\":\"endorse\",\"role\":\"marketing\"}");
  accepted("{\"act\":\"accept\",\"role\":\"sales\",\"override\":\"sure\"}");
  traits("{\"contact\":false}");
  accepted(mine); /* sales has the lead already */
}

static void what_is_private_is_apart_and_what_sets_is_a_trait(void **state) {
  (void)state;
  traits("{\"title\":\"CTO\"}");
  accepted(
      "{\"act\":\"log_call\",\"role\":\"sales\",\"properties\":{\"outcome\":\"dial\",\"note\":\"grumpy\"}}");
  assert_non_null(
      strstr(event.data, "\"properties\":{\"outcome\":\"dial\"},\"private\":{\"note\":\"grumpy\"}"));
  refused("{\"act\":\"log_call\",\"role\":\"sales\",\"properties\":{\"outcome\":\"sang\"}}", ACT_BAD_FIELD,
          "the act must bring along: outcome = one_of { \"connect\", \"dial\" } (\"sang\")");
  refused("{\"act\":\"offer\",\"role\":\"admin\",\"properties\":{\"amount\":\"1.234,56\"}}", ACT_BAD_FIELD,
          "the act must bring along: amount = above(0) & below(1000000) (\"1.234,56\"; write 1234.56: "
          "nothing between "
          "thousands, a point before decimals)");
  refused("{\"act\":\"offer\",\"role\":\"admin\",\"properties\":{\"amount\":\"-5\"}}", ACT_BAD_FIELD,
          "the act must bring along: amount = above(0) & below(1000000) (\"-5\")");
  refused("{\"act\":\"assign\",\"role\":\"sales\",\"properties\":{\"owner\":\"pedro\"}}", ACT_NOT_HANDED,
          "nobody of sales gets a lead in \"lead\" of 'main' without marketing's word: claim it, or say why "
          "with an override");
  accepted("{\"act\":\"assign\",\"role\":\"sales\",\"override\":\"his "
           "brother\",\"properties\":{\"owner\":\"pedro\"}}");
  assert_non_null(strstr(event.data, "\"override\":\"his brother\""));
  engine_fold(engine, engine_find_lead(engine, STR("u")), now_ms, fold);
  assert_str(value_text(fold_trait(fold, STR("owner"))), "pedro");
  refused("{\"act\":\"log_call\",\"role\":\"sales\",\"timestamp\":\"2030-01-01\",\"properties\":{\"outcome\":"
          "\"dial\"}}",
          ACT_BAD_TIME, "the timestamp has not come yet");
  accepted("{\"act\":\"log_call\",\"role\":\"sales\",\"timestamp\":\"2023-01-01\",\"properties\":{"
           "\"outcome\":\"dial\"}}");
  refused("{\"act\":\"endorse\",\"role\":\"marketing\",\"timestamp\":\"2023-01-01\"}", ACT_BAD_TIME,
          "a move is made when it is asked for: leave the timestamp out");
}

static void choices_are_what_may_be_done(void **state) {
  (void)state;
  struct act_choice *choices;
  traits("{\"title\":\"CEO\"}");
  engine_fold(engine, engine_find_lead(engine, STR("u")), now_ms, fold);
  assert_int_equal(act_choices(fold, &arena, &choices), 4);
  assert_string_equal(choices[0].act, "endorse");
  assert_int_equal(choices[0].blocked.code, ACT_GATE_CLOSED);
  assert_null(choices[1].move);
  assert_int_equal(choices[1].blocked.code, ACT_FINE);
}

static void a_request_that_cannot_be_read(void **state) {
  (void)state;
  static const char *const requests[] = {"[]",
                                         "{}",
                                         "{\"act\":3}",
                                         "{\"act\":\"x\",\"reason\":\"\"}",
                                         "{\"act\":\"x\",\"properties\":[]}",
                                         "{\"act\":\"x\",\"timestamp\":\"soon\"}",
                                         "{\"act\":\"x\",\"note\":\"hello\"}"};
  for (size_t i = 0; i < COUNT_OF(requests); i++) {
    struct act_request request = {.time_ms = TIME_NEVER};
    struct json_ref root;
    struct err err;
    assert_int_equal(json_parse(reader, requests[i], strlen(requests[i]), &root, &err), 0);
    assert_int_equal(act_read(root, &request, &err), -1);
  }
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      test(says_which_condition_failed_and_what_is_there),
      test(says_whose_it_is_and_where_it_leads),
      test(a_verdict_stands_and_a_move_waits),
      test(an_override_is_recorded_where_it_was_needed),
      test(whom_nobody_contacts_is_shown_to_nobody),
      test(what_is_private_is_apart_and_what_sets_is_a_trait),
      test(choices_are_what_may_be_done),
      test(a_request_that_cannot_be_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
