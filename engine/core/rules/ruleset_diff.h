/* ruleset_diff.h - how two rulesets differ: their files, and every declaration of the language; as data and for people.
 *
 * {"from", "to", "files": {"added": [..], "removed", "changed"}, "declarations": {"added": [{"kind", "name", "file", "line"}], "removed",
 * "changed": [{"kind", "name", "file", "line", "changes": [{"what", "from", "to"}]}]}}. Declarations are compared as they were evaluated, by
 * kind and name: a rule that only moved to another file, a comment, or a value that is put together otherwise is no change. `what` is where
 * in it: `points.interest`, `move { "lead", "mql" }.when`; `from` and `to` are as one would write them, null where there is none. A function is
 * told by the fingerprint of its code and of what it captured (vm/source/fingerprint.h). Pure. */
#ifndef EMBUDO_CORE_RULESET_DIFF_H
#define EMBUDO_CORE_RULESET_DIFF_H

#include "base/json.h"
#include "core/rules/generation.h"

/* Both were built with keep_declared. Appends one or both: `text` may be NULL. */
void ruleset_diff(const struct generation *from, const struct generation *to, struct buf *json,
                  struct buf *text);

#endif
