/* Somebody's data is to go: the pipeline forgets them, and says whose data it was. */
#include "core/journal/erasure.h"
#include "core/journal/pipeline_private.h"
#include "core/journal/retold.h"

struct erasure *pipeline_detach_erasure(struct pipeline *pipeline) {
  struct erasure *erasure = pipeline->erasure;
  pipeline->erasure = NULL;
  return erasure;
}

struct blocklist *pipeline_blocklist(struct pipeline *pipeline) {
  return pipeline->blocklist;
}

/* --- what belongs to whom ---------------------------------------------------------------------------------------------- */

/* Records that name a nameless visitor's id may have become part of anybody's history: what of them is in the lead's is listed, and what
 * of them is in another's, who stays, is told anew, if the id is not only that one's any more. */
struct parting {
  struct pipeline *pipeline;
  struct erasure *erasure;
  uint32_t lead;              /* that is erased */
  enum touch_reason unfolded; /* why it would be folded again */
};

static bool is_visitors(void *context, uint32_t node) {
  const struct parting *p = context;
  return engine_node_id(p->pipeline->engine, node).kind == ID_ANONYMOUS;
}

static bool is_claimed(void *context, uint32_t node) {
  const struct parting *p = context;
  struct identity_member id = engine_node_id(p->pipeline->engine, node);
  return id.kind == ID_ANONYMOUS && erasure_names(p->erasure, id);
}

static void list_decision(void *context, uint64_t record) {
  const struct parting *p = context;
  belongings_add_record(&p->erasure->belongings, record);
}

static void list_clock(void *context, uint64_t clock) {
  const struct parting *p = context;
  belongings_add_clock(&p->erasure->belongings, clock);
}

static bool is_their_message(void *context, const struct outbox_row *row) {
  const struct parting *p = context;
  if (row->named == OUTBOX_NONE || !is_claimed(context, row->named)) return false;
  belongings_add_message(&p->erasure->belongings, row->id);
  return true;
}

static void list_own(struct parting *p) {
  const struct outbox *outbox = p->pipeline->outbox;
  const struct retold_marks marks = {p, is_visitors, list_decision, list_clock};
  const struct lead_entry *entry = leadbook_find(p->pipeline->book, p->lead);
  if (entry) retold_mark(p->pipeline->book, entry, &marks);
  for (uint32_t at = outbox_next_of_lead(outbox, p->lead, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox_next_of_lead(outbox, p->lead, at)) {
    const struct outbox_row *row = outbox_row(outbox, at);
    if (row->named != OUTBOX_NONE && is_visitors(p, row->named))
      belongings_add_message(&p->erasure->belongings, row->id);
  }
}

/* What was told others under such an id holds what was known of it then, of whomever: it goes, whoever has it now. */
static void part_from(struct parting *p, const struct lead_entry *other) {
  const struct retold_marks marks = {p, is_claimed, list_decision, list_clock};
  if (!other || other->node == p->lead) return;
  bool any = outbox_forget_some(p->pipeline->outbox, other->node, is_their_message, p) > 0;
  any = retold_mark(p->pipeline->book, other, &marks) || any;
  any = any || is_claimed(p, engine_lead_node(p->pipeline->engine, other->node));
  if (any) erasure_add_other(p->erasure, other->node);
}

/* What came and was not folded yet may change the lead, and nobody would find it by an id that is gone. */
static void part_from_lead(void *context, uint32_t lead) {
  struct parting *p = context;
  part_from(p, leadbook_holder(p->pipeline->book, lead));
  if (lead != p->lead && p->unfolded) leadbook_touch(p->pipeline->book, lead, p->unfolded);
}

/* Whoever's they are now, and whoever has a history that names them. */
static void part_from_all(struct parting *p, uint32_t node) {
  const struct identity_visitor leads = {p, part_from_lead};
  uint32_t cursor = 0;
  const struct lead_entry *entry;
  engine_leads_of(p->pipeline->engine, node, &leads);
  while ((entry = leadbook_next_mentioning(p->pipeline->book, node, &cursor))) part_from(p, entry);
}

/* --- forgetting --------------------------------------------------------------------------------------------------------- */

static void note_node(void *context, uint32_t node) {
  pipeline_note_lead(context, node);
}

static void forget_lead(struct pipeline *pipeline, uint32_t lead, struct erasure *erasure) {
  const struct identity_visitor all = {pipeline, note_node};
  struct parting parting = {pipeline, erasure, lead, TOUCH_NONE};
  pipeline->lead_count = 0;
  engine_nodes_of(pipeline->engine, lead, &all);
  size_t count = pipeline->lead_count;
  uint32_t *nodes = xmalloc((count + 1) * sizeof *nodes);
  memcpy(nodes, pipeline->leads, count * sizeof *nodes);
  for (size_t i = 0; i < count; i++) {
    enum touch_reason reason = leadbook_why_touched(pipeline->book, nodes[i]);
    if (reason > parting.unfolded) parting.unfolded = reason;
  }
  erasure_add_lead(erasure, pipeline->engine, lead);
  list_own(&parting);
  for (size_t i = 0; i < count; i++)
    if (engine_node_id(pipeline->engine, nodes[i]).kind == ID_ANONYMOUS) part_from_all(&parting, nodes[i]);
  for (size_t i = 0; i < count; i++) {
    leadbook_forget(pipeline->book, nodes[i]);
    outbox_forget(pipeline->outbox, nodes[i]);
  }
  engine_forget(pipeline->engine, lead);
  free(nodes);
}

static void forget_asked(struct pipeline *pipeline, struct str id, struct erasure *erasure) {
  uint32_t lead = engine_find_lead(pipeline->engine, id);
  if (lead == IDENTITY_NONE)
    erasure_add_id(erasure, id);
  else
    forget_lead(pipeline, lead, erasure);
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

int pipeline_take_erasure(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
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
  if (what == ERASURE_DONE) roster_read(&pipeline->roster, root);
  erasure_release(erasure);
  free(erasure);
  return what == ERASURE_NONE ? -1 : 0;
}

void pipeline_retell(struct pipeline *pipeline, const struct erasure *erasure,
                     void (*told)(void *context, struct str record), void *context) {
  for (size_t i = 0; i < erasure->other_count; i++) {
    const struct lead_entry *entry = leadbook_holder(pipeline->book, erasure->others[i]);
    if (!entry) continue; /* erased as well */
    buf_clear(&pipeline->text);
    retold_write(pipeline->book, pipeline->generation->rules, entry,
                 engine_lead_name(pipeline->engine, entry->node),
                 outbox_sequence(pipeline->outbox, entry->node), &pipeline->text);
    told(context, buf_str(&pipeline->text));
  }
}

int pipeline_take_tombstone(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return blocklist_take(pipeline->blocklist, root, err);
}
