#include "model/ruleset/enricher.h"

bool enricher_gives(const struct enricher *enricher, struct str path) {
  for (uint32_t i = 0; i < enricher->give_count; i++) {
    struct str given = enricher->gives[i];
    if (str_eq(given, path)) return true;
    if (str_starts(path, given) && path.len > given.len && path.p[given.len] == '.') return true;
  }
  return false;
}
