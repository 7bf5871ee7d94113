/* options.h - command line options: `--name VALUE`, `--name=VALUE`, `--flag`; `-c VALUE` for a name of one letter; `--` ends
 * them. */
#ifndef EMBUDO_CLI_OPTIONS_H
#define EMBUDO_CLI_OPTIONS_H

#include "cli/command.h"

struct option_spec {
  const char *name;   /* "rules" for --rules, "c" for -c */
  const char **value; /* set to the value; NULL for a flag */
  bool *flag;
};

/* Sorts `argv` so that what is no option comes first, and returns how many there are; -1 after a message on standard error
 * (unknown option with the nearest spelling, missing value). `--help` prints the command's usage and exits. */
int options_parse(const struct command *command, const struct option_spec *specs, int argc, char **argv);

/* A message about wrong usage on standard error; returns EXIT_USAGE. */
int options_misuse(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
