/* fold_private.h - the fold's workspace, shared by the fold_*.c files only.
 *
 * fold.c        taking touches, firing rules, settling an instant
 * fold_time.c   finding the next instant at which time alone changes something
 * fold_score.c  ledger -> scores, and their bounds over a span
 * fold_cond.c   conditions, at an instant and over a span
 * fold_traits.c the profile
 * fold_account.c the account's
 * fold_framework.c answers to criteria
 * fold_peer.c   people of the same account, and their answers
 * fold_stage.c  lifecycles
 * fold_contact.c who may be contacted, and verdicts that stand
 * fold_new.c    making the workspace, forgetting a lead
 * fold_read.c   what outsiders read
 * fold_explain.c parts of a score
 * fold_change.c what a step changed
 * fold_enrich.c enrichers' answers, and where traits come from
 * fold_witness.c what a witness is told
 * fold_effect.c which effects an event has
 * fold_wait.c   behaviour rules that wait for an answer
 */
#ifndef EMBUDO_MODEL_FOLD_PRIVATE_H
#define EMBUDO_MODEL_FOLD_PRIVATE_H

#include "model/fold/counter.h"
#include "model/fold/fold_enrich.h"
#include "model/fold/ledger.h"
#include "model/fold/sequence.h"
#include "model/fold/witness.h"
#include "model/ruleset/domain.h"

enum {
  VELOCITY_DAYS = 32,      /* closings kept: spans up to 30 days */
  TRANSITIONS_KEPT = 1000, /* per lead; the oldest are forgotten */
  WAITING_MAX = 64,        /* events that rules wait with for answers, of a lead; further ones do not fire */
  GIVEN_MAX = 256,         /* values of enrichers, of a lead; further ones are dropped */
  TRAITS_MAX = 1000,       /* top-level traits of a lead; further ones are dropped */
  SETTLE_ROUNDS = 64,      /* transitions and their consequences at one instant */
  FLIP_STEPS = 4096        /* interval halvings in one search; beyond, the fold stops early and looks again */
};

struct rule_state {
  uint32_t counted, limited, failed;
  int64_t first_ms, last_ms;
  int64_t *recent; /* times of the newest counted firings, for the limit: a ring of limit.times */
  uint32_t recent_count, recent_start;
  bool holds;   /* profile rules */
  bool unknown; /* a function of the rule failed for this lead, or an answer is waited for */
  int row;      /* of a `first` table */
  bool touched; /* to be cleared for the next lead */
};

struct fn_state { /* a condition's function, held between evaluations */
  enum truth truth;
  unsigned reads;
  int64_t steady_until; /* what it counted in spans stays the same until then */
  bool fresh;
};

struct stage_state {
  int stage;
  const struct touch_act *verdict; /* the act that put it there and says for how long; NULL: none */
  int64_t since_ms;
  int64_t *fired_ms; /* per move; TIME_MIN: never */
  uint64_t visited;  /* stages the chain of `visited_ms` has been in */
  int64_t visited_ms;
  bool *
      spent; /* per move: held while its stage had been visited; time alone does not fire it, the next event may */
  bool any_spent;
};

struct score_memo {
  int64_t at_ms;
  uint64_t version;
  int64_t unclamped;
};

struct closing { /* a dimension's unclamped score at the end of a UTC day */
  int64_t day, score;
};

struct trait_entry {
  struct str key;
  struct value value; /* what counts */
  struct value told;  /* what events say */
};

struct fold_told { /* who told a trait, or a part of `company` */
  struct str path, source;
  int64_t time_ms;
  uint8_t rank, type;
};

struct fold_given { /* an enricher's value */
  struct str path;
  struct value value;
  struct str enricher;
  uint64_t needs;
  int64_t time_ms, expires_ms;
  uint8_t rank;
};

struct fold_enrichment_state {
  struct touch_enrichment said;
  int64_t at_ms;
  bool open;             /* it could be asked, and has not answered ... */
  int64_t open_since_ms; /* ... since then */
};

struct fold_waiting { /* a behaviour rule's event, until it is known whether its `when` held */
  uint32_t rule;
  const struct touch *touch; /* NULL: time alone raised it */
};

struct account_state { /* what group calls said about one of the accounts the lead mentions */
  struct str id;
  struct trait_entry *traits;
  uint32_t trait_count, trait_cap;
};

struct standing {                    /* a lead's newest answer to a criterion */
  const struct touch_answer *answer; /* NULL: none */
  int64_t time_ms;
  uint32_t number; /* of the answer in the fold's order, from 1 */
};

enum { FOLD_HOSTS_MAX = 4 }; /* of a lead: its address's, and what is said of its company */

struct peer_state {               /* another lead that names one of the lead's accounts; fold_peer.c's */
  struct str lead, said, account; /* `account`: where it belongs now; `said`: what its events name */
  bool answered;
  struct standing *standing; /* per criterion */
  struct value email,
      domains[RULESET_ACCOUNT_DOMAINS]; /* what tells of its domains, by the rules' account_domains */
  struct str hosts[FOLD_HOSTS_MAX];
  uint32_t host_count;
};

struct peers_best { /* the newest answer of those who count for the lead */
  struct standing standing;
  uint32_t peer;
};

struct account_hosts { /* by which a company may claim a lead */
  const struct str *items;
  uint32_t count;
};

struct index_list { /* rules, counters ... that wait for a signal */
  uint32_t *items;
  uint32_t count;
};

struct fold {
  const struct ruleset *rules;
  struct fold_calls calls;

  /* who waits for which signal, and what depends on what: made once */
  struct index_list *signal_rules, *signal_counters, *signal_sequences, *signal_resets;
  struct account_terms *terms; /* per slot */
  struct weight_clock *clocks; /* one for each half-life there is */
  uint32_t clock_count;
  unsigned *rule_reads; /* per rule: what its holding depends on */
  uint32_t *flip_rules; /* profile rules that time alone can flip between a function's evaluations */
  uint32_t flip_count;
  bool any_velocity;
  int *cond_fns; /* functions that are conditions */
  uint32_t cond_fn_count;

  /* the lead */
  struct str lead_id, account, owner;
  struct str said_account; /* that its events name; `account` may be another, by the domain */
  bool begun;              /* has seen a touch */
  int64_t now;
  int64_t first_seen, last_seen, last_activity, last_page;
  uint32_t events, cycle;
  const struct touch *contents[FOLD_CONTENT_MAX]; /* a ring: what was looked at last */
  uint32_t content_count;                         /* ever */
  struct trait_entry *traits;
  uint32_t trait_count;
  struct fold_told *told; /* TRAITS_MAX */
  uint32_t told_count;
  struct fold_given *given; /* GIVEN_MAX */
  uint32_t given_count;
  struct fold_enrichment_state *enrichments; /* per enricher */
  bool pending;                              /* some enricher may still answer */
  struct fold_waiting waiting[WAITING_MAX];  /* in their order */
  uint32_t waiting_count;
  struct arena arena; /* derived trait values; cleared per lead */
  struct account_state *known_accounts;
  uint32_t known_count, known_cap; /* beyond the count, room that other leads used */
  struct standing *standing;       /* per criterion: the lead's own answers */
  struct peers_best *best;         /* per criterion: colleagues' */
  struct peer_state *peers;
  uint32_t peer_count, peer_cap;
  struct evidence *evidence;             /* answers as they came, for readers */
  uint32_t evidence_count, evidence_cap; /* ever taken: it is a ring of EVIDENCE_KEPT */
  uint32_t answers;                      /* taken so far */

  struct account_entry *accounts; /* per slot */
  int64_t *held;                  /* per slot of a profile rule: milli-points while it holds */
  struct bounds *maybe;           /* per slot of a rule that is unknown: what it may hold, or give */
  uint32_t *live_slots;           /* slots with something in them, by dimension: dimension * slot_count + i */
  uint32_t *live_count;           /* per dimension */
  bool *slot_live;
  struct rule_state *rule_states;
  uint32_t *touched_rules;
  uint32_t touched_count;
  struct counter_state *counters;
  struct sequence_state *sequences;
  bool *reset_states;         /* edge detection of `when` */
  struct fn_state *fns;       /* per function; only those of conditions are used */
  struct stage_state *stages; /* per lifecycle */
  struct fold_transition *transitions;
  uint32_t transition_count, transition_cap;
  uint64_t transition_total;                 /* ever, the forgotten ones included */
  struct closing (*closings)[VELOCITY_DAYS]; /* per dimension */
  bool incomplete;

  uint64_t await_after; /* fold_await_effects */
  struct fold_met *met;
  uint32_t met_count, met_cap;
  bool *effects_raised; /* per effect: by the touch under way */
  bool any_effect_raised;

  /* the instant under way */
  const struct touch *touch; /* NULL between events */
  bool judging;              /* a behaviour rule's `when` is being judged: functions see the event */
  struct raised raised;
  unsigned changed;          /* READS_ bits since the last settle */
  uint64_t version;          /* grows with every change: score memos */
  struct score_memo *memos;  /* per dimension */
  struct bounds *group_sums; /* scratch, per dimension and group */
  uint32_t *firing;          /* scratch: rules about to fire */
  uint64_t *stamps; /* scratch: rules, then counters, then sequences already reached by this raising */
  uint64_t stamp;

  const struct witness *witness; /* NULL: nobody asks */
  uint8_t *heard_types;          /* with a witness: per behaviour rule, the types of events it listens to */
};

/* fold.c */
void fold_changed(struct fold *fold, unsigned bits);
void fold_raise(struct fold *fold, uint16_t signal, uint64_t capture);
void fold_unraise(struct fold *fold);
void fold_fire_raised(struct fold *fold); /* sequences, rules, resets and counters of the raised signals */
struct rule_state *fold_rule(struct fold *fold, uint32_t rule); /* marks it for clearing */
struct bounds fold_around_zero(int64_t points);                 /* nothing, or so many */
/* A behaviour rule whose event has waited: fires it, or not. */
void fold_end_judging(struct fold *fold, uint32_t rule, enum truth holds);
void fold_keep(struct fold *fold, uint32_t dimensions, int64_t per_million); /* of what the dimensions hold */
void fold_reach_due(struct fold *fold, int64_t due); /* the next instant at which something is due ... */
void fold_do_due(struct fold *fold);                 /* ... and then what is due there */

/* fold_witness.c */
static inline void fold_tell(const struct fold *fold, enum sight sight, uint32_t index, uint32_t detail) {
  if (fold->witness) fold->witness->saw(fold->witness->context, sight, index, detail);
}
void fold_tell_missed(const struct fold *fold); /* rules that the event under way did not raise */
void fold_tell_held_back(const struct fold *fold, int lifecycle, uint32_t move);
void fold_tell_moved(const struct fold *fold, int lifecycle, uint32_t move);

/* fold_traits.c */
struct bounds
fold_completeness_range(const struct fold *fold); /* in milli-percent: what pending answers can make of it */
void fold_apply_traits(struct fold *fold, const struct touch *touch);
void fold_refresh_trait(struct fold *fold, struct str key); /* works out again what counts */
struct value fold_told_value(const struct fold *fold, struct str path);

/* fold_enrich.c */
uint8_t fold_rank(const struct fold *fold, const struct touch *touch); /* 0: its word counts most */
void fold_apply_enrichment(struct fold *fold, const struct touch *touch);
bool fold_note_open(struct fold *fold);           /* what is pending, anew; whether that has changed */
int64_t fold_enrich_due(const struct fold *fold); /* when something expires or pending ends */
void fold_expire(struct fold *fold);
bool fold_path_covers(struct str above, struct str path);
const struct fold_given *fold_given_at(const struct fold *fold, struct str path);
const struct fold_told *fold_told_at(const struct fold *fold, struct str path);
bool fold_given_wins(const struct fold_given *given, const struct fold_told *told);

/* fold_framework.c */
void fold_apply_answers(struct fold *fold, const struct touch *touch); /* the lead's own */
/* What was taken back is no answer: then what others said stands. */
bool fold_stands(const struct standing *standing);
void fold_take_answers(struct fold *fold, const struct touch *touch, struct standing *standing,
                       struct str lead);
/* fold_peer.c */
void fold_apply_peer(struct fold *fold, const struct touch *touch); /* TOUCH_OUTSIDE, with a peer */
void fold_recount_peers(struct fold *fold);                         /* the lead went to another account */
void fold_replace_peers(struct fold *fold); /* what is known of accounts changed: where do they belong? */
void fold_clear_peers(struct fold *fold);
void fold_release_peers(struct fold *fold);
void fold_clear_answers(struct fold *fold);
void fold_release_answers(struct fold *fold);
unsigned fold_criteria_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to);

/* fold_account.c */
void fold_apply_account(struct fold *fold, const struct touch_more *more); /* a group call's traits */
void fold_choose_account(struct fold *fold); /* after what it follows from: which one is the lead's */
/* Which account somebody is of whose events name `said` (empty: none): it, or the one that claims a domain of theirs. */
struct str fold_account_for(struct fold *fold, struct str said, struct account_hosts hosts);
/* The domain that was written, in `room`; false: there is none, or it is nobody's. */
bool fold_host(const struct fold *fold, struct value written, char room[DOMAIN_MAX], struct str *host);
void fold_release_accounts(struct fold *fold);

/* fold_score.c */
void fold_slot_live(struct fold *fold, uint32_t slot);
struct bounds fold_score_bounds(const struct fold *fold, int dimension, int64_t from, int64_t to,
                                bool clamped);
void fold_score_extremes(const struct fold *fold, int dimension, int64_t from, int64_t to,
                         struct bounds *least, struct bounds *most);
struct bounds fold_interest_bounds(const struct fold *fold, int topic, int64_t from, int64_t to);
struct bounds fold_slot_bounds(const struct fold *fold, uint32_t slot, int64_t from, int64_t to);
struct bounds fold_group_bounds(const struct fold *fold, int group,
                                struct bounds sum);                 /* the group's cap applied */
int fold_band_of(const struct dimension *dimension, int64_t score); /* index; NONE without bands */
int64_t fold_clamped(const struct fold *fold, int dimension, int64_t score);
int64_t fold_unclamped_at(const struct fold *fold, int dimension, int64_t t);

/* fold_cond.c: bits 1 << enum truth of the answers possible in [from, to], from >= now, if no event comes */
unsigned fold_possible(const struct fold *fold, const struct cond *cond, int64_t from, int64_t to);
unsigned fold_contactable_possible(const struct fold *fold, int64_t from, int64_t to);
int fold_matched_row(const struct fold *fold, const struct rule *rule);
void fold_forget_functions(struct fold *fold, unsigned reads); /* held answers that depend on these */

/* fold_effect.c */
void fold_raise_effects(struct fold *fold); /* of the raised signals */
void fold_judge_effects(struct fold *fold); /* at the end of a touch */

/* fold_wait.c */
enum truth fold_judge(struct fold *fold,
                      uint32_t rule);             /* a behaviour rule's `when`, for the event under way */
bool fold_wait(struct fold *fold, uint32_t rule); /* its event waits; false: there is nothing to wait for */
bool fold_end_waiting(struct fold *fold);         /* judges what waits no more; false: there is none */
uint32_t fold_waiting_of(const struct fold *fold, uint32_t rule); /* events */

/* fold_stage.c */
void fold_act(struct fold *fold, const struct touch_act *act); /* the move that somebody made */
bool fold_move(struct fold *fold); /* one transition in some lifecycle; false: all are at rest */
unsigned fold_move_possible(const struct fold *fold, int lifecycle, const struct move *move, int64_t from,
                            int64_t to);

#endif
