/* standing.h - the shadow that somebody asked for (service_shadow_begin): it stands until it is taken back, whatever ends it meanwhile.
 *
 * A restart, an erasure and other rules in charge end what runs, for it knows people who are gone or stands beside rules that do not
 * decide any more. Then it begins again by itself as soon as that is possible, reads the journal anew, and says why. It falls when
 * its own rules take over, do not load any more, or the journal cannot be read. What was asked for is a value of the store
 * (core/rules/kept.h), and its files are kept. On the loop's thread. */
#ifndef EMBUDO_SERVE_STANDING_H
#define EMBUDO_SERVE_STANDING_H

#include "serve/rulesets/keeper.h"

struct standing;

/* Reads what the store has; looks by itself, from time to time, whether it can begin. NULL and *err. */
struct standing *standing_new(struct daemon *daemon, struct keeper *keeper, struct err *err);
void standing_free(struct standing *standing); /* NULL is fine */

/* It runs, for the first time or again. Takes the bytes it was built from, which may be NULL. */
void standing_begun(struct standing *standing, const char *hash, const char *by, struct ruledir *bundle);

void standing_kept(struct standing *standing, const char *hash); /* that ruleset's files are in the store */

bool standing_end(struct standing *standing); /* by somebody's command. False: there is none */

struct standing_state {
  const struct kept_shadow *asked; /* its ruleset is "": nobody asked */
  bool resumes;                    /* it does not run just now, and begins again by itself */
  int64_t again_ms;                /* when it did last; TIME_MIN: it did not since the start */
  const char *again;               /* why; of one that resumes: why it will */
  const char *fell;                /* why there is none any more; NULL: see service_shadow.why */
};
void standing_state(const struct standing *standing, struct standing_state *state);

#endif
