/* Functions that failed too often: written down when it happens, stopped again after a start, let go when asked. */
#include "core/journal/journal.h"
#include "serve/service/service_private.h"

static const char *hash_of(const struct service *service) {
  return service->generation->rules->hash;
}

const struct quarantine *service_quarantine(const struct service *service) {
  return service->quarantine;
}

void service_apply_quarantine(struct service *service, struct generation *generation) {
  quarantine_apply(service->quarantine, generation->rules->hash, generation->script);
}

static int write_down(struct service *service, void (*done)(void *arg, const struct store_outcome *outcome),
                      void *arg) {
  struct json_writer w;
  struct err err;
  buf_clear(&service->text);
  json_writer_init(&w, &service->text);
  quarantine_put(service->quarantine, &w);
  return store_set(service->store, STR(QUARANTINE_VALUE), buf_str(&service->text), done, arg, &err);
}

static void tell(struct service *service, const struct quarantined *entry) {
  service_notice(service, "%.*s is in quarantine: its function failed %u times, last at %.*s:%d (%.*s)",
                 STR_ARG(entry->owner), entry->failures, STR_ARG(entry->file), entry->line,
                 STR_ARG(entry->kind));
}

/* If it cannot be written, the function is stopped all the same for as long as the process lives. */
static void on_written(void *arg, const struct store_outcome *outcome) {
  (void)arg, (void)outcome;
}

static bool is_first(const struct script_failure *failures, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (failures[i].fn == failures[at].fn) return false;
  return true;
}

/* Each function once: not what it said, which may be somebody's data. */
static void look_for_failed(struct service *service) {
  size_t count;
  const struct script_failure *failures = script_failures(service->generation->script, &count);
  for (; service->failures_seen < count; service->failures_seen++) {
    const struct script_failure *failure = &failures[service->failures_seen];
    if (!is_first(failures, service->failures_seen)) continue;
    service_notice(service,
                   "%s has failed, at %s:%d (%s): it counts for nothing there; 'embudo status' says why",
                   failure->owner, failure->place.file, failure->place.line, vm_failure_word(failure->kind));
  }
}

void service_look_for_stopped(struct service *service) {
  struct script *script = service->generation->script;
  look_for_failed(service);
  uint32_t stopped = script_stopped_count(script);
  if (stopped == service->stopped || service->letting_go) return;
  service->stopped = stopped;
  size_t added = quarantine_note(service->quarantine, hash_of(service), script, service_now_ms(service));
  if (added == 0) return;
  size_t count = quarantine_count(service->quarantine);
  for (size_t i = count - (added < count ? added : count); i < count; i++)
    tell(service, quarantine_at(service->quarantine, i));
  write_down(service, on_written, NULL);
}

/* --- letting go ------------------------------------------------------------------------------------------------------- */

struct releasing {
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

static void on_released(void *arg, const struct store_outcome *outcome) {
  struct releasing *releasing = arg;
  const struct service_result result = {
      .answer = outcome->state == STORE_OK ? SERVICE_COMMITTED : service_answer_of(outcome->state)};
  releasing->done(releasing->arg, &result);
  free(releasing);
}

size_t service_release(struct service *service, struct str owner, enum service_answer *answer,
                       void (*done)(void *arg, const struct service_result *result), void *arg) {
  size_t released = quarantine_release(service->quarantine, owner);
  *answer = SERVICE_COMMITTED;
  if (released == 0) return 0;
  service->letting_go = true;
  struct releasing *releasing = xmalloc(sizeof *releasing);
  *releasing = (struct releasing){done, arg};
  if (write_down(service, on_released, releasing) == 0) return released;
  free(releasing);
  *answer = service_answer_of(store_state(service->store));
  return released;
}
