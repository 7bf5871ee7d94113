#include "serve/rulesets/standing.h"

#include "serve/rulesets/rulesets.h"

enum { LOOK_MS = 250, FELL_MAX = 400 };

struct standing {
  struct daemon *daemon;
  struct keeper *keeper;
  struct kept_shadow asked;
  struct loop_timer *timer;
  int64_t again_ms;
  const char *again;
  char fell[FELL_MAX]; /* "": it did not */
  struct buf text;
};

static void write_asked(struct standing *standing) {
  buf_clear(&standing->text);
  if (*standing->asked.ruleset) kept_shadow_put(&standing->asked, &standing->text);
  keeper_write(standing->keeper, KEPT_SHADOW, buf_str(&standing->text));
}

static void take_back(struct standing *standing) {
  standing->asked = (struct kept_shadow){0};
  loop_timer_stop(standing->timer);
  write_asked(standing);
  keeper_guard(standing->keeper, KEEPER_SHADOW, "");
}

static void fall(struct standing *standing, const char *why) {
  snprintf(standing->fell, sizeof standing->fell, "%s", why);
  LOG(standing->daemon->log, LOG_LEVEL_WARN, "the shadow ruleset does not begin again",
      log_text("ruleset", standing->asked.ruleset), log_text("why", why));
  take_back(standing);
}

/* --- beginning again ---------------------------------------------------------------------------------------------------- */

static void fall_for_problems(struct standing *standing, const struct problems *problems) {
  char why[FELL_MAX];
  const struct problem *first = problems->count ? &problems->items[0] : NULL;
  snprintf(why, sizeof why, "its rules do not load any more: %s", first ? first->text : "no reason is known");
  fall(standing, why);
}

static void on_again(void *arg, const struct rulesets_ended *ended) {
  struct standing *standing = arg;
  if (ended->problems && *standing->asked.ruleset) fall_for_problems(standing, ended->problems);
}

static bool are_kept(const struct standing *standing, const char *hash) {
  const struct kept *kept = kept_find(keeper_index(standing->keeper), str_of(hash));
  return kept && kept->has_files;
}

static const char *present(const struct standing *standing) {
  return pipeline_generation(service_pipeline(standing->daemon->service))->rules->hash;
}

static bool can_begin(const struct standing *standing) {
  const struct daemon *daemon = standing->daemon;
  return daemon->rulesets && !rulesets_is_busy(daemon->rulesets) && !service_is_activating(daemon->service) &&
         !service_erasing(daemon->service) && service_is_settled(daemon->service) &&
         are_kept(standing, present(standing)) && are_kept(standing, standing->asked.ruleset);
}

static void begin(struct standing *standing) {
  struct rulesets_command command = {.shadow = true, .done = on_again, .arg = standing};
  struct err err;
  snprintf(command.hash, sizeof command.hash, "%s", standing->asked.ruleset);
  snprintf(command.by, sizeof command.by, "%s", standing->asked.by);
  if (rulesets_start(standing->daemon->rulesets, &command, &err) != 0)
    LOG(standing->daemon->log, LOG_LEVEL_DEBUG, "the shadow ruleset waits", log_text("error", err.text));
}

static void look(void *arg) {
  struct standing *standing = arg;
  struct service_shadow now;
  service_shadow(standing->daemon->service, &now);
  if (now.running || standing->daemon->state != DAEMON_READY) return;
  if (strcmp(standing->asked.ruleset, present(standing)) == 0)
    fall(standing, "it is in charge now");
  else if (now.why && !now.again)
    fall(standing, now.why);
  else if (can_begin(standing))
    begin(standing);
}

/* --- for the owner ------------------------------------------------------------------------------------------------------ */

/* One that runs again is the one that was asked for: nothing else begins by itself. */
void standing_begun(struct standing *standing, const char *hash, const char *by, struct ruledir *bundle) {
  struct daemon *daemon = standing->daemon;
  struct service_shadow now;
  service_shadow(daemon->service, &now);
  standing->fell[0] = '\0';
  if (strcmp(standing->asked.ruleset, hash) == 0) {
    standing->again_ms = now.since_ms;
    standing->again = now.before ? now.before : "embudo was started again";
    LOG(daemon->log, LOG_LEVEL_INFO, "the shadow ruleset begins again, and reads the journal anew",
        log_text("ruleset", hash), log_text("why", standing->again));
  } else {
    standing->asked.since_ms = now.since_ms;
    standing->again_ms = TIME_MIN;
    standing->again = NULL;
    snprintf(standing->asked.ruleset, sizeof standing->asked.ruleset, "%s", hash);
    snprintf(standing->asked.by, sizeof standing->asked.by, "%s", by);
    LOG(daemon->log, LOG_LEVEL_INFO, "a shadow ruleset runs beside the live one", log_text("ruleset", hash),
        log_text("by", by));
  }
  keeper_guard(standing->keeper, KEEPER_SHADOW, hash);
  if (keeper_try(standing->keeper, hash, bundle)) write_asked(standing);
  loop_timer_every(standing->timer, LOOK_MS);
}

/* Not before: the next start finds all of it or does not know of it. */
void standing_kept(struct standing *standing, const char *hash) {
  if (strcmp(hash, standing->asked.ruleset) == 0) write_asked(standing);
}

bool standing_end(struct standing *standing) {
  bool stood = *standing->asked.ruleset != '\0';
  bool ran = service_shadow_end(standing->daemon->service, "it was stopped", false);
  if (!stood) return ran;
  snprintf(standing->fell, sizeof standing->fell, "it was stopped");
  take_back(standing);
  return true;
}

void standing_state(const struct standing *standing, struct standing_state *state) {
  struct service_shadow now;
  service_shadow(standing->daemon->service, &now);
  *state = (struct standing_state){.asked = &standing->asked,
                                   .again_ms = standing->again_ms,
                                   .again = standing->again,
                                   .fell = *standing->fell ? standing->fell : NULL};
  state->resumes = *standing->asked.ruleset && !now.running;
  if (state->resumes) state->again = now.why ? now.why : "embudo was started again";
}

struct standing *standing_new(struct daemon *daemon, struct keeper *keeper, struct err *err) {
  struct standing *standing = xcalloc(1, sizeof *standing);
  *standing = (struct standing){.daemon = daemon, .keeper = keeper, .again_ms = TIME_MIN};
  buf_init(&standing->text);
  standing->timer = loop_timer_new(daemon->loop, look, standing);
  if (kept_shadow_read(&standing->asked, daemon->config->data, err) != 0) {
    standing_free(standing);
    return NULL;
  }
  if (!*standing->asked.ruleset) return standing;
  keeper_guard(keeper, KEEPER_SHADOW, standing->asked.ruleset);
  loop_timer_every(standing->timer, LOOK_MS);
  return standing;
}

void standing_free(struct standing *standing) {
  if (!standing) return;
  loop_timer_free(standing->timer);
  buf_release(&standing->text);
  free(standing);
}
