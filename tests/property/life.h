/* life.h - a daemon's work in memory, for property tests: the desk's rules, a journal, and a pipeline that is fed from it. What follows from
 * events is written and then taken, as the service does it; people are erased from the journal as it is done there; and a new start
 * reads what is left. */
#ifndef EMBUDO_PROPERTY_LIFE_H
#define EMBUDO_PROPERTY_LIFE_H

#include "world.h"

#include "core/handoff/handoff.h"
#include "core/journal/journal.h"

enum { LIFE_PEOPLE = 7, LIFE_RECORDS_MAX = 60000 };

#define LIFE_START INT64_C(1704099600000)
#define LIFE_DAY   INT64_C(86400000)

struct kept { /* a record of the journal */
  enum journal_kind kind;
  uint64_t seq;
  int64_t received_ms;
  char *text; /* NULL: it was erased */
};

struct life {
  uint64_t seed;
  struct chance chance;
  struct generation *generations[2];
  int rules; /* in charge */
  struct pipeline *pipeline;
  struct handoff *handoff;
  struct lead_entry *handing;
  int64_t now_ms;
  uint64_t seq;
  struct kept *records;
  size_t count;
  int number, acts, refused, merges, erased, retold, breaches, handed;
  bool silent; /* a start: nothing may come of it */
};

/* Two rulesets that keep the same of events, so that one takes over where the other was. */
void life_rules(struct generation *generations[2]);

void life_begin(struct life *life, uint64_t seed, struct generation *const generations[2]);
void life_end(struct life *life);
void life_hand_off_anew(
    struct life *life); /* as a process that starts: it remembers nothing of what it was about to tell */

struct kept *life_append(struct life *life, enum journal_kind kind, struct str text);
void life_take(struct life *life, const struct kept *kept);

void life_settle(struct life *life, int64_t now_ms); /* folds everybody who wants it */
void life_pass(struct life *life, int64_t until_ms); /* and all that is due on the way, at its own instant */

void life_erase(struct life *life, struct str id);

/* Everything as it was, to the byte, and nothing to add; else the test fails. */
void life_start_anew(struct life *life);

#endif
