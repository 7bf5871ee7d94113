/* GET /v1/rules, /v1/rules/{id} and /v1/rulesets: what decides at present, how often it did, and what is wrong with it. */
#include "core/rules/rule_json.h"
#include "serve/api/api.h"
#include "serve/rulesets/api_kept.h"
#include "serve/rulesets/reload.h"

static void put_place(struct json_writer *w, struct place place) {
  json_member_text(w, "file", place.file);
  json_member_int(w, "line", place.line);
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
  json_member_text(w, "rule", rule->id);
  put_place(w, rule->place);
  rule_json(rules, rule, w);
  json_key(w, "matches");
  if (rule->kind == RULE_BEHAVIOUR && tally_counts(rules, number))
    json_put_int(w, (int64_t)engine_rule_matches(pipeline_engine(pipeline), number));
  else
    json_put_null(w);
  json_member_int(w, "failures", health.failures);
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
  json_member_text(&answer.w, "ruleset", rules->hash);
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

enum { FAILING_TOLD = 20 /* functions */ };

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
  json_member_text(w, "message", failure->message);
  put_place(w, failure->place);
  json_key(w, "at");
  json_put_time(w, failure->time_ms);
  if (*failure->event_id) json_member_text(w, "message_id", failure->event_id);
  if (*failure->lead_id) json_member_text(w, "lead", failure->lead_id);
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
  json_member_text(&answer.w, "ruleset", generation->rules->hash);
  put_rule(&answer.w, pipeline, (uint32_t)number);
  put_failures(&answer.w, generation->script, &generation->rules->rules[number]);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}

/* --- rulesets --------------------------------------------------------------------------------------------------------- */

static void put_counts(struct json_writer *w, const struct ruleset *rules) {
  json_member_int(w, "rules", rules->rule_count);
  json_member_int(w, "behaviour_rules", rules->behaviour_count);
  json_member_int(w, "profile_rules", rules->rule_count - rules->behaviour_count);
  json_member_int(w, "resets", rules->reset_count);
  json_member_int(w, "ignores", rules->ignore_count);
  json_member_int(w, "functions", rules->function_count);
  json_member_int(w, "lists", rules->list_count);
}

/* Functions that have failed since the rules are in charge, each with the newest failure that was kept. */
static void put_failing(struct json_writer *w, const struct script *script) {
  size_t count;
  const struct script_failure *failures = script_failures(script, &count);
  uint32_t failing = 0;
  json_key(w, "failing");
  json_open(w, '[');
  for (uint32_t fn = 0; fn < script_function_count(script); fn++) {
    size_t newest = count;
    if (script_failure_count(script, (int)fn) == 0 || failing++ >= FAILING_TOLD) continue;
    while (newest > 0 && failures[newest - 1].fn != (int)fn) newest--;
    if (newest == 0) continue;
    json_open(w, '{');
    json_member_text(w, "function", failures[newest - 1].owner);
    json_member_int(w, "failures", script_failure_count(script, (int)fn));
    json_member_text(w, "message", failures[newest - 1].message);
    put_place(w, failures[newest - 1].place);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_member_int(w, "failing_total", failing);
}

static void put_ruleset(struct json_writer *w, const struct generation *generation, int64_t since_ms) {
  const struct ruleset *rules = generation->rules;
  json_open(w, '{');
  json_member_text(w, "ruleset", rules->hash);
  json_member_text(w, "state", "running");
  json_key(w, "loaded_at");
  json_put_time(w, since_ms);
  put_counts(w, rules);
  json_key(w, "dimensions");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->dimension_count; i++) rule_json_dimension(&rules->dimensions[i], w);
  json_close(w, ']');
  json_key(w, "lifecycles");
  json_open(w, '[');
  for (uint32_t i = 0; i < rules->lifecycle_count; i++) rule_json_lifecycle(&rules->lifecycles[i], w);
  json_close(w, ']');
  json_key(w, "warnings");
  problems_json(&generation->warnings, w);
  put_failing(w, generation->script);
  json_close(w, '}');
}

/* Files that were changed and could not be used: the running ruleset is an older one. */
static void put_refused_rules(struct json_writer *w, const struct daemon *daemon) {
  if (daemon->rules_failure.len == 0) return;
  json_key(w, "failed");
  json_open(w, '{');
  json_key(w, "at");
  json_put_time(w, daemon->rules_failed_ms);
  json_member_text(w, "why", daemon->rules_untested ? "tests_fail" : "do_not_load");
  if (daemon->rules_untested) json_member_text(w, "hint", RELOAD_TESTS_HINT);
  json_key(w, "problems");
  json_put_raw(w, buf_str(&daemon->rules_failure));
  json_close(w, '}');
}

void api_list_rulesets(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct api_answer answer;
  struct kept_page page;
  if (!guard_role(daemon->guard, exchange, API_READ) || api_read_kept(exchange, daemon, &page) != 0) return;
  api_open(&answer);
  json_open(&answer.w, '{');
  json_key(&answer.w, "rulesets");
  json_open(&answer.w, '[');
  put_ruleset(&answer.w, pipeline_generation(service_pipeline(daemon->service)),
              service_rules_ms(daemon->service));
  json_close(&answer.w, ']');
  put_refused_rules(&answer.w, daemon);
  const struct pipeline *pipeline = service_pipeline(daemon->service);
  agreement_json(pipeline_generation(pipeline)->rules, pipeline_approvals(pipeline), &answer.w);
  api_put_kept(&answer.w, daemon, page);
  json_close(&answer.w, '}');
  api_send(&answer, exchange);
}
