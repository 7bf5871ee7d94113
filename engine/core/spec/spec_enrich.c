/* spec_enrich.c - what a test says of an enricher, as embudo would have written it. */
#include "core/spec/spec_private.h"

#include "core/handoff/outcall.h"
#include "model/fold/fold_enrich.h"
#include "vm/script/task.h"

static int refuse(const struct spec *spec, struct str name, struct err *err) {
  const struct ruleset *rules = spec->generation->rules;
  const char *words[ENRICHERS_MAX + 1] = {NULL};
  for (uint32_t i = 0; i < rules->enricher_count; i++) words[i] = rules->enrichers[i].id;
  const char *near = str_nearest(name, words);
  return err_set(err, ERR_INVALID, "there is no enricher '%.*s'%s%s%s", STR_ARG(name),
                 near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static int64_t until(const struct spec *spec, const struct enricher *enricher, struct str outcome) {
  int64_t span = str_eq(outcome, STR("answered")) ? enricher->ttl_ms
                 : str_eq(outcome, STR("asked"))  ? enricher->deadline_ms
                                                  : enricher->negative_ttl_ms;
  return span > TIME_MAX - spec->now_ms ? TIME_MAX : spec->now_ms + span;
}

int spec_enrichment(struct spec *spec, const struct node *event, struct json_writer *writer,
                    struct err *err) {
  const struct ruleset *rules = spec->generation->rules;
  struct str name = node_pair(event, "event")->value.text;
  struct buf needs;
  int number = ruleset_enricher(rules, name);
  if (number == NONE) return refuse(spec, name, err);
  const struct enricher *enricher = &rules->enrichers[number];
  const struct node_pair *properties = node_pair(event, "properties");
  struct str outcome = node_pair(&properties->value, "outcome")->value.text;
  spec_fold(spec);
  buf_init(&needs);
  json_key(writer, "properties");
  json_open(writer, '{');
  json_key(writer, "outcome");
  json_put_str(writer, outcome);
  if (fold_enricher_needs(spec->fold, (uint32_t)number, &needs)) {
    json_key(writer, "needs");
    json_put_raw(writer, buf_str(&needs));
  }
  json_key(writer, "until");
  json_put_time(writer, until(spec, enricher, outcome));
  json_close(writer, '}');
  buf_release(&needs);
  return 0;
}

/* --- running one ----------------------------------------------------------------------------------------------------- */

int spec_answer(void *context, const struct node *node, struct err *err) {
  struct spec *spec = context;
  struct fake *fake = arena_zalloc(&spec->arena, sizeof *fake);
  fake->call = node_pair(node, "call")->value.text;
  fake->older = spec->fakes;
  if (spec_value(spec, &node_pair(node, "answer")->value, &fake->answer, err) != 0) return -1;
  spec->fakes = fake;
  return 0;
}

static const struct fake *fake_for(const struct spec *spec, struct str call) {
  for (const struct fake *fake = spec->fakes; fake; fake = fake->older) {
    struct str start = fake->call;
    bool open = start.len && start.p[start.len - 1] == '*';
    start.len -= open;
    if (open ? str_starts(call, start) : str_eq(call, start)) return fake;
  }
  return NULL;
}

/* "GET https://api.example/x?a=1", or "mx acme.example". */
static int name_call(struct spec *spec, struct value asked, struct str *name, struct err *err) {
  struct outcall call;
  struct config none = {0};
  if (!str_eq(value_text(value_get(asked, STR("call"))), STR("http"))) {
    *name = str_of(arena_printf(&spec->arena, "%.*s %.*s", STR_ARG(value_text(value_get(asked, STR("type")))),
                                STR_ARG(value_text(value_get(asked, STR("name"))))));
    return 0;
  }
  struct value options = value_get(asked, STR("options")), query = value_get(options, STR("query"));
  struct pair without[] = {{STR("query"), query}};
  struct pair plain[] = {
      {STR("method"), value_get(asked, STR("method"))},
      {STR("url"), value_get(asked, STR("url"))},
      {STR("options"), {.kind = VALUE_MAP, .len = query.kind == VALUE_MAP, .pairs = without}}};
  if (outcall_read((struct value){.kind = VALUE_MAP, .len = 3, .pairs = plain}, &none, &spec->arena, &call,
                   err) != 0)
    return -1;
  *name = str_of(arena_printf(&spec->arena, "%s %s", call.method, call.url));
  return 0;
}

/* What the function sees of the answer that the test gave. */
static struct task_reply reply_of(struct spec *spec, const struct fake *fake) {
  struct value error = value_get(fake->answer, STR("error")), status = value_get(fake->answer, STR("status"));
  struct value reply = fake->answer;
  if (error.kind == VALUE_STRING)
    return (struct task_reply){.code = arena_str(&spec->arena, value_text(error)).p,
                               .message = "as the test says"};
  if (reply.kind == VALUE_MAP && status.kind != VALUE_NUMBER && !strchr("amt", fake->call.p[0]))
    reply = value_with(&spec->arena, reply, STR("status"), value_number(200));
  return (struct task_reply){.value = reply};
}

static int run_task(struct spec *spec, struct task *task, enum task_state *state, struct err *err) {
  for (*state = task_begin(task); *state == TASK_WAITS;) {
    struct str call = {"", 0};
    if (name_call(spec, task_asked(task), &call, err) != 0) return -1;
    const struct fake *fake = fake_for(spec, call);
    if (!fake)
      return err_set(err, ERR_INVALID,
                     "it asks for \"%.*s\": say what comes back with t:answer(\"%.*s\", { .. })",
                     STR_ARG(call), STR_ARG(call));
    struct task_reply reply = reply_of(spec, fake);
    *state = task_resume(task, &reply);
  }
  if (*state != TASK_FAILED) return 0;
  const struct task_failure *failure = task_failure(task);
  return err_set(err, ERR_INVALID, "%s%s%s", failure->at.message, *failure->at.file ? ", in " : "",
                 failure->at.file);
}

static struct value nested(struct spec *spec, struct value flat) {
  struct value all = {.kind = VALUE_MAP};
  for (uint32_t i = 0; flat.kind == VALUE_MAP && i < flat.len; i++)
    all = value_with(&spec->arena, all, flat.pairs[i].key, flat.pairs[i].value);
  return all;
}

static void write_event(const struct spec *spec, const struct enricher *enricher, enum task_state state,
                        struct value traits, struct str needs, struct buf *out) {
  struct json_writer w;
  char id[32];
  const char *outcome = state == TASK_ANSWERED ? "answered" : "nothing";
  snprintf(id, sizeof id, "test-%06u", spec->events);
  json_writer_init(&w, out);
  json_open(&w, '{');
  json_key(&w, "type");
  json_put_text(&w, "enrichment");
  json_key(&w, "event");
  json_put_text(&w, enricher->id);
  json_key(&w, spec->known ? "userId" : "anonymousId");
  json_put_text(&w, spec->known ? SPEC_USER : SPEC_VISITOR);
  json_key(&w, "messageId");
  json_put_text(&w, id);
  json_key(&w, "timestamp");
  json_put_time(&w, spec->now_ms);
  json_key(&w, "traits");
  json_put_value(&w, traits);
  json_key(&w, "properties");
  json_open(&w, '{');
  json_key(&w, "outcome");
  json_put_text(&w, outcome);
  json_key(&w, "needs");
  json_put_raw(&w, needs);
  json_key(&w, "until");
  json_put_time(&w, until(spec, enricher, str_of(outcome)));
  json_close(&w, '}');
  json_close(&w, '}');
}

static int run_for_lead(struct spec *spec, const struct enricher *enricher, struct str needs,
                        struct err *err) {
  struct json_reader *reader = json_reader_new();
  const struct task_lookup lookup = lookup_calls(spec->generation->lookup);
  enum task_state state;
  struct json_ref root;
  struct buf event;
  ASSERT(json_parse(reader, needs.p, needs.len, &root, err) == 0);
  struct value traits = nested(spec, json_value(root, &spec->arena));
  struct task *task = task_new(spec->generation->tasks, enricher->run_fn, traits, &lookup);
  int failed = run_task(spec, task, &state, err);
  buf_init(&event);
  if (!failed) {
    write_event(spec, enricher, state, nested(spec, task_answer(task)), needs, &event);
    failed = spec_feed(spec, buf_str(&event), true, err);
  }
  buf_release(&event);
  task_free(task);
  json_reader_free(reader);
  return failed;
}

int spec_enrich(void *context, const struct node *who, struct err *err) {
  struct spec *spec = context;
  const struct ruleset *rules = spec->generation->rules;
  struct str name = node_pair(who, "name")->value.text;
  struct buf needs;
  int number = ruleset_enricher(rules, name);
  if (number == NONE) return refuse(spec, name, err);
  const struct enricher *enricher = &rules->enrichers[number];
  spec_fold(spec);
  buf_init(&needs);
  int failed =
      fold_enricher_needs(spec->fold, (uint32_t)number, &needs)
          ? run_for_lead(spec, enricher, buf_str(&needs), err)
          : err_set(err, ERR_INVALID, "enricher '%s' needs traits that the lead does not have", enricher->id);
  buf_release(&needs);
  return failed;
}
