/* read_list.c - named lists, parsed when the first rule asks for one. */
#include "notation/compile_private.h"

#include "model/ruleset/list.h"

/* A list's own mistakes are told once, whoever names it. */
static const struct list *parse(struct compile *c, size_t index) {
  const struct list_source *source = &c->list_sources[index];
  if (c->lists[index] || c->lists_bad[index]) return c->lists[index];
  struct str name = arena_str(c->arena, source->name), file = arena_str(c->arena, source->file);
  struct err err;
  struct list *list = list_new(name, file, source->text, &err);
  if (!list) {
    c->lists_bad[index] = true;
    struct place place = {.file = arena_str(&c->scratch, source->file).p};
    FAULT(c, "bad_list", place, "one entry a line, # for comments, *.edu for every name below", "%s",
          err.text);
    return NULL;
  }
  struct ruleset *out = c->out;
  out->lists = read_grow(c->arena, out->lists, out->list_count, sizeof(struct list *));
  out->lists[out->list_count++] = list;
  c->lists[index] = list;
  return list;
}

const struct list *read_list(struct compile *c, struct str name, struct place place) {
  int index = names_find(&c->list_files, name);
  if (index != NONE) return parse(c, (size_t)index);
  const char *hint =
      c->list_files.count
          ? problem_hint(c->problems, name, c->list_files.words)
          : arena_printf(&c->problems->arena, "make lists/%.*s.txt, one entry a line", STR_ARG(name));
  FAULT(c, "unknown_list", place, hint, "there is no lists/%.*s.txt", STR_ARG(name));
  return NULL;
}

void read_lists_unused(struct compile *c) {
  for (size_t i = 0; i < c->list_source_count; i++) {
    if (c->lists[i] || c->lists_bad[i]) continue;
    const struct list_source *source = &c->list_sources[i];
    struct place place = {.file = arena_str(&c->scratch, source->file).p};
    problem_add(c->problems, SEVERITY_NOTE, "unused_list", place, NULL, "no rule uses the list '%.*s'",
                STR_ARG(source->name));
  }
}
