/* The sales desk over random histories: people do things, come late, turn out to be one, are erased; sellers act; rules change; the daemon
 * starts anew. After each step: nobody is with sales without an MQL, a claim or an override; no act is nobody's; no clock survives its
 * stage; who is out is in no list; what the lists, the running clocks and the accounts are kept in says what looking at
 * every lead says; and a new start finds everything as it was, to the byte, and has nothing to add. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desk_check.h"
#include "life.h"

#include "base/err.h"
#include "core/desk/act.h"
#include "core/engine/stages.h"
#include "core/rules/alike.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIVES = 600, STEPS = 150 };

/* --- what happens ---------------------------------------------------------------------------------------------------------- */

/* Some devices are shared. */
static void put_id(struct life *life, bool named, struct buf *out) {
  int person = chance_below(&life->chance, LIFE_PEOPLE);
  bool known = named || chance_of(&life->chance, 65), cookie = !known || chance_of(&life->chance, 20);
  if (known) buf_printf(out, ",\"userId\":\"u%d\"", person);
  int device = chance_of(&life->chance, 15) ? chance_below(&life->chance, LIFE_PEOPLE) : person;
  if (cookie) buf_printf(out, ",\"anonymousId\":\"a%d\"", device);
}

static void do_event(struct life *life) {
  struct buf text;
  int64_t at =
      life->now_ms - (chance_of(&life->chance, 25) ? chance_below(&life->chance, 20) * LIFE_DAY / 2 : 0);
  buf_init(&text);
  buf_add_text(&text, "{\"batch\":[{");
  int what = chance_below(&life->chance, 12);
  switch (what) {
  case 0:
  case 1:
  case 2: buf_add_text(&text, "\"type\":\"track\",\"event\":\"Demo\""); break;
  case 3: buf_add_text(&text, "\"type\":\"track\",\"event\":\"Ask\""); break;
  case 4:
    buf_add_text(&text, chance_of(&life->chance, 15) ? "\"type\":\"track\",\"event\":\"Stop\""
                                                     : "\"type\":\"page\"");
    break;
  case 5: buf_printf(&text, "\"type\":\"group\",\"groupId\":\"g%d\"", chance_below(&life->chance, 2)); break;
  case 6:
    buf_printf(&text, "\"type\":\"identify\",\"traits\":{\"email\":\"e%d@x.example\"}",
               chance_below(&life->chance, LIFE_PEOPLE));
    break;
  case 7: buf_add_text(&text, "\"type\":\"identify\",\"traits\":{\"vip\":true}"); break;
  default: buf_add_text(&text, "\"type\":\"page\"");
  }
  put_id(life, false, &text); /* an address makes one of several users, and of a visitor without a name */
  buf_printf(&text, ",\"messageId\":\"m%d\",\"timestamp\":%" PRId64 "}]}", life->number++, at);
  life_take(life, life_append(life, JOURNAL_EVENTS, buf_str(&text)));
  buf_release(&text);
}

static const char *any(struct life *life, const char *const *words, size_t count) {
  return words[chance_below(&life->chance, (int)count)];
}
#define ANY(life, words) any(life, words, sizeof(words) / sizeof *(words))

static bool pick_lead(struct life *life, struct identity_member *name, uint32_t *lead) {
  char id[8];
  snprintf(id, sizeof id, "%c%d", chance_of(&life->chance, 80) ? 'u' : 'a',
           chance_below(&life->chance, LIFE_PEOPLE));
  *lead = engine_find_lead(pipeline_engine(life->pipeline), str_of(id));
  if (*lead == IDENTITY_NONE) return false;
  *name = engine_lead_name(pipeline_engine(life->pipeline), *lead);
  return name->kind != ID_EMAIL && pipeline_look(life->pipeline, *lead, life->now_ms) > 0;
}

static void do_act(struct life *life) {
  static const char *const acts[] = {"accept",   "accept",   "claim",  "qualify", "recycle", "disqualify",
                                     "log_call", "log_call", "assign", "close",   "nothing"};
  static const char *const reasons[] = {"never", "later", "later"};
  struct act_request request = {.time_ms = TIME_NEVER, .actor = STR("maria")};
  struct act_refusal refusal;
  struct buf text, event;
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct arena arena;
  struct err err;
  uint32_t lead;
  char id[16];
  if (!pick_lead(life, &request.lead, &lead)) {
    json_reader_free(reader);
    return;
  }
  arena_init(&arena, 0);
  buf_init(&text);
  buf_init(&event);
  const char *act = ANY(life, acts);
  buf_printf(&text,
             "{\"act\":\"%s\",\"role\":\"%s\",\"properties\":{\"ok\":true,\"owner\":\"kim\",\"note\":\"n\"}",
             act, strcmp(act, "close") == 0 ? "marketing" : "sales");
  if (strcmp(act, "disqualify") == 0) buf_printf(&text, ",\"reason\":\"%s\"", ANY(life, reasons));
  if (chance_of(&life->chance, 10)) buf_add_text(&text, ",\"override\":\"because\"");
  buf_add_char(&text, '}');
  snprintf(id, sizeof id, "act%d", life->number++);
  request.message_id = str_of(id);
  assert_int_equal(json_parse(reader, text.data, text.len, &root, &err), 0);
  assert_int_equal(act_read(root, &request, &err), 0);
  if (act_judge(pipeline_fold(life->pipeline), &request, &arena, &event, &refusal)) {
    buf_clear(&text);
    buf_printf(&text, "{\"batch\":[%.*s]}", (int)event.len, event.data);
    life_take(life, life_append(life, JOURNAL_SYSTEM, buf_str(&text)));
    life->acts++;
  } else {
    life->refused++;
  }
  buf_release(&text);
  buf_release(&event);
  arena_release(&arena);
  json_reader_free(reader);
}

static void change_rules(struct life *life) {
  struct buf text;
  life->rules = !life->rules;
  pipeline_use(life->pipeline, life->generations[life->rules]);
  pipeline_take_over(life->pipeline, life->now_ms, STAGES_NOW);
  pipeline_set_effects_after(life->pipeline, life->seq);
  buf_init(&text);
  buf_printf(&text, "{\"ruleset\":\"%s\"}", life->generations[life->rules]->rules->hash);
  life_append(life, JOURNAL_RULESET,
              buf_str(&text)); /* as when it is read: pipeline_take_over did the same */
  buf_release(&text);
  pipeline_sweep_begin(life->pipeline);
}

static void erase(struct life *life) {
  struct identity_member name;
  uint32_t lead;
  if (pick_lead(life, &name, &lead)) life_erase(life, name.id);
}

/* Nobody is folded in between. */
static void erase_in_a_burst(struct life *life) {
  for (int events = chance_below(&life->chance, 4); events > 0; events--) do_event(life);
  erase(life);
}

/* --- a life ------------------------------------------------------------------------------------------------------------------------ */

static void live(struct life *life, uint64_t seed, struct generation *const *generations) {
  life_begin(life, seed, generations);
  for (int step = 0; step < STEPS; step++) {
    int what = chance_below(&life->chance, 100);
    if (what < 45)
      do_event(life);
    else if (what < 46)
      erase_in_a_burst(life);
    else if (what < 80)
      do_act(life);
    else if (what < 84)
      change_rules(life);
    else if (what < 86)
      erase(life);
    else if (what < 90)
      life_start_anew(life);
    life_settle(life, life->now_ms);
    life_pass(life,
              life->now_ms + (chance_of(&life->chance, 30) ? chance_below(&life->chance, 60) * LIFE_DAY / 10
                                                           : chance_below(&life->chance, 3600000)));
    desk_check(life->pipeline, life->seed);
  }
  life_start_anew(life);
  desk_check(life->pipeline, life->seed);
}

struct tally {
  int acts, refused, merges, erased, retold, breaches, handed;
};

static void live_once(uint64_t seed, struct generation *const *generations, struct tally *tally) {
  static struct life life;
  live(&life, seed, generations);
  tally->acts += life.acts;
  tally->refused += life.refused;
  tally->merges += life.merges;
  tally->erased += life.erased;
  tally->retold += life.retold;
  tally->breaches += life.breaches;
  tally->handed += life.handed;
  life_end(&life);
}

/* Beyond those that are lived each time: each was another after a start once. What it was is in test_parting.c, as small as it can be told. */
static const uint64_t once_failed[] = {757,   1449,  5456,  5922,  10593, 11912,
                                       12394, 15435, 16154, 16532, 21109};

static void the_desk_holds_over_random_histories(void **state) {
  struct generation *generations[2];
  struct tally t = {.acts = 0};
  (void)state;
  life_rules(generations);
  assert_true(generation_keeps_touches(generations[0], generations[1]));
  assert_true(generation_keeps_touches(generations[1], generations[0]));
  const char *first = getenv("EMBUDO_PROPERTY_SEED"), *lives = getenv("EMBUDO_PROPERTY_LIVES");
  uint64_t seed = first ? strtoull(first, NULL, 10) : 1,
           end = seed + (lives ? strtoull(lives, NULL, 10) : LIVES);
  for (; seed < end; seed++) live_once(seed, generations, &t);
  for (size_t i = 0; !first && !lives && i < sizeof once_failed / sizeof *once_failed; i++)
    live_once(once_failed[i], generations, &t);
  for (int i = 0; i < 2; i++) generation_free(generations[i]);
  printf("%d acts, %d refused, %d merges, %d erased, %d told anew, %d breaches, %d handed over\n", t.acts,
         t.refused, t.merges, t.erased, t.retold, t.breaches, t.handed);
  if (first || lives) return; /* somebody looks at some of them */
  /* All of it happens, or nothing was tested. */
  assert_true(t.acts > LIVES * 10 && t.refused > LIVES * 5 && t.merges && t.erased > LIVES && t.retold &&
              t.breaches > LIVES && t.handed > LIVES);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_desk_holds_over_random_histories)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
