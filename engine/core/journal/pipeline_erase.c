/* Somebody's data is to go: the pipeline forgets them, and says whose data it was. */
#include "core/journal/erasure.h"
#include "core/journal/pipeline_private.h"

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
  erasure_release(erasure);
  free(erasure);
  return what == ERASURE_NONE ? -1 : 0;
}

int pipeline_take_tombstone(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  return blocklist_take(pipeline->blocklist, root, err);
}
