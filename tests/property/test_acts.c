/* People act at random on leads at random, under the default pack: what must never happen does not, and what happened is
 * the same again when it is read back, in the journal's order or in any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rig.h"
#include "world.h"

#include "base/err.h"
#include "core/desk/act.h"
#include <inttypes.h>
#include <stdio.h>

enum { STORIES = 60, STEPS = 120, EVENT_TEXT_MAX = 1024 };

struct story {
  struct chance chance;
  struct rig rig;
  struct arena arena;
  int64_t now_ms;
  char events[STEPS + 1][EVENT_TEXT_MAX];
  bool by_embudo[STEPS + 1];
  int count;
  int accepted, refused;
  uint64_t seed;
};

static void feed(struct rig *rig, const char *json, bool by_embudo, int64_t now_ms) {
  const struct feed how = {.source = STR("s"), .received_ms = now_ms, .is_system = by_embudo};
  struct feed_result result;
  engine_feed(rig->engine, str_of(json), &how, &result);
  if (result.accepted != 1)
    fail_msg("%s: %s", json, result.problem_count ? result.problems[0].reason : "duplicate");
}

static void keep(struct story *story, const char *json, bool by_embudo) {
  snprintf(story->events[story->count], EVENT_TEXT_MAX, "%s", json);
  story->by_embudo[story->count++] = by_embudo;
  feed(&story->rig, json, by_embudo, story->now_ms);
}

/* --- what leads do ---------------------------------------------------------------------------------------------------- */

static void do_event(struct story *story) {
  static const char *const events[] = {
      "\"type\":\"track\",\"event\":\"Demo Requested\"",
      "\"type\":\"track\",\"event\":\"Quote Requested\"",
      "\"type\":\"track\",\"event\":\"Support Requested\"",
      "\"type\":\"track\",\"event\":\"Unsubscribed\"",
      "\"type\":\"track\",\"event\":\"Deal Won\"",
      "\"type\":\"page\",\"properties\":{\"path\":\"/pricing\"}",
      "\"type\":\"identify\",\"traits\":{\"company\":{\"employees\":300,\"name\":\"Mills\"}}",
      "\"type\":\"identify\",\"traits\":{\"title\":null}",
      "\"type\":\"identify\",\"traits\":{\"first_name\":\"Ana\",\"last_name\":\"R\",\"title\":\"Sales "
      "Director\",\"email\":\"a@mills.example\",\"country\":\"ES\",\"company\":{\"employees\":300,"
      "\"industry\":"
      "\"Manufacturing\"}}",
  };
  char text[EVENT_TEXT_MAX];
  int rare = chance_below(&story->chance, 300);
  int which = rare < 4 ? chance_between(&story->chance, 2, 4) : chance_below(&story->chance, 9);
  if (which == 3 && rare >= 4) which = 0;
  snprintf(text, sizeof text, "{%s,\"userId\":\"u\",\"messageId\":\"m%03d\",\"timestamp\":%" PRId64 "}",
           events[which], story->count, story->now_ms);
  keep(story, text, false);
}

/* --- what people want ------------------------------------------------------------------------------------------------- */

static const char *const acts[] = {"accept",   "claim",   "reject",  "qualify",    "open",        "win",
                                   "lose",     "reopen",  "recycle", "give_up",    "assist",      "promote",
                                   "log_call", "consent", "move",    "disqualify", "log_meeting", "nonsense"};
static const char *const reasons[] = {"",        "no_time", "no_answer", "competitor",
                                      "no_need", "not_mql", "price",     "x"};
static const char *const roles[] = {"sales", "sales", "sales", "marketing", "admin", "nobody", ""};

static const char *any(struct chance *chance, const char *const *words, size_t count) {
  return words[chance_below(chance, (int)count)];
}
#define ANY(chance, words) any(chance, words, sizeof(words) / sizeof *(words))

/* Mostly what could be done, or nearly; sometimes anything. */
static void ask(struct story *story, struct buf *out) {
  struct chance *chance = &story->chance;
  struct act_choice *choices;
  uint32_t count = act_choices(story->rig.fold, &story->arena, &choices);
  const struct act_choice *choice = &choices[chance_below(chance, (int)count)];
  bool sensible = chance_of(chance, 70);
  const struct move *move = sensible ? choice->move : NULL;
  const char *reason = ANY(chance, reasons), *role = sensible ? "sales" : ANY(chance, roles);
  if (move)
    reason = move->reason_count ? move->reasons[chance_below(chance, (int)move->reason_count)].code : "";
  if (sensible && !move) reason = "";
  buf_printf(out, "{\"act\":\"%s\"", sensible ? choice->act : ANY(chance, acts));
  if (*role) buf_printf(out, ",\"role\":\"%s\"", role);
  if (chance_of(chance, 95)) buf_add_text(out, ",\"actor\":\"maria\"");
  if (*reason) buf_printf(out, ",\"reason\":\"%s\"", reason);
  if (chance_of(chance, 15)) buf_add_text(out, ",\"override\":\"because\"");
  buf_add_text(out, ",\"properties\":{");
  if (chance_of(chance, 70))
    buf_add_text(
        out,
        "\"meets_mql\":true,\"can_talk\":true,\"plausible\":true,\"outcome\":\"connect\",\"need\":\"x\",");
  buf_printf(
      out,
      "\"amount\":%d,\"note\":\"n\",\"solution\":\"s\",\"next_step\":\"t\",\"close_date\":\"2024-12-01\"}}",
      chance_below(chance, 1000));
}

/* --- what must never happen ------------------------------------------------------------------------------------------- */

/* Read from the declarations alone. */
static bool is_declared(const struct ruleset *rules, const struct touch_act *act) {
  const struct lifecycle *l = &rules->lifecycles[act->lifecycle];
  for (uint32_t m = 0; m < l->move_count; m++) {
    const struct move *move = &l->moves[m];
    const char *name = move->act == NONE ? "move" : rules->acts[move->act].name;
    if (move->to != act->to || !(move->from >> act->from & 1) || !str_eq(str_of(name), act->name)) continue;
    for (uint32_t i = 0; i < move->by_count; i++)
      if (str_eq(str_of(move->by[i]), act->role)) return true;
  }
  return false;
}

static void check_transition(const struct story *story, const struct fold_transition *t) {
  const struct ruleset *rules = fold_rules(story->rig.fold);
  const struct lifecycle *l = &rules->lifecycles[t->lifecycle];
  if (t->act) {
    assert_true(t->act->actor.len > 0 && t->act->role.len > 0);
    if (!is_declared(rules, t->act))
      fail_msg("seed %" PRIu64 ": undeclared %.*s to %s", story->seed, STR_ARG(t->act->name),
               l->stages[t->to]);
  }
  if (!lifecycle_hands_off(l, t->from, t->to)) return;
  bool endorsed = l->endorsed >> t->from & 1;
  bool claimed = t->act && str_eq(t->act->name, STR("claim"));
  if (!endorsed && !claimed && !(t->act && t->act->overridden))
    fail_msg("seed %" PRIu64 ": %s to %s without an MQL, a claim or an override", story->seed,
             l->stages[t->from], l->stages[t->to]);
}

static void check_all(const struct story *story) {
  uint32_t count;
  const struct fold_transition *transitions = fold_transitions(story->rig.fold, &count);
  for (uint32_t i = 0; i < count; i++) check_transition(story, &transitions[i]);
}

static uint32_t fold_now_of(struct story *story) {
  uint32_t lead = engine_find_lead(story->rig.engine, STR("u"));
  if (lead != IDENTITY_NONE) engine_fold(story->rig.engine, lead, story->now_ms, story->rig.fold);
  return lead;
}

static void do_act(struct story *story, struct json_reader *reader) {
  struct act_request request = {.time_ms = TIME_NEVER, .lead = {ID_USER, STR("u")}};
  struct act_refusal refusal;
  struct buf text, event;
  struct json_ref root;
  struct err err;
  char id[16];
  if (fold_now_of(story) == IDENTITY_NONE) return;
  buf_init(&text);
  buf_init(&event);
  ask(story, &text);
  snprintf(id, sizeof id, "m%03d", story->count);
  request.message_id = str_of(id);
  if (json_parse(reader, text.data, text.len, &root, &err) || act_read(root, &request, &err))
    fail_msg("%s", err.text);
  bool contactable = fold_contactable(story->rig.fold);
  int stage = fold_stage(story->rig.fold, 0);
  if (act_judge(story->rig.fold, &request, &story->arena, &event, &refusal)) {
    assert_true(request.actor.len > 0 && request.role.len > 0);
    keep(story, event.data, true);
    fold_now_of(story);
    bool handed = lifecycle_hands_off(&fold_rules(story->rig.fold)->lifecycles[0], stage,
                                      fold_stage(story->rig.fold, 0));
    if (handed && !contactable)
      fail_msg("seed %" PRIu64 ": handed on who must not be contacted", story->seed);
    story->accepted++;
  } else {
    assert_true(refusal.code != ACT_FINE && refusal.message[0]);
    assert_int_equal(event.len, 0);
    story->refused++;
  }
  buf_release(&text);
  buf_release(&event);
}

/* --- reading it back -------------------------------------------------------------------------------------------------- */

static char *read_back(struct story *story, struct generation *generation, bool shuffled) {
  struct rig rig;
  int order[STEPS + 1];
  for (int i = 0; i < story->count; i++) order[i] = i;
  for (int i = story->count - 1; shuffled && i > 0; i--) {
    int k = chance_below(&story->chance, i + 1), kept = order[i];
    order[i] = order[k];
    order[k] = kept;
  }
  rig_start(&rig, generation);
  for (int i = 0; i < story->count; i++)
    feed(&rig, story->events[order[i]], story->by_embudo[order[i]], story->now_ms);
  char *text = rig_describe(&rig, story->now_ms);
  rig_stop(&rig);
  return text;
}

static void tell_story(uint64_t seed, struct generation *generation, int totals[2]) {
  static struct story story;
  struct json_reader *reader = json_reader_new();
  memset(&story, 0, sizeof story);
  story.seed = seed;
  story.chance.state = seed * 31 + 7;
  story.now_ms = INT64_C(1704099600000);
  arena_init(&story.arena, 0);
  rig_start(&story.rig, generation);
  for (int step = 0; step < STEPS; step++) {
    story.now_ms += chance_of(&story.chance, 20) ? chance_between(&story.chance, 1, 40) * INT64_C(86400000)
                                                 : chance_between(&story.chance, 1, 3600000);
    if (chance_of(&story.chance, 35))
      do_event(&story);
    else
      do_act(&story, reader);
  }
  fold_now_of(&story);
  check_all(&story);
  char *live = rig_describe(&story.rig, story.now_ms);
  for (int way = 0; way < 3; way++) {
    char *again = read_back(&story, generation, way > 0);
    if (strcmp(live, again) != 0) fail_msg("seed %" PRIu64 ", way %d:\n%s\n%s", seed, way, live, again);
    free(again);
  }
  free(live);
  totals[0] += story.accepted;
  totals[1] += story.refused;
  rig_stop(&story.rig);
  arena_release(&story.arena);
  json_reader_free(reader);
}

static void nobody_gets_to_sales_without_word_claim_or_override(void **state) {
  (void)state;
  struct problems problems;
  int totals[2] = {0, 0};
  problems_init(&problems);
  struct generation *generation = generation_load(TEST_ROOT "/rules", NULL, &problems);
  assert_non_null(generation);
  const char *asked = getenv("EMBUDO_PROPERTY_WORLDS");
  uint64_t stories = asked ? strtoull(asked, NULL, 10) : STORIES;
  for (uint64_t seed = 1; seed <= stories; seed++) tell_story(seed, generation, totals);
  generation_free(generation);
  problems_release(&problems);
  /* Both happen often, or nothing was tested. */
  assert_true((uint64_t)totals[0] > stories * 5 && (uint64_t)totals[1] > stories * 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_gets_to_sales_without_word_claim_or_override)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
