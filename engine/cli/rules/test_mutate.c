#include "cli/rules/test_mutate.h"

#include "cli/progress.h"
#include "core/spec/mutation.h"
#include <stdio.h>
#include <stdlib.h>

enum { MUTATE_SAMPLE_MAX = MUTANTS_MAX };

int test_mutate_options(const struct command *self, struct mutate_options *options) {
  char *end;
  if (options->sample) {
    long long count = strtoll(options->sample, &end, 10);
    if (end == options->sample || *end || count < 1 || count > MUTATE_SAMPLE_MAX)
      return options_misuse(self, "--sample takes a number from 1 to %d, not '%s'", MUTATE_SAMPLE_MAX,
                            options->sample),
             -1;
    options->sample_count = (uint64_t)count;
  }
  if (options->seconds && !duration_parse(str_of(options->seconds), &options->seconds_ms))
    return options_misuse(self, "--for takes a duration such as 30s, not '%s'", options->seconds), -1;
  if (!options->least) return 0;
  options->least_percent = strtod(options->least, &end);
  if (end != options->least && !*end && options->least_percent >= 0 && options->least_percent <= 100)
    return 0;
  return options_misuse(self, "--min-caught takes a percentage from 0 to 100, not '%s'", options->least), -1;
}

/* --- printing ------------------------------------------------------------------------------------------------------------ */

static void add_survivor(const struct directory *directory, const struct mutant *mutant,
                         enum mutant_fate fate, struct str declaration, struct buf *out) {
  char file[DIRECTORY_FILE_MAX];
  buf_printf(out, "%s:%d: %.*s%s%s: %s\n", directory_file(directory, mutant->place.file, file),
             mutant->place.line, STR_ARG(declaration), *mutant->part ? " " : "", mutant->part,
             mutant->change);
  if (fate == MUTANT_UNSEEN) buf_add_text(out, "    no test has to do with it\n");
  buf_printf(out, "    %s\n", mutant->hint);
}

static void add_text(const struct directory *directory, const struct mutation *mutation, struct buf *out) {
  struct mutation_tally tally = mutation_tally(mutation);
  const struct mutant *mutant;
  enum mutant_fate fate;
  struct str declaration;
  for (size_t i = 0; (mutant = mutation_mutant(mutation, i, &fate, &declaration)); i++)
    if (fate == MUTANT_SURVIVED || fate == MUTANT_UNSEEN)
      add_survivor(directory, mutant, fate, declaration, out);
  buf_printf(out, "%zu of %zu changes noticed: %.1f %%\n", tally.caught, tally.tried,
             mutation_percent(&tally));
}

static void put_mutant(struct json_writer *writer, const struct mutant *mutant, enum mutant_fate fate,
                       struct str declaration) {
  static const char *const words[] = {"waiting", "none", "caught", "survived", "unseen"};
  json_open(writer, '{');
  json_key(writer, "declaration");
  json_put_str(writer, declaration);
  json_member_text(writer, "file", mutant->place.file);
  json_member_int(writer, "line", (size_t)mutant->place.line);
  json_member_text(writer, "part", mutant->part);
  json_member_text(writer, "change", mutant->change);
  json_member_text(writer, "fate", words[fate]);
  json_member_text(writer, "hint", mutant->hint);
  json_close(writer, '}');
}

static void add_json(const struct mutation *mutation, struct buf *out) {
  struct mutation_tally tally = mutation_tally(mutation);
  struct json_writer writer;
  const struct mutant *mutant;
  enum mutant_fate fate;
  struct str declaration;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  json_member_int(&writer, "tried", tally.tried);
  json_member_int(&writer, "caught", tally.caught);
  json_member_int(&writer, "survived", tally.survived);
  json_member_int(&writer, "unseen", tally.unseen);
  json_key(&writer, "percent");
  json_put_number(&writer, mutation_percent(&tally));
  json_key(&writer, "mutants");
  json_open(&writer, '[');
  for (size_t i = 0; (mutant = mutation_mutant(mutation, i, &fate, &declaration)); i++)
    if (fate != MUTANT_NONE && fate != MUTANT_WAITING) put_mutant(&writer, mutant, fate, declaration);
  json_close(&writer, ']');
  json_close(&writer, '}');
  buf_add_char(out, '\n');
}

/* --- running -------------------------------------------------------------------------------------------------------------- */

/* How many were not tried because a bound was reached. */
static size_t try_all(struct mutation *mutation, const struct mutate_options *options) {
  struct progress progress;
  size_t tried = 0, count = mutation_count(mutation);
  progress_start(&progress, "changes", false);
  while ((!options->sample_count || mutation_tally(mutation).tried < options->sample_count) &&
         (!options->seconds_ms || progress_seconds(&progress) * 1000 < (double)options->seconds_ms) &&
         mutation_step(mutation))
    tried++, progress_step(&progress, tried, tried, count);
  progress_end(&progress);
  return count - tried;
}

/* What does not pass cannot fail. */
static bool passes(const struct directory *directory) {
  struct spec_report report;
  spec_run(directory->generation, NULL, &report);
  bool fine = report.count && !report.failed;
  if (!fine && report.count)
    fprintf(stderr, "embudo test: %zu of the %zu tests fail: 'embudo test %s' first\n", report.failed,
            report.count, directory->path);
  else if (!fine)
    fprintf(stderr, "embudo test: there are no tests in %s: nothing would be noticed\n", directory->path);
  spec_report_release(&report);
  return fine;
}

int test_mutate(const struct directory *directory, const struct mutate_options *options) {
  const struct mutation_options how = {.only = str_of(options->filter), .seed = 1};
  struct buf out;
  if (!passes(directory)) return EXIT_PROBLEMS;
  struct mutation *mutation = mutation_new(directory->generation, &directory->bundle, &how);
  size_t left = try_all(mutation, options);
  struct mutation_tally tally = mutation_tally(mutation);
  buf_init(&out);
  if (options->json)
    add_json(mutation, &out);
  else
    add_text(directory, mutation, &out);
  fwrite(out.data, 1, out.len, stdout);
  if (left) fprintf(stderr, "embudo test: a sample: %zu more changes were not tried\n", left);
  bool enough =
      options->least ? mutation_percent(&tally) >= options->least_percent : tally.caught == tally.tried;
  if (!enough && options->least)
    fprintf(stderr, "embudo test: less than %s %% of the changes were noticed\n", options->least);
  buf_release(&out);
  mutation_free(mutation);
  return enough ? EXIT_FINE : EXIT_PROBLEMS;
}
