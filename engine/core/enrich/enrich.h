/* enrich.h - which enricher is asked when: coalescing, what is known already, pace, retries, and whom to leave alone.
 *
 * Leads want an enricher with the values it needs; those who want the same with the same are one job. A job's answer is kept,
 * so that who comes later need not ask. At most so many jobs run at once and in a span of time (`concurrency`, `rate`), and in a
 * day (`budget`). What failed for a reason that passes is tried again after a pause that doubles, half of it by chance, and is as
 * long as the service asked for. A service that fails again and again is left alone for a while; then one job tries it (the
 * probe), and only when that succeeded do the others follow, at their pace: no stampede.
 *
 * Time is an argument, chance is seeded: the same calls give the same answers. What it knows of the past it is told from the journal
 * (enrich_note), so a restart forgets neither answers nor what was spent. One thread.
 */
#ifndef EMBUDO_CORE_ENRICH_H
#define EMBUDO_CORE_ENRICH_H

#include "base/map.h"
#include "core/identity/identity.h"
#include "model/ruleset/ruleset.h"

enum {
  ENRICH_JOBS_MAX =
      10000, /* waiting and running; who wants more is to come again when there is room (enrich_has_room) */
  ENRICH_LEADS_MAX = 1000,      /* that wait for one job */
  ENRICH_ANSWERS_MAX = 200000,  /* kept; the older half is forgotten beyond it */
  ENRICH_PAUSE_MS = 1000,       /* after the first failure, then twice as long each time ... */
  ENRICH_PAUSE_MAX_MS = 300000, /* ... up to this */
  ENRICH_BREAK_AFTER = 5,       /* failures in a row after which the service is left alone */
  ENRICH_BREAK_MS = 10000,      /* for so long, then twice as long after each probe that failed ... */
  ENRICH_BREAK_MAX_MS = 120000, /* ... up to this */
};

struct enrich;

struct enrich_job {
  uint32_t enricher;
  struct str needs; /* the JSON object */
  struct enrich_lead {
    enum id_kind kind;
    struct str id;
    int64_t wait_until_ms; /* decisions about it wait until then */
    bool told;             /* the journal says that it is asked for */
  } * leads;
  uint32_t lead_count, lead_cap;
  uint32_t attempts; /* that failed */
  int64_t not_before_ms;
  bool running;
  struct enrich_job *prev, *next, *next_in_bucket;
};

struct enrich_answer { /* what is known already */
  enum enrichment_outcome outcome;
  struct str traits; /* JSON; of ENRICHMENT_ANSWERED */
  int64_t until_ms;
};

/* Borrows the rules. */
struct enrich *enrich_new(const struct ruleset *rules, uint64_t seed);
void enrich_free(struct enrich *enrich);

/* Other rules: answers, what was spent and whom to leave alone go on under the same names; jobs are dropped, and whoever wants
 * them will say so. */
void enrich_adopt(struct enrich *enrich, const struct ruleset *rules);

/* An event of the journal: an answer that was given (not ASKED), or that a run began, which is spent. */
void enrich_note(struct enrich *enrich, struct str enricher, struct str needs,
                 const struct enrich_answer *answer, int64_t at_ms, uint32_t spent);
/* So many events tell leads the answer that counts until then; less than none: that many do not, or not any more. */
void enrich_told(struct enrich *enrich, struct str enricher, struct str needs, int64_t until_ms, int events);

/* Somebody was erased: answers that no event tells any more are forgotten (they were told the erased alone, or nobody), and who is
 * not there any more waits for none. A job without leads that runs goes on to its end, and its answer is said to nobody. What an event
 * still tells was asked with values that somebody has who stays. */
void enrich_forget(struct enrich *enrich, bool (*still_there)(void *arg, struct identity_member lead),
                   void *arg);

/* The leads that wait for some job; one that waits for several is told as often. */
void enrich_waiting(const struct enrich *enrich, void (*told)(void *arg, const struct enrich_lead *lead),
                    void *arg);

enum enrich_wanted {
  ENRICH_KNOWN,   /* *answer */
  ENRICH_QUEUED,  /* a job of its own */
  ENRICH_JOINED,  /* a job that others wait for; *job */
  ENRICH_WAITING, /* it waits for that job already */
  ENRICH_FULL     /* no room: later */
};
enum enrich_wanted enrich_want(struct enrich *enrich, uint32_t enricher, struct str needs,
                               struct identity_member lead, int64_t now_ms, struct enrich_answer *answer,
                               struct enrich_job **job);

bool enrich_has_room(const struct enrich *enrich); /* for a question that nobody waits for yet */

/* A job that may run now: it counts as running from here on, and as spent. NULL: none. */
struct enrich_job *enrich_next(struct enrich *enrich, int64_t now_ms);
int64_t enrich_due_ms(const struct enrich *enrich, int64_t now_ms); /* when to ask for the next; TIME_NEVER */

/* The run is over. False: it is tried again later. True: it is done; take what waits for it, then enrich_done. `passes`: it failed
 * for a reason that passes. */
enum enrich_end { ENRICH_SUCCEEDED, ENRICH_FAILED, ENRICH_FAILED_PASSING };
bool enrich_ended(struct enrich *enrich, struct enrich_job *job, enum enrich_end end, int64_t retry_after_ms,
                  int64_t now_ms);
void enrich_done(struct enrich *enrich, struct enrich_job *job);

struct enrich_stats {
  size_t waiting, running, answers;
  uint64_t known, joined, runs, retries, failures, refused;
  uint32_t broken; /* enrichers that are left alone now */
};
void enrich_stats(const struct enrich *enrich, int64_t now_ms, struct enrich_stats *stats);

/* Of one enricher, since the start; other rules keep the counts under the same name. */
struct enrich_counts {
  uint64_t asked, joined, known,
      refused; /* wishes: a question of their own, another's, answered already, no room */
  uint64_t retries;
};

struct enrich_figures {
  struct enrich_counts counts;
  uint32_t waiting, running; /* questions now */
  bool broken;               /* the service is left alone */
  uint32_t budget, spent;    /* of the present window; budget 0: there is no limit */
};

/* For each enricher of the rules, in their order: room for all of them. */
void enrich_figures(const struct enrich *enrich, int64_t now_ms, struct enrich_figures *figures);

#endif
