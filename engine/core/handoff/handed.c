#include "core/handoff/handed.h"

#include "core/journal/journal.h"
#include "store/store.h"
#include <stdlib.h>

static int newest_first(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

void handed_find(struct handed *handed, const struct outbox *outbox, uint32_t lead,
                 const struct hash128 *only) {
  uint32_t at = OUTBOX_NONE, total = 0;
  /* oldest first, nearly: a ring keeps the newest */
  while ((at = outbox_next_of_lead(outbox, lead, at)) != OUTBOX_NONE) {
    const struct outbox_row *row = outbox_row(outbox, at);
    if (only && (row->id.high != only->high || row->id.low != only->low)) continue;
    handed->records[total++ % HANDED_LOOKED_AT] = row->record;
  }
  handed->count = total < HANDED_LOOKED_AT ? total : HANDED_LOOKED_AT;
  if (handed->count) qsort(handed->records, handed->count, sizeof *handed->records, newest_first);
}

static void put_str(struct json_writer *w, const char *key, struct str text) {
  json_key(w, key);
  json_put_str(w, text);
}

static void put_time(struct json_writer *w, const char *key, int64_t ms) {
  json_key(w, key);
  json_put_time(w, ms);
}

/* False: it hands nobody over. */
static bool put_brief(struct json_ref root, struct json_writer *w) {
  struct json_ref brief = json_get(root, STR("brief"));
  struct outbox_effect effect;
  char id[OUTBOX_ID_TEXT];
  struct buf text;
  struct err err;
  if (json_kind(brief) != JSON_OBJECT || outbox_effect_read(root, &effect, &err) != 0) return false;
  buf_init(&text);
  json_minify(brief, &text);
  json_open(w, '{');
  put_str(w, "handoff", str_of(outbox_id_text(effect.id, id)));
  put_str(w, "effect", effect.effect);
  put_str(w, "destination", effect.destination);
  put_str(w, "type", effect.type);
  put_time(w, "at", effect.at_ms);
  put_time(w, "made_at", effect.made_ms);
  json_key(w, "brief");
  json_put_raw(w, buf_str(&text));
  json_close(w, '}');
  buf_release(&text);
  return true;
}

int handed_json(const char *dir, const struct handed *handed, struct buf *out, struct err *err) {
  struct store_reader *reader = store_reader_new(dir, err);
  struct json_reader *json = json_reader_new();
  struct store_record record;
  struct json_writer w;
  struct json_ref root;
  uint32_t told = 0;
  int found = reader ? 0 : -1;
  json_writer_init(&w, out);
  json_open(&w, '[');
  for (uint32_t i = 0; i < handed->count && found >= 0 && told < HANDED_MAX; i++) {
    store_reader_seek(reader, handed->records[i]);
    found = store_reader_next(reader, &record, err);
    if (found <= 0 || record.seq != handed->records[i] || record.kind != JOURNAL_EFFECT) continue;
    if (json_parse(json, record.bytes.p, record.bytes.len, &root, err) == 0) told += put_brief(root, &w);
  }
  json_close(&w, ']');
  json_reader_free(json);
  store_reader_free(reader);
  return found < 0 ? -1 : 0;
}

static struct str text_of(struct json_ref object, struct str key) {
  struct str text = {NULL, 0};
  json_string(json_get(object, key), &text);
  return text;
}

int handed_text(struct str list, struct buf *out, struct err *err) {
  struct json_reader *json = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  int failed = json_parse(json, list.p, list.len, &root, err);
  if (!failed)
    for (json_iter_init(&it, root); json_next(&it);)
      buf_printf(out, "%s%.*s  %.*s to %.*s (%.*s)\n\n%.*s", out->len ? "\n" : "",
                 STR_ARG(text_of(it.value, STR("made_at"))), STR_ARG(text_of(it.value, STR("effect"))),
                 STR_ARG(text_of(it.value, STR("destination"))), STR_ARG(text_of(it.value, STR("handoff"))),
                 STR_ARG(text_of(json_get(it.value, STR("brief")), STR("text"))));
  json_reader_free(json);
  return failed;
}
