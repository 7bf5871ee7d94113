#include "serve/rulesets/rulesets.h"

#include "core/engine/stages.h"
#include "serve/rulesets/keeper.h"
#include "serve/rulesets/loader.h"
#include "serve/rulesets/reload.h"
#include "serve/rulesets/standing.h"
#include "serve/stuck.h"

struct rulesets {
  struct daemon *daemon;
  struct keeper *keeper;
  struct kept_pin pin;
  struct kept_pause pause;
  char files[DIGEST_HEX_MAX]; /* what they say; "": not known */
  struct standing *standing;
  struct loader *loader;
  struct rulesets_command command;
  bool busy; /* with a command */
  struct buf text;
};

const struct kept_index *rulesets_index(const struct rulesets *rulesets) {
  return keeper_index(rulesets->keeper);
}

const struct kept_pin *rulesets_pin(const struct rulesets *rulesets) {
  return &rulesets->pin;
}

struct standing *rulesets_standing(struct rulesets *rulesets) {
  return rulesets->standing;
}

static void free_bundle(struct ruledir *bundle) {
  if (bundle) ruledir_release(bundle);
  free(bundle);
}

void rulesets_took_over(struct rulesets *rulesets, const char *by, int64_t stages, bool instant) {
  struct daemon *daemon = rulesets->daemon;
  struct generation *generation = pipeline_generation(service_pipeline(daemon->service));
  struct kept_use use = {.at_ms = service_rules_ms(daemon->service), .instant = instant};
  snprintf(use.by, sizeof use.by, "%s", by);
  stages_text(stages, use.stages);
  keeper_settle(rulesets->keeper, service_moved_before(daemon->service)); /* it moves nobody any more */
  keeper_use(rulesets->keeper, generation->rules->hash, &use, generation_detach_bundle(generation));
}

/* --- pin -------------------------------------------------------------------------------------------------------------- */

static void write_pin(struct rulesets *rulesets) {
  buf_clear(&rulesets->text);
  if (*rulesets->pin.ruleset) kept_pin_put(&rulesets->pin, &rulesets->text);
  keeper_guard(rulesets->keeper, KEEPER_PINNED, rulesets->pin.ruleset);
  keeper_write(rulesets->keeper, KEPT_PIN, buf_str(&rulesets->text));
}

void rulesets_unpin(struct rulesets *rulesets) {
  if (!*rulesets->pin.ruleset) return;
  rulesets->pin = (struct kept_pin){0};
  write_pin(rulesets);
}

bool rulesets_files_say(struct rulesets *rulesets, const char *hash) {
  snprintf(rulesets->files, sizeof rulesets->files, "%s", hash);
  if (*rulesets->pin.ruleset && strcmp(rulesets->pin.files, hash) == 0) return true;
  rulesets_unpin(rulesets);
  return false;
}

static void pin(struct rulesets *rulesets, const char *hash) {
  if (strcmp(rulesets->files, hash) == 0) {
    rulesets_unpin(rulesets);
    return;
  }
  snprintf(rulesets->pin.ruleset, sizeof rulesets->pin.ruleset, "%s", hash);
  memcpy(rulesets->pin.files, rulesets->files, sizeof rulesets->pin.files);
  write_pin(rulesets);
}

/* --- pause ------------------------------------------------------------------------------------------------------------- */

static void write_pause(struct rulesets *rulesets) {
  buf_clear(&rulesets->text);
  if (*rulesets->pause.candidate) kept_pause_put(&rulesets->pause, &rulesets->text);
  keeper_write(rulesets->keeper, KEPT_PAUSE, buf_str(&rulesets->text));
}

void rulesets_end_pause(struct rulesets *rulesets) {
  if (!*rulesets->pause.candidate) return;
  rulesets->pause = (struct kept_pause){0};
  write_pause(rulesets);
}

void rulesets_pause(struct rulesets *rulesets, bool pause) {
  struct daemon *daemon = rulesets->daemon;
  struct kept_pause *kept = &rulesets->pause;
  struct service_progress progress;
  service_pause(daemon->service, pause);
  service_progress(daemon->service, &progress);
  if (progress.phase != SERVICE_READING || !progress.paused || progress.preview) {
    rulesets_end_pause(rulesets);
    return;
  }
  *kept = (struct kept_pause){.command = rulesets->busy};
  snprintf(kept->live, sizeof kept->live, "%s",
           pipeline_generation(service_pipeline(daemon->service))->rules->hash);
  snprintf(kept->candidate, sizeof kept->candidate, "%s", progress.ruleset);
  snprintf(kept->by, sizeof kept->by, "%s", rulesets->busy ? rulesets->command.by : daemon->reload_by);
  stages_text(rulesets->busy ? rulesets->command.how.stages : daemon->config->rulesets.stages, kept->stages);
  write_pause(rulesets);
}

bool rulesets_is_paused(struct rulesets *rulesets, const char *hash) {
  if (!*rulesets->pause.candidate || rulesets->pause.command) return false;
  if (strcmp(rulesets->pause.candidate, hash) == 0) return true;
  rulesets_end_pause(rulesets); /* the files say something else by now */
  return false;
}

/* Its client is gone. */
static void on_waiting_ended(void *arg, const struct rulesets_ended *ended) {
  if (ended->problems || ended->err) rulesets_end_pause(arg);
}

void rulesets_wait_again(struct rulesets *rulesets) {
  struct daemon *daemon = rulesets->daemon;
  const struct kept_pause *pause = &rulesets->pause;
  struct rulesets_command command = {.how = {.paused = true}, .done = on_waiting_ended, .arg = rulesets};
  struct err err;
  if (!*pause->candidate) return;
  if (strcmp(pause->live, pipeline_generation(service_pipeline(daemon->service))->rules->hash) != 0) {
    rulesets_end_pause(rulesets); /* other rules than those beside which it waited */
    return;
  }
  LOG(daemon->log, LOG_LEVEL_INFO, "other rules wait, as before the start: 'embudo ruleset resume' goes on",
      log_text("ruleset", pause->candidate));
  if (!pause->command) {
    reload_rules(daemon, "start");
    return;
  }
  command.how.stages = daemon->config->rulesets.stages;
  stages_parse(str_of(pause->stages), &command.how.stages);
  snprintf(command.hash, sizeof command.hash, "%s", pause->candidate);
  snprintf(command.by, sizeof command.by, "%s", pause->by);
  if (rulesets_start(rulesets, &command, &err) != 0) rulesets_end_pause(rulesets);
}

/* --- commands --------------------------------------------------------------------------------------------------------- */

static void end_command(struct rulesets *rulesets, const struct rulesets_ended *ended) {
  void (*done)(void *arg, const struct rulesets_ended *ended) = rulesets->command.done;
  void *arg = rulesets->command.arg;
  rulesets->command.done = NULL;
  if (done) done(arg, ended);
}

static void on_activated(void *context, const struct service_activation *activation) {
  struct rulesets *rulesets = context;
  struct daemon *daemon = rulesets->daemon;
  const struct rulesets_command *command = &rulesets->command;
  const struct rulesets_ended ended = {.err = activation->err, .activation = activation};
  rulesets_end_pause(rulesets);
  if (!activation->err && !command->how.preview) {
    pin(rulesets, activation->ruleset);
    rulesets_took_over(rulesets, command->by, command->how.stages, activation->instant);
    stuck_begin(daemon->config->data, activation->ruleset,
                pipeline_generation(service_pipeline(daemon->service))->script, daemon_tell_stuck, daemon);
  }
  if (!command->how.preview) {
    LOG(daemon->log, activation->err ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
        activation->err ? "a command's rules were not activated" : "a command put other rules in charge",
        log_text("ruleset", activation->ruleset), log_text("by", command->by),
        log_text("error", activation->err ? activation->err->text : ""));
  }
  end_command(rulesets, &ended);
  rulesets->busy = false;
}

static void begin_shadow(struct rulesets *rulesets, struct generation *generation) {
  struct daemon *daemon = rulesets->daemon;
  struct generation *live = rulesets->command.live;
  struct ruledir *bundle = generation_detach_bundle(generation);
  char hash[DIGEST_HEX_MAX];
  struct err err;
  rulesets->command.live = NULL;
  snprintf(hash, sizeof hash, "%s", generation->rules->hash);
  bool failed = service_shadow_begin(daemon->service, live, generation, &err) != 0;
  const struct rulesets_ended ended = {.err = failed ? &err : NULL};
  if (failed)
    free_bundle(bundle);
  else
    standing_begun(rulesets->standing, hash, rulesets->command.by, bundle);
  end_command(rulesets, &ended);
  rulesets->busy = false;
}

static void on_loaded(void *context, struct generation *generation, const struct problems *problems) {
  struct rulesets *rulesets = context;
  struct rulesets_ended ended = {0};
  struct err err;
  free_bundle(rulesets->command.bundle);
  rulesets->command.bundle = NULL;
  if (generation && rulesets->command.shadow) {
    begin_shadow(rulesets, generation);
    return;
  }
  if (!generation) {
    ended.problems = problems;
    end_command(rulesets, &ended);
    rulesets->busy = false;
    return;
  }
  if (service_activate(rulesets->daemon->service, generation, &rulesets->command.how, on_activated, rulesets,
                       &err) != 0) {
    ended.err = &err;
    end_command(rulesets, &ended);
    rulesets->busy = false;
    return;
  }
  if (rulesets->busy && !rulesets->command.how.preview) end_command(rulesets, &ended);
}

static struct generation *load_kept(const struct rulesets *rulesets, const struct config *config,
                                    const char *hash, struct problems *problems) {
  struct ruledir kept;
  struct generation *generation = NULL;
  struct err err;
  ruledir_init(&kept);
  if (kept_bundle_read(config->data, hash, &kept, &err) == 0)
    generation = rulesets->daemon->options.load(config, &kept, problems);
  else
    problem_add(problems, SEVERITY_ERROR, err_word(err.code), (struct place){"", 0}, NULL, "%s", err.text);
  ruledir_release(&kept);
  return generation;
}

/* On the loader's thread. Of a shadow, the present ruleset a second time first: the event path keeps its own. */
static struct generation *load(void *context, const struct config *config, struct problems *problems) {
  struct rulesets *rulesets = context;
  struct rulesets_command *command = &rulesets->command;
  struct generation *generation;
  if (command->shadow) command->live = load_kept(rulesets, config, command->present, problems);
  if (command->shadow && !command->live) {
    problem_add(
        problems, SEVERITY_ERROR, "live_rules", (struct place){"", 0}, NULL,
        "the live rules cannot be loaded a second time from what is kept of them; in the first moments "
        "after they took over they may not be kept yet: try again");
    return NULL;
  }
  generation = command->bundle ? rulesets->daemon->options.load(config, command->bundle, problems)
                               : load_kept(rulesets, config, command->hash, problems);
  if (generation) return generation;
  generation_free(command->live);
  command->live = NULL;
  return NULL;
}

bool rulesets_is_busy(const struct rulesets *rulesets) {
  return rulesets->busy;
}

int rulesets_start(struct rulesets *rulesets, const struct rulesets_command *command, struct err *err) {
  if (rulesets->busy || service_is_activating(rulesets->daemon->service)) {
    free_bundle(command->bundle);
    return err_set(err, ERR_LIMIT, "other rules are being activated or tried: try again when that is done");
  }
  rulesets->command = *command;
  snprintf(rulesets->command.present, sizeof rulesets->command.present, "%s",
           pipeline_generation(service_pipeline(rulesets->daemon->service))->rules->hash);
  if (loader_start(rulesets->loader, rulesets->daemon->config, err) != 0) {
    free_bundle(command->bundle);
    return -1;
  }
  rulesets->busy = true;
  return 0;
}

/* --- life ------------------------------------------------------------------------------------------------------------- */

static void on_kept(void *context, const char *hash) {
  const struct rulesets *rulesets = context;
  standing_kept(rulesets->standing, hash);
}

static int read_store(struct rulesets *rulesets, struct err *err) {
  rulesets->keeper = keeper_new(rulesets->daemon, on_kept, rulesets, err);
  if (!rulesets->keeper || kept_pin_read(&rulesets->pin, rulesets->daemon->config->data, err) != 0 ||
      kept_pause_read(&rulesets->pause, rulesets->daemon->config->data, err) != 0)
    return -1;
  rulesets->standing = standing_new(rulesets->daemon, rulesets->keeper, err);
  return rulesets->standing ? 0 : -1;
}

struct rulesets *rulesets_new(struct daemon *daemon, struct err *err) {
  struct rulesets *rulesets = xcalloc(1, sizeof *rulesets);
  const struct generation *generation = pipeline_generation(service_pipeline(daemon->service));
  const struct loader_options options = {daemon->loop, rulesets, load, on_loaded};
  rulesets->daemon = daemon;
  buf_init(&rulesets->text);
  rulesets->loader = loader_new(&options);
  if (read_store(rulesets, err) != 0) {
    rulesets_free(rulesets);
    return NULL;
  }
  bool pinned = strcmp(rulesets->pin.ruleset, generation->rules->hash) == 0;
  snprintf(rulesets->files, sizeof rulesets->files, "%s",
           pinned ? rulesets->pin.files : generation->rules->hash);
  if (pinned)
    keeper_guard(rulesets->keeper, KEEPER_PINNED, rulesets->pin.ruleset);
  else
    rulesets_unpin(rulesets);
  const struct kept_index *index = keeper_index(rulesets->keeper);
  bool known = index->count && strcmp(index->items[0].hash, generation->rules->hash) == 0;
  if (!known || !index->items[0].has_files)
    rulesets_took_over(rulesets, "start", pipeline_stages(service_pipeline(daemon->service)), false);
  return rulesets;
}

void rulesets_free(struct rulesets *rulesets) {
  if (!rulesets) return;
  if (rulesets->keeper && rulesets->daemon->service) {
    keeper_settle(rulesets->keeper, service_moved(rulesets->daemon->service));
    keeper_close(rulesets->keeper);
  }
  loader_free(rulesets->loader);
  free_bundle(rulesets->command.bundle);
  generation_free(rulesets->command.live);
  standing_free(rulesets->standing);
  keeper_free(rulesets->keeper);
  buf_release(&rulesets->text);
  free(rulesets);
}
