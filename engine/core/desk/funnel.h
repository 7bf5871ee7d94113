/* funnel.h - the figures of the funnel: how many came how far, of new business alone.
 *
 * Of each lifecycle that says which stages are marketing's word (`endorsed`), sales' (`sales`) or no sale at all (`outside`). A lead counts
 * once, however often it came. In no figure, but counted for themselves: who is outside of the funnel (a technical question), whose
 * company is no new business, and whom sales took without marketing's word (claimed). Whether it was new business is what was
 * recorded with the decision. Pure: from the book of leads.
 */
#ifndef EMBUDO_CORE_FUNNEL_H
#define EMBUDO_CORE_FUNNEL_H

#include "core/journal/leadbook.h"

/* Stages that leads entered in [from, to), by live decisions:
 *   [{"lifecycle":"main","leads":120,"existing":4,"outside":7,"endorsed":30,"accepted":20,"claimed":3,
 *     "stages":[{"stage":"mql","leads":30},..]},..]
 * `leads` are all that are in it now; `accepted` had marketing's word in that cycle when sales took them. */
struct funnel;

struct funnel *funnel_new(const struct leadbook *book, const struct ruleset *rules, int64_t from_ms,
                          int64_t to_ms);                                 /* borrows both */
void funnel_free(struct funnel *funnel);                                  /* NULL is fine */
void funnel_count(struct funnel *funnel, const struct lead_entry *entry); /* each lead once */
void funnel_json(const struct funnel *funnel, struct json_writer *w);

/* Whether the lead stands outside of that lifecycle's funnel. */
bool funnel_is_outside(const struct leadbook *book, const struct lead_entry *entry,
                       const struct ruleset *rules, int lifecycle);

#endif
