/* A lead that was forgotten might as well never have been: the engine that forgot it and one that never saw its events know the
 * same of everybody, whatever devices were shared, addresses given and ids merged, and whatever comes afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"
#include "world.h"

#include "base/err.h"
#include "core/journal/erasure.h"
#include <inttypes.h>

enum { WORLDS = 150, ROUNDS = 3 };

static const char *const more_rules =
    "lifecycle \"main\" { start = \"lead\",\n"
    "  move { \"lead\", \"mql\", when = score { d0 = at_least(15) } | seen(track \"E1\", { times = 2 }) } }\n"
    "rule \"big\" { on = track \"E4\", cap = 30,\n"
    "  points = function(lead, event) return { d2 = (lead.traits.seats or 0) > 50 and 2 or 1 } end }\n"
    "rule \"visits\" { on = visit { gap = \"1h\" }, points = { d2 = 1 }, limit = { times = 5, per = \"7d\" } "
    "}\n"
    "ignore \"noise\" { on = track \"E2\" { n = 13 } }\n";

static struct world world;
static bool gone[WORLD_EVENTS]; /* events of leads that were forgotten */

static const char *source_of(const struct world_event *event) {
  return event->number % 2 ? "s1" : "s0";
}

static void feed(struct rig *rig, int from, int to, bool all) {
  struct buf json;
  buf_init(&json);
  for (int i = from; i < to; i++) {
    struct world_event event = world.events[i];
    if (gone[i] && !all) {
      if (event.type != WORLD_GROUP) continue;
      event.user = event.anonymous = WORLD_NONE; /* what was said of the account stays, as nobody's word */
    }
    buf_clear(&json);
    world_event_json(&event, &json);
    rig_feed(rig, source_of(&world.events[i]), buf_str(&json));
  }
  buf_release(&json);
}

/* By the ids alone, as the journal is gone through. */
static void mark(const struct erasure *erasure, int count) {
  struct json_reader *reader = json_reader_new();
  struct normalised normal;
  struct json_ref root;
  struct buf json;
  struct err err;
  buf_init(&json);
  for (int i = 0; i < count; i++) {
    const struct normalise_context context = {.source = str_of(source_of(&world.events[i])),
                                              .received_ms = TIME_NEVER,
                                              .batch_sent_ms = TIME_NEVER};
    buf_clear(&json);
    world_event_json(&world.events[i], &json);
    assert_int_equal(json_parse(reader, json.data, json.len, &root, &err), 0);
    assert_int_equal(normalise_event(root, &context, &normal), REJECT_NONE);
    if (erasure_has_event(erasure, &normal.event)) gone[i] = true;
  }
  buf_release(&json);
  json_reader_free(reader);
}

/* What an erasure says survives the journal. */
static void reread(struct erasure *erasure) {
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf text;
  struct erasure_ask ask;
  struct err err;
  buf_init(&text);
  erasure_write(erasure, &text);
  erasure_release(erasure);
  erasure_init(erasure);
  assert_int_equal(json_parse(reader, text.data, text.len, &root, &err), 0);
  assert_int_equal(erasure_parse(erasure, root, &ask, &err), ERASURE_IDS);
  buf_release(&text);
  json_reader_free(reader);
}

static void forget_one(struct rig *rig, struct chance *chance, int fed) {
  struct erasure erasure;
  uint32_t cursor = 0, lead = 0;
  size_t leads = engine_lead_count(rig->engine);
  if (leads == 0) return;
  int which = chance_below(chance, (int)leads);
  while (which-- >= 0) assert_true(engine_next_lead(rig->engine, &cursor, &lead));
  erasure_init(&erasure);
  erasure_add_lead(&erasure, rig->engine, lead);
  if (chance_of(chance, 50)) reread(&erasure);
  mark(&erasure, fed);
  erasure_release(&erasure);
  engine_forget(rig->engine, lead);
}

static void expect_same(uint64_t seed, struct rig *left, struct generation *generation, int fed) {
  struct rig right;
  size_t at = 0, line = 0;
  rig_start(&right, generation);
  feed(&right, 0, fed, false);
  char *first = rig_describe(left, WORLD_EPOCH + INT64_C(100) * 86400000);
  char *other = rig_describe(&right, WORLD_EPOCH + INT64_C(100) * 86400000);
  for (; first[at] == other[at] && first[at]; at++)
    if (first[at] == '\n') line = at + 1;
  if (first[at] != other[at])
    fail_msg("seed %" PRIu64 ": forgotten, and never known:\n%.*s\n%.*s", seed,
             (int)strcspn(first + line, "\n"), first + line, (int)strcspn(other + line, "\n"), other + line);
  free(first);
  free(other);
  rig_stop(&right);
}

static void try_world(uint64_t seed, bool merges_by_email) {
  struct chance chance = {seed};
  struct rig rig;
  struct buf rules;
  int fed = 0;
  buf_init(&rules);
  world_make(&world, seed);
  world_rules(&world, &rules);
  buf_add_text(&rules, more_rules);
  if (merges_by_email) buf_add_text(&rules, "identity { email = \"merge\" }\n");
  memset(gone, 0, sizeof gone);
  struct generation *generation = rig_rules(rules.data, "a made-up world");
  rig_start(&rig, generation);
  for (int round = 0; round < ROUNDS; round++) {
    int to = round == ROUNDS - 1 ? world.event_count : chance_between(&chance, fed, world.event_count);
    feed(&rig, fed, to, true);
    fed = to;
    forget_one(&rig, &chance, fed);
    expect_same(seed, &rig, generation, fed);
  }
  rig_stop(&rig);
  generation_free(generation);
  buf_release(&rules);
}

static void who_is_forgotten_was_never_there(void **state) {
  (void)state;
  const char *asked = getenv("EMBUDO_PROPERTY_WORLDS");
  uint64_t worlds = asked ? strtoull(asked, NULL, 10) : WORLDS;
  for (uint64_t seed = 1; seed <= worlds; seed++) try_world(seed, seed % 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(who_is_forgotten_was_never_there)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
