#include "core/enrich/enrich.h"

#include "core/enrich/enrich_private.h"

/* --- life ------------------------------------------------------------------------------------------------------------ */

static void make_paces(struct enrich *enrich) {
  struct enrich_pace *old = enrich->paces;
  uint32_t old_count = enrich->pace_count, count = enrich->rules->enricher_count;
  enrich->paces = xcalloc(count + 1, sizeof *enrich->paces);
  enrich->pace_count = count;
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t k = 0; k < old_count; k++)
      if (strcmp(old[k].name, enrich->rules->enrichers[i].id) == 0) enrich->paces[i] = old[k];
    enrich->paces[i].name = xstrdup(enrich->rules->enrichers[i].id);
    enrich->paces[i].running = 0;
    enrich->paces[i].probing = false;
  }
  for (uint32_t k = 0; k < old_count; k++) free(old[k].name);
  free(old);
}

struct enrich *enrich_new(const struct ruleset *rules, uint64_t seed) {
  struct enrich *enrich = xcalloc(1, sizeof *enrich);
  enrich->rules = rules;
  enrich->chance = seed;
  map_init(&enrich->keys);
  make_paces(enrich);
  return enrich;
}

static void free_job(struct enrich_job *job) {
  for (uint32_t i = 0; i < job->lead_count; i++) free((char *)job->leads[i].id.p);
  free(job->leads);
  free((char *)job->needs.p);
  free(job);
}

static struct enrich_job **bucket_of(struct enrich *enrich, uint32_t enricher, struct str needs) {
  return &enrich->buckets[(str_hash(needs) + enricher) % ENRICH_BUCKETS];
}

static void unindex(struct enrich *enrich, const struct enrich_job *job) {
  struct enrich_job **place = bucket_of(enrich, job->enricher, job->needs);
  while (*place != job) place = &(*place)->next_in_bucket;
  *place = job->next_in_bucket;
}

static void take_out(struct enrich_jobs *jobs, struct enrich_job *job) {
  if (job->prev)
    job->prev->next = job->next;
  else
    jobs->first = job->next;
  if (job->next)
    job->next->prev = job->prev;
  else
    jobs->last = job->prev;
}

static void put_last(struct enrich_jobs *jobs, struct enrich_job *job) {
  job->prev = jobs->last;
  job->next = NULL;
  if (job->prev)
    job->prev->next = job;
  else
    jobs->first = job;
  jobs->last = job;
}

void enrich_done(struct enrich *enrich, struct enrich_job *job) {
  unindex(enrich, job);
  take_out(job->running ? &enrich->under_way : &enrich->waiting, job);
  enrich->job_count--;
  free_job(job);
}

static void drop_all(struct enrich_jobs *jobs) {
  for (struct enrich_job *job = jobs->first, *next; job; job = next) {
    next = job->next;
    free_job(job);
  }
  *jobs = (struct enrich_jobs){NULL, NULL};
}

static void drop_jobs(struct enrich *enrich) {
  drop_all(&enrich->under_way);
  drop_all(&enrich->waiting);
  memset(enrich->buckets, 0, sizeof enrich->buckets);
  enrich->job_count = enrich->running = 0;
}

void enrich_adopt(struct enrich *enrich, const struct ruleset *rules) {
  drop_jobs(enrich);
  enrich->rules = rules;
  make_paces(enrich);
}

void enrich_free(struct enrich *enrich) {
  if (!enrich) return;
  drop_jobs(enrich);
  enrich_forget_answers(enrich);
  map_release(&enrich->keys);
  for (uint32_t i = 0; i < enrich->pace_count; i++) free(enrich->paces[i].name);
  free(enrich->paces);
  free(enrich->kept);
  free(enrich);
}

/* --- wanting --------------------------------------------------------------------------------------------------------- */

static struct str copied(struct str text) {
  char *copy = xmalloc(text.len + 1);
  if (text.len) memcpy(copy, text.p, text.len);
  return (struct str){copy, text.len};
}

static struct enrich_job *find_job(struct enrich *enrich, uint32_t enricher, struct str needs) {
  for (struct enrich_job *job = *bucket_of(enrich, enricher, needs); job; job = job->next_in_bucket)
    if (job->enricher == enricher && str_eq(job->needs, needs)) return job;
  return NULL;
}

static bool waits(const struct enrich_job *job, struct identity_member lead) {
  for (uint32_t i = 0; i < job->lead_count; i++)
    if (job->leads[i].kind == lead.kind && str_eq(job->leads[i].id, lead.id)) return true;
  return false;
}

static void add_lead(struct enrich_job *job, struct identity_member lead) {
  if (job->lead_count == job->lead_cap) {
    job->lead_cap = job->lead_cap ? job->lead_cap * 2 : 1;
    job->leads = xrealloc(job->leads, job->lead_cap * sizeof *job->leads);
  }
  job->leads[job->lead_count++] =
      (struct enrich_lead){.kind = lead.kind, .id = copied(lead.id), .wait_until_ms = TIME_MIN};
}

static struct enrich_job *add_job(struct enrich *enrich, uint32_t enricher, struct str needs) {
  struct enrich_job *job = xcalloc(1, sizeof *job);
  job->enricher = enricher;
  job->needs = copied(needs);
  put_last(&enrich->waiting, job);
  enrich->job_count++;
  struct enrich_job **bucket = bucket_of(enrich, enricher, job->needs);
  job->next_in_bucket = *bucket;
  *bucket = job;
  return job;
}

bool enrich_has_room(const struct enrich *enrich) {
  return enrich->job_count < ENRICH_JOBS_MAX;
}

static enum enrich_wanted want(struct enrich *enrich, uint32_t enricher, struct str needs,
                               struct identity_member lead, int64_t now_ms, struct enrich_answer *answer,
                               struct enrich_job **job) {
  if (enrich_known(enrich, str_of(enrich->rules->enrichers[enricher].id), needs, now_ms, answer))
    return ENRICH_KNOWN;
  *job = find_job(enrich, enricher, needs);
  if (*job && waits(*job, lead)) return ENRICH_WAITING;
  if (*job ? (*job)->lead_count == ENRICH_LEADS_MAX : !enrich_has_room(enrich)) return ENRICH_FULL;
  bool joins = *job != NULL;
  if (!joins) *job = add_job(enrich, enricher, needs);
  add_lead(*job, lead);
  return joins ? ENRICH_JOINED : ENRICH_QUEUED;
}

enum enrich_wanted enrich_want(struct enrich *enrich, uint32_t enricher, struct str needs,
                               struct identity_member lead, int64_t now_ms, struct enrich_answer *answer,
                               struct enrich_job **job) {
  enum enrich_wanted wanted = want(enrich, enricher, needs, lead, now_ms, answer, job);
  struct enrich_counts *counts = &enrich_pace_of(enrich, enricher)->counts;
  switch (wanted) {
  case ENRICH_KNOWN: enrich->stats.known++, counts->known++; break;
  case ENRICH_QUEUED: counts->asked++; break;
  case ENRICH_JOINED: enrich->stats.joined++, counts->joined++; break;
  case ENRICH_FULL: enrich->stats.refused++, counts->refused++; break;
  case ENRICH_WAITING: break;
  }
  return wanted;
}

static void forget_leads(struct enrich_job *job, bool (*still_there)(void *arg, struct identity_member lead),
                         void *arg) {
  for (uint32_t i = job->lead_count; i-- > 0;) {
    struct enrich_lead *lead = &job->leads[i];
    if (still_there(arg, (struct identity_member){lead->kind, lead->id})) continue;
    free((char *)lead->id.p);
    *lead = job->leads[--job->lead_count];
  }
}

void enrich_forget(struct enrich *enrich, bool (*still_there)(void *arg, struct identity_member lead),
                   void *arg) {
  enrich_forget_untold(enrich);
  for (struct enrich_job *job = enrich->under_way.first; job; job = job->next)
    forget_leads(job, still_there, arg);
  for (struct enrich_job *job = enrich->waiting.first, *next; job; job = next) {
    next = job->next;
    forget_leads(job, still_there, arg);
    if (job->lead_count == 0) enrich_done(enrich, job);
  }
}

static void tell_leads(const struct enrich_jobs *jobs,
                       void (*told)(void *arg, const struct enrich_lead *lead), void *arg) {
  for (const struct enrich_job *job = jobs->first; job; job = job->next)
    for (uint32_t i = 0; i < job->lead_count; i++) told(arg, &job->leads[i]);
}

void enrich_waiting(const struct enrich *enrich, void (*told)(void *arg, const struct enrich_lead *lead),
                    void *arg) {
  tell_leads(&enrich->under_way, told, arg);
  tell_leads(&enrich->waiting, told, arg);
}

/* --- running --------------------------------------------------------------------------------------------------------- */

struct ready { /* when enrichers may run again, each worked out once for all of its jobs */
  bool known[ENRICHERS_MAX];
  int64_t ms[ENRICHERS_MAX];
};

static int64_t ready_ms(const struct enrich *enrich, const struct enrich_job *job, int64_t now_ms,
                        struct ready *ready) {
  if (!ready->known[job->enricher])
    ready->ms[job->enricher] = enrich_pace_ready_ms(enrich, job->enricher, now_ms);
  ready->known[job->enricher] = true;
  int64_t pace = ready->ms[job->enricher];
  return pace > job->not_before_ms ? pace : job->not_before_ms;
}

struct enrich_job *enrich_next(struct enrich *enrich, int64_t now_ms) {
  struct ready ready = {.known = {false}};
  for (struct enrich_job *job = enrich->waiting.first; job; job = job->next) {
    if (ready_ms(enrich, job, now_ms, &ready) > now_ms) continue;
    take_out(&enrich->waiting, job);
    put_last(&enrich->under_way, job);
    job->running = true;
    enrich->running++;
    enrich->stats.runs++;
    enrich_pace_begin(enrich, job->enricher, now_ms);
    return job;
  }
  return NULL;
}

int64_t enrich_due_ms(const struct enrich *enrich, int64_t now_ms) {
  struct ready ready = {.known = {false}};
  int64_t due = TIME_NEVER;
  for (const struct enrich_job *job = enrich->waiting.first; job; job = job->next) {
    int64_t at = ready_ms(enrich, job, now_ms, &ready);
    if (at < due) due = at;
  }
  return due;
}

bool enrich_ended(struct enrich *enrich, struct enrich_job *job, enum enrich_end end, int64_t retry_after_ms,
                  int64_t now_ms) {
  take_out(&enrich->under_way, job);
  /* at the end: the next probe is another's, so that nobody alone uses up their attempts */
  put_last(&enrich->waiting, job);
  job->running = false;
  enrich->running--;
  enrich_pace_end(enrich, job->enricher, end, now_ms);
  if (end != ENRICH_SUCCEEDED) enrich->stats.failures++;
  if (end != ENRICH_FAILED_PASSING || job->attempts++ == enrich->rules->enrichers[job->enricher].retries)
    return true;
  job->not_before_ms = now_ms + enrich_pause_ms(enrich, job->attempts, retry_after_ms);
  enrich->stats.retries++;
  enrich_pace_of(enrich, job->enricher)->counts.retries++;
  return false;
}

void enrich_stats(const struct enrich *enrich, int64_t now_ms, struct enrich_stats *stats) {
  *stats = enrich->stats;
  stats->running = enrich->running;
  stats->waiting = enrich->job_count - enrich->running;
  stats->answers = enrich->keys.count;
  for (uint32_t i = 0; i < enrich->pace_count; i++)
    stats->broken += enrich->paces[i].broken_until_ms > now_ms;
}

void enrich_figures(const struct enrich *enrich, int64_t now_ms, struct enrich_figures *figures) {
  for (uint32_t i = 0; i < enrich->rules->enricher_count; i++) {
    const struct enrich_pace *pace = enrich_pace_of(enrich, i);
    figures[i] = (struct enrich_figures){.counts = pace->counts,
                                         .broken = pace->broken_until_ms > now_ms,
                                         .budget = enrich->rules->enrichers[i].budget,
                                         .spent = enrich_pace_spent(enrich, i, now_ms)};
  }
  for (const struct enrich_job *job = enrich->under_way.first; job; job = job->next)
    figures[job->enricher].running++;
  for (const struct enrich_job *job = enrich->waiting.first; job; job = job->next)
    figures[job->enricher].waiting++;
}
