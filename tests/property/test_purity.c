/* The same events give the same leads to the last bit, whatever way they come: in any order, any number of times, alone
 * or in envelopes, looked at in between or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"
#include "world.h"

#include "base/err.h"
#include <inttypes.h>

enum { WORLDS = 100, WAYS = 10, INSTANTS = 3, DUPLICATES_PERCENT = 30 };

/* On top of a world's own rules: everything whose state could depend on how events came. */
static const char *const more_rules =
    "lifecycle \"main\" {\n"
    "  start = \"lead\",\n"
    "  gate \"size\" { into = { \"mql\" }, need = known { \"seats\" } },\n"
    "  move { \"mql\", \"agreed\", when = qualified \"team\" | met \"own.c\" },\n"
    "  move { \"lead\", \"mql\", when = score { d0 = at_least(15) } | seen(track \"E1\", { times = 2, since "
    "= \"cycle\" }), again = \"5d\" },\n"
    "  move { \"mql\", \"lead\", when = score { d0 = below(10) } & in_stage_for \"2d\" },\n"
    "  move { { \"lead\", \"mql\" }, \"known\", when = account { tier = 0 } & seen(page {}) },\n"
    "  move { \"mql\", \"sal\", when = velocity(\"d1\", \"3d\", at_least(8)) },\n"
    "}\n"
    "rule \"no_follow\" { on = sequence { track \"E0\", no(track \"E1\"), within = \"2d\" }, points = { d1 = "
    "-3 } }\n"
    "rule \"same_path\" { on = sequence { times(2, page {}), within = \"5d\", same = \"path\" }, points = { "
    "d1 = 2 }, decay = half_life \"9d\" }\n"
    "rule \"quiet\" { when = idle \"10d\", points = { d2 = -4 } }\n"
    "rule \"answer\" { on = track \"E3\", cap = 50,\n"
    "  points = function(lead, event) return { d1 = math.min(event.properties.n or 0, 5) } end }\n"
    "rule \"big\" { on = track \"E4\", limit = { times = 9 }, cap = 30,\n"
    "  points = function(lead, event) return { d2 = (lead.traits.seats or 0) > 50 and 2 or 1 } end }\n"
    "rule \"warm\" { when = function(lead) return lead.scores.d0 > 12 end, points = { d1 = 1 } }\n"
    "rule \"broken\" { on = track \"E2\" { n = 3 }, points = function(lead, event) return { d2 = "
    "event.properties.none.x } end, cap = 9 }\n"
    "rule \"entered\" { on = entered \"mql\", points = { d2 = 2 } }\n"
    "rule \"visits\" { on = visit { gap = \"1h\" }, points = { d2 = 1 }, limit = { times = 5, per = \"7d\" "
    "}, topics = { \"web\" } }\n"
    "rule \"paths\" { when = seen(page {}, { distinct = \"path\", times = 3, within = \"5d\" }), points = { "
    "d0 = 4 } }\n"
    "rule \"known\" { when = completeness(\"team\", at_least(100)) | unmet \"own.c\", points = { d1 = 1 } }\n"
    "segment \"first\" { when = account { tier = at_least(1) } }\n"
    "rule \"account_words\" { when = function(lead) return lead.account_traits.tier == 2 end, points = { d2 "
    "= 3 } }\n"
    "reset \"asleep\" { when = idle \"20d\", dimensions = { \"d1\" }, keep = 0.25 }\n"
    "ignore \"noise\" { on = track \"E2\" { n = 13 } }\n"
    "activity { page {}, track(none_of { \"E1\" }) }\n"
    "profile { required = { \"country\", \"seats\" }, optional = { email = 2 } }\n"
    "identity { email = \"merge\" }\n";

struct parcel { /* how the events are sent: which, in which order */
  int order[2 * WORLD_EVENTS];
  int count;
};

static void pack(struct chance *chance, const struct world *world, struct parcel *parcel) {
  parcel->count = 0;
  for (int i = 0; i < world->event_count; i++) {
    parcel->order[parcel->count++] = i;
    if (chance_of(chance, DUPLICATES_PERCENT)) parcel->order[parcel->count++] = i;
  }
  for (int i = parcel->count - 1; i > 0; i--) {
    int k = chance_below(chance, i + 1), kept = parcel->order[i];
    parcel->order[i] = parcel->order[k];
    parcel->order[k] = kept;
  }
}

static const char *source_of(const struct world_event *event) {
  return event->number % 2 ? "s1" : "s0";
}

/* Sends events [from, to) that share a source in one envelope, from a cut-off point on one by one. */
static void send(struct chance *chance, struct rig *rig, const struct world *world,
                 const struct parcel *parcel) {
  struct buf json;
  buf_init(&json);
  for (int i = 0; i < parcel->count;) {
    const char *source = source_of(&world->events[parcel->order[i]]);
    int size = chance_of(chance, 50) ? 1 : chance_between(chance, 2, 20), sent = 0;
    buf_clear(&json);
    if (size > 1) buf_add_text(&json, "{ \"batch\": [");
    for (; sent < size && i < parcel->count; i++, sent++) {
      const struct world_event *event = &world->events[parcel->order[i]];
      if (source_of(event) != source) break;
      if (sent) buf_add_text(&json, " ,\n");
      world_event_json(event, &json);
    }
    if (size > 1) buf_add_text(&json, "] }");
    rig_feed(rig, source, buf_str(&json));
  }
  buf_release(&json);
}

static void send_in_parts(struct chance *chance, struct rig *rig, const struct world *world,
                          const struct parcel *parcel) {
  struct parcel first = *parcel, rest = *parcel;
  first.count = chance_below(chance, parcel->count + 1);
  rest.count = parcel->count - first.count;
  memmove(rest.order, parcel->order + first.count, (size_t)rest.count * sizeof *rest.order);
  send(chance, rig, world, &first);
  if (chance_of(chance, 50)) free(rig_describe(rig, world->events[0].time_ms)); /* looking changes nothing */
  send(chance, rig, world, &rest);
}

/* Everything about everybody at a few instants. */
static char *outcome(struct rig *rig, const struct world *world) {
  struct buf out;
  buf_init(&out);
  for (int i = 0; i < INSTANTS; i++) {
    int64_t at_ms = world->events[world->event_count * i / INSTANTS].time_ms + (i == 1 ? 12345678 : 0);
    char *leads = rig_describe(rig, i == INSTANTS - 1 ? WORLD_EPOCH + INT64_C(100) * 86400000 : at_ms);
    buf_add_text(&out, leads);
    free(leads);
  }
  return buf_detach(&out);
}

static void report(const char *first, const char *other, uint64_t seed, int way) {
  size_t at = 0, line = 0;
  for (; first[at] == other[at]; at++)
    if (first[at] == '\n') line = at + 1;
  fail_msg("seed %" PRIu64 ", way %d:\n%.*s\n%.*s", seed, way, (int)strcspn(first + line, "\n"), first + line,
           (int)strcspn(other + line, "\n"), other + line);
}

static char *run(uint64_t seed, int way, struct world *world, struct generation *generation) {
  struct chance chance = {seed * 1000 + (uint64_t)way};
  struct parcel parcel = {.count = 0};
  struct rig rig;
  rig_start(&rig, generation);
  if (way == 0) {
    for (int i = 0; i < world->event_count; i++) parcel.order[parcel.count++] = i;
    send(&chance, &rig, world, &parcel);
  } else {
    pack(&chance, world, &parcel);
    send_in_parts(&chance, &rig, world, &parcel);
    rig.nudges = way % 2 ? &chance : NULL;
  }
  char *text = outcome(&rig, world);
  rig_stop(&rig);
  return text;
}

static void try_world(uint64_t seed) {
  static struct world world;
  struct buf rules;
  char *first = NULL;
  buf_init(&rules);
  world_make(&world, seed);
  world_rules(&world, &rules);
  buf_add_text(&rules, more_rules);
  for (int way = 0; way <= WAYS; way++) {
    /* Quarantine is a fact of a run: each way has its own generation. */
    struct generation *generation = rig_rules(rules.data, "a made-up world");
    char *text = run(seed, way, &world, generation);
    generation_free(generation);
    if (!first) {
      first = text;
      continue;
    }
    if (strcmp(first, text) != 0) report(first, text, seed, way);
    free(text);
  }
  free(first);
  buf_release(&rules);
}

static void every_way_gives_the_same_leads(void **state) {
  (void)state;
  const char *asked = getenv("EMBUDO_PROPERTY_WORLDS");
  uint64_t worlds = asked ? strtoull(asked, NULL, 10) : WORLDS;
  for (uint64_t seed = 1; seed <= worlds; seed++) try_world(seed);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_way_gives_the_same_leads)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
