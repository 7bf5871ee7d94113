#include "serve/reload.h"

#include "io/watch.h"
#include "serve/guard.h"
#include "serve/loader.h"
#include "serve/stuck.h"

/* --- keys -------------------------------------------------------------------------------------------------------------- */

static void reload_keys(struct daemon *daemon) {
  struct err err;
  if (keys_reload(daemon->keys, daemon->config, &err) == 0)
    log_say(daemon->log, LOG_LEVEL_INFO, "the keys were read again");
  else
    LOG(daemon->log, LOG_LEVEL_ERROR, "the keys cannot be read: the old ones stay",
        log_text("error", err.text));
}

static void look_at_keys(void *arg) {
  struct daemon *daemon = arg;
  if (keys_are_stale(daemon->keys)) reload_keys(daemon);
}

/* --- settings ---------------------------------------------------------------------------------------------------------- */

static void tell_fixed(struct daemon *daemon, const struct config *fresh) {
  struct buf names;
  buf_init(&names);
  config_fixed_changes(daemon->config, fresh, &names);
  if (names.len)
    LOG(daemon->log, LOG_LEVEL_WARN, "these settings change with the next start only",
        log_text("settings", names.data));
  buf_release(&names);
}

static void reload_settings(struct daemon *daemon) {
  struct err err;
  if (!daemon->options.settings) return;
  const struct config *fresh = daemon->options.settings(daemon->options.context, &err);
  if (!fresh) {
    LOG(daemon->log, LOG_LEVEL_ERROR, "the settings cannot be used: the old ones stay",
        log_text("error", err.text));
    return;
  }
  tell_fixed(daemon, fresh);
  daemon->config = fresh;
  log_set_level(daemon->log, (enum log_level)fresh->log.level);
  log_set_format(daemon->log, (enum log_format)fresh->log.format);
  guard_reconfigure(daemon->guard, fresh);
  service_reconfigure(daemon->service, fresh);
  deliverer_reconfigure(daemon->deliverer, fresh);
  log_say(daemon->log, LOG_LEVEL_INFO, "the settings were read again");
}

/* --- rules -------------------------------------------------------------------------------------------------------------- */

static void stop_stuck(struct daemon *daemon, const struct generation *generation) {
  stuck_begin(daemon->config->data, generation->rules->hash, generation->script, daemon_tell_stuck, daemon);
}

static void on_activated(void *arg, const struct service_activation *activation) {
  struct daemon *daemon = arg;
  if (activation->err)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules were not activated: the old ones stay",
        log_text("error", activation->err->text));
  else {
    LOG(daemon->log, LOG_LEVEL_INFO, "other rules are in charge", log_text("ruleset", activation->ruleset),
        log_bool("instant", activation->instant), log_int("leads_differing", (int64_t)activation->differing));
    stop_stuck(daemon, pipeline_generation(service_pipeline(daemon->service)));
  }
  if (!daemon->load_again) return;
  daemon->load_again = false;
  reload_rules(daemon);
}

static void tell_problems(struct daemon *daemon, const struct problems *problems, enum log_level level) {
  for (size_t i = 0; i < problems->count; i++) {
    const struct problem *problem = &problems->items[i];
    LOG(daemon->log, level, problem->text, log_text("file", problem->place.file),
        log_int("line", problem->place.line), log_text("code", problem->code));
  }
}

/* For who asks later. */
static void keep_failure(struct daemon *daemon, const struct problems *problems) {
  struct json_writer w;
  buf_clear(&daemon->rules_failure);
  json_writer_init(&w, &daemon->rules_failure);
  problems_json(problems, &w);
  daemon->rules_failed_ms = service_now_ms(daemon->service);
}

static void on_loaded(void *context, struct generation *generation, const struct problems *problems) {
  struct daemon *daemon = context;
  struct err err;
  if (!generation) {
    tell_problems(daemon, problems, LOG_LEVEL_ERROR);
    keep_failure(daemon, problems);
    log_say(daemon->log, LOG_LEVEL_ERROR, "the rules do not load: the old ones stay");
    return;
  }
  buf_clear(&daemon->rules_failure);
  const struct service_activate how = {.stages = daemon->config->rulesets.stages,
                                       .anew = daemon->must_rebuild};
  const struct generation *present = pipeline_generation(service_pipeline(daemon->service));
  bool same = strcmp(generation->rules->hash, present->rules->hash) == 0;
  if (same && daemon->must_rebuild) stop_stuck(daemon, generation);
  if (service_is_activating(daemon->service)) {
    daemon->load_again = true;
    generation_free(generation);
  } else if (same && !daemon->must_rebuild) {
    generation_free(generation);
    log_say(daemon->log, LOG_LEVEL_DEBUG, "the rules are what they were");
  } else if (service_activate(daemon->service, generation, &how, on_activated, daemon, &err) == 0)
    daemon->must_rebuild = false;
  else
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules were not activated: the old ones stay",
        log_text("error", err.text));
}

void reload_leads(struct daemon *daemon) {
  daemon->must_rebuild = true;
  reload_rules(daemon);
}

void reload_rules(struct daemon *daemon) {
  struct err err;
  if (daemon->loader && loader_start(daemon->loader, daemon->config, &err) != 0)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules cannot be read", log_text("error", err.text));
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */

void reload_all(struct daemon *daemon) {
  reload_settings(daemon);
  reload_keys(daemon);
  reload_rules(daemon);
}

static void on_rules_changed(void *context) {
  reload_rules(context);
}

/* The first call only says that the watching has begun. */
static void on_config_changed(void *context) {
  struct daemon *daemon = context;
  if (daemon->config_seen) reload_all(daemon);
  daemon->config_seen = true;
}

static struct watch *watch_path(struct daemon *daemon, const char *path, void (*changed)(void *context)) {
  const struct watch_options options = {.loop = daemon->loop,
                                        .work = daemon->work,
                                        .paths = {path},
                                        .path_count = 1,
                                        .context = daemon,
                                        .changed = changed};
  return path && *path ? watch_new(&options) : NULL;
}

void reload_start(struct daemon *daemon) {
  buf_init(&daemon->rules_failure);
  const struct loader_options options = {daemon->loop, daemon, daemon->options.load, on_loaded};
  daemon->keys_timer = loop_timer_new(daemon->loop, look_at_keys, daemon);
  loop_timer_every(daemon->keys_timer, RELOAD_KEYS_MS);
  if (!daemon->options.load) return;
  daemon->loader = loader_new(&options);
  daemon->rules_watch = watch_path(daemon, daemon->config->rules, on_rules_changed);
  daemon->config_watch = watch_path(daemon, daemon->options.config_file, on_config_changed);
}

void reload_stop(struct daemon *daemon) {
  loop_timer_free(daemon->keys_timer);
  watch_free(daemon->rules_watch);
  watch_free(daemon->config_watch);
  loader_free(daemon->loader);
  daemon->keys_timer = NULL;
  daemon->loader = NULL;
  buf_release(&daemon->rules_failure);
}
