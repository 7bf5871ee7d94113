/* What is pending follows from a lead's touches alone: from when it could be asked until its answer or its deadline. */
#include "fold_rig.h"

#include "model/fold/fold_enrich.h"

static const char *const rules =
    "dimension 'fit' { min = -100 }\n"
    "dimension 'intent' {}\n"
    "rule 'page' { on = page {}, points = { intent = 5 } }\n"
    "rule 'big' { when = trait { ['company.size'] = at_least(50) }, points = { fit = 30 } }\n"
    "rule 'small' { when = trait { ['company.size'] = below(50) }, points = { fit = -10 } }\n"
    "rule 'offer' { on = track 'Offer', when = trait { ['company.size'] = at_least(50) }, points = { fit = 7 "
    "} }\n"
    "rule 'unlike' { on = track 'Unlike' | identify { hello = present }, when = ~trait { "
    "['company.size'] = at_least(50) }, points = { fit = 3 "
    "},\n"
    "  limit = { times = 2 } }\n"
    "rule 'cto' { when = trait { title = 'CTO' }, points = { fit = 20 } }\n"
    "enricher 'size' { needs = { 'domain' }, gives = { 'company.size' }, ttl = '10d', negative_ttl = '1d', "
    "deadline = '20s',\n"
    "  when = score { intent = at_least(5) }, run = function(lead, http) return nothing end }\n"
    "enricher 'loop' { needs = { 'domain' }, gives = { 'seats' }, when = trait { seats = missing }, deadline "
    "= "
    "'1m',\n"
    "  run = function(lead, http) return nothing end }\n"
    "lifecycle 'main' { start = 'lead', move { 'lead', 'warm', when = score { fit = at_least(20) } } }\n";

#define T0 (INT64_C(1704099600000))

enum { SIZE, LOOP };

static int number;

static int set_up(void **state) {
  (void)state;
  fold_rig_open(written_rules(rules));
  number = 0;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  fold_rig_close();
  return 0;
}

/* An event of `type` so long after T0, with more members. */
static void feed(int64_t after_ms, const char *type, const char *more) {
  char text[512], time[TIME_TEXT_MAX];
  bool system = strcmp(type, "enrichment") == 0;
  const struct feed how = {
      .source = system ? STR("embudo") : STR("web"), .received_ms = T0 + after_ms, .is_system = system};
  struct feed_result result;
  snprintf(text, sizeof text,
           "{\"type\":\"%s\",\"userId\":\"u\",\"messageId\":\"%03d\",\"timestamp\":\"%s\"%s}", type, ++number,
           time_text(T0 + after_ms, time), more);
  engine_feed(engine, str_of(text), &how, &result);
  if (result.accepted != 1) fail_msg("%s: %s", text, result.problems[0].reason);
}

static void answer(int64_t after_ms, const char *outcome, int64_t until_ms, const char *traits) {
  char more[384], time[TIME_TEXT_MAX];
  snprintf(more, sizeof more,
           ",\"event\":\"size\"%s%s,\"properties\":{\"outcome\":\"%s\",\"needs\":{\"domain\":\"a.example\"},"
           "\"until\":\"%s\"}",
           *traits ? ",\"traits\":" : "", traits, outcome, time_text(T0 + until_ms, time));
  feed(after_ms, "enrichment", more);
}

static void at(int64_t after_ms) {
  engine_fold(engine, engine_find_lead(engine, STR("u")), T0 + after_ms, fold);
}

static void assert_range(int64_t low, int64_t high) {
  int64_t least, most;
  fold_score_range(fold, 0, &least, &most);
  assert_int_equal(least, low * 1000);
  assert_int_equal(most, high * 1000);
}

static const char *stage(void) {
  return generation->rules->lifecycles[0].stages[fold_stage(fold, 0)];
}

static void begins_when_it_could_be_asked_and_ends_at_the_deadline(void **state) {
  (void)state;
  feed(0, "identify", ",\"traits\":{\"domain\":\"a.example\",\"title\":\"CTO\"}");
  at(0);
  assert_false(fold_is_pending(fold, SIZE)); /* nobody would ask yet */
  assert_range(20, 20);
  assert_string_equal(stage(), "warm");
  feed(60000, "page", "");
  at(60000);
  assert_true(fold_is_pending(fold, SIZE));
  assert_true(fold_enricher_wanted(fold, SIZE));
  assert_int_equal(fold_pending_until(fold, SIZE), T0 + 80000);
  assert_range(10, 50);
  at(79999);
  assert_true(fold_is_pending(fold, SIZE));
  at(80000);
  assert_false(fold_is_pending(fold, SIZE));
  assert_true(fold_enricher_wanted(fold, SIZE)); /* it still is worth asking */
  assert_range(20, 20);
}

static void nothing_is_decided_by_the_event_that_starts_the_asking(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\",\"title\":\"CTO\"}");
  at(1000);
  assert_string_equal(stage(), "lead");
  at(20999);
  assert_string_equal(stage(), "lead");
  at(21000);
  assert_string_equal(stage(), "warm");
  answer(15000, "answered", 86400000, "{\"company\":{\"size\":10}}"); /* it came in time, told late */
  at(21000);
  assert_string_equal(stage(), "lead");
  assert_range(10, 10);
}

static void an_answer_ends_it_and_its_own_end_begins_it_anew(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  answer(2000, "asked", 21000, "");
  at(2000);
  assert_true(fold_is_pending(fold, SIZE));
  answer(3000, "nothing", 50000, "");
  at(3000);
  assert_false(fold_is_pending(fold, SIZE));
  assert_false(fold_enricher_wanted(fold, SIZE));
  at(49999);
  assert_false(fold_enricher_wanted(fold, SIZE));
  at(50000);
  assert_true(fold_is_pending(fold, SIZE));
  assert_int_equal(fold_pending_until(fold, SIZE), T0 + 70000);
}

static void other_needs_are_another_question(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  answer(2000, "answered", 9000000, "{\"company\":{\"size\":100}}");
  at(3000);
  assert_false(fold_enricher_wanted(fold, SIZE));
  assert_range(30, 30);
  feed(4000, "identify", ",\"traits\":{\"domain\":\"b.example\"}");
  at(4000);
  assert_true(fold_enricher_wanted(fold, SIZE)); /* and until it is answered the old value stands */
  assert_range(30, 30);
}

/* Its own `when` is about what it tells: that it is pending does not end the wish for it, instant by instant. */
static void a_condition_on_what_it_gives_does_not_flap(void **state) {
  (void)state;
  feed(0, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  at(0);
  assert_true(fold_is_pending(fold, LOOP));
  feed(5000, "page", "");
  at(5000);
  assert_true(fold_is_pending(fold, LOOP));
  assert_int_equal(fold_pending_until(fold, LOOP), T0 + 60000);
  at(60000);
  assert_false(fold_is_pending(fold, LOOP));
  assert_true(fold_enricher_wanted(fold, LOOP));
  assert_false(fold_any_pending(fold));
}

static void event(int64_t after_ms, const char *name, const char *more) {
  char text[200];
  snprintf(text, sizeof text, ",\"event\":\"%s\"%s", name, more);
  feed(after_ms, "track", text);
}

static void assert_fit(int64_t points) {
  assert_int_equal(fold_score(fold, 0), points * 1000);
  assert_range(points, points);
}

/* Neither the event that starts the asking nor one that comes meanwhile is judged by what is not known yet. */
static void a_rule_waits_with_its_event_for_what_is_pending(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  event(2000, "Offer", "");
  event(3000, "Unlike", "");
  at(3000);
  assert_int_equal(fold_score(fold, 0), 0);
  assert_false(fold_incomplete(fold));
  assert_range(-10, 30 + 7 + 3); /* big or small, the offer, unlike */
  answer(4000, "answered", 864000000, "{\"company\":{\"size\":80}}");
  at(4000);
  assert_fit(30 + 7);
  event(5000, "Offer", "");
  event(5000, "Unlike", "");
  at(5000);
  assert_fit(30 + 7 + 7); /* known: nothing waits */
}

static void so_does_a_rule_of_the_event_that_makes_it_pending(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\",\"hello\":1}");
  at(1000);
  assert_true(fold_is_pending(fold, SIZE));
  assert_range(-10, 30 + 3);
  answer(4000, "answered", 864000000, "{\"company\":{\"size\":80}}");
  at(4000);
  assert_fit(30);
}

static void what_is_not_answered_counts_as_missing_at_the_deadline(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  event(2000, "Offer", "");
  for (int i = 0; i < 3; i++) event(3000 + i, "Unlike", "");
  at(20999);
  assert_range(-10, 30 + 7 + 9);
  at(21000);
  assert_fit(6); /* and no more than its limit */
  at(86400000);
  assert_fit(6);
}

static void what_waits_is_bounded(void **state) {
  (void)state;
  feed(0, "page", "");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  for (int i = 0; i < 100; i++) event(2000 + i, "Offer", "");
  at(3000);
  assert_true(fold_incomplete(fold)); /* and it says so */
  answer(4000, "answered", 864000000, "{\"company\":{\"size\":80}}");
  at(4000);
  assert_int_equal(fold_score(fold, 0), (30 + 64 * 7) * 1000);
}

static void any_order_of_coming_is_the_same(void **state) {
  (void)state;
  answer(9000, "answered", 9000000, "{\"company\":{\"size\":100}}");
  feed(1000, "identify", ",\"traits\":{\"domain\":\"a.example\"}");
  feed(0, "page", "");
  at(8999);
  assert_true(fold_is_pending(fold, SIZE));
  assert_int_equal(fold_pending_until(fold, SIZE), T0 + 21000);
  at(9000);
  assert_false(fold_is_pending(fold, SIZE));
  assert_range(30, 30);
  assert_string_equal(stage(), "warm");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(begins_when_it_could_be_asked_and_ends_at_the_deadline),
      TEST(nothing_is_decided_by_the_event_that_starts_the_asking),
      TEST(an_answer_ends_it_and_its_own_end_begins_it_anew),
      TEST(other_needs_are_another_question),
      TEST(a_condition_on_what_it_gives_does_not_flap),
      cmocka_unit_test_setup_teardown(a_rule_waits_with_its_event_for_what_is_pending, set_up, tear_down),
      cmocka_unit_test_setup_teardown(so_does_a_rule_of_the_event_that_makes_it_pending, set_up, tear_down),
      cmocka_unit_test_setup_teardown(what_is_not_answered_counts_as_missing_at_the_deadline, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(what_waits_is_bounded, set_up, tear_down),
      TEST(any_order_of_coming_is_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
