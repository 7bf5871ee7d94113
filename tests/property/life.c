#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "life.h"
#include "rig.h"

#include "base/err.h"
#include "core/journal/decision_json.h"
#include "core/journal/redact.h"
#include <inttypes.h>
#include <stdio.h>

enum { STEPS_OF_FOLDING = 100000 };

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

void life_rules(struct generation *generations[2]) {
  for (int i = 0; i < 2; i++) {
    struct buf text;
    buf_init(&text);
    buf_printf(&text, "%s%s", common, variants[i]);
    generations[i] = rig_rules(text.data, "the desk's rules");
    buf_release(&text);
  }
}

/* --- records ------------------------------------------------------------------------------------------------------------ */

static struct store_record life_record(const struct kept *kept) {
  return (struct store_record){.seq = kept->seq,
                               .received_ms = kept->received_ms,
                               .kind = kept->kind,
                               .source = kept->kind == JOURNAL_EVENTS ? STR("web") : STR("embudo"),
                               .bytes = str_of(kept->text)};
}

struct kept *life_append(struct life *life, enum journal_kind kind, struct str text) {
  assert_true(life->count < LIFE_RECORDS_MAX);
  char *copy = xmalloc(text.len + 1);
  memcpy(copy, text.p, text.len);
  copy[text.len] = '\0';
  life->records[life->count] =
      (struct kept){.kind = kind, .seq = ++life->seq, .received_ms = life->now_ms, .text = copy};
  return &life->records[life->count++];
}

void life_take(struct life *life, const struct kept *kept) {
  const struct store_record record = life_record(kept);
  struct feed_result result = {.accepted = 0};
  struct err err;
  if (pipeline_take(life->pipeline, &record, &result, &err) != 0)
    fail_msg("seed %" PRIu64 ": %s in %s", life->seed, err.text, kept->text);
  if (result.problem_count)
    fail_msg("seed %" PRIu64 ": %s in %s", life->seed, result.problems[0].reason, kept->text);
}

static void write(struct life *life, enum journal_kind kind, struct str text) {
  if (life->silent) fail_msg("seed %" PRIu64 ": a start adds %.*s", life->seed, STR_ARG(text));
  life_append(life, kind, text);
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

static void on_merged(void *context, struct lead_entry *entry) {
  struct life *life = context;
  life->handing = entry;
  handoff_merged(life->handoff, life->pipeline, entry);
}

static void on_told(void *context, enum journal_kind kind, struct str bytes) {
  write(context, kind, bytes);
}

/* As a daemon does: what came of one lead is written, and then taken. Decisions and clocks are in the book already. */
void life_settle(struct life *life, int64_t now_ms) {
  const struct pipeline_visitor visitor = {.context = life,
                                           .folded = on_folded,
                                           .decided = on_decided,
                                           .clocked = on_clocked,
                                           .assigned = on_assigned,
                                           .merged = on_merged};
  size_t taken = life->count;
  int steps = 0;
  while (pipeline_step(life->pipeline, now_ms, &visitor)) {
    if (++steps > STEPS_OF_FOLDING) fail_msg("seed %" PRIu64 ": it does not come to rest", life->seed);
    for (; taken < life->count; taken++) {
      const struct kept *kept = &life->records[taken];
      if (kept->kind != JOURNAL_DECISION && kept->kind != JOURNAL_CLOCK) life_take(life, kept);
    }
  }
}

/* Everything that is due on the way, at its own instant. */
void life_pass(struct life *life, int64_t until_ms) {
  int64_t due_ms;
  for (int i = 0; (due_ms = pipeline_due_ms(life->pipeline)) < until_ms; i++) {
    if (i > STEPS_OF_FOLDING) fail_msg("seed %" PRIu64 ": deadlines without end", life->seed);
    if (due_ms > life->now_ms) life->now_ms = due_ms;
    life_settle(life, life->now_ms);
  }
  life->now_ms = until_ms;
  life_settle(life, until_ms);
}

/* --- erasing ---------------------------------------------------------------------------------------------------------------- */

/* A record as it is left, or nothing. */
static void redact_kept(struct redactor *redactor, const struct erasure *erasure, struct kept *old) {
  struct redacted counts = {0};
  struct buf left;
  if (!old->text) return;
  const struct store_record record = life_record(old);
  buf_init(&left);
  enum redaction what = redact(redactor, erasure, &record, &left, &counts);
  if (what != REDACT_NOTHING) {
    free(old->text);
    old->text = what == REDACT_PART ? buf_detach(&left) : NULL;
  }
  buf_release(&left);
}

static void on_retold(void *context, struct str record) {
  life_append(context, JOURNAL_RETOLD, record);
}

/* As a daemon does it: what is left of the asking is that somebody was erased. */
void life_erase(struct life *life, struct str id) {
  char text[96];
  snprintf(text, sizeof text, "{\"ask\":\"%.*s\",\"block\":false,\"asked_at\":\"2024-01-01T00:00:00Z\"}",
           STR_ARG(id));
  size_t ask = life->count;
  life_take(life, life_append(life, JOURNAL_ERASE, str_of(text)));
  struct erasure *erasure = pipeline_detach_erasure(life->pipeline);
  assert_non_null(erasure);
  size_t retold = life->count;
  pipeline_retell(life->pipeline, erasure, on_retold, life);
  life->retold += (int)(life->count - retold);
  for (size_t i = retold; i < life->count; i++) life_take(life, &life->records[i]);
  struct redactor *redactor = redactor_new();
  for (size_t i = 0; i < ask; i++) redact_kept(redactor, erasure, &life->records[i]);
  redactor_free(redactor);
  struct buf done;
  buf_init(&done);
  erasure_write_done(life->now_ms, 0, 0, pipeline_roster(life->pipeline), &done);
  free(life->records[ask].text);
  life->records[ask].text = buf_detach(&done);
  erasure_release(erasure);
  free(erasure);
  life->erased++;
}

/* --- its ends ----------------------------------------------------------------------------------------------------------------- */

void life_hand_off_anew(struct life *life) {
  const struct handoff_calls calls = {life, on_told};
  handoff_free(life->handoff);
  life->handoff = handoff_new(&calls);
}

void life_begin(struct life *life, uint64_t seed, struct generation *const generations[2]) {
  memset(life, 0, sizeof *life);
  life->seed = seed;
  life->chance.state = seed * 37 + 5;
  life->now_ms = LIFE_START;
  memcpy(life->generations, generations, sizeof life->generations);
  life->records = xcalloc(LIFE_RECORDS_MAX, sizeof *life->records);
  life->pipeline = pipeline_new(generations[0], NULL);
  life_hand_off_anew(life);
}

void life_end(struct life *life) {
  for (size_t i = 0; i < life->count; i++) free(life->records[i].text);
  free(life->records);
  handoff_free(life->handoff);
  pipeline_free(life->pipeline);
}
