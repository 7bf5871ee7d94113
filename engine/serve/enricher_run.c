#include "serve/enricher_run.h"

#include "base/url.h"
#include "core/handoff/outcall.h"

enum { BEGINNINGS_MAX = 4 /* of a run that is lost again and again with the memory of others */ };

struct enricher_run {
  const struct enricher_world *world;
  const struct enricher *enricher;
  struct enricher_run_options options;
  struct task *task;
  struct loop_timer *deadline, *soon; /* soon: what must not happen inside a caller's call */
  int64_t began_ms;
  struct fetch *fetch;
  struct resolve *resolve;
  struct arena arena; /* of the call at hand */
  struct task_reply reply;
  char what[512], code[TASK_CODE_MAX], message[VM_MESSAGE_MAX];
  bool begun;
  int beginnings;
  struct enricher_end end;
};

/* --- the end --------------------------------------------------------------------------------------------------------- */

static void finish(struct enricher_run *run, enum task_state state) {
  const struct task_failure *failure = task_failure(run->task);
  run->end.state = state;
  run->end.answer = state == TASK_ANSWERED ? task_answer(run->task) : VALUE_NONE;
  run->end.code = run->code;
  run->end.message = run->message;
  if (state == TASK_FAILED && !*run->code) {
    snprintf(run->code, sizeof run->code, "%s", failure->code);
    snprintf(run->message, sizeof run->message, "%s", failure->at.message);
    run->end.place = (struct place){failure->at.file, failure->at.line};
    run->end.passes = run->end.passes || failure->lost;
  }
  run->options.done(run->options.arg, &run->end);
}

static void on_deadline(void *arg) {
  struct enricher_run *run = arg;
  if (run->fetch) fetch_cancel(run->fetch);
  run->fetch = NULL;
  if (run->resolve) resolve_cancel(run->resolve);
  run->resolve = NULL;
  loop_timer_stop(run->soon);
  snprintf(run->code, sizeof run->code, "timeout");
  snprintf(run->message, sizeof run->message, "it took longer than its timeout of %lld ms",
           (long long)run->enricher->timeout_ms);
  run->end.passes = true;
  finish(run, TASK_FAILED);
}

/* --- calls ----------------------------------------------------------------------------------------------------------- */

static void go_on(struct enricher_run *run, enum task_state state);

static void on_soon(void *arg) {
  struct enricher_run *run = arg;
  if (run->begun) {
    go_on(run, task_resume(run->task, &run->reply));
    return;
  }
  run->begun = true;
  run->beginnings++;
  go_on(run, task_begin(run->task));
}

static void tell(const struct enricher_run *run, const char *outcome, int64_t took_ms) {
  if (run->options.told) run->options.told(run->options.arg, run->what, outcome, took_ms);
}

/* An answer that is there already: given on a later turn, so that a script that loops does not hold this one. */
static void answer_soon(struct enricher_run *run, const char *code, const char *message) {
  run->reply = (struct task_reply){.code = code, .message = arena_str(&run->arena, str_of(message)).p};
  tell(run, message, 0);
  loop_timer_after(run->soon, 0);
}

static void on_fetched(void *arg, const struct fetch_answer *answer) {
  struct enricher_run *run = arg;
  char outcome[128];
  run->fetch = NULL;
  bool came = answer->end == FETCH_ANSWERED;
  run->end.passes =
      came ? outcall_passes(answer->status)
           : answer->end != FETCH_DENIED && answer->end != FETCH_TLS && answer->end != FETCH_TOO_LARGE;
  run->end.retry_after_ms = answer->retry_after_ms;
  arena_clear(&run->arena);
  if (came) {
    snprintf(outcome, sizeof outcome, "%d, %zu bytes", answer->status, answer->body.len);
    run->reply = (struct task_reply){
        .value = outcall_answer(answer->status, answer->head, answer->body, run->world->reader, &run->arena)};
  } else {
    snprintf(outcome, sizeof outcome, "%s: %.100s", fetch_end_word(answer->end), answer->error);
    run->reply = (struct task_reply){.code = fetch_end_word(answer->end),
                                     .message = arena_str(&run->arena, str_of(answer->error)).p};
  }
  tell(run, outcome, answer->took_ms);
  go_on(run, task_resume(run->task, &run->reply));
}

static void name_call(struct enricher_run *run, const struct outcall *call) {
  struct buf url;
  buf_init(&url);
  url_add_shown(&url, str_of(call->url));
  snprintf(run->what, sizeof run->what, "%s %s", call->method, url.data);
  buf_release(&url);
}

static int64_t left_ms(const struct enricher_run *run) {
  int64_t left = run->enricher->timeout_ms - (loop_now_ms(run->world->loop) - run->began_ms);
  return left > 1 ? left : 1;
}

static void call_http(struct enricher_run *run) {
  struct fetch_header headers[OUTCALL_HEADERS_MAX];
  const struct config *config = run->world->config;
  struct outcall call;
  struct err err;
  arena_clear(&run->arena);
  if (outcall_read(task_asked(run->task), config, &run->arena, &call, &err) != 0) {
    answer_soon(run, "invalid", err.text);
    return;
  }
  for (size_t i = 0; i < call.header_count; i++)
    headers[i] = (struct fetch_header){call.headers[i].name, call.headers[i].value};
  int64_t total_ms = call.timeout_ms && call.timeout_ms < config->outbound.call_ms ? call.timeout_ms
                                                                                   : config->outbound.call_ms;
  if (left_ms(run) < total_ms) total_ms = left_ms(run);
  const struct fetch_request request = {.method = call.method,
                                        .url = call.url,
                                        .headers = headers,
                                        .header_count = call.header_count,
                                        .body = call.body,
                                        .connect_ms = config->outbound.connect_ms,
                                        .total_ms = total_ms,
                                        .answer_max = (size_t)config->outbound.answer_bytes,
                                        .done = on_fetched,
                                        .arg = run};
  name_call(run, &call);
  run->end.calls++;
  tell(run, "", -1);
  run->fetch = fetch_start(run->world->fetcher, &request, &err);
  if (run->fetch) return;
  run->end.passes = err.code == ERR_LIMIT;
  answer_soon(run, err.code == ERR_LIMIT ? "busy" : "invalid", err.text);
}

static void on_resolved(void *arg, struct value list, const char *code) {
  struct enricher_run *run = arg;
  char outcome[64];
  run->resolve = NULL;
  run->end.passes = code && strcmp(code, "not_found") != 0;
  run->reply = (struct task_reply){.value = list, .code = code, .message = "name servers gave no answer"};
  snprintf(outcome, sizeof outcome, code ? "%s" : "%s%u", code ? code : "records: ", list.len);
  tell(run, outcome, 0);
  go_on(run, task_resume(run->task, &run->reply));
}

static void call_dns(struct enricher_run *run) {
  struct value asked = task_asked(run->task);
  struct str word = value_text(value_get(asked, STR("type"))),
             name = value_text(value_get(asked, STR("name")));
  struct err err;
  int type = 0;
  while (!str_eq(word, str_of(resolve_words[type]))) type++;
  snprintf(run->what, sizeof run->what, "%s %.*s", resolve_words[type], name.len > 300 ? 300 : (int)name.len,
           name.p);
  run->end.calls++;
  tell(run, "", -1);
  run->resolve = resolve_start(run->world->resolver, (enum resolve_type)type, name, on_resolved, run, &err);
  if (run->resolve) return;
  run->end.passes = err.code == ERR_LIMIT;
  answer_soon(run, err.code == ERR_LIMIT ? "busy" : "invalid", err.text);
}

/* Another run spent the memory that they shared: what this one asked is asked once more. */
static bool begins_again(struct enricher_run *run, enum task_state state) {
  if (state != TASK_FAILED || !task_failure(run->task)->lost || run->beginnings == BEGINNINGS_MAX)
    return false;
  run->begun = false;
  loop_timer_after(run->soon, 0);
  return true;
}

static void go_on(struct enricher_run *run, enum task_state state) {
  if (begins_again(run, state)) return;
  if (state != TASK_WAITS) {
    finish(run, state);
    return;
  }
  struct value kind = value_get(task_asked(run->task), STR("call"));
  run->end.retry_after_ms = 0;
  run->end.passes = false;
  if (str_eq(value_text(kind), STR("http")))
    call_http(run);
  else
    call_dns(run);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

static struct value read_needs(struct enricher_run *run, struct str needs) {
  struct value traits = {.kind = VALUE_MAP}, flat;
  struct json_ref root;
  struct err err;
  ASSERT(json_parse(run->world->reader, needs.p, needs.len, &root, &err) == 0);
  flat = value_copy(&run->arena, json_value(root, &run->arena));
  for (uint32_t i = 0; i < flat.len; i++)
    traits = value_with(&run->arena, traits, flat.pairs[i].key, flat.pairs[i].value);
  return traits;
}

struct enricher_run *enricher_run_new(const struct enricher_world *world, const struct generation *generation,
                                      const struct enricher *enricher, struct str needs,
                                      const struct enricher_run_options *options) {
  struct enricher_run *run = xcalloc(1, sizeof *run);
  run->world = world;
  run->enricher = enricher;
  run->options = *options;
  run->began_ms = loop_now_ms(world->loop);
  run->end.place.file = "";
  arena_init(&run->arena, 4096);
  run->task = task_new(generation->tasks, enricher->run_fn, read_needs(run, needs), &world->lookup);
  run->deadline = loop_timer_new(world->loop, on_deadline, run);
  run->soon = loop_timer_new(world->loop, on_soon, run);
  loop_timer_after(run->deadline, enricher->timeout_ms);
  loop_timer_after(run->soon, 0);
  return run;
}

void enricher_run_free(struct enricher_run *run) {
  if (!run) return;
  if (run->fetch) fetch_cancel(run->fetch);
  if (run->resolve) resolve_cancel(run->resolve);
  loop_timer_free(run->deadline);
  loop_timer_free(run->soon);
  task_free(run->task);
  arena_release(&run->arena);
  free(run);
}
