/* Somebody is erased who had a device in common with somebody who stays: what was recorded under the device's id is whose history it went
 * into, whosever the device's events are by now. Each history once led to a new start that knew more, or less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life.h"

#include "base/err.h"
#include <inttypes.h>

static struct generation *generations[2];
static struct life life;

static int set_up_rules(void **state) {
  (void)state;
  life_rules(generations);
  return 0;
}

static int free_rules(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) generation_free(generations[i]);
  return 0;
}

static int set_up(void **state) {
  (void)state;
  life_begin(&life, 1, generations);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  life_end(&life);
  return 0;
}

/* --- what happens ------------------------------------------------------------------------------------------------------------ */

#define DEMO  "\"type\":\"track\",\"event\":\"Demo\""
#define VISIT "\"type\":\"page\""

/* An event of so many days before now, taken and not folded yet. */
static void comes(const char *what, const char *ids, int days_ago) {
  struct buf text;
  buf_init(&text);
  buf_printf(&text, "{\"batch\":[{%s,%s,\"messageId\":\"m%d\",\"timestamp\":%" PRId64 "}]}", what, ids,
             life.number++, life.now_ms - days_ago * LIFE_DAY);
  life_take(&life, life_append(&life, JOURNAL_EVENTS, buf_str(&text)));
  buf_release(&text);
}

/* The same, and a day passes. */
static void happens(const char *what, const char *ids, int days_ago) {
  comes(what, ids, days_ago);
  life_settle(&life, life.now_ms);
  life_pass(&life, life.now_ms + LIFE_DAY);
}

static void says(const char *address, const char *ids, int days_ago) {
  char what[96];
  snprintf(what, sizeof what, "\"type\":\"identify\",\"traits\":{\"email\":\"%s\"}", address);
  happens(what, ids, days_ago);
}

static const struct lead_entry *entry_of(const char *id) {
  uint32_t lead = engine_find_lead(pipeline_engine(life.pipeline), str_of(id));
  return lead == IDENTITY_NONE ? NULL : leadbook_find(pipeline_book(life.pipeline), lead);
}

static uint32_t decisions_of(const char *id) {
  const struct lead_entry *entry = entry_of(id);
  uint32_t count = 0;
  for (uint32_t n = entry ? entry->decisions : 0; n;
       n = leadbook_decision(pipeline_book(life.pipeline), n)->older)
    count++;
  return count;
}

static const struct clock *clock_of(const char *id) {
  const struct lead_entry *entry = entry_of(id);
  assert_non_null(entry);
  return clockbook_at(leadbook_clocks(pipeline_book(life.pipeline)), entry->clocks);
}

static uint32_t messages_of(const char *id) {
  const struct outbox *outbox = pipeline_outbox(life.pipeline);
  const struct lead_entry *entry = entry_of(id);
  uint32_t count = 0, at = entry ? outbox_next_of_lead(outbox, entry->node, OUTBOX_NONE) : OUTBOX_NONE;
  for (; at != OUTBOX_NONE; at = outbox_next_of_lead(outbox, entry->node, at)) count++;
  return count;
}

static void nothing_says(const char *text) {
  for (size_t i = 0; i < life.count; i++)
    if (life.records[i].text && strstr(life.records[i].text, text))
      fail_msg("record %" PRIu64 " still says %s: %s", life.records[i].seq, text, life.records[i].text);
}

static void somebody_says(const char *text) {
  for (size_t i = 0; i < life.count; i++)
    if (life.records[i].text && strstr(life.records[i].text, text)) return;
  fail_msg("no record says %s", text);
}

#define TABLET      "\"anonymousId\":\"tablet\""
#define ZOE         "\"userId\":\"zoe\""
#define PHONE       "\"anonymousId\":\"phone\""
#define LAPTOP      "\"anonymousId\":\"laptop\""
#define BOB         "\"userId\":\"bob\""
#define ZOES_TABLET ZOE "," TABLET
#define BOBS_TABLET BOB "," TABLET

/* --- the causes --------------------------------------------------------------------------------------------------------------- */

/* The visitor was Zoe for all that was known, and her history took what was recorded. Then it turns out that it was Bob's time. */
static void what_went_into_the_erased_ones_history_goes(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  happens(VISIT, ZOES_TABLET, 0);
  happens(VISIT, BOBS_TABLET, 10);
  assert_int_equal(decisions_of("zoe"), 2); /* and that it was corrected */
  assert_int_equal(decisions_of("bob"), 1);
  life_erase(&life, STR("zoe"));
  life_start_anew(&life);
  assert_int_equal(decisions_of("bob"), 1);
  nothing_says("zoe");
}

/* The same the other way round: Bob stays with what his history took, though the demo was Zoe's. */
static void what_went_into_anothers_history_stays(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  happens(VISIT, BOBS_TABLET, 0);
  happens(VISIT, ZOES_TABLET, 10);
  uint32_t decisions = decisions_of("bob");
  const struct clock was = *clock_of("bob");
  assert_int_equal(decisions, 2);
  assert_int_equal(was.end, CLOCK_LEFT);
  life_erase(&life, STR("zoe"));
  assert_int_equal(decisions_of("bob"), decisions);
  life_start_anew(&life);
  assert_int_equal(decisions_of("bob"), decisions);
  assert_int_equal(clock_of("bob")->started_ms, was.started_ms);
  assert_int_equal(clock_of("bob")->stopped_ms, was.stopped_ms);
  nothing_says("zoe");
}

/* What the messages told was what Zoe did: that goes, whoever had it; numbers of messages go on. */
static void what_others_were_told_of_the_erased_goes(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  happens(VISIT, BOBS_TABLET, 0);
  happens(VISIT, ZOES_TABLET, 10);
  happens(DEMO, BOB, 0);
  const struct lead_entry *bob = entry_of("bob");
  uint32_t messages = messages_of("bob"), last = outbox_sequence(pipeline_outbox(life.pipeline), bob->node);
  somebody_says("\"lead\":\"tablet\"");
  life_erase(&life, STR("zoe"));
  assert_true(messages_of("bob") < messages && messages_of("bob") > 0);
  life_start_anew(&life);
  assert_int_equal(outbox_sequence(pipeline_outbox(life.pipeline), entry_of("bob")->node), last);
  for (size_t i = 0; i < life.count; i++)
    if (life.records[i].text && life.records[i].kind == JOURNAL_EFFECT)
      assert_null(strstr(life.records[i].text, "\"lead\":\"tablet\""));
}

/* A visitor who left an address shares it with another device; the first device turns out to be Zoe's alone. What had been recorded under
 * its id is the other's, who must not be called by it. */
static void an_id_of_the_erased_goes_from_what_stays(void **state) {
  (void)state;
  happens(DEMO, PHONE, 0);
  says("both@x.example", PHONE, 0);
  says("both@x.example", LAPTOP, 0);
  happens(VISIT, ZOE ",\"anonymousId\":\"phone\"", 0);
  uint32_t decisions = decisions_of("laptop");
  assert_true(decisions > 0);
  life_erase(&life, STR("zoe"));
  assert_int_equal(decisions_of("laptop"), decisions);
  nothing_says("phone");
  nothing_says("zoe");
  life_start_anew(&life);
  assert_int_equal(decisions_of("laptop"), decisions);
}

/* What stays is somebody's who may be erased as well. */
static void what_was_told_anew_goes_with_its_owner(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  happens(VISIT, BOBS_TABLET, 0);
  happens(VISIT, ZOES_TABLET, 10);
  life_erase(&life, STR("zoe"));
  somebody_says("\"lead\":\"bob\",\"kind\":\"user\",\"stages\"");
  life_start_anew(&life);
  life_erase(&life, STR("bob"));
  nothing_says("bob");
  nothing_says("tablet");
  life_start_anew(&life);
  assert_null(entry_of("bob"));
}

/* Three had it: what was told anew of one is told anew again under no id of the second's. */
static void it_is_told_anew_as_often_as_it_must(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  happens(VISIT, BOBS_TABLET, 0);
  happens(VISIT, "\"userId\":\"eva\"," TABLET, 5);
  happens(VISIT, ZOES_TABLET, 20);
  uint32_t decisions = decisions_of("bob");
  life_erase(&life, STR("zoe"));
  happens(DEMO, TABLET, 9); /* hers, then */
  life_erase(&life, STR("eva"));
  assert_true(decisions_of("bob") >= decisions);
  life_start_anew(&life);
  assert_true(decisions_of("bob") >= decisions);
}

/* Whose the visitor was came to be known in the same instant in which she asks to be erased: nobody has been folded since. */
static void what_was_not_folded_yet_parts_as_well(void **state) {
  (void)state;
  for (int bob_first = 0; bob_first < 2; bob_first++) {
    happens(DEMO, TABLET, 0);
    comes(VISIT, bob_first ? BOBS_TABLET : ZOES_TABLET, bob_first ? 0 : 10);
    comes(VISIT, bob_first ? ZOES_TABLET : BOBS_TABLET, bob_first ? 10 : 0);
    life_erase(&life, STR("zoe"));
    life_settle(&life, life.now_ms);
    life_start_anew(&life);
    assert_non_null(entry_of("bob"));
    nothing_says("zoe");
    life_erase(&life, STR("bob"));
    life_settle(&life, life.now_ms);
    life_start_anew(&life);
    nothing_says("bob");
    nothing_says("tablet");
  }
}

/* --- found on the way ------------------------------------------------------------------------------------------------------------ */

/* Nothing was decided of her when an address made the two one: her message is the one's, also for a process that starts. */
static void a_message_of_somebody_without_decisions_goes_along(void **state) {
  (void)state;
  happens(VISIT, BOB, 3);
  says("both@x.example", BOB, 0);
  happens("\"type\":\"track\",\"event\":\"Stop\"", ZOE, 0);
  happens(DEMO, ZOE, 0); /* who must not be contacted: no stage's message, but one of the event */
  uint32_t messages = messages_of("zoe");
  assert_true(messages > 0);
  says("both@x.example", ZOE, 0);
  assert_int_equal(messages_of("bob"), messages);
  life_start_anew(&life);
  assert_int_equal(messages_of("bob"), messages);
}

/* A late link gives Zoe a demo of long ago, by which she was an MQL and is not any more: nothing to record, and no news at a start. */
static void a_past_that_changed_no_stage_is_no_news(void **state) {
  (void)state;
  happens(DEMO, TABLET, 0);
  says("hers@x.example", TABLET, 0);
  happens(VISIT, BOBS_TABLET, 0);
  life_pass(&life, life.now_ms + 30 * LIFE_DAY);
  happens(VISIT, ZOE, 0);
  says("hers@x.example", ZOE, 0);
  assert_int_equal(decisions_of("zoe"), 0);
  life_start_anew(&life);
  assert_int_equal(decisions_of("zoe"), 0);
}

/* A visitor gives one address, corrects it, and comes back to it: what is recorded is about whom the device's id names, not about the other
 * address, which has it too. */
static void a_record_is_whose_name_it_says(void **state) {
  (void)state;
  says("first@x.example", TABLET, 0);
  says("second@x.example", TABLET, 0);
  says("first@x.example", TABLET, 0);
  happens(DEMO, TABLET, 0);
  assert_int_equal(decisions_of("tablet"), 1);
  assert_int_not_equal(clock_of("tablet")->warned_ms, TIME_NEVER);
  life_start_anew(&life);
  assert_int_equal(decisions_of("tablet"), 1);
}

/* Whose node is the older one decides which of two histories goes into the other, and an erasure changes it: the address was Zoe's first. */
static void of_two_in_one_stage_the_longer_one_stays(void **state) {
  (void)state;
  says("both@x.example", TABLET, 0);
  happens(VISIT, ZOES_TABLET, 0);
  happens(DEMO, BOB, 0);
  int64_t since_ms = entry_of("bob")->recorded_ms[0];
  says("both@x.example", PHONE, 0);
  happens(DEMO, PHONE, 0);
  life_erase(&life, STR("zoe"));
  says("both@x.example", BOB, 0);
  assert_int_equal(decisions_of("bob"), 2);
  assert_int_equal(entry_of("bob")->recorded_ms[0], since_ms);
  life_start_anew(&life);
  assert_int_equal(entry_of("bob")->recorded_ms[0], since_ms);
}

/* Clocks that were started at one instant stand in the same order when one of them was told anew. */
static void clocks_of_one_instant_keep_their_order(void **state) {
  (void)state;
  for (int bob_first = 0; bob_first < 2; bob_first++) {
    comes(DEMO, bob_first ? BOB : TABLET, 0);
    comes(DEMO, bob_first ? TABLET : BOB, 0);
    life_settle(&life, life.now_ms);
    happens(VISIT, BOBS_TABLET, 0);
    happens(VISIT, ZOES_TABLET, 10);
    const struct clock *newest = clock_of("bob");
    assert_int_equal(newest->started_ms,
                     clockbook_at(leadbook_clocks(pipeline_book(life.pipeline)), newest->older)->started_ms);
    life_erase(&life, STR("zoe"));
    life_start_anew(&life);
    life_erase(&life, STR("bob"));
  }
}

/* Bob had cooled off when a phone turned out to be his, by which he was an MQL all the while: nothing to record, the further stage stayed. Then
 * its past is Eva's: that he left the stage is on record, of when nobody knew of the phone, and has to be recorded again. */
static void a_stage_that_a_merge_gave_back_is_left_on_record(void **state) {
  (void)state;
  says("eva@x.example", "\"userId\":\"eva\"", 0);
  happens(DEMO, BOB, 0);
  life_pass(&life, life.now_ms + 13 * LIFE_DAY);
  happens(DEMO, PHONE, 0);
  life_pass(&life, life.now_ms + 9 * LIFE_DAY);
  assert_int_equal(decisions_of("bob"), 2);
  happens(VISIT, BOB "," PHONE, 0);
  assert_int_equal(decisions_of("bob"), 3);
  says("eva@x.example", PHONE, 5);
  assert_int_equal(decisions_of("bob"), 4);
  life_start_anew(&life);
}

/* Whoever gave the address lost all of it, first the laptop to Bob, then the phone to Zoe: what was recorded under the phone's id is Bob's by
 * then, who never had the phone. Then the address is Carl's. */
static void a_history_that_went_to_somebody_else_is_found(void **state) {
  (void)state;
  says("both@x.example", PHONE, 0);
  says("both@x.example", LAPTOP, 0);
  happens(DEMO, LAPTOP, 0);
  happens(VISIT, BOB "," LAPTOP, 0);
  happens(VISIT, ZOE "," PHONE, 0);
  says("both@x.example", "\"userId\":\"carl\"", 0);
  uint32_t bobs = decisions_of("bob"), carls = decisions_of("carl");
  somebody_says("\"lead\":\"phone\"");
  life_erase(&life, STR("zoe"));
  life_start_anew(&life);
  assert_int_equal(decisions_of("bob"), bobs);
  assert_int_equal(decisions_of("carl"), carls);
}

/* The laptop named the two devices of an address. Bob took the laptop, and Zoe the phone: only then was nothing left, and Bob got the history,
 * which names no device of hers. A start without Zoe would leave it with the address, which is Carl's. */
static void what_went_because_of_the_erased_stays_where_it_is(void **state) {
  (void)state;
  says("both@x.example", LAPTOP, 0);
  says("both@x.example", PHONE, 0);
  happens(DEMO, PHONE, 0);
  happens(VISIT, BOB "," LAPTOP, 0);
  happens(VISIT, ZOE "," PHONE, 0);
  says("both@x.example", "\"userId\":\"carl\"", 0);
  uint32_t bobs = decisions_of("bob"), carls = decisions_of("carl"), messages = messages_of("bob");
  somebody_says("\"lead\":\"laptop\"");
  life_erase(&life, STR("zoe"));
  assert_int_equal(messages_of("bob"), messages);
  life_start_anew(&life);
  assert_int_equal(messages_of("bob"), messages);
  assert_int_equal(decisions_of("bob"), bobs);
  assert_int_equal(decisions_of("carl"), carls);
}

/* Two people turn out to have had a tablet before anybody was folded: its history is whose it was by the first of the records, as at a start,
 * and not whose lead happens to be folded first. */
static void whose_a_history_is_follows_from_the_records(void **state) {
  (void)state;
  for (int bob_first = 0; bob_first < 2; bob_first++) {
    happens(DEMO, TABLET, 0);
    comes(VISIT, bob_first ? BOBS_TABLET : ZOES_TABLET, 0);
    comes(VISIT, bob_first ? ZOES_TABLET : BOBS_TABLET, 0);
    life_settle(&life, life.now_ms);
    assert_true(decisions_of(bob_first ? "bob" : "zoe") > 0);
    assert_int_equal(decisions_of(bob_first ? "zoe" : "bob"), 0);
    life_start_anew(&life);
    life_erase(&life, STR("zoe"));
    life_erase(&life, STR("bob"));
    life_start_anew(&life);
  }
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      CASE(what_went_into_the_erased_ones_history_goes),
      CASE(what_went_into_anothers_history_stays),
      CASE(what_others_were_told_of_the_erased_goes),
      CASE(an_id_of_the_erased_goes_from_what_stays),
      CASE(what_was_told_anew_goes_with_its_owner),
      CASE(it_is_told_anew_as_often_as_it_must),
      CASE(what_was_not_folded_yet_parts_as_well),
      CASE(a_message_of_somebody_without_decisions_goes_along),
      CASE(a_past_that_changed_no_stage_is_no_news),
      CASE(a_record_is_whose_name_it_says),
      CASE(of_two_in_one_stage_the_longer_one_stays),
      CASE(clocks_of_one_instant_keep_their_order),
      CASE(a_stage_that_a_merge_gave_back_is_left_on_record),
      CASE(a_history_that_went_to_somebody_else_is_found),
      CASE(what_went_because_of_the_erased_stays_where_it_is),
      CASE(whose_a_history_is_follows_from_the_records),
  };
  return cmocka_run_group_tests(tests, set_up_rules, free_rules);
}
