/* POST /v1/inbound/{name}: what another system tells, as a receiver of the rule files understands it. */
#include "base/digest.h"
#include "core/handoff/webhook.h"
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"

enum { ITEMS_MAX = 1000 }; /* that one message may mean */

static const struct inbound *find_inbound(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->inbound_count; i++)
    if (str_eq(str_of(rules->inbounds[i].name), name)) return &rules->inbounds[i];
  return NULL;
}

/* --- who sends ------------------------------------------------------------------------------------------------------------ */

static struct str header_of(const struct http_request *request, const char *name) {
  struct str value = STR("");
  http_request_header(request, str_of(name), &value);
  return value;
}

static int is_signed(const struct daemon *daemon, const struct inbound *inbound,
                     const struct http_request *request, struct err *err) {
  struct webhook_secret secrets[HANDOFF_SECRETS_MAX];
  const struct webhook_headers headers = {header_of(request, "webhook-id"),
                                          header_of(request, "webhook-timestamp"),
                                          header_of(request, "webhook-signature")};
  for (uint32_t i = 0; i < inbound->secret_count; i++) {
    const char *value = config_secret(daemon->config, str_of(inbound->secrets[i]));
    if (!value) return err_set(err, ERR_NOT_FOUND, "the settings have no secret '%s'", inbound->secrets[i]);
    if (webhook_secret_parse(str_of(value), &secrets[i], err) != 0) return -1;
  }
  return webhook_verify(secrets, inbound->secret_count, &headers, request->body, loop_clock_ms(daemon->loop),
                        err);
}

/* Every secret is compared, so that the time it takes tells nothing. */
static int has_secret(const struct daemon *daemon, const struct inbound *inbound,
                      const struct http_request *request, struct err *err) {
  struct str given = header_of(request, inbound->header);
  bool found = false;
  for (uint32_t i = 0; i < inbound->secret_count; i++) {
    const char *value = config_secret(daemon->config, str_of(inbound->secrets[i]));
    if (!value) return err_set(err, ERR_NOT_FOUND, "the settings have no secret '%s'", inbound->secrets[i]);
    found |= digest_same(given, str_of(value));
  }
  return found ? 0 : err_set(err, ERR_INVALID, "the header %s is missing or wrong", inbound->header);
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

/* The same message, sent again, means the same events: their ids follow from its own, or from its bytes. */
static void put_id(struct json_writer *w, const struct http_request *request, size_t number) {
  struct str id = header_of(request, "webhook-id");
  char text[128];
  if (id.len && id.len < 100) {
    snprintf(text, sizeof text, "%.*s-%zu", STR_ARG(id), number);
  } else {
    char hex[DIGEST_HEX_MAX];
    digest_hex(request->body, hex);
    snprintf(text, sizeof text, "%.32s-%zu", hex, number);
  }
  json_key(w, "messageId");
  json_put_text(w, text);
}

static void put_event(struct json_writer *w, const struct http_request *request, struct json_ref item,
                      size_t number) {
  struct json_iter it;
  struct buf text;
  buf_init(&text);
  json_open(w, '{');
  if (json_is_missing(json_get(item, STR("messageId")))) put_id(w, request, number);
  for (json_iter_init(&it, item); json_next(&it);) {
    buf_clear(&text);
    json_minify(it.value, &text);
    json_key_str(w, it.key);
    json_put_raw(w, buf_str(&text));
  }
  json_close(w, '}');
  buf_release(&text);
}

/* {"batch":[..]} of what the receiver's function returned. */
static int write_batch(const struct http_request *request, struct json_ref said, struct buf *out,
                       struct err *err) {
  struct json_writer w;
  struct json_iter it;
  size_t number = 0;
  if (json_kind(said) != JSON_ARRAY)
    return err_set(err, ERR_SCRIPT, "`map` must return a list of events, got %s",
                   json_kind_word(json_kind(said)));
  if (json_count(said) > ITEMS_MAX)
    return err_set(err, ERR_LIMIT, "`map` returned more than %d events", ITEMS_MAX);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  for (json_iter_init(&it, said); json_next(&it); number++) {
    if (json_kind(it.value) != JSON_OBJECT)
      return err_set(err, ERR_SCRIPT, "`map` returned %s among its events",
                     json_kind_word(json_kind(it.value)));
    put_event(&w, request, it.value, number);
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return 0;
}

static int map(struct daemon *daemon, const struct inbound *inbound, const struct http_request *request,
               struct buf *out, struct err *err) {
  struct script *script = pipeline_generation(service_pipeline(daemon->service))->script;
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct buf said;
  buf_init(&said);
  int failed = json_parse(reader, request->body.p, request->body.len, &root, err);
  if (!failed) failed = script_ask(script, inbound->map_fn, root, &said, err);
  if (!failed && said.len) {
    failed = json_parse(reader, said.data, said.len, &root, err);
    if (!failed && json_count(root)) failed = write_batch(request, root, out, err);
  }
  buf_release(&said);
  json_reader_free(reader);
  return failed;
}

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

/* Its events are filed under a name that lives as long as the daemon: other rules may take the receiver's away meanwhile. */
static struct str source_of(struct daemon *daemon, const struct inbound *inbound) {
  uint32_t number = map_intern(&daemon->inbound_names, str_of(inbound->name));
  return daemon->inbound_names.entries[number].key;
}

void inbound_take(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct inbound *inbound =
      find_inbound(pipeline_generation(pipeline)->rules, http_request_param(request, STR("name")));
  struct buf batch;
  struct err err;
  if (!inbound) {
    http_exchange_fail(exchange, 404, "not_found", "the rules declare no such receiver");
    return;
  }
  int strange = inbound->header ? has_secret(daemon, inbound, request, &err)
                                : is_signed(daemon, inbound, request, &err);
  if (strange) {
    LOG(daemon->log, LOG_LEVEL_WARN, "an inbound message was refused", log_text("receiver", inbound->name),
        log_text("why", err.text));
    http_exchange_fail(exchange, 401, "unauthorized", "this message cannot be believed");
    return;
  }
  if (is_own(pipeline_outbox(pipeline), request->body)) {
    answer_nothing(exchange, true);
    return;
  }
  buf_init(&batch);
  if (map(daemon, inbound, request, &batch, &err) != 0) {
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
  } else if (batch.len == 0) {
    answer_nothing(exchange, false);
  } else {
    const struct feed feed = {.source = source_of(daemon, inbound),
                              .received_ms = service_now_ms(daemon->service)};
    ingest_json(exchange, daemon, &feed, buf_str(&batch), INGEST_JSON);
  }
  buf_release(&batch);
}
