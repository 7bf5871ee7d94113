#include "serve/service/service_enrich.h"

#include "model/fold/fold_enrich.h"
#include "serve/service/service_enriching.h"

enum {
  AGAIN_SLICE = 32, /* leads that are looked at again between two turns of the loop */
  AGAIN_VAIN = 8,   /* of them in vain, for each run that has ended */
  FAILED_AGAIN_MS = 15 * TIME_MS_PER_MINUTE, /* when a failure that passes is looked into again */
};

struct running {
  struct enriching *enriching;
  int64_t began_ms;
  struct enrich_job *job;
  struct enricher_run *run;
  struct running *prev, *next;
};

static const struct enricher *enricher_of(const struct enriching *enriching, uint32_t number) {
  return &enriching->service->generation->rules->enrichers[number];
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static int64_t after(int64_t now_ms, int64_t span_ms) {
  return span_ms > TIME_MAX - now_ms ? TIME_MAX : now_ms + span_ms;
}

/* The traits by path as nested JSON; what it does not declare is left out. */
static void put_traits(struct enriching *enriching, const struct enricher *enricher, struct value answer) {
  struct value nested = {.kind = VALUE_MAP};
  struct arena arena;
  struct json_writer w;
  arena_init(&arena, 4096);
  for (uint32_t i = 0; i < answer.len; i++) {
    if (enricher_gives(enricher, answer.pairs[i].key))
      nested = value_with(&arena, nested, answer.pairs[i].key, answer.pairs[i].value);
    else
      service_notice(enriching->service,
                     "enricher '%s' answered with the trait '%.*s', which is not among what it gives",
                     enricher->id, STR_ARG(answer.pairs[i].key));
  }
  buf_clear(&enriching->traits);
  json_writer_init(&w, &enriching->traits);
  json_put_value(&w, nested);
  arena_release(&arena);
}

static struct saying saying_of(struct enriching *enriching, const struct enrich_job *job,
                               const struct enricher_end *end) {
  const struct enricher *enricher = enricher_of(enriching, job->enricher);
  int64_t now_ms = service_now_ms(enriching->service), again_ms = enricher->negative_ttl_ms;
  struct saying saying = {.enricher = enricher, .needs = job->needs, .spent = job->attempts};
  switch (end->state) {
  case TASK_ANSWERED:
    put_traits(enriching, enricher, end->answer);
    saying.answer = (struct enrich_answer){ENRICHMENT_ANSWERED, buf_str(&enriching->traits),
                                           after(now_ms, enricher->ttl_ms)};
    return saying;
  case TASK_NOTHING: saying.answer.outcome = ENRICHMENT_NOTHING; break;
  default:
    saying.answer.outcome = ENRICHMENT_FAILED;
    saying.code = end->code;
    saying.message = end->message;
    if (end->passes && again_ms > FAILED_AGAIN_MS) again_ms = FAILED_AGAIN_MS;
  }
  saying.answer.until_ms = after(now_ms, again_ms);
  return saying;
}

static void notice_failure(struct enriching *enriching, const struct enricher *enricher,
                           const struct enricher_end *end) {
  if (end->state != TASK_FAILED) return;
  if (*end->place.file)
    service_notice(enriching->service, "enricher '%s' failed: %s:%d: %s", enricher->id, end->place.file,
                   end->place.line, end->message);
  else
    service_notice(enriching->service, "enricher '%s' failed: %s: %s", enricher->id, end->code, end->message);
}

/* --- running --------------------------------------------------------------------------------------------------------- */

void enriching_run_soon(struct enriching *enriching) {
  loop_timer_after(enriching->timer, 0);
}

static void end_running(struct running *running) {
  struct enriching *enriching = running->enriching;
  if (running->prev)
    running->prev->next = running->next;
  else
    enriching->first = running->next;
  if (running->next) running->next->prev = running->prev;
  enricher_run_free(running->run);
  free(running);
}

static void tell_ended(const struct running *running, const struct enricher_end *end, bool is_done) {
  const struct service *service = running->enriching->service;
  const char *result = end->state == TASK_ANSWERED  ? "answered"
                       : end->state == TASK_NOTHING ? "nothing"
                       : is_done                    ? "failed"
                                                    : "again";
  if (service->calls.enriched)
    service->calls.enriched(service->calls.context,
                            enricher_of(running->enriching, running->job->enricher)->id, result,
                            loop_now_ms(service->loop) - running->began_ms);
}

static void on_run(void *arg, const struct enricher_end *end) {
  struct running *running = arg;
  struct enriching *enriching = running->enriching;
  struct enrich_job *job = running->job;
  enum enrich_end how = end->state != TASK_FAILED ? ENRICH_SUCCEEDED
                        : end->passes             ? ENRICH_FAILED_PASSING
                                                  : ENRICH_FAILED;
  bool is_done =
      enrich_ended(enriching->plan, job, how, end->retry_after_ms, service_now_ms(enriching->service));
  tell_ended(running, end, is_done);
  if (is_done) {
    struct saying saying = saying_of(enriching, job, end);
    notice_failure(enriching, saying.enricher, end);
    if (job->lead_count) /* 0: all who waited were erased */
      enrich_note(enriching->plan, str_of(saying.enricher->id), job->needs, &saying.answer, 0, 0);
    enriching_say(enriching, saying, job->leads, job->lead_count);
    enrich_done(enriching->plan, job);
  }
  end_running(running);
  enriching->may_fail = AGAIN_VAIN;
  enriching_run_soon(enriching);
}

/* Those of its leads that the journal does not know as asked for; what is spent, in any case. */
static void say_asked(struct enriching *enriching, struct enrich_job *job, uint32_t spent) {
  int64_t now_ms = service_now_ms(enriching->service);
  for (uint32_t i = 0; i < job->lead_count; i++) {
    struct enrich_lead *lead = &job->leads[i];
    if (lead->told && !(spent && i + 1 == job->lead_count)) continue;
    const struct saying saying = {
        .enricher = enricher_of(enriching, job->enricher),
        .needs = job->needs,
        .answer = {ENRICHMENT_ASKED, {NULL, 0}, lead->wait_until_ms > now_ms ? lead->wait_until_ms : now_ms},
        .spent = spent};
    lead->told = true;
    spent = 0;
    enriching_say(enriching, saying, lead, 1);
  }
}

static void run_job(struct enriching *enriching, struct enrich_job *job) {
  struct running *running = xcalloc(1, sizeof *running);
  const struct enricher_run_options options = {.done = on_run, .arg = running};
  running->enriching = enriching;
  running->job = job;
  running->began_ms = loop_now_ms(enriching->service->loop);
  running->next = enriching->first;
  if (running->next) running->next->prev = running;
  enriching->first = running;
  say_asked(enriching, job, job->attempts == 0);
  running->run = enricher_run_new(&enriching->world, enriching->service->generation,
                                  enricher_of(enriching, job->enricher), job->needs, &options);
}

static bool look_again(struct enriching *enriching);

static void on_timer(void *arg) {
  struct enriching *enriching = arg;
  int64_t now_ms = service_now_ms(enriching->service);
  if (enriching_must_wait(enriching)) return; /* the reading's end runs it */
  bool more = look_again(enriching);
  for (struct enrich_job *job; (job = enrich_next(enriching->plan, now_ms));) run_job(enriching, job);
  int64_t due_ms = enrich_due_ms(enriching->plan, now_ms);
  if (more)
    enriching_run_soon(enriching);
  else if (due_ms != TIME_NEVER)
    loop_timer_after(enriching->timer, due_ms > now_ms ? due_ms - now_ms : 1);
}

/* --- wanting --------------------------------------------------------------------------------------------------------- */

/* Of the lead that has just joined the job. */
static void note_lead(struct enrich_job *job, const struct fold *fold, uint32_t number) {
  struct enrich_lead *lead = &job->leads[job->lead_count - 1];
  int64_t at_ms;
  const struct touch_enrichment said = fold_enrichment(fold, number, &at_ms);
  lead->wait_until_ms = fold_pending_until(fold, number);
  lead->told = said.outcome == ENRICHMENT_ASKED && said.until_ms >= lead->wait_until_ms &&
               said.until_ms > fold_now(fold);
}

static void look_at(struct enriching *enriching, struct identity_member lead, const struct fold *fold,
                    uint32_t number) {
  struct enrich_answer answer;
  struct enrich_job *job;
  buf_clear(&enriching->needs);
  if (!fold_enricher_needs(fold, number, &enriching->needs)) return;
  struct str needs = buf_str(&enriching->needs);
  switch (enrich_want(enriching->plan, number, needs, lead, fold_now(fold), &answer, &job)) {
  case ENRICH_KNOWN: {
    if (tellings_have(&enriching->tellings, enricher_of(enriching, number)->id, lead)) return;
    const struct saying saying = {
        .enricher = enricher_of(enriching, number), .needs = needs, .answer = answer};
    enriching_say(enriching, saying, &(struct enrich_lead){.kind = lead.kind, .id = lead.id}, 1);
    return;
  }
  case ENRICH_JOINED:
    note_lead(job, fold, number);
    if (job->running) say_asked(enriching, job, 0);
    return;
  case ENRICH_QUEUED:
    note_lead(job, fold, number);
    enriching_run_soon(enriching);
    return;
  case ENRICH_WAITING: return;
  case ENRICH_FULL:
    enriching->may_fail--;
    later_add(&enriching->again, lead.id); /* no room there either: the lead's next event asks */
    return;
  }
}

static void look_at_all(struct enriching *enriching, uint32_t lead_number, const struct fold *fold,
                        bool only_pending) {
  struct identity_member lead = engine_lead_name(pipeline_engine(enriching->service->pipeline), lead_number);
  for (uint32_t i = 0; i < fold_rules(fold)->enricher_count && lead.kind != ID_EMAIL; i++)
    if (fold_enricher_wanted(fold, i) && (!only_pending || fold_is_pending(fold, i)))
      look_at(enriching, lead, fold, i);
}

/* At a start what was under way goes on; of what is not live nothing else is asked. */
void enriching_look(struct enriching *enriching, struct lead_entry *entry, const struct fold *fold,
                    bool live) {
  if (!enriching || fold_rules(fold)->enricher_count == 0) return;
  if (live || !enriching->service->settled) look_at_all(enriching, entry->node, fold, !live);
}

/* --- again ------------------------------------------------------------------------------------------------------------- */

static void note_again(void *arg, const struct enrich_lead *lead) {
  struct enriching *enriching = arg;
  later_add(&enriching->again, lead->id);
}

/* Whoever found no room, or waited for an answer that was dropped with the old rules. Where the same question has too many who wait
 * for it, there is room for others and none for them: so few are tried in vain before the next run ends. False: no more for now. */
static bool look_again(struct enriching *enriching) {
  struct pipeline *pipeline = enriching->service->pipeline;
  struct engine *engine = pipeline_engine(pipeline);
  struct str id;
  for (int i = 0; i < AGAIN_SLICE; i++) {
    if (enriching->may_fail <= 0 || !enrich_has_room(enriching->plan) || !later_take(&enriching->again, &id))
      return false;
    uint32_t lead = engine_find_lead(engine, id);
    if (lead != IDENTITY_NONE && pipeline_look(pipeline, lead, service_now_ms(enriching->service)))
      look_at_all(enriching, lead, pipeline_fold(pipeline), false);
  }
  return true;
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

struct enriching *enriching_new(struct service *service) {
  struct enriching *enriching = xcalloc(1, sizeof *enriching);
  uint64_t seed;
  digest_random(&seed, sizeof seed);
  enriching->service = service;
  enriching->plan = enrich_new(service->generation->rules, seed);
  enriching->world = (struct enricher_world){.loop = service->loop,
                                             .fetcher = service->calls.fetcher,
                                             .resolver = service->calls.resolver,
                                             .config = service->config,
                                             .lookup = lookup_calls(service->generation->lookup)};
  enriching->timer = loop_timer_new(service->loop, on_timer, enriching);
  enriching->reader = enriching->world.reader = json_reader_new();
  digest_random_text(enriching->ids, ID_RANDOM);
  enriching->may_fail = AGAIN_VAIN;
  later_init(&enriching->again);
  enriching->work = work_new(service->loop);
  enriching_use_databases(enriching);
  buf_init(&enriching->record);
  buf_init(&enriching->needs);
  buf_init(&enriching->traits);
  return enriching;
}

void enriching_drop(struct enriching *enriching) {
  if (!enriching) return;
  enrich_waiting(enriching->plan, note_again, enriching);
  for (struct running *running = enriching->first, *next; running; running = next) {
    next = running->next;
    end_running(running);
  }
  loop_timer_stop(enriching->timer);
  enriching->databases = lookup_databases(enriching->service->generation->lookup);
}

void enriching_adopt(struct enriching *enriching) {
  if (!enriching) return;
  enriching_use_databases(enriching);
  enriching->databases = NULL;
  enriching->world.lookup = lookup_calls(enriching->service->generation->lookup);
  enriching->world.config = enriching->service->config;
  enrich_adopt(enriching->plan, enriching->service->generation->rules);
  enriching->may_fail = AGAIN_VAIN;
  enriching_run_soon(enriching);
}

static bool still_known(void *arg, struct str id) {
  const struct enriching *enriching = arg;
  return engine_find_lead(pipeline_engine(enriching->service->pipeline), id) != IDENTITY_NONE;
}

void enriching_erased(struct enriching *enriching) {
  if (!enriching) return;
  enrich_forget(enriching->plan, enriching_knows, enriching);
  later_keep(&enriching->again, still_known, enriching);
}

uint32_t service_enrichers(struct service *service, struct enrich_figures figures[ENRICHERS_MAX],
                           size_t *answers) {
  struct enrich_stats stats = {.answers = 0};
  *answers = 0;
  if (!service->enriching) return 0;
  enrich_stats(service->enriching->plan, service_now_ms(service), &stats);
  enrich_figures(service->enriching->plan, service_now_ms(service), figures);
  *answers = stats.answers;
  return service->generation->rules->enricher_count;
}

void enriching_free(struct enriching *enriching) {
  if (!enriching) return;
  work_free(enriching->work); /* turns the loop: what that begins is dropped then */
  enriching_drop(enriching);
  tellings_forget(&enriching->tellings);
  loop_timer_free(enriching->timer);
  enrich_free(enriching->plan);
  json_reader_free(enriching->reader);
  later_release(&enriching->again);
  buf_release(&enriching->record);
  buf_release(&enriching->needs);
  buf_release(&enriching->traits);
  free(enriching);
}
