/* matcher_time.h - dates as matchers see them: `past` and `ahead`, whose answers change with time alone. */
#ifndef EMBUDO_MODEL_MATCHER_TIME_H
#define EMBUDO_MODEL_MATCHER_TIME_H

#include "model/match/matcher.h"

/* The instant a value names: RFC 3339 text, a date (midnight UTC), or a number of seconds or milliseconds since 1970
 * (below 1e11 in size it is seconds). False for anything else and for instants outside the years 1 to 9999. */
bool matcher_instant(struct value v, int64_t *ms);

/* Whether a MATCH_PAST or MATCH_AHEAD holds for `v` at `now`. */
bool matcher_in_span(const struct matcher *matcher, struct value v, int64_t now);

#endif
