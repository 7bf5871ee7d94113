/* GET /v1/leads/{id}/brief: what whoever takes the lead over should know, as of now. */
#include "core/explain/brief.h"
#include "serve/api/api.h"

void api_lead_brief(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"at", "as", NULL};
  struct daemon *daemon = app;
  const char *base = daemon->config->public_url;
  const struct brief_extra extra = {.base_url = base && *base ? base : NULL};
  struct api_answer answer;
  struct str form;
  int64_t at_ms;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (!http_request_query(http_exchange_request(exchange), STR("as"), &form)) form = STR("json");
  if (!str_eq(form, STR("json")) && !str_eq(form, STR("text"))) {
    api_refuse(exchange, "as", "json or text");
    return;
  }
  if (api_instant(exchange, daemon, &at_ms) != 0 || api_fold_lead(exchange, daemon, at_ms) == IDENTITY_NONE)
    return;
  const struct fold *fold = pipeline_fold(service_pipeline(daemon->service));
  api_open(&answer);
  if (str_eq(form, STR("json"))) {
    brief_json(fold, &extra, &answer.w);
    api_send(&answer, exchange);
    return;
  }
  brief_text(fold, &extra, &answer.body);
  http_exchange_answer(exchange, 200, "text/plain; charset=utf-8", buf_str(&answer.body));
  buf_release(&answer.body);
}
