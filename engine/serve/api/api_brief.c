/* GET /v1/leads/{id}/brief: what whoever takes the lead over should know, as of now. GET /v1/leads/{id}/briefs: what those were told
 * to whom it was handed over. */
#include "core/explain/brief.h"
#include "core/handoff/handed.h"
#include "serve/api/api.h"

/* Whether the answer is wanted as text; -1 after answering 400. */
static int wants_text(struct http_exchange *exchange) {
  struct str form;
  if (!http_request_query(http_exchange_request(exchange), STR("as"), &form)) return 0;
  if (str_eq(form, STR("text"))) return 1;
  return str_eq(form, STR("json")) ? 0 : api_refuse(exchange, "as", "json or text");
}

static void send_text(struct http_exchange *exchange, struct buf *text) {
  http_exchange_answer(exchange, 200, "text/plain; charset=utf-8", buf_str(text));
}

void api_lead_brief(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"at", "as", NULL};
  struct daemon *daemon = app;
  const char *url = daemon->config->public_url, *base = url && *url ? url : NULL;
  struct api_answer answer;
  int64_t at_ms;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  int as_text = wants_text(exchange);
  if (as_text < 0 || api_instant(exchange, daemon, &at_ms) != 0 ||
      api_fold_lead(exchange, daemon, at_ms) == IDENTITY_NONE)
    return;
  const struct fold *fold = pipeline_fold(service_pipeline(daemon->service));
  api_open(&answer);
  if (!as_text) {
    brief_json(fold, base, &answer.w);
    api_send(&answer, exchange);
    return;
  }
  brief_text(fold, base, &answer.body);
  send_text(exchange, &answer.body);
  buf_release(&answer.body);
}

/* --- frozen -------------------------------------------------------------------------------------------------------------- */

struct briefs { /* a job */
  struct work_job job;
  struct daemon *daemon;
  struct http_exchange *exchange;
  struct handed handed;
  char *lead; /* its id: by the time of the answer it may be gone */
  bool as_text, failed;
  struct buf list;
  struct err err;
};

static void read_briefs(struct work_job *job) {
  struct briefs *briefs = (struct briefs *)job;
  const char *dir = briefs->daemon->options.config->data;
  briefs->failed = handed_json(dir, &briefs->handed, &briefs->list, &briefs->err) != 0;
}

static void answer_briefs(struct briefs *briefs) {
  struct engine *engine = pipeline_engine(service_pipeline(briefs->daemon->service));
  struct api_answer answer;
  uint32_t lead = engine_find_lead(engine, str_of(briefs->lead));
  if (briefs->failed) {
    http_exchange_fail(briefs->exchange, 500, "internal", "%s", briefs->err.text);
    return;
  }
  if (lead == IDENTITY_NONE) { /* erased meanwhile */
    http_exchange_fail(briefs->exchange, 404, "not_found", "no event mentions such a lead");
    return;
  }
  api_open(&answer);
  if (briefs->as_text) {
    handed_text(buf_str(&briefs->list), &answer.body, &briefs->err);
    send_text(briefs->exchange, &answer.body);
    buf_release(&answer.body);
    return;
  }
  json_open(&answer.w, '{');
  json_key(&answer.w, "lead");
  json_put_str(&answer.w, engine_lead_id(engine, lead));
  json_key(&answer.w, "briefs");
  json_put_raw(&answer.w, buf_str(&briefs->list));
  json_close(&answer.w, '}');
  api_send(&answer, briefs->exchange);
}

static void release_briefs(struct briefs *briefs) {
  buf_release(&briefs->list);
  free(briefs->lead);
  free(briefs);
}

static void on_read(struct work_job *job, enum work_end end) {
  struct briefs *briefs = (struct briefs *)job;
  if (end == WORK_SKIPPED)
    http_exchange_fail(briefs->exchange, 503, HTTP_OVERLOADED, "embudo is stopping");
  else
    answer_briefs(briefs);
  release_briefs(briefs);
}

/* 1: one hand-off's is asked for; -1 after answering 400. */
static int read_handoff(struct http_exchange *exchange, struct handed_name *name) {
  struct str text;
  if (!http_request_query(http_exchange_request(exchange), STR("handoff"), &text)) return 0;
  return handed_name_parse(text, name) ? 1
                                       : api_refuse(exchange, "handoff", "a hand-off's id, msg_.. or dec_..");
}

void api_lead_briefs(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"handoff", "as", NULL};
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  struct handed_name handed;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  int as_text = wants_text(exchange), only = as_text < 0 ? -1 : read_handoff(exchange, &handed);
  if (only < 0) return;
  uint32_t lead = api_find_lead(exchange, daemon);
  if (lead == IDENTITY_NONE) return;
  struct str name = engine_lead_id(pipeline_engine(pipeline), lead);
  struct briefs *briefs = xcalloc(1, sizeof *briefs);
  *briefs = (struct briefs){.job = {.run = read_briefs, .done = on_read},
                            .daemon = daemon,
                            .exchange = exchange,
                            .lead = xcalloc(1, name.len + 1),
                            .as_text = as_text};
  memcpy(briefs->lead, name.p, name.len);
  buf_init(&briefs->list);
  handed_find(&briefs->handed, pipeline, lead, only ? &handed : NULL);
  if (work_start(daemon->work, &briefs->job)) return;
  release_briefs(briefs);
  http_exchange_fail(exchange, 503, HTTP_OVERLOADED, "too much is being read: try again");
}
