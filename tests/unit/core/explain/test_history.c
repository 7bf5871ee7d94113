#include "pipeline_rig.h"

#include "core/explain/history.h"

/* Fading points under a cap of a group, a limit, a reset, a profile rule, a stage entered by an event and left by time. */
static const char rules_text[] =
    "dimension 'fit' { max = 50 }\n"
    "dimension 'engagement' { max = 60 }\n"
    "group 'content' { dimension = 'engagement', max = 12 }\n"
    "rule 'demo' { on = track 'Demo', points = { engagement = 40 }, decay = half_life '10d' }\n"
    "rule 'read' { on = page {}, group = 'content', points = { engagement = 5 } }\n"
    "rule 'once' { on = track 'Demo', points = { fit = 3 }, limit = { times = 1 } }\n"
    "rule 'big' { when = trait { employees = at_least(100) }, points = { fit = 55 } }\n"
    "rule 'quiet' { when = idle '5d', points = { fit = -1 } }\n"
    "reset 'gone' { on = track 'Gone', dimensions = { 'engagement' } }\n"
    "lifecycle 'main' { start = 'lead',\n"
    "  move { 'lead', 'mql', doc = 'busy', when = score { engagement = at_least(40) } },\n"
    "  move { 'mql', 'lead', doc = 'faded', when = score { engagement = below(20) } } }\n";

#define T0  INT64_C(1700000000000)
#define DAY TIME_MS_PER_DAY

static struct history history;
static struct touch_list touches;

static int set_up(void **state) {
  (void)state;
  pipeline_rig_open(written_rules(rules_text));
  history_init(&history);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  history_release(&history);
  touch_list_release(&touches);
  touches = (struct touch_list){0};
  pipeline_rig_close();
  return 0;
}

static void event(const char *type, const char *name, const char *more, int64_t at_ms) {
  char text[512];
  snprintf(text, sizeof text,
           "{\"batch\":[{\"type\":\"%s\",\"event\":\"%s\",\"userId\":\"u\"%s,\"originalTimestamp\":1,"
           "\"timestamp\":%lld}]}",
           type, name, more, (long long)at_ms);
  pipeline_rig_take(JOURNAL_EVENTS, "web", T0 + 400 * DAY, text);
}

static void tell_story(void) {
  event("identify", "", ",\"traits\":{\"employees\":200}", T0);
  event("track", "Demo", "", T0 + DAY);
  event("track", "Demo", "", T0 + DAY);
  for (int i = 0; i < 4; i++) event("page", "", "", T0 + DAY + 1 + i);
  event("track", "Demo", "", T0 + 90 * DAY);
  event("track", "Gone", "", T0 + 91 * DAY);
}

static uint32_t find(void) {
  return engine_find_lead(pipeline_engine(pipeline), STR("u"));
}

static void read_page(int64_t at_ms, const struct history_place *before, uint32_t limit) {
  struct engine *engine = pipeline_engine(pipeline);
  uint32_t lead = find();
  engine_lead_touches(engine, lead, at_ms, &touches);
  history_read(&history, pipeline_fold(pipeline), engine_lead_id(engine, lead), &touches, at_ms, before,
               limit);
}

/* What an entry says of a rule; NULL: nothing. */
static const struct fold_change_rule *about(const struct history_entry *entry, const char *id) {
  int rule = ruleset_rule(generation->rules, str_of(id));
  for (uint32_t i = 0; i < entry->change.rule_count; i++)
    if (entry->change.rules[i].rule == rule) return &entry->change.rules[i];
  return NULL;
}

static int64_t points(const struct history_entry *entry, const char *id) {
  const struct fold_change_rule *rule = about(entry, id);
  int64_t sum = 0;
  for (uint32_t i = 0; rule && i < rule->point_count; i++)
    sum += entry->change.points[rule->first_point + i].points;
  return sum;
}

static const struct history_entry *entry_of(const char *id, enum fold_did did, uint32_t from) {
  for (uint32_t i = from; i < history.count; i++) {
    const struct fold_change_rule *rule = about(history_at(&history, i), id);
    if (rule && rule->did == did) return history_at(&history, i);
  }
  fail_msg("%s never %s", id, fold_did_word(did));
  return NULL;
}

enum { FIT, ENGAGEMENT };

static void an_event_tells_its_points_and_stage(void **state) {
  (void)state;
  tell_story();
  read_page(T0 + DAY, NULL, 100);
  assert_int_equal(history.count, 3);
  const struct history_entry *second = history_at(&history, 0), *first = history_at(&history, 1),
                             *start = history_at(&history, 2);
  assert_int_equal(points(start, "big"), 55000);
  assert_int_equal(about(start, "big")->did, FOLD_DID_BEGIN);
  assert_int_equal(start->change.after[FIT], 50000);
  assert_int_equal(start->change.cut[FIT], -5000);
  assert_int_equal(first->change.before[ENGAGEMENT], 0);
  assert_int_equal(first->change.after[ENGAGEMENT], 40000);
  assert_int_equal(first->change.transition_count, 1);
  assert_int_equal(first->place.order, 0);
  assert_int_equal(second->place.order, 1);
  assert_int_equal(about(second, "once")->did, FOLD_DID_EXCEED);
  assert_int_equal(second->change.after[ENGAGEMENT], 60000);
  assert_int_equal(second->change.cut[ENGAGEMENT], -20000);
}

static void time_alone_is_told_where_it_did_something(void **state) {
  (void)state;
  tell_story();
  read_page(T0 + 80 * DAY, NULL, 100);
  const struct history_entry *quiet = entry_of("quiet", FOLD_DID_BEGIN, 0);
  assert_null(quiet->touch);
  assert_int_equal(quiet->place.time_ms, T0 + 6 * DAY + 4);
  const struct history_entry *left = history_at(&history, 0);
  assert_null(left->touch);
  assert_int_equal(left->change.transition_count, 1);
  assert_string_equal(generation->rules->lifecycles[0].stages[left->change.transitions[0].to], "lead");
  assert_true(left->change.after[ENGAGEMENT] < 20000);
}

static void a_reset_takes_from_rules_that_did_nothing(void **state) {
  (void)state;
  tell_story();
  read_page(T0 + 91 * DAY, NULL, 100);
  const struct history_entry *gone = history_at(&history, 0);
  assert_int_equal(about(gone, "demo")->did, FOLD_DID_CHANGE);
  assert_true(points(gone, "demo") < -37000);
  assert_int_equal(points(gone, "read"), -20000);
  assert_int_equal(gone->change.cut[ENGAGEMENT], 8000); /* the group's cap had held 8 back */
  assert_int_equal(gone->change.after[ENGAGEMENT], 0);
}

static void points_and_cut_are_the_whole_difference(void **state) {
  (void)state;
  tell_story();
  read_page(T0 + 120 * DAY, NULL, HISTORY_LIMIT_MAX);
  assert_true(history.count > 9);
  for (uint32_t i = 0; i < history.count; i++) {
    const struct fold_change *change = &history_at(&history, i)->change;
    int64_t sums[2] = {change->before[0] + change->cut[0], change->before[1] + change->cut[1]};
    for (uint32_t k = 0; k < change->point_count; k++)
      sums[change->points[k].dimension] += change->points[k].points;
    for (int d = 0; d < 2; d++) assert_int_equal(sums[d], change->after[d]);
  }
}

/* Watching changes nothing: after every entry the scores are those of a plain fold up to there. */
static void a_watched_fold_is_the_fold(void **state) {
  (void)state;
  tell_story();
  read_page(T0 + 120 * DAY, NULL, HISTORY_LIMIT_MAX);
  struct fold *plain = engine_fold_new(pipeline_engine(pipeline));
  for (uint32_t i = 0; i < history.count; i++) {
    const struct history_entry *entry = history_at(&history, i);
    bool last = i == 0 || history_at(&history, i - 1)->place.time_ms > entry->place.time_ms;
    if (!last) continue;
    engine_fold(pipeline_engine(pipeline), find(), entry->place.time_ms, plain);
    for (int d = 0; d < 2; d++) assert_int_equal(fold_score(plain, d), entry->change.after[d]);
  }
  engine_fold(pipeline_engine(pipeline), find(), T0 + 120 * DAY, plain);
  const struct fold *watched = pipeline_fold(pipeline);
  for (int d = 0; d < 2; d++) assert_int_equal(fold_score(plain, d), fold_score(watched, d));
  assert_int_equal(fold_stage(plain, 0), fold_stage(watched, 0));
  fold_free(plain);
}

static void pages_follow_on_one_another(void **state) {
  (void)state;
  struct history_place places[HISTORY_LIMIT_MAX], before;
  uint32_t count = 0;
  tell_story();
  read_page(T0 + 120 * DAY, NULL, HISTORY_LIMIT_MAX);
  uint32_t all = history.count;
  for (uint32_t i = 0; i < all; i++) places[i] = history_at(&history, i)->place;
  assert_false(history.more);
  for (bool more = true; more; more = history.more) {
    read_page(T0 + 120 * DAY, count ? &before : NULL, 3);
    for (uint32_t i = 0; i < history.count; i++, count++) {
      before = history_at(&history, i)->place;
      assert_true(count < all);
      assert_int_equal(before.time_ms, places[count].time_ms);
      assert_int_equal(before.order, places[count].order);
    }
  }
  assert_int_equal(count, all);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(an_event_tells_its_points_and_stage, set_up, tear_down),
      cmocka_unit_test_setup_teardown(time_alone_is_told_where_it_did_something, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_reset_takes_from_rules_that_did_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(points_and_cut_are_the_whole_difference, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_watched_fold_is_the_fold, set_up, tear_down),
      cmocka_unit_test_setup_teardown(pages_follow_on_one_another, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
