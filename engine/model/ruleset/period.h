/* period.h - days, weeks (from Monday), months and quarters of a zone: where the one begins and ends that an instant lies in. Pure. */
#ifndef EMBUDO_MODEL_PERIOD_H
#define EMBUDO_MODEL_PERIOD_H

#include "model/ruleset/desk.h"

struct zone;

const char *period_word(enum promise_period per); /* "day", "week" ... */

/* [from, to); zone NULL: UTC. */
void period_of(const struct zone *zone, enum promise_period per, int64_t at_ms, int64_t *from_ms,
               int64_t *to_ms);

#endif
