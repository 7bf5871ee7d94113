/* sla_report.h - how both sides keep what they promised: sales' clocks, and marketing's leads per period.
 *
 * The time between an event and somebody's first act is told in its two parts. The system's: from the event to the
 * delivery of its hand-off, or to the decision where nobody is told (reached.h). The people's: from there to what stopped the clock; of that also the part that lay in working
 * hours. Pure: from the book of leads.
 */
#ifndef EMBUDO_CORE_SLA_REPORT_H
#define EMBUDO_CORE_SLA_REPORT_H

#include "core/handoff/outbox.h"
#include "core/journal/leadbook.h"
#include "model/desk.h"

enum { SLA_REPORT_PERIODS_MAX = 24 };

/* "clocks": [..] of clocks that were started in [from, to), "funnel": of the same span (funnel.h), "promises": [..] for so many
 * periods up to `now`, the running one first; into an open object. */
void sla_report_json(const struct leadbook *book, const struct outbox *outbox, const struct ruleset *rules,
                     int64_t from_ms, int64_t to_ms, uint32_t periods, int64_t now_ms, struct json_writer *w);

#endif
