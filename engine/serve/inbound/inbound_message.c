/* What a message means, done: its events in one record, then its acts one after the other, then one answer. */
#include "core/config/roles.h"
#include "io/http/http_answer.h"
#include "serve/access/guard.h"
#include "serve/acting.h"
#include "serve/inbound/inbound_private.h"

/* --- ids ----------------------------------------------------------------------------------------------------------------- */

/* The same message, sent again, means the same: ids follow from its own, or from its bytes. */
static struct str id_of(struct arena *arena, const struct http_request *request, size_t number) {
  char hex[DIGEST_HEX_MAX];
  struct str id;
  if (http_request_header(request, STR("webhook-id"), &id) && id.len && id.len < 100)
    return str_of(arena_printf(arena, "%.*s-%zu", STR_ARG(id), number));
  digest_hex(request->body, hex);
  return str_of(arena_printf(arena, "%.32s-%zu", hex, number));
}

/* Acts are embudo's own events, whoever made them: their ids say which receiver they came through. */
static struct str act_key(struct arena *arena, struct str receiver, struct str id) {
  char hex[DIGEST_HEX_MAX];
  if (receiver.len + 1 + id.len <= NORMALISE_MESSAGE_ID_MAX)
    return str_of(arena_printf(arena, "%.*s:%.*s", STR_ARG(receiver), STR_ARG(id)));
  digest_hex(str_of(arena_printf(arena, "%.*s:%.*s", STR_ARG(receiver), STR_ARG(id))), hex);
  return arena_str(arena, str_of(hex));
}

/* --- reading what the function returned ---------------------------------------------------------------------------------- */

/* The item's members but those named. */
static void put_members(struct json_writer *w, struct json_ref item, const char *const *but) {
  struct json_iter it;
  struct buf text;
  buf_init(&text);
  for (json_iter_init(&it, item); json_next(&it);) {
    bool passed = false;
    for (const char *const *name = but; *name; name++) passed = passed || str_eq(it.key, str_of(*name));
    if (passed) continue;
    buf_clear(&text);
    json_minify(it.value, &text);
    json_key_str(w, it.key);
    json_put_raw(w, buf_str(&text));
  }
  buf_release(&text);
}

static void put_event(struct json_writer *w, struct json_ref item, struct str id) {
  static const char *const none[] = {NULL};
  json_open(w, '{');
  if (json_is_missing(json_get(item, STR("messageId")))) {
    json_key(w, "messageId");
    json_put_str(w, id);
  }
  put_members(w, item, none);
  json_close(w, '}');
}

static int read_act(struct inbound_message *message, struct json_ref item, struct str id, struct err *err) {
  static const char *const ours[] = {"lead", "same", "messageId", NULL};
  struct inbound_act *act = &message->acts[message->act_count++];
  struct json_ref same = json_get(item, STR("same"));
  struct json_writer w;
  struct buf text;
  struct str lead;
  if (!message->roles)
    return err_set(err, ERR_SCRIPT,
                   "receiver '%.*s' says an act, but not in which role it may: add by = \"sales\"",
                   STR_ARG(message->source));
  if (!json_string(json_get(item, STR("lead")), &lead) || lead.len == 0)
    return err_set(err, ERR_SCRIPT,
                   "`map` returned an act without `lead`: an id or an e-mail address of the lead");
  if (!json_is_missing(same) && json_kind(same) != JSON_OBJECT)
    return err_set(err, ERR_SCRIPT, "`same` of an act is %s, expected an object: { field = value }",
                   json_kind_word(json_kind(same)));
  json_string(json_get(item, STR("messageId")), &id);
  act->lead = arena_str(&message->arena, lead);
  act->key = act_key(&message->arena, message->source, id);
  buf_init(&text);
  json_writer_init(&w, &text);
  json_open(&w, '{');
  put_members(&w, item, ours);
  json_close(&w, '}');
  act->request = arena_str(&message->arena, buf_str(&text));
  buf_clear(&text);
  if (!json_is_missing(same)) json_minify(same, &text);
  if (text.len) act->same = arena_str(&message->arena, buf_str(&text));
  buf_release(&text);
  return 0;
}

/* {"batch":[..]} of the events; the acts to *message. */
static int read_items(struct inbound_message *message, struct json_ref said, struct buf *batch,
                      uint32_t *events, struct err *err) {
  const struct http_request *request = http_exchange_request(message->exchange);
  struct json_writer w;
  struct json_iter it;
  size_t number = 0;
  if (json_kind(said) != JSON_ARRAY)
    return err_set(err, ERR_SCRIPT, "`map` must return a list of events and acts, got %s",
                   json_kind_word(json_kind(said)));
  if (json_count(said) > INBOUND_ITEMS_MAX)
    return err_set(err, ERR_LIMIT, "`map` returned more than %d items", (int)INBOUND_ITEMS_MAX);
  message->acts = arena_zalloc(&message->arena, json_count(said) * sizeof *message->acts);
  json_writer_init(&w, batch);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  for (json_iter_init(&it, said); json_next(&it); number++) {
    struct str id = id_of(&message->arena, request, number);
    if (json_kind(it.value) != JSON_OBJECT)
      return err_set(err, ERR_SCRIPT, "`map` returned %s among its items",
                     json_kind_word(json_kind(it.value)));
    if (!json_is_missing(json_get(it.value, STR("act")))) {
      if (read_act(message, it.value, id, err)) return -1;
      continue;
    }
    put_event(&w, it.value, id);
    ++*events;
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return 0;
}

/* --- its end --------------------------------------------------------------------------------------------------------------- */

static void message_free(struct inbound_message *message) {
  buf_release(&message->refusals);
  arena_release(&message->arena);
  free(message);
}

static void leave(struct inbound_message *message) {
  struct inbound_message **place = &message->daemon->inbound->messages;
  while (*place != message) place = &(*place)->next;
  *place = message->next;
  message_free(message);
}

static void put_acts(struct json_writer *w, const struct inbound_message *message) {
  const struct {
    const char *name;
    uint32_t count;
  } counts[] = {{"made", message->made},
                {"duplicates", message->known},
                {"own", message->own},
                {"refused", message->refused}};
  json_key(w, "acts");
  json_open(w, '{');
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    json_key(w, counts[i].name);
    json_put_int(w, counts[i].count);
  }
  if (message->refused) {
    json_key(w, "refusals");
    json_open(w, '[');
    json_put_raw(w, buf_str(&message->refusals));
    json_close(w, ']');
  }
  json_close(w, '}');
}

static void answer(struct inbound_message *message) {
  struct json_writer w;
  struct buf body;
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "success");
  json_put_bool(&w, true);
  ingest_put_totals(&w, &message->totals);
  json_key(&w, "own");
  json_put_bool(&w, message->own > 0 && message->own == message->act_count && message->totals.accepted == 0);
  if (message->act_count) put_acts(&w, message);
  json_close(&w, '}');
  http_exchange_answer(message->exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
  leave(message);
}

/* Nothing that was taken is taken back: what comes again is known by its ids. */
static void fail(struct inbound_message *message) {
  ingest_refuse(message->exchange, message->failed);
  leave(message);
}

/* --- acts ------------------------------------------------------------------------------------------------------------------ */

static void go_on(struct inbound_message *message);

/* The present act has come to its end. */
static void step(struct inbound_message *message) {
  message->at++;
  message->waits = false;
}

static void refused(struct inbound_message *message, const char *code, const char *why) {
  struct json_writer w;
  struct buf text;
  const struct inbound_act *act = &message->acts[message->at];
  buf_init(&text);
  json_writer_init(&w, &text);
  json_open(&w, '{');
  json_key(&w, "lead");
  json_put_str(&w, act->lead);
  json_key(&w, "code");
  json_put_text(&w, code);
  json_key(&w, "message");
  json_put_text(&w, why);
  json_close(&w, '}');
  if (message->refused++) buf_add_char(&message->refusals, ',');
  buf_add_str(&message->refusals, buf_str(&text));
  buf_release(&text);
  LOG(message->daemon->log, LOG_LEVEL_WARN, "an act of another system was refused",
      log_text("receiver", message->source.p), log_text("act", act->key.p), log_text("code", code),
      log_text("why", why));
}

static void on_acted(void *arg, const struct acted *acted) {
  struct inbound_message *message = arg;
  if (acted->answer != SERVICE_COMMITTED)
    message->failed = acted->answer;
  else if (acted->duplicate)
    message->known++;
  else if (acted->no_lead)
    refused(message, "unknown_lead", "no event mentions the lead");
  else if (acted->refusal)
    refused(message, act_word(acted->refusal->code), acted->refusal->message);
  else
    message->made++;
  step(message);
  go_on(message); /* nothing, where that one is running and has asked for this act */
}

static void act_on(struct inbound_message *message) {
  const struct inbound_act *act = &message->acts[message->at];
  const struct acting_ask ask = {.lead = act->lead,
                                 .request = act->request,
                                 .key = act->key,
                                 .actor = message->source,
                                 .roles = message->roles,
                                 .told = true};
  struct err err;
  if (acting_begin(message->daemon, &ask, on_acted, message, &err) == 0) return;
  if (err.code == ERR_LIMIT)
    message->failed = SERVICE_BUSY;
  else
    refused(message, "invalid_act", err.text);
  step(message);
}

static void own_came_back(struct inbound_message *message) {
  LOG(message->daemon->log, LOG_LEVEL_INFO, "a change of another system is embudo's own, come back",
      log_text("receiver", message->source.p), log_text("act", message->acts[message->at].key.p));
  message->own++;
  step(message);
}

static void on_looked(struct inbound_message *message, bool own) {
  message->runs = true; /* an act that ends at once leaves the message to us */
  if (own)
    own_came_back(message);
  else
    act_on(message);
  message->runs = false;
  go_on(message);
}

/* A loop and no recursion: many acts may be told at once. */
static void go_on(struct inbound_message *message) {
  if (message->runs) return;
  message->runs = true;
  while (!message->waits && message->failed == SERVICE_COMMITTED && message->at < message->act_count) {
    message->waits = true;
    if (!inbound_echo_ask(message, on_looked)) act_on(message);
  }
  message->runs = false;
  if (message->waits) return;
  if (message->failed == SERVICE_COMMITTED)
    answer(message);
  else
    fail(message);
}

/* --- events ---------------------------------------------------------------------------------------------------------------- */

static void on_stored(void *arg, const struct service_result *result) {
  struct inbound_message *message = arg;
  ingest_stored(message->daemon, message->source, message->since_us, result, &message->totals);
  message->failed = result->answer;
  message->waits = false;
  go_on(message);
}

/* 0: they are on their way, or there is nothing to journal; -1: the request has been answered, or *err says why not. */
static int submit(struct inbound_message *message, struct str batch, bool *answered, struct err *err) {
  struct daemon *daemon = message->daemon;
  const struct feed feed = {.source = message->source, .received_ms = service_now_ms(daemon->service)};
  struct received received;
  if (receive_parse(service_receiver(daemon->service), batch, &received, err) != 0 ||
      receive_check(service_receiver(daemon->service), &feed, &received, err) != 0)
    return -1;
  *answered = !guard_rate(daemon->guard, message->exchange, feed.source, received.events);
  if (*answered) return -1;
  ingest_count(daemon, feed.source, &received, &message->totals);
  if (received.events == 0) return 0;
  message->since_us = ingest_now_us();
  enum service_answer said = service_submit(daemon->service, received.record, feed.source, feed.received_ms,
                                            false, on_stored, message);
  if (said == SERVICE_COMMITTED)
    message->waits = true;
  else
    message->failed = said;
  return 0;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------- */

static struct inbound_desk *desk_of(struct daemon *daemon) {
  if (daemon->inbound) return daemon->inbound;
  daemon->inbound = xcalloc(1, sizeof *daemon->inbound);
  map_init(&daemon->inbound->names);
  return daemon->inbound;
}

static struct inbound_message *message_new(struct http_exchange *exchange, struct daemon *daemon,
                                           const struct inbound *inbound) {
  struct inbound_desk *desk = desk_of(daemon);
  struct inbound_message *message = xcalloc(1, sizeof *message);
  const struct ruleset *rules = pipeline_generation(service_pipeline(daemon->service))->rules;
  message->daemon = daemon;
  message->exchange = exchange;
  uint32_t name = map_intern(&desk->names, str_of(inbound->name));
  message->source = desk->names.entries[name].key;
  message->totals.item_word = "item";
  message->failed = SERVICE_COMMITTED;
  arena_init(&message->arena, 1024);
  buf_init(&message->refusals);
  for (uint32_t i = 0; i < inbound->by_count; i++) message->roles |= role_of(str_of(inbound->by[i]));
  if (inbound->of != NONE)
    message->of = arena_str(&message->arena, str_of(rules->destinations[inbound->of].name));
  message->next = desk->messages;
  desk->messages = message;
  return message;
}

int inbound_begin(struct http_exchange *exchange, struct daemon *daemon, const struct inbound *inbound,
                  struct json_ref said, struct err *err) {
  struct inbound_message *message = message_new(exchange, daemon, inbound);
  uint32_t events = 0;
  bool answered = false;
  struct buf batch;
  buf_init(&batch);
  int failed = read_items(message, said, &batch, &events, err);
  if (!failed && events) failed = submit(message, buf_str(&batch), &answered, err);
  buf_release(&batch);
  if (failed)
    leave(message);
  else
    go_on(message);
  return failed && !answered ? -1 : 0;
}

void inbound_free(struct daemon *daemon) {
  if (!daemon->inbound) return;
  for (struct inbound_message *message = daemon->inbound->messages, *next; message; message = next) {
    next = message->next;
    message_free(message);
  }
  map_release(&daemon->inbound->names);
  free(daemon->inbound);
}
