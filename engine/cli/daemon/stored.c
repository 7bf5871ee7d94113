#include "cli/daemon/stored.h"

#include "cli/rules/pack.h"
#include "core/rules/quarantine.h"

int stored_settle(struct stored *stored, const struct command *command,
                  const struct stored_options *options) {
  const struct settings_flag flags[] = {
      {"data", options->data}, {"rules", options->rules}, {"plugins", options->plugins}, {NULL, NULL}};
  *stored = (struct stored){.command = command};
  return settings_read(command, options->config, flags, &stored->config);
}

static void tell_bad(void *context, const struct store_record *record, const struct err *err) {
  struct stored *stored = context;
  if (stored->totals.bad_records == 1)
    err_set(&stored->bad, err->code, "record %llu: %s", (unsigned long long)record->seq, err->text);
  if (stored->silent || stored->totals.bad_records > STORED_BAD_TOLD) return;
  progress_clear(&stored->progress);
  fprintf(stderr, "embudo %s: record %llu: %s\n", stored->command->name, (unsigned long long)record->seq,
          err->text);
}

static void show_progress(void *context, uint64_t events) {
  struct stored *stored = context;
  progress_step(&stored->progress, events, 0, 0);
}

static int replay(struct stored *stored, bool quiet) {
  const struct replay_calls calls = {.context = stored, .bad = tell_bad, .step = show_progress};
  struct err *err = &stored->fail;
  struct pipeline_options pipeline = {.dedupe_ids_max = (size_t)stored->config.limits.dedupe_ids};
  struct apart *apart = apart_new();
  struct quarantine *quarantine = quarantine_new();
  int result = apart_read(apart, stored->config.data, err);
  if (result == 0) result = quarantine_read(quarantine, stored->config.data, err);
  quarantine_apply(quarantine, stored->generation->rules->hash, stored->generation->script);
  quarantine_free(quarantine);
  pipeline.apart = apart;
  stored->pipeline = pipeline_new(stored->generation, &pipeline);
  apart_free(apart);
  progress_start(&stored->progress, "events", quiet);
  if (result == 0) result = replay_run(stored->pipeline, stored->config.data, &calls, &stored->totals, err);
  progress_end(&stored->progress);
  if (result == 0) return EXIT_FINE;
  if (!stored->silent) fprintf(stderr, "embudo %s: %s\n", stored->command->name, err->text);
  return EXIT_PROBLEMS;
}

int stored_replay(struct stored *stored, bool quiet) {
  stored->generation = pack_load(stored->command->name, &stored->config);
  return stored->generation ? replay(stored, quiet) : EXIT_PROBLEMS;
}

int stored_open(struct stored *stored, const struct command *command, const struct stored_options *options) {
  int code = stored_settle(stored, command, options);
  return code == EXIT_FINE ? stored_replay(stored, options->quiet) : code;
}

void stored_close(struct stored *stored) {
  pipeline_free(stored->pipeline);
  generation_free(stored->generation);
  config_release(&stored->config);
}
