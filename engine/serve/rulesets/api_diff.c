/* GET /v1/rulesets/{hash}/diff?with=HASH: how two kept rulesets differ. Both are compiled again, on a thread of the pool. */
#include "core/rules/kept_diff.h"
#include "serve/api/api.h"
#include "serve/rulesets/api_kept.h"
#include "serve/rulesets/rulesets.h"

struct diffing {
  struct work_job job;
  struct daemon *daemon;
  struct http_exchange *exchange;
  const struct config *config;
  char from[DIGEST_HEX_MAX], to[DIGEST_HEX_MAX];
  bool wants_text;
  struct buf json, text;
  struct err err;
  int failed;
};

static void run(struct work_job *job) {
  struct diffing *diffing = (struct diffing *)job;
  diffing->failed = kept_diff(diffing->config->data, diffing->from, diffing->to, &diffing->json,
                              &diffing->text, &diffing->err);
}

static void on_done(struct work_job *job, enum work_end end) {
  struct diffing *diffing = (struct diffing *)job;
  if (end != WORK_RAN)
    http_exchange_fail(diffing->exchange, 503, HTTP_OVERLOADED, "stopping");
  else if (diffing->failed)
    http_exchange_fail(diffing->exchange, 409, "conflict", "%s", diffing->err.text);
  else if (diffing->wants_text)
    http_exchange_answer(diffing->exchange, 200, "text/plain; charset=utf-8", buf_str(&diffing->text));
  else
    http_exchange_answer(diffing->exchange, 200, HTTP_JSON, buf_str(&diffing->json));
  buf_release(&diffing->json);
  buf_release(&diffing->text);
  free(diffing);
}

static int find(struct http_exchange *exchange, struct daemon *daemon, struct str hash,
                char out[DIGEST_HEX_MAX]) {
  const struct kept *kept = kept_find(rulesets_index(daemon->rulesets), hash);
  if (!kept) http_exchange_fail(exchange, 404, "not_found", "no ruleset '%.*s' is kept", STR_ARG(hash));
  if (!kept) return -1;
  memcpy(out, kept->hash, DIGEST_HEX_MAX);
  return 0;
}

void api_diff_kept(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"with", NULL};
  struct daemon *daemon = app;
  const struct http_request *request = http_exchange_request(exchange);
  struct str with;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_known(exchange, names) != 0) return;
  if (!http_request_query(request, STR("with"), &with))
    with = str_of(pipeline_generation(service_pipeline(daemon->service))->rules->hash);
  struct diffing *diffing = xcalloc(1, sizeof *diffing);
  *diffing = (struct diffing){.job = {.run = run, .done = on_done},
                              .daemon = daemon,
                              .exchange = exchange,
                              .config = daemon->config,
                              .wants_text = api_wants_text(exchange)};
  buf_init(&diffing->json);
  buf_init(&diffing->text);
  if (find(exchange, daemon, http_request_param(request, STR("hash")), diffing->from) != 0 ||
      find(exchange, daemon, with, diffing->to) != 0) {
    free(diffing);
    return;
  }
  if (work_start(daemon->work, &diffing->job)) return;
  http_exchange_fail(exchange, 503, HTTP_OVERLOADED, "too much is under way");
  free(diffing);
}
