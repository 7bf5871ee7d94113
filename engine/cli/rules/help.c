/* embudo help - the manual of the commands and of the rule language. */
#include "base/file.h"
#include "cli/options.h"
#include "cli/rules/reference.h"
#include "core/config/config.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOPICS_MAX = 1024 };

static const char settings[] = "config"; /* the topic of embudo.yaml */

struct help {
  struct reference reference;
  const struct style *style;
  struct buf out;
};

static void add_language(struct help *help) {
  buf_add_text(&help->out, "The words of the rule language, by chapters:\n\n");
  reference_words_text(&help->reference, help->style, &help->out);
}

/* The commands are printed at once, in front of what is gathered here. */
static void add_overview(struct help *help) {
  commands_print(stdout, help->style);
  buf_add_char(&help->out, '\n');
  add_language(help);
  buf_add_text(&help->out,
               "\n'embudo help COMMAND', 'embudo help CHAPTER' and 'embudo help WORD' tell more.\n");
}

/* --- one topic -------------------------------------------------------------------------------------------------------- */

/* One name may be several things: `score` is a command and a condition. */
static void between(struct help *help) {
  if (help->out.len) buf_add_char(&help->out, '\n');
}

static void add_command(struct help *help, const struct command *command) {
  between(help);
  buf_printf(&help->out, "%sembudo %s%s: %s\n\n%s", help->style->bold, command->name, help->style->off,
             command->summary, command->usage);
}

static void add_fields_named(struct help *help, struct str topic) {
  const struct reference_field *field;
  const struct reference_entry *entry;
  for (uint32_t n = 0; (entry = reference_with_field(&help->reference, topic, n, &field)); n++) {
    between(help);
    reference_field_text(entry, field, help->style, &help->out);
  }
}

/* "rules" is the whole language; "lead" and "event" are the views that functions get; "t" is a test's. */
static void add_prefix(struct help *help, struct str topic) {
  for (uint32_t i = 0; i < help->reference.entry_count; i++) {
    const struct reference_entry *entry = &help->reference.entries[i];
    struct str name = str_of(entry->name);
    if (!str_starts(name, topic) || name.len == topic.len || !strchr(".:", name.p[topic.len])) continue;
    between(help);
    reference_entry_text(entry, help->style, &help->out);
  }
}

static void add_topic(struct help *help, const char *topic) {
  struct str name = str_of(topic);
  const struct command *command = command_find(topic);
  const struct reference_entry *entry = reference_find(&help->reference, name);
  const struct reference_group *group = reference_group(&help->reference, name);
  if (command) add_command(help, command);
  if (entry) {
    between(help);
    reference_entry_text(entry, help->style, &help->out);
  }
  if (group) {
    between(help);
    reference_group_text(group, help->style, &help->out);
  }
  if (strcmp(topic, "rules") == 0) add_language(help);
  if (strcmp(topic, settings) == 0) config_text(&help->out);
  if (help->out.len == 0) add_fields_named(help, name);
  if (help->out.len == 0) add_prefix(help, name);
}

/* --- a topic that does not exist ---------------------------------------------------------------------------------------- */

static void collect(const char **topics, size_t *count, const char *name) {
  if (*count < TOPICS_MAX) topics[(*count)++] = name;
}

static int unknown(const struct help *help, const struct command *self, const char *topic) {
  const char *topics[TOPICS_MAX + 1];
  size_t count = 0;
  for (const struct command *const *c = commands; *c; c++) collect(topics, &count, (*c)->name);
  collect(topics, &count, settings);
  for (uint32_t i = 0; i < help->reference.group_count; i++)
    collect(topics, &count, help->reference.groups[i].name);
  for (uint32_t i = 0; i < help->reference.entry_count; i++) {
    const struct reference_entry *entry = &help->reference.entries[i];
    collect(topics, &count, entry->name);
    for (uint32_t j = 0; j < entry->field_count; j++) collect(topics, &count, entry->fields[j].name);
  }
  topics[count] = NULL;
  const char *near = str_nearest(str_of(topic), topics);
  if (near) return options_misuse(self, "there is no topic '%s': did you mean '%s'?", topic, near);
  return options_misuse(self, "there is no topic '%s'; 'embudo help' lists them", topic);
}

/* --- the command -------------------------------------------------------------------------------------------------------- */

enum form { FORM_TEXT, FORM_MARKDOWN, FORM_ANNOTATIONS };

static int answer(struct help *help, const struct command *self, enum form form, const char *topic) {
  if (form == FORM_MARKDOWN && topic)
    config_markdown(&help->out);
  else if (form == FORM_MARKDOWN)
    reference_markdown(&help->reference, &help->out);
  else if (form == FORM_ANNOTATIONS)
    reference_annotations(&help->reference, &help->out);
  else if (topic)
    add_topic(help, topic);
  else
    add_overview(help);
  if (help->out.len == 0) return unknown(help, self, topic);
  fwrite(help->out.data, 1, help->out.len, stdout);
  return EXIT_FINE;
}

/* What an editor with the Lua language server needs, in a directory of its own. */
static int write_stubs(struct help *help, const char *dir) {
  struct err err;
  struct buf path;
  reference_annotations(&help->reference, &help->out);
  if (mkdir(dir, 0777) && errno != EEXIST) {
    err_system(&err, "directory %s", dir);
    fprintf(stderr, "embudo help: %s\n", err.text);
    return EXIT_PROBLEMS;
  }
  buf_init(&path);
  buf_printf(&path, "%s/embudo.lua", dir);
  int code = file_write(path.data, 0666, buf_str(&help->out), &err) ? EXIT_PROBLEMS : EXIT_FINE;
  if (code == EXIT_FINE)
    printf("wrote %s. In .luarc.json beside the rules:\n  {\"runtime.version\": \"Lua 5.4\", "
           "\"workspace.library\": [\"%s\"]}\n",
           path.data, dir);
  else
    fprintf(stderr, "embudo help: %s\n", err.text);
  buf_release(&path);
  return code;
}

/* -1 after a message. */
static int read_form(const struct command *self, bool markdown, bool annotations, const char *topic,
                     enum form *form) {
  *form = markdown ? FORM_MARKDOWN : annotations ? FORM_ANNOTATIONS : FORM_TEXT;
  if (markdown && annotations)
    options_misuse(self, "--markdown or --annotations, not both");
  else if (*form != FORM_TEXT && topic && (annotations || strcmp(topic, settings) != 0))
    options_misuse(self, "--%s prints all words: leave out '%s'", markdown ? "markdown" : "annotations",
                   topic);
  else
    return 0;
  return -1;
}

static int run(const struct command *self, int argc, char **argv) {
  bool markdown = false, annotations = false;
  const char *stubs = NULL;
  const struct option_spec specs[] = {{"markdown", NULL, &markdown},
                                      {"annotations", NULL, &annotations},
                                      {"stubs", &stubs, NULL},
                                      {NULL, NULL, NULL}};
  struct help help = {.style = style_of(STDOUT_FILENO)};
  struct err err;
  enum form form;
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0) return EXIT_USAGE;
  if (rest > 1) return options_misuse(self, "one topic at a time, not '%s' and '%s'", argv[0], argv[1]);
  const char *topic = rest ? argv[0] : NULL;
  if (stubs && (markdown || annotations || topic))
    return options_misuse(self, "--stubs writes all words for editors: it goes alone");
  if (read_form(self, markdown, annotations, topic, &form)) return EXIT_USAGE;
  int code = EXIT_PROBLEMS;
  buf_init(&help.out);
  if (reference_load(&help.reference, &err))
    fprintf(stderr, "embudo help: %s\n", err.text);
  else
    code = stubs ? write_stubs(&help, stubs) : answer(&help, self, form, topic);
  buf_release(&help.out);
  reference_release(&help.reference);
  return code;
}

const struct command command_help = {
    .name = "help",
    .summary = "tell all about a command, or a word of the rule language",
    .usage =
        "usage: embudo help [COMMAND | CHAPTER | WORD | config]\n"
        "       embudo help [config] --markdown\n"
        "       embudo help --stubs DIR\n"
        "\n"
        "Without a topic: all commands, and all words of the rule language by chapters. A WORD is a\n"
        "name of the language (rule, glob, half_life, lead.velocity, t:expect, math.min), an operator\n"
        "('&', '|', '~') or a field (limit, counts_while). 'embudo help rules' lists the language alone,\n"
        "'embudo help config' the settings of embudo.yaml.\n"
        "\n"
        "  --markdown   the whole reference as one page, as in docs/reference.md; of config, docs/config.md\n"
        "  --stubs DIR  write DIR/embudo.lua, from which editors with the Lua language server complete and\n"
        "               check rules\n"
        "\n"
        "Exit code: 0; 2 when there is no such topic.\n"
        "\n"
        "Examples:\n"
        "  embudo help score\n"
        "  embudo help matchers\n"
        "  embudo help seen\n"
        "  embudo help --stubs ~/.embudo-stubs\n",
    .run = run,
};
