#include "core/journal/pipeline.h"
#include "core/journal/erasure.h"
#include "core/journal/pipeline_private.h"

/* Records were checked when they came in; these bounds only keep memory sane if one is damaged. */
enum { RECORD_BYTES_MAX = 1 << 30 };

static void push(uint32_t **items, size_t *count, size_t *cap, uint32_t item) {
  if (*count == *cap) {
    *cap = *cap ? *cap * 2 : 16;
    *items = xrealloc(*items, *cap * sizeof **items);
  }
  (*items)[(*count)++] = item;
}

static void on_touched(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  leadbook_touch(pipeline->book, node, pipeline->reason);
  push(&pipeline->joined, &pipeline->joined_count, &pipeline->joined_cap, node);
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
  pipeline->charge.since_ms = pipeline->seen_ms = TIME_MIN;
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
  free(pipeline->joined);
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
  if (row->named != OUTBOX_NONE) {
    struct identity_member named = engine_node_id(pipeline->engine, row->named);
    if (named.id.len) return named;
  }
  if (row->lead == OUTBOX_NONE) return (struct identity_member){ID_USER, STR("-")};
  return engine_lead_name(pipeline->engine, row->lead);
}

struct fold *pipeline_fold(struct pipeline *pipeline) {
  return pipeline->fold;
}

struct generation *pipeline_generation(const struct pipeline *pipeline) {
  return pipeline->generation;
}

void pipeline_touch_all(struct pipeline *pipeline, enum touch_reason reason) {
  uint32_t cursor = 0, lead;
  while (engine_next_lead(pipeline->engine, &cursor, &lead)) leadbook_touch(pipeline->book, lead, reason);
}

void pipeline_set_absorbed(struct pipeline *pipeline,
                           void (*absorbed)(void *context, uint32_t lead, uint32_t other), void *context) {
  pipeline->absorbed = absorbed;
  pipeline->absorbed_context = context;
}

void pipeline_set_rebuilding(struct pipeline *pipeline, bool rebuilding) {
  pipeline->rebuilding = rebuilding;
}

int64_t pipeline_due_ms(const struct pipeline *pipeline) {
  const struct lead_entry *entry = leadbook_earliest(pipeline->book);
  return entry ? entry->due_ms : TIME_NEVER;
}

void pipeline_set_folded_until(struct pipeline *pipeline, uint64_t record) {
  pipeline->folded_until = record;
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

const struct approvals *pipeline_approvals(const struct pipeline *pipeline) {
  return &pipeline->approvals;
}

const struct roster *pipeline_roster(const struct pipeline *pipeline) {
  return &pipeline->roster;
}

/* --- leads -------------------------------------------------------------------------------------------------------------- */

void pipeline_note_lead(void *context, uint32_t lead) {
  struct pipeline *pipeline = context;
  push(&pipeline->leads, &pipeline->lead_count, &pipeline->lead_cap, lead);
}

uint32_t pipeline_lead_named(struct pipeline *pipeline, struct identity_member name) {
  const struct identity_visitor visitor = {pipeline, pipeline_note_lead};
  uint32_t node = engine_find_node(pipeline->engine, name);
  pipeline->lead_count = 0;
  if (node != IDENTITY_NONE) engine_leads_of(pipeline->engine, node, &visitor);
  for (size_t i = 0; i < pipeline->lead_count; i++) {
    struct identity_member called = engine_lead_name(pipeline->engine, pipeline->leads[i]);
    if (called.kind == name.kind && str_eq(called.id, name.id)) return pipeline->leads[i];
  }
  return IDENTITY_NONE;
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

/* What is known of `other` is the lead's from now on. A lead of which nothing was decided before is the other one under a new name: what
 * that had to tell is still right. */
static void absorb(struct pipeline *pipeline, struct lead_entry *entry, uint32_t other) {
  see_less(entry, leadbook_find(pipeline->book, other));
  if (pipeline->is_news && entry->decisions) outbox_doubt(pipeline->outbox, other);
  leadbook_absorb(pipeline->book, entry, other, pipeline->generation->rules);
  outbox_absorb(pipeline->outbox, entry->node, other);
  if (pipeline->absorbed) pipeline->absorbed(pipeline->absorbed_context, entry->node, other);
}

struct lead_entry *pipeline_gather(struct pipeline *pipeline, uint32_t lead) {
  const struct identity_visitor nodes = {pipeline, note_other};
  struct lead_entry *entry = leadbook_open(pipeline->book, lead);
  pipeline->other_count = 0;
  pipeline->oldest_node = IDENTITY_NONE;
  engine_nodes_of(pipeline->engine, lead, &nodes);
  for (size_t i = 0; i < pipeline->other_count; i++) {
    uint32_t other = pipeline->others[i];
    if (other != lead) absorb(pipeline, entry, other);
  }
  return entry;
}

void pipeline_gather_gone(struct pipeline *pipeline, uint32_t node, int64_t now_ms) {
  const struct lead_entry *holder = leadbook_holder(pipeline->book, node);
  if (!holder || pipeline->lead_count == 0 || holder->node == pipeline->leads[0]) return;
  if (pipeline_look(pipeline, holder->node, now_ms) > 0) return; /* it goes on without the id */
  if (!pipeline_leave(pipeline, holder->node))
    absorb(pipeline, leadbook_open(pipeline->book, pipeline->leads[0]), holder->node);
}

/* --- what is left of who is no lead any more ---------------------------------------------------------------------------- */

struct heir {
  struct pipeline *pipeline;
  uint32_t of, found;
};

/* Of several whoever is called by the smallest name: numbers of nodes are others at a start, when somebody was erased meanwhile. */
static void look_at_lead(void *context, uint32_t lead) {
  struct heir *heir = context;
  struct engine *engine = heir->pipeline->engine;
  if (lead == heir->of || !engine_has_events(engine, lead)) return;
  if (heir->found == IDENTITY_NONE ||
      str_cmp(engine_lead_id(engine, lead), engine_lead_id(engine, heir->found)) < 0)
    heir->found = lead;
}

static void note_node(void *context, uint32_t node) {
  struct pipeline *pipeline = context;
  push(&pipeline->others, &pipeline->other_count, &pipeline->other_cap, node);
}

bool pipeline_leave(struct pipeline *pipeline, uint32_t lead) {
  const struct identity_visitor nodes = {pipeline, note_node};
  struct heir heir = {pipeline, lead, IDENTITY_NONE};
  const struct identity_visitor leads = {&heir, look_at_lead};
  const struct lead_entry *entry = leadbook_find(pipeline->book, lead);
  if (!entry || engine_has_events(pipeline->engine, lead)) return false;
  pipeline->other_count = 0;
  engine_nodes_of(pipeline->engine, lead, &nodes);
  for (size_t i = 0; i < pipeline->other_count; i++)
    engine_leads_of(pipeline->engine, pipeline->others[i], &leads);
  if (heir.found == IDENTITY_NONE) {
    clockbook_forget(leadbook_clocks(pipeline->book), entry->clocks);
    leadbook_remove(pipeline->book, lead);
    return true;
  }
  absorb(pipeline, leadbook_open(pipeline->book, heir.found), lead);
  leadbook_touch(pipeline->book, heir.found, pipeline->reason);
  return true;
}
