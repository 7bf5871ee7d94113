#include "cli/daemon/settings.h"

#include "cli/options.h"

static int read_file(const struct command *command, const char *file, struct config *config) {
  struct problems problems;
  struct buf text;
  problems_init(&problems);
  buf_init(&text);
  config_load(config, file, getenv, &problems);
  bool bad = problems.errors > 0;
  problems_print(&problems, "", &text);
  fputs(text.data, stderr);
  if (bad) fprintf(stderr, "embudo %s: %s cannot be used\n", command->name, file);
  buf_release(&text);
  problems_release(&problems);
  return bad ? EXIT_PROBLEMS : EXIT_FINE;
}

int settings_read(const struct command *command, const char *file, const struct settings_flag *flags,
                  struct config *config) {
  struct err err;
  config_init(config);
  int code = file ? read_file(command, file, config) : EXIT_FINE;
  for (; code == EXIT_FINE && flags->path; flags++)
    if (flags->value && config_set(config, flags->path, flags->value, &err))
      code = options_misuse(command, "--%s", err.text); /* which begins with the setting's name */
  return code;
}
