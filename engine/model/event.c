#include "model/event.h"

#include "base/err.h"

static const char *const words[EVENT_TYPES] = {
    [EVENT_TRACK] = "track",   [EVENT_PAGE] = "page",
    [EVENT_SCREEN] = "screen", [EVENT_IDENTIFY] = "identify",
    [EVENT_GROUP] = "group",   [EVENT_ALIAS] = "alias",
    [EVENT_ACT] = "act",       [EVENT_ENRICHMENT] = "enrichment",
};

const char *event_type_word(enum event_type type) {
  ASSERT(type < EVENT_TYPES);
  return words[type];
}

bool event_type_tells(enum event_type type) {
  return type == EVENT_IDENTIFY || type == EVENT_GROUP || type == EVENT_ENRICHMENT;
}

bool event_type_parse(struct str word, enum event_type *type) {
  for (int i = 0; i < EVENT_TYPES; i++) {
    if (!str_eq(word, str_of(words[i]))) continue;
    *type = (enum event_type)i;
    return true;
  }
  return false;
}
