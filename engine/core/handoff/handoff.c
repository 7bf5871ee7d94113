#include "core/handoff/handoff.h"

#include "base/hex.h"
#include "core/explain/brief.h"
#include "core/handoff/handoff_private.h"
#include "core/handoff/request.h"
#include "model/match/matcher.h"
#include "model/ruleset/desk.h"
#include <inttypes.h>

struct cancelled {              /* of a lead that became part of another: to be told of that one */
  uint16_t destination, effect; /* the outbox's names */
  uint64_t key;
};

struct handoff {
  struct handoff_calls calls;
  const char *public_url;
  struct buf message, request, record, brief;
  struct cancelled *cancelled; /* since the last fold */
  size_t cancelled_count, cancelled_cap;
};

struct handoff *handoff_new(const struct handoff_calls *calls) {
  struct handoff *handoff = xcalloc(1, sizeof *handoff);
  handoff->calls = *calls;
  handoff->public_url = "";
  buf_init(&handoff->message);
  buf_init(&handoff->request);
  buf_init(&handoff->record);
  buf_init(&handoff->brief);
  return handoff;
}

void handoff_free(struct handoff *handoff) {
  if (!handoff) return;
  buf_release(&handoff->message);
  buf_release(&handoff->request);
  buf_release(&handoff->record);
  buf_release(&handoff->brief);
  free(handoff->cancelled);
  free(handoff);
}

void handoff_set_url(struct handoff *handoff, const char *public_url) {
  handoff->public_url = public_url;
}

/* Nobody is told what was imported, or what other rules moved by themselves unless that was released. */
static bool is_live(const struct pipeline *pipeline, enum cause cause) {
  return cause == CAUSE_RULESET ? pipeline_is_released(pipeline) : cause != CAUSE_IMPORT;
}

/* --- one effect at one destination ----------------------------------------------------------------------------------- */

static void add_record(struct handoff *handoff, enum journal_kind kind) {
  handoff->calls.record(handoff->calls.context, kind, buf_str(&handoff->record));
}

/* Renders the message that is in handoff->message and records what came of it. */
static void record_effect(struct handoff *handoff, const struct handoff_about *about,
                          const struct destination *destination, struct outbox_effect *effect,
                          struct err *err) {
  struct generation *generation = pipeline_generation(about->pipeline);
  char id[OUTBOX_ID_TEXT];
  buf_clear(&handoff->request);
  buf_clear(&handoff->record);
  if (err->code == ERR_NONE && request_render(generation, destination, str_of(outbox_id_text(effect->id, id)),
                                              buf_str(&handoff->message), &handoff->request, err) == 0) {
    if (handoff->request.len == 0) return; /* the renderer has nothing to tell there */
    effect->rendered = true;
    effect->request = buf_str(&handoff->request);
  } else {
    effect->failed = str_of(err->text);
    effect->event = buf_str(&handoff->message);
  }
  outbox_effect_write(effect, &handoff->record);
  add_record(handoff, JOURNAL_EFFECT);
}

static bool wants(const struct destination *destination, const char *type, int64_t now_ms) {
  return !destination->events ||
         matcher_eval(destination->events, value_str(str_of(type)), now_ms) == TRUTH_YES;
}

/* Nobody gets a lead that must not be contacted, by whatever way it came where it is. What takes something back does no harm. */
static bool is_barred(const struct handoff_about *about) {
  return about->effect->handoff && !about->corrects && !fold_contactable(about->fold);
}

static struct str write_brief(struct handoff *handoff, const struct fold *fold) {
  struct json_writer w;
  buf_clear(&handoff->brief);
  json_writer_init(&w, &handoff->brief);
  brief_json(fold, *handoff->public_url ? handoff->public_url : NULL, &w);
  return buf_str(&handoff->brief);
}

/* What whoever takes over gets to know, as of now: with the message, and frozen in its record whatever the receiver's form is. */
static struct str make_brief(struct handoff *handoff, const struct handoff_about *about) {
  bool tells = about->effect->handoff && !about->corrects;
  return tells ? write_brief(handoff, about->fold) : STR("");
}

static bool is_in(uint64_t stages, int stage) {
  return stage != NONE && stages >> stage & 1;
}

static bool hands_over(const struct pipeline *pipeline, const struct leadbook *book,
                       const struct decision *decision) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  int number = ruleset_lifecycle(rules, str_of(leadbook_name(book, decision->lifecycle)));
  if (number == NONE || !is_live(pipeline, (enum cause)decision->cause)) return false;
  const struct lifecycle *lifecycle = &rules->lifecycles[number];
  uint64_t handed = lifecycle->handed;
  return is_in(handed, lifecycle_stage(lifecycle, str_of(leadbook_name(book, decision->to)))) &&
         !is_in(handed, lifecycle_stage(lifecycle, str_of(leadbook_name(book, decision->from))));
}

struct str handoff_brief(struct handoff *handoff, struct pipeline *pipeline,
                         const struct decision *decision) {
  const struct fold *fold = pipeline_fold(pipeline);
  if (!hands_over(pipeline, pipeline_book(pipeline), decision) || !fold_contactable(fold)) return STR("");
  return write_brief(handoff, fold);
}

/* Makes the message for a destination unless it has been made. `of` says what it follows from. */
static void make(struct handoff *handoff, struct handoff_about *about, uint32_t lead,
                 const struct destination *destination, const struct str *of, size_t count) {
  struct outbox *outbox = pipeline_outbox(about->pipeline);
  const struct outbox_origin origin = {about->lead, of, count, str_of(about->effect->name),
                                       str_of(destination->name)};
  struct outbox_effect effect = {.lead = about->lead,
                                 .effect = origin.effect,
                                 .destination = origin.destination,
                                 .type = str_of(about->type),
                                 .at_ms = about->at_ms,
                                 .made_ms = fold_now(about->fold)};
  struct err err = {.code = ERR_NONE};
  if (!wants(destination, about->type, effect.made_ms) || is_barred(about)) return;
  outbox_identify(&origin, &effect.id, &effect.key);
  if (outbox_knows(outbox, lead, effect.id, effect.key)) return;
  effect.sequence = about->sequence = outbox_reserve(outbox, lead, effect.id);
  about->public_url = handoff->public_url;
  effect.brief = about->brief = make_brief(handoff, about);
  buf_clear(&handoff->message);
  handoff_message(about, &handoff->message, &err);
  record_effect(handoff, about, destination, &effect, &err);
}

/* --- decisions --------------------------------------------------------------------------------------------------------- */

struct edge { /* what an effect of a decision follows from */
  char cycle[16];
  struct str of[4];
};

static void edge_init(struct edge *edge, const struct leadbook *book, const struct decision *decision) {
  snprintf(edge->cycle, sizeof edge->cycle, "%" PRIu32, decision->cycle);
  edge->of[0] = str_of(leadbook_name(book, decision->lifecycle));
  edge->of[1] = str_of(edge->cycle);
  edge->of[2] = str_of(leadbook_name(book, decision->from));
  edge->of[3] = str_of(leadbook_name(book, decision->to));
}

/* Whether the effect waits for the stage of that name in that lifecycle. */
static bool waits_for(const struct ruleset *rules, const struct effect *effect, const char *lifecycle,
                      const char *stage) {
  for (uint32_t i = 0; i < effect->signal_count; i++) {
    const struct signal *signal = &rules->signals[effect->signals[i]];
    if (signal->kind != SIGNAL_ENTERED) continue;
    const struct lifecycle *of = &rules->lifecycles[signal->lifecycle];
    int number = lifecycle_stage(of, str_of(stage));
    if (number != NONE && strcmp(of->name, lifecycle) == 0 && signal->stages >> number & 1) return true;
  }
  return false;
}

static struct handoff_about about_of(struct pipeline *pipeline, const struct lead_entry *entry,
                                     const struct decision *decision) {
  return (struct handoff_about){.pipeline = pipeline,
                                .fold = pipeline_fold(pipeline),
                                .lead = engine_lead_name(pipeline_engine(pipeline), entry->node),
                                .decision = decision,
                                .at_ms = decision->at_ms};
}

static void make_entered(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                         const struct decision *decision, const struct cancelled *only) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct leadbook *book = pipeline_book(pipeline);
  struct outbox *outbox = pipeline_outbox(pipeline);
  struct handoff_about about = about_of(pipeline, entry, decision);
  struct edge edge;
  edge_init(&edge, book, decision);
  for (uint32_t i = 0; i < rules->effect_count; i++) {
    const struct effect *effect = &rules->effects[i];
    if (only && strcmp(outbox_name(outbox, only->effect), effect->name) != 0) continue;
    if (!waits_for(rules, effect, edge.of[0].p, edge.of[3].p)) continue;
    if (effect->when && fold_test(about.fold, effect->when) != TRUTH_YES) continue;
    about.effect = effect;
    about.type = effect->type;
    for (uint32_t k = 0; k < effect->to_count; k++) {
      const struct destination *destination = &rules->destinations[effect->to[k]];
      if (only && strcmp(outbox_name(outbox, only->destination), destination->name) != 0) continue;
      make(handoff, &about, entry->node, destination, edge.of, 4);
    }
  }
}

/* --- taking back -------------------------------------------------------------------------------------------------------- */

static void cancel(struct handoff *handoff, struct pipeline *pipeline, uint32_t number, const char *why,
                   int64_t now_ms) {
  const struct outbox_row *row = outbox_row(pipeline_outbox(pipeline), number);
  const struct outbox_delivery delivery = {.what = HAPPENED_CANCELLED,
                                           .id = row->id,
                                           .lead = pipeline_row_lead(pipeline, row),
                                           .at_ms = now_ms,
                                           .made_ms = row->made_ms,
                                           .error = str_of(why),
                                           .previous = row->last};
  buf_clear(&handoff->record);
  outbox_delivery_write(&delivery, &handoff->record);
  add_record(handoff, JOURNAL_DELIVERY);
}

static uint32_t find_row(const struct outbox *outbox, uint32_t lead, uint64_t key) {
  uint32_t at = outbox_next_of_lead(outbox, lead, OUTBOX_NONE), found = OUTBOX_NONE;
  for (; at != OUTBOX_NONE; at = outbox_next_of_lead(outbox, lead, at))
    if (outbox_row(outbox, at)->key == key) found = at;
  return found;
}

static bool was_tried(const struct outbox_row *row) {
  return row->in_flight || row->attempts || row->last;
}

/* What entering the stage told, at that destination. */
static void take_back(struct handoff *handoff, struct handoff_about *about, const struct lead_entry *entry,
                      const struct destination *destination, const struct edge *edge) {
  const struct outbox *outbox = pipeline_outbox(about->pipeline);
  const struct outbox_origin origin = {about->lead, edge->of, 4, str_of(about->effect->name),
                                       str_of(destination->name)};
  struct hash128 id;
  uint64_t key;
  outbox_identify(&origin, &id, &key);
  uint32_t number = find_row(outbox, entry->node, key);
  if (number == OUTBOX_NONE) return;
  struct outbox_row row = *outbox_row(outbox, number);
  if (row.state == OUTBOX_WAITING && !was_tried(&row)) {
    cancel(handoff, about->pipeline, number, "the lead is not in that stage after all",
           fold_now(about->fold));
  } else if (row.state == OUTBOX_WAITING || row.state == OUTBOX_DELIVERED || row.state == OUTBOX_PARKED) {
    char told[OUTBOX_ID_TEXT];
    const struct str of[] = {STR(HANDOFF_CORRECTED), str_of(outbox_id_text(row.id, told))};
    about->corrects = &row.id;
    make(handoff, about, entry->node, destination, of, 2);
    about->corrects = NULL;
  }
}

/* The decision by which the lead came into the stage that it is taken out of; NULL: none is known. */
static const struct decision *entrance(const struct leadbook *book, const struct decision *out) {
  for (uint32_t number = out->older; number;) {
    const struct decision *decision = leadbook_decision(book, number);
    if (decision->lifecycle == out->lifecycle) return decision->to == out->from ? decision : NULL;
    number = decision->older;
  }
  return NULL;
}

static void take_back_all(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                          const struct decision *decision) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct leadbook *book = pipeline_book(pipeline);
  const struct decision *entered = entrance(book, decision);
  struct handoff_about about = about_of(pipeline, entry, decision);
  struct edge edge;
  if (!entered) return;
  edge_init(&edge, book, entered);
  about.type = HANDOFF_CORRECTED;
  about.at_ms = decision->decided_ms;
  for (uint32_t i = 0; i < rules->effect_count; i++) {
    about.effect = &rules->effects[i];
    if (!waits_for(rules, about.effect, edge.of[0].p, edge.of[3].p)) continue;
    for (uint32_t k = 0; k < about.effect->to_count; k++) {
      about.corrects = NULL;
      take_back(handoff, &about, entry, &rules->destinations[about.effect->to[k]], &edge);
    }
  }
}

void handoff_decided(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                     const struct decision *decision) {
  enum cause cause = (enum cause)decision->cause;
  if (pipeline_generation(pipeline)->rules->effect_count == 0 || !is_live(pipeline, cause)) return;
  if (cause == CAUSE_CORRECTION || cause == CAUSE_MERGE) take_back_all(handoff, pipeline, entry, decision);
  make_entered(handoff, pipeline, entry, decision, NULL);
}

/* --- clocks ------------------------------------------------------------------------------------------------------------ */

static bool waits_for_clock(const struct ruleset *rules, const struct effect *effect, enum clock_what what,
                            int sla) {
  const enum signal_kind kind = what == CLOCK_WARNED ? SIGNAL_WARNED : SIGNAL_BREACHED;
  for (uint32_t i = 0; i < effect->signal_count; i++) {
    const struct signal *signal = &rules->signals[effect->signals[i]];
    if (signal->kind == kind && signal->slas >> sla & 1) return true;
  }
  return false;
}

void handoff_clocked(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                     const struct clock_fact *fact) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct leadbook *book = pipeline_book(pipeline);
  const struct clock *clock = clockbook_at(leadbook_clocks(book), fact->number);
  int sla = desk_sla(rules, str_of(leadbook_name(book, clock->sla)));
  if (sla == NONE || (fact->what != CLOCK_WARNED && fact->what != CLOCK_BREACHED)) return;
  char id[HEX64_TEXT];
  const struct str of[] = {STR("clock"), str_of(hex64_text(clock->id, id)),
                           str_of(clock_what_word(fact->what))};
  struct handoff_about about = {.pipeline = pipeline,
                                .fold = pipeline_fold(pipeline),
                                .lead = engine_lead_name(pipeline_engine(pipeline), entry->node),
                                .clocked = fact,
                                .at_ms = fact->at_ms};
  for (uint32_t i = 0; i < rules->effect_count; i++) {
    const struct effect *effect = &rules->effects[i];
    if (!waits_for_clock(rules, effect, fact->what, sla)) continue;
    if (effect->when && fold_test(about.fold, effect->when) != TRUTH_YES) continue;
    about.effect = effect;
    about.type = effect->type;
    for (uint32_t k = 0; k < effect->to_count; k++)
      make(handoff, &about, entry->node, &rules->destinations[effect->to[k]], of, 3);
  }
}

/* --- events -------------------------------------------------------------------------------------------------------------- */

static void make_met(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry,
                     const struct fold_met *met) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  const struct effect *effect = &rules->effects[met->effect];
  struct handoff_about about = {.pipeline = pipeline,
                                .fold = pipeline_fold(pipeline),
                                .lead = engine_lead_name(pipeline_engine(pipeline), entry->node),
                                .effect = effect,
                                .touch = met->touch,
                                .type = effect->type,
                                .at_ms = met->touch->time_ms};
  const struct str of[] = {STR("event"), touch_source(met->touch), touch_message_id(met->touch)};
  for (uint32_t i = 0; i < effect->to_count; i++)
    make(handoff, &about, entry->node, &rules->destinations[effect->to[i]], of, 3);
}

/* What was cancelled of a lead that became part of this one is told of this one. */
static void make_cancelled(struct handoff *handoff, struct pipeline *pipeline,
                           const struct lead_entry *entry) {
  const struct leadbook *book = pipeline_book(pipeline);
  for (size_t i = 0; i < handoff->cancelled_count; i++) {
    const struct cancelled *cancelled = &handoff->cancelled[i];
    for (uint32_t number = entry->decisions; number; number = leadbook_decision(book, number)->older) {
      const struct decision decision = *leadbook_decision(book, number);
      const struct outbox *outbox = pipeline_outbox(pipeline);
      struct outbox_origin origin = {.effect = str_of(outbox_name(outbox, cancelled->effect)),
                                     .destination = str_of(outbox_name(outbox, cancelled->destination)),
                                     .count = 4};
      struct edge edge;
      struct hash128 id;
      uint64_t key;
      edge_init(&edge, book, &decision);
      origin.of = edge.of;
      outbox_identify(&origin, &id, &key);
      if (key != cancelled->key) continue;
      make_entered(handoff, pipeline, entry, &decision, cancelled);
      break;
    }
  }
  handoff->cancelled_count = 0;
}

void handoff_folded(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry) {
  uint32_t count;
  const struct fold_met *met = fold_effects_met(pipeline_fold(pipeline), &count);
  for (uint32_t i = 0; i < count; i++) make_met(handoff, pipeline, entry, &met[i]);
  if (handoff->cancelled_count) make_cancelled(handoff, pipeline, entry);
}

/* --- merges -------------------------------------------------------------------------------------------------------------- */

static bool follows_from_stage(const struct pipeline *pipeline, const struct outbox *outbox,
                               const struct outbox_row *row) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  for (uint32_t i = 0; i < rules->effect_count; i++) {
    if (strcmp(rules->effects[i].name, outbox_name(outbox, row->effect)) != 0) continue;
    for (uint32_t k = 0; k < rules->effects[i].signal_count; k++)
      if (rules->signals[rules->effects[i].signals[k]].kind != SIGNAL_ENTERED) return false;
    return true;
  }
  return false;
}

static void remember(struct handoff *handoff, const struct outbox_row *row) {
  if (handoff->cancelled_count == handoff->cancelled_cap) {
    handoff->cancelled_cap = handoff->cancelled_cap ? handoff->cancelled_cap * 2 : 8;
    handoff->cancelled = xrealloc(handoff->cancelled, handoff->cancelled_cap * sizeof *handoff->cancelled);
  }
  handoff->cancelled[handoff->cancelled_count++] =
      (struct cancelled){row->destination, row->effect, row->key};
}

void handoff_merged(struct handoff *handoff, struct pipeline *pipeline, const struct lead_entry *entry) {
  struct outbox *outbox = pipeline_outbox(pipeline);
  int64_t now_ms = entry->folded_ms;
  for (uint32_t at = outbox_next_of_lead(outbox, entry->node, OUTBOX_NONE); at != OUTBOX_NONE;
       at = outbox_next_of_lead(outbox, entry->node, at)) {
    const struct outbox_row *row = outbox_row(outbox, at);
    if (!row->doubtful) continue;
    outbox_trust(outbox, at);
    if (row->state != OUTBOX_WAITING || was_tried(row) || !follows_from_stage(pipeline, outbox, row))
      continue;
    remember(handoff, row);
    cancel(handoff, pipeline, at, "the lead is part of another",
           now_ms > row->made_ms ? now_ms : row->made_ms);
  }
}

/* --- later ---------------------------------------------------------------------------------------------------------------- */

int handoff_render(struct generation *generation, struct json_ref effect, struct buf *out, struct err *err) {
  struct outbox_effect read;
  char id[OUTBOX_ID_TEXT];
  struct buf message;
  if (outbox_effect_read(effect, &read, err) != 0) return -1;
  int destination = ruleset_destination(generation->rules, read.destination);
  if (destination == NONE)
    return err_set(err, ERR_NOT_FOUND, "the rules declare no destination '%.*s'", STR_ARG(read.destination));
  buf_init(&message);
  json_minify(json_get(effect, STR("event")), &message);
  int failed = request_render(generation, &generation->rules->destinations[destination],
                              str_of(outbox_id_text(read.id, id)), buf_str(&message), out, err);
  buf_release(&message);
  if (!failed && out->len == 0) failed = err_set(err, ERR_SCRIPT, "its renderer has nothing to tell");
  return failed;
}
