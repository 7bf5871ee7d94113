/* The journal is read for records that have something of the person, a chunk at a time, on a thread. */
#include "serve/service/service_enrich.h"
#include "serve/service/service_erasing.h"
#include <time.h>

enum {
  CHUNK_MS = 100,       /* of reading, before the loop gets what was found */
  CHUNK_BYTES = 4 << 20 /* of changed records in one chunk */
};

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
  if (record.seq >= e->ids_seq) return 0;
  if (!erasing_reaches(e, &record)) return 1;
  if (redact(e->redactor, e->erasure, &record, &e->text, &e->counts) == REDACT_NOTHING) return 1;
  e->changes[e->change_count++] = (struct erasing_change){record.seq, e->bytes.len, e->text.len};
  buf_add_str(&e->bytes, buf_str(&e->text));
  return 1;
}

static void on_gone(void *context, const struct sift_event *event) {
  struct erasing *e = context;
  if (event->normal->event.type != EVENT_ENRICHMENT) return;
  if (e->answers.len) buf_add_char(&e->answers, ',');
  json_minify(event->item, &e->answers);
}

/* Once for each chunk, before it is replaced: read again it has nothing of them. */
static void tell_answers(struct erasing *e) {
  struct buf batch;
  if (!e->answers.len || e->is_left_out) return;
  buf_init(&batch);
  buf_printf(&batch, "{\"batch\":[%.*s]}", (int)e->answers.len, e->answers.data);
  enriching_untold(e->service->enriching, buf_str(&batch));
  buf_release(&batch);
}

static void read_chunk(struct work_job *job) {
  struct erasing *e = (struct erasing *)job;
  int64_t end = clock_ms() + CHUNK_MS;
  int more = 1;
  e->change_count = 0;
  buf_clear(&e->bytes);
  buf_clear(&e->answers);
  redactor_tell(e->redactor, on_gone, e);
  while (more > 0 && !work_is_stopped(job) && e->change_count < ERASING_CHANGES &&
         e->bytes.len < CHUNK_BYTES && clock_ms() < end)
    more = read_record(e);
  e->at_end = more == 0;
  e->failed = more < 0;
}

/* Read from the beginning again, what was replaced has nothing of the person any more, and counts no more. */
static void on_read(struct work_job *job, enum work_end end) {
  struct erasing *e = (struct erasing *)job;
  if (e->service->closing || end != WORK_RAN) return;
  if (!e->failed) {
    tell_answers(e);
    erasing_enter(e, ERASING_REPLACES);
    return;
  }
  service_notice(e->service, "the journal cannot be read to erase a person, which will be tried again: %s",
                 e->failure.text);
  store_reader_free(e->reader);
  e->reader = NULL;
  erasing_try_later(e);
}

void erasing_read_on(struct erasing *e) {
  struct err err;
  if (!e->reader) e->reader = store_reader_new(e->service->config->data, &err);
  if (!e->reader || !work_start(e->work, &e->job)) erasing_try_later(e);
}

void erasing_read_init(struct erasing *e) {
  e->job.run = read_chunk;
  e->job.done = on_read;
  e->work = work_new(e->service->loop);
}
