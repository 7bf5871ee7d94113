/* worklists.h - which leads somebody has to deal with, and in what order: membership and order of declared lists (model/ruleset/desk.h).
 *
 * Everything follows from the book of leads: the recorded stage, the conditions as of the lead's last fold (a fold is due when
 * one of them changes with time), its clocks. So a lead that leaves a stage is in none of the stage's lists from that commit
 * on. Pure.
 */
#ifndef EMBUDO_CORE_WORKLISTS_H
#define EMBUDO_CORE_WORKLISTS_H

#include "core/journal/leadbook.h"
#include "model/ruleset/desk.h"

/* Bit i: the condition of list i holds for the fold's lead, or it has none. */
uint64_t worklists_holding(const struct fold *fold);

/* When the condition of some list changes if nothing else happens; TIME_NEVER: not until then. */
int64_t worklists_next(const struct fold *fold, int64_t until_ms);

bool worklists_has(const struct leadbook *book, const struct ruleset *rules, const struct lead_entry *entry,
                   const struct worklist *list);

struct worklist_place { /* what puts a lead before another: greatest first, key by key */
  int64_t keys[DESK_ORDER_MAX];
  struct lead_entry *entry;
};
struct worklist_place worklists_place(const struct leadbook *book, const struct worklist *list,
                                      struct lead_entry *entry);
int worklists_cmp(const struct worklist *list, const struct worklist_place *a,
                  const struct worklist_place *b);

/* The running clock that is due soonest; NULL: none runs. */
const struct clock *worklists_clock(const struct leadbook *book, const struct lead_entry *entry);

#endif
