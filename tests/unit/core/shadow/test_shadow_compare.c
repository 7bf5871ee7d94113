#include "written_rules.h"

#include "core/journal/journal.h"
#include "core/journal/pipeline.h"
#include "core/shadow/shadow_tally.h"

#define LIVE                                                                                                 \
  "dimension 'e' {}\ndimension 'old' {}\n"                                                                   \
  "rule 'demo' { on = track 'Demo', points = { e = 40 } }\n"                                                 \
  "rule 'visit' { on = page {}, points = { e = 5 } }\n"                                                      \
  "rule 'gone' { on = track 'Gone', points = { old = 7 } }\n"                                                \
  "lifecycle 'sales' { start = 'lead', move { 'lead', 'mql', when = score { e = at_least(40) } } }\n"
#define CANDIDATE                                                                                            \
  "dimension 'e' { max = 60 }\n"                                                                             \
  "rule 'demo' { on = track 'Demo', points = { e = 10 } }\n"                                                 \
  "rule 'visit' { on = page {}, points = { e = 5 } }\n"                                                      \
  "rule 'big' { on = track 'Big', points = { e = 100 } }\n"                                                  \
  "lifecycle 'sales' { start = 'lead', move { 'lead', 'hot', when = score { e = at_least(60) } } }\n"

struct side {
  struct generation *generation;
  struct pipeline *pipeline;
};
static struct side live, candidate;
static struct shadow_pair *pair;

static struct side open_side(const char *text) {
  struct side side;
  side.generation = written_rules(text);
  side.pipeline = pipeline_new(side.generation, NULL);
  return side;
}

static int set_up(void **state) {
  (void)state;
  live = open_side(LIVE);
  candidate = open_side(CANDIDATE);
  pair = shadow_pair_new(live.generation->rules, candidate.generation->rules);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  shadow_pair_free(pair);
  pipeline_free(live.pipeline);
  pipeline_free(candidate.pipeline);
  generation_free(live.generation);
  generation_free(candidate.generation);
  return 0;
}

#define NOW INT64_C(1700000000000)

static void happens(const char *type, const char *name, const char *user) {
  static uint64_t seq;
  char text[256];
  struct err err;
  snprintf(text, sizeof text, "{\"type\":\"%s\",\"event\":\"%s\",\"userId\":\"%s\",\"messageId\":\"%d\"}",
           type, name, user, (int)++seq);
  const struct store_record record = {
      .seq = seq, .kind = JOURNAL_EVENTS, .received_ms = NOW, .source = STR("test"), .bytes = str_of(text)};
  assert_int_equal(pipeline_take(live.pipeline, &record, NULL, &err), 0);
  assert_int_equal(pipeline_take(candidate.pipeline, &record, NULL, &err), 0);
}

static struct shadow_difference *compare(const char *user) {
  uint32_t left = engine_find_lead(pipeline_engine(live.pipeline), str_of(user));
  uint32_t right = engine_find_lead(pipeline_engine(candidate.pipeline), str_of(user));
  assert_true(pipeline_look(live.pipeline, left, NOW) > 0);
  assert_true(pipeline_look(candidate.pipeline, right, NOW) > 0);
  return shadow_compare(pair, pipeline_fold(live.pipeline), pipeline_fold(candidate.pipeline));
}

static void what_is_alike_is_no_difference(void **state) {
  (void)state;
  happens("page", "", "ana");
  assert_null(compare("ana"));
}

static void a_difference_is_of_scores_stages_and_rules(void **state) {
  (void)state;
  happens("track", "Demo", "ana");
  happens("page", "", "ana");
  struct shadow_difference *difference = compare("ana");
  assert_int_equal(difference->count, 3);
  assert_int_equal(difference->items[0].what, SHADOW_SCORE);
  assert_int_equal(difference->items[0].live, 45000);
  assert_int_equal(difference->items[0].candidate, 15000);
  assert_int_equal(difference->items[1].what, SHADOW_RULE);
  assert_int_equal(difference->items[1].live, 40000);
  assert_int_equal(difference->items[1].candidate, 10000);
  assert_int_equal(difference->items[2].what, SHADOW_STAGE); /* mql -> lead */
  free(difference);
}

static struct str name(void *context, uint32_t lead) {
  (void)context;
  return engine_lead_id(pipeline_engine(live.pipeline), lead);
}

/* The tally's JSON of these leads. */
static void tell(const char *const *users, size_t count, struct buf *out) {
  struct shadow_tally *tally = shadow_tally_new(pair);
  struct shadow_difference *differences[4];
  struct json_writer w;
  for (size_t i = 0; i < count; i++) {
    differences[i] = compare(users[i]);
    shadow_tally_add(tally, engine_find_lead(pipeline_engine(live.pipeline), str_of(users[i])),
                     differences[i]);
  }
  assert_int_equal(shadow_tally_differing(tally), count);
  json_writer_init(&w, out);
  shadow_tally_put(tally, count + 1, name, NULL, &w);
  shadow_tally_free(tally);
  for (size_t i = 0; i < count; i++) free(differences[i]);
}

static void assert_has(const struct buf *text, const char *part) {
  if (!strstr(text->data, part)) fail_msg("%s\nis not in\n%s", part, text->data);
}

static void sums_tell_who_moves_by_how_much_and_why(void **state) {
  (void)state;
  static const char *const users[] = {"ana", "bob", "gus"};
  struct buf text;
  happens("track", "Demo", "ana");
  happens("track", "Big", "bob"); /* 100, of which the dimension takes 40 away */
  happens("track", "Gone", "gus");
  buf_init(&text);
  tell(users, 3, &text);
  assert_has(&text, "{\"leads\":4,\"differing\":3,\"differing_score\":3,\"differing_stage\":2,");
  assert_has(&text, "{\"dimension\":\"e\",\"leads\":2,\"sum\":30,\"mean\":15,\"most\":60,\"limits\":-40}");
  assert_has(&text, "{\"dimension\":\"old\",\"leads\":1,\"sum\":-7,\"mean\":-7,\"most\":-7,\"limits\":0}");
  assert_has(&text, "{\"lifecycle\":\"sales\",\"from\":\"mql\",\"to\":\"lead\",\"leads\":1}");
  assert_has(&text, "{\"lifecycle\":\"sales\",\"from\":\"lead\",\"to\":\"hot\",\"leads\":1}");
  assert_has(&text,
             "\"rules\":[{\"rule\":\"big\",\"dimension\":\"e\",\"in\":\"candidate\",\"leads\":1,\"sum\":100,"
             "\"size\":100},{\"rule\":\"demo\",\"dimension\":\"e\",\"in\":\"both\",\"leads\":1,\"sum\":-30,"
             "\"size\":30},{\"rule\":\"gone\",\"dimension\":\"old\",\"in\":\"live\",");
  assert_has(
      &text,
      "\"examples\":[{\"lead\":\"bob\",\"scores\":[{\"dimension\":\"e\",\"live\":0,\"candidate\":60}]");
  buf_release(&text);
}

/* Whoever is told, nobody who is worse off is left out for somebody who is less so. */
static void examples_are_bounded_and_the_largest(void **state) {
  (void)state;
  struct shadow_tally *tally = shadow_tally_new(pair);
  struct shadow_difference *all[150];
  struct json_writer w;
  struct buf text;
  uint32_t e = map_get(&pair->dimensions, STR("e"));
  happens("page", "", "ana");
  for (int i = 0; i < 150; i++) {
    all[i] = xcalloc(1, sizeof *all[i] + sizeof all[i]->items[0]);
    all[i]->count = 1;
    all[i]->items[0] = (struct shadow_item){SHADOW_SCORE, e, 0, 0, (i * 7 % 150 + 1) * MILLI};
    shadow_tally_add(tally, 0, all[i]);
  }
  buf_init(&text);
  json_writer_init(&w, &text);
  shadow_tally_put(tally, 150, name, NULL, &w);
  size_t told = 0;
  for (const char *at = text.data; (at = strstr(at, "\"lead\":")); at++) told++;
  assert_int_equal(told, SHADOW_EXAMPLES_MAX);
  assert_has(&text, "\"candidate\":150}");
  assert_has(&text, "\"candidate\":51}");
  assert_null(strstr(text.data, "\"candidate\":50}"));
  buf_release(&text);
  shadow_tally_free(tally);
  for (int i = 0; i < 150; i++) free(all[i]);
}

static void nobody_in_the_candidate_counts_as_zero(void **state) {
  (void)state;
  happens("track", "Demo", "ana");
  uint32_t lead = engine_find_lead(pipeline_engine(live.pipeline), STR("ana"));
  assert_true(pipeline_look(live.pipeline, lead, NOW) > 0);
  struct shadow_difference *difference = shadow_compare(pair, pipeline_fold(live.pipeline), NULL);
  assert_int_equal(difference->items[0].candidate, 0);
  assert_int_equal(difference->items[difference->count - 1].candidate, NONE);
  free(difference);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_alike_is_no_difference, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_difference_is_of_scores_stages_and_rules, set_up, tear_down),
      cmocka_unit_test_setup_teardown(sums_tell_who_moves_by_how_much_and_why, set_up, tear_down),
      cmocka_unit_test_setup_teardown(examples_are_bounded_and_the_largest, set_up, tear_down),
      cmocka_unit_test_setup_teardown(nobody_in_the_candidate_counts_as_zero, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
