/* Folding between requests, deadlines, decisions into the journal. */
#include "core/explain/row.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"
#include "serve/service/service_enrich.h"
#include "serve/service/service_private.h"
#include <time.h>

enum {
  FLUSH_MAX = 1024,
  FLUSH_BYTES = 8 << 20
}; /* of records in one append; a group is smaller, but for what others are told */
_Static_assert((int)FLUSH_MAX > (int)DECIDE_MAX + (int)CLOCKS_FACTS_MAX, "a group fits into one append");

static int64_t cpu_us(void) { /* monotonic */
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- news ------------------------------------------------------------------------------------------------------------ */

/* To be written to; false: nobody listens. */
static bool open_news(struct service *service, struct json_writer *w) {
  if (!service->calls.heard(service->calls.context)) return false;
  buf_clear(&service->text);
  json_writer_init(w, &service->text);
  return true;
}

static void send_news(struct service *service, struct str name) {
  service->calls.news(service->calls.context, name, buf_str(&service->text));
}

/* An object that is about that lead. */
static bool open_news_of(struct service *service, struct str lead, struct json_writer *w) {
  if (!open_news(service, w)) return false;
  json_open(w, '{');
  json_key(w, "lead");
  json_put_str(w, lead);
  return true;
}

static void send_news_of(struct service *service, struct json_writer *w, struct str name) {
  json_close(w, '}');
  send_news(service, name);
}

static void tell_scores(struct service *service, const struct fold *fold) {
  struct arena arena;
  struct json_writer w;
  struct row row;
  if (!open_news(service, &w)) return;
  arena_init(&arena, 4096);
  row_make(&row, fold, &arena);
  row_json(&row, fold_rules(fold), &w);
  send_news(service, STR("lead.scored"));
  arena_release(&arena);
}

static void put_segments(struct json_writer *w, const char *key, uint64_t segments,
                         const struct ruleset *rules) {
  json_key(w, key);
  row_segments(segments, rules, w);
}

static void tell_segments(struct service *service, const struct fold *fold,
                          const struct decide_summary *summary) {
  const struct ruleset *rules = fold_rules(fold);
  struct json_writer w;
  if (!open_news_of(service, fold_lead_id(fold), &w)) return;
  put_segments(&w, "segments", fold_segments(fold), rules);
  put_segments(&w, "joined", summary->joined, rules);
  put_segments(&w, "left", summary->left, rules);
  send_news_of(service, &w, STR("lead.segments_changed"));
}

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  struct service *service = context;
  service->stats.folds++;
  if (service->merging != entry) service->merging = NULL;
  service->handing = entry;
  handoff_folded(service->handoff, service->pipeline, entry);
  enriching_look(service->enriching, entry, fold, service->settled && reason == TOUCH_LIVE);
  if (service->settled && reason == TOUCH_LIVE && (summary->scores_changed || summary->first))
    tell_scores(service, fold);
  if (service->settled && reason == TOUCH_LIVE && (summary->joined || summary->left))
    tell_segments(service, fold, summary);
}

static void tell_decision(struct service *service, const struct lead_entry *entry,
                          const struct decision *decision) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct json_writer w;
  if (!open_news_of(service, entry->id, &w)) return;
  decision_json(book, decision, &w);
  send_news_of(service, &w, STR("lead.stage_changed"));
}

/* --- what is to be recorded ------------------------------------------------------------------------------------------- */

/* Room for one more thing of that lead, in the group at hand. */
static struct undecided *add_undecided(struct service *service, const struct lead_entry *entry,
                                       uint32_t kind) {
  if (service->undecided_count == service->undecided_cap) {
    service->undecided_cap = service->undecided_cap ? service->undecided_cap * 2 : 64;
    service->undecided = xrealloc(service->undecided, service->undecided_cap * sizeof *service->undecided);
  }
  struct undecided *made = &service->undecided[service->undecided_count++];
  *made = (struct undecided){.node = entry->node,
                             .name = engine_lead_node(pipeline_engine(service->pipeline), entry->node),
                             .kind = kind,
                             .order = service->undecided_made++,
                             .group = service->group};
  return made;
}

static struct str copy_text(struct str text) {
  char *copy = xmalloc(text.len + 1);
  memcpy(copy, text.p, text.len);
  return (struct str){copy, text.len};
}

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  struct service *service = context;
  struct decision *decision = leadbook_decision(pipeline_book(service->pipeline), decided->number);
  struct str brief = handoff_brief(service->handoff, service->pipeline, decision);
  struct undecided *made = add_undecided(service, entry, JOURNAL_DECISION);
  made->decided = *decided;
  decision->handed = brief.len > 0;
  if (brief.len) made->brief = copy_text(brief);
  service->handing = entry;
  handoff_decided(service->handoff, service->pipeline, entry, decision);
}

/* What a merge takes back stands with what it decides. */
static void on_apart(void *context) {
  struct service *service = context;
  if (!service->merging) service->group++;
}

static void on_clocked(void *context, struct lead_entry *entry, const struct clock_fact *fact) {
  struct service *service = context;
  add_undecided(service, entry, JOURNAL_CLOCK)->clock = *fact;
  service->handing = entry;
  handoff_clocked(service->handoff, service->pipeline, entry, fact);
}

static void add_record(struct service *service, const struct lead_entry *entry, uint32_t kind,
                       struct str record) {
  add_undecided(service, entry, kind)->record = copy_text(record);
}

static void on_assigned(void *context, struct lead_entry *entry, struct str record) {
  add_record(context, entry, JOURNAL_SYSTEM, record);
}

/* What others are to be told, in the group of what it follows from. */
void service_add_record(void *context, enum journal_kind kind, struct str bytes) {
  struct service *service = context;
  add_record(service, service->handing, kind, bytes);
}

static bool is_told(const struct undecided *undecided) {
  return undecided->kind == JOURNAL_EFFECT || undecided->kind == JOURNAL_DELIVERY;
}

/* Decisions of a lead that is now part of another are that one's. */
void service_absorbed(void *context, uint32_t lead, uint32_t other) {
  struct service *service = context;
  for (size_t i = 0; i < service->undecided_count; i++)
    if (service->undecided[i].node == other) service->undecided[i].node = lead;
}

static void on_merged(void *context, struct lead_entry *entry) {
  struct service *service = context;
  if (service->merging != entry) service->group++;
  service->merging = service->handing = entry;
  handoff_merged(service->handoff, service->pipeline, entry);
}

static int by_order(const struct undecided *a, const struct undecided *b) {
  return (a->order > b->order) - (a->order < b->order);
}

static int by_lead(const void *a, const void *b) {
  const struct undecided *left = a, *right = b;
  if (left->node != right->node) return left->node < right->node ? -1 : 1;
  return by_order(left, right);
}

static int by_turn(const void *a, const void *b) {
  const struct undecided *left = a, *right = b;
  if (left->turn_ms != right->turn_ms) return left->turn_ms < right->turn_ms ? -1 : 1;
  return by_order(left, right);
}

/* TIME_MIN: when the one before it did. */
static int64_t happened_ms(const struct leadbook *book, const struct undecided *undecided) {
  switch (undecided->kind) {
  case JOURNAL_CLOCK: return undecided->clock.at_ms;
  case JOURNAL_DECISION: return leadbook_decision(book, undecided->decided.number)->at_ms;
  default: return TIME_MIN;
  }
}

/* What was overdue at a start is recorded in the order in which it was due. But each lead's decisions stay in the order in
 * which they were made: they go on from one another. */
static void sort_overdue(struct service *service) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct undecided *all = service->undecided;
  size_t count = service->undecided_count;
  if (count == 0) return;
  qsort(all, count, sizeof *all, by_lead);
  for (size_t i = 0; i < count; i++) {
    all[i].turn_ms = happened_ms(book, &all[i]);
    if (i == 0 || all[i - 1].node != all[i].node) continue;
    if (all[i - 1].group == all[i].group || all[i - 1].turn_ms > all[i].turn_ms)
      all[i].turn_ms = all[i - 1].turn_ms;
  }
  qsort(all, count, sizeof *all, by_turn);
}

void service_release_undecided(const struct undecided *undecided) {
  if (undecided->kind == JOURNAL_SYSTEM || is_told(undecided)) free((char *)undecided->record.p);
  free((char *)undecided->brief.p);
}

static void forget_flushed(struct service *service, size_t count) {
  if (count == 0) return; /* there may be no list yet */
  for (size_t i = 0; i < count; i++) service_release_undecided(&service->undecided[i]);
  service->undecided_count -= count;
  memmove(service->undecided, service->undecided + count,
          service->undecided_count * sizeof *service->undecided);
}

void service_forget_undecided(struct service *service) {
  forget_flushed(service, service->undecided_count);
}

static void tell_clock(struct service *service, const struct lead_entry *entry,
                       const struct clock_fact *fact) {
  static const struct str names[CLOCK_WHATS] = {
      {"sla.started", 11}, {"sla.warned", 10}, {"sla.breached", 12}, {"sla.stopped", 11}};
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct json_writer w;
  if (!open_news_of(service, entry->id, &w)) return;
  json_key(&w, "at");
  json_put_time(&w, fact->at_ms);
  clocks_json(book, clockbook_at(leadbook_clocks(book), fact->number), fact->decided_ms, &w);
  send_news_of(service, &w, names[fact->what]);
}

static struct store_record act_record(struct service *service, const struct undecided *undecided) {
  return (struct store_record){.received_ms = service_now_ms(service),
                               .kind = JOURNAL_SYSTEM,
                               .source = STR(SERVICE_SOURCE),
                               .bytes = undecided->record};
}

static void flushed_decision(struct service *service, const struct undecided *undecided, uint64_t seq) {
  struct leadbook *book = pipeline_book(service->pipeline);
  struct decision *decision = leadbook_decision(book, undecided->decided.number);
  const struct lead_entry *entry = leadbook_find(book, undecided->node);
  decision->record = seq;
  service->stats.decisions++;
  service->moved += decision->cause == CAUSE_RULESET;
  if (service->calls.decided) service->calls.decided(service->calls.context, book, decision);
  if (entry && decision->cause != CAUSE_IMPORT) tell_decision(service, entry, decision);
}

static void flushed_clock(struct service *service, const struct undecided *undecided) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  const struct lead_entry *entry = leadbook_find(book, undecided->node);
  if (service->calls.clocked) service->calls.clocked(service->calls.context, book, &undecided->clock);
  if (entry) tell_clock(service, entry, &undecided->clock);
}

/* An act of embudo's own is an event: it is fed as others are, once it is committed. */
static void flushed_act(struct service *service, const struct undecided *undecided, uint64_t seq) {
  struct store_record record = act_record(service, undecided);
  struct err err;
  record.seq = seq;
  ASSERT(pipeline_take(service->pipeline, &record, NULL, &err) == 0);
  service_work_soon(service);
}

static void flushed_told(struct service *service, const struct undecided *undecided, uint64_t seq) {
  const struct store_record record = {.seq = seq, .kind = undecided->kind, .bytes = undecided->record};
  struct err err;
  if (pipeline_take(service->pipeline, &record, NULL, &err) != 0) service_notice(service, "%s", err.text);
  service->told = true;
}

static void flushed_one(struct service *service, const struct undecided *undecided, uint64_t seq) {
  switch (undecided->kind) {
  case JOURNAL_CLOCK: flushed_clock(service, undecided); break;
  case JOURNAL_SYSTEM: flushed_act(service, undecided, seq); break;
  case JOURNAL_EFFECT:
  case JOURNAL_DELIVERY: flushed_told(service, undecided, seq); break;
  default: flushed_decision(service, undecided, seq);
  }
}

static void on_flushed(void *arg, const struct store_outcome *outcome) {
  struct service *service = arg;
  service->flushing = false;
  if (outcome->state != STORE_OK) { /* they stay where they are, and are tried again */
    service_erase_if_ready(service);
    return;
  }
  service_applied(service, outcome);
  for (uint32_t i = 0; i < outcome->records; i++)
    flushed_one(service, &service->undecided[i], outcome->first_seq + i);
  if (service->told && service->calls.outbox) service->calls.outbox(service->calls.context);
  service->told = false;
  forget_flushed(service, outcome->records);
  service_swap_if_ready(service);
  service_erase_if_ready(service);
  if (service->undecided_count) service_work_soon(service);
}

static void make_record(struct service *service, const struct undecided *undecided, struct arena *arena,
                        struct store_record *record) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct identity_member name = engine_node_id(pipeline_engine(service->pipeline), undecided->name);
  bool is_clock = undecided->kind == JOURNAL_CLOCK;
  if (undecided->kind == JOURNAL_SYSTEM) {
    *record = act_record(service, undecided);
    return;
  }
  if (is_told(undecided)) {
    *record = (struct store_record){
        .received_ms = service_now_ms(service), .kind = undecided->kind, .bytes = undecided->record};
    return;
  }
  buf_clear(&service->text);
  if (is_clock)
    clocks_record(book, &undecided->clock, name, &service->text);
  else
    decision_record(book, &undecided->decided, name, undecided->brief, &service->text);
  *record = (struct store_record){
      .received_ms = is_clock ? undecided->clock.decided_ms
                              : leadbook_decision(book, undecided->decided.number)->decided_ms,
      .kind = undecided->kind,
      .bytes = arena_str(arena, buf_str(&service->text))};
}

/* As many as one append takes, without parting a group unless it is larger than that by itself. */
static size_t flush_count(const struct service *service) {
  const struct undecided *all = service->undecided;
  size_t count = 0, bytes = 0;
  for (; count < service->undecided_count && count < FLUSH_MAX && bytes < FLUSH_BYTES; count++)
    bytes += all[count].brief.len + (is_told(&all[count]) ? all[count].record.len : 0);
  size_t whole = count;
  while (whole && whole < service->undecided_count && all[whole - 1].group == all[whole].group) whole--;
  return whole ? whole : count;
}

void service_flush_decisions(struct service *service) {
  struct store_record records[FLUSH_MAX];
  struct arena arena;
  struct err err;
  if (service->undecided_count == 0 || service->flushing || !service->settled || service_holds_still(service))
    return;
  size_t count = flush_count(service);
  arena_init(&arena, 0);
  for (size_t i = 0; i < count; i++) make_record(service, &service->undecided[i], &arena, &records[i]);
  service->flushing = store_append(service->store, records, count, on_flushed, service, NULL, &err) == 0;
  arena_release(&arena);
}

/* --- slices ---------------------------------------------------------------------------------------------------------- */

void service_work_soon(struct service *service) {
  if (service->work_posted || service->closing) return;
  service->work_posted = true;
  loop_post(service->loop, &service->work);
}

static void wait_for_deadline(struct service *service) {
  loop_wake_at(service->loop, pipeline_due_ms(service->pipeline));
}

/* At a start nothing is written before all is known; later, decisions wait for the journal and folding for them. */
static bool has_room(const struct service *service) {
  if (service_holds_still(service) || service_is_swap_due(service) || service_is_erasure_due(service))
    return false;
  return !service->settled || service->undecided_count < SERVICE_PENDING_MAX;
}

void service_run_work(struct loop_task *task) {
  struct service *service = (struct service *)((char *)task - offsetof(struct service, work));
  const struct pipeline_visitor visitor = {.context = service,
                                           .folded = on_folded,
                                           .decided = on_decided,
                                           .apart = on_apart,
                                           .clocked = on_clocked,
                                           .assigned = on_assigned,
                                           .merged = on_merged};
  int64_t now = service_now_ms(service), end = cpu_us() + SERVICE_SLICE_US;
  bool more = true;
  service->work_posted = false;
  while (more && has_room(service) && cpu_us() < end) more = pipeline_step(service->pipeline, now, &visitor);
  if (!more && !service->settled) {
    sort_overdue(service);
    service->settled = true;
    if (service->calls.outbox)
      service->calls.outbox(service->calls.context); /* what waited may be sent now */
  }
  service_look_for_stopped(service);
  service_flush_decisions(service);
  service_erase_if_ready(service);
  service_swap_if_ready(service);
  service_keep_effects(service);
  wait_for_deadline(service);
  if (more && has_room(service)) service_work_soon(service);
}

void service_on_wake(void *arg) {
  service_drip(arg);
  service_work_soon(arg);
}
