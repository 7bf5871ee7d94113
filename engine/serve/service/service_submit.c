/* Bodies into the journal, and after the commit into the pipeline. */
#include "core/journal/journal.h"
#include "serve/service/service_private.h"

struct submission {
  struct service *service;
  struct store_record record; /* its bytes and source stand behind it */
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

enum service_answer service_answer_of(enum store_state state) {
  switch (state) {
  case STORE_OK: return SERVICE_BUSY;
  case STORE_FULL: return SERVICE_FULL;
  case STORE_BROKEN: break;
  }
  return SERVICE_BROKEN;
}

/* The store's own thread may call this while the loop sleeps. */
void service_deliver_soon(void *arg) {
  struct service *service = arg;
  loop_post(service->loop, &service->deliver);
}

void service_run_deliver(struct loop_task *task) {
  struct service *service = (struct service *)((char *)task - offsetof(struct service, deliver));
  store_deliver(service->store);
}

static void feed(struct submission *submission, struct service_result *result) {
  struct service *service = submission->service;
  struct feed_result fed = {0};
  struct err err;
  /* The record was made here: it is a batch of events that were accepted. */
  ASSERT(pipeline_take(service->pipeline, &submission->record, &fed, &err) == 0);
  result->accepted = fed.accepted;
  result->duplicates = fed.duplicates;
  result->conflicts = fed.conflicts;
  service->stats.records++;
  service->stats.events += fed.accepted;
  service->stats.duplicates += fed.duplicates;
  service->stats.conflicts += fed.conflicts;
  service_work_soon(service);
}

uint64_t service_applied(struct service *service, const struct store_outcome *outcome) {
  service->applied_seq = outcome->first_seq + outcome->records - 1;
  service->commit_ms = service_now_ms(service);
  return outcome->first_seq;
}

static void on_committed(void *arg, const struct store_outcome *outcome) {
  struct submission *submission = arg;
  struct service_result result = {.answer = SERVICE_COMMITTED};
  submission->service->submitted--;
  if (outcome->state == STORE_OK) {
    submission->record.seq = service_applied(submission->service, outcome);
    feed(submission, &result);
  } else
    result.answer = service_answer_of(outcome->state);
  submission->done(submission->arg, &result);
  free(submission);
}

static struct submission *new_submission(struct service *service, struct str record, struct str source) {
  struct submission *submission = xmalloc(sizeof *submission + record.len + source.len);
  char *bytes = (char *)(submission + 1);
  *submission = (struct submission){.service = service};
  memcpy(bytes, record.p, record.len);
  if (source.len) memcpy(bytes + record.len, source.p, source.len);
  submission->record.bytes = (struct str){bytes, record.len};
  submission->record.source = (struct str){bytes + record.len, source.len};
  return submission;
}

enum waits { SOMEBODY_WAITS, NOBODY_WAITS };

static int append(struct submission *submission, enum waits waits, struct err *err) {
  struct store *store = submission->service->store;
  if (waits == NOBODY_WAITS)
    return store_append_along(store, &submission->record, 1, on_committed, submission, err);
  return store_append(store, &submission->record, 1, on_committed, submission, NULL, err);
}

static enum service_answer submit(struct service *service, enum journal_kind kind, struct str record,
                                  struct str source, int64_t received_ms, enum waits waits,
                                  void (*done)(void *arg, const struct service_result *result), void *arg) {
  struct submission *submission = new_submission(service, record, source);
  struct err err;
  submission->record.kind = kind;
  submission->record.received_ms = received_ms;
  submission->done = done;
  submission->arg = arg;
  if (append(submission, waits, &err) == 0) {
    service->submitted++;
    return SERVICE_COMMITTED;
  }
  free(submission);
  return service_answer_of(store_state(service->store));
}

enum service_answer service_submit(struct service *service, struct str record, struct str source,
                                   int64_t received_ms, bool quiet,
                                   void (*done)(void *arg, const struct service_result *result), void *arg) {
  return submit(service, quiet ? JOURNAL_IMPORT : JOURNAL_EVENTS, record, source, received_ms, SOMEBODY_WAITS,
                done, arg);
}

enum service_answer service_submit_system(struct service *service, struct str record, int64_t received_ms,
                                          void (*done)(void *arg, const struct service_result *result),
                                          void *arg) {
  return submit(service, JOURNAL_SYSTEM, record, STR(SERVICE_SOURCE), received_ms, SOMEBODY_WAITS, done, arg);
}

enum service_answer service_submit_along(struct service *service, struct str record, int64_t received_ms,
                                         void (*done)(void *arg, const struct service_result *result),
                                         void *arg) {
  return submit(service, JOURNAL_SYSTEM, record, STR(SERVICE_SOURCE), received_ms, NOBODY_WAITS, done, arg);
}

int64_t service_act_ms(struct service *service) {
  int64_t now = service_now_ms(service);
  if (now <= service->act_ms)
    service->present.now_ms = now = service->act_ms + 1; /* the clock is there soon */
  return service->act_ms = now;
}

/* --- records that are not events ------------------------------------------------------------------------------------- */

struct journaling {
  struct service *service;
  struct store_record *records; /* they and their bytes stand behind it */
  size_t count;
  void (*done)(void *arg, const struct service_result *result);
  void *arg;
};

static void on_journaled(void *arg, const struct store_outcome *outcome) {
  struct journaling *journaling = arg;
  struct service *service = journaling->service;
  struct service_result result = {.answer = SERVICE_COMMITTED};
  struct err err;
  if (outcome->state == STORE_OK) {
    uint64_t first = service_applied(service, outcome);
    for (size_t i = 0; i < journaling->count; i++) {
      journaling->records[i].seq = first + i;
      if (pipeline_take(service->pipeline, &journaling->records[i], NULL, &err) != 0)
        service_notice(service, "%s", err.text);
    }
    if (service->calls.outbox) service->calls.outbox(service->calls.context);
  } else {
    result.answer = service_answer_of(outcome->state);
  }
  journaling->done(journaling->arg, &result);
  free(journaling);
}

enum service_answer service_journal(struct service *service, const struct store_record *records, size_t count,
                                    void (*done)(void *arg, const struct service_result *result), void *arg) {
  size_t bytes = sizeof(struct journaling) + count * sizeof *records;
  struct err err;
  for (size_t i = 0; i < count; i++) bytes += records[i].bytes.len;
  struct journaling *journaling = xmalloc(bytes);
  *journaling = (struct journaling){service, (struct store_record *)(journaling + 1), count, done, arg};
  char *at = (char *)(journaling->records + count);
  for (size_t i = 0; i < count; i++) {
    journaling->records[i] = records[i];
    journaling->records[i].bytes.p = memcpy(at, records[i].bytes.p, records[i].bytes.len);
    at += records[i].bytes.len;
  }
  if (store_append(service->store, journaling->records, count, on_journaled, journaling, NULL, &err) == 0)
    return SERVICE_COMMITTED;
  free(journaling);
  return service_answer_of(store_state(service->store));
}

enum service_answer service_approve(struct service *service, struct str role, struct str by,
                                    void (*done)(void *arg, const struct service_result *result), void *arg) {
  int64_t now = service_now_ms(service);
  buf_clear(&service->text);
  agreement_record(pipeline_generation(service->pipeline)->rules, role, by, now, &service->text);
  const struct store_record record = {
      .received_ms = now, .kind = JOURNAL_AGREEMENT, .bytes = buf_str(&service->text)};
  return service_journal(service, &record, 1, done, arg);
}
