/* intake.h - an accepted event -> its touch: what is kept of it, under one ruleset.
 *
 * Matches the event's patterns once, calls the point functions that need no lead, copies what a fold will want (traits,
 * account, origin, the JSON of events whose functions run in the fold) into an arena, and leaves the rest behind. Knows
 * nothing of leads; who the touch belongs to is identity's business. No allocation but from arenas. One thread.
 */
#ifndef EMBUDO_CORE_INTAKE_H
#define EMBUDO_CORE_INTAKE_H

#include "core/intake/trait_writer.h"
#include "model/match/atoms.h"

/* What a points function answers at ingest, beside how many amounts it gave. */
enum { INTAKE_FAILED = -1, INTAKE_NEEDS_LEAD = -2 };

struct intake_calls { /* functions written in rule files, run by whoever owns the Lua VM */
  void *context;
  /* Fills `amounts` (room for one per dimension) and returns how many, or one of the two words above. */
  int (*points)(void *context, int fn, const struct event *event, struct fn_amount *amounts);
  bool (*stopped)(void *context, int fn); /* quarantined: not called any more */
};

struct intake {
  const struct ruleset *rules;
  struct intake_calls calls;
  uint8_t *marks;    /* per signal: bits, see intake.c */
  uint16_t *callers; /* behaviour rules whose points are a function called here */
  uint32_t caller_count;
  struct atom_hits hits; /* of the event just matched */
  uint8_t seen;          /* what they mean together */
  struct trait_writer writer;
  struct arena scratch; /* cleared with each event */
  struct buf text;
};

void intake_init(struct intake *intake, const struct ruleset *rules, const struct intake_calls *calls);
void intake_release(struct intake *intake);

/* Other rules from now on. The touches that were made stay good: the names of their traits are this intake's. */
void intake_use(struct intake *intake, const struct ruleset *rules, const struct intake_calls *calls);

/* First: which signals the event raises. False when an ignore rule takes it. */
bool intake_match(struct intake *intake, const struct event *event);

/* Then, of the event just matched: its touch, in `arena`. `key` is its place among events of one instant (source, NUL,
 * messageId). `text` is the event's JSON; empty: it is written anew from event->root when it is wanted. */
struct touch *intake_touch(struct intake *intake, const struct event *event, struct str key, struct str text,
                           struct arena *arena);

#endif
