/* timefmt.h - instants and durations as text. Instants are UTC milliseconds since 1970 (int64_t), durations
 * milliseconds. Neither libc's TZ nor the locale is consulted. */
#ifndef EMBUDO_BASE_TIMEFMT_H
#define EMBUDO_BASE_TIMEFMT_H

#include "base/buf.h"
#include "base/err.h"

#define TIME_MS_PER_SECOND INT64_C(1000)
#define TIME_MS_PER_MINUTE INT64_C(60000)
#define TIME_MS_PER_HOUR   INT64_C(3600000)
#define TIME_MS_PER_DAY    INT64_C(86400000)
#define TIME_NEVER         INT64_MAX                /* later than every instant */
#define TIME_MIN           INT64_C(-62135596800000) /* 0001-01-01T00:00:00Z */
#define TIME_MAX           INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

/* RFC 3339 with any number of second fractions (kept to the millisecond, cut not rounded), `T`, `t` or a blank, zone
 * `Z`, `z` or +hh:mm (also +hhmm), or no zone (UTC); a bare date is midnight UTC; seconds may be missing; a leap
 * second (:60) is the next second. False for anything else, impossible dates and years outside 1 to 9999 included. */
bool time_parse(struct str text, int64_t *ms);

/* "2024-01-15T09:00:00Z", with ".123" only when there are milliseconds. At most 32 bytes with the NUL. Instants outside
 * TIME_MIN to TIME_MAX come out with more year digits and a sign; test for TIME_NEVER first where it can occur. */
enum { TIME_TEXT_MAX = 32 };
const char *time_text(int64_t ms, char out[TIME_TEXT_MAX]);
const char *time_date(int64_t ms, char out[TIME_TEXT_MAX]); /* "2024-01-15" */

/* "90s", "15m", "4h", "7d", "2w", "250ms", and sums in falling units: "1d12h". False for zero, signs, fractions,
 * unknown units or more than 100 years. */
bool duration_parse(struct str text, int64_t *ms);

/* The shortest exact spelling that duration_parse reads back: "36h" as "1d12h", "7d" as "7d", 0 as "0s". */
const char *duration_text(int64_t ms, char out[TIME_TEXT_MAX]);

/* Rounded for people, two units at most: "3d 4h", "5h 10m", "12m", "45s", "now"; from 30 days on whole days. The sign
 * is dropped: callers say "ago" or "in". */
const char *duration_about(int64_t ms, char out[TIME_TEXT_MAX]);

/* The UTC day an instant lies in, as days since 1970-01-01 (floor, also before 1970). */
int64_t time_day(int64_t ms);

#endif
