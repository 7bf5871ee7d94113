#include "serve/api/api.h"

#include "core/explain/row.h"
#include "io/http/http_accept.h"
#include <errno.h>
#include <inttypes.h>

bool api_numbers(struct str text, int64_t *out, int count) {
  char room[128], *at = room, *end;
  if (text.len >= sizeof room) return false;
  memcpy(room, text.p, text.len);
  room[text.len] = '\0';
  for (int i = 0; i < count; i++, at = end + 1) {
    if (*at != '-' && (*at < '0' || *at > '9')) return false;
    errno = 0;
    out[i] = strtoll(at, &end, 10);
    if (errno || end == at || *end != (i + 1 < count ? '_' : '\0')) return false;
  }
  return true;
}

bool api_wants_text(struct http_exchange *exchange) {
  static const char *const offers[] = {HTTP_JSON, "text/plain"};
  http_exchange_header(exchange, "Vary", STR("Accept"));
  return http_accept_best(http_exchange_request(exchange), offers, sizeof offers / sizeof *offers) == 1;
}

int api_refuse(struct http_exchange *exchange, const char *name, const char *expected) {
  http_exchange_fail(exchange, 400, "invalid_parameter", "%s: expected %s", name, expected);
  return -1;
}

static bool is_known(struct str given, const char *const *names) {
  for (; *names; names++) {
    struct str name = str_of(*names);
    if (str_eq(given, name) || (str_ends(name, STR(".")) && str_starts(given, name))) return true;
  }
  return false;
}

/* Which of two values is meant nobody knows. */
static bool is_first(const struct http_uri *uri, int index) {
  for (int i = 0; i < index; i++)
    if (str_eq(uri->query[i].name, uri->query[index].name)) return false;
  return true;
}

int api_known(struct http_exchange *exchange, const char *const *names) {
  const struct http_uri *uri = &http_exchange_request(exchange)->uri;
  for (int i = 0; i < uri->query_count; i++) {
    struct str given = uri->query[i].name;
    if (!is_first(uri, i)) {
      http_exchange_fail(exchange, 400, "invalid_parameter", "the parameter '%.*s' stands twice",
                         STR_ARG(given));
      return -1;
    }
    if (is_known(given, names)) continue;
    const char *near = str_nearest(given, names);
    http_exchange_fail(exchange, 400, "invalid_parameter", "unknown parameter '%.*s'%s%s%s", STR_ARG(given),
                       near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return -1;
  }
  return 0;
}

int api_number(struct http_exchange *exchange, struct str name, int64_t initial, int64_t min, int64_t max,
               int64_t *out) {
  struct str text;
  *out = initial;
  if (!http_request_query(http_exchange_request(exchange), name, &text)) return 0;
  if (api_numbers(text, out, 1) && *out >= min && *out <= max) return 0;
  http_exchange_fail(exchange, 400, "invalid_parameter",
                     "%.*s: expected a number from %" PRId64 " to %" PRId64, STR_ARG(name), min, max);
  return -1;
}

int api_instant(struct http_exchange *exchange, struct daemon *daemon, int64_t *out) {
  struct str text;
  *out = service_now_ms(daemon->service);
  if (!http_request_query(http_exchange_request(exchange), STR("at"), &text)) return 0;
  if (time_parse(text, out)) return 0;
  http_exchange_fail(exchange, 400, "invalid_parameter",
                     "at: expected an instant such as 2026-01-02T03:04:05Z");
  return -1;
}

static struct str id_of(const struct http_exchange *exchange) {
  return http_request_param(http_exchange_request(exchange), STR("id"));
}

void api_refuse_lead(struct http_exchange *exchange, bool known) {
  struct str id = id_of(exchange);
  http_exchange_fail(exchange, 404, "not_found", "no event mentions the lead '%.*s'%s", STR_ARG(id),
                     known ? " at that instant" : "");
}

uint32_t api_find_lead(struct http_exchange *exchange, struct daemon *daemon) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  uint32_t lead = engine_find_lead(pipeline_engine(pipeline), id_of(exchange));
  if (lead == IDENTITY_NONE) api_refuse_lead(exchange, false);
  return lead;
}

uint32_t api_fold_lead(struct http_exchange *exchange, struct daemon *daemon, int64_t at_ms) {
  uint32_t lead = api_find_lead(exchange, daemon);
  if (lead == IDENTITY_NONE || pipeline_look(service_pipeline(daemon->service), lead, at_ms) > 0) return lead;
  api_refuse_lead(exchange, true);
  return IDENTITY_NONE;
}

void api_open(struct api_answer *answer) {
  buf_init(&answer->body);
  json_writer_init(&answer->w, &answer->body);
}

void api_send(struct api_answer *answer, struct http_exchange *exchange) {
  http_exchange_answer(exchange, 200, HTTP_JSON, buf_str(&answer->body));
  buf_release(&answer->body);
}

void api_put_origin(struct json_writer *w, const struct touch *touch) {
  json_key(w, "at");
  json_put_time(w, touch->time_ms);
  json_key(w, "source");
  json_put_str(w, touch_source(touch));
  json_key(w, "message_id");
  json_put_str(w, touch_message_id(touch));
}

static void put_optional(struct json_writer *w, const char *key, struct str text) {
  if (text.len == 0) return;
  json_key(w, key);
  json_put_str(w, text);
}

void api_put_row(struct json_writer *w, const struct row *row, const struct ruleset *rules) {
  row_members(row, rules, w);
  put_optional(w, "name", row->name);
  put_optional(w, "company", row->company);
}
