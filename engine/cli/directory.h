/* directory.h - the rules directory a command is about: named by an argument or by --rules, "rules" when by neither; its
 * loading, and what is wrong with it, printed. */
#ifndef EMBUDO_CLI_DIRECTORY_H
#define EMBUDO_CLI_DIRECTORY_H

#include "cli/options.h"
#include "core/rules/generation.h"

#define DIRECTORY_DEFAULT "rules"

/* The directory; NULL after a message about wrong usage. `option` is the value of --rules or NULL. */
const char *directory_argument(const struct command *command, const char *option, int count,
                               char **arguments);

/* A directory read and loaded, with one of plugins beside it where that is named. What is wrong, the directory itself included, stands in the problems. */
struct directory {
  const char *path;
  const char *prefix;  /* "rules/": what a file's name in it begins with */
  const char *plugins; /* NULL: none */
  struct ruledir bundle;
  struct problems problems;
  struct generation *generation; /* NULL when there are errors */
  bool read;                     /* the files are there, whatever is in them */
};

/* NULL plugins: none. directory_read: only the files, no generation. */
void directory_read(struct directory *directory, const char *path, const char *plugins);
void directory_load(struct directory *directory, const char *path, const char *plugins, bool with_tests);
void directory_load_as(struct directory *directory, const char *path, const char *plugins,
                       const struct generation_options *options);
void directory_release(struct directory *directory);

/* A file of the bundle as it stands on the disk: "rules/web.lua"; what the bundle calls "plugins/mx/mx.lua" is in the directory of
 * plugins. Returns `text`. */
enum { DIRECTORY_FILE_MAX = 4096 };
const char *directory_file(const struct directory *directory, const char *file,
                           char text[DIRECTORY_FILE_MAX]);

size_t directory_files(const struct directory *directory, enum rule_file_kind kind); /* how many */

/* The problems as compilers print them, file names with the directory before them; coloured on a terminal. */
void directory_print_problems(const struct directory *directory, int fd, struct buf *out);

/* The members "directory" and "ruleset" (its hash; null when it does not load) of an open object. */
void directory_put(const struct directory *directory, struct json_writer *writer);

#endif
