/* telling.h - what is said of enrichers to leads, on its way into the journal: a lead that is folded meanwhile does not have it yet,
 * and must not be told a second time. */
#ifndef EMBUDO_SERVE_SERVICE_TELLING_H
#define EMBUDO_SERVE_SERVICE_TELLING_H

#include "core/identity/identity.h"

struct telling;

struct tellings {
  struct telling *first; /* those under way; NULL: none */
};

/* Of that enricher (its name is copied). It belongs to the list until telling_end, which frees it. */
struct telling *telling_begin(struct tellings *tellings, const char *enricher);
void telling_to(struct telling *telling, struct identity_member lead); /* copies the id */
void telling_end(struct telling *telling);
uint32_t telling_count(const struct telling *telling); /* of leads */

bool tellings_have(const struct tellings *tellings, const char *enricher, struct identity_member lead);

/* The list goes: what is under way counts for nobody, and is still to be ended. */
void tellings_forget(struct tellings *tellings);

#endif
