/* POST, GET, DELETE /v1/rulesets/shadow: other rules beside the live ones, what would be different, and the end of it. */
#include "serve/api/api.h"
#include "serve/rulesets/api_kept.h"
#include "serve/rulesets/standing.h"

static void put_report(struct json_writer *w, const struct service_shadow *shadow) {
  json_key(w, "report");
  if (!shadow->has_report) {
    json_put_null(w);
    return;
  }
  json_open(w, '{');
  json_member_int(w, "record", shadow->report_seq);
  json_member_time(w, "at", shadow->report_ms);
  json_key(w, "differences");
  json_put_raw(w, shadow->json);
  json_close(w, '}');
}

/* What was asked for, and what became of it; `ruleset` is the one that runs, resumes, or ran last. */
static void put_asked(struct json_writer *w, const struct service_shadow *shadow,
                      const struct standing_state *standing) {
  const struct kept_shadow *asked = standing->asked;
  const char *why = standing->resumes ? standing->again : standing->fell ? standing->fell : shadow->why;
  if (*asked->ruleset) {
    json_member_text(w, "ruleset", asked->ruleset);
    json_member_text(w, "by", asked->by);
    json_member_time(w, "since", asked->since_ms);
  } else if (*shadow->ruleset) {
    json_member_text(w, "ruleset", shadow->ruleset);
    json_member_time(w, "since", shadow->since_ms);
  }
  if (*shadow->live) json_member_text(w, "live", shadow->live);
  if (shadow->running && standing->again) {
    json_member_time(w, "again", standing->again_ms);
    json_member_text(w, "again_why", standing->again);
  }
  if (shadow->running || !why) return;
  if (shadow->why) json_member_time(w, "ended", shadow->ended_ms);
  json_member_text(w, "why", why);
}

static void put_shadow(struct json_writer *w, const struct service_shadow *shadow,
                       const struct standing_state *standing) {
  json_open(w, '{');
  json_key(w, "success");
  json_put_bool(w, true);
  json_key(w, "running");
  json_put_bool(w, shadow->running);
  json_key(w, "resumes");
  json_put_bool(w, standing->resumes);
  put_asked(w, shadow, standing);
  json_member_int(w, "records", shadow->records);
  json_member_int(w, "records_of", shadow->records_of);
  put_report(w, shadow);
  json_close(w, '}');
}

static void answer_shadow(struct http_exchange *exchange, const struct daemon *daemon) {
  struct service_shadow shadow;
  struct standing_state standing;
  struct api_answer answer;
  service_shadow(daemon->service, &shadow);
  standing_state(rulesets_standing(daemon->rulesets), &standing);
  api_open(&answer);
  put_shadow(&answer.w, &shadow, &standing);
  api_send(&answer, exchange);
}

static void on_begun(void *arg, const struct rulesets_ended *ended) {
  struct http_exchange *exchange = arg;
  if (!api_refused_rules(exchange, ended)) answer_shadow(exchange, http_exchange_user(exchange));
}

/* One that is about to begin again stands, too. */
static bool refuse_another(struct http_exchange *exchange, const struct daemon *daemon) {
  struct standing_state standing;
  standing_state(rulesets_standing(daemon->rulesets), &standing);
  if (standing.resumes)
    http_exchange_fail(exchange, 409, "conflict",
                       "a shadow is about to begin again, ruleset %.12s: stop it first",
                       standing.asked->ruleset);
  return standing.resumes;
}

void api_begin_shadow(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  struct rulesets_command command = {.shadow = true, .done = on_begun};
  struct str name;
  if (!guard_person(daemon->guard, exchange, ROLE_MARKETING, &name) || refuse_another(exchange, daemon))
    return;
  snprintf(command.by, sizeof command.by, "command of %.*s", STR_ARG(name));
  http_exchange_set_user(exchange, daemon);
  api_try_rules(exchange, daemon, &command);
}

/* What it knows now; what is new is compared right away, for who asks again. */
void api_show_shadow(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  if (!guard_role(daemon->guard, exchange, API_READ)) return;
  service_shadow_look(daemon->service);
  answer_shadow(exchange, daemon);
}

void api_end_shadow(struct http_exchange *exchange, void *app) {
  struct daemon *daemon = app;
  if (!guard_role(daemon->guard, exchange, ROLE_MARKETING)) return;
  if (standing_end(rulesets_standing(daemon->rulesets)))
    answer_shadow(exchange, daemon);
  else
    http_exchange_fail(exchange, 404, "not_found", "no shadow is running");
}
