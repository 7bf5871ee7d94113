/* alike.h - whether what is kept of events under one generation of rules is what another would have kept of them.
 *
 * A touch holds which patterns an event matched, what it wrote, and the points that functions gave it as it came; all else
 * (points, limits, decay, conditions, sequences, moves, bands, caps) is worked out from touches by the fold. So where the
 * patterns, and what else decides about touches, are the same, another generation can go on with them as they are, and no
 * event has to be read again.
 *
 * False may also mean "cannot tell": then reading everything again is right in any case. Both are only read. */
#ifndef EMBUDO_CORE_ALIKE_H
#define EMBUDO_CORE_ALIKE_H

#include "core/rules/generation.h"

/* `from` made the touches, and may have stopped functions by now, which then gave too few points. */
bool generation_keeps_touches(const struct generation *from, const struct generation *to);

#endif
