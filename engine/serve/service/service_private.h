/* service_private.h - the layout of struct service, shared by service*.c alone.
 *
 * service.c        opening, replaying, closing, numbers
 * service_submit.c bodies into the journal and then into the pipeline
 * service_work.c   folding between requests, deadlines, decisions into the journal
 * service_rules.c  other rules
 * service_release.c what they move and is held
 * service_shadow.c others beside them
 * service_erase*.c somebody's data goes (service_erasing.h)
 * service_handoff.c what others are told
 * service_retain.c and that of people of whom nothing was heard for long
 * service_quarantine.c functions that failed too often
 * service_enrich*.c what enrichers are asked (service_enriching.h)
 */
#ifndef EMBUDO_SERVE_SERVICE_PRIVATE_H
#define EMBUDO_SERVE_SERVICE_PRIVATE_H

#include "core/handoff/handoff.h"
#include "serve/present.h"
#include "serve/rulesets/rebuild.h"
#include "serve/service/service.h"

struct undecided {  /* a decision, or something that follows from one, that is not committed */
  uint32_t node;    /* the lead, now */
  uint32_t name;    /* the node of the id that named it then */
  uint32_t kind;    /* enum journal_kind: which of the members below it is */
  uint64_t order;   /* in which they were made */
  uint64_t group;   /* those of one group stand together, and are written together or not at all */
  int64_t turn_ms;  /* at a start, they are recorded in this order */
  struct str brief; /* JOURNAL_DECISION: what is known as it hands the lead over, owned; empty: it does not */
  union {
    struct decided decided;  /* JOURNAL_DECISION */
    struct clock_fact clock; /* JOURNAL_CLOCK */
    struct str record;       /* others: its bytes, owned */
  };
};

enum activation_state {
  ACTIVATION_NONE,
  ACTIVATION_TRYING,     /* the rebuild's thread reads */
  ACTIVATION_PAUSED,     /* it waits to be told to go on */
  ACTIVATION_READY,      /* waits for the instant to swap */
  ACTIVATION_FORGETTING, /* somebody is to be erased: what it has read is freed on a thread ... */
  ACTIVATION_ASIDE,      /* ... and it holds nothing of anybody until that is done */
  ACTIVATION_TIDYING     /* what is not needed any more is freed on a thread */
};

struct activation {
  enum activation_state state;
  struct service_activate how;
  struct generation *instant; /* takes over as it is; NULL: the rebuild's */
  struct rebuild *rebuild;    /* when instant, only to tidy up */
  struct generation *kept;    /* aside: what a new rebuild begins with */
  bool pause, cancel, aside;  /* asked for */
  uint32_t rounds;            /* how often it was to catch up */
  int64_t ready_ms;           /* monotonic: when it first was */
  char hash[DIGEST_HEX_MAX];
  void (*done)(void *arg, const struct service_activation *activation);
  void *arg;
};

struct service {
  struct loop *loop;
  const struct config *config;
  struct service_calls calls;
  struct generation *generation;
  struct apart *apart;           /* ids that are not one person */
  struct quarantine *quarantine; /* functions that are not called any more */
  uint32_t stopped;              /* of the present generation's, when they were looked at last */
  size_t failures_seen;          /* of its script's, the same */
  bool letting_go;      /* some were released: what is stopped counts again when leads are worked out anew */
  uint64_t dedupe_seed; /* random: nobody can plan collisions */
  struct pipeline *pipeline;
  struct receiver *receiver;
  struct store *store;
  struct present present;
  struct loop_timer *doubt; /* looks at the clock again */
  int64_t rules_ms;
  uint64_t swaps;
  int64_t swap_us; /* that the last one took on the loop */
  bool settled, closing;

  struct loop_task work, deliver;
  bool work_posted;
  int64_t act_ms;     /* of the last act */
  uint32_t submitted; /* bodies on their way to the journal */

  struct undecided *undecided;
  size_t undecided_count, undecided_cap;
  uint64_t undecided_made, group;
  bool flushing; /* a record of decisions is on its way */
  bool told;     /* of what was flushed, others are told something */
  struct buf text;
  struct handoff *handoff;          /* what follows for others */
  const struct lead_entry *handing; /* whose */
  const struct lead_entry *merging; /* into whom others are led, until another one is folded */
  uint64_t effects_kept;            /* EFFECTS_AFTER as it stands in the store */
  int64_t effects_kept_ms;          /* monotonic: when that was written */

  int64_t commit_ms;    /* when the journal last took something; TIME_MIN: not since the start */
  uint64_t applied_seq; /* of the last record the pipeline has taken */
  struct activation activation;
  size_t moved_before;
  size_t moved; /* decisions with cause `ruleset` since the present rules took over */
  struct loop_timer *drip;
  int64_t drip_ms; /* up to when it has been worked out */
  struct erasing *erasing;
  struct retaining *retaining;
  struct enriching *enriching; /* NULL: nobody is asked */
  struct shadowing *shadowing; /* NULL: there was no shadow yet */

  struct service_stats stats;
};

void service_deliver_soon(void *arg); /* the service; any thread */
void service_run_deliver(struct loop_task *task);
void service_work_soon(struct service *service);
void service_run_work(struct loop_task *task);
void service_on_wake(void *arg);
void service_flush_decisions(struct service *service);
void service_absorbed(void *context, uint32_t lead, uint32_t other); /* pipeline_set_absorbed */
void service_release_undecided(const struct undecided *undecided);
void service_forget_undecided(struct service *service); /* all of it: it is made again */
void service_keep_effects(struct service *service);     /* how far effects of events have been seen to */
void service_add_record(void *context, enum journal_kind kind, struct str bytes); /* for handoff_calls */
void service_open_handoff(struct service *service);                               /* after replay */
void service_read_folded(struct service *service); /* before: what an earlier process has folded */
/* Committed records count as taken: notes their numbers, returns the first. */
uint64_t service_applied(struct service *service, const struct store_outcome *outcome);
enum service_answer service_answer_of(enum store_state state); /* when something was not taken */
struct pipeline_options service_pipeline_options(const struct service *service);
/* The generation's rules are in charge as of now: notes it in the journal, and what is to become of stages. */
void service_take_over(struct service *service, int64_t stages);
void service_drip(void *arg); /* the service */
void service_swap_if_ready(struct service *service);
struct rebuild *service_new_rebuild(struct service *service, struct generation *generation); /* taken */
void service_read_on(struct service *service);                               /* the rebuild, which rests */
void service_end_activation(struct service *service, const struct err *err); /* NULL: it took over */

/* (service_aside.c) Somebody's data is to be erased: an activation lets go of what it has read, and erasing goes on when it
 * has; afterwards it begins anew. */
void service_step_aside(struct service *service);
void service_step_further(struct service *service);  /* its thread rests */
void service_has_forgotten(struct service *service); /* its thread has freed what was read */
void service_step_back(struct service *service);
bool service_is_aside(const struct service *service);     /* or there is none */
bool service_is_under_way(const struct service *service); /* and nobody has paused it */

bool service_is_swap_due(const struct service *service); /* folding stops for it */

/* What an earlier process had begun: found before the journal is read, and gone on with after it. -1 and *err: the journal
 * cannot be read. */
int service_find_erasure(struct service *service, struct err *err);
bool service_filter_erased(void *arg, struct store_record *record); /* for replay_calls */
void service_resume_erasure(struct service *service);

/* Erases what `record`, a JOURNAL_ERASE record, asks for; otherwise as service_erase. */
enum service_answer service_ask_erasure(struct service *service, struct str record,
                                        void (*done)(void *arg, const struct service_erased *erased),
                                        void *arg);

void service_apply_quarantine(struct service *service, struct generation *generation); /* before it is used */
/* Tells which functions failed for the first time, and writes down what was stopped, since it looked last. */
void service_look_for_stopped(struct service *service);

void service_free_shadow(struct service *service);
bool service_has_shadow(const struct service *service); /* in memory: running, or being put away */

void service_start_retaining(struct service *service);
void service_look_for_silent(struct service *service); /* now, not when it is time */
void service_stop_retaining(struct service *service);

bool service_holds_still(const struct service *service);    /* nobody is to be folded just now */
bool service_is_erasure_due(const struct service *service); /* folding stops for it */
void service_erase_if_ready(struct service *service);
void service_stop_erasing(struct service *service); /* before the store is closed */
void service_free_erasing(struct service *service); /* after it */
void service_notice(struct service *service, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
