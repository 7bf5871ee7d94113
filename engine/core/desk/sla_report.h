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
#include "model/ruleset/desk.h"

enum { SLA_REPORT_PERIODS_MAX = 24, SLA_REPORT_PIECE = 512 /* clocks or leads in a step */ };

struct sla_question {
  int64_t from_ms, to_ms; /* of clocks that were started in [from, to), and the funnel */
  uint32_t periods;       /* of promises, up to `now`, the running one first */
  int64_t now_ms;
};

/* Made in pieces, between which the book may change: what came since then is counted or not. */
struct sla_report;

struct sla_report *sla_report_new(const struct leadbook *book, const struct outbox *outbox,
                                  const struct ruleset *rules, const struct sla_question *question);
void sla_report_free(struct sla_report *report); /* NULL is fine; also when book and rules are gone */
bool sla_report_step(struct sla_report *report); /* a piece; false: there is no more */

/* "clocks": [..], "funnel": [..] (funnel.h), "promises": [..]; into an open object. */
void sla_report_json(struct sla_report *report, struct json_writer *w);

#endif
