/* names.c - what is declared: each name once, and the nearest spelling for one that is not. */
#include "base/text.h"
#include "notation/compile_private.h"

void names_init(struct names *names, const char *kind) {
  static const char *none[] = {NULL};
  *names = (struct names){.kind = kind, .words = none};
  map_init(&names->map);
}

void names_release(struct names *names) {
  map_release(&names->map);
}

int names_find(const struct names *names, struct str name) {
  uint32_t index = map_get(&names->map, name);
  return index == MAP_NONE ? NONE : (int)index;
}

int names_add(struct compile *c, struct names *names, struct str name, struct place place) {
  bool added;
  uint32_t index = map_put(&names->map, name, names->count, &added);
  if (!added) return (int)index;
  names->places = read_grow(&c->scratch, names->places, index, sizeof *names->places);
  names->places[index] = place;
  /* One behind the last word stands the NULL, so the array grows one element ahead of the others. */
  const char **words = index == 0 ? NULL : names->words;
  if (index == 0) words = read_grow(&c->scratch, words, 0, sizeof *words);
  words = read_grow(&c->scratch, words, index + 1, sizeof *words);
  words[index] = arena_str(&c->scratch, name).p;
  words[index + 1] = NULL;
  names->words = words;
  names->count++;
  return (int)index;
}

int names_declare(struct compile *c, struct names *names, struct str name, struct place place) {
  if (name.len == 0 || name.len > NAME_BYTES_MAX) {
    FAULT(c, "bad_name", place, "one to 128 bytes", "a %s needs a name, got '%.*s'", names->kind,
          name.len > NAME_BYTES_MAX ? NAME_BYTES_MAX : (int)name.len, name.p ? name.p : "");
    return NONE;
  }
  if (!text_is_plain(name)) {
    FAULT(c, "bad_name", place, "write it anew, with letters, digits and _",
          "the name of a %s has characters that cannot be seen, or is not UTF-8", names->kind);
    return NONE;
  }
  if (text_mixes_alphabets(name)) {
    FAULT(c, "bad_name", place, "write it anew, in one alphabet",
          "the name of a %s, '%.*s', mixes Latin letters with Greek or Cyrillic ones that look alike",
          names->kind, STR_ARG(name));
    return NONE;
  }
  int known = names_find(names, name);
  if (known != NONE) {
    const struct place *first = &names->places[known];
    FAULT(c, "duplicate", place, "each exists once: rename or remove one",
          "%s '%.*s' is declared twice: %s:%d and %s:%d", names->kind, STR_ARG(name), first->file,
          first->line, place.file, place.line);
    return NONE;
  }
  return names_add(c, names, name, place);
}

int names_need(struct compile *c, const struct names *names, struct str name, struct place place) {
  int index = names_find(names, name);
  if (index != NONE) return index;
  const char *code = arena_printf(&c->problems->arena, "unknown_%s", names->kind);
  const char *hint = names->count ? problem_hint(c->problems, name, names->words)
                                  : arena_printf(&c->problems->arena, "no %s is declared", names->kind);
  FAULT(c, code, place, hint, "unknown %s '%.*s'", names->kind, STR_ARG(name));
  return NONE;
}
