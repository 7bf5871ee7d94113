/* clocks.h - what a fold and its decisions mean for a lead's clocks: which start, warn, are breached, stop.
 *
 * Asked after every fold, once decisions are made (decide.h), and only live: not while other rules are tried. It changes the
 * clocks in the book and says what has to be recorded; writing is the caller's.
 *   - A clock starts when a transition into its stage is decided live (decision_is_live) and its tier holds then. Its deadlines are
 *     reckoned from that instant in the calendar of the rules that started it.
 *   - It stops at the instant of what stops it (the n-th such event after the stage was entered, whenever it became known), at
 *     the instant the stage was left, or when the lead turns out to be part of another or not to count.
 *   - What is overdue is recorded with the instant at which it was due, in order, a warning before its breach, unless the clock
 *     had stopped by then. A breach that is recorded stays, also if what should have stopped it becomes known later.
 *   - No clock survives its stage: what stops because of a decision is to be written with it.
 *   - When two leads are one, a clock of the stage that stays goes on unless the lead has its own; others stop.
 * Pure.
 */
#ifndef EMBUDO_CORE_CLOCKS_H
#define EMBUDO_CORE_CLOCKS_H

#include "core/identity/identity.h"
#include "core/journal/decide.h"

enum { CLOCKS_FACTS_MAX = 512 }; /* of one fold; what is beyond waits for the next, which is due at once */

struct clock_facts {
  struct clock_fact items[CLOCKS_FACTS_MAX];
  size_t count;
  size_t
      before; /* so many come before the decisions: their instants lie before them, and they stand for themselves */
};

void clocks_follow(struct leadbook *book, struct lead_entry *entry, const struct fold *fold,
                   const struct decided *decided, size_t count, int64_t now_ms, struct clock_facts *facts);

/* The record (JOURNAL_CLOCK):
 *   {"lead":"u-1","kind":"user","clock":"0f..","sla":"first_touch","what":"started","at":"..","decided_at":"..",
 *    "lifecycle":"main","stage":"mql","cycle":1,"ruleset":"..", and of a started one "entered_at","warn_at","due_at",
 *    "attempts","escalate","reassign", of a stopped one "end","made","worked_ms"}
 */
void clocks_record(const struct leadbook *book, const struct clock_fact *fact, struct identity_member lead,
                   struct buf *out);

struct clock_read { /* borrows from the JSON */
  struct identity_member lead;
  struct clock clock; /* of a started one all of it; else `id` and what the fact says */
  enum clock_what what;
  int64_t at_ms, decided_ms;
};
int clocks_parse(struct leadbook *book, struct json_ref root, struct clock_read *read, struct err *err);

/* A clock as clocks_json tells it, with what has come of it; "absorbed":true: clock.absorbed. */
int clocks_parse_retold(struct leadbook *book, struct json_ref root, struct clock *clock, struct err *err);

/* What was read, into the book. -1 and *err: it is about a clock that was never started. */
int clocks_apply(struct leadbook *book, struct lead_entry *entry, const struct clock_read *read,
                 struct err *err);

/* "open", "warned", "breached" (running still) or "stopped". */
const char *clocks_state_word(const struct clock *clock);

/* The members of a clock for people and for the stream of news: open object. */
void clocks_json(const struct leadbook *book, const struct clock *clock, int64_t now_ms,
                 struct json_writer *w);

#endif
