/* decision_json.h - a recorded transition as JSON: for the journal, for the stream of changes, for people; and back.
 *
 *   {"lead":"u-1","kind":"user","lifecycle":"sales","from":"lead","to":"mql","cause":"rule","move":"...","cycle":1,
 *    "at":"2026-01-02T03:04:05Z","decided_at":"...","ruleset":"<sha-256>","derived":[2,"9f.."]}
 *
 * Where somebody's act caused it: "act":"accept","actor":"maria","role":"sales", and where it was so "reason":"no_need",
 * "overridden":true. Where it hands the lead over, "brief":{..} is what was known then. `lead` and `kind` name the lead as it was
 * called then. `derived` is the engine's: how much of the fold's history had been compared (decide.h). */
#ifndef EMBUDO_CORE_DECISION_JSON_H
#define EMBUDO_CORE_DECISION_JSON_H

#include "core/identity/identity.h"
#include "core/journal/decide.h"

void decision_json(const struct leadbook *book, const struct decision *decision, struct json_writer *w);

/* The same with who it is about, in front, and what was compared; and where it hands the lead over, the brief (brief.h), as JSON;
 * else empty. */
void decision_record(const struct leadbook *book, const struct decided *decided, struct identity_member lead,
                     struct str brief, struct buf *out);

/* A record's JSON for people, appended to `out`: its number as "record", and not what is the engine's alone. */
void decision_export(struct json_ref root, uint64_t record, struct buf *part, struct buf *out);

/* `lead` and `kind`, as records of other kinds say them too. */
bool decision_lead(struct json_ref root, struct identity_member *lead); /* false: it does not say of whom */

/* `derived` alone; read, nothing is touched where it is not as it should be. */
void decision_put_derived(struct json_writer *w, uint32_t count, uint64_t hash);
bool decision_derived(struct json_ref root, uint32_t *count, uint64_t *hash);

struct decision_about {
  struct identity_member lead; /* borrows from the reader */
  int64_t at_ms;
};
bool decision_about(struct json_ref root, struct decision_about *about); /* false: it does not say of whom */

struct decision_read {
  struct identity_member lead; /* borrows from the reader */
  struct decision decision;
  struct touch_act act; /* what decision.act points to; borrows too */
  uint32_t derived_count;
  uint64_t derived_hash;
};
int decision_parse(struct leadbook *book, struct json_ref root, struct decision_read *read, struct err *err);

#endif
