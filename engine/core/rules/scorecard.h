/* scorecard.h - YAML scorecards: the descriptors of the rule notation for people and tools that do not write Lua.
 *
 * A scorecard is one YAML document, a mapping: `dimensions`, `groups`, `rules`, `resets`, `ignores`, `lifecycles` hold
 * named bodies; `grade`, `activity`, `profile`, `identity` one body. A body is written as in Lua, `{ glob: "/x*" }`
 * standing for glob "/x*". A lifecycle has `gates` (named) and `moves` (a list, each with `from` and `to`).
 *
 * How its scalars are read, and what is refused, is told in document.h.
 */
#ifndef EMBUDO_CORE_SCORECARD_H
#define EMBUDO_CORE_SCORECARD_H

#include "notation/node.h"
#include "notation/problems.h"

/* `file` must outlive the declarations. */
void scorecard_declare(const char *file, struct str text, struct declarations *declarations,
                       struct problems *problems);

#endif
