#include "cli/session.h"
#include "base/buf.h"
#include "io/feeder.h"
#include <time.h>

/* --- rules ----------------------------------------------------------------------------------------------------- */

static int load_rules(struct session *s) {
  struct problems problems;
  struct buf text;
  problems_init(&problems);
  buf_init(&text);
  s->generation = generation_load(s->options->rules, NULL, &problems);
  if (!s->generation) {
    char prefix[4096];
    snprintf(prefix, sizeof prefix, "%s/", s->options->rules);
    problems_print(&problems, prefix, &text);
    fprintf(stderr, "%sembudo %s: the rules in %s do not load\n", text.data, s->command->name,
            s->options->rules);
  }
  buf_release(&text);
  problems_release(&problems);
  return s->generation ? 0 : EXIT_PROBLEMS;
}

/* --- opening ---------------------------------------------------------------------------------------------------- */

static int parse_at(struct session *s) {
  struct engine_counts counts;
  if (s->options->at && strcmp(s->options->at, "now") == 0) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    s->at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
  } else if (s->options->at) {
    if (!time_parse(str_of(s->options->at), &s->at_ms))
      return options_misuse(s->command,
                            "--at '%s' is no instant: write 2024-01-15T09:00:00Z, 2024-01-15 or now",
                            s->options->at);
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
  struct feeder_options options = {.source = str_of(s->options->source),
                                   .csv_map = s->options->csv_map,
                                   .csv_time_ms = s->has_at ? s->at_ms : 0,
                                   .context = s,
                                   .problem = tell_problem,
                                   .progress = show_progress};
  if (feeder_file(s->engine, path, &options, &err) == 0) return;
  progress_clear(&s->progress);
  fprintf(stderr, "embudo %s: %s\n", s->command->name, err.text);
  s->file_failed = true;
}

int session_open(struct session *s, const struct command *command, const struct session_options *options,
                 int file_count, char **files) {
  static char standard_input[] = "-";
  char *none[] = {standard_input};
  *s = (struct session){.command = command, .options = options};
  int code = load_rules(s);
  if (code == 0) code = new_engine(s);
  if (code) return code;
  progress_start(&s->progress, "events", options->quiet);
  if (file_count == 0) {
    files = none;
    file_count = 1;
  }
  for (int i = 0; i < file_count; i++) feed_file(s, files[i]);
  progress_end(&s->progress);
  return parse_at(s);
}

void session_close(struct session *s) {
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
  fprintf(stderr, "%s/%s:%d: %s: %s", s->options->rules, failure->place.file, failure->place.line,
          failure->owner, failure->message);
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
          engine_accounts(s->engine)->count,
          counts.accepted || s->options->at ? time_text(s->at_ms, at) : "-", seconds);
  if (seconds > 0.2) fprintf(stderr, ", %.0f events/s", (double)counts.accepted / seconds);
  fputc('\n', stderr);
}
