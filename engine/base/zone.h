/* zone.h - time zones: what a clock on the wall shows at an instant, and when it shows it. The only place that knows cctz.
 *
 * Zones are those of the system's tzdata (the IANA data base), by name: "Europe/Madrid", "Asia/Kolkata", "UTC". libc's TZ is not
 * asked: it is one for the whole process and not safe between threads. A zone's rules are read once in a process, so newer
 * tzdata counts from the next start on. A zone may be used by several threads at once.
 *
 * A local time is a day (days since 1970-01-01 by that zone's calendar) and the milliseconds its clock shows since midnight.
 */
#ifndef EMBUDO_BASE_ZONE_H
#define EMBUDO_BASE_ZONE_H

#include "base/err.h"
#include "base/str.h"

enum { ZONE_NAME_MAX = 64 /* bytes */ };

struct zone;

/* NULL and *err when there is no such zone, or when tzdata is not installed. */
struct zone *zone_load(struct str name, struct err *err);
void zone_free(struct zone *zone); /* NULL is fine */

void zone_local(const struct zone *zone, int64_t ms, int64_t *day, int64_t *ms_of_day);

/* The first instant at which the clock shows that time or a later one. So of a time that comes twice, when clocks are set back,
 * the first; and for one that never comes, when they are set forward, the instant at which it is left out.
 * `ms_of_day` may be a day or more: 24:00 is the next midnight. */
int64_t zone_instant(const struct zone *zone, int64_t day, int64_t ms_of_day);

#endif
