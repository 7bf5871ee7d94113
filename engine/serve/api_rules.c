/* GET /v1/rules, /v1/rules/{id} and /v1/rulesets: what decides at present, how often it did, and what is wrong with it. */
#include "model/cond_describe.h"
#include "serve/api.h"

static void put_text(struct json_writer *w, const char *key, const char *text) {
  json_key(w, key);
  json_put_text(w, text);
}

static void put_int(struct json_writer *w, const char *key, int64_t n) {
  json_key(w, key);
  json_put_int(w, n);
}

static void put_place(struct json_writer *w, struct place place) {
  put_text(w, "file", place.file);
  put_int(w, "line", place.line);
}

static void put_span(struct json_writer *w, const char *key, int64_t ms) {
  char text[TIME_TEXT_MAX];
  put_text(w, key, duration_text(ms, text));
}

/* --- what a rule says ------------------------------------------------------------------------------------------------- */

static void put_signals(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  json_key(w, "on");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->on.count; i++) json_put_str(w, rules->signals[rule->on.ids[i]].written);
  json_close(w, ']');
}

static void put_condition(struct json_writer *w, const char *key, const struct ruleset *rules,
                          const struct cond *cond) {
  struct buf text;
  if (!cond) return;
  buf_init(&text);
  cond_describe(rules, cond, &text);
  put_text(w, key, text.data);
  buf_release(&text);
}

static void put_points(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  if (rule->points_fn != FN_NONE || rule->row_count) return;
  json_key(w, "points");
  json_open(w, '{');
  for (int i = 0; i < rule->slot_count; i++) {
    const struct slot *slot = &rules->slots[rule->first_slot + i];
    json_key(w, rules->dimensions[slot->dimension].name);
    json_put_milli(w, slot->points);
  }
  json_close(w, '}');
}

static void put_table(struct json_writer *w, const struct rule *rule) {
  struct buf text;
  if (rule->row_count == 0) return;
  buf_init(&text);
  json_key(w, "field");
  json_put_str(w, rule->field);
  json_key(w, "rows");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->row_count; i++) {
    buf_clear(&text);
    matcher_describe(rule->rows[i].matcher, &text);
    json_open(w, '{');
    put_text(w, "is", text.data);
    json_key(w, "points");
    json_put_milli(w, rule->rows[i].points);
    json_close(w, '}');
  }
  json_close(w, ']');
  buf_release(&text);
}

static void put_dimensions(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  json_key(w, "dimensions");
  json_open(w, '[');
  for (int i = 0; i < rule->slot_count; i++)
    json_put_text(w, rules->dimensions[rules->slots[rule->first_slot + i].dimension].name);
  json_close(w, ']');
}

static void put_steps(struct json_writer *w, const struct decay *decay) {
  json_key(w, "steps");
  json_open(w, '[');
  for (uint32_t i = 0; i < decay->step_count; i++) {
    json_open(w, '{');
    put_span(w, "age", decay->steps[i].age_ms);
    json_key(w, "share");
    json_put_number(w, (double)decay->steps[i].per_million / 1e6);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_decay(struct json_writer *w, const struct decay *decay) {
  static const char *const words[] = {
      [DECAY_HALF_LIFE] = "half_life", [DECAY_LINEAR] = "linear", [DECAY_STEP] = "step"};
  if (decay->kind == DECAY_NONE) return;
  json_key(w, "decay");
  json_open(w, '{');
  put_text(w, "kind", words[decay->kind]);
  if (decay->kind == DECAY_STEP)
    put_steps(w, decay);
  else
    put_span(w, "span", decay->span_ms);
  json_close(w, '}');
}

static void put_limits(struct json_writer *w, const struct rule *rule) {
  if (rule->limit.times) {
    json_key(w, "limit");
    json_open(w, '{');
    put_int(w, "times", rule->limit.times);
    if (rule->limit.per_ms) put_span(w, "per", rule->limit.per_ms);
    json_close(w, '}');
  }
  if (rule->cap) {
    json_key(w, "cap");
    json_put_milli(w, rule->cap);
  }
}

static void put_topics(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  if (rule->topic_count == 0) return;
  json_key(w, "topics");
  json_open(w, '[');
  for (uint32_t i = 0; i < rule->topic_count; i++) json_put_text(w, rules->topics[rule->topics[i]]);
  json_close(w, ']');
}

static void put_definition(struct json_writer *w, const struct ruleset *rules, const struct rule *rule) {
  put_text(w, "rule", rule->id);
  put_text(w, "doc", rule->doc);
  put_place(w, rule->place);
  put_text(w, "kind", rule->kind == RULE_BEHAVIOUR ? "behaviour" : "profile");
  if (rule->group != NONE) put_text(w, "group", rules->groups[rule->group].name);
  put_dimensions(w, rules, rule);
  put_points(w, rules, rule);
  put_table(w, rule);
  json_key(w, "function");
  json_put_bool(w, rule->points_fn != FN_NONE);
  if (rule->kind == RULE_BEHAVIOUR) put_signals(w, rules, rule);
  put_condition(w, "when", rules, rule->when);
  put_condition(w, "counts_while", rules, rule->counts_while);
  put_limits(w, rule);
  put_decay(w, &rule->decay);
  put_topics(w, rules, rule);
}

/* --- how it does ------------------------------------------------------------------------------------------------------ */

struct health { /* of the functions a rule uses */
  const struct script *script;
  uint32_t failures;
  bool stopped;
};

static void add_function(struct health *health, int fn) {
  if (fn == FN_NONE) return;
  health->failures += script_failure_count(health->script, fn);
  health->stopped = health->stopped || script_stopped(health->script, fn);
}

static void add_condition(struct health *health, const struct cond *cond) {
  if (!cond) return;
  if (cond->op == COND_FUNCTION) add_function(health, cond->fn);
  if (!cond_has_kids(cond)) return;
  for (uint32_t i = 0; i < cond->len; i++) add_condition(health, cond->kids[i]);
}

static struct health health_of(const struct script *script, const struct rule *rule) {
  struct health health = {.script = script};
  add_function(&health, rule->points_fn);
  add_condition(&health, rule->when);
  add_condition(&health, rule->counts_while);
  return health;
}

static void put_rule(struct json_writer *w, struct pipeline *pipeline, uint32_t number) {
  const struct generation *generation = pipeline_generation(pipeline);
  const struct ruleset *rules = generation->rules;
  const struct rule *rule = &rules->rules[number];
  const struct health health = health_of(generation->script, rule);
  put_definition(w, rules, rule);
  json_key(w, "matches");
  if (rule->kind == RULE_BEHAVIOUR && tally_counts(rules, number))
    json_put_int(w, (int64_t)engine_rule_matches(pipeline_engine(pipeline), number));
  else
    json_put_null(w);
  put_int(w, "failures", health.failures);
  json_key(w, "stopped");
  json_put_bool(w, health.stopped);
}

void api_list_rules(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct ruleset *rules = pipeline_generation(pipeline)->rules;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  put_text(&answer.w, "ruleset", rules->hash);
  json_key(&answer.w, "rules");
  json_open(&answer.w, '[');
  for (uint32_t i = 0; i < rules->rule_count; i++) {
    json_open(&answer.w, '{');
    put_rule(&answer.w, pipeline, i);
    json_close(&answer.w, '}');
  }
  json_close(&answer.w, ']');
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- one rule --------------------------------------------------------------------------------------------------------- */

static bool uses(const struct cond *cond, int fn) {
  if (!cond) return false;
  if (cond->op == COND_FUNCTION) return cond->fn == fn;
  if (!cond_has_kids(cond)) return false;
  for (uint32_t i = 0; i < cond->len; i++)
    if (uses(cond->kids[i], fn)) return true;
  return false;
}

static void put_failure(struct json_writer *w, const struct script_failure *failure) {
  json_open(w, '{');
  put_text(w, "message", failure->message);
  put_place(w, failure->place);
  json_key(w, "at");
  json_put_time(w, failure->time_ms);
  if (*failure->event_id) put_text(w, "message_id", failure->event_id);
  if (*failure->lead_id) put_text(w, "lead", failure->lead_id);
  json_close(w, '}');
}

static void put_failures(struct json_writer *w, const struct script *script, const struct rule *rule) {
  size_t count;
  const struct script_failure *failures = script_failures(script, &count);
  json_key(w, "recent_failures");
  json_open(w, '[');
  for (size_t i = count; i-- > 0;) {
    int fn = failures[i].fn;
    if (fn == rule->points_fn || uses(rule->when, fn) || uses(rule->counts_while, fn))
      put_failure(w, &failures[i]);
  }
  json_close(w, ']');
}

void api_show_rule(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct pipeline *pipeline = service_pipeline(daemon->service);
  const struct generation *generation = pipeline_generation(pipeline);
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  struct str id = http_request_param(http_exchange_request(exchange), STR("id"));
  int number = ruleset_rule(generation->rules, id);
  if (number == NONE) {
    http_exchange_fail(exchange, 404, "not_found", "the rules have no rule '%.*s'", STR_ARG(id));
    return;
  }
  api_open(&answer);
  json_open(&answer.w, '{');
  put_text(&answer.w, "ruleset", generation->rules->hash);
  put_rule(&answer.w, pipeline, (uint32_t)number);
  put_failures(&answer.w, generation->script, &generation->rules->rules[number]);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- rulesets --------------------------------------------------------------------------------------------------------- */

static void put_lifecycle(struct json_writer *w, const struct lifecycle *lifecycle) {
  json_open(w, '{');
  put_text(w, "name", lifecycle->name);
  json_key(w, "stages");
  json_open(w, '[');
  for (uint32_t i = 0; i < lifecycle->stage_count; i++) json_put_text(w, lifecycle->stages[i]);
  json_close(w, ']');
  put_text(w, "start", lifecycle->stages[lifecycle->start]);
  json_close(w, '}');
}

static void put_dimension(struct json_writer *w, const struct dimension *dimension) {
  json_open(w, '{');
  put_text(w, "name", dimension->name);
  if (dimension->min != INT64_MIN) {
    json_key(w, "min");
    json_put_milli(w, dimension->min);
  }
  if (dimension->max != INT64_MAX) {
    json_key(w, "max");
    json_put_milli(w, dimension->max);
  }
  json_key(w, "bands");
  json_open(w, '{');
  for (uint32_t i = 0; i < dimension->band_count; i++) {
    json_key(w, dimension->bands[i].name);
    json_put_milli(w, dimension->bands[i].from);
  }
  json_close(w, '}');
  json_close(w, '}');
}

static void put_counts(struct json_writer *w, const struct ruleset *rules) {
  put_int(w, "rules", rules->rule_count);
  put_int(w, "behaviour_rules", rules->behaviour_count);
  put_int(w, "profile_rules", rules->rule_count - rules->behaviour_count);
  put_int(w, "resets", rules->reset_count);
  put_int(w, "ignores", rules->ignore_count);
  put_int(w, "functions", rules->function_count);
  put_int(w, "lists", rules->list_count);
}

static void put_ruleset(struct json_writer *w, const struct generation *generation, int64_t since_ms) {
  const struct ruleset *rules = generation->rules;
  json_open(w, '{');
  put_text(w, "ruleset", rules->hash);
  put_text(w, "state", "running");
  json_key(w, "loaded_at");
  json_put_time(w, since_ms);
  put_counts(w, rules);
  json_key(w, "dimensions");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->dimension_count; i++) put_dimension(w, &rules->dimensions[i]);
  json_close(w, ']');
  json_key(w, "lifecycles");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) put_lifecycle(w, &rules->lifecycles[i]);
  json_close(w, ']');
  json_key(w, "warnings");
  problems_json(&generation->warnings, w);
  json_close(w, '}');
}

/* Files that were changed and could not be used: the running ruleset is an older one. */
static void put_refused_rules(struct json_writer *w, const struct daemon *daemon) {
  if (daemon->rules_failure.len == 0) return;
  json_key(w, "failed");
  json_open(w, '{');
  json_key(w, "at");
  json_put_time(w, daemon->rules_failed_ms);
  json_key(w, "problems");
  json_put_raw(w, buf_str(&daemon->rules_failure));
  json_close(w, '}');
}

void api_list_rulesets(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "rulesets");
  json_open(&answer.w, '[');
  put_ruleset(&answer.w, pipeline_generation(service_pipeline(daemon->service)),
              service_rules_ms(daemon->service));
  json_close(&answer.w, ']');
  put_refused_rules(&answer.w, daemon);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
