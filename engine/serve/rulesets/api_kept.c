/* GET /v1/rulesets/{hash}, POST .../activate, .../preview, pause, resume, cancel; and what GET /v1/rulesets tells of all that. */
#include "serve/rulesets/api_kept.h"

#include "core/engine/stages.h"
#include "serve/api/api.h"
#include "serve/rulesets/reload.h"
#include "serve/rulesets/rulesets.h"

#define RUNNING "running"

enum { KEPT_PAGE = 20 /* rulesets in an answer, unless it is said */ };

/* --- what there is ------------------------------------------------------------------------------------------------------ */

static void put_progress(struct json_writer *w, const struct service *service) {
  static const char *const phases[] = {[SERVICE_IDLE] = "idle",
                                       [SERVICE_READING] = "reading",
                                       [SERVICE_SWAPPING] = "swapping",
                                       [SERVICE_SWEEPING] = "sweeping"};
  struct service_progress progress;
  service_progress(service, &progress);
  json_key(w, "activation");
  json_open(w, '{');
  json_member_text(w, "phase", phases[progress.phase]);
  json_member_text(w, "ruleset", progress.ruleset);
  json_member_bool(w, "preview", progress.preview);
  json_member_bool(w, "paused", progress.paused);
  json_member_int(w, "records", progress.records);
  json_member_int(w, "records_of", progress.records_of);
  json_member_int(w, "leads", progress.leads);
  json_member_int(w, "leads_of", progress.leads_of);
  json_close(w, '}');
}

int api_read_kept(struct http_exchange *exchange, struct daemon *daemon, struct kept_page *page) {
  static const char *const names[] = {"limit", "cursor", NULL};
  const struct kept_index *index = rulesets_index(daemon->rulesets);
  struct str cursor;
  int64_t limit;
  if (api_known(exchange, names) != 0 ||
      api_number(exchange, STR("limit"), KEPT_PAGE, 0, CONFIG_RULESETS_MAX, &limit) != 0)
    return -1;
  *page = (struct kept_page){0, (size_t)limit};
  if (!http_request_query(http_exchange_request(exchange), STR("cursor"), &cursor)) return 0;
  const struct kept *first = kept_find(index, cursor);
  if (!first)
    return api_refuse(exchange, "cursor", "the `next` of an earlier answer, of a ruleset that is kept");
  page->from = (size_t)(first - index->items);
  return 0;
}

void api_put_kept(struct json_writer *w, struct daemon *daemon, struct kept_page page) {
  char stages[STAGES_TEXT_MAX];
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const char *running = pipeline_generation(pipeline)->rules->hash;
  put_progress(w, daemon->service);
  json_member_text(w, "stages", stages_text(pipeline_stages(pipeline), stages));
  json_member_int(w, "moved", service_moved(daemon->service));
  json_member_int(w, "held", leadbook_held(pipeline_book(pipeline)));
  kept_json_index(rulesets_index(daemon->rulesets), rulesets_pin(daemon->rulesets), page, running, RUNNING,
                  w);
}

/* NULL after answering 404. */
static const struct kept *find(struct http_exchange *exchange, struct daemon *daemon, struct str hash) {
  const struct kept *kept = kept_find(rulesets_index(daemon->rulesets), hash);
  if (kept) return kept;
  http_exchange_fail(exchange, 404, "not_found",
                     "no ruleset '%.*s' is kept (6 characters or more of its hash, and of no other's): GET "
                     "/v1/rulesets lists them",
                     STR_ARG(hash));
  return NULL;
}

static struct str hash_of(struct http_exchange *exchange) {
  return http_request_param(http_exchange_request(exchange), STR("hash"));
}

void api_show_kept(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  const struct kept *kept = find(exchange, daemon, hash_of(exchange));
  if (!kept) return;
  api_open(&answer);
  kept_json(kept, pipeline_generation(service_pipeline(daemon->service))->rules->hash, RUNNING, true,
            &answer.w);
  api_send(&answer, exchange);
}

/* --- putting one in charge, or trying it ---------------------------------------------------------------------------------- */

static void put_moves(struct json_writer *w, const struct service_activation *activation) {
  json_member_int(w, "leads", activation->differing);
  json_key(w, "moves");
  json_open(w, '[');
  for (size_t i = 0; i < activation->move_count; i++) {
    const struct stage_move *move = &activation->moves[i];
    json_open(w, '{');
    json_member_text(w, "lifecycle", move->lifecycle);
    json_member_text(w, "from", move->from);
    json_member_text(w, "to", move->to);
    json_member_int(w, "leads", move->leads);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void refuse_problems(struct http_exchange *exchange, const struct problems *problems) {
  struct buf text;
  buf_init(&text);
  problems_print(problems, "", &text);
  http_exchange_fail(exchange, 422, "rules_do_not_load", "%s", text.data);
  buf_release(&text);
}

bool api_refused_rules(struct http_exchange *exchange, const struct rulesets_ended *ended) {
  if (ended->problems)
    refuse_problems(exchange, ended->problems);
  else if (ended->err)
    http_exchange_fail(exchange, 409, "conflict", "%s", ended->err->text);
  return ended->problems || ended->err;
}

static void on_ended(void *arg, const struct rulesets_ended *ended) {
  struct http_exchange *exchange = arg;
  struct api_answer answer;
  if (api_refused_rules(exchange, ended)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_member_bool(&answer.w, "success", true);
  json_member_bool(&answer.w, "done", ended->activation != NULL);
  if (ended->activation) {
    json_member_text(&answer.w, "ruleset", ended->activation->ruleset);
    json_member_bool(&answer.w, "instant", ended->activation->instant);
    put_moves(&answer.w, ended->activation);
  }
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

static void start(struct daemon *daemon, struct http_exchange *exchange, struct rulesets_command *command) {
  struct err err;
  if (!command->done) command->done = on_ended;
  command->arg = exchange;
  if (rulesets_start(daemon->rulesets, command, &err) != 0)
    http_exchange_fail(exchange, 409, "conflict", "%s", err.text);
}

/* ?stages=; -1 after answering 400. */
static int read_stages(struct http_exchange *exchange, const struct daemon *daemon, int64_t *stages) {
  struct str text;
  *stages = daemon->config->rulesets.stages;
  if (!http_request_query(http_exchange_request(exchange), STR("stages"), &text) ||
      stages_parse(text, stages))
    return 0;
  return api_refuse(exchange, "stages", STAGES_EXPECTED);
}

static void answer_reload(struct http_exchange *exchange) {
  const struct rulesets_ended ended = {0};
  on_ended(exchange, &ended);
}

/* {hash} "files": those that the files say, again. */
void api_activate_kept(struct http_exchange *exchange, void *app) {
  static const char *const names[] = {"stages", NULL};
  struct daemon *daemon = app;
  struct rulesets_command command = {.how = {0}};
  struct str name;
  if (!guard_person(daemon->guard, exchange, ROLE_MARKETING, &name) || api_known(exchange, names) != 0)
    return;
  if (read_stages(exchange, daemon, &command.how.stages) != 0) return;
  if (str_eq(hash_of(exchange), STR("files"))) {
    rulesets_unpin(daemon->rulesets);
    reload_rules(daemon, "command");
    answer_reload(exchange);
    return;
  }
  const struct kept *kept = find(exchange, daemon, hash_of(exchange));
  if (!kept) return;
  memcpy(command.hash, kept->hash, sizeof command.hash);
  snprintf(command.by, sizeof command.by, "command of %.*s", STR_ARG(name));
  start(daemon, exchange, &command);
}

/* --- trying ------------------------------------------------------------------------------------------------------------- */

static struct ruledir *read_files(struct json_ref files, struct err *err) {
  struct ruledir *bundle = xcalloc(1, sizeof *bundle);
  struct json_iter it;
  struct str text;
  char path[1024];
  int failed = 0;
  ruledir_init(bundle);
  for (json_iter_init(&it, files); !failed && json_next(&it);) {
    snprintf(path, sizeof path, "%.*s", STR_ARG(it.key));
    if (!json_string(it.value, &text) || it.key.len >= sizeof path)
      failed = err_set(err, ERR_INVALID, "files: expected a path with a text each");
    else
      failed = ruledir_add(bundle, path, text, err);
  }
  if (!failed) {
    ruledir_end(bundle);
    return bundle;
  }
  ruledir_release(bundle);
  free(bundle);
  return NULL;
}

static void try_files(struct daemon *daemon, struct http_exchange *exchange, struct json_ref root,
                      struct rulesets_command *command) {
  struct json_ref files = json_get(root, STR("files"));
  struct str hash;
  struct err err;
  if (json_string(json_get(root, STR("ruleset")), &hash)) {
    const struct kept *kept = find(exchange, daemon, hash);
    if (!kept) return;
    memcpy(command->hash, kept->hash, sizeof command->hash);
  } else if (json_kind(files) != JSON_OBJECT) {
    http_exchange_fail(exchange, 400, "invalid_request",
                       "expected {\"ruleset\": \"<hash>\"} or {\"files\": {\"<path>\": \"<text>\", ..}}");
    return;
  } else {
    command->bundle = read_files(files, &err);
    if (!command->bundle) {
      http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
      return;
    }
  }
  start(daemon, exchange, command);
}

void api_try_rules(struct http_exchange *exchange, struct daemon *daemon, struct rulesets_command *command) {
  const struct http_request *request = http_exchange_request(exchange);
  struct json_ref root;
  struct err err;
  struct json_reader *reader = json_reader_new();
  if (json_parse(reader, request->body.p, request->body.len, &root, &err) != 0)
    http_exchange_fail(exchange, 400, "invalid_request", "%s", err.text);
  else
    try_files(daemon, exchange, root, command);
  json_reader_free(reader);
}

void api_preview_rules(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct rulesets_command command = {.how = {.preview = true}};
  if (guard_role(daemon->guard, exchange, ROLE_MARKETING)) api_try_rules(exchange, daemon, &command);
}

/* --- pause, resume, cancel ------------------------------------------------------------------------------------------------ */

void api_control_rules(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct str path = http_exchange_request(exchange)->uri.path;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, ROLE_MARKETING)) return;
  if (str_ends(path, STR("/cancel")))
    service_cancel(daemon->service);
  else
    rulesets_pause(daemon->rulesets, str_ends(path, STR("/pause")));
  api_open(&answer);
  json_open(&answer.w, '{');
  json_member_bool(&answer.w, "success", true);
  put_progress(&answer.w, daemon->service);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
