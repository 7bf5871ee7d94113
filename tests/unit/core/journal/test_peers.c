/* What one of an account's people answers counts for all of them, however they belong to it; who is looked at again, and who is not. */
#include "pipeline_rig.h"

#include "model/fold/fold_framework.h"

#define FRAMEWORK                                                                                            \
  "dimension 'fit' {}\n"                                                                                     \
  "accounts { domains = { 'domain' }, never = one_of { 'free.example' }, "                                   \
  "existing = account { customer = true } }\n"                                                               \
  "framework 'm' { of = 'account', criterion 'pain' { ask = '?', value = 'grade', weight = 1, "              \
  "from = track 'Answer', field = 'a' }, qualified = { must = { 'pain' } } }\n"
static const char following[] = FRAMEWORK "segment 'good' { when = qualified 'm' }\n";
/* Only what people do asks for it. */
static const char asked[] =
    FRAMEWORK "lifecycle 'main' { start = 'lead', gate 'g' { into = { 'sal' }, need = "
              "qualified 'm' }, move { 'lead', 'sal', act = 'accept', by = 'sales' }, "
              "move { 'lead', 'mql', when = seen(track 'Demo') } }\n";

#define T0 (INT64_C(1700000000000))

static void open_rules(const char *text) {
  pipeline_rig_open(written_rules(text));
  next_seq = 1;
}

static void close_rules(void) {
  pipeline_rig_close();
}

static void send(const char *event) {
  char bytes[512];
  snprintf(bytes, sizeof bytes, "{\"batch\":[%s]}", event);
  pipeline_rig_take(JOURNAL_EVENTS, "web", T0 + 1000000, bytes);
}

/* Somebody takes back what was said of the lead; `at`: "2023-11-14T22:13:24Z" and later. */
static void take_back(const char *id, const char *at) {
  char bytes[512];
  snprintf(
      bytes, sizeof bytes,
      "{\"batch\":[{\"type\":\"act\",\"event\":\"answer\",\"userId\":\"%s\",\"timestamp\":\"%s\",\"actor\":"
      "{\"id\":\"maria\",\"role\":\"sales\"},\"properties\":{\"framework\":\"m\",\"criterion\":\"pain\","
      "\"value\":"
      "null}}]}",
      id, at);
  pipeline_rig_take(JOURNAL_SYSTEM, "embudo", T0 + 1000000, bytes);
}

static uint32_t work(void) {
  return pipeline_rig_work(T0 + 2000000);
}

static bool is_good(const char *id) {
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), str_of(id));
  return leadbook_find(pipeline_book(pipeline), lead)->segments != 0;
}

#define AT(second) "\"timestamp\":17000" #second "}"
#define MAIL(id, address, second)                                                                            \
  "{\"type\":\"identify\",\"userId\":\"" id "\",\"traits\":{\"email\":\"" address "\"}," AT(second)
#define NAMES(id, account, second)                                                                           \
  "{\"type\":\"group\",\"userId\":\"" id "\",\"groupId\":\"" account "\"," AT(second)
#define SAYS(account, traits, second)                                                                        \
  "{\"type\":\"group\",\"groupId\":\"" account "\",\"traits\":" traits "," AT(second)
#define ANSWERS(id, grade, second)                                                                           \
  "{\"type\":\"track\",\"userId\":\"" id "\",\"event\":\"Answer\",\"properties\":{\"a\":" grade              \
  "}," AT(second)

/* Arrival in any order gives the same. */
static void people_of_a_domain_are_colleagues(void **state) {
  (void)state;
  static const char *const sent[] = {
      MAIL("ana", "ana@mills.example", 00001),
      MAIL("bo", "bo@mail.mills.example", 00002),
      SAYS("mills", "{\"domain\":\"https://www.mills.example\"}", 00003),
      ANSWERS("ana", "2", 00004),
  };
  enum { SENT = sizeof sent / sizeof *sent };
  for (int order = 0; order < 24; order++) {
    bool taken[SENT] = {false};
    open_rules(following);
    send(MAIL("cy", "cy@free.example", 00001));
    send(MAIL("di", "di@notmills.example", 00001));
    for (int i = 0, rest = order; i < SENT; rest /= SENT - i, i++) {
      int pick = rest % (SENT - i), at = 0;
      while (taken[at] || pick-- > 0) at++;
      taken[at] = true;
      send(sent[at]);
      work();
    }
    assert_true(is_good("ana"));
    assert_true(is_good("bo"));
    assert_false(is_good("cy"));
    assert_false(is_good("di"));
    close_rules();
  }
}

/* Somebody's answers go along with them, also where only what is known of another company says where. */
static void answers_go_where_their_lead_goes(void **state) {
  (void)state;
  open_rules(following);
  send(NAMES("bo", "web", 00001));
  send(NAMES("ana", "web", 00001));
  send(MAIL("ana", "ana@mills.example", 00002));
  send(ANSWERS("ana", "3", 00003));
  send(SAYS("mills", "{\"domain\":\"mills.example\"}", 00004));
  send(MAIL("cy", "cy@mills.example", 00004));
  work();
  assert_true(is_good("bo"));
  assert_false(is_good("cy"));
  /* A customer's address is stronger than what a web site says. */
  send(SAYS("mills", "{\"customer\":true}", 00005));
  work();
  assert_false(is_good("bo"));
  assert_true(is_good("cy"));
  send(SAYS("mills", "{\"customer\":false}", 00006));
  work();
  assert_true(is_good("bo"));
  assert_false(is_good("cy"));
  send(MAIL("ana", "ana@free.example", 00007));
  send(NAMES("cy", "web", 00007));
  work();
  assert_true(is_good("cy"));
  close_rules();
}

static void the_newest_word_of_anybody_stands(void **state) {
  (void)state;
  open_rules(following);
  send(NAMES("ana", "acme", 00001));
  send(NAMES("bo", "acme", 00001));
  send(ANSWERS("ana", "3", 00003));
  send(ANSWERS("bo", "0", 00004));
  work();
  assert_false(is_good("ana"));
  assert_false(is_good("bo"));
  send(ANSWERS("ana", "3", 00002)); /* late */
  work();
  assert_false(is_good("ana"));
  send(NAMES("bo", "other", 00005)); /* takes the answer along */
  work();
  assert_true(is_good("ana"));
  assert_false(is_good("bo"));
  close_rules();
}

/* Who takes an answer back takes back their own: what others said stands. */
static void what_is_taken_back_leaves_what_others_said(void **state) {
  (void)state;
  open_rules(following);
  send(NAMES("ana", "acme", 00001));
  send(NAMES("bo", "acme", 00001));
  send(ANSWERS("ana", "3", 00002));
  send(ANSWERS("bo", "0", 00003));
  work();
  assert_false(is_good("ana"));
  assert_false(is_good("bo"));
  send(ANSWERS("bo", "\"  \"", 00004)); /* left blank: says nothing */
  work();
  assert_false(is_good("ana"));
  take_back("bo", "2023-11-14T22:13:24Z");
  work();
  assert_true(is_good("ana"));
  assert_true(is_good("bo"));
  take_back("ana", "2023-11-14T22:13:25Z");
  work();
  assert_false(is_good("ana"));
  assert_false(is_good("bo"));
  close_rules();
}

static void fill_company(uint32_t people) {
  char event[256];
  for (uint32_t i = 0; i < people; i++) {
    snprintf(event, sizeof event, "{\"type\":\"group\",\"userId\":\"u%u\",\"groupId\":\"acme\"," AT(00001),
             i);
    send(event);
  }
  work();
}

static void nobody_is_looked_at_where_nothing_follows(void **state) {
  (void)state;
  enum { PEOPLE = 500 };
  open_rules(asked);
  fill_company(PEOPLE);
  send(ANSWERS("u7", "3", 00002));
  assert_int_equal(work(), 1);
  /* And whoever asks finds it. */
  struct fold *fold = pipeline_fold(pipeline);
  struct result result;
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), STR("u400"));
  assert_int_not_equal(pipeline_look(pipeline, lead, T0 + 2000000), 0);
  fold_result(fold, 0, &result);
  assert_int_equal(result.qualified, TRUTH_YES);
  close_rules();

  open_rules(following);
  fill_company(PEOPLE);
  send(ANSWERS("u7", "3", 00002));
  assert_int_equal(work(), PEOPLE);
  assert_true(is_good("u400"));
  close_rules();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(people_of_a_domain_are_colleagues),
      cmocka_unit_test(answers_go_where_their_lead_goes),
      cmocka_unit_test(the_newest_word_of_anybody_stands),
      cmocka_unit_test(what_is_taken_back_leaves_what_others_said),
      cmocka_unit_test(nobody_is_looked_at_where_nothing_follows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
