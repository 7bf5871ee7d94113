#include "core/journal/redact.h"

#include "base/hex.h"
#include "core/handoff/outbox_record.h"
#include "core/journal/decision_json.h"
#include "core/journal/journal.h"

struct redactor {
  struct sift *sift;
  struct json_reader *reader; /* of decisions */
  struct buf part;
  void (*gone)(void *context, const struct sift_event *event); /* NULL: nobody is told */
  void *context;
};

struct redactor *redactor_new(void) {
  struct redactor *redactor = xcalloc(1, sizeof *redactor);
  redactor->sift = sift_new(1);
  redactor->reader = json_reader_new();
  buf_init(&redactor->part);
  return redactor;
}

void redactor_free(struct redactor *redactor) {
  if (!redactor) return;
  sift_free(redactor->sift);
  json_reader_free(redactor->reader);
  buf_release(&redactor->part);
  free(redactor);
}

void redactor_tell(struct redactor *redactor, void (*gone)(void *context, const struct sift_event *event),
                   void *context) {
  redactor->gone = gone;
  redactor->context = context;
}

static void put_copy(struct redactor *redactor, struct json_writer *w, struct str key,
                     struct json_ref value) {
  if (json_is_missing(value)) return;
  buf_clear(&redactor->part);
  json_minify(value, &redactor->part);
  json_key_str(w, key);
  json_put_raw(w, buf_str(&redactor->part));
}

/* --- events -------------------------------------------------------------------------------------------------------- */

/* The members that say nothing of who made it: the call is about the same account at the same instant, and no longer. */
static void put_account_call(struct redactor *redactor, struct json_writer *w,
                             const struct sift_event *event) {
  static const char *const kept[] = {"type",   "messageId",  "timestamp", "originalTimestamp",
                                     "sentAt", "receivedAt", "source",    "traits"};
  json_open(w, '{');
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    put_copy(redactor, w, str_of(kept[i]), json_get(event->item, str_of(kept[i])));
  json_key(w, "groupId");
  json_put_str(w, event->normal->event.group_id);
  json_close(w, '}');
}

/* Events of the record are walked twice, since most records have nothing of the person. */
static bool has_any(struct redactor *redactor, const struct erasure *erasure,
                    const struct store_record *record) {
  struct sift_event event;
  struct err err;
  if (sift_open(redactor->sift, record, &err) != 0) return false;
  while (sift_next(redactor->sift, &event))
    if (erasure_has_event(erasure, &event.normal->event)) return true;
  return false;
}

static void put_rest(struct redactor *redactor, const struct erasure *erasure, struct json_writer *w,
                     struct redacted *counts) {
  struct sift_event event;
  while (sift_next(redactor->sift, &event)) {
    const struct event *e = &event.normal->event;
    if (!erasure_has_event(erasure, e)) {
      buf_clear(&redactor->part);
      json_minify(event.item, &redactor->part);
      json_put_raw(w, buf_str(&redactor->part));
      continue;
    }
    counts->events++;
    if (redactor->gone) redactor->gone(redactor->context, &event);
    if (e->type == EVENT_GROUP && e->group_id.len) put_account_call(redactor, w, &event);
  }
}

static enum redaction redact_events(struct redactor *redactor, const struct erasure *erasure,
                                    const struct store_record *record, struct buf *out,
                                    struct redacted *counts) {
  struct json_writer w;
  struct err err;
  if (!has_any(redactor, erasure, record) || sift_open(redactor->sift, record, &err) != 0)
    return REDACT_NOTHING;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  size_t empty = out->len;
  put_rest(redactor, erasure, &w, counts);
  bool left = out->len > empty;
  json_close(&w, ']');
  json_close(&w, '}');
  if (!left) buf_clear(out);
  return left ? REDACT_PART : REDACT_ALL;
}

/* --- decisions ----------------------------------------------------------------------------------------------------- */

static int64_t read_day(struct json_ref ref) {
  struct str text;
  int64_t ms = 0;
  if (json_string(ref, &text)) time_parse(text, &ms);
  return time_day(ms) * TIME_MS_PER_DAY;
}

/* What was decided about somebody: of a transition or a clock stays what the numbers of a day are made of. */
static const char *const decision_members[] = {"lifecycle", "from",   "to",         "cause", "move",    "act",
                                               "role",      "reason", "overridden", "cycle", "ruleset", NULL};
static const char *const clock_members[] = {"sla",     "what", "lifecycle", "stage",     "cycle",
                                            "ruleset", "end",  "made",      "worked_ms", NULL};

static bool is_listed(const struct erasure *erasure, const struct store_record *record,
                      struct json_ref root) {
  struct str text;
  uint64_t clock;
  if (record->kind == JOURNAL_DECISION) return belongings_have_record(&erasure->belongings, record->seq);
  return json_string(json_get(root, STR("clock")), &text) && hex64_parse(text, &clock) &&
         belongings_have_clock(&erasure->belongings, clock);
}

static enum redaction redact_decision(struct redactor *redactor, const struct erasure *erasure,
                                      const struct store_record *record, const char *const *kept,
                                      struct buf *out, struct redacted *counts) {
  static const char *const days[] = {"at", "decided_at"};
  struct json_writer w;
  struct json_ref root;
  struct decision_about about;
  struct err err;
  if (json_parse(redactor->reader, record->bytes.p, record->bytes.len, &root, &err) != 0 ||
      !decision_about(root, &about))
    return REDACT_NOTHING;
  if (!erasure_has_id(erasure, about.lead, about.at_ms) && !is_listed(erasure, record, root))
    return REDACT_NOTHING;
  json_writer_init(&w, out);
  json_open(&w, '{');
  for (; *kept; kept++) put_copy(redactor, &w, str_of(*kept), json_get(root, str_of(*kept)));
  for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
    json_key(&w, days[i]);
    json_put_time(&w, read_day(json_get(root, str_of(days[i]))));
  }
  json_close(&w, '}');
  counts->decisions++;
  return REDACT_PART;
}

/* --- releases ------------------------------------------------------------------------------------------------------ */

static enum redaction redact_release(struct redactor *redactor, const struct erasure *erasure,
                                     const struct store_record *record, struct buf *out) {
  struct identity_member id;
  struct json_writer w;
  struct json_ref root;
  struct json_iter it;
  struct err err;
  bool any = false;
  if (json_parse(redactor->reader, record->bytes.p, record->bytes.len, &root, &err) != 0)
    return REDACT_NOTHING;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "leads");
  json_open(&w, '[');
  for (json_iter_init(&it, json_get(root, STR("leads"))); json_next(&it);) {
    bool theirs = erasure_read_id(it.value, &id) && erasure_names(erasure, id);
    any = any || theirs;
    if (theirs) continue;
    buf_clear(&redactor->part);
    json_minify(it.value, &redactor->part);
    json_put_raw(&w, buf_str(&redactor->part));
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return any ? REDACT_PART : REDACT_NOTHING;
}

/* --- what is told others ------------------------------------------------------------------------------------------- */

/* Its body, its id (made of the lead's), and what the receiver answered: all of it goes. */
static enum redaction redact_outbox(struct redactor *redactor, const struct erasure *erasure,
                                    const struct store_record *record) {
  struct outbox_delivery delivery;
  struct outbox_effect effect;
  struct json_ref root;
  struct err err;
  if (json_parse(redactor->reader, record->bytes.p, record->bytes.len, &root, &err) != 0)
    return REDACT_NOTHING;
  if (record->kind == JOURNAL_EFFECT) {
    if (outbox_effect_read(root, &effect, &err) != 0) return REDACT_NOTHING;
    return erasure_has_id(erasure, effect.lead, effect.made_ms) ||
                   belongings_have_message(&erasure->belongings, effect.id)
               ? REDACT_ALL
               : REDACT_NOTHING;
  }
  if (outbox_delivery_read(root, &delivery, &err) != 0 || delivery.destination.len) return REDACT_NOTHING;
  return erasure_has_id(erasure, delivery.lead, delivery.made_ms) ||
                 belongings_have_message(&erasure->belongings, delivery.id)
             ? REDACT_ALL
             : REDACT_NOTHING;
}

/* What was told anew under an id of the person's, or under one that was shared, is nobody's, or is told anew again. */
static enum redaction redact_retold(struct redactor *redactor, const struct erasure *erasure,
                                    const struct store_record *record) {
  struct identity_member name;
  struct json_ref root;
  struct err err;
  bool theirs = json_parse(redactor->reader, record->bytes.p, record->bytes.len, &root, &err) == 0 &&
                decision_lead(root, &name) && erasure_names(erasure, name);
  return theirs ? REDACT_ALL : REDACT_NOTHING;
}

enum redaction redact(struct redactor *redactor, const struct erasure *erasure,
                      const struct store_record *record, struct buf *out, struct redacted *counts) {
  buf_clear(out);
  if (sift_has_events(record)) return redact_events(redactor, erasure, record, out, counts);
  if (record->kind == JOURNAL_DECISION)
    return redact_decision(redactor, erasure, record, decision_members, out, counts);
  if (record->kind == JOURNAL_CLOCK)
    return redact_decision(redactor, erasure, record, clock_members, out, counts);
  if (record->kind == JOURNAL_RELEASE) return redact_release(redactor, erasure, record, out);
  if (record->kind == JOURNAL_RETOLD) return redact_retold(redactor, erasure, record);
  if (record->kind == JOURNAL_EFFECT || record->kind == JOURNAL_DELIVERY)
    return redact_outbox(redactor, erasure, record);
  return REDACT_NOTHING;
}
