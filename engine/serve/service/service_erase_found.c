/* An erasure that an earlier process had begun: found before the journal is read, gone on with after it. */
#include "core/journal/journal.h"
#include "serve/service/service_erasing.h"

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
  e->is_left_out = e->erasure != NULL;
  if (!e->erasure) {
    erasure_release(erasure);
    free(erasure);
  }
  json_reader_free(json);
  return found < 0 ? -1 : 0;
}

int service_find_erasure(struct service *service, struct err *err) {
  struct erasing *e = service->erasing = erasing_new(service);
  char *rest;
  struct buf value;
  struct store_reader *reader = store_reader_new(service->config->data, err);
  if (!reader) return -1;
  buf_init(&value);
  int result = store_reader_value(reader, ERASING_VALUE, &value, err);
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
  if (!erasing_reaches(e, record)) return true;
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
  enum erasing_stage stage = e->erasure ? ERASING_READS : ERASING_NAMES;
  if (!e->ask_seq) return;
  if (!e->erasure) e->erasure = pipeline_detach_erasure(service->pipeline);
  if (!e->erasure) { /* nothing had been asked yet, or all was done */
    store_set(service->store, ERASING_VALUE, STR(""), NULL, NULL, &err);
    return;
  }
  e->wishes = xcalloc(1, sizeof *e->wishes);
  e->waiting = 1;
  service_notice(service, "an erasure that was begun goes on");
  erasing_enter(e, stage);
}
