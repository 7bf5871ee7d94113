/* httpdate.h - dates as HTTP headers have them (RFC 9110, section 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT", and the two
 * older forms that a recipient has to take as well. */
#ifndef EMBUDO_BASE_HTTPDATE_H
#define EMBUDO_BASE_HTTPDATE_H

#include "base/str.h"

/* False for anything else. The day of the week is not compared with the date. */
bool httpdate_parse(struct str text, int64_t *ms);

/* How long a Retry-After says to wait from `now_ms` on: seconds, or a date, of which one that has passed is 0. At most
 * `max_ms`. False when it says neither. */
bool httpdate_retry_after(struct str text, int64_t now_ms, int64_t max_ms, int64_t *wait_ms);

#endif
