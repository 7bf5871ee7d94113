#include "core/handoff/handed.h"

#include "core/journal/journal.h"
#include "store/store.h"
#include <inttypes.h>
#include <stdlib.h>

#define DECISION_PREFIX "dec_"

/* --- finding ---------------------------------------------------------------------------------------------------------- */

bool handed_name_parse(struct str text, struct handed_name *name) {
  struct str digits;
  char number[24], *end;
  *name = (struct handed_name){0};
  name->is_message = outbox_id_parse(text, &name->message);
  if (name->is_message) return true;
  if (!str_starts(text, STR(DECISION_PREFIX))) return false;
  digits = (struct str){text.p + sizeof DECISION_PREFIX - 1, text.len - (sizeof DECISION_PREFIX - 1)};
  if (digits.len == 0 || digits.len >= sizeof number) return false;
  if (digits.p[0] < '1' || digits.p[0] > '9') return false;
  memcpy(number, digits.p, digits.len);
  number[digits.len] = '\0';
  name->decision = strtoull(number, &end, 10);
  return *end == '\0';
}

static int newest_first(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

static uint32_t find_messages(uint64_t *records, const struct outbox *outbox, uint32_t lead,
                              const struct handed_name *only) {
  uint32_t at = OUTBOX_NONE, total = 0;
  if (only && !only->is_message) return 0;
  /* oldest first, nearly: a ring keeps the newest */
  while ((at = outbox_next_of_lead(outbox, lead, at)) != OUTBOX_NONE) {
    const struct outbox_row *row = outbox_row(outbox, at);
    if (only && (row->id.high != only->message.high || row->id.low != only->message.low)) continue;
    records[total++ % HANDED_LOOKED_AT] = row->record;
  }
  return total < HANDED_LOOKED_AT ? total : HANDED_LOOKED_AT;
}

static uint32_t find_decisions(uint64_t *records, const struct leadbook *book, uint32_t lead,
                               const struct handed_name *only) {
  const struct lead_entry *entry = leadbook_find(book, lead);
  uint32_t found = 0;
  if (!entry || (only && only->is_message)) return 0;
  for (uint32_t number = entry->decisions; number && found < HANDED_LOOKED_AT;) {
    const struct decision *decision = leadbook_decision(book, number);
    number = decision->older;
    if (!decision->handed || !decision->record || (only && decision->record != only->decision)) continue;
    records[found++] = decision->record;
  }
  return found;
}

void handed_find(struct handed *handed, struct pipeline *pipeline, uint32_t lead,
                 const struct handed_name *only) {
  handed->count = find_messages(handed->records, pipeline_outbox(pipeline), lead, only);
  handed->count += find_decisions(handed->records + handed->count, pipeline_book(pipeline), lead, only);
  if (handed->count) qsort(handed->records, handed->count, sizeof *handed->records, newest_first);
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

static struct str text_of(struct json_ref object, struct str key) {
  struct str text = {NULL, 0};
  json_string(json_get(object, key), &text);
  return text;
}

static bool put_message(struct json_ref root, struct json_writer *w) {
  struct outbox_effect effect;
  char id[OUTBOX_ID_TEXT];
  struct err err;
  if (outbox_effect_read(root, &effect, &err) != 0) return false;
  json_member_str(w, "handoff", str_of(outbox_id_text(effect.id, id)));
  json_member_str(w, "effect", effect.effect);
  json_member_str(w, "destination", effect.destination);
  json_member_str(w, "type", effect.type);
  json_member_time(w, "at", effect.at_ms);
  json_member_time(w, "made_at", effect.made_ms);
  return true;
}

static void put_decision(struct json_ref root, uint64_t record, struct json_writer *w) {
  char id[32];
  snprintf(id, sizeof id, DECISION_PREFIX "%" PRIu64, record);
  json_member_str(w, "handoff", str_of(id));
  json_member_str(w, "lifecycle", text_of(root, STR("lifecycle")));
  json_member_str(w, "stage", text_of(root, STR("to")));
  json_member_str(w, "cause", text_of(root, STR("cause")));
  json_member_str(w, "at", text_of(root, STR("at")));
  json_member_str(w, "made_at", text_of(root, STR("decided_at")));
}

/* False: it hands nobody over, or whoever it was is erased. */
static bool put_handed(const struct store_record *record, struct json_ref root, struct buf *part,
                       struct json_writer *w) {
  struct json_ref brief = json_get(root, STR("brief"));
  struct json_writer one;
  if (json_kind(brief) != JSON_OBJECT) return false;
  buf_clear(part);
  json_writer_init(&one, part);
  json_open(&one, '{');
  if (record->kind == JOURNAL_DECISION)
    put_decision(root, record->seq, &one);
  else if (!put_message(root, &one))
    return false;
  json_key(&one, "brief");
  json_minify(brief, part);
  buf_add_char(part, '}');
  json_put_raw(w, buf_str(part));
  return true;
}

int handed_json(const char *dir, const struct handed *handed, struct buf *out, struct err *err) {
  struct store_reader *reader = store_reader_new(dir, err);
  struct json_reader *json = json_reader_new();
  struct store_record record;
  struct json_writer w;
  struct json_ref root;
  struct buf part;
  uint32_t told = 0;
  int found = reader ? 0 : -1;
  buf_init(&part);
  json_writer_init(&w, out);
  json_open(&w, '[');
  for (uint32_t i = 0; i < handed->count && found >= 0 && told < HANDED_MAX; i++) {
    store_reader_seek(reader, handed->records[i]);
    found = store_reader_next(reader, &record, err);
    if (found <= 0 || record.seq != handed->records[i]) continue;
    if (record.kind != JOURNAL_EFFECT && record.kind != JOURNAL_DECISION) continue;
    if (json_parse(json, record.bytes.p, record.bytes.len, &root, err) == 0)
      told += put_handed(&record, root, &part, &w);
  }
  json_close(&w, ']');
  buf_release(&part);
  json_reader_free(json);
  store_reader_free(reader);
  return found < 0 ? -1 : 0;
}

/* What happened: an effect told somebody, or the lead came into a stage. */
static void put_title(struct json_ref handed, struct buf *out) {
  struct str effect = text_of(handed, STR("effect"));
  buf_printf(out, "%s%.*s  ", out->len ? "\n" : "", STR_ARG(text_of(handed, STR("made_at"))));
  if (effect.len)
    buf_printf(out, "%.*s to %.*s", STR_ARG(effect), STR_ARG(text_of(handed, STR("destination"))));
  else
    buf_printf(out, "entered %.*s", STR_ARG(text_of(handed, STR("stage"))));
  buf_printf(out, " (%.*s)\n\n", STR_ARG(text_of(handed, STR("handoff"))));
}

int handed_text(struct str list, struct buf *out, struct err *err) {
  struct json_reader *json = json_reader_new();
  struct json_ref root;
  struct json_iter it;
  int failed = json_parse(json, list.p, list.len, &root, err);
  if (!failed)
    for (json_iter_init(&it, root); json_next(&it);) {
      put_title(it.value, out);
      buf_add_str(out, text_of(json_get(it.value, STR("brief")), STR("text")));
    }
  json_reader_free(json);
  return failed;
}
