/* service_enrich_said.c - that leads are asked for, and what came of it: into the journal, and back from it at a start. */
#include "core/engine/enrichment_touch.h"
#include "core/journal/journal.h"
#include "serve/service/service_enriching.h"
#include <inttypes.h>

/* --- into the journal ------------------------------------------------------------------------------------------------ */

/* Within a millisecond, events stand in the order of their ids: an answer comes after the question. */
static void make_id(struct enriching *enriching, const struct saying *saying, char id[60]) {
  snprintf(id, 60, "enrich-%s-%s-%" PRIx64, saying->answer.outcome == ENRICHMENT_ASKED ? "asked" : "ended",
           enriching->ids, enriching->id_count++);
}

static void put_event(struct enriching *enriching, const struct saying *saying,
                      const struct enrich_lead *lead, int64_t now_ms, struct json_writer *w) {
  char id[60];
  make_id(enriching, saying, id);
  json_open(w, '{');
  json_member_text(w, "type", "enrichment");
  json_member_text(w, "event", saying->enricher->id);
  json_key(w, lead->kind == ID_USER ? "userId" : "anonymousId");
  json_put_str(w, lead->id);
  json_member_text(w, "messageId", id);
  json_key(w, "timestamp");
  json_put_time(w, now_ms);
  if (saying->answer.outcome == ENRICHMENT_ANSWERED) {
    json_key(w, "traits");
    json_put_raw(w, saying->answer.traits);
  }
  json_key(w, "properties");
  json_open(w, '{');
  json_member_text(w, "outcome", enrichment_words[saying->answer.outcome]);
  json_key(w, "needs");
  json_put_raw(w, saying->needs);
  json_key(w, "until");
  json_put_time(w, saying->answer.until_ms);
  if (saying->spent) {
    json_key(w, "spent");
    json_put_int(w, saying->spent);
  }
  if (saying->code) json_member_text(w, "error", saying->code);
  if (saying->message) json_member_text(w, "message", saying->message);
  json_close(w, '}');
  json_close(w, '}');
}

/* What was not stored was not said: whoever still wants it will be found again. */
static void on_stored(void *arg, const struct service_result *result) {
  (void)result;
  telling_end(arg);
}

bool enriching_knows(void *arg, struct identity_member lead) {
  const struct enriching *enriching = arg;
  return engine_find_node(pipeline_engine(enriching->service->pipeline), lead) != IDENTITY_NONE;
}

void enriching_say(struct enriching *enriching, struct saying saying, const struct enrich_lead *leads,
                   uint32_t count) {
  struct service *service = enriching->service;
  struct json_writer w;
  int64_t now_ms = service_now_ms(service);
  if (service_erasing(service)) return;
  struct telling *telling = telling_begin(&enriching->tellings, saying.enricher->id);
  buf_clear(&enriching->record);
  json_writer_init(&w, &enriching->record);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  for (uint32_t i = 0; i < count; i++) {
    const struct identity_member lead = {leads[i].kind, leads[i].id};
    if (!enriching_knows(enriching, lead)) continue;
    put_event(enriching, &saying, &leads[i], now_ms, &w);
    saying.spent = 0;
    telling_to(telling, lead);
  }
  json_close(&w, ']');
  json_close(&w, '}');
  if (telling_count(telling) == 0 || service_submit_along(service, buf_str(&enriching->record), now_ms,
                                                          on_stored, telling) != SERVICE_COMMITTED)
    telling_end(telling);
}

/* --- from the journal ------------------------------------------------------------------------------------------------ */

static void note_event(struct enriching *enriching, struct json_ref event) {
  struct arena arena;
  struct json_writer w;
  struct json_ref properties = json_get(event, STR("properties"));
  struct str type, name, outcome, text;
  double spent = 0;
  struct enrich_answer answer = {.until_ms = TIME_NEVER};
  int64_t at_ms;
  if (!json_string(json_get(event, STR("type")), &type) || !str_eq(type, STR("enrichment"))) return;
  if (!json_string(json_get(event, STR("event")), &name) ||
      !json_string(json_get(properties, STR("outcome")), &outcome))
    return;
  if (!json_string(json_get(event, STR("timestamp")), &text) || !time_parse(text, &at_ms)) return;
  for (int i = 0; enrichment_words[i]; i++)
    if (str_eq(outcome, str_of(enrichment_words[i]))) answer.outcome = (enum enrichment_outcome)i;
  if (json_string(json_get(properties, STR("until")), &text) && !time_parse(text, &answer.until_ms)) return;
  json_number(json_get(properties, STR("spent")), &spent);
  arena_init(&arena, 4096);
  buf_clear(&enriching->needs);
  buf_clear(&enriching->traits);
  json_writer_init(&w, &enriching->needs); /* in the one spelling that questions are compared in */
  json_put_value(&w, json_value(json_get(properties, STR("needs")), &arena));
  if (!json_is_missing(json_get(event, STR("traits"))))
    json_minify(json_get(event, STR("traits")), &enriching->traits);
  answer.traits = buf_str(&enriching->traits);
  enrich_note(enriching->plan, name, buf_str(&enriching->needs), &answer, at_ms, (uint32_t)spent);
  arena_release(&arena);
}

void enriching_replayed(struct enriching *enriching, const struct store_record *record) {
  struct json_ref root;
  struct json_iter it;
  struct err err;
  if (record->kind == JOURNAL_ERASE) enrich_forget_answers(enriching->plan); /* as when it was asked */
  if (record->kind != JOURNAL_SYSTEM) return;
  if (json_parse(enriching->reader, record->bytes.p, record->bytes.len, &root, &err) != 0) return;
  for (json_iter_init(&it, json_get(root, STR("batch"))); json_next(&it);) note_event(enriching, it.value);
}
