/* tally.h - how many events matched each behaviour rule, over all leads, since the first.
 *
 * An event counts once for a rule, whichever of the rule's patterns it matches. Counted when events arrive, before anything
 * is known of their leads: a rule's `when`, its limit and the gap between visits are the fold's business. Sequences and
 * entered stages are no events. A few nanoseconds a hit. One thread.
 */
#ifndef EMBUDO_CORE_TALLY_H
#define EMBUDO_CORE_TALLY_H

#include "model/touch.h"

struct tally;

struct tally *tally_new(const struct ruleset *rules); /* borrowed */
void tally_free(struct tally *tally);

void tally_add(struct tally *tally, const struct touch *touch);

/* Takes over what the older one counted, for rules of the same id that wait for the same signals. */
void tally_inherit(struct tally *tally, const struct ruleset *rules, const struct tally *older,
                   const struct ruleset *older_rules);

uint64_t tally_of(const struct tally *tally, uint32_t rule);

/* Whether events raise any of the rule's signals: only then does its number say something. */
bool tally_counts(const struct ruleset *rules, uint32_t rule);

#endif
