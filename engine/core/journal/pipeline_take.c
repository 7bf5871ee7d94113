/* Records of the journal, taken in its order: events are kept, what was decided and done is noted. */
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"
#include "core/journal/pipeline_private.h"
#include "core/journal/retold.h"

/* Whose turn it is to get a lead follows from the acts. */
static void take_turns(struct pipeline *pipeline, const struct store_record *record) {
  struct json_ref root;
  struct err err;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, &err) == 0)
    roster_take(&pipeline->roster, root);
}

/* An id's leads: what was a lead of its own may be part of another, one that several share by now may have none, and a lead may have no
 * events left. */
static void gather_leads(struct pipeline *pipeline, uint32_t node, int64_t now_ms) {
  const struct identity_visitor leads = {pipeline, pipeline_note_lead};
  const struct lead_entry *holder = leadbook_holder(pipeline->book, node);
  pipeline->lead_count = 0;
  engine_leads_of(pipeline->engine, node, &leads);
  if (pipeline->lead_count == 0) return;
  if (pipeline->lead_count == 1 && (!holder || holder->node == pipeline->leads[0])) return;
  pipeline_gather_gone(pipeline, node, now_ms);
  for (size_t k = 0; k < pipeline->lead_count; k++) {
    uint32_t lead = pipeline->leads[k];
    if (engine_has_events(pipeline->engine, lead))
      pipeline_gather(pipeline, lead);
    else
      pipeline_leave(pipeline, lead);
  }
}

/* Whose a history is follows from the records, one after the other: not from when somebody was folded, which a start cannot know. */
static void gather_joined(struct pipeline *pipeline, int64_t now_ms) {
  for (size_t i = 0; i < pipeline->joined_count; i++) gather_leads(pipeline, pipeline->joined[i], now_ms);
  pipeline->joined_count = 0;
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
  pipeline->is_news = !pipeline->rebuilding && record->seq > pipeline->folded_until;
  engine_feed(pipeline->engine, record->bytes, &feed, result);
  gather_joined(pipeline, record->received_ms);
  pipeline->is_news = false;
  if (record->kind == JOURNAL_SYSTEM) take_turns(pipeline, record);
  return 0;
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

/* Ids of visitors are those that several people may have. */
void pipeline_name(struct pipeline *pipeline, struct lead_entry *entry, uint32_t node) {
  if (node != IDENTITY_NONE && engine_node_id(pipeline->engine, node).kind == ID_ANONYMOUS)
    leadbook_note_mention(pipeline->book, entry, node);
}

void pipeline_name_clock(struct pipeline *pipeline, struct lead_entry *entry, uint32_t clock, uint32_t node) {
  struct clock *named = clockbook_at(leadbook_clocks(pipeline->book), clock);
  pipeline_name(pipeline, entry, node);
  if (engine_node_id(pipeline->engine, node).kind != ID_ANONYMOUS || named->named == node + 1) return;
  named->renamed = named->named != 0;
  named->named = node + 1;
}

/* Whom a record is about that names this id: of several who have it, whoever is called by it, else the first. IDENTITY_NONE: no event
 * mentions it. */
static uint32_t lead_of_record(struct pipeline *pipeline, uint32_t node) {
  const struct identity_visitor visitor = {pipeline, pipeline_note_lead};
  if (node == IDENTITY_NONE) return IDENTITY_NONE;
  pipeline->lead_count = 0;
  engine_leads_of(pipeline->engine, node, &visitor);
  for (size_t i = 0; pipeline->lead_count > 1 && i < pipeline->lead_count; i++)
    if (engine_lead_node(pipeline->engine, pipeline->leads[i]) == node) return pipeline->leads[i];
  return pipeline->leads[0];
}

/* Of the lead that a record is about; NULL and *err when there is none. */
static struct lead_entry *find_entry(struct pipeline *pipeline, struct identity_member name,
                                     struct err *err) {
  uint32_t lead = lead_of_record(pipeline, engine_find_node(pipeline->engine, name));
  if (lead != IDENTITY_NONE) return pipeline_gather(pipeline, lead);
  err_set(err, ERR_NOT_FOUND, "what was decided is about '%.*s', whom no event mentions", STR_ARG(name.id));
  return NULL;
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
  read.decision.named = engine_find_node(pipeline->engine, read.lead) + 1;
  note_decision(pipeline, entry, &read);
  pipeline_name(pipeline, entry, read.decision.named - 1);
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
  pipeline_name_clock(pipeline, entry,
                      clockbook_find(leadbook_clocks(pipeline->book), entry->clocks, read.clock.id),
                      engine_find_node(pipeline->engine, read.lead));
  if (pipeline->rebuilding) leadbook_touch(pipeline->book, entry->node, TOUCH_SWEEP);
  return 0;
}

/* --- what is told others --------------------------------------------------------------------------------------------- */

static int take_effect(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct outbox_effect effect;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0 ||
      outbox_effect_read(root, &effect, err) != 0)
    return -1;
  uint32_t node = engine_find_node(pipeline->engine, effect.lead), lead = lead_of_record(pipeline, node);
  if (lead != IDENTITY_NONE) /* who absorbs it gets its messages */
    pipeline_name(pipeline, leadbook_open(pipeline->book, lead), node);
  return outbox_take_effect(pipeline->outbox, &effect, record->seq, node, lead, err);
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

/* Whoever it is about has an entry, unless records are read anew: then what it was told under earlier is another's, or nobody's. */
static int take_retold(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct identity_member name;
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  if (!decision_lead(root, &name))
    return err_set(err, ERR_INVALID, "record %llu does not say of whom it tells anew",
                   (unsigned long long)record->seq);
  uint32_t lead = pipeline_lead_named(pipeline, name);
  struct lead_entry *entry = lead == IDENTITY_NONE ? NULL : leadbook_find(pipeline->book, lead);
  if (!entry) entry = find_entry(pipeline, name, err);
  if (!entry) return -1;
  const struct retold_into into = {.book = pipeline->book,
                                   .rules = pipeline->generation->rules,
                                   .outbox = pipeline->outbox,
                                   .entry = entry,
                                   .named = engine_find_node(pipeline->engine, name)};
  pipeline_name(pipeline, entry, into.named);
  if (pipeline->rebuilding) leadbook_touch(pipeline->book, entry->node, TOUCH_SWEEP);
  return retold_take(&into, root, err);
}

static int take_approval(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return agreement_take(&pipeline->approvals, root, err);
}

/* --- all ------------------------------------------------------------------------------------------------------------------ */

int pipeline_take(struct pipeline *pipeline, const struct store_record *record, struct feed_result *result,
                  struct err *err) {
  struct feed_result unused;
  pipeline->last_record = record->seq;
  if (record->seq <= pipeline->folded_until && record->received_ms > pipeline->seen_ms)
    pipeline->seen_ms = record->received_ms;
  switch (record->kind) {
  case JOURNAL_EVENTS:
  case JOURNAL_IMPORT:
  case JOURNAL_SYSTEM: return take_events(pipeline, record, result ? result : &unused);
  case JOURNAL_DECISION: return take_decision(pipeline, record, err);
  case JOURNAL_AGREEMENT: return take_approval(pipeline, record, err);
  case JOURNAL_CLOCK: return take_clock(pipeline, record, err);
  case JOURNAL_RULESET: return pipeline_take_ruleset(pipeline, record, err);
  case JOURNAL_RELEASE: return pipeline_take_release(pipeline, record, err);
  case JOURNAL_ERASE: return pipeline_take_erasure(pipeline, record, err);
  case JOURNAL_TOMBSTONE: return pipeline_take_tombstone(pipeline, record, err);
  case JOURNAL_EFFECT: return take_effect(pipeline, record, err);
  case JOURNAL_DELIVERY: return take_delivery(pipeline, record, err);
  case JOURNAL_RETOLD: return take_retold(pipeline, record, err);
  default:
    return err_set(err, ERR_INVALID, "record %llu is of kind %u, which this version does not know",
                   (unsigned long long)record->seq, record->kind);
  }
}
