#include "core/journal/person.h"

#include "core/handoff/outbox_record.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"

void person_init(struct person *person) {
  *person = (struct person){.sift = sift_new(0), .reader = json_reader_new()};
  erasure_init(&person->whose);
  buf_init(&person->events);
  buf_init(&person->decisions);
  buf_init(&person->clocks);
  buf_init(&person->told);
  buf_init(&person->part);
}

void person_release(struct person *person) {
  erasure_release(&person->whose);
  sift_free(person->sift);
  json_reader_free(person->reader);
  buf_release(&person->events);
  buf_release(&person->decisions);
  buf_release(&person->clocks);
  buf_release(&person->told);
  buf_release(&person->part);
}

static void take_events(struct person *person, const struct store_record *record) {
  struct sift_event event;
  struct err err;
  if (sift_open(person->sift, record, &err) != 0) return;
  while (sift_next(person->sift, &event)) {
    if (!erasure_has_event(&person->whose, &event.normal->event) || !sift_is_first(person->sift)) continue;
    if (person->events.len) buf_add_char(&person->events, ',');
    sift_write(&event, true, &person->part, &person->events);
  }
}

static void take_decision(struct person *person, const struct store_record *record, struct buf *out) {
  struct decision_about about;
  struct json_ref root;
  struct err err;
  if (json_parse(person->reader, record->bytes.p, record->bytes.len, &root, &err) != 0 ||
      !decision_about(root, &about) || !erasure_has_id(&person->whose, about.lead, about.at_ms))
    return;
  if (out->len) buf_add_char(out, ',');
  decision_export(root, record->seq, &person->part, out);
}

/* What was told anew is what records say no more. */
static void take_retold(struct person *person, const struct store_record *record) {
  struct identity_member name;
  struct json_ref root;
  struct json_iter it;
  struct err err;
  int64_t number;
  if (json_parse(person->reader, record->bytes.p, record->bytes.len, &root, &err) != 0 ||
      !decision_lead(root, &name) || !erasure_names(&person->whose, name))
    return;
  for (json_iter_init(&it, json_get(root, STR("decisions"))); json_next(&it);) {
    if (!json_whole(json_get(it.value, STR("record")), 1, INT64_MAX, &number)) continue;
    if (person->decisions.len) buf_add_char(&person->decisions, ',');
    decision_export(json_get(it.value, STR("decision")), (uint64_t)number, &person->part, &person->decisions);
  }
  for (json_iter_init(&it, json_get(root, STR("clocks"))); json_next(&it);) {
    if (person->clocks.len) buf_add_char(&person->clocks, ',');
    json_minify(it.value, &person->clocks);
  }
}

static bool is_told(const struct person *person, const struct store_record *record, struct json_ref root) {
  struct outbox_delivery delivery;
  struct outbox_effect effect;
  struct err err;
  if (record->kind == JOURNAL_EFFECT)
    return outbox_effect_read(root, &effect, &err) == 0 &&
           erasure_has_id(&person->whose, effect.lead, effect.made_ms);
  return outbox_delivery_read(root, &delivery, &err) == 0 && delivery.destination.len == 0 &&
         erasure_has_id(&person->whose, delivery.lead, delivery.made_ms);
}

static void take_told(struct person *person, const struct store_record *record) {
  struct json_ref root;
  struct err err;
  if (json_parse(person->reader, record->bytes.p, record->bytes.len, &root, &err) != 0 ||
      !is_told(person, record, root))
    return;
  if (person->told.len) buf_add_char(&person->told, ',');
  decision_export(root, record->seq, &person->part, &person->told);
}

void person_take(struct person *person, const struct store_record *record) {
  if (sift_has_events(record)) take_events(person, record);
  if (record->kind == JOURNAL_DECISION) take_decision(person, record, &person->decisions);
  if (record->kind == JOURNAL_EFFECT || record->kind == JOURNAL_DELIVERY) take_told(person, record);
  if (record->kind == JOURNAL_RETOLD) take_retold(person, record);
  if (record->kind == JOURNAL_CLOCK) take_decision(person, record, &person->clocks);
}

static void put_list(struct json_writer *w, const char *key, const struct buf *items) {
  json_key(w, key);
  json_open(w, '[');
  if (items->len) json_put_raw(w, buf_str(items));
  json_close(w, ']');
}

void person_write(const struct person *person, struct json_writer *w) {
  put_list(w, "events", &person->events);
  put_list(w, "decisions", &person->decisions);
  put_list(w, "clocks", &person->clocks);
  put_list(w, "told", &person->told);
}
