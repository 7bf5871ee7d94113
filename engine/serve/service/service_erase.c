/* Somebody's data goes.
 *
 * The journal comes first: a record that asks, then one with the ids, and a value that says where those two are. When the asking
 * is committed the pipeline forgets the lead, at the same place in the order of records as in any replay. Then the journal is
 * read on a thread, the records that have something of the person are replaced, and those two with the ids last; when the
 * store has scrubbed its files, nothing is left. A process that dies on the way leaves the value, and the next one goes
 * on; where the ids are named already, it reads the journal as if all were done.
 *
 * Nobody is folded while the asking is on its way, so that no decision about the lead comes after it. */
#include "core/journal/journal.h"
#include "core/journal/redact.h"
#include "io/work.h"
#include "serve/service/service_enrich.h"
#include "serve/service/service_private.h"
#include <stdio.h>
#include <time.h>

#define ERASING STR("erasing") /* the value: "ASK" or "ASK IDS", numbers of records */

enum {
  CHUNK_MS = 100,        /* of reading, before the loop gets what was found */
  CHUNK_CHANGES = 256,   /* records in one chunk */
  CHUNK_BYTES = 4 << 20, /* of them */
  RETRY_MS = 1000,       /* after something could not be done now */
  VALUE_MAX = 64
};

enum stage { RESTING, ASKING, NAMING, READING, REPLACING, CLOSING, SCRUBBING };

struct wish { /* somebody who asked */
  struct wish *next;
  void (*done)(void *arg, const struct service_erased *erased); /* NULL: an earlier process was asked */
  void *arg;
  struct str record; /* what goes into the journal; behind it */
};

struct change {
  uint64_t seq;
  size_t from, len; /* in the chunk's bytes */
};

struct erasing {
  struct work_job job; /* first */
  struct service *service;
  struct work *work;
  struct loop_timer *timer; /* to try again */
  enum stage stage;
  struct wish *wishes; /* the first is at work, unless the stage is RESTING */
  size_t waiting;      /* how many there are */

  struct erasure *erasure; /* NULL: not named yet */
  uint64_t ask_seq, ids_seq;
  struct redactor *redactor;
  struct redacted counts;

  struct store_reader *reader; /* the job's while it runs, like all that follows */
  struct buf text, bytes;
  struct change changes[CHUNK_CHANGES];
  size_t change_count;
  bool at_end, apart_changed;
  struct err failure;

  size_t under_way; /* requests to the store, of this step */
  bool failed;      /* one of them, or the job */
};

static void begin_step(struct erasing *e);

/* --- steps --------------------------------------------------------------------------------------------------------------- */

static void enter(struct erasing *e, enum stage stage) {
  e->stage = stage;
  begin_step(e);
}

/* All steps may be done twice. */
static void try_again_later(struct erasing *e) {
  e->failed = false;
  loop_timer_after(e->timer, RETRY_MS);
}

static void on_timer(void *arg) {
  begin_step(arg);
}

/* The requests of a step were made, or one of them has ended. */
static void end_step_if_done(struct erasing *e) {
  if (e->under_way) return;
  if (e->failed)
    try_again_later(e);
  else if (e->stage == REPLACING)
    enter(e, e->at_end ? CLOSING : READING);
  else
    enter(e, SCRUBBING);
}

static void on_stored(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  e->under_way--;
  if (outcome->state != STORE_OK) e->failed = true;
  if (!e->service->closing) end_step_if_done(e);
}

static void count_request(struct erasing *e, int result) {
  if (result == 0)
    e->under_way++;
  else
    e->failed = true;
}

static void replace(struct erasing *e, uint64_t seq, struct str bytes) {
  struct err err;
  if (!e->failed) count_request(e, store_replace(e->service->store, seq, bytes, on_stored, e, &err));
}

/* --- ends ---------------------------------------------------------------------------------------------------------------- */

static void forget_erasure(struct erasing *e) {
  if (e->erasure) erasure_release(e->erasure);
  free(e->erasure);
  e->erasure = NULL;
  e->apart_changed = false;
  store_reader_free(e->reader);
  e->reader = NULL;
}

static void tell(struct erasing *e, struct wish *wish, const struct service_erased *erased) {
  e->waiting--;
  if (wish->done) wish->done(wish->arg, erased);
  free(wish);
}

/* Of the one at work. */
static void finish(struct erasing *e, const struct err *err) {
  struct wish *wish = e->wishes;
  const struct service_erased erased = {.err = err,
                                        .events = e->counts.events,
                                        .decisions = e->counts.decisions,
                                        .leads = e->erasure ? e->erasure->leads : 0,
                                        .ids = e->erasure ? e->erasure->count : 0};
  e->wishes = wish->next;
  e->stage = RESTING;
  forget_erasure(e);
  tell(e, wish, &erased);
  service_work_soon(e->service);
  service_erase_if_ready(e->service);
}

/* --- asking ------------------------------------------------------------------------------------------------------------- */

static struct store_record record_of(struct erasing *e, enum journal_kind kind, struct str bytes) {
  return (struct store_record){.received_ms = service_now_ms(e->service), .kind = kind, .bytes = bytes};
}

/* Decisions about the lead that were not in the journal yet. */
static void drop_undecided(struct service *service) {
  const struct leadbook *book = pipeline_book(service->pipeline);
  size_t kept = 0;
  for (size_t i = 0; i < service->undecided_count; i++) {
    if (leadbook_find(book, service->undecided[i].node))
      service->undecided[kept++] = service->undecided[i];
    else
      service_release_undecided(&service->undecided[i]);
  }
  service->undecided_count = kept;
}

static void on_asked(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  struct service *service = e->service;
  struct store_record record = record_of(e, JOURNAL_ERASE, buf_str(&e->text));
  struct err err;
  if (service->closing) return;
  if (outcome->state != STORE_OK) {
    err = *outcome->err;
    finish(e, &err);
    return;
  }
  record.seq = e->ask_seq = service_applied(service, outcome);
  ASSERT(pipeline_take(service->pipeline, &record, NULL, &err) == 0);
  e->erasure = pipeline_detach_erasure(service->pipeline);
  drop_undecided(service);
  enter(e, NAMING);
  service_work_soon(service);
}

static void ask(struct erasing *e) {
  struct service *service = e->service;
  char value[VALUE_MAX];
  struct err err;
  int len = snprintf(value, sizeof value, "%llu", (unsigned long long)store_next_seq(service->store));
  buf_clear(&e->text);
  buf_add_str(&e->text, e->wishes->record);
  const struct store_record record = record_of(e, JOURNAL_ERASE, buf_str(&e->text));
  e->stage = ASKING;
  e->counts = (struct redacted){0};
  if (store_set(service->store, ERASING, (struct str){value, (size_t)len}, NULL, NULL, &err) != 0 ||
      store_append(service->store, &record, 1, on_asked, e, NULL, &err) != 0)
    finish(e, &err);
}

/* --- naming the ids ------------------------------------------------------------------------------------------------------- */

static void on_named(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  if (e->service->closing) return;
  if (outcome->state != STORE_OK) {
    try_again_later(e);
    return;
  }
  e->ids_seq = service_applied(e->service, outcome);
  enter(e, READING);
}

/* Of a person who must not come again, what was on its way when it was asked goes as well. */
static void name(struct erasing *e) {
  struct service *service = e->service;
  uint64_t seq = store_next_seq(service->store);
  char value[VALUE_MAX];
  struct buf tombstone;
  struct err err;
  int len =
      snprintf(value, sizeof value, "%llu %llu", (unsigned long long)e->ask_seq, (unsigned long long)seq);
  e->erasure->before = e->erasure->block ? seq : e->ask_seq;
  buf_init(&tombstone);
  buf_clear(&e->text);
  erasure_write(e->erasure, &e->text);
  if (e->erasure->block) blocklist_write(pipeline_blocklist(service->pipeline), e->erasure, &tombstone);
  const struct store_record records[] = {record_of(e, JOURNAL_ERASE, buf_str(&e->text)),
                                         record_of(e, JOURNAL_TOMBSTONE, buf_str(&tombstone))};
  if (store_set(service->store, ERASING, (struct str){value, (size_t)len}, NULL, NULL, &err) != 0 ||
      store_append(service->store, records, e->erasure->block ? 2 : 1, on_named, e, NULL, &err) != 0)
    try_again_later(e);
  buf_release(&tombstone);
}

/* --- reading the journal, on a thread ----------------------------------------------------------------------------------- */

static int64_t clock_ms(void) { /* monotonic */
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 1: there is more; 0: that was all; -1 and e->failure. */
static int read_record(struct erasing *e) {
  struct store_record record;
  int more = store_reader_next(e->reader, &record, &e->failure);
  if (more <= 0) return more;
  if (record.seq >= e->erasure->before) return 0;
  if (redact(e->redactor, e->erasure, &record, &e->text, &e->counts) == REDACT_NOTHING) return 1;
  e->changes[e->change_count++] = (struct change){record.seq, e->bytes.len, e->text.len};
  buf_add_str(&e->bytes, buf_str(&e->text));
  return 1;
}

static void read_chunk(struct work_job *job) {
  struct erasing *e = (struct erasing *)job;
  int64_t end = clock_ms() + CHUNK_MS;
  int more = 1;
  e->change_count = 0;
  buf_clear(&e->bytes);
  while (more > 0 && !work_is_stopped(job) && e->change_count < CHUNK_CHANGES && e->bytes.len < CHUNK_BYTES &&
         clock_ms() < end)
    more = read_record(e);
  e->at_end = more == 0;
  e->failed = more < 0;
}

/* Read from the beginning again, what was replaced has nothing of the person any more, and counts no more. */
static void on_read(struct work_job *job, enum work_end end) {
  struct erasing *e = (struct erasing *)job;
  if (e->service->closing || end != WORK_RAN) return;
  if (!e->failed) {
    enter(e, REPLACING);
    return;
  }
  service_notice(e->service, "the journal cannot be read to erase a person, which will be tried again: %s",
                 e->failure.text);
  store_reader_free(e->reader);
  e->reader = NULL;
  try_again_later(e);
}

static void read_on(struct erasing *e) {
  struct err err;
  if (!e->reader) e->reader = store_reader_new(e->service->config->data, &err);
  if (!e->reader || !work_start(e->work, &e->job)) try_again_later(e);
}

/* --- the rest ------------------------------------------------------------------------------------------------------------ */

static void replace_chunk(struct erasing *e) {
  for (size_t i = 0; i < e->change_count; i++)
    replace(e, e->changes[i].seq, (struct str){e->bytes.data + e->changes[i].from, e->changes[i].len});
  end_step_if_done(e);
}

/* Of ids that are apart, those of the person. */
static void forget_apart(struct erasing *e) {
  struct service *service = e->service;
  struct json_writer w;
  struct err err;
  if (apart_forget(service->apart, erasure_names, e->erasure)) e->apart_changed = true;
  if (!e->apart_changed) return;
  buf_clear(&e->text);
  json_writer_init(&w, &e->text);
  apart_put(service->apart, &w);
  count_request(e, store_set(service->store, STR(APART_VALUE), buf_str(&e->text), on_stored, e, &err));
}

/* What has the ids goes last. */
static void close_records(struct erasing *e) {
  struct err err;
  forget_apart(e);
  enriching_erased(e->service->enriching);
  buf_clear(&e->text);
  erasure_write_done(service_now_ms(e->service), e->counts.events, e->counts.decisions, &e->text);
  replace(e, e->ask_seq, STR(""));
  replace(e, e->ids_seq, buf_str(&e->text));
  if (!e->failed) count_request(e, store_set(e->service->store, ERASING, STR(""), on_stored, e, &err));
  end_step_if_done(e);
}

static void on_scrubbed(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  if (e->service->closing) return;
  if (outcome->state == STORE_OK)
    finish(e, NULL);
  else
    try_again_later(e);
}

static void scrub(struct erasing *e) {
  struct err err;
  if (store_scrub(e->service->store, on_scrubbed, e, &err) != 0) try_again_later(e);
}

static void begin_step(struct erasing *e) {
  switch (e->stage) {
  case RESTING:
  case ASKING: break;
  case NAMING: name(e); break;
  case READING: read_on(e); break;
  case REPLACING: replace_chunk(e); break;
  case CLOSING: close_records(e); break;
  case SCRUBBING: scrub(e); break;
  }
}

/* --- what an earlier process began -------------------------------------------------------------------------------------- */

/* The record with the ids; what stands there may be another one, when the process died before it was written. */
static int read_ids(struct erasing *e, struct store_reader *reader, struct err *err) {
  struct json_reader *json = json_reader_new();
  struct store_record record;
  struct json_ref root;
  struct erasure_ask unused;
  struct err ignored;
  store_reader_seek(reader, e->ids_seq);
  int found = store_reader_next(reader, &record, err);
  struct erasure *erasure = xmalloc(sizeof *erasure);
  erasure_init(erasure);
  if (found > 0 && record.seq == e->ids_seq && record.kind == JOURNAL_ERASE &&
      json_parse(json, record.bytes.p, record.bytes.len, &root, &ignored) == 0 &&
      erasure_parse(erasure, root, &unused, &ignored) == ERASURE_IDS)
    e->erasure = erasure;
  if (!e->erasure) {
    erasure_release(erasure);
    free(erasure);
  }
  json_reader_free(json);
  return found < 0 ? -1 : 0;
}

static struct erasing *erasing_new(struct service *service) {
  struct erasing *e = xcalloc(1, sizeof *e);
  e->service = service;
  e->job.run = read_chunk;
  e->job.done = on_read;
  e->work = work_new(service->loop);
  e->timer = loop_timer_new(service->loop, on_timer, e);
  e->redactor = redactor_new();
  buf_init(&e->text);
  buf_init(&e->bytes);
  return e;
}

int service_find_erasure(struct service *service, struct err *err) {
  struct erasing *e = service->erasing = erasing_new(service);
  char *rest;
  struct buf value;
  struct store_reader *reader = store_reader_new(service->config->data, err);
  if (!reader) return -1;
  buf_init(&value);
  int result = store_reader_value(reader, ERASING, &value, err);
  if (result > 0) {
    e->ask_seq = strtoull(value.data, &rest, 10);
    e->ids_seq = strtoull(rest, NULL, 10);
    result = e->ids_seq ? read_ids(e, reader, err) : 0;
  }
  buf_release(&value);
  store_reader_free(reader);
  return result < 0 ? -1 : 0;
}

bool service_filter_erased(void *arg, struct store_record *record) {
  struct service *service = arg;
  struct erasing *e = service->erasing;
  struct redacted unused = {0};
  if (!e->erasure) return true;
  if (record->seq == e->ask_seq) return false; /* it is known what it asks for */
  if (record->seq >= e->erasure->before) return true;
  switch (redact(e->redactor, e->erasure, record, &e->text, &unused)) {
  case REDACT_NOTHING: break;
  case REDACT_PART: record->bytes = buf_str(&e->text); break;
  case REDACT_ALL: return false;
  }
  return true;
}

void service_resume_erasure(struct service *service) {
  struct erasing *e = service->erasing;
  struct err err;
  enum stage stage = e->erasure ? READING : NAMING;
  if (!e->ask_seq) return;
  if (!e->erasure) e->erasure = pipeline_detach_erasure(service->pipeline);
  if (!e->erasure) { /* nothing had been asked yet, or all was done */
    store_set(service->store, ERASING, STR(""), NULL, NULL, &err);
    return;
  }
  e->wishes = xcalloc(1, sizeof *e->wishes);
  e->waiting = 1;
  service_notice(service, "an erasure that was begun goes on");
  enter(e, stage);
}

/* --- for the service ----------------------------------------------------------------------------------------------------- */

bool service_holds_still(const struct service *service) {
  return service->erasing && service->erasing->stage == ASKING;
}

size_t service_erasing(const struct service *service) {
  return service->erasing->waiting;
}

void service_erase_if_ready(struct service *service) {
  struct erasing *e = service->erasing;
  if (service->closing || !e->wishes || e->stage != RESTING || service->flushing) return;
  if (service_has_shadow(service)) return; /* it knows them too; it calls when it is gone */
  ask(e);
}

enum service_answer service_ask_erasure(struct service *service, struct str record,
                                        void (*done)(void *arg, const struct service_erased *erased),
                                        void *arg) {
  struct erasing *e = service->erasing;
  struct wish **end = &e->wishes;
  enum store_state state = store_state(service->store);
  if (state != STORE_OK) return state == STORE_FULL ? SERVICE_FULL : SERVICE_BROKEN;
  if (e->waiting >= SERVICE_ERASURES_MAX || service_is_activating(service)) return SERVICE_BUSY;
  struct wish *wish = xcalloc(1, sizeof *wish + record.len);
  memcpy(wish + 1, record.p, record.len);
  *wish = (struct wish){.done = done, .arg = arg, .record = {(char *)(wish + 1), record.len}};
  while (*end) end = &(*end)->next;
  *end = wish;
  e->waiting++;
  service_shadow_end(service, "somebody's data was erased");
  service_erase_if_ready(service);
  return SERVICE_COMMITTED;
}

enum service_answer service_erase(struct service *service, struct str id, bool block,
                                  void (*done)(void *arg, const struct service_erased *erased), void *arg) {
  const struct erasure wanted = {.block = block, .asked_ms = service_now_ms(service)};
  struct buf record;
  ASSERT(id.len <= NORMALISE_ID_MAX);
  buf_init(&record);
  erasure_write_ask(&wanted, id, &record);
  enum service_answer answer = service_ask_erasure(service, buf_str(&record), done, arg);
  buf_release(&record);
  return answer;
}

/* Tells those who wait; the store may still call. */
void service_stop_erasing(struct service *service) {
  struct erasing *e = service->erasing;
  struct err err;
  if (!e) return;
  work_free(e->work);
  loop_timer_free(e->timer);
  err_set(&err, ERR_SYSTEM, "embudo is stopping: what was begun goes on at the next start");
  for (struct wish *wish = e->wishes, *next; wish; wish = next) {
    const struct service_erased erased = {.err = &err};
    next = wish->next;
    tell(e, wish, &erased);
  }
  e->wishes = NULL;
}

void service_free_erasing(struct service *service) {
  struct erasing *e = service->erasing;
  if (!e) return;
  forget_erasure(e);
  redactor_free(e->redactor);
  buf_release(&e->text);
  buf_release(&e->bytes);
  free(e);
}
