#include "cli/session.h"

#include "cli/directory.h"
#include "io/files/feeder.h"
#include "io/loop.h"
#include <unistd.h>

/* --- rules ----------------------------------------------------------------------------------------------------- */

static const char *rules_of(const struct session *s) {
  if (s->is_stored) return *s->stored.config.rules ? s->stored.config.rules : "the default pack";
  return s->options->rules ? s->options->rules : "rules";
}

static int load_rules(struct session *s) {
  struct directory directory;
  struct buf text;
  directory_load(&directory, rules_of(s), s->options->plugins, false);
  s->generation = directory.generation;
  directory.generation = NULL; /* the session's */
  if (!s->generation) {
    buf_init(&text);
    directory_print_problems(&directory, STDERR_FILENO, &text);
    fprintf(stderr, "%sembudo %s: the rules in %s do not load\n", text.data, s->command->name, rules_of(s));
    buf_release(&text);
  }
  directory_release(&directory);
  return s->generation ? 0 : EXIT_PROBLEMS;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static int parse_at(struct session *s) {
  struct engine_counts counts;
  const char *at = s->options->at;
  if (at ? strcmp(at, "now") == 0 : s->is_stored) {
    s->at_ms = loop_wall_ms();
  } else if (at) {
    if (!time_parse(str_of(at), &s->at_ms))
      return options_misuse(s->command,
                            "--at '%s' is no instant: write 2024-01-15T09:00:00Z, 2024-01-15 or now", at);
  } else if (s->engine) {
    engine_counts(s->engine, &counts);
    s->at_ms = counts.last_ms;
  }
  return 0;
}

static int new_engine(struct session *s) {
  struct engine_calls calls;
  struct engine_options options = {.has_until = s->options->at != NULL};
  int code = parse_at(s);
  if (code) return code;
  s->has_at = s->options->at != NULL;
  options.until_ms = s->at_ms;
  s->binding = binding_new(s->generation);
  binding_calls(s->binding, &calls);
  s->engine = engine_new(s->generation->rules, &calls, &options);
  s->fold = engine_fold_new(s->engine);
  return 0;
}

static void tell_problem(void *context, const struct feeder_problem *problem) {
  struct session *s = context;
  if (s->told++ >= SESSION_REJECTS_TOLD || s->options->quiet) return;
  progress_clear(&s->progress);
  fprintf(stderr, "%s:%llu: rejected: ", problem->file, (unsigned long long)problem->line);
  if (problem->in_batch) fprintf(stderr, "batch[%u]: ", problem->item);
  fprintf(stderr, "%s\n", problem->reason);
}

static void show_progress(void *context, const char *file, uint64_t done, uint64_t total) {
  struct session *s = context;
  struct engine_counts counts;
  (void)file;
  engine_counts(s->engine, &counts);
  progress_step(&s->progress, counts.accepted, done, total);
}

static void feed_file(struct session *s, const char *path) {
  struct err err = {0};
  struct feeder_options options = {
      .source = str_of(s->options->source ? s->options->source : "file"),
      .pieces = {.csv_map = s->options->csv_map, .csv_time_ms = s->has_at ? s->at_ms : 0},
      .context = s,
      .problem = tell_problem,
      .progress = show_progress};
  if (feeder_file(s->engine, path, &options, &err) == 0) return;
  progress_clear(&s->progress);
  fprintf(stderr, "embudo %s: %s\n", s->command->name, err.text);
  s->file_failed = true;
}

static int read_files(struct session *s, int count, char **files) {
  static char standard_input[] = "-";
  char *none[] = {standard_input};
  int code = load_rules(s);
  if (code == 0) code = new_engine(s);
  if (code) return code;
  progress_start(&s->progress, "events", s->options->quiet);
  for (int i = 0; i < (count ? count : 1); i++) feed_file(s, count ? files[i] : none[0]);
  progress_end(&s->progress);
  return parse_at(s);
}

/* Where nobody asks for a time, it is now, as for the daemon. */
static int read_store(struct session *s, int file_count) {
  const struct session_options *o = s->options;
  const struct stored_options options = {
      .config = o->config, .data = o->data, .rules = o->rules, .plugins = o->plugins, .quiet = o->quiet};
  if (file_count) return options_misuse(s->command, "--data instead of FILEs: not both");
  if (o->csv_map || o->source) return options_misuse(s->command, "--csv-map and --source are for FILEs");
  s->is_stored = s->has_at = true;
  int code = stored_open(&s->stored, s->command, &options);
  s->progress = s->stored.progress;
  if (code) return code;
  s->generation = s->stored.generation;
  s->engine = pipeline_engine(s->stored.pipeline);
  s->fold = pipeline_fold(s->stored.pipeline);
  return parse_at(s);
}

int session_open(struct session *s, const struct command *command, const struct session_options *options,
                 int file_count, char **files) {
  *s = (struct session){.command = command, .options = options};
  if (options->data || options->config) return read_store(s, file_count);
  return read_files(s, file_count, files);
}

int session_fold_lead(struct session *session, const char *id, uint32_t *lead) {
  const char *command = session->command->name;
  char at[TIME_TEXT_MAX];
  *lead = engine_find_lead(session->engine, str_of(id));
  if (*lead == IDENTITY_NONE) {
    fprintf(stderr, "embudo %s: no event speaks of a lead '%s' (user id, anonymous id or e-mail)\n", command,
            id);
    return EXIT_PROBLEMS;
  }
  engine_settle_all(session->engine, session->at_ms, session->fold);
  if (engine_fold(session->engine, *lead, session->at_ms, session->fold) > 0) return 0;
  fprintf(stderr, "embudo %s: lead '%s' has no events up to %s\n", command, id,
          time_text(session->at_ms, at));
  return EXIT_PROBLEMS;
}

void session_close(struct session *s) {
  if (s->is_stored) {
    stored_close(&s->stored);
    return;
  }
  fold_free(s->fold);
  engine_free(s->engine);
  binding_free(s->binding);
  generation_free(s->generation);
}

/* --- the report ------------------------------------------------------------------------------------------------ */

static void report_rejects(const struct engine_counts *counts) {
  if (counts->rejected == 0) return;
  const char *before = ": ";
  fprintf(stderr, "%llu rejected", (unsigned long long)counts->rejected);
  for (int code = 0; code < REJECT_COUNT; code++) {
    if (counts->rejects[code] == 0) continue;
    fprintf(stderr, "%s%llu %s", before, (unsigned long long)counts->rejects[code],
            reject_word((enum reject_code)code));
    before = ", ";
  }
  fputc('\n', stderr);
}

static void tell_failure(const struct session *s, const struct script_failure *failure) {
  struct script *script = s->generation->script;
  fprintf(stderr, "%s/%s:%d: %s: %s", rules_of(s), failure->place.file, failure->place.line, failure->owner,
          failure->message);
  if (*failure->event_id) fprintf(stderr, " (event %s)", failure->event_id);
  if (*failure->lead_id) fprintf(stderr, " (lead %s)", failure->lead_id);
  uint32_t times = script_failure_count(script, failure->fn);
  if (script_stopped(script, failure->fn))
    fprintf(stderr, "; failed %u times and was stopped: the rule is unknown for every lead", times);
  else if (times > 1)
    fprintf(stderr, "; failed %u times", times);
  fputc('\n', stderr);
}

/* The first failure of each function. */
static void report_failures(const struct session *s) {
  size_t count;
  const struct script_failure *failures = script_failures(s->generation->script, &count);
  for (size_t i = 0; i < count; i++) {
    bool first = true;
    for (size_t k = 0; k < i && first; k++) first = failures[k].fn != failures[i].fn;
    if (first) tell_failure(s, &failures[i]);
  }
}

void session_report(struct session *s, uint64_t leads, uint64_t ignored) {
  struct engine_counts counts;
  char at[TIME_TEXT_MAX];
  engine_counts(s->engine, &counts);
  report_failures(s);
  if (s->options->quiet) return;
  if (s->told > SESSION_REJECTS_TOLD)
    fprintf(stderr, "... and %llu more\n", (unsigned long long)(s->told - SESSION_REJECTS_TOLD));
  report_rejects(&counts);
  double seconds = progress_seconds(&s->progress);
  fprintf(stderr, "%llu events, %llu duplicates, %llu ignored, %llu leads, %u accounts; as of %s; %.2f s",
          (unsigned long long)counts.accepted, (unsigned long long)counts.duplicates,
          (unsigned long long)(counts.ignored + ignored), (unsigned long long)leads,
          engine_accounts(s->engine)->count, counts.accepted || s->has_at ? time_text(s->at_ms, at) : "-",
          seconds);
  if (seconds > 0.2) fprintf(stderr, ", %.0f events/s", (double)counts.accepted / seconds);
  fputc('\n', stderr);
}
