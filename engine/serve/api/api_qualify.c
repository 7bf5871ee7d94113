/* GET /v1/leads/{id}/qualification and /v1/leads/{id}/next-question. */
#include "core/explain/qualify.h"
#include "serve/api/api.h"

static const char *const parameters[] = {"at", "framework", NULL};

/* -1: refused. */
static int read_framework(struct http_exchange *exchange, const struct ruleset *rules, int *framework) {
  struct str name;
  *framework = NONE;
  if (!http_request_query(http_exchange_request(exchange), STR("framework"), &name)) return 0;
  *framework = ruleset_framework(rules, name);
  return *framework == NONE ? api_refuse(exchange, "framework", "one the rules declare") : 0;
}

static void put_head(struct json_writer *w, const struct fold *fold) {
  json_key(w, "lead");
  json_put_str(w, fold_lead_id(fold));
  json_key(w, "as_of");
  json_put_time(w, fold_now(fold));
}

/* NULL: the answer has been given. */
static const struct fold *fold_asked(struct http_exchange *exchange, struct daemon *daemon, int *framework) {
  struct pipeline *pipeline = service_pipeline(daemon->service);
  int64_t at_ms;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, parameters) != 0) return NULL;
  if (api_instant(exchange, daemon, &at_ms) != 0) return NULL;
  if (read_framework(exchange, pipeline_generation(pipeline)->rules, framework) != 0) return NULL;
  return api_fold_lead(exchange, daemon, at_ms) == IDENTITY_NONE ? NULL : pipeline_fold(pipeline);
}

void api_show_qualification(struct http_exchange *exchange, void *app) {
  struct api_answer answer;
  int framework;
  const struct fold *fold = fold_asked(exchange, app, &framework);
  if (!fold) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  put_head(&answer.w, fold);
  json_key(&answer.w, "frameworks");
  qualify_json(fold, framework, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

void api_next_question(struct http_exchange *exchange, void *app) {
  struct api_answer answer;
  int framework;
  const struct fold *fold = fold_asked(exchange, app, &framework);
  if (!fold) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  put_head(&answer.w, fold);
  qualify_question(fold, framework, &answer.w);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
