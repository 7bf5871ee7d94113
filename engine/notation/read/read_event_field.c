/* read_event_field.c - where a field of an event is looked up: the one place that knows what a plain name means. */
#include "notation/compile_private.h"

/* What browsers' libraries put in context.page, and people expect to find as a page's own. */
static bool page_field(struct str path) {
  static const char *const fields[] = {"path", "url", "title", "referrer", "search"};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (str_eq(path, str_of(fields[i]))) return true;
  }
  return false;
}

/* What an act is, beside what it brought along: members of the event itself. */
static bool act_field(struct str path) {
  static const char *const fields[] = {"reason", "override", "lifecycle", "from",
                                       "to",     "actor.id", "actor.role"};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (str_eq(path, str_of(fields[i]))) return true;
  }
  return false;
}

static struct str behind(struct str path, size_t len) {
  return (struct str){path.p + len, path.len - len};
}

struct field read_event_field(struct compile *c, struct str written, unsigned types) {
  const unsigned pages = 1u << EVENT_PAGE | 1u << EVENT_SCREEN;
  const unsigned people = 1u << EVENT_IDENTIFY | 1u << EVENT_GROUP;
  struct field field = {.root = FIELD_PROPERTIES, .written = arena_str(c->arena, written)};
  struct str path = written;
  if (str_starts(path, STR("context."))) {
    field.root = FIELD_CONTEXT;
    path = behind(path, strlen("context."));
  } else if (str_starts(path, STR("traits."))) {
    field.root = FIELD_TRAITS;
    path = behind(path, strlen("traits."));
  } else if (str_starts(path, STR("properties."))) {
    path = behind(path, strlen("properties."));
  } else if (types == 1u << EVENT_ACT && act_field(path)) {
    field.root = FIELD_ITSELF;
  } else if ((types & ~people) == 0) {
    field.root = FIELD_TRAITS;
  } else {
    field.or_page = (types & pages) != 0 && page_field(path);
  }
  field.path = field.root == FIELD_TRAITS ? read_trait_path(c, path) : arena_str(c->arena, path);
  return field;
}
