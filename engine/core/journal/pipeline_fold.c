/* Leads that were touched, or whose deadline has come, are folded; what follows is told. */
#include "core/desk/listbook.h"
#include "core/desk/worklists.h"
#include "core/journal/pipeline_private.h"

/* When time alone may change a rule, a stage, a segment or a list of the lead; the horizon when it does not before. */
static int64_t next_look(const struct fold *fold, int64_t horizon) {
  int64_t due = fold_next_due(fold, horizon);
  if (due != TIME_NEVER) horizon = due;
  due = fold_next_segment(fold, horizon);
  if (due != TIME_NEVER) horizon = due;
  due = worklists_next(fold, horizon);
  return due == TIME_NEVER ? horizon : due;
}

/* For what time alone does to it, and for its clocks. */
static void wait_until(struct pipeline *pipeline, struct lead_entry *entry, int64_t due_ms) {
  int64_t clock_ms = clockbook_due_ms(leadbook_clocks(pipeline->book), entry->clocks);
  leadbook_set_due(pipeline->book, entry, clock_ms < due_ms ? clock_ms : due_ms);
}

/* Whom an act about the lead names: a user id, else an anonymous one. */
static void pick_carrier(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  struct identity_member id = engine_node_id(pipeline->engine, node);
  bool is_better = pipeline->carrier.id.len == 0 || (id.kind == ID_USER && pipeline->carrier.kind != ID_USER);
  if (id.kind != ID_EMAIL && is_better) pipeline->carrier = id;
}

static void tell_choice(struct pipeline *pipeline, struct lead_entry *entry,
                        const struct assign_choice *choice, int64_t now_ms,
                        const struct pipeline_visitor *visitor) {
  const struct identity_visitor nodes = {pipeline, pick_carrier};
  pipeline->carrier = (struct identity_member){.id = {NULL, 0}};
  engine_nodes_of(pipeline->engine, entry->node, &nodes);
  if (pipeline->carrier.id.len == 0 || !visitor->assigned) return;
  entry->assigned = true;
  buf_clear(&pipeline->text);
  assign_record(choice, pipeline->carrier, now_ms, &pipeline->text);
  visitor->assigned(visitor->context, entry, buf_str(&pipeline->text));
}

static void tell_apart(const struct pipeline_visitor *visitor) {
  if (visitor->apart) visitor->apart(visitor->context);
}

static void tell_clock(struct pipeline *pipeline, const struct pipeline_visitor *visitor,
                       struct lead_entry *entry, const struct clock_fact *fact) {
  pipeline_name_clock(pipeline, entry, fact->number, engine_lead_node(pipeline->engine, entry->node));
  if (visitor->clocked) visitor->clocked(visitor->context, entry, fact);
}

/* What was due by itself, and whom a breach gives the lead to. */
static void tell_due(struct pipeline *pipeline, struct lead_entry *entry, const struct clock_fact *fact,
                     int64_t now_ms, const struct pipeline_visitor *visitor) {
  const struct clock *clock = clockbook_at(leadbook_clocks(pipeline->book), fact->number);
  struct assign_choice choice;
  tell_apart(visitor);
  tell_clock(pipeline, visitor, entry, fact);
  if (fact->what == CLOCK_BREACHED && clock_is_open(clock) &&
      assign_anew(&pipeline->roster, pipeline->book, entry, pipeline->fold, clock, now_ms, &choice))
    tell_choice(pipeline, entry, &choice, now_ms, visitor);
}

/* Tells what was decided, what that means for the lead's clocks, and who gets it. */
static void follow(struct pipeline *pipeline, struct lead_entry *entry, const struct decided *decided,
                   size_t count, int64_t now_ms, const struct pipeline_visitor *visitor) {
  struct clock_facts *facts = &pipeline->facts;
  struct assign_choice choice;
  clocks_follow(pipeline->book, entry, pipeline->fold, decided, count, now_ms, facts);
  for (size_t i = 0; i < facts->before; i++) tell_due(pipeline, entry, &facts->items[i], now_ms, visitor);
  tell_apart(visitor);
  uint32_t named = engine_lead_node(pipeline->engine, entry->node);
  if (count) pipeline_name(pipeline, entry, named);
  for (size_t i = 0; i < count; i++) {
    leadbook_decision(pipeline->book, decided[i].number)->named = named + 1;
    visitor->decided(visitor->context, entry, &decided[i]);
  }
  for (size_t i = facts->before; i < facts->count; i++)
    tell_clock(pipeline, visitor, entry, &facts->items[i]);
  if (assign_follow(&pipeline->roster, pipeline->book, entry, pipeline->fold, decided, count, now_ms,
                    &choice))
    tell_choice(pipeline, entry, &choice, now_ms, visitor);
}

static void await_effects(struct pipeline *pipeline, struct lead_entry *entry) {
  uint64_t after =
      entry->seen_record > pipeline->effects_after ? entry->seen_record : pipeline->effects_after;
  fold_await_effects(pipeline->fold, pipeline->rebuilding ? FOLD_AWAIT_NONE : after);
  if (!pipeline->rebuilding) entry->seen_record = pipeline->last_record;
}

/* Somebody has looked at what the rules change, and let it go. */
static void mark_released(struct pipeline *pipeline, const struct decided *decided, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct decision *decision = leadbook_decision(pipeline->book, decided[i].number);
    decision->released = decision->cause == CAUSE_RULESET;
  }
}

static void fold_lead(struct pipeline *pipeline, uint32_t lead, int64_t now_ms, enum touch_reason reason,
                      const struct pipeline_visitor *visitor) {
  struct decided decided[DECIDE_MAX];
  struct decide_summary summary;
  struct lead_entry *entry = pipeline_gather(pipeline, lead);
  await_effects(pipeline, entry);
  if (engine_fold(pipeline->engine, lead, now_ms, pipeline->fold) == 0) {
    if (!pipeline_leave(pipeline, lead)) leadbook_remove(pipeline->book, lead);
    return;
  }
  if (entry->merged && visitor->merged) visitor->merged(visitor->context, entry);
  entry->id = engine_lead_id(pipeline->engine, lead);
  leadbook_set_account(pipeline->book, entry, fold_account(pipeline->fold));
  entry->owner = fold_owner(pipeline->fold);
  if (entry->owner.len) entry->assigned = false;
  bool is_first = entry->folded_ms == TIME_MIN;
  decide_summarise(entry, pipeline->fold, &summary);
  int64_t due = next_look(pipeline->fold, now_ms + PIPELINE_HORIZON_MS);
  wait_until(pipeline, entry, due);
  if (pipeline->rebuilding) {
    listbook_note(leadbook_lists(pipeline->book), pipeline->book, entry);
    if (decide_try(pipeline->book, entry, pipeline->fold, pipeline->ruleset))
      visitor->differs(visitor->context, entry);
    return;
  }
  struct decide_rules rules = pipeline_rules_for(pipeline, entry);
  rules.first = is_first;
  rules.seen_ms = is_first ? pipeline->seen_ms : TIME_MIN;
  pipeline->released = rules.mode == DECIDE_SETTLE;
  size_t count = decide_stages(pipeline->book, entry, pipeline->fold, &rules, now_ms, reason, decided);
  if (rules.mode == DECIDE_SETTLE) mark_released(pipeline, decided, count);
  leadbook_note_held(pipeline->book, entry);
  visitor->folded(visitor->context, entry, pipeline->fold, &summary, reason);
  follow(pipeline, entry, decided, count, now_ms, visitor);
  listbook_note(leadbook_lists(pipeline->book), pipeline->book, entry);
  wait_until(pipeline, entry, due);
}

/* When a function was stopped, its rule is unknown for everybody. */
static void settle(struct pipeline *pipeline) {
  const struct engine_calls *calls = &pipeline->calls;
  if (pipeline->generation->rules->function_count && calls->settle && calls->settle(calls->settle_context))
    pipeline_touch_all(pipeline, TOUCH_SWEEP);
}

bool pipeline_step(struct pipeline *pipeline, int64_t now_ms, const struct pipeline_visitor *visitor) {
  const struct identity_visitor leads = {pipeline, pipeline_note_lead};
  uint32_t node;
  enum touch_reason reason;
  if (leadbook_take(pipeline->book, &node, &reason)) {
    pipeline->lead_count = 0;
    engine_leads_of(pipeline->engine, node, &leads);
    for (size_t i = 0; i < pipeline->lead_count; i++)
      fold_lead(pipeline, pipeline->leads[i], now_ms, reason, visitor);
    settle(pipeline);
    return true;
  }
  const struct lead_entry *entry = leadbook_earliest(pipeline->book);
  uint32_t lead;
  if (entry && entry->due_ms <= now_ms)
    fold_lead(pipeline, entry->node, now_ms, TOUCH_LIVE, visitor);
  else if (pipeline_sweep_next(pipeline, &lead))
    fold_lead(pipeline, lead, now_ms, TOUCH_SWEEP, visitor);
  else
    return false;
  settle(pipeline);
  return true;
}

size_t pipeline_look(struct pipeline *pipeline, uint32_t lead, int64_t at_ms) {
  fold_await_effects(pipeline->fold, FOLD_AWAIT_NONE);
  return engine_fold(pipeline->engine, lead, at_ms, pipeline->fold);
}

size_t pipeline_look_id(struct pipeline *pipeline, uint32_t node, int64_t at_ms) {
  fold_await_effects(pipeline->fold, FOLD_AWAIT_NONE);
  return engine_fold_id(pipeline->engine, node, at_ms, pipeline->fold);
}

bool pipeline_take_touched(struct pipeline *pipeline, int64_t now_ms,
                           void (*told)(void *context, uint32_t lead), void *context) {
  const struct identity_visitor leads = {context, told};
  uint32_t node;
  enum touch_reason reason;
  settle(pipeline);
  if (leadbook_take(pipeline->book, &node, &reason)) {
    engine_leads_of(pipeline->engine, node, &leads);
    return true;
  }
  struct lead_entry *entry = leadbook_earliest(pipeline->book);
  if (!entry || entry->due_ms > now_ms) return false;
  leadbook_set_due(pipeline->book, entry, TIME_NEVER);
  told(context, entry->node);
  return true;
}

size_t pipeline_look_on(struct pipeline *pipeline, uint32_t lead, int64_t at_ms) {
  struct lead_entry *entry = pipeline_gather(pipeline, lead);
  size_t touches = pipeline_look(pipeline, lead, at_ms);
  if (touches == 0)
    leadbook_remove(pipeline->book, lead);
  else
    leadbook_set_due(pipeline->book, entry, next_look(pipeline->fold, at_ms + PIPELINE_HORIZON_MS));
  return touches;
}
