/* Time is exact: what time alone changes happens at the analytically computed millisecond. Each case is a small ruleset
 * whose only move fires at an instant known in closed form; the recorded transition must carry exactly that instant, and
 * a millisecond earlier nothing may have happened. */
#include "core/rules/binding.h"
#include "written_rules.h"
#include <math.h>

#define START INT64_C(1704099600000) /* 2024-01-01T09:00:00Z */
#define DAY   TIME_MS_PER_DAY
#define HOUR  TIME_MS_PER_HOUR

struct world {
  struct generation *generation;
  struct binding *binding;
  struct engine *engine;
  struct fold *fold;
};

static void open_world(struct world *w, const char *rules) {
  struct engine_calls calls;
  const char *const files[] = {"rules.lua", rules, NULL};
  w->generation = written_files(files, NULL);
  w->binding = binding_new(w->generation);
  binding_calls(w->binding, &calls);
  w->engine = engine_new(w->generation->rules, &calls, NULL);
  w->fold = engine_fold_new(w->engine);
}

static void close_world(struct world *w) {
  fold_free(w->fold);
  engine_free(w->engine);
  binding_free(w->binding);
  generation_free(w->generation);
}

static void happen(struct world *w, int64_t t, const char *event) {
  char time[TIME_TEXT_MAX], json[512];
  struct feed feed = {.source = STR("test")};
  struct feed_result result;
  snprintf(json, sizeof json, "{\"userId\":\"ana\",\"timestamp\":\"%s\",%s}", time_text(t, time), event);
  engine_feed(w->engine, str_of(json), &feed, &result);
  assert_int_equal(result.accepted, 1);
}

static const char *stage_at(struct world *w, int64_t t) {
  uint32_t lead = engine_find_lead(w->engine, STR("ana"));
  engine_fold(w->engine, lead, t, w->fold);
  return w->generation->rules->lifecycles[0].stages[fold_stage(w->fold, 0)];
}

/* The stage changes to `stage` at exactly `t`, whether the fold stops there, before, or long after. */
static void changes_at(struct world *w, int64_t t, const char *stage) {
  assert_string_not_equal(stage_at(w, t - 1), stage);
  assert_string_equal(stage_at(w, t), stage);
  stage_at(w, t + 500 * DAY);
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(w->fold, &count);
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(w->generation->rules->lifecycles[0].stages[transitions[i].to], stage) == 0) {
      assert_int_equal(transitions[i].time_ms, t);
      return;
    }
  fail_msg("never entered %s", stage);
}

/* The first millisecond at which `points` half-lives' decay, rounded to milli-points, is below `bar`. */
static int64_t half_life_crossing(double points, double bar, double half_life_ms) {
  double below = bar - 0.0005; /* a score rounds to the bar until it is half a milli-point under it */
  return START + (int64_t)floor(half_life_ms * log2(points / below)) + 1;
}

#define MACHINE(rest)                                                                                        \
  "dimension \"heat\" {}\n"                                                                                  \
  "lifecycle \"main\" { start = \"lead\", move { \"lead\", \"cold\", when = " rest " } }\n"

static void half_life(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w,
      MACHINE(
          "score { heat = below(30) } & seen(track \"Hit\")") "rule \"hit\" { on = track \"Hit\", points = { "
                                                              "heat = 40 }, decay = half_life \"30d\" }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  changes_at(&w, half_life_crossing(40, 30, 30.0 * (double)DAY), "cold");
  close_world(&w);
}

static void several_half_lives_add_up(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w,
      MACHINE(
          "score { heat = below(20) } & seen(track \"Hit\")") "rule \"hit\" { on = track \"Hit\", points = { "
                                                              "heat = 40 }, decay = half_life \"10d\" }\n");
  happen(&w, START - 10 * DAY, "\"type\":\"track\",\"event\":\"Hit\"");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  changes_at(&w, half_life_crossing(60, 20, 10.0 * (double)DAY),
             "cold"); /* 20 left of the first, 40 of the second */
  close_world(&w);
}

static void linear(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w,
      MACHINE(
          "score { heat = at_most(10) } & seen(track \"Hit\")") "rule \"hit\" { on = track \"Hit\", points = "
                                                                "{ heat = 40 }, decay = linear \"60d\" }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  /* 40 (1 - t/60d) <= 10.0005, for there it rounds to 10; exactly half a milli-point rounds up, so just past it */
  int64_t t = (int64_t)floor((1 - 10.0005 / 40) * 60.0 * (double)DAY) + 1;
  changes_at(&w, START + t, "cold");
  close_world(&w);
}

static void step(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w,
      MACHINE("score { heat = at_most(20) } & seen(track \"Hit\")") "rule \"hit\" { on = track \"Hit\", "
                                                                    "points = { heat = 40 }, decay = step { "
                                                                    "[\"14d\"] = 0.5, [\"30d\"] = 0 } }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  changes_at(&w, START + 14 * DAY, "cold");
  close_world(&w);
}

static void opposite_signs_cross_upwards(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w, MACHINE("score { heat = at_least(0) } & seen(track \"Bad\")") "rule \"good\" { on = track "
                                                                        "\"Good\", points = { heat = 10 } }\n"
                                                                        "rule \"bad\" { on = track \"Bad\", "
                                                                        "points = { heat = -40 }, decay = "
                                                                        "half_life \"10d\" }\n");
  happen(&w, START - HOUR, "\"type\":\"track\",\"event\":\"Good\"");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Bad\"");
  /* -40 has to shrink to -10.0005 (excluded): it then rounds to -10.000 */
  changes_at(&w, half_life_crossing(40, 10.001, 10.0 * (double)DAY), "cold");
  close_world(&w);
}

static void windows_slide(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w,
      MACHINE("~seen(track \"Hit\", { times = 2, within = \"7d\" }) & seen(track \"Hit\", { times = 2 })"));
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  happen(&w, START + 3 * DAY, "\"type\":\"track\",\"event\":\"Hit\"");
  happen(&w, START + 5 * DAY, "\"type\":\"track\",\"event\":\"Hit\"");
  changes_at(&w, START + 10 * DAY, "cold"); /* the second newest leaves the window */
  close_world(&w);
}

static void silence(void **state) {
  (void)state;
  struct world w;
  open_world(&w, MACHINE("idle \"30d\"") "activity { track \"Hit\" }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  happen(&w, START + 20 * DAY, "\"type\":\"track\",\"event\":\"Email Sent\""); /* breaks nothing */
  changes_at(&w, START + 30 * DAY, "cold");
  close_world(&w);
}

static void time_in_stage(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w, "dimension \"heat\" {}\n"
          "lifecycle \"main\" { start = \"lead\", move { \"lead\", \"warm\", when = seen(track \"Hit\") },\n"
          "  move { \"warm\", \"cold\", when = in_stage_for \"14d\" } }\n");
  happen(&w, START - DAY, "\"type\":\"page\"");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  changes_at(&w, START + 14 * DAY, "cold");
  close_world(&w);
}

static void an_absence_fires_at_its_deadline(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w, MACHINE("score { heat = below(0) }") "rule \"no_show\" { on = sequence { track \"Registered\", "
                                               "no(track \"Attended\"), within = \"2d\", same = \"id\" },\n"
                                               "  points = { heat = -5 } }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Registered\",\"properties\":{\"id\":\"a\"}");
  happen(&w, START + DAY, "\"type\":\"track\",\"event\":\"Registered\",\"properties\":{\"id\":\"b\"}");
  happen(&w, START + DAY + HOUR, "\"type\":\"track\",\"event\":\"Attended\",\"properties\":{\"id\":\"a\"}");
  changes_at(&w, START + 3 * DAY, "cold");
  close_world(&w);
}

static void dates_come_and_go(void **state) {
  (void)state;
  struct world w;
  open_world(&w, MACHINE("trait { renewal = ahead \"120d\" }"));
  happen(&w, START, "\"type\":\"identify\",\"traits\":{\"renewal\":\"2024-12-01T00:00:00Z\"}");
  changes_at(&w, INT64_C(1733011200000) - 120 * DAY, "cold");
  close_world(&w);
}

static void velocity_changes_at_midnight(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w, MACHINE("~velocity(\"heat\", \"7d\", at_least(20)) & seen(track \"Hit\")") "rule \"hit\" { on = "
                                                                                     "track \"Hit\", points "
                                                                                     "= { heat = 25 } }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  /* on the eighth day the day to compare with is the event's own, which closed at 25 */
  changes_at(&w, (time_day(START) + 7) * DAY, "cold");
  close_world(&w);
}

static void the_same_move_waits(void **state) {
  (void)state;
  struct world w;
  open_world(&w,
             "dimension \"heat\" {}\n"
             "rule \"hit\" { on = track \"Hit\", points = { heat = 50 }, decay = step { [\"5d\"] = 0 } }\n"
             "lifecycle \"main\" { start = \"lead\",\n"
             "  move { \"lead\", \"hot\", when = score { heat = at_least(50) }, again = \"30d\" },\n"
             "  move { \"hot\", \"lead\", when = score { heat = below(50) } } }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  for (int day = 26; day < 35; day++) happen(&w, START + day * DAY, "\"type\":\"track\",\"event\":\"Hit\"");
  assert_string_equal(stage_at(&w, START), "hot");
  assert_string_equal(stage_at(&w, START + 5 * DAY), "lead");
  assert_string_equal(stage_at(&w, START + 30 * DAY - 1), "lead");
  assert_string_equal(stage_at(&w, START + 30 * DAY), "hot");
  close_world(&w);
}

static void opposite_moves_do_not_flutter(void **state) {
  (void)state;
  struct world w;
  open_world(
      &w, "dimension \"heat\" {}\n"
          "lifecycle \"main\" { start = \"lead\", move { \"lead\", \"hot\", when = seen(track \"Hit\") },\n"
          "  move { \"hot\", \"lead\", when = seen(track \"Hit\") } }\n");
  happen(&w, START, "\"type\":\"track\",\"event\":\"Hit\"");
  assert_string_equal(stage_at(&w, START + 100 * DAY),
                      "hot"); /* no chain enters a stage twice, time alone does not undo it */
  happen(&w, START + 100 * DAY, "\"type\":\"page\"");
  assert_string_equal(stage_at(&w, START + 200 * DAY), "lead");
  close_world(&w);
}

/* Events of one batch share an instant; which of them comes first in the total order says nothing about the lead. */
static void events_of_one_instant_come_to_the_same(void **state) {
  (void)state;
  static const char *const ids[2][2] = {{"1", "2"}, {"2", "1"}};
  for (int i = 0; i < 2; i++) {
    struct world w;
    char demo[200], who[200];
    open_world(&w, "lifecycle 'main' { start = 'fine', move { 'fine', 'incomplete', when = seen(track "
                   "'Demo') & ~known { 'title' } }, "
                   "move { 'incomplete', 'fine', when = known { 'title' } } }");
    snprintf(demo, sizeof demo, "\"type\":\"track\",\"event\":\"Demo\",\"messageId\":\"%s\"", ids[i][0]);
    snprintf(who, sizeof who, "\"type\":\"identify\",\"traits\":{\"title\":\"CTO\"},\"messageId\":\"%s\"",
             ids[i][1]);
    happen(&w, START, demo);
    happen(&w, START, who);
    assert_string_equal(stage_at(&w, START), "fine");
    assert_string_equal(stage_at(&w, START + DAY), "fine");
    close_world(&w);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(half_life),
      cmocka_unit_test(several_half_lives_add_up),
      cmocka_unit_test(linear),
      cmocka_unit_test(step),
      cmocka_unit_test(opposite_signs_cross_upwards),
      cmocka_unit_test(windows_slide),
      cmocka_unit_test(silence),
      cmocka_unit_test(time_in_stage),
      cmocka_unit_test(an_absence_fires_at_its_deadline),
      cmocka_unit_test(dates_come_and_go),
      cmocka_unit_test(velocity_changes_at_midnight),
      cmocka_unit_test(the_same_move_waits),
      cmocka_unit_test(opposite_moves_do_not_flutter),
      cmocka_unit_test(events_of_one_instant_come_to_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
