/* embudo new - a working, documented start: a rule with its test, or a list. */
#include "cli/directory.h"
#include "cli/rules/new_template.h"
#include "cli/style.h"
#include "model/ruleset/framework.h"
#include "notation/node.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEST_ENDING "_test.lua"

enum {
  NAME_MAX_BYTES = 64,
  TEMPLATE_POINTS = 5 /* the test template counts on it */,
  TEMPLATE_NAME_MAX = 40
};

struct start { /* what is being written */
  const char *name;
  struct directory directory; /* names and paths made here live in its problems' arena */
  struct buf text;            /* of the file being made */
};

/* --- names -------------------------------------------------------------------------------------------------------------- */

static bool is_name(const char *name) {
  size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
  return len > 0 && len <= NAME_MAX_BYTES && !name[len] && *name >= 'a' && *name <= 'z';
}

/* Why the name cannot be had; NULL when it can. */
static const char *refuse_name(const char *name) {
  if (!is_name(name)) return "a name begins with a letter and has letters a-z, digits and _, at most 64";
  if (str_ends(str_of(name), STR("_test"))) return "files named *_test.lua hold tests";
  return NULL;
}

/* pricing_page -> "Pricing Page", an event's name as Segment's specification likes them. */
static const char *event_name(struct start *start) {
  char *text = arena_dup(&start->directory.problems.arena, start->name, strlen(start->name) + 1);
  bool first = true;
  for (char *c = text; *c; c++) {
    if (*c == '_') *c = ' ';
    if (first && *c >= 'a' && *c <= 'z') *c = (char)(*c - 'a' + 'A');
    first = *c == ' ';
  }
  return text;
}

/* --- what the directory already declares -------------------------------------------------------------------------------- */

struct home { /* where the new rule's points go */
  const char *dimension;
  const char *group; /* NULL: none */
  bool declared;     /* false: the new file declares its dimension itself */
};

/* The group of the dimension that has the most rules: the likeliest place for one more. */
static const char *busiest_group(const struct ruleset *rules, int dimension) {
  const char *busiest = NULL;
  uint32_t most = 0;
  for (uint32_t i = 0; i < rules->group_count; i++) {
    uint32_t count = 0;
    if (rules->groups[i].dimension != dimension) continue;
    for (uint32_t j = 0; j < rules->rule_count; j++) count += rules->rules[j].group == (int)i;
    if (busiest && count <= most) continue;
    busiest = rules->groups[i].name;
    most = count;
  }
  return busiest;
}

static struct home find_home(const struct ruleset *rules) {
  if (rules->dimension_count == 0) return (struct home){"engagement", NULL, false};
  int dimension = ruleset_dimension(rules, STR("engagement"));
  if (dimension == NONE) dimension = 0;
  return (struct home){rules->dimensions[dimension].name, busiest_group(rules, dimension), true};
}

/* A value as it is written in Lua, whatever characters a name has. */
static const char *written(struct start *start, const struct node *node) {
  buf_clear(&start->text);
  node_write(node, &start->text);
  return arena_str(&start->directory.problems.arena, buf_str(&start->text)).p;
}

static const char *quoted(struct start *start, const char *name) {
  const struct node node = {.kind = NODE_STRING, .text = str_of(name)};
  return written(start, &node);
}

static const char *points_text(struct start *start, const char *dimension) {
  const struct node_pair pair = {.key = str_of(dimension),
                                 .value = {.kind = NODE_NUMBER, .number = TEMPLATE_POINTS}};
  const struct node table = {.kind = NODE_TABLE, .table = {.pairs = &pair, .pair_count = 1}};
  return written(start, &table);
}

/* --- kinds of starts ------------------------------------------------------------------------------------------------------ */

/* What can be made. Its texts are templates: WORD and its ending, WORD_test.lua, and WORD_steps.txt, which says what to do next. */
struct kind {
  const char *word, *article;
  const char *folder; /* below the rules directory: "lists/" */
  const char *ending; /* of its file, after its name */
  bool tested;        /* a test is written beside it */
  /* Where one of that name is declared, whatever its file is called; NULL: nowhere. No function: only files count. */
  const struct place *(*declared)(const struct ruleset *rules, struct str name);
};

static const struct place *rule_place(const struct ruleset *rules, struct str name) {
  int rule = ruleset_rule(rules, name);
  return rule == NONE ? NULL : &rules->rules[rule].place;
}

static const struct place *framework_place(const struct ruleset *rules, struct str name) {
  int framework = ruleset_framework(rules, name);
  return framework == NONE ? NULL : &rules->frameworks[framework].place;
}

static const struct place *enricher_place(const struct ruleset *rules, struct str name) {
  int enricher = ruleset_enricher(rules, name);
  return enricher == NONE ? NULL : &rules->functions[rules->enrichers[enricher].run_fn].place;
}

static const struct place *destination_place(const struct ruleset *rules, struct str name) {
  int destination = ruleset_destination(rules, name);
  return destination == NONE ? NULL : &rules->destinations[destination].place;
}

static const struct kind kinds[] = {
    {"rule", "a", "", ".lua", true, rule_place},
    {"framework", "a", "", ".lua", true, framework_place},
    {"enricher", "an", "", ".lua", true, enricher_place},
    {"destination", "a", "", ".lua", true, destination_place},
    {"list", "a", "lists/", ".txt", false, NULL},
    {.word = NULL},
};

/* --- writing ------------------------------------------------------------------------------------------------------------ */

static int make_directory(const char *path) {
  if (mkdir(path, 0777) == 0 || errno == EEXIST) return 0;
  fprintf(stderr, "embudo new: %s: %s\n", path, strerror(errno));
  return -1;
}

/* DIR/NAME and its ending, in a folder such as "lists/" or, with "", beside the rules. Lives as long as the directory. */
static const char *file_path(struct start *start, const char *folder, const char *name, const char *ending) {
  return arena_printf(&start->directory.problems.arena, "%s%s%s%s", start->directory.prefix, folder, name,
                      ending);
}

static bool is_free(const char *path) {
  struct stat info;
  if (lstat(path, &info) && errno == ENOENT) return true;
  fprintf(stderr, "embudo new: %s is there already: choose another name, or remove it first\n", path);
  return false;
}

/* Creates the file, never over another one; what could not be written whole is removed again. */
static int write_file(const char *path, const struct buf *text) {
  FILE *file = fopen(path, "wx");
  bool written = file && fwrite(text->data, 1, text->len, file) == text->len;
  int failure = errno;
  if (file && fclose(file) != 0) {
    if (written) failure = errno;
    written = false;
  }
  if (written) {
    printf("wrote %s\n", path);
    return 0;
  }
  fprintf(stderr, "embudo new: %s: %s\n", path, strerror(failure));
  if (file) unlink(path);
  return -1;
}

/* Into start->text: the template WORD and `ending`. */
static void fill_in(struct start *start, const struct kind *kind, const char *ending,
                    const struct template_value *values) {
  char template[TEMPLATE_NAME_MAX];
  snprintf(template, sizeof template, "%s%s", kind->word, ending);
  buf_clear(&start->text);
  new_template(template, values, &start->text);
}

static int write_template(struct start *start, const char *path, const struct kind *kind, const char *ending,
                          const struct template_value *values) {
  fill_in(start, kind, ending, values);
  return write_file(path, &start->text);
}

/* --- making one ----------------------------------------------------------------------------------------------------------- */

static bool is_undeclared(const struct start *start, const struct kind *kind) {
  const struct place *place =
      kind->declared ? kind->declared(start->directory.generation->rules, str_of(start->name)) : NULL;
  if (!place) return true;
  fprintf(stderr, "embudo new: there is %s %s '%s' already: %s%s:%d\n", kind->article, kind->word,
          start->name, start->directory.prefix, place->file, place->line);
  return false;
}

/* The file and its test, or neither. */
static int write_files(struct start *start, const struct kind *kind, const char *path, const char *test_path,
                       const struct template_value *values) {
  if (!is_free(path) || (kind->tested && !is_free(test_path))) return -1;
  if (*kind->folder && make_directory(file_path(start, kind->folder, "", ""))) return -1;
  if (write_template(start, path, kind, kind->ending, values)) return -1;
  if (!kind->tested || write_template(start, test_path, kind, TEST_ENDING, values) == 0) return 0;
  unlink(path);
  return -1;
}

static int make(struct start *start, const struct kind *kind) {
  struct home home = find_home(start->directory.generation->rules);
  const char *path = file_path(start, kind->folder, start->name, kind->ending);
  const char *test_path = file_path(start, kind->folder, start->name, TEST_ENDING);
  const struct template_value values[] = {{"name", start->name},
                                          {"event", event_name(start)},
                                          {"points", points_text(start, home.dimension)},
                                          {"group", home.group ? quoted(start, home.group) : NULL},
                                          {"dimension", home.declared ? NULL : home.dimension},
                                          {"rules", start->directory.path},
                                          {"file", path},
                                          {"test", test_path},
                                          {NULL, NULL}};
  if (!is_undeclared(start, kind) || write_files(start, kind, path, test_path, values)) return EXIT_PROBLEMS;
  fill_in(start, kind, "_steps.txt", values);
  printf("\n%s", start->text.data);
  return EXIT_FINE;
}

/* --- the command -------------------------------------------------------------------------------------------------------- */

/* The directory as it is, so that what is written fits in. */
static int load(struct start *start, const char *path) {
  if (make_directory(path)) return -1;
  directory_load(&start->directory, path, NULL, false);
  if (start->directory.generation) return 0;
  struct buf out;
  buf_init(&out);
  directory_print_problems(&start->directory, STDERR_FILENO, &out);
  fputs(out.data, stderr);
  fprintf(stderr, "embudo new: mend this first: what is there decides how the new file must look\n");
  buf_release(&out);
  return -1;
}

static int run(const struct command *self, int argc, char **argv) {
  const char *rules = DIRECTORY_DEFAULT;
  const struct option_spec specs[] = {{"rules", &rules, NULL}, {NULL, NULL, NULL}};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest != 2)
    return options_misuse(self, "say what and its name: embudo new rule NAME; framework, enricher, "
                                "destination and list are made likewise");
  const struct kind *kind = kinds;
  while (kind->word && strcmp(kind->word, argv[0]) != 0) kind++;
  if (!kind->word)
    return options_misuse(
        self, "cannot make a '%s', only a rule, a framework, an enricher, a destination or a list", argv[0]);
  const char *reason = refuse_name(argv[1]);
  if (reason) return options_misuse(self, "'%s' cannot be the name: %s", argv[1], reason);
  if (!*rules) return options_misuse(self, "the rules directory has no name");
  struct start start = {.name = argv[1]};
  buf_init(&start.text);
  int code = EXIT_PROBLEMS;
  if (load(&start, rules) == 0) code = make(&start, kind);
  directory_release(&start.directory);
  buf_release(&start.text);
  return code;
}

const struct command command_new = {
    .name = "new",
    .summary = "write a rule, a framework, an enricher or a destination with its test, or a list",
    .usage =
        "usage: embudo new rule NAME [--rules DIR]\n"
        "       embudo new framework NAME [--rules DIR]\n"
        "       embudo new enricher NAME [--rules DIR]\n"
        "       embudo new destination NAME [--rules DIR]\n"
        "       embudo new list NAME [--rules DIR]\n"
        "\n"
        "rule  writes DIR/NAME.lua, a rule that works and says in comments what can be changed, and\n"
        "      DIR/NAME_test.lua, its test. It uses a dimension and a group that DIR declares; in an\n"
        "      empty directory it declares a dimension of its own.\n"
        "framework  writes DIR/NAME.lua, questions that qualify a lead, and DIR/NAME_test.lua.\n"
        "enricher  the same for asking another service, with answers made up in its test.\n"
        "destination  the same for telling another system, with answers made up in its test.\n"
        "list  writes DIR/lists/NAME.txt and prints how a rule names it.\n"
        "\n"
        "NAME begins with a letter and has letters a-z, digits and _. Nothing is ever overwritten. What is\n"
        "written passes 'embudo check' and 'embudo test' as it is.\n"
        "\n"
        "  --rules DIR   the rules directory (default: rules); made when it is not there\n"
        "\n"
        "Exit code: 0; 1 when the file or rule is there already, DIR's rules do not load or it cannot be\n"
        "written; 2 for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo new rule pricing_page\n"
        "  embudo new list competitors --rules examples/olist/rules\n",
    .run = run,
};
