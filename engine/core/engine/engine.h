/* engine.h - the engine in memory: events in, leads out. What the commands, the spec runner and a server stand on.
 *
 *   engine_new; engine_feed for each event; then for each lead engine_fold, and read the fold.
 *
 * Feeding normalises, drops duplicates, matches and stores; nothing about leads is computed, so the order of arrival
 * cannot matter. Folding gathers a lead's touches, brings them into the total order and folds them up to an instant. The
 * ruleset and the functions are borrowed and must outlive the engine. A lead is named by a number that is good until the
 * next event is fed. One thread.
 *
 * Bad input never stops a run: what cannot be used is counted by its code and told in the result of its feeding. Only a
 * ruleset's author can see rules fail: that is recorded where functions run (the script).
 *
 * Memory: a touch takes 48 bytes, its key, and 2 bytes a hit; an id about 150 bytes; the dedupe set 20 to 54 bytes an event.
 */
#ifndef EMBUDO_CORE_ENGINE_H
#define EMBUDO_CORE_ENGINE_H

#include "core/engine/tally.h"
#include "core/identity/accounts.h"
#include "core/identity/identity.h"
#include "core/intake/dedupe.h"
#include "core/intake/intake.h"
#include "core/intake/normalise.h"
#include "model/fold/fold.h"

struct engine;

enum {
  ENGINE_EVENT_MAX = 32 * 1024,       /* bytes of one event */
  ENGINE_BATCH_MAX = 4 * 1024 * 1024, /* bytes of a {"batch": [...]} envelope */
  ENGINE_PROBLEMS_TOLD = 8            /* refusals told in one result; all are counted */
};

struct engine_options { /* zeros are the defaults */
  size_t event_bytes_max;
  size_t batch_bytes_max;
  size_t dedupe_ids_max;
  uint64_t dedupe_seed;
  bool has_until;
  int64_t until_ms; /* with has_until: later events are counted and left out, links between ids included */
  /* An id whose leads (engine_leads_of) may be different from now on. Several calls for one event; may be NULL. */
  void (*touched)(void *context, uint32_t node);
  void *touched_context;
  const struct apart *apart; /* ids that are not one person; borrowed, NULL: none */
  /* Whether the event is about somebody who must not come again; may be NULL. Such events are refused (REJECT_ERASED). */
  bool (*is_blocked)(void *context, const struct event *event);
  void *blocked_context;
};

struct engine_calls { /* functions written in rule files; all may be NULL for a ruleset without functions */
  struct intake_calls intake;
  struct fold_calls fold;
  /* After all leads were folded: puts what failed too often into quarantine; true when something new went there. Until
   * then the set of stopped functions stays as it is. */
  bool (*settle)(void *context);
  void *settle_context;
};

struct engine *engine_new(const struct ruleset *rules, const struct engine_calls *calls,
                          const struct engine_options *options); /* NULL calls, options: none, the defaults */
void engine_free(struct engine *engine);                         /* NULL is fine */

/* Other rules from now on, for events to come and for folds; what is kept of events stays as it is, so it must be what these
 * rules would have kept (alike.h). Workspaces of folds are to be made anew. Counts of matches stay with rules of the same
 * id and patterns. */
void engine_use(struct engine *engine, const struct ruleset *rules, const struct engine_calls *calls);

/* --- feeding ----------------------------------------------------------------------------------------------------- */

struct feed {
  struct str source;   /* who sends: part of the order of events and of their identity */
  int64_t received_ms; /* when it arrived; 0: it comes from a file */
  bool is_history;     /* as normalise.h has it, and so */
  bool is_system;
  bool has_type; /* events without `type` are of this one */
  enum event_type type;
  uint64_t record; /* the journal's record it is in; 0: it is in none */
};

struct feed_problem {
  uint32_t item; /* in a batch, from 0 */
  enum reject_code code;
  char reason[NORMALISE_REASON_MAX];
};

struct feed_result { /* of the events in one piece of JSON */
  /* Ignored events are among the accepted: taken, but without effect. */
  uint32_t accepted, duplicates, conflicts, ignored, later, rejected;
  bool is_batch; /* it was an envelope */
  uint32_t problem_count;
  struct feed_problem problems[ENGINE_PROBLEMS_TOLD]; /* the first `problem_count` */
};

/* One event, or an envelope {"batch": [...], "sentAt": .., "context": {..}} of several. The bytes need not outlive the
 * call. *result is filled anew. */
void engine_feed(struct engine *engine, struct str json, const struct feed *feed, struct feed_result *result);

/* Counts a piece of input that did not get as far as being fed: an over-long line, a bad row. */
void engine_count_reject(struct engine *engine, enum reject_code code);

struct engine_counts {
  uint64_t accepted, duplicates, conflicts, ignored, later;
  uint64_t rejected; /* the sum of rejects[] */
  uint64_t rejects[REJECT_COUNT];
  uint64_t bad_times;        /* time stamps that could not be read and counted as missing */
  uint64_t clamped;          /* events in the future, moved back to their reception */
  uint64_t remembered;       /* ids in the dedupe set */
  uint64_t forgotten;        /* ids it has let go */
  int64_t first_ms, last_ms; /* of the accepted events; 0 while there are none */
};
void engine_counts(const struct engine *engine, struct engine_counts *out);

/* How many events matched a behaviour rule: see tally.h. */
uint64_t engine_rule_matches(const struct engine *engine, uint32_t rule);

/* --- leads ------------------------------------------------------------------------------------------------------- */

/* Every lead once, in order of first arrival of their ids: start with *cursor = 0; false at the end. */
bool engine_next_lead(struct engine *engine, uint32_t *cursor, uint32_t *lead);
size_t engine_lead_count(struct engine *engine);

/* By user id, anonymous id (merged or not), aliased id or e-mail address; IDENTITY_NONE: unknown. Of several leads
 * with one address (where the ruleset does not merge by it) the one with the smallest public id. */
uint32_t engine_find_lead(struct engine *engine, struct str id);

struct str engine_lead_id(struct engine *engine,
                          uint32_t lead); /* the public id; lives as long as the engine */
struct identity_member engine_lead_name(struct engine *engine, uint32_t lead); /* the same, with its kind */
uint32_t engine_lead_node(struct engine *engine, uint32_t lead);               /* the same, as a node */
size_t engine_lead_members(struct engine *engine, uint32_t lead, struct arena *arena,
                           struct identity_member **members);

/* Every id of the lead, and which events that carry it are the lead's: see identity_claims. */
size_t engine_lead_claims(struct engine *engine, uint32_t lead, struct arena *arena,
                          struct id_claim **claims);

/* Forgets a lead as if its events had never come; texts of theirs are wiped from memory. What has been counted stays counted, what
 * group calls told about an account stays known of the account, and the ids of messages stay known: sent again, the
 * lead's events are duplicates until the engine is made anew. */
void engine_forget(struct engine *engine, uint32_t lead);

/* An e-mail address as an identifier: trimmed, in lower case, in `out`; false when it is none. */
enum { ENGINE_EMAIL_MAX = 254 };
bool engine_email(struct value written, char out[ENGINE_EMAIL_MAX], struct str *email);

/* The instant of the lead's latest event; TIME_MIN: it has none. Goes through all of them; whether there are any is cheap. */
int64_t engine_last_ms(struct engine *engine, uint32_t lead);
bool engine_has_events(struct engine *engine, uint32_t lead);

/* From an id's node to its leads, and from a lead to its nodes: see identity.h. */
void engine_leads_of(struct engine *engine, uint32_t node, const struct identity_visitor *visitor);
void engine_nodes_of(struct engine *engine, uint32_t lead, const struct identity_visitor *visitor);
struct identity_member engine_node_id(const struct engine *engine, uint32_t node);
size_t engine_node_count(const struct engine *engine);
uint32_t engine_find_node(const struct engine *engine,
                          struct identity_member id); /* IDENTITY_NONE: unknown */

/* What engine_options.is_blocked says. */
bool engine_blocks(const struct engine *engine, const struct event *event);

/* Whether an event of this source and id has been accepted, and with this body (fingerprint.h) or another. */
enum dedupe_result engine_knows(struct engine *engine, const struct event *event);

/* The lead's touches up to and including an instant, and among them what others said about its accounts (TOUCH_OUTSIDE), in the
 * total order. The list is filled anew. */
void engine_lead_touches(struct engine *engine, uint32_t lead, int64_t at_ms, struct touch_list *touches);

/* --- folding ------------------------------------------------------------------------------------------------------ */

struct fold *engine_fold_new(const struct engine *engine); /* a workspace for engine_fold; fold_free it */

/* Folds the lead as of an instant; later touches do not count. Returns how many touches were folded: 0 means that the
 * lead did not exist yet. */
size_t engine_fold(struct engine *engine, uint32_t lead, int64_t at_ms, struct fold *fold);

/* The same of what came on one id alone (IDENTITY_NONE: nothing has), whosever it is now: for whoever may know no more than what they have
 * told themselves. */
size_t engine_fold_id(struct engine *engine, uint32_t node, int64_t at_ms, struct fold *fold);

struct engine_visitor {
  void *context;
  void (*restart)(void *context); /* before each pass: forget what was seen */
  void (*lead)(void *context, uint32_t lead,
               const struct fold *fold); /* each lead that exists at the instant */
};

/* Folds all leads. When a function fails so often that it is put into quarantine, its rule is unknown for every lead, so
 * all are folded again until nothing new is stopped: the last pass is the result. */
void engine_fold_all(struct engine *engine, int64_t at_ms, struct fold *fold,
                     const struct engine_visitor *visitor);

/* The same without looking: afterwards engine_fold of single leads gives what engine_fold_all would. Cheap when the
 * ruleset has no functions. */
void engine_settle_all(struct engine *engine, int64_t at_ms, struct fold *fold);

/* --- accounts ----------------------------------------------------------------------------------------------------- */

const struct accounts *engine_accounts(const struct engine *engine);

#endif
