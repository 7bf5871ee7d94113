/* reached.h - when people had what a clock is about: the end of the system's delay, and the beginning of theirs.
 *
 * Where the stage that started the clock hands the lead over to a destination, that is when the first of those messages was delivered; where
 * nobody is told, when it was decided, for then the lead stood in the worklists. Messages that were given up count as nobody told.
 * Pure.
 */
#ifndef EMBUDO_CORE_REACHED_H
#define EMBUDO_CORE_REACHED_H

#include "core/desk/clockbook.h"
#include "core/handoff/outbox.h"
#include "model/ruleset/ruleset.h"

/* TIME_NEVER: a message is still on its way. */
int64_t reached_ms(const struct outbox *outbox, const struct ruleset *rules, const struct clock *clock);

#endif
