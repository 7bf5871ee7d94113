/* embudo repl - questions about leads, one a line. */
#include "cli/rules/repl.h"
#include "cli/directory.h"
#include "cli/progress.h"
#include "io/loop.h"
#include <stdio.h>
#include <unistd.h>

enum { LEADS_SHOWN = 20 };

struct repl {
  const struct command *command;
  struct directory directory; /* its bundle; loaded without a generation of its own */
  struct repl_source source;
  struct inquiry *inquiry;
  struct reference reference;
  const struct style *style;
  struct repl_line *line;
  struct buf out;
  bool failed; /* some question had no answer */
};

/* --- answering ------------------------------------------------------------------------------------------------------------------- */

static void complain(struct repl *r, const char *text) {
  r->failed = true;
  buf_printf(&r->out, "%s%s%s\n", r->style->red, text, r->style->off);
}

static bool open_inquiry(struct repl *r) {
  const struct inquiry_history history = {&r->source, repl_feed};
  struct err err;
  struct inquiry *inquiry = inquiry_new(&r->directory.bundle, &history, &r->directory.problems, &err);
  if (!inquiry) {
    complain(r, err.text);
    return false;
  }
  repl_line_rules(inquiry_rules(inquiry));
  inquiry_free(r->inquiry);
  r->inquiry = inquiry;
  return true;
}

static void show_lead(struct repl *r, struct str id) {
  char at[TIME_TEXT_MAX];
  if (r->source.from == REPL_DAEMON) {
    snprintf(r->source.lead, sizeof r->source.lead, "%.*s", (int)(id.len < 500 ? id.len : 500), id.p);
    if (!open_inquiry(r)) return;
  }
  if (inquiry_lead(r->inquiry, id) == 0)
    buf_printf(&r->out, "%s, as of %s\n", inquiry_id(r->inquiry), time_text(inquiry_now(r->inquiry), at));
  else
    complain(r, "no event speaks of that id (user id, anonymous id or e-mail)");
}

static void show_leads(struct repl *r) {
  struct str id;
  size_t i = 0;
  for (; i < LEADS_SHOWN && (id = inquiry_lead_at(r->inquiry, i)).len; i++)
    buf_printf(&r->out, "%.*s\n", STR_ARG(id));
  if (i == 0 && r->source.from == REPL_DAEMON)
    buf_add_text(&r->out, "one lead at a time is asked for here: lead ID\n");
  else if (i == LEADS_SHOWN && inquiry_lead_at(r->inquiry, i).len)
    buf_add_text(&r->out, "..\n");
}

/* at "2024-02-01T00:00:00Z", at 2024-02-01, at now */
static void set_instant(struct repl *r, struct str text) {
  char shown[TIME_TEXT_MAX];
  int64_t at_ms = loop_wall_ms();
  if (text.len >= 2 && text.p[0] == '"' && text.p[text.len - 1] == '"')
    text = (struct str){text.p + 1, text.len - 2};
  if (!str_eq(text, STR("now")) && !time_parse(text, &at_ms)) {
    complain(r, "write at \"2024-01-15T09:00:00Z\", at 2024-01-15 or at now");
    return;
  }
  inquiry_at(r->inquiry, at_ms);
  buf_printf(&r->out, "%s\n", time_text(at_ms, shown));
}

static void show_scores(struct repl *r) {
  const struct fold *fold = inquiry_fold(r->inquiry);
  const struct ruleset *rules = fold_rules(fold);
  char text[32];
  for (uint32_t d = 0; d < rules->dimension_count; d++)
    buf_printf(&r->out, "%s%s %s", d ? ", " : "", rules->dimensions[d].name,
               points_text(fold_score(fold, (int)d), false, text));
  if (rules->grade_rows != NONE) {
    buf_add_text(&r->out, ", grade ");
    fold_grade(fold, &r->out);
  }
  for (uint32_t l = 0; l < rules->lifecycle_count; l++)
    buf_printf(&r->out, ", %s", rules->lifecycles[l].stages[fold_stage(fold, (int)l)]);
  buf_add_char(&r->out, '\n');
}

static void show_explanation(struct repl *r) {
  struct explanation explanation;
  struct arena arena;
  arena_init(&arena, 0);
  explain_make(inquiry_fold(r->inquiry), &arena, &explanation);
  explain_text(&explanation, &r->out);
  arena_release(&arena);
}

static void show_help(struct repl *r, struct str word) {
  const struct reference_entry *entry = reference_find(&r->reference, word);
  const struct reference_group *group = reference_group(&r->reference, word);
  const struct reference_field *field;
  if (entry) reference_entry_text(entry, r->style, &r->out);
  if (!entry && group) reference_group_text(group, r->style, &r->out);
  if (entry || group) return;
  const struct reference_entry *owner = reference_with_field(&r->reference, word, 0, &field);
  if (owner)
    reference_field_text(owner, field, r->style, &r->out);
  else
    complain(r, "no word of the language: ?matchers, ?conditions list them");
}

static void show_commands(struct repl *r) {
  buf_add_text(
      &r->out,
      "lead ID      whom questions are about; leads lists some\n"
      "at INSTANT   as of when: at 2024-01-15, at now\n"
      "score        scores, grade and stages\n"
      "explain      all of an explanation\n"
      "?WORD        what a word means: ?seen, ?matchers\n"
      "quit         or Ctrl-D\n"
      "Anything else is a question: a value (lead.scores.fit) or a condition (trait { title = present }).\n");
}

/* The question's first word, behind what may stand before a condition. */
static struct str leading_word(struct str text) {
  while (text.len && strchr("~( ", text.p[0])) text = (struct str){text.p + 1, text.len - 1};
  size_t len = 0;
  while (len < text.len && ((text.p[len] >= 'a' && text.p[len] <= 'z') || text.p[len] == '_')) len++;
  return (struct str){text.p, len};
}

static void ask(struct repl *r, struct str text) {
  struct err err;
  size_t before = r->out.len;
  const struct reference_entry *entry = reference_find(&r->reference, leading_word(text));
  bool condition = entry && strcmp(entry->kind, "condition") == 0;
  if (!inquiry_id(r->inquiry)[0]) {
    complain(r, "about whom? lead ID");
    return;
  }
  int failed = condition ? inquiry_condition(r->inquiry, text, &r->out, &err)
                         : inquiry_value(r->inquiry, text, &r->out, &err);
  if (failed) {
    r->out.len = before;
    complain(r, err.text);
  } else if (!condition) {
    buf_add_char(&r->out, '\n');
  }
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------- */

static struct str trimmed(struct str s) {
  while (s.len && strchr(" \t\r", s.p[0])) s = (struct str){s.p + 1, s.len - 1};
  while (s.len && strchr(" \t\r", s.p[s.len - 1])) s.len--;
  return s;
}

/* The rest of the line behind the word; false when it begins otherwise. */
static bool is_command(struct str line, const char *word, struct str *rest) {
  size_t len = strlen(word);
  if (!str_starts(line, str_of(word)) || (line.len > len && line.p[len] != ' ')) return false;
  *rest = trimmed((struct str){line.p + len, line.len - len});
  return true;
}

/* False: it was the last. */
static bool take(struct repl *r, struct str line) {
  struct str rest;
  if (line.len == 0) return true;
  if (str_eq(line, STR("quit")) || str_eq(line, STR("exit"))) return false;
  if (line.p[0] == '?')
    show_help(r, trimmed((struct str){line.p + 1, line.len - 1}));
  else if (str_eq(line, STR("help")))
    show_commands(r);
  else if (str_eq(line, STR("leads")))
    show_leads(r);
  else if (str_eq(line, STR("score")))
    show_scores(r);
  else if (str_eq(line, STR("explain")))
    show_explanation(r);
  else if (str_eq(line, STR("lead")))
    complain(r, "which? lead ID");
  else if (is_command(line, "lead", &rest))
    show_lead(r, rest);
  else if (is_command(line, "at", &rest))
    set_instant(r, rest);
  else
    ask(r, line);
  return true;
}

static void converse(struct repl *r) {
  const char *line;
  bool more = true;
  r->line = repl_line_new(&r->reference);
  if (repl_line_is_terminal(r->line)) puts("help tells what can be asked; Ctrl-D ends.");
  while (more && (line = repl_line_read(r->line, "embudo> "))) {
    buf_clear(&r->out);
    more = take(r, trimmed(str_of(line)));
    fwrite(r->out.data, 1, r->out.len, stdout);
    fflush(stdout);
  }
  repl_line_free(r->line);
}

/* --- beginning -------------------------------------------------------------------------------------------------------------------- */

struct repl_options {
  const char *rules, *data, *at, *lead;
  struct remote_options remote;
};

static int begin(struct repl *r, const struct repl_options *o) {
  struct err err;
  if (reference_load(&r->reference, &err)) {
    fprintf(stderr, "embudo repl: %s\n", err.text);
    return EXIT_PROBLEMS;
  }
  if (r->source.from == REPL_DAEMON) {
    int code = remote_open(&r->source.remote, r->command, &o->remote);
    if (code != EXIT_FINE) return code;
  }
  bool open = open_inquiry(r);
  if (!open && r->directory.problems.errors) directory_print_problems(&r->directory, STDERR_FILENO, &r->out);
  if (open && o->lead) show_lead(r, str_of(o->lead));
  if (open && o->at) set_instant(r, str_of(o->at));
  fwrite(r->out.data, 1, r->out.len, open && !r->failed ? stdout : stderr);
  return open && !r->failed ? EXIT_FINE : EXIT_PROBLEMS;
}

static void end(struct repl *r) {
  repl_line_rules(NULL);
  inquiry_free(r->inquiry);
  if (r->source.from == REPL_DAEMON) remote_close(&r->source.remote);
  reference_release(&r->reference);
  directory_release(&r->directory);
  buf_release(&r->out);
}

/* -1 after a message. */
static int choose_source(struct repl *r, const struct repl_options *o, int count, char **files) {
  bool daemon = o->remote.to != NULL;
  if ((daemon || o->data) && count)
    return options_misuse(r->command, "files, --data or --to: one of them, not '%s' too", files[0]), -1;
  if (daemon && o->data) return options_misuse(r->command, "--data or --to, not both"), -1;
  r->source = (struct repl_source){.command = r->command,
                                   .from = daemon    ? REPL_DAEMON
                                           : o->data ? REPL_STORE
                                                     : REPL_FILES,
                                   .file_count = count,
                                   .files = files,
                                   .data = o->data};
  return 0;
}

static int run(const struct command *self, int argc, char **argv) {
  struct repl_options o = {.rules = DIRECTORY_DEFAULT};
  const struct option_spec specs[] = {{"rules", &o.rules, NULL},     {"data", &o.data, NULL},
                                      {"at", &o.at, NULL},           {"lead", &o.lead, NULL},
                                      REMOTE_OPTION_SPECS(o.remote), {NULL, NULL, NULL}};
  struct repl r = {.command = self, .style = style_of(STDOUT_FILENO)};
  int rest = options_parse(self, specs, argc, argv);
  if (rest < 0 || choose_source(&r, &o, rest, argv)) return EXIT_USAGE;
  buf_init(&r.out);
  directory_read(&r.directory, o.rules, NULL);
  int code = begin(&r, &o);
  if (code == EXIT_FINE) {
    converse(&r);
    code = r.failed && !isatty(STDIN_FILENO) ? EXIT_PROBLEMS : EXIT_FINE;
  }
  end(&r);
  return code;
}

const struct command command_repl = {
    .name = "repl",
    .summary = "answer questions about leads",
    .usage =
        "usage: embudo repl [--rules DIR] [--lead ID] [--at INSTANT] [FILE...]\n"
        "       embudo repl [--rules DIR] [--lead ID] [--at INSTANT] --data DIR\n"
        "       embudo repl [--rules DIR] [--lead ID] [--at INSTANT] --to URL [--token TOKEN]\n"
        "\n"
        "Loads the rules and the events of the files, of a daemon's data directory, or of one lead of a "
        "running\n"
        "embudo, and answers questions, one a line: a value that rules' functions see (lead.scores.fit,\n"
        "lead.traits), or a condition as it would stand behind `when` (score { fit = at_least(40) }), which "
        "is\n"
        "answered yes, no or unknown, with the parts that say why. Nothing is changed; functions run in the\n"
        "sandbox, under the limits of rules.\n"
        "\n"
        "On a terminal lines can be edited, Tab completes words of the language and names of the rules, and "
        "the last thousand questions are "
        "kept.\n"
        "On a pipe it reads one question a line. 'help' lists the commands, '?WORD' explains a word.\n"
        "\n"
        "  --rules DIR       the rules directory (default: rules)\n"
        "  --lead ID         the lead to begin with\n"
        "  --at INSTANT      as of when (default: the latest event)\n"
        "  --data DIR        the events of this data directory's journal\n" REMOTE_USAGE "\n"
        "Exit code: 0; 1 when the rules or events cannot be read, or, on a pipe, when a question had no "
        "answer; 2\n"
        "for wrong usage.\n"
        "\n"
        "Examples:\n"
        "  embudo repl examples/quickstart/events.ndjson\n"
        "  echo 'seen(page { path = glob \"/pricing*\" })' | embudo repl --lead ana-ruiz events.ndjson\n",
    .run = run,
};
