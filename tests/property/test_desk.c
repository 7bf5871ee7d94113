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
#include "rig.h"
#include "world.h"

#include "base/err.h"
#include "core/desk/act.h"
#include "core/engine/stages.h"
#include "core/handoff/handoff.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"
#include "core/rules/alike.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIVES = 60, STEPS = 150, PEOPLE = 7, RECORDS_MAX = 60000, STEPS_OF_FOLDING = 100000 };

#define START INT64_C(1704099600000)
#define DAY   INT64_C(86400000)

/* What both rulesets say. They keep the same of events, so that one takes over where the other was. */
static const char common[] =
    "identity { email = 'merge' }\n"
    "dimension 'intent' { min = 0, max = 100 }\n"
    "contact { stop = seen(track 'Stop') }\n"
    "rule 'busy' { on = page {}, points = { intent = 4 }, limit = { times = 5, per = '7d' }, decay = "
    "half_life '7d' }\n"
    "lifecycle 'main' { start = 'lead', final = { 'out' }, endorsed = { 'mql' }, sales = { 'sal', 'sql' },\n"
    "  move { 'lead', 'mql', when = score { intent = at_least(10) }, again = '3d' },\n"
    "  move { 'mql', 'lead', when = score { intent = below(4) } & in_stage_for '5d' },\n"
    "  move { 'mql', 'sal', act = 'accept', by = 'sales', asks = { ok = true } },\n"
    "  move { 'lead', 'sal', act = 'claim', by = 'sales', claim = true },\n"
    "  move { 'sal', 'sql', act = 'qualify', by = 'sales', need = seen(act 'log_call', { since = 'cycle' }) "
    "},\n"
    "  move { { 'mql', 'sal' }, 'lead', act = 'recycle', by = 'sales', resets = { 'intent' } },\n"
    "  move { { 'lead', 'mql', 'sal', 'sql' }, 'out', act = 'disqualify', by = { 'sales', 'marketing' },\n"
    "    reasons = { never = 'never', later = '20d' } },\n"
    "  move { 'out', 'lead', when = verdict { lapsed = true } } }\n"
    "lifecycle 'help' { start = 'none', who = trait { vip = true },\n"
    "  move { 'none', 'asked', when = seen(track 'Ask', { within = '10d' }), again = '1d' },\n"
    "  move { 'asked', 'none', act = 'close', by = 'marketing' } }\n"
    "acts { log_call = { by = 'sales', private = { 'note' } }, assign = { by = 'sales', asks = { 'owner' }, "
    "sets = { 'owner' } } }\n"
    "sla 'call' { stage = 'mql', warn = '6h', due = '1d', stops_at = act 'log_call', breach = { reassign = "
    "true } }\n"
    "sla 'work' { stage = { 'sal', 'sql' }, due = '10d' }\n"
    "sla 'answer' { stage = { 'asked', lifecycle = 'help' }, due = '2d', breach = { escalate = 'boss' } }\n"
    "assign 'all' { stage = { 'mql', 'sal' }, account_owner = true, pool = { 'ana', 'ben', 'eva' } }\n"
    "destination 'crm' { url = 'https://crm.example' }\n"
    "effect 'hot' { on = entered 'mql', to = 'crm' }\n"
    "effect 'late' { on = breached(any) | warned 'call', to = 'crm' }\n"
    "effect 'done' { on = act 'log_call' | track 'Demo', to = 'crm' }\n"
    "worklist 'help' { stage = { 'asked', lifecycle = 'help' }, order = { 'clock', 'waiting' } }\n";
static const char *const variants[] = {
    "rule 'demo' { on = track 'Demo', points = { intent = 10 }, decay = linear '30d' }\n"
    "worklist 'hot' { stage = 'mql', order = { 'clock', 'intent', 'waiting' } }\n"
    "worklist 'warm' { who = score { intent = at_least(4) }, order = { 'recent' } }\n"
    "worklist 'mine' { stage = { 'sal', 'sql' }, who = trait { owner = present }, order = { 'intent' } }\n",
    "rule 'demo' { on = track 'Demo', points = { intent = 14 }, decay = linear '20d' }\n"
    "worklist 'hot' { stage = { 'lead', 'mql' }, order = { 'intent', 'recent' } }\n"
    "worklist 'warm' { stage = 'lead', who = score { intent = below(4) }, order = { 'waiting' } }\n"
    "worklist 'mine' { stage = { 'sal', 'sql' }, order = { 'intent' } }\n",
};

struct kept { /* a record of the journal */
  enum journal_kind kind;
  uint64_t seq;
  int64_t received_ms;
  char *text; /* NULL: it was erased */
};

struct life {
  uint64_t seed;
  struct chance chance;
  struct generation *generations[2];
  int rules; /* in charge */
  struct pipeline *pipeline;
  struct handoff *handoff;
  struct lead_entry *handing;
  int64_t now_ms;
  uint64_t seq;
  struct kept *records;
  size_t count;
  struct kept *pending; /* of the lead at hand; `text` NULL: a decision, which its number says */
  size_t pending_count;
  int number, acts, refused, merges, erased, breaches, handed;
  bool silent; /* a start: nothing may come of it */
};

/* --- records ------------------------------------------------------------------------------------------------------------ */

static struct store_record record_of(const struct kept *kept) {
  return (struct store_record){.seq = kept->seq,
                               .received_ms = kept->received_ms,
                               .kind = kept->kind,
                               .source = kept->kind == JOURNAL_EVENTS ? STR("web") : STR("embudo"),
                               .bytes = str_of(kept->text)};
}

static struct kept *append(struct life *life, enum journal_kind kind, struct str text) {
  assert_true(life->count < RECORDS_MAX);
  char *copy = xmalloc(text.len + 1);
  memcpy(copy, text.p, text.len);
  copy[text.len] = '\0';
  life->records[life->count] =
      (struct kept){.kind = kind, .seq = ++life->seq, .received_ms = life->now_ms, .text = copy};
  return &life->records[life->count++];
}

static void take(struct life *life, const struct kept *kept) {
  const struct store_record record = record_of(kept);
  struct feed_result result = {.accepted = 0};
  struct err err;
  if (pipeline_take(life->pipeline, &record, &result, &err) != 0)
    fail_msg("seed %" PRIu64 ": %s in %s", life->seed, err.text, kept->text);
  if (result.problem_count)
    fail_msg("seed %" PRIu64 ": %s in %s", life->seed, result.problems[0].reason, kept->text);
}

static void write(struct life *life, enum journal_kind kind, struct str text) {
  if (life->silent) fail_msg("seed %" PRIu64 ": a start adds %.*s", life->seed, STR_ARG(text));
  append(life, kind, text);
}

/* --- what follows --------------------------------------------------------------------------------------------------------- */

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  struct life *life = context;
  (void)fold, (void)summary, (void)reason;
  life->handing = entry;
  handoff_folded(life->handoff, life->pipeline, entry);
}

static void check_hand_off(struct life *life, const struct decision *decision) {
  const struct ruleset *rules = pipeline_generation(life->pipeline)->rules;
  const struct leadbook *book = pipeline_book(life->pipeline);
  const char *from = leadbook_name(book, decision->from), *to = leadbook_name(book, decision->to);
  int lifecycle = ruleset_lifecycle(rules, str_of(leadbook_name(book, decision->lifecycle)));
  const struct lifecycle *l = &rules->lifecycles[lifecycle];
  int a = lifecycle_stage(l, str_of(from)), b = lifecycle_stage(l, str_of(to));
  if (decision->cause == CAUSE_PERSON &&
      !(decision->act && decision->act->actor.len && decision->act->role.len))
    fail_msg("seed %" PRIu64 ": %s to %s by nobody", life->seed, from, to);
  if (a == NONE || b == NONE || !lifecycle_hands_off(l, a, b)) return;
  /* Of two leads who turn out to be one the further stage stays; late events correct what rules had said before a person acted. */
  if (decision->cause == CAUSE_MERGE || decision->cause == CAUSE_CORRECTION) return;
  bool claimed = decision->act && str_eq(decision->act->name, STR("claim"));
  bool accepted =
      decision->act && str_eq(decision->act->name, STR("accept")); /* judged where it was an MQL */
  life->handed++;
  if (!(l->endorsed >> a & 1) && !claimed && !accepted && !(decision->act && decision->act->overridden))
    fail_msg("seed %" PRIu64 ": %s to %s without an MQL, a claim or an override", life->seed, from, to);
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  struct life *life = context;
  const struct leadbook *book = pipeline_book(life->pipeline);
  struct decision *decision = leadbook_decision(book, decided->number);
  struct buf text;
  buf_init(&text);
  decision_record(book, decided, engine_lead_name(pipeline_engine(life->pipeline), entry->node), STR(""),
                  &text);
  write(life, JOURNAL_DECISION, buf_str(&text));
  decision->record = life->seq;
  buf_release(&text);
  life->merges += decision->cause == CAUSE_MERGE;
  check_hand_off(life, decision);
  life->handing = entry;
  handoff_decided(life->handoff, life->pipeline, entry, decision);
}

static void on_clocked(void *context, struct lead_entry *entry, const struct clock_fact *fact) {
  struct life *life = context;
  struct buf text;
  buf_init(&text);
  clocks_record(pipeline_book(life->pipeline), fact,
                engine_lead_name(pipeline_engine(life->pipeline), entry->node), &text);
  write(life, JOURNAL_CLOCK, buf_str(&text));
  buf_release(&text);
  life->breaches += fact->what == CLOCK_BREACHED;
  life->handing = entry;
  handoff_clocked(life->handoff, life->pipeline, entry, fact);
}

static void on_assigned(void *context, struct lead_entry *entry, struct str record) {
  (void)entry;
  write(context, JOURNAL_SYSTEM, record);
}

static void on_absorbed(void *context, struct lead_entry *entry, uint32_t other) {
  struct life *life = context;
  life->handing = entry;
  handoff_absorbed(life->handoff, life->pipeline, entry, other);
}

static void on_told(void *context, enum journal_kind kind, struct str bytes) {
  write(context, kind, bytes);
}

/* As a daemon does: what came of one lead is written, and then taken. Decisions and clocks are in the book already. */
static void settle(struct life *life, int64_t now_ms) {
  const struct pipeline_visitor visitor = {.context = life,
                                           .folded = on_folded,
                                           .decided = on_decided,
                                           .clocked = on_clocked,
                                           .assigned = on_assigned,
                                           .absorbed = on_absorbed};
  size_t taken = life->count;
  int steps = 0;
  while (pipeline_step(life->pipeline, now_ms, &visitor)) {
    if (++steps > STEPS_OF_FOLDING) fail_msg("seed %" PRIu64 ": it does not come to rest", life->seed);
    for (; taken < life->count; taken++) {
      const struct kept *kept = &life->records[taken];
      if (kept->kind != JOURNAL_DECISION && kept->kind != JOURNAL_CLOCK) take(life, kept);
    }
  }
}

/* Everything that is due on the way, at its own instant. */
static void pass(struct life *life, int64_t until_ms) {
  int64_t due_ms;
  for (int i = 0; (due_ms = pipeline_due_ms(life->pipeline)) < until_ms; i++) {
    if (i > STEPS_OF_FOLDING) fail_msg("seed %" PRIu64 ": deadlines without end", life->seed);
    if (due_ms > life->now_ms) life->now_ms = due_ms;
    settle(life, life->now_ms);
  }
  life->now_ms = until_ms;
  settle(life, until_ms);
}

/* --- what happens ---------------------------------------------------------------------------------------------------------- */

/* Some devices are shared. An erasure of one of those people takes what was recorded of the device in their time, which another's clock
 * may go on from: rarely, a later start then differs (seeds 207, 349, 515, 543). */
static void put_id(struct life *life, bool named, struct buf *out) {
  int person = chance_below(&life->chance, PEOPLE);
  bool known = named || chance_of(&life->chance, 65), cookie = !known || chance_of(&life->chance, 20);
  if (known) buf_printf(out, ",\"userId\":\"u%d\"", person);
  int device = chance_of(&life->chance, 15) ? chance_below(&life->chance, PEOPLE) : person;
  if (cookie) buf_printf(out, ",\"anonymousId\":\"a%d\"", device);
}

static void do_event(struct life *life) {
  struct buf text;
  int64_t at = life->now_ms - (chance_of(&life->chance, 25) ? chance_below(&life->chance, 20) * DAY / 2 : 0);
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
               chance_below(&life->chance, PEOPLE));
    break;
  case 7: buf_add_text(&text, "\"type\":\"identify\",\"traits\":{\"vip\":true}"); break;
  default: buf_add_text(&text, "\"type\":\"page\"");
  }
  put_id(life, false, &text); /* an address makes one of several users, and of a visitor without a name */
  buf_printf(&text, ",\"messageId\":\"m%d\",\"timestamp\":%" PRId64 "}]}", life->number++, at);
  take(life, append(life, JOURNAL_EVENTS, buf_str(&text)));
  buf_release(&text);
}

static const char *any(struct life *life, const char *const *words, size_t count) {
  return words[chance_below(&life->chance, (int)count)];
}
#define ANY(life, words) any(life, words, sizeof(words) / sizeof *(words))

static bool pick_lead(struct life *life, struct identity_member *name, uint32_t *lead) {
  char id[8];
  snprintf(id, sizeof id, "%c%d", chance_of(&life->chance, 80) ? 'u' : 'a',
           chance_below(&life->chance, PEOPLE));
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
    take(life, append(life, JOURNAL_SYSTEM, buf_str(&text)));
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
  append(life, JOURNAL_RULESET, buf_str(&text)); /* as when it is read: pipeline_take_over did the same */
  buf_release(&text);
  pipeline_sweep_begin(life->pipeline);
}

/* --- erasing ---------------------------------------------------------------------------------------------------------------- */

static bool is_theirs(const struct erasure *erasure, struct json_reader *reader, const struct kept *kept) {
  struct json_ref root, event;
  struct identity_member id = {.kind = ID_USER};
  struct str kind;
  struct err err;
  double at = 0;
  if (json_parse(reader, kept->text, strlen(kept->text), &root, &err) != 0) fail_msg("%s", err.text);
  if (kept->kind == JOURNAL_EVENTS || kept->kind == JOURNAL_SYSTEM) {
    struct json_iter it;
    json_iter_init(&it, json_get(root, STR("batch")));
    assert_true(json_next(&it));
    event = it.value;
    if (!json_string(json_get(event, STR("userId")), &id.id)) {
      id.kind = ID_ANONYMOUS;
      if (!json_string(json_get(event, STR("anonymousId")), &id.id)) return false;
    }
    struct str written;
    int64_t at_ms = 0;
    if (json_number(json_get(event, STR("timestamp")), &at))
      at_ms = (int64_t)at;
    else if (json_string(json_get(event, STR("timestamp")), &written))
      assert_true(time_parse(written, &at_ms));
    return erasure_has_id(erasure, id, at_ms);
  }
  if (!json_string(json_get(root, STR("lead")), &id.id)) return false;
  if (json_string(json_get(root, STR("kind")), &kind) && str_eq(kind, STR("anonymous")))
    id.kind = ID_ANONYMOUS;
  if (str_eq(kind, STR("email"))) id.kind = ID_EMAIL;
  bool is_told = kept->kind == JOURNAL_EFFECT || kept->kind == JOURNAL_DELIVERY;
  struct str when;
  int64_t at_ms = 0;
  assert_true(json_string(json_get(root, is_told ? STR("made_at") : STR("at")), &when));
  assert_true(time_parse(when, &at_ms));
  return erasure_has_id(erasure, id, at_ms); /* of a device that several share, what was theirs then */
}

static void erase(struct life *life) {
  struct identity_member name;
  uint32_t lead;
  if (!pick_lead(life, &name, &lead)) return;
  char text[96];
  snprintf(text, sizeof text, "{\"ask\":\"%.*s\",\"block\":false,\"asked_at\":\"2024-01-01T00:00:00Z\"}",
           STR_ARG(name.id));
  struct kept *kept = append(life, JOURNAL_ERASE, str_of(text));
  take(life, kept);
  struct erasure *erasure = pipeline_detach_erasure(life->pipeline);
  assert_non_null(erasure);
  struct json_reader *reader = json_reader_new();
  for (size_t i = 0; i < life->count; i++) {
    struct kept *old = &life->records[i];
    if (!old->text || old->kind == JOURNAL_RULESET) continue;
    if (old->kind != JOURNAL_ERASE && !is_theirs(erasure, reader, old)) continue;
    free(old->text);
    old->text = NULL;
  }
  json_reader_free(reader);
  erasure_release(erasure);
  free(erasure);
  life->erased++;
}

/* --- a new start ------------------------------------------------------------------------------------------------------------------ */

static void tell_lead(const struct life *life, const struct lead_entry *entry, struct buf *out) {
  const struct leadbook *book = pipeline_book(life->pipeline);
  const struct clockbook *clocks = leadbook_clocks(book);
  struct json_writer w;
  buf_printf(out, "%.*s owner %.*s account %.*s lists %" PRIx64, STR_ARG(entry->id), STR_ARG(entry->owner),
             STR_ARG(entry->account), entry->lists);
  for (int l = 0; l < 2; l++)
    buf_printf(out, ", %s since %" PRId64, leadbook_name(book, entry->recorded[l]),
               entry->recorded[l] ? entry->recorded_ms[l] : 0);
  for (uint32_t n = entry->decisions; n; n = leadbook_decision(book, n)->older) {
    buf_add_text(out, "\n  ");
    json_writer_init(&w, out);
    json_open(&w, '{');
    decision_json(book, leadbook_decision(book, n), &w);
    json_close(&w, '}');
  }
  for (uint32_t n = entry->clocks; n; n = clockbook_at(clocks, n)->older) {
    buf_add_text(out, "\n  ");
    json_writer_init(&w, out);
    json_open(&w, '{');
    clocks_json(book, clockbook_at(clocks, n), life->now_ms, &w);
    json_close(&w, '}');
  }
  buf_add_char(out, '\n');
}

static char *tell_all(const struct life *life) {
  const struct leadbook *book = pipeline_book(life->pipeline);
  struct lead_entry *entry;
  struct buf out;
  buf_init(&out);
  /* In the order of ids: their numbers are in the order of arrival, which an erasure changes. */
  for (struct str last = STR("");;) {
    struct lead_entry *next = NULL;
    for (size_t cursor = 0; (entry = leadbook_next(book, &cursor));)
      if (str_cmp(entry->id, last) > 0 && (!next || str_cmp(entry->id, next->id) < 0)) next = entry;
    if (!next) break;
    tell_lead(life, next, &out);
    last = next->id;
  }
  return buf_detach(&out);
}

static int line_length(const char *text) {
  return (int)strcspn(text, "\n");
}

/* The whole of it is longer than a message may be. */
static void fail_at_difference(const struct life *life, const char *before, const char *after) {
  while (line_length(before) == line_length(after) &&
         !strncmp(before, after, (size_t)line_length(before) + 1)) {
    before += line_length(before) + 1;
    after += line_length(after) + 1;
  }
  fail_msg("seed %" PRIu64 ":\n%.*s\nis after a start\n%.*s", life->seed, line_length(before), before,
           line_length(after), after);
}

static void start_anew(struct life *life) {
  const struct handoff_calls calls = {life, on_told};
  char *before = tell_all(life);
  handoff_free(life->handoff);
  pipeline_free(life->pipeline);
  life->pipeline = pipeline_new(life->generations[life->rules], NULL);
  life->handoff = handoff_new(&calls);
  pipeline_set_folded_until(life->pipeline, life->seq); /* the service's mark: everything was seen to */
  for (size_t i = 0; i < life->count; i++)
    if (life->records[i].text) take(life, &life->records[i]);
  const char *recorded = pipeline_recorded_ruleset(life->pipeline);
  if (*recorded) pipeline_adopt(life->pipeline, recorded);
  pipeline_set_effects_after(life->pipeline, life->seq); /* the service's mark: everything was seen to */
  pipeline_touch_all(life->pipeline, TOUCH_SWEEP);
  life->silent = true;
  settle(life, life->now_ms);
  life->silent = false;
  char *after = tell_all(life);
  if (strcmp(before, after) != 0) fail_at_difference(life, before, after);
  free(before);
  free(after);
}

/* --- a life ------------------------------------------------------------------------------------------------------------------------ */

static void live(struct life *life, uint64_t seed, struct generation *const *generations) {
  const struct handoff_calls calls = {life, on_told};
  life->seed = seed;
  life->chance.state = seed * 37 + 5;
  life->now_ms = START;
  memcpy(life->generations, generations, sizeof life->generations);
  life->records = xcalloc(RECORDS_MAX, sizeof *life->records);
  life->pipeline = pipeline_new(generations[0], NULL);
  life->handoff = handoff_new(&calls);
  for (int step = 0; step < STEPS; step++) {
    int what = chance_below(&life->chance, 100);
    if (what < 45)
      do_event(life);
    else if (what < 80)
      do_act(life);
    else if (what < 84)
      change_rules(life);
    else if (what < 86)
      erase(life);
    else if (what < 90)
      start_anew(life);
    settle(life, life->now_ms);
    pass(life, life->now_ms + (chance_of(&life->chance, 30) ? chance_below(&life->chance, 60) * DAY / 10
                                                            : chance_below(&life->chance, 3600000)));
    desk_check(life->pipeline, life->seed);
  }
  start_anew(life);
  desk_check(life->pipeline, life->seed);
}

static void the_desk_holds_over_random_histories(void **state) {
  static struct life life;
  struct generation *generations[2];
  int acts = 0, refused = 0, merges = 0, erased = 0, breaches = 0, handed = 0;
  (void)state;
  for (int i = 0; i < 2; i++) {
    struct buf text;
    buf_init(&text);
    buf_printf(&text, "%s%s", common, variants[i]);
    generations[i] = rig_rules(text.data, "the desk's rules");
    buf_release(&text);
  }
  assert_true(generation_keeps_touches(generations[0], generations[1]));
  assert_true(generation_keeps_touches(generations[1], generations[0]));
  const char *first = getenv("EMBUDO_PROPERTY_SEED"), *lives = getenv("EMBUDO_PROPERTY_LIVES");
  uint64_t seed = first ? strtoull(first, NULL, 10) : 1,
           end = seed + (lives ? strtoull(lives, NULL, 10) : LIVES);
  for (; seed < end; seed++) {
    memset(&life, 0, sizeof life);
    live(&life, seed, generations);
    acts += life.acts;
    refused += life.refused;
    merges += life.merges;
    erased += life.erased;
    breaches += life.breaches;
    handed += life.handed;
    for (size_t i = 0; i < life.count; i++) free(life.records[i].text);
    free(life.records);
    handoff_free(life.handoff);
    pipeline_free(life.pipeline);
  }
  for (int i = 0; i < 2; i++) generation_free(generations[i]);
  printf("%d acts, %d refused, %d merges, %d erased, %d breaches, %d handed over\n", acts, refused, merges,
         erased, breaches, handed);
  /* All of it happens, or nothing was tested. */
  assert_true(acts > LIVES * 10 && refused > LIVES * 5 && merges && erased > LIVES && breaches > LIVES &&
              handed > LIVES);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_desk_holds_over_random_histories)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
