/* kept_json.h - the rulesets that were in charge, told as JSON: to clients of the daemon and by commands that look into its data. */
#ifndef EMBUDO_CORE_KEPT_JSON_H
#define EMBUDO_CORE_KEPT_JSON_H

#include "base/json.h"
#include "core/rules/kept.h"

/* One object. `present` is the hash of the one in charge, and `state` what that is called; others are "kept". */
void kept_json(const struct kept *kept, const char *present, const char *state, bool with_files,
               struct json_writer *w);

/* Members "pinned", "files_ruleset", "kept" into an open object, and of the page "kept_total" and "next": the hash at which
 * the next one begins, null when that was all. */
struct kept_page {
  size_t from, count;
};
void kept_json_index(const struct kept_index *index, const struct kept_pin *pin, struct kept_page page,
                     const char *present, const char *state, struct json_writer *w);

#endif
