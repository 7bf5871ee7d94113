/* handed.h - what was known of a lead when it was handed over: the briefs that its hand-offs hold.
 *
 * A brief is frozen in the record of its message (JOURNAL_EFFECT, outbox_record.h), whatever the receiver's form shows of it, so what
 * sales was told can be read later; an erasure takes it away with the record. The rows are found in memory; their records are read
 * from the journal, on a thread that may wait.
 */
#ifndef EMBUDO_CORE_HANDED_H
#define EMBUDO_CORE_HANDED_H

#include "core/handoff/outbox.h"

enum {
  HANDED_MAX = 20,       /* briefs told */
  HANDED_LOOKED_AT = 200 /* messages of the lead, the newest: most are no hand-offs */
};

struct handed {
  uint64_t records[HANDED_LOOKED_AT]; /* newest first */
  uint32_t count;
};

/* The lead's messages, or the one of that id alone. */
void handed_find(struct handed *handed, const struct outbox *outbox, uint32_t lead,
                 const struct hash128 *only);

/* A list, newest first: [{"handoff":"msg_..","effect":"hot","destination":"crm","type":"lead.qualified","at":"..","made_at":"..",
 * "brief":{..}},..]. Records that are gone are left out. -1 and *err when the journal cannot be read. */
int handed_json(const char *dir, const struct handed *handed, struct buf *out, struct err *err);

/* The same for people: a line that says when, what and where to, and the brief's lines. `list` is what handed_json wrote. */
int handed_text(struct str list, struct buf *out, struct err *err);

#endif
