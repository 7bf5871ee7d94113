/* inquiry.h - questions about one lead, as of an instant: values, conditions, explanations. What `embudo repl` asks.
 *
 * Holds a rules directory and a way to feed a history. A value is an expression over `lead` and is judged where the lead
 * stands. A condition is written as in a rule file: it is compiled beside the rules, as a rule that gives nothing, and the
 * history is fed anew under both, so that it may ask for events that no rule waits for.
 */
#ifndef EMBUDO_CORE_INQUIRY_H
#define EMBUDO_CORE_INQUIRY_H

#include "core/explain/explain.h"
#include "core/rules/generation.h"

struct engine;

struct inquiry_history { /* where events come from; called again for every condition */
  void *context;
  int (*feed)(void *context, struct engine *engine, struct err *err);
};

struct inquiry;

/* Loads the rules and feeds the history. The bundle must outlive it. NULL after problems or *err. */
struct inquiry *inquiry_new(const struct ruledir *bundle, const struct inquiry_history *history,
                            struct problems *problems, struct err *err);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine */

const struct ruleset *inquiry_rules(const struct inquiry *inquiry); /* the directory's */

/* As of this instant; at first it is the latest event's. */
void inquiry_at(struct inquiry *inquiry, int64_t at_ms);
int64_t inquiry_now(const struct inquiry *inquiry);

/* Whom questions are about: by any id. -1: no event speaks of it. */
int inquiry_lead(struct inquiry *inquiry, struct str id);
const char *inquiry_id(const struct inquiry *inquiry); /* "" before any */

/* The public id of lead number `index` (from 0); empty at the end. */
struct str inquiry_lead_at(struct inquiry *inquiry, size_t index);

/* The lead, folded to the instant; a lead of whom no event is known is folded too, and empty. */
const struct fold *inquiry_fold(struct inquiry *inquiry);

int inquiry_value(struct inquiry *inquiry, struct str text, struct buf *out, struct err *err);

/* "yes", "no" or "unknown" on a line, and the parts that say why below it. What does not compile is in *err. */
int inquiry_condition(struct inquiry *inquiry, struct str text, struct buf *out, struct err *err);

#endif
