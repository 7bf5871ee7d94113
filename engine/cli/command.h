/* command.h - the commands of the embudo binary: one file each, all in the table of main.c.
 *
 * A command gets its arguments without its name and returns the exit code: EXIT_FINE, EXIT_PROBLEMS (something was
 * found wrong: bad files, failed tests, rules that do not load) or EXIT_USAGE (the command line is wrong; a line
 * on standard error says how).
 */
#ifndef EMBUDO_CLI_COMMAND_H
#define EMBUDO_CLI_COMMAND_H

#include "base/str.h"
#include "cli/style.h"
#include <stdio.h>

enum { EXIT_FINE = 0, EXIT_PROBLEMS = 1, EXIT_USAGE = 2 };

struct command {
  const char *name;
  const char *summary; /* one line */
  const char *usage;   /* "embudo score [OPTION]... [FILE]..." and what the options mean */
  int (*run)(const struct command *self, int argc, char **argv);
};

extern const struct command command_run, command_send, command_act, command_score, command_explain,
    command_export, command_enrich, command_import, command_erase, command_backup, command_doctor,
    command_check, command_test, command_bench, command_repl, command_new, command_key, command_quarantine,
    command_outbox, command_ruleset, command_status, command_help;
extern const struct command command_qualify;
extern const struct command command_brief;
extern const struct command command_sla, command_worklist, command_agreement;

/* All commands in the order shown, ended by NULL. */
extern const struct command *const commands[];

/* What embudo is, and every command with its summary, one a line. */
void commands_print(FILE *out, const struct style *style);

const struct command *command_find(const char *name);

#endif
