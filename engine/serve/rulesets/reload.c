#include "serve/rulesets/reload.h"

#include "io/watch.h"
#include "serve/access/guard.h"
#include "serve/rulesets/loader.h"
#include "serve/rulesets/rulesets.h"
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
  rulesets_end_pause(daemon->rulesets);
  if (!activation->err)
    rulesets_took_over(daemon->rulesets, daemon->reload_by, daemon->config->rulesets.stages,
                       activation->instant);
  if (activation->err)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules were not activated: the old ones stay",
        log_text("error", activation->err->text));
  else {
    const struct generation_times *times = &pipeline_generation(service_pipeline(daemon->service))->times;
    LOG(daemon->log, LOG_LEVEL_INFO, "other rules are in charge", log_text("ruleset", activation->ruleset),
        log_bool("instant", activation->instant), log_int("leads_differing", (int64_t)activation->differing),
        log_int("read_us", times->read_us), log_int("build_us", times->build_us),
        log_int("check_us", times->check_us), log_int("tests_us", times->tests_us),
        log_int("swap_us", service_swap_us(daemon->service)));
    stop_stuck(daemon, pipeline_generation(service_pipeline(daemon->service)));
  }
}

/* The old ones are being freed, or others are being tried: nobody waits for that in vain. */
static void try_again(void *arg) {
  struct daemon *daemon = arg;
  if (service_is_activating(daemon->service)) {
    loop_timer_after(daemon->again_timer, RELOAD_AGAIN_MS);
    return;
  }
  reload_rules(daemon, daemon->reload_by);
}

/* What the files said before counts no more: its reading is given up. */
static void load_again(struct daemon *daemon) {
  if (!rulesets_is_busy(daemon->rulesets)) service_cancel(daemon->service);
  loop_timer_after(daemon->again_timer, RELOAD_AGAIN_MS);
}

static void on_pinned_anew(void *arg, const struct rulesets_ended *ended) {
  const struct daemon *daemon = arg;
  if (ended->err)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the leads were not worked out anew",
        log_text("error", ended->err->text));
}

/* A command put others in charge. */
static void leave_pinned(struct daemon *daemon) {
  struct rulesets_command command = {.how = {.stages = daemon->config->rulesets.stages, .anew = true},
                                     .done = on_pinned_anew,
                                     .arg = daemon};
  const struct kept_pin *pin = rulesets_pin(daemon->rulesets);
  struct err err;
  LOG(daemon->log, LOG_LEVEL_INFO,
      "a command put other rules in charge than the files say: they stay until the files change",
      log_text("ruleset", pin->ruleset), log_text("files", pin->files));
  if (!daemon->must_rebuild) return;
  snprintf(command.hash, sizeof command.hash, "%s", pin->ruleset);
  snprintf(command.by, sizeof command.by, "%s", daemon->reload_by);
  if (rulesets_start(daemon->rulesets, &command, &err) == 0)
    daemon->must_rebuild = false;
  else
    load_again(daemon);
}

static void tell_problem(struct daemon *daemon, const struct problem *problem, enum log_level level) {
  const struct log_field file = log_text("file", problem->place.file),
                         line = log_int("line", problem->place.line), code = log_text("code", problem->code);
  if (problem->hint[0])
    LOG(daemon->log, level, problem->text, file, line, code, log_text("hint", problem->hint));
  else
    LOG(daemon->log, level, problem->text, file, line, code);
}

/* All of them are kept for who asks (/v1/rulesets); one point changed can fail a hundred tests at each save. */
static void tell_problems(struct daemon *daemon, const struct problems *problems) {
  size_t told = 0;
  for (size_t i = 0; i < problems->count && told < RELOAD_PROBLEMS_TOLD; i++) {
    if (problems->items[i].severity != SEVERITY_ERROR) continue;
    tell_problem(daemon, &problems->items[i], LOG_LEVEL_ERROR);
    told++;
  }
}

/* They load, and say something else than their tests. */
static bool only_tests_fail(const struct problems *problems) {
  for (size_t i = 0; i < problems->count; i++)
    if (problems->items[i].severity == SEVERITY_ERROR && strcmp(problems->items[i].code, "test_failed") != 0)
      return false;
  return problems->errors > 0;
}

static void tell_refused(struct daemon *daemon, const struct problems *problems) {
  const struct log_field errors = log_int("errors", (int64_t)problems->errors);
  daemon->rules_untested = only_tests_fail(problems);
  tell_problems(daemon, problems);
  if (daemon->rules_untested)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules' own tests fail: the old rules stay", errors,
        log_text("hint", RELOAD_TESTS_HINT));
  else
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules do not load: the old ones stay", errors);
}

/* For who asks later. */
static void keep_failure(struct daemon *daemon, const struct problems *problems) {
  struct json_writer w;
  buf_clear(&daemon->rules_failure);
  json_writer_init(&w, &daemon->rules_failure);
  problems_json(problems, &w);
  daemon->rules_failed_ms = service_now_ms(daemon->service);
}

static void refuse(struct daemon *daemon, const struct problems *problems) {
  tell_refused(daemon, problems);
  keep_failure(daemon, problems);
  daemon->rules_refused++;
}

static bool has_rules(const struct generation *generation) {
  for (size_t i = 0; i < generation->file_count; i++)
    if (generation->files[i].kind == RULE_FILE_LUA || generation->files[i].kind == RULE_FILE_SCORECARD)
      return true;
  return false;
}

/* A directory that is being copied anew, or a mount that has come loose: nobody takes all rules away by removing all files. */
static bool refuse_emptied(struct daemon *daemon, struct generation *generation) {
  struct problems problems;
  if (has_rules(generation) || !has_rules(pipeline_generation(service_pipeline(daemon->service))))
    return false;
  problems_init(&problems);
  problem_add(&problems, SEVERITY_ERROR, "emptied", (struct place){daemon->config->rules, 0},
              "put the files back; to have no rules, leave a file with a comment",
              "no rule file is left in the rules directory");
  refuse(daemon, &problems);
  problems_release(&problems);
  generation_free(generation);
  return true;
}

static void on_loaded(void *context, struct generation *generation, const struct problems *problems) {
  struct daemon *daemon = context;
  struct err err;
  service_look_at_files(daemon->service); /* they lie beside the rules */
  if (!generation) {
    refuse(daemon, problems);
    return;
  }
  if (refuse_emptied(daemon, generation)) return;
  bool mended = daemon->rules_failure.len > 0;
  buf_clear(&daemon->rules_failure);
  const struct service_activate how = {.stages = daemon->config->rulesets.stages,
                                       .anew = daemon->must_rebuild,
                                       .paused =
                                           rulesets_is_paused(daemon->rulesets, generation->rules->hash)};
  if (rulesets_files_say(daemon->rulesets, generation->rules->hash)) {
    generation_free(generation);
    leave_pinned(daemon);
    return;
  }
  const struct generation *present = pipeline_generation(service_pipeline(daemon->service));
  bool same = strcmp(generation->rules->hash, present->rules->hash) == 0;
  if (same && daemon->must_rebuild) stop_stuck(daemon, generation);
  if (service_is_on_its_way(daemon->service, generation->rules->hash) && !daemon->must_rebuild) {
    generation_free(
        generation); /* files were touched, or their watching began: what reads or waits goes on */
  } else if (service_is_activating(daemon->service)) {
    generation_free(generation);
    load_again(daemon);
  } else if (same && !daemon->must_rebuild) {
    generation_free(generation);
    log_say(daemon->log, mended ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
            mended ? "the files can be used again: they are the rules that are in charge"
                   : "the rules are what they were");
  } else if (service_activate(daemon->service, generation, &how, on_activated, daemon, &err) == 0)
    daemon->must_rebuild = false;
  else
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules were not activated: the old ones stay",
        log_text("error", err.text));
}

void reload_leads(struct daemon *daemon) {
  daemon->must_rebuild = true;
  reload_rules(daemon, "command");
}

void reload_rules(struct daemon *daemon, const char *by) {
  struct err err;
  daemon->reload_by = by;
  if (daemon->loader && loader_start(daemon->loader, daemon->config, &err) != 0)
    LOG(daemon->log, LOG_LEVEL_ERROR, "the rules cannot be read", log_text("error", err.text));
}

/* --- the whole ------------------------------------------------------------------------------------------------------------ */

void reload_all(struct daemon *daemon, const char *by) {
  reload_settings(daemon);
  reload_keys(daemon);
  reload_rules(daemon, by);
}

static void on_rules_changed(void *context) {
  reload_rules(context, "watch");
}

/* The first call only says that the watching has begun. */
static void on_config_changed(void *context) {
  struct daemon *daemon = context;
  if (daemon->config_seen) reload_all(daemon, "watch");
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

/* On the loader's thread. */
static struct generation *load_files(void *context, const struct config *config, struct problems *problems) {
  const struct daemon *daemon = context;
  return daemon->options.load(config, NULL, problems);
}

void reload_start(struct daemon *daemon) {
  buf_init(&daemon->rules_failure);
  const struct loader_options options = {daemon->loop, daemon, load_files, on_loaded};
  daemon->keys_timer = loop_timer_new(daemon->loop, look_at_keys, daemon);
  daemon->again_timer = loop_timer_new(daemon->loop, try_again, daemon);
  loop_timer_every(daemon->keys_timer, RELOAD_KEYS_MS);
  if (!daemon->options.load) return;
  daemon->loader = loader_new(&options);
  daemon->rules_watch = watch_path(daemon, daemon->config->rules, on_rules_changed);
  daemon->config_watch = watch_path(daemon, daemon->options.config_file, on_config_changed);
}

void reload_stop(struct daemon *daemon) {
  loop_timer_free(daemon->keys_timer);
  loop_timer_free(daemon->again_timer);
  watch_free(daemon->rules_watch);
  watch_free(daemon->config_watch);
  loader_free(daemon->loader);
  daemon->keys_timer = NULL;
  daemon->loader = NULL;
  buf_release(&daemon->rules_failure);
}
