/* DELETE /v1/leads/{id}?forget=true: erases a person. */
#include "serve/api/api.h"

#include "serve/ingest/ingest.h"

struct erasing {
  struct daemon *daemon;
  struct http_exchange *exchange;
};

static void answer(struct http_exchange *exchange, const struct service_erased *erased) {
  struct api_answer answer;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  json_key(&answer.w, "events");
  json_put_int(&answer.w, (int64_t)erased->events);
  json_key(&answer.w, "decisions");
  json_put_int(&answer.w, (int64_t)erased->decisions);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* What clients have not been sent yet may speak of the person. */
static void on_erased(void *arg, const struct service_erased *erased) {
  struct erasing *erasing = arg;
  struct daemon *daemon = erasing->daemon;
  hub_forget(daemon->hub);
  if (erased->err) {
    http_exchange_fail(erasing->exchange, 503, HTTP_OVERLOADED, "%s", erased->err->text);
  } else {
    LOG(daemon->log, LOG_LEVEL_INFO, "a person was erased", log_int("events", (int64_t)erased->events),
        log_int("decisions", (int64_t)erased->decisions));
    answer(erasing->exchange, erased);
  }
  free(erasing);
}

/* "true" or "false"; -1 after answering 400. */
static int read_switch(struct http_exchange *exchange, const char *name, bool *on) {
  struct str text;
  *on = false;
  if (!http_request_query(http_exchange_request(exchange), str_of(name), &text)) return 0;
  *on = str_eq(text, STR("true"));
  return *on || str_eq(text, STR("false")) ? 0 : api_refuse(exchange, name, "true or false");
}

/* Whether or not anybody knows the id: what it was asked for is so in the end. */
void api_erase_lead(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"forget", "block", NULL};
  struct daemon *daemon = app;
  struct str id = http_request_param(http_exchange_request(exchange), STR("id"));
  bool forget, block;
  if (!guard_role(daemon->guard, exchange, ROLE_ADMIN) || api_known(exchange, names) != 0) return;
  if (read_switch(exchange, "forget", &forget) != 0 || read_switch(exchange, "block", &block) != 0) return;
  if (!forget) {
    http_exchange_fail(exchange, 400, "invalid_parameter",
                       "leads are not deleted but erased, for good, with all their events: say forget=true");
    return;
  }
  if (id.len > NORMALISE_ID_MAX) {
    api_refuse(exchange, "id", "no more than 512 bytes");
    return;
  }
  struct erasing *erasing = xmalloc(sizeof *erasing);
  *erasing = (struct erasing){daemon, exchange};
  enum service_answer got = service_erase(daemon->service, id, block, on_erased, erasing);
  if (got == SERVICE_COMMITTED) return;
  ingest_refuse(exchange, got);
  free(erasing);
}
