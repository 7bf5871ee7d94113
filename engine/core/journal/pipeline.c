#include "core/journal/pipeline.h"

#include "core/desk/assign.h"
#include "core/desk/worklists.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"
#include "core/journal/pipeline_private.h"

/* Records were checked when they came in; these bounds only keep memory sane if one is damaged. */
enum { RECORD_BYTES_MAX = 1 << 30 };

static void on_touched(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  leadbook_touch(pipeline->book, node, pipeline->reason);
}

static bool is_blocked(void *context, const struct event *event) {
  const struct pipeline *pipeline = context;
  return blocklist_has_event(pipeline->blocklist, event);
}

struct pipeline *pipeline_new(struct generation *generation, const struct pipeline_options *options) {
  static const struct pipeline_options defaults;
  struct pipeline *pipeline = xcalloc(1, sizeof *pipeline);
  if (!options) options = &defaults;
  if (options->apart) pipeline->apart = apart_dup(options->apart);
  const struct engine_options engine = {.event_bytes_max = RECORD_BYTES_MAX,
                                        .batch_bytes_max = RECORD_BYTES_MAX,
                                        .dedupe_ids_max = options->dedupe_ids_max,
                                        .dedupe_seed = options->dedupe_seed,
                                        .apart = pipeline->apart,
                                        .touched = on_touched,
                                        .touched_context = pipeline,
                                        .is_blocked = is_blocked,
                                        .blocked_context = pipeline};
  pipeline->generation = generation;
  pipeline->binding = binding_new(generation);
  binding_calls(pipeline->binding, &pipeline->calls);
  pipeline->engine = engine_new(generation->rules, &pipeline->calls, &engine);
  pipeline->fold = engine_fold_new(pipeline->engine);
  pipeline->book = leadbook_new(generation->rules);
  pipeline->ruleset = leadbook_intern(pipeline->book, str_of(generation->rules->hash));
  pipeline->outbox = outbox_new();
  pipeline->reader = json_reader_new();
  pipeline->blocklist = blocklist_new();
  buf_init(&pipeline->text);
  roster_init(&pipeline->roster);
  pipeline->charge.since_ms = TIME_MIN;
  pipeline->charge.stages = STAGES_NOW;
  return pipeline;
}

void pipeline_free(struct pipeline *pipeline) {
  if (!pipeline) return;
  json_reader_free(pipeline->reader);
  blocklist_free(pipeline->blocklist);
  buf_release(&pipeline->text);
  roster_release(&pipeline->roster);
  if (pipeline->erasure) erasure_release(pipeline->erasure);
  free(pipeline->erasure);
  outbox_free(pipeline->outbox);
  leadbook_free(pipeline->book);
  fold_free(pipeline->fold);
  engine_free(pipeline->engine);
  binding_free(pipeline->binding);
  apart_free(pipeline->apart);
  free(pipeline->leads);
  free(pipeline->others);
  free(pipeline);
}

struct engine *pipeline_engine(struct pipeline *pipeline) {
  return pipeline->engine;
}

struct leadbook *pipeline_book(struct pipeline *pipeline) {
  return pipeline->book;
}

struct outbox *pipeline_outbox(struct pipeline *pipeline) {
  return pipeline->outbox;
}

struct identity_member pipeline_row_lead(struct pipeline *pipeline, const struct outbox_row *row) {
  if (row->lead == OUTBOX_NONE) return (struct identity_member){ID_USER, STR("-")};
  return engine_lead_name(pipeline->engine, row->lead);
}

struct fold *pipeline_fold(struct pipeline *pipeline) {
  return pipeline->fold;
}

struct generation *pipeline_generation(const struct pipeline *pipeline) {
  return pipeline->generation;
}

/* --- absorbing ------------------------------------------------------------------------------------------------------- */

static void push(uint32_t **items, size_t *count, size_t *cap, uint32_t item) {
  if (*count == *cap) {
    *cap = *cap ? *cap * 2 : 16;
    *items = xrealloc(*items, *cap * sizeof **items);
  }
  (*items)[(*count)++] = item;
}

static void note_other(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  if (node < pipeline->oldest_node) pipeline->oldest_node = node;
  if (leadbook_find(pipeline->book, node))
    push(&pipeline->others, &pipeline->other_count, &pipeline->other_cap, node);
}

/* What has been seen to of both has been seen to of the one they are now. */
static void see_less(struct lead_entry *entry, const struct lead_entry *other) {
  bool fresh = entry->folded_ms == TIME_MIN && entry->seen_record == 0;
  if (fresh || other->seen_record < entry->seen_record) entry->seen_record = other->seen_record;
}

/* The lead's entry, with what is known of ids that were leads of their own until they turned out to be this one. */
static struct lead_entry *gather_entry(struct pipeline *pipeline, uint32_t lead,
                                       const struct pipeline_visitor *visitor) {
  const struct identity_visitor nodes = {pipeline, note_other};
  struct lead_entry *entry = leadbook_open(pipeline->book, lead);
  pipeline->other_count = 0;
  pipeline->oldest_node = IDENTITY_NONE;
  engine_nodes_of(pipeline->engine, lead, &nodes);
  for (size_t i = 0; i < pipeline->other_count; i++) {
    uint32_t other = pipeline->others[i];
    if (other == lead) continue;
    see_less(entry, leadbook_find(pipeline->book, other));
    if (visitor && visitor->absorbed) visitor->absorbed(visitor->context, entry, other);
    leadbook_absorb(pipeline->book, entry, other, pipeline->generation->rules);
    outbox_absorb(pipeline->outbox, lead, other);
  }
  return entry;
}

/* --- records --------------------------------------------------------------------------------------------------------- */

/* Whose turn it is to get a lead follows from the acts. */
static void take_turns(struct pipeline *pipeline, const struct store_record *record) {
  struct json_ref root;
  struct err err;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, &err) == 0)
    roster_take(&pipeline->roster, root);
}

static int take_events(struct pipeline *pipeline, const struct store_record *record,
                       struct feed_result *result) {
  bool is_import = record->kind == JOURNAL_IMPORT;
  const struct feed feed = {.source = record->source,
                            .received_ms = record->received_ms,
                            .is_history = is_import,
                            .is_system = record->kind == JOURNAL_SYSTEM,
                            .record = record->seq};
  pipeline->reason = pipeline->rebuilding ? TOUCH_SWEEP : is_import ? TOUCH_IMPORT : TOUCH_LIVE;
  engine_feed(pipeline->engine, record->bytes, &feed, result);
  if (record->kind == JOURNAL_SYSTEM) take_turns(pipeline, record);
  return 0;
}

static void note_lead(void *context, uint32_t lead) {
  struct pipeline *pipeline = context;
  push(&pipeline->leads, &pipeline->lead_count, &pipeline->lead_cap, lead);
}

/* Whether the decision was about somebody who has become part of this lead since, by an event that was on its way to the
 * journal before the decision was. The name tells; but a lead's name may change from one of its user ids to another, and then
 * the stage tells. */
static bool was_apart(struct pipeline *pipeline, const struct lead_entry *entry, int lifecycle,
                      const struct decision_read *read) {
  struct identity_member name = engine_lead_name(pipeline->engine, entry->node);
  if (read->lead.kind != name.kind) return true;
  if (str_eq(name.id, read->lead.id)) return false;
  if (name.kind != ID_USER) return true;
  if (lifecycle == NONE || !entry->recorded[lifecycle]) return false;
  return entry->recorded[lifecycle] != read->decision.from;
}

static void note_decision(struct pipeline *pipeline, struct lead_entry *entry,
                          const struct decision_read *read) {
  const struct ruleset *rules = pipeline->generation->rules;
  int lifecycle = ruleset_lifecycle(rules, str_of(leadbook_name(pipeline->book, read->decision.lifecycle)));
  entry->ruleset = read->decision.ruleset;
  if (was_apart(pipeline, entry, lifecycle, read)) {
    leadbook_decide_apart(pipeline->book, entry, lifecycle, &read->decision, rules);
    return;
  }
  leadbook_decide(pipeline->book, entry, lifecycle, &read->decision);
  entry->derived_count = read->derived_count;
  entry->derived_hash = read->derived_hash;
  entry->merged = false;
}

/* Of the lead that a record is about; NULL and *err when there is none. */
static struct lead_entry *find_entry(struct pipeline *pipeline, struct identity_member lead,
                                     struct err *err) {
  const struct identity_visitor visitor = {pipeline, note_lead};
  uint32_t node = engine_find_node(pipeline->engine, lead);
  if (node == IDENTITY_NONE) {
    err_set(err, ERR_NOT_FOUND, "what was decided is about '%.*s', whom no event mentions", STR_ARG(lead.id));
    return NULL;
  }
  pipeline->lead_count = 0;
  engine_leads_of(pipeline->engine, node, &visitor);
  return gather_entry(pipeline, pipeline->leads[0], NULL);
}

static int take_decision(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct decision_read read;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  if (json_is_missing(json_get(root, STR("lead")))) return 0; /* of somebody who was erased: a number only */
  if (decision_parse(pipeline->book, root, &read, err) != 0) return -1;
  struct lead_entry *entry = find_entry(pipeline, read.lead, err);
  if (!entry) return -1;
  read.decision.record = record->seq;
  note_decision(pipeline, entry, &read);
  if (pipeline->rebuilding) leadbook_touch(pipeline->book, entry->node, TOUCH_SWEEP);
  return 0;
}

static int take_clock(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct clock_read read;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  if (json_is_missing(json_get(root, STR("lead")))) return 0; /* of somebody who was erased: a number only */
  if (clocks_parse(pipeline->book, root, &read, err) != 0) return -1;
  struct lead_entry *entry = find_entry(pipeline, read.lead, err);
  if (!entry || clocks_apply(pipeline->book, entry, &read, err) != 0) return -1;
  if (pipeline->rebuilding) leadbook_touch(pipeline->book, entry->node, TOUCH_SWEEP);
  return 0;
}

/* --- what is told others --------------------------------------------------------------------------------------------- */

static int take_effect(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  const struct identity_visitor visitor = {pipeline, note_lead};
  struct outbox_effect effect;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0 ||
      outbox_effect_read(root, &effect, err) != 0)
    return -1;
  uint32_t node = engine_find_node(pipeline->engine, effect.lead);
  pipeline->lead_count = 0;
  if (node != IDENTITY_NONE) engine_leads_of(pipeline->engine, node, &visitor);
  return outbox_take_effect(pipeline->outbox, &effect, record->seq,
                            pipeline->lead_count ? pipeline->leads[0] : OUTBOX_NONE, err);
}

static int take_delivery(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct outbox_delivery delivery;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0 ||
      outbox_delivery_read(root, &delivery, err) != 0)
    return -1;
  outbox_take_delivery(pipeline->outbox, &delivery, record->seq);
  return 0;
}

static int take_approval(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return agreement_take(&pipeline->approvals, root, err);
}

const struct approvals *pipeline_approvals(const struct pipeline *pipeline) {
  return &pipeline->approvals;
}

/* --- erasures -------------------------------------------------------------------------------------------------------- */

struct erasure *pipeline_detach_erasure(struct pipeline *pipeline) {
  struct erasure *erasure = pipeline->erasure;
  pipeline->erasure = NULL;
  return erasure;
}

struct blocklist *pipeline_blocklist(struct pipeline *pipeline) {
  return pipeline->blocklist;
}

static void forget_node(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  leadbook_forget(pipeline->book, node);
  outbox_forget(pipeline->outbox, node);
}

static void forget_lead(struct pipeline *pipeline, uint32_t lead, struct erasure *erasure) {
  const struct identity_visitor nodes = {pipeline, forget_node};
  erasure_add_lead(erasure, pipeline->engine, lead);
  engine_nodes_of(pipeline->engine, lead, &nodes);
  engine_forget(pipeline->engine, lead);
}

static void forget_asked(struct pipeline *pipeline, struct str id, struct erasure *erasure) {
  uint32_t lead = engine_find_lead(pipeline->engine, id);
  if (lead == IDENTITY_NONE)
    erasure_add_id(erasure, id);
  else
    forget_lead(pipeline, lead, erasure);
}

uint32_t pipeline_lead_named(struct pipeline *pipeline, struct identity_member name) {
  const struct identity_visitor visitor = {pipeline, note_lead};
  uint32_t node = engine_find_node(pipeline->engine, name);
  pipeline->lead_count = 0;
  if (node != IDENTITY_NONE) engine_leads_of(pipeline->engine, node, &visitor);
  for (size_t i = 0; i < pipeline->lead_count; i++) {
    struct identity_member called = engine_lead_name(pipeline->engine, pipeline->leads[i]);
    if (called.kind == name.kind && str_eq(called.id, name.id)) return pipeline->leads[i];
  }
  return IDENTITY_NONE;
}

/* Who has been heard of meanwhile stays. */
static void forget_silent(struct pipeline *pipeline, const struct erasure_ask *ask, struct erasure *erasure) {
  struct identity_member name;
  struct json_iter it;
  for (json_iter_init(&it, ask->silent); json_next(&it);) {
    uint32_t lead = erasure_read_id(it.value, &name) ? pipeline_lead_named(pipeline, name) : IDENTITY_NONE;
    if (lead != IDENTITY_NONE && engine_last_ms(pipeline->engine, lead) < ask->before_ms)
      forget_lead(pipeline, lead, erasure);
  }
}

static int take_erasure(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct erasure_ask ask;
  struct json_ref root;
  struct erasure *erasure = xmalloc(sizeof *erasure);
  erasure_init(erasure);
  enum erasure_record what = ERASURE_NONE;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) == 0)
    what = erasure_parse(erasure, root, &ask, err);
  if ((what == ERASURE_ASK || what == ERASURE_SILENT) && !pipeline->erasure) {
    if (what == ERASURE_ASK)
      forget_asked(pipeline, ask.id, erasure);
    else
      forget_silent(pipeline, &ask, erasure);
    if (pipeline->apart) apart_forget(pipeline->apart, erasure_names, erasure);
    if (erasure->block) blocklist_add(pipeline->blocklist, erasure);
    erasure->before = record->seq;
    pipeline->erasure = erasure;
    return 0;
  }
  erasure_release(erasure);
  free(erasure);
  return what == ERASURE_NONE ? -1 : 0;
}

static int take_tombstone(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return blocklist_take(pipeline->blocklist, root, err);
}

int pipeline_take(struct pipeline *pipeline, const struct store_record *record, struct feed_result *result,
                  struct err *err) {
  struct feed_result unused;
  pipeline->last_record = record->seq;
  switch (record->kind) {
  case JOURNAL_EVENTS:
  case JOURNAL_IMPORT:
  case JOURNAL_SYSTEM: return take_events(pipeline, record, result ? result : &unused);
  case JOURNAL_DECISION: return take_decision(pipeline, record, err);
  case JOURNAL_AGREEMENT: return take_approval(pipeline, record, err);
  case JOURNAL_CLOCK: return take_clock(pipeline, record, err);
  case JOURNAL_RULESET: return pipeline_take_ruleset(pipeline, record, err);
  case JOURNAL_RELEASE: return pipeline_take_release(pipeline, record, err);
  case JOURNAL_ERASE: return take_erasure(pipeline, record, err);
  case JOURNAL_TOMBSTONE: return take_tombstone(pipeline, record, err);
  case JOURNAL_EFFECT: return take_effect(pipeline, record, err);
  case JOURNAL_DELIVERY: return take_delivery(pipeline, record, err);
  default:
    return err_set(err, ERR_INVALID, "record %llu is of kind %u, which this version does not know",
                   (unsigned long long)record->seq, record->kind);
  }
}

/* --- folding --------------------------------------------------------------------------------------------------------- */

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

static void tell_clock(const struct pipeline_visitor *visitor, struct lead_entry *entry,
                       const struct clock_fact *fact) {
  if (visitor->clocked) visitor->clocked(visitor->context, entry, fact);
}

/* What was due by itself, and whom a breach gives the lead to. */
static void tell_due(struct pipeline *pipeline, struct lead_entry *entry, const struct clock_fact *fact,
                     int64_t now_ms, const struct pipeline_visitor *visitor) {
  const struct clock *clock = clockbook_at(leadbook_clocks(pipeline->book), fact->number);
  struct assign_choice choice;
  tell_apart(visitor);
  tell_clock(visitor, entry, fact);
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
  for (size_t i = 0; i < count; i++) visitor->decided(visitor->context, entry, &decided[i]);
  for (size_t i = facts->before; i < facts->count; i++) tell_clock(visitor, entry, &facts->items[i]);
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
  struct lead_entry *entry = gather_entry(pipeline, lead, visitor);
  await_effects(pipeline, entry);
  if (engine_fold(pipeline->engine, lead, now_ms, pipeline->fold) == 0) {
    leadbook_remove(pipeline->book, lead); /* its events belong to others now */
    return;
  }
  entry->id = engine_lead_id(pipeline->engine, lead);
  entry->account = fold_account(pipeline->fold);
  entry->owner = fold_owner(pipeline->fold);
  if (entry->owner.len) entry->assigned = false;
  decide_summarise(entry, pipeline->fold, &summary);
  int64_t due = next_look(pipeline->fold, now_ms + PIPELINE_HORIZON_MS);
  wait_until(pipeline, entry, due);
  if (pipeline->rebuilding) {
    if (decide_try(pipeline->book, entry, pipeline->fold, pipeline->ruleset))
      visitor->differs(visitor->context, entry);
    return;
  }
  const struct decide_rules rules = pipeline_rules_for(pipeline, entry);
  pipeline->released = rules.mode == DECIDE_SETTLE;
  size_t count = decide_stages(pipeline->book, entry, pipeline->fold, &rules, now_ms, reason, decided);
  if (rules.mode == DECIDE_SETTLE) mark_released(pipeline, decided, count);
  leadbook_note_held(pipeline->book, entry);
  visitor->folded(visitor->context, entry, pipeline->fold, &summary, reason);
  follow(pipeline, entry, decided, count, now_ms, visitor);
  wait_until(pipeline, entry, due);
}

/* When a function was stopped, its rule is unknown for everybody. */
static void settle(struct pipeline *pipeline) {
  const struct engine_calls *calls = &pipeline->calls;
  if (pipeline->generation->rules->function_count && calls->settle && calls->settle(calls->settle_context))
    pipeline_touch_all(pipeline, TOUCH_SWEEP);
}

bool pipeline_step(struct pipeline *pipeline, int64_t now_ms, const struct pipeline_visitor *visitor) {
  const struct identity_visitor leads = {pipeline, note_lead};
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

void pipeline_touch_all(struct pipeline *pipeline, enum touch_reason reason) {
  uint32_t cursor = 0, lead;
  while (engine_next_lead(pipeline->engine, &cursor, &lead)) leadbook_touch(pipeline->book, lead, reason);
}

void pipeline_set_rebuilding(struct pipeline *pipeline, bool rebuilding) {
  pipeline->rebuilding = rebuilding;
}

int64_t pipeline_due_ms(const struct pipeline *pipeline) {
  const struct lead_entry *entry = leadbook_earliest(pipeline->book);
  return entry ? entry->due_ms : TIME_NEVER;
}

void pipeline_set_effects_after(struct pipeline *pipeline, uint64_t record) {
  pipeline->effects_after = record;
}

uint64_t pipeline_effects_after(const struct pipeline *pipeline) {
  return pipeline->effects_after;
}

bool pipeline_is_released(const struct pipeline *pipeline) {
  return pipeline->released;
}

uint64_t pipeline_last_record(const struct pipeline *pipeline) {
  return pipeline->last_record;
}

size_t pipeline_look(struct pipeline *pipeline, uint32_t lead, int64_t at_ms) {
  fold_await_effects(pipeline->fold, FOLD_AWAIT_NONE);
  return engine_fold(pipeline->engine, lead, at_ms, pipeline->fold);
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

size_t pipeline_look_on(struct pipeline *pipeline, uint32_t lead, int64_t at_ms,
                        const struct pipeline_visitor *visitor) {
  struct lead_entry *entry = gather_entry(pipeline, lead, visitor);
  size_t touches = pipeline_look(pipeline, lead, at_ms);
  if (touches == 0)
    leadbook_remove(pipeline->book, lead);
  else
    leadbook_set_due(pipeline->book, entry, next_look(pipeline->fold, at_ms + PIPELINE_HORIZON_MS));
  return touches;
}
