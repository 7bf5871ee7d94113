/* read_directory.c - what may be declared where: directories of rules that are somebody's (marketing/, sales/).
 *
 * Whoever may write in a directory says there no more than the rules above it let them. Nothing of it is left in the ruleset: rules that
 * say more do not load. */
#include "notation/compile_private.h"

enum { DIRECTORIES_MAX = 64 };

struct directory {
  struct str path; /* without slashes at its ends */
  struct place place;
  const struct node *may; /* texts */
  uint32_t may_count;
  bool used;
};

static bool is_below(struct str file, struct str directory) {
  return file.len > directory.len && file.p[directory.len] == '/' && str_starts(file, directory);
}

static bool may_declare(const struct directory *directory, const char *kind) {
  for (uint32_t i = 0; i < directory->may_count; i++)
    if (str_eq(directory->may[i].text, str_of(kind))) return true;
  return false;
}

static const char *list_kinds(struct compile *c, const struct directory *directory) {
  struct buf text;
  buf_init(&text);
  for (uint32_t i = 0; i < directory->may_count; i++)
    buf_printf(&text, "%s%.*s", i ? ", " : "", STR_ARG(directory->may[i].text));
  const char *kept = arena_str(&c->scratch, buf_str(&text)).p;
  buf_release(&text);
  return kept;
}

/* What may be declared is never said by those whom it binds. */
static void hold(struct compile *c, struct directory *directory) {
  for (size_t i = 0; i < c->in->count; i++) {
    const struct declaration *d = &c->in->items[i];
    if (!is_below(str_of(d->place.file), directory->path)) continue;
    directory->used = true;
    if (strcmp(d->kind, "directory") == 0)
      FAULT(c, "not_theirs", d->place, "declare it outside of that directory",
            "directory '%.*s' stands in '%.*s', which is bound by %s:%d", STR_ARG(d->name),
            STR_ARG(directory->path), directory->place.file, directory->place.line);
    else if (!may_declare(directory, d->kind))
      FAULT(c, "not_theirs", d->place,
            arena_printf(&c->scratch, "move it, or let whoever decides on %s:%d add \"%s\"",
                         directory->place.file, directory->place.line, d->kind),
            "%s '%.*s' may not stand in '%.*s', where only %s may", d->kind, STR_ARG(d->name),
            STR_ARG(directory->path), list_kinds(c, directory));
  }
  if (!directory->used)
    WARN(c, "unused", directory->place, "name it as it is below the rules directory: \"marketing\"",
         "nothing is declared in '%.*s'", STR_ARG(directory->path));
}

static bool read_path(struct compile *c, const struct declaration *d, struct str *path) {
  *path = d->name;
  while (path->len && path->p[path->len - 1] == '/') path->len--;
  if (path->len && path->p[0] != '/' && !memchr(path->p, '\\', path->len)) return true;
  FAULT(c, "bad_value", d->place, "directory \"marketing\" { .. }",
        "'%.*s' is no directory below that of the rules", STR_ARG(d->name));
  return false;
}

static bool read_one(struct compile *c, const struct declaration *d, const char *const *kinds,
                     struct directory *out) {
  static const char *const fields[] = {"doc", "may", NULL};
  const char *what = arena_printf(&c->scratch, "directory '%.*s'", STR_ARG(d->name));
  struct str doc;
  *out = (struct directory){.place = d->place};
  if (!read_table(c, &d->body, fields, false, what) || !read_path(c, d, &out->path)) return false;
  const struct node *says = read_field(&d->body, "doc"), *may = read_field(&d->body, "may");
  if (says && !read_text(c, says, read_what(c, "doc", what), &doc)) return false;
  if (!may) {
    if (!read_misspelled(&d->body, "may"))
      FAULT(c, "missing_field", d->place, "add may = { \"rule\", \"segment\" }",
            "%s does not say what may be declared in it", what);
    return false;
  }
  if (!read_texts(c, may, read_what(c, "may", what), &out->may, &out->may_count)) return false;
  for (uint32_t i = 0; i < out->may_count; i++) {
    bool known = false;
    for (const char *const *kind = kinds; *kind; kind++) known |= str_eq(out->may[i].text, str_of(*kind));
    if (!known || str_eq(out->may[i].text, STR("directory")))
      FAULT(c, "unknown_word", out->may[i].place, problem_hint(c->problems, out->may[i].text, kinds),
            "%s: nothing is declared there by '%.*s'", what, STR_ARG(out->may[i].text));
  }
  return true;
}

void read_directories(struct compile *c, const char *const *kinds) {
  const struct declaration *d;
  uint32_t count = 0;
  for (size_t at = 0; (d = read_next(c, "directory", &at));) {
    struct directory directory;
    if (++count > DIRECTORIES_MAX) {
      FAULT(c, "too_many", d->place, NULL, "more than %d directories", (int)DIRECTORIES_MAX);
      return;
    }
    if (read_one(c, d, kinds, &directory)) hold(c, &directory);
  }
}
