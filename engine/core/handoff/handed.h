/* handed.h - what was known of a lead when it was handed over: the briefs that were frozen then.
 *
 * A lead is handed over by a decision that lets sales see it (desk_handed_stages), whether anybody is told or not, and by each message of
 * an effect that hands it over (`handoff`). Either keeps the brief of its instant in its record (JOURNAL_DECISION, JOURNAL_EFFECT),
 * in the append that makes it a fact, so what sales had before them can be read later, under whatever rules; an erasure takes it
 * away with the record. The records are found in memory and read from the journal, on a thread that may wait.
 */
#ifndef EMBUDO_CORE_HANDED_H
#define EMBUDO_CORE_HANDED_H

#include "core/journal/pipeline.h"

enum {
  HANDED_MAX = 20, /* briefs told */
  HANDED_LOOKED_AT =
      200 /* messages of the lead, the newest, as most are no hand-offs; and as many decisions */
};

struct handed {
  uint64_t records[2 * HANDED_LOOKED_AT]; /* newest first */
  uint32_t count;
};

/* One hand-off by name: a message's "msg_<32 digits>", or a decision's "dec_<number of its record>". */
struct handed_name {
  bool is_message;
  struct hash128 message;
  uint64_t decision;
};
bool handed_name_parse(struct str text, struct handed_name *name);

/* The lead's hand-offs, or the one of that name alone. */
void handed_find(struct handed *handed, struct pipeline *pipeline, uint32_t lead,
                 const struct handed_name *only);

/* A list, newest first, of either kind:
 *   {"handoff":"msg_..","effect":"hot","destination":"crm","type":"lead.qualified","at":"..","made_at":"..","brief":{..}}
 *   {"handoff":"dec_..","lifecycle":"main","stage":"mql","cause":"rule","at":"..","made_at":"..","brief":{..}}
 * Records that are gone are left out. -1 and *err when the journal cannot be read. */
int handed_json(const char *dir, const struct handed *handed, struct buf *out, struct err *err);

/* The same for people: a line that says when, what and where to, and the brief's lines. `list` is what handed_json wrote. */
int handed_text(struct str list, struct buf *out, struct err *err);

#endif
