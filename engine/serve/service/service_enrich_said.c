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

/* Counts how many events tell the answer: more by so many. */
static void count_told(const struct telling *telling, int events) {
  struct tellings *list = telling_list(telling);
  const struct telling_about about = telling_of(telling);
  if (!list) return;
  const struct enriching *enriching =
      (const struct enriching *)((const char *)list - offsetof(struct enriching, tellings));
  enrich_told(enriching->plan, about.enricher, about.needs, about.until_ms, events);
}

/* What was not stored was not said: whoever still wants it will be found again. */
static void on_stored(void *arg, const struct service_result *result) {
  if (result->answer != SERVICE_COMMITTED) count_told(arg, -(int)telling_count(arg));
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
  bool is_answer = saying.answer.outcome != ENRICHMENT_ASKED;
  telling_about(telling, saying.needs, is_answer ? saying.answer.until_ms : TIME_MIN);
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
  else
    count_told(telling, (int)telling_count(telling));
}

/* --- from the journal ------------------------------------------------------------------------------------------------ */

struct said { /* borrows from the JSON and from enriching->needs and ->traits */
  struct str enricher, needs;
  struct enrich_answer answer;
  int64_t at_ms;
  uint32_t spent;
};

static bool read_outcome(struct json_ref properties, struct said *said) {
  struct str outcome, until;
  if (!json_string(json_get(properties, STR("outcome")), &outcome)) return false;
  for (int i = 0; enrichment_words[i]; i++)
    if (str_eq(outcome, str_of(enrichment_words[i]))) said->answer.outcome = (enum enrichment_outcome)i;
  said->answer.until_ms = TIME_NEVER;
  return !json_string(json_get(properties, STR("until")), &until) ||
         time_parse(until, &said->answer.until_ms);
}

/* The needs in the one spelling that questions are compared in. */
static void read_needs(struct enriching *enriching, struct json_ref needs, struct said *said) {
  struct arena arena;
  struct json_writer w;
  arena_init(&arena, 4096);
  buf_clear(&enriching->needs);
  json_writer_init(&w, &enriching->needs);
  json_put_value(&w, json_value(needs, &arena));
  said->needs = buf_str(&enriching->needs);
  arena_release(&arena);
}

static bool read_event(struct enriching *enriching, struct json_ref event, struct said *said) {
  struct json_ref properties = json_get(event, STR("properties"));
  struct str type, at;
  *said = (struct said){.at_ms = 0};
  if (!json_string(json_get(event, STR("type")), &type) || !str_eq(type, STR("enrichment"))) return false;
  if (!json_string(json_get(event, STR("event")), &said->enricher)) return false;
  if (!json_string(json_get(event, STR("timestamp")), &at) || !time_parse(at, &said->at_ms)) return false;
  if (!read_outcome(properties, said)) return false;
  said->spent = (uint32_t)json_whole_or(json_get(properties, STR("spent")), 0, UINT32_MAX, 0);
  read_needs(enriching, json_get(properties, STR("needs")), said);
  buf_clear(&enriching->traits);
  if (!json_is_missing(json_get(event, STR("traits"))))
    json_minify(json_get(event, STR("traits")), &enriching->traits);
  said->answer.traits = buf_str(&enriching->traits);
  return true;
}

static void note(struct enriching *enriching, const struct said *said) {
  enrich_note(enriching->plan, said->enricher, said->needs, &said->answer, said->at_ms, said->spent);
  enrich_told(enriching->plan, said->enricher, said->needs, said->answer.until_ms, 1);
}

static void take_back(struct enriching *enriching, const struct said *said) {
  enrich_told(enriching->plan, said->enricher, said->needs, said->answer.until_ms, -1);
}

static void each_event(struct enriching *enriching, struct str batch,
                       void (*take)(struct enriching *enriching, const struct said *said)) {
  struct said said;
  struct json_ref root;
  struct json_iter it;
  struct err err;
  if (json_parse(enriching->reader, batch.p, batch.len, &root, &err) != 0) return;
  for (json_iter_init(&it, json_get(root, STR("batch"))); json_next(&it);)
    if (read_event(enriching, it.value, &said)) take(enriching, &said);
}

void enriching_replayed(struct enriching *enriching, const struct store_record *record) {
  if (record->kind == JOURNAL_SYSTEM) each_event(enriching, record->bytes, note);
}

void enriching_untold(struct enriching *enriching, struct str batch) {
  if (enriching) each_event(enriching, batch, take_back);
}
