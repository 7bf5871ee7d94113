#include "core/journal/sift.h"

#include "core/intake/fingerprint.h"
#include "core/journal/journal.h"

struct sift {
  struct json_reader *reader;
  struct dedupe *dedupe;
  struct normalise_context context;
  struct normalised event;
  struct json_iter items;
  uint32_t index;
  struct buf key;
};

struct sift *sift_new(size_t dedupe_ids_max) {
  struct sift *sift = xcalloc(1, sizeof *sift);
  sift->reader = json_reader_new();
  sift->dedupe = dedupe_new(dedupe_ids_max, 0);
  buf_init(&sift->key);
  return sift;
}

void sift_free(struct sift *sift) {
  if (!sift) return;
  json_reader_free(sift->reader);
  dedupe_free(sift->dedupe);
  buf_release(&sift->key);
  free(sift);
}

bool sift_has_events(const struct store_record *record) {
  return record->kind == JOURNAL_EVENTS || record->kind == JOURNAL_IMPORT || record->kind == JOURNAL_SYSTEM;
}

int sift_open(struct sift *sift, const struct store_record *record, struct err *err) {
  struct json_ref root;
  struct err inner;
  ASSERT(sift_has_events(record));
  sift->context = (struct normalise_context){.source = record->source,
                                             .received_ms = record->received_ms,
                                             .is_history = record->kind == JOURNAL_IMPORT,
                                             .is_system = record->kind == JOURNAL_SYSTEM,
                                             .batch_sent_ms = TIME_NEVER};
  sift->index = 0;
  json_iter_init(&sift->items, (struct json_ref){0});
  if (json_parse(sift->reader, record->bytes.p, record->bytes.len, &root, &inner) != 0)
    return err_set(err, inner.code, "record %llu: %s", (unsigned long long)record->seq, inner.text);
  json_iter_init(&sift->items, json_get(root, STR("batch")));
  return 0;
}

bool sift_next(struct sift *sift, struct sift_event *event) {
  while (json_next(&sift->items)) {
    uint32_t index = sift->index++;
    if (normalise_event(sift->items.value, &sift->context, &sift->event) != REJECT_NONE) continue;
    *event = (struct sift_event){sift->items.value, &sift->event, index};
    return true;
  }
  return false;
}

bool sift_is_first(struct sift *sift) {
  const struct normalised *normal = &sift->event;
  if (!normal->has_message_id) return true;
  normalise_key(&normal->event, &sift->key);
  struct hash128 hash = dedupe_hash(sift->dedupe, buf_str(&sift->key));
  return dedupe_add(sift->dedupe, hash, fingerprint_body(&normal->event)) == DEDUPE_NEW;
}

void sift_write(const struct sift_event *event, bool all, struct buf *part, struct buf *out) {
  struct json_writer w;
  struct json_iter it;
  json_writer_init(&w, out);
  json_open(&w, '{');
  for (json_iter_init(&it, event->item); json_next(&it);) {
    if (str_eq(it.key, STR("source")) || str_eq(it.key, STR("receivedAt"))) continue;
    if (!all && event->normal->event.type == EVENT_ACT && str_eq(it.key, STR("private"))) continue;
    buf_clear(part);
    json_minify(it.value, part);
    json_key_str(&w, it.key);
    json_put_raw(&w, buf_str(part));
  }
  if (event->normal->event.received_ms) {
    json_key(&w, "receivedAt");
    json_put_time(&w, event->normal->event.received_ms);
  }
  json_key(&w, "source");
  json_put_str(&w, event->normal->event.source);
  json_close(&w, '}');
}
