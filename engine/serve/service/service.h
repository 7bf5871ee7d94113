/* service.h - the engine made durable: what the daemon does, apart from HTTP.
 *
 * Opens the store, reads the journal into the pipeline, and then takes bodies: check, journal, wait for the commit, feed,
 * answer. Folding happens between requests, a few milliseconds at a time; what it decides is journaled and told
 * (service_calls.news) after its own commit. Deadlines wake it through the loop.
 *
 * At a start, leads are folded in the background; what is overdue is decided when all of them have been, in the order in
 * which it was due. On the loop's thread.
 */
#ifndef EMBUDO_SERVE_SERVICE_H
#define EMBUDO_SERVE_SERVICE_H

#include "core/config/config.h"
#include "core/enrich/enrich.h"
#include "core/intake/receive.h"
#include "core/journal/pipeline.h"
#include "core/lookup/lookup_mmdb.h"
#include "core/rules/quarantine.h"
#include "io/loop.h"

#define SERVICE_SOURCE "embudo" /* of what embudo itself writes */

enum {
  SERVICE_SLICE_US = 2000,     /* folding between two turns of the loop */
  SERVICE_PENDING_MAX = 65536, /* decisions that wait for the journal; folding stops for them */
  SERVICE_ERASURES_MAX = 64    /* that wait for their turn */
};

struct service;

struct service_calls {
  void *context;
  bool (*heard)(
      void *context); /* whether anybody listens to news; asked before each, which is not made for nobody */
  void (*news)(void *context, struct str name, struct str json); /* a change that is committed */
  /* A transition that is committed, imported ones included; before its news. May be NULL. */
  void (*decided)(void *context, const struct leadbook *book, const struct decision *decision);
  /* What happened to a clock, committed; before its news. May be NULL. */
  void (*clocked)(void *context, const struct leadbook *book, const struct clock_fact *fact);
  /* A run of an enricher is over: "answered", "nothing", "failed", or "again" when it will be tried again. May be NULL. */
  void (*enriched)(void *context, const char *enricher, const char *result, int64_t took_ms);
  void (*outbox)(void *context); /* the outbox has changed, or may be sent from now on; may be NULL */
  void (*state)(void *context, enum store_state state, const struct err *err); /* of the store */
  void (*notice)(void *context, const char *text);                             /* for the log */
  struct fetcher *fetcher;   /* what enrichers ask the world with; NULL: none of them runs */
  struct resolver *resolver; /* with it */
};

/* Opens or makes the store of config->data and replays it. Takes the generation, also on failure. NULL and *err. The
 * configuration is borrowed. */
struct service *service_open(struct loop *loop, const struct config *config, struct generation *generation,
                             const struct service_calls *calls, struct err *err);

/* Commits what was submitted and answers it, then closes the store. */
void service_close(struct service *service);

/* Figures of enrichers, one for each of the rules in charge; how many (0: none is asked), and answers that are kept. */
uint32_t service_enrichers(struct service *service, struct enrich_figures figures[ENRICHERS_MAX],
                           size_t *answers);

/* Files that enrichers look up and that are no part of the ruleset (core/lookup/lookup_mmdb.h): looks whether they have become others;
 * those that cannot be used, how many. */
void service_look_at_files(struct service *service);
size_t service_file_faults(struct service *service, struct mmdb_fault faults[MMDB_FILES_MAX]);

/* --- bodies -------------------------------------------------------------------------------------------------------- */

struct receiver *service_receiver(struct service *service);

enum service_answer {
  SERVICE_COMMITTED,
  SERVICE_BUSY,  /* too much is waiting for the disk */
  SERVICE_FULL,  /* the disk is full */
  SERVICE_BROKEN /* nothing can be promised any more */
};

struct service_result { /* what became of the events of a record */
  enum service_answer answer;
  uint32_t accepted, duplicates, conflicts;
};

/* Journals a checked body's record; `done` is called once, later, on the loop's thread, after it was fed or has failed.
 * SERVICE_COMMITTED means "will be told"; any other answer is final and `done` is not called. Quiet: history. */
enum service_answer service_submit(struct service *service, struct str record, struct str source,
                                   int64_t received_ms, bool quiet,
                                   void (*done)(void *arg, const struct service_result *result), void *arg);

/* Journals records that are not events (JOURNAL_DELIVERY ..) and takes them through the pipeline when they are committed, then calls
 * `done`; at most STORE_APPEND_RECORDS_MAX. As service_submit answers. */
enum service_answer service_journal(struct service *service, const struct store_record *records, size_t count,
                                    void (*done)(void *arg, const struct service_result *result), void *arg);

/* The same for system events (event.h), which embudo itself writes. */
enum service_answer service_submit_system(struct service *service, struct str record, int64_t received_ms,
                                          void (*done)(void *arg, const struct service_result *result),
                                          void *arg);

/* System events that nobody waits for (store_append_along). */
enum service_answer service_submit_along(struct service *service, struct str record, int64_t received_ms,
                                         void (*done)(void *arg, const struct service_result *result),
                                         void *arg);

/* Somebody approves the agreement as the present rules have it, for a role. As service_submit. */
enum service_answer service_approve(struct service *service, struct str role, struct str by,
                                    void (*done)(void *arg, const struct service_result *result), void *arg);

/* An instant for somebody's act: now, and later than that of every act before, so that acts stand in the order in which they
 * were judged. */
int64_t service_act_ms(struct service *service);

/* --- rules ---------------------------------------------------------------------------------------------------------- */

struct service_activate {
  int64_t stages; /* core/engine/stages.h: what becomes of stages that the rules change by themselves */
  bool anew;      /* everything is read again in any case: something beside the rules is different */
  bool preview;   /* only tell what would move */
  bool paused;    /* the journal is read, and not before somebody says so (service_pause) */
};

struct stage_move { /* leads that would go from one stage to another */
  const char *lifecycle, *from, *to;
  size_t leads;
};

struct service_activation { /* how an activation ended */
  const struct err
      *err; /* NULL: the generation is in charge (or, a preview is ready); else the old one still is */
  const char *ruleset; /* the hash of the one that is in charge; of a preview, of the one that was tried */
  bool
      instant; /* what was kept of events is what these rules would have kept: nothing was read again. Who moves is
                               found out by the sweep, see service_moved */
  size_t differing;               /* leads whose stage may change because of it; 0 when instant */
  const struct stage_move *moves; /* of them; valid during the call */
  size_t move_count;
};

/* Puts other rules in charge, between two events. Where they would have kept the same of all events (core/rules/alike.h), at once:
 * scores are theirs when they are asked for, and stages follow as a sweep folds everybody between requests. Else the journal is
 * read under them aside, and the two are swapped. `done` is called once, later or at once, on the loop's thread, but not any more
 * when the service is closed meanwhile. Takes the generation, also on failure. -1 and *err: another activation is under
 * way. */
int service_activate(struct service *service, struct generation *generation,
                     const struct service_activate *how,
                     void (*done)(void *arg, const struct service_activation *activation), void *arg,
                     struct err *err);

bool service_is_activating(const struct service *service);

/* Whether it is those rules that are being activated (not only looked at, and not to be given up). */
bool service_is_on_its_way(const struct service *service, const char *hash);

enum service_phase { SERVICE_IDLE, SERVICE_READING, SERVICE_SWAPPING, SERVICE_SWEEPING };

struct service_progress {
  enum service_phase phase;
  bool preview, paused;
  const char *ruleset;          /* that is being activated, or swept with */
  uint64_t records, records_of; /* reading: taken, of so many (their numbers have gaps) */
  uint64_t leads, leads_of;     /* folded; of so many ids, when sweeping */
};
void service_progress(const struct service *service, struct service_progress *progress);

/* An activation's reading, or a sweep, waits, or goes on. */
void service_pause(struct service *service, bool pause);

/* The activation that reads the journal is given up: `done` is told so. False: there is none. */
bool service_cancel(struct service *service);

/* How many leads the present rules have moved by themselves since they took over, those that are held included. */
size_t service_moved(const struct service *service);
size_t service_moved_before(const struct service *service); /* and those before them, until then */

/* --- a shadow: other rules beside the live ones, on the same events, without effects (serve/rulesets/shadow.h) ------------------------ */

/* Begins; it goes on by itself until it is ended. `live` is a second copy of the present rules. Takes both, also on failure. -1 and
 * *err: there is one, somebody's data is being erased, or the present rules are others by now. */
int service_shadow_begin(struct service *service, struct generation *live, struct generation *candidate,
                         struct err *err);

/* Ends and forgets all of it but why, and whether it may begin again by itself; other rules in charge and erasures end it too, and then
 * it may. False: there is none. */
bool service_shadow_end(struct service *service, const char *why, bool again);

/* It compares what is new now, not when it would by itself. */
void service_shadow_look(struct service *service);

struct service_shadow {
  bool running;
  char ruleset[DIGEST_HEX_MAX], live[DIGEST_HEX_MAX]; /* "": there was none since the start */
  int64_t since_ms, ended_ms;                         /* ended_ms: TIME_NEVER while it runs */
  const char *why;                                    /* it ended */
  const char *before;           /* why the one before it in this process ended; NULL: there was none */
  bool again;                   /* it ended, and may begin again (serve/rulesets/standing.h) */
  uint64_t records, records_of; /* read, of so many (their numbers have gaps) */
  bool has_report;
  uint64_t report_seq; /* it is about the records up to it, ... */
  int64_t report_ms;   /* ... as of that instant */
  size_t leads, differing;
  struct str json; /* core/shadow/shadow_tally.h; until the loop turns */
};
void service_shadow(const struct service *service, struct service_shadow *shadow);

/* Sets a named value of the store. `done` is called when it is on the disk, or is not; SERVICE_COMMITTED: it will be. */
enum service_answer service_set_value(struct service *service, struct str name, struct str bytes,
                                      void (*done)(void *arg, const struct service_result *result),
                                      void *arg);

/* --- what is held ---------------------------------------------------------------------------------------------------- */

/* Stage changes that the present rules brought about and that are held are recorded: of the lead of that id, or of all (id.p
 * NULL). `done` is called when that was decided durably; SERVICE_COMMITTED: it will be. */
enum service_answer service_release_stages(struct service *service, const struct str *ids, size_t count,
                                           void (*done)(void *arg, const struct service_result *result),
                                           void *arg);

enum { SERVICE_RELEASE_MAX = 1000 }; /* ids in one call */

/* What else could be said about the rules, into their warnings. Any thread that has the generation for itself. */
void service_check_rules(struct generation *generation);

/* Ids that are not one person: the present set, and another in its place. The new one is on the disk when `done` is called
 * with SERVICE_COMMITTED; it counts from the next activation on, which the caller begins. Takes the set. */
const struct apart *service_apart(const struct service *service);
enum service_answer service_set_apart(struct service *service, struct apart *apart,
                                      void (*done)(void *arg, const struct service_result *result),
                                      void *arg);

/* Functions of rules that failed too often and are not called any more, now and after a start. They are let go by other
 * rules, or one by one: `owner` names whose ("rule trial_seats"; empty: all). Returns how many there were; *answer is
 * SERVICE_COMMITTED when `done` will be called, after which the caller has leads worked out anew. 0: `done` is not called. */
const struct quarantine *service_quarantine(const struct service *service);
size_t service_release(struct service *service, struct str owner, enum service_answer *answer,
                       void (*done)(void *arg, const struct service_result *result), void *arg);

/* Other settings, for what can change: sizes of events and batches, how long people are kept. Borrowed. */
void service_reconfigure(struct service *service, const struct config *config);

/* --- erasing people ------------------------------------------------------------------------------------------------- */

struct service_erased {  /* what became of it */
  const struct err *err; /* NULL: nothing of the person is left. Else it goes on at the next start */
  uint64_t events, decisions;
  size_t leads, ids; /* 0 leads: nobody knew the id, or an earlier process did */
};

/* Erases the lead of an id: events, traits, ids and history, from memory at once and then from all files. Afterwards, or after a
 * crash and a new start, nothing of the person is left but numbers. Block: the ids are not to come again. `done` is called once,
 * later. SERVICE_COMMITTED: it will be; SERVICE_BUSY: too many wait. One at a time is worked on; the journal is read
 * once for each. Other rules on their way, paused or not, let go of what they have read and begin anew behind it. */
enum service_answer service_erase(struct service *service, struct str id, bool block,
                                  void (*done)(void *arg, const struct service_erased *erased), void *arg);

size_t service_erasing(const struct service *service); /* how many are waited for */

/* --- reading ------------------------------------------------------------------------------------------------------- */

struct pipeline *service_pipeline(struct service *service);
int64_t service_now_ms(struct service *service);         /* the wall clock, with care: present.h */
int64_t service_rules_ms(const struct service *service); /* since when the present rules decide */
uint64_t
service_last_record(const struct service *service);    /* committed, and taken by the pipeline; 0: none */
uint64_t service_swaps(const struct service *service); /* how often other rules took over */
int64_t
service_swap_us(const struct service *service); /* how long nothing else happened for the last of them */
enum store_state service_store_why(struct service *service, struct err *err); /* as store_why */
bool service_is_settled(const struct service *service); /* every lead has been folded since the start */

struct service_stats {
  struct store_stats store;
  int64_t commit_ms; /* when the journal last took something; TIME_MIN: not since the start */
  uint64_t records, events, duplicates, conflicts; /* fed since the start, replay excluded */
  uint64_t replayed_records, replayed_events, replay_ms, bad_records;
  uint64_t folds, decisions;
  uint64_t undecided; /* decisions waiting for the journal */
  size_t leads, touched;
  int64_t due_ms;
};
void service_stats(struct service *service, struct service_stats *stats);

#endif
