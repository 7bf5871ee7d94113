/* /v1/leads/{id}/acts: what people may do about a lead now (GET), and doing it (POST). */
#include "core/desk/act.h"
#include "core/engine/act_touch.h"
#include "io/http/http_answer.h"
#include "model/match/matcher.h"
#include "serve/acting.h"
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"

/* --- what may be done ------------------------------------------------------------------------------------------------- */

static void put_failed(struct json_writer *w, const struct act_refusal *refusal) {
  if (refusal->gate) json_member_text(w, "gate", refusal->gate->id);
  if (refusal->failed_count == 0) return;
  json_key(w, "failed");
  failing_json(refusal->failed, refusal->failed_count, w);
}

static void put_asks(struct json_writer *w, struct asks asks) {
  struct buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < asks.count; i++) {
    buf_clear(&text);
    matcher_describe(asks.items[i].matcher, &text);
    json_key_str(w, asks.items[i].field);
    json_put_str(w, buf_str(&text));
  }
  buf_release(&text);
}

static void put_reasons(struct json_writer *w, const struct move *move) {
  char text[TIME_TEXT_MAX];
  json_key(w, "reasons");
  json_open(w, '[');
  for (uint32_t i = 0; i < move->reason_count; i++) {
    const struct verdict_reason *reason = &move->reasons[i];
    json_open(w, '{');
    json_member_text(w, "code", reason->code);
    if (reason->stands_ms == TIME_NEVER)
      json_member_text(w, "stands", "never");
    else if (reason->stands_ms)
      json_member_text(w, "stands", duration_text(reason->stands_ms, text));
    if (*reason->alternative) json_member_text(w, "alternative", reason->alternative);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_texts(struct json_writer *w, const char *key, struct texts texts) {
  json_key(w, key);
  json_open(w, '[');
  for (uint32_t i = 0; i < texts.count; i++) json_put_str(w, texts.items[i]);
  json_close(w, ']');
}

static void put_move(struct json_writer *w, const struct ruleset *rules, const struct fold *fold,
                     const struct move *move) {
  const struct lifecycle *l = &rules->lifecycles[move->lifecycle];
  json_member_text(w, "lifecycle", l->name);
  json_member_text(w, "from", l->stages[fold_stage(fold, move->lifecycle)]);
  json_member_text(w, "to", l->stages[move->to]);
  put_reasons(w, move);
  put_texts(w, "learns", move->learns);
}

static void put_by(struct json_writer *w, const char *const *by, uint32_t count, unsigned roles) {
  bool mine = false;
  json_key(w, "by");
  json_open(w, '[');
  for (uint32_t i = 0; i < count; i++) {
    json_put_text(w, by[i]);
    mine = mine || acting_may(roles, str_of(by[i]));
  }
  json_close(w, ']');
  json_key(w, "mine");
  json_put_bool(w, mine);
}

static void put_choice(struct json_writer *w, const struct fold *fold, const struct act_choice *choice,
                       unsigned roles) {
  const struct act_kind *kind = choice->kind;
  const struct move *move = choice->move;
  json_open(w, '{');
  json_member_text(w, "act", choice->act);
  json_member_text(w, "doc", move ? move->doc : kind->doc);
  put_by(w, move ? move->by : kind->by, move ? move->by_count : kind->by_count, roles);
  json_key(w, "asks");
  json_open(w, '{');
  if (kind) put_asks(w, kind->asks);
  if (move) put_asks(w, move->asks);
  json_close(w, '}');
  put_texts(w, "private", kind ? kind->private : (struct texts){0});
  if (move) put_move(w, fold_rules(fold), fold, move);
  if (choice->blocked.code != ACT_FINE) {
    json_key(w, "blocked");
    json_open(w, '{');
    json_member_text(w, "code", act_word(choice->blocked.code));
    json_member_text(w, "message", choice->blocked.message);
    put_failed(w, &choice->blocked);
    json_close(w, '}');
  }
  json_close(w, '}');
}

void api_list_acts(struct http_exchange *exchange, void *app) {
  static const char *const parameters[] = {NULL};
  struct daemon *daemon = app;
  struct act_choice *choices;
  struct api_answer answer;
  struct arena arena;
  struct str name;
  unsigned roles;
  if (!guard_roles(daemon->guard, exchange, API_READ, &name, &roles) || api_known(exchange, parameters) != 0)
    return;
  if (api_fold_lead(exchange, daemon, service_now_ms(daemon->service)) == IDENTITY_NONE) return;
  const struct fold *fold = pipeline_fold(service_pipeline(daemon->service));
  arena_init(&arena, 0);
  uint32_t count = act_choices(fold, &arena, &choices);
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "lead");
  json_put_str(&answer.w, fold_lead_id(fold));
  json_key(&answer.w, "acts");
  json_open(&answer.w, '[');
  for (uint32_t i = 0; i < count; i++) put_choice(&answer.w, fold, &choices[i], roles);
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
  arena_release(&arena);
}

/* --- doing it --------------------------------------------------------------------------------------------------------- */

static void refuse(struct http_exchange *exchange, const struct act_refusal *refusal) {
  struct http_failure failure;
  struct api_answer answer;
  http_failure_set(&failure, act_status(refusal->code), act_word(refusal->code), "%s", refusal->message);
  api_open(&answer);
  json_open(&answer.w, '{');
  http_answer_put_error(&failure, &answer.w);
  put_failed(&answer.w, refusal);
  json_close(&answer.w, '}');
  http_exchange_refuse_as(exchange, &failure, buf_str(&answer.body));
  buf_release(&answer.body);
}

static void answer_done(struct http_exchange *exchange, const struct acted *acted) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  if (acted->duplicate) {
    json_key(&answer.w, "duplicate");
    json_put_bool(&answer.w, true);
  } else {
    json_key(&answer.w, "act");
    json_put_raw(&answer.w, acted->event);
  }
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static void on_acted(void *arg, const struct acted *acted) {
  struct http_exchange *exchange = arg;
  if (acted->no_lead) {
    http_exchange_fail(exchange, 404, HTTP_NOT_FOUND, "no event mentions the lead");
  } else if (acted->refusal) {
    refuse(exchange, acted->refusal);
  } else if (acted->answer != SERVICE_COMMITTED) {
    ingest_refuse(exchange, acted->answer);
  } else {
    answer_done(exchange, acted);
  }
}

void api_act(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct acting_ask ask = {.lead = http_request_param(request, STR("id")), .request = request->body};
  struct err err;
  if (!guard_roles(daemon->guard, exchange, API_READ, &ask.actor, &ask.roles)) return;
  http_request_header(request, STR("idempotency-key"), &ask.key);
  if (ask.key.len > NORMALISE_MESSAGE_ID_MAX) {
    http_exchange_fail(exchange, 400, HTTP_INVALID, "Idempotency-Key: at most %d bytes",
                       NORMALISE_MESSAGE_ID_MAX);
    return;
  }
  if (acting_begin(daemon, &ask, on_acted, exchange, &err) == 0) return;
  if (err.code == ERR_LIMIT)
    http_exchange_fail(exchange, 503, HTTP_OVERLOADED, "%s", err.text);
  else
    http_exchange_fail(exchange, 400, HTTP_INVALID, "%s", err.text);
}
