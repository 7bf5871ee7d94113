/* settings.h - the configuration of a command: embudo.yaml, if one is named, then the command's flags, which win. */
#ifndef EMBUDO_CLI_SETTINGS_H
#define EMBUDO_CLI_SETTINGS_H

#include "cli/command.h"
#include "core/config/config.h"

struct settings_flag {
  const char *path;  /* a setting; the flag's name too: "data" for --data; NULL ends a list of them */
  const char *value; /* NULL: not given */
};

/* Fills *config, to be released in any case. `file` may be NULL. EXIT_FINE, or the exit code after messages. */
int settings_read(const struct command *command, const char *file, const struct settings_flag *flags,
                  struct config *config);

#endif
