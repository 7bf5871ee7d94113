/* fold_enrich.h - what enrichers did for a lead, as a fold sees it: pending traits, where each trait comes from, and which
 * enrichers could help now. Everything at the fold's present instant.
 *
 * A trait may be told by events and by enrichers. Whose value counts: the source that `sources` names first, among equals
 * the newest; without `sources` events win over enrichers. A value of an enricher ends at its expiry, to the millisecond, and
 * what is below it shows again.
 *
 * An enricher is pending from the instant at which it could be asked (before anything is decided at that instant) until it has
 * answered or given up, at the longest for its deadline; the traits it gives that have no value are unknown meanwhile. That
 * follows from the touches alone, so it is the same whether embudo runs, has been restarted or replays.
 */
#ifndef EMBUDO_MODEL_FOLD_ENRICH_H
#define EMBUDO_MODEL_FOLD_ENRICH_H

#include "model/fold/fold.h"

/* Where the value of a trait comes from. */
struct fold_origin {
  struct str source; /* who sent the event; of an enricher's answer its name */
  enum event_type type;
  int64_t time_ms;    /* when it was told */
  int64_t expires_ms; /* TIME_NEVER: it stands */
};

/* The values of enrichers that count now, one after another: path and origin of number `index`, which skips those that do not
 * count. False: there are no more. */
bool fold_given_next(const struct fold *fold, uint32_t *index, struct str *path, struct fold_origin *origin);

/* Whether the trait has no value yet and some enricher that gives it is being asked. */
bool fold_trait_pending(const struct fold *fold, struct str path);

/* What enricher number `enricher` did last for this lead; outcome ENRICHMENT_NONE: nothing. */
struct touch_enrichment fold_enrichment(const struct fold *fold, uint32_t enricher, int64_t *at_ms);
bool fold_is_pending(const struct fold *fold, uint32_t enricher);
bool fold_any_pending(const struct fold *fold);

/* The values an enricher needs, as one JSON object appended to `out`; false: not all are known. */
bool fold_enricher_needs(const struct fold *fold, uint32_t enricher, struct buf *out);

/* Whether the enricher should be asked now: the lead counts and is not at an end, no verdict stands, what it needs is known, its
 * `when` held when it was first to be asked, and it could tell something that is not known and was not asked for in vain. */
bool fold_enricher_wanted(const struct fold *fold, uint32_t enricher);

/* Until when its answer is waited for; in the past, or TIME_MIN: it is not. */
int64_t fold_pending_until(const struct fold *fold, uint32_t enricher);

/* Whether who reads the trait (empty: all of them), or what is below it, reads something that a pending answer may still tell. */
bool fold_reads_pending(const struct fold *fold, struct str path);

/* The score that all answers that are pending can still make of it: each rule that they leave unknown holds nothing or its
 * points, independently. Clamped, milli-points; both are the score when nothing is pending. */
void fold_score_range(const struct fold *fold, int dimension, int64_t *low, int64_t *high);

#endif
