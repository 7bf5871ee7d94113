/* ruleset.h - everything a rules directory says, compiled: plain data that the engine folds events through.
 *
 * Filled by the notation floor, immutable afterwards, owned whole by one arena. Nothing here knows Lua: a function
 * written in a rule file is an index into the generation's function table (`int fn`, FN_NONE when there is none), and
 * the fold calls it through struct fold_calls. Everything that is named is numbered: dimensions, groups, rules,
 * signals, counters ... refer to each other by index.
 *
 * Points are milli-points (int64_t), spans milliseconds, instants UTC milliseconds.
 */
#ifndef EMBUDO_MODEL_RULESET_H
#define EMBUDO_MODEL_RULESET_H

#include "base/arena.h"
#include "model/ruleset/enricher.h"
#include "model/ruleset/handoff.h"
#include "model/ruleset/lifecycle.h"
#include "model/ruleset/rule.h"

enum {
  RULESET_ACCOUNT_DOMAINS = 8, /* traits of accounts that hold their domains */
  RULESET_MAX_FRAMEWORKS = 32,
  RULESET_MAX_SEGMENTS = 64 /* a lead's segments are a bit mask */
};

struct fn_info {     /* a function written in a rule file */
  const char *owner; /* "rule trial_seats" */
  struct place place;
  uint64_t file_hash;    /* of the file it stands in */
  uint64_t fingerprint;  /* of what it does: vm/source/fingerprint.h */
  bool gives_nothing;    /* it never returns a value */
  bool may_ask_velocity; /* the word stands in its file: days' closings must be kept */
  bool may_ask_account;  /* `account_traits` does: leads must hear of their account's */
};

struct loose_counter { /* a selector declared outside rules, for lead.count */
  int64_t serial;      /* the selector's number in its Lua state */
  int counter;
};

struct framework;
struct criterion;
struct atom_index; /* (type, name) -> atoms; built by atoms_build (model/match/atoms.h) */

struct ruleset {
  struct arena arena;
  char hash[65]; /* SHA-256 over paths and bytes of all files, hex */

  struct dimension *dimensions;
  uint32_t dimension_count;
  struct group *groups;
  uint32_t group_count;
  int grade_rows, grade_columns; /* dimensions of the grade; NONE: no grade */
  const char **topics;
  uint32_t topic_count;

  struct atom *atoms;
  uint32_t atom_count;
  struct atom_index *atom_index;
  struct signal *signals;
  uint32_t signal_count;
  struct sequence *sequences;
  uint32_t sequence_count;
  struct counter *counters;
  uint32_t counter_count;

  struct rule *rules; /* profile rules come after behaviour rules, in dependency order of their dimensions */
  uint32_t rule_count;
  uint32_t behaviour_count; /* rules[0 .. behaviour_count) have `on` */
  struct slot *slots;
  uint32_t slot_count;
  struct reset *resets;
  uint32_t reset_count;
  struct ignore *ignores;
  uint32_t ignore_count;
  /* The traits of accounts that anything asks for: a change of one is told to the account's leads. */
  struct str *account_keys; /* top-level names */
  uint32_t account_key_count;
  bool account_all; /* any trait: a function may ask */

  /* Whose company a lead is of, where no event names it: the one that claims its address's domain. */
  struct str
      *account_domains; /* traits of accounts that hold their domains; none: leads are not matched so */
  uint32_t account_domain_count;
  const struct matcher *account_never; /* domains that are nobody's; NULL: none */
  const struct cond *account_existing; /* holds for whoever is no new business; NULL: everybody is */
  struct str account_owner;            /* the trait of accounts that says whose they are; empty: none does */

  struct framework *frameworks; /* model/ruleset/framework.h */
  uint32_t framework_count;
  struct criterion *criteria; /* of all frameworks */
  uint32_t criterion_count;
  bool account_answers; /* some framework is of accounts */

  struct segment *segments; /* by name */
  uint32_t segment_count;
  struct signal_set activity; /* what breaks a silence; count 0: every event */
  struct signal_set content;  /* what was looked at; count 0: pages and screens */

  struct profile_field *profile;
  uint32_t profile_count;
  struct lifecycle *lifecycles; /* [0] is what `stage` means outside a lifecycle */
  uint32_t lifecycle_count;
  struct act_kind *acts;
  uint32_t act_count;
  struct contact_block *contact; /* whoever one of these holds for is not handed to anybody */
  uint32_t contact_count;

  struct renderer *renderers; /* handoff.h */
  uint32_t renderer_count;
  struct destination *destinations;
  uint32_t destination_count;
  struct effect *effects;
  uint32_t effect_count;
  struct inbound *inbounds;
  uint32_t inbound_count;
  struct calendar *calendars; /* model/ruleset/calendar.h */
  uint32_t calendar_count;
  struct sla *slas; /* this and what follows: model/ruleset/desk.h */
  uint32_t sla_count;
  struct promise *promises;
  uint32_t promise_count;
  struct assignment *assignments;
  uint32_t assignment_count;
  struct worklist *worklists;
  uint32_t worklist_count;

  struct enricher *enrichers; /* by name */
  uint32_t enricher_count;
  struct str *sources; /* whose word counts more, first; "person", "enricher", names of sources */
  uint32_t source_count;

  bool merge_by_email;            /* identity { email = "merge" } */
  const struct matcher *never_id; /* e-mails that identify nobody; NULL: none */

  struct fn_info *functions;
  uint32_t function_count;
  struct loose_counter *loose_counters;
  uint32_t loose_counter_count;
  struct list **lists; /* owned */
  uint32_t list_count;
  struct zone **zones; /* owned */
  uint32_t zone_count;
  struct regex **regexes; /* owned */
  uint32_t regex_count;
};

struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *rules); /* NULL is fine */

/* The number of what has that name; NONE when there is none. */
int ruleset_dimension(const struct ruleset *rules, struct str name);
int ruleset_rule(const struct ruleset *rules, struct str id);
int ruleset_segment(const struct ruleset *rules, struct str id);
int ruleset_destination(const struct ruleset *rules, struct str name);
int ruleset_enricher(const struct ruleset *rules, struct str id);
int ruleset_lifecycle(const struct ruleset *rules, struct str name);
bool ruleset_asks_account(const struct ruleset *rules, struct str key); /* see account_keys */
int ruleset_act(const struct ruleset *rules, struct str name);
bool lifecycle_hands_off(const struct lifecycle *lifecycle, int from, int to); /* to sales */
/* Whether it lets somebody see a lead that must not be contacted: a hand-off, or into a stage that is `handed` from one that is not. */
bool lifecycle_shows(const struct lifecycle *lifecycle, int from, int to);
int lifecycle_stage(const struct lifecycle *lifecycle, struct str name);

#endif
