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

/* The question, and until when its answer counts; TIME_MIN: there is none yet. Copied. */
void telling_about(struct telling *telling, struct str needs, int64_t until_ms);
struct telling_about {
  struct str enricher, needs;
  int64_t until_ms;
};
struct telling_about telling_of(const struct telling *telling);
struct tellings *telling_list(const struct telling *telling); /* NULL: it is gone */
uint32_t telling_count(const struct telling *telling);        /* of leads */

bool tellings_have(const struct tellings *tellings, const char *enricher, struct identity_member lead);

/* The list goes: what is under way counts for nobody, and is still to be ended. */
void tellings_forget(struct tellings *tellings);

#endif
