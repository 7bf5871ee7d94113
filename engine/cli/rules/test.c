/* embudo test - runs the tests of a rules directory. */
#include "cli/rules/test_mutate.h"
#include "cli/rules/test_report.h"
#include "cli/rules/test_watch.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct test_options {
  const char *path; /* the directory */
  const char *rules, *plugins, *filter, *file, *min_coverage;
  double least; /* percent */
  bool json, tap, coverage, mutate, watch;
  struct mutate_options mutation;
};

/* Nothing was proved: said on standard error, since the report itself is fine. */
static void tell_no_tests(const struct directory *directory, const struct test_options *options) {
  if (directory->generation->test_count && options->filter)
    fprintf(stderr, "embudo test: no test in %s has '%s' in its name\n", directory->path, options->filter);
  else if (directory->generation->test_count)
    fprintf(stderr, "embudo test: no test file in %s has '%s' in its path\n", directory->path, options->file);
  else
    fprintf(
        stderr,
        "embudo test: there are no tests in %s: they stand in files named *_test.lua ('embudo help tests')\n",
        directory->path);
}

static void add_report(const struct directory *directory, const struct test_options *options,
                       const struct spec_report *report, const struct coverage *coverage, struct buf *out) {
  if (options->json) {
    test_json(directory, report, coverage, out);
  } else if (options->tap) {
    test_tap(directory, report, out);
  } else if (report->count) {
    test_text(directory, report, out);
    if (options->coverage) test_coverage_text(directory, coverage, out);
  }
}

/* Tests may all pass and still leave too much unseen. */
static bool covers_enough(const struct test_options *options, const struct coverage *coverage) {
  if (!options->min_coverage || coverage_percent(coverage) >= options->least) return true;
  uint32_t seen, required = coverage_required(coverage, &seen);
  fprintf(stderr, "embudo test: %u of %u outcomes are covered, %.1f %%: less than %s %%%s\n", seen, required,
          coverage_percent(coverage), options->min_coverage,
          options->coverage ? "" : " ('embudo test --coverage' names what no test sees)");
  return false;
}

static int run_tests(const struct directory *directory, const struct test_options *options, struct buf *out) {
  struct spec_options spec_options = {.only = str_of(options->filter), .file = str_of(options->file)};
  struct spec_report report = {0};
  struct coverage *coverage = NULL;
  if (options->coverage || options->min_coverage) coverage = coverage_new(directory->generation->rules);
  spec_options.coverage = coverage;
  spec_run(directory->generation, &spec_options, &report);
  add_report(directory, options, &report, options->coverage ? coverage : NULL, out);
  if (report.count == 0) tell_no_tests(directory, options);
  int code =
      report.count == 0 || report.failed || !covers_enough(options, coverage) ? EXIT_PROBLEMS : EXIT_FINE;
  coverage_free(coverage);
  spec_report_release(&report);
  return code;
}

/* Rules that do not load cannot be tested. */
static int refuse(const struct directory *directory, const struct test_options *options, struct buf *out) {
  const struct spec_report none = {0};
  if (options->json) {
    test_json(directory, &none, NULL, out);
  } else if (options->tap) {
    buf_printf(out, "TAP version 14\nBail out! %s does not load: 'embudo check %s' says why\n",
               directory->path, directory->path);
  } else {
    directory_print_problems(directory, STDOUT_FILENO, out);
    buf_printf(out, "%s does not load: nothing was tested\n", directory->path);
  }
  return EXIT_PROBLEMS;
}

/* -1 after a message. */
static int check_options(const struct command *self, struct test_options *options) {
  char *end = NULL;
  const struct mutate_options *mutation = &options->mutation;
  if (!options->mutate && (mutation->sample || mutation->seconds || mutation->least))
    return options_misuse(self, "--sample, --for and --min-caught go with --mutate"), -1;
  if (options->mutate && (options->tap || options->coverage || options->min_coverage || options->file))
    return options_misuse(self, "--mutate goes with --filter, --sample, --for, --min-caught and --json"), -1;
  if (options->watch && (options->json || options->tap))
    return options_misuse(self, "--watch prints for people: leave out --json and --tap"), -1;
  if (test_mutate_options(self, &options->mutation)) return -1;
  if (options->json && options->tap) return options_misuse(self, "--json or --tap, not both"), -1;
  if (options->tap && options->coverage)
    return options_misuse(self, "TAP has no place for coverage: take --json, or --min-coverage alone"), -1;
  if (!options->min_coverage) return 0;
  options->least = strtod(options->min_coverage, &end);
  if (end != options->min_coverage && *end == '\0' && options->least >= 0 && options->least <= 100) return 0;
  return options_misuse(self, "--min-coverage takes a percentage from 0 to 100, not '%s'",
                        options->min_coverage),
         -1;
}

static int load_and_run(void *context) {
  const struct test_options *options = context;
  const struct generation_options how = {.with_tests = true, .keep_declared = options->mutate};
  struct directory directory;
  struct buf out;
  buf_init(&out);
  directory_load_as(&directory, options->path, options->plugins, &how);
  int code = !directory.generation ? refuse(&directory, options, &out)
             : options->mutate     ? test_mutate(&directory, &options->mutation)
                                   : run_tests(&directory, options, &out);
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
  directory_release(&directory);
  return code;
}

static int run(const struct command *self, int argc, char **argv) {
  struct test_options options = {0};
  const struct option_spec specs[] = {{"rules", &options.rules, NULL},
                                      {"plugins", &options.plugins, NULL},
                                      {"filter", &options.filter, NULL},
                                      {"file", &options.file, NULL},
                                      {"json", NULL, &options.json},
                                      {"tap", NULL, &options.tap},
                                      {"coverage", NULL, &options.coverage},
                                      {"min-coverage", &options.min_coverage, NULL},
                                      {"mutate", NULL, &options.mutate},
                                      {"watch", NULL, &options.watch},
                                      {"sample", &options.mutation.sample, NULL},
                                      {"for", &options.mutation.seconds, NULL},
                                      {"min-caught", &options.mutation.least, NULL},
                                      {NULL, NULL, NULL}};
  int rest = options_parse(self, specs, argc, argv);
  options.path = rest < 0 ? NULL : directory_argument(self, options.rules, rest, argv);
  if (!options.path || check_options(self, &options)) return EXIT_USAGE;
  options.mutation.filter = options.filter;
  options.mutation.json = options.json;
  return options.watch ? test_watch(options.path, options.plugins, load_and_run, &options)
                       : load_and_run(&options);
}

const struct command command_test = {
    .name = "test",
    .summary = "run the tests of a rules directory",
    .usage =
        "usage: embudo test [--filter TEXT] [--file TEXT] [--coverage] [--json | --tap] [DIR]\n"
        "       embudo test --mutate [--filter TEXT] [--sample N] [--for SPAN] [--json] [DIR]\n"
        "\n"
        "Loads DIR (default: rules) with its *_test.lua files and runs every test: each with an engine of "
        "its\n"
        "own, a lead nobody has seen and a clock that moves only as the test says. Prints a line for each\n"
        "test; for one that fails the line of the file, what was expected, what is, and the whole\n"
        "explanation of the lead. The last line counts them.\n"
        "\n"
        "  --filter TEXT      only tests whose name contains TEXT\n"
        "  --file TEXT        only tests of files whose path contains TEXT\n"
        "  --coverage         also which outcomes of every rule, move and gate the tests have seen: fired, "
        "not\n"
        "                     fired, limited, capped, each row of a table ..., and what it takes to see the "
        "rest\n"
        "  --min-coverage N   fail when fewer than N percent of them were seen\n"
        "  --tap              TAP version 14, for test harnesses\n"
        "  --watch            again whenever a file changes, until Ctrl-C\n"
        "  --json             the same as one JSON object\n"
        "  --mutate           change points, bounds, spans, limits, conditions and moves one at a time, and "
        "tell\n"
        "                     which changes no test notices; --filter then chooses rules by their id\n"
        "  --sample N         try only N changes, drawn evenly\n"
        "  --for SPAN         try no more after that time, for example 30s\n"
        "  --min-caught N     fail when fewer than N percent are noticed; without it, when one is not\n"
        "  --rules DIR        another way to name the directory\n"
        "  --plugins DIR      enrichers and destinations beside it, as 'embudo run' takes them; their tests "
        "run, too\n"
        "\n"
        "Exit code: 0 when all tests passed; 1 when one failed, there is none, too little was covered, or "
        "the\n"
        "rules do not load; 2 for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo test\n"
        "  embudo test examples/olist/rules\n"
        "  embudo test --filter webinar --coverage rules\n"
        "  embudo test --min-coverage 100 --tap rules\n"
        "  embudo test --mutate --filter pricing rules\n",
    .run = run,
};
