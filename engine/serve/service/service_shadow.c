/* Other rules beside the live ones, on the same events, without effects: rounds, reports, and the end. */
#include "serve/rulesets/shadow.h"
#include "serve/service/service_private.h"

enum { ROUND_MS = 1000 }; /* between two looks at what is new */

struct shadowing {
  struct shadow *shadow; /* NULL: it has ended */
  struct loop_timer *timer;
  struct service_shadow seen; /* its json: see below */
  bool in_round, ending;
  int64_t due_ms;
  struct buf json; /* of the last report: the thread writes the next one elsewhere */
};

/* --- the end ------------------------------------------------------------------------------------------------------------ */

/* Nothing about anybody is left. */
static void forget(struct shadowing *s) {
  buf_release(&s->json);
  buf_init(&s->json);
  s->seen.has_report = false;
  s->seen.leads = s->seen.differing = 0;
}

bool service_has_shadow(const struct service *service) {
  return service->shadowing && service->shadowing->shadow;
}

static void put_away(struct service *service) {
  struct shadowing *s = service->shadowing;
  shadow_free(s->shadow);
  s->shadow = NULL;
  s->in_round = false;
  service_erase_if_ready(service);
}

static void end(struct service *service, const char *why, bool again) {
  struct shadowing *s = service->shadowing;
  s->ending = true;
  s->seen.running = false;
  s->seen.why = why;
  s->seen.again = again;
  s->seen.ended_ms = service_now_ms(service);
  loop_timer_stop(s->timer);
  forget(s);
  if (!shadow_stop(s->shadow)) put_away(service);
}

bool service_shadow_end(struct service *service, const char *why, bool again) {
  if (!service->shadowing || !service->shadowing->seen.running) return false;
  end(service, why, again);
  return true;
}

void service_free_shadow(struct service *service) {
  struct shadowing *s = service->shadowing;
  if (!s) return;
  loop_timer_free(s->timer);
  shadow_free(s->shadow);
  buf_release(&s->json);
  free(s);
  service->shadowing = NULL;
}

/* --- rounds ------------------------------------------------------------------------------------------------------------- */

static void keep_report(struct shadowing *s) {
  const struct shadow_report report = shadow_report(s->shadow);
  buf_clear(&s->json);
  buf_add_str(&s->json, report.json);
  s->due_ms = report.due_ms;
  s->seen.has_report = true;
  s->seen.report_seq = report.seq;
  s->seen.report_ms = report.now_ms;
  s->seen.leads = report.leads;
  s->seen.differing = report.differing;
}

static void on_paused(void *context, const struct err *err) {
  struct service *service = context;
  struct shadowing *s = service->shadowing;
  s->in_round = false;
  if (s->ending)
    put_away(service);
  else if (err) {
    service_notice(service, "the shadow ruleset cannot go on: %s", err->text);
    end(service, "the journal cannot be read: the log says why", false);
  } else
    keep_report(s);
}

static bool has_news(struct service *service) {
  const struct shadowing *s = service->shadowing;
  return !s->seen.has_report || service->applied_seq != s->seen.report_seq ||
         s->due_ms <= service_now_ms(service);
}

void service_shadow_look(struct service *service) {
  struct shadowing *s = service->shadowing;
  struct err err;
  if (!s || !s->seen.running || s->in_round || !has_news(service)) return;
  s->seen.records_of = service->applied_seq;
  if (shadow_go_on(s->shadow, service->applied_seq, service_now_ms(service), &err) == 0)
    s->in_round = true;
  else
    service_notice(service, "the shadow ruleset waits: %s", err.text); /* tried again at the next tick */
}

static void on_tick(void *arg) {
  service_shadow_look(arg);
}

/* --- the beginning ------------------------------------------------------------------------------------------------------ */

static int refuse(const struct service *service, const struct generation *live, struct err *err) {
  const struct shadowing *s = service->shadowing;
  if (service_erasing(service))
    return err_set(err, ERR_LIMIT, "somebody's data is being erased: try again when that is done");
  if (s && s->seen.running)
    return err_set(err, ERR_LIMIT, "a shadow is running, ruleset %.12s: stop it first", s->seen.ruleset);
  if (s && s->shadow)
    return err_set(err, ERR_LIMIT, "the shadow before is being put away: try again in a moment");
  if (strcmp(live->rules->hash, service->generation->rules->hash) != 0)
    return err_set(err, ERR_LIMIT, "other rules took over meanwhile: try again");
  return 0;
}

static struct shadowing *open_shadowing(struct service *service) {
  struct shadowing *s = service->shadowing;
  if (s) return s;
  s = xcalloc(1, sizeof *s);
  s->timer = loop_timer_new(service->loop, on_tick, service);
  buf_init(&s->json);
  service->shadowing = s;
  return s;
}

int service_shadow_begin(struct service *service, struct generation *live, struct generation *candidate,
                         struct err *err) {
  const struct shadow_options options = {.dir = service->config->data,
                                         .live = live,
                                         .candidate = candidate,
                                         .pipeline = service_pipeline_options(service),
                                         .loop = service->loop,
                                         .context = service,
                                         .paused = on_paused};
  if (refuse(service, live, err) != 0) {
    generation_free(live);
    generation_free(candidate);
    return -1;
  }
  struct shadowing *s = open_shadowing(service);
  service_apply_quarantine(service, live);
  service_apply_quarantine(service, candidate);
  forget(s);
  s->ending = false;
  s->seen = (struct service_shadow){
      .running = true, .since_ms = service_now_ms(service), .ended_ms = TIME_NEVER, .before = s->seen.why};
  snprintf(s->seen.ruleset, sizeof s->seen.ruleset, "%s", candidate->rules->hash);
  snprintf(s->seen.live, sizeof s->seen.live, "%s", live->rules->hash);
  s->shadow = shadow_new(&options);
  loop_timer_every(s->timer, ROUND_MS);
  service_shadow_look(service);
  return 0;
}

void service_shadow(const struct service *service, struct service_shadow *shadow) {
  const struct shadowing *s = service->shadowing;
  *shadow = (struct service_shadow){.ended_ms = TIME_NEVER};
  if (!s) return;
  *shadow = s->seen;
  shadow->records = s->seen.running ? shadow_seq(s->shadow) : 0;
  shadow->json = buf_str(&s->json);
}
