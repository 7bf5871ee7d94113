/* main.c - the embudo binary: finds the command and runs it. */
#include "base/version.h"
#include "cli/command.h"
#include <signal.h>
#include <stdio.h>

const struct command *const commands[] = {
    &command_run,     &command_send,   &command_act,      &command_score,
    &command_explain, &command_enrich, &command_export,   &command_qualify,
    &command_brief,   &command_import, &command_erase,    &command_backup,
    &command_doctor,  &command_check,  &command_test,     &command_bench,
    &command_repl,    &command_new,    &command_key,      &command_quarantine,
    &command_outbox,  &command_sla,    &command_worklist, &command_agreement,
    &command_ruleset, &command_status, &command_help,     NULL};

enum { COMMANDS_MAX = 64 };

const struct command *command_find(const char *name) {
  for (const struct command *const *c = commands; *c; c++)
    if (strcmp((*c)->name, name) == 0) return *c;
  return NULL;
}

void commands_print(FILE *out, const struct style *style) {
  fprintf(out, "embudo scores and qualifies leads by rules that are scripts.\n\n"
               "usage: embudo COMMAND [ARGUMENT]...\n\n");
  for (const struct command *const *c = commands; *c; c++)
    fprintf(out, "  %s%-10s%s %s\n", style->bold, (*c)->name, style->off, (*c)->summary);
}

static void print_commands(FILE *out) {
  commands_print(out, style_of(fileno(out)));
  fprintf(
      out,
      "\n'embudo help COMMAND' tells all about a command, 'embudo help rules' about the rule language.\n");
}

static int unknown_command(const char *name) {
  const char *names[COMMANDS_MAX + 1];
  size_t n = 0;
  for (const struct command *const *c = commands; *c && n < COMMANDS_MAX; c++) names[n++] = (*c)->name;
  names[n] = NULL;
  const char *near = str_nearest(str_of(name), names);
  fprintf(stderr, "embudo: there is no command '%s'", name);
  if (near) fprintf(stderr, ": did you mean '%s'?", near);
  fprintf(stderr, "\nSee 'embudo help'.\n");
  return EXIT_USAGE;
}

int main(int argc, char **argv) {
  /* A reader that went away (`| head`) is an error of one write, not a death by signal. */
  signal(SIGPIPE, SIG_IGN);
  /* A file larger than `ulimit -f` allows is an error of one write too: a full disk for the store. */
  signal(SIGXFSZ, SIG_IGN);
  if (argc < 2) {
    print_commands(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
    printf("embudo %s\n", version_text);
    return EXIT_FINE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
    print_commands(stdout);
    return EXIT_FINE;
  }
  const struct command *command = command_find(argv[1]);
  if (!command) return unknown_command(argv[1]);
  int code = command->run(command, argc - 2, argv + 2);
  if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_FINE) code = EXIT_PROBLEMS;
  return code;
}
