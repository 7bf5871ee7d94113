/* service_enrich_files.c - databases of addresses that enrichers look up: read and closed on other threads, since they are large; a
 * bad one is told, and other rules take over good ones. */
#include "serve/service/service_enriching.h"

struct file_job {
  struct work_job job;
  struct enriching *enriching;
  uint64_t rules; /* for which it is read */
  char *name, *path;
  struct mmdb_reading reading;
};

static void on_database(void *context, const struct mmdb_fault *fault) {
  const struct enriching *enriching = context;
  if (fault->why)
    service_notice(enriching->service, "lists/%s.mmdb cannot be used: %s%s", fault->name, fault->why,
                   fault->replaced ? "; the one that was read before goes on" : "");
  else
    service_notice(enriching->service, "lists/%s.mmdb can be used again", fault->name);
}

/* --- jobs ----------------------------------------------------------------------------------------------------------------- */

static void free_job(struct file_job *job) {
  mmdb_file_close(job->reading.file);
  free(job->name);
  free(job->path);
  free(job);
}

static void run_close(struct work_job *work) {
  struct file_job *job = (struct file_job *)work;
  mmdb_file_close(job->reading.file);
  job->reading.file = NULL;
}

static void on_closed(struct work_job *work, enum work_end end) {
  (void)end;
  free_job((struct file_job *)work);
}

/* What it still holds is as large as what was read. */
static void close_aside(struct file_job *job) {
  job->job = (struct work_job){.run = run_close, .done = on_closed};
  if (!job->reading.file || !work_start(job->enriching->work, &job->job)) free_job(job);
}

static bool is_stopped(void *arg) {
  return work_is_stopped(arg);
}

static void run_read(struct work_job *work) {
  struct file_job *job = (struct file_job *)work;
  mmdb_file_read(job->path, &job->reading, is_stopped, work);
}

static void on_read(struct work_job *work, enum work_end end) {
  struct file_job *job = (struct file_job *)work;
  struct enriching *enriching = job->enriching;
  if (end == WORK_RAN && job->rules == enriching->rules_count && !enriching->service->closing) {
    lookup_mmdb_was_read(lookup_databases(enriching->service->generation->lookup), str_of(job->name),
                         &job->reading);
    enriching_run_soon(enriching);
  }
  close_aside(job);
}

static bool start_read(void *context, const char *name, const char *path) {
  struct enriching *enriching = context;
  struct file_job *job = xcalloc(1, sizeof *job);
  *job = (struct file_job){.job = {.run = run_read, .done = on_read},
                           .enriching = enriching,
                           .rules = enriching->rules_count,
                           .name = xstrdup(name),
                           .path = xstrdup(path)};
  bool started = work_start(enriching->work, &job->job);
  if (!started) free_job(job);
  return started;
}

/* --- which ones ------------------------------------------------------------------------------------------------------------- */

static void look(struct enriching *enriching) {
  struct lookup_mmdb *databases = lookup_databases(enriching->service->generation->lookup);
  if (databases && enriching->service->generation->rules->enricher_count) lookup_mmdb_refresh(databases);
}

void enriching_use_databases(struct enriching *enriching) {
  struct lookup_mmdb *databases = lookup_databases(enriching->service->generation->lookup);
  enriching->rules_count++;
  if (!databases) return;
  if (enriching->databases) lookup_mmdb_inherit(databases, enriching->databases);
  lookup_mmdb_watch(databases, (struct mmdb_watcher){enriching, on_database, start_read});
  look(enriching);
}

bool enriching_must_wait(const struct enriching *enriching) {
  const struct lookup_mmdb *databases = lookup_databases(enriching->service->generation->lookup);
  return databases && lookup_mmdb_is_reading(databases);
}

void service_look_at_files(struct service *service) {
  if (service->enriching) look(service->enriching);
}

size_t service_file_faults(struct service *service, struct mmdb_fault faults[MMDB_FILES_MAX]) {
  const struct lookup_mmdb *databases = lookup_databases(service->generation->lookup);
  return databases ? lookup_mmdb_faults(databases, faults) : 0;
}
