/* The engine scores, and moves leads by people's acts, as the naive scorer does, over made-up rules, people and events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "naive.h"
#include "rig.h"

#include <inttypes.h>
#include <stdlib.h>

enum { WORLDS = 300, INSTANTS = 4 }; /* EMBUDO_PROPERTY_WORLDS=n tries more */

static void feed_world(struct rig *rig, const struct world *world) {
  struct buf json;
  buf_init(&json);
  for (int i = 0; i < world->event_count; i++) {
    buf_clear(&json);
    world_event_json(&world->events[i], &json);
    rig_feed(rig, world->events[i].number % 2 ? "s1" : "s0", buf_str(&json));
  }
  buf_release(&json);
}

static void tell_difference(const struct world *world, uint64_t seed, const char *id, int64_t at_ms,
                            int dimension, int64_t engine, int64_t naive) {
  struct buf rules;
  buf_init(&rules);
  world_rules(world, &rules);
  fail_msg("seed %" PRIu64 ", lead %s at %" PRId64 ", d%d: engine %" PRId64 ", naive %" PRId64 "\n%s", seed,
           id, at_ms, dimension, engine, naive, rules.data);
}

static void compare_lead(struct rig *rig, const struct naive *naive, uint64_t seed, int lead, int64_t at_ms) {
  int64_t expected[WORLD_DIMENSIONS];
  const char *id = naive->ids[lead];
  uint32_t number = engine_find_lead(rig->engine, str_of(id));
  if (number == IDENTITY_NONE) fail_msg("seed %" PRIu64 ": no lead %s", seed, id);
  assert_true(str_eq(engine_lead_id(rig->engine, number), str_of(id)));
  size_t events = engine_fold(rig->engine, number, at_ms, rig->fold);
  assert_int_equal(events, naive_events(naive, lead, at_ms));
  if (events == 0) return;
  const char *stage = fold_rules(rig->fold)->lifecycles[0].stages[fold_stage(rig->fold, 0)];
  if (stage[1] - '0' != naive_stage(naive, lead, at_ms))
    fail_msg("seed %" PRIu64 ", lead %s at %" PRId64 ": engine %s, naive s%d", seed, id, at_ms, stage,
             naive_stage(naive, lead, at_ms));
  naive_scores(naive, lead, at_ms, expected);
  for (int d = 0; d < WORLD_DIMENSIONS; d++)
    if (fold_score(rig->fold, d) != expected[d])
      tell_difference(naive->world, seed, id, at_ms, d, fold_score(rig->fold, d), expected[d]);
}

static void compare_world(uint64_t seed) {
  static struct world world;
  static struct naive naive;
  struct rig rig;
  struct buf rules;
  struct chance chance = {seed};
  buf_init(&rules);
  world_make(&world, seed);
  naive_make(&naive, &world);
  world_rules(&world, &rules);
  struct generation *generation = rig_rules(rules.data, "a made-up world");
  rig_start(&rig, generation);
  feed_world(&rig, &world);
  assert_int_equal(engine_lead_count(rig.engine), naive.lead_count);
  for (int i = 0; i < INSTANTS; i++) {
    int event = chance_below(&chance, world.event_count);
    int64_t at_ms = world.events[event].time_ms;
    if (i % 2) at_ms += chance_between(&chance, 0, 1000000000);
    for (int lead = 0; lead < naive.lead_count; lead++) compare_lead(&rig, &naive, seed, lead, at_ms);
  }
  rig_stop(&rig);
  generation_free(generation);
  buf_release(&rules);
}

static void scores_as_the_naive_scorer_does(void **state) {
  (void)state;
  const char *asked = getenv("EMBUDO_PROPERTY_WORLDS");
  uint64_t worlds = asked ? strtoull(asked, NULL, 10) : WORLDS;
  for (uint64_t seed = 1; seed <= worlds; seed++) compare_world(seed);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(scores_as_the_naive_scorer_does)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
