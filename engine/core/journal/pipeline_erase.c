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
  uint32_t *near;             /* ids of visitors whose leads share one with it */
  size_t near_count, near_cap;
  uint32_t unsure; /* of those the one at hand */
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

static void note_near(void *context, uint32_t node) {
  struct parting *p = context;
  if (!is_visitors(p, node)) return;
  if (p->near_count == p->near_cap) {
    p->near_cap = p->near_cap ? p->near_cap * 2 : 16;
    p->near = xrealloc(p->near, p->near_cap * sizeof *p->near);
  }
  p->near[p->near_count++] = node;
}

/* What came and was not folded yet may change the lead, and nobody would find it by an id that is gone. */
static void part_from_lead(void *context, uint32_t lead) {
  struct parting *p = context;
  const struct identity_visitor near = {p, note_near};
  if (lead == p->lead) return;
  part_from(p, leadbook_holder(p->pipeline->book, lead));
  engine_nodes_of(p->pipeline->engine, lead, &near);
  if (p->unfolded) leadbook_touch(p->pipeline->book, lead, p->unfolded);
}

/* Whoever's they are now, and whoever has a history that names them. */
static void part_from_all(struct parting *p, uint32_t node) {
  const struct identity_visitor leads = {p, part_from_lead};
  uint32_t cursor = 0;
  const struct lead_entry *entry;
  engine_leads_of(p->pipeline->engine, node, &leads);
  while ((entry = leadbook_next_mentioning(p->pipeline->book, node, &cursor))) part_from(p, entry);
}

/* --- what went to somebody because of the erased ------------------------------------------------------------------------ */

static bool is_of_others(struct pipeline *pipeline, uint32_t node, uint32_t lead) {
  const struct identity_visitor leads = {pipeline, pipeline_note_lead};
  if (engine_node_id(pipeline->engine, node).kind != ID_ANONYMOUS) return false;
  pipeline->lead_count = 0;
  engine_leads_of(pipeline->engine, node, &leads);
  return pipeline->lead_count != 1 || pipeline->leads[0] != lead;
}

static bool is_unsure(void *context, uint32_t node) {
  const struct parting *p = context;
  return node == p->unsure;
}

static bool has_message(const struct parting *p, uint32_t lead) {
  const struct outbox *outbox = p->pipeline->outbox;
  uint32_t at = outbox_next_of_lead(outbox, lead, OUTBOX_NONE);
  while (at != OUTBOX_NONE && outbox_row(outbox, at)->named != p->unsure)
    at = outbox_next_of_lead(outbox, lead, at);
  return at != OUTBOX_NONE;
}

static int by_number(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

/* The erased one's events took a device from somebody, say, who had no other left, and the history went on to a third. A start does not see
 * those events: it would leave the history where it was, whatever device it names. So what names one that several people have by now is told
 * anew, of whoever has it. */
static void part_near(struct parting *p) {
  const struct retold_marks marks = {p, is_unsure, list_decision, list_clock};
  struct leadbook *book = p->pipeline->book;
  if (p->near_count) qsort(p->near, p->near_count, sizeof *p->near, by_number);
  for (size_t i = 0; i < p->near_count; i++) {
    const struct lead_entry *entry;
    uint32_t cursor = 0;
    p->unsure = p->near[i];
    if ((i && p->near[i - 1] == p->unsure) || is_claimed(p, p->unsure)) continue;
    while ((entry = leadbook_next_mentioning(book, p->unsure, &cursor))) {
      if (!is_of_others(p->pipeline, p->unsure, entry->node)) continue;
      bool any = retold_mark(book, entry, &marks);
      if (any || has_message(p, entry->node)) erasure_add_other(p->erasure, entry->node);
    }
  }
  free(p->near);
}

/* --- forgetting --------------------------------------------------------------------------------------------------------- */

static void note_node(void *context, uint32_t node) {
  pipeline_note_lead(context, node);
}

static void forget_lead(struct pipeline *pipeline, uint32_t lead, struct erasure *erasure) {
  const struct identity_visitor all = {pipeline, note_node};
  struct parting parting = {.pipeline = pipeline, .erasure = erasure, .lead = lead};
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
  part_near(&parting);
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

struct telling {
  struct pipeline *pipeline;
  uint32_t lead;
};

static bool is_others(void *context, uint32_t node) {
  const struct telling *telling = context;
  return is_of_others(telling->pipeline, node, telling->lead);
}

void pipeline_retell(struct pipeline *pipeline, const struct erasure *erasure,
                     void (*told)(void *context, struct str record), void *context) {
  for (size_t i = 0; i < erasure->other_count; i++) {
    const struct lead_entry *entry = leadbook_holder(pipeline->book, erasure->others[i]);
    if (!entry) continue; /* erased as well */
    struct telling telling = {pipeline, entry->node};
    const struct retold_from from = {.book = pipeline->book,
                                     .rules = pipeline->generation->rules,
                                     .outbox = pipeline->outbox,
                                     .entry = entry,
                                     .name = engine_lead_name(pipeline->engine, entry->node),
                                     .context = &telling,
                                     .is_others = is_others};
    buf_clear(&pipeline->text);
    retold_write(&from, &pipeline->text);
    told(context, buf_str(&pipeline->text));
  }
}

int pipeline_take_tombstone(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return blocklist_take(pipeline->blocklist, root, err);
}
