/* embudo test - runs the tests of a rules directory. */
#include "cli/directory.h"
#include "cli/style.h"
#include "core/spec.h"
#include <stdio.h>
#include <unistd.h>

enum { TEST_INDENT = 5 /* under a test's name */ };

struct test_options {
  const char *rules, *filter;
  bool json;
};

/* --- printing ----------------------------------------------------------------------------------------------------------- */

static void add_indented(const char *text, size_t indent, struct buf *out) {
  while (*text) {
    size_t len = strcspn(text, "\n");
    if (len) buf_add_repeat(out, ' ', indent);
    buf_add(out, text, len);
    buf_add_char(out, '\n');
    text += len + (text[len] == '\n');
  }
}

static void add_failure(const struct directory *directory, const struct spec_result *result,
                        struct buf *out) {
  char time[TIME_TEXT_MAX];
  buf_printf(out, "%*s%s%s:%d, at %s:\n", TEST_INDENT, "", directory->prefix, result->failed_at.file,
             result->failed_at.line, time_text(result->time_ms, time));
  add_indented(result->message, TEST_INDENT + 2, out);
  if (!*result->explanation) return;
  buf_add_char(out, '\n');
  add_indented(result->explanation, TEST_INDENT + 2, out);
  buf_add_char(out, '\n');
}

static void add_result(const struct directory *directory, const struct spec_result *result, struct buf *out) {
  const struct style *style = style_of(STDOUT_FILENO);
  buf_printf(out, "%s%s%s %s %s(%s%s:%d)%s\n", result->ok ? style->green : style->red,
             result->ok ? "ok  " : "FAIL", style->off, result->name, style->dim, directory->prefix,
             result->place.file, result->place.line, style->off);
  if (!result->ok) add_failure(directory, result, out);
}

static void add_text(const struct directory *directory, const struct spec_report *report, struct buf *out) {
  for (size_t i = 0; i < report->count; i++) add_result(directory, &report->results[i], out);
  buf_printf(out, "%zu passed, %zu failed\n", report->count - report->failed, report->failed);
}

static void put_place(struct json_writer *writer, const char *key, const struct place *place) {
  json_key(writer, key);
  json_open(writer, '{');
  json_key(writer, "file");
  json_put_text(writer, place->file);
  json_key(writer, "line");
  json_put_int(writer, place->line);
  json_close(writer, '}');
}

static void put_result(struct json_writer *writer, const struct spec_result *result) {
  json_open(writer, '{');
  json_key(writer, "name");
  json_put_text(writer, result->name);
  put_place(writer, "place", &result->place);
  json_key(writer, "ok");
  json_put_bool(writer, result->ok);
  if (!result->ok) {
    put_place(writer, "failed_at", &result->failed_at);
    json_key(writer, "time");
    json_put_time(writer, result->time_ms);
    json_key(writer, "message");
    json_put_text(writer, result->message);
    json_key(writer, "explanation");
    json_put_text(writer, result->explanation);
  }
  json_close(writer, '}');
}

static void add_json(const struct directory *directory, const struct spec_report *report, struct buf *out) {
  struct json_writer writer;
  json_writer_init(&writer, out);
  json_open(&writer, '{');
  json_key(&writer, "directory");
  json_put_text(&writer, directory->path);
  json_key(&writer, "ruleset");
  if (directory->generation)
    json_put_text(&writer, directory->generation->rules->hash);
  else
    json_put_null(&writer);
  json_key(&writer, "passed");
  json_put_int(&writer, (int64_t)(report->count - report->failed));
  json_key(&writer, "failed");
  json_put_int(&writer, (int64_t)report->failed);
  json_key(&writer, "tests");
  json_open(&writer, '[');
  for (size_t i = 0; i < report->count; i++) put_result(&writer, &report->results[i]);
  json_close(&writer, ']');
  json_key(&writer, "problems");
  problems_json(&directory->problems, &writer);
  json_close(&writer, '}');
  buf_add_char(out, '\n');
}

/* --- running ------------------------------------------------------------------------------------------------------------ */

/* Nothing was proved: said on standard error, since the report itself is fine. */
static void tell_no_tests(const struct directory *directory, const struct test_options *options) {
  if (directory->generation->test_count && options->filter)
    fprintf(stderr, "embudo test: no test in %s has '%s' in its name\n", directory->path, options->filter);
  else
    fprintf(
        stderr,
        "embudo test: there are no tests in %s: they stand in files named *_test.lua ('embudo help tests')\n",
        directory->path);
}

static int run_tests(const struct directory *directory, const struct test_options *options, struct buf *out) {
  const struct spec_options spec_options = {.only = str_of(options->filter)};
  struct spec_report report = {0};
  spec_run(directory->generation, &spec_options, &report);
  if (options->json)
    add_json(directory, &report, out);
  else if (report.count)
    add_text(directory, &report, out);
  if (report.count == 0) tell_no_tests(directory, options);
  int code = report.count == 0 || report.failed ? EXIT_PROBLEMS : EXIT_FINE;
  spec_report_release(&report);
  return code;
}

/* Rules that do not load cannot be tested. */
static int refuse(const struct directory *directory, const struct test_options *options, struct buf *out) {
  const struct spec_report none = {0};
  if (options->json) {
    add_json(directory, &none, out);
  } else {
    directory_print_problems(directory, STDOUT_FILENO, out);
    buf_printf(out, "%s does not load: nothing was tested\n", directory->path);
  }
  return EXIT_PROBLEMS;
}

static int run(const struct command *self, int argc, char **argv) {
  struct test_options options = {0};
  const struct option_spec specs[] = {{"rules", &options.rules, NULL},
                                      {"filter", &options.filter, NULL},
                                      {"json", NULL, &options.json},
                                      {NULL, NULL, NULL}};
  struct directory directory;
  struct buf out;
  int rest = options_parse(self, specs, argc, argv);
  const char *path = rest < 0 ? NULL : directory_argument(self, options.rules, rest, argv);
  if (!path) return EXIT_USAGE;
  buf_init(&out);
  directory_load(&directory, path, true);
  int code =
      directory.generation ? run_tests(&directory, &options, &out) : refuse(&directory, &options, &out);
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
  directory_release(&directory);
  return code;
}

const struct command command_test = {
    .name = "test",
    .summary = "run the tests of a rules directory",
    .usage =
        "usage: embudo test [--filter TEXT] [--json] [DIR]\n"
        "\n"
        "Loads DIR (default: rules) with its *_test.lua files and runs every test: each with an engine of "
        "its\n"
        "own, a lead nobody has seen and a clock that moves only as the test says. Prints a line for each\n"
        "test; for one that fails the line of the file, what was expected, what is, and the whole\n"
        "explanation of the lead. The last line counts them.\n"
        "\n"
        "  --filter TEXT   only tests whose name contains TEXT\n"
        "  --json          the same as one JSON object\n"
        "  --rules DIR     another way to name the directory\n"
        "\n"
        "Exit code: 0 when all tests passed; 1 when one failed, there is none, or the rules do not load; 2\n"
        "for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo test\n"
        "  embudo test examples/olist/rules\n"
        "  embudo test --filter webinar rules\n",
    .run = run,
};
