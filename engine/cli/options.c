#include "cli/options.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { OPTIONS_MAX = 64 };

int options_misuse(const struct command *command, const char *format, ...) {
  va_list args;
  va_start(args, format);
  fprintf(stderr, "embudo %s: ", command->name);
  vfprintf(stderr, format, args);
  fprintf(stderr, "\nSee 'embudo help %s'.\n", command->name);
  va_end(args);
  return EXIT_USAGE;
}

static void print_usage(const struct command *command) {
  printf("%s\n\n%s", command->summary, command->usage);
  exit(EXIT_FINE);
}

static const struct option_spec *find(const struct option_spec *specs, struct str name) {
  for (; specs->name; specs++)
    if (str_eq(str_of(specs->name), name)) return specs;
  return NULL;
}

static int unknown(const struct command *command, const struct option_spec *specs, struct str name) {
  const char *names[OPTIONS_MAX + 1];
  size_t n = 0;
  for (; specs->name && n < OPTIONS_MAX; specs++)
    if (specs->name[1]) names[n++] = specs->name;
  names[n] = NULL;
  const char *near = str_nearest(name, names);
  if (near)
    options_misuse(command, "unknown option --%.*s: did you mean --%s?", STR_ARG(name), near);
  else
    options_misuse(command, "unknown option --%.*s", STR_ARG(name));
  return -1;
}

/* Takes the option at argv[*i]; -1 after a message. */
static int take(const struct command *command, const struct option_spec *specs, int argc, char **argv,
                int *i) {
  const char *text = argv[*i] + (argv[*i][1] == '-' ? 2 : 1);
  const char *equals = strchr(text, '=');
  struct str name = {text, equals ? (size_t)(equals - text) : strlen(text)};
  if (str_eq(name, STR("help"))) print_usage(command);
  const struct option_spec *spec = find(specs, name);
  if (!spec) return unknown(command, specs, name);
  if (spec->flag) {
    *spec->flag = true;
    if (!equals) return 0;
    options_misuse(command, "--%s takes no value", spec->name);
    return -1;
  }
  if (!equals && *i + 1 >= argc) {
    options_misuse(command, "%s needs a value", argv[*i]);
    return -1;
  }
  *spec->value = equals ? equals + 1 : argv[++*i];
  return 0;
}

/* "-c", where there is such an option. */
static bool is_short(const struct option_spec *specs, const char *text) {
  return text[0] == '-' && text[1] && text[1] != '-' && !text[2] && find(specs, (struct str){text + 1, 1});
}

int options_parse(const struct command *command, const struct option_spec *specs, int argc, char **argv) {
  int rest = 0;
  bool ended = false;
  for (int i = 0; i < argc; i++) {
    bool option = !ended && argv[i][0] == '-' && argv[i][1] == '-';
    if (option && argv[i][2] == 0) {
      ended = true;
    } else if (option || (!ended && is_short(specs, argv[i]))) {
      if (take(command, specs, argc, argv, &i)) return -1;
    } else if (!ended && strcmp(argv[i], "-h") == 0) {
      print_usage(command);
    } else if (!ended && argv[i][0] == '-' && argv[i][1]) {
      options_misuse(command, "unknown option %s: options begin with two dashes", argv[i]);
      return -1;
    } else {
      argv[rest++] = argv[i];
    }
  }
  return rest;
}
