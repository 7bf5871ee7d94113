/* POST /v1/forms/{name}: a form of a web page, sent by the browser without any script. GET: which fields are still to be asked for.
 *
 * A form says who somebody is and that they sent it: an identify with its fields of the profile, and a track "Form Submitted" with the
 * others. An incomplete one is taken as well. What is missing is told by what came on the visitor's own id alone: a page must not learn of
 * an address that somebody types in what others have told about it. */
#include "base/digest.h"
#include "core/explain/qualify.h"
#include "io/http/http_accept.h"
#include "io/http/http_form.h"
#include "model/event.h"
#include "serve/access/guard.h"
#include "serve/ingest/ingest.h"

enum { MADE_UP = 22, /* characters of an anonymous id: 130 bits */ NAME_MAX_BYTES = 100 };

#define DEFAULT_EVENT "Form Submitted"

struct sent_form { /* until it is answered */
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct http_form form;
  struct feed feed;
  struct str name;
  struct identity_member id; /* the visitor's */
  char made_up[MADE_UP + 8];
  char *location; /* NULL: the answer is JSON */
  struct ingest_totals totals;
  int64_t since_us;
};

static struct str field_of(const struct http_form *form, struct str name) {
  struct str value;
  return http_form_find(form, name, &value) ? str_trim(value) : value;
}

/* --- what is missing ------------------------------------------------------------------------------------------------------ */

static const struct fold *fold_visitor(struct daemon *daemon, struct identity_member id) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  uint32_t node = id.id.len ? engine_find_node(pipeline_engine(pipeline), id) : IDENTITY_NONE;
  pipeline_look_id(pipeline, node, service_now_ms(daemon->service));
  return pipeline_fold(pipeline);
}

static void put_missing(struct daemon *daemon, struct identity_member id, struct json_writer *w) {
  json_key(w, "missing");
  qualify_missing(fold_visitor(daemon, id), w);
}

void ingest_form_fields(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct identity_member id = {.kind = ID_ANONYMOUS};
  struct str source;
  struct json_writer w;
  struct buf body;
  if (!guard_ingest(daemon->guard, exchange, STR(""), &source)) return;
  http_request_query(request, STR("anonymousId"), &id.id);
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_member_str(&w, "form", http_request_param(request, STR("name")));
  put_missing(daemon, id, &w);
  json_close(&w, '}');
  http_exchange_header(exchange, "Cache-Control", STR("no-store"));
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

/* --- from fields to events -------------------------------------------------------------------------------------------- */

static bool is_profile(const struct ruleset *rules, struct str name) {
  for (uint32_t i = 0; i < rules->profile_count; i++)
    if (str_eq(rules->profile[i].path, name)) return true;
  return str_eq(name, STR("email"));
}

static bool is_own(const struct config *config, struct str name) {
  static const char *const words[] = {"writeKey",  "redirect", "anonymousId", "userId", "event",
                                      "messageId", ""};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (str_eq(name, str_of(words[i]))) return true;
  return str_eq(name, str_of(config->forms.trap)) || str_eq(name, str_of(config->forms.consent));
}

enum kind { OWN, TRAIT, PROPERTY };

static enum kind kind_of(const struct sent_form *sent, struct str name) {
  if (is_own(sent->daemon->config, name)) return OWN;
  return is_profile(pipeline_generation(service_pipeline(sent->daemon->service))->rules, name) ? TRAIT
                                                                                               : PROPERTY;
}

/* The last of a name counts, and what was left empty says nothing. */
static bool is_told(const struct sent_form *sent, int i, enum kind kind) {
  const struct http_pair *field = &sent->form.fields[i];
  struct str last;
  return kind_of(sent, field->name) == kind && str_trim(field->value).len &&
         http_form_find(&sent->form, field->name, &last) && last.p == field->value.p;
}

static struct str head_of(struct str path) {
  const char *dot = memchr(path.p, '.', path.len);
  return dot ? (struct str){path.p, (size_t)(dot - path.p)} : path;
}

static bool is_below(struct str path, struct str head) {
  return path.len > head.len && path.p[head.len] == '.' && str_eq(head_of(path), head);
}

static bool tells(const struct sent_form *sent, struct str head, struct str key) {
  for (int i = 0; i < sent->form.count; i++) {
    struct str path = sent->form.fields[i].name;
    if (is_told(sent, i, TRAIT) && is_below(path, head) &&
        str_eq((struct str){path.p + head.len + 1, path.len - head.len - 1}, key))
      return true;
  }
  return false;
}

/* "company.name" and its like are one object, which a later one replaces as a whole: what the visitor has told of it before goes
 * along. */
static void put_object(const struct sent_form *sent, struct str head, const struct fold *known,
                       struct json_writer *w) {
  struct value old = fold_trait(known, head);
  json_key_str(w, head);
  json_open(w, '{');
  for (uint32_t i = 0; old.kind == VALUE_MAP && i < old.len; i++) {
    if (tells(sent, head, old.pairs[i].key)) continue;
    json_key_str(w, old.pairs[i].key);
    json_put_value(w, old.pairs[i].value);
  }
  for (int i = 0; i < sent->form.count; i++) {
    struct str path = sent->form.fields[i].name;
    if (!is_told(sent, i, TRAIT) || !is_below(path, head)) continue;
    json_key_str(w, (struct str){path.p + head.len + 1, path.len - head.len - 1});
    json_put_str(w, str_trim(sent->form.fields[i].value));
  }
  json_close(w, '}');
}

static bool is_first_of(const struct sent_form *sent, int at) {
  struct str head = head_of(sent->form.fields[at].name);
  for (int i = 0; i < at; i++)
    if (is_told(sent, i, TRAIT) && is_below(sent->form.fields[i].name, head)) return false;
  return true;
}

static bool is_yes(struct str text) {
  static const char *const words[] = {"yes", "on", "true", "1", "si", "s\303\255"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (http_word_equal(text, str_of(words[i]))) return true;
  return false;
}

static void put_traits(const struct sent_form *sent, struct json_writer *w) {
  const struct fold *known = fold_visitor(sent->daemon, sent->id);
  const char *name = sent->daemon->config->forms.consent;
  struct str consent = field_of(&sent->form, str_of(name));
  for (int i = 0; i < sent->form.count; i++) {
    struct str path = sent->form.fields[i].name, head = head_of(path);
    if (!is_told(sent, i, TRAIT)) continue;
    if (head.len < path.len) {
      if (is_first_of(sent, i)) put_object(sent, head, known, w);
      continue;
    }
    json_key_str(w, path);
    json_put_str(w, str_trim(sent->form.fields[i].value));
  }
  if (!*name || consent.len == 0) return;
  json_key(w, "consent");
  json_put_bool(w, is_yes(consent));
}

static void put_properties(const struct sent_form *sent, struct json_writer *w) {
  json_member_str(w, "form", sent->name);
  for (int i = 0; i < sent->form.count; i++) {
    struct str name = sent->form.fields[i].name;
    if (!is_told(sent, i, PROPERTY) || str_eq(name, STR("form"))) continue;
    json_key_str(w, name);
    json_put_str(w, str_trim(sent->form.fields[i].value));
  }
}

static void put_context(const struct sent_form *sent, struct json_writer *w) {
  struct str page;
  if (!http_request_header(http_exchange_request(sent->exchange), STR("referer"), &page)) return;
  json_key(w, "context");
  json_open(w, '{');
  json_key(w, "page");
  json_open(w, '{');
  json_member_str(w, "url", page);
  json_close(w, '}');
  json_close(w, '}');
}

/* Sent again with its messageId it is the same two events. */
static void put_event(const struct sent_form *sent, enum event_type type, struct json_writer *w) {
  struct str message = field_of(&sent->form, STR("messageId")), event = field_of(&sent->form, STR("event"));
  struct str user = field_of(&sent->form, STR("userId"));
  char id[NAME_MAX_BYTES + 16];
  json_open(w, '{');
  json_member_str(w, "type", str_of(event_type_word(type)));
  json_member_str(w, "anonymousId", sent->id.id);
  if (user.len) json_member_str(w, "userId", user);
  if (message.len && message.len <= NAME_MAX_BYTES) {
    snprintf(id, sizeof id, "%.*s-%s", STR_ARG(message), event_type_word(type));
    json_member_str(w, "messageId", str_of(id));
  }
  if (type == EVENT_TRACK) json_member_str(w, "event", event.len ? event : STR(DEFAULT_EVENT));
  put_context(sent, w);
  json_key(w, type == EVENT_TRACK ? "properties" : "traits");
  json_open(w, '{');
  if (type == EVENT_TRACK)
    put_properties(sent, w);
  else
    put_traits(sent, w);
  json_close(w, '}');
  json_close(w, '}');
}

static bool tells_who(const struct sent_form *sent) {
  bool any = *sent->daemon->config->forms.consent &&
             field_of(&sent->form, str_of(sent->daemon->config->forms.consent)).len;
  for (int i = 0; i < sent->form.count && !any; i++) any = is_told(sent, i, TRAIT);
  return any;
}

static void write_events(const struct sent_form *sent, struct buf *out) {
  struct json_writer w;
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "batch");
  json_open(&w, '[');
  if (tells_who(sent)) put_event(sent, EVENT_IDENTIFY, &w);
  put_event(sent, EVENT_TRACK, &w);
  json_close(&w, ']');
  json_close(&w, '}');
}

/* --- answering ---------------------------------------------------------------------------------------------------------- */

static void release(struct sent_form *sent) {
  http_form_release(&sent->form);
  free(sent->location);
  free(sent);
}

static void answer(struct sent_form *sent) {
  struct json_writer w;
  struct buf body;
  http_exchange_header(sent->exchange, "Cache-Control", STR("no-store"));
  if (sent->location) {
    http_exchange_header(sent->exchange, "Location", str_of(sent->location));
    http_exchange_answer(sent->exchange, 303, "text/plain; charset=utf-8", str_of(sent->location));
    return;
  }
  buf_init(&body);
  json_writer_init(&w, &body);
  json_open(&w, '{');
  json_key(&w, "success");
  json_put_bool(&w, true);
  ingest_put_totals(&w, &sent->totals);
  json_member_str(&w, "form", sent->name);
  json_member_str(&w, "anonymousId", sent->id.id);
  put_missing(sent->daemon, sent->id, &w);
  json_close(&w, '}');
  http_exchange_answer(sent->exchange, 200, HTTP_JSON, buf_str(&body));
  buf_release(&body);
}

static void on_stored(void *arg, const struct service_result *result) {
  struct sent_form *sent = arg;
  ingest_stored(sent->daemon, sent->feed.source, sent->since_us, result, &sent->totals);
  if (result->answer == SERVICE_COMMITTED) {
    answer(sent);
  } else {
    ingest_refuse(sent->exchange, result->answer);
  }
  release(sent);
}

/* --- taking --------------------------------------------------------------------------------------------------------------- */

/* Only where the configuration says; whoever asks for JSON goes nowhere. */
static void choose_redirect(struct sent_form *sent) {
  const struct config *config = sent->daemon->config;
  static const char *const offers[] = {"text/html", HTTP_JSON};
  struct str wanted = field_of(&sent->form, STR("redirect"));
  if (config->forms.redirect_count == 0) return;
  if (http_accept_best(http_exchange_request(sent->exchange), offers, sizeof offers / sizeof *offers) == 1)
    return;
  struct str chosen = config->forms.redirects[0];
  for (size_t i = 0; i < config->forms.redirect_count; i++)
    if (str_eq(config->forms.redirects[i], wanted)) chosen = wanted;
  sent->location = xmalloc(chosen.len + 1);
  memcpy(sent->location, chosen.p, chosen.len);
  sent->location[chosen.len] = '\0';
}

static void name_visitor(struct sent_form *sent) {
  sent->id = (struct identity_member){.kind = ID_ANONYMOUS, .id = field_of(&sent->form, STR("anonymousId"))};
  if (sent->id.id.len) return;
  memcpy(sent->made_up, "form-", 5);
  digest_random_text(sent->made_up + 5, MADE_UP);
  sent->made_up[5 + MADE_UP] = '\0';
  sent->id.id = str_of(sent->made_up);
}

static bool is_trapped(struct sent_form *sent) {
  const char *trap = sent->daemon->config->forms.trap;
  struct received received;
  if (!*trap || field_of(&sent->form, str_of(trap)).len == 0) return false;
  received_clear(&received);
  received.rejected = received.rejects[REJECT_TRAPPED] = 1;
  ingest_count(sent->daemon, sent->feed.source, &received, &sent->totals);
  sent->totals.rejected = 0; /* whoever set it off is not told */
  return true;
}

/* True: it is on its way, or answered. */
static bool submit(struct sent_form *sent, struct received *received) {
  struct daemon *daemon = sent->daemon;
  if (received->events == 0) return false;
  sent->since_us = ingest_now_us();
  enum service_answer code = service_submit(daemon->service, received->record, sent->feed.source,
                                            sent->feed.received_ms, false, on_stored, sent);
  if (code != SERVICE_COMMITTED) on_stored(sent, &(struct service_result){.answer = code});
  return true;
}

/* False: it has been answered, and nothing is on its way. */
static bool take(struct sent_form *sent, struct str body) {
  struct daemon *daemon = sent->daemon;
  struct receiver *receiver = service_receiver(daemon->service);
  struct received received;
  struct err err;
  if (receive_parse(receiver, body, &received, &err) != 0 ||
      receive_check(receiver, &sent->feed, &received, &err) != 0) {
    http_exchange_fail(sent->exchange, 400, HTTP_INVALID, "%s", err.text);
    return false;
  }
  ingest_count(daemon, sent->feed.source, &received, &sent->totals);
  if (received.rejected) {
    http_exchange_fail(sent->exchange, 400, reject_word(received.problems[0].code), "%s",
                       received.problems[0].reason);
    return false;
  }
  if (!guard_rate(daemon->guard, sent->exchange, sent->feed.source, received.events)) return false;
  if (submit(sent, &received)) return true;
  answer(sent); /* it came before */
  return false;
}

/* False: it was answered. */
static bool read_form(struct sent_form *sent) {
  struct http_failure failure;
  const struct http_request *request = http_exchange_request(sent->exchange);
  sent->name = http_request_param(request, STR("name"));
  if (sent->name.len == 0 || sent->name.len > NAME_MAX_BYTES)
    http_failure_set(&failure, 400, HTTP_INVALID, "a form's name has 1 to %d bytes", NAME_MAX_BYTES);
  else if (http_form_read(&sent->form, request, &failure) == 0)
    return guard_ingest(sent->daemon->guard, sent->exchange, field_of(&sent->form, STR("writeKey")),
                        &sent->feed.source);
  http_exchange_refuse(sent->exchange, &failure);
  return false;
}

void ingest_form(struct http_exchange *exchange, void *app) {
  struct sent_form *sent = xcalloc(1, sizeof *sent);
  struct buf body;
  sent->daemon = app;
  sent->exchange = exchange;
  sent->feed.received_ms = service_now_ms(sent->daemon->service);
  sent->totals.item_word = "item";
  http_form_init(&sent->form);
  if (!read_form(sent)) {
    release(sent);
    return;
  }
  name_visitor(sent);
  choose_redirect(sent);
  if (is_trapped(sent)) {
    answer(sent);
    release(sent);
    return;
  }
  buf_init(&body);
  write_events(sent, &body);
  if (!take(sent, buf_str(&body))) release(sent);
  buf_release(&body);
}
