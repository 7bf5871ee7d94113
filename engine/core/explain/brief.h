/* brief.h - what whoever takes a lead over should know of it, on one page: how good it is, why, what it looked at, what is not known
 * of it yet.
 *
 * Made from a fold at its present instant, so a hand-off keeps the brief of its own instant: what is learnt later is not in it.
 * Pure.
 */
#ifndef EMBUDO_CORE_BRIEF_H
#define EMBUDO_CORE_BRIEF_H

#include "base/json.h"
#include "model/fold/fold.h"

enum {
  BRIEF_REASONS_MAX = 5,          /* rules, the weightiest first */
  BRIEF_REASONS_CHARACTERS = 255, /* of the one text that names them: what fields of a CRM hold */
  BRIEF_OPEN_MAX = 8              /* questions */
};

/* Why the lead is worth a call, in one text: "Asked for a demo +40; Looked at prices +15". At most BRIEF_REASONS_CHARACTERS
 * characters; whole reasons only, except where the first alone is longer. Empty when no rule gives it points. */
void brief_reasons(const struct fold *fold, struct buf *out);

/* An object. `base_url` is where people reach embudo, without a slash at its end; NULL: no link.
 *   {"at":"..","lead":"u-1","scores":{"fit":40,..},"grade":"A1","stage":"mql","reasons":"..",
 *    "top":[{"rule":"asked_demo","doc":"Asked for a demo","points":40,"last_at":".."},..],
 *    "seen":[{"at":"..","type":"page","what":"/pricing","title":"Prices"},..], "missing":["title"],
 *    "question":"Who signs?","open":[{"framework":"bant","criterion":"authority","ask":"Who signs?",..},..],"url":"..",
 *    "text":".."}
 * `seen`: pages and content, newest first (fold_content). `open`: criteria without a good answer, of the frameworks in
 * which something is known, or of the first where nothing is; `question` is the first of them, null when none is open;
 * `text` is what brief_text says, for a note in a CRM. */
void brief_json(const struct fold *fold, const char *base_url, struct json_writer *w);

/* The same for people, a few lines. */
void brief_text(const struct fold *fold, const char *base_url, struct buf *out);

#endif
