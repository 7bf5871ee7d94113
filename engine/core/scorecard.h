/* scorecard.h - YAML scorecards: the descriptors of the rule notation for people and tools that do not write Lua.
 *
 * A scorecard is one YAML document, a mapping: `dimensions`, `groups`, `rules`, `resets`, `ignores`, `lifecycles` hold
 * named bodies; `grade`, `activity`, `profile`, `identity` one body. A body is written as in Lua, `{ glob: "/x*" }`
 * standing for glob "/x*". A lifecycle has `gates` (named) and `moves` (a list, each with `from` and `to`).
 *
 * Scalars: true, false and decimal numbers written plainly are what they look like; everything else, and everything
 * quoted, is text (so `no` and 7d are texts). Anchors, aliases, tags, duplicate keys, several documents and missing
 * values are refused. Depth and size are bounded. The only place that knows libyaml.
 */
#ifndef EMBUDO_CORE_SCORECARD_H
#define EMBUDO_CORE_SCORECARD_H

#include "notation/node.h"
#include "notation/problems.h"

enum { SCORECARD_DEPTH_MAX = 32, SCORECARD_NODES_MAX = 100000 };

/* `file` must outlive the declarations. */
void scorecard_declare(const char *file, struct str text, struct declarations *declarations,
                       struct problems *problems);

#endif
