/* POST /v1/inbound/{name}: what another system tells, as a receiver of the rule files understands it. */
#include "serve/inbound/inbound.h"

#include "serve/api/api.h"
#include "serve/inbound/inbound_private.h"

static const struct inbound *find_inbound(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->inbound_count; i++)
    if (str_eq(str_of(rules->inbounds[i].name), name)) return &rules->inbounds[i];
  return NULL;
}

/* --- our own --------------------------------------------------------------------------------------------------------------- */

/* Whether it carries the id of a message that embudo sent: then it is that message's doing, coming back. */
static bool is_own(const struct outbox *outbox, struct str body) {
  static const struct str prefix = {"msg_", 4};
  struct hash128 id;
  for (const char *at = body.p; at; at++) {
    size_t left = body.len - (size_t)(at - body.p);
    at = left >= OUTBOX_ID_TEXT - 1 ? memmem(at, left, prefix.p, prefix.len) : NULL;
    if (!at) return false;
    left = body.len - (size_t)(at - body.p);
    if (left >= OUTBOX_ID_TEXT - 1 && outbox_id_parse((struct str){at, OUTBOX_ID_TEXT - 1}, &id) &&
        outbox_find(outbox, id) != OUTBOX_NONE)
      return true;
  }
  return false;
}

/* --- what it means --------------------------------------------------------------------------------------------------------- */

static void answer_nothing(struct http_exchange *exchange, bool own) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  json_key(&answer.w, "accepted");
  json_put_int(&answer.w, 0);
  json_key(&answer.w, "own");
  json_put_bool(&answer.w, own);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static int take(struct http_exchange *exchange, struct daemon *daemon, const struct inbound *inbound,
                struct err *err) {
  const struct http_request *request = http_exchange_request(exchange);
  struct script *script = pipeline_generation(service_pipeline(daemon->service))->script;
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf said;
  buf_init(&said);
  int failed = json_parse(reader, request->body.p, request->body.len, &root, err);
  if (!failed) failed = script_ask(script, inbound->map_fn, root, &said, err);
  if (!failed && said.len) failed = json_parse(reader, said.data, said.len, &root, err);
  if (!failed && said.len && (json_kind(root) != JSON_ARRAY || json_count(root)) &&
      !(json_kind(root) == JSON_OBJECT && json_count(root) == 0))
    failed = inbound_begin(exchange, daemon, inbound, root, err);
  else if (!failed)
    answer_nothing(exchange, false);
  buf_release(&said);
  json_reader_free(reader);
  return failed;
}

void inbound_take(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct inbound *inbound =
      find_inbound(pipeline_generation(pipeline)->rules, http_request_param(request, STR("name")));
  struct err err;
  if (!inbound) {
    http_exchange_fail(exchange, 404, "not_found", "the rules declare no such receiver");
  } else if (inbound_trust(daemon, inbound, request, &err) != 0) {
    LOG(daemon->log, LOG_LEVEL_WARN, "an inbound message was refused", log_text("receiver", inbound->name),
        log_text("why", err.text));
    http_exchange_fail(exchange, 401, "unauthorized", "this message cannot be believed");
  } else if (is_own(pipeline_outbox(pipeline), request->body)) {
    answer_nothing(exchange, true);
  } else if (take(exchange, daemon, inbound, &err) != 0) {
    LOG(daemon->log, LOG_LEVEL_WARN, "an inbound message was not understood",
        log_text("receiver", inbound->name), log_text("why", err.text));
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
  }
}
