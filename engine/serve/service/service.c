#include "serve/service/service.h"

#include "core/engine/stages.h"
#include "core/journal/replay.h"
#include "notation/compile.h"
#include "serve/service/service_enrich.h"
#include "serve/service/service_private.h"
#include <stdio.h>

enum { BAD_RECORDS_TOLD = 10 }; /* all are counted */

/* --- now ------------------------------------------------------------------------------------------------------------- */

static int64_t whole_seconds(int64_t ms) {
  return ms - ms % TIME_MS_PER_SECOND;
}

static void doubt(struct service *service, int64_t wall_ms) {
  char behind[TIME_TEXT_MAX];
  service_notice(
      service,
      "the clock is %s behind what was recorded: time stands still for a minute, for it to be mended",
      duration_text(whole_seconds(service->present.now_ms - wall_ms), behind));
  loop_timer_after(service->doubt, PRESENT_DOUBT_MS);
}

/* Every deadline was worked out from an instant that was not yet. */
static void go_back(struct service *service, int64_t by_ms) {
  char back[TIME_TEXT_MAX];
  service_notice(
      service,
      "the clock was wrong and stays %s behind what was recorded: taking it, and working out every lead "
      "again",
      duration_text(whole_seconds(by_ms), back));
  pipeline_touch_all(service->pipeline, TOUCH_SWEEP);
  service_work_soon(service);
}

int64_t service_now_ms(struct service *service) {
  int64_t before_ms = service->present.now_ms, wall_ms = loop_clock_ms(service->loop);
  switch (present_look(&service->present, wall_ms, loop_now_ms(service->loop))) {
  case PRESENT_GOES_ON: break;
  case PRESENT_IN_DOUBT: doubt(service, wall_ms); break;
  case PRESENT_WENT_BACK: go_back(service, before_ms - wall_ms); break;
  }
  return service->present.now_ms;
}

static void on_doubt(void *arg) {
  service_now_ms(arg);
}

/* --- parts ----------------------------------------------------------------------------------------------------------- */

struct receiver *service_receiver(struct service *service) {
  return service->receiver;
}

struct pipeline *service_pipeline(struct service *service) {
  return service->pipeline;
}

int64_t service_rules_ms(const struct service *service) {
  return service->rules_ms;
}

uint64_t service_last_record(const struct service *service) {
  return service->applied_seq;
}

uint64_t service_swaps(const struct service *service) {
  return service->swaps;
}

int64_t service_swap_us(const struct service *service) {
  return service->swap_us;
}

bool service_is_settled(const struct service *service) {
  return service->settled;
}

/* --- replaying ------------------------------------------------------------------------------------------------------ */

void service_notice(struct service *service, const char *format, ...) {
  char text[ERR_TEXT_MAX + 128];
  va_list args;
  if (!service->calls.notice) return;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  service->calls.notice(service->calls.context, text);
}

static void on_bad_record(void *context, const struct store_record *record, const struct err *err) {
  struct service *service = context;
  (void)record;
  if (service->stats.bad_records++ < BAD_RECORDS_TOLD) service_notice(service, "%s", err->text);
}

struct pipeline_options service_pipeline_options(const struct service *service) {
  return (struct pipeline_options){.dedupe_ids_max = (size_t)service->config->limits.dedupe_ids,
                                   .dedupe_seed = service->dedupe_seed,
                                   .apart = service->apart};
}

/* Damage can hide blocks from a reader without a trace in those it finds. */
static int check_whole(const struct service *service, const struct replay_totals *totals, struct err *err) {
  uint64_t expected;
  if (!store_expects_blocks(service->store, &expected) || totals->blocks >= expected) return 0;
  return err_set(
      err, ERR_SYNTAX,
      "%s/journal.db: %llu of the %llu blocks that were there at the last stop cannot be found: the file "
      "is damaged; restore a backup",
      service->config->data, (unsigned long long)(expected - totals->blocks), (unsigned long long)expected);
}

static bool on_record(void *context, struct store_record *record) {
  struct service *service = context;
  bool taken = service_filter_erased(service, record);
  if (service->enriching && taken) enriching_replayed(service->enriching, record);
  return taken;
}

static int replay(struct service *service, struct err *err) {
  const struct pipeline_options options = service_pipeline_options(service);
  const struct replay_calls calls = {.context = service, .filter = on_record, .bad = on_bad_record};
  struct replay_totals totals;
  int64_t start = loop_wall_ms();
  service_apply_quarantine(service, service->generation);
  service->pipeline = pipeline_new(service->generation, &options);
  pipeline_set_absorbed(service->pipeline, service_absorbed, service);
  service_read_folded(service);
  int result = replay_run(service->pipeline, service->config->data, &calls, &totals, err);
  if (totals.last_ms) present_init(&service->present, totals.last_ms);
  service->applied_seq = totals.last_seq;
  service->stats.replayed_records = totals.records;
  service->stats.replayed_events = totals.events;
  service->stats.replay_ms = (uint64_t)(loop_wall_ms() - start);
  return result == 0 ? check_whole(service, &totals, err) : result;
}

/* What else could be said about the rules, for whoever asks. */
void service_check_rules(struct generation *generation) {
  notation_check(generation->rules, &generation->warnings);
  problems_sort(&generation->warnings);
}

/* --- opening -------------------------------------------------------------------------------------------------------- */

static void on_changed(void *arg, enum store_state state, const struct err *err) {
  struct service *service = arg;
  if (state == STORE_OK) service_work_soon(service); /* decisions may be waiting */
  if (service->calls.state) service->calls.state(service->calls.context, state, err);
}

static void on_checked(void *arg, const struct err *err) {
  struct service *service = arg;
  if (err)
    service_notice(service, "the check after an unclean stop found damage: %s", err->text);
  else
    service_notice(service, "the check after an unclean stop found all in order");
}

static int open_store(struct service *service, struct err *err) {
  const struct config *config = service->config;
  const struct store_options options = {.queue_requests_max = (uint32_t)config->limits.queue_requests,
                                        .queue_bytes_max = (size_t)config->limits.queue_bytes,
                                        .group_wait_us = (uint32_t)(config->commit.wait_ms * 1000),
                                        .check_later = true,
                                        .arg = service,
                                        .wake = service_deliver_soon,
                                        .changed = on_changed,
                                        .checked = on_checked};
  service->store = store_open(config->data, &options, err);
  return service->store ? 0 : -1;
}

/* Where the rules are others than at the last stop, they are why leads move. */
static void compare_rulesets(struct service *service) {
  const char *recorded = pipeline_recorded_ruleset(service->pipeline);
  if (strcmp(recorded, service->generation->rules->hash) == 0) return;
  if (*recorded) pipeline_adopt(service->pipeline, recorded);
  service_take_over(service, *recorded ? service->config->rulesets.stages : STAGES_NOW);
}

static void set_limits(struct service *service) {
  const struct config *config = service->config;
  const struct receive_limits limits = {.event_bytes = (size_t)config->limits.event_bytes,
                                        .batch_events = (uint32_t)config->limits.batch_events};
  receiver_free(service->receiver);
  service->receiver = receiver_new(pipeline_engine(service->pipeline), &limits);
}

/* Not before the journal was read, whose blocks are counted. */
static void set_repack(struct service *service) {
  const struct config *config = service->config;
  store_repack(service->store, &(struct store_repack){.block_bytes = (size_t)config->journal.block_bytes,
                                                      .share = (unsigned)config->journal.pack_share,
                                                      .free_share = (unsigned)config->journal.free_share});
}

void service_reconfigure(struct service *service, const struct config *config) {
  service->config = config;
  set_limits(service);
  set_repack(service);
  handoff_set_url(service->handoff, config->public_url);
  service_look_for_silent(service);
}

struct service *service_open(struct loop *loop, const struct config *config, struct generation *generation,
                             const struct service_calls *calls, struct err *err) {
  struct service *service = xcalloc(1, sizeof *service);
  service->loop = loop;
  service->config = config;
  service->generation = generation;
  service->calls = *calls;
  service->work.run = service_run_work;
  service->deliver.run = service_run_deliver;
  service->doubt = loop_timer_new(loop, on_doubt, service);
  service->commit_ms = TIME_MIN;
  present_init(&service->present, TIME_MIN);
  buf_init(&service->text);
  digest_random(&service->dedupe_seed, sizeof service->dedupe_seed);
  service->apart = apart_new();
  service->quarantine = quarantine_new();
  if (calls->fetcher) service->enriching = enriching_new(service);
  if (open_store(service, err) != 0 || apart_read(service->apart, config->data, err) != 0 ||
      quarantine_read(service->quarantine, config->data, err) != 0 ||
      service_find_erasure(service, err) != 0 || replay(service, err) != 0 ||
      store_begin_check(service->store, err) != 0) {
    service_close(service);
    return NULL;
  }
  set_limits(service);
  set_repack(service);
  service->rules_ms = service_now_ms(service);
  if (pipeline_since_ms(service->pipeline) != TIME_MIN)
    service->rules_ms = pipeline_since_ms(service->pipeline);
  service->drip_ms = service_now_ms(service);
  compare_rulesets(service);
  service_open_handoff(service);
  service_check_rules(generation);
  loop_on_wake(loop, service_on_wake, service);
  service_resume_erasure(service);
  service_start_retaining(service);
  service->drip = loop_timer_new(loop, service_drip, service);
  service_drip(service);
  service_work_soon(service);
  return service;
}

void service_close(struct service *service) {
  if (!service) return;
  service->closing = true;
  loop_timer_free(service->doubt);
  service_stop_erasing(service);
  service_stop_retaining(service);
  if (service->drip) loop_timer_free(service->drip);
  service_free_shadow(service);
  rebuild_free(service->activation.rebuild);
  enriching_free(service->enriching);
  if (service->activation.state != ACTIVATION_TIDYING) generation_free(service->activation.instant);
  generation_free(service->activation.kept);
  if (service->store) {
    service_flush_decisions(service);
    store_close(service->store);
  }
  service_free_erasing(service);
  receiver_free(service->receiver);
  pipeline_free(service->pipeline);
  generation_free(service->generation);
  apart_free(service->apart);
  quarantine_free(service->quarantine);
  buf_release(&service->text);
  service_forget_undecided(service);
  free(service->undecided);
  handoff_free(service->handoff);
  free(service);
}

enum store_state service_store_why(struct service *service, struct err *err) {
  return store_why(service->store, err);
}

void service_stats(struct service *service, struct service_stats *stats) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  *stats = service->stats;
  store_stats(service->store, &stats->store);
  stats->commit_ms = service->commit_ms;
  stats->undecided = service->undecided_count;
  stats->leads = leadbook_count(book);
  stats->touched = leadbook_touched(book);
  stats->due_ms = pipeline_due_ms(service->pipeline);
}
