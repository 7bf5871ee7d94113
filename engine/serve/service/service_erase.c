/* Somebody's data goes.
 *
 * The journal comes first: a record that asks, then one with the ids, and a value that says where those two are. When the asking
 * is committed the pipeline forgets the lead, at the same place in the order of records as in any replay. Then the journal is
 * read on a thread, the records that have something of the person are replaced, and those two with the ids last; when the
 * store has scrubbed its files, nothing is left. A process that dies on the way leaves the value, and the next one goes
 * on; where the ids are named already, it reads the journal as if all were done.
 *
 * Nobody is folded while the asking and the naming are on their way, and all that was decided before is in the journal then: so no
 * decision about the lead comes after it, and what is told anew of others (core/journal/retold.h) is all that there is of them. */
#include "core/journal/journal.h"
#include "serve/service/service_enrich.h"
#include "serve/service/service_erasing.h"
#include <stdio.h>

enum { RETRY_MS = 1000 /* after something could not be done now */ };

static void begin_step(struct erasing *e);

/* --- steps --------------------------------------------------------------------------------------------------------------- */

void erasing_enter(struct erasing *e, enum erasing_stage stage) {
  e->stage = stage;
  begin_step(e);
}

/* All steps may be done twice. */
void erasing_try_later(struct erasing *e) {
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
    erasing_try_later(e);
  else if (e->stage == ERASING_REPLACES)
    erasing_enter(e, e->at_end ? ERASING_CLOSES : ERASING_READS);
  else
    erasing_enter(e, ERASING_SCRUBS);
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
  e->apart_changed = e->is_left_out = false;
  store_reader_free(e->reader);
  e->reader = NULL;
}

static void tell(struct erasing *e, struct erasing_wish *wish, const struct service_erased *erased) {
  e->waiting--;
  if (wish->done) wish->done(wish->arg, erased);
  free(wish);
}

/* Of the one at work. */
static void finish(struct erasing *e, const struct err *err) {
  struct erasing_wish *wish = e->wishes;
  const struct service_erased erased = {.err = err,
                                        .events = e->counts.events,
                                        .decisions = e->counts.decisions,
                                        .leads = e->erasure ? e->erasure->leads : 0,
                                        .ids = e->erasure ? e->erasure->count : 0};
  e->wishes = wish->next;
  e->stage = ERASING_RESTS;
  forget_erasure(e);
  tell(e, wish, &erased);
  service_work_soon(e->service);
  service_erase_if_ready(e->service);
  if (!e->wishes && !e->service->closing) service_step_back(e->service);
}

/* --- asking ------------------------------------------------------------------------------------------------------------- */

struct store_record erasing_record(struct erasing *e, enum journal_kind kind, struct str bytes) {
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
  struct store_record record = erasing_record(e, JOURNAL_ERASE, buf_str(&e->text));
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
  erasing_enter(e, ERASING_NAMES);
  service_work_soon(service);
}

static void ask(struct erasing *e) {
  struct service *service = e->service;
  char value[ERASING_VALUE_MAX];
  struct err err;
  int len = snprintf(value, sizeof value, "%llu", (unsigned long long)store_next_seq(service->store));
  buf_clear(&e->text);
  buf_add_str(&e->text, e->wishes->record);
  const struct store_record record = erasing_record(e, JOURNAL_ERASE, buf_str(&e->text));
  e->stage = ERASING_ASKS;
  e->counts = (struct redacted){0};
  if (store_set(service->store, ERASING_VALUE, (struct str){value, (size_t)len}, NULL, NULL, &err) != 0 ||
      store_append(service->store, &record, 1, on_asked, e, NULL, &err) != 0)
    finish(e, &err);
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
  erasure_write_done(service_now_ms(e->service), e->counts.events, e->counts.decisions,
                     pipeline_roster(e->service->pipeline), &e->text);
  replace(e, e->ask_seq, STR(""));
  replace(e, e->ids_seq, buf_str(&e->text));
  if (!e->failed) count_request(e, store_set(e->service->store, ERASING_VALUE, STR(""), on_stored, e, &err));
  end_step_if_done(e);
}

static void on_scrubbed(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  if (e->service->closing) return;
  if (outcome->state == STORE_OK)
    finish(e, NULL);
  else
    erasing_try_later(e);
}

static void scrub(struct erasing *e) {
  struct err err;
  if (store_scrub(e->service->store, on_scrubbed, e, &err) != 0) erasing_try_later(e);
}

static void begin_step(struct erasing *e) {
  switch (e->stage) {
  case ERASING_RESTS:
  case ERASING_ASKS: break;
  case ERASING_NAMES: erasing_name(e); break;
  case ERASING_READS: erasing_read_on(e); break;
  case ERASING_REPLACES: replace_chunk(e); break;
  case ERASING_CLOSES: close_records(e); break;
  case ERASING_SCRUBS: scrub(e); break;
  }
}

/* --- for the service ----------------------------------------------------------------------------------------------------- */

struct erasing *erasing_new(struct service *service) {
  struct erasing *e = xcalloc(1, sizeof *e);
  e->service = service;
  erasing_read_init(e);
  e->timer = loop_timer_new(service->loop, on_timer, e);
  e->redactor = redactor_new();
  buf_init(&e->text);
  buf_init(&e->bytes);
  buf_init(&e->answers);
  return e;
}

bool service_holds_still(const struct service *service) {
  return service->erasing &&
         (service->erasing->stage == ERASING_ASKS || service->erasing->stage == ERASING_NAMES);
}

size_t service_erasing(const struct service *service) {
  return service->erasing->waiting;
}

/* A shadow, and rules on their way, know the person too; they call when they are gone. */
bool service_is_erasure_due(const struct service *service) {
  const struct erasing *e = service->erasing;
  return e && e->wishes && e->stage == ERASING_RESTS && !service->closing && service->settled &&
         !service_has_shadow(service) && service_is_aside(service);
}

/* Where nothing can be written any more, those who wait are told. */
void service_erase_if_ready(struct service *service) {
  if (!service_is_erasure_due(service) || service->flushing) return;
  if (service->undecided_count && store_state(service->store) == STORE_OK)
    service_flush_decisions(service); /* which calls again */
  else
    ask(service->erasing);
}

enum service_answer service_ask_erasure(struct service *service, struct str record,
                                        void (*done)(void *arg, const struct service_erased *erased),
                                        void *arg) {
  struct erasing *e = service->erasing;
  struct erasing_wish **end = &e->wishes;
  enum store_state state = store_state(service->store);
  if (state != STORE_OK) return state == STORE_FULL ? SERVICE_FULL : SERVICE_BROKEN;
  if (e->waiting >= SERVICE_ERASURES_MAX) return SERVICE_BUSY;
  struct erasing_wish *wish = xcalloc(1, sizeof *wish + record.len);
  memcpy(wish + 1, record.p, record.len);
  *wish = (struct erasing_wish){.done = done, .arg = arg, .record = {(char *)(wish + 1), record.len}};
  while (*end) end = &(*end)->next;
  *end = wish;
  e->waiting++;
  service_shadow_end(service, "somebody's data was erased", true);
  service_step_aside(service);
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
  for (struct erasing_wish *wish = e->wishes, *next; wish; wish = next) {
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
  erasing_forget_named(e);
  redactor_free(e->redactor);
  buf_release(&e->text);
  buf_release(&e->bytes);
  buf_release(&e->answers);
  free(e);
}
