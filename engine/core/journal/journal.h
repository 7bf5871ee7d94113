/* journal.h - what the records of the store mean. The store does not look into them; this does.
 *
 * Everything the daemon knows follows from them, read in order: events feed the engine, decisions fill the book of leads.
 */
#ifndef EMBUDO_CORE_JOURNAL_H
#define EMBUDO_CORE_JOURNAL_H

/* Numbers are for ever: they stand in files. */
enum journal_kind {
  JOURNAL_EVENTS = 1, /* {"batch": [...]} as receive.h makes it; source: who sent them */
  JOURNAL_IMPORT =
      2, /* the same, of history: read as events of a file are, with their own `source` and `receivedAt`;
                           what follows from it is told nobody */
  JOURNAL_DECISION =
      3, /* a recorded transition, decision_json.h; without `lead`: of somebody who was erased */
  JOURNAL_RULESET = 4, /* {"ruleset": "<sha-256>"}: what follows was judged under it; with "stages": "hold" or
                            "drip N/h": what it changes by itself waits for JOURNAL_RELEASE */
  JOURNAL_ERASE = 5,   /* somebody's data is to go, erasure.h; without `ids`: it is gone */
  JOURNAL_TOMBSTONE = 6,  /* ids that must not come again, blocklist.h */
  JOURNAL_SYSTEM = 7,     /* {"batch": [...]} of system events (event.h): people's acts, enrichers' answers */
  JOURNAL_AGREEMENT = 12, /* somebody approved the agreement, agreement.h */
  JOURNAL_CLOCK =
      8, /* what happened to a clock that sales works against, clocks.h; without `lead`: of somebody who was erased */
  JOURNAL_EFFECT = 9,    /* what is told others, outbox_record.h */
  JOURNAL_DELIVERY = 10, /* what became of it, outbox_record.h */
  JOURNAL_RELEASE =
      13, /* {"leads": [..]}: what the rules changed in them and was held is recorded now; without
                            `leads`: in all */
  JOURNAL_RETOLD =
      14 /* what was recorded of a lead, under an id that is not its own any more, told anew: retold.h */
};

#endif
