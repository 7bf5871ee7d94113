/* retold.h - what was recorded of a lead, told anew because somebody else is erased.
 *
 * People share devices, and late events tell of it: then a lead may have decisions, clocks and messages whose records name an id
 * that is another's, or was. When that one is erased the id goes, and with it those records; what they say of the lead who stays
 * is told anew in one record (JOURNAL_RETOLD), under a name of its own:
 *
 *   {"lead":"u-1","kind":"user","stages":[{"lifecycle":"main","stage":"sal","at":".."}],"derived":[2,"9f.."],"ruleset":"..",
 *    "sequence":4,"decisions":[{"record":57,"decision":{..}}],"clocks":[{..}],"messages":["msg_.."]}
 *
 * `stages` are the recorded ones, all of them; "merged":true: it has become one with another and was not folded since. `decisions` are as
 * decision_json.h records them, without the brief (it may tell of the erased) and with the number of the record that is a number by now;
 * `clocks` as clocks_json tells them; `messages` are the lead's though their records name an id that others have. `sequence` is of the last message. What is in the book already is not there twice: so the record is
 * taken when it is made, as when it is read. Pure.
 */
#ifndef EMBUDO_CORE_RETOLD_H
#define EMBUDO_CORE_RETOLD_H

#include "core/handoff/outbox.h"
#include "core/identity/identity.h"
#include "core/journal/leadbook.h"

/* Marks what the lead's records say of ids that are_theirs, `theirs` being asked of nodes: it is to be told anew. `noted` is told the
 * record of each decision and the id of each clock; either may be 0. False: there is none. */
struct retold_marks {
  void *context;
  bool (*is_theirs)(void *context, uint32_t node);
  void (*decision)(void *context, uint64_t record);
  void (*clock)(void *context, uint64_t clock);
};
bool retold_mark(struct leadbook *book, const struct lead_entry *entry, const struct retold_marks *marks);

struct retold_from {
  const struct leadbook *book;
  const struct ruleset *rules;
  const struct outbox *outbox;
  const struct lead_entry *entry;
  struct identity_member name; /* the lead's */
  void *context;
  bool (*is_others)(void *context, uint32_t node); /* not the lead's alone */
};
void retold_write(const struct retold_from *from, struct buf *out); /* the record */

struct retold_into {
  struct leadbook *book;
  const struct ruleset *rules;
  struct outbox *outbox;
  struct lead_entry *entry;
  uint32_t named; /* the node of the record's id */
};
int retold_take(const struct retold_into *into, struct json_ref root, struct err *err);

#endif
