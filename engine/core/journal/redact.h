/* redact.h - a record of the journal without what is one person's.
 *
 * Events of the person go. Of a group call only who made it goes: what it said about the account stays, as a call that names
 * no person. A recorded decision becomes a number for statistics: which stage was entered and left, on which day, by which
 * rules, but not by whom; likewise what happened to a clock of sales. What was told others about the person, and what became
 * of it, goes. Everything else, and other people's events in the same record, stays to the byte.
 * Pure; one thread.
 */
#ifndef EMBUDO_CORE_REDACT_H
#define EMBUDO_CORE_REDACT_H

#include "core/journal/erasure.h"
#include "core/journal/sift.h"

struct redactor;

struct redactor *redactor_new(void);
void redactor_free(struct redactor *redactor);

enum redaction {
  REDACT_NOTHING, /* the record has nothing of the person */
  REDACT_PART,    /* `out` is what is left */
  REDACT_ALL,     /* nothing is left: `out` is empty */
};

/* Whoever wants to know what goes: each event of the person's, as it was. Any thread that redacts. */
void redactor_tell(struct redactor *redactor, void (*gone)(void *context, const struct sift_event *event),
                   void *context);

struct redacted { /* counts; added to */
  uint64_t events, decisions;
};

/* What cannot be read has nothing of anybody. `out` is cleared first. What is left is never longer than what was. */
enum redaction redact(struct redactor *redactor, const struct erasure *erasure,
                      const struct store_record *record, struct buf *out, struct redacted *counts);

#endif
