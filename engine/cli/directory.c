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

void directory_load(struct directory *directory, const char *path, const char *plugins, bool with_tests) {
  const struct generation_options options = {.with_tests = with_tests};
  directory_load_as(directory, path, plugins, &options);
}

void directory_read(struct directory *directory, const char *path, const char *plugins) {
  struct err err;
  *directory = (struct directory){.path = path, .plugins = plugins};
  ruledir_init(&directory->bundle);
  problems_init(&directory->problems);
  directory->prefix =
      arena_printf(&directory->problems.arena, "%s%s", path, str_ends(str_of(path), STR("/")) ? "" : "/");
  directory->read = ruledir_read(&directory->bundle, path, &err) == 0 &&
                    (!plugins || ruledir_read_plugins(&directory->bundle, plugins, &err) == 0);
  if (!directory->read)
    problem_add(&directory->problems, SEVERITY_ERROR, err_word(err.code), (struct place){"", 0}, NULL, "%s",
                err.text);
}

void directory_load_as(struct directory *directory, const char *path, const char *plugins,
                       const struct generation_options *options) {
  directory_read(directory, path, plugins);
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

#define INSIDE "plugins/" /* of the bundle: where its plugins are */

const char *directory_file(const struct directory *directory, const char *file,
                           char text[DIRECTORY_FILE_MAX]) {
  bool is_plugin = directory->plugins && str_starts(str_of(file), STR(INSIDE));
  if (is_plugin)
    snprintf(text, DIRECTORY_FILE_MAX, "%s/%s", directory->plugins, file + strlen(INSIDE));
  else
    snprintf(text, DIRECTORY_FILE_MAX, "%s%s", directory->prefix, file);
  return text;
}

/* The same of a line that begins with a file's name. */
static struct str own_place(const struct directory *directory, struct str line, struct buf *out) {
  struct str prefix = str_of(directory->prefix);
  if (!directory->plugins || !str_starts(line, prefix)) return line;
  struct str rest = {line.p + prefix.len, line.len - prefix.len};
  if (!str_starts(rest, STR(INSIDE))) return line;
  buf_clear(out);
  buf_printf(out, "%s/%.*s", directory->plugins, (int)(rest.len - strlen(INSIDE)), rest.p + strlen(INSIDE));
  return buf_str(out);
}

void directory_print_problems(const struct directory *directory, int fd, struct buf *out) {
  struct buf plain, place;
  buf_init(&plain);
  buf_init(&place);
  problems_print(&directory->problems, directory->prefix, &plain);
  for (const char *line = plain.data; *line;) {
    size_t len = strcspn(line, "\n") + 1;
    add_coloured(own_place(directory, (struct str){line, len}, &place), style_of(fd), out);
    line += len;
  }
  buf_release(&plain);
  buf_release(&place);
}

void directory_put(const struct directory *directory, struct json_writer *writer) {
  json_member_text(writer, "directory", directory->path);
  json_key(writer, "ruleset");
  if (directory->generation)
    json_put_text(writer, directory->generation->rules->hash);
  else
    json_put_null(writer);
}
