/* ruleset_diff.h - how two rulesets differ: files, rules, dimensions, moves of lifecycles; as data and for people.
 *
 * {"from", "to", "files": {"added": [..], "removed", "changed"}, "rules": {"added": [..], "removed": [..], "changed": [{"rule",
 * "changes": [{"what", "from", "to"}]}]}, "dimensions": .., "lifecycles": ..}. What is compared is what was compiled, so a rule that only
 * moved to another file, or a comment, is no change. Pure. */
#ifndef EMBUDO_CORE_RULESET_DIFF_H
#define EMBUDO_CORE_RULESET_DIFF_H

#include "base/json.h"
#include "core/rules/generation.h"

/* Appends one or both: `text` may be NULL. */
void ruleset_diff(const struct generation *from, const struct generation *to, struct buf *json,
                  struct buf *text);

#endif
