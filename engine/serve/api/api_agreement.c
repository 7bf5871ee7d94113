/* GET /v1/agreement, POST /v1/agreement/approvals: what marketing and sales have agreed on, and approving it. */
#include "core/desk/agreement.h"
#include "serve/api/api.h"
#include "serve/ingest/ingest.h"

static void put_state(struct json_writer *w, const struct pipeline *pipeline) {
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  json_key(w, "ruleset");
  json_put_text(w, rules->hash);
  agreement_json(rules, pipeline_approvals(pipeline), w);
}

void api_show_agreement(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"as", NULL};
  struct daemon *daemon = app;
  const struct pipeline *pipeline = service_pipeline(daemon->service);
  struct str form;
  struct api_answer answer;
  struct buf document;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (!http_request_query(http_exchange_request(exchange), STR("as"), &form)) form = STR("json");
  bool as_text = str_eq(form, STR("markdown"));
  if (!as_text && !str_eq(form, STR("json"))) {
    api_refuse(exchange, "as", "json or markdown");
    return;
  }
  buf_init(&document);
  agreement_document(pipeline_generation(pipeline)->rules, pipeline_approvals(pipeline), &document);
  if (as_text) {
    http_exchange_answer(exchange, 200, "text/markdown; charset=utf-8", buf_str(&document));
  } else {
    api_open(&answer);
    json_open(&answer.w, '{');
    put_state(&answer.w, pipeline);
    json_key(&answer.w, "document");
    json_put_str(&answer.w, buf_str(&document));
    json_close(&answer.w, '}');
    api_send(&answer, exchange);
  }
  buf_release(&document);
}

/* --- approving ---------------------------------------------------------------------------------------------------------- */

struct pending {
  struct daemon *daemon;
  struct http_exchange *exchange;
};

static void on_approved(void *arg, const struct service_result *result) {
  const struct pending pending = *(struct pending *)arg;
  struct api_answer answer;
  free(arg);
  if (result->answer != SERVICE_COMMITTED) {
    ingest_refuse(pending.exchange, result->answer);
    return;
  }
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "success");
  json_put_bool(&answer.w, true);
  put_state(&answer.w, service_pipeline(pending.daemon->service));
  json_close(&answer.w, '}');
  api_send(&answer, pending.exchange);
}

static void approve(struct daemon *daemon, struct http_exchange *exchange, struct str role, struct str by) {
  struct pending *pending = xmalloc(sizeof *pending);
  *pending = (struct pending){daemon, exchange};
  enum service_answer answer = service_approve(daemon->service, role, by, on_approved, pending);
  if (answer == SERVICE_COMMITTED) return;
  free(pending);
  ingest_refuse(exchange, answer);
}

/* The body: {"role": "marketing"}. Who has the role approves for it, as the token is called; an admin for either. */
void api_approve_agreement(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct json_reader *reader = json_reader_new();
  struct json_ref root;
  struct err err;
  struct str word = STR(""), by;
  bool parsed = json_parse(reader, request->body.p, request->body.len, &root, &err) == 0;
  if (parsed) json_string(json_get(root, STR("role")), &word);
  unsigned role = role_of(word);
  if (role != ROLE_MARKETING && role != ROLE_SALES) {
    if (guard_role(daemon->guard, exchange, API_READ))
      http_exchange_fail(
          exchange, 400, "invalid_request",
          "expected {\"role\": \"marketing\"} or {\"role\": \"sales\"}: for whom it is approved");
  } else if (guard_person(daemon->guard, exchange, role, &by)) {
    approve(daemon, exchange, word, by);
  }
  json_reader_free(reader);
}
