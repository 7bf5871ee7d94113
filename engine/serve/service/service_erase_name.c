/* The ids of whom is erased are written down, and with them what is told anew of others. */
#include "serve/service/service_erasing.h"
#include <stdio.h>

void erasing_forget_named(struct erasing *e) {
  arena_release(&e->named.arena);
  free(e->named.records);
  e->named = (struct erasing_named){.records = NULL};
}

static void add(struct erasing *e, enum journal_kind kind, struct str bytes) {
  struct erasing_named *named = &e->named;
  named->records = xrealloc(named->records, (named->count + 1) * sizeof *named->records);
  named->records[named->count++] = erasing_record(e, kind, arena_str(&named->arena, bytes));
}

static void add_retold(void *context, struct str record) {
  add(context, JOURNAL_RETOLD, record);
}

/* What is told anew is taken as at any start. */
static void take_named(struct erasing *e, uint64_t first_seq) {
  struct err err;
  for (size_t i = 0; i < e->named.count; i++) {
    struct store_record *record = &e->named.records[i];
    record->seq = first_seq + i;
    if (record->kind == JOURNAL_RETOLD && pipeline_take(e->service->pipeline, record, NULL, &err) != 0)
      service_notice(e->service, "%s", err.text);
  }
}

static void on_named(void *arg, const struct store_outcome *outcome) {
  struct erasing *e = arg;
  if (e->service->closing) return;
  if (outcome->state != STORE_OK) {
    erasing_try_later(e);
    return;
  }
  e->ids_seq = service_applied(e->service, outcome);
  take_named(e, e->ids_seq);
  erasing_forget_named(e);
  service_work_soon(e->service);
  erasing_enter(e, ERASING_READS);
}

static void collect(struct erasing *e, uint64_t seq) {
  struct pipeline *pipeline = e->service->pipeline;
  erasing_forget_named(e);
  arena_init(&e->named.arena, 0);
  e->erasure->before = e->erasure->block ? seq : e->ask_seq;
  buf_clear(&e->text);
  erasure_write(e->erasure, &e->text);
  add(e, JOURNAL_ERASE, buf_str(&e->text));
  if (e->erasure->block) {
    buf_clear(&e->text);
    blocklist_write(pipeline_blocklist(pipeline), e->erasure, &e->text);
    add(e, JOURNAL_TOMBSTONE, buf_str(&e->text));
  }
  pipeline_retell(pipeline, e->erasure, add_retold, e);
}

/* Of a person who must not come again, what was on its way when it was asked goes as well. */
void erasing_name(struct erasing *e) {
  struct service *service = e->service;
  uint64_t seq = store_next_seq(service->store);
  char value[ERASING_VALUE_MAX];
  struct err err;
  int len =
      snprintf(value, sizeof value, "%llu %llu", (unsigned long long)e->ask_seq, (unsigned long long)seq);
  collect(e, seq);
  if (store_set(service->store, ERASING_VALUE, (struct str){value, (size_t)len}, NULL, NULL, &err) != 0 ||
      store_append(service->store, e->named.records, e->named.count, on_named, e, NULL, &err) != 0)
    erasing_try_later(e);
}

/* Events come from anybody at any time, all else is the lead's as it was when it was asked. */
bool erasing_reaches(const struct erasing *e, const struct store_record *record) {
  return record->seq < (sift_has_events(record) ? e->erasure->before : e->ids_seq);
}
