/* enricher.h - a script that asks the world for traits of a lead, as its declaration compiles: what it needs, what it gives,
 * and how often the world may be asked. The function itself is run elsewhere; the fold only knows what its answers say.
 *
 * Its calls stand on the lead's timeline as touches of type EVENT_ENRICHMENT, so that what was known or expired at an instant is a
 * function of the journal: replays make no calls. What is pending follows from the touches as well: from the instant at
 * which an enricher could be asked until its answer, at the longest for `deadline_ms`, whoever asks and whether anybody does.
 */
#ifndef EMBUDO_MODEL_ENRICHER_H
#define EMBUDO_MODEL_ENRICHER_H

#include "base/str.h"

struct cond;

enum {
  ENRICHERS_MAX = 64,
  ENRICHER_PATHS_MAX = 32,     /* needs, and gives */
  SOURCES_MAX = 32,            /* named by `sources` */
  ENRICHER_TIMEOUT_MS = 10000, /* for all calls of one run, unless it says otherwise */
  ENRICHER_DEADLINE_MS = 30000 /* for an answer that decisions wait for, runs and pauses together */
};

struct enricher {
  const char *id, *doc;
  struct str *needs, *gives; /* paths of traits */
  uint32_t need_count, give_count;
  const struct cond *when; /* NULL: always */
  int run_fn;
  int64_t ttl_ms;          /* how long an answer counts; TIME_NEVER: for ever */
  int64_t negative_ttl_ms; /* how long "nothing", or a failure that was final, stands */
  int64_t timeout_ms;      /* of one run, all its calls together */
  int64_t deadline_ms;     /* how long decisions wait, from the instant at which it could first be asked */
  uint32_t rate;           /* runs within rate_ms; 0: no limit */
  int64_t rate_ms;
  uint32_t budget; /* runs within budget_ms, which begins at a multiple of it since 1970 (UTC); 0: no limit */
  int64_t budget_ms;
  uint32_t concurrency, retries;
};

/* Whether it declares the trait at `path`, or one that holds it. */
bool enricher_gives(const struct enricher *enricher, struct str path);

/* What a touch of type EVENT_ENRICHMENT says. */
enum enrichment_outcome {
  ENRICHMENT_NONE,     /* no such touch yet */
  ENRICHMENT_ASKED,    /* pending until an answer, at the latest until `until_ms` */
  ENRICHMENT_ANSWERED, /* its traits count until `until_ms` */
  ENRICHMENT_NOTHING,  /* there is nothing to know; asked again from `until_ms` on */
  ENRICHMENT_FAILED    /* the same, because it could not be asked */
};

extern const char *const enrichment_words[]; /* "none", "asked", "answered", "nothing", "failed", NULL */

struct touch_enrichment {
  enum enrichment_outcome outcome;
  struct str enricher;
  uint64_t needs; /* hash of the values it was asked with */
  int64_t until_ms;
};

#endif
