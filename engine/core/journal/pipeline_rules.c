/* Other rules: how they take over, what they change by themselves, and who has still to be looked at. */
#include "core/desk/listbook.h"
#include "core/journal/pipeline_private.h"

#include "core/journal/erasure.h"

enum { SWEEP_LOOKS = 256 }; /* leads looked at in one step that need no folding */

/* --- taking over ------------------------------------------------------------------------------------------------------ */

void pipeline_use(struct pipeline *pipeline, struct generation *generation) {
  struct binding *binding = binding_new(generation);
  binding_calls(binding, &pipeline->calls);
  engine_use(pipeline->engine, generation->rules, &pipeline->calls);
  fold_free(pipeline->fold);
  binding_free(pipeline->binding);
  pipeline->binding = binding;
  pipeline->generation = generation;
  listbook_use(leadbook_lists(pipeline->book), pipeline->book, generation->rules);
  pipeline->fold = engine_fold_new(pipeline->engine);
  pipeline->ruleset = leadbook_intern(pipeline->book, str_of(generation->rules->hash));
}

static void begin_charge(struct pipeline *pipeline, int64_t since_ms, int64_t stages) {
  struct charge *charge = &pipeline->charge;
  charge->since_ms = since_ms;
  charge->nodes = (uint32_t)engine_node_count(pipeline->engine);
  charge->number++;
  charge->mode = stages == STAGES_NOW ? DECIDE_NOW : DECIDE_HOLD;
  charge->stages = stages;
}

static void note_recorded(struct charge *charge, struct str hash) {
  if (str_eq(hash, str_of(charge->recorded))) return;
  memcpy(charge->before, charge->recorded, sizeof charge->before);
  snprintf(charge->recorded, sizeof charge->recorded, "%.*s", STR_ARG(hash));
}

void pipeline_take_over(struct pipeline *pipeline, int64_t since_ms, int64_t stages) {
  note_recorded(&pipeline->charge, str_of(pipeline->generation->rules->hash));
  begin_charge(pipeline, since_ms, stages);
}

int pipeline_take_ruleset(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  struct str hash, written;
  int64_t stages = STAGES_NOW;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  if (!json_string(json_get(root, STR("ruleset")), &hash))
    return err_set(err, ERR_INVALID, "record %llu names no ruleset", (unsigned long long)record->seq);
  if (json_string(json_get(root, STR("stages")), &written) && !stages_parse(written, &stages))
    return err_set(err, ERR_INVALID, "record %llu: stages: expected " STAGES_EXPECTED,
                   (unsigned long long)record->seq);
  note_recorded(&pipeline->charge, hash);
  begin_charge(pipeline, record->received_ms, stages);
  pipeline->effects_after = record->seq;
  return 0;
}

void pipeline_adopt(struct pipeline *pipeline, const char *ruleset) {
  uint16_t number = leadbook_intern(pipeline->book, str_of(ruleset));
  uint32_t cursor = 0, lead;
  while (engine_next_lead(pipeline->engine, &cursor, &lead)) {
    struct lead_entry *entry = leadbook_open(pipeline->book, lead);
    entry->ruleset = number;
    entry->recalled = true;
  }
}

const char *pipeline_recorded_ruleset(const struct pipeline *pipeline) {
  return pipeline->charge.recorded;
}

struct decide_rules pipeline_rules_for(struct pipeline *pipeline, struct lead_entry *entry) {
  const struct charge *charge = &pipeline->charge;
  struct decide_rules rules = {
      .ruleset = pipeline->ruleset, .since_ms = charge->since_ms, .mode = DECIDE_NOW, .seen_ms = TIME_MIN};
  if (charge->since_ms == TIME_MIN) rules.since_ms = TIME_NEVER; /* nothing says when: all is their doing */
  if (pipeline->oldest_node >= charge->nodes) return rules;
  if (!entry->ruleset) entry->ruleset = leadbook_intern(pipeline->book, str_of(charge->before));
  rules.mode = charge->mode;
  if (rules.mode == DECIDE_HOLD && entry->released == charge->number) rules.mode = DECIDE_SETTLE;
  return rules;
}

/* --- releasing --------------------------------------------------------------------------------------------------------- */

bool pipeline_is_holding(const struct pipeline *pipeline) {
  return pipeline->charge.mode == DECIDE_HOLD;
}

int64_t pipeline_stages(const struct pipeline *pipeline) {
  return pipeline->charge.stages;
}

int64_t pipeline_since_ms(const struct pipeline *pipeline) {
  return pipeline->charge.since_ms;
}

/* What is held for that lead is to be recorded. It is folded for that. */
static void release_lead(struct pipeline *pipeline, uint32_t lead) {
  leadbook_open(pipeline->book, lead)->released = pipeline->charge.number;
  leadbook_touch(pipeline->book, lead, TOUCH_SWEEP);
}

static void release_all(struct pipeline *pipeline) {
  if (pipeline->charge.mode != DECIDE_HOLD) return;
  pipeline->charge.mode = DECIDE_SETTLE;
  pipeline_sweep_begin(pipeline);
}

static void release_named(struct pipeline *pipeline, struct json_ref leads) {
  struct identity_member name;
  struct json_iter it;
  for (json_iter_init(&it, leads); json_next(&it);) {
    uint32_t lead = erasure_read_id(it.value, &name) ? pipeline_lead_named(pipeline, name) : IDENTITY_NONE;
    if (lead != IDENTITY_NONE) release_lead(pipeline, lead);
  }
}

/* Whoever is not there any more needs no release. */
int pipeline_take_release(struct pipeline *pipeline, const struct store_record *record, struct err *err) {
  struct json_ref root;
  if (json_parse(pipeline->reader, record->bytes.p, record->bytes.len, &root, err) != 0) return -1;
  struct json_ref leads = json_get(root, STR("leads"));
  if (json_is_missing(leads))
    release_all(pipeline);
  else
    release_named(pipeline, leads);
  return 0;
}

/* --- sweeping ----------------------------------------------------------------------------------------------------------- */

void pipeline_sweep_begin(struct pipeline *pipeline) {
  pipeline->sweep = (struct sweep){.under_way = true, .paused = pipeline->sweep.paused};
}

void pipeline_sweep_pause(struct pipeline *pipeline, bool pause) {
  pipeline->sweep.paused = pause;
}

struct pipeline_sweep pipeline_sweep(const struct pipeline *pipeline) {
  uint32_t total = (uint32_t)engine_node_count(pipeline->engine);
  const struct sweep *sweep = &pipeline->sweep;
  return (struct pipeline_sweep){sweep->under_way, sweep->paused, sweep->under_way ? sweep->cursor : total,
                                 total};
}

static bool wants_fold(const struct pipeline *pipeline, uint32_t lead) {
  const struct lead_entry *entry = leadbook_find(pipeline->book, lead);
  if (!entry || entry->ruleset != pipeline->ruleset) return true;
  return entry->held && pipeline->charge.mode == DECIDE_SETTLE;
}

bool pipeline_sweep_next(struct pipeline *pipeline, uint32_t *lead) {
  struct sweep *sweep = &pipeline->sweep;
  if (!sweep->under_way || sweep->paused) return false;
  for (int looks = 0; engine_next_lead(pipeline->engine, &sweep->cursor, lead); looks++)
    if (looks == SWEEP_LOOKS || wants_fold(pipeline, *lead)) return true;
  sweep->under_way = false;
  return false;
}
