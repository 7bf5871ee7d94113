#include "serve/rulesets/rulesets.h"

#include "core/engine/stages.h"
#include "serve/rulesets/loader.h"
#include "serve/stuck.h"

struct packing { /* a bundle's files, on their way into the store */
  struct work_job job;
  struct rulesets *rulesets;
  const char *dir;
  struct ruledir *bundle;
  struct kept_packed packed;
  size_t at; /* the value that is written next */
};

struct rulesets {
  struct daemon *daemon;
  struct kept_index index;
  struct kept_pin pin;
  char files[DIGEST_HEX_MAX]; /* what they say; "": not known */
  struct packing *packing;
  struct ruledir *waiting; /* to be packed after it: the newest only */
  bool closing;
  struct loader *loader;
  struct rulesets_command command;
  bool busy; /* with a command */
  struct buf text;
};

const struct kept_index *rulesets_index(const struct rulesets *rulesets) {
  return &rulesets->index;
}

const struct kept_pin *rulesets_pin(const struct rulesets *rulesets) {
  return &rulesets->pin;
}

static void free_bundle(struct ruledir *bundle) {
  if (bundle) ruledir_release(bundle);
  free(bundle);
}

/* --- writing --------------------------------------------------------------------------------------------------------- */

/* What could not be written is not kept; that does not keep anything else from working, and a full disk is told elsewhere. */
static void on_written(void *arg, const struct service_result *result) {
  (void)arg, (void)result;
}

static void write_value(struct rulesets *rulesets, const char *name, struct str bytes) {
  service_set_value(rulesets->daemon->service, str_of(name), bytes, on_written, NULL);
}

static void write_index(struct rulesets *rulesets) {
  buf_clear(&rulesets->text);
  kept_index_put(&rulesets->index, &rulesets->text);
  write_value(rulesets, KEPT_INDEX, buf_str(&rulesets->text));
}

static void write_pin(struct rulesets *rulesets) {
  buf_clear(&rulesets->text);
  if (*rulesets->pin.ruleset) kept_pin_put(&rulesets->pin, &rulesets->text);
  write_value(rulesets, KEPT_PIN, buf_str(&rulesets->text));
}

/* --- dropping -------------------------------------------------------------------------------------------------------- */

static bool uses_file(const struct kept *kept, const char *sha) {
  for (size_t i = 0; i < kept->file_count; i++)
    if (strcmp(kept->files[i].sha, sha) == 0) return true;
  return false;
}

static bool is_shared(const struct kept_index *index, size_t except, const char *sha) {
  for (size_t i = 0; i < index->count; i++)
    if (i != except && uses_file(&index->items[i], sha)) return true;
  return false;
}

static void drop(struct rulesets *rulesets, size_t at) {
  const struct kept *kept = &rulesets->index.items[at];
  char name[KEPT_NAME_MAX];
  kept_set_name(kept->hash, name);
  write_value(rulesets, name, STR(""));
  for (size_t i = 0; i < kept->file_count; i++) {
    if (is_shared(&rulesets->index, at, kept->files[i].sha)) continue;
    for (unsigned piece = kept_pieces(kept->files[i].bytes); piece-- > 0;) {
      kept_piece_name(kept->files[i].sha, piece, name);
      write_value(rulesets, name, STR(""));
    }
  }
  kept_remove(&rulesets->index, at);
}

static uint64_t bytes_kept(const struct kept_index *index) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < index->count; i++)
    for (size_t k = 0; k < index->items[i].file_count; k++) {
      bool counted = false;
      for (size_t j = 0; j < i && !counted; j++)
        counted = uses_file(&index->items[j], index->items[i].files[k].sha);
      if (!counted) bytes += index->items[i].files[k].bytes;
    }
  return bytes;
}

/* The first is the present one, or the one that was in charge when it took over. */
static void drop_surplus(struct rulesets *rulesets) {
  const struct config *config = rulesets->daemon->config;
  struct kept_index *index = &rulesets->index;
  while (index->count > (size_t)config->rulesets.keep ||
         (index->count > 2 && bytes_kept(index) > (uint64_t)config->rulesets.keep_bytes)) {
    size_t last = index->count - 1;
    if (strcmp(index->items[last].hash, rulesets->pin.ruleset) == 0 && last > 0) last--;
    if (last == 0) return;
    drop(rulesets, last);
  }
}

/* --- keeping --------------------------------------------------------------------------------------------------------- */

static void pack_next(struct rulesets *rulesets);

static void end_packing(struct packing *packing) {
  free_bundle(packing->bundle);
  kept_packed_release(&packing->packed);
  free(packing);
}

static void finish(struct packing *packing) {
  struct rulesets *rulesets = packing->rulesets;
  struct kept *kept = kept_find(&rulesets->index, str_of(packing->packed.hash));
  if (kept) {
    kept_set_files(kept, packing->packed.files, packing->packed.file_count);
    packing->packed.files = NULL;
    packing->packed.file_count = 0;
  }
  rulesets->packing = NULL;
  end_packing(packing);
  drop_surplus(rulesets);
  write_index(rulesets);
  pack_next(rulesets);
}

static void write_next(struct packing *packing);

static void on_piece(void *arg, const struct service_result *result) {
  struct packing *packing = arg;
  if (result->answer == SERVICE_COMMITTED && packing->rulesets) {
    write_next(packing);
    return;
  }
  if (packing->rulesets) packing->rulesets->packing = NULL; /* the disk is full, or worse: it is not kept */
  end_packing(packing);
}

static void write_next(struct packing *packing) {
  struct rulesets *rulesets = packing->rulesets;
  if (packing->at == packing->packed.count) {
    finish(packing);
    return;
  }
  const struct kept_value *value = &packing->packed.values[packing->at++];
  if (service_set_value(rulesets->daemon->service, str_of(value->name), buf_str(&value->bytes), on_piece,
                        packing) == SERVICE_COMMITTED)
    return;
  rulesets->packing = NULL;
  end_packing(packing);
}

static void run_packing(struct work_job *job) {
  struct packing *packing = (struct packing *)job;
  kept_pack(&packing->packed, packing->dir, packing->bundle);
}

static void on_packed(struct work_job *job, enum work_end end) {
  struct packing *packing = (struct packing *)job;
  struct rulesets *rulesets = packing->rulesets;
  if (end == WORK_RAN && rulesets && !rulesets->closing) {
    write_next(packing);
    return;
  }
  if (rulesets) rulesets->packing = NULL;
  end_packing(packing);
}

static void pack_next(struct rulesets *rulesets) {
  if (rulesets->packing || !rulesets->waiting || rulesets->closing) return;
  struct packing *packing = xcalloc(1, sizeof *packing);
  *packing = (struct packing){.job = {.run = run_packing, .done = on_packed},
                              .rulesets = rulesets,
                              .dir = rulesets->daemon->config->data,
                              .bundle = rulesets->waiting};
  rulesets->waiting = NULL;
  rulesets->packing = packing;
  if (work_start(rulesets->daemon->work, &packing->job)) return;
  rulesets->packing = NULL;
  end_packing(packing);
}

/* The one before has moved nobody any more. */
static void settle_use(struct rulesets *rulesets, size_t moved) {
  if (rulesets->index.count && rulesets->index.items[0].use_count)
    rulesets->index.items[0].uses[0].moved = moved;
}

void rulesets_took_over(struct rulesets *rulesets, const char *by, int64_t stages, bool instant) {
  struct daemon *daemon = rulesets->daemon;
  struct generation *generation = pipeline_generation(service_pipeline(daemon->service));
  struct ruledir *bundle = generation_detach_bundle(generation);
  struct kept_use use = {.at_ms = service_rules_ms(daemon->service), .instant = instant};
  snprintf(use.by, sizeof use.by, "%s", by);
  stages_text(stages, use.stages);
  settle_use(rulesets, service_moved_before(daemon->service));
  struct kept *kept = kept_use(&rulesets->index, generation->rules->hash, &use);
  if (!kept->has_files && bundle) {
    free_bundle(rulesets->waiting);
    rulesets->waiting = bundle;
  } else
    free_bundle(bundle);
  drop_surplus(rulesets);
  write_index(rulesets);
  pack_next(rulesets);
}

/* --- pin -------------------------------------------------------------------------------------------------------------- */

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
  char hash[DIGEST_HEX_MAX];
  struct err err;
  rulesets->command.live = NULL;
  snprintf(hash, sizeof hash, "%s", generation->rules->hash);
  bool failed = service_shadow_begin(daemon->service, live, generation, &err) != 0;
  const struct rulesets_ended ended = {.err = failed ? &err : NULL};
  if (!failed)
    LOG(daemon->log, LOG_LEVEL_INFO, "a shadow ruleset runs beside the live one", log_text("ruleset", hash),
        log_text("by", rulesets->command.by));
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

struct rulesets *rulesets_new(struct daemon *daemon, struct err *err) {
  struct rulesets *rulesets = xcalloc(1, sizeof *rulesets);
  const struct generation *generation = pipeline_generation(service_pipeline(daemon->service));
  const struct loader_options options = {daemon->loop, rulesets, load, on_loaded};
  rulesets->daemon = daemon;
  buf_init(&rulesets->text);
  rulesets->loader = loader_new(&options);
  if (kept_index_read(&rulesets->index, daemon->config->data, err) != 0 ||
      kept_pin_read(&rulesets->pin, daemon->config->data, err) != 0) {
    rulesets_free(rulesets);
    return NULL;
  }
  bool pinned = strcmp(rulesets->pin.ruleset, generation->rules->hash) == 0;
  snprintf(rulesets->files, sizeof rulesets->files, "%s",
           pinned ? rulesets->pin.files : generation->rules->hash);
  if (!pinned) rulesets_unpin(rulesets);
  bool known = rulesets->index.count && strcmp(rulesets->index.items[0].hash, generation->rules->hash) == 0;
  if (!known || !rulesets->index.items[0].has_files)
    rulesets_took_over(rulesets, "start", pipeline_stages(service_pipeline(daemon->service)), false);
  return rulesets;
}

void rulesets_free(struct rulesets *rulesets) {
  if (!rulesets) return;
  rulesets->closing = true;
  if (rulesets->daemon->service) {
    settle_use(rulesets, service_moved(rulesets->daemon->service));
    write_index(rulesets);
  }
  loader_free(rulesets->loader);
  free_bundle(rulesets->command.bundle);
  generation_free(rulesets->command.live);
  if (rulesets->packing) rulesets->packing->rulesets = NULL;
  free_bundle(rulesets->waiting);
  kept_index_release(&rulesets->index);
  buf_release(&rulesets->text);
  free(rulesets);
}
