/* blocklist.h - ids of people who were erased and must not come again, as keyed hashes: who has the list cannot read the ids off
 * it, only ask about one.
 *
 * The key is made with the first list and stands in the journal beside the hashes (journal.h, JOURNAL_TOMBSTONE):
 *   {"key":"<32 hex digits>","ids":["<32 hex digits>",..]}
 * One thread.
 */
#ifndef EMBUDO_CORE_BLOCKLIST_H
#define EMBUDO_CORE_BLOCKLIST_H

#include "base/digest.h"
#include "core/journal/erasure.h"

struct blocklist;

struct blocklist *blocklist_new(void);
void blocklist_free(struct blocklist *list);

/* The ids of an erasure. Those that were the person's for some of the time only are others' as well and are left out. */
void blocklist_add(struct blocklist *list, const struct erasure *erasure);

/* A record that says the same, appended to `out`. */
void blocklist_write(struct blocklist *list, const struct erasure *erasure, struct buf *out);

/* Takes what such a record says. -1 and *err when it is none. */
int blocklist_take(struct blocklist *list, struct json_ref root, struct err *err);

/* Whether an id on the event, or the e-mail address an identify call gives, is on the list. */
bool blocklist_has_event(const struct blocklist *list, const struct event *event);

size_t blocklist_count(const struct blocklist *list);

#endif
