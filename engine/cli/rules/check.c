/* embudo check - everything that is wrong with a rules directory, in one pass. */
#include "cli/directory.h"
#include "notation/compile.h"
#include <stdio.h>
#include <unistd.h>

struct counts { /* what was loaded */
  size_t files, rules, functions, lists, tests;
};

static size_t count_notes(const struct problems *problems) {
  size_t count = 0;
  for (size_t i = 0; i < problems->count; i++) count += problems->items[i].severity == SEVERITY_NOTE;
  return count;
}

/* A test's body is a function too, but no score rests on it. */
static size_t count_functions(const struct ruleset *rules) {
  size_t count = 0;
  for (uint32_t i = 0; i < rules->function_count; i++)
    count += !str_starts(str_of(rules->functions[i].owner), STR("test "));
  return count;
}

static struct counts count_all(const struct directory *directory) {
  const struct generation *generation = directory->generation;
  return (struct counts){
      .files = directory->bundle.count,
      .rules = generation ? generation->rules->rule_count : 0,
      .functions = generation ? count_functions(generation->rules) : 0,
      .lists = directory_files(directory, RULE_FILE_LIST),
      .tests = generation ? generation->test_count : 0,
  };
}

/* An empty directory loads, but nobody means it. */
static void look_for_rules(struct directory *directory) {
  size_t rules = directory_files(directory, RULE_FILE_LUA) + directory_files(directory, RULE_FILE_SCORECARD);
  if (directory->read && rules == 0)
    problem_add(&directory->problems, SEVERITY_WARNING, "no_rules", (struct place){"", 0},
                "rule files are named *.lua or *.yaml; 'embudo new rule NAME' writes one",
                "there are no rule files in %s", directory->path);
}

/* --- printing ----------------------------------------------------------------------------------------------------------- */

static void add_count(struct buf *out, size_t count, const char *noun, const char *after) {
  buf_printf(out, "%zu %s%s%s", count, noun, count == 1 ? "" : "s", after);
}

static void print_text(const struct directory *directory) {
  const struct problems *problems = &directory->problems;
  struct counts counts = count_all(directory);
  struct buf out;
  buf_init(&out);
  directory_print_problems(directory, STDOUT_FILENO, &out);
  buf_printf(&out, "%s: ", directory->path);
  add_count(&out, problems->errors, "error", ", ");
  add_count(&out, problems->warnings, "warning", ", ");
  add_count(&out, count_notes(problems), "note", "");
  if (directory->generation) {
    buf_add_text(&out, "; ");
    add_count(&out, counts.rules, "rule", ", ");
    add_count(&out, counts.functions, "function", ", ");
    add_count(&out, counts.lists, "list", ", ");
    add_count(&out, counts.tests, "test", " in ");
    add_count(&out, counts.files, "file", "");
  } else {
    buf_add_text(&out, "; does not load");
  }
  buf_add_char(&out, '\n');
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
}

static void print_json(const struct directory *directory) {
  struct counts counts = count_all(directory);
  struct json_writer writer;
  struct buf out;
  buf_init(&out);
  json_writer_init(&writer, &out);
  json_open(&writer, '{');
  directory_put(directory, &writer);
  json_member_int(&writer, "errors", directory->problems.errors);
  json_member_int(&writer, "warnings", directory->problems.warnings);
  json_member_int(&writer, "notes", count_notes(&directory->problems));
  json_member_int(&writer, "rules", counts.rules);
  json_member_int(&writer, "functions", counts.functions);
  json_member_int(&writer, "lists", counts.lists);
  json_member_int(&writer, "tests", counts.tests);
  json_member_int(&writer, "files", counts.files);
  json_key(&writer, "problems");
  problems_json(&directory->problems, &writer);
  json_close(&writer, '}');
  buf_add_char(&out, '\n');
  fwrite(out.data, 1, out.len, stdout);
  buf_release(&out);
}

/* --- the command -------------------------------------------------------------------------------------------------------- */

static int run(const struct command *self, int argc, char **argv) {
  const char *rules = NULL, *plugins = NULL;
  bool json = false, strict = false;
  const struct option_spec specs[] = {{"rules", &rules, NULL},
                                      {"plugins", &plugins, NULL},
                                      {"json", NULL, &json},
                                      {"strict", NULL, &strict},
                                      {NULL, NULL, NULL}};
  struct directory directory;
  int rest = options_parse(self, specs, argc, argv);
  const char *path = rest < 0 ? NULL : directory_argument(self, rules, rest, argv);
  if (!path) return EXIT_USAGE;
  directory_load(&directory, path, plugins, true);
  if (directory.generation) notation_check(directory.generation->rules, &directory.problems);
  look_for_rules(&directory);
  problems_sort(&directory.problems);
  if (json)
    print_json(&directory);
  else
    print_text(&directory);
  bool bad = directory.problems.errors || (strict && directory.problems.warnings);
  directory_release(&directory);
  return bad ? EXIT_PROBLEMS : EXIT_FINE;
}

const struct command command_check = {
    .name = "check",
    .summary = "find everything that is wrong with a rules directory",
    .usage =
        "usage: embudo check [--json] [--strict] [--plugins DIR] [DIR]\n"
        "\n"
        "Loads every file of DIR (default: rules), tests included, and prints all problems at once:\n"
        "  rules/web.lua:12: error: unknown field 'limt'; did you mean 'limit'?\n"
        "Errors keep the rules from loading: unknown names and fields, names declared twice, missing lists,\n"
        "circles between dimensions. Warnings load but cannot be meant: bars no score can reach, rules and\n"
        "moves that never happen, moves that flap, caps a flood keeps full. Notes are for judgement: how\n"
        "much of the score rests on functions, groups without a rule that takes points away. The last\n"
        "line counts them, and what was loaded.\n"
        "\n"
        "  --strict      warnings count as errors\n"
        "  --json        the same as one JSON object\n"
        "  --rules DIR   another way to name the directory\n"
        "  --plugins DIR enrichers and destinations beside it, as 'embudo run' takes them\n"
        "\n"
        "Exit code: 0; 1 when there are errors (with --strict: or warnings) or DIR cannot be read; 2 for\n"
        "wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo check\n"
        "  embudo check --strict examples/olist/rules\n"
        "  embudo check --json rules | jq '.problems[] | select(.severity == \"error\")'\n",
    .run = run,
};
