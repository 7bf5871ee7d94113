/* Folding between requests, deadlines, decisions into the journal. */
#include "core/decision_json.h"
#include "core/journal.h"
#include "core/row.h"
#include "serve/service_private.h"
#include <time.h>

enum { FLUSH_MAX = 1024 }; /* decisions in one append */

static int64_t cpu_us(void) { /* monotonic */
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* --- news ------------------------------------------------------------------------------------------------------------ */

static void tell_scores(struct service *service, const struct fold *fold) {
  struct arena arena;
  struct json_writer w;
  struct row row;
  if (!service->calls.heard(service->calls.context)) return;
  arena_init(&arena, 4096);
  row_make(&row, fold, &arena);
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  row_json(&row, fold_rules(fold), &w);
  service->calls.news(service->calls.context, STR("lead.scored"), buf_str(&service->text));
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
  if (!service->calls.heard(service->calls.context)) return;
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, fold_lead_id(fold));
  put_segments(&w, "segments", fold_segments(fold), rules);
  put_segments(&w, "joined", summary->joined, rules);
  put_segments(&w, "left", summary->left, rules);
  json_close(&w, '}');
  service->calls.news(service->calls.context, STR("lead.segments_changed"), buf_str(&service->text));
}

static void on_folded(void *context, struct lead_entry *entry, const struct fold *fold,
                      const struct decide_summary *summary, enum touch_reason reason) {
  struct service *service = context;
  (void)entry;
  service->stats.folds++;
  if (service->settled && reason == TOUCH_LIVE && (summary->scores_changed || summary->first))
    tell_scores(service, fold);
  if (service->settled && reason == TOUCH_LIVE && (summary->joined || summary->left))
    tell_segments(service, fold, summary);
}

static void tell_decision(struct service *service, const struct lead_entry *entry,
                          const struct decision *decision) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct json_writer w;
  if (!service->calls.heard(service->calls.context)) return;
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, entry->id);
  decision_json(book, decision, &w);
  json_close(&w, '}');
  service->calls.news(service->calls.context, STR("lead.stage_changed"), buf_str(&service->text));
}

/* --- decisions ------------------------------------------------------------------------------------------------------- */

static void on_decided(void *context, struct lead_entry *entry, const struct decided *decided) {
  struct service *service = context;
  if (service->undecided_count == service->undecided_cap) {
    service->undecided_cap = service->undecided_cap ? service->undecided_cap * 2 : 64;
    service->undecided = xrealloc(service->undecided, service->undecided_cap * sizeof *service->undecided);
  }
  service->undecided[service->undecided_count++] =
      (struct undecided){.node = entry->node,
                         .name = engine_lead_node(pipeline_engine(service->pipeline), entry->node),
                         .decided = *decided};
}

/* Decisions of a lead that is now part of another are that one's. */
static void on_absorbed(void *context, struct lead_entry *entry, uint32_t other) {
  struct service *service = context;
  for (size_t i = 0; i < service->undecided_count; i++)
    if (service->undecided[i].node == other) service->undecided[i].node = entry->node;
}

static int by_number(const struct undecided *a, const struct undecided *b) {
  return (a->decided.number > b->decided.number) - (a->decided.number < b->decided.number);
}

static int by_lead(const void *a, const void *b) {
  const struct undecided *left = a, *right = b;
  if (left->node != right->node) return left->node < right->node ? -1 : 1;
  return by_number(left, right);
}

static int by_turn(const void *a, const void *b) {
  const struct undecided *left = a, *right = b;
  if (left->turn_ms != right->turn_ms) return left->turn_ms < right->turn_ms ? -1 : 1;
  return by_number(left, right);
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
    all[i].turn_ms = leadbook_decision(book, all[i].decided.number)->at_ms;
    if (i > 0 && all[i - 1].node == all[i].node && all[i - 1].turn_ms > all[i].turn_ms)
      all[i].turn_ms = all[i - 1].turn_ms;
  }
  qsort(all, count, sizeof *all, by_turn);
}

static void forget_flushed(struct service *service, size_t count) {
  service->undecided_count -= count;
  memmove(service->undecided, service->undecided + count,
          service->undecided_count * sizeof *service->undecided);
}

static void on_flushed(void *arg, const struct store_outcome *outcome) {
  struct service *service = arg;
  struct leadbook *book = pipeline_book(service->pipeline);
  service->flushing = false;
  if (outcome->state != STORE_OK) { /* they stay where they are, and are tried again */
    service_erase_if_ready(service);
    return;
  }
  service_applied(service, outcome);
  for (uint32_t i = 0; i < outcome->records; i++) {
    struct decision *decision = leadbook_decision(book, service->undecided[i].decided.number);
    const struct lead_entry *entry = leadbook_find(book, service->undecided[i].node);
    decision->record = outcome->first_seq + i;
    service->stats.decisions++;
    if (service->calls.decided) service->calls.decided(service->calls.context, book, decision);
    if (entry && decision->cause != CAUSE_IMPORT) tell_decision(service, entry, decision);
  }
  forget_flushed(service, outcome->records);
  service_swap_if_ready(service);
  service_erase_if_ready(service);
  if (service->undecided_count) service_work_soon(service);
}

static void make_record(struct service *service, const struct undecided *undecided, struct arena *arena,
                        struct store_record *record) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  struct identity_member name = engine_node_id(pipeline_engine(service->pipeline), undecided->name);
  buf_clear(&service->text);
  decision_record(book, &undecided->decided, name, &service->text);
  *record =
      (struct store_record){.received_ms = leadbook_decision(book, undecided->decided.number)->decided_ms,
                            .kind = JOURNAL_DECISION,
                            .bytes = arena_str(arena, buf_str(&service->text))};
}

void service_flush_decisions(struct service *service) {
  struct store_record records[FLUSH_MAX];
  struct arena arena;
  struct err err;
  size_t count = service->undecided_count < FLUSH_MAX ? service->undecided_count : FLUSH_MAX;
  if (count == 0 || service->flushing || !service->settled || service_holds_still(service)) return;
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
  if (service_holds_still(service)) return false;
  return !service->settled || service->undecided_count < SERVICE_PENDING_MAX;
}

void service_run_work(struct loop_task *task) {
  struct service *service = (struct service *)((char *)task - offsetof(struct service, work));
  const struct pipeline_visitor visitor = {service, on_folded, on_decided, on_absorbed, NULL};
  int64_t now = service_now_ms(service), end = cpu_us() + SERVICE_SLICE_US;
  bool more = true;
  service->work_posted = false;
  while (more && has_room(service) && cpu_us() < end) more = pipeline_step(service->pipeline, now, &visitor);
  if (!more && !service->settled) {
    sort_overdue(service);
    service->settled = true;
  }
  service_look_for_stopped(service);
  service_flush_decisions(service);
  service_swap_if_ready(service);
  wait_for_deadline(service);
  if (more && has_room(service)) service_work_soon(service);
}

void service_on_wake(void *arg) {
  service_work_soon(arg);
}
