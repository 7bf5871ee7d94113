/* enrich_private.h - between enrich.c (jobs), enrich_pace.c (how fast) and enrich_answers.c (what is known). */
#ifndef EMBUDO_CORE_ENRICH_PRIVATE_H
#define EMBUDO_CORE_ENRICH_PRIVATE_H

#include "base/timefmt.h"
#include "core/enrich/enrich.h"

enum { ENRICH_BUCKETS = 16384 }; /* to find jobs by their question */

struct enrich_pace { /* of one enricher */
  char *name;
  uint32_t running;
  int64_t window_ms; /* begin of the budget's window */
  uint32_t spent;
  int64_t slot_ms;   /* the next run may begin: theoretical arrival of a token bucket */
  uint32_t failures; /* in a row */
  int64_t broken_until_ms, break_ms;
  bool probing;
  struct enrich_counts counts;
};

struct enrich_kept {
  struct enrich_answer answer; /* traits: malloc */
  int64_t told;                /* events that tell it */
};

struct enrich {
  const struct ruleset *rules;
  uint64_t chance;
  struct enrich_pace *paces;
  uint32_t pace_count;
  struct map keys; /* enricher, NUL, needs -> answers */
  struct enrich_kept *kept;
  size_t kept_cap;
  struct enrich_jobs { /* in order of coming */
    struct enrich_job *first, *last;
  } waiting, under_way;
  struct enrich_job *buckets[ENRICH_BUCKETS];
  size_t job_count, running;
  struct enrich_stats stats;
};

struct enrich_pace *enrich_pace_named(struct enrich *enrich, struct str name);
/* When the enricher's next run may begin; not before now_ms. TIME_NEVER: when another ends. */
int64_t enrich_pace_ready_ms(const struct enrich *enrich, uint32_t number, int64_t now_ms);
void enrich_pace_begin(struct enrich *enrich, uint32_t number, int64_t now_ms);
void enrich_pace_end(struct enrich *enrich, uint32_t number, enum enrich_end end, int64_t now_ms);
void enrich_pace_spend(struct enrich *enrich, struct enrich_pace *pace, const struct enricher *enricher,
                       int64_t at_ms, uint32_t spent);
struct enrich_pace *enrich_pace_of(const struct enrich *enrich, uint32_t number);
uint32_t enrich_pace_spent(const struct enrich *enrich, uint32_t number, int64_t now_ms);
int64_t enrich_pause_ms(struct enrich *enrich, uint32_t attempts, int64_t retry_after_ms);

void enrich_forget_answers(struct enrich *enrich);
void enrich_forget_untold(struct enrich *enrich); /* those that no event tells */
bool enrich_known(struct enrich *enrich, struct str enricher, struct str needs, int64_t now_ms,
                  struct enrich_answer *answer);

#endif
