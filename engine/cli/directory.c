#include "cli/directory.h"
#include "cli/style.h"

const char *directory_argument(const struct command *command, const char *option, int count,
                               char **arguments) {
  if (count > 1)
    options_misuse(command, "one rules directory at a time, not '%s' and '%s'", arguments[0], arguments[1]);
  else if (count == 1 && option)
    options_misuse(command, "the rules directory is given twice: '%s' and --rules '%s'", arguments[0],
                   option);
  else if ((count == 1 && !*arguments[0]) || (option && !*option))
    options_misuse(command, "the rules directory has no name");
  else
    return count == 1 ? arguments[0] : option ? option : DIRECTORY_DEFAULT;
  return NULL;
}

void directory_load(struct directory *directory, const char *path, bool with_tests) {
  const struct generation_options options = {.with_tests = with_tests};
  directory_load_as(directory, path, &options);
}

void directory_read(struct directory *directory, const char *path) {
  struct err err;
  *directory = (struct directory){.path = path};
  ruledir_init(&directory->bundle);
  problems_init(&directory->problems);
  directory->prefix =
      arena_printf(&directory->problems.arena, "%s%s", path, str_ends(str_of(path), STR("/")) ? "" : "/");
  directory->read = ruledir_read(&directory->bundle, path, &err) == 0;
  if (!directory->read)
    problem_add(&directory->problems, SEVERITY_ERROR, err_word(err.code), (struct place){"", 0}, NULL, "%s",
                err.text);
}

void directory_load_as(struct directory *directory, const char *path,
                       const struct generation_options *options) {
  directory_read(directory, path);
  if (directory->read)
    directory->generation = generation_build(&directory->bundle, options, &directory->problems);
}

void directory_release(struct directory *directory) {
  generation_free(directory->generation);
  problems_release(&directory->problems);
  ruledir_release(&directory->bundle);
}

size_t directory_files(const struct directory *directory, enum rule_file_kind kind) {
  size_t count = 0;
  for (size_t i = 0; i < directory->bundle.count; i++) count += directory->bundle.files[i].kind == kind;
  return count;
}

/* One line of problems_print, its severity coloured: the first such word stands behind the place. */
static void add_coloured(struct str line, const struct style *style, struct buf *out) {
  const struct {
    struct str word;
    const char *colour;
  } severities[] = {
      {STR("error:"), style->red}, {STR("warning:"), style->yellow}, {STR("note:"), style->dim}};
  for (size_t at = 0; at < line.len; at++)
    for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
      struct str word = severities[i].word;
      struct str rest = {line.p + at, line.len - at};
      if (!str_starts(rest, word)) continue;
      buf_printf(out, "%.*s%s%s%.*s%s%.*s", (int)at, line.p, style->bold, severities[i].colour, STR_ARG(word),
                 style->off, (int)(rest.len - word.len), rest.p + word.len);
      return;
    }
  buf_add_str(out, line);
}

void directory_print_problems(const struct directory *directory, int fd, struct buf *out) {
  struct buf plain;
  buf_init(&plain);
  problems_print(&directory->problems, directory->prefix, &plain);
  for (const char *line = plain.data; *line;) {
    size_t len = strcspn(line, "\n") + 1;
    add_coloured((struct str){line, len}, style_of(fd), out);
    line += len;
  }
  buf_release(&plain);
}
