/* brief.h - what whoever takes a lead over should know of it, on one page: how good it is, why, what it looked at, what is not known
 * of it yet.
 *
 * Made from a fold at its present instant, so a hand-off keeps the brief of its own instant: what is learnt later is not in it.
 * Pure. What a lead looked at is not in a fold; who has it gives it along.
 */
#ifndef EMBUDO_CORE_BRIEF_H
#define EMBUDO_CORE_BRIEF_H

#include "base/json.h"
#include "model/fold.h"

enum {
  BRIEF_REASONS_MAX = 5,          /* rules, the weightiest first */
  BRIEF_REASONS_CHARACTERS = 255, /* of the one text that names them: what fields of a CRM hold */
  BRIEF_SEEN_MAX = 10             /* pages and content */
};

struct brief_seen { /* a page or other content the lead looked at */
  int64_t time_ms;
  struct str what; /* "/pricing", "Whitepaper Downloaded" */
};

struct brief_extra {
  const char *base_url;          /* where people reach embudo, without a slash at its end; NULL: no link */
  const struct brief_seen *seen; /* newest first */
  uint32_t seen_count;
};

/* Why the lead is worth a call, in one text: "Asked for a demo +40; Looked at prices +15". At most BRIEF_REASONS_CHARACTERS
 * characters; whole reasons only, except where the first alone is longer. Empty when no rule gives it points. */
void brief_reasons(const struct fold *fold, struct buf *out);

/* An object; extra may be NULL:
 *   {"at":"..","lead":"u-1","scores":{"fit":40,..},"grade":"A1","stage":"mql","reasons":"..",
 *    "top":[{"rule":"asked_demo","doc":"Asked for a demo","points":40,"last_at":".."},..],
 *    "missing":["title"],"seen":[{"at":"..","what":"/pricing"},..],"url":".."} */
void brief_json(const struct fold *fold, const struct brief_extra *extra, struct json_writer *w);

/* The same for people, a few lines. */
void brief_text(const struct fold *fold, const struct brief_extra *extra, struct buf *out);

#endif
